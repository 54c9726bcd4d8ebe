mod connecting;
mod sending;
mod signing_in;
mod tokens;
mod waiting;
mod writing;

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    effects::{
        files,
        http::scripted::{Answer, Asked, Scripted, answer, json as answered},
        store::SecretStores,
    },
    environment::{Folders, Terminals},
    flow::effect::{BaseAccountWrite, Secrets, TestMessage},
    model::{
        Time,
        account::{KeyLife, OAuthSettings},
        address::Address,
        client::ClientKind,
        method::{Method, SendVia},
        seatable::{Base, Connection, Right, Version},
        server::{Security, Server},
        stage::{Detail, Stage, StageResult},
        store_kind::StoreKind,
        user::User,
    },
};

/// Waits for nothing and nobody, as often as a person would.
const HASTY: Patience = Patience {
    pauses: &[Duration::ZERO; 4],
    longest_pause: Duration::ZERO,
    pauses_together: Duration::ZERO,
    first_poll: Duration::ZERO,
    longest_poll: Duration::ZERO,
    sending: Duration::from_secs(20),
};

/// 40 characters, as SeaTable makes them.
const TOKEN: &str = "canarytoken0123456789abcdef0123456789abc";
const UUID: &str = "64155cad-ee23-4752-9f56-1773ddc15d92";

/// A world with a new home and a keyring in memory.
fn world() -> (World, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders {
        config: home.path().join("config/mailkey"),
        state: home.path().join("state/mailkey"),
        home: home.path().to_owned(),
    };
    let terminals = Terminals { input: false, output: false, error: false };
    let mut world = crate::effects::http::scripted::world();
    world.environment = crate::environment::Environment::made(folders, terminals, &[]);
    world.stores = SecretStores::in_memory();
    (world, home)
}

/// An account with OAuth at Gmail, for this server.
fn account(url: &str) -> Account {
    Account {
        id: "0123456789abcdef".to_owned(),
        name: "anna".to_owned(),
        address: Address::parse("anna@gmail.com").unwrap(),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method: Method::OAuth,
        send_via: SendVia::Smtp,
        smtp: Server { host: "smtp.gmail.com".to_owned(), port: 587, security: Security::StartTls },
        imap: None,
        oauth: Some(OAuthSettings {
            authorize_url: "https://accounts.example/auth".to_owned(),
            token_url: "https://oauth2.example/token".to_owned(),
            revoke_url: None,
            device_url: None,
            issuer: None,
            client_id: "client-1".to_owned(),
            client_kind: ClientKind::Desktop,
            redirect_port: None,
            scopes: vec!["https://mail.google.com/".to_owned(), "email".to_owned()],
            requested_scopes: vec!["https://mail.google.com/".to_owned(), "never granted".to_owned()],
            api_url: None,
            api_kind: crate::model::provider::SendApiKind::default(),
            tenant: None,
        }),
        destination: Destination::Seatable { url: url.to_owned(), connection: None },
        store: StoreKind::Keyring,
        key: KeyLife::begun(Time::UNIX_EPOCH),
        created: Time::UNIX_EPOCH,
        last_check: None,
    }
}

/// The same with an app password.
fn with_password(url: &str) -> Account {
    Account { method: Method::AppPassword, oauth: None, ..account(url) }
}

fn secrets(account: &Account) -> Secrets {
    let client_secret = account.oauth.as_ref().map(|_| Secret::from("canary-client"));
    Secrets { key: Secret::from("canary-key"), client_secret }
}

fn base() -> Base {
    Base {
        uuid: UUID.to_owned(),
        name: "Orders".to_owned(),
        workspace: "personal".to_owned(),
        right: Right::Admin,
    }
}

fn message() -> TestMessage {
    TestMessage {
        to: Address::parse("bob@example.org").unwrap(),
        subject: "Test of\nmail".to_owned(),
        text: "Hello\nID: <{message_id}>\nBye\n".to_owned(),
    }
}

/// What SeaTable refuses with.
fn refusal(status: &str, words: &str) -> Answer {
    answered(status, &json!({ "error_msg": words }).to_string())
}

fn good(json: &Value) -> Answer {
    answered("200 OK", &json.to_string())
}

fn html(status: &str) -> Answer {
    answer(status, "text/html", "<html>hello</html>")
}

/// An answer without a body that has this header.
fn bare(status: &str, header: &str) -> Answer {
    Answer::Bytes(format!("HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
}

/// No answer, after the request was read.
fn lost() -> Answer {
    Answer::Bytes(String::new())
}

/// Code and details, without the host, which all have.
#[track_caller]
fn told(failure: &Failure) -> (String, BTreeMap<&'static str, String>) {
    assert_eq!(failure.layer, Layer::Seatable, "{failure:?}");
    assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
    let mut details: BTreeMap<_, _> = failure.details.iter().cloned().collect();
    assert_eq!(details.len(), failure.details.len(), "a detail twice: {failure:?}");
    assert_eq!(details.remove("host").as_deref(), Some("127.0.0.1"), "{failure:?}");
    (failure.code.clone(), details)
}

fn details(expected: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// The requests of a server, which got exactly so many.
fn asked(server: Scripted, count: usize) -> Vec<Asked> {
    let asked = (0..count).map(|_| server.asked()).collect();
    server.finish();
    asked
}

fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}

fn read_hastily(url: &str) -> Result<ServerInfo, Failure> {
    server::read(url, &HASTY, &crate::effects::http::scripted::world(), &Cancel::new())
}

#[test]
fn a_server_says_what_it_is() {
    for (version, edition, expected) in [
        ("6.1.6", "enterprise edition", Version::new(6, 1, 6)),
        ("5.2.0", "", Version::new(5, 2, 0)),
        ("4.4.10-dev", "developer\u{1b} edition", Version::new(4, 4, 10)),
    ] {
        let server = Scripted::start(vec![good(&json!({"version": version, "edition": edition}))]);
        // A slash at the end does no harm.
        let info = read(&server.url("/"), &crate::effects::http::scripted::world(), &Cancel::new());
        let info = info.unwrap();
        assert_eq!(info.version, expected);
        assert!(!info.edition.contains('\u{1b}'));
        let asked = asked(server, 1);
        assert_eq!(asked[0].line, "GET /server-info/ HTTP/1.1");
        assert!(!asked[0].headers.contains_key("authorization"));
    }
}

#[test]
fn what_is_no_seatable_server_is_told_as_what_it_is() {
    let not_seatable = |status| details(&[("http_status", status)]);
    let large = "x".repeat(300 * 1024);
    for (answer, code, expected) in [
        (html("200 OK"), "_not_seatable", not_seatable("200")),
        (answer("200 OK", "text/html", &large), "_not_seatable", details(&[])),
        (good(&json!({})), "_not_seatable", not_seatable("200")),
        (good(&json!({"version": "six"})), "_not_seatable", not_seatable("200")),
        (good(&json!([1])), "_not_seatable", not_seatable("200")),
        (html("404 Not Found"), "_not_seatable", not_seatable("404")),
        (html("400 Bad Request"), "_not_seatable", not_seatable("400")),
        (html("401 Unauthorized"), "401", details(&[])),
        (html("503 Unavailable"), "503", details(&[])),
        (bare("302 Found", "Location: https://sso.example.org/x?y=1"), "_login_page", details(&[])),
        (bare("302 Found", "Location: /accounts/login/"), "_login_page", details(&[])),
        (
            bare("301 Moved", "Location: https://new.example.org/server-info/"),
            "_moved",
            details(&[("location", "https://new.example.org")]),
        ),
        // No word of signing in, and no SeaTable either.
        (bare("302 Found", "Location: https://adfs.example.org/ls/"), "_login_page", details(&[])),
        (bare("307 Moved", "X: y"), "307", details(&[])),
    ] {
        let server = Scripted::start(vec![answer]);
        let failure = read_hastily(&server.url("")).unwrap_err();
        server.finish();
        assert_eq!(told(&failure), (code.to_owned(), expected), "{failure:?}");
    }
    // Nobody can enter an address with a path, and a server is not at itself.
    for location in ["/seatable/server-info/", "/server-info"] {
        let server = Scripted::start(vec![bare("308 Moved", &format!("Location: {location}"))]);
        let failure = read_hastily(&server.url("")).unwrap_err();
        server.finish();
        assert_eq!(told(&failure), ("_login_page".to_owned(), details(&[])), "{location}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_told_with_its_host() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, code, host) in [
        (format!("http://{closed}"), "_refused", "127.0.0.1"),
        ("http://seatable.example".to_owned(), "_not_https", "seatable.example"),
        ("no address".to_owned(), "_bad_url", "no address"),
    ] {
        let failure = read_hastily(&url).unwrap_err();
        assert_eq!((failure.layer, failure.code.as_str()), (Layer::Seatable, code));
        assert!(failure.details.contains(&("host", host.to_owned())), "{failure:?}");
    }
    let cancel = Cancel::new();
    cancel.cancel();
    let failure = read("http://127.0.0.1:1", &crate::effects::http::scripted::world(), &cancel);
    assert_eq!(failure.unwrap_err().code, "_cancelled");
}
