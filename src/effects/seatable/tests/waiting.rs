//! Waiting when SeaTable asks for time, and cancelling meanwhile.

use std::thread;

use super::{
    connecting::{create, detail_of, list, listed, made, ran, request, told_of},
    *,
};

fn busy() -> Answer {
    bare("429 Too Many Requests", "Retry-After: 0")
}

/// Somebody who would wait for hours.
const SLOW: Patience = Patience {
    pauses: &[Duration::from_secs(3600)],
    longest_pause: Duration::from_secs(3600),
    pauses_together: Duration::from_secs(3600),
    first_poll: Duration::from_secs(3600),
    longest_poll: Duration::from_secs(3600),
    sending: Duration::from_secs(7200),
};

#[test]
fn every_request_but_the_password_is_made_again_after_a_while() {
    let account = account("");
    let there = listed(17, "Gmail", &told_of(&detail_of(&account)));
    let done = [
        list(&[]),
        made(&there),
        list(&[there]),
        good(&json!({"task_id": "t"})),
        good(&json!({"is_finished": true})),
    ];
    let answers = done.into_iter().flat_map(|answer| [busy(), answer]).collect();
    let ran = ran(request(account, create(), Some(message())), answers);
    assert_eq!(ran.report.failure(), None);
    for pair in ran.asked.chunks(2) {
        assert_eq!((&pair[0].line, &pair[0].body), (&pair[1].line, &pair[1].body));
    }
    let info = good(&json!({"version": "6.1.6"}));
    let server = Scripted::start(vec![busy(), busy(), busy(), busy(), info]);
    assert!(read_hastily(&server.url("")).is_ok());
    server.finish();
}

#[test]
fn who_is_refused_for_too_long_gives_up() {
    let server = Scripted::start((0..5).map(|_| busy()).collect());
    let failure = read_hastily(&server.url("")).unwrap_err();
    server.finish();
    assert_eq!(told(&failure), ("429".to_owned(), details(&[("waited", "0"), ("wait", "0")])));
    let server = Scripted::start((0..5).map(|_| bare("429 Too Many Requests", "X: y")).collect());
    let failure = read_hastily(&server.url("")).unwrap_err();
    server.finish();
    assert_eq!(told(&failure), ("429".to_owned(), details(&[("waited", "0")])));
}

/// A shorter wait would only be refused again.
#[test]
fn nobody_waits_for_a_server_that_wants_more_than_may_be() {
    let twenty = || vec![bare("429 Too Many Requests", "Retry-After: 20")];
    let together = Patience { longest_pause: Duration::from_secs(20), ..HASTY };
    let longest = Patience {
        longest_pause: Duration::from_secs(19),
        pauses_together: Duration::from_secs(3600),
        ..Patience::STANDARD
    };
    for patience in [together, longest] {
        let server = Scripted::start(twenty());
        let result = server::read(&server.url(""), &patience, &world().0, &Cancel::new());
        server.finish();
        let expected = details(&[("waited", "0"), ("wait", "20")]);
        assert_eq!(told(&result.unwrap_err()), ("429".to_owned(), expected));
    }
}

#[test]
fn a_cancel_ends_the_wait_for_a_server_that_is_busy() {
    let server = Scripted::start(vec![bare("429 Too Many Requests", "X: y")]);
    let (url, cancel) = (server.url(""), Cancel::new());
    let result = thread::scope(|scope| {
        let reading = scope.spawn(|| server::read(&url, &SLOW, &world().0, &cancel));
        server.asked();
        cancel.cancel();
        reading.join().unwrap()
    });
    server.finish();
    assert_eq!(result.unwrap_err().code, "_cancelled");
}

#[test]
fn a_cancel_ends_the_wait_for_a_message_that_is_being_sent() {
    let there = list(&[listed(17, "Gmail", &json!({}))]);
    let server = Scripted::start(vec![there, good(&json!({"task_id": "t"}))]);
    let mut request = request(account(""), BaseAccountWrite::Keep(17), Some(message()));
    request.url = server.url("");
    let cancel = Cancel::new();
    let report = thread::scope(|scope| {
        let connecting = scope.spawn(|| connect::connect(&request, &SLOW, &world().0, &cancel, &mut |_| {}));
        server.asked();
        server.asked();
        cancel.cancel();
        connecting.join().unwrap()
    });
    server.finish();
    let last = report.stages.last().unwrap();
    assert_eq!(last.stage, Stage::SeatableSend);
    assert_eq!(report.failure().unwrap().code, "_cancelled");
}

#[test]
fn a_cancel_ends_a_request_that_is_not_answered() {
    let server = Scripted::start(vec![Answer::Silence]);
    let request = SeatableRequest { url: server.url(""), ..request(account(""), create(), None) };
    let cancel = Cancel::new();
    let report = thread::scope(|scope| {
        let connecting = scope.spawn(|| connect(&request, &world().0, &cancel, &mut |_| {}));
        server.asked();
        cancel.cancel();
        connecting.join().unwrap()
    });
    server.finish();
    assert_eq!(report.failure().unwrap().code, "_cancelled");
    // Cancelled before it began: nobody is asked.
    let report = connect(&request, &world().0, &cancel, &mut |_| {});
    assert_eq!((report.stages.len(), report.failure().unwrap().code.as_str()), (1, "_cancelled"));
}
