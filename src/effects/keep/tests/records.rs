//! What is written down of keys that work.

use super::*;
use crate::{
    effects::files::{record_checks, record_use},
    model::server::Server,
};

fn good(at: Time) -> LastCheck {
    LastCheck { at, ok: true, diagnosis: None }
}

fn day(count: i64) -> Time {
    Time::UNIX_EPOCH + Duration::days(count)
}

fn last_success(world: &World) -> Option<Time> {
    accounts(world).unwrap()[0].key.last_success
}

#[test]
fn a_good_check_is_a_success_and_a_bad_one_leaves_the_last() {
    let (world, _home) = kept_world();
    record_check(&world, &CheckRecord::of(&account(1), good(day(5)))).unwrap();
    let bad = LastCheck { at: day(6), ok: false, diagnosis: Some("refused".to_owned()) };
    record_check(&world, &CheckRecord::of(&account(1), bad.clone())).unwrap();
    assert_eq!(last_success(&world), Some(day(5)));
    assert_eq!(accounts(&world).unwrap()[0].last_check, Some(bad));
}

#[test]
fn a_server_that_was_proved_is_the_one_of_the_record_from_then_on() {
    let (world, _home) = kept_world();
    let smtp = |world: &World| accounts(world).unwrap()[0].smtp.clone();
    let (own, other) = (account(1).smtp, Server { port: 4650, ..account(1).smtp });
    let over = |check| CheckRecord { server: Some(other.clone()), ..CheckRecord::of(&account(1), check) };
    record_check(&world, &over(LastCheck { at: day(5), ok: false, diagnosis: None })).unwrap();
    assert_eq!(smtp(&world), own, "a check that failed proves no server");
    record_check(&world, &over(good(day(6)))).unwrap();
    record_check(&world, &CheckRecord::of(&account(1), good(day(7)))).unwrap();
    assert_eq!(smtp(&world), other);
}

#[test]
fn what_was_found_of_an_old_key_says_nothing_of_the_new_one() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    keep(&world, 2).unwrap();
    record_check(&world, &CheckRecord::of(&account(1), good(day(5)))).unwrap();
    record_use(&world, &account(1), day(5)).unwrap();
    assert_only(&world, 2);
}

#[test]
fn many_are_written_at_once_and_strangers_passed_over() {
    let (world, _home) = kept_world();
    let other = Account { id: "f".repeat(16), name: "bob".to_owned(), ..account(5) };
    save_account(&world, &other).unwrap();
    let stranger = Account { id: "unknown".to_owned(), ..account(1) };
    let records = [&other, &stranger, &account(1)].map(|account| CheckRecord::of(account, good(day(9))));
    record_checks(&world, &records).unwrap();
    let found = accounts(&world).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|account| account.last_check == Some(good(day(9)))));
    // Where nothing is to be written, nothing is made.
    let (empty, home) = super::world();
    record_checks(&empty, &[]).unwrap();
    record_checks(&empty, &records).unwrap();
    assert!(!home.path().join("config/mailkey/accounts.json").exists());
}

#[test]
fn a_use_is_written_once_a_day() {
    let (world, _home) = kept_world();
    let hour = Duration::HOUR;
    for (now, expected) in
        [(day(3), day(3)), (day(3) + hour, day(3)), (day(4) - hour, day(3)), (day(4), day(4))]
    {
        record_use(&world, &accounts(&world).unwrap()[0], now).unwrap();
        assert_eq!(last_success(&world), Some(expected), "{now}");
    }
}

/// A file of an earlier version says less.
#[test]
fn a_record_without_the_newer_facts_is_read() {
    let (world, _home) = kept_world();
    let path = world.environment.folders.config.join("accounts.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let key = file["accounts"][0]["key"].as_object_mut().unwrap();
    assert!(key.remove("provider_expires").is_some() && key.remove("last_success").is_some());
    std::fs::write(&path, file.to_string()).unwrap();
    assert_eq!(accounts(&world).unwrap(), [account(1)]);
}
