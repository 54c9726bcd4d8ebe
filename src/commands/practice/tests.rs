//! What practice mode says of its domains, as the wizard hears it.

mod diagnoses;

use super::practising;
use crate::{
    commands::testing,
    effects::{cancel::Cancel, runner::perform},
    flow::{
        effect::{DiscoverRequest, Effect, Outcome, Progress},
        recognition::{Candidate, Heard, Recognition, Standing, recognise},
    },
    model::{address::Address, language::Language, recognition::Asked},
    practice::{Fault, Options, Practice},
};

/// What is heard of a domain, and what follows.
fn heard(domain: &str, faults: &[Fault]) -> (Vec<Heard>, Recognition) {
    let options = Options { faults: faults.to_vec(), language: Language::En, ..Options::default() };
    let practice = Practice::start(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let session = testing::session(folder.path(), &["practice"]);
    let session = practising(&practice, &folder, &session).map_err(|_| "refused").unwrap();
    let address = Address::parse(&format!("anna@{domain}")).unwrap();
    let mut heard = Vec::new();
    let request = DiscoverRequest { domain: domain.to_owned(), resolver: None };
    let outcome = perform(Effect::Discover(request), &session.world, &Cancel::new(), &mut |progress| {
        if let Progress::Replied(reply) = progress {
            heard.push(Heard::of(*reply, &address));
        }
    });
    assert_eq!(outcome, Outcome::Discovered);
    assert_eq!(practice.complaints(), Vec::<String>::new(), "no more than the domain is sent");
    let found = recognise(domain, &heard, session.knowledge.providers());
    (heard, found)
}

fn ids(found: &Recognition) -> Vec<&str> {
    found.candidates.iter().map(Candidate::id).collect()
}

#[test]
fn each_kind_of_finding_can_be_met() {
    for (domain, standing, candidates) in [
        ("club.example", Standing::Certain, &["localhost"][..]),
        ("company.example", Standing::Guess, &["google_workspace"]),
        ("workshop.example", Standing::Guess, &["localhost"]),
        ("moved.example", Standing::Conflict, &["google_workspace", "localhost"]),
        ("mute.example", Standing::Nothing, &[]),
        ("nobody.example", Standing::Nothing, &[]),
    ] {
        let (heard, found) = heard(domain, &[]);
        assert_eq!((found.standing, ids(&found).as_slice()), (standing, candidates), "{domain}: {heard:?}");
        assert_eq!(heard.iter().map(|heard| heard.asked).collect::<Vec<_>>(), Asked::ALL);
        assert!(heard.iter().all(|heard| heard.said.is_ok()), "{heard:?}");
    }
}

#[test]
fn each_refusal_can_be_met() {
    for (fault, asked, code, standing) in [
        (Fault::DnsFails, Asked::Mx, "_dns_failed", Standing::Certain),
        (Fault::DnsMalformed, Asked::Mx, "_bad_answer", Standing::Certain),
        (Fault::DnsSilent, Asked::Imaps, "_timeout", Standing::Certain),
        (Fault::AutoconfigDoctype, Asked::OwnFile, "_doctype", Standing::Guess),
        (Fault::AutoconfigEntity, Asked::OwnFile, "_entity", Standing::Guess),
        (Fault::AutoconfigTooLarge, Asked::OwnFile, "_too_large", Standing::Guess),
        (Fault::AutoconfigCut, Asked::OwnFile, "_not_xml", Standing::Guess),
        (Fault::AutoconfigInClear, Asked::OwnFile, "_no_server", Standing::Guess),
        (Fault::AutoconfigRedirect, Asked::WellKnownFile, "_redirect_http", Standing::Guess),
        (Fault::AutoconfigCertificate, Asked::WellKnownFile, "_wrong_name", Standing::Guess),
    ] {
        let (heard, found) = heard("club.example", &[fault]);
        let said = heard.iter().find(|heard| heard.asked == asked).unwrap().said.as_ref();
        assert_eq!(said.map_err(|failure| failure.code.as_str()).err(), Some(code), "{fault:?}");
        // What one source does not say, another one may.
        assert_eq!(found.standing, standing, "{fault:?}");
    }
}
