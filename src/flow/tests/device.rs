//! The consent by a code on another device: when it is begun with, and what can be done meanwhile.

use super::{
    consent::{OTHER_SERVER, binding},
    walk::{Did, Walk},
    world::{self, CLIENT_SECRET, PORT, REFRESH_TOKEN},
};
use crate::{
    flow::{
        effect::{DeviceRequest, Effect, Listening, Outcome, Progress, StoredState},
        screen::Action,
        wizard::Plan,
    },
    model::{
        account::Account,
        exit_code::ExitCode,
        failure::{Failure, Layer},
        secret::Secret,
        whereabouts::Whereabouts,
    },
};

const DEVICE_URL: &str = "https://mail.firma.example/device/code";

/// A server that is described by hand and has codes for other devices.
fn table() -> Vec<(&'static str, &'static str)> {
    [&OTHER_SERVER[..], &[("device-url", DEVICE_URL), ("scope", "https://mail.google.com/")]].concat()
}

/// Until the way of the consent is being found.
fn begun(way: Option<&'static str>) -> Walk {
    let mut walk =
        Walk::begin(Plan::Setup, &way.map(|way| ("consent-way", way)).into_iter().collect::<Vec<_>>());
    walk.load(world::nothing());
    let table = table();
    walk.through(&table, "client");
    for (field, text) in &table {
        if walk.screen().fields.iter().any(|shown| shown.id == *field) {
            walk.edit(field, text);
        }
    }
    walk.next();
    assert_eq!(walk.step(), "consent-other");
    walk
}

/// Until the code is on the screen.
fn shown() -> Walk {
    let mut walk = begun(Some("device"));
    walk.tell(Progress::DeviceCode(Box::new(world::device_code()))).did();
    walk
}

fn request(effect: Effect) -> DeviceRequest {
    let Effect::AuthorizeDevice(request) = effect else { panic!("no code was asked for: {effect:?}") };
    *request
}

#[test]
fn the_place_decides_unless_somebody_said_it() {
    for (way, whereabouts, browser_likely, asks_code) in [
        (None, Whereabouts::Desktop, true, false),
        (None, Whereabouts::Desktop, false, false),
        (None, Whereabouts::Wsl, false, false),
        (None, Whereabouts::Ssh, false, true),
        (None, Whereabouts::Container, false, true),
        (None, Whereabouts::NoDisplay, false, true),
        (None, Whereabouts::Ssh, true, false),
        (Some("redirect"), Whereabouts::Ssh, false, false),
        (Some("redirect"), Whereabouts::NoDisplay, false, false),
    ] {
        let mut walk = begun(way);
        let listen = walk.order();
        assert!(matches!(listen, Effect::Listen(_)));
        let listening = Listening { whereabouts, browser_likely, ..world::listening(PORT) };
        walk.tell(Progress::Listening(Box::new(listening)));
        let did = walk.did();
        let codes: Vec<_> =
            did.iter().filter(|did| matches!(did, Did::Run(Effect::AuthorizeDevice(_)))).collect();
        assert_eq!(codes.len(), usize::from(asks_code), "{way:?} {whereabouts:?} {browser_likely}: {did:?}");
        assert_eq!(did.contains(&Did::Stop(listen)), asks_code, "nobody listens for what cannot come");
        assert!(walk.offers(if asks_code { "use-redirect" } else { "use-device" }));
    }
    let mut walk = begun(Some("device"));
    let asked = request(walk.order());
    assert_eq!((asked.device_url.as_str(), asked.scopes.len()), (DEVICE_URL, 1));
    assert_eq!(asked.client.secret, Some(Secret::from(CLIENT_SECRET)));
    assert!(walk.is_working() && !walk.offers("next"));
}

#[test]
fn a_provider_without_codes_offers_none() {
    let mut walk = binding(&OTHER_SERVER);
    walk.did();
    let listening =
        Listening { whereabouts: Whereabouts::Ssh, browser_likely: false, ..world::listening(PORT) };
    walk.tell(Progress::Listening(Box::new(listening)));
    assert_eq!(walk.did(), []);
    assert!(!walk.offers("use-device"));
    let mut flags = OTHER_SERVER.to_vec();
    flags.push(("consent-way", "device"));
    let walk = Walk::unattended(Plan::Setup, &flags);
    let said: Vec<_> = walk.wizard.missing().into_iter().map(|missing| missing.field).collect();
    assert_eq!(said, ["consent-way"]);
    let google = [("address", "anna@gmail.com"), ("method", "oauth"), ("consent-way", "device")];
    let walk = Walk::unattended(Plan::Setup, &google);
    assert!(walk.wizard.missing().iter().any(|missing| missing.field == "consent-way"), "Google gives none");
}

#[test]
fn the_code_is_shown_copied_and_waited_for() {
    let mut walk = shown();
    let code = world::device_code();
    assert!(walk.says(&code.address) && walk.says(&code.user_code) && walk.is_working());
    assert!(walk.says("5 min") && !walk.offers("next") && walk.offers("cancel"));
    let picture = walk.screen().code.expect("something to scan");
    assert_eq!(Some(picture.text), code.whole_address);
    assert!(
        picture
            .by_hand
            .is_some_and(|typed| (typed.address, typed.code) == (code.address.clone(), "WDJB-MJHT".into()))
    );
    assert_eq!(walk.screen().paste, None, "nothing comes back here");
    walk.press("copy-code");
    assert_eq!(walk.order(), Effect::Copy { text: Secret::from("WDJB-MJHT") });
    walk.press("copy-consent");
    assert_eq!(walk.order(), Effect::Copy { text: Secret::from(code.address.as_str()) });
    walk.press("open-consent");
    assert_eq!(walk.order(), Effect::OpenBrowser { url: code.address });
    walk.answer(Outcome::BrowserOpened(false));
    assert!(walk.says(&walk.words("status.not-opened")), "and the code is still there: {}", walk.picture());

    walk.answer(world::granted(world::grant()));
    let Some(Effect::SavePending { account, secrets }) = walk.open.last().map(|(_, effect)| effect.clone())
    else {
        panic!("not saved")
    };
    assert_eq!(*secrets, world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)));
    assert_eq!(account.oauth.and_then(|oauth| oauth.device_url).as_deref(), Some(DEVICE_URL));
    walk.answer(Outcome::PendingSaved(Ok(())));
    assert_eq!(walk.step(), "check");
}

#[test]
fn a_grant_of_a_device_is_examined_as_any_other() {
    let mut walk = shown();
    let grant = crate::model::grant::Grant { refresh_token: None, ..world::grant() };
    walk.answer(world::granted(grant));
    assert_eq!(walk.step(), "consent-other");
    assert!(walk.did().is_empty() && walk.offers("retry"), "nothing that lasts is nothing");
}

#[test]
fn whatever_ends_it_one_key_begins_again() {
    for (failure, exit) in [
        (Failure::new(Layer::Consent, "expired_token"), ExitCode::RenewKey),
        (Failure::new(Layer::Consent, "access_denied"), ExitCode::RenewKey),
        (Failure::new(Layer::Consent, "authorization_declined"), ExitCode::RenewKey),
        (Failure::new(Layer::Token, "bad_verification_code"), ExitCode::RenewKey),
        (Failure::new(Layer::Token, "_unsafe_address"), ExitCode::CheckFailed),
        (Failure::new(Layer::Consent, "_timeout").with("way", "device"), ExitCode::Network),
    ] {
        let mut walk = shown();
        walk.answer(Outcome::Exchanged(Err(failure.clone())));
        assert_eq!(walk.wizard.diagnose(&failure).exit, exit, "{failure:?}");
        assert!(walk.offers("use-redirect") && !walk.offers("use-device") && !walk.says("WDJB"));
        walk.press("retry");
        request(walk.order());
    }
}

#[test]
fn it_can_be_stopped_left_and_done_the_other_way() {
    let mut walk = shown();
    let asked = walk.open.last().map(|(_, effect)| effect.clone()).expect("it waits");
    walk.act(Action::Cancel);
    assert_eq!(walk.did(), [Did::Stop(asked)]);
    assert!(walk.offers("retry"));

    let mut walk = shown();
    walk.back();
    assert_eq!(walk.step(), "client");
    assert!(matches!(walk.did().as_slice(), [Did::Stop(Effect::AuthorizeDevice(_))]));
    walk.next();
    request(walk.order());

    let mut walk = shown();
    walk.press("use-redirect");
    assert!(matches!(
        walk.did().as_slice(),
        [Did::Stop(Effect::AuthorizeDevice(_)), Did::Run(Effect::Listen(_))]
    ));
    walk.tell(Progress::Listening(Box::new(world::listening(PORT))))
        .answer(Outcome::BrowserOpened(true))
        .did();
    walk.press("use-device");
    assert!(matches!(
        walk.did().as_slice(),
        [Did::Stop(Effect::Listen(_)), Did::Run(Effect::AuthorizeDevice(_))]
    ));
    assert_eq!(walk.wizard.answers().text("consent-way"), "device", "a record of the run has it");
}

#[test]
fn a_renewal_asks_with_the_secret_that_was_kept() {
    let mut account: Account = world::by_consent("anna");
    account.provider = "other".to_owned();
    if let Some(oauth) = &mut account.oauth {
        oauth.device_url = Some(DEVICE_URL.to_owned());
    }
    let mut walk = Walk::begin(Plan::Reauth, &[("consent-way", "device")]);
    walk.load(StoredState { accounts: vec![account], ..world::nothing() });
    walk.through(&[("account", "anna")], "consent-other");
    let kept = Secret::from(CLIENT_SECRET);
    walk.answer(Outcome::ClientSecretRead(Ok(Some(kept.clone()))));
    let asked = request(walk.order());
    assert_eq!((asked.device_url.as_str(), asked.client.secret), (DEVICE_URL, Some(kept)));
    walk.tell(Progress::DeviceCode(Box::new(world::device_code()))).answer(world::granted(world::grant()));
    let Some((_, Effect::SavePending { account, .. })) = walk.open.last() else { panic!("not saved") };
    assert_eq!(account.oauth.as_ref().and_then(|oauth| oauth.device_url.as_deref()), Some(DEVICE_URL));
}
