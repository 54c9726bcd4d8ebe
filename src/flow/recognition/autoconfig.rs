//! [`Settings`]: what a settings file says. Its form is Mozilla's `config-v1.1.xml`
//! (<https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat>).
//!
//! The file comes from anybody who has a domain, so it is read as if it were hostile: no document type, no entities but
//! the five of XML itself, no depth, and nothing of it is used but names that can be names of hosts.

use quick_xml::{Reader, XmlVersion, escape::resolve_predefined_entity, events::Event};

use crate::model::{
    address::Address,
    server::{Security, Server},
};

/// The form has five levels; what is deeper is nothing that is looked for.
const MAX_DEPTH: usize = 16;
/// A DNS name has 253 characters at most (RFC 1035 §2.3.4), and no user name is longer than an address.
const MAX_TEXT: usize = 254;
/// More servers than this nobody lists.
const MAX_SERVERS: usize = 10;

/// What is known of the servers of an unknown provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Submission servers, the preferred one first.
    pub smtp: Vec<Server>,
    /// The mailbox, where it can be reached with TLS from the first byte.
    pub imap: Option<Server>,
    /// What one signs in as, where that is not the whole address.
    pub user: Option<String>,
    /// Servers that are named without encryption, and are not used for that.
    pub in_clear: Vec<String>,
}

impl Settings {
    /// True when a submission server is in both.
    pub(super) fn shares_server(&self, other: &Self) -> bool {
        self.smtp.iter().any(|own| other.smtp.iter().any(|theirs| own.host == theirs.host))
    }

    /// Adds what the other knows besides.
    pub(super) fn complete(&mut self, other: Self) {
        self.smtp
            .extend(other.smtp.into_iter().filter(|server| !self.smtp.contains(server)).collect::<Vec<_>>());
        self.imap = self.imap.take().or(other.imap);
        self.user = self.user.take().or(other.user);
    }
}

/// Reads a settings file on behalf of an address.
///
/// # Errors
/// The code of a failure: what is wrong with it.
pub(super) fn read(text: &str, address: &Address) -> Result<Settings, &'static str> {
    let mut file =
        File { address, path: Vec::new(), server: Draft::default(), settings: Settings::default() };
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    loop {
        match reader.read_event().map_err(|_| "_not_xml")? {
            Event::DocType(_) => return Err("_doctype"),
            Event::Start(tag) => {
                let kind = tag.try_get_attribute("type").map_err(|_| "_not_xml")?;
                let kind = kind.map(|kind| kind.normalized_value(XmlVersion::Implicit1_0)).transpose();
                let kind = kind.map_err(|_| "_entity")?.unwrap_or_default();
                file.begin(tag.local_name().as_ref(), &kind)?;
            }
            Event::End(_) => file.end(),
            Event::Text(text) => file.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => file.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => {
                if let Some(letter) = name.resolve_char_ref().map_err(|_| "_not_xml")? {
                    file.text(letter.encode_utf8(&mut [0; 4]));
                } else {
                    let name = name.xml_content(XmlVersion::Implicit1_0);
                    file.text(resolve_predefined_entity(&name).ok_or("_entity")?);
                }
            }
            Event::Eof if !file.path.is_empty() => return Err("_not_xml"),
            Event::Eof => break,
            // An element without anything in it says nothing that is looked for.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if file.settings.smtp.is_empty() { Err("_no_server") } else { Ok(file.settings) }
}

/// A file that is being read.
struct File<'a> {
    address: &'a Address,
    /// The names of the elements around.
    path: Vec<String>,
    server: Draft,
    settings: Settings,
}

/// A server that is being read.
#[derive(Default)]
struct Draft {
    kind: String,
    host: String,
    port: String,
    socket: String,
    user: String,
}

impl File<'_> {
    fn begin(&mut self, name: &str, kind: &str) -> Result<(), &'static str> {
        if self.path.is_empty() && name != "clientConfig" {
            return Err("_not_autoconfig");
        }
        if self.path.len() >= MAX_DEPTH {
            return Err("_not_autoconfig");
        }
        if matches!(name, "incomingServer" | "outgoingServer") {
            self.server = Draft { kind: kind.chars().take(MAX_TEXT).collect(), ..Draft::default() };
        }
        self.path.push(name.to_owned());
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let ["clientConfig", "emailProvider", "incomingServer" | "outgoingServer", name] = path.as_slice()
        else {
            return;
        };
        let place = match *name {
            "hostname" => &mut self.server.host,
            "port" => &mut self.server.port,
            "socketType" => &mut self.server.socket,
            // Further ones are for programs that know no better.
            "username" => &mut self.server.user,
            _ => return,
        };
        // One more tells that it is too long.
        let room = (MAX_TEXT + 1).saturating_sub(place.chars().count());
        place.extend(text.chars().take(room));
    }

    fn end(&mut self) {
        let name = self.path.pop().unwrap_or_default();
        if self.path != ["clientConfig", "emailProvider"] {
            return;
        }
        let draft = match name.as_str() {
            "incomingServer" | "outgoingServer" => std::mem::take(&mut self.server),
            _ => return,
        };
        let Some(host) = self.host(&draft.host) else { return };
        let security = match draft.socket.trim().to_ascii_uppercase().as_str() {
            "SSL" => Security::Tls,
            "STARTTLS" => Security::StartTls,
            _ => {
                let is_new = !self.settings.in_clear.contains(&host);
                if name == "outgoingServer" && is_new && self.settings.in_clear.len() < MAX_SERVERS {
                    self.settings.in_clear.push(host);
                }
                return;
            }
        };
        let Some(port) = draft.port.trim().parse().ok().filter(|port| *port > 0) else { return };
        let server = Server { host, port, security };
        match (name.as_str(), draft.kind.as_str()) {
            ("outgoingServer", "smtp") if self.settings.smtp.len() < MAX_SERVERS => {
                if self.settings.smtp.is_empty() {
                    self.settings.user = self.user(&draft.user);
                }
                self.settings.smtp.push(server);
            }
            ("incomingServer", "imap") if self.settings.imap.is_none() && security == Security::Tls => {
                self.settings.imap = Some(server);
            }
            _ => {}
        }
    }

    /// A host name in lower case, where it is one. An IP address is none: no certificate of a provider is for it.
    fn host(&self, text: &str) -> Option<String> {
        let text = self.filled(text)?.to_ascii_lowercase();
        let host = text.strip_suffix('.').unwrap_or(&text);
        let is_label = |label: &str| {
            let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            (1..=63).contains(&label.len()) && label.bytes().all(is_letter)
        };
        let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
        let is_name = host.split('.').all(is_label) && !host.rsplit('.').next().is_some_and(is_number);
        is_name.then(|| host.to_owned())
    }

    /// What to sign in as, where that is not the whole address, and can be told from the file.
    fn user(&self, text: &str) -> Option<String> {
        let user = self.filled(text)?;
        let is_other = !user.is_empty() && !user.eq_ignore_ascii_case(self.address.as_str());
        (is_other && user.chars().all(|c| c.is_ascii_graphic())).then_some(user)
    }

    /// The text with what it leaves to be filled in. `None`: something else is left open.
    fn filled(&self, text: &str) -> Option<String> {
        let whole = self.address.as_str();
        let (local, domain) = whole.split_once('@').unwrap_or((whole, ""));
        let text = text
            .trim()
            .replace("%EMAILADDRESS%", whole)
            .replace("%EMAILLOCALPART%", local)
            .replace("%EMAILDOMAIN%", domain);
        (text.len() <= MAX_TEXT && !text.contains('%')).then_some(text)
    }
}
