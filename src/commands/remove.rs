//! `mailkey remove NAME…`.

use serde::Serialize;

use super::{
    ask, one_by_one, print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::manage::Remove,
    effects::{cancel::Cancel, files, keep, log, oauth},
    flow::{removal, situation::answers_of},
    frontends::plain::Prompt,
    model::{account::Account, exit_code::ExitCode, method::Method, report::TextEntry},
};

/// After so many answers that are neither yes nor no nobody is reading.
const MAX_ASKED: usize = 20;

#[derive(Serialize)]
struct Entry {
    name: String,
    address: String,
    removed: bool,
    /// True when the provider took the consent back in this run.
    revoked: bool,
    /// What goes away, and what stays.
    consequences: Vec<TextEntry>,
}

/// `mailkey remove NAME…`.
///
/// # Errors
/// When there is no such account, nobody agreed, or `--revoke` asks for what a provider does not offer. Nothing is
/// forgotten then.
pub fn run(arguments: &Remove, session: &Session) -> Result<ExitCode, CommandError> {
    let mut accounts: Vec<Account> = Vec::new();
    for name in &arguments.names {
        let account = find(name, session)?;
        if accounts.iter().all(|known| known.id != account.id) {
            accounts.push(account);
        }
    }
    if arguments.revoke {
        accounts.iter().try_for_each(|account| revocable(account, session))?;
    }
    let mut kept = files::accounts(&session.world)?;
    kept.retain(|known| accounts.iter().all(|account| account.id != known.id));
    let told: Vec<Vec<TextEntry>> =
        accounts.iter().map(|account| consequences(account, arguments.revoke, &kept, session)).collect();
    if !arguments.yes {
        needs_person(session)?;
    }
    let cancel = signals::cancelling()?;
    if !session.global.json {
        tell(&accounts, &told, session);
    }
    if !arguments.yes {
        agree(&accounts, session, &cancel)?;
    }
    ask::let_ask(session, &cancel);
    let mut told = told.into_iter();
    Ok(one_by_one::go(&accounts, session, &cancel, |account| {
        act(account, told.next().unwrap_or_default(), arguments.revoke, session, &cancel)
    }))
}

/// The account of that name; one whose set-up was never finished has only its note.
fn find(name: &str, session: &Session) -> Result<Account, CommandError> {
    session.account(name).or_else(|error| {
        let CommandError::Say { exit: ExitCode::NotFound, .. } = &error else { return Err(error) };
        let noted = files::all_pending(&session.world)?;
        let is_meant = |account: &&Account| account.name == name || account.address.same_mailbox(name);
        noted.iter().find(is_meant).cloned().ok_or(error)
    })
}

/// Whether there is an address that takes the grant back.
fn revocable(account: &Account, session: &Session) -> Result<(), CommandError> {
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    let situation = session.situation(&answers);
    let page = removal::withdrawal_page(account, &situation);
    let id =
        match (account.method, account.oauth.as_ref().and_then(|oauth| oauth.revoke_url.as_deref()), &page) {
            (Method::OAuth, Some(url), _) if !url.is_empty() => return Ok(()),
            (Method::OAuth, _, Some(_)) => "command.remove-no-revocation-page",
            (Method::OAuth, _, None) => "command.remove-no-revocation",
            (Method::AppPassword, _, Some(_)) => "command.remove-app-password-page",
            (Method::AppPassword, ..) => "command.remove-app-password",
            (Method::Password, ..) => "command.remove-password",
        };
    Err(CommandError::usage(id)
        .with("name", account.name.as_str())
        .with("provider", removal::provider_name(account, &situation))
        .with("page", page.unwrap_or_default()))
}

fn consequences(account: &Account, revoke: bool, kept: &[Account], session: &Session) -> Vec<TextEntry> {
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    removal::consequences(account, revoke, kept, &session.situation(&answers))
}

fn needs_person(session: &Session) -> Result<(), CommandError> {
    let terminals = session.world.environment.terminals;
    if terminals.input && terminals.error && !session.global.no_input && !session.global.json {
        return Ok(());
    }
    Err(CommandError::usage("command.remove-needs-yes"))
}

fn tell(accounts: &[Account], told: &[Vec<TextEntry>], session: &Session) {
    let strings = &session.words().strings;
    for (account, consequences) in accounts.iter().zip(told) {
        let values = [("name", account.name.as_str()), ("address", account.address.as_str())];
        print::talk_prose(&strings.fill("removal.head", &values));
        for entry in consequences {
            print::talk_prose(&format!("  - {}", entry.text));
        }
    }
}

/// Asks until it is answered: what is neither yes nor no is no decision.
fn agree(accounts: &[Account], session: &Session, cancel: &Cancel) -> Result<(), CommandError> {
    let strings = &session.words().strings;
    let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    let question = strings.fill("removal.question", &[("names", &names.join(", "))]);
    let is_among = |id: &str, said: &str| strings.text(id).split(' ').any(|word| word == said);
    let mut prompt = Prompt::begin(false).map_err(|error| CommandError::terminal(&error))?;
    let _ender = cancel.on_cancel(prompt.ender());
    for _ in 0..MAX_ASKED {
        let Some(line) = prompt.line(&question).map_err(|error| CommandError::terminal(&error))? else {
            break;
        };
        let said = line.expose().trim().to_lowercase();
        if is_among("removal.yes", &said) {
            return Ok(());
        }
        if said.is_empty() || is_among("removal.no", &said) {
            break;
        }
    }
    Err(CommandError::Say { id: "command.remove-left", values: Vec::new(), exit: ExitCode::Cancelled })
}

fn act(
    account: &Account,
    consequences: Vec<TextEntry>,
    revoke: bool,
    session: &Session,
    cancel: &Cancel,
) -> (Entry, Result<(), CommandError>) {
    let mut revoked = false;
    let done = go(account, revoke, &mut revoked, session, cancel);
    if done.is_ok() && !session.global.json {
        print::talk(&session.words().strings.fill("command.removed", &[("name", &account.name)]));
    }
    let entry = Entry {
        name: account.name.clone(),
        address: account.address.to_string(),
        removed: done.is_ok(),
        revoked,
        consequences,
    };
    (entry, done)
}

/// Withdraws where that is asked for, and forgets after it alone.
fn go(
    account: &Account,
    revoke: bool,
    revoked: &mut bool,
    session: &Session,
    cancel: &Cancel,
) -> Result<(), CommandError> {
    let world = &session.world;
    let note =
        |what: &str, words: String| world.log.line(world.environment.now(), &format!("{what}: {words}"));
    let failed = |failure| CommandError::of_account(account, failure);
    let mut withdrawn = None;
    let done = if revoke {
        keep::revoke_and_forget(world, account, cancel, |account, tokens| {
            let client = account.oauth.as_ref();
            let url = client.and_then(|client| client.revoke_url.as_deref()).unwrap_or_default();
            // A provider that needs no client does not miss its secret.
            let secret = keep::read_client_secret(world, account, cancel).ok().flatten();
            let client = (client.map_or("", |client| client.client_id.as_str()), secret.as_ref());
            let mut count = 0;
            let done = tokens
                .iter()
                .try_for_each(|token| oauth::revoke(url, token, client, world, cancel).map(|()| count += 1));
            withdrawn = Some(count);
            note("revoke", log::result(&done));
            *revoked = done.is_ok();
            done
        })
    } else {
        keep::forget(world, account, cancel)
    };
    note("forget", log::result(&done));
    let id = match withdrawn {
        Some(0) if !*revoked => "command.remove-not-revoked",
        Some(_) if !*revoked => "command.remove-partly-revoked",
        // Nobody was asked to withdraw anything, or all of it is withdrawn.
        _ => return done.map_err(failed),
    };
    done.map_err(failed).map_err(|error| {
        let (_, reason, exit) = print::words_of(&error, session);
        CommandError::Say { id, values: vec![("reason", reason)], exit }
    })
}

#[cfg(test)]
mod tests;
