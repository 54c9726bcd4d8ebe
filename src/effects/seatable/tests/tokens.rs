//! The account token in the store.

use super::{
    connecting::{Ran, connection, create, detail_of, list, listed, made, ran, ran_after, request, told_of},
    *,
};
use crate::effects::files::interruption::{Manner, stop_at};

#[test]
fn a_token_is_kept_when_it_is_wanted_and_used_the_next_time() {
    let account = account("");
    let there = listed(17, "Gmail", &told_of(&detail_of(&account)));
    let answers = || vec![list(&[]), made(&there), list(std::slice::from_ref(&there))];
    let stored = |ran: &Ran| {
        let account = &files::accounts(&ran.world).unwrap()[0];
        keep::read_token(&ran.world, account, &Cancel::new()).unwrap()
    };
    let wanted = SeatableRequest { keep_token: true, ..request(account.clone(), create(), None) };
    let ran = ran(wanted, answers());
    assert_eq!(ran.report.connection, Some(connection(17, true)));
    assert_eq!((ran.recorded(), stored(&ran)), (Some(connection(17, true)), Some(Secret::from(TOKEN))));

    // From the store, where it stays or not. The key comes from the store as well.
    for (keep_token, expected) in [(true, Some(Secret::from(TOKEN))), (false, None)] {
        let from_store = SeatableRequest {
            token: None,
            secrets: None,
            keep_token,
            ..request(account.clone(), create(), None)
        };
        let ran = ran_after(from_store, answers(), |world, request| {
            let cancel = Cancel::new();
            keep::write_token(world, &request.account, &Secret::from(TOKEN), &cancel).unwrap();
            for (entry, secret) in [("key", "canary-key"), ("client-secret", "canary-client")] {
                let entry = format!("{}/{entry}", request.account.id);
                world.stores.write(StoreKind::Keyring, &entry, &Secret::from(secret), &cancel).unwrap();
            }
            connect_before(request, None, true);
        });
        assert_eq!((ran.recorded(), stored(&ran)), (Some(connection(17, keep_token)), expected));
        assert_eq!(ran.report.connection, ran.recorded());
        assert_eq!(body(&ran.asked[1])["detail"]["refresh_token"], "canary-key");
        assert_eq!(ran.asked[2].headers["authorization"], format!("Bearer {TOKEN}"));
    }

    // Another token: it takes the place of the earlier one, or nothing stays.
    for (url, keep_token) in [(None, true), (None, false), (OTHER, true), (OTHER, false)] {
        let another = SeatableRequest { keep_token, ..request(account.clone(), create(), None) };
        let ran = ran_after(another, answers(), |world, request| {
            keep::write_token(world, &request.account, &Secret::from("earlier"), &Cancel::new()).unwrap();
            connect_before(request, url, true);
        });
        let expected = keep_token.then(|| Secret::from(TOKEN));
        assert_eq!((stored(&ran), ran.recorded()), (expected, Some(connection(17, keep_token))));
    }
}

const OTHER: Option<&str> = Some("https://other.example");

/// The account was connected before, here or at another server.
fn connect_before(request: &mut SeatableRequest, url: Option<&str>, keeps_token: bool) {
    let url = url.map_or_else(|| request.url.clone(), str::to_owned);
    let connection = Some(connection(9, keeps_token));
    request.account.destination = Destination::Seatable { url, connection };
}

/// What stands in the store may be of another server: the record does not say that it is of this one.
#[test]
fn a_token_that_the_record_does_not_know_is_sent_to_nobody() {
    for (url, keeps_token) in [(None, false), (OTHER, true)] {
        let nothing = SeatableRequest { token: None, ..request(account(""), create(), None) };
        let ran = ran_after(nothing, vec![], |world, request| {
            keep::write_token(world, &request.account, &Secret::from(TOKEN), &Cancel::new()).unwrap();
            connect_before(request, url, keeps_token);
        });
        assert_eq!(ran.failed(), ("_no_token".to_owned(), details(&[])));
    }
}

/// The token in the store was withdrawn, and the person gave another one.
#[test]
fn a_check_keeps_the_token_that_works_where_that_is_wanted() {
    let dead = || Some(Secret::from("dead"));
    for (keep_token, id, expected, keeps) in [
        (true, 17, Some(Secret::from(TOKEN)), true),
        (false, 17, None, false),
        (true, 9, dead(), true),
        (false, 9, dead(), true),
    ] {
        let keep = SeatableRequest { keep_token, ..request(account(""), BaseAccountWrite::Keep(17), None) };
        let there = list(&[listed(17, "Gmail", &json!({}))]);
        let ran = ran_after(keep, vec![there], |world, request| {
            keep::write_token(world, &request.account, &Secret::from("dead"), &Cancel::new()).unwrap();
            let connection = Some(connection(id, true));
            request.account.destination = Destination::Seatable { url: request.url.clone(), connection };
        });
        assert_eq!((ran.report.failure(), ran.stages()), (None, vec![Stage::SeatableFind]));
        let record = &files::accounts(&ran.world).unwrap()[0];
        let stored = keep::read_token(&ran.world, record, &Cancel::new()).unwrap();
        assert_eq!((stored, record.connection()), (expected, Some(&connection(id, keeps))));
    }
}

/// Whatever fails: a record of this server never stands beside a token of another one.
#[test]
fn a_token_of_another_server_is_forgotten_before_the_record_changes() {
    let account = account("");
    let there = listed(17, "Gmail", &told_of(&detail_of(&account)));
    let mut recorded = false;
    for moment in 0..100 {
        let mut request = request(account.clone(), create(), None);
        let (world, _home) = world();
        keep::write_token(&world, &request.account, &Secret::from("earlier"), &Cancel::new()).unwrap();
        connect_before(&mut request, OTHER, true);
        files::save_account(&world, &request.account).unwrap();
        let server = Scripted::start(vec![list(&[]), made(&there)]);
        request.url = server.url("");
        stop_at(Some((moment, Manner::Fails)));
        connect::connect(&request, &HASTY, &world, &Cancel::new(), &mut |_| {});
        stop_at(None);
        server.finish();
        let record = &files::accounts(&world).unwrap()[0];
        recorded = is_at(record, &request.url);
        let stored = keep::read_token(&world, record, &Cancel::new()).unwrap();
        assert!(!recorded || stored.is_none(), "stopped at {moment}");
        if recorded {
            break;
        }
    }
    assert!(recorded);
}
