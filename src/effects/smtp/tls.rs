//! [`Setup`]: a TLS client that remembers the certificate it saw, and what its errors mean.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, PeerIncompatible, ProtocolVersion,
    SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::certificate::{self, Shown};
use crate::{
    effects::trust::{Trust, TrustError},
    model::failure::{Failure, Layer},
};

/// What one handshake needs.
#[derive(Debug)]
pub struct Setup {
    config: Arc<ClientConfig>,
    seen: Arc<Seen>,
}

/// The server's own certificate, kept whether it is believed or not: a person must see which one was refused.
#[derive(Debug, Default)]
struct Seen(Mutex<Option<CertificateDer<'static>>>);

impl Setup {
    /// A client for one handshake.
    ///
    /// # Errors
    /// When the system has no trusted certificates and none were added.
    pub fn new(trust: &Trust) -> Result<Self, TrustError> {
        let seen = Arc::new(Seen::default());
        let witness = Witness { inner: trust.verifier()?, seen: Arc::clone(&seen) };
        Ok(Self { config: Trust::client_config_with(Arc::new(witness))?, seen })
    }

    /// For rustls.
    #[must_use]
    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// What the server showed, if it came so far.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        let seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().and_then(|certificate| certificate::read(certificate))
    }

    /// The failure that an error of rustls means, with what is known of the certificate.
    #[must_use]
    pub fn failure(&self, error: &Error) -> Failure {
        let shown = self.shown();
        let mut failure =
            Failure::new(Layer::Tls, code_of(error, shown.as_ref())).with("system", error.to_string());
        if let (Error::InvalidCertificate(_), Some(shown)) = (error, shown) {
            failure = failure
                .with("names", shown.certificate.names.join(", "))
                .with("issuer", shown.certificate.issuer);
            for (name, moment) in [("begins", shown.begins), ("expires", shown.certificate.expires)] {
                if let Some(moment) = moment {
                    failure = failure.with(name, moment.date().to_string());
                }
            }
        }
        failure
    }
}

/// The failure when there is no trust to begin with.
#[must_use]
pub fn no_trust(error: &TrustError) -> Failure {
    Failure::new(Layer::Tls, "_no_trust").with("system", error.to_string())
}

/// `TLS 1.3` or `TLS 1.2`; nothing else is spoken.
#[must_use]
pub fn version(version: Option<ProtocolVersion>) -> String {
    if version == Some(ProtocolVersion::TLSv1_2) { "TLS 1.2".to_owned() } else { "TLS 1.3".to_owned() }
}

/// The code of an error of rustls.
#[must_use]
pub fn code_of(error: &Error, shown: Option<&Shown>) -> &'static str {
    match error {
        Error::InvalidCertificate(fault) => code_of_certificate(fault, shown),
        Error::AlertReceived(rustls::AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired,
        ) => "_tls_version",
        _ => "_tls",
    }
}

fn code_of_certificate(fault: &CertificateError, shown: Option<&Shown>) -> &'static str {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "_expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "_not_yet_valid",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "_wrong_name",
        // The signature is of another authority that has the name of one we believe: a renewed one, most often, with a
        // new key of the same kind or of another.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => "_unknown_issuer",
        // A certificate that vouches for itself is refused for several formal reasons before its issuer is even
        // looked for; to a person all of them are one.
        _ if shown.is_some_and(|shown| shown.is_self_issued) => "_unknown_issuer",
        _ => "_tls",
    }
}

/// Believes what the inner verifier believes, and remembers what it was shown.
#[derive(Debug)]
struct Witness {
    inner: Arc<dyn ServerCertVerifier>,
    seen: Arc<Seen>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
