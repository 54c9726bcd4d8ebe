//! `mailkey guide`: the documents that the wizard shows, on paper. What is not answered yet stands there in words.

mod questions;
mod sheet;

use std::path::Path;

use serde::Serialize;

use super::{
    missing::Given,
    print,
    session::{CommandError, Session},
};
use crate::{
    cli::guide::{Format, Guide, Plan},
    effects::files,
    flow::{
        answers::{Answers, Source},
        field,
        situation::Situation,
        validate::{self, Verdict},
        wizard::Missing,
    },
    guide::{
        handout::{Chapter, Handout, Step},
        render,
    },
    model::{
        exit_code::ExitCode, failure::Failure, method::Method, provider, report::SCHEMA, seatable::Version,
        shell,
    },
};

/// The provider of a guide that names neither provider nor address: the one that the documents are about.
const PROVIDER: &str = "gmail";

/// The place of a guide that names none.
const DESTINATION: &str = "seatable";

/// How the key gets into SeaTable.
const CONNECT: &str = "connect";
/// Whether mailkey gets a key of its own.
const OWN_CONSENT: &str = "own-consent";
/// The version of the SeaTable server.
const SEATABLE_VERSION: &str = "seatable-version";

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    language: &'static str,
    format: &'static str,
    text: &'a str,
}

/// `mailkey guide`.
///
/// # Errors
/// When an answer cannot be used, or the file cannot be written.
pub fn run(arguments: &Guide, session: &Session) -> Result<ExitCode, CommandError> {
    let answers = given(arguments, session);
    refuse_unusable(session, &answers)?;
    let handout = handout(session, arguments.plan, &answers);
    let text = match arguments.format {
        Format::Markdown => render::markdown::render(&handout),
        Format::Html => render::html::render(&handout),
    };
    if let Some(path) = &arguments.output {
        files::replace_file(path, text.as_bytes()).map_err(|failure| not_written(path, &failure))?;
    }
    if session.global.json {
        let (language, format) = (session.language.code(), arguments.format.id());
        print::json(&Document { schema: SCHEMA, language, format, text: &text });
    } else if arguments.output.is_none() {
        print::pages(text.as_bytes())?;
    }
    Ok(ExitCode::Proved)
}

fn not_written(path: &Path, failure: &Failure) -> CommandError {
    CommandError::usage("command.guide-output")
        .with("path", path.display().to_string())
        .with("reason", failure.detail("reason").unwrap_or_default())
}

/// What the command line says, and what stands for what it does not say.
fn given(arguments: &Guide, session: &Session) -> Answers {
    let mut answers = session.answers();
    for (id, text) in [
        (field::ADDRESS, &arguments.address),
        (field::PROVIDER, &arguments.provider),
        (field::METHOD, &arguments.method),
        (field::FOR, &arguments.destination),
        (field::SEATABLE_URL, &arguments.seatable_url),
        (SEATABLE_VERSION, &arguments.seatable_version),
        (CONNECT, &arguments.connect),
        (OWN_CONSENT, &arguments.own_consent),
    ] {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    if answers.entry(field::FOR).is_none() {
        answers.set(field::FOR, DESTINATION, Source::Discovered);
    }
    let is_known =
        answers.entry(field::PROVIDER).is_some() || session.situation(&answers).recognised().is_some();
    if !is_known {
        answers.set(field::PROVIDER, PROVIDER, Source::Discovered);
    }
    answers
}

/// Everything on the command line that cannot be used is named at once, with what is possible.
fn refuse_unusable(session: &Session, answers: &Answers) -> Result<(), CommandError> {
    let strings = &session.words().strings;
    let situation = session.situation(answers);
    let remark = |id: &str| match validate::judge(id, &situation) {
        Verdict::Wrong(remark) => {
            let values: Vec<_> = remark.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(strings.fill(&remark.id, &values))
        }
        Verdict::Missing => Some(strings.text("invalid.missing").to_owned()),
        Verdict::Fine if id == SEATABLE_VERSION && Version::parse(situation.text(id)).is_none() => {
            Some(strings.text("guide.no-version").to_owned())
        }
        Verdict::Fine | Verdict::Doubt(_) => None,
    };
    let flags = answers.iter().filter(|(_, answer)| answer.source == Source::Flag);
    let unusable: Vec<Missing> = flags
        .filter_map(|(id, _)| {
            remark(id).map(|text| Missing { field: id.to_owned(), label: id.to_owned(), remark: Some(text) })
        })
        .collect();
    if unusable.is_empty() {
        return Ok(());
    }
    Err(CommandError::Missing { missing: unusable, given: Given::Flag })
}

/// The guide for these answers: one chapter for each method that they leave open.
fn handout(session: &Session, plan: Plan, answers: &Answers) -> Handout {
    let strings = &session.words().strings;
    let open = session.situation(answers);
    let methods = match open.method() {
        Some(method) => vec![method],
        None => open.methods(),
    };
    let mut chapters: Vec<Chapter> =
        methods.iter().map(|method| chapter(session, plan, answers, *method)).collect();
    // Some uses are the same whatever the method is.
    if chapters.windows(2).all(|pair| pair[0].steps == pair[1].steps) {
        chapters.truncate(1);
    }
    let names: Vec<&str> = methods.iter().map(|method| method_name(session, *method)).collect();
    let destination = open.text(field::FOR);
    let values = [
        ("provider", value(&open, "provider")),
        ("destination", strings.text(&format!("guide.destination.{destination}")).to_owned()),
        ("methods", names.join(" / ")),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut handout = Handout {
        language: session.language,
        title: strings.fill(&format!("guide.title.{}", plan.id()), &values),
        lead: ["guide.lead", "guide.open", "guide.version"].map(|id| strings.fill(id, &values)).into(),
        contents: strings.text("guide.contents").to_owned(),
        warning: strings.text("guide.warning").to_owned(),
        chapters,
    };
    if let Some(day) = handout.checked() {
        let checked = strings.fill("guide.checked", &[("date", day)]);
        handout.lead.push(checked);
    }
    handout
}

fn method_name(session: &Session, method: Method) -> &str {
    let strings = &session.words().strings;
    match method {
        Method::AppPassword => strings.text("method.name.app-password"),
        Method::Password => strings.text("method.name.password"),
        Method::OAuth => strings.text("method.name.oauth"),
    }
}

fn chapter(session: &Session, plan: Plan, answers: &Answers, method: Method) -> Chapter {
    let mut answers = answers.clone();
    answers.set(field::METHOD, method.id(), Source::Discovered);
    let situation = &session.situation(&answers);
    let words = situation.words();
    let steps = situation.steps(plan.id()).into_iter().filter(|step| step.printed).filter_map(|spec| {
        Step::of(
            spec,
            words.document(&spec.id),
            &words.strings,
            sheet::sheet(situation, &spec.id),
            questions::questions(situation, spec),
            &|name| value(situation, name),
        )
    });
    Chapter {
        id: method.id().to_owned(),
        title: words.strings.text(&format!("guide.chapter.{}", method.id())).to_owned(),
        steps: steps.collect(),
    }
}

/// The value of a `{placeholder}`, else words for what is not known on paper.
fn value(situation: &Situation<'_>, name: &str) -> String {
    known(situation, name).unwrap_or_else(|| blank(situation, name))
}

/// The value of a `{placeholder}` that follows from the answers.
fn known(situation: &Situation<'_>, name: &str) -> Option<String> {
    match name {
        // Nobody can type the name of an account that has none yet.
        _ if name.starts_with("command.") && situation.account_name().is_empty() => None,
        // Where there is no address, it says that nobody gets a message.
        "recipient" if situation.text(field::ADDRESS).is_empty() => None,
        _ => situation.placeholder(name).filter(|text| {
            // A server that is described by hand has no name before that.
            !text.is_empty() && (name != "provider" || text != provider::OTHER)
        }),
    }
}

/// Words for what is not known on paper.
fn blank(situation: &Situation<'_>, name: &str) -> String {
    let strings = &situation.words().strings;
    if let Some(command) = shell::command_of(name) {
        return format!("mailkey {command} {}", strings.text("guide.blank.account"));
    }
    let name = if name.starts_with("link.") { "link" } else { name };
    let words = strings.find(&format!("guide.blank.{name}"));
    words.unwrap_or_else(|| strings.text("guide.blank.other")).to_owned()
}

#[cfg(test)]
mod tests;
