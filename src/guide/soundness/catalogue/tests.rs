use super::*;
use crate::guide::providers::{embedded, parse};

/// A sound entry with the texts of others, as somebody would add it.
const NEW: &str = r#"[
  {
    "id": "newcomer",
    "name": "Newcomer",
    "domains": ["newcomer.example"],
    "mx": [".mx.newcomer.example"],
    "smtp": [{"host": "smtp.newcomer.example", "port": 465, "security": "tls"}],
    "methods": [{"method": "password"}, {"method": "app-password", "state": "refused", "date": "2026-01"}],
    "links": {"help": "https://newcomer.example/help"},
    "unverified": ["mx", "links:/help"],
    "checked": "2026-11-22",
    "sources": ["https://newcomer.example/smtp"]
  }
]"#;

fn plans() -> Plans {
    Plans::embedded().unwrap()
}

/// Faults of entries; of one entry alone most texts are idle.
fn faults_in(file: &str) -> Vec<String> {
    let mut faults = faults_of(file, &plans());
    faults.retain(|fault| !fault.contains("no provider names the text"));
    faults
}

#[test]
fn the_catalogue_is_sound() {
    let faults = faults(&plans());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let providers = embedded().unwrap();
    assert!(providers.len() >= 28, "{}", providers.len());
    assert_eq!(Entry::all(providers::text()).len(), providers.len());
}

/// Nobody can have looked at a page tomorrow.
#[test]
fn nothing_was_checked_in_the_future() {
    let today = time::OffsetDateTime::from(std::time::SystemTime::now()).date().to_string();
    for provider in embedded().unwrap() {
        assert!(provider.checked <= today, "{}: {} is after {today}", provider.id, provider.checked);
    }
}

#[test]
fn an_entry_is_added_by_data_alone() {
    let faults = faults_in(NEW);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(parse(NEW).unwrap()[0].name, "Newcomer");
}

#[test]
fn each_mistake_is_told_with_its_line() {
    let server = r#"{"host": "smtp.newcomer.example", "port": 465, "security": "tls"}"#;
    for (there, instead, line, expected) in [
        ("\"newcomer\"", "\"New comer\"", 3, "the id is not"),
        ("\"newcomer\"", "\"other\"", 3, "there is a provider other already"),
        ("\"Newcomer\",", "\"Newcomer\", \"guide\": \"nobody\",", 4, "no document has that guide"),
        ("\"Newcomer\",", "\"Newcomer\"", 5, "expected"),
        ("\"Newcomer\",", "\"Newcomer\", \"client_id\": \"x\",", 4, "unknown field"),
        ("[\"newcomer.example\"]", "[\"Newcomer.example\"]", 5, "no domain in lower case"),
        (
            "[\"newcomer.example\"]",
            "[\"newcomer.example\", \"newcomer.example\"]",
            5,
            "the domain newcomer.example twice",
        ),
        (".mx.newcomer.example", "mx newcomer", 6, "no host"),
        ("smtp.newcomer.example", "smtp_newcomer", 7, "smtp_newcomer is no host"),
        ("smtp.newcomer.example", "smtp.{region}", 7, "regions and {region}"),
        (server, "", 3, "it has no server"),
        ("465", "587", 7, "587 is not tls"),
        ("465", "0", 7, "no port 0"),
        ("465, \"security\": \"tls\"", "465, \"security\": \"starttls\"", 7, "465 is not starttls"),
        ("\"tls\"", "\"none\"", 7, "unknown variant"),
        ("[{\"method\": \"password\"}, ", "[", 8, "the first method"),
        ("{\"method\": \"password\"}", "{\"method\": \"oauth\"}", 8, "oauth disagree"),
        (
            "{\"method\": \"password\"}",
            "{\"method\": \"password\", \"state\": \"ending\"}",
            8,
            "state and date",
        ),
        (", \"state\": \"refused\", \"date\": \"2026-01\"", "", 8, "app_password disagree"),
        ("2026-01", "2026-13", 8, "no date, or on the wrong side"),
        ("2026-01", "2027-01", 8, "no date, or on the wrong side"),
        ("https://newcomer.example/help", "http://newcomer.example/help", 9, "no https address"),
        ("\"mx\", \"links", "\"imap\", \"links", 10, "there is no imap"),
        ("links:/help", "links:/nowhere", 10, "there is no links:/nowhere"),
        ("2026-11-22", "22.11.2026", 11, "checked is no date"),
        ("\"checked\"", "\"state\": \"needs-preparation\", \"checked\"", 11, "no note says what to prepare"),
        ("\"checked\"", "\"state\": \"broken\", \"checked\"", 11, "no note says why"),
        ("\"checked\"", "\"note\": \"nowhere\", \"checked\"", 11, "no text catalogue.note.nowhere in De"),
        ("\"checked\"", "\"from\": \"nowhere\", \"checked\"", 11, "no text catalogue.from.nowhere in Fr"),
        ("\"checked\"", "\"user\": {\"form\": \"own\"}, \"checked\"", 11, "unknown variant"),
        ("https://newcomer.example/smtp", "https://u@newcomer.example/smtp", 12, "no https address"),
    ] {
        assert!(NEW.contains(there), "{there}");
        let faults = faults_in(&NEW.replacen(there, instead, 1));
        let expected_line = format!("assets/providers.json:{line}: ");
        let is_found = |fault: &String| fault.starts_with(&expected_line) && fault.contains(expected);
        assert!(faults.iter().any(is_found), "{instead}: {expected_line}{expected}\n{}", faults.join("\n"));
    }
}

#[test]
fn mistakes_of_oauth_are_found() {
    let oauth = r#""oauth": {"authorize_url": "https://a.example/", "token_url": "https://t.example/",
      "smtp_scopes": ["send"], "client_id_suffix": ".clients.example"}, "checked""#;
    let methods = r#"[{"method": "oauth"}, "#;
    let sound = NEW.replacen("[{\"method\": \"password\"}, ", methods, 1).replacen("\"checked\"", oauth, 1);
    let faults = faults_in(&sound);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (there, instead, expected) in [
        ("https://t.example/", "http://t.example/", "no https address"),
        ("[\"send\"]", "[]", "no scope opens SMTP"),
        ("[\"send\"]", "[\"send mail\"]", "is no scope"),
        ("\"smtp_scopes\"", "\"device_first\": true, \"smtp_scopes\"", "no device_url"),
        ("https://a.example/", "https://a.example/?client_id=1", "somebody's client"),
        ("https://newcomer.example/help", "123.clients.example", "somebody's client"),
        ("\"Newcomer\"", "\"9e5f94bc-e8a4-4e73-b8be-63364c29d753\"", "somebody's client"),
    ] {
        let faults = faults_in(&sound.replacen(there, instead, 1));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}\n{}", faults.join("\n"));
    }
}

#[test]
fn a_text_that_nobody_names_is_found() {
    let faults = faults_of("[]", &plans());
    assert!(
        faults.iter().any(|fault| fault == "De: no provider names the text catalogue.from.own"),
        "{faults:?}"
    );
}
