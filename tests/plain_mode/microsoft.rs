//! Practice mode as somebody with a mailbox at Microsoft meets it: the catalogue's own entry, with its servers here.

use crate::support::{conversation::Conversation, place::Place, practice};

/// What stands before the code for another device.
const CODE: &str = "Enter this code there:";

/// No walk has so many questions.
const BOUND: usize = 60;

/// Walks a set-up for another program; the first question that holds one of the parts is answered with its line, once, and
/// every other with Enter. `answers` go before what is answered for everybody. Returns everything that was said.
fn walk(faults: &[&str], answers: &[(&str, &str)]) -> String {
    let place = Place::new();
    let mut words = vec!["practice".to_owned(), "--lang".to_owned(), "en".to_owned()];
    words.extend(faults.iter().flat_map(|fault| ["--fault".to_owned(), (*fault).to_owned()]));
    let mut talk = Conversation::start(&place, &words, &[0, 1, 3, 4]);
    let mut left: Vec<_> = [
        ("Address", "anna@office.practice.example"),
        ("For, number", "3"),
        ("Method, number", "1"),
        ("Application (client) ID", "m"),
    ]
    .iter()
    .filter(|(part, _)| !answers.iter().any(|(other, _)| other == part))
    .chain(answers)
    .collect();
    for _ in 0..BOUND {
        let Some(said) = talk.question() else { break };
        let prompt = said.lines().next_back().unwrap_or_default();
        if said.contains(CODE) {
            let words = || said.split_whitespace();
            let address = words().find(|word| word.ends_with("/device")).unwrap_or_default();
            let is_code = |word: &&str| word.len() == 9 && word.as_bytes()[4] == b'-';
            practice::enter_code(address, words().find(is_code).unwrap_or_default(), "allow");
            continue;
        }
        let at = left.iter().position(|(part, _)| prompt.contains(part));
        let line = at.map_or("", |at| left.remove(at).1);
        if at.is_none() && (prompt.starts_with("Task") || prompt.starts_with("Your choice")) {
            talk.line("quit");
            continue;
        }
        talk.line(line);
    }
    assert!(left.is_empty(), "nobody asked: {left:?}\n{}", talk.transcript());
    talk.transcript().to_owned()
}

fn says(transcript: &str, parts: &[&str]) {
    for part in parts {
        assert!(transcript.contains(part), "“{part}” is missing\n{transcript}");
    }
}

#[test]
fn smtp_that_is_off_leads_to_graph() {
    let said = walk(&["smtp-auth-off"], &[("Your choice", "g")]);
    says(
        &said,
        &[
            "Set-CASMailbox -Identity 'anna@office.practice.example' -SmtpClientAuthenticationDisabled $false",
            "Type g for: send through Microsoft Graph instead",
            "Done: Send through Microsoft Graph",
            "mailkey cannot look whether the message arrives",
            "This key opens Microsoft Graph, not SMTP.",
            "anna@office.practice.example can send.",
        ],
    );
}

#[test]
fn each_refusal_of_microsofts_has_its_cause() {
    for (fault, answers, cause) in [
        ("smtp-auth-off-everywhere", &[][..], "switched off for the whole organisation"),
        ("security-defaults", &[], "security defaults switched on"),
        ("secret-expired", &[("For, number", "1")], "The client secret has run out."),
        ("single-tenant", &[], "This client is for one organisation only"),
        ("consent-missing", &[], "Nobody has agreed yet that this client may send"),
        ("graph-denied", &[("Way, number", "2")], "does not include the permission to send"),
        ("graph-no-mailbox", &[("Way, number", "2")], "no mailbox that Graph can reach"),
        ("graph-send-as", &[("Way, number", "2")], "no right to send in its name"),
    ] {
        says(&walk(&[fault], answers), &[cause]);
    }
    let named = walk(&["single-tenant"], &[("Directory (tenant) ID", "office.practice.example")]);
    says(&named, &["anna@office.practice.example can send."]);
}
