//! What tells similar failures apart.

use super::{catalogue, id_of, smtp};
use crate::{
    diagnosis::{Confidence, Context, GrantKind},
    model::{
        account::Publishing,
        client::ClientKind,
        exit_code::ExitCode,
        failure::{Failure, Layer},
        method::Method,
        stage::Stage,
    },
};

#[test]
fn what_the_server_said_is_passed_on_unchanged() {
    let said = "535-5.7.8 Username  and Password\r\n535 5.7.8 not accepted. ÜBER p=BadCredentials";
    let failure = smtp(Layer::SignIn, said);
    let diagnosis = catalogue().diagnose(&failure, &Context::of("gmail"));
    assert_eq!(diagnosis.server_said.as_deref(), Some(said));
    assert_eq!(
        catalogue().diagnose(&Failure::new(Layer::Send, "_closed"), &Context::of("x")).server_said,
        None
    );
}

#[test]
fn a_dead_refresh_token_is_told_apart_by_its_age_and_project() {
    let failure = || Failure::new(Layer::Token, "invalid_grant").saying("Token has been expired or revoked.");
    let seven = "testing-seven-days";
    let other = "key-expired-or-withdrawn";
    for (publishing, age, id, confidence) in [
        (Publishing::Testing, Some(0), other, Confidence::Certain),
        (Publishing::Testing, Some(5), other, Confidence::Certain),
        (Publishing::Testing, Some(6), seven, Confidence::Certain),
        (Publishing::Testing, Some(7), seven, Confidence::Certain),
        (Publishing::Testing, Some(40), seven, Confidence::Certain),
        (Publishing::Testing, None, seven, Confidence::Likely),
        (Publishing::Unknown, Some(7), seven, Confidence::Likely),
        (Publishing::Unknown, Some(3), other, Confidence::Certain),
        (Publishing::Unknown, Some(40), other, Confidence::Certain),
        (Publishing::Production, Some(7), other, Confidence::Certain),
        (Publishing::Internal, None, other, Confidence::Certain),
    ] {
        let context = Context { publishing: Some(publishing), age_days: age, ..Context::of("gmail") };
        let diagnosis = catalogue().diagnose(&failure(), &context);
        assert_eq!((diagnosis.id.as_str(), diagnosis.confidence), (id, confidence), "{publishing:?} {age:?}");
        assert_eq!(diagnosis.exit, ExitCode::RenewKey);
        assert!(diagnosis.remedies.iter().any(|id| id.starts_with("publish-")));
        assert!(diagnosis.remedies.iter().any(|id| id == "reauth"));
    }
    let carried = failure().with("age_days", "7").with("publishing", "testing");
    assert_eq!(id_of(&carried, &Context::of("gmail")), seven);
    // Another provider has no such rule.
    assert_eq!(id_of(&carried, &Context::of("other")), "grant-refused");
}

#[test]
fn a_refused_code_is_told_from_a_refused_key() {
    for (grant, said, id) in [
        (Some(GrantKind::Code), "Bad Request", "code-not-accepted"),
        (Some(GrantKind::Code), "Token has been expired or revoked.", "code-not-accepted"),
        (Some(GrantKind::RefreshToken), "Bad Request", "grant-refused"),
        (Some(GrantKind::RefreshToken), "Token has been expired or revoked.", "key-expired-or-withdrawn"),
        (None, "Bad Request", "code-not-accepted"),
    ] {
        let context = Context { grant, ..Context::of("gmail") };
        let failure = Failure::new(Layer::Token, "invalid_grant").saying(said);
        assert_eq!(id_of(&failure, &context), id, "{grant:?} {said}");
    }
}

#[test]
fn a_message_that_was_sent_is_never_called_unsent() {
    let context = Context { passed: &[Stage::SignIn, Stage::Send], ..Context::of("gmail") };
    for (code, said, id) in [
        ("_not_seen", "", "arrival-not-seen"),
        ("NO", "[ALERT] Your account is not enabled for IMAP use.", "arrival-imap-off"),
        ("NO", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "arrival-refused"),
        ("_timeout", "", "arrival-broken"),
        ("_unreachable", "", "arrival-unreachable"),
    ] {
        let diagnosis = catalogue().diagnose(&Failure::new(Layer::Arrive, code).saying(said), &context);
        assert_eq!((diagnosis.id.as_str(), diagnosis.exit), (id, ExitCode::CheckFailed));
        assert_eq!(diagnosis.ruled_out, ["sign-in", "send"]);
    }
    assert_eq!(id_of(&Failure::new(Layer::Send, "_timeout"), &Context::of("gmail")), "silent-while-sending");
}

#[test]
fn what_a_failure_may_lack_is_not_asked_for() {
    let context = Context::of("gmail");
    for (layer, code, name, with, without) in [
        (Layer::Tls, "_wrong_name", "names", "certificate-of-another-name", "certificate-name-wrong"),
        (Layer::Tls, "_expired", "expires", "certificate-expired", "certificate-out-of-date"),
        (Layer::Tls, "_unknown_issuer", "issuer", "certificate-of-unknown-issuer", "certificate-not-trusted"),
        (Layer::Listener, "_port_busy", "offer", "port-busy", "port-busy-nothing-free"),
    ] {
        assert_eq!(id_of(&Failure::new(layer, code).with(name, "x"), &context), with);
        assert_eq!(id_of(&Failure::new(layer, code).with(name, ""), &context), without);
        assert_eq!(id_of(&Failure::new(layer, code), &context), without);
    }
}

#[test]
fn a_key_that_is_gone_is_told_from_a_store_that_failed() {
    let gone = Failure::new(Layer::Store, "_missing").with("entry", "0123456789abcdef/key");
    let diagnosis = catalogue().diagnose(&gone, &Context::of("other"));
    assert_eq!((diagnosis.id.as_str(), diagnosis.exit), ("secret-gone", ExitCode::Store));
    assert_eq!(diagnosis.remedies[0], "renew-key");
}

#[test]
fn a_blocked_port_is_told_from_a_dead_network() {
    let passed = [Stage::Token, Stage::Resolve];
    let context = Context { passed: &passed, ..Context::of("gmail") };
    let failure = Failure::new(Layer::Connect, "_timeout").with("host", "smtp.gmail.com").with("port", "587");
    let diagnosis = catalogue().diagnose(&failure, &context);
    assert_eq!(diagnosis.id, "port-blocked");
    assert_eq!(diagnosis.ruled_out, ["token", "internet", "name"]);
    let failure = Failure::new(Layer::Connect, "_timeout").with("port", "25");
    assert_eq!(id_of(&failure, &context), "port-25-blocked");
}

#[test]
fn the_command_tells_who_was_refused() {
    for (command, reply, id) in [
        ("MAIL", "550 5.7.1 Refused", "sender-refused"),
        ("RCPT", "550 5.7.1 Refused", "recipient-refused"),
        ("RCPT", "554 5.7.1 Relay access denied", "relay-refused"),
        ("RCPT", "550 5.1.1 User unknown", "recipient-unknown"),
        ("message", "550 5.7.1 Refused", "message-refused"),
    ] {
        let failure = smtp(Layer::Send, reply).with("command", command);
        assert_eq!(id_of(&failure, &Context::of("other")), id, "{command}: {reply}");
    }
    let silent = Failure::new(Layer::Connect, "_timeout").with("awaited", "greeting");
    assert_eq!(id_of(&silent, &Context::of("other")), "no-greeting");
    // A port that has encrypted does not wait to be encrypted; nor does one that has greeted.
    let after_tls = silent.with("security", "tls");
    assert_eq!(id_of(&after_tls, &Context::of("other")), "silent-before-sign-in");
    let at_ehlo = Failure::new(Layer::Connect, "_timeout").with("greeted", "yes");
    assert_eq!(id_of(&at_ehlo, &Context::of("other")), "silent-before-sign-in");
}

#[test]
fn what_worked_is_not_told_against_a_cause_that_it_fits() {
    let passed = [Stage::Token, Stage::Resolve, Stage::Connect, Stage::Tls];
    let context = Context { passed: &passed, method: Some(Method::OAuth), ..Context::of("gmail") };
    let refused = smtp(Layer::SignIn, "535 5.7.8 Username and Password not accepted");
    let refused = Failure { mechanism: Some("XOAUTH2".to_owned()), ..refused };
    let diagnosis = catalogue().diagnose(&refused, &context);
    assert_eq!(diagnosis.id, "token-not-for-this-mailbox");
    assert_eq!(diagnosis.ruled_out, ["network", "port", "tls"], "the consent is what is wrong");
}

#[test]
fn a_web_client_that_is_called_a_desktop_one_is_told_so() {
    let failure = Failure::new(Layer::Page, "redirect-uri-mismatch");
    for (kind, id) in [
        (Some(ClientKind::Desktop), "client-is-for-web"),
        (Some(ClientKind::Web), "redirect-not-registered"),
        (None, "redirect-not-registered"),
    ] {
        let context = Context { client_kind: kind, ..Context::of("gmail") };
        assert_eq!(id_of(&failure, &context), id, "{kind:?}");
    }
}

/// They are of files that a flag names as well, in a script that has no window.
#[test]
fn the_remedies_for_a_file_fit_every_file_that_can_be_named() {
    for (code, remedies) in [
        ("_not_found", ["check-path"]),
        ("_is_folder", ["name-the-file"]),
        ("_too_large", ["name-the-file"]),
        ("_not_text", ["name-the-file"]),
    ] {
        let failure = Failure::new(Layer::Files, code).with("path", "secret.txt");
        assert_eq!(catalogue().diagnose(&failure, &Context::of("gmail")).remedies, remedies, "{code}");
    }
}

#[test]
fn a_provider_is_told_in_its_own_words() {
    let failure = Failure::new(Layer::Token, "redirect_uri_mismatch");
    let google = catalogue().diagnose(&failure, &Context::of("google_workspace"));
    assert_eq!(google.remedies, ["register-redirect-google", "check-client-google", "wait-for-console"]);
    assert!(google.doc.is_some());
    let other = catalogue().diagnose(&failure, &Context::of("other"));
    assert_eq!(other.remedies, ["register-redirect", "check-client"]);
    assert_eq!((other.cause().as_str(), other.doc), ("cause.redirect-not-registered", None));
}
