//! Sending, and seeing it sent.

use super::{
    super::api::{Api, Reply},
    connecting::{Ran, list, listed, ran, request},
    *,
};

/// Sends with an account that is there, against these answers.
fn sent(answers: Vec<Answer>) -> Ran {
    let there = list(&[listed(17, "Gmail", &json!({"email_provider": "Gmail"}))]);
    let request = request(account(""), BaseAccountWrite::Keep(17), Some(message()));
    ran(request, std::iter::once(there).chain(answers).collect())
}

fn task() -> Answer {
    good(&json!({"task_id": "t1", "message_id": ""}))
}

#[test]
fn a_message_is_posted_with_its_time_and_without_an_id_that_we_do_not_know() {
    let there = list(&[listed(17, "Gmail", &json!({}))]);
    let mut message = message();
    message.text = "Sent {time}\nID: <{message_id}>\nBye\n".to_owned();
    let request = request(account(""), BaseAccountWrite::Keep(17), Some(message));
    let ran = ran(request, vec![there, task(), good(&json!({"is_finished": true}))]);
    assert_eq!(ran.report.failure(), None);
    let body = body(&ran.asked[1]);
    let text = body["message"].as_str().unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(first.starts_with("Sent 2") && first.ends_with(" UTC"), "{text}");
    assert_eq!(rest, "Bye\n");
    assert_eq!(body["send_to"], json!(["bob@example.org"]));
    assert_eq!((&body["account_name"], &body["subject"]), (&json!("Gmail"), &json!("Test of mail")));
    assert_eq!(body.as_object().unwrap().len(), 4);
}

#[test]
fn a_message_that_is_not_taken_is_told_and_sent_once() {
    let in_base = || details(&[("base", "Orders")]);
    let because = |code| details(&[("because", code)]);
    for (answer, code, expected) in [
        (html("404 Not Found"), "_no_send_endpoint", details(&[])),
        (answered("404 Not Found", r#"{"detail":"Not found."}"#), "_no_send_endpoint", details(&[])),
        (html("405 Not Allowed"), "_no_send_endpoint", details(&[])),
        (answered("405 Not Allowed", r#"{"detail":"No."}"#), "_no_send_endpoint", details(&[])),
        (refusal("404 Not Found", "Library does not exist"), "404", details(&[])),
        (refusal("404 Not Found", "Account does not exist."), "_account_gone", in_base()),
        (refusal("404 Not Found", "Base not found."), "_base_gone", in_base()),
        (refusal("403 Forbidden", "Permission denied."), "_no_permission", in_base()),
        (refusal("401 Unauthorized", "Invalid token"), "_token_refused", in_base()),
        (refusal("400 Bad", "Email subject cannot be empty."), "400", details(&[])),
        (refusal("500 Error", "Internal Server Error"), "500", details(&[])),
        (html("504 Timeout"), "_unknown_outcome", because("504")),
        (html("524 Timeout"), "_unknown_outcome", because("524")),
        (lost(), "_unknown_outcome", details(&[("arrived", "maybe"), ("because", "_closed")])),
        (
            good(&json!({"task_id": ""})),
            "_unknown_outcome",
            details(&[("http_status", "200"), ("because", "_not_seatable")]),
        ),
        (bare("302 Found", "Location: /login/"), "_login_page", details(&[])),
    ] {
        let ran = sent(vec![answer]);
        assert_eq!(ran.failed(), (code.to_owned(), expected));
        assert_eq!(ran.stages(), [Stage::SeatableFind, Stage::SeatableSend]);
    }
}

#[test]
fn what_ends_a_task_is_asked_once() {
    let because = |code| details(&[("because", code)]);
    for (answer, code, said, expected) in [
        (refusal("400 Bad", "task_id invalid."), "_send_400", None, details(&[])),
        (
            refusal("400 Bad", &format!("Third-party account fetches token failure {TOKEN} ya29.canary")),
            "_send_400",
            Some("Third-party account fetches token failure … …"),
            details(&[]),
        ),
        (
            refusal("401 Unauthorized", "Third-party account authorization failure"),
            "_send_401",
            Some("Third-party account authorization failure"),
            details(&[]),
        ),
        (
            refusal("500 Error", "Internal Server Error"),
            "_send_500",
            Some("Internal Server Error"),
            details(&[]),
        ),
        (
            refusal("404 Not Found", "Third-party account not found"),
            "_account_gone",
            Some("Third-party account not found"),
            details(&[("base", "Orders")]),
        ),
        (
            refusal("403 Forbidden", "Permission denied."),
            "_no_permission",
            Some("Permission denied."),
            details(&[("base", "Orders")]),
        ),
        (html("502 Bad"), "_unknown_outcome", None, because("502")),
        (html("404 Not Found"), "_unknown_outcome", None, because("404")),
        (html("200 OK"), "_unknown_outcome", None, because("200")),
        (lost(), "_unknown_outcome", None, details(&[("arrived", "maybe"), ("because", "_closed")])),
    ] {
        let running = good(&json!({"is_finished": false}));
        let ran = sent(vec![task(), running, answer]);
        assert_eq!(ran.failed(), (code.to_owned(), expected));
        assert_eq!(ran.report.failure().unwrap().said.as_deref(), said);
    }
}

#[test]
fn nobody_waits_longer_than_it_may_take() {
    let there = list(&[listed(17, "Gmail", &json!({}))]);
    let mut request = request(account(""), BaseAccountWrite::Keep(17), Some(message()));
    let server = Scripted::start(vec![there, task()]);
    request.url = server.url("");
    let patience = Patience { first_poll: Duration::from_secs(10), sending: Duration::from_secs(5), ..HASTY };
    let (world, _home) = world();
    let report = connect::connect(&request, &patience, &world, &Cancel::new(), &mut |_| {});
    server.finish();
    assert_eq!(told(report.failure().unwrap()), ("_send_timeout".to_owned(), details(&[("waited", "5")])));
}

/// The question, not the message: asking again does nothing twice.
#[test]
fn a_question_that_never_arrived_is_asked_again() {
    let (world, _home) = world();
    let cancel = Cancel::new();
    let api = Api::new("http://127.0.0.1", &HASTY, &world, &cancel);
    let answer = |status, finished: bool| Ok(Reply { status, json: json!({ "is_finished": finished }) });
    let failed = |code| Err(api.failure(code));
    let waited = |answers: Vec<Result<Reply, Failure>>| {
        let mut answers = answers.into_iter();
        let result = send::wait_for(&api, &base(), || answers.next().expect("asked too often"));
        assert_eq!(answers.count(), 0);
        result
    };
    let interrupted = vec![
        failed("_refused"),
        failed("_not_found"),
        answer(200, false),
        failed("_timeout"),
        answer(200, true),
    ];
    assert_eq!(waited(interrupted), Ok(()));
    for (failure, code) in [
        (api.failure("_timeout").with("arrived", "maybe"), "_unknown_outcome"),
        (api.failure("_login_page"), "_unknown_outcome"),
        // The message was taken: who tries again sends another one.
        (api.failure("429"), "_unknown_outcome"),
        (api.failure("_cancelled"), "_cancelled"),
    ] {
        assert_eq!(waited(vec![failed("_refused"), Err(failure)]).unwrap_err().code, code);
    }
    // Nobody is there any more.
    let patience = Patience { sending: Duration::from_millis(50), ..HASTY };
    let api = Api::new("http://127.0.0.1", &patience, &world, &cancel);
    let failure = send::wait_for(&api, &base(), || Err(api.failure("_refused"))).unwrap_err();
    assert_eq!(told(&failure), ("_unknown_outcome".to_owned(), details(&[("because", "_refused")])));
}
