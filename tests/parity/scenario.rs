//! [`Scenario`]: what happens, whoever walks.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

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

/// What happens.
#[derive(Clone)]
pub struct Scenario {
    /// `password` or `oauth`.
    pub method: &'static str,
    /// What goes wrong at the servers; empty: nothing.
    pub fault: &'static str,
    /// Where the key goes: `program`, `cli` or `seatable`.
    pub destination: &'static str,
    /// It is looked whether the message arrives.
    pub looks: bool,
    /// The key is withdrawn before what is done afterwards.
    pub withdrawn: bool,
    /// Flags besides those that say where everything is.
    pub flags: &'static [&'static str],
    /// What is done with the account afterwards: `verify`, `reauth`.
    pub then: &'static [&'static str],
    /// What the person answers in the browser.
    pub consent: &'static str,
    /// How the consent gets back.
    pub way: Way,
    /// A person goes back now and then, and on again.
    pub wanders: bool,
    /// How it ends.
    pub exit: i32,
}

impl Scenario {
    /// A set-up with a password.
    pub fn password() -> Self {
        Self {
            method: "password",
            fault: "",
            destination: "program",
            looks: false,
            withdrawn: false,
            flags: &[],
            then: &[],
            consent: "allow",
            way: Way::Browser,
            wanders: false,
            exit: 0,
        }
    }

    /// A set-up with a consent.
    pub fn oauth() -> Self {
        Self { method: "oauth", ..Self::password() }
    }

    /// What happens to the redirect.
    pub fn redirect(&self, authorize_url: &str) -> Option<String> {
        if self.way == Way::Pasted {
            return Some(practice::redirect_of(authorize_url, self.consent));
        }
        // The browser gets there by itself.
        let _ = practice::consent(authorize_url, self.consent);
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

    fn setup(&self, practice: &Practice, endpoints: &Endpoints, place: &Place) -> Vec<String> {
        let mut words =
            if self.method == "oauth" { endpoints.oauth_setup(place) } else { endpoints.password_setup() };
        if self.way == Way::Device {
            words.extend(["--consent", "device"].map(str::to_owned));
        }
        if self.looks {
            let port = practice.port("/imap/tls_port").to_string();
            let own = ["--imap-host", "127.0.0.1", "--imap-port", &port, "--arrival", "--arrival-wait", "5"];
            words.extend(own.map(str::to_owned));
        }
        words.extend(self.flags.iter().map(|&flag| flag.to_owned()));
        for word in words.iter_mut().filter(|word| *word == "program") {
            self.destination.clone_into(word);
        }
        if self.destination == "seatable" {
            let token = place.file("token", practice.text("/seatable/users/0/account_token"));
            let own = ["--seatable-url", practice.text("/seatable/url"), "--base", "Orders"];
            words.extend(own.map(str::to_owned));
            words.extend(["--seatable-token-file".to_owned(), token]);
        }
        words
    }

    fn commands(&self, practice: &Practice, place: &Place) -> Vec<Vec<String>> {
        let endpoints =
            if self.way == Way::Device { practice.device_endpoints() } else { practice.endpoints() };
        let mut commands = vec![self.setup(practice, &endpoints, place)];
        for command in self.then {
            let words: &[&str] = match (*command, self.method) {
                ("reauth", "password") => {
                    &["reauth", practice.address(), "--no-input", "--json", "--secret-file", "-"]
                }
                ("reauth", _) if self.way == Way::Device => {
                    &["reauth", practice.address(), "--no-input", "--json", "--consent", "device"]
                }
                ("reauth", _) => &["reauth", practice.address(), "--no-input", "--json"],
                (command, _) => &[command, "--json"],
            };
            commands.push(endpoints.trusting(words));
        }
        for (number, words) in commands.iter_mut().enumerate() {
            let log = place.path().join(log(number));
            let log = log.to_str().expect("a plain name");
            words.extend(["--store", "plain-file", "--lang", "en", "--log", log].map(str::to_owned));
        }
        commands
    }
}

fn log(number: usize) -> String {
    format!("log-{number}")
}

/// The flags of a script that a person has no use for: who is asked types.
fn asked(words: &[String]) -> Vec<String> {
    let mut asked = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            // To verify, a person takes the menu; a script has a command of its own.
            "--no-input" | "--json" | "verify" => {}
            "--secret-file" => {
                words.next();
            }
            _ => asked.push(word.clone()),
        }
    }
    asked
}

/// Walks a scenario in each of the three ways, at servers of its own, and compares what came of it.
pub fn walk_three_ways(scenario: &Scenario) {
    let by_script =
        walk(scenario, |practice, place, words, exit| by_script(scenario, practice, place, words, exit));
    let in_lines = walk(scenario, |practice, place, words, exit| {
        let asked = asked(words);
        InLines { scenario, password: practice.password() }.walk(place, &asked, exit)
    });
    let full_screen = walk(scenario, |practice, place, words, exit| {
        let asked = asked(words);
        FullScreen { scenario, password: practice.password() }.walk(place, &asked, exit)
    });
    assert_eq!(in_lines, full_screen, "in lines and full-screen: {} {:?}", scenario.fault, scenario.then);
    let in_lines = in_lines.without_what_is_resumed();
    let by_script = by_script.without_what_is_resumed();
    assert_eq!(in_lines, by_script, "in lines and by script: {} {:?}", scenario.fault, scenario.then);
}

fn walk(scenario: &Scenario, step: impl Fn(&Practice, &Place, &[String], i32) -> i32) -> Trace {
    let faults: Vec<&str> = Some(scenario.fault).into_iter().filter(|fault| !fault.is_empty()).collect();
    let (practice, place) = (Practice::with_faults(&faults), Place::new());
    let (mut exit, mut logs) = (-1, Vec::new());
    for (number, words) in scenario.commands(&practice, &place).iter().enumerate() {
        let is_before = scenario.withdrawn && number == 0;
        exit = step(&practice, &place, words, if is_before { 0 } else { scenario.exit });
        if is_before {
            withdraw(&place);
        }
        logs.push(log(number));
    }
    let mut trace = Trace::of(&place, &logs, exit);
    // The servers are others each time.
    let port = |text: &mut String| {
        for (name, pointer) in
            [("STARTTLS", "/smtp/starttls_port"), ("TLS", "/smtp/tls_port"), ("IMAP", "/imap/tls_port")]
        {
            *text = text.replace(&practice.port(pointer).to_string(), name);
        }
        for pointer in [
            "/oauth/authorize_url",
            "/oauth/token_url",
            "/oauth/revoke_url",
            "/oauth/device_url",
            "/seatable/url",
        ] {
            *text = text.replace(practice.text(pointer), pointer);
        }
    };
    for (_, contents) in &mut trace.files {
        port(contents);
        *contents = contents.replace(place.path().to_str().expect("a plain name"), "PLACE");
        let id = practice.client("desktop")["id"].as_str().expect("a client has an id").to_owned();
        *contents = contents.replace(&id, "CLIENT");
    }
    trace
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

fn by_script(scenario: &Scenario, practice: &Practice, place: &Place, words: &[String], exit: i32) -> i32 {
    let mut running = Run::new(place, words.iter().cloned()).exit(exit).stdout_json().talks().start();
    let types = words.iter().any(|word| word == "--secret-file");
    let consents = scenario.method == "oauth" && words[0] != "verify";
    if types {
        running.say(&format!("{}\n", practice.password()));
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
