//! What forgetting an account takes away, what stops working, and what goes on: told before it is done.

use super::situation::Situation;
use crate::model::{
    account::{Account, Destination},
    method::Method,
    report::TextEntry,
    shell,
};

/// Providers whose consents are one for a client and an account, however many tokens there are (Google, "Using OAuth 2.0
/// for Web Server Applications", "Token revocation").
const ONE_CONSENT: &str = "google";

/// Each thing in a sentence, the plainest first. `kept` are the accounts that are there and stay, `situation` is the
/// account's.
#[must_use]
pub fn consequences(
    account: &Account,
    revoke: bool,
    kept: &[Account],
    situation: &Situation<'_>,
) -> Vec<TextEntry> {
    let strings = &situation.words().strings;
    let client = account.oauth.as_ref().map(|oauth| oauth.client_id.clone()).unwrap_or_default();
    let connection = account.connection();
    let page = withdrawal_page(account, situation).unwrap_or_default();
    let siblings = if revoke { siblings(account, kept, situation) } else { Vec::new() };
    let word = if account.method == Method::OAuth { "token" } else { "password" };
    let values = [
        ("name", account.name.clone()),
        ("address", account.address.to_string()),
        ("provider", provider_name(account, situation)),
        ("store", strings.text(&format!("store.{}", account.store.id())).to_owned()),
        ("client", client),
        ("base", connection.map(|connection| connection.base.clone()).unwrap_or_default()),
        ("account", connection.map(|connection| connection.account.clone()).unwrap_or_default()),
        ("command", shell::command(word, &account.name)),
        ("page", page.clone()),
        ("siblings", siblings.join(", ")),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    ids(account, revoke, !page.is_empty(), situation)
        .into_iter()
        .chain((!siblings.is_empty()).then_some("siblings-die"))
        .map(|id| TextEntry { id: id.to_owned(), text: strings.fill(&format!("removal.{id}"), &values) })
        .collect()
}

fn ids(account: &Account, revoke: bool, has_page: bool, situation: &Situation<'_>) -> Vec<&'static str> {
    let mut ids = vec![match account.method {
        Method::OAuth => "goes-oauth",
        Method::AppPassword | Method::Password => "goes-password",
    }];
    if account.connection().is_some_and(|connection| connection.keeps_token) {
        ids.push("goes-seatable-token");
    }
    ids.push("programs");
    match (&account.destination, account.connection()) {
        (_, Some(_)) => ids.push(if revoke { "seatable-dies" } else { "seatable-keeps" }),
        (Destination::Seatable { .. } | Destination::SeatableServer { .. } | Destination::Program, None) => {
            ids.push(if revoke { "elsewhere-dies" } else { "elsewhere-keeps" });
        }
        (Destination::Cli, None) => {}
    }
    ids.push(match (account.method, revoke, has_page) {
        (Method::OAuth, true, _) if has_one_consent(account, situation) => "revokes-all-of-client",
        (Method::OAuth, true, _) => "revokes",
        (Method::OAuth, false, true) => "consent-stays-page",
        (Method::OAuth, false, false) => "consent-stays",
        (Method::AppPassword, _, true) => "app-password-stays-page",
        (Method::AppPassword, _, false) => "app-password-stays",
        (Method::Password, ..) => "password-stays",
    });
    ids
}

/// The names of the other accounts whose keys are of the same consent.
fn siblings<'a>(account: &Account, kept: &'a [Account], situation: &Situation<'_>) -> Vec<&'a str> {
    let client = |account: &Account| account.oauth.as_ref().map(|oauth| oauth.client_id.clone());
    let (own, provider) = (client(account), situation.knowledge.provider(&account.provider));
    let Some(provider) = provider.filter(|_| own.is_some() && has_one_consent(account, situation)) else {
        return Vec::new();
    };
    let is_sibling = |other: &&Account| {
        other.id != account.id
            && client(other) == own
            && provider.is_same_mailbox(&account.address, other.address.as_str())
    };
    kept.iter().filter(is_sibling).map(|other| other.name.as_str()).collect()
}

/// The page on which a person withdraws what the provider gave.
#[must_use]
pub fn withdrawal_page(account: &Account, situation: &Situation<'_>) -> Option<String> {
    let link = match account.method {
        Method::OAuth => "consents",
        Method::AppPassword => "app-password",
        Method::Password => return None,
    };
    let provider = situation.knowledge.provider(&account.provider)?;
    let region = account.region.as_deref().and_then(|id| provider.region(id));
    provider.in_region(region).links.remove(link)
}

/// What the provider calls itself; the server, where it was described by hand.
#[must_use]
pub fn provider_name(account: &Account, situation: &Situation<'_>) -> String {
    let known = situation.knowledge.provider(&account.provider);
    known.map_or_else(|| account.smtp.host.clone(), |provider| provider.name.clone())
}

fn has_one_consent(account: &Account, situation: &Situation<'_>) -> bool {
    situation.knowledge.provider(&account.provider).is_some_and(|provider| provider.guide == ONE_CONSENT)
}
