//! Set-up with a password of either kind, from the first screen to the last.

use super::{
    walk::{Did, Walk},
    world::{self, APP_PASSWORD, FRESH_ID, LATER, NOW, PASSWORD},
};
use crate::{
    flow::{
        effect::{CheckRequest, Checkpoint, Effect, Outcome, Progress, Route, SignIn, TestMessage},
        screen::{Block, Journey, Place, Position, StageState, Status},
        wizard::Plan,
    },
    model::{
        account::{Account, Destination, KeyLife, LastCheck},
        exit_code::ExitCode,
        method::{Method, SendVia},
        secret::Secret,
        server::{Security, Server},
        stage::Stage,
        store_kind::StoreKind,
        user::User,
    },
};

/// Gmail, for SeaTable, by app password.
pub const GMAIL: [(&str, &str); 5] = [
    ("address", "anna@gmail.com"),
    ("for", "seatable"),
    ("connect", "show"),
    ("seatable-url", "table.example.org/workspace"),
    ("method", "app-password"),
];

/// The same account as it is written down.
pub fn account() -> Account {
    Account {
        id: FRESH_ID.to_owned(),
        name: "anna@gmail.com".to_owned(),
        address: world::address("anna@gmail.com"),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method: Method::AppPassword,
        send_via: SendVia::Smtp,
        smtp: world::starttls(),
        imap: Some(Server { host: "imap.gmail.com".to_owned(), port: 993, security: Security::Tls }),
        oauth: None,
        destination: Destination::Seatable { url: "https://table.example.org".to_owned(), connection: None },
        store: StoreKind::Keyring,
        key: KeyLife::begun(NOW),
        created: NOW,
        last_check: None,
    }
}

/// Until the key is saved as pending and can be checked.
pub fn ready_to_check() -> Walk {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).did();
    walk
}

/// Until the check went well and the account can be kept.
pub fn ready_to_keep() -> Walk {
    let mut walk = ready_to_check();
    walk.next().answer(world::proved()).next().did();
    assert_eq!(walk.step(), "keep");
    walk
}

#[test]
fn gmail_for_seatable_by_app_password() {
    let mut walk = Walk::setup();
    let step = Place { number: 1, total: 8 };
    assert_eq!(
        (walk.step().as_str(), walk.screen().position),
        ("start", Some(Position { step, part: None }))
    );
    walk.next();
    assert_eq!(walk.step(), "sender");
    walk.edit("address", "Anna@GMAIL.com");
    assert_eq!(walk.field("address").hint.map(|hint| hint.text).as_deref(), Some("Gmail"));
    walk.edit("address", "anna@gmail.com").next();
    let journey = |destination: Option<&str>| Journey {
        provider: "Gmail".to_owned(),
        destination: destination.map(str::to_owned),
    };
    assert_eq!((walk.step().as_str(), walk.screen().journey), ("for", Some(journey(None))));
    walk.edit("for", "seatable").edit("seatable-url", "table.example.org/workspace");
    assert_eq!(walk.screen().journey, Some(journey(Some("SeaTable"))));
    assert_eq!(walk.did(), [], "nothing was done so far");
    // The version of the server decides what can be chosen.
    walk.next();
    assert_eq!(walk.order(), Effect::ReadSeatable { url: "https://table.example.org".to_owned() });
    walk.answer(super::table::version("6.1.6"));
    assert_eq!(walk.step(), "method");
    walk.edit("method", "app-password").next();
    assert_eq!(walk.step(), "seatable-how");

    // The store is tried before anything is put into it.
    walk.edit("connect", "show").next();
    assert_eq!(walk.step(), "store");
    assert!(walk.is_working() && !walk.offers("next"));
    assert_eq!(walk.order(), Effect::TryStore(Box::new(StoreKind::Keyring.into())));
    walk.answer(world::store_works());
    assert_eq!(walk.step(), "two-step", "a store that works has nothing to say");
    walk.next();
    assert_eq!(walk.step(), "app-password");

    // The key is saved as pending the moment it is there, before any network.
    walk.edit("app-password", "qjxw vkzp\u{a0}qjxw vkzp ");
    assert!(walk.field("app-password").hint.is_some_and(|hint| hint.complete && hint.text == "16 of 16"));
    walk.next();
    let saved = Effect::SavePending {
        account: Box::new(account()),
        secrets: Box::new(world::secrets(APP_PASSWORD, None)),
    };
    assert_eq!(walk.order(), saved);
    assert_eq!((walk.step().as_str(), walk.is_working()), ("app-password", true));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));

    // SeaTable speaks STARTTLS only, so that is what is proved.
    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert_eq!(request.address, world::address("anna@gmail.com"));
    assert_eq!(request.sign_in, SignIn::Password { password: Secret::from(APP_PASSWORD) });
    assert_eq!(request.route, Route::Smtp(world::starttls()));
    let message = request.message.expect("a test message");
    assert_eq!(message.to, request.address);
    assert!(message.text.contains("{time}") && message.text.contains("{message_id}"), "{message:?}");
    walk.tell(Progress::StageBegan(Stage::Resolve));
    walk.tell(Progress::StageEnded(Box::new(world::passed(Stage::Resolve))));
    walk.tell(Progress::StageBegan(Stage::Connect));
    assert_eq!(
        states(&walk),
        [
            (Stage::Resolve, StageState::Passed),
            (Stage::Connect, StageState::Running),
            (Stage::Tls, StageState::Ahead),
            (Stage::SignIn, StageState::Ahead),
            (Stage::Send, StageState::Ahead),
        ]
    );
    assert!(walk.is_working() && !walk.offers("next") && walk.offers("cancel"));
    walk.answer(world::proved());
    let taken = walk.words("status.message-taken").replace("{recipient}", "anna@gmail.com");
    assert_eq!(walk.screen().status, Some(Status::Good(taken)));
    assert!(states(&walk).iter().all(|(_, state)| *state == StageState::Passed));

    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("keep", vec![]));
    walk.next();
    let last_check = Some(LastCheck { at: LATER, ok: true, diagnosis: None });
    let key = KeyLife { last_success: Some(LATER), ..KeyLife::begun(NOW) };
    let kept = Account { key, last_check, ..account() };
    assert_eq!(walk.order(), Effect::KeepAccount { account: Box::new(kept) });
    for checkpoint in [Checkpoint::Promoted, Checkpoint::Recorded, Checkpoint::ReadBack] {
        walk.tell(Progress::Kept(checkpoint));
    }
    assert!(walk.is_working(), "not saved before it was read back");
    walk.answer(Outcome::AccountKept(Ok(None)));
    assert_eq!(walk.step(), "deliver-seatable");
    assert_eq!(walk.unfinished.last(), Some(&None), "there is nothing to resume any more");
    assert!(walk.says("smtp.gmail.com") && walk.says("587") && walk.says("anna@gmail.com"));
    assert!(!walk.offers("back"), "what was kept is not undone");

    // A secret leaves by the clipboard only.
    walk.press("row-4");
    assert_eq!(walk.order(), Effect::Copy { text: Secret::from(APP_PASSWORD) });
    walk.answer(Outcome::Copied(true));
    assert_eq!(walk.screen().status, Some(Status::Info(walk.words("status.copied"))));
    walk.next();
    assert_eq!(walk.step(), "seatable-use");
    walk.next();
    assert_eq!(walk.step(), "finish");
    assert!(walk.says(&walk.words("proof.sent-by-us").replace("{address}", "anna@gmail.com")));
    walk.next();
    let ending = walk.wizard.ending().expect("the end");
    assert_eq!((ending.exit, ending.diagnosis.clone()), (ExitCode::Proved, None));
    assert!(ending.report.as_ref().is_some_and(|report| report.ok && report.name == "anna@gmail.com"));
}

fn states(walk: &Walk) -> Vec<(Stage, StageState)> {
    let blocks = walk.screen().blocks;
    let stages = blocks.iter().find_map(|block| match block {
        Block::Stages(stages) => Some(stages),
        Block::Text(_) | Block::Sheet(_) => None,
    });
    stages.expect("stages").iter().map(|line| (line.stage, line.state)).collect()
}

#[test]
fn another_server_by_password() {
    let mut walk = Walk::setup();
    let answers = [
        ("address", "me@example.org"),
        ("provider", "other"),
        ("smtp-host", " mail.example.org "),
        ("smtp-port", "465"),
        ("security", "tls"),
        ("for", "program"),
        ("method", "password"),
    ];
    walk.through(&answers, "password").edit("password", &format!(" {PASSWORD}\n")).next();
    let server = Server { host: "mail.example.org".to_owned(), port: 465, security: Security::Tls };
    let Effect::SavePending { account, secrets } = walk.order() else { panic!("not saved") };
    assert_eq!(
        (&account.smtp, account.provider.as_str(), account.method),
        (&server, "other", Method::Password)
    );
    assert_eq!(*secrets, world::secrets(PASSWORD, None), "blanks inside belong to it, those around do not");
    walk.answer(Outcome::PendingSaved(Ok(()))).edit("send-to", "you@example.org").next();
    let expected = CheckRequest {
        address: world::address("me@example.org"),
        user: User::Address,
        sign_in: SignIn::Password { password: Secret::from(PASSWORD) },
        others: vec![Server { port: 587, security: Security::StartTls, ..server.clone() }],
        starttls_only: false,
        route: Route::Smtp(server),
        message: None,
    };
    let Did::Run(Effect::Check(mut request)) = walk.did().remove(0) else { panic!("no check") };
    let TestMessage { to, .. } = request.message.take().expect("a message");
    assert_eq!((*request, to), (expected, world::address("you@example.org")));
}

/// Typed, the words that are said of it.
#[test]
fn an_app_password_that_looks_wrong_is_doubted_and_can_be_insisted_on() {
    for (typed, id) in [
        ("qjxwvkzpqjxwvkz", "invalid.app-password.short"),
        ("qjxwvkzpqjxwvkzpq", "invalid.app-password.long"),
        ("qjxwvkzpqjxwvkz1", "invalid.app-password.digits"),
        ("Summer-2024", "invalid.app-password.account-password"),
        ("anna@gmail.com", "invalid.app-password.address"),
        ("😀", "invalid.app-password.account-password"),
    ] {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "app-password").edit("app-password", typed);
        assert_eq!(walk.field("app-password").error, None, "not before it was left");
        assert!(!walk.offers("insist"), "nothing to insist on yet");
        walk.next();
        let error = walk.field("app-password").error.unwrap_or_default();
        let words = walk.words(id);
        let beginning = words.split('{').next().unwrap_or_default();
        assert!(error.starts_with(beginning) && !error.contains('{'), "{typed}: {error}");
        assert_eq!((walk.step().as_str(), walk.did()), ("app-password", vec![]));
        walk.press("insist");
        let Effect::SavePending { secrets, .. } = walk.order() else { panic!("{typed}: not saved") };
        assert_eq!(secrets.key, Secret::from(typed));
    }
}

#[test]
fn who_insisted_once_is_asked_again_for_another_text() {
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").edit("app-password", "abc").next().press("insist").did();
    walk.answer(Outcome::PendingSaved(Ok(()))).back();
    walk.edit("app-password", "abcd").next();
    assert_eq!((walk.step().as_str(), walk.did()), ("app-password", vec![]));
    assert!(walk.field("app-password").error.is_some() && walk.offers("insist"));
}

/// Field, text: said to be wrong, and no way around.
#[test]
fn what_cannot_be_used_is_refused_where_it_is_typed() {
    let enormous = "a".repeat(9000);
    let answers = [("address", "me@example.org"), ("provider", "other"), ("smtp-host", "mail.example.org")];
    for (step, field, text) in [
        ("sender", "address", ""),
        ("sender", "address", "   "),
        ("sender", "address", "anna"),
        ("sender", "address", "anna@"),
        ("sender", "address", "an na@gmail.com"),
        ("sender", "address", "anna@gmail.com\u{7}"),
        ("sender", "address", "😀@gmail.com"),
        ("sender", "address", "אנה@gmail.com"),
        ("sender", "address", &enormous),
        ("server", "smtp-host", "https://mail.example.org"),
        ("server", "smtp-host", ""),
        ("server", "smtp-host", &enormous),
        ("server", "smtp-port", "0"),
        ("server", "smtp-port", "65536"),
        ("server", "smtp-port", "five"),
        ("for", "for", ""),
        ("for", "for", "nowhere"),
        ("method-other", "method", "fingerprint"),
    ] {
        let mut walk = Walk::setup();
        let mut table: Vec<_> = answers.into_iter().chain([("for", "program")]).collect();
        table.retain(|(id, _)| *id != field || step == "server");
        walk.through(&table, step);
        for (id, good) in answers {
            if walk.screen().fields.iter().any(|shown| shown.id == id) {
                walk.edit(id, good);
            }
        }
        walk.edit(field, text).next();
        assert_eq!(walk.step(), step, "{field} {text:?}");
        assert!(walk.field(field).error.is_some_and(|error| !error.is_empty()), "{field} {text:?}");
        assert!(!walk.offers("insist") && walk.offers("quit"), "{field} {text:?}");
    }
}

#[test]
fn seatable_needs_an_address_of_its_server() {
    for (text, works) in [
        // Emptied, it is the usual one again.
        ("", true),
        ("table", false),
        ("587", false),
        ("http://table.example.org", false),
        ("10.1.2.3", true),
        ("https://10.1.2.3:8443/", true),
        ("table.example.org/workspace/5/dtable/Orders/?tid=0000", true),
    ] {
        let mut walk = Walk::setup();
        walk.through(&GMAIL, "for").edit("for", "seatable").edit("seatable-url", text).next();
        assert_eq!(walk.step() == "seatable-server", works, "{text:?}");
        assert_eq!(walk.field_error("seatable-url").is_some(), !works, "{text:?}");
    }
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "for").edit("for", "program");
    assert!(walk.screen().fields.iter().all(|field| field.id != "seatable-url"), "asked only for SeaTable");
}

#[test]
fn a_name_that_is_taken_is_refused_and_a_free_one_is_proposed() {
    let bob = Account {
        id: "bob".to_owned(),
        name: "bob".to_owned(),
        address: crate::model::address::Address::parse("bob@gmail.com").unwrap(),
        ..account()
    };
    let mut walk = Walk::loaded(
        Plan::Setup,
        crate::flow::effect::StoredState { accounts: vec![taken(), bob], ..world::nothing() },
    );
    walk.through(&GMAIL, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next().did();
    let proposed = crate::flow::screen::FieldValue::Text("anna@gmail.com-2".to_owned());
    assert_eq!(walk.field("name").value, proposed);
    // The second is the address of another account: commands would not know which one is meant.
    for name in ["anna@gmail.com", "bob@gmail.com"] {
        walk.edit("name", name).next();
        assert_eq!((walk.step().as_str(), walk.did()), ("keep", vec![]));
        assert!(walk.field("name").error.is_some(), "{name}");
    }
    walk.edit("name", "newsletter").next();
    let Effect::KeepAccount { account } = walk.order() else { panic!("not kept") };
    assert_eq!((account.name.as_str(), account.id.as_str()), ("newsletter", FRESH_ID));
}

fn taken() -> Account {
    Account { id: "another".to_owned(), ..account() }
}
