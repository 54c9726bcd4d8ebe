//! `mailkey rename NAME NEW`.

use serde::Serialize;

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    cli::manage::Rename,
    effects::{files, log},
    flow::{
        answers::Source,
        field,
        validate::{self, Verdict},
    },
    model::{exit_code::ExitCode, method::Method, report::SCHEMA, shell},
};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    before: &'a str,
    name: &'a str,
    address: &'a str,
}

/// `mailkey rename NAME NEW`: the record alone; the secrets are found by the id, which stays.
///
/// # Errors
/// When there is no such account, the new name cannot be used or is taken, or the file cannot be written.
pub fn run(arguments: &Rename, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(&arguments.name)?;
    let name = usable(&arguments.new, session)?;
    let world = &session.world;
    let done = files::rename_account(world, &account, name);
    let line = format!("rename {} to {name}: {}", account.name, log::result(&done));
    world.log.line(world.environment.now(), &line);
    done.map_err(|failure| {
        if failure.code == "_name_taken" {
            CommandError::usage("command.rename-taken").with("name", name)
        } else {
            failure.into()
        }
    })?;
    if session.global.json {
        let (before, address) = (account.name.as_str(), account.address.as_str());
        print::json(&Document { schema: SCHEMA, before, name, address });
    } else {
        let values = [("before", account.name.as_str()), ("name", name)];
        let strings = &session.words().strings;
        print::talk(&strings.fill("command.renamed", &values));
        // By an address that no other account has it is still found.
        let is_gone = session.account(&account.name).is_err();
        if is_gone {
            let asks = if account.method == Method::OAuth { "token" } else { "password" };
            let (before, command) = (shell::command(asks, &account.name), shell::command(asks, name));
            let values = [("before", before.as_str()), ("command", &command)];
            print::talk(&strings.fill("command.renamed-programs", &values));
        }
    }
    Ok(ExitCode::Proved)
}

/// The name as it is kept.
fn usable<'a>(new: &'a str, session: &Session) -> Result<&'a str, CommandError> {
    if new.trim().is_empty() {
        return Err(CommandError::usage("command.rename-empty"));
    }
    let mut answers = session.answers();
    answers.set(field::NAME, new, Source::Flag);
    let strings = &session.words().strings;
    let reason = match validate::judge(field::NAME, &session.situation(&answers)) {
        Verdict::Missing => strings.text("invalid.missing").to_owned(),
        Verdict::Wrong(remark) => {
            let values: Vec<_> = remark.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            strings.fill(&remark.id, &values)
        }
        Verdict::Fine | Verdict::Doubt(_) => return Ok(new.trim()),
    };
    Err(CommandError::usage("command.rename-unusable").with("reason", reason))
}
