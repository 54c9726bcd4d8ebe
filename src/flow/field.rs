//! The ids of the fields that the wizard itself reads. Documents may have others; then only their condition and
//! their words matter.

/// The address that will send.
pub const ADDRESS: &str = "address";
/// The provider's id.
pub const PROVIDER: &str = "provider";
/// Asked on no step: `yes` where the network is to be asked for the provider.
pub const DISCOVER: &str = "discover";
/// Which of those that the network names.
pub const FOUND: &str = "found";
/// Asked on no step: the DNS server to ask, instead of the one of the system.
pub const RESOLVER: &str = "resolver";
/// The provider's region.
pub const REGION: &str = "region";
/// What to sign in as.
pub const USER: &str = "user";
/// The language's code.
pub const LANGUAGE: &str = "language";
/// What to do, in the menu.
pub const TASK: &str = "task";
/// The name of the account to verify or renew.
pub const ACCOUNT: &str = "account";
/// Where the key goes.
pub const FOR: &str = "for";
/// The SeaTable server.
pub const SEATABLE_URL: &str = "seatable-url";
/// How the account signs in.
pub const METHOD: &str = "method";
/// Which way messages leave.
pub const SEND_VIA: &str = "send-via";
/// Which store.
pub const STORE: &str = "store";
/// What opens the encrypted file.
pub const PASSPHRASE: &str = "passphrase";
/// The same once more, where it is chosen.
pub const PASSPHRASE_AGAIN: &str = "passphrase-again";
/// Asked on no step: `yes` where there is no encrypted file yet.
pub const PASSPHRASE_NEW: &str = "passphrase-new";
/// The command that prints a secret.
pub const STORE_READ: &str = "store-read";
/// The command that keeps one.
pub const STORE_WRITE: &str = "store-write";
/// The command that deletes one.
pub const STORE_DELETE: &str = "store-delete";
/// What the first one says where there is none.
pub const STORE_NONE: &str = "store-none";
/// The app password.
pub const APP_PASSWORD: &str = "app-password";
/// The password.
pub const PASSWORD: &str = "password";
/// The project's publishing status.
pub const PUBLISHING: &str = "publishing";
/// The path of a downloaded client file.
pub const CLIENT_FILE: &str = "client-file";
/// The client's ID.
pub const CLIENT_ID: &str = "client-id";
/// The client's secret.
pub const CLIENT_SECRET: &str = "client-secret";
/// The directory of the organisation for which alone the client is, at Microsoft.
pub const TENANT: &str = "tenant";
/// Web or desktop.
pub const CLIENT_KIND: &str = "client-kind";
/// The port of our redirect address with a web client.
pub const REDIRECT_PORT: &str = "redirect-port";
/// Asked on no step: `device` or `redirect`, how the consent gets here.
pub const CONSENT_WAY: &str = "consent-way";
/// The redirected address, pasted.
pub const REDIRECTED_ADDRESS: &str = "redirected-address";
/// What the person's browser shows.
pub const BROWSER_SHOWS: &str = "browser-shows";
/// Who gets the test message.
pub const SEND_TO: &str = "send-to";
/// `yes`: sign in only.
pub const NO_SEND: &str = "no-send";
/// `yes`: look whether the test message arrives.
pub const ARRIVAL: &str = "arrival";
/// Asked on no step: how many seconds to look for it.
pub const ARRIVAL_WAIT: &str = "arrival-wait";
/// `yes`: keep the key although the check failed.
pub const KEEP_ANYWAY: &str = "keep-anyway";
/// The account's name.
pub const NAME: &str = "name";
/// By hand: the submission server.
pub const SMTP_HOST: &str = "smtp-host";
/// By hand: its port.
pub const SMTP_PORT: &str = "smtp-port";
/// By hand: how it encrypts.
pub const SECURITY: &str = "security";
/// By hand: the mailbox.
pub const IMAP_HOST: &str = "imap-host";
/// By hand: its port.
pub const IMAP_PORT: &str = "imap-port";
/// By hand: what one signs in to the mailbox as, where that is something else.
pub const IMAP_USER: &str = "imap-user";
/// By hand: the authorization endpoint.
pub const AUTHORIZE_URL: &str = "authorize-url";
/// By hand: the token endpoint.
pub const TOKEN_URL: &str = "token-url";
/// By hand: the revocation endpoint.
pub const REVOKE_URL: &str = "revoke-url";
/// By hand: the device authorization endpoint.
pub const DEVICE_URL: &str = "device-url";
/// By hand: the scopes, separated by blanks.
pub const SCOPE: &str = "scope";
/// Asked on no step: `yes` when the client of an account that is renewed is to be given again.
pub const CLIENT_GONE: &str = "client-gone";
/// Asked on no step: `yes` where an account of the same name in the base is to get the key.
pub const SEATABLE_TAKE_OVER: &str = "seatable-take-over";
/// Asked on no step: `yes` once the address of the server is to be put right.
pub const SEATABLE_ELSEWHERE: &str = "seatable-elsewhere";
/// What is found out in a run and holds for it alone: it is neither written down nor believed from a file.
pub const FOUND_OUT: [&str; 5] =
    [SEATABLE_VERSION, SEATABLE_CODE_ASKED, SEATABLE_ANEW, SEATABLE_ELSEWHERE, PASSPHRASE_NEW];
/// The answer that means yes.
pub const YES: &str = "yes";
/// The answer to a tick that was not ticked; so is no answer.
pub const NO: &str = "no";
/// How the key gets into SeaTable: `api` or `show`.
pub const CONNECT: &str = "connect";
/// `no`: the consent is left to SeaTable, and mailkey gets no key.
pub const OWN_CONSENT: &str = "own-consent";
/// How to sign in to SeaTable: `token` or `password`.
pub const SEATABLE_AUTH: &str = "seatable-auth";
/// The account token.
pub const SEATABLE_TOKEN: &str = "seatable-token";
/// The user at SeaTable.
pub const SEATABLE_USER: &str = "seatable-user";
/// The user's password there: used once, kept nowhere.
pub const SEATABLE_PASSWORD: &str = "seatable-password";
/// The one-time code there.
pub const SEATABLE_CODE: &str = "seatable-code";
/// Asked on no step: `yes` once SeaTable wants a one-time code.
pub const SEATABLE_CODE_ASKED: &str = "seatable-code-asked";
/// `yes`: the account token is kept in the store.
pub const SEATABLE_KEEP_TOKEN: &str = "seatable-keep-token";
/// The base: its UUID, or its name where only one has it.
pub const SEATABLE_BASE: &str = "seatable-base";
/// What the account is called in SeaTable.
pub const SEATABLE_ACCOUNT: &str = "seatable-account";
/// Asked on no step: the server's version, once it is known.
pub const SEATABLE_VERSION: &str = "seatable-version";
/// Asked on no step: `yes` when a base is to be chosen anew for an account that is connected already.
pub const SEATABLE_ANEW: &str = "seatable-anew";

/// True for a field into which the key itself is entered.
#[must_use]
pub fn is_key(id: &str) -> bool {
    matches!(id, APP_PASSWORD | PASSWORD)
}
