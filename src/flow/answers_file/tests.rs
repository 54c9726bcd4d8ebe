use super::*;
use crate::guide::plan::FieldKind;

fn plans() -> Plans {
    Plans::embedded().unwrap()
}

fn flag(id: &str) -> Option<String> {
    match id {
        field::PASSWORD | field::APP_PASSWORD => Some("--secret-file".to_owned()),
        field::SEATABLE_BASE => Some("--base".to_owned()),
        field::OWN_CONSENT => None,
        _ => Some(format!("--{id}")),
    }
}

/// The ids of what is wrong, with line and column.
fn problems(text: &str) -> Vec<(String, Option<(usize, usize)>)> {
    let found = read(text, &plans(), &flag).problems;
    found.into_iter().map(|problem| (problem.reason.id, problem.at)).collect()
}

fn reason(text: &str) -> Remark {
    read(text, &plans(), &flag).problems.remove(0).reason
}

#[test]
fn everything_that_a_file_may_hold_comes_back_as_it_was_written() {
    let plans = plans();
    let mut answers = Answers::default();
    for id in plans.fields.keys() {
        // What TOML has to escape, and what it may not lose.
        answers.set(id, format!(" {id} = \"é\\n\u{1f600}'''\n#\t "), Source::Typed);
    }
    let read = read(&written(&answers, &plans), &plans, &flag);
    assert_eq!(read.problems, []);
    let expected: Vec<_> = answers
        .iter()
        .filter(|(id, _)| may_hold(id, &plans))
        .filter(|(id, _)| ![field::LANGUAGE, field::KEEP_ANYWAY].contains(id))
        .map(|(id, answer)| (id.to_owned(), answer.text.expose().to_owned()))
        .collect();
    assert!(expected.len() > 25, "{expected:?}");
    assert_eq!(read.answers, expected);
}

#[test]
fn no_secret_is_written_and_none_is_read() {
    let plans = plans();
    let mut answers = Answers::default();
    for (id, spec) in plans.fields.iter().filter(|(_, spec)| spec.kind.is_secret()) {
        answers.set(id, "canary", Source::Typed);
        let line = format!("{id} = \"canary\"");
        let found = reason(&line);
        let expected =
            if spec.kind == FieldKind::Redirected { "answers.redirected" } else { "answers.secret" };
        assert_eq!(found.id, expected, "{id}");
        assert!(!format!("{found:?}").contains("canary"), "{found:?}");
    }
    assert_eq!(written(&answers, &plans), "");
}

#[test]
fn what_was_said_of_one_run_alone_is_not_written() {
    let mut answers = Answers::default();
    for (id, text, source) in [
        (field::LANGUAGE, "fr", Source::Typed),
        (field::STORE, StoreKind::Memory.id(), Source::Flag),
        (field::KEEP_ANYWAY, field::YES, Source::Typed),
        (field::SEATABLE_VERSION, "6.0.0", Source::Discovered),
    ] {
        answers.set(id, text, source);
    }
    assert_eq!(written(&answers, &plans()), "");
    answers.set(field::KEEP_ANYWAY, field::YES, Source::Flag);
    assert_eq!(written(&answers, &plans()), "keep-anyway = \"yes\"\n");
}

#[test]
fn every_problem_is_found_with_its_place() {
    let text =
        "address = \"a@example.org\"\nsmtp-port = 587\n\n  pasword = \"x\"\nno-send = true\n[for]\na = 1\n";
    let expected = [
        ("answers.quotes", (2, 1)),
        ("answers.secret", (4, 3)),
        ("answers.quotes", (5, 1)),
        ("answers.not-text", (6, 2)),
    ];
    assert_eq!(problems(text), expected.map(|(id, at)| (id.to_owned(), Some(at))));
    let read = read(text, &plans(), &flag);
    assert_eq!(read.answers, [("address".to_owned(), "a@example.org".to_owned())]);
}

#[test]
fn a_number_is_shown_as_it_has_to_be_written() {
    let expected = Remark::new("answers.quotes").with("key", "smtp-port").with("value", "587");
    assert_eq!(reason("smtp-port = 587"), expected);
    let expected = Remark::new("answers.quotes").with("key", "no-send").with("value", "yes");
    assert_eq!(reason("no-send = true"), expected);
}

#[test]
fn the_nearest_field_is_suggested() {
    let nearest = |known: &str| Remark::new("answers.unknown-nearest").with("nearest", known);
    for (key, expected) in [
        ("adress", nearest("address")),
        ("smtp_host", nearest("smtp-host")),
        ("SMTP-Port", nearest("smtp-port")),
        ("base", nearest("seatable-base")),
        ("secret-file", Remark::new("answers.secret").with("flag", "--secret-file")),
        ("app_password", Remark::new("answers.secret").with("flag", "--secret-file")),
        ("zebra", Remark::new("answers.unknown")),
        ("x", Remark::new("answers.unknown")),
        ("seatable-version", Remark::new("answers.found-out")),
    ] {
        assert_eq!(reason(&format!("{key} = \"v\"")), expected, "{key}");
    }
}

/// The words of the parser, which change with it, are told apart here and nowhere else.
#[test]
fn what_breaks_a_line_is_told_by_its_kind() {
    for (text, kind) in [
        ("address = anna", "quotes"),
        ("address = 'x", "open"),
        ("client-file = \"C:\\temp\\q\"", "escape"),
        ("address", "value"),
        ("address =", "quotes"),
        ("address = = \"x\"", "other"),
        ("address = \"x\" \"y\"", "behind"),
        ("adré = \"x\"", "name"),
        ("address = [1", "other"),
    ] {
        let first = reason(text);
        assert_eq!(first.id, format!("answers.broken.{kind}"), "{text}: {first:?}");
        assert!(!first.values[0].1.is_empty(), "{text}: what the parser says");
    }
}

#[test]
fn broken_lines_are_told_by_place_and_nothing_else_of_the_file_is_believed() {
    for (text, id, at) in [
        ("address = anna", "answers.broken.quotes", (1, 11)),
        ("a = \"é\"\naddress = \"x\" y", "answers.broken.behind", (2, 15)),
        ("address = \"x\"\naddress = \"y\"", "answers.twice", (2, 1)),
        ("address = \"x\n", "answers.broken.open", (1, 13)),
    ] {
        let read = read(text, &plans(), &flag);
        assert_eq!(read.answers, []);
        let first = &read.problems[0];
        assert_eq!((first.reason.id.as_str(), first.at), (id, Some(at)), "{text}");
    }
    assert_eq!(read("\u{feff}address = \"x\"", &plans(), &flag).problems, []);
    assert_eq!(read("", &plans(), &flag), Read::default());
    assert!(problems(&"= = =\n".repeat(1000)).len() <= MAX_PROBLEMS);
}
