//! [`Practice`]: the servers inside mailkey. An OAuth provider with its pages, a submission server and a Gmail
//! API, on loopback, with a throw-away certificate authority: the whole wizard can be walked, and broken on
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
mod description;
mod fault;
mod gmail;
mod http;
mod message;
mod oauth;
mod pages;
mod providers;
mod random;
pub mod serve;
mod smtp;
mod state;
mod visit;
mod wait;

use std::{io, net::Ipv4Addr, path::Path, sync::Arc};

use self::{
    acceptor::Acceptor,
    api::Service,
    authority::{Authority, Leaf},
    description::Addresses,
    pages::{PageServer, Pages},
    state::State,
};
pub use self::{
    description::Description,
    fault::Fault,
    state::{DEFAULT_REDIRECT_PORT, Delivery, Envelope, SEATABLE_REDIRECT},
    visit::visit,
};
use crate::model::{
    account::Publishing,
    address::Address,
    client::{Client, ClientKind},
    language::Language,
    provider::Provider,
    secret::Secret,
    server::Security,
};

/// How to practise.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// The language of the pages. Server words are English, as Google's.
    pub language: Language,
    /// The person's own address, if it is known already: it becomes the first of the users.
    pub address: Option<Address>,
}

/// Running practice servers. Dropping the value stops them, within about 200 ms.
pub struct Practice {
    ca_pem: String,
    addresses: Addresses,
    state: Arc<State>,
    _pages: PageServer,
    _acceptors: [Acceptor; 4],
}

impl Practice {
    /// Starts everything on free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When the system gives no port, thread or randomness.
    pub fn start(options: Options) -> io::Result<Self> {
        let authority = Authority::new()?;
        let state = Arc::new(State::new(options.faults, options.language, options.address)?);
        let leaf = if state.has(Fault::CertificateExpired) {
            Leaf::Expired
        } else if state.has(Fault::CertificateWrongName) {
            Leaf::WrongName
        } else {
            Leaf::Sound
        };
        let mail_tls = authority.server(leaf)?;
        let starttls = smtp::start(Security::StartTls, Arc::clone(&state), Arc::clone(&mail_tls))?;
        let tls = smtp::start(Security::Tls, Arc::clone(&state), Arc::clone(&mail_tls))?;
        let gmail = api::start(Service::GmailApi, Arc::clone(&state), mail_tls)?;
        let oauth = api::start(Service::OAuth, Arc::clone(&state), authority.server(Leaf::Sound)?)?;
        let listener = PageServer::bind()?;
        let page_host = listener.local_addr()?.to_string();
        let addresses = Addresses {
            host: Ipv4Addr::LOCALHOST.to_string(),
            starttls_port: starttls.address().port(),
            tls_port: tls.address().port(),
            pages: format!("http://{page_host}"),
            issuer: format!("https://{}", oauth.address()),
            api: format!("https://{}", gmail.address()),
        };
        let pages = Pages::new(Arc::clone(&state), page_host, addresses.issuer.clone());
        Ok(Self {
            ca_pem: authority.pem(),
            addresses,
            state,
            _pages: PageServer::start(listener, move |request| pages.answer(request))?,
            _acceptors: [starttls, tls, gmail, oauth],
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
        Description::new(ca_file, &self.addresses, users, &clients)
    }

    /// The shipped provider entries, Google's leading to these servers; entries that lead elsewhere are left out.
    #[must_use]
    pub fn providers(&self, shipped: &[Provider]) -> Vec<Provider> {
        providers::replace(shipped, &self.addresses)
    }

    /// The messages that were taken, the latest 1000.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state.lock().deliveries.iter().cloned().collect()
    }

    /// The rules that clients broke, in order, the latest 1000. A well-behaved client leaves it empty, whatever
    /// it is refused.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.state.complaints()
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

    /// Sets the project's publishing status; it begins as testing, in which refresh tokens live 7 days.
    pub fn publish(&self, status: Publishing) {
        self.state.lock().publishing = status;
    }
}

#[cfg(test)]
mod tests;
