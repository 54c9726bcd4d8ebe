//! What words add to rules, and what they take from them.

use super::*;
use crate::{
    diagnosis::{Catalogue, Context, explain::explain, reading::Reader},
    model::failure::Failure,
};

fn diagnosis(id: &str) -> Diagnosis {
    let failure = Failure::new(Layer::SignIn, "535");
    Diagnosis { id: id.to_owned(), ..Catalogue::embedded().diagnose(&failure, &Context::default()) }
}

/// What a rule says of a refused sign-in, under this id and with this confidence.
fn told(id: &str, confidence: Confidence) -> Explanation {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let told = explain("smtp: 535 Error: authentication failed", None, None, &reader, &catalogue);
    let mut told = told.into_iter().next().unwrap();
    told.diagnosis = diagnosis(id);
    told.diagnosis.confidence = confidence;
    told
}

fn guesses(strengths: &[(&str, f32)]) -> Vec<(Explanation, f32)> {
    strengths.iter().map(|(id, strength)| (told(id, Confidence::Guess), *strength)).collect()
}

#[test]
fn what_a_rule_calls_likely_is_only_possible_where_words_do_not_agree() {
    for (pointed, after) in [
        (&[][..], "Likely kin second"),
        (&[("rule", 0.2)], "Likely kin second"),
        (&[("rule", 0.2), ("other", -0.31)], "Likely kin second"),
        (&[("rule", 0.2), ("other", -0.29)], "Possible other kin second"),
        (&[("rule", 0.2), ("kin", -0.2)], "Possible kin second"),
        (&[("rule", 0.2), ("second", -0.2)], "Possible second kin"),
        (&[("other", -0.2), ("rule", -0.9)], "Possible other kin second"),
        (&[("other", -0.7)], "Possible other kin second"),
    ] {
        let mut first = told("rule", Confidence::Likely);
        first.may_be = vec![diagnosis("kin"), diagnosis("second")];
        doubt(&mut first, &guesses(pointed));
        let others: Vec<&str> = first.may_be.iter().map(|other| other.id.as_str()).collect();
        let said = format!("{:?} {}", first.diagnosis.confidence, others.join(" "));
        assert_eq!(said, after, "{pointed:?}");
    }
}

#[test]
fn what_a_rule_only_supposes_stands_behind_what_words_clearly_point_to() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
    for (pointed, first, others) in [
        (&[("rule", 0.1), ("other", -0.3)][..], "rule", "other"),
        (&[("other", 0.1), ("rule", -0.1)], "rule", "other"),
        (&[("other", 0.1), ("rule", -0.3)], "other", "rule"),
        (&[("other", 0.1), ("third", 0.0)], "other", "rule third"),
    ] {
        let mut explained = vec![told("rule", Confidence::Unknown)];
        let guessed = asked.guess(&mut explained, "", &guesses(pointed));
        assert_eq!(explained.len(), 1);
        let told: Vec<&str> = guessed.iter().map(|other| other.id.as_str()).collect();
        assert_eq!((explained[0].diagnosis.id.as_str(), told.join(" ").as_str()), (first, others));
        let long = "x".repeat(POST + 1);
        let mut explained = vec![self::told("rule", Confidence::Unknown)];
        asked.guess(&mut explained, &long, &guesses(pointed));
        assert_eq!(explained[0].diagnosis.id, "rule", "the words of a long log may be of something else");
    }
}

#[test]
fn the_words_around_a_message_overthrow_what_a_rule_calls_likely() {
    let (post, message, log) = ("x".repeat(MESSAGE), "x".repeat(MESSAGE - 1), "x".repeat(POST + 1));
    let clearly = guesses(&[("other", 0.4), ("rule", -0.3)]);
    let likely = told("rule", Confidence::Likely);
    assert!(is_overthrown(&likely, &post, &clearly));
    assert!(is_overthrown(&likely, &post, &guesses(&[("other", -0.5)])), "words say nothing of the rule");
    assert!(!is_overthrown(&likely, &message, &clearly), "a message alone is what the rule knows");
    assert!(!is_overthrown(&likely, &log, &clearly), "the words of a long log may be of something else");
    assert!(!is_overthrown(&likely, &post, &guesses(&[("other", 0.2), ("rule", -0.3)])), "not clearly");
    assert!(!is_overthrown(&likely, &post, &guesses(&[("rule", 0.4)])), "they agree");
    assert!(!is_overthrown(&likely, &post, &[]));
    assert!(!is_overthrown(&told("rule", Confidence::Certain), &post, &clearly));
    for (detail, value) in [("reason", "aadsts90055"), ("age_days", "7"), ("held", "week")] {
        let mut reasoned = likely.clone();
        reasoned.reported.failure = reasoned.reported.failure.with(detail, value);
        assert!(!is_overthrown(&reasoned, &post, &clearly), "{detail}");
    }
}

#[test]
fn what_is_overthrown_is_told_first_of_what_else_it_may_be() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
    let mut explained = vec![told("rule", Confidence::Likely)];
    let pointed = guesses(&[("other", 0.4), ("third", 0.1), ("rule", -0.3)]);
    let others = asked.guess(&mut explained, &"x".repeat(MESSAGE), &pointed);
    assert_eq!((explained.len(), explained[0].diagnosis.id.as_str()), (1, "other"));
    assert_eq!(explained[0].diagnosis.confidence, Confidence::Guess);
    assert_eq!(others.iter().map(|other| other.id.as_str()).collect::<Vec<_>>(), ["rule", "third"]);
}

#[test]
fn two_words_close_together_add_to_what_all_words_point_to() {
    for (near, pointed, expected) in [
        (&[][..], &[("a", -0.2), ("b", -0.25)][..], "a b"),
        (&["b"], &[("a", -0.2), ("b", -0.25)], "b a"),
        (&["c", "b"], &[("a", -0.2), ("b", -0.22)], "b a c"),
        (&["c", "b"], &[("a", -0.2), ("b", -0.3)], "a b c"),
        (&["c", "d"], &[("a", FAINTEST)], "c d a"),
        (&["c", "d"], &[], "c d"),
    ] {
        let near = near.iter().map(|id| told(id, Confidence::Guess));
        let ranked = ranked(near, &guesses(pointed));
        let ids: Vec<String> = ranked.into_iter().map(|(one, _)| one.diagnosis.id).collect();
        assert_eq!(ids.join(" "), expected, "{pointed:?}");
    }
}

#[test]
fn a_guess_stands_before_the_mere_place_but_not_before_the_way_there() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
    let first = |layer: Layer, strength: f32| {
        let mut known = vec![told("sign-in-failed", Confidence::Unknown)];
        let mut guess = told("guess", Confidence::Guess);
        guess.reported.failure.layer = layer;
        asked.guess(&mut known, "", &[(guess, strength)]);
        known[0].diagnosis.id.clone()
    };
    assert_eq!(first(Layer::SignIn, -0.7), "guess");
    assert_eq!(first(Layer::Send, -0.7), "guess");
    assert_eq!(first(Layer::Connect, 0.7), "sign-in-failed", "who was answered got through");
}

/// Words that are known, so that a clue is made of them.
const SECRETS: [&str; 4] = ["enterprise", "queue", "certificate", "greylist"];
const COMPLAINT: &str = "smtp error, mail is not sent and nothing happens here";

#[test]
fn a_secret_is_no_clue_though_it_is_a_known_word() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let clue = |text: &str| {
        let told = explain(text, None, None, &reader, &catalogue);
        let details = told.into_iter().flat_map(|one| one.reported.failure.details);
        details.filter(|(name, _)| *name == "clue").map(|(_, clue)| clue).collect::<Vec<_>>().join(" ")
    };
    for secret in SECRETS {
        let open = format!("{COMPLAINT}\n{secret}");
        assert!(clue(&open).contains(secret), "{open}: it is a clue where it is no secret: {}", clue(&open));
        for shape in [
            "password: {}",
            "pass={}",
            "\"smtp_pass\": \"{}\"",
            "smtp://user:{}@mail.example.org",
            "login('a@example.com', '{}')",
        ] {
            let text = format!("{COMPLAINT}\n{}", shape.replace("{}", secret));
            assert!(!clue(&text).contains(secret), "{text}: {}", clue(&text));
        }
    }
}

#[test]
fn the_words_of_a_long_log_raise_no_doubt() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let sure = |text: &str| {
        let told = explain(text, None, None, &reader, &catalogue);
        told.into_iter().next().map(|one| (one.diagnosis.id, one.diagnosis.confidence))
    };
    let queue = "emails stay in the queue, no worker is running, nothing is sent\n";
    let failure = "smtp: 535 Error: authentication failed\n";
    let alone = sure(failure);
    assert_eq!(alone.as_ref().map(|(_, sure)| *sure), Some(Confidence::Likely));
    assert_eq!(
        sure(&format!("{failure}{}", queue.repeat(3))).map(|(_, sure)| sure),
        Some(Confidence::Possible)
    );
    assert_eq!(sure(&format!("{failure}{}", queue.repeat(POST / queue.len() + 1))), alone);
}

#[test]
fn two_words_close_together_do_not_displace_what_a_rule_supposes() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
    let text = "smtp error: sender not set";
    assert!(!reader.guess(text).is_empty());
    for (known, stays) in [("rule", true), ("sign-in-failed", false)] {
        let mut explained = vec![told(known, Confidence::Unknown)];
        asked.guess(&mut explained, text, &[]);
        assert_eq!(explained[0].diagnosis.id == known, stays, "{known}");
    }
}

#[test]
fn a_guess_keeps_what_was_said_and_its_code() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let asked = Asked { reader: &reader, catalogue: &catalogue, provider: None, method: None };
    let mut known = told("send-failed", Confidence::Unknown);
    known.reported.failure = Failure::new(Layer::Send, "550");
    known.diagnosis.server_said = Some("not allowed here".to_owned());
    let mut guess = guesses(&[("guess", 0.1)]);
    guess[0].0.reported.failure = Failure::new(Layer::Send, "").with(UNSAID, "yes");
    let mut explained = vec![known];
    asked.guess(&mut explained, "", &guess);
    let Explanation { reported, diagnosis, .. } = &explained[0];
    assert_eq!(diagnosis.id, "guess");
    assert_eq!(diagnosis.server_said.as_deref(), Some("not allowed here"));
    assert_eq!((reported.failure.code.as_str(), reported.failure.details.as_slice()), ("550", &[][..]));
}

#[test]
fn a_plain_failure_is_guessed_though_nobody_complains() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let told = |text: &str| explain(text, None, None, &reader, &catalogue).into_iter().next();
    let text = "We receive two copies of every order email since we installed the second SMTP plugin";
    let guess = told(text).map(|one| (one.diagnosis.id, one.diagnosis.confidence));
    assert_eq!(guess, Some(("sent-twice".to_owned(), Confidence::Guess)));
}

#[test]
fn what_no_rule_knows_is_guessed_from_all_its_words() {
    let (reader, catalogue) = (Reader::embedded(), Catalogue::embedded());
    let told = |text: &str| explain(text, None, None, &reader, &catalogue).into_iter().next();
    let text = "since the move our smtp mails fail: the box at the new hoster has no route out";
    let guess = told(text).unwrap();
    assert_eq!(guess.diagnosis.confidence, Confidence::Guess);
    assert!(guess.diagnosis.ruled_out.is_empty() && guess.may_be.len() <= 3);
    assert!(guess.reported.failure.details.iter().any(|(name, clue)| *name == "clue" && !clue.is_empty()));
    assert_eq!(told(&text.replace("fail", "pass")).map(|one| one.diagnosis.id), None, "nothing goes wrong");
    assert_eq!(told(&text.replace("smtp mails", "psql queries")).map(|one| one.diagnosis.id), None);
}
