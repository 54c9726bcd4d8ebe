//! `mailkey list`.

use serde::Serialize;

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    effects::files,
    flow::report::{rfc3339, seatable_entry},
    model::{
        account::Account,
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
        print::line(session, account);
    }
    Ok(ExitCode::Proved)
}

fn entry(account: &Account, session: &Session) -> Entry {
    let now = session.world.environment.now();
    let key = session.knowledge.key_entry(account, WARN_DAYS, now, session.words());
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
