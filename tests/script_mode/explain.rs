//! `mailkey explain`: a text in, what it means out.

use serde_json::json;

use crate::support::{place::Place, run::Run};

const GMAIL: &str = "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted. For more \
    information, go to\\n5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp')";

#[test]
fn a_text_is_explained_for_people_and_for_programs() {
    let place = Place::new();
    let shown = Run::new(&place, ["explain", GMAIL]).stdout("app password").check().stdout;
    for part in
        ["It means", "How sure", "What to do", "Ruled out", "The text says", "535 5.7.8", "As of", "1 ", "2 "]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let document = Run::new(&place, ["explain", "--json", GMAIL]).json();
    assert_eq!(document["id"], "app-password-refused");
    assert_eq!(document["layer"], "sign-in");
    assert_eq!(document["confidence"], "likely");
    assert_eq!(document["provider"], "gmail");
    assert_eq!(document["remedies"][0]["id"], "make-app-password-there");
    assert_eq!(document["also"], json!([]));
    assert!(place.files().is_empty());
}

#[test]
fn it_is_read_from_standard_input_and_from_a_dash() {
    let place = Place::new();
    for words in [&["explain", "--json"][..], &["explain", "--json", "-"]] {
        let document = Run::new(&place, words.iter().copied()).stdin(GMAIL).json();
        assert_eq!(document["id"], "app-password-refused", "{words:?}");
    }
}

#[test]
fn three_languages_have_the_same_ids() {
    let place = Place::new();
    let told = ["en", "fr", "de"].map(|language| {
        let text =
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.";
        let document = Run::new(&place, ["explain", "--json", "--lang", language, text]).json();
        assert_eq!(document["id"], "smtp-sign-in-off-for-mailbox");
        let remedy = document["remedies"][0]["text"].as_str().unwrap_or_default().to_owned();
        assert!(remedy.contains("Set-CASMailbox -Identity"), "{remedy}");
        assert!(!remedy.contains('{'), "{remedy}");
        document["cause"].as_str().unwrap_or_default().to_owned()
    });
    assert!(told[0] != told[1] && told[1] != told[2]);
}

#[test]
fn a_lone_code_and_words_without_quotation_marks_are_a_text() {
    let place = Place::new();
    for words in [&["535"][..], &["smtp", "error", "535"], &["535", "5.7.8", "not", "accepted"]] {
        let run = Run::new(&place, [&["explain"], words, &["--json"]].concat());
        assert_eq!(run.json()["id"], "credentials-refused", "{words:?}");
    }
}

#[test]
fn what_the_person_knows_goes_before_what_the_text_tells() {
    let place = Place::new();
    let words = ["explain", "--json", "535 5.7.8 authentication failed"];
    assert_eq!(Run::new(&place, words).json()["id"], "credentials-refused");
    let run = Run::new(&place, words).args(["--provider", "icloud"]);
    assert_eq!(run.json()["id"], "app-password-wanted");
    let run = Run::new(&place, words).args(["--provider", "gmail", "--method", "oauth"]);
    assert_eq!(run.json()["id"], "token-not-for-this-mailbox");
    Run::new(&place, words).args(["--provider", "nobody"]).exit(2).stdout_json().talks().check();
    Run::new(&place, words).args(["--method", "magic"]).exit(2).stdout_json().talks().check();
}

/// In another program less is known than in a check of our own, so that the cause is told as all that it may be there.
#[test]
fn another_programs_cause_is_told_in_its_own_words() {
    let place = Place::new();
    for (language, words) in [
        ("en", "what the program really sends"),
        ("fr", "que le programme envoie"),
        ("de", "was das Programm wirklich sendet"),
    ] {
        let words_of = ["explain", "--json", "--lang", language, "535 5.7.8 authentication failed"];
        let document = Run::new(&place, words_of).json();
        assert_eq!(document["id"], "credentials-refused");
        let cause = document["cause"].as_str().unwrap_or_default();
        assert!(cause.contains(words), "{cause}");
    }
}

#[test]
fn another_trade_is_told_from_mail() {
    let place = Place::new();
    let text = "psql: FATAL: password authentication failed for user \"app\"";
    let document = Run::new(&place, ["explain", "--json", text]).json();
    assert_eq!((&document["id"], &document["confidence"]), (&json!("unknown"), &json!("unknown")));
    Run::new(&place, ["explain", text]).stdout("something other than mail").check();
    let text = format!("smtp: 535 5.7.8 authentication failed\n{text}");
    assert_eq!(Run::new(&place, ["explain", "--json"]).stdin(&text).json()["id"], "credentials-refused");
}

#[test]
fn several_failures_are_told_the_cause_first() {
    let place = Place::new();
    let text = "dial tcp: lookup smtp.exmaple.org: no such host\n...\n535 5.7.8 authentication failed\n";
    let document = Run::new(&place, ["explain", "--json"]).stdin(text).json();
    assert_eq!(document["id"], "host-unknown");
    assert!(document["cause"].as_str().unwrap_or_default().contains("smtp.exmaple.org"));
    assert_eq!(document["also"][0]["id"], "credentials-refused");
    Run::new(&place, ["explain"]).stdin(text).stdout("Also in this text").check();
}

#[test]
fn what_is_not_known_is_said_so_and_is_no_error() {
    let place = Place::new();
    let document = Run::new(&place, ["explain", "--json", "All is well."]).json();
    assert_eq!((&document["id"], &document["confidence"]), (&json!("unknown"), &json!("unknown")));
    assert_eq!(document["layer"], json!(null));
    Run::new(&place, ["explain", "All is well."]).stdout("found nothing").check();
    let document = Run::new(&place, ["explain", "--json", "smtp: connection reset by peer"]).json();
    assert_eq!((&document["id"], &document["confidence"]), (&json!("connection-cut"), &json!("unknown")));
    assert!(document["server_said"].as_str().unwrap_or_default().contains("reset by peer"));
    assert_eq!(document["may_be"].as_array().map_or(0, Vec::len), 3);
    Run::new(&place, ["explain", "smtp: connection reset by peer"]).stdout("It may be  ").check();
}

#[test]
fn a_guess_is_called_one_and_tells_what_it_is_made_from() {
    let place = Place::new();
    let text = "the mailer gave up with an error: our sender, well, was simply missing";
    let document = Run::new(&place, ["explain", "--json", text]).json();
    assert_eq!((&document["id"], &document["confidence"]), (&json!("sender-not-set"), &json!("guess")));
    assert_eq!((&document["clue"], &document["server_said"]), (&json!("sender … missing"), &json!(null)));
    assert_eq!(document["ruled_out"], json!([]));
    Run::new(&place, ["explain", text]).stdout("a guess").stdout("Clue").stdout("Possible causes").check();
    // The causes stand side by side, each with what to do first, which is not told twice.
    let told = &document["remedies"][0]["id"];
    let others = document["may_be"].as_array().expect("may_be");
    assert!(others.iter().any(|other| other["remedy"]["text"].is_string()), "{document}");
    assert!(others.iter().all(|other| &other["remedy"]["id"] != told), "{document}");
    // What a program said stays beside what it may mean.
    let document = Run::new(&place, ["explain", "--json", "535x SMTP Error: Could not authenticate."]).json();
    assert_eq!((&document["id"], &document["confidence"]), (&json!("credentials-refused"), &json!("guess")));
    assert_eq!(document["server_said"], "535x SMTP Error: Could not authenticate.");
}

#[test]
fn input_that_is_no_text_is_refused() {
    let place = Place::new();
    for input in ["", "  \n\n"] {
        Run::new(&place, ["explain"]).stdin(input).exit(2).stderr("Paste what the program printed").check();
    }
    Run::new(&place, ["explain"]).stdin("\u{1}\u{2}\u{0}\u{3}PNG").exit(2).stderr("no text").check();
}

#[test]
fn how_long_a_key_was_good_tells_why_it_died() {
    let place = Place::new();
    let dead =
        "google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {})\n";
    for (beside, id, first) in [
        ("It worked for exactly one week.", "testing-seven-days", "publish-project"),
        ("Jede Woche das gleiche.", "testing-seven-days", "publish-project"),
        // A key that is renewed before the project is published dies again.
        ("", "key-expired-or-withdrawn", "publish-if-testing"),
    ] {
        let document = Run::new(&place, ["explain", "--json", &format!("{dead}{beside}")]).json();
        assert_eq!(
            (&document["id"], &document["remedies"][0]["id"]),
            (&json!(id), &json!(first)),
            "{beside}"
        );
    }
}

#[test]
fn the_page_without_app_passwords_is_known_in_the_languages_of_people() {
    let place = Place::new();
    for text in [
        "The setting you are looking for is not available for your account.",
        "Die gesuchte Einstellung ist für Ihr Konto nicht verfügbar.",
        "Le paramètre que vous recherchez n'est pas disponible pour votre compte.",
    ] {
        let document = Run::new(&place, ["explain", "--json", text]).json();
        assert_eq!(document["id"], json!("app-passwords-not-offered"), "{text}");
    }
}

#[test]
fn what_the_catalogue_knows_of_a_provider_is_not_contradicted() {
    let place = Place::new();
    let names_it = |provider: &str| {
        let words = ["explain", "--json", "--provider", provider, "535 5.7.8 Error: authentication failed"];
        let document = Run::new(&place, words).json();
        document["may_be"].as_array().expect("may_be").iter().any(|one| one["id"] == "app-password-wanted")
    };
    assert!(names_it("other"), "nothing is known of it: it may be");
    for provider in ["ovh", "orange", "posteo"] {
        assert!(!names_it(provider), "{provider} takes the account's password");
    }
    // One name for several that the catalogue has under their own.
    let words =
        ["explain", "--json", "--provider", "microsoft", "535 5.7.139 user credentials were incorrect"];
    let document = Run::new(&place, words).json();
    let named = document["may_be"].as_array().expect("may_be");
    assert!(named.iter().all(|one| one["id"] != "app-password-wanted"), "{document:#}");
}

#[test]
fn the_return_address_that_a_refusal_names_is_told_to_the_letter() {
    let place = Place::new();
    let text = "AADSTS50011: The redirect URI 'http://localhost:8080/Callback' specified in the request does not match";
    let document = Run::new(&place, ["explain", "--json", text]).json();
    let remedy = document["remedies"][0]["text"].as_str().expect("a remedy");
    assert!(remedy.ends_with(": http://localhost:8080/Callback"), "{remedy}");
}

#[test]
fn what_it_may_be_is_not_told_once_more_as_another_failure() {
    let place = Place::new();
    let text = "Host or domain name not found. Name service error for name=smtp.example.net type=AAAA: Host not found, try again";
    let document = Run::new(&place, ["explain", "--json", text]).json();
    let ids = |field: &str| -> Vec<String> {
        let entries = document[field].as_array().expect("a list").iter();
        entries.map(|one| one["id"].to_string()).collect()
    };
    let also = ids("also");
    assert!(!also.is_empty() && also.iter().all(|id| ids("may_be").contains(id)), "{document}");
    let told = Run::new(&place, ["explain", text, "--lang", "en"]).stdout("It may also be").check();
    assert!(!told.stdout.contains("Also in this text"), "{}", told.stdout);
}

#[test]
fn of_a_long_log_the_end_is_read_and_that_is_said() {
    let place = Place::new();
    let log =
        format!("{}535 5.7.8 Username and Password not accepted - gsmtp\n", "INFO nothing\n".repeat(800_000));
    let run =
        Run::new(&place, ["explain"]).stdin(&log).stdout("app password").stderr("only its end was read");
    run.check();
}

#[test]
fn no_secret_of_the_text_is_repeated() {
    let place = Place::new();
    let text = "AUTH PLAIN AGFubmEAaHVudGVyMg==\nAuthorization: Bearer hunter2hunter2\nsmtp://a:hunter2@smtp.x.org:587 \
        connection refused\n535 5.7.8 bad password=hunter2, refresh_token: 'hunter2'";
    for words in [&["explain"][..], &["explain", "--json"]] {
        let finished = Run::new(&place, words.iter().copied()).stdin(text).stdout("").talks().check();
        assert!(!finished.stdout.contains("hunter2"), "{}", finished.stdout);
    }
}

#[test]
fn a_file_that_is_named_is_read() {
    let place = Place::new();
    let path = place.file("mail.log", "sent\n535-5.7.8 Username and Password not accepted. smtp.gmail.com\n");
    let document = Run::new(&place, ["explain", "--json", &path]).json();
    assert_eq!(document["id"], "app-password-refused", "{document}");
    let document = Run::new(&place, ["explain", "--json", "/no/such/mail.log"]).json();
    assert_eq!(document["id"], "unknown");
}

#[test]
fn no_code_is_quoted_that_the_text_does_not_have() {
    let place = Place::new();
    for (text, said) in [
        ("5.7.1 <someone@aol.com>: Relay access denied.", "5.7.1 <…@aol.com>: Relay access denied."),
        ("554 5.7.1 <someone@aol.com>: Relay access denied.", "554 5.7.1 <…@aol.com>: Relay access denied."),
    ] {
        let document = Run::new(&place, ["explain", "--json", text]).json();
        assert_eq!(document["server_said"], said);
    }
}

#[test]
fn access_that_is_switched_off_is_no_disabled_account() {
    let place = Place::new();
    for (text, id) in [
        ("535 5.7.8 SMTP access for this account is disabled", "mail-access-off"),
        ("-ERR Your account is not enabled for POP access.", "mail-access-off"),
        ("NO [ALERT] You are yet to enable IMAP for your account.", "mail-access-off"),
        ("535 5.7.8 This account is disabled", "account-disabled"),
    ] {
        let document = Run::new(&place, ["explain", "--json", text]).json();
        assert_eq!(document["id"], id, "{text}");
    }
}

#[test]
fn what_the_c_library_says_in_other_languages_is_understood() {
    let place = Place::new();
    for (text, id) in [
        ("Die Wartezeit für die Verbindung ist abgelaufen", "port-blocked"),
        ("Expiró el tiempo de conexión", "port-blocked"),
        ("Keine Route zum Zielrechner", "no-way-to-host"),
        ("Das TLS-Paket mit unerwarteter Länge wurde empfangen.", "port-speaks-in-clear"),
        ("le serveur ne supporte pas l'authentification", "sign-in-not-offered-in-clear"),
    ] {
        let document = Run::new(&place, ["explain", "--json", text]).json();
        assert_eq!(document["id"], id, "{text}");
    }
}
