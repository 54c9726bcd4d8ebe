//! [`Practice`]: the servers of `mailkey practice --serve --json`, and the person at the consent page.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;
use url::Url;

use super::{
    DEADLINE,
    place::Place,
    run::{Run, Running},
    setup::Endpoints,
};

/// The practice servers. They end with this value, because their standard input does.
pub struct Practice {
    running: Running,
    /// Where they keep what they make.
    pub place: Place,
    /// What they said about themselves.
    pub said: Value,
}

impl Practice {
    /// All is well there.
    pub fn start() -> Self {
        Self::with_faults(&[])
    }

    /// With these faults.
    pub fn with_faults(faults: &[&str]) -> Self {
        let faults: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        Self::with(&faults)
    }

    /// With these arguments besides.
    pub fn with(more: &[&str]) -> Self {
        let place = Place::new();
        let arguments = [&["practice", "--serve", "--json"], more].concat();
        // A server lives as long as its test; the deadline is only a bound.
        let mut running = Run::new(&place, arguments).within(Duration::from_secs(600)).start();
        let line = running.first_line();
        let said: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("not JSON: {error}\n{line}"));
        Self { running, place, said }
    }

    /// A part of what it said, as text.
    pub fn text(&self, pointer: &str) -> &str {
        self.said.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| self.lacks(pointer))
    }

    /// A port that it said.
    pub fn port(&self, pointer: &str) -> u16 {
        let port = self.said.pointer(pointer).and_then(Value::as_u64);
        port.and_then(|port| u16::try_from(port).ok()).unwrap_or_else(|| self.lacks(pointer))
    }

    /// The first person's address.
    pub fn address(&self) -> &str {
        self.text("/users/0/address")
    }

    /// The first person's password.
    pub fn password(&self) -> &str {
        self.text("/users/0/password")
    }

    /// An app password, made as a person makes one: on its page. It opens any address.
    pub fn made_app_password(&self) -> String {
        let pages = self.text("/oauth/authorize_url").replace("/o/oauth2/v2/auth", "");
        let (_, _, page) = get(&format!("{pages}/app-passwords"));
        let form = page.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let body = format!("form={}&name=test", form.expect("the page has a form"));
        let (_, _, page) = request("POST", &format!("{pages}/form"), &body);
        let made = page.split("id=\"app-password\">").nth(1).and_then(|rest| rest.split('<').next());
        made.unwrap_or_else(|| panic!("no app password\n{page}")).replace(' ', "")
    }

    /// What it said about itself, in a file: for `--practice-servers`.
    pub fn file(&self, place: &Place) -> String {
        place.file("practice.json", &self.said.to_string())
    }

    /// The OAuth client of that type.
    pub fn client(&self, kind: &str) -> &Value {
        let clients = self.said.pointer("/oauth/clients").and_then(Value::as_array);
        clients
            .and_then(|clients| clients.iter().find(|client| client["type"] == kind))
            .unwrap_or_else(|| self.lacks("/oauth/clients"))
    }

    /// What a set-up needs to know, with STARTTLS.
    pub fn endpoints(&self) -> Endpoints {
        let client = self.client("desktop");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Endpoints {
            address: self.address().to_owned(),
            ca_file: self.text("/ca_file").to_owned(),
            smtp_host: self.text("/smtp/host").to_owned(),
            smtp_port: self.port("/smtp/starttls_port"),
            security: "starttls",
            authorize_url: self.text("/oauth/authorize_url").to_owned(),
            token_url: self.text("/oauth/token_url").to_owned(),
            revoke_url: self.text("/oauth/revoke_url").to_owned(),
            device_url: None,
            scopes: vec![self.text("/oauth/scope").to_owned()],
            client_id: text(&client["id"]),
            client_secret: text(&client["secret"]),
            client_kind: "installed",
            browser: "never",
        }
    }

    /// The same, with codes for other devices.
    pub fn device_endpoints(&self) -> Endpoints {
        Endpoints { device_url: Some(self.text("/oauth/device_url").to_owned()), ..self.endpoints() }
    }

    /// The same with Microsoft's habits, where the web client has a secret and the consent comes by a code.
    pub fn microsoft_endpoints(&self) -> Endpoints {
        let client = self.client("web");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Endpoints {
            authorize_url: self.text("/microsoft/authorize_url").to_owned(),
            token_url: self.text("/microsoft/token_url").to_owned(),
            device_url: Some(self.text("/microsoft/device_url").to_owned()),
            scopes: vec![self.text("/microsoft/smtp_scope").to_owned(), "offline_access".to_owned()],
            client_id: text(&client["id"]),
            client_secret: text(&client["secret"]),
            client_kind: "web",
            ..self.endpoints()
        }
    }

    /// The process of the servers.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    fn lacks(&self, pointer: &str) -> ! {
        panic!("practice did not say {pointer}\n{:#}", self.said)
    }
}

/// What the browser saw in the end.
pub struct Seen {
    /// The address that the provider sent the browser to.
    pub redirect: String,
    /// The status of the page behind it.
    pub status: u16,
    /// That page.
    pub page: String,
}

/// Stands in for the person at the consent page, who answers `allow` or `deny`, and follows the redirect.
pub fn consent(authorize_url: &str, answer: &str) -> Seen {
    let redirect = redirect_of(authorize_url, answer);
    let (status, _, page) = get(&redirect);
    Seen { redirect, status, page }
}

/// The address that the person's answer leads to, without going there.
pub fn redirect_of(authorize_url: &str, answer: &str) -> String {
    let (status, headers, page) = get(&format!("{authorize_url}&practice={answer}"));
    let location = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    assert_eq!(status, 302, "{authorize_url} answers {status}\n{page}");
    location.expect("a redirect has an address")
}

/// Stands in for the person on another device, who enters the code and answers `allow` or `deny`; returns the page.
pub fn enter_code(address: &str, code: &str, answer: &str) -> String {
    let (status, _, page) = get(&format!("{address}?user_code={code}&practice={answer}"));
    assert_eq!(status, 200, "{address} answers {status}\n{page}");
    page
}

/// GETs an http address on loopback; returns status, headers and body.
pub fn get(address: &str) -> (u16, String, String) {
    request("GET", address, "")
}

/// Sends a request to an http address on loopback; returns status, headers and body.
pub fn request(verb: &str, address: &str, body: &str) -> (u16, String, String) {
    let url = Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    let mut stream =
        TcpStream::connect((host, port)).unwrap_or_else(|error| panic!("nobody at {address}: {error}"));
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline above zero");
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let (authority, length) = (&url[url::Position::BeforeHost..url::Position::AfterPort], body.len());
    // As browsers send a form.
    let head = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap_or_else(|error| panic!("{address}: {error}"));
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap_or_else(|error| panic!("{address}: {error}"));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, page) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_owned(), page.to_owned())
}
