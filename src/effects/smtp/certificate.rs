//! What a person wants to know of a certificate (RFC 5280 §4.1), read out of its DER.
//!
//! For show only: whether a certificate is good is rustls's to say. Four fields did not justify the dozen
//! packages of a full parser. Every length is checked against what is there; anything odd reads as nothing.

use std::net::IpAddr;

use time::{Date, Month, PrimitiveDateTime};

use crate::{
    effects::clean::visible_text,
    model::{Time, stage::Certificate},
};

/// Large providers have dozens of names in one certificate; a person looks at the first ones.
const MAX_NAMES: usize = 6;
/// The longest DNS name (RFC 1035 §2.3.4).
const MAX_TEXT: usize = 253;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const BOOLEAN: u8 = 0x01;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `version [0]` and `extensions [3]` of a certificate; `dNSName [2]` and `iPAddress [7]` of a name.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// `id-at-commonName` 2.5.4.3, `id-at-organizationName` 2.5.4.10, `id-ce-subjectAltName` 2.5.29.17.
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
const ORGANIZATION: [u8; 3] = [0x55, 0x04, 0x0a];
const SUBJECT_ALT_NAME: [u8; 3] = [0x55, 0x1d, 0x11];

/// What a certificate shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Names, issuer, last day.
    pub certificate: Certificate,
    /// Its first moment.
    pub begins: Option<Time>,
    /// Issuer and subject are the same: nobody else vouches for it.
    pub is_self_issued: bool,
}

/// Reads a certificate; `None` when it is none.
#[must_use]
pub fn read(der: &[u8]) -> Option<Shown> {
    let mut signed = Der(Der(der).of(SEQUENCE)?).of(SEQUENCE).map(Der)?;
    if signed.next()?.0 == VERSION {
        signed.next()?; // the serial number, which is first where there is no version
    }
    signed.of(SEQUENCE)?; // the algorithm of the signature
    let issuer = signed.of(SEQUENCE)?;
    let mut validity = Der(signed.of(SEQUENCE)?);
    let (begins, expires) = (validity.next().and_then(moment), validity.next().and_then(moment));
    let subject = signed.of(SEQUENCE)?;
    signed.of(SEQUENCE)?; // the key
    let mut names = Vec::new();
    while let Some((tag, content)) = signed.next() {
        if tag == EXTENSIONS {
            names = alternative_names(content);
        }
    }
    Some(Shown {
        certificate: Certificate { names, issuer: called(issuer), expires },
        begins,
        is_self_issued: issuer == subject,
    })
}

/// A run of DER values (X.690 §8.1).
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next value: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            // The long form; four octets are 4 GiB, more than any certificate, and none is the indefinite form.
            let octets = usize::from(first & 0x7f);
            if octets == 0 || octets > 4 {
                return None;
            }
            let (number, after) = rest.split_at_checked(octets)?;
            length = number.iter().try_fold(0_usize, |sum, octet| {
                sum.checked_mul(256).and_then(|sum| sum.checked_add(usize::from(*octet)))
            })?;
            rest = after;
        }
        let (content, after) = rest.split_at_checked(length)?;
        self.0 = after;
        Some((tag, content))
    }

    /// The content of the next value, when it has that tag.
    fn of(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
    }
}

/// The common name of a distinguished name, else its organisation, else nothing.
fn called(name: &[u8]) -> String {
    let (mut common, mut organization) = (None, None);
    let mut sets = Der(name);
    while let Some(set) = sets.of(SET) {
        let mut pairs = Der(set);
        while let Some(pair) = pairs.of(SEQUENCE) {
            let mut pair = Der(pair);
            let (Some(kind), Some(value)) = (pair.of(OBJECT_IDENTIFIER), pair.next()) else {
                continue;
            };
            if kind == COMMON_NAME {
                common = common.or_else(|| text(value));
            } else if kind == ORGANIZATION {
                organization = organization.or_else(|| text(value));
            }
        }
    }
    common.or(organization).unwrap_or_default()
}

fn alternative_names(content: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut extensions = Der(Der(content).of(SEQUENCE).unwrap_or_default());
    while let Some(extension) = extensions.of(SEQUENCE) {
        let mut extension = Der(extension);
        if extension.of(OBJECT_IDENTIFIER) != Some(&SUBJECT_ALT_NAME) {
            continue;
        }
        let value = match extension.next() {
            Some((BOOLEAN, _)) => extension.of(OCTET_STRING),
            Some((OCTET_STRING, value)) => Some(value),
            _ => None,
        };
        let mut general = Der(value.and_then(|value| Der(value).of(SEQUENCE)).unwrap_or_default());
        while let Some((tag, content)) = general.next() {
            let name = match tag {
                DNS_NAME => plain(&String::from_utf8_lossy(content)),
                IP_ADDRESS => ip(content).map(|ip| ip.to_string()),
                _ => None,
            };
            if names.len() < MAX_NAMES {
                names.extend(name);
            }
        }
    }
    names
}

fn ip(octets: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
}

/// A text of a distinguished name: `UTF8String`, `PrintableString`, `IA5String`, `T61String` or `BMPString`.
fn text((tag, content): (u8, &[u8])) -> Option<String> {
    match tag {
        0x0c | 0x13 | 0x16 => plain(&String::from_utf8_lossy(content)),
        0x14 => plain(&content.iter().map(|octet| char::from(*octet)).collect::<String>()),
        0x1e => {
            let units: Vec<u16> =
                content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            plain(&String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// Whoever made the certificate chose the text: no control characters, no megabytes.
fn plain(text: &str) -> Option<String> {
    let text: String = visible_text(text).chars().take(MAX_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

/// `YYMMDDHHMMSSZ` (years 50 to 99 are 19xx) or `YYYYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5).
fn moment((tag, content): (u8, &[u8])) -> Option<Time> {
    let digits = content.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        digits.get(range).map(|part| part.iter().fold(0_u16, |sum, digit| sum * 10 + u16::from(digit - b'0')))
    };
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => number(0..2).map(|year| (year + if year < 50 { 2000 } else { 1900 }, 2))?,
        (GENERALIZED_TIME, 14) => (number(0..4)?, 4),
        _ => return None,
    };
    let pair =
        |index: usize| number(rest + 2 * index..rest + 2 * index + 2).and_then(|n| u8::try_from(n).ok());
    let month = Month::try_from(pair(0)?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, pair(1)?).ok()?;
    let time = time::Time::from_hms(pair(2)?, pair(3)?, pair(4)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, SanType, date_time_ymd, string::Ia5String};
    use time::macros::datetime;

    use super::*;

    fn made() -> Vec<u8> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::OrganizationName, "Autorité Ü");
        authority.distinguished_name.push(DnType::CommonName, "Test CA\u{7}");
        let authority = Issuer::new(authority, KeyPair::generate().unwrap());
        let mut leaf = CertificateParams::default();
        leaf.subject_alt_names = vec![
            SanType::DnsName(Ia5String::try_from("smtp.example.org").unwrap()),
            SanType::Rfc822Name(Ia5String::try_from("a@b.c").unwrap()),
            SanType::IpAddress("127.0.0.1".parse().unwrap()),
            SanType::IpAddress("::1".parse().unwrap()),
        ];
        (leaf.not_before, leaf.not_after) = (date_time_ymd(1999, 12, 31), date_time_ymd(2055, 1, 2));
        leaf.signed_by(&KeyPair::generate().unwrap(), &authority).unwrap().der().to_vec()
    }

    #[test]
    fn names_issuer_and_dates_are_read() {
        let shown = read(&made()).unwrap();
        assert_eq!(shown.certificate.names, ["smtp.example.org", "127.0.0.1", "::1"]);
        assert_eq!(shown.certificate.issuer, "Test CA");
        assert_eq!(shown.certificate.expires, Some(datetime!(2055-01-02 0:00 UTC)));
        assert_eq!(shown.begins, Some(datetime!(1999-12-31 0:00 UTC)));
        assert!(!shown.is_self_issued);
    }

    #[test]
    fn the_organisation_stands_in_and_names_are_counted() {
        let mut params =
            CertificateParams::new((0..50).map(|n| format!("n{n}.x")).collect::<Vec<_>>()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Only Ltd");
        let shown = read(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der()).unwrap();
        assert_eq!(shown.certificate.issuer, "Only Ltd");
        assert_eq!(shown.certificate.names.len(), MAX_NAMES);
        assert!(shown.is_self_issued);
    }

    #[test]
    fn whatever_is_cut_or_changed_breaks_nothing() {
        let good = made();
        for length in 0..good.len() {
            let _ = read(&good[..length]);
        }
        for at in 0..good.len() {
            for value in [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                let _ = read(&bad);
            }
        }
    }

    #[test]
    fn times_that_are_none_are_nothing() {
        for text in [&b"991332000000Z"[..], b"9912310000Z", b"9912310000000", b"99123100000xZ", b""] {
            assert_eq!(moment((UTC_TIME, text)), None);
        }
        assert_eq!(moment((UTC_TIME, b"491231235959Z")), Some(datetime!(2049-12-31 23:59:59 UTC)));
    }
}
