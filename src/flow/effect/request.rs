//! What effects need to be told.

use std::{net::SocketAddr, time::Duration};

use crate::model::{
    Time, account::Account, address::Address, client::Client, language::Language, provider::SendApi,
    redirect::RedirectForm, secret::Secret, server::Server, user::User, whereabouts::Whereabouts,
};

/// Whose mail it is about, and whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoverRequest {
    /// The domain, lower case.
    pub domain: String,
    /// The DNS server to ask; `None`: the one of the system.
    pub resolver: Option<SocketAddr>,
}

/// How the redirect address is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectPort {
    /// A web client: only this port is registered.
    Fixed(u16),
    /// A desktop client, for which any will do: this one where it is free, since it suits a web client as well that
    /// was taken for one.
    Preferred(u16),
}

/// What the listener and the authorization address need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenRequest {
    /// The authorization endpoint.
    pub authorize_url: String,
    /// `iss` must equal this when present.
    pub issuer: Option<String>,
    /// The client's ID.
    pub client_id: String,
    /// The scopes to ask.
    pub scopes: Vec<String>,
    /// `login_hint`.
    pub login_hint: Address,
    /// Further parameters of the provider.
    pub parameters: Vec<(String, String)>,
    /// Our redirect address but for its port.
    pub redirect: RedirectForm,
    /// Which port.
    pub port: RedirectPort,
    /// The language of the page that the browser shows in the end.
    pub language: Language,
    /// What is tried at the token endpoint before anybody goes to the browser; `None`: nothing.
    pub probe: Option<ClientProbe>,
}

/// A client that is tried before the consent: a token endpoint that does not know it says so to any code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientProbe {
    /// The token endpoint.
    pub token_url: String,
    /// ID and secret.
    pub client: Client,
}

/// The listener is bound and the person can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// Our redirect address, port included.
    pub redirect_uri: String,
    /// The whole address to open in a browser.
    pub authorize_url: String,
    /// What must come back with the code.
    pub state: Secret,
    /// Proves at the token endpoint that we began this (RFC 7636).
    pub verifier: Secret,
    /// Where we run, which decides how the answer gets here.
    pub whereabouts: Whereabouts,
    /// The command that carries the redirect through SSH to this machine, when we run over SSH.
    pub ssh_command: Option<String>,
    /// False over SSH, without a display, with `--browser never`: then no browser is tried.
    pub browser_likely: bool,
}

/// What the token endpoint needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// The token endpoint.
    pub token_url: String,
    /// ID and secret.
    pub client: Client,
    /// The authorization code.
    pub code: Secret,
    /// The PKCE verifier.
    pub verifier: Secret,
    /// To the letter the one of the authorization request.
    pub redirect_uri: String,
    /// What was asked, for an answer that leaves `scope` out (RFC 6749 §5.1).
    pub scopes: Vec<String>,
}

/// What the device authorization endpoint and, after it, the token endpoint need (RFC 8628 §3.1, §3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequest {
    /// The device authorization endpoint.
    pub device_url: String,
    /// The token endpoint.
    pub token_url: String,
    /// ID and, where the client has one, secret.
    pub client: Client,
    /// The scopes to ask.
    pub scopes: Vec<String>,
    /// `login_hint`, which a server that does not know it ignores (RFC 8628 §3.1).
    pub login_hint: Address,
    /// Further parameters of the provider, as in an authorization request.
    pub parameters: Vec<(String, String)>,
}

/// What a person needs on another device. A stranger's words, cleaned: the addresses are https, or http to this
/// machine, and nothing in it steers a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// Where the code is entered.
    pub address: String,
    /// The same address with the code in it, where the server has one (RFC 8628 §3.3.1).
    pub whole_address: Option<String>,
    /// The code, as it is typed.
    pub user_code: String,
    /// For how many seconds it is waited: as long as the code is good, and no longer than a consent may take.
    pub seconds: u64,
}

/// What a refresh needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRequest {
    /// The token endpoint.
    pub token_url: String,
    /// The client's ID.
    pub client_id: String,
    /// The client's secret, where it has one.
    pub client_secret: Option<Secret>,
    /// The key.
    pub refresh_token: Secret,
    /// What was granted, for an answer that leaves `scope` out.
    pub scopes: Vec<String>,
}

/// How a check signs in.
#[derive(Clone, Debug, PartialEq)]
pub enum SignIn {
    /// PLAIN or LOGIN, whichever the server offers.
    Password {
        /// The password or app password, without the blanks that it is shown with.
        password: Secret,
    },
    /// First the stage `token`: a fresh access token; then XOAUTH2 or OAUTHBEARER, or the HTTP interface.
    OAuth(RefreshRequest),
    /// The secrets are in the store: read them first (`verify`).
    Stored {
        /// Whose.
        account: Box<Account>,
    },
}

/// Which way the test message leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Message submission.
    Smtp(Server),
    /// The provider's HTTP interface.
    Api(SendApi),
}

/// The words of the test message, made by the wizard in the person's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestMessage {
    /// Who gets it.
    pub to: Address,
    /// Its subject.
    pub subject: String,
    /// Its text. `{time}` and `{message_id}` are filled in when it is sent.
    pub text: String,
}

/// What a check needs.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRequest {
    /// The sender.
    pub address: Address,
    /// What to sign in as.
    pub user: User,
    /// How to sign in.
    pub sign_in: SignIn,
    /// Which way to send.
    pub route: Route,
    /// Other ports of the same mail server, tried where the one of the route does not work.
    pub others: Vec<Server>,
    /// What is to send in the end speaks STARTTLS only: another port proves something, and cannot be taken.
    pub starttls_only: bool,
    /// `None`: sign in only.
    pub message: Option<TestMessage>,
}

/// What opens the mailbox: the key that was checked.
#[derive(Clone, Debug, PartialEq)]
pub enum MailboxKey {
    /// A password of either kind.
    Password(Secret),
    /// The access token of the check before.
    AccessToken(Secret),
    /// The password is in the store: read it first (`verify`).
    Stored(Box<Account>),
}

/// Where to look for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mailbox {
    /// An IMAP server.
    Imap(Server),
    /// The messages of the Gmail API at this address, without a slash at the end.
    GmailApi(String),
}

/// What looking for a message needs.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalRequest {
    /// Whose mailbox it is; it was the sender and the recipient.
    pub address: Address,
    /// The name to sign in with.
    pub user: String,
    /// What opens it.
    pub key: MailboxKey,
    /// Where it is.
    pub mailbox: Mailbox,
    /// The Message-ID that was sent, without angle brackets; a part of it is in the subject.
    pub message_id: String,
    /// When a server took the message.
    pub accepted: Time,
    /// How long to look.
    pub patience: Duration,
}
