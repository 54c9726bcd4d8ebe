//! Whole journeys as a row of screens, in any language: every step, and what can be seen on it. The terminal UI
//! takes its pictures of them.

mod seatable;
mod stores;

use super::{
    consent::{OTHER_SERVER, WEB},
    password::GMAIL,
    walk::Walk,
    world::{self, APP_PASSWORD, CLIENT_ID, CLIENT_SECRET, PASSWORD, PORT},
};
use crate::{
    flow::{
        effect::{Checkpoint, Listening, Outcome, Progress, SetAside, StoredState, Unfinished},
        screen::Screen,
        wizard::Plan,
    },
    model::{
        failure::{Failure, Layer},
        language::Language,
        recognition::{Answer, Asked, Exchanger, Reply},
        stage::Stage,
        whereabouts::Whereabouts,
    },
};

/// All journeys, by name.
pub fn all(language: Language) -> Vec<(&'static str, Vec<Screen>)> {
    let film = |plan, state| Film::begin(plan, language, state);
    vec![
        ("app_password", app_password(film(Plan::Setup, world::nothing()))),
        ("oauth", oauth(film(Plan::Setup, world::nothing()))),
        ("desktop", desktop(film(Plan::Setup, world::nothing()))),
        ("other", other(film(Plan::Setup, world::nothing()))),
        ("found_out", found_out(film(Plan::Setup, world::nothing()))),
        ("relay", relay(film(Plan::Setup, world::nothing()))),
        ("own_domain", own_domain(film(Plan::Setup, world::nothing()))),
        ("other_oauth", other_oauth(film(Plan::Setup, world::nothing()))),
        ("device", device(film(Plan::Setup, world::nothing()))),
        ("verify", verify(film(Plan::Any, kept()))),
        ("other_stores", stores::set_up(film(Plan::Setup, world::nothing()))),
        ("unlock", stores::unlock(film(Plan::Any, stores::sealed()))),
        ("reauth", reauth(film(Plan::Any, kept()))),
        ("seatable", seatable::done(film(Plan::Setup, world::nothing()))),
        ("seatable_form", seatable::left_to_it(film(Plan::Setup, world::nothing()))),
        ("seatable_server", seatable::server_mail(film(Plan::Setup, world::nothing()))),
        ("seatable_later", seatable::later(film(Plan::Any, kept()))),
        ("seatable_check", seatable::check(film(Plan::SeatableCheck, connected()))),
        ("left", left(film(Plan::Any, unfinished()))),
    ]
}

/// A walk whose screens are kept.
struct Film {
    walk: Walk,
    screens: Vec<Screen>,
}

impl Film {
    fn begin(plan: Plan, language: Language, state: StoredState) -> Self {
        let mut walk = Walk::loaded(plan, state);
        walk.edit("language", language.code());
        Self { walk, screens: Vec::new() }.shot()
    }

    fn shot(mut self) -> Self {
        self.screens.push(self.walk.screen());
        self
    }

    /// What the person and the world do until the next picture.
    fn then(mut self, does: impl FnOnce(&mut Walk)) -> Self {
        does(&mut self.walk);
        self.shot()
    }

    /// One picture of each step on the way, answers filled in.
    fn through(mut self, table: &[(&str, &str)], until: &str) -> Self {
        while self.walk.step() != until {
            for (field, text) in table {
                if self.walk.screen().fields.iter().any(|shown| shown.id == *field) {
                    self.walk.edit(field, text);
                }
            }
            let next = self.walk.step();
            if self.screens.last().is_some_and(|screen| screen.step == next) {
                self.screens.pop();
            }
            self = self.shot();
            self.walk.next();
            if self.walk.step() == "seatable-server" && self.walk.is_working() {
                self = self.shot();
                self.walk.answer(super::table::version("6.1.6"));
            }
            if self.walk.step() == "store" {
                self = self.shot();
                self.walk.answer(world::store_works());
            }
            assert_ne!(self.walk.step(), next, "stuck on the way to {until}");
        }
        self.shot()
    }

    /// From a key that can be checked to the last screen.
    fn until_the_end(self, deliver: &str) -> Self {
        self.then(|walk| {
            walk.next();
            for stage in [Stage::Resolve, Stage::Connect] {
                walk.tell(Progress::StageBegan(stage));
                walk.tell(Progress::StageEnded(Box::new(world::passed(stage))));
            }
            walk.tell(Progress::StageBegan(Stage::Tls));
        })
        .then(|walk| {
            walk.answer(world::proved());
        })
        .then(|walk| {
            walk.next();
        })
        .then(|walk| {
            walk.next().tell(Progress::Kept(Checkpoint::Promoted)).answer(Outcome::AccountKept(Ok(None)));
            assert_eq!(walk.step(), deliver);
        })
        .then(|walk| {
            walk.next();
            if walk.step() == "seatable-use" {
                walk.next();
            }
            assert_eq!(walk.step(), "finish");
        })
    }
}

fn kept() -> StoredState {
    let accounts = vec![world::by_app_password("anna"), world::by_consent("bob")];
    StoredState { accounts, ..world::nothing() }
}

fn connected() -> StoredState {
    let accounts = vec![super::table::connected(world::by_app_password("anna"), 17, true)];
    StoredState { accounts, ..world::nothing() }
}

fn unfinished() -> StoredState {
    let answers = [("address", "anna@gmail.com"), ("for", "seatable"), ("method", "oauth")];
    let answers = answers.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
    StoredState {
        unfinished: Some(Unfinished { step: "cloud-api".to_owned(), answers }),
        pending: Some(world::by_consent("bob")),
        set_aside: vec![SetAside {
            file: "accounts.json".to_owned(),
            path: "/srv/anna/mailkey/accounts.json.damaged".to_owned(),
        }],
        ..world::nothing()
    }
}

fn app_password(film: Film) -> Vec<Screen> {
    film.through(&[], "sender")
        .then(|walk| {
            walk.edit("address", "anna@").next();
        })
        .through(&GMAIL, "app-password")
        .then(|walk| {
            walk.edit("app-password", "qjxwvkzpqjxwvkzpx").next();
        })
        .then(|walk| {
            walk.edit("app-password", APP_PASSWORD);
        })
        .then(|walk| {
            walk.next().answer(Outcome::PendingSaved(Ok(())));
        })
        .then(|walk| {
            walk.next().answer(world::refused());
        })
        .then(|walk| {
            walk.press("retry").act(crate::flow::screen::Action::Cancel);
        })
        .until_the_end("deliver-seatable")
        .screens
}

fn oauth(film: Film) -> Vec<Screen> {
    film.through(&WEB, "client")
        .then(|walk| {
            walk.edit("client-id", "12-ab").edit("client-secret", "short").next();
        })
        .then(|walk| {
            walk.edit("client-id", CLIENT_ID).edit("client-secret", CLIENT_SECRET).next();
        })
        .then(|walk| {
            walk.tell(Progress::Listening(Box::new(real_listening()))).answer(Outcome::BrowserOpened(true));
        })
        .then(|walk| {
            walk.press("what-browser-shows");
        })
        .then(|walk| {
            walk.edit("browser-shows", "redirect_uri_mismatch");
        })
        .then(|walk| {
            walk.back().answer(Outcome::Redirected(Err(Failure::new(Layer::Consent, "access_denied"))));
        })
        .then(|walk| {
            walk.press("retry").answer(Outcome::Redirected(Err(busy())));
        })
        .then(|walk| {
            walk.press("other-port").tell(Progress::Listening(Box::new(real_listening())));
            walk.answer(world::redirect());
        })
        .then(|walk| {
            walk.answer(world::granted(world::grant())).answer(Outcome::PendingSaved(Ok(())));
        })
        .until_the_end("deliver-seatable-oauth")
        .screens
}

fn desktop(film: Film) -> Vec<Screen> {
    let table = [
        ("address", "anna@firma.example"),
        ("provider", "google_workspace"),
        ("for", "cli"),
        ("method", "oauth"),
        ("client-id", CLIENT_ID),
        ("client-secret", CLIENT_SECRET),
    ];
    film.through(&table, "consent")
        .then(|walk| {
            let ssh_command = Some("ssh -L 40123:127.0.0.1:40123 anna@server.example".to_owned());
            let whereabouts = Whereabouts::Ssh;
            let listening = Listening { whereabouts, ssh_command, browser_likely: false, ..real_listening() };
            walk.tell(Progress::Listening(Box::new(listening)));
        })
        .then(|walk| {
            walk.answer(world::redirect()).answer(world::granted(world::grant()));
            walk.answer(Outcome::PendingSaved(Ok(())));
        })
        .until_the_end("deliver-cli")
        .screens
}

fn other(film: Film) -> Vec<Screen> {
    film.through(&OTHER_SERVER[..5], "endpoints")
        .then(|walk| {
            walk.edit("authorize-url", "http://mail.firma.example/authorize").next();
        })
        .then(|walk| {
            walk.back().edit("method", "password").next();
            if walk.step() == "store" {
                walk.answer(Outcome::StoreTried(Err(world::no_keyring())));
            }
        })
        .then(|walk| {
            walk.edit("store", "plain-file").next().answer(world::store_works());
            if walk.step() == "store" {
                walk.next();
            }
            walk.edit("password", PASSWORD);
        })
        .then(|walk| {
            walk.act(crate::flow::screen::Action::Quit);
        })
        .then(|walk| {
            walk.press("stay").next();
        })
        .then(|walk| {
            walk.answer(Outcome::PendingSaved(Ok(())));
        })
        .until_the_end("deliver-program")
        .screens
}

/// A service for sending, in one of its regions, with a user name of its own.
fn relay(film: Film) -> Vec<Screen> {
    let table = [
        ("address", "news@firma.example"),
        ("provider", "amazon_ses"),
        ("region", "eu-west-1"),
        ("for", "program"),
        ("method", "app-password"),
    ];
    film.through(&table, "key-amazon-ses")
        .then(|walk| {
            walk.edit("user", "AKIAPRACTICE").edit("app-password", PASSWORD).next();
        })
        .then(|walk| {
            walk.answer(Outcome::PendingSaved(Ok(())));
        })
        .until_the_end("deliver-program")
        .screens
}

/// A mailbox whose address is of another domain than what it signs in as.
fn own_domain(film: Film) -> Vec<Screen> {
    let table = [
        ("address", "anna@firma.example"),
        ("provider", "icloud"),
        ("for", "program"),
        ("method", "app-password"),
        ("user", "anna@icloud.com"),
    ];
    film.through(&table, "key-icloud")
        .then(|walk| {
            walk.edit("app-password", APP_PASSWORD).next();
        })
        .then(|walk| {
            walk.answer(Outcome::PendingSaved(Ok(())));
        })
        .until_the_end("deliver-program")
        .screens
}

fn other_oauth(film: Film) -> Vec<Screen> {
    film.through(&OTHER_SERVER, "consent-other")
        .then(|walk| {
            walk.tell(Progress::Listening(Box::new(real_listening()))).answer(Outcome::BrowserOpened(true));
        })
        .screens
}

fn device(film: Film) -> Vec<Screen> {
    let table = [&OTHER_SERVER[..], &[("device-url", "https://mail.firma.example/device/code")]].concat();
    film.through(&table, "consent-other")
        .then(|walk| {
            let whereabouts = Whereabouts::NoDisplay;
            let listening = Listening { whereabouts, browser_likely: false, ..real_listening() };
            walk.tell(Progress::Listening(Box::new(listening)));
        })
        .then(|walk| {
            walk.tell(Progress::DeviceCode(Box::new(world::device_code())));
        })
        .then(|walk| {
            walk.answer(Outcome::Exchanged(Err(Failure::new(Layer::Consent, "expired_token"))));
        })
        .screens
}

fn verify(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.edit("task", "verify").next();
    })
    .then(|walk| {
        walk.edit("account", "anna").next();
    })
    .then(|walk| {
        walk.next().answer(world::refused()).answer(Outcome::CheckRecorded(Ok(())));
    })
    .then(|walk| {
        walk.next();
    })
    .then(|walk| {
        walk.back().press("retry").answer(world::proved());
    })
    .then(|walk| {
        walk.answer(Outcome::CheckRecorded(Ok(()))).next();
    })
    .screens
}

fn reauth(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.edit("task", "reauth").next();
    })
    .through(&[("account", "bob")], "consent")
    .then(|walk| {
        walk.answer(Outcome::ClientSecretRead(Ok(None)));
    })
    .then(|walk| {
        walk.edit("client-secret", CLIENT_SECRET).next();
        walk.tell(Progress::Listening(Box::new(real_listening()))).answer(Outcome::BrowserOpened(false));
    })
    .screens
}

fn left(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.press("drop-pending");
    })
    .then(|walk| {
        walk.press("stay").press("resume");
        if walk.step() == "store" {
            walk.answer(world::store_works());
        }
    })
    .screens
}

/// Nobody knows the domain, and the network contradicts itself about it.
fn found_out(film: Film) -> Vec<Screen> {
    let says = |asked, answer| Progress::Replied(Box::new(Reply { asked, answer }));
    film.through(&[("address", "anna@verein.example")], "sender")
        .then(|walk| {
            walk.edit("address", "anna@verein.example");
        })
        .then(|walk| {
            walk.press("discover");
        })
        .then(|walk| {
            walk.next();
            let host = "aspmx.l.google.com".to_owned();
            let answer = Ok(Answer::Exchangers(vec![Exchanger { preference: 1, host }]));
            walk.tell(Progress::Asking(Asked::Mx)).tell(says(Asked::Mx, answer));
            walk.tell(Progress::Asking(Asked::Submissions));
        })
        .then(|walk| {
            let none = |asked| says(asked, Ok(Answer::Nothing));
            walk.tell(none(Asked::Submissions)).tell(none(Asked::Submission)).tell(none(Asked::Imaps));
            let settings = Answer::File(world::settings_file("mail.verein.example"));
            walk.tell(says(Asked::OwnFile, Ok(settings)));
            let fault = Failure::new(Layer::Discover, "_doctype");
            walk.tell(says(Asked::WellKnownFile, Err(fault))).answer(Outcome::Discovered);
        })
        .then(|walk| {
            walk.edit("found", "mail.verein.example").next();
        })
        .screens
}

/// As long as Google's addresses are.
fn real_listening() -> Listening {
    let query = "response_type=code&client_id=12-ab.apps.googleusercontent.com&state=Zm9vYmFyYmF6cXV4Zm9vYmFy\
                 &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
                 &redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback&scope=https%3A%2F%2Fmail.google.com%2F\
                 &access_type=offline&prompt=consent&login_hint=anna%40gmail.com";
    let authorize_url = format!("https://accounts.google.com/o/oauth2/v2/auth?{query}");
    Listening { authorize_url, ..world::listening(PORT) }
}

fn busy() -> Failure {
    Failure::new(Layer::Listener, "_port_busy").with("port", PORT.to_string()).with("offer", "8977")
}

#[test]
fn they_go_through_every_step() {
    let seen: std::collections::BTreeSet<String> = all(Language::En)
        .into_iter()
        .flat_map(|(_, screens)| screens.into_iter().map(|screen| screen.step))
        .collect();
    let steps = super::walk::KNOWLEDGE.guide.plans.steps.iter();
    let steps = steps.filter(|step| !super::guides::is_walked_here(step)).map(|step| step.id.clone());
    assert_eq!(steps.filter(|step| !seen.contains(step)).collect::<Vec<_>>(), Vec::<String>::new());
}
