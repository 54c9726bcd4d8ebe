//! `mailkey list`.

use serde::Serialize;

use super::{
    key, print,
    session::{CommandError, Session},
};
use crate::{
    effects::files,
    flow::{
        life,
        report::{rfc3339, seatable_entry},
        situation::answers_of,
    },
    model::{
        account::{Account, BaseKey},
        exit_code::ExitCode,
        life::WARN_DAYS,
        report::{KeyEntry, SCHEMA, SeatableEntry},
    },
};

#[derive(Serialize)]
struct Document {
    schema: u32,
    accounts: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    address: String,
    provider: String,
    method: &'static str,
    store: &'static str,
    expires: Option<String>,
    /// What is known of the key's life.
    key: KeyEntry,
    last_check: Option<Check>,
    /// The base that has it; null: none.
    seatable: Option<SeatableEntry>,
}

#[derive(Serialize)]
struct Check {
    at: Option<String>,
    ok: bool,
    diagnosis: Option<String>,
}

/// `mailkey list`.
///
/// # Errors
/// When the accounts cannot be read.
pub fn run(session: &Session) -> Result<ExitCode, CommandError> {
    let accounts = files::accounts(&session.world)?;
    if session.global.json {
        print::json(&Document {
            schema: SCHEMA,
            accounts: accounts.iter().map(|account| entry(account, session)).collect(),
        });
        return Ok(ExitCode::Proved);
    }
    if accounts.is_empty() {
        print::talk(session.words().strings.text("command.no-accounts"));
    }
    for account in &accounts {
        line(account, session);
    }
    Ok(ExitCode::Proved)
}

fn entry(account: &Account, session: &Session) -> Entry {
    let now = session.world.environment.now();
    let key = key::entry(account, WARN_DAYS, now, session);
    Entry {
        name: account.name.clone(),
        address: account.address.to_string(),
        provider: account.provider.clone(),
        method: account.method.id(),
        store: account.store.id(),
        expires: key.expires.clone(),
        key,
        last_check: account.last_check.as_ref().map(|check| Check {
            at: rfc3339(check.at),
            ok: check.ok,
            diagnosis: check.diagnosis.clone(),
        }),
        seatable: seatable_entry(account, None, None, session.words()),
    }
}

/// An account in a line, and another where its newest key is not in its store.
fn line(account: &Account, session: &Session) {
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    let strings = &session.words().strings;
    let state = match &account.last_check {
        Some(check) if check.ok => strings.text("account.checked"),
        Some(_) => strings.text("account.failed"),
        None => strings.text("account.unchecked"),
    };
    let date = account.last_check.as_ref().map(|check| check.at.date().to_string()).unwrap_or_default();
    let method = strings.text(match account.method.id() {
        "app-password" => "method.name.app-password",
        "password" => "method.name.password",
        _ => "method.name.oauth",
    });
    let now = session.world.environment.now();
    let life = session.knowledge.life(account, now);
    let ends = life::short(&life, now, strings);
    let is_refused = session.knowledge.is_refused(account);
    let ends = if is_refused { strings.text("life.refused").to_owned() } else { ends };
    let is_urgent = is_refused || life.dies_within(WARN_DAYS, now);
    let ends = if is_urgent { strings.fill("life.soon", &[("text", &ends)]) } else { ends };
    let rest = strings.fill("account.line", &[("method", method), ("state", state), ("date", &date)]);
    let base_id = if account.base_key() == Some(BaseKey::Old) { "account.base-old" } else { "account.base" };
    let base = account
        .connection()
        .map_or_else(String::new, |connection| strings.fill(base_id, &[("base", &connection.base)]));
    let columns = [&account.name, account.address.as_str(), rest.trim(), &base, &ends];
    print::out_prose(&columns.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  "));
    if let Some(unstored) = key::unstored(account, session) {
        print::out_prose(&format!("  ! {}", unstored.text));
    }
}
