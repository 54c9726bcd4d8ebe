//! Places as programs name them.

use super::*;

#[test]
fn a_web_service_is_told_from_a_mail_server() {
    let refused = Failure::new(Layer::Connect, "_refused");
    let services = ["oauth2.googleapis.com"].into();
    for (text, web) in [
        ("connect ECONNREFUSED 192.0.2.7:443", true),
        ("connect ECONNREFUSED 192.0.2.7:4430", false),
        ("connect ECONNREFUSED 192.0.2.7:587", false),
        ("request to https://oauth2.googleapis.com/token failed: ECONNREFUSED", true),
        ("https://oauth2.googleapis.com/token\nconnect ECONNREFUSED 192.0.2.7:587", false),
    ] {
        let at = text.find("ECONN").unwrap();
        assert_eq!(is_of_web(services, &refused, text, (at, at + 12)), web, "{text}");
    }
}

#[test]
fn the_name_is_read_as_it_was_given() {
    for (text, name, slip) in [
        ("getaddrinfo ENOTFOUND smtp.x.org", Some("smtp.x.org"), false),
        ("getaddrinfo ENOTFOUND smtp.x.org smtp.x.org:465", Some("smtp.x.org"), false),
        ("{\"message\":\"getaddrinfo ENOTFOUND smtp.x.org\"}", Some("smtp.x.org"), false),
        ("getaddrinfo ENOTFOUND smtp.x.org, trying again", Some("smtp.x.org"), false),
        ("getaddrinfo ENOTFOUND \"smtp.x.org\"", Some("\"smtp.x.org\""), true),
        ("getaddrinfo ENOTFOUND smtp.x.org,", Some("smtp.x.org,"), true),
        ("getaddrinfo ENOTFOUND smtp.x.org:587", Some("smtp.x.org:587"), true),
        ("getaddrinfo EAI_AGAIN smtp.x.org:587", Some("smtp.x.org"), false),
        ("getaddrinfo ENOTFOUND https://smtp.x.org/", Some("https://smtp.x.org/"), true),
        ("getaddrinfo ENOTFOUND 1234 1234:465", Some("1234"), true),
        ("  hostname: 'smtp.x.org ',\n", Some("smtp.x.org "), true),
        ("\"hostname\":\"smtp.x.org\",", Some("smtp.x.org"), false),
        ("No such host is known. (smtp.x.org:587)", Some("smtp.x.org"), false),
        ("dial tcp: lookup smtp.x.org on 1.1.1.1:53: no such host", Some("smtp.x.org"), false),
        ("dial tcp: lookup smtp.x.org;: no such host", Some("smtp.x.org;"), true),
        ("UnknownHostException: smtp.x.org: Name or service not known", Some("smtp.x.org"), false),
        ("php_network_getaddresses: getaddrinfo for ssl://x failed: Name", Some("ssl://x"), true),
        ("ENOTFOUND <my server>", Some("<my"), false),
        ("nothing", None, false),
    ] {
        assert_eq!(asked(text), name, "{text}");
        assert_eq!(name.is_some_and(is_slip), slip, "{text}");
    }
}

#[test]
fn a_name_that_nobody_filled_in_is_none() {
    for (name, is_one) in [
        ("${SMTP_HOST}", true),
        ("\"${SMTP_HOST:-mail}\"", true),
        ("{{ smtp_host }}", true),
        ("%SMTP_HOST%", true),
        ("$(SMTP_HOST)", true),
        ("$SMTP_HOST", true),
        ("$1", false),
        ("${}", false),
        ("smtp.$DOMAIN", false),
        ("smtp.example.org", false),
    ] {
        assert_eq!(is_placeholder(name), is_one, "{name}");
    }
    let text = "getaddrinfo ENOTFOUND \"${SMTP_HOST}\"";
    let failure = Failure::new(Layer::Resolve, "_not_found");
    let told = finer(&failure, text, (12, 21));
    assert_eq!(told, Some(("_placeholder", Some("${SMTP_HOST}".to_owned()))));
}

#[test]
fn the_own_computer_is_known_where_it_is_the_server() {
    for (text, local) in [
        ("connect ECONNREFUSED 127.0.0.1:587", true),
        ("connect ECONNREFUSED ::1:25", true),
        ("dial tcp [::1]:587: connect: connection refused", true),
        ("Connection refused - connect(2) for \"localhost\" port 25", true),
        ("connect ECONNREFUSED 127.0.0.1:2525", true),
        ("connect ECONNREFUSED 127.0.0.1:1025", false),
        ("connect to 192.0.2.7[192.0.2.7]:587: connection refused, from 127.0.0.1", false),
        ("Jan 1 00:00:00 localhost postfix/smtp[1]: Connection refused", false),
        ("http://127.0.0.1:8080/?code=x connection refused", false),
        ("smtp.x.org: connection refused, from localhost:25", false),
    ] {
        assert_eq!(is_local(text), local, "{text}");
    }
}

#[test]
fn a_domain_that_does_not_exist_is_told_from_a_look_up_that_failed() {
    for (text, name) in [
        ("Name service error for name=x.org type=AAAA: Host not found)", Some("x.org")),
        ("Name service error for name=x.org type=MX: Host not found, try again)", None),
        ("Name service error for name=smtp type=MX: Host not found, try again)", Some("smtp")),
        ("Name service error for name=x.org type=MX: Malformed or unexpected name server reply", None),
    ] {
        assert_eq!(unknown_domain(text), name, "{text}");
    }
}

#[test]
fn the_domain_of_the_recipient_is_no_server_of_the_sender() {
    let line =
        |to: &str| format!("postfix/smtp[1]: A1: to=<{to}>, relay=none, (Name service error for name=x.org)");
    for (to, name, is_of) in [
        ("a@x.org", "x.org", true),
        ("a@X.org", "x.org", true),
        ("a@b.org", "x.org", false),
        ("a@mail.x.org", "x.org", false),
        ("a", "x.org", false),
    ] {
        assert_eq!(is_of_recipient(&line(to), name), is_of, "{to}");
    }
    assert!(!is_of_recipient("connect to x.org failed", "x.org"));
    assert!(surely_takes_mail("Gmail.com") && !surely_takes_mail("gmial.com"));
}

#[test]
fn an_address_of_an_own_network_is_seen_from_inside() {
    for (said, inside) in [
        ("spf fail. see why?id=x;ip=172.18.0.1;r=y", true),
        ("ip=10.0.0.2", true),
        ("ip=127.0.0.1", true),
        ("ip=fd00::1;", true),
        ("ip=172.32.0.1", false),
        ("ip=198.51.100.1", false),
        ("ip=2001:db8::1", false),
        ("ip=x", false),
        ("from 10.0.0.2", false),
        ("cannot find your hostname, [172.19.0.1]", true),
        ("cannot find your hostname, [198.51.100.1]", false),
    ] {
        assert_eq!(is_seen_from_inside(said), inside, "{said}");
    }
}

#[test]
fn addresses_are_told_apart() {
    for (text, six, four) in [
        ("connect EHOSTUNREACH 2607:f8b0:4002:c0f::6d:465", true, false),
        ("connect to x[2a00:1450:4013:c03::6d]:587: Network", true, false),
        ("Errno::ENETUNREACH at 12:25:10", false, false),
        ("connect ENETUNREACH 192.0.2.7:587", false, true),
        ("::1 and 127.0.0.1", false, false),
    ] {
        assert_eq!(addresses(text).any(|address| is_outside_ipv6(&address)), six, "{text}");
        assert_eq!(names_ipv4(text), four, "{text}");
    }
}
