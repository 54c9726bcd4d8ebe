//! SeaTable: sending with what is stored.

use serde_json::{Value, json};

use super::{
    client::{ANNA, BEN, SEND, description, grant, oauth_client, password, start},
    seatable_client::{Client, accounts, status},
};
use crate::{
    model::{address::Address, method::SendVia},
    practice::{Fault, Options, Practice},
};

fn version(version: &str) -> Practice {
    Practice::start(Options { seatable_version: Some(version.to_owned()), ..Options::default() }).unwrap()
}

/// An account with anna's app password.
fn general(practice: &Practice) -> Value {
    json!({
        "email_provider": "GeneralEmailProvider",
        "email_host": "127.0.0.1",
        "email_port": description(practice)["smtp"]["starttls_port"],
        "host_user": ANNA,
        "password": password(practice),
        "sender_name": "Änna",
    })
}

/// An account with anna's consent, for every version that knows OAuth.
fn gmail(practice: &Practice) -> Value {
    let client = oauth_client(practice, "web");
    json!({
        "email_provider": "Gmail",
        "client_id": client.id,
        "client_secret": client.secret,
        "refresh_token": grant(practice, &[("scope", SEND)])["refresh_token"],
        "token_url": description(practice)["oauth"]["token_url"],
        "scopes": [SEND],
        "host_user": "me",
        "sender_email": ANNA,
        "sender_name": "Anna",
    })
}

fn without(detail: &Value, key: &str) -> Value {
    let mut detail = detail.clone();
    detail.as_object_mut().unwrap().remove(key);
    detail
}

fn with(detail: &Value, key: &str, value: Value) -> Value {
    let mut detail = detail.clone();
    detail[key] = value;
    detail
}

/// What a program learns when it sends with this account.
fn outcome(practice: &Practice, detail: &Value) -> (u16, String) {
    let client = Client::new(practice);
    let name = format!("Account {}", practice.seatable_accounts(client.uuid("Orders")).len());
    assert_eq!(client.add("Orders", &name, detail).status, 201);
    let answer = client.send("Orders", &name);
    if answer.status == 200 { (200, String::new()) } else { answer.refusal() }
}

fn sent() -> (u16, String) {
    (200, String::new())
}

/// How SeaTable from 6.0 on tells what it calls 400, and 401 or 404.
fn untold() -> (u16, String) {
    (400, "task_id invalid.".to_owned())
}

fn broken() -> (u16, String) {
    (500, "Internal Server Error.".to_owned())
}

#[test]
fn a_password_sends_over_smtp() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    client.add("Orders", "Mail", &general(&practice));
    let answer = client.send_as(
        "Orders",
        "Mail",
        &json!({
            "send_to": [format!("\"Ben\" <{BEN}>")],
            "copy_to": [ANNA],
            "html_message": "<p>Hello</p>",
            "need_message_id": true,
        }),
    );
    assert_eq!(answer.json(), json!({ "is_finished": true }));
    let [delivery] = &practice.deliveries()[..] else { panic!("not one message") };
    assert_eq!((delivery.envelope.from.as_str(), delivery.via), (ANNA, SendVia::Smtp));
    let to: Vec<_> = delivery.envelope.to.iter().map(Address::as_str).collect();
    assert_eq!(to, [BEN, ANNA]);
    let text = String::from_utf8(delivery.message.clone()).unwrap();
    assert!(text.contains("@seatable.com>") && text.contains("multipart/alternative"), "{text}");
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_consent_sends_through_the_gmail_api() {
    for practice in [version("5.2.0"), version("6.0.5"), version("6.1.6"), version("7.0.4")] {
        assert_eq!(outcome(&practice, &gmail(&practice)), sent());
        let [delivery] = &practice.deliveries()[..] else { panic!("not one message") };
        assert_eq!((delivery.envelope.from.as_str(), delivery.via), (ANNA, SendVia::Api));
        let kept = &practice.seatable_accounts(Client::new(&practice).uuid("Orders"))[0].detail;
        assert!(kept["access_token"].as_str().unwrap().starts_with("ya29."), "the token is kept");
        assert!(kept["expires_at"].is_u64());
        assert_eq!(practice.complaints(), [""; 0]);
    }
}

#[test]
fn an_end_is_told_once_and_a_task_can_be_dropped() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    client.add("Orders", "Mail", &general(&practice));
    let path = format!("/api/v2.1/dtable-message/{}/email/", client.uuid("Orders"));
    let body = json!({ "account_name": "Mail", "send_to": [BEN], "subject": "Hello", "message": "Hello", "need_message_id": true });
    let begun = client.json("POST", &path, &body).json();
    assert!(begun["message_id"].as_str().unwrap().ends_with("@seatable.com>"), "{begun}");
    let task = begun["task_id"].as_str().unwrap();
    assert_eq!(client.wait(task).json(), json!({ "is_finished": true }));
    assert_eq!(client.get(&status(task)).refusal(), untold());
    let begun = client.json("POST", &path, &body).json();
    let task = begun["task_id"].as_str().unwrap();
    assert_eq!(client.delete(&status(task)).json(), json!({ "success": true }));
    assert_eq!(client.delete(&status(task)).refusal(), untold());
    assert_eq!(client.get(&status("unknown")).refusal(), untold());
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_message_that_is_sent_twice_and_unknown_fields_are_noted() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    client.add("Orders", "Mail", &general(&practice));
    let path = format!("/api/v2.1/dtable-message/{}/email/", client.uuid("Orders"));
    let body = json!({ "account_name": "Mail", "send_to": [BEN], "subject": "Hello", "message": "Hello" });
    let send = |body: &Value| client.json("POST", &path, body).json()["task_id"].as_str().unwrap().to_owned();
    let first = send(&body);
    let other = send(&with(&body, "subject", json!("Again")));
    assert_eq!(client.wait(&first).status, 200);
    assert_eq!(client.wait(&other).status, 200);
    let again = send(&body);
    assert_eq!(practice.complaints(), [""; 0], "the end of the first one is known");
    let twice = send(&body);
    let unknown = send(&with(&body, "cc", json!([ANNA])));
    assert_eq!(
        practice.complaints(),
        [
            "SeaTable: a message is sent again before its task was asked for its end",
            "SeaTable: a message has a field that SeaTable does not know: \"cc\"",
        ]
    );
    for task in [again, twice, unknown] {
        assert_eq!(client.wait(&task).status, 200);
    }
}

#[test]
fn what_smtp_needs_is_checked() {
    let practice = start(&[]);
    let good = general(&practice);
    for key in ["email_host", "email_port", "host_user", "password"] {
        assert_eq!(outcome(&practice, &without(&good, key)), untold(), "{key}");
    }
    assert_eq!(outcome(&practice, &with(&good, "password", json!("wrong"))), broken());
    assert_eq!(
        outcome(&practice, &with(&good, "email_host", json!("smtp.gmail.com"))),
        broken(),
        "elsewhere"
    );
    assert_eq!(outcome(&practice, &with(&good, "sender_email", json!(BEN))), untold(), "of somebody else");
    assert_eq!(outcome(&practice, &with(&good, "email_provider", json!("Microsoft"))), untold());
    // What says nothing of its provider is of this kind, and the text of a number is a port.
    let port = json!(good["email_port"].to_string());
    assert_eq!(outcome(&practice, &with(&without(&good, "email_provider"), "email_port", port)), sent());
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn a_port_that_begins_with_tls_fails() {
    let practice = start(&[]);
    let detail = with(&general(&practice), "email_port", description(&practice)["smtp"]["tls_port"].clone());
    assert_eq!(outcome(&practice, &detail), broken());
    assert_eq!(practice.deliveries(), []);
}

#[test]
fn what_oauth_needs_is_checked() {
    let practice = start(&[]);
    let good = gmail(&practice);
    for key in ["client_id", "client_secret", "refresh_token", "token_url", "scopes", "sender_email"] {
        assert_eq!(outcome(&practice, &without(&good, key)), untold(), "{key}");
    }
    assert_eq!(outcome(&practice, &with(&good, "scopes", json!(SEND))), untold(), "no list");
    assert_eq!(outcome(&practice, &with(&good, "refresh_token", json!("1//0dead"))), untold());
    let elsewhere = json!("https://oauth2.googleapis.com/token");
    assert_eq!(outcome(&practice, &with(&good, "token_url", elsewhere)), untold(), "elsewhere");
    assert_eq!(outcome(&practice, &without(&good, "host_user")), sent());
    assert_eq!(practice.complaints(), [""; 0]);
    let practice = version("6.0.5");
    let good = gmail(&practice);
    assert_eq!(outcome(&practice, &without(&good, "host_user")), untold());
    let address = with(&without(&good, "sender_email"), "host_user", json!(ANNA));
    assert_eq!(outcome(&practice, &address), sent());
    assert_eq!(outcome(&practice, &without(&good, "sender_email")), untold(), "me is no address");
    assert_eq!(outcome(&practice, &with(&good, "host_user", json!(BEN))), untold(), "another's mailbox");
}

#[test]
fn old_versions_have_other_words() {
    let practice = start(&[Fault::SeatableBefore52]);
    let good = general(&practice);
    let said = |detail: &Value| outcome(&practice, detail).1;
    assert_eq!(said(&gmail(&practice)), "Third-party account is invalid");
    assert_eq!(said(&with(&good, "password", json!("wrong"))), "Email server username or password invalid");
    assert_eq!(said(&with(&good, "email_port", json!(1))), "Email server host or port invalid");
    assert_eq!(said(&with(&good, "sender_email", json!(BEN))), "Email message invalid");
    assert_eq!(outcome(&practice, &good), sent());
    let client = Client::new(&practice);
    let named = client.send_as("Orders", "Account 4", &json!({ "send_to": [format!("Ben <{BEN}>")] }));
    assert_eq!(named.refusal(), (400, "Email message invalid".to_owned()));
}

#[test]
fn a_dead_key_is_met_and_mended() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    client.add("Orders", "Mail", &gmail(&practice));
    assert_eq!(client.send("Orders", "Mail").status, 200);
    practice.withdraw_keys();
    assert_eq!(client.send("Orders", "Mail").refusal(), untold());
    let id = practice.seatable_accounts(client.uuid("Orders"))[0].id;
    let token = grant(&practice, &[("scope", SEND)])["refresh_token"].clone();
    let detail = json!({
        "account_name": "Mail",
        "detail": { "refresh_token": token, "access_token": "", "expires_at": 0 },
    });
    let path = format!("{}{id}/", accounts(client.uuid("Orders")));
    assert_eq!(client.json("PUT", &path, &detail).status, 200);
    assert_eq!(client.send("Orders", "Mail").status, 200);
    assert_eq!(practice.deliveries().len(), 2);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn requests_to_send_are_checked() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    client.add("Orders", "Mail", &general(&practice));
    let chat = json!({ "account_name": "Chat", "account_type": "wechat_robot", "detail": { "a": 1 } });
    assert_eq!(client.json("POST", &accounts(client.uuid("Orders")), &chat).status, 201);
    let path = format!("/api/v2.1/dtable-message/{}/email/", client.uuid("Orders"));
    let send = |key: &str, value: Value| {
        let good =
            json!({ "account_name": "Mail", "send_to": [BEN], "subject": "Hello", "message": "Hello" });
        client.json("POST", &path, &with(&good, key, value))
    };
    let refused = |status, text: &str| (status, text.to_owned());
    assert_eq!(send("account_name", json!("None")).refusal(), refused(404, "Account does not exist."));
    assert_eq!(send("account_name", json!("Chat")).refusal(), refused(400, "Account type is invalid."));
    assert_eq!(practice.complaints(), [""; 0]);
    assert_eq!(send("send_to", json!([])).refusal(), refused(400, "Email sent to is invalid."));
    assert_eq!(send("message", json!("")).refusal(), refused(400, "Email content cannot be empty."));
    assert_eq!(send("subject", json!("")).refusal(), refused(400, "Email subject cannot be empty."));
    let answer = send("send_to", json!(BEN));
    assert_eq!(client.wait(answer.json()["task_id"].as_str().unwrap()).status, 200);
    assert_eq!(practice.complaints().len(), 4, "{:#?}", practice.complaints());
    assert_eq!(practice.complaints()[3], "SeaTable: send_to is no list");
}

#[test]
fn sending_fails_as_chosen() {
    for (faults, expected) in [
        ([Fault::SeatableSendsNothing], untold()),
        ([Fault::WrongPassword], broken()),
        ([Fault::HangsUpTls], broken()),
        ([Fault::StarttlsInjection], broken()),
        ([Fault::CertificateExpired], broken()),
        ([Fault::RecipientRefused], untold()),
        ([Fault::Quota], untold()),
    ] {
        let practice = start(&faults);
        assert_eq!(outcome(&practice, &general(&practice)), expected, "{faults:?}");
        assert_eq!(practice.deliveries(), [], "{faults:?}");
    }
    for fault in [Fault::ExpiredRefreshToken, Fault::GmailApiOff, Fault::Quota] {
        let practice = start(&[fault]);
        assert_eq!(outcome(&practice, &gmail(&practice)), untold(), "{fault:?}");
    }
    let practice = start(&[Fault::SeatableNoSend]);
    let client = Client::new(&practice);
    let path = format!("/api/v2.1/dtable-message/{}/email/", client.uuid("Orders"));
    let answer = client.json("POST", &path, &json!({}));
    assert!(answer.status == 404 && answer.text.contains("<h1>Not Found</h1>"), "{answer:?}");
}
