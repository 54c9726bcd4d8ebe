//! What commands print. Terminal policy, once: the product goes to standard output, talk to standard error; with
//! `--json` standard output has one document and nothing else. A closed output is not worth a complaint: nobody
//! is left to read it.

use std::io::Write;

use serde::Serialize;

use super::session::{CommandError, Session};
use crate::{
    flow::{
        field, report,
        situation::answers_of,
        wizard::{Ending, Missing},
    },
    model::{
        account::Account,
        exit_code::ExitCode,
        report::{AccountReport, DiagnosisEntry, ErrorDocument, ErrorEntry, SCHEMA, StageEntry},
    },
};

/// `verify --json` and the end of `setup --json`.
#[derive(Serialize)]
pub struct AccountsDocument {
    schema: u32,
    accounts: Vec<AccountReport>,
}

impl AccountsDocument {
    /// The document for these accounts.
    #[must_use]
    pub fn of(accounts: Vec<AccountReport>) -> Self {
        Self { schema: SCHEMA, accounts }
    }
}

/// Prints a JSON document as one line.
pub fn json(document: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(document) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

fn out(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn talk(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What an error of a command says, and its exit code.
#[must_use]
pub fn error(error: &CommandError, session: &Session) -> ExitCode {
    let strings = &session.words().strings;
    let (id, text, exit) = match error {
        CommandError::Say { id, values, exit } => {
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            (id.trim_start_matches("command.").to_owned(), strings.fill(id, &values), *exit)
        }
        CommandError::Failed(failure) => {
            let answers = session.answers();
            let situation = session.situation(&answers);
            let diagnosis = report::diagnose(&situation, failure, &[], None, session.world.environment.now());
            let entry = report::diagnosis_entry(&diagnosis, failure, &situation);
            (diagnosis.id, with_remedies(&entry), diagnosis.exit)
        }
    };
    tell(session, id, text, exit)
}

fn with_remedies(entry: &DiagnosisEntry) -> String {
    let texts = entry.remedies.iter().map(|remedy| remedy.text.as_str());
    std::iter::once(entry.cause.as_str()).chain(texts).collect::<Vec<_>>().join("\n  - ")
}

fn tell(session: &Session, id: String, text: String, exit: ExitCode) -> ExitCode {
    if session.global.json {
        json(&ErrorDocument { schema: SCHEMA, error: ErrorEntry { id, text, exit: exit.number() } });
    } else {
        talk(&format!("mailkey: {text}"));
    }
    exit
}

/// What a walk through the wizard proved.
#[must_use]
pub fn ending(session: &Session, ending: &Ending) -> ExitCode {
    let strings = &session.words().strings;
    ending.notices.iter().for_each(|notice| talk(notice));
    match (&ending.report, &ending.diagnosis) {
        (Some(found), _) if session.global.json => json(&AccountsDocument::of(vec![found.clone()])),
        (Some(found), _) => account(session, found, ending.exit),
        (None, Some(diagnosis)) => {
            tell(session, diagnosis.id.clone(), with_remedies(diagnosis), ending.exit);
        }
        (None, None) if !ending.missing.is_empty() => {
            let text = strings.fill("command.missing", &[("missing", &missing_lines(&ending.missing))]);
            tell(session, "missing".to_owned(), text, ending.exit);
        }
        (None, None) if ending.exit == ExitCode::Cancelled && session.global.no_input => {
            tell(session, "cancelled".to_owned(), strings.text("command.cancelled").to_owned(), ending.exit);
        }
        (None, None) => {}
    }
    ending.exit
}

/// What is missing, one flag a line.
#[must_use]
pub fn missing_lines(missing: &[Missing]) -> String {
    let line = |missing: &Missing| {
        let rest = missing.remark.as_ref().unwrap_or(&missing.label);
        format!("{}: {rest}", flag(&missing.field))
    };
    missing.iter().map(line).collect::<Vec<_>>().join("\n  ")
}

/// The flag that answers a field.
fn flag(id: &str) -> String {
    match id {
        field::APP_PASSWORD | field::PASSWORD => "--secret-file".to_owned(),
        field::CLIENT_SECRET => "--client-secret-file".to_owned(),
        field::CLIENT_ID => "--client-file / --client-id".to_owned(),
        _ => format!("--{id}"),
    }
}

/// An account and its check, for a person.
pub fn account(session: &Session, found: &AccountReport, exit: ExitCode) {
    let strings = &session.words().strings;
    let mark = |ok: bool| if ok { "✓" } else { "✗" };
    out(&format!("{} {}", mark(exit == ExitCode::Proved), found.name));
    // Where no server spoke the detail is what the failure means, which follows in a line of its own.
    let means = found.diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str());
    for stage in found.stages.iter().filter(|stage| stage.ok.is_some()) {
        let detail = Some(stage.detail.as_str()).filter(|detail| Some(*detail) != means).unwrap_or_default();
        out(&stage_line(stage, detail, strings, mark(stage.ok == Some(true))));
    }
    if let Some(diagnosis) = &found.diagnosis {
        if let Some(said) = &diagnosis.server_said {
            out(&format!("  {}: {said}", strings.text("diagnosis.server-said")));
        }
        out(&format!("  {}: {}", strings.text("diagnosis.means"), diagnosis.cause));
        for (index, remedy) in diagnosis.remedies.iter().enumerate() {
            let label = if index == 0 { strings.text("diagnosis.to-do") } else { " " };
            out(&format!("  {label}: {} {}", index + 1, remedy.text));
        }
        if !diagnosis.ruled_out.is_empty() {
            let ruled_out = diagnosis.ruled_out.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>();
            out(&format!("  {}: {}", strings.text("diagnosis.ruled-out"), ruled_out.join(", ")));
        }
    }
    if let Some(expires) = &found.key.expires {
        out(&format!(
            "  {}: {}",
            strings.text("summary.key"),
            strings.fill("summary.expires", &[("date", expires)])
        ));
    }
}

fn stage_line(
    stage: &StageEntry,
    detail: &str,
    strings: &crate::guide::strings::Strings,
    mark: &str,
) -> String {
    let name = strings.find(&format!("stage-name.{}", stage.stage)).unwrap_or(&stage.stage);
    let milliseconds = stage.ms.unwrap_or_default();
    let detail = if detail.is_empty() { String::new() } else { format!("{detail}  ") };
    format!("  {mark} {name}  {detail}{milliseconds} ms")
}

/// An account in a line of `list`.
pub fn line(session: &Session, account: &Account) {
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
    let expires = account.key.expires.map_or_else(String::new, |expires| {
        strings.fill("summary.expires", &[("date", &expires.date().to_string())])
    });
    let rest = strings.fill("account.line", &[("method", method), ("state", state), ("date", &date)]);
    out(format!("{}  {}  {rest}  {expires}", account.name, account.address).trim_end());
}
