//! `mailkey verify`.

use super::{
    ask, print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::account::Verify,
    effects::{cancel::Cancel, check, files, keep, log},
    flow::{
        check::{request_for_account, stages},
        effect::CheckReport,
        report,
        situation::answers_of,
    },
    model::{
        account::{Account, LastCheck},
        address::Address,
        exit_code::ExitCode,
        report::AccountReport,
    },
};

/// `mailkey verify [NAME…]`.
///
/// # Errors
/// When a name is not known, or the address to send to is none.
pub fn run(arguments: &Verify, session: &Session) -> Result<ExitCode, CommandError> {
    let send_to = match &arguments.send_to {
        Some(text) => Some(Address::parse(text).map_err(|error| CommandError::usage(error.id()))?),
        None => None,
    };
    let accounts = if arguments.names.is_empty() {
        files::accounts(&session.world)?
    } else {
        arguments.names.iter().map(|name| session.account(name)).collect::<Result<Vec<_>, _>>()?
    };
    if accounts.is_empty() {
        return Err(CommandError::Say {
            id: "command.no-accounts",
            values: Vec::new(),
            exit: ExitCode::NotFound,
        });
    }
    let cancel = signals::cancelling()?;
    ask::let_ask(session, &cancel);
    let (mut reports, mut codes) = (Vec::new(), Vec::new());
    for account in accounts {
        let verified = verify(&account, send_to.as_ref(), session, &cancel);
        if cancel.is_cancelled() {
            return Err(CommandError::cancelled());
        }
        codes.push(verified.exit);
        if !session.global.json {
            print::account(session, &verified.report, verified.exit);
        }
        reports.push(verified.report);
    }
    if session.global.json {
        print::json(&print::AccountsDocument::of(reports));
    }
    Ok(ExitCode::of_all(&codes))
}

struct Verified {
    report: AccountReport,
    exit: ExitCode,
}

fn verify(account: &Account, send_to: Option<&Address>, session: &Session, cancel: &Cancel) -> Verified {
    let request = request_for_account(account, send_to, session.words());
    let world = &session.world;
    let checked = check::run(&request, world, cancel, &mut |progress| {
        world.log.line(world.environment.now(), &format!("verify: {}", log::news(&progress)));
    });
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    let situation = session.situation(&answers);
    let failure = checked.failure();
    let diagnosis = failure
        .map(|failure| report::diagnose(&situation, failure, &checked.stages, Some(account), checked.ended));
    let last_check = LastCheck {
        at: checked.ended,
        ok: failure.is_none(),
        diagnosis: diagnosis.as_ref().map(|diagnosis| diagnosis.id.clone()),
    };
    if !cancel.is_cancelled() {
        // A check that cannot be written down was still made.
        let _ = keep::record_check(&session.world, account, &last_check);
    }
    let entry = diagnosis
        .as_ref()
        .zip(failure)
        .map(|(diagnosis, failure)| report::diagnosis_entry(diagnosis, failure, &situation));
    let expected = stages(account.method, account.send_via, send_to.is_some());
    Verified {
        report: report::account_report(account, Some(&checked), &expected, entry, session.words()),
        exit: exit_of(&checked, diagnosis.map(|diagnosis| diagnosis.exit)),
    }
}

fn exit_of(checked: &CheckReport, diagnosed: Option<ExitCode>) -> ExitCode {
    match (checked.failure(), diagnosed) {
        (None, _) => ExitCode::Proved,
        (Some(_), Some(exit)) => exit,
        (Some(_), None) => ExitCode::CheckFailed,
    }
}
