//! What is told of an end.

use super::*;
use crate::flow::wizard::Missing;
use crate::{
    commands::testing::{account as account_kept, session},
    model::{
        failure::{Failure, Layer},
        report::{KeyEntry, TextEntry},
    },
};

fn diagnosis(id: &str) -> DiagnosisEntry {
    DiagnosisEntry {
        id: id.to_owned(),
        cause: format!("{id} happened."),
        remedies: vec![TextEntry { id: "do".to_owned(), text: "Do it.".to_owned() }],
        server_said: None,
        tried: Vec::new(),
        ruled_out: Vec::new(),
    }
}

pub(super) fn found(diagnosis: Option<DiagnosisEntry>) -> AccountReport {
    AccountReport {
        name: "anna".to_owned(),
        address: "anna@practice.example".to_owned(),
        provider: "other".to_owned(),
        method: "password".to_owned(),
        ok: diagnosis.is_none(),
        stages: Vec::new(),
        diagnosis,
        key: KeyEntry {
            renewable: false,
            expires: None,
            reason: "password".to_owned(),
            days_left: None,
            dies_soon: false,
            obtained: None,
            publishing: None,
            last_success: None,
            text: "lives on".to_owned(),
            unstored: None,
        },
        arrival: None,
        seatable: None,
    }
}

fn told(ending: &Ending) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    unexplained(&session(folder.path(), &["setup", "--no-input", "--json"]), ending)
}

#[test]
fn a_report_that_explains_the_end_is_all_there_is() {
    let proved = Ending { report: Some(found(None)), ..Ending::without_report(ExitCode::Proved) };
    assert_eq!(told(&proved), None);
    let refused = Ending {
        report: Some(found(Some(diagnosis("refused")))),
        ..Ending::without_report(ExitCode::RenewKey)
    };
    assert_eq!(told(&refused), None);
    let the_same = Ending { diagnosis: Some(diagnosis("refused")), ..refused };
    assert_eq!(told(&the_same), None, "the check's own failure is told with the check");
}

#[test]
fn what_failed_after_the_check_is_the_error() {
    for check in [None, Some(diagnosis("mail-refused"))] {
        let ending = Ending {
            report: Some(found(check)),
            diagnosis: Some(diagnosis("store-full")),
            ..Ending::without_report(ExitCode::Store)
        };
        let expected = ("store-full".to_owned(), "store-full happened.\n  - Do it.".to_owned());
        assert_eq!(told(&ending), Some(expected));
    }
}

#[test]
fn an_answer_that_cannot_be_used_is_the_error_even_after_a_good_check() {
    let missing =
        Missing { field: "name".to_owned(), label: "Name".to_owned(), remark: Some("Taken.".to_owned()) };
    let ending = Ending {
        report: Some(found(None)),
        missing: vec![missing],
        ..Ending::without_report(ExitCode::Usage)
    };
    let (id, text) = told(&ending).unwrap();
    assert_eq!(id, "missing");
    assert!(text.contains("--name, or name in the answers file: Taken."), "{text}");
}

#[test]
fn a_script_that_was_stopped_is_told_so_whatever_was_found_until_then() {
    for report in [None, Some(found(None))] {
        let ending = Ending { report, ..Ending::without_report(ExitCode::Cancelled) };
        assert_eq!(told(&ending).unwrap().0, "cancelled");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_told_as_that_of_its_account() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), &["token", "anna"]);
    for (code, id) in [("invalid_grant", "grant-refused"), ("_timeout", "web-host-silent")] {
        let failure = Failure::new(Layer::Token, code);
        let (told, text, _) = words_of(&CommandError::of_account(&account_kept(), failure), &session);
        assert_eq!(told, id, "{text}");
        assert!(!text.contains('–'), "something is not known: {text}");
    }
}

#[test]
fn an_account_is_told_with_the_signs_of_the_language() {
    let folder = tempfile::tempdir().unwrap();
    let mut diagnosis = diagnosis("refused");
    diagnosis.server_said = Some("535 no".to_owned());
    diagnosis.remedies.push(TextEntry { id: "or".to_owned(), text: "Or that.".to_owned() });
    diagnosis.ruled_out = vec![TextEntry { id: "network".to_owned(), text: "le réseau".to_owned() }];
    let french = session(folder.path(), &["verify", "--lang", "fr"]);
    let lines = account_lines(&found(Some(diagnosis)), ExitCode::RenewKey, true, &french.words().strings);
    let expected = [
        "✗ anna",
        "  Cela signifie\u{a0}: refused happened.",
        "  Que faire\u{a0}:",
        "    1 Do it.",
        "    2 Or that.",
        "  Hors de cause\u{a0}: le réseau",
        "  Réponse reçue\u{a0}: 535 no",
        "  renouvelez-la\u{a0}: mailkey reauth anna",
    ];
    assert_eq!(lines, expected);
}
