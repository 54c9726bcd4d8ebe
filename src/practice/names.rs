//! The domains of practice mode: what the DNS says of them, and their settings files.
//!
//! They differ in what can be found out about them, so that each kind of finding can be met. `.example` belongs to nobody
//! (RFC 2606 §2).

mod dns;
mod message;

use std::{io, net::SocketAddr, sync::Arc};

use self::dns::Server;
use super::{
    Fault,
    acceptor::Acceptor,
    api::{self, Service},
    authority::{Authority, Leaf},
    description::Addresses,
    http::{Request, Response},
    state::State,
};

/// Both files and services name the same server.
const CLUB: &str = "club.example";
/// Mail goes to Google, and that is all that is known.
const COMPANY: &str = "company.example";
/// Services name a server that is not in the domain.
const WORKSHOP: &str = "workshop.example";
/// Mail goes to Google, and the settings file names another server.
const MOVED: &str = "moved.example";
/// It takes no mail, and offers no services.
const MUTE: &str = "mute.example";
/// The domain of the users that have accounts from the start. It is as that of a hoster's customer.
const USERS: &str = "practice.example";

/// Every domain of which something can be found out besides the users' own.
pub const DOMAINS: [&str; 5] = [CLUB, COMPANY, WORKSHOP, MOVED, MUTE];

/// What one can ask of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Exchangers,
    Services,
}

/// What the DNS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// Preference and host; an empty one: no mail (RFC 7505).
    Exchanger(u16, &'static str),
    /// Port and host; an empty one: no such service (RFC 2782).
    Service(u16, &'static str),
}

/// The names, and who answers for them.
pub(super) struct Names {
    dns: Server,
    web: Acceptor,
}

impl Names {
    /// Starts both on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When no port, thread or randomness can be had.
    pub(super) fn start(state: &Arc<State>, authority: &Authority, ours: Ports) -> io::Result<Self> {
        let leaf = if state.has(Fault::AutoconfigCertificate) { Leaf::WrongName } else { Leaf::Sound };
        let hosts: Vec<String> = DOMAINS
            .iter()
            .flat_map(|domain| [format!("autoconfig.{domain}"), (*domain).to_owned()])
            .collect();
        let tls = authority.server_of(&hosts, leaf)?;
        let web = api::start(Service::Names(ours), Arc::clone(state), tls)?;
        Ok(Self { dns: Server::start(Arc::clone(state), ours)?, web })
    }

    /// The DNS server, over UDP and TCP.
    pub(super) fn dns_address(&self) -> SocketAddr {
        self.dns.address()
    }

    /// The web server of every name.
    pub(super) fn web_address(&self) -> SocketAddr {
        self.web.address()
    }
}

/// The ports of the mail servers that the names lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ports {
    starttls: u16,
    tls: u16,
    imap: u16,
}

impl Ports {
    pub(super) fn of(addresses: &Addresses) -> Self {
        Self { starttls: addresses.starttls_port, tls: addresses.tls_port, imap: addresses.imap_port }
    }
}

/// The records of a name; `None`: there is no such name.
fn records(name: &str, kind: Kind, ours: Ports) -> Option<Vec<Record>> {
    let (service, domain) = match name.strip_prefix('_').and_then(|rest| rest.split_once("._tcp.")) {
        Some((service, domain)) => (Some(service), domain),
        None => (None, name),
    };
    let all = [CLUB, COMPANY, WORKSHOP, MOVED, MUTE, USERS];
    let domain = all.into_iter().find(|known| *known == domain)?;
    match (kind, service) {
        (Kind::Exchangers, None) => Some(match domain {
            COMPANY | MOVED => {
                vec![
                    Record::Exchanger(1, "aspmx.l.google.com"),
                    Record::Exchanger(5, "alt1.aspmx.l.google.com"),
                ]
            }
            MUTE => vec![Record::Exchanger(0, "")],
            _ => vec![Record::Exchanger(10, "mail.hoster.example")],
        }),
        (Kind::Services, Some(service)) => {
            let port = match service {
                "submissions" => ours.tls,
                "submission" => ours.starttls,
                "imaps" => ours.imap,
                _ => return None,
            };
            match domain {
                MUTE => Some(vec![Record::Service(0, "")]),
                // `localhost`, which is in no domain of somebody's own.
                CLUB | WORKSHOP | USERS => Some(vec![Record::Service(port, "localhost")]),
                _ => None,
            }
        }
        (_, None) => Some(Vec::new()),
        (Kind::Exchangers, Some(_)) => None,
    }
}

/// The settings file of a domain, at either of its places.
pub(super) fn file(request: &Request, state: &State, ours: Ports) -> Response {
    let host = request.header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let domain = match request.path.as_str() {
        "/mail/config-v1.1.xml" => host.strip_prefix("autoconfig."),
        "/.well-known/autoconfig/mail/config-v1.1.xml" => Some(host),
        _ => None,
    };
    if !request.query.is_empty() {
        state.complain("more than the domain was sent for a settings file");
    }
    if !domain.is_some_and(|domain| [CLUB, MOVED].contains(&domain)) {
        return Response::text(404, "no settings here");
    }
    if state.has(Fault::AutoconfigRedirect) {
        return Response::redirect(302, &format!("http://{host}{}", request.path));
    }
    let whole = settings(ours);
    Response::xml(if state.has(Fault::AutoconfigDoctype) {
        whole.replace("<clientConfig", "<!DOCTYPE clientConfig [<!ENTITY a \"aaaaaaaa\">]>\n<clientConfig")
    } else if state.has(Fault::AutoconfigEntity) {
        whole.replace("localhost", "&host;")
    } else if state.has(Fault::AutoconfigTooLarge) {
        format!("{whole}<!--{}-->", "x".repeat(TOO_LARGE))
    } else if state.has(Fault::AutoconfigCut) {
        whole.chars().take(whole.len() / 2).collect()
    } else if state.has(Fault::AutoconfigInClear) {
        whole.replace("STARTTLS", "plain").replace("SSL", "plain")
    } else {
        whole
    })
}

/// More than anybody reads.
const TOO_LARGE: usize = 300 * 1024;

fn settings(ours: Ports) -> String {
    let server = |element: &str, kind: &str, port: u16, socket: &str| {
        format!(
            "    <{element} type=\"{kind}\">\n      <hostname>localhost</hostname>\n      <port>{port}</port>\n      \
             <socketType>{socket}</socketType>\n      <username>%EMAILADDRESS%</username>\n      \
             <authentication>password-cleartext</authentication>\n    </{element}>\n"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  \
         <emailProvider id=\"practice\">\n{}{}{}  </emailProvider>\n</clientConfig>\n",
        server("incomingServer", "imap", ours.imap, "SSL"),
        server("outgoingServer", "smtp", ours.tls, "SSL"),
        server("outgoingServer", "smtp", ours.starttls, "STARTTLS")
    )
}
