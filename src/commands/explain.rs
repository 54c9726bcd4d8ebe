//! `mailkey explain`: what an error text of any program means, and what to do.

mod input;

use serde::Serialize;

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    cli::explain::Explain,
    diagnosis::{
        CLUE, Confidence, Diagnosis, UNSAID,
        explain::{Explanation, explain},
        reading::Reader,
    },
    flow::report,
    frontends::plain,
    guide::strings::{Strings, fill},
    model::{
        exit_code::ExitCode,
        failure::Failure,
        method::Method,
        provider::Provider,
        report::{SCHEMA, TextEntry},
    },
};

/// Said of a provider that takes app passwords and nothing else.
const APP_PASSWORD_WANTED: &str = "app-password-wanted";
/// The id of what is not understood.
const UNKNOWN: &str = "unknown";

#[derive(Serialize)]
struct Document {
    schema: u32,
    #[serde(flatten)]
    first: Entry,
    /// What else the first failure may be, the most probable first.
    may_be: Vec<Alternative>,
    /// What else the text reports.
    also: Vec<Entry>,
}

/// One failure and what it means.
#[derive(Serialize)]
struct Entry {
    /// Never translated; `unknown` where nothing is understood.
    id: String,
    /// Where it failed; null: nothing was found.
    layer: Option<&'static str>,
    cause: String,
    remedies: Vec<TextEntry>,
    confidence: &'static str,
    server_said: Option<String>,
    /// The words that a guess is made from; null: it is none.
    clue: Option<String>,
    ruled_out: Vec<TextEntry>,
    /// Whose server it was; null: the text does not tell.
    provider: Option<String>,
    /// The provider's own page about it.
    page: Option<String>,
    /// When this knowledge was last compared with its sources.
    checked: Option<String>,
}

/// What a failure may be, too.
#[derive(Serialize)]
struct Alternative {
    id: String,
    cause: String,
    /// What to do first if it is that, beside what is to be done in any case; null: nothing more.
    remedy: Option<TextEntry>,
}

/// `mailkey explain`.
///
/// # Errors
/// When there is no text, it is none, or a flag names what does not exist.
pub fn run(arguments: &Explain, session: &Session) -> Result<ExitCode, CommandError> {
    let provider = arguments.provider.as_deref().map(|id| provider_of(id, session)).transpose()?;
    let method = arguments.method.as_deref().map(method_of).transpose()?;
    let words = arguments.text.iter().chain(&arguments.rest).map(String::as_str).collect::<Vec<_>>();
    let text = (!words.is_empty()).then(|| words.join(" "));
    let input = input::read(text.as_deref(), session)?;
    let strings = &session.words().strings;
    if let Some((begins, read)) = input.left_out {
        let values = [("begins", megabytes(begins)), ("read", megabytes(read))];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        print::talk(&strings.fill("explain.long", &values));
    }
    let reader = Reader::embedded();
    let explained = explain(&input.text, provider, method, &reader, &session.knowledge.diagnoses);
    let mut causes = explained.iter().map(|one| cause(one, &input.text, provider, &reader, session));
    let first = causes.next().unwrap_or_else(|| {
        let why =
            if reader.is_of_another_trade(&input.text) { "explain.not-mail" } else { "explain.nothing" };
        nothing(strings.text(why), strings)
    });
    // Of what is known by its place alone nothing is claimed.
    let also = causes.filter(|one| one.confidence != Confidence::Unknown.id()).collect();
    let may_be = explained.first().map(|one| may_be(one, provider, &reader, session)).unwrap_or_default();
    let document = Document { schema: SCHEMA, first, may_be, also };
    if session.global.json {
        print::json(&document);
    } else {
        tell(&document, session);
    }
    Ok(ExitCode::Proved)
}

fn megabytes(bytes: u64) -> String {
    ((bytes + 500_000) / 1_000_000).to_string()
}

/// The provider that the flag names: one of the table, or one that only the rules know.
fn provider_of<'a>(id: &'a str, session: &Session) -> Result<&'a str, CommandError> {
    let reader = Reader::embedded();
    if session.knowledge.provider(id).is_some() || reader.provider_name(id).is_some() || id == "other" {
        return Ok(id);
    }
    let ids = session.knowledge.providers().iter().map(|provider| provider.id.as_str());
    let ids: Vec<&str> = ids.chain(["other"]).collect();
    Err(CommandError::usage("explain.no-provider").with("provider", id).with("providers", ids.join(", ")))
}

fn method_of(id: &str) -> Result<Method, CommandError> {
    Method::from_id(id).ok_or_else(|| CommandError::usage("explain.no-method").with("method", id))
}

fn cause(one: &Explanation, text: &str, provider: Option<&str>, reader: &Reader, session: &Session) -> Entry {
    let strings = &session.words().strings;
    let Explanation { reported, diagnosis, .. } = one;
    let provider = provider.map(str::to_owned).or_else(|| reported.provider.clone());
    let words = |id: &str| filled(id, one, provider.as_deref(), reader, session);
    let entries = |prefix: &str, ids: &[String]| -> Vec<TextEntry> {
        ids.iter().map(|id| TextEntry { id: id.clone(), text: words(&format!("{prefix}.{id}")) }).collect()
    };
    Entry {
        id: diagnosis.id.clone(),
        layer: Some(reported.failure.layer.id()),
        cause: words(&told(diagnosis, strings)),
        remedies: entries("remedy", &diagnosis.remedies),
        confidence: diagnosis.confidence.id(),
        server_said: diagnosis.server_said.as_ref().map(|said| {
            let unsaid = reported.failure.details.iter().any(|(name, _)| *name == UNSAID);
            // A code that only follows from the words stands nowhere.
            let code = Some(reported.failure.code.clone()).filter(|code| text.contains(code));
            let failure = Failure { code: code.unwrap_or_default(), ..reported.failure.clone() };
            if unsaid { said.clone() } else { report::with_code(&failure, said) }
        }),
        clue: reported.failure.details.iter().find(|(name, _)| *name == CLUE).map(|(_, clue)| clue.clone()),
        ruled_out: entries("ruled-out", &diagnosis.ruled_out),
        provider,
        page: diagnosis.doc.clone(),
        checked: diagnosis.checked.clone(),
    }
}

/// What else the failure may be, in words.
fn may_be(one: &Explanation, provider: Option<&str>, reader: &Reader, session: &Session) -> Vec<Alternative> {
    let provider = provider.or(one.reported.provider.as_deref());
    let words = |id: &str| filled(id, one, provider, reader, session);
    // Of a guess, a person is told only the first thing to do.
    let is_guess = one.diagnosis.confidence == Confidence::Guess && !session.global.json;
    let told_first = one.diagnosis.remedies.iter().take(if is_guess { 1 } else { usize::MAX });
    let told_first: Vec<&String> = told_first.collect();
    let alternative = |other: &Diagnosis| Alternative {
        id: other.id.clone(),
        cause: words(&told(other, &session.words().strings)),
        // What is to be done in any case is told already.
        remedy: other
            .remedies
            .iter()
            .find(|id| !told_first.contains(id))
            .map(|id| TextEntry { id: id.clone(), text: words(&format!("remedy.{id}")) }),
    };
    // What the catalogue knows of a provider is more than words can tell.
    let known: Vec<_> = provider
        .into_iter()
        .flat_map(|id| session.knowledge.diagnoses.providers_called(id))
        .filter_map(|id| session.knowledge.provider(id))
        .collect();
    let takes = |method| {
        let offers = |known: &Provider| known.offered().any(|offered| offered.method == method);
        (!known.is_empty()).then(|| known.iter().any(|known| offers(known)))
    };
    let is_true = |other: &&Diagnosis| {
        other.id != APP_PASSWORD_WANTED
            || takes(Method::AppPassword) != Some(false) && takes(Method::Password) != Some(true)
    };
    one.may_be.iter().filter(is_true).map(alternative).collect()
}

/// The id of the words that tell a cause. In another program less is known, and more is possible.
fn told(diagnosis: &Diagnosis, strings: &Strings) -> String {
    let of_another = diagnosis.reported_cause();
    strings.find(&of_another).map_or_else(|| diagnosis.cause(), |_| of_another)
}

/// A text with what the failure carries, and with signs for what nobody told.
fn filled(id: &str, one: &Explanation, provider: Option<&str>, reader: &Reader, session: &Session) -> String {
    let strings = &session.words().strings;
    let name = provider.and_then(|id| {
        let known = session.knowledge.provider(id).map(|provider| provider.name.as_str());
        known.or_else(|| reader.provider_name(id))
    });
    fill(strings.text(id), |value| {
        let details = &one.reported.failure.details;
        let carried = details.iter().find(|(key, _)| *key == value).map(|(_, value)| value.clone());
        let known = || name.filter(|_| value == "provider").map(str::to_owned);
        Some(carried.or_else(known).unwrap_or_else(|| open(value, strings)))
    })
}

/// What stands for a value that the text does not tell: `‹your address›`.
fn open(name: &str, strings: &Strings) -> String {
    let known = [
        "address",
        "provider",
        "host",
        "port",
        "redirect",
        "client_id",
        "names",
        "issuer",
        "expires",
        "answered_by",
    ];
    let name = if known.contains(&name) { name.replace('_', "-") } else { "value".to_owned() };
    strings.text(&format!("explain.open-{name}")).to_owned()
}

/// What is said of a text in which no failure was found.
fn nothing(why: &str, strings: &Strings) -> Entry {
    let remedy =
        |id: &str| TextEntry { id: id.to_owned(), text: strings.text(&format!("explain.{id}")).to_owned() };
    Entry {
        id: UNKNOWN.to_owned(),
        layer: None,
        cause: why.to_owned(),
        remedies: vec![remedy("paste-more"), remedy("switch-on-log")],
        confidence: Confidence::Unknown.id(),
        server_said: None,
        clue: None,
        ruled_out: Vec::new(),
        provider: None,
        page: None,
        checked: None,
    }
}

/// As much of a text as tells what it is about, so that the cause above stays on the screen; JSON has it whole.
fn first_sentence(text: &str) -> &str {
    // The point after one letter belongs to an abbreviation, and that in a name is followed by no blank.
    let ends = |at: &usize| {
        let mut before = text[..*at].chars().rev();
        let is_letter = before.next().is_some_and(char::is_alphabetic);
        !(is_letter && before.next().is_none_or(|c| !c.is_alphanumeric()))
    };
    let end = text.match_indices(". ").map(|(at, _)| at).find(ends);
    end.map_or(text, |at| &text[..=at])
}

/// For a person: what it means, how sure that is, what to do in order, what it cannot be, and where that is from.
fn tell(document: &Document, session: &Session) {
    let strings = &session.words().strings;
    let cause = &document.first;
    let is = |confidence: Confidence| cause.confidence == confidence.id();
    let sure = ("sure", strings.text(&format!("diagnosis.{}", cause.confidence)).to_owned());
    let mut rows = Vec::new();
    if is(Confidence::Guess) && !document.may_be.is_empty() {
        // The first of several guesses is seldom more likely than those after it.
        let of_first = cause.remedies.first();
        rows.extend(told_briefly("one-of", &cause.cause, of_first));
        for other in &document.may_be {
            rows.extend(told_briefly("", &other.cause, other.remedy.as_ref()));
        }
        rows.push(sure);
    } else {
        // What is only possible is not claimed.
        let is_open = is(Confidence::Possible) || is(Confidence::Guess);
        rows.extend([(if is_open { "may-mean" } else { "means" }, cause.cause.clone()), sure]);
        for (number, remedy) in cause.remedies.iter().enumerate() {
            rows.push((if number == 0 { "to-do" } else { "" }, format!("{} {}", number + 1, remedy.text)));
        }
        let may_be = if is(Confidence::Unknown) { "may-be" } else { "may-be-too" };
        for (number, other) in document.may_be.iter().enumerate() {
            let label = if number == 0 { may_be } else { "" };
            rows.extend(told_briefly(label, &other.cause, other.remedy.as_ref()));
        }
    }
    if !cause.ruled_out.is_empty() {
        let texts: Vec<&str> = cause.ruled_out.iter().map(|entry| entry.text.as_str()).collect();
        rows.push(("ruled-out", texts.join(", ")));
    }
    rows.extend(cause.server_said.as_ref().map(|said| ("text-says", said.clone())));
    rows.extend(cause.clue.as_ref().map(|clue| ("clue", clue.clone())));
    rows.extend(cause.page.as_ref().map(|page| ("page", page.clone())));
    rows.extend(cause.checked.as_ref().map(|day| ("checked", day.clone())));
    // What was told as another possibility is not told again.
    let is_told = |one: &&Entry| document.may_be.iter().any(|other| other.id == one.id);
    for (number, also) in document.also.iter().filter(|one| !is_told(one)).enumerate() {
        rows.push((if number == 0 { "also" } else { "" }, also.cause.clone()));
    }
    let label = |id: &str| {
        if id.is_empty() { String::new() } else { strings.text(&format!("diagnosis.{id}")).to_owned() }
    };
    let rows: Vec<(String, String)> = rows.into_iter().map(|(id, text)| (label(id), text)).collect();
    for line in plain::sheet(&rows) {
        print::out(&line);
    }
}

/// One of several causes, and what to do first about it.
fn told_briefly<'a>(
    label: &'a str,
    cause: &str,
    remedy: Option<&TextEntry>,
) -> impl Iterator<Item = (&'a str, String)> {
    let remedy = remedy.map(|remedy| ("", format!("→ {}", first_sentence(&remedy.text))));
    std::iter::once((label, format!("– {}", first_sentence(cause)))).chain(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_ends_where_the_next_begins() {
        for (text, first) in [
            ("It broke. Wait.", "It broke."),
            ("Ask, e. g. on mail.example.org. Then wait.", "Ask, e. g. on mail.example.org."),
            ("Nur z. B. so", "Nur z. B. so"),
            ("Nothing on port 587. Wait.", "Nothing on port 587."),
            ("It (the server) is off (or away). Wait.", "It (the server) is off (or away)."),
            ("Over IPv6. Wait.", "Over IPv6."),
            ("One.", "One."),
        ] {
            assert_eq!(first_sentence(text), first);
        }
    }
}
