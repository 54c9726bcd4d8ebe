//! [`Check`]: one run of the proof, stage by stage.

use super::{
    effect::{CheckReport, CheckRequest, Effect, Outcome, RefreshRequest, Route, SignIn, TestMessage},
    field,
    knowledge::Knowledge,
    orders::Orders,
    situation::Situation,
    staged::{Proof, Staged},
    turn::Turn,
};
use crate::{
    guide::Words,
    model::{
        account::{Account, Destination},
        address::Address,
        grant::Grant,
        method::{Method, SendVia},
        provider::{self, Provider},
        secret::Secret,
        server::{Security, Server},
        stage::{Stage, StageReport},
    },
};

/// The step `check`.
pub type Check = Staged<CheckReport>;

impl Check {
    /// Runs it.
    pub fn begin(request: CheckRequest, orders: &mut Orders) -> Self {
        Self::ordered(orders.run(Effect::Check(Box::new(request))))
    }
}

impl Proof for CheckReport {
    fn of(outcome: Outcome) -> Option<Box<Self>> {
        if let Outcome::Checked(report) = outcome { Some(report) } else { None }
    }

    fn turn(report: Box<Self>) -> Turn {
        Turn::Checked(report)
    }

    fn stages(&self) -> &[StageReport] {
        &self.stages
    }
}

/// The stages of a check with that method and route, in order; `arrive` is not among them, since nothing looks
/// into the mailbox here.
#[must_use]
pub fn stages(method: Method, via: SendVia, sends: bool) -> Vec<Stage> {
    let mut stages = Vec::new();
    if method == Method::OAuth {
        stages.push(Stage::Token);
    }
    match via {
        SendVia::Smtp => {
            stages.extend([Stage::Resolve, Stage::Connect, Stage::Tls, Stage::SignIn]);
            if sends {
                stages.push(Stage::Send);
            }
        }
        SendVia::Api if sends => stages.push(Stage::Api),
        SendVia::Api => {}
    }
    stages
}

/// The check of a set-up or a renewal: the key is in our hands.
#[must_use]
pub fn request_for_key(
    situation: &Situation<'_>,
    key: &Secret,
    grant: Option<&Grant>,
) -> Option<CheckRequest> {
    let address = situation.address()?;
    let sign_in = match situation.method()? {
        Method::OAuth => {
            let provider = situation.provider()?;
            let client = situation.client()?;
            SignIn::OAuth(RefreshRequest {
                token_url: provider.oauth.as_ref()?.token_url.clone(),
                client_id: client.id,
                client_secret: client.secret,
                refresh_token: key.clone(),
                scopes: grant.map_or_else(|| situation.scopes(), |grant| grant.scopes.clone()),
            })
        }
        Method::AppPassword | Method::Password => SignIn::Password { password: key.clone() },
    };
    let route = situation.route()?;
    let via = situation.send_via();
    let message = recipient(situation).map(|to| test_message(situation.words(), &address, to, via));
    let others = others(&route, situation.provider().as_deref());
    let starttls_only = situation.destination().is_some_and(|destination| needs_starttls(&destination));
    let user = situation.user()?;
    Some(CheckRequest { address, user, sign_in, route, others, starttls_only, message })
}

/// Who gets the test message; `None`: nobody, sign in only.
#[must_use]
pub fn recipient(situation: &Situation<'_>) -> Option<Address> {
    if situation.text(field::NO_SEND) == field::YES {
        return None;
    }
    Address::parse(situation.text(field::SEND_TO)).ok()
}

/// The check of an account that is kept: its key is in the store.
#[must_use]
pub fn request_for_account(
    account: &Account,
    send_to: Option<&Address>,
    knowledge: &Knowledge,
    words: &Words,
) -> CheckRequest {
    let message = send_to.map(|to| test_message(words, &account.address, to.clone(), account.send_via));
    let route = route_of(account);
    CheckRequest {
        address: account.address.clone(),
        user: account.user.clone(),
        sign_in: SignIn::Stored { account: Box::new(account.clone()) },
        others: others(&route, knowledge.provider(&account.provider)),
        starttls_only: needs_starttls(&account.destination),
        route,
        message,
    }
}

/// The ways to the mail server of an account: the one of its record, and the other ports that are known of it.
#[must_use]
pub fn servers_of(account: &Account, knowledge: &Knowledge) -> Vec<Server> {
    let route = Route::Smtp(account.smtp.clone());
    let others = others(&route, knowledge.provider(&account.provider));
    std::iter::once(account.smtp.clone()).chain(others).collect()
}

/// True for SeaTable, which takes no TLS from the first byte.
#[must_use]
pub fn needs_starttls(destination: &Destination) -> bool {
    matches!(destination, Destination::Seatable { .. } | Destination::SeatableServer { .. })
}

/// The other ports of the same mail server: those of the provider; of a server that nobody knows, the other one of the two
/// that are for submission (RFC 8314 §3.3).
fn others(route: &Route, provider: Option<&Provider>) -> Vec<Server> {
    let Route::Smtp(server) = route else { return Vec::new() };
    let is_other =
        |other: &&Server| other.host.eq_ignore_ascii_case(&server.host) && other.port != server.port;
    let known: Vec<Server> =
        provider.into_iter().flat_map(|provider| &provider.smtp).filter(is_other).cloned().collect();
    let is_known = provider.is_some_and(|provider| provider.id != provider::OTHER);
    let counterpart = match server.port {
        587 => (465, Security::Tls),
        465 => (587, Security::StartTls),
        _ => return known,
    };
    if is_known || !known.is_empty() {
        return known;
    }
    let (port, security) = counterpart;
    vec![Server { host: server.host.clone(), port, security }]
}

fn route_of(account: &Account) -> Route {
    let api = account.oauth.as_ref().and_then(|oauth| oauth.api_url.clone());
    match (account.send_via, api) {
        (SendVia::Api, Some(url)) => Route::GmailApi(url),
        _ => Route::Smtp(account.smtp.clone()),
    }
}

/// The words of the test message that SeaTable sends.
#[must_use]
pub fn seatable_message(words: &Words, from: &Address, to: Address, base: &str) -> TestMessage {
    let strings = &words.strings;
    let via = strings.fill("message.via.seatable", &[("base", base)]);
    message_via(words, from, to, &via)
}

/// The words of the test message. Who sent it, when, through what; the time is known when it is sent.
fn test_message(words: &Words, from: &Address, to: Address, via: SendVia) -> TestMessage {
    let strings = &words.strings;
    let via = strings.text(match via {
        SendVia::Smtp => "message.via.smtp",
        SendVia::Api => "message.via.api",
    });
    message_via(words, from, to, via)
}

fn message_via(words: &Words, from: &Address, to: Address, via: &str) -> TestMessage {
    let strings = &words.strings;
    let version = env!("CARGO_PKG_VERSION");
    TestMessage {
        to,
        subject: strings.fill("message.subject", &[("address", from.as_str())]),
        text: strings.fill("message.text", &[("address", from.as_str()), ("via", via), ("version", version)]),
    }
}
