//! What was learnt, and how it is asked.

use super::{
    super::{Catalogue, catalogue::UNKNOWN},
    *,
};

#[test]
fn words_are_runs_of_letters_and_short_numbers() {
    for (text, expected) in [
        (
            "535 5.7.8 error: authentication failed.",
            &["535", "5.7.8", "error", "authentication", "failed"][..],
        ),
        ("connect to 192.0.2.7:587 at 2026", &["connect", "to", "587", "at", "2026"]),
        ("id 1234567, über a_b x", &["id", "über", "a_b"]),
        ("发送失败 smtp", &["发送", "送失", "失败", "smtp"]),
        ("a", &[]),
        ("错", &[]),
    ] {
        assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
    }
    let key = "x".repeat(25);
    assert_eq!(words(&key).next(), None);
}

#[test]
fn neighbours_are_a_feature_of_their_own() {
    let features = features("no mail no mail");
    let count = |word: &str| features.get(word).copied().unwrap_or_default();
    assert_eq!((count("no"), count("mail"), count("no mail"), count("mail no")), (2, 2, 2, 1));
}

#[test]
fn words_that_only_hold_a_sentence_together_say_nothing() {
    let features = features("seit dem umzug ist die warteschlange").into_keys();
    let features: Vec<String> = features.filter(|feature| !feature.starts_with(notions::MARK)).collect();
    assert_eq!(features, ["dem umzug", "die warteschlange", "umzug", "umzug ist", "warteschlange"]);
}

#[test]
fn wordings_that_mean_the_same_are_one_notion() {
    let of = |text: &str| notions::notions(text);
    let gmail = of("535 5.7.8 - gsmtp");
    assert!(gmail.iter().any(|name| name.starts_with("#- gsmtp +")), "{gmail:?}");
    assert!(gmail.iter().all(|name| of("smtp.gmail.com: - gsmtp").contains(name)));
    let name = gmail.iter().find(|name| name.starts_with("#- gsmtp +")).unwrap();
    assert_eq!(of("smtp.gmail.com smtp.gmail.com").iter().filter(|one| *one == name).count(), 1);
    assert_eq!(features("smtp.gmail.com smtp.gmail.com").get(name), Some(&1), "it is there or not");
    for text in ["", "é", "tls", "über"] {
        assert_eq!(of(text), Vec::<String>::new(), "{text}");
    }
}

/// A list of `assets/readings.json` that changes has another name, and what was learnt of it is lost.
#[test]
fn every_notion_that_was_learnt_is_known() {
    let learnt: serde_json::Value =
        serde_json::from_str(include_str!("../../../assets/learnt.json")).unwrap();
    let readings = knowledge::lists(include_str!("../../../assets/readings.json")).unwrap();
    let made = knowledge::notions(readings, &mut knowledge::Texts::default());
    let known: HashSet<String> = notions::names().map(|name| format!("{}{name}", notions::MARK)).collect();
    assert!(!made.is_empty() && known.len() > 300, "{}", known.len());
    let words = learnt["words"].as_array().unwrap().iter().filter_map(|word| word[0].as_str());
    let lost: Vec<&str> =
        words.filter(|word| word.starts_with(notions::MARK) && !known.contains(*word)).collect();
    assert!(lost.is_empty(), "{lost:?}: run `cargo run --release --example learn`");
}

#[test]
fn the_build_puts_the_wordings_of_all_lists_in_order() {
    let lists = [&["ssl is on", "tls", "abcd"][..], &["abcd"], &["tls"]];
    let lists = lists.map(|list| list.iter().map(|wording| (*wording).to_owned()).collect()).into();
    let mut texts = knowledge::Texts::default();
    let made = knowledge::notions(lists, &mut texts);
    let key = |four: &[u8; 4]| u32::from_be_bytes(*four);
    let (first, last) = (key(b"abcd"), key(b"ssl "));
    // The list of one that is too short is none.
    assert!(made.contains(&format!("keys: &[{first},{first},{last}]")), "{made}");
    assert!(made.contains("of: &[0,1,1]"), "{made}");
    assert!(texts.all.contains("abcd +0 4\0ssl is on +1 13\0"), "{}", texts.all);
}

#[test]
fn what_is_read_fits_what_was_written() {
    assert_eq!(notions::lengths().map(|length| length == notions::lengths()[0]), [true; 3]);
    let causes = WEIGHTS.causes.iter().count();
    assert_eq!(WEIGHTS.biases.len(), causes);
    assert_eq!(WEIGHTS.rarities.len(), WEIGHTS.hashes.len());
    assert_eq!(WEIGHTS.ends.len(), WEIGHTS.hashes.len());
    assert_eq!(WEIGHTS.ends.last().map(|end| *end as usize), Some(WEIGHTS.of.len()));
    assert_eq!(WEIGHTS.speaks.len(), WEIGHTS.of.len());
    assert!(WEIGHTS.hashes.is_sorted());
}

/// A diagnosis that gets another id, or is left out, makes what was learnt of it worthless: `tests/learn` has to be run again.
#[test]
fn every_cause_that_was_learnt_is_known() {
    let catalogue = Catalogue::embedded();
    for id in WEIGHTS.causes.iter().filter(|id| *id != UNKNOWN) {
        assert!(
            catalogue.entries().iter().any(|entry| *entry.id == *id),
            "{id}: run `cargo run --release --example learn`"
        );
    }
}

#[test]
fn words_point_to_what_they_were_seen_with_and_tell_which_they_are() {
    let text = "emails stay in the queue, no worker is running, nothing is sent";
    let first = |may_tell: &dyn Fn(&str) -> bool| pointed(text, may_tell).into_iter().next().unwrap();
    let queue = first(&|_| true);
    assert_eq!(queue.id, "queue-not-worked-off", "{queue:?}");
    assert!(!queue.words.is_empty() && queue.words.len() <= 2, "{queue:?}");
    for (at, word) in &queue.words {
        assert!(text[*at..].starts_with(word.as_str()), "{queue:?}");
    }
    assert_eq!(first(&|_| false).words, [], "what may not be repeated is not");
    assert_eq!(pointed("queue worker queue worker", |_| true), [], "few words are no post");
    assert_eq!(pointed("", |_| true), []);
}

#[test]
fn a_part_of_a_name_takes_no_place_among_the_words_that_are_told() {
    let text = "spamFolder junkFolder: our newsletter lands there since monday, smtp says ok to each";
    let first = pointed(text, |_| true).into_iter().next().unwrap();
    assert_eq!(first.id, "lands-in-spam");
    assert_eq!(first.words.len(), 2, "{first:?}");
}

#[test]
fn a_word_stands_where_no_letter_goes_on() {
    assert_eq!(place_of("port", "support: port"), Some(9));
    assert_eq!(place_of("port", "support"), None);
}

#[test]
fn the_build_names_what_is_wrong() {
    let made = |text: &str| table::learnt(text, &mut knowledge::Texts::default());
    let good = r#"{"posts": "", "scale": 0.5, "causes": [["a", -3]], "words": [["x", 1500, [[0,7]]], ["y", 900, []]]}"#;
    let rust = made(good).unwrap();
    for part in ["biases: &[-3]", "ends: &[", "of: &[0], speaks: &[7], scale: 0.5_f32"] {
        assert!(rust.contains(part), "{part} in {rust}");
    }
    for (text, fault) in [
        (good.replace("[[0,7]]", "[[1,7]]"), "x speaks for a cause that is none"),
        (good.replace("\"y\"", "\"x\""), "x and x have one hash"),
        (good.replace("-3", "\"b\""), "assets/learnt.json:1: "),
    ] {
        assert!(made(&text).unwrap_err()[0].contains(fault), "{fault}");
    }
}
