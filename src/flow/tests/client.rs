//! The client: its file is read and examined before any browser opens.

use super::{
    consent::{OTHER_SERVER, WEB},
    walk::{Did, Walk},
    world::{CLIENT_ID, CLIENT_SECRET, PORT},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, RedirectPort},
        screen::{FieldValue, Status},
        wizard::Plan,
    },
    model::{
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// SeaTable Cloud's redirect address.
const SEATABLE: &str = "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/";

/// Until the client is asked for. `purpose`: `seatable`, where a web client is needed, or another one.
fn at_client(purpose: &str) -> Walk {
    let table: Vec<_> =
        WEB.map(|(field, text)| if field == "for" { (field, purpose) } else { (field, text) }).into();
    let mut walk = Walk::setup();
    walk.through(&table, "client");
    walk
}

/// A client file as the provider's console gives it out.
fn file(kind: &str, secret: &str, redirect_uris: &[&str]) -> Outcome {
    let text = serde_json::json!({ kind: {
        "client_id": CLIENT_ID, "client_secret": secret, "redirect_uris": redirect_uris,
    }});
    Outcome::FileRead(Ok(Secret::from(text.to_string())))
}

fn own() -> String {
    format!("http://127.0.0.1:{PORT}/callback")
}

/// Names a file and lets it be read.
fn import(walk: &mut Walk, outcome: Outcome) {
    walk.edit("client-file", "/tmp/client.json").next();
    assert_eq!(walk.order(), Effect::ReadFile { path: "/tmp/client.json".to_owned() });
    assert!(walk.is_working());
    walk.answer(outcome);
    assert!(!walk.is_working() && walk.step() == "client");
}

#[test]
fn what_is_in_the_file_may_be_pasted_and_is_not_shown() {
    let Outcome::FileRead(Ok(content)) = file("web", CLIENT_SECRET, &[SEATABLE]) else { panic!("a file") };
    for field in ["client-file", "client-id", "client-secret"] {
        let mut walk = at_client("seatable");
        walk.edit(field, content.expose());
        assert_eq!(walk.field("client-file").value, FieldValue::Text(String::new()));
        assert_eq!(walk.field("client-id").value, FieldValue::Text(CLIENT_ID.to_owned()));
        assert_eq!(walk.field("client-secret").value, FieldValue::Secret { length: 35, group: 0 });
        assert_eq!(walk.screen().status, Some(Status::Good(walk.words("status.file-read"))));
        walk.next();
        let wrong = walk.field("client-file").error.expect("our address is not among them");
        assert!(wrong.contains(&own()), "{wrong}");
    }
    let mut walk = at_client("seatable");
    walk.edit("client-file", &format!("{{\"secret\": \"{CLIENT_SECRET}\", cut"));
    let wrong = walk.field("client-file").error.expect("it is no client");
    assert!(!wrong.contains("GOCSPX") && !walk.says("GOCSPX"), "{wrong}");
    walk.edit("client-file", "/tmp/client.json");
    assert_eq!(walk.field("client-file").error, None, "a path is looked at when it is needed");
}

#[test]
fn a_web_client_that_lists_our_address() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE, &own()]));
    assert_eq!(walk.screen().status, Some(Status::Good(walk.words("status.file-read"))));
    assert_eq!(walk.field("client-id").value, FieldValue::Text(CLIENT_ID.to_owned()));
    assert_eq!(walk.field("client-secret").value, FieldValue::Secret { length: 35, group: 0 });
    assert_eq!(walk.field("client-id").source, Some(walk.words("source.client-file")));
    walk.next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!((request.client_id.as_str(), &request.port), (CLIENT_ID, &RedirectPort::Fixed(PORT)));
}

#[test]
fn a_desktop_client() {
    let mut walk = at_client("cli");
    import(&mut walk, file("installed", CLIENT_SECRET, &["http://localhost"]));
    walk.next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Preferred(PORT));
}

#[test]
fn a_port_that_the_file_lists_is_taken() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE, "http://127.0.0.1:9777/callback"]));
    assert_eq!(walk.field_error("client-file"), None);
    walk.next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Fixed(9777));
}

#[test]
fn what_is_wrong_with_an_answer_is_told_once_its_field_is_left() {
    let mut walk = at_client("seatable");
    walk.edit("client-id", "12-ab");
    assert_eq!(walk.field_error("client-id"), None, "it is still being typed");
    walk.leave("client-id").leave("client-secret").leave("smtp-host");
    assert!(walk.field_error("client-id").is_some() && walk.offers("insist"));
    assert_eq!(walk.field_error("client-secret"), None, "it may still come");
    walk.edit("client-id", CLIENT_ID).leave("client-id");
    assert_eq!(walk.field_error("client-id"), None);
    assert_eq!((walk.step().as_str(), walk.did()), ("client", vec![]), "nothing else comes of it");
}

#[test]
fn a_redirect_address_that_is_not_listed_is_said_before_any_browser_opens() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE]));
    let error = walk.field_error("client-file").expect("said");
    assert!(error.contains(&own()), "what must be registered: {error}");
    assert_eq!(walk.action("insist").map(|view| view.label), Some(walk.words("action.registered")));
    // The file may have been downloaded anew: it is read again.
    walk.next();
    assert!(matches!(walk.did().as_slice(), [Did::Run(Effect::ReadFile { .. })]));
    walk.answer(file("web", CLIENT_SECRET, &[SEATABLE]));
    assert!(walk.field_error("client-file").is_some_and(|error| error.contains(&own())));
    // Or it may have been registered since.
    walk.press("insist");
    assert!(matches!(walk.order(), Effect::Listen(_)), "who is sure goes on");
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[]));
    let error = walk.field_error("client-file").expect("said");
    assert!(error.contains(&own()) && error.contains(SEATABLE), "all that is missing: {error}");
    walk.next().answer(file("web", CLIENT_SECRET, &[SEATABLE, &own()])).did();
    assert_eq!(walk.field_error("client-file"), None);
    walk.next();
    assert!(matches!(walk.order(), Effect::Listen(_)));
}

#[test]
fn what_is_typed_over_a_value_of_the_file_counts() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE, &own()]));
    walk.edit("client-secret", "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").next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    let probe = request.probe.expect("the client is tried");
    assert_eq!(probe.client.secret, Some(Secret::from("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")));
}

#[test]
fn what_seatable_needs_is_looked_for_as_well() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[&own()]));
    assert!(walk.field_error("client-file").is_some_and(|error| error.contains(SEATABLE)));
    walk.press("insist");
    assert!(matches!(walk.order(), Effect::Listen(_)));
    let mut walk = at_client("seatable");
    import(&mut walk, file("installed", CLIENT_SECRET, &["http://localhost"]));
    assert_eq!(walk.field_error("client-file"), Some(walk.words("invalid.client-file.desktop")));
    // A mail program takes either.
    let mut walk = at_client("cli");
    import(&mut walk, file("web", CLIENT_SECRET, &[&own()]));
    assert_eq!(walk.field_error("client-file"), None);
}

#[test]
fn an_id_that_was_emptied_after_the_file_was_read_is_missing() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE, &own()]));
    walk.edit("client-id", "").next();
    assert_eq!((walk.step().as_str(), walk.field_error("client-id").is_some()), ("client", true));
}

/// What the file is, the words that are said of it.
#[test]
fn what_is_no_client_file_is_named() {
    let enormous = "x".repeat(70_000);
    for (text, id) in [
        ("", "invalid.client-file.empty"),
        ("\u{0}\u{1}😀", "invalid.client-file.not-json"),
        (r#"{"web":{"client_id":"1"#, "invalid.client-file.not-json"),
        (r#"{"type":"service_account","client_email":"x@y.z"}"#, "invalid.client-file.service-account"),
        (r#"{"type":"authorized_user"}"#, "invalid.client-file.authorized-user"),
        (r#"{"name":"package"}"#, "invalid.client-file.not-a-client"),
        (r#"{"web":{"client_secret":"s"}}"#, "invalid.client-file.no-id"),
        (r#"{"web":{"client_id":"1"}}"#, "invalid.client-file.no-secret"),
        (&enormous, "invalid.client-file.too-large"),
    ] {
        let mut walk = at_client("seatable");
        import(&mut walk, Outcome::FileRead(Ok(Secret::from(text))));
        assert_eq!(walk.field_error("client-file"), Some(walk.words(id)), "{id}");
        // Another file can be named, and is read.
        walk.edit("client-file", "/tmp/other.json").next();
        assert_eq!(walk.order(), Effect::ReadFile { path: "/tmp/other.json".to_owned() }, "{id}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_explained() {
    for code in ["_not_found", "_denied", "_is_folder", "_too_large", "_not_text"] {
        let mut walk = at_client("seatable");
        import(&mut walk, Outcome::FileRead(Err(Failure::new(Layer::Files, code))));
        assert!(walk.field_error("client-file").is_some_and(|error| error.len() > 10), "{code}");
        walk.edit("client-file", "");
        assert_eq!(walk.field_error("client-file"), None, "{code}");
        walk.edit("client-id", CLIENT_ID).edit("client-secret", CLIENT_SECRET).next();
        assert_eq!(walk.step(), "consent", "{code}: typed instead");
    }
}

#[test]
fn a_secret_that_was_cut_is_doubted_in_a_file_as_well() {
    let mut walk = at_client("seatable");
    import(&mut walk, file("web", "GOCSPX-canary", &[&own()]));
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("client", vec![]));
    assert!(walk.field_error("client-secret").is_some() && walk.offers("insist"));
    walk.press("insist");
    assert!(matches!(walk.order(), Effect::Listen(_)));
}

/// Client ID, secret: whether they are refused, or only doubted.
#[test]
fn what_is_typed_is_examined() {
    for (id, secret, insist) in [
        ("", CLIENT_SECRET, false),
        (CLIENT_ID, "", false),
        ("12 ab.apps.googleusercontent.com", CLIENT_SECRET, false),
        (CLIENT_ID, "GOCSPX-canary canary", false),
        (CLIENT_ID, "••••canary", false),
        ("12-ab.apps.google", CLIENT_SECRET, true),
        (CLIENT_SECRET, CLIENT_ID, true),
        ("anna@gmail.com", CLIENT_SECRET, true),
        (CLIENT_ID, "GOCSPX-canary", true),
    ] {
        let mut walk = at_client("seatable");
        if id == CLIENT_SECRET {
            // It would stand in the screen: the person typed it into a field that is not masked.
            continue;
        }
        walk.edit("client-id", id).edit("client-secret", secret).next();
        assert_eq!((walk.step().as_str(), walk.did()), ("client", vec![]), "{id}");
        let errors = walk.screen().fields.into_iter().filter(|field| field.error.is_some()).count();
        assert_eq!((errors, walk.offers("insist")), (1, insist), "{id}");
    }
}

/// Microsoft shows the secret's ID for ever and its value once, side by side.
#[test]
fn the_id_of_a_secret_is_not_taken_for_the_secret() {
    let id = "6f9c0d2e-1b7a-4c55-9e0f-0a1b2c3d4e5f";
    for (secret, wrong) in [
        ("0d1e2f3a-4b5c-6d7e-8f90-a1b2c3d4e5f6", Some("secret-id")),
        (id, Some("id")),
        ("xyz8Q~canary-canary-canary-canary-canary", None),
        ("0d1e2f3a-4b5c-6d7e-8f90-canarycanary", None),
    ] {
        let mut walk = Walk::setup();
        walk.through(&OTHER_SERVER[..8], "client");
        walk.edit("client-id", id).edit("client-secret", secret).leave("client-secret");
        let said = wrong.map(|what| walk.words(&format!("invalid.client-secret.{what}")));
        assert_eq!(walk.field_error("client-secret"), said, "{secret}");
    }
}

#[test]
fn a_path_is_freed_from_what_the_terminal_put_around_it() {
    let mut walk = at_client("seatable");
    walk.edit("client-file", " 'file:///tmp/my%20client.json' ").next();
    assert_eq!(walk.order(), Effect::ReadFile { path: "/tmp/my client.json".to_owned() });
}

#[test]
fn another_path_while_one_is_read_is_read_after_it() {
    let mut walk = at_client("seatable");
    walk.edit("client-file", "/tmp/a.json").next().edit("client-file", "/tmp/b.json").did();
    walk.answer(file("web", CLIENT_SECRET, &[&own()])).next();
    assert_eq!(walk.order(), Effect::ReadFile { path: "/tmp/b.json".to_owned() });
}

#[test]
fn a_flag_names_the_port() {
    let mut walk = Walk::begin(Plan::Setup, &[("redirect-port", "9555")]);
    walk.load(super::world::nothing()).through(&WEB, "client");
    import(&mut walk, file("web", CLIENT_SECRET, &[SEATABLE, "http://127.0.0.1:9777/callback"]));
    walk.next();
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Fixed(9555), "who names a port knows what is registered");
}
