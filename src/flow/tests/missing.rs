//! What a script did not say is listed at once.

use super::{
    password::GMAIL,
    walk::{KNOWLEDGE, Walk},
    world::{self, APP_PASSWORD, CLIENT_ID, CLIENT_SECRET},
};
use crate::flow::wizard::Plan;

/// The fields that are missing, `!` behind those that cannot be used as they are.
fn missing(plan: Plan, flags: &[(&str, &str)]) -> Vec<String> {
    let mut walk = Walk::unattended(plan, flags);
    walk.load(world::nothing());
    let missing = walk.wizard.missing();
    for entry in &missing {
        assert!(!entry.label.is_empty(), "{entry:?}");
    }
    missing
        .iter()
        .map(|entry| format!("{}{}", entry.field, if entry.remark.is_some() { "!" } else { "" }))
        .collect()
}

#[test]
fn everything_at_once_as_far_as_the_answers_tell() {
    assert_eq!(missing(Plan::Setup, &[]), ["address", "provider", "for", "method"]);
    assert_eq!(missing(Plan::Setup, &GMAIL), ["app-password"]);
    let oauth = [("address", "anna@gmail.com"), ("for", "cli"), ("method", "oauth")];
    assert_eq!(missing(Plan::Setup, &oauth), ["client-id", "client-secret"]);
    let other =
        [("address", "me@example.org"), ("provider", "other"), ("for", "program"), ("method", "oauth")];
    assert_eq!(
        missing(Plan::Setup, &other),
        ["smtp-host", "authorize-url", "token-url", "scope", "client-id"],
        "a client of somebody's own server may have no secret"
    );
}

#[test]
fn what_cannot_be_used_is_listed_with_the_reason() {
    let flags = [
        ("address", "anna"),
        ("provider", "gmail"),
        ("for", "nowhere"),
        ("method", "oauth"),
        ("client-id", "12 ab"),
        ("client-secret", "GOCSPX-canary"),
        ("redirect-port", "99999"),
        ("name", "\u{202e}anna"),
    ];
    let found = missing(Plan::Setup, &flags);
    for field in ["address!", "for!", "client-id!", "client-secret!", "name!"] {
        assert!(found.iter().any(|known| known == field), "{field}: {found:?}");
    }
}

#[test]
fn nothing_is_missing_where_all_is_said() {
    let password: Vec<_> = GMAIL.into_iter().chain([("app-password", APP_PASSWORD)]).collect();
    assert_eq!(missing(Plan::Setup, &password), Vec::<String>::new());
    let oauth = [
        ("address", "anna@gmail.com"),
        ("for", "cli"),
        ("method", "oauth"),
        ("client-id", CLIENT_ID),
        ("client-secret", CLIENT_SECRET),
    ];
    assert_eq!(missing(Plan::Setup, &oauth), Vec::<String>::new());
    let file =
        [("address", "anna@gmail.com"), ("for", "cli"), ("method", "oauth"), ("client-file", "c.json")];
    assert_eq!(missing(Plan::Setup, &file), Vec::<String>::new(), "ID and secret come from the file");
}

#[test]
fn keep_anyway_takes_doubts_along_but_nothing_that_is_wrong() {
    let mut doubtful: Vec<_> =
        GMAIL.into_iter().chain([("app-password", "abc"), ("keep-anyway", "yes")]).collect();
    assert_eq!(missing(Plan::Setup, &doubtful), Vec::<String>::new());
    doubtful[0].1 = "anna";
    assert_eq!(missing(Plan::Setup, &doubtful), ["address!"]);
}

#[test]
fn the_labels_are_in_the_persons_language() {
    let walk = Walk::unattended(Plan::Setup, &[("language", "de")]);
    let label = walk.wizard.missing().first().map(|entry| entry.label.clone()).unwrap_or_default();
    assert_eq!(
        label,
        KNOWLEDGE.guide.words(crate::model::language::Language::De).document("sender").fields["address"]
            .label
    );
}

/// Who is there may still choose on a screen where the key goes; a script and a file that was recorded cannot be asked.
#[test]
fn flags_of_a_base_are_refused_where_they_come_to_nothing_for_sure() {
    let unused = |walk: &Walk| walk.wizard.misused().iter().any(|missing| missing.field == "seatable-base");
    let base = ("seatable-base", "Orders");
    assert!(!unused(&Walk::begin(Plan::Setup, &[base])), "where it goes is asked");
    assert!(unused(&Walk::begin(Plan::Setup, &[base, ("for", "seatable"), ("connect", "show")])));
    let flags = [("address", "anna@gmail.com"), ("for", "seatable"), ("connect", "show")];
    assert!(unused(&Walk::unattended(Plan::Setup, &[&[base][..], &flags].concat())));
    assert!(!unused(&Walk::unattended(
        Plan::Setup,
        &[&[base][..], &flags[..2], &[("connect", "api")]].concat()
    )));
}
