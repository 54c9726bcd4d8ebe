use super::*;
use crate::guide::providers;

const DOMAIN: &str = "example.org";

fn address() -> Address {
    Address::parse("anna@example.org").unwrap()
}

fn mx(hosts: &[&str]) -> Reply {
    let found =
        hosts.iter().zip(10..).map(|(host, preference)| Exchanger { preference, host: (*host).to_owned() });
    Reply { asked: Asked::Mx, answer: Ok(Answer::Exchangers(found.collect())) }
}

fn srv(asked: Asked, places: &[(u16, u16, u16, &str)]) -> Reply {
    let place = |&(priority, weight, port, target): &(u16, u16, u16, &str)| Place {
        priority,
        weight,
        port,
        target: target.to_owned(),
    };
    Reply { asked, answer: Ok(Answer::Places(places.iter().map(place).collect())) }
}

fn file(text: &str) -> Reply {
    Reply { asked: Asked::OwnFile, answer: Ok(Answer::File(text.to_owned())) }
}

/// A settings file with these servers.
fn with(servers: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"x\">{servers}\
         </emailProvider></clientConfig>"
    )
}

fn smtp(host: &str, port: &str, socket: &str, user: &str) -> String {
    format!(
        "<outgoingServer type=\"smtp\"><hostname>{host}</hostname><port>{port}</port>\
         <socketType>{socket}</socketType><username>{user}</username></outgoingServer>"
    )
}

fn found(replies: Vec<Reply>) -> Recognition {
    let heard: Vec<Heard> = replies.into_iter().map(|reply| Heard::of(reply, &address())).collect();
    recognise(DOMAIN, &heard, &providers::embedded().unwrap())
}

fn names(found: &Recognition) -> (Standing, Vec<&str>) {
    (found.standing, found.candidates.iter().map(Candidate::id).collect())
}

#[test]
fn the_exchangers_tell_a_provider_and_no_more_than_a_guess() {
    for (hosts, expected) in [
        (&["aspmx.l.google.com", "alt1.aspmx.l.google.com"][..], Some("google_workspace")),
        (&["smtp.google.com"], Some("google_workspace")),
        (&["example-org.mail.protection.outlook.com"], Some("microsoft365")),
        (&["mx-aol.mail.gm0.yahoodns.net"], Some("aol")),
        (&["mta5.am0.yahoodns.net"], Some("yahoo")),
        (&["in1-smtp.messagingengine.com"], Some("fastmail")),
        (&["mail.protonmail.ch"], Some("proton_smtp")),
        (&["mx01.ionos.de"], Some("ionos")),
        // A filter of somebody else may stand in front.
        (&["filter.example.net", "aspmx.l.google.com"], Some("google_workspace")),
        (&["mail.example.org"], None),
        (&["aspmx.l.google.com.example.net"], None),
        (&["notsmtp.google.com"], None),
    ] {
        let found = found(vec![mx(hosts)]);
        let standing = if expected.is_some() { Standing::Guess } else { Standing::Nothing };
        assert_eq!(names(&found), (standing, expected.into_iter().collect()), "{hosts:?}");
    }
}

#[test]
fn a_server_in_the_domain_is_certain_and_one_elsewhere_a_guess() {
    for (target, standing) in [
        ("mail.example.org", Standing::Certain),
        ("example.org", Standing::Certain),
        ("mail.hoster.example", Standing::Guess),
        ("mail.notexample.org", Standing::Guess),
        ("example.org.hoster.example", Standing::Guess),
    ] {
        let found = found(vec![srv(Asked::Submissions, &[(0, 1, 465, target)])]);
        assert_eq!(names(&found), (standing, vec![target]));
    }
}

#[test]
fn the_server_that_is_written_down_is_the_one_that_most_clients_go_to() {
    let found = found(vec![
        srv(
            Asked::Submissions,
            &[(20, 9, 465, "c.example.org"), (10, 1, 465, "b.example.org"), (10, 5, 4650, "a.example.org")],
        ),
        srv(Asked::Submission, &[(0, 0, 587, "a.example.org")]),
        srv(Asked::Imaps, &[(0, 0, 993, "imap.example.org")]),
    ]);
    let Who::Servers(settings) = &found.candidates[0].who else { panic!("{found:?}") };
    let ways: Vec<_> = settings
        .smtp
        .iter()
        .map(|one| &one.server)
        .map(|one| (one.host.as_str(), one.port, one.security))
        .collect();
    assert_eq!(ways, [("a.example.org", 4650, Security::Tls), ("a.example.org", 587, Security::StartTls)]);
    assert_eq!(settings.imap.as_ref().map(|one| one.server.host.as_str()), Some("imap.example.org"));
    assert_eq!(found.candidates[0].sources, [Asked::Submissions, Asked::Submission]);
}

#[test]
fn what_is_decidedly_not_there_is_told() {
    for (reply, expected) in [
        (mx(&[""]), Said::NoMail),
        (mx(&["", "mail.example.org"]), Said::NoMail),
        (mx(&[]), Said::Nothing),
        (srv(Asked::Submission, &[(0, 0, 0, "")]), Said::NotOffered),
        (srv(Asked::Submission, &[]), Said::Nothing),
    ] {
        let heard = Heard::of(reply, &address());
        assert_eq!(heard.said, Ok(expected));
        assert_eq!(names(&recognise(DOMAIN, &[heard], &[])), (Standing::Nothing, vec![]));
    }
}

/// `smtp.` and the domain is a guess that nobody asked for.
#[test]
fn nothing_is_made_up() {
    let failed = Reply { asked: Asked::Mx, answer: Err(Failure::new(Layer::Discover, "_timeout")) };
    let nothing = Reply { asked: Asked::OwnFile, answer: Ok(Answer::Nothing) };
    let imap = srv(Asked::Imaps, &[(0, 0, 993, "imap.example.org")]);
    let found = found(vec![failed, nothing, mx(&["mail.example.org"]), imap]);
    assert_eq!(names(&found), (Standing::Nothing, vec![]));
}

#[test]
fn a_file_from_the_domain_is_certain_and_makes_a_guess_certain() {
    let own = || file(&with(&smtp("mail.hoster.example", "465", "SSL", "%EMAILADDRESS%")));
    assert_eq!(names(&found(vec![own()])), (Standing::Certain, vec!["mail.hoster.example"]));
    let guess = srv(Asked::Submissions, &[(0, 0, 465, "mail.hoster.example")]);
    let found_both = found(vec![guess, own()]);
    assert_eq!(names(&found_both), (Standing::Certain, vec!["mail.hoster.example"]));
    assert_eq!(found_both.candidates[0].sources, [Asked::Submissions, Asked::OwnFile]);
    let office = file(&with(&smtp("smtp.office365.com", "587", "STARTTLS", "")));
    let mx = mx(&["example-org.mail.protection.outlook.com"]);
    assert_eq!(names(&found(vec![mx, office])), (Standing::Certain, vec!["microsoft365"]));
    // Gmail and Google Workspace have the same servers; somebody's own domain is of the second.
    let google = file(&with(&smtp("smtp.gmail.com", "587", "STARTTLS", "")));
    assert_eq!(names(&found(vec![google])), (Standing::Certain, vec!["google_workspace"]));
}

#[test]
fn who_is_named_twice_and_differently_is_a_conflict() {
    let google = || mx(&["aspmx.l.google.com"]);
    let own = file(&with(&smtp("mail.example.org", "465", "SSL", "")));
    let expected = vec!["google_workspace", "mail.example.org"];
    assert_eq!(names(&found(vec![google(), own])), (Standing::Conflict, expected.clone()));
    let srv = srv(Asked::Submission, &[(0, 0, 587, "mail.example.org")]);
    assert_eq!(names(&found(vec![google(), srv])), (Standing::Conflict, expected));
}

#[test]
fn a_file_is_read_as_it_is_meant() {
    let text = with(&format!(
        "<domain>example.org</domain><displayName>Caf\u{e9} &amp; Co</displayName>\
         <incomingServer type=\"pop3\"><hostname>pop.example.org</hostname><port>995</port>\
         <socketType>SSL</socketType></incomingServer>\
         <incomingServer type='imap'><hostname>IMAP.%EMAILDOMAIN%</hostname><port> 993\n</port>\
         <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>{}{}{}",
        smtp("plain.example.org", "25", "plain", "x"),
        smtp("smtp&#46;example.org.", "465", "SSL", "%EMAILLOCALPART%"),
        smtp("smtp.example.org", "587", "STARTTLS", "%EMAILADDRESS%")
    ));
    let Ok(Said::File(settings)) = Heard::of(file(&text), &address()).said else { panic!("{text}") };
    let server = |host: &str, port, security, user: &str| {
        let server = Server { host: host.to_owned(), port, security };
        Named { server, user: Some(user.to_owned()) }
    };
    assert_eq!(
        settings,
        Settings {
            smtp: vec![
                server("smtp.example.org", 465, Security::Tls, "anna"),
                server("smtp.example.org", 587, Security::StartTls, "anna@example.org")
            ],
            imap: Some(server("imap.example.org", 993, Security::Tls, "anna@example.org")),
            in_clear: vec!["plain.example.org".to_owned()],
        }
    );
}

#[test]
fn what_to_sign_in_as_is_taken_where_it_can_be_told() {
    for (text, expected) in [
        ("", None),
        ("%EMAILADDRESS%", Some("anna@example.org")),
        ("%EMAILLOCALPART%@%EMAILDOMAIN%", Some("anna@example.org")),
        ("%EMAILLOCALPART%", Some("anna")),
        ("x-%EMAILLOCALPART%", Some("x-anna")),
        ("%EMAILHOST%", None),
        ("two words", None),
        ("\u{202e}anna", None),
    ] {
        let text = with(&smtp("smtp.example.org", "465", "SSL", text));
        let Ok(Said::File(settings)) = Heard::of(file(&text), &address()).said else { panic!("{text}") };
        assert_eq!(settings.smtp[0].user.as_deref(), expected, "{text}");
    }
}

#[test]
fn a_hostile_file_is_refused() {
    let good = smtp("smtp.example.org", "465", "SSL", "");
    let deep = format!("<clientConfig>{}", "<a>".repeat(100_000));
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
                <clientConfig><emailProvider>&b;</emailProvider></clientConfig>";
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><clientConfig/>";
    let entity = with(&smtp("smtp.&host;.org", "465", "SSL", ""));
    let in_attribute = with("<outgoingServer type=\"&x;\"></outgoingServer>");
    for (text, code) in [
        ("", "_not_autoconfig"),
        ("no xml at all", "_not_autoconfig"),
        ("<html/>", "_not_autoconfig"),
        ("<!DOCTYPE html>\n<html lang=en><p>No end", "_not_autoconfig"),
        (
            "<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><html>",
            "_not_autoconfig",
        ),
        ("<!DOCTYPE htmlx><html>", "_doctype"),
        ("<html><body>Welcome</body></html>", "_not_autoconfig"),
        ("<clientConfig>", "_not_xml"),
        ("<clientConfig></other>", "_not_xml"),
        ("<clientConfig", "_not_xml"),
        ("<clientConfig/>", "_no_server"),
        (bomb, "_doctype"),
        (outside, "_doctype"),
        (&entity, "_entity"),
        (&in_attribute, "_entity"),
        (&deep, "_not_autoconfig"),
        (&with(&good.replace("smtp\"", "smtp2\"")), "_no_server"),
        (&with(&good.replace("465", "0")), "_no_server"),
        (&with(&good.replace("465", "99999")), "_no_server"),
        (&with(&good.replace("SSL", "plain")), "_no_server"),
        (&with(&good.replace("smtp.example.org", "192.0.2.1")), "_no_server"),
        (&with(&good.replace("smtp.example.org", "a b.example.org")), "_no_server"),
        (&with(&good.replace("smtp.example.org", "smtp.example.org/x")), "_no_server"),
        (&with(&good.replace("smtp.example.org", "sm\u{202e}tp.example.org")), "_no_server"),
        (&with(&good.replace("smtp.example.org", "%OTHER%.example.org")), "_no_server"),
        (&with(&good.replace("smtp.example.org", &"a.".repeat(200))), "_no_server"),
        (&good, "_not_autoconfig"),
    ] {
        let said = Heard::of(file(text), &address()).said;
        let failure = said.expect_err(&text.chars().take(200).collect::<String>());
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Discover, code), "{text:.200}");
        assert_eq!(failure.detail(ASKED), Some("https://autoconfig.example.org/mail/config-v1.1.xml"));
    }
}

/// The servers of the only candidate, and whether it can be believed.
fn servers(found: &Recognition) -> (Standing, Settings) {
    let [Candidate { who: Who::Servers(settings), .. }] = found.candidates.as_slice() else {
        panic!("{found:?}")
    };
    (found.standing, settings.clone())
}

fn hosts(named: &[Named]) -> Vec<String> {
    named.iter().map(|one| format!("{}:{}", one.server.host, one.server.port)).collect()
}

/// Whoever forges the DNS names the right server beside a wrong one.
#[test]
fn a_server_is_not_believed_for_the_company_it_keeps() {
    let own = || file(&with(&smtp("mail.example.org", "465", "SSL", "%EMAILLOCALPART%")));
    let first = || srv(Asked::Submissions, &[(0, 0, 465, "mail.example.org")]);
    let forged = srv(Asked::Submission, &[(0, 0, 587, "evil.example.net")]);
    let imap = srv(Asked::Imaps, &[(0, 0, 993, "evil.example.net")]);
    let found_all = found(vec![first(), forged, imap, own()]);
    let (standing, settings) = servers(&found_all);
    assert_eq!(
        (standing, hosts(&settings.smtp)),
        (Standing::Certain, vec!["mail.example.org:465".to_owned()])
    );
    assert_eq!(settings.imap, None);
    let sources = [Asked::Submissions, Asked::Submission, Asked::OwnFile];
    assert_eq!(found_all.candidates[0].sources, sources);
    // What both say and can be believed in is kept, and one signs in at all ports of a host as the same.
    let second = srv(Asked::Submission, &[(0, 0, 587, "mail.example.org")]);
    let (standing, settings) = servers(&found(vec![first(), second, own()]));
    assert_eq!(standing, Standing::Certain);
    assert_eq!(hosts(&settings.smtp), ["mail.example.org:465", "mail.example.org:587"]);
    assert!(settings.smtp.iter().all(|one| one.user.as_deref() == Some("anna")), "{settings:?}");
}

#[test]
fn a_mailbox_is_where_the_domain_is_or_where_the_person_sees_it() {
    for (smtp, imap, is_taken) in [
        ("mail.example.org", "imap.example.org", true),
        ("mail.example.org", "evil.example.net", false),
        ("mail.hoster.example", "mail.hoster.example", true),
        ("mail.hoster.example", "evil.example.net", false),
        ("mail.hoster.example", "imap.example.org", true),
    ] {
        let replies =
            vec![srv(Asked::Submissions, &[(0, 0, 465, smtp)]), srv(Asked::Imaps, &[(0, 0, 993, imap)])];
        let (_, settings) = servers(&found(replies));
        assert_eq!(settings.imap.is_some(), is_taken, "{smtp} {imap}");
    }
}

#[test]
fn a_service_is_where_a_server_can_be() {
    let long = "a.".repeat(130) + "example.org";
    for (port, target) in [
        (465, "192.0.2.1"),
        (465, "[2001:db8::1]"),
        (465, "a..example.org"),
        (465, long.as_str()),
        (0, "mail.example.org"),
    ] {
        let alone = Heard::of(srv(Asked::Submissions, &[(0, 0, port, target)]), &address());
        assert_eq!(alone.said, Ok(Said::Nothing), "{target}:{port}");
        let places = [(0, 0, port, target), (9, 0, 465, "good.example.org")];
        let (_, settings) = servers(&found(vec![srv(Asked::Submissions, &places)]));
        assert_eq!(hosts(&settings.smtp), ["good.example.org:465"], "{target}:{port}");
    }
}

#[test]
fn of_elements_that_are_repeated_the_first_counts() {
    let server = smtp("mail.example.org", "465", "SSL", "%EMAILLOCALPART%");
    for (first, both) in [
        ("<hostname>mail.example.org</hostname>", "<hostname>smtp.example.org</hostname>"),
        ("<port>465</port>", "<port>7</port>"),
        ("<socketType>SSL</socketType>", "<socketType>STARTTLS</socketType>"),
        ("<username>%EMAILLOCALPART%</username>", "<username>x</username>"),
    ]
    .map(|(first, second)| (first, format!("{first}{second}")))
    {
        let once = Heard::of(file(&with(&server)), &address()).said;
        let twice = Heard::of(file(&with(&server.replace(first, &both))), &address()).said;
        assert!(once.is_ok());
        assert_eq!(once, twice, "{both}");
    }
    for host in ["mail.example.org<br/>smtp.example.org", "mail.<!-- one -->example.org"] {
        let text = with(&server.replace("mail.example.org", host));
        let Ok(Said::File(settings)) = Heard::of(file(&text), &address()).said else { panic!("{text}") };
        assert_eq!(hosts(&settings.smtp), ["mail.example.org:465"], "{host}");
    }
}

#[test]
fn a_file_that_names_none_but_servers_in_clear_says_which() {
    let text = with(&format!(
        "{}{}",
        smtp("one.example.org", "25", "plain", ""),
        smtp("two.example.org", "25", "plain", "")
    ));
    let failure = Heard::of(file(&text), &address()).said.expect_err("no server");
    assert_eq!(
        (failure.code.as_str(), failure.detail(IN_CLEAR)),
        ("_no_server", Some("one.example.org two.example.org"))
    );
}
