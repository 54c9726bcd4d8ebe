//! The network is asked who runs the mail of a domain: when, by whose wish, and what comes of it.

use super::{
    walk::{Did, Walk},
    world::{self, settings_file},
};
use crate::{
    flow::{
        answers::{Answers, Source},
        answers_file,
        effect::{DiscoverRequest, Effect, Outcome, Progress, StoredState, Unfinished},
        screen::{Action, FieldValue},
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        recognition::{Answer, Asked, Exchanger, Place, Reply},
        user::User,
    },
};

const ADDRESS: &str = "anna@verein.example";

/// Mail goes to Google.
fn google() -> Reply {
    let host = "aspmx.l.google.com".to_owned();
    Reply { asked: Asked::Mx, answer: Ok(Answer::Exchangers(vec![Exchanger { preference: 1, host }])) }
}

/// A service is on this host.
fn service(asked: Asked, port: u16, target: &str) -> Reply {
    let place = Place { priority: 0, weight: 0, port, target: target.to_owned() };
    Reply { asked, answer: Ok(Answer::Places(vec![place])) }
}

/// The domain's own file names this server.
fn file(host: &str) -> Reply {
    Reply { asked: Asked::OwnFile, answer: Ok(Answer::File(settings_file(host))) }
}

fn failed(asked: Asked, code: &str) -> Reply {
    Reply { asked, answer: Err(Failure::new(Layer::Discover, code)) }
}

/// A set-up in which the network was asked and said this.
fn asked(replies: Vec<Reply>) -> Walk {
    let mut walk = Walk::setup();
    walk.through(&[], "sender");
    walk.edit("address", ADDRESS).press("discover").next();
    hear(&mut walk, replies);
    walk
}

fn hear(walk: &mut Walk, replies: Vec<Reply>) {
    for reply in replies {
        walk.tell(Progress::Asking(reply.asked));
        walk.tell(Progress::Replied(Box::new(reply)));
    }
    walk.answer(Outcome::Discovered);
}

fn options(walk: &Walk) -> (String, Vec<String>) {
    match walk.field("found").value {
        FieldValue::Choice { chosen, options } => {
            (chosen, options.into_iter().map(|option| option.id).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_goes_on_without_a_provider_hears_of_it() {
    let mut walk = Walk::setup();
    walk.through(&[], "sender").edit("address", ADDRESS).next();
    let error = walk.field_error("provider").unwrap_or_default();
    assert!(error.contains("let mailkey ask"), "{error}");
}

#[test]
fn it_is_offered_where_nobody_knows() {
    let mut walk = Walk::setup();
    walk.through(&[], "sender");
    assert!(!walk.offers("discover"), "there is no address yet");
    for (address, expected) in
        [("anna@gmail.com", false), (ADDRESS, true), ("anna@gmx.de", false), ("anna", false)]
    {
        walk.edit("address", address);
        assert_eq!(walk.offers("discover"), expected, "{address}");
    }
    walk.edit("address", ADDRESS);
    assert_eq!(walk.screen().first.as_deref(), Some("discover"), "the first of the list would be a guess");
    walk.edit("provider", "fastmail");
    assert!(!walk.offers("discover"), "the person knows");
    assert_eq!(walk.screen().first, None, "and Enter goes on");
    walk.edit("provider", "other");
    assert!(walk.offers("discover"), "but perhaps not the server");
    assert_eq!(walk.screen().first, None, "who chose goes on");
}

#[test]
fn whom_is_asked_stands_there_before_and_nobody_is_told_the_address() {
    let mut walk = Walk::setup();
    walk.through(&[], "sender");
    walk.edit("address", ADDRESS).press("discover");
    assert_eq!((walk.step().as_str(), walk.did()), ("discover", vec![]));
    for asked in Asked::ALL {
        let what = asked.of("verein.example");
        assert!(walk.says(&what) && !what.contains("anna"), "{what}");
    }
    walk.back();
    assert_eq!(walk.step(), "sender");
    walk.edit("provider", "gmail").next();
    assert_eq!(walk.step(), "for", "who went back does not want it any more");
    walk.back().edit("provider", "other").press("discover").next();
    let request = DiscoverRequest { domain: "verein.example".to_owned(), resolver: None };
    assert_eq!(walk.order(), Effect::Discover(request.clone()));
    walk.tell(Progress::Asking(Asked::OwnFile));
    assert!(walk.is_working() && walk.says("https://autoconfig.verein.example/mail/config-v1.1.xml"));
    walk.press("cancel");
    assert_eq!(walk.did(), [Did::Stop(Effect::Discover(request))]);
    assert!(walk.offers("next") && !walk.is_working());
}

#[test]
fn what_is_certain_stands_chosen_and_fills_in_the_server_to_be_confirmed() {
    let mut walk = asked(vec![file("mail.hoster.example")]);
    assert_eq!(options(&walk), ("mail.hoster.example".to_owned(), vec!["mail.hoster.example".to_owned()]));
    walk.next();
    assert_eq!(walk.step(), "server");
    for (id, text) in [("smtp-host", "mail.hoster.example"), ("smtp-port", "465")] {
        assert_eq!(walk.field(id).value, FieldValue::Text(text.to_owned()));
        assert_eq!(walk.field(id).source.as_deref(), Some(&*walk.words("source.found-out")));
    }
    let answers = walk.wizard.answers();
    assert_eq!((answers.text("provider"), answers.text("security")), ("other", "tls"));
    // Whoever replays the run asks nobody.
    let recorded = answers_file::written(answers, &super::walk::KNOWLEDGE.guide.plans);
    assert!(recorded.contains("smtp-host = \"mail.hoster.example\""), "{recorded}");
    assert!(!recorded.contains("discover") && !recorded.contains("found"), "{recorded}");
    walk.back();
    assert_eq!(walk.step(), "sender");
    walk.edit("address", "anna@anderswo.example");
    assert_eq!(walk.wizard.answers().text("provider"), "", "of another address nothing is known");
    assert_eq!(walk.wizard.answers().text("smtp-host"), "");
}

#[test]
fn a_guess_is_for_the_person_to_take() {
    for (replies, id, step) in [
        (vec![google()], "google_workspace", "for"),
        (vec![service(Asked::Submission, 587, "mail.hoster.example")], "mail.hoster.example", "server"),
    ] {
        let mut walk = asked(replies);
        assert_eq!(options(&walk), (String::new(), vec![id.to_owned()]));
        walk.next();
        assert_eq!(walk.step(), "discover", "Enter alone is no yes");
        assert!(walk.field_error("found").is_some());
        walk.edit("found", id).next();
        assert_eq!(walk.step(), step);
    }
}

#[test]
fn a_contradiction_is_shown_and_the_person_chooses() {
    for (choice, provider, step) in
        [("google_workspace", "google_workspace", "for"), ("mail.verein.example", "other", "server")]
    {
        let mut walk = asked(vec![google(), file("mail.verein.example")]);
        let both = vec!["google_workspace".to_owned(), "mail.verein.example".to_owned()];
        assert_eq!(options(&walk), (String::new(), both));
        assert!(walk.says(&walk.words("discover.conflict")));
        walk.edit("found", choice).next();
        assert_eq!((walk.step().as_str(), walk.wizard.answers().text("provider")), (step, provider));
    }
}

#[test]
fn where_nobody_says_anything_the_person_describes_the_server() {
    let nothing = |asked| Reply { asked, answer: Ok(Answer::Nothing) };
    let mut walk = asked(vec![nothing(Asked::Mx), failed(Asked::OwnFile, "_wrong_name")]);
    assert!(!walk.offers("next") && walk.says("mailkey does not guess"));
    walk.press("retry");
    assert!(walk.is_working());
    hear(&mut walk, vec![nothing(Asked::Mx)]);
    walk.press("by-hand");
    assert_eq!((walk.step().as_str(), walk.wizard.answers().text("smtp-host")), ("server", ""));
}

#[test]
fn seatable_gets_the_server_that_it_can_reach() {
    let mut walk = Walk::begin(Plan::Setup, &[("for", "seatable")]);
    walk.load(world::nothing());
    walk.through(&[], "sender");
    walk.edit("address", ADDRESS).press("discover").next();
    let both = vec![
        service(Asked::Submissions, 465, "mail.verein.example"),
        service(Asked::Submission, 587, "mail.verein.example"),
    ];
    hear(&mut walk, both);
    walk.next();
    let answers = walk.wizard.answers();
    assert_eq!((answers.text("smtp-port"), answers.text("security")), ("587", "starttls"));
}

#[test]
fn a_script_takes_what_is_certain_and_is_told_the_rest() {
    let own = || service(Asked::Submissions, 465, "mail.verein.example");
    let silent = || vec![failed(Asked::Mx, "_timeout"), failed(Asked::OwnFile, "_refused")];
    let none =
        vec![Reply { asked: Asked::Mx, answer: Ok(Answer::Nothing) }, failed(Asked::OwnFile, "_status")];
    for (replies, found, expected) in [
        (vec![own()], "", Ok("mail.verein.example")),
        (vec![google()], "", Err((ExitCode::Usage, "provider-only-guessed"))),
        (vec![google()], "google_workspace", Ok("")),
        (vec![google(), own()], "", Err((ExitCode::Usage, "provider-named-differently"))),
        (vec![google(), own()], "mail.verein.example", Ok("mail.verein.example")),
        (vec![own()], "elsewhere.example", Err((ExitCode::Usage, ""))),
        (none, "", Err((ExitCode::CheckFailed, "provider-not-named"))),
        (silent(), "", Err((ExitCode::Network, "question-unanswered"))),
        // Whose name cannot be looked up looks like one that is not there.
        (
            vec![failed(Asked::Mx, "_timeout"), Reply { asked: Asked::OwnFile, answer: Ok(Answer::Nothing) }],
            "",
            Err((ExitCode::Network, "question-unanswered")),
        ),
        (silent(), "mail.verein.example", Err((ExitCode::Network, "question-unanswered"))),
    ] {
        let mut flags =
            vec![("address", ADDRESS), ("discover", "yes"), ("for", "program"), ("method", "password")];
        flags.extend([("password", "pass"), ("resolver", "192.0.2.53")]);
        flags.extend(Some(("found", found)).filter(|(_, found)| !found.is_empty()));
        let mut walk = Walk::unattended(Plan::Setup, &flags);
        walk.load(world::nothing());
        assert!(walk.wizard.ending().is_none(), "{:?}", walk.wizard.missing());
        walk.through(&[], "discover").next();
        let Effect::Discover(request) = walk.order() else { panic!("it is not asked") };
        assert_eq!(request.resolver, Some(([192, 0, 2, 53], 53).into()));
        hear(&mut walk, replies);
        walk.next();
        match expected {
            Ok(host) => {
                assert_ne!(walk.step(), "discover", "{found}");
                assert_eq!(walk.wizard.answers().text("smtp-host"), host);
            }
            Err((exit, diagnosis)) => {
                walk.act(Action::Quit);
                let ending = walk.wizard.ending().expect("it cannot go on");
                let id = ending.diagnosis.as_ref().map(|entry| entry.id.as_str()).unwrap_or_default();
                assert_eq!((ending.exit, id), (exit, diagnosis));
            }
        }
    }
}

#[test]
fn what_the_command_line_says_needs_no_network() {
    for (flags, until) in [
        (&[("address", "anna@gmail.com"), ("discover", "yes")][..], "for"),
        (&[("address", ADDRESS), ("discover", "yes"), ("provider", "fastmail")], "for"),
    ] {
        let mut walk = Walk::begin(Plan::Setup, flags);
        walk.load(world::nothing());
        walk.through(&[], until);
        assert!(walk.did().is_empty());
    }
    // A person who said it beforehand is shown all the same whom that asks.
    let mut walk = Walk::begin(Plan::Setup, &[("address", ADDRESS), ("discover", "yes")]);
    walk.load(world::nothing());
    walk.through(&[], "discover");
    assert!(walk.offers("next") && walk.open.is_empty());
}

/// The host, the port and what to sign in as that stand in the answers.
fn described(walk: &Walk) -> [String; 7] {
    ["provider", "smtp-host", "smtp-port", "security", "user", "imap-host", "imap-user"]
        .map(|id| walk.wizard.answers().text(id).to_owned())
}

#[test]
fn what_was_found_for_one_domain_is_not_that_of_another() {
    // A provider or a server is chosen by hand after all.
    for (provider, step) in [("fastmail", "for"), ("other", "server")] {
        let mut walk = asked(vec![file("mail.hoster.example")]);
        walk.next().back().edit("provider", provider).next();
        assert_eq!(walk.step(), step);
        assert_eq!(described(&walk)[1], "mail.hoster.example", "it is still the same domain");
        walk.back().edit("address", "anna@anderswo.example");
        assert_eq!(described(&walk)[1..], [const { String::new() }; 6], "{provider}");
    }
    // It was left in between, and nobody remembers what was found.
    for (address, stays) in [("bert@verein.example", true), ("anna@anderswo.example", false)] {
        let answers = [
            ("address", ADDRESS),
            ("provider", "other"),
            ("smtp-host", "mail.hoster.example"),
            ("smtp-port", "465"),
            ("security", "tls"),
            ("user", "anna"),
            ("imap-host", "mail.hoster.example"),
        ];
        let answers = answers.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
        let unfinished = Some(Unfinished { step: "server".to_owned(), answers });
        let mut walk = Walk::begin(Plan::Setup, &[]);
        walk.load(StoredState { unfinished, ..world::nothing() });
        walk.press("resume");
        while walk.step() != "sender" {
            walk.back();
        }
        walk.edit("address", address);
        let expected = if stays { "mail.hoster.example" } else { "" };
        assert_eq!(described(&walk)[1], expected, "{address}");
        assert_eq!((described(&walk)[5].as_str(), described(&walk)[4].as_str()), (expected, ""), "{address}");
    }
}

/// A file with two servers and a mailbox, each with a user of its own.
fn file_of_three() -> Reply {
    let server = |kind: &str, host: &str, port: &str, socket: &str, user: &str| {
        let (tag, service) =
            if kind == "imap" { ("incomingServer", "imap") } else { ("outgoingServer", "smtp") };
        format!(
            "<{tag} type=\"{service}\"><hostname>{host}</hostname><port>{port}</port>\
             <socketType>{socket}</socketType><username>{user}</username></{tag}>"
        )
    };
    let servers = [
        server("imap", "imap.verein.example", "993", "SSL", "box-%EMAILLOCALPART%"),
        server("smtp", "mail.verein.example", "465", "SSL", "one-%EMAILLOCALPART%"),
        server("smtp", "relay.verein.example", "587", "STARTTLS", "two-%EMAILLOCALPART%"),
    ];
    let text = format!("<clientConfig><emailProvider>{}</emailProvider></clientConfig>", servers.concat());
    Reply { asked: Asked::OwnFile, answer: Ok(Answer::File(text)) }
}

#[test]
fn each_server_keeps_its_user() {
    for (place, expected) in [
        (
            "program",
            ["other", "mail.verein.example", "465", "tls", "one-anna", "imap.verein.example", "box-anna"],
        ),
        (
            "seatable",
            [
                "other",
                "relay.verein.example",
                "587",
                "starttls",
                "two-anna",
                "imap.verein.example",
                "box-anna",
            ],
        ),
    ] {
        let mut walk = Walk::begin(Plan::Setup, &[("for", place)]);
        walk.load(world::nothing());
        walk.through(&[], "sender");
        walk.edit("address", ADDRESS).press("discover").next();
        hear(&mut walk, vec![file_of_three()]);
        walk.next();
        assert_eq!(described(&walk), expected, "{place}");
        let user = walk.wizard.situation().imap_user();
        assert_eq!(user, Some(User::Fixed { value: "box-anna".to_owned() }), "the account has it");
    }
}

#[test]
fn what_was_said_beforehand_stays_and_goes_with_no_other_server() {
    let given = [
        (
            &[("user", "mine"), ("smtp-port", "587")][..],
            ["other", "relay.verein.example", "587", "starttls", "mine", "imap.verein.example", "box-anna"],
        ),
        (
            &[("smtp-port", "2525")],
            ["other", "mail.verein.example", "2525", "", "one-anna", "imap.verein.example", "box-anna"],
        ),
        (
            &[("smtp-host", "relay.verein.example")],
            [
                "other",
                "relay.verein.example",
                "587",
                "starttls",
                "two-anna",
                "imap.verein.example",
                "box-anna",
            ],
        ),
        (
            &[("smtp-host", "mine.example"), ("user", "mine")],
            ["other", "mine.example", "", "", "mine", "", ""],
        ),
        (
            &[("imap-host", "mine.example")],
            ["other", "mail.verein.example", "465", "tls", "one-anna", "mine.example", ""],
        ),
    ];
    for source in [Source::Flag, Source::File] {
        for (said, expected) in &given {
            let mut answers = Answers::default();
            let asked =
                [("address", ADDRESS), ("discover", "yes"), ("for", "program"), ("method", "password")];
            for (id, text) in asked.iter().chain(*said) {
                answers.set(id, *text, source);
            }
            answers.set("password", "pass", source);
            let mut walk = Walk::answered(answers);
            walk.load(world::nothing());
            walk.through(&[], "discover").next();
            hear(&mut walk, vec![file_of_three()]);
            walk.next();
            assert_eq!(described(&walk), *expected, "{source:?} {said:?}");
        }
    }
    // The provider that was named has other servers.
    let mut walk =
        Walk::begin(Plan::Setup, &[("address", ADDRESS), ("discover", "yes"), ("smtp-host", "x.example")]);
    walk.load(world::nothing());
    walk.through(&[], "discover").next();
    hear(&mut walk, vec![google()]);
    walk.edit("found", "google_workspace").next();
    assert_eq!(described(&walk)[..2], ["other", "x.example"]);
    // Whoever names the provider on the command line does not want to be told another one.
    for (flags, expected) in [(&[("provider", "other")][..], false), (&[], true)] {
        let mut walk = Walk::begin(Plan::Setup, flags);
        walk.load(world::nothing());
        walk.through(&[], "sender");
        walk.edit("address", ADDRESS);
        assert_eq!(walk.offers("discover"), expected);
    }
}

#[test]
fn a_server_in_clear_is_told_where_there_is_no_other() {
    let text = settings_file("clear.verein.example").replace("SSL", "plain");
    let walk = asked(vec![Reply { asked: Asked::OwnFile, answer: Ok(Answer::File(text)) }]);
    assert!(walk.says("clear.verein.example"));
}
