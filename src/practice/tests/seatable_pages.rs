//! SeaTable's pages, as a browser and its person use them.

use super::{
    client::{ANNA, Answer, description, get, oauth_client, password, post, start},
    seatable_client::Client,
};
use crate::{
    model::{language::Language, method::SendVia},
    practice::{Fault, Options, Practice},
};

fn page(practice: &Practice, path: &str) -> String {
    format!("{}{path}", practice.pages_url().trim_end_matches('/'))
}

fn base(practice: &Practice, name: &str) -> String {
    page(practice, &format!("/seatable/0/{}", Client::new(practice).uuid(name)))
}

fn submit(practice: &Practice, fields: &[(&str, &str)]) -> Answer {
    post(practice, &page(practice, "/form"), fields)
}

/// Presses the envelope of an account.
fn send(practice: &Practice, shown: &Answer, account: usize) -> Answer {
    let rest = shown.body.split("name=\"try\" value=\"").nth(account + 1).expect("an envelope");
    let id = rest.split('"').next().unwrap();
    submit(practice, &[("form", shown.form(0)), ("try", id)])
}

#[test]
fn a_person_finds_what_they_need() {
    let practice = start(&[]);
    assert!(get(&practice, &practice.pages_url()).body.contains("href=\"/seatable\""));
    let shown = get(&practice, &page(&practice, "/seatable")).body;
    assert!(shown.contains(&practice.seatable_url()) && shown.contains("6.1.6"), "{shown}");
    for number in 0..2 {
        let person = Client::of(&practice, number).person;
        for key in ["address", "password", "account_token", "code"] {
            assert!(person[key].as_str().is_none_or(|text| shown.contains(text)), "{number} {key}");
        }
    }
    assert!(shown.contains("Orders</a>") && shown.contains("Accounting</a>"), "{shown}");
    assert_eq!(get(&practice, &page(&practice, "/seatable/0/none")).status, 404);
    assert_eq!(get(&practice, &page(&practice, "/seatable/9/none")).status, 404);
    let not_hers = page(&practice, &format!("/seatable/0/{}", Client::of(&practice, 1).uuid("Orders")));
    assert_eq!(get(&practice, &not_hers).status, 404);
}

#[test]
fn a_person_adds_an_account_with_a_password_and_sends_a_test() {
    let practice = start(&[]);
    let shown = get(&practice, &base(&practice, "Orders"));
    let port = description(&practice)["smtp"]["starttls_port"].to_string();
    assert!(shown.body.contains(&port), "the port is told: {}", shown.body);
    let fields = [
        ("form", shown.form(0)),
        ("provider", "GeneralEmailProvider"),
        ("name", "<Mail>"),
        ("host", "127.0.0.1"),
        ("port", &port),
        ("user", ANNA),
        ("password", &password(&practice)),
        ("sender_name", ""),
    ];
    let added = submit(&practice, &fields);
    assert!(added.body.contains("The account &lt;Mail&gt; is added."), "{}", added.body);
    assert!(!added.body.contains(&password(&practice)), "a password does not come back");
    let sent = send(&practice, &added, 0);
    assert!(sent.body.contains(&format!("A message to {ANNA} is sent.")), "{}", sent.body);
    let [delivery] = &practice.deliveries()[..] else { panic!("not one message") };
    assert_eq!((delivery.envelope.to[0].as_str(), delivery.via), (ANNA, SendVia::Smtp));
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_person_adds_an_account_by_consent_and_sends_a_test() {
    for (fault, username) in [(None, false), (Some(Fault::SeatableBefore61), true)] {
        let practice = start(&fault.into_iter().collect::<Vec<_>>());
        let shown = get(&practice, &base(&practice, "Events"));
        assert_eq!(shown.body.matches("name=\"user\"").count(), if username { 2 } else { 1 }, "{fault:?}");
        let client = oauth_client(&practice, "web");
        let mut fields = vec![
            ("form", shown.form(1)),
            ("provider", "Gmail"),
            ("name", "Gmail"),
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
            ("account", ANNA),
        ];
        fields.extend(username.then_some(("user", "me")));
        let added = submit(&practice, &fields);
        assert!(added.body.contains("The account Gmail is added."), "{}", added.body);
        let sent = send(&practice, &added, 0);
        assert!(sent.body.contains("is sent."), "{}", sent.body);
        assert_eq!(practice.deliveries()[0].via, SendVia::Api);
        assert_eq!(practice.complaints(), [""; 0]);
    }
}

#[test]
fn what_seatable_refuses_is_told() {
    let practice = start(&[]);
    let shown = get(&practice, &base(&practice, "Orders"));
    let client = oauth_client(&practice, "desktop");
    let fields = [
        ("form", shown.form(1)),
        ("provider", "Gmail"),
        ("name", "Gmail"),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
        ("account", ANNA),
    ];
    let refused = submit(&practice, &fields);
    assert!(refused.body.contains("SeaTable says: Failure to request token"), "{}", refused.body);
    let fields = [
        ("form", refused.form(0)),
        ("name", "Mail"),
        ("host", "127.0.0.1"),
        ("port", "1"),
        ("user", ANNA),
        ("password", "wrong"),
    ];
    let added = submit(&practice, &fields);
    let failed = send(&practice, &added, 0);
    assert!(failed.body.contains("Third-party account authorization failure"), "{}", failed.body);
    let member = get(&practice, &base(&practice, "Accounting"));
    assert!(
        member.body.contains("Only who administers") && !member.body.contains("<form"),
        "{}",
        member.body
    );
    let old = start(&[Fault::SeatableBefore52]);
    let shown = get(&old, &base(&old, "Orders")).body;
    assert!(!shown.contains("Client key"), "{shown}");
}

/// More of them than forms may be open at once, and a page of something else that stays open meanwhile.
#[test]
fn a_page_with_many_accounts_spoils_no_other() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let other = get(&practice, &base(&practice, "Events"));
    for number in 0..300 {
        let added =
            client.add("Orders", &format!("Mail {number}"), &serde_json::json!({ "sender_email": ANNA }));
        assert_eq!(added.status, 201);
    }
    let shown = get(&practice, &base(&practice, "Orders"));
    assert_eq!(shown.body.matches("name=\"try\"").count(), 300);
    for account in [0, 299] {
        let shown = get(&practice, &base(&practice, "Orders"));
        let sent = send(&practice, &shown, account);
        assert!(sent.body.contains("Third-party account is invalid"), "{account}");
        assert_eq!(send(&practice, &shown, account).status, 403, "a form works once");
    }
    let added = submit(&practice, &[("form", other.form(0)), ("name", "Mail"), ("host", "127.0.0.1")]);
    assert!(added.body.contains("The account Mail is added."), "{}", added.body);
}

#[test]
fn every_word_is_there_in_every_language() {
    for language in Language::ALL {
        for fault in [Fault::SeatableBefore52, Fault::SeatableBefore61, Fault::SeatableNameTaken] {
            let options = Options { language, faults: vec![fault], ..Options::default() };
            let practice = Practice::start(options).unwrap();
            for address in
                [page(&practice, "/seatable"), base(&practice, "Orders"), base(&practice, "Library")]
            {
                let answer = get(&practice, &address);
                assert_eq!(answer.status, 200);
                assert!(!answer.body.contains("practice.seatable"), "{}", answer.body);
                assert!(!answer.body.contains('{') || !answer.body.contains("_label}"), "{}", answer.body);
                assert!(!answer.body.contains("<script") && !answer.body.contains("src="), "{}", answer.body);
            }
        }
    }
}
