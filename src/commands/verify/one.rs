//! One account: its check, what it means, and what is to be written down of it.

use std::time::Duration;

use crate::{
    commands::{key, session::Session},
    effects::{arrival, cancel::Cancel, check, files::CheckRecord, log},
    flow::{
        self,
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
        stage::{Stage, StageReport, StageResult},
    },
};

/// What is asked of every account.
pub(super) struct Asked {
    /// Who gets a test message; `None`: nobody, sign in only.
    pub(super) send_to: Option<Address>,
    /// How long it is looked whether the message arrives; `None`: not at all.
    pub(super) arrival: Option<Duration>,
    /// A key that dies within so many days dies soon.
    pub(super) warn_days: u32,
    /// The mail server that a check proved is written down with it.
    pub(super) keeps_server: bool,
}

/// What became of an account.
pub(super) struct Verified {
    /// What is told; `None`: the check panicked, and nothing is known.
    pub(super) report: Option<AccountReport>,
    /// What the check proved.
    pub(super) exit: ExitCode,
    /// What is written down.
    pub(super) record: Option<CheckRecord>,
}

impl Verified {
    /// Nothing is known.
    pub(super) fn panicked() -> Self {
        Self { report: None, exit: ExitCode::Bug, record: None }
    }
}

/// Verifies an account; `None`: it was stopped.
pub(super) fn verify(
    account: &Account,
    asked: &Asked,
    session: &Session,
    cancel: &Cancel,
) -> Option<Verified> {
    let (world, words) = (&session.world, session.words());
    // Where nobody is named, what is looked for goes where it can be found.
    let to = asked.send_to.as_ref().or(asked.arrival.map(|_| &account.address));
    let request = request_for_account(account, to, &session.knowledge, words);
    let mut tell = |progress| {
        world
            .log
            .line(world.environment.now(), &format!("verify {}: {}", account.name, log::news(&progress)));
    };
    let mut checked = check::run(&request, world, cancel, &mut tell);
    if let Some(patience) = asked.arrival.filter(|_| checked.has_sent()) {
        let provider = session.knowledge.provider(&account.provider);
        let request = flow::arrival::request(account, provider, &checked, to, patience);
        checked.stages.extend(request.map(|request| match request {
            Ok(request) => arrival::see(&request, world, cancel, &mut tell),
            Err(failure) => {
                let result = StageResult::Failed(failure);
                StageReport { stage: Stage::Arrive, result, milliseconds: 0 }
            }
        }));
    }
    if cancel.is_cancelled() {
        return None;
    }
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    let situation = session.situation(&answers);
    // That it was not seen to arrive takes nothing from what was proved before.
    let (proved, failure) = (checked.failure().is_none(), checked.failure().or(checked.arrival_failure()));
    let diagnosis = failure
        .map(|failure| report::diagnose(&situation, failure, &checked.stages, Some(account), checked.ended));
    let check = LastCheck {
        at: checked.ended,
        ok: proved,
        diagnosis: diagnosis.as_ref().filter(|_| !proved).map(|diagnosis| diagnosis.id.clone()),
    };
    let entry = diagnosis
        .as_ref()
        .zip(failure)
        .map(|(diagnosis, failure)| report::diagnosis_entry(diagnosis, failure, &situation));
    let mut expected = stages(account.method, account.send_via, to.is_some());
    expected.extend(asked.arrival.map(|_| Stage::Arrive));
    let exit = exit_of(&checked, diagnosis.map(|diagnosis| diagnosis.exit));
    let mut account = account.clone();
    if check.ok {
        account.key.last_success = Some(check.at);
    }
    let server = asked.keeps_server.then(|| account.smtp.clone());
    let life = key::entry(&account, asked.warn_days, checked.ended, session);
    Some(Verified {
        report: Some(report::account_report(&account, Some(&checked), &expected, entry, life, words)),
        exit,
        record: Some(CheckRecord { server, ..CheckRecord::of(&account, check) }),
    })
}

fn exit_of(checked: &CheckReport, diagnosed: Option<ExitCode>) -> ExitCode {
    match (checked.failure().or(checked.arrival_failure()), diagnosed) {
        (None, _) => ExitCode::Proved,
        (Some(_), Some(exit)) => exit,
        (Some(_), None) => ExitCode::CheckFailed,
    }
}
