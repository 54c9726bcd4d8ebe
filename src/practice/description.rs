//! [`Description`]: where the practice servers are, as `practice --serve --json` prints it. The names are a
//! contract.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    names::Names,
    oauth::{GRAPH_SEND, MAIL, SMTP_SEND},
    seatable::{Base, Person, Seatable, Store},
};
use crate::model::{client::Client, report::SCHEMA, seatable::Right, secret::Secret};

/// Where the practice servers are. It holds their passwords: they are thrown away with the servers.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    schema: u32,
    ca_file: PathBuf,
    smtp: Smtp,
    imap: Imap,
    dns: Dns,
    web: Web,
    users: Vec<UserEntry>,
    oauth: OAuth,
    gmail_api: GmailApi,
    microsoft: Microsoft,
    seatable: SeatableEntry,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Smtp {
    host: String,
    starttls_port: u16,
    tls_port: u16,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Imap {
    host: String,
    tls_port: u16,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Dns {
    /// For `--resolver`.
    address: SocketAddr,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Web {
    /// The web server of the domains that have settings files.
    address: SocketAddr,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct UserEntry {
    address: String,
    password: String,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct OAuth {
    authorize_url: String,
    token_url: String,
    revoke_url: String,
    device_url: String,
    /// How often the token endpoint was asked, as JSON: for tests of what asks it.
    counts_url: String,
    scope: &'static str,
    clients: Vec<ClientEntry>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct ClientEntry {
    r#type: &'static str,
    id: String,
    secret: String,
    redirect_uris: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct GmailApi {
    url: String,
}

/// The same OAuth provider with Microsoft's habits, for the same clients.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Microsoft {
    authorize_url: String,
    token_url: String,
    device_url: String,
    smtp_scope: &'static str,
    graph_scope: &'static str,
    graph_url: String,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct SeatableEntry {
    url: String,
    version: String,
    users: Vec<PersonEntry>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct PersonEntry {
    address: String,
    password: String,
    account_token: String,
    code: Option<String>,
    bases: Vec<BaseEntry>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct BaseEntry {
    uuid: String,
    name: String,
    workspace: String,
    admin: bool,
    api_token: String,
}

/// The addresses of everything, for [`Description`] and for the provider entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addresses {
    pub(super) host: String,
    pub(super) starttls_port: u16,
    pub(super) tls_port: u16,
    /// The mailboxes, with TLS from the first byte.
    pub(super) imap_port: u16,
    /// The pages, without a slash at the end.
    pub(super) pages: String,
    /// The token endpoint's server, which is the issuer as well.
    pub(super) issuer: String,
    /// The Gmail API's server.
    pub(super) api: String,
    /// SeaTable, without a slash at the end.
    pub(super) seatable: String,
}

impl Addresses {
    /// The path of the page to consent on.
    pub(super) const AUTHORIZE: &'static str = "/o/oauth2/v2/auth";
    /// The path of the token endpoint.
    pub(super) const TOKEN: &'static str = "/token";

    pub(super) fn authorize_url(&self) -> String {
        format!("{}{}", self.pages, Self::AUTHORIZE)
    }

    pub(super) fn token_url(&self) -> String {
        format!("{}{}", self.issuer, Self::TOKEN)
    }

    pub(super) fn revoke_url(&self) -> String {
        format!("{}/revoke", self.issuer)
    }

    pub(super) fn device_url(&self) -> String {
        format!("{}/device/code", self.issuer)
    }

    /// An endpoint with Microsoft's habits, at the path that its own has.
    pub(super) fn microsoft_url(&self, path: &str) -> String {
        let server = if path.ends_with("/authorize") { &self.pages } else { &self.issuer };
        format!("{server}{path}")
    }

    pub(super) fn graph_url(&self) -> String {
        format!("{}{}", self.api, super::graph::PATH)
    }

    /// The page that stands in for SeaTable's own.
    pub(super) fn seatable_page(&self) -> String {
        format!("{}/seatable", self.pages)
    }

    fn counts_url(&self) -> String {
        format!("{}{}", self.pages, super::pages::COUNTS)
    }

    pub(super) fn send_url(&self) -> String {
        format!("{}{}", self.api, super::gmail::PATH)
    }
}

impl Description {
    pub(super) fn new(
        ca_file: &Path,
        addresses: &Addresses,
        users: impl Iterator<Item = (String, Secret)>,
        clients: &[Client],
        seatable: &Seatable,
        names: &Names,
    ) -> Self {
        let client = |client: &Client| ClientEntry {
            r#type: client.kind.id(),
            id: client.id.clone(),
            secret: client.secret.as_ref().map_or_else(String::new, |secret| secret.expose().to_owned()),
            redirect_uris: client.redirect_uris.clone(),
        };
        Self {
            schema: SCHEMA,
            ca_file: ca_file.to_owned(),
            smtp: Smtp {
                host: addresses.host.clone(),
                starttls_port: addresses.starttls_port,
                tls_port: addresses.tls_port,
            },
            imap: Imap { host: addresses.host.clone(), tls_port: addresses.imap_port },
            dns: Dns { address: names.dns_address() },
            web: Web { address: names.web_address() },
            users: users
                .map(|(address, password)| UserEntry { address, password: password.expose().to_owned() })
                .collect(),
            oauth: OAuth {
                authorize_url: addresses.authorize_url(),
                token_url: addresses.token_url(),
                revoke_url: addresses.revoke_url(),
                device_url: addresses.device_url(),
                counts_url: addresses.counts_url(),
                scope: MAIL,
                clients: clients.iter().map(client).collect(),
            },
            gmail_api: GmailApi { url: addresses.send_url() },
            microsoft: Microsoft {
                authorize_url: addresses.microsoft_url("/organizations/oauth2/v2.0/authorize"),
                token_url: addresses.microsoft_url("/organizations/oauth2/v2.0/token"),
                device_url: addresses.microsoft_url("/organizations/oauth2/v2.0/devicecode"),
                smtp_scope: SMTP_SEND,
                graph_scope: GRAPH_SEND,
                graph_url: addresses.graph_url(),
            },
            seatable: SeatableEntry {
                url: addresses.seatable.clone(),
                version: seatable.version.to_string(),
                users: persons(&seatable.lock()),
            },
        }
    }
}

fn persons(store: &Store) -> Vec<PersonEntry> {
    let bases = |person: &Person| {
        let base = |(base, right): (&Base, Right)| BaseEntry {
            uuid: base.uuid.clone(),
            name: base.name.clone(),
            workspace: store.workspace_name(base, right),
            admin: right == Right::Admin,
            api_token: base.api_token.expose().to_owned(),
        };
        store.visible(person).into_iter().map(base).collect()
    };
    let person = |person: &Person| PersonEntry {
        address: person.address.to_string(),
        password: person.password.expose().to_owned(),
        account_token: person.token.expose().to_owned(),
        code: person.code.as_ref().map(|code| code.expose().to_owned()),
        bases: bases(person),
    };
    store.persons.iter().map(person).collect()
}
