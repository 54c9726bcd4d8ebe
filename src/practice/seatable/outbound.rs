//! [`Outbound`]: what SeaTable needs to reach the other practice servers, and nothing else.

use std::{io, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};
use url::{Host, Url};

/// On this machine an answer takes milliseconds; a busy machine may need a second.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How SeaTable reaches other servers.
pub(in crate::practice) struct Outbound {
    /// Trusts the practice authority, and for mail what was added.
    pub(super) tls: Arc<ClientConfig>,
    /// Trusts the practice authority only.
    pub(super) agent: Agent,
    /// The Gmail API's server, without a slash at the end.
    pub(super) gmail: String,
}

impl Outbound {
    /// With the certificate of the practice authority. `added`: certificates (PEM) that are trusted as well when mail
    /// is sent, for a mail server on this machine that is not ours.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub(in crate::practice) fn new(ca_pem: &str, added: &[u8], gmail: String) -> io::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(io::Error::other)?;
        roots.add(certificate).map_err(io::Error::other)?;
        for certificate in CertificateDer::pem_slice_iter(added) {
            roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let root = Certificate::from_pem(ca_pem.as_bytes()).map_err(io::Error::other)?;
        let web = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[root]))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let agent = Agent::config_builder()
            .tls_config(web)
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            // A proxy is another machine.
            .proxy(None)
            .build()
            .new_agent();
        Ok(Self { tls: Arc::new(tls), agent, gmail })
    }
}

/// True when an address leads to this machine, by number: a name could lead anywhere.
pub(super) fn stays_here(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() && url.scheme() == "https",
        Some(Host::Ipv6(_) | Host::Domain(_)) | None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_away() {
        assert!(stays_here("https://127.0.0.1:4433/token"));
        for url in [
            "https://oauth2.googleapis.com/token",
            "https://localhost/token",
            "https://127.0.0.1.elsewhere.example/",
            "https://127.0.0.1@elsewhere.example/",
            "http://127.0.0.1/token",
            "https://192.0.2.1/",
            "token",
        ] {
            assert!(!stays_here(url), "{url}");
        }
    }
}
