//! What SeaTable says, made fit to be shown.

use serde_json::Value;

use crate::{effects::clean, model::secret::Secret};

/// Stands where a secret was taken out.
const HIDDEN: &str = "…";
/// Names in SeaTable have at most 255 characters (`account_name` in the model of dtable-events).
const MAX_NAME: usize = 255;

/// The fields in which SeaTable says what is wrong: its own, and those of the framework that it is written with
/// (Django REST framework).
const FIELDS: [&str; 4] = ["error_msg", "error_message", "detail", "non_field_errors"];

/// The words of an answer as they came; empty when there are none. To be compared only, never to be shown.
pub fn told(answer: &Value) -> &str {
    FIELDS
        .iter()
        .filter_map(|field| answer.get(field))
        .find_map(|value| value.as_str().or_else(|| value.get(0)?.as_str()))
        .unwrap_or_default()
}

/// Words to be shown: without the secrets that were sent, should the server echo them, and cleaned like the words of
/// every server.
pub fn shown(told: &str, secrets: &[Secret], keep: &[&str]) -> String {
    let mut secrets: Vec<&str> =
        secrets.iter().map(|secret| secret.expose().trim()).filter(|secret| !secret.is_empty()).collect();
    // The longest first: one may be a part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let without = secrets.iter().fold(told.to_owned(), |text, secret| text.replace(secret, HIDDEN));
    clean::words(&without, keep)
}

/// A name from SeaTable to be shown: on one line, without what steers a terminal, cut.
pub fn name(text: &str) -> String {
    clean::visible_text(text).chars().take(MAX_NAME).collect()
}

/// The text in a field; empty when there is none.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_words_stand_in_one_of_four_fields() {
        for answer in [
            json!({"error_msg": "No."}),
            json!({"error_message": "No."}),
            json!({"detail": "No."}),
            json!({"non_field_errors": ["No.", "Never."]}),
            json!({"error_msg": null, "detail": "No."}),
        ] {
            assert_eq!(told(&answer), "No.", "{answer}");
        }
        for answer in [json!(null), json!([]), json!({"error_msg": 7}), json!({"non_field_errors": []})] {
            assert_eq!(told(&answer), "", "{answer}");
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let secrets = ["pass word", "pass word 1", "", " "].map(Secret::from);
        let told = "bad pass word 1 or pass word of anna@x.org, bob@x.org\u{1b}[2J";
        assert_eq!(shown(told, &secrets, &["anna@x.org"]), "bad … or … of anna@x.org, …@x.org [2J");
    }

    #[test]
    fn names_are_short_and_steer_nothing() {
        assert_eq!(name(" a\u{1b}[2J\n\u{202e}b "), "a [2J b");
        assert_eq!(name(&"é".repeat(1_000)).chars().count(), 255);
    }
}
