//! What commands print. Terminal policy, once: the product goes to standard output, talk to standard error; with
//! `--json` standard output has one document and nothing else.

pub mod accounts;
mod streams;

use serde::Serialize;

pub(super) use self::streams::{lost, no_output, out, out_prose, pages, product, talk, talk_prose};
use super::{
    answers_file::{problem_entries, problem_lines},
    missing::{self, Given},
    mode::Mode,
    session::{CommandError, Session},
};
use crate::{
    flow::{report, situation::answers_of, wizard::Ending},
    guide::strings::Strings,
    model::{
        account::BaseKey,
        exit_code::ExitCode,
        report::{AccountReport, DiagnosisEntry, ErrorDocument, ErrorEntry, SCHEMA, StageEntry},
        shell,
        stage::Stage,
    },
};

/// `verify --json` and the end of `setup --json`.
#[derive(Serialize)]
pub struct AccountsDocument {
    schema: u32,
    accounts: Vec<AccountReport>,
    /// What ended the run, where the accounts do not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorEntry>,
}

impl AccountsDocument {
    /// The document for these accounts.
    #[must_use]
    pub fn of(accounts: Vec<AccountReport>) -> Self {
        Self { schema: SCHEMA, accounts, error: None }
    }
}

/// Prints a JSON document as one line.
pub fn json(document: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(document) {
        out(&text);
    }
}

/// What an error of a command says, and its exit code.
#[must_use]
pub fn error(error: &CommandError, session: &Session) -> ExitCode {
    let (id, text, exit) = words_of(error, session);
    let strings = &session.words().strings;
    let mut entry = entry(&id, &text, exit);
    match error {
        CommandError::Missing { missing, given } => {
            entry.missing = missing::entries(missing, *given, strings);
        }
        CommandError::Answers { path, problems } => {
            entry.problems = problem_entries(path, problems, strings);
        }
        CommandError::Say { .. } | CommandError::Failed { .. } => {}
    }
    refuse(session.global.json, entry);
    exit
}

/// Says an error on standard error, where standard output has its document already.
#[must_use]
pub fn complaint(error: &CommandError, session: &Session) -> ExitCode {
    let (_, text, exit) = words_of(error, session);
    talk_prose(&format!("mailkey: {text}"));
    exit
}

/// Id, text and exit code of an error.
pub(super) fn words_of(error: &CommandError, session: &Session) -> (String, String, ExitCode) {
    let strings = &session.words().strings;
    match error {
        CommandError::Say { id, values, exit } => {
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            (told_id(id).to_owned(), strings.fill(id, &values), *exit)
        }
        CommandError::Missing { missing, given } => {
            let entries = missing::entries(missing, *given, strings);
            let text = strings.fill("command.missing", &[("missing", &missing::lines(&entries, strings))]);
            ("missing".to_owned(), text, ExitCode::Usage)
        }
        CommandError::Answers { path, problems } => {
            let reason = problem_lines(&problem_entries(path, problems, strings), strings);
            // The file as a whole is told in one line.
            let is_whole = problems.iter().all(|problem| problem.key.is_none() && problem.at.is_none());
            let id = if is_whole { "command.answers-file" } else { "command.answers-file-lines" };
            let values = [("path", &*path.to_string_lossy()), ("reason", &reason)];
            ("answers-file".to_owned(), strings.fill(id, &values), ExitCode::Usage)
        }
        CommandError::Failed { failure, account } => {
            let mut answers = session.answers();
            if let Some(account) = account {
                answers_of(account, &mut answers);
            }
            let situation = session.situation(&answers);
            let now = session.world.environment.now();
            let diagnosis = match account {
                Some(account) => report::diagnose_kept(&situation, failure, account, now),
                None => report::diagnose(&situation, failure, &[], None, now),
            };
            let entry = report::diagnosis_entry(&diagnosis, failure, &situation);
            (diagnosis.id, with_remedies(&entry), diagnosis.exit)
        }
    }
}

/// The id of an error, as JSON tells it: that of its text without the first part, which names the table that has it.
fn told_id(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, rest)| rest)
}

fn with_remedies(entry: &DiagnosisEntry) -> String {
    let texts = entry.remedies.iter().map(|remedy| remedy.text.as_str());
    std::iter::once(entry.cause.as_str()).chain(texts).collect::<Vec<_>>().join("\n  - ")
}

/// Says why a command did not do what it was asked: the document where one was asked for, else a line of talk.
pub(super) fn refusal(as_json: bool, id: &str, text: &str, exit: ExitCode) {
    refuse(as_json, entry(id, text, exit));
}

fn refuse(as_json: bool, error: ErrorEntry) {
    if as_json {
        json(&ErrorDocument { schema: SCHEMA, error });
    } else {
        talk_prose(&format!("mailkey: {}", error.text));
    }
}

fn entry(id: &str, text: &str, exit: ExitCode) -> ErrorEntry {
    ErrorEntry::new(id, text, exit.number())
}

/// What a walk through the wizard proved. With JSON there is one document: the account's report, the error where the
/// report does not explain the end, or both.
#[must_use]
pub fn ending(session: &Session, ending: &Ending) -> ExitCode {
    ending.notices.iter().for_each(|notice| talk_prose(notice));
    let error = unexplained(session, ending).map(|(id, text)| {
        let missing = if id == "missing" { ending.missing.as_slice() } else { &[] };
        let missing = missing::entries(missing, Given::FlagOrFile, &session.words().strings);
        ErrorEntry { missing, ..entry(&id, &text, ending.exit) }
    });
    if let (Some(found), true) = (&ending.report, session.global.json) {
        json(&AccountsDocument { error, ..AccountsDocument::of(vec![found.clone()]) });
        return ending.exit;
    }
    if let Some(found) = &ending.report {
        let lines = account_lines(found, ending.exit, false, &session.words().strings);
        // Whoever was told of the check in lines right above does not hear it all again.
        let told = if session.talks_on_output() { 1 } else { lines.len() };
        lines.iter().take(told).for_each(|line| out_prose(line));
        if let Some(text) = &ending.so_far {
            out_prose(&format!("  {text}"));
        }
    }
    if let Some(error) = error {
        refuse(session.global.json, error);
    }
    ending.exit
}

/// Id and text of what the account's report does not tell of an end: a good check may be followed by a store that is
/// full, or by a name that is taken.
fn unexplained(session: &Session, ending: &Ending) -> Option<(String, String)> {
    let strings = &session.words().strings;
    let report = ending.report.as_ref();
    let told = report.and_then(|report| report.diagnosis.as_ref());
    let of_seatable = report.and_then(|report| report.seatable.as_ref()?.diagnosis.as_ref());
    let is_told = |diagnosis: &&DiagnosisEntry| [told, of_seatable].contains(&Some(*diagnosis));
    if let Some(diagnosis) = ending.diagnosis.as_ref().filter(|diagnosis| !is_told(diagnosis)) {
        return Some((diagnosis.id.clone(), with_remedies(diagnosis)));
    }
    if !ending.missing.is_empty() {
        let entries = missing::entries(&ending.missing, Given::FlagOrFile, strings);
        let text = strings.fill("command.missing", &[("missing", &missing::lines(&entries, strings))]);
        return Some(("missing".to_owned(), text));
    }
    let must_say = session.mode() != Mode::Screen || session.global.json;
    let cancelled = ending.exit == ExitCode::Cancelled && must_say;
    cancelled.then(|| ("cancelled".to_owned(), strings.text("command.cancelled").to_owned()))
}

/// An account and its check, for a person.
pub fn account(session: &Session, found: &AccountReport, exit: ExitCode) {
    let diagnosis = found.diagnosis.as_ref();
    let renews = diagnosis.is_some_and(|diagnosis| session.knowledge.diagnoses.wants_new_key(&diagnosis.id));
    for line in account_lines(found, exit, renews, &session.words().strings) {
        out_prose(&line);
    }
}

/// What became of an account. `renews`: it is kept, and its key is good no longer.
fn account_lines(found: &AccountReport, exit: ExitCode, renews: bool, strings: &Strings) -> Vec<String> {
    // Who left in the middle has not failed.
    let failed = found.stages.iter().any(|stage| stage.ok == Some(false));
    let head = if exit == ExitCode::Cancelled && !failed { "–" } else { mark(exit == ExitCode::Proved) };
    let mut lines = vec![format!("{head} {}", found.name)];
    // Sending through an interface is one stage under two names, for those who look for either.
    let has_api = found.stages.iter().any(|stage| stage.stage == Stage::Api.id() && stage.ok.is_some());
    let is_told = |stage: &&StageEntry| !(has_api && stage.stage == Stage::Send.id());
    lines.extend(stage_lines(found.stages.iter().filter(is_told), found.diagnosis.as_ref(), strings));
    let notes = found.arrival.iter().flat_map(|arrival| &arrival.notes);
    lines.extend(notes.map(|note| format!("    {note}")));
    if let Some(seatable) = &found.seatable {
        lines.extend(stage_lines(seatable.stages.iter(), seatable.diagnosis.as_ref(), strings));
        // What is proved here says of the key that it is good, and nothing of the account that has it there.
        if let (None, Some(base)) = (seatable.ok, &seatable.base) {
            let has_old_key = seatable.key.as_deref() == Some(BaseKey::Old.id());
            let (id, command) = if has_old_key {
                ("found.seatable-old", "seatable repair")
            } else {
                ("found.seatable-not-asked", "seatable check")
            };
            let command = shell::command(command, &found.name);
            let values = [("base", base.name.as_str()), ("command", &command)];
            lines.push(format!("  {}", strings.fill(id, &values)));
        }
    }
    // Of a key that does not work, how long it would have lived is of no use, unless that is why.
    let is_well = found.diagnosis.is_none();
    if exit != ExitCode::RenewKey && (is_well || found.key.expires.is_some()) {
        let line = strings.fill("found.key", &[("text", &found.key.text)]);
        let line = if found.key.dies_soon { strings.fill("life.soon", &[("text", &line)]) } else { line };
        lines.push(format!("  {line}"));
    }
    let command = shell::command("reauth", &found.name);
    let renewal = |id: &str| strings.fill(id, &[("command", &command)]);
    let remedies = found.diagnosis.iter().flat_map(|diagnosis| &diagnosis.remedies);
    // Some remedies say it already.
    if renews && !remedies.into_iter().any(|remedy| remedy.text.contains(&command)) {
        lines.push(format!("  {}", renewal("life.renew-now")));
    } else if found.key.dies_soon && is_well {
        lines.push(format!("    {}", renewal("life.renew")));
    }
    lines.extend(found.key.unstored.iter().map(|unstored| format!("  ! {}", unstored.text)));
    lines
}

fn mark(ok: bool) -> &'static str {
    if ok { "✓" } else { "✗" }
}

fn labelled(id: &str, text: &str, strings: &Strings) -> String {
    format!("  {}", strings.fill(id, &[("text", text)]))
}

/// The stages that ran, and why the last one failed.
fn stage_lines<'a>(
    stages: impl Iterator<Item = &'a StageEntry>,
    diagnosis: Option<&DiagnosisEntry>,
    strings: &Strings,
) -> Vec<String> {
    // The detail of one that failed is what the server said or what it means, and both follow in lines of their own.
    let follows: Vec<&str> = diagnosis
        .into_iter()
        .flat_map(|diagnosis| {
            std::iter::once(diagnosis.cause.as_str()).chain(diagnosis.server_said.as_deref())
        })
        .collect();
    let detail = |stage: &'a StageEntry| {
        Some(stage.detail.as_str()).filter(|detail| !follows.contains(detail)).unwrap_or_default()
    };
    let mut lines: Vec<String> = stages
        .filter(|stage| stage.ok.is_some())
        .map(|stage| stage_line(stage, detail(stage), strings, mark(stage.ok == Some(true))))
        .collect();
    if let Some(diagnosis) = diagnosis {
        lines.push(labelled("found.means", &diagnosis.cause, strings));
        if !diagnosis.remedies.is_empty() {
            lines.push(labelled("found.to-do", "", strings));
        }
        for (index, remedy) in diagnosis.remedies.iter().enumerate() {
            lines.push(format!("    {} {}", index + 1, remedy.text));
        }
        for tried in &diagnosis.tried {
            lines.push(labelled("found.tried", &tried.text, strings));
        }
        if !diagnosis.ruled_out.is_empty() {
            let ruled_out = diagnosis.ruled_out.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>();
            lines.push(labelled("found.ruled-out", &ruled_out.join(", "), strings));
        }
        if let Some(said) = &diagnosis.server_said {
            lines.push(labelled("found.server-said", said, strings));
        }
    }
    lines
}

fn stage_line(stage: &StageEntry, detail: &str, strings: &Strings, mark: &str) -> String {
    let name = strings.find(&format!("stage-name.{}", stage.stage)).unwrap_or(&stage.stage);
    let time = strings.duration(stage.ms.unwrap_or_default());
    let detail = if detail.is_empty() { String::new() } else { format!("{detail}  ") };
    format!("  {mark} {name}  {detail}{time}")
}

#[cfg(test)]
mod tests;
