//! [`Scenario`]: what happens, whoever walks.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{panic::resume_unwind, thread};

use crate::{
    person::{FullScreen, InLines},
    support::{
        place::Place,
        practice::{self, Practice},
        run::Run,
        setup::Endpoints,
    },
    trace::Trace,
};

/// How a consent gets back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The browser is sent back.
    Browser,
    /// The browser runs elsewhere: the redirected address is pasted.
    Pasted,
    /// The person enters a code on another device.
    Device,
}

/// Whose habits the provider has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Habits {
    /// Google's.
    Google,
    /// Microsoft's: other addresses, and the web client.
    Microsoft,
}

/// Who says which server it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// The person.
    Typed,
    /// The network, which is asked.
    Named,
    /// The network with its settings files, which practice has at a port of their own.
    Filed,
}

/// Where a person goes back, and on again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanders {
    /// Nowhere.
    Never,
    /// Once on the way.
    Once,
    /// From every step, the first time that it is there.
    Everywhere,
}

/// What happens.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that happens or not, independent of the others"
)]
pub struct Scenario {
    /// `password`, `app-password` or `oauth`.
    pub method: &'static str,
    /// What goes wrong at the servers; empty: nothing.
    pub fault: &'static str,
    /// Where the key goes: `program`, `cli` or `seatable`.
    pub destination: &'static str,
    /// Which of the providers of practice it is; empty: none, the server is described by hand or named by the network.
    pub provider: &'static str,
    /// The sender; empty: the first of the practice users.
    pub address: &'static str,
    /// Who says which server it is.
    pub server: Server,
    /// The client has no secret.
    pub public: bool,
    /// Who signs in to SeaTable has a password, and no account token.
    pub seatable_password: bool,
    /// It is looked whether the message arrives.
    pub looks: bool,
    /// The key is withdrawn before what is done afterwards.
    pub withdrawn: bool,
    /// Flags besides those that say where everything is.
    pub flags: &'static [&'static str],
    /// What is done with the account afterwards: `verify`, `reauth`.
    pub then: &'static [&'static str],
    /// It is done at the other port of the mail server: a renewal is told so, and a person who verifies is offered it where
    /// a script hears of it and says it.
    pub other_port: bool,
    /// What the person answers in the browser.
    pub consent: &'static str,
    /// How the consent gets back.
    pub way: Way,
    /// Whose habits the provider has.
    pub habits: Habits,
    /// Where a person goes back, and on again. A script goes nowhere twice.
    pub wanders: Wanders,
    /// A person leaves in the middle, before the password is typed, and takes it up later; a script has no password at
    /// first.
    pub leaves: bool,
    /// How it ends.
    pub exit: i32,
    /// How each command before the last one ends, where that is otherwise.
    pub before: &'static [i32],
}

impl Scenario {
    /// A set-up with a password.
    pub fn password() -> Self {
        Self {
            method: "password",
            fault: "",
            destination: "program",
            provider: "",
            address: "",
            server: Server::Typed,
            public: false,
            seatable_password: false,
            looks: false,
            withdrawn: false,
            flags: &[],
            then: &[],
            other_port: false,
            consent: "allow",
            way: Way::Browser,
            habits: Habits::Google,
            wanders: Wanders::Never,
            leaves: false,
            exit: 0,
            before: &[],
        }
    }

    /// A set-up with an app password.
    pub fn app_password() -> Self {
        Self { method: "app-password", ..Self::password() }
    }

    /// A set-up with a consent.
    pub fn oauth() -> Self {
        Self { method: "oauth", ..Self::password() }
    }

    /// A set-up at a provider that practice has in its list.
    pub fn at(provider: &'static str, method: &'static str) -> Self {
        Self { method, provider, ..Self::password() }
    }

    /// A set-up with a consent at a provider with Microsoft's habits.
    pub fn microsoft() -> Self {
        Self { way: Way::Device, habits: Habits::Microsoft, ..Self::oauth() }
    }

    /// True where the other port is offered to be taken: by the menu, when an account is verified.
    pub fn takes_port<W: AsRef<str>>(&self, words: &[W]) -> bool {
        self.other_port && !words.iter().any(|word| ["setup", "reauth"].contains(&word.as_ref()))
    }

    /// What happens to the redirect.
    pub fn redirect(&self, authorize_url: &str) -> Option<String> {
        if self.way == Way::Pasted {
            return Some(practice::redirect_of(authorize_url, self.consent));
        }
        // The browser gets there by itself; where it does so with an answer to something else, at the second try.
        let tries = if self.fault == "wrong-state" { 2 } else { 1 };
        for _ in 0..tries {
            let _ = practice::consent(authorize_url, self.consent);
        }
        None
    }

    /// What happens on the other device, whose address and code stand among what was said or shown.
    pub fn enter(&self, said: &str) {
        let words = || said.split_whitespace();
        let address = words().find(|word| word.starts_with("http")).expect("the address");
        let is_code = |word: &&str| {
            word.len() == 9
                && word
                    .bytes()
                    .enumerate()
                    .all(|(at, b)| if at == 4 { b == b'-' } else { b.is_ascii_uppercase() })
        };
        practice::enter_code(address, words().find(is_code).expect("the code"), self.consent);
    }

    /// Whether it needs what practice knows of its providers and names.
    fn is_at_practice(&self) -> bool {
        !self.provider.is_empty() || self.server == Server::Filed
    }

    fn sender<'a>(&self, practice: &'a Practice) -> &'a str
    where
        Self: 'a,
    {
        if self.address.is_empty() { practice.address() } else { self.address }
    }

    /// What opens the sender's mailbox.
    fn key(&self, practice: &Practice) -> String {
        let is_users_own = self.address.is_empty();
        if is_users_own { practice.password().to_owned() } else { practice.made_app_password() }
    }

    /// A set-up at a provider of practice.
    fn at_provider(&self, practice: &Practice, place: &Place) -> Vec<String> {
        let words = ["setup", "--no-input", "--json", "--browser", "never", "--for", "program"];
        let own =
            [("--provider", self.provider), ("--method", self.method), ("--address", self.sender(practice))];
        let own = own.iter().flat_map(|&(flag, value)| [flag, value]);
        let mut words: Vec<String> = words.into_iter().chain(own).map(str::to_owned).collect();
        if self.method != "oauth" {
            words.extend(["--secret-file", "-"].map(str::to_owned));
            return words;
        }
        // Of two that come back to the port that is registered, one would find it taken.
        let is_desktop = self.public || self.way != Way::Device;
        let client = practice.client(if is_desktop { "desktop" } else { "web" });
        let part = |name: &str| client[name].as_str().expect("practice says it").to_owned();
        words.extend(["--client-kind".to_owned(), part("type"), "--client-id".to_owned(), part("id")]);
        if !self.public {
            words.extend(["--client-secret-file".to_owned(), place.file("client-secret", &part("secret"))]);
        }
        words
    }

    fn setup(&self, practice: &Practice, endpoints: &Endpoints, place: &Place) -> Vec<String> {
        let mut words = if !self.provider.is_empty() {
            self.at_provider(practice, place)
        } else if self.habits == Habits::Microsoft {
            let secret = place.file("client-secret", &endpoints.client_secret);
            let client = ["--client-id", &endpoints.client_id, "--client-secret-file", &secret];
            let kind = ["--client-kind", endpoints.client_kind];
            let client = client.into_iter().chain(kind).map(str::to_owned);
            endpoints.endpoint_setup().into_iter().chain(client).collect()
        } else if self.method == "oauth" {
            endpoints.oauth_setup(place)
        } else {
            endpoints.password_setup()
        };
        if let Some(address) = words.iter_mut().find(|word| *word == practice.address()) {
            self.sender(practice).clone_into(address);
        }
        for word in words.iter_mut().filter(|word| *word == "password") {
            self.method.clone_into(word);
        }
        if self.way == Way::Device {
            words.extend(["--consent", "device"].map(str::to_owned));
        }
        if self.server != Server::Typed {
            for flag in ["--provider", "--smtp-host", "--smtp-port", "--security"] {
                let at = words.iter().position(|word| word == flag).expect("it is described by hand");
                words.drain(at..at + 2);
            }
            words.extend(["--discover", "--found", "localhost"].map(str::to_owned));
        }
        if self.server == Server::Named {
            words.extend(["--resolver", practice.text("/dns/address")].map(str::to_owned));
        }
        if self.looks {
            let port = practice.port("/imap/tls_port").to_string();
            if self.provider.is_empty() && self.server != Server::Filed {
                words.extend(["--imap-host", "127.0.0.1", "--imap-port", &port].map(str::to_owned));
            }
            words.extend(["--arrival", "--arrival-wait", "5"].map(str::to_owned));
        }
        words.extend(self.flags.iter().map(|&flag| flag.to_owned()));
        for word in words.iter_mut().filter(|word| *word == "program") {
            self.destination.clone_into(word);
        }
        if self.destination == "seatable" {
            let own = ["--seatable-url", practice.text("/seatable/url"), "--base", "Orders"];
            words.extend(own.map(str::to_owned));
            if self.seatable_password {
                let user = practice.text("/seatable/users/0/address").to_owned();
                let password = place.file("password", practice.text("/seatable/users/0/password"));
                let own =
                    ["--seatable-user".to_owned(), user, "--seatable-password-file".to_owned(), password];
                words.extend(own);
                // Who has none is asked for none.
                if let Some(code) = practice.said["seatable"]["users"][0]["code"].as_str() {
                    words.extend(["--seatable-code-file".to_owned(), place.file("code", code)]);
                }
            } else {
                let token = place.file("token", practice.text("/seatable/users/0/account_token"));
                words.extend(["--seatable-token-file".to_owned(), token]);
            }
        }
        words
    }

    fn commands(&self, practice: &Practice, place: &Place) -> Vec<Vec<String>> {
        let endpoints = if self.habits == Habits::Microsoft {
            practice.microsoft_endpoints()
        } else if self.way == Way::Device {
            practice.device_endpoints()
        } else {
            practice.endpoints()
        };
        let mut commands = vec![self.setup(practice, &endpoints, place)];
        if self.leaves {
            commands.push(commands[0].clone());
        }
        for command in self.then {
            let words: &[&str] = match (*command, self.method) {
                ("reauth", "password" | "app-password") => {
                    &["reauth", self.sender(practice), "--no-input", "--json", "--secret-file", "-"]
                }
                ("reauth", _) if self.way == Way::Device => {
                    &["reauth", self.sender(practice), "--no-input", "--json", "--consent", "device"]
                }
                ("reauth", _) => &["reauth", self.sender(practice), "--no-input", "--json"],
                (command, _) => &[command, "--json"],
            };
            let arrival: &[&str] = if self.looks { &["--arrival", "--arrival-wait", "5"] } else { &[] };
            let words = &[words, arrival].concat();
            if self.other_port {
                let port = practice.port("/smtp/starttls_port").to_string();
                let other = [&words[..], &["--smtp-port", &port]].concat();
                if *command == "verify" {
                    commands.push(endpoints.trusting(words));
                    let named = [&["verify", self.sender(practice)], &other[1..]].concat();
                    commands.push(endpoints.trusting(&named));
                } else {
                    commands.push(endpoints.trusting(&other));
                }
            } else {
                commands.push(endpoints.trusting(words));
            }
        }
        for (number, words) in commands.iter_mut().enumerate() {
            if self.is_at_practice() {
                words.extend(["--practice-servers".to_owned(), practice.file(place)]);
            }
            let log = place.path().join(log(number));
            let log = log.to_str().expect("a plain name");
            words.extend(["--store", "plain-file", "--lang", "en", "--log", log].map(str::to_owned));
        }
        commands
    }
}

/// What was answered by flags when it was left.
const ANSWERS: [&str; 7] =
    ["--provider", "--address", "--method", "--for", "--smtp-host", "--smtp-port", "--security"];

fn log(number: usize) -> String {
    format!("log-{number}")
}

/// The flags of a script that a person has no use for: who is asked types, and who goes on with what was left
/// (`again`) has answered already.
fn asked(words: &[String], again: bool) -> Vec<String> {
    let mut asked = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--no-input" | "--json" => {}
            // To verify, a person takes the menu; a script has a command of its own.
            "verify" => {
                while words.as_slice().first().is_some_and(|word| word != "--ca-file") {
                    words.next();
                }
            }
            "--secret-file" => {
                words.next();
            }
            flag if again && ANSWERS.contains(&flag) => {
                words.next();
            }
            _ => asked.push(word.clone()),
        }
    }
    asked
}

/// Walks a scenario in each of the three ways, at servers of its own, and compares what came of it.
pub fn walk_three_ways(scenario: &Scenario) {
    let by_script = || {
        walk(scenario, Who::Script, |leaves, practice, place, words, exit| {
            by_script(scenario, leaves, practice, place, words, exit)
        })
    };
    let in_lines = || {
        walk(scenario, Who::Person, |leaves, practice, place, words, exit| {
            let asked = asked(words, scenario.leaves && !leaves);
            InLines { scenario, leaves, password: &scenario.key(practice) }.walk(place, &asked, exit)
        })
    };
    let full_screen = || {
        walk(scenario, Who::Person, |leaves, practice, place, words, exit| {
            let asked = asked(words, scenario.leaves && !leaves);
            FullScreen { scenario, leaves, password: &scenario.key(practice) }.walk(place, &asked, exit)
        })
    };
    // Most of the time each waits, for itself.
    let (by_script, mut in_lines, full_screen) = thread::scope(|scope| {
        let (by_script, in_lines) = (scope.spawn(by_script), scope.spawn(in_lines));
        let full_screen = full_screen();
        (joined(by_script), joined(in_lines), full_screen)
    });
    let changed = |trace: &Trace| trace.files.iter().any(|(_, text)| text.contains("\"port\":STARTTLS"));
    assert!(!scenario.other_port || changed(&by_script), "the port is the same: {:?}", scenario.then);
    assert_eq!(in_lines, full_screen, "in lines and full-screen: {} {:?}", scenario.fault, scenario.then);
    in_lines = in_lines.without_what_is_resumed();
    let by_script = by_script.without_what_is_resumed();
    if scenario.wanders == Wanders::Everywhere || scenario.leaves {
        // Whoever goes a way twice does twice what is done on it: the same comes of it.
        in_lines.effects.clone_from(&by_script.effects);
    }
    assert_eq!(in_lines, by_script, "in lines and by script: {} {:?}", scenario.fault, scenario.then);
}

/// What a walk left, or its panic.
fn joined(walk: thread::ScopedJoinHandle<'_, Trace>) -> Trace {
    walk.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Who walks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Person,
    Script,
}

impl Who {
    /// How a run ends that is left in the middle: nobody typed the password.
    fn left(self) -> i32 {
        match self {
            Self::Person => 4,
            Self::Script => 2,
        }
    }
}

fn walk(
    scenario: &Scenario,
    who: Who,
    step: impl Fn(bool, &Practice, &Place, &[String], i32) -> i32,
) -> Trace {
    let faults: Vec<&str> = Some(scenario.fault).into_iter().filter(|fault| !fault.is_empty()).collect();
    let (practice, place) = (Practice::with_faults(&faults), Place::new());
    let (mut exit, mut logs) = (-1, Vec::new());
    for (number, words) in scenario.commands(&practice, &place).iter().enumerate() {
        let leaves = scenario.leaves && number == 0;
        let is_before = scenario.withdrawn && number == 0;
        let expected = match (leaves, is_before) {
            (true, _) => who.left(),
            (_, true) => 0,
            _ => scenario.before.get(number).copied().unwrap_or(scenario.exit),
        };
        // That the other port works, a person sees in the walk in which it is taken.
        let is_heard = scenario.other_port && words[0] == "verify" && words[1].starts_with('-');
        if who == Who::Person && is_heard {
            continue;
        }
        exit = step(leaves, &practice, &place, words, expected);
        if is_before {
            withdraw(&place);
        }
        if !leaves {
            logs.push(log(number));
        }
    }
    let mut trace = Trace::of(&place, &logs, exit);
    // The servers are others each time.
    let port = |text: &mut String| {
        for (name, pointer) in
            [("STARTTLS", "/smtp/starttls_port"), ("TLS", "/smtp/tls_port"), ("IMAP", "/imap/tls_port")]
        {
            *text = whole(text, &practice.port(pointer).to_string(), name);
        }
        for pointer in [
            "/oauth/authorize_url",
            "/oauth/token_url",
            "/oauth/revoke_url",
            "/oauth/device_url",
            "/microsoft/authorize_url",
            "/microsoft/token_url",
            "/microsoft/device_url",
            "/seatable/url",
            "/gmail_api/url",
            "/microsoft/graph_url",
            "/dns/address",
        ] {
            *text = text.replace(practice.text(pointer), pointer);
        }
        // The server of several of them, and in Microsoft's addresses with another directory each time.
        for (name, pointer) in [("ISSUER", "/oauth/token_url"), ("PAGES", "/oauth/authorize_url")] {
            let url = practice.text(pointer);
            let server = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            *text = text.replace(&server, name);
        }
    };
    for effect in &mut trace.effects {
        port(effect);
        // Whoever hangs up does so in one way or the other, as what was sent crosses it.
        *effect = effect.replace("_reset", "_closed");
    }
    for (_, contents) in &mut trace.files {
        port(contents);
        *contents = contents.replace(place.path().to_str().expect("a plain name"), "PLACE");
        for kind in ["desktop", "web"] {
            let id = practice.client(kind)["id"].as_str().expect("a client has an id").to_owned();
            *contents = contents.replace(&id, "CLIENT");
        }
    }
    trace
}

/// The text with another word for a number where that stands alone: the ID of a client has digits that may be a port's.
fn whole(text: &str, number: &str, name: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(number) {
        let (before, after) = (&rest[..at], &rest[at + number.len()..]);
        let is_part =
            before.ends_with(|c: char| c.is_ascii_digit()) || after.starts_with(|c: char| c.is_ascii_digit());
        told += before;
        told += if is_part { number } else { name };
        rest = after;
    }
    told + rest
}

/// The key that is kept is not the one any more that the provider knows.
fn withdraw(place: &Place) {
    let path = place.config().join("secrets.json");
    let text = std::fs::read_to_string(&path).expect("the file of secrets");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for (name, secret) in document["entries"].as_object_mut().expect("entries") {
        if name.ends_with("/key") {
            *secret = serde_json::Value::from("withdrawn");
        }
    }
    std::fs::write(&path, document.to_string()).expect("it is ours");
}

fn by_script(
    scenario: &Scenario,
    leaves: bool,
    practice: &Practice,
    place: &Place,
    words: &[String],
    exit: i32,
) -> i32 {
    let words = if leaves {
        words[..].iter().filter(|word| !["--secret-file", "-"].contains(&word.as_str())).cloned().collect()
    } else {
        words.to_vec()
    };
    let mut running = Run::new(place, words.iter().cloned()).exit(exit).stdout_json().talks().start();
    let types = words.iter().any(|word| word == "--secret-file");
    // A client that is refused is told before anybody goes to the browser.
    let is_refused =
        ["invalid-client", "single-tenant", "secret-expired", "public-flows-off"].contains(&scenario.fault);
    let consents = scenario.method == "oauth" && words[0] != "verify" && !is_refused;
    if types {
        running.say(&format!("{}\n", scenario.key(practice)));
        running.close_stdin();
    } else if consents && scenario.way == Way::Device {
        let (address, code) = (running.open_url(), running.user_code());
        practice::enter_code(&address, &code, scenario.consent);
    } else if consents {
        let url = running.open_url();
        if let Some(redirected) = scenario.redirect(&url) {
            running.say(&format!("{redirected}\n"));
        }
    }
    running.finish().exit
}
