//! Microsoft's habits, and Microsoft Graph.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::client::{ANNA, Answer, BEN, description, get, http, oauth_client, parameter, post, start};
use crate::{
    model::method::SendVia,
    practice::{Fault, Practice, message::tests::SOUND},
};

const SMTP: &str = "https://outlook.office.com/SMTP.Send";
const GRAPH: &str = "https://graph.microsoft.com/Mail.Send";

fn text(practice: &Practice, name: &str) -> String {
    description(practice)["microsoft"][name].as_str().unwrap().to_owned()
}

/// Where the browser is sent, or the page that it stays on.
fn authorize(practice: &Practice, kind: &str, redirect: &str, scope: &str) -> Answer {
    let client = oauth_client(practice, kind);
    let parameters = [
        ("client_id", client.id.as_str()),
        ("redirect_uri", redirect),
        ("response_type", "code"),
        ("scope", scope),
        ("login_hint", ANNA),
        ("practice", "allow"),
    ];
    let url = url::Url::parse_with_params(&text(practice, "authorize_url"), parameters).unwrap();
    get(practice, url.as_str())
}

/// Trades a code; a public client sends no secret.
fn exchange(practice: &Practice, kind: &str, redirect: &str, code: &str) -> Answer {
    let client = oauth_client(practice, kind);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect),
        ("client_id", client.id.as_str()),
    ];
    if kind == "web" {
        fields.push(("client_secret", client.secret.as_str()));
    }
    post(practice, &text(practice, "token_url"), &fields)
}

fn grant(practice: &Practice, kind: &str, redirect: &str, scope: &str) -> Value {
    let answer = authorize(practice, kind, redirect, scope);
    assert_eq!(answer.status, 302, "{answer:?}");
    let code = parameter(&answer.location(), "code").unwrap();
    let answer = exchange(practice, kind, redirect, &code);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn access(practice: &Practice, scope: &str) -> String {
    let answer = grant(practice, "desktop", "http://localhost:5000", &format!("{scope} offline_access"));
    answer["access_token"].as_str().unwrap().to_owned()
}

fn send(practice: &Practice, token: &str, body: &str) -> Answer {
    let headers = format!("Content-Type: text/plain\r\nAuthorization: Bearer {token}\r\n");
    http(practice, "POST", &text(practice, "graph_url"), &headers, body)
}

#[test]
fn a_desktop_client_comes_back_to_localhost_at_any_port_and_nowhere_else() {
    let practice = start(&[]);
    for (kind, redirect, is_right) in [
        ("desktop", "http://localhost:5000", true),
        ("desktop", "http://localhost:61000/", true),
        ("desktop", "http://localhost:5000/callback", false),
        ("desktop", "http://127.0.0.1:5000", false),
        ("web", "http://localhost:8976/callback", true),
        ("web", "http://localhost:8977/callback", false),
        ("web", "http://localhost:8976", false),
    ] {
        let answer = authorize(&practice, kind, redirect, &format!("{SMTP} offline_access"));
        assert_eq!(answer.status == 302, is_right, "{kind} {redirect}");
    }
}

#[test]
fn one_resource_a_token_and_a_key_where_it_is_asked_for() {
    let practice = start(&[]);
    let both = authorize(&practice, "desktop", "http://localhost:5000", &format!("{SMTP} {GRAPH}"));
    assert!(both.status == 400 && both.body.contains("AADSTS28000"), "{both:?}");
    let lasting = grant(&practice, "desktop", "http://localhost:5000", &format!("{SMTP} offline_access"));
    assert_eq!(lasting["scope"], SMTP, "it never says that the key lasts");
    assert!(lasting["refresh_token"].is_string());
    assert!(grant(&practice, "web", "http://localhost:8976/callback", SMTP)["refresh_token"].is_null());
}

#[test]
fn clients_are_refused_in_microsofts_codes() {
    for (faults, kind, secret, code) in [
        (&[][..], "desktop", true, "AADSTS700025"),
        (&[], "web", false, "AADSTS7000218"),
        (&[Fault::PublicFlowsOff], "desktop", false, "AADSTS7000218"),
        (&[Fault::SecretExpired], "web", true, "AADSTS7000222"),
        (&[Fault::InvalidClient], "web", true, "AADSTS7000215"),
        (&[Fault::SingleTenant], "desktop", false, "AADSTS50194"),
    ] {
        let practice = start(faults);
        let client = oauth_client(&practice, kind);
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", "4/x"), ("client_id", client.id.as_str())];
        if secret {
            fields.push(("client_secret", client.secret.as_str()));
        }
        let answer = post(&practice, &text(&practice, "token_url"), &fields);
        let words = answer.json()["error_description"].as_str().unwrap_or_default().to_owned();
        assert!(words.starts_with(&format!("{code}:")), "{kind} {secret}: {answer:?}");
    }
    let practice = start(&[Fault::ConsentMissing]);
    let redirect = "http://localhost:5000";
    let code = parameter(&authorize(&practice, "desktop", redirect, SMTP).location(), "code").unwrap();
    let answer = exchange(&practice, "desktop", redirect, &code);
    assert!(answer.body.contains("AADSTS65001:"), "{answer:?}");
    // Whose directory is named gets further.
    let practice = start(&[Fault::SingleTenant]);
    let own = text(&practice, "token_url").replace("organizations", "contoso.example");
    let client = oauth_client(&practice, "desktop");
    let answer = post(&practice, &own, &[("grant_type", "refresh_token"), ("client_id", &client.id)]);
    assert!(answer.body.contains("refresh_token"), "{answer:?}");
}

#[test]
fn graph_takes_a_message_with_its_own_permission_only() {
    let practice = start(&[]);
    let answer = send(&practice, &access(&practice, GRAPH), &STANDARD.encode(SOUND));
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
    let delivery = &practice.deliveries()[0];
    assert_eq!((delivery.envelope.from.as_str(), delivery.via), (ANNA, SendVia::Api));
    assert_eq!(delivery.envelope.to[0].as_str(), BEN);
    assert_eq!(delivery.message, SOUND.as_bytes());
    let other = send(&practice, &access(&practice, SMTP), &STANDARD.encode(SOUND));
    assert_eq!((other.status, &other.json()["error"]["code"]), (401, &"InvalidAuthenticationToken".into()));
    assert_eq!(practice.complaints(), [""; 0]);
    let garbage = send(&practice, &access(&practice, GRAPH), "?");
    let code = &garbage.json()["error"]["code"];
    assert_eq!((garbage.status, code), (400, &"ErrorMimeContentInvalidBase64String".into()));
}

#[test]
fn graph_refuses_in_its_own_codes() {
    for (fault, status, code) in [
        (Fault::GraphDenied, 403, "ErrorAccessDenied"),
        (Fault::GraphNoMailbox, 404, "MailboxNotEnabledForRESTAPI"),
        (Fault::GraphSendAs, 403, "ErrorSendAsDenied"),
        (Fault::Quota, 429, "ErrorExceededMessageLimit"),
        (Fault::MailRefused, 400, "ErrorInvalidRecipients"),
    ] {
        let practice = start(&[fault]);
        let answer = send(&practice, &access(&practice, GRAPH), &STANDARD.encode(SOUND));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &code.into()));
    }
}
