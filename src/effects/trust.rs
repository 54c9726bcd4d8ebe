//! [`Trust`]: which certificates are believed, for SMTP and HTTP alike.

use std::{
    fs::File,
    io::Read,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    pki_types::{CertificateDer, pem::PemObject},
};

/// The certificates of a whole system have about 250 KiB. What is larger than this is no list of certificates.
const MAX_CA_FILE: u64 = 8 * 1024 * 1024;

/// The system's trust, and what `--ca-file` adds to it. Copies share what is read of the system: to read its
/// certificates takes as long as a round trip, and many accounts may be checked at once.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Certificates believed besides the system's.
    added: Vec<CertificateDer<'static>>,
    made: Arc<Mutex<Option<Arc<dyn ServerCertVerifier>>>>,
    all: Arc<OnceLock<Vec<CertificateDer<'static>>>>,
}

/// Chooses the process's cryptography. To be called before any TLS; a second call changes nothing.
pub fn prepare() {
    // Refused only where it is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Why trust could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file of `--ca-file` cannot be read.
    #[error("{0}")]
    Unreadable(std::io::Error),
    /// The file of `--ca-file` holds no certificate.
    #[error("no certificate in the file")]
    NoCertificate,
    /// The system has no list of trusted certificates, as in a minimal container.
    #[error("the system has no trusted certificates")]
    NoSystemTrust,
    /// The TLS package refused the set-up.
    #[error("{0}")]
    Tls(#[from] rustls::Error),
}

impl Trust {
    /// The system's trust alone.
    #[must_use]
    pub fn of_system() -> Self {
        Self::default()
    }

    /// Believes the certificates of a PEM file too.
    ///
    /// # Errors
    /// When it cannot be read or has no certificate in it.
    pub fn add_file(&mut self, path: &Path) -> Result<(), TrustError> {
        let mut pem = Vec::new();
        let read = |file: File| file.take(MAX_CA_FILE).read_to_end(&mut pem);
        File::open(path).and_then(read).map_err(TrustError::Unreadable)?;
        self.add_pem(&pem)
    }

    /// Believes the certificates of a PEM text too.
    ///
    /// # Errors
    /// When it has no certificate in it.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<(), TrustError> {
        let before = self.added.len();
        self.added.extend(CertificateDer::pem_slice_iter(pem).filter_map(Result::ok));
        // What was made before did not know of them.
        (self.made, self.all) = (Arc::default(), Arc::default());
        if self.added.len() == before { Err(TrustError::NoCertificate) } else { Ok(()) }
    }

    /// True when something was added to the system's trust.
    #[must_use]
    pub fn has_added(&self) -> bool {
        !self.added.is_empty()
    }

    /// Every certificate that is believed: the system's as far as they can be listed, and the added ones.
    #[must_use]
    pub fn listed(&self) -> &[CertificateDer<'static>] {
        self.all.get_or_init(|| {
            let mut all = rustls_native_certs::load_native_certs().certs;
            all.extend(self.added.iter().cloned());
            all
        })
    }

    /// A TLS client for SMTP: TLS 1.2 at least (RFC 8997 §3), certificate and name checked.
    ///
    /// # Errors
    /// When the system has no trusted certificates and none were added.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, TrustError> {
        Self::client_config_with(self.verifier()?)
    }

    /// The same, but `verifier` decides what is believed.
    ///
    /// # Errors
    /// When the TLS package refuses the set-up.
    pub fn client_config_with(
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<Arc<ClientConfig>, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
    }

    /// What decides whether a server's certificate is believed, for who wants to see it, too.
    ///
    /// # Errors
    /// When the system has no trusted certificates and none were added.
    pub fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
        // Held while it is made: who comes meanwhile would make the same.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*made {
            return Ok(Arc::clone(made));
        }
        let verifier = self.make_verifier()?;
        *made = Some(Arc::clone(&verifier));
        Ok(verifier)
    }

    fn make_verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        if self.has_added() {
            // The platform's verifier takes additions on some systems only, so the list is made here.
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(self.listed().iter().cloned());
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
            return Ok(verifier.map_err(|_| TrustError::NoCertificate)?);
        }
        let verifier =
            rustls_platform_verifier::Verifier::new(provider).map_err(|_| TrustError::NoSystemTrust)?;
        Ok(Arc::new(verifier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        let mut trust = Trust::of_system();
        assert!(matches!(trust.add_pem(b"hello"), Err(TrustError::NoCertificate)));
        assert!(!trust.has_added());
        assert!(matches!(trust.add_file(Path::new("/nonexistent/ca.pem")), Err(TrustError::Unreadable(_))));
    }

    #[test]
    fn what_has_no_end_is_no_list_of_certificates() {
        if cfg!(unix) {
            let read = Trust::of_system().add_file(Path::new("/dev/zero"));
            assert!(matches!(read, Err(TrustError::NoCertificate)), "{read:?}");
        }
    }
}
