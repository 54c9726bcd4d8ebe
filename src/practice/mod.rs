//! [`Practice`]: the servers inside mailkey. An OAuth provider with its pages, a submission server, the mailboxes
//! behind it, a Gmail API, Microsoft Graph and SeaTable's API, on loopback, with a throw-away certificate authority: the whole wizard can be walked, and broken on
//! purpose, without an account anywhere.
//!
//! They behave as Google's do where a client could tell, and are stricter where a client's mistake would go
//! unnoticed there; what they saw of that kind is in [`Practice::complaints`]. The wizard needs no special case:
//! it gets the provider entries of [`Practice::providers`] and trusts [`Practice::ca_pem`].
//!
//! Deliberately absent: access for anyone but this machine, anything on disk, and a way to the real Google.

mod acceptor;
mod api;
mod authority;
mod clients;
mod description;
mod dictated;
mod fault;
mod gmail;
mod graph;
mod http;
mod imap;
mod mailbox;
mod message;
mod names;
mod oauth;
mod pages;
mod providers;
mod random;
mod seatable;
pub mod serve;
mod served;
mod smtp;
mod state;
mod visit;
mod wait;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use self::state::SEATABLE_REDIRECT_PATH;
use self::{
    acceptor::Acceptor,
    api::Service,
    authority::{Authority, Leaf},
    description::Addresses,
    names::{Names, Ports},
    pages::{PageServer, Pages},
    seatable::{Outbound, Seatable},
    state::State,
};
pub use self::{
    description::Description,
    dictated::{Dictated, DictationError, Place},
    fault::Fault,
    names::DOMAINS,
    served::Served,
    state::{DEFAULT_REDIRECT_PORT, Delivery, Envelope, SEATABLE_REDIRECT},
    visit::visit,
};
use crate::model::{
    account::Publishing,
    address::Address,
    client::{Client, ClientKind},
    language::Language,
    provider::Provider,
    seatable::Version,
    secret::Secret,
    server::Security,
};

/// How to practise.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What is answered besides.
    pub dictated: Vec<Dictated>,
    /// The language of the pages. Server words are English, as Google's.
    pub language: Language,
    /// The person's own address, if it is known already: it becomes the first of the users.
    pub address: Option<Address>,
    /// The version of SeaTable that answers, `6.1.6` for example; a fault that is about a version wins.
    pub seatable_version: Option<String>,
    /// Certificates (PEM) that the practice SeaTable trusts besides its own, for a mail server on this machine that is
    /// not ours.
    pub trusted_pem: Vec<u8>,
}

/// An account that the practice SeaTable holds. Secrets are in it: it has no `Debug`.
pub struct SeatableAccount {
    /// SeaTable's number for it.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Everything that was stored, secrets included.
    pub detail: serde_json::Value,
}

/// Running practice servers. Dropping the value stops them, within about 200 ms.
pub struct Practice {
    ca_pem: String,
    addresses: Addresses,
    state: Arc<State>,
    _pages: PageServer,
    seatable: Arc<Seatable>,
    names: Names,
    _acceptors: Vec<Acceptor>,
    /// Ports at which nobody listens on purpose.
    _reserved: Vec<socket2::Socket>,
}

impl Practice {
    /// Starts everything on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When the system gives no port, thread or randomness, or a version is none.
    pub fn start(options: Options) -> io::Result<Self> {
        let version = match options.seatable_version.as_deref().map(Version::parse) {
            None => seatable::VERSION,
            Some(Some(version)) => version,
            Some(None) => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a version of SeaTable"));
            }
        };
        let authority = Authority::new()?;
        let state = Arc::new(State::new(options.faults, options.language, options.address)?);
        state.dictate(options.dictated);
        let leaf = if state.has(Fault::CertificateExpired) {
            Leaf::Expired
        } else if state.has(Fault::CertificateWrongName) {
            Leaf::WrongName
        } else if state.has(Fault::ClockBehind) {
            Leaf::Early
        } else {
            Leaf::Sound
        };
        let mail_tls = if state.has(Fault::Intercepted) {
            Authority::called("mailkey practice interceptor")?.server(leaf)?
        } else {
            authority.server(leaf)?
        };
        let (mut acceptors, mut reserved) = (Vec::new(), Vec::new());
        let mut mail_port = |security| {
            if state.has(Fault::PortsClosed) {
                let (socket, port) = acceptor::reserve()?;
                reserved.push(socket);
                return io::Result::Ok(port);
            }
            let acceptor = smtp::start(security, Arc::clone(&state), Arc::clone(&mail_tls))?;
            let port = acceptor.address().port();
            acceptors.push(acceptor);
            Ok(port)
        };
        let (starttls_port, tls_port) = (mail_port(Security::StartTls)?, mail_port(Security::Tls)?);
        let imap = imap::start(Arc::clone(&state), Arc::clone(&mail_tls))?;
        let gmail = api::start(Service::GmailApi, Arc::clone(&state), mail_tls)?;
        let listener = PageServer::bind()?;
        let page_host = listener.local_addr()?.to_string();
        let pages_url = format!("http://{page_host}");
        let service = Service::OAuth { pages: pages_url.clone() };
        let oauth = api::start(service, Arc::clone(&state), authority.server(Leaf::Sound)?)?;
        let api = format!("https://{}", gmail.address());
        let outbound = Outbound::new(&authority.pem(), &options.trusted_pem, api.clone())?;
        let seatable = Arc::new(Seatable::new(Arc::clone(&state), version, outbound)?);
        let seatable_tls = if state.has(Fault::SeatableCertificate) {
            // Nobody was told of this one.
            Authority::new()?.server(Leaf::Sound)?
        } else {
            authority.server(Leaf::Sound)?
        };
        let service = Service::Seatable(Arc::clone(&seatable));
        let seatable_port = api::start(service, Arc::clone(&state), seatable_tls)?;
        let addresses = Addresses {
            host: Ipv4Addr::LOCALHOST.to_string(),
            starttls_port,
            tls_port,
            imap_port: imap.address().port(),
            pages: pages_url,
            issuer: format!("https://{}", oauth.address()),
            api,
            seatable: format!("https://{}", seatable_port.address()),
        };
        let pages = Pages::new(Arc::clone(&state), Arc::clone(&seatable), page_host, &addresses);
        let names = Names::start(&state, &authority, Ports::of(&addresses))?;
        acceptors.extend([imap, gmail, oauth, seatable_port]);
        Ok(Self {
            ca_pem: authority.pem(),
            addresses,
            state,
            _pages: PageServer::start(listener, move |request| pages.answer(request))?,
            seatable,
            names,
            _acceptors: acceptors,
            _reserved: reserved,
        })
    }

    /// The certificate to trust, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Where everything is; `ca_file` is where the caller wrote [`Self::ca_pem`].
    #[must_use]
    pub fn description(&self, ca_file: &Path) -> Description {
        let (users, clients) = {
            let inner = self.state.lock();
            (inner.users.clone(), inner.clients.clone())
        };
        let users = users.into_iter().map(|user| (user.address.to_string(), user.password));
        Description::new(ca_file, &self.addresses, users, &clients, &self.seatable, &self.names)
    }

    /// The shipped provider entries, Google's and Microsoft's leading to these servers; entries that lead elsewhere are
    /// left out.
    #[must_use]
    pub fn providers(&self, shipped: &[Provider]) -> Vec<Provider> {
        providers::replace(shipped, &self.addresses)
    }

    /// The DNS server of the names that exist in practice.
    #[must_use]
    pub fn resolver(&self) -> SocketAddr {
        self.names.dns_address()
    }

    /// The web server of those names.
    #[must_use]
    pub fn web(&self) -> SocketAddr {
        self.names.web_address()
    }

    /// The messages that were taken, the latest 1000.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state.lock().deliveries.iter().cloned().collect()
    }

    /// From now on the servers answer this where it was dictated, and their own words everywhere else.
    pub fn dictate(&self, dictated: Vec<Dictated>) {
        self.state.dictate(dictated);
    }

    /// The rules that clients broke, in order, the latest 1000. A well-behaved client leaves it empty, whatever
    /// it is refused.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.state.complaints()
    }

    /// The page that stands in for SeaTable's own.
    #[must_use]
    pub fn seatable_page(&self) -> String {
        self.addresses.seatable_page()
    }

    /// The page with all the pages.
    #[must_use]
    pub fn pages_url(&self) -> String {
        format!("{}/", self.addresses.pages)
    }

    /// What the page for app passwords does, for a terminal without a browser.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn make_app_password(&self, name: &str) -> io::Result<Secret> {
        self.state.lock().make_app_password(name)
    }

    /// What the console does, for a terminal without a browser. A desktop client needs no redirect addresses.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn make_client(&self, kind: ClientKind, redirect_uris: Vec<String>) -> io::Result<Client> {
        self.state.lock().make_client(kind, redirect_uris)
    }

    /// What Entra does, for a terminal without a browser.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn make_app(&self, kind: ClientKind, redirect_uris: Vec<String>) -> io::Result<Client> {
        self.state.lock().make_app(kind, redirect_uris)
    }

    /// Where SeaTable is, without a slash at the end: the address that a person enters.
    #[must_use]
    pub fn seatable_url(&self) -> String {
        self.addresses.seatable.clone()
    }

    /// The account token of the first user in SeaTable: of the person, where their address was known.
    #[must_use]
    pub fn seatable_token(&self) -> Secret {
        self.seatable.lock().persons.first().map(|person| person.token.clone()).unwrap_or_default()
    }

    /// The accounts that a base in SeaTable holds; none where there is no such base.
    #[must_use]
    pub fn seatable_accounts(&self, base_uuid: &str) -> Vec<SeatableAccount> {
        let store = self.seatable.lock();
        let whole = |account: &seatable::Account| SeatableAccount {
            id: account.id,
            name: account.name.clone(),
            detail: account.detail.clone().into(),
        };
        let uuid = store.base(base_uuid).map(|base| base.uuid.as_str());
        uuid.map(|uuid| store.accounts(uuid).map(whole).collect()).unwrap_or_default()
    }

    /// Withdraws every key that a person gave out: all consents, and all app passwords.
    pub fn withdraw_keys(&self) {
        let mut state = self.state.lock();
        state.grants.end_all();
        state.app_passwords.clear();
    }

    /// Sets the project's publishing status; it begins as testing, in which refresh tokens live 7 days.
    pub fn publish(&self, status: Publishing) {
        self.state.lock().publishing = status;
    }
}

#[cfg(test)]
mod tests;
