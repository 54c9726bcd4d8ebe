//! [`Served`]: the practice servers of another process, by what `practice --serve --json` printed.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use url::{Host, Url};

use super::{description::Addresses, gmail, providers};
use crate::model::provider::Provider;

/// The practice servers of another process. They are on this machine, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    addresses: Addresses,
    ca_file: PathBuf,
    resolver: SocketAddr,
    web: SocketAddr,
}

/// What is read of the document; the rest of it is for people and tests.
#[derive(Deserialize)]
struct Document {
    ca_file: PathBuf,
    smtp: Smtp,
    imap: Imap,
    dns: Place,
    web: Place,
    oauth: OAuth,
    gmail_api: Page,
    seatable: Page,
}

#[derive(Deserialize)]
struct Smtp {
    host: IpAddr,
    starttls_port: u16,
    tls_port: u16,
}

#[derive(Deserialize)]
struct Imap {
    tls_port: u16,
}

#[derive(Deserialize)]
struct Place {
    address: SocketAddr,
}

#[derive(Deserialize)]
struct OAuth {
    authorize_url: String,
    token_url: String,
}

#[derive(Deserialize)]
struct Page {
    url: String,
}

impl Served {
    /// Reads the document; `None`: it is none, or names a server that is not on this machine.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let said: Document = serde_json::from_str(text).ok()?;
        let addresses = Addresses {
            host: said.smtp.host.to_string(),
            starttls_port: said.smtp.starttls_port,
            tls_port: said.smtp.tls_port,
            imap_port: said.imap.tls_port,
            pages: root(&said.oauth.authorize_url, "http", Addresses::AUTHORIZE)?,
            issuer: root(&said.oauth.token_url, "https", Addresses::TOKEN)?,
            api: root(&said.gmail_api.url, "https", gmail::PATH)?,
            seatable: root(&said.seatable.url, "https", "")?,
        };
        let hosts = [said.smtp.host, said.dns.address.ip(), said.web.address.ip()];
        hosts.iter().all(IpAddr::is_loopback).then_some(Self {
            addresses,
            ca_file: said.ca_file,
            resolver: said.dns.address,
            web: said.web.address,
        })
    }

    /// The file with the certificate to trust, PEM.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// As [`Practice::providers`](super::Practice::providers).
    #[must_use]
    pub fn providers(&self, shipped: &[Provider]) -> Vec<Provider> {
        providers::replace(shipped, &self.addresses)
    }

    /// The DNS server of the names that exist in practice.
    #[must_use]
    pub fn resolver(&self) -> SocketAddr {
        self.resolver
    }

    /// The web server of those names.
    #[must_use]
    pub fn web(&self) -> SocketAddr {
        self.web
    }

    /// Where SeaTable is, without a slash at the end.
    #[must_use]
    pub fn seatable_url(&self) -> String {
        self.addresses.seatable.clone()
    }

    /// The page that stands in for SeaTable's own.
    #[must_use]
    pub fn seatable_page(&self) -> String {
        self.addresses.seatable_page()
    }
}

/// The server of an address on this machine, without a slash at the end.
fn root(address: &str, scheme: &str, path: &str) -> Option<String> {
    let root = address.strip_suffix(path)?;
    let url = Url::parse(root).ok()?;
    let is_here = match url.host()? {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(_) => false,
    };
    (is_here && url.scheme() == scheme && url.as_str() == format!("{root}/")).then(|| root.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::practice::{Options, Practice};

    fn said() -> (Practice, Value) {
        let practice = Practice::start(Options::default()).unwrap();
        let said = serde_json::to_value(practice.description(Path::new("/ca.pem"))).unwrap();
        (practice, said)
    }

    #[test]
    fn another_process_finds_the_same_servers() {
        let (practice, said) = said();
        let served = Served::parse(&said.to_string()).unwrap();
        assert_eq!(served.addresses, practice.addresses);
        assert_eq!(served.ca_file(), Path::new("/ca.pem"));
        assert_eq!((served.resolver(), served.web()), (practice.resolver(), practice.web()));
        assert_eq!(served.seatable_url(), practice.seatable_url());
        assert_eq!(served.seatable_page(), practice.seatable_page());
        let ids = |providers: Vec<Provider>| providers.into_iter().map(|it| it.id).collect::<Vec<_>>();
        assert_eq!(ids(served.providers(&[])), ids(practice.providers(&[])));
    }

    #[test]
    fn only_what_is_on_this_machine_is_believed() {
        let (_practice, said) = said();
        for (pointer, value) in [
            ("/smtp/host", json!("192.0.2.1")),
            ("/smtp/host", json!("smtp.example.org")),
            ("/dns/address", json!("192.0.2.1:53")),
            ("/web/address", json!("192.0.2.1:443")),
            ("/oauth/authorize_url", json!("http://192.0.2.1/o/oauth2/v2/auth")),
            ("/oauth/authorize_url", json!("http://127.0.0.1:1/else")),
            ("/oauth/token_url", json!("https://oauth2.example.org/token")),
            ("/oauth/token_url", json!("http://127.0.0.1:1/token")),
            ("/seatable/url", json!("https://127.0.0.1:1@table.example.org")),
            ("/seatable/url", json!("https://localhost:1")),
            ("/gmail_api", json!(null)),
        ] {
            let mut said = said.clone();
            *said.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(Served::parse(&said.to_string()), None, "{pointer} {value}");
        }
        assert_eq!(Served::parse("no JSON"), None);
    }
}
