//! OAuth: from the client to a key that is saved as pending.

use super::{
    walk::{Did, Walk},
    world::{
        self, CLIENT_ID, CLIENT_SECRET, CODE, LATER, MAIL_SCOPE, PORT, REFRESH_TOKEN, SEND_SCOPE, STATE,
        VERIFIER,
    },
};
use crate::{
    flow::{
        effect::{Effect, ExchangeRequest, Outcome, Progress, RedirectPort, RefreshRequest, Route, SignIn},
        screen::{Action, Status},
    },
    model::{
        client::{Client, ClientKind},
        exit_code::ExitCode,
        failure::{Failure, Layer},
        grant::Grant,
        method::SendVia,
        secret::Secret,
        whereabouts::Whereabouts,
    },
};

/// A web client for SeaTable, typed.
pub const WEB: [(&str, &str); 8] = [
    ("address", "anna@gmail.com"),
    ("for", "seatable"),
    ("connect", "show"),
    ("method", "oauth"),
    ("send-via", "smtp"),
    ("publishing", "testing"),
    ("client-id", CLIENT_ID),
    ("client-secret", CLIENT_SECRET),
];

/// A client of a server that is described by hand; the first five answers describe it.
pub const OTHER_SERVER: [(&str, &str); 10] = [
    ("address", "anna@firma.example"),
    ("provider", "other"),
    ("smtp-host", "mail.firma.example"),
    ("for", "program"),
    ("method", "oauth"),
    ("authorize-url", "https://mail.firma.example/authorize"),
    ("token-url", "https://mail.firma.example/token"),
    ("scope", "mail"),
    ("client-id", "12-ab"),
    ("client-secret", CLIENT_SECRET),
];

/// A desktop client for a program in the terminal.
const DESKTOP: [(&str, &str); 5] = [
    ("address", "anna@gmail.com"),
    ("for", "cli"),
    ("method", "oauth"),
    ("client-id", CLIENT_ID),
    ("client-secret", CLIENT_SECRET),
];

/// Until the listener is being bound. What was ordered is still to be looked at.
pub fn binding(table: &[(&str, &str)]) -> Walk {
    let mut walk = Walk::setup();
    walk.through(table, "client");
    for (field, text) in table {
        if walk.screen().fields.iter().any(|shown| shown.id == *field) {
            walk.edit(field, text);
        }
    }
    walk.next();
    assert!(walk.step().starts_with("consent"), "{}", walk.step());
    walk
}

/// Until the person is in the browser.
pub fn waiting() -> Walk {
    let mut walk = binding(&WEB);
    walk.tell(Progress::Listening(Box::new(world::listening(PORT))))
        .answer(Outcome::BrowserOpened(true))
        .did();
    walk
}

/// Until the key is saved as pending and can be checked.
pub fn obtained() -> Walk {
    let mut walk = waiting();
    walk.answer(world::redirect())
        .answer(world::granted(world::grant()))
        .answer(Outcome::PendingSaved(Ok(())));
    walk.did();
    assert_eq!(walk.step(), "check");
    walk
}

#[test]
fn a_web_client_from_the_listener_to_the_check() {
    let mut walk = binding(&WEB);
    assert!(walk.is_working() && !walk.offers("next"));
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Fixed(PORT), "only a registered port works");
    assert_eq!(request.scopes, [MAIL_SCOPE]);
    assert_eq!(request.login_hint, world::address("anna@gmail.com"));
    assert!(request.parameters.contains(&("access_type".to_owned(), "offline".to_owned())));
    assert_eq!(request.issuer.as_deref(), Some("https://accounts.google.com"));
    let probe = request.probe.expect("the client is tried before anybody goes to the browser");
    assert_eq!(probe.token_url, "https://oauth2.googleapis.com/token");
    assert_eq!(
        (probe.client.id.as_str(), probe.client.secret),
        (CLIENT_ID, Some(Secret::from(CLIENT_SECRET)))
    );

    // The browser opens after the listener is bound, never before.
    let listening = world::listening(PORT);
    walk.tell(Progress::Listening(Box::new(listening.clone())));
    assert_eq!(walk.order(), Effect::OpenBrowser { url: listening.authorize_url.clone() });
    assert!(walk.says(&listening.authorize_url) && walk.says(&walk.words("consent.opening")));
    assert_eq!(walk.screen().code.map(|code| code.text), Some(listening.authorize_url.clone()));
    walk.answer(Outcome::BrowserOpened(true));
    assert!(walk.says(&walk.words("consent.opened")) && walk.is_working() && !walk.offers("next"));

    walk.answer(world::redirect());
    let client = Client {
        id: CLIENT_ID.to_owned(),
        secret: Some(Secret::from(CLIENT_SECRET)),
        kind: ClientKind::Web,
        redirect_uris: Vec::new(),
    };
    let exchange = ExchangeRequest {
        token_url: "https://oauth2.googleapis.com/token".to_owned(),
        client,
        code: Secret::from(CODE),
        verifier: Secret::from(VERIFIER),
        redirect_uri: listening.redirect_uri,
        scopes: vec![MAIL_SCOPE.to_owned()],
    };
    assert_eq!(walk.order(), Effect::Exchange(Box::new(exchange)));
    assert_eq!(walk.step(), "consent", "no success before the exchange");

    walk.answer(world::granted(world::grant()));
    let Effect::SavePending { account, secrets } = walk.order() else { panic!("not saved") };
    assert_eq!(*secrets, world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)));
    assert_eq!(
        account.key.expires,
        Some(LATER + time::Duration::days(7)),
        "in testing a key lives for a week"
    );
    let oauth = account.oauth.expect("OAuth");
    assert_eq!((oauth.redirect_port, oauth.client_kind), (Some(PORT), ClientKind::Web));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));

    walk.next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    let refresh = RefreshRequest {
        token_url: "https://oauth2.googleapis.com/token".to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(Secret::from(CLIENT_SECRET)),
        refresh_token: Secret::from(REFRESH_TOKEN),
        scopes: vec![MAIL_SCOPE.to_owned()],
    };
    assert_eq!(request.sign_in, SignIn::OAuth(refresh));
    assert_eq!(request.route, Route::Smtp(world::starttls()));
}

#[test]
fn a_client_that_is_refused_is_told_before_the_browser_opens() {
    let mut walk = binding(&WEB);
    walk.did();
    let refused = Failure::new(Layer::Token, "invalid_client").saying("The OAuth client was not found.");
    walk.answer(Outcome::Redirected(Err(refused)));
    assert_eq!(walk.did(), [], "no browser");
    assert!(walk.says("The OAuth client was not found.") && walk.offers("retry") && walk.offers("back"));
    assert!(!walk.offers("next"));
}

#[test]
fn a_desktop_client_takes_any_port() {
    let mut walk = binding(&DESKTOP);
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Preferred(PORT));
    walk.tell(Progress::Listening(Box::new(world::listening(40123)))).answer(Outcome::BrowserOpened(true));
    walk.answer(world::redirect()).did();
    let (_, exchange) = walk.open.last().expect("an exchange");
    let Effect::Exchange(request) = exchange else { panic!("no exchange") };
    assert_eq!(request.redirect_uri, "http://127.0.0.1:40123/callback");
    walk.answer(world::granted(world::grant()));
    let Effect::SavePending { account, .. } = walk.order() else { panic!("not saved") };
    let oauth = account.oauth.expect("OAuth");
    assert_eq!((oauth.redirect_port, oauth.client_kind), (None, ClientKind::Desktop));
}

#[test]
fn sending_only_asks_who_it_is_and_goes_through_the_api() {
    let table: Vec<_> =
        WEB.map(|(field, text)| if field == "send-via" { (field, "api") } else { (field, text) }).into();
    let mut walk = binding(&table);
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.scopes, [SEND_SCOPE, "openid", "email"]);
    walk.tell(Progress::Listening(Box::new(world::listening(PORT)))).answer(world::redirect());
    let grant = Grant {
        scopes: vec![SEND_SCOPE.to_owned(), "openid".to_owned()],
        email: Some("ANNA@gmail.com".to_owned()),
        ..world::grant()
    };
    walk.answer(world::granted(grant)).did();
    let (_, Effect::SavePending { account, .. }) = walk.open.last().expect("an order") else {
        panic!("not saved")
    };
    assert_eq!(account.send_via, SendVia::Api);
    walk.answer(Outcome::PendingSaved(Ok(()))).next();
    let Effect::Check(request) = walk.order() else { panic!("no check") };
    assert!(matches!(&request.route, Route::Api(api) if api.url.ends_with("/messages/send")));
}

#[test]
fn over_ssh_no_browser_is_tried_and_the_way_back_is_shown() {
    let mut walk = binding(&WEB);
    walk.did();
    let ssh = "ssh -L 8976:127.0.0.1:8976 anna@host".to_owned();
    let listening = crate::flow::effect::Listening {
        ssh_command: Some(ssh.clone()),
        whereabouts: Whereabouts::Ssh,
        browser_likely: false,
        ..world::listening(PORT)
    };
    walk.tell(Progress::Listening(Box::new(listening)));
    assert_eq!(walk.did(), []);
    assert!(walk.says(&ssh) && walk.says(&walk.words("consent.open-yourself")));
    assert!(walk.says(&walk.words("consent.ssh")));
}

#[test]
fn where_no_browser_is_near_the_way_back_is_told() {
    let told = ["consent.ssh", "consent.container", "consent.wsl", "consent.no-display"];
    for (whereabouts, advice) in [
        (Whereabouts::Desktop, None),
        (Whereabouts::Container, Some("consent.container")),
        (Whereabouts::Wsl, Some("consent.wsl")),
        (Whereabouts::NoDisplay, Some("consent.no-display")),
    ] {
        let mut walk = binding(&WEB);
        walk.did();
        let listening =
            crate::flow::effect::Listening { whereabouts, browser_likely: false, ..world::listening(PORT) };
        walk.tell(Progress::Listening(Box::new(listening)));
        assert_eq!(walk.did(), [], "{whereabouts:?}: no browser is opened");
        let said: Vec<_> = told.into_iter().filter(|id| walk.says(&walk.words(id))).collect();
        assert_eq!(said, Vec::from_iter(advice), "{whereabouts:?}");
        let lead = if whereabouts == Whereabouts::NoDisplay { "open-elsewhere" } else { "open-yourself" };
        assert!(walk.says(&walk.words(&format!("consent.{lead}"))), "{whereabouts:?}");
    }
}

#[test]
fn a_browser_that_opens_in_wsl_needs_no_advice_until_it_fails() {
    let mut walk = binding(&WEB);
    walk.did();
    let listening =
        crate::flow::effect::Listening { whereabouts: Whereabouts::Wsl, ..world::listening(PORT) };
    walk.tell(Progress::Listening(Box::new(listening)));
    assert!(!walk.says(&walk.words("consent.wsl")));
    assert!(matches!(walk.order(), Effect::OpenBrowser { .. }));
    walk.answer(Outcome::BrowserOpened(false));
    assert!(walk.says(&walk.words("consent.wsl")));
}

#[test]
fn a_browser_that_does_not_open_is_said_and_can_be_tried_again() {
    let mut walk = waiting();
    walk.press("open-consent");
    assert!(matches!(walk.order(), Effect::OpenBrowser { .. }));
    walk.answer(Outcome::BrowserOpened(false));
    assert!(walk.says(&walk.words("consent.not-opened")));
    walk.press("copy-consent");
    let url = Secret::from(world::listening(PORT).authorize_url);
    assert_eq!(walk.order(), Effect::Copy { text: url });
}

#[test]
fn a_port_in_use_is_explained_and_another_one_offered_with_what_must_be_registered() {
    let mut walk = binding(&WEB);
    walk.did();
    let busy = Failure::new(Layer::Listener, "_port_busy").with("port", "8976").with("offer", "9321");
    walk.answer(Outcome::Redirected(Err(busy)));
    assert!(walk.says("8976") && walk.says("9321") && !walk.offers("next") && walk.offers("retry"));
    walk.press("other-port");
    let Effect::Listen(request) = walk.order() else { panic!("nobody listens") };
    assert_eq!(request.port, RedirectPort::Fixed(9321));
    walk.tell(Progress::Listening(Box::new(world::listening(9321))));
    let help = format!("{:?}", walk.screen().help);
    assert!(help.contains("http://127.0.0.1:9321/callback"), "what must be registered now: {help}");
}

#[test]
fn the_redirected_address_can_be_pasted_while_the_listener_waits() {
    let mut walk = waiting();
    assert_eq!(walk.screen().paste.as_deref(), Some("redirected-address"));
    // What was pasted, what is said of it.
    for (query, id) in [
        ("code=c", "invalid.redirect.no-state"),
        ("code=c&state=of-another-session", "invalid.redirect.other-state"),
        (&format!("state={STATE}"), "invalid.redirect.no-code"),
        (&format!("state={STATE}&code=c&iss=https://evil.example"), "invalid.redirect.issuer-mismatch"),
    ] {
        walk.edit("redirected-address", &world::redirected(PORT, query));
        assert!(walk.offers("next"));
        walk.next();
        assert_eq!(walk.field_error("redirected-address"), Some(walk.words(id)), "{query}");
        assert_eq!((walk.did(), walk.open.len()), (vec![], 1), "{query}: the listener goes on");
    }
    walk.edit("redirected-address", "😀\u{202e}").next();
    let words = walk.words("invalid.redirect.not-an-address");
    assert_eq!(walk.field_error("redirected-address"), Some(words));
    walk.edit("redirected-address", &world::redirected(PORT, &format!("state={STATE}&code={CODE}"))).next();
    let did = walk.did();
    let [Did::Stop(Effect::Listen(_)), Did::Run(Effect::Exchange(request))] = did.as_slice() else {
        panic!("{did:?}")
    };
    assert_eq!(request.code, Secret::from(CODE));
}

#[test]
fn a_strange_redirect_is_said_and_the_wait_goes_on() {
    let mut walk = waiting();
    walk.tell(Progress::StrangeRedirect);
    assert!(walk.says(&walk.words("consent.strange")) && walk.is_working() && walk.did().is_empty());
    walk.answer(world::redirect());
    assert!(matches!(walk.order(), Effect::Exchange(_)));
}

#[test]
fn what_the_browser_shows_is_answered_while_the_listener_waits() {
    let mut walk = waiting();
    walk.press("what-browser-shows");
    let fields: Vec<_> = walk.screen().fields.into_iter().map(|field| field.id).collect();
    assert_eq!(fields, ["browser-shows"]);
    let crate::flow::screen::FieldValue::Choice { options, .. } = walk.field("browser-shows").value else {
        panic!("no choice")
    };
    assert!(options.len() > 3, "{options:?}");
    for option in options {
        assert!(!option.label.is_empty(), "{option:?}");
        walk.edit("browser-shows", &option.id);
        assert!(walk.says(&walk.words("diagnosis.means")), "{}", option.id);
    }
    assert!(walk.did().is_empty(), "the listener goes on");
    walk.back();
    assert_eq!(walk.step(), "consent");
    assert!(walk.says(&walk.words("consent.opened")));
    walk.press("what-browser-shows").answer(world::redirect());
    assert!(matches!(walk.order(), Effect::Exchange(_)), "the answer counts all the same");
}

/// What came back, the diagnosis that a script would get, the exit code.
#[test]
fn a_consent_that_gave_no_key_is_explained_and_can_be_asked_again() {
    let grant = world::grant;
    let cases = [
        (Outcome::Redirected(Err(Failure::new(Layer::Consent, "access_denied"))), None, ExitCode::RenewKey),
        (world::redirect(), Some(Grant { refresh_token: None, ..grant() }), ExitCode::RenewKey),
        (world::redirect(), Some(Grant { scopes: vec!["openid".to_owned()], ..grant() }), ExitCode::RenewKey),
        (
            world::redirect(),
            Some(Grant { email: Some("bob@gmail.com".to_owned()), ..grant() }),
            ExitCode::RenewKey,
        ),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for (redirected, granted, exit) in cases {
        let mut walk = waiting();
        walk.answer(redirected);
        if let Some(grant) = granted {
            walk.answer(world::granted(grant));
        }
        assert!(walk.open.is_empty() && walk.step() == "consent", "{:?}", walk.open);
        assert!(walk.says(&walk.words("diagnosis.means")) && walk.says(&walk.words("diagnosis.to-do")));
        assert!(!walk.offers("next") && walk.offers("back"));
        ids.insert(walk.wizard.failure().map(|failure| walk.wizard.diagnose(failure).id));
        walk.did();
        walk.press("retry");
        assert!(matches!(walk.order(), Effect::Listen(_)));
        walk.answer(Outcome::Redirected(Err(Failure::new(Layer::Consent, "access_denied"))));
        walk.press("quit");
        assert_eq!(walk.screen().status, Some(Status::Bad(walk.words("status.leaving-client"))));
        walk.press("quit");
        let ending = walk.wizard.ending().expect("the end");
        assert_eq!(ending.exit, exit);
    }
    assert_eq!(ids.len(), 4, "each has a diagnosis of its own: {ids:?}");
}

#[test]
fn somebody_elses_address_is_not_shown() {
    let mut walk = waiting();
    let grant = Grant { email: Some("bob@gmail.com".to_owned()), ..world::grant() };
    walk.answer(world::redirect()).answer(world::granted(grant));
    assert!(walk.says("anna@gmail.com") && !walk.says("bob@gmail.com"));
}

#[test]
fn a_pasted_refusal_ends_the_wait() {
    let mut walk = waiting();
    let refused = world::redirected(PORT, &format!("error=access_denied&state={STATE}"));
    walk.edit("redirected-address", &refused).next();
    let did = walk.did();
    assert!(matches!(did.as_slice(), [Did::Stop(Effect::Listen(_))]), "{did:?}");
    assert!(walk.says(&walk.words("diagnosis.means")) && walk.offers("retry"));
}

#[test]
fn a_failing_exchange_is_explained() {
    for code in ["invalid_client", "invalid_grant", "_timeout", "_not_json"] {
        let mut walk = waiting();
        walk.answer(world::redirect());
        walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Token, code).saying("Bad Request"))));
        assert!(walk.says(&walk.words("diagnosis.means")) && walk.offers("retry"), "{code}");
        assert!(walk.says("Bad Request") && !walk.is_working(), "{code}: the server's words");
    }
}

#[test]
fn who_comes_back_after_a_consent_need_not_give_it_again_but_may() {
    let mut walk = obtained();
    walk.back();
    assert_eq!((walk.step().as_str(), walk.did()), ("consent", vec![]));
    assert!(walk.says(&walk.words("consent.given")));
    walk.next();
    assert_eq!((walk.step().as_str(), walk.did()), ("check", vec![]));
    walk.back().press("retry");
    assert!(matches!(walk.order(), Effect::Listen(_)));
}

#[test]
fn stopping_the_wait_stops_the_listener() {
    let mut walk = waiting();
    walk.act(Action::Cancel);
    let did = walk.did();
    assert!(matches!(did.as_slice(), [Did::Stop(Effect::Listen(_))]), "{did:?}");
    assert!(
        !walk.is_working() && walk.offers("retry") && !matches!(walk.screen().status, Some(Status::Good(_)))
    );
}

#[test]
fn another_name_of_the_same_mailbox_is_the_right_account() {
    for (email, is_right) in [
        ("Anna@Gmail.com", true),
        ("an.na@gmail.com", true),
        ("anna+table@googlemail.com", true),
        ("bob@gmail.com", false),
        ("anna@example.org", false),
    ] {
        let mut walk = waiting();
        walk.answer(world::redirect()).did();
        walk.answer(world::granted(Grant { email: Some(email.to_owned()), ..world::grant() }));
        let saves = matches!(walk.did().as_slice(), [Did::Run(Effect::SavePending { .. })]);
        assert_eq!(saves, is_right, "{email}");
        assert_eq!(walk.offers("insist"), !is_right, "{email}");
    }
}

/// The provider may call the mailbox by a name of which only the person knows that it is the same.
#[test]
fn a_person_who_knows_better_keeps_the_consent() {
    let mut walk = waiting();
    walk.answer(world::redirect());
    walk.answer(world::granted(Grant { email: Some("anna@firma.example".to_owned()), ..world::grant() }))
        .did();
    assert!(walk.says(&walk.words("diagnosis.means")) && !walk.offers("next"));
    walk.press("insist");
    assert!(matches!(walk.order(), Effect::SavePending { .. }));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!(walk.step(), "check");
}

#[test]
fn where_the_account_was_asked_and_is_not_told_nothing_is_taken_for_granted() {
    let table: Vec<_> =
        WEB.map(|(field, text)| if field == "send-via" { (field, "api") } else { (field, text) }).into();
    let mut walk = binding(&table);
    walk.tell(Progress::Listening(Box::new(world::listening(PORT)))).answer(world::redirect());
    walk.answer(world::granted(Grant { scopes: vec![SEND_SCOPE.to_owned()], ..world::grant() })).did();
    assert_eq!((walk.step().as_str(), walk.offers("insist"), walk.offers("retry")), ("consent", true, true));
}

#[test]
fn asking_again_costs_nothing_until_there_is_another_consent() {
    let mut walk = obtained();
    walk.back().press("retry").press("cancel");
    assert!(walk.wizard.has_current_key());
    walk.back().next();
    assert_eq!(walk.step(), "consent");
    walk.next();
    assert_eq!(walk.step(), "check");
}

/// `--keep-anyway`: a script has nobody to ask.
#[test]
fn a_script_may_say_beforehand_that_it_knows_the_account() {
    let flags: Vec<_> = WEB.into_iter().chain([("keep-anyway", "yes")]).collect();
    let mut walk = Walk::unattended(crate::flow::wizard::Plan::Setup, &flags);
    walk.load(world::nothing());
    walk.through(&[], "consent");
    walk.tell(Progress::Listening(Box::new(world::listening(PORT)))).answer(world::redirect()).did();
    walk.answer(world::granted(Grant { email: Some("anna@firma.example".to_owned()), ..world::grant() }));
    assert!(matches!(walk.did().as_slice(), [Did::Run(Effect::SavePending { .. })]));
}
