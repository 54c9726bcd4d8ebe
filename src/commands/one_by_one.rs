//! Commands that do the same with each of several accounts: one way to tell what became of each, for all of them.

use serde::Serialize;

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    effects::cancel::Cancel,
    model::{
        account::Account,
        exit_code::ExitCode,
        report::{ErrorEntry, SCHEMA},
    },
};

#[derive(Serialize)]
struct Document<T> {
    schema: u32,
    accounts: Vec<Entry<T>>,
    /// The first thing that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorEntry>,
}

#[derive(Serialize)]
struct Entry<T> {
    #[serde(flatten)]
    became: T,
    /// Why it was not done with this account; null: it was.
    error: Option<ErrorEntry>,
}

/// Lets `act` work on one account after the other, and tells what became of each: in one document with `--json`, else
/// `act` says what it did, and what failed is said here with the account's name. One that fails does not hide the
/// others. A cancel ends it; the accounts that it kept from being begun are not in the document.
pub(super) fn go<T: Serialize>(
    accounts: &[Account],
    session: &Session,
    cancel: &Cancel,
    mut act: impl FnMut(&Account) -> (T, Result<(), CommandError>),
) -> ExitCode {
    let (mut entries, mut codes) = (Vec::new(), Vec::new());
    for account in accounts {
        if cancel.is_cancelled() {
            codes.push(ExitCode::Cancelled);
            break;
        }
        let (became, done) = act(account);
        let error = done.err().map(|error| {
            let error = if error.is_of_cancel() { CommandError::cancelled() } else { error };
            let (id, text, exit) = print::words_of(&error, session);
            codes.push(exit);
            if !session.global.json {
                let values = [("name", account.name.as_str()), ("text", text.as_str())];
                print::talk(&session.words().strings.fill("command.one-failed", &values));
            }
            ErrorEntry::new(id, text, exit.number())
        });
        entries.push(Entry { became, error });
    }
    if session.global.json {
        let error = entries.iter().find_map(|entry| entry.error.clone());
        print::json(&Document { schema: SCHEMA, accounts: entries, error });
    }
    if codes.contains(&ExitCode::Cancelled) { ExitCode::Cancelled } else { ExitCode::of_all(&codes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commands::testing,
        model::failure::{Failure, Layer},
    };

    /// Of three accounts the second fails with `failure`, and somebody cancels meanwhile or not: the names that were
    /// begun, and the exit code.
    fn run(failure: &Failure, cancels: bool) -> (Vec<String>, ExitCode) {
        let cancel = Cancel::new();
        let folder = tempfile::tempdir().unwrap();
        let session = testing::session(folder.path(), &["list", "--json"]);
        let accounts =
            ["one", "two", "three"].map(|name| Account { name: name.to_owned(), ..testing::account() });
        let mut begun = Vec::new();
        let exit = go(&accounts, &session, &cancel, |account| {
            begun.push(account.name.clone());
            if account.name != "two" {
                return (serde_json::json!({"name": account.name}), Ok(()));
            }
            if cancels {
                cancel.cancel();
            }
            let done = Err(failure.clone().into());
            (serde_json::json!({"name": account.name}), done)
        });
        (begun, exit)
    }

    #[test]
    fn one_that_fails_does_not_keep_the_others_and_a_cancel_does() {
        let [broken, cancelled] = ["_no_keyring", "_cancelled"].map(|code| Failure::new(Layer::Store, code));
        let all = ["one", "two", "three"].map(str::to_owned).to_vec();
        assert_eq!(run(&broken, false), (all.clone(), ExitCode::Store));
        for failure in [broken, cancelled] {
            assert_eq!(run(&failure, true), (all[..2].to_vec(), ExitCode::Cancelled), "{failure:?}");
        }
    }
}
