use std::{collections::BTreeSet, path::PathBuf};

use super::*;
use crate::{
    commands::testing::{account, session},
    guide::strings::Strings,
    model::{health::Detail, language::Language},
};

/// The texts in the sources that name an outcome, with the function that makes the finding.
fn outcomes() -> BTreeSet<(String, bool)> {
    let sources = [
        include_str!("../../effects/doctor.rs"),
        include_str!("../../effects/doctor/files.rs"),
        include_str!("../../effects/doctor/keyring.rs"),
        include_str!("../../effects/doctor/network.rs"),
        include_str!("../../effects/doctor/surroundings.rs"),
        include_str!("../../effects/doctor/trust.rs"),
    ];
    let checks = [
        "terminal",
        "locale",
        "browser",
        "proxy",
        "keyring",
        "files",
        "certificates",
        "dns",
        "web",
        "server",
        "clock",
    ];
    let mut found = BTreeSet::new();
    for source in sources {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for (index, text) in code.split('"').enumerate().filter(|(index, _)| index % 2 == 1) {
            let is_outcome = text
                .split_once('.')
                .is_some_and(|(check, rest)| checks.contains(&check) && !matches!(rest, "json" | "example"));
            if is_outcome {
                let before = code.split('"').nth(index.saturating_sub(3)).unwrap_or_default();
                let nearer = code.split('"').nth(index - 1).unwrap_or_default();
                let is_ok = before.ends_with("Finding::ok(") && nearer.trim() == ",";
                found.insert((text.to_owned(), is_ok));
            }
        }
    }
    found
}

#[test]
fn every_outcome_has_words_and_what_is_not_well_a_remedy() {
    let strings = Strings::embedded(Language::En);
    let outcomes = outcomes();
    assert!(outcomes.len() > 40, "{outcomes:?}");
    for (outcome, is_ok) in &outcomes {
        assert!(strings.find(&format!("doctor.{outcome}")).is_some(), "{outcome}");
        let has_remedy = strings.find(&format!("doctor.{outcome}-do")).is_some();
        // An outcome that is chosen by a condition may be a good one.
        let may_be_good = outcomes.contains(&(outcome.clone(), true))
            || [
                "terminal.fine",
                "terminal.no-colours",
                "proxy.set",
                "proxy.set-but",
                "web.fine",
                "server.fine",
            ]
            .contains(&outcome.as_str());
        assert!(has_remedy || *is_ok || may_be_good, "{outcome} has no remedy");
    }
    for id in strings.ids().filter_map(|id| id.strip_prefix("doctor.")).filter(|id| id.contains('.')) {
        let known = outcomes.iter().any(|(outcome, _)| outcome == id.trim_end_matches("-do"));
        assert!(known || id.starts_with("name."), "nobody says doctor.{id}");
    }
}

#[test]
fn in_public_nothing_is_told_of_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), &["doctor"]);
    let home = &session.world.environment.folders.home;
    let details = [
        (Detail::Host("smtp.gmail.com".to_owned()), "smtp.gmail.com"),
        (Detail::Host("mail.anna.example".to_owned()), "<1>"),
        (Detail::Host("proxy.anna.example:3128".to_owned()), "<2>"),
        (Detail::Host("mail.anna.example".to_owned()), "<1>"),
        (Detail::Path(home.join(".config/mailkey/accounts.json")), "~/.config/mailkey/accounts.json"),
        (Detail::Path(home.join("clients/secret/mailkey")), HIDDEN),
        (Detail::Path(PathBuf::from("/srv/anna/mailkey")), HIDDEN),
        (Detail::Private("anna".to_owned()), HIDDEN),
        (Detail::Public("80".to_owned()), "80"),
    ];
    let mut public = Privacy::new(true, &session);
    let mut own = Privacy::new(false, &session);
    for (detail, expected) in details {
        assert_eq!(public.shown(&detail), expected, "{detail:?}");
        let whole = match &detail {
            Detail::Path(path) => path.display().to_string(),
            Detail::Public(text) | Detail::Host(text) | Detail::Private(text) => text.clone(),
        };
        assert_eq!(own.shown(&detail), whole);
    }
}

#[test]
fn the_exit_code_tells_whether_only_the_network_is_at_fault() {
    let dns = || Finding::problem("dns", "dns.unknown");
    let files = || Finding::problem("files", "files.folder-open");
    let warning = || Finding::warning("keyring", "keyring.missing");
    for (findings, expected) in [
        (vec![], ExitCode::Proved),
        (vec![warning()], ExitCode::Proved),
        (vec![warning(), dns()], ExitCode::Network),
        (vec![dns(), files()], ExitCode::CheckFailed),
        (vec![Finding::problem("clock", "clock.ahead")], ExitCode::CheckFailed),
    ] {
        assert_eq!(exit_of(&findings), expected, "{findings:?}");
    }
}

#[test]
fn each_server_of_the_accounts_is_asked_once_and_those_of_a_preset_without_any() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), &["doctor"]);
    let one = account();
    let found = targets(&[one.clone(), one.clone()], &session);
    assert_eq!(found, [Target::Mail(one.smtp), Target::Web("https://practice.example/token".to_owned())]);
    let preset = targets(&[], &session);
    let ports: Vec<_> = preset
        .iter()
        .map(|target| match target {
            Target::Mail(server) => server.port,
            Target::Web(_) => 443,
        })
        .collect();
    assert_eq!(ports, [465, 587, 443, 443]);
}
