//! Whether a test message arrived: what to ask of the mailbox, and words for what it shows.

use std::time::Duration;

use super::{
    effect::{ArrivalRequest, CheckReport, Mailbox, MailboxKey, Outcome},
    staged::{Proof, Staged},
    turn::Turn,
};
use crate::{
    guide::Words,
    model::{
        account::Account,
        address::Address,
        arrival::{Arrival, Folder},
        failure::{Failure, Layer},
        method::{Method, SendVia},
        provider::{Provider, SendApiKind},
        report::ArrivalEntry,
        stage::StageReport,
    },
};

/// How long is looked unless somebody says otherwise: most mail is there within seconds, and a person waits.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Who waits longer than an hour looks again later.
pub const MAX_PATIENCE: u64 = 3600;

/// What is refused when Google is asked to show a mailbox for these.
const ONLY_SENDING: [&str; 6] = [
    "https://www.googleapis.com/auth/gmail.send",
    "https://www.googleapis.com/auth/gmail.compose",
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.modify",
    "https://outlook.office.com/SMTP.Send",
    "https://graph.microsoft.com/Mail.Send",
];
/// Microsoft's permission for IMAP, also of a server that is described by hand.
const OUTLOOK_IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
/// These open the mailbox of the Gmail API; the first one IMAP as well.
const READING: [&str; 3] = [
    "https://mail.google.com/",
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.modify",
];

/// Looking for the message, as a part of the step `check`.
pub type Looking = Staged<StageReport>;

impl Proof for StageReport {
    fn of(outcome: Outcome) -> Option<Box<Self>> {
        if let Outcome::Arrived(report) = outcome { Some(report) } else { None }
    }

    fn turn(report: Box<Self>) -> Turn {
        Turn::Arrived(report)
    }

    fn stages(&self) -> &[StageReport] {
        std::slice::from_ref(self)
    }
}

/// A number of seconds to look; `None`: it is none from 1 to [`MAX_PATIENCE`].
#[must_use]
pub fn patience(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse().ok().filter(|seconds| (1..=MAX_PATIENCE).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

/// What to ask of the mailbox to which a check has sent, or why nobody can look there: `_no_mailbox`, `_other_mailbox`,
/// `_scope`. `None`: there is no message to look for.
#[must_use]
pub fn request(
    account: &Account,
    provider: Option<&Provider>,
    report: &CheckReport,
    to: Option<&Address>,
    patience: Duration,
) -> Option<Result<ArrivalRequest, Failure>> {
    let failed = |code| Failure::new(Layer::Arrive, code);
    let (to, message_id) = (to?, report.message_id()?);
    let is_own = match provider {
        Some(provider) => provider.is_same_mailbox(&account.address, to.as_str()),
        None => account.address.same_mailbox(to.as_str()),
    };
    if !is_own {
        return Some(Err(failed("_other_mailbox").with("recipient", to.as_str())));
    }
    let key = match (account.method, &report.grant) {
        (Method::OAuth, Some(grant)) => MailboxKey::AccessToken(grant.access_token.clone()),
        (Method::OAuth, None) => return None,
        _ => MailboxKey::Stored(Box::new(account.clone())),
    };
    Some(mailbox(account, provider).map(|mailbox| ArrivalRequest {
        address: account.address.clone(),
        user: account.imap_user_name().unwrap_or(account.address.as_str()).to_owned(),
        key,
        mailbox,
        message_id: message_id.to_owned(),
        accepted: report.ended,
        patience,
    }))
}

/// Where the mailbox of an account can be looked into with its key.
fn mailbox(account: &Account, provider: Option<&Provider>) -> Result<Mailbox, Failure> {
    let failed = |code| Failure::new(Layer::Arrive, code);
    let server = account.imap.clone().or_else(|| provider.and_then(|provider| provider.imap.clone()));
    let imap = || server.map(Mailbox::Imap).ok_or_else(|| failed("_no_mailbox"));
    let Some(oauth) = &account.oauth else { return imap() };
    let has = |scopes: &[&str]| oauth.scopes.iter().any(|scope| scopes.contains(&scope.as_str()));
    let gmail = oauth.api_url.as_deref().filter(|_| oauth.api_kind == SendApiKind::Gmail);
    let api = gmail.and_then(|url| url.strip_suffix("/send"));
    match api {
        Some(url) if account.send_via == SendVia::Api && has(&READING) => {
            Ok(Mailbox::GmailApi(url.to_owned()))
        }
        _ if opens_imap(account, provider) => imap(),
        _ => Err(failed("_scope")),
    }
}

/// True where the key of an account opens its mailbox by IMAP, as far as its permissions tell: of those that nobody
/// knows, the server itself can tell.
#[must_use]
pub fn opens_imap(account: &Account, provider: Option<&Provider>) -> bool {
    let Some(oauth) = &account.oauth else { return true };
    let has = |wanted: &str| oauth.scopes.iter().any(|scope| scope == wanted);
    let known = provider.and_then(|provider| provider.oauth.as_ref());
    let mut needed = known.into_iter().flat_map(|known| &known.imap_scopes).peekable();
    if needed.peek().is_some() {
        return needed.any(|scope| has(scope));
    }
    has(READING[0])
        || has(OUTLOOK_IMAP)
        || account.send_via == SendVia::Smtp && !ONLY_SENDING.iter().any(|scope| has(scope))
}

/// In how many seconds it came, as far as is known: it may have lain there before anybody looked.
fn within(arrival: &Arrival) -> String {
    arrival.seconds.max(1).to_string()
}

/// Where a message was seen, in a few words.
#[must_use]
pub fn place(arrival: &Arrival, words: &Words) -> String {
    let seconds = within(arrival);
    let values = [("seconds", seconds.as_str()), ("folder", folder_name(&arrival.folder))];
    words.strings.fill(&format!("arrival.place-{}", arrival.folder.id()), &values)
}

/// What may be said of an address whose message arrived.
#[must_use]
pub fn proof(arrival: &Arrival, address: &str, words: &Words) -> String {
    let seconds = within(arrival);
    let values = [("address", address), ("seconds", &seconds), ("folder", folder_name(&arrival.folder))];
    words.strings.fill(&format!("arrival.proof-{}", arrival.folder.id()), &values)
}

fn folder_name(folder: &Folder) -> &str {
    match folder {
        Folder::Other(name) => name,
        Folder::Inbox | Folder::Spam => "",
    }
}

/// What is worth knowing besides, a sentence each.
#[must_use]
pub fn notes(arrival: &Arrival, address: &str, words: &Words) -> Vec<String> {
    let strings = &words.strings;
    let mut notes = Vec::new();
    if arrival.folder == Folder::Spam {
        notes.push(strings.text("arrival.spam").to_owned());
    }
    if let Some(from) = arrival.from.as_deref().filter(|_| arrival.other_from) {
        notes.push(strings.fill("arrival.other-from", &[("from", from), ("address", address)]));
    }
    if arrival.other_id {
        notes.push(strings.text("arrival.other-id").to_owned());
    }
    let Some(authentication) = &arrival.authentication else {
        notes.push(strings.text("arrival.no-results").to_owned());
        return notes;
    };
    let list = |results: &mut dyn Iterator<Item = (&'static str, &str)>| {
        results.map(|(name, result)| format!("{name} {result}")).collect::<Vec<_>>().join(", ")
    };
    let results = list(&mut authentication.results());
    notes.push(strings.fill("arrival.results", &[("results", &results)]));
    let is_bad =
        |(_, result): &(&str, &str)| matches!(*result, "fail" | "softfail" | "hardfail" | "permerror");
    let bad = list(&mut authentication.results().filter(is_bad));
    if !bad.is_empty() {
        let domain = address.rsplit('@').next().unwrap_or_default();
        notes.push(strings.fill("arrival.not-genuine", &[("results", &bad), ("domain", domain)]));
    }
    notes
}

/// The same for scripts.
#[must_use]
pub fn entry(arrival: &Arrival, address: &str, words: &Words) -> ArrivalEntry {
    ArrivalEntry {
        folder: arrival.folder.id().to_owned(),
        folder_name: Some(folder_name(&arrival.folder).to_owned()).filter(|name| !name.is_empty()),
        seconds: arrival.seconds,
        from: arrival.from.clone(),
        from_rewritten: arrival.other_from,
        message_id_rewritten: arrival.other_id,
        authentication: arrival.authentication.clone(),
        notes: notes(arrival, address, words),
    }
}
