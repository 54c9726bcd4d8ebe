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
/// Where servers are listed.
const PROVIDER: [&str; 2] = ["clientConfig", "emailProvider"];

/// What is known of the servers of an unknown provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Submission servers, the preferred one first.
    pub smtp: Vec<Named>,
    /// The mailbox, where it can be reached with TLS from the first byte.
    pub imap: Option<Named>,
    /// Servers that are named without encryption, and are not used for that.
    pub in_clear: Vec<String>,
}

/// A server that somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The server.
    pub server: Server,
    /// What one signs in to it as, where that was said.
    pub user: Option<String>,
}

impl From<Server> for Named {
    fn from(server: Server) -> Self {
        Self { server, user: None }
    }
}

impl Settings {
    /// True when a submission server is in both.
    pub(super) fn shares_server(&self, other: &Self) -> bool {
        self.smtp.iter().any(|own| other.smtp.iter().any(|theirs| own.server.host == theirs.server.host))
    }

    /// Adds what the other knows besides.
    pub(super) fn complete(&mut self, other: Self) {
        for new in other.smtp {
            match self.smtp.iter_mut().find(|old| old.server == new.server) {
                Some(old) => old.user = old.user.take().or(new.user),
                None => self.smtp.push(new),
            }
        }
        self.imap = self.imap.take().or(other.imap);
        // A DNS says nothing of users; a host has the same for all of its ports, where nobody says otherwise.
        let said = self.smtp.clone();
        for one in self.smtp.iter_mut().filter(|one| one.user.is_none()) {
            let mut same_host = said.iter().filter(|other| other.server.host == one.server.host);
            one.user = same_host.find_map(|other| other.user.clone());
        }
    }
}

/// Reads a settings file on behalf of an address. One that names servers without encryption alone has no others.
///
/// # Errors
/// The code of a failure: what is wrong with it.
pub(super) fn read(text: &str, address: &Address) -> Result<Settings, &'static str> {
    let mut file = File {
        address,
        path: Vec::new(),
        server: Draft::default(),
        settings: Settings::default(),
        has_root: false,
    };
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    loop {
        match reader.read_event().map_err(|_| "_not_xml")? {
            // A page that a web server gives out for whatever it does not have.
            Event::DocType(kind) if is_of_page(&kind.xml_content(XmlVersion::Implicit1_0)) => {
                return Err("_not_autoconfig");
            }
            Event::DocType(_) => return Err("_doctype"),
            Event::Start(tag) => {
                file.has_root = true;
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
            Event::Eof if !file.has_root => return Err("_not_autoconfig"),
            Event::Eof => break,
            Event::Empty(tag) => {
                file.has_root = true;
                file.begin(tag.local_name().as_ref(), "")?;
                file.end();
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let settings = file.settings;
    if settings.smtp.is_empty() && settings.in_clear.is_empty() { Err("_no_server") } else { Ok(settings) }
}

/// True for the document type of a web page.
fn is_of_page(kind: &str) -> bool {
    kind.split_ascii_whitespace().next().is_some_and(|name| name.eq_ignore_ascii_case("html"))
}

/// A file that is being read.
struct File<'a> {
    address: &'a Address,
    /// The names of the elements around.
    path: Vec<String>,
    server: Draft,
    settings: Settings,
    /// True once there was an element.
    has_root: bool,
}

/// A server that is being read.
#[derive(Default)]
struct Draft {
    kind: String,
    host: Part,
    port: Part,
    socket: Part,
    user: Part,
}

/// What an element in it says.
#[derive(Default)]
struct Part {
    text: String,
    /// True once the element is over: a further one of its kind is for programs that know no better, and is no more of
    /// the same text.
    is_whole: bool,
}

impl Draft {
    /// What the element of that name says.
    fn part(&mut self, name: &str) -> Option<&mut Part> {
        match name {
            "hostname" => Some(&mut self.host),
            "port" => Some(&mut self.port),
            "socketType" => Some(&mut self.socket),
            "username" => Some(&mut self.user),
            _ => None,
        }
    }
}

impl File<'_> {
    fn begin(&mut self, name: &str, kind: &str) -> Result<(), &'static str> {
        if self.path.is_empty() && name != "clientConfig" {
            return Err("_not_autoconfig");
        }
        if self.path.len() >= MAX_DEPTH {
            return Err("_not_autoconfig");
        }
        // Where something else begins, its text ends.
        self.close();
        if self.path == PROVIDER && matches!(name, "incomingServer" | "outgoingServer") {
            self.server = Draft { kind: kind.chars().take(MAX_TEXT).collect(), ..Draft::default() };
        }
        self.path.push(name.to_owned());
        Ok(())
    }

    /// What the element says in which the reader is.
    fn part(&mut self) -> Option<&mut Part> {
        let (name, around) = self.path.split_last()?;
        let (server, around) = around.split_last()?;
        let is_server = around == PROVIDER && matches!(server.as_str(), "incomingServer" | "outgoingServer");
        if is_server { self.server.part(name) } else { None }
    }

    fn text(&mut self, text: &str) {
        let Some(part) = self.part().filter(|part| !part.is_whole) else { return };
        // One more tells that it is too long.
        let room = (MAX_TEXT + 1).saturating_sub(part.text.chars().count());
        part.text.extend(text.chars().take(room));
    }

    /// The text of the element is over; one without any says nothing.
    fn close(&mut self) {
        if let Some(part) = self.part() {
            part.is_whole = !part.text.trim().is_empty();
        }
    }

    fn end(&mut self) {
        self.close();
        let name = self.path.pop().unwrap_or_default();
        if self.path != PROVIDER {
            return;
        }
        let draft = match name.as_str() {
            "incomingServer" | "outgoingServer" => std::mem::take(&mut self.server),
            _ => return,
        };
        let Some(host) = self.host(&draft.host.text) else { return };
        let security = match draft.socket.text.trim().to_ascii_uppercase().as_str() {
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
        let Some(port) = draft.port.text.trim().parse().ok().filter(|port| *port > 0) else { return };
        let named = Named { server: Server { host, port, security }, user: self.user(&draft.user.text) };
        match (name.as_str(), draft.kind.as_str()) {
            ("outgoingServer", "smtp") if self.settings.smtp.len() < MAX_SERVERS => {
                self.settings.smtp.push(named);
            }
            ("incomingServer", "imap") if self.settings.imap.is_none() && security == Security::Tls => {
                self.settings.imap = Some(named);
            }
            _ => {}
        }
    }

    /// A host name in lower case, where it is one.
    fn host(&self, text: &str) -> Option<String> {
        let text = self.filled(text)?.to_ascii_lowercase();
        let host = text.strip_suffix('.').unwrap_or(&text);
        is_host(host).then(|| host.to_owned())
    }

    /// What to sign in as, where that can be told from the file.
    fn user(&self, text: &str) -> Option<String> {
        let user = self.filled(text)?;
        (!user.is_empty() && user.chars().all(|c| c.is_ascii_graphic())).then_some(user)
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

/// True for a name in lower case that can be one of a server. An IP address is none: no certificate of a provider is for
/// it.
pub(super) fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(is_letter)
    };
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    host.len() <= MAX_TEXT && host.split('.').all(is_label) && !host.rsplit('.').next().is_some_and(is_number)
}
