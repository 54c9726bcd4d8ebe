//! [`Authority`]: a throw-away certificate authority. Its keys live in memory only and die with the servers;
//! only its own certificate is ever handed out.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use time::{Duration, OffsetDateTime};

/// Long enough for a server left running over a holiday, short enough that a forgotten file is worth nothing.
const LIFETIME: Duration = Duration::days(30);
/// Before now, so that a clock that was just set back does not refuse us.
const SLACK: Duration = Duration::days(1);

/// By so much a clock is behind that finds a certificate of tomorrow; rounded, a person understands it.
pub(super) const YEAR: Duration = Duration::days(365);

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// For `localhost` and 127.0.0.1, valid now.
    Sound,
    /// Valid until yesterday.
    Expired,
    /// For a name that is not ours.
    WrongName,
    /// Valid in a year.
    Early,
}

/// A certificate authority.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// Makes a fresh one.
    ///
    /// # Errors
    /// When the system has no randomness for its key.
    pub(super) fn new() -> io::Result<Self> {
        Self::called("mailkey practice CA (throw-away)")
    }

    /// The same under another name.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(super) fn called(name: &str) -> io::Result<Self> {
        let mut params = parameters(&[], name, Leaf::Sound)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)?;
        Ok(Self { issuer })
    }

    /// Its certificate, to be trusted by whoever practises.
    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// TLS for a server that shows this certificate.
    ///
    /// # Errors
    /// When the system has no randomness for the key.
    pub(super) fn server(&self, leaf: Leaf) -> io::Result<Arc<ServerConfig>> {
        self.server_of(&["localhost".to_owned()], leaf)
    }

    /// The same for a server of these names.
    ///
    /// # Errors
    /// As [`Self::server`].
    pub(super) fn server_of(&self, names: &[String], leaf: Leaf) -> io::Result<Arc<ServerConfig>> {
        let elsewhere = ["mail.elsewhere.example".to_owned()];
        let names = if leaf == Leaf::WrongName { &elsewhere } else { names };
        let mut params = parameters(names, names.first().map_or("", String::as_str), leaf)?;
        if leaf != Leaf::WrongName {
            params.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)
            })
            .map_err(io::Error::other)?;
        Ok(Arc::new(config))
    }
}

fn parameters(names: &[String], common_name: &str, leaf: Leaf) -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(names.to_vec()).map_err(io::Error::other)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    let now = OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = match leaf {
        Leaf::Expired => (now - LIFETIME, now - SLACK),
        Leaf::Early => (now + YEAR, now + YEAR + LIFETIME),
        Leaf::Sound | Leaf::WrongName => (now - SLACK, now + LIFETIME),
    };
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_certificate_is_handed_out() {
        let pem = Authority::new().unwrap().pem();
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
        assert!(!pem.contains("PRIVATE"), "{pem}");
    }
}
