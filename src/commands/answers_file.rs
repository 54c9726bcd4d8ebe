//! `--answers` and `--record`: a file in, a file out.

use std::{io, path::Path, sync::Arc};

use super::{
    missing, print,
    session::{CommandError, Session},
    setup::finish,
    walk::Walked,
};
use crate::{
    cli::answers::AnswersFile,
    effects::files,
    flow::{
        answers::{Answers, Source},
        answers_file::{Problem, read, written},
        field,
        situation::is_renewable,
        validate::{Remark, Verdict, judge},
        wizard::{Plan, Wizard},
    },
    guide::strings::Strings,
    model::{exit_code::ExitCode, failure::Failure, language::Language, report::ProblemEntry},
};

/// Takes the answers of a file where one is named. What can be used of it is among the answers even where something
/// else in it cannot: its language, above all.
///
/// # Errors
/// When the file cannot be read, or holds something that cannot be used: all of it at once.
pub fn take(
    files: &AnswersFile,
    plan: Plan,
    session: &Session,
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let Some(path) = &files.answers else { return Ok(()) };
    let mut problems = fill(path, session, answers, Source::File, |_, _| None);
    if problems.is_empty() {
        return Ok(());
    }
    problems.extend(unusable(plan, session, answers));
    Err(refused(path, problems))
}

/// The same for a command on an account: the file may hold the record of the account's own set-up, but it changes
/// nothing of the account that only a new set-up can.
///
/// # Errors
/// As [`take`], and when the file speaks of another account.
pub fn take_for_account(
    files: &AnswersFile,
    session: &Session,
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let Some(path) = &files.answers else { return Ok(()) };
    // As firm as flags: the record of the account, which is read later, does not overrule them.
    let problems = fill(path, session, answers, Source::Flag, |(id, text), answers| {
        let is_fixed =
            answers.entry(id).is_some_and(|own| own.source != Source::Flag || id == field::ACCOUNT);
        let of_account = is_fixed && !is_renewable(id) && id != field::LANGUAGE;
        let differs = of_account && answers.text(id) != text;
        differs.then(|| Remark::new("answers.of-account").with("own", answers.text(id)))
    });
    if problems.is_empty() { Ok(()) } else { Err(refused(path, problems)) }
}

/// Sets the answers of a file; `objection` may speak against one of them. What cannot be used comes back.
fn fill(
    path: &Path,
    session: &Session,
    answers: &mut Answers,
    source: Source,
    objection: impl Fn((&str, &str), &Answers) -> Option<Remark>,
) -> Vec<Problem> {
    let text = match files::read_file(&session.world, &path.to_string_lossy()) {
        Ok(text) => text,
        Err(failure) => return vec![Problem { key: None, at: None, reason: unreadable(&failure) }],
    };
    let read = read(text.expose(), &session.knowledge.guide.plans, &missing::flag);
    let mut problems = read.problems;
    for (id, text) in read.answers {
        if id == field::LANGUAGE && Language::from_locale(&text).is_none() {
            // Not taken: what else is wrong is told in the language in use. `--lang` wins over a file.
            if session.global.lang.is_none() {
                let options = Language::ALL.map(Language::code).join(", ");
                let reason = Remark::new("invalid.choice").with("value", text).with("options", options);
                problems.push(Problem { key: Some(id), at: None, reason });
            }
            continue;
        }
        match objection((&id, &text), answers) {
            Some(reason) => problems.push(Problem { key: Some(id), at: None, reason }),
            None => answers.set(&id, text, source),
        }
    }
    problems
}

/// Answers of the file that the wizard will not take, to be told with what is wrong in the file itself.
fn unusable(plan: Plan, session: &Session, answers: &Answers) -> Vec<Problem> {
    let (wizard, _) = Wizard::start(plan, answers.clone(), true, Arc::clone(&session.knowledge));
    let of_file = |id: &str| answers.entry(id).is_some_and(|answer| answer.source == Source::File);
    let missing = wizard.missing().into_iter().filter(|missing| of_file(&missing.field));
    let problem = |field: String, text: String| Problem {
        key: Some(field),
        at: None,
        reason: Remark::new("answers.value").with("reason", text),
    };
    missing.filter_map(|missing| Some(problem(missing.field, missing.remark?))).collect()
}

/// A file that a script names wrongly is a mistake of the command line, whatever the system calls it.
fn unreadable(failure: &Failure) -> Remark {
    let detail = |name: &str| {
        let found = failure.details.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    Remark::new(match failure.code.as_str() {
        "_not_found" => "answers.not-found",
        "_denied" => "answers.denied",
        "_is_folder" => "answers.folder",
        "_too_large" => "answers.too-large",
        "_not_text" => "answers.no-text",
        _ => return Remark::new("answers.value").with("reason", detail("reason")),
    })
}

fn refused(path: &Path, problems: Vec<Problem>) -> CommandError {
    CommandError::Answers { path: path.to_owned(), problems }
}

/// What is wrong in a file of answers, as JSON tells it.
#[must_use]
pub fn problem_entries(path: &Path, problems: &[Problem], strings: &Strings) -> Vec<ProblemEntry> {
    let entry = |problem: &Problem| {
        let values: Vec<_> =
            problem.reason.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ProblemEntry {
            file: path.display().to_string(),
            line: problem.at.map(|(line, _)| line),
            column: problem.at.map(|(_, column)| column),
            key: problem.key.clone(),
            reason: strings.fill(&problem.reason.id, &values),
        }
    };
    problems.iter().map(entry).collect()
}

/// The same for a person, one problem a line.
#[must_use]
pub fn problem_lines(entries: &[ProblemEntry], strings: &Strings) -> String {
    let line = |entry: &ProblemEntry| {
        let number = entry.line.unwrap_or_default().to_string();
        let column = entry.column.unwrap_or_default().to_string();
        let key = entry.key.clone().unwrap_or_default();
        let id = match (entry.line, &entry.key) {
            (Some(_), Some(_)) => "answers.line-key",
            (Some(_), None) => "answers.line-column",
            (None, Some(_)) => "answers.line-value",
            (None, None) => return entry.reason.clone(),
        };
        let values =
            [("line", number.as_str()), ("column", &column), ("key", &key), ("reason", &entry.reason)];
        strings.fill(id, &values)
    };
    entries.iter().map(line).collect::<Vec<_>>().join("\n  ")
}

/// Makes a walk, and records its answers where that was asked. What was proved is told first: it is true whatever
/// became of the answers.
///
/// # Errors
/// When the record cannot be written, before anything is done; or the terminal cannot be used.
pub fn recorded(
    files: &AnswersFile,
    session: &Session,
    walk: impl FnOnce() -> io::Result<Walked>,
) -> Result<ExitCode, CommandError> {
    let Some(path) = &files.record else { return finish(session, walk()) };
    files::try_writing(path).map_err(|failure| not_recorded(path, &failure, ExitCode::Usage))?;
    let walked = walk();
    let recorded = walked.as_ref().map_or(Ok(()), |walked| record(path, session, &walked.answers));
    let exit = finish(session, walked)?;
    match recorded {
        Ok(()) => Ok(exit),
        Err(error) => Ok(ExitCode::of_all(&[exit, print::complaint(&error, session)])),
    }
}

fn record(path: &Path, session: &Session, answers: &Answers) -> Result<(), CommandError> {
    let text = written(&usable(answers, session), &session.knowledge.guide.plans);
    files::replace_file(path, text.as_bytes())
        .map_err(|failure| not_recorded(path, &failure, ExitCode::Store))
}

/// The answers without those at which somebody left because they cannot be used: no file with them would be taken.
fn usable(answers: &Answers, session: &Session) -> Answers {
    let situation = session.situation(answers);
    let mut usable = answers.clone();
    for (id, _) in answers.iter().filter(|(id, _)| matches!(judge(id, &situation), Verdict::Wrong(_))) {
        usable.remove(id);
    }
    usable
}

fn not_recorded(path: &Path, failure: &Failure, exit: ExitCode) -> CommandError {
    CommandError::Say {
        id: "command.record",
        values: vec![
            ("path", path.display().to_string()),
            ("reason", failure.detail("reason").unwrap_or_default().to_owned()),
        ],
        exit,
    }
}
