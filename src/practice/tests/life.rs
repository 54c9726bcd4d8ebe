//! Starting, describing, stopping.

use std::{
    io::{ErrorKind, Read},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::client::{ANNA, BEN, MAIL, Smtp, description, start};
use crate::{
    model::{address::Address, language::Language},
    practice::{Fault, Options, Practice},
};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_description_has_the_shape_of_the_contract() {
    let practice = start(&[]);
    let text = serde_json::to_string(&practice.description(Path::new("/tmp/ca.pem"))).unwrap();
    assert!(!text.contains('\n'), "one line");
    let value = description(&practice);
    assert_eq!(
        keys(&value),
        [
            "ca_file",
            "dns",
            "gmail_api",
            "imap",
            "microsoft",
            "oauth",
            "schema",
            "seatable",
            "smtp",
            "users",
            "web"
        ]
    );
    assert_eq!((&value["schema"], &value["ca_file"]), (&1.into(), &"/tmp/ca.pem".into()));
    assert_eq!(keys(&value["smtp"]), ["host", "starttls_port", "tls_port"]);
    assert_eq!(keys(&value["imap"]), ["host", "tls_port"]);
    assert_eq!((keys(&value["dns"]), keys(&value["web"])), (vec!["address"], vec!["address"]));
    assert_eq!(value["smtp"]["host"], "127.0.0.1");
    assert_eq!(keys(&value["users"][0]), ["address", "password"]);
    assert_eq!((&value["users"][0]["address"], &value["users"][1]["address"]), (&ANNA.into(), &BEN.into()));
    assert_eq!(
        keys(&value["oauth"]),
        ["authorize_url", "clients", "counts_url", "device_url", "revoke_url", "scope", "token_url"]
    );
    assert_eq!(value["oauth"]["scope"], MAIL);
    assert!(value["oauth"]["authorize_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(value["oauth"]["token_url"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    assert!(value["oauth"]["revoke_url"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    let clients = value["oauth"]["clients"].as_array().unwrap();
    assert_eq!(keys(&clients[0]), ["id", "redirect_uris", "secret", "type"]);
    assert_eq!((&clients[0]["type"], &clients[1]["type"]), (&"web".into(), &"desktop".into()));
    assert_eq!(
        clients[0]["redirect_uris"],
        serde_json::json!([
            "http://127.0.0.1:8976/callback",
            "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/",
            "http://localhost:8976/callback"
        ])
    );
    let seatable = &value["seatable"];
    assert_eq!(keys(seatable), ["url", "users", "version"]);
    assert!(seatable["url"].as_str().unwrap().starts_with("https://127.0.0.1:"));
    assert_eq!(keys(&seatable["users"][0]), ["account_token", "address", "bases", "code", "password"]);
    assert_eq!(keys(&seatable["users"][0]["bases"][0]), ["admin", "api_token", "name", "uuid", "workspace"]);
    let api = value["gmail_api"]["url"].as_str().unwrap();
    assert!(
        api.starts_with("https://127.0.0.1:") && api.ends_with("/gmail/v1/users/me/messages/send"),
        "{api}"
    );
}

#[test]
fn the_persons_own_address_is_the_first_user() {
    let address = Address::parse("me@gmail.com").unwrap();
    let options = Options { address: Some(address), language: Language::De, ..Options::default() };
    let practice = Practice::start(options).unwrap();
    assert_eq!(description(&practice)["users"][0]["address"], "me@gmail.com");
}

#[test]
fn no_two_starts_have_a_secret_in_common() {
    let (one, two) = (description(&start(&[])), description(&start(&[])));
    assert_ne!(one["users"][0]["password"], two["users"][0]["password"]);
    assert_ne!(one["oauth"]["clients"][0]["id"], two["oauth"]["clients"][0]["id"]);
    let token = |said: &Value| said["seatable"]["users"][0]["account_token"].clone();
    assert_ne!(token(&one), token(&two));
    assert_ne!(one["oauth"]["clients"][0]["secret"], two["oauth"]["clients"][0]["secret"]);
}

#[test]
fn dropping_it_ends_every_server_and_every_connection_even_a_slow_one() {
    let practice = start(&[Fault::SlowServer]);
    let value = description(&practice);
    let port = |url: &Value| url::Url::parse(url.as_str().unwrap()).unwrap().port().unwrap();
    let number = |value: &Value| u16::try_from(value.as_u64().unwrap()).unwrap();
    let ports = [
        number(&value["smtp"]["starttls_port"]),
        number(&value["smtp"]["tls_port"]),
        port(&value["oauth"]["authorize_url"]),
        port(&value["oauth"]["token_url"]),
        port(&value["gmail_api"]["url"]),
        port(&value["seatable"]["url"]),
    ];
    let mut waiting = Smtp::clear(&practice);
    let began = Instant::now();
    drop(practice);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    // A read that ran into its deadline would be an open connection.
    let end = waiting.0.read(&mut [0]);
    assert!(
        end.as_ref().map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |n| *n == 0),
        "{end:?}"
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    for port in ports {
        while TcpStream::connect(("127.0.0.1", port)).is_ok() {
            assert!(Instant::now() < deadline, "port {port} still answers");
        }
    }
}
