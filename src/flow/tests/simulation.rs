//! The whole flow with a person who presses anything, in a world that answers late, twice, wrongly or never.
//! Each run follows from its seed, which a failing one prints.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    table,
    walk::Walk,
    world::{self, APP_PASSWORD, CLIENT_ID, CLIENT_SECRET, LATER, PASSWORD, PORT, REFRESH_TOKEN, ROTATED},
};
use crate::{
    flow::{
        effect::{
            CheckReport, CheckRequest, Checkpoint, Effect, OrderId, Outcome, Progress, SignIn, StoredState,
            Unfinished,
        },
        screen::{Action, FieldValue, Status},
        wizard::Plan,
    },
    model::{
        exit_code::ExitCode,
        failure::{Failure, Layer},
        grant::Grant,
        secret::Secret,
        stage::{Stage, StageReport, StageResult},
        store_kind::StoreKind,
    },
};

/// Runs; each one finds its own way.
const SEEDS: u64 = 400;
/// What happens in a run.
const MOVES: usize = 120;

/// `SplitMix64` (Steele, Lea, Flood 2014): enough chance for a test, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % u64::try_from(below.max(1)).expect("small")).expect("below a usize")
    }

    /// True in so many of a hundred cases.
    fn percent(&mut self, percent: usize) -> bool {
        self.number(100) < percent
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.number(list.len())]
    }
}

/// What the world really holds, whatever the wizard believes.
struct Simulation {
    chance: Chance,
    walk: Walk,
    /// Keys that are in a store as pending, by account and store.
    pending: BTreeMap<(String, &'static str), Secret>,
    /// Whose key is pending under an id.
    holders: BTreeMap<String, String>,
    /// Every key that was ever put away safely.
    safe: Vec<Secret>,
    /// The account was promoted and written down.
    kept: bool,
    /// The last check that ended and was not dropped proved everything.
    proved: bool,
    /// SeaTable did all that it was asked the last time.
    connected: bool,
    /// Orders that were answered or cancelled.
    closed: BTreeSet<OrderId>,
    seen: BTreeSet<OrderId>,
}

impl Simulation {
    fn begin(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let plan = *chance.one_of(&[
            Plan::Any,
            Plan::Setup,
            Plan::Setup,
            Plan::Verify,
            Plan::Reauth,
            Plan::Connect,
            Plan::SeatableCheck,
        ]);
        let walk = Walk::begin(plan, &[]);
        let mut simulation = Self {
            chance,
            walk,
            pending: BTreeMap::new(),
            holders: BTreeMap::new(),
            safe: Vec::new(),
            kept: false,
            proved: false,
            connected: false,
            closed: BTreeSet::new(),
            seen: BTreeSet::new(),
        };
        simulation.look();
        simulation
    }

    fn run(&mut self) {
        for _ in 0..MOVES {
            if self.walk.wizard.ending().is_some() {
                break;
            }
            match self.chance.number(100) {
                0..40 => self.act(),
                40..62 => self.edit(),
                62..88 => self.answer(),
                88..94 => self.news(),
                _ => self.late(),
            }
            self.look();
        }
        self.leave();
    }

    /// Presses something: mostly what goes on.
    fn act(&mut self) {
        let actions: Vec<_> =
            self.walk.screen().actions.into_iter().filter(|view| view.disabled.is_none()).collect();
        let next = actions.iter().find(|view| view.action == Action::Next);
        let action = match next {
            Some(next) if self.chance.percent(70) => next.action.clone(),
            // What the screen does not offer must do no harm either.
            _ if self.chance.percent(5) => Action::Step("keep-anyway".to_owned()),
            _ if actions.is_empty() => return,
            _ => self.chance.one_of(&actions).action.clone(),
        };
        if action == Action::Quit && self.chance.percent(80) {
            return;
        }
        self.walk.act(action);
    }

    /// Fills something in: mostly something that fits.
    fn edit(&mut self) {
        let fields = self.walk.screen().fields;
        if fields.is_empty() {
            return;
        }
        let field = self.chance.one_of(&fields);
        let strange = ["", " ", "x", "\u{202e}\u{7}🦀", "anna@@gmail", "1e9", "http://x", "\0"];
        let fitting: &[&str] = match (field.id.as_str(), &field.value) {
            (_, FieldValue::Choice { options, .. }) if !options.is_empty() => {
                let option = self.chance.one_of(options).id.clone();
                self.walk.edit(&field.id, &option);
                return;
            }
            ("address" | "send-to", _) => &["anna@gmail.com", "anna@firma.example", "bob@gmail.com"],
            ("app-password", _) => &[APP_PASSWORD],
            ("password" | "seatable-password", _) => &[PASSWORD],
            ("client-id", _) => &[CLIENT_ID],
            ("client-secret", _) => &[CLIENT_SECRET],
            ("client-file", _) => &["", "/x/client_secret.json"],
            ("smtp-host", _) => &["mail.firma.example"],
            ("authorize-url" | "token-url", _) => &["https://a.example/o"],
            ("scope", _) => &["mail"],
            ("seatable-token", _) => &[table::TOKEN],
            ("seatable-user", _) => &["anna@gmail.com"],
            ("seatable-code", _) => &["123456"],
            ("redirected-address", _) => &["http://127.0.0.1:8976/callback?code=canary&state=canary-state"],
            _ => &["anna", "587", ""],
        };
        let text = if self.chance.percent(85) { fitting } else { &strange };
        let (id, text) = (field.id.clone(), (*self.chance.one_of(text)).to_owned());
        self.walk.edit(&id, &text);
    }

    /// Answers something that is open: mostly well.
    fn answer(&mut self) {
        if self.walk.open.is_empty() {
            return;
        }
        let index = self.chance.number(self.walk.open.len());
        let (id, effect) = self.walk.open.remove(index);
        let outcome = self.outcome(&effect);
        match (&effect, &outcome) {
            (Effect::SavePending { account, secrets }, Outcome::PendingSaved(Ok(())))
            | (Effect::ReadSecrets { account, pending: true }, Outcome::SecretsRead(Ok(secrets))) => {
                self.pending.insert((account.id.clone(), account.store.id()), secrets.key.clone());
                self.safe.push(secrets.key.clone());
            }
            (Effect::KeepAccount { .. }, Outcome::AccountKept(Ok(_))) => self.kept = true,
            (Effect::ConnectSeatable(_), Outcome::SeatableConnected(report)) => {
                self.connected = report.failure().is_none();
            }
            (Effect::Check(_), Outcome::Checked(report)) => self.proved = report.failure().is_none(),
            _ => {}
        }
        self.walk.send(crate::flow::message::Message::Finished(id, outcome));
    }

    fn outcome(&mut self, effect: &Effect) -> Outcome {
        let well = self.chance.percent(80);
        if !well && self.chance.percent(20) {
            return Outcome::Panicked(Failure::new(Layer::Bug, "_panic"));
        }
        match effect {
            Effect::LoadState if well => Outcome::StateLoaded(Ok(Box::new(self.state()))),
            Effect::LoadState => {
                Outcome::StateLoaded(Err(self.failure(Layer::Files, &["_denied", "_newer"])))
            }
            Effect::TryStore(_) if well => world::store_works(),
            Effect::TryStore(_) => Outcome::StoreTried(Err(self.store_failure())),
            Effect::Discover(_) => Outcome::Discovered,
            Effect::ReadFile { .. } if well => Outcome::FileRead(Ok(Secret::from(client_file()))),
            Effect::ReadFile { .. } => {
                Outcome::FileRead(Err(self.failure(Layer::Files, &["_not_found", "_too_large"])))
            }
            Effect::ReadSecrets { .. } if well => {
                Outcome::SecretsRead(Ok(Box::new(world::secrets(REFRESH_TOKEN, Some(CLIENT_SECRET)))))
            }
            Effect::ReadSecrets { .. } => Outcome::SecretsRead(Err(self.store_failure())),
            Effect::ReadClientSecret { .. } if well => {
                let secret = self.chance.percent(80).then(|| Secret::from(CLIENT_SECRET));
                Outcome::ClientSecretRead(Ok(secret))
            }
            Effect::ReadClientSecret { .. } => Outcome::ClientSecretRead(Err(self.store_failure())),
            Effect::Listen(_) if well => world::redirect(),
            Effect::Listen(_) => Outcome::Redirected(Err(self
                .failure(Layer::Consent, &["access_denied", "_timeout", "_wrong_issuer", "invalid_scope"]))),
            Effect::OpenBrowser { .. } => Outcome::BrowserOpened(well),
            Effect::Copy { .. } => Outcome::Copied(well),
            Effect::Exchange(_) | Effect::AuthorizeDevice(_) if well => {
                Outcome::Exchanged(Ok(Box::new(self.grant())))
            }
            Effect::AuthorizeDevice(_) => Outcome::Exchanged(Err(
                self.failure(Layer::Consent, &["access_denied", "expired_token", "_timeout"])
            )),
            Effect::Exchange(_) => Outcome::Exchanged(Err(
                self.failure(Layer::Token, &["invalid_grant", "invalid_client", "_timeout"])
            )),
            Effect::Check(request) => Outcome::Checked(Box::new(self.report(request, well))),
            Effect::SeeArrival(_) if well => world::arrived(),
            Effect::SeeArrival(_) => {
                world::not_arrived(self.failure(Layer::Arrive, &["_not_seen", "NO", "_closed"]))
            }
            Effect::SavePending { .. } if well => Outcome::PendingSaved(Ok(())),
            Effect::SavePending { .. } => Outcome::PendingSaved(Err(self.store_failure())),
            // At times a base was connected meanwhile.
            Effect::KeepAccount { account } if well => {
                let found = table::connected((**account).clone(), 17, false).destination;
                Outcome::AccountKept(Ok(self.chance.percent(12).then_some(found)))
            }
            Effect::KeepAccount { .. } => Outcome::AccountKept(Err(self.store_failure())),
            Effect::DropPending { .. } if well => Outcome::PendingDropped(Ok(())),
            Effect::DropPending { .. } => Outcome::PendingDropped(Err(self.store_failure())),
            Effect::SaveUnfinished { .. } => Outcome::UnfinishedSaved(Ok(())),
            Effect::RecordCheck { .. } => Outcome::CheckRecorded(Ok(())),
            Effect::ReadSeatable { .. } if well => {
                let versions = ["5.1.9", "5.3.0", "6.1.6", "7.0.4"];
                table::version(versions[self.chance.number(versions.len())])
            }
            Effect::ReadSeatable { .. } => {
                Outcome::SeatableRead(Err(self
                    .failure(Layer::Seatable, &["_not_seatable", "_login_page", "_unknown_issuer", "429"])))
            }
            Effect::SignInSeatable { .. } if well => {
                let bases = if self.chance.percent(90) { table::bases() } else { Vec::new() };
                Outcome::SeatableSignedIn(Ok(Box::new(table::session(bases))))
            }
            Effect::SignInSeatable { .. } => Outcome::SeatableSignedIn(Err(self.failure(
                Layer::Seatable,
                &[
                    "_credentials",
                    "_code_missing",
                    "_code_wrong",
                    "_token_refused",
                    "_api_token",
                    "_no_token",
                ],
            ))),
            Effect::ConnectSeatable(request) if well => table::sent(request, 17),
            Effect::ConnectSeatable(request) => {
                let codes = ["_name_taken", "_account_gone", "_base_gone", "_no_permission", "500"];
                let code = *self.chance.one_of(&codes);
                if self.chance.percent(50) {
                    table::not_written(Stage::SeatableFind, code)
                } else {
                    table::not_sent(request, 17, "_send_400")
                }
            }
        }
    }

    fn failure(&mut self, layer: Layer, codes: &[&str]) -> Failure {
        Failure::new(layer, codes[self.chance.number(codes.len())])
    }

    fn store_failure(&mut self) -> Failure {
        self.failure(Layer::Store, &["_full", "_locked", "_no_keyring", "_timeout", "_denied"])
    }

    fn state(&mut self) -> StoredState {
        let mut state = world::nothing();
        if self.chance.percent(50) {
            state.accounts = vec![
                world::by_app_password("anna"),
                world::by_consent("bob"),
                table::connected(world::by_app_password("cleo"), 17, true),
            ];
        }
        if self.chance.percent(20) {
            state.pending = Some(world::by_consent("bob"));
        }
        if self.chance.percent(20) {
            let answers = [("address", "anna@gmail.com"), ("for", "seatable"), ("method", "oauth")];
            let answers = answers.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
            state.unfinished = Some(Unfinished { step: "consent".to_owned(), answers });
        }
        state
    }

    fn grant(&mut self) -> Grant {
        let mut grant = world::grant();
        match self.chance.number(8) {
            0 => grant.refresh_token = None,
            1 => grant.scopes = vec!["openid".to_owned()],
            2 => grant.email = Some("somebody@else.example".to_owned()),
            3 => grant.scopes.extend([world::SEND_SCOPE.to_owned(), "openid".to_owned(), "email".to_owned()]),
            _ => {}
        }
        grant
    }

    fn report(&mut self, request: &CheckRequest, well: bool) -> CheckReport {
        let stages = [Stage::Resolve, Stage::Connect];
        let mut report = world::good_check(&stages);
        if !well {
            let codes = [(Layer::SignIn, "535"), (Layer::Send, "550"), (Layer::Tls, "_expired")];
            let (layer, code) = *self.chance.one_of(&codes);
            let failure = Failure::new(layer, code).saying("no");
            let result = StageResult::Failed(failure);
            let stage = Stage::SignIn;
            report.stages.push(StageReport { stage, result, milliseconds: 3 });
        }
        if matches!(request.sign_in, SignIn::OAuth(_)) && self.chance.percent(30) {
            report.grant = Some(Grant { refresh_token: Some(Secret::from(ROTATED)), ..world::grant() });
        }
        report
    }

    /// News of something that goes on.
    fn news(&mut self) {
        if self.walk.open.is_empty() {
            return;
        }
        let (id, effect) = self.chance.one_of(&self.walk.open).clone();
        let progress = match effect {
            Effect::Listen(_) if self.chance.percent(70) => {
                Progress::Listening(Box::new(world::listening(PORT)))
            }
            Effect::Listen(_) => Progress::StrangeRedirect,
            Effect::Discover(_) => {
                Progress::Replied(Box::new(world::reply(&mut |most| self.chance.number(most))))
            }
            Effect::AuthorizeDevice(_) => Progress::DeviceCode(Box::new(world::device_code())),
            Effect::Check(_) => Progress::StageBegan(Stage::Resolve),
            Effect::ConnectSeatable(_) => Progress::StageBegan(Stage::SeatableFind),
            Effect::KeepAccount { .. } => Progress::Kept(Checkpoint::Promoted),
            _ => return,
        };
        self.walk.send(crate::flow::message::Message::Progress(id, progress));
    }

    /// An answer to something that is over: it must change nothing at all.
    fn late(&mut self) {
        let Some(id) = self.closed.iter().nth(self.chance.number(self.closed.len())).copied() else { return };
        let before = self.walk.screen();
        let outcome =
            self.chance.one_of(&[world::redirect(), world::proved(), Outcome::AccountKept(Ok(None))]).clone();
        self.walk.send(crate::flow::message::Message::Finished(id, outcome));
        assert_eq!(self.walk.screen(), before, "a late answer counted");
    }

    /// What must hold at any time.
    fn look(&mut self) {
        let open: BTreeSet<OrderId> = self.walk.open.iter().map(|(id, _)| *id).collect();
        self.closed.extend(self.seen.iter().filter(|id| !open.contains(id)));
        let fresh: Vec<Effect> = self
            .walk
            .open
            .iter()
            .filter(|(id, _)| !self.seen.contains(id))
            .map(|(_, effect)| effect.clone())
            .collect();
        self.seen.extend(open);
        for effect in fresh {
            self.ordered(&effect);
        }
        let screen = self.walk.screen();
        if self.walk.wizard.ending().is_none() && self.walk.open.is_empty() {
            assert!(!matches!(screen.status, Some(Status::Working(_))), "it waits for nothing");
            let ways = screen.actions.iter().filter(|view| view.disabled.is_none());
            assert!(ways.count() > 1, "only leaving is left");
        }
        if screen.step == "finish" {
            assert!(self.kept, "finished without an account");
        }
    }

    /// What must hold for an order when it is given.
    fn ordered(&mut self, effect: &Effect) {
        match effect {
            Effect::Check(request) => {
                self.proved = false;
                let key = match &request.sign_in {
                    SignIn::Password { password } => password,
                    SignIn::OAuth(refresh) => &refresh.refresh_token,
                    SignIn::Stored { .. } => return,
                };
                assert!(self.safe.contains(key), "a key is checked that was never saved");
            }
            Effect::SavePending { account, .. } => {
                let address = account.address.as_str().to_owned();
                let before = self.holders.insert(account.id.clone(), address.clone());
                assert_eq!(before.unwrap_or(address.clone()), address, "another key is overwritten");
            }
            Effect::KeepAccount { account } => {
                let key = self.walk.wizard.key.as_ref().map(|key| key.secrets.key.clone());
                let pending = self.pending.get(&(account.id.clone(), account.store.id()));
                assert_eq!(key.as_ref(), pending, "another key is promoted than the one in hand");
                assert_ne!(account.store, StoreKind::Memory);
                assert!(account.key.obtained <= LATER);
            }
            _ => {}
        }
    }

    /// Leaving is always possible, and claims nothing that was not proved.
    fn leave(&mut self) {
        for _ in 0..2 {
            if self.walk.wizard.ending().is_none() {
                self.walk.act(Action::Quit);
            }
        }
        let ending = self.walk.wizard.ending().expect("leaving is always possible").clone();
        assert!(self.walk.open.iter().all(|(_, effect)| is_background(effect)), "something still runs");
        if ending.exit == ExitCode::Proved {
            let plan = self.walk.wizard.plan;
            let about_seatable = matches!(plan, Plan::Connect | Plan::SeatableCheck);
            assert!(self.proved || about_seatable, "it was not proved");
            assert!(self.kept || about_seatable || plan == Plan::Verify, "it was not kept");
            assert!(self.connected || !self.walk.wizard.connects(), "SeaTable did not send it");
        }
    }
}

/// True for what is done beside the steps, and may end after the wizard.
fn is_background(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::OpenBrowser { .. }
            | Effect::Copy { .. }
            | Effect::RecordCheck { .. }
            | Effect::ReadSecrets { pending: true, .. }
            | Effect::DropPending { .. }
            | Effect::SavePending { .. }
            | Effect::LoadState
    )
}

fn client_file() -> String {
    format!(
        r#"{{"web":{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}",
        "redirect_uris":["http://127.0.0.1:{PORT}/callback",
        "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/"]}}}}"#
    )
}

/// Prints the seed of a run that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed was {}", self.0);
        }
    }
}

#[test]
fn whatever_happens_nothing_is_lost_and_nothing_is_claimed() {
    let (mut kept, mut proved) = (0, 0);
    for seed in 0..SEEDS {
        let guard = Seed(seed);
        let mut simulation = Simulation::begin(seed);
        simulation.run();
        kept += usize::from(simulation.kept);
        let exit = simulation.walk.wizard.ending().map(|ending| ending.exit);
        proved += usize::from(exit == Some(ExitCode::Proved));
        drop(guard);
    }
    // Were nothing ever kept, the rest would have been looked at for nothing.
    assert!(kept > 10 && proved > 20, "{kept} kept, {proved} proved, of {SEEDS}");
}
