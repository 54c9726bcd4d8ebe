//! What the settings around a failure show: a port, and a kind of encryption that does not belong to it.

mod port;

use self::port::{lines, only_port};
use super::{Found, around, data::DATA, plain, ports};
use crate::{
    diagnosis::SUPPOSED,
    model::failure::{Failure, Layer},
};

/// What only says that no conversation came about, which is what a wrong pair looks like.
const VAGUE: [(Layer, &str); 7] = [
    (Layer::Connect, "_unnamed"),
    (Layer::Connect, "_closed"),
    (Layer::Connect, "_reset"),
    (Layer::Connect, "_no_greeting"),
    (Layer::Tls, "_tls"),
    (Layer::Tls, "_closed"),
    (Layer::SignIn, "_unnamed"),
];
/// What says that no connection came about.
const UNCONNECTED: [&str; 8] = [
    "errno 110",
    "10060",
    "etimedout",
    "connect timed out",
    "connection timed out",
    "connection timeout",
    "dial tcp",
    "unable to connect",
];

/// How a program was told to encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// From the start.
    Implicit,
    /// After a beginning in clear, or not at all.
    InClear,
}

/// Puts the pair that does not fit in the place of what only says that there was no conversation.
pub(super) fn settle(found: &mut Vec<Found>, text: &str, lower: &str) {
    // A certificate that was seen proves that encryption began.
    let waited = |found: &Found| found.failure.layer == Layer::Connect && found.failure.code == "_timeout";
    let is_vague = |found: &Found| {
        VAGUE.contains(&(found.failure.layer, found.failure.code.as_str()))
            || (found.weak && found.failure.code != "_bad_certificate")
            || waited(found)
    };
    let complains = || DATA.tells.complaint(lower) && (lower.contains("smtp") || lower.contains("mail"));
    let refused = |found: &Found| found.failure.layer == Layer::Connect && found.failure.code == "_refused";
    if !found.iter().all(|one| is_vague(one) || refused(one)) || (found.is_empty() && !complains()) {
        return;
    }
    let instead = |found: &mut Vec<Found>, at: usize, failure: Failure| {
        let (at, end) = found.first().map_or((at, at), |first| (first.at, first.end));
        *found = vec![Found { at, end, failure, weak: false }];
    };
    if let Some((at, port)) = only_port(lower)
        // Another server may be named elsewhere in the text.
        && let near = plain::around(lower, at.saturating_sub(120), at + 60)
        && let Some(host) = ports::unserved(near, port)
        && around::host(near) == Some(host)
    {
        let failure =
            Failure::new(Layer::Connect, "_not_served").with("host", host).with("port", port.to_owned());
        return instead(found, at, failure);
    }
    if found.iter().any(refused) {
        return;
    }
    let Some((at, port, kind)) = pair(lower) else { return };
    let code = match kind {
        Kind::Implicit if ports::begins_in_clear(port) => "_not_tls",
        Kind::InClear if ports::begins_encrypted(port) => "_tls_first",
        _ => return,
    };
    // Who begins in clear waits for a greeting that never comes, but only once there is a connection.
    if found.iter().any(waited)
        && (kind == Kind::Implicit || UNCONNECTED.iter().any(|words| lower.contains(words)))
    {
        return;
    }
    let mut failure = Failure::new(Layer::Tls, code).with("port", port.to_owned()).with(SUPPOSED, "yes");
    failure.details.extend(around::host(text).map(|host| ("host", host.to_owned())));
    instead(found, at, failure);
}

/// The one port of mail that the text (lower case) names, and where, with the one kind of encryption that it sets.
fn pair(lower: &str) -> Option<(usize, &str, Kind)> {
    let (at, port) = only_port(lower)?;
    let kinds: Vec<Kind> = lines(lower).flat_map(kinds_of).collect();
    let first = *kinds.first()?;
    kinds.iter().all(|kind| *kind == first).then_some((at, port, first))
}

/// The kinds of encryption that a line sets.
fn kinds_of(line: &str) -> Vec<Kind> {
    const WORDS: [(&str, Kind); 27] = [
        ("smtps://", Kind::Implicit),
        ("ssl://", Kind::Implicit),
        ("smtp_ssl(", Kind::Implicit),
        ("sslonconnect", Kind::Implicit),
        ("encryption_smtps", Kind::Implicit),
        (" 587, true", Kind::Implicit),
        (" 2587, true", Kind::Implicit),
        ("connection to tcp://", Kind::InClear),
        ("securesocketoptions.starttls", Kind::InClear),
        ("encryption_starttls", Kind::InClear),
        ("smtplib.smtp(", Kind::InClear),
        (".starttls(", Kind::InClear),
        (" 465, false", Kind::InClear),
        (" 2465, false", Kind::InClear),
        // PowerShell's own cmdlet begins in clear.
        ("usessl=$true", Kind::InClear),
        ("usessl = $true", Kind::InClear),
        (" -usessl", Kind::InClear),
        // What a person says of both in one breath.
        ("587 with ssl", Kind::Implicit),
        ("587 (ssl", Kind::Implicit),
        ("587/ssl", Kind::Implicit),
        ("ssl on port 587", Kind::Implicit),
        ("ssl port 587", Kind::Implicit),
        ("465 with starttls", Kind::InClear),
        ("465 (starttls", Kind::InClear),
        ("465/starttls", Kind::InClear),
        ("starttls on port 465", Kind::InClear),
        ("starttls port 465", Kind::InClear),
    ];
    let mut kinds: Vec<Kind> =
        WORDS.into_iter().filter(|(words, _)| line.contains(words)).map(|(_, kind)| kind).collect();
    for (at, between) in line.match_indices([':', '=', '→']) {
        let value = line[at + between.len()..].trim_start_matches([' ', '\t', '"', '\'', '`', '>', '=', '*']);
        let end =
            value.find(|c: char| !(c.is_ascii_alphanumeric() || "/_+".contains(c))).unwrap_or(value.len());
        let key: String = line[..at]
            .trim_end_matches([' ', '\t', '"', '\'', '`', '*', ']'])
            .rsplit(['"', '\'', '`', ',', ';', '{', '(', '[', '*', '>', '?', '&', ':', '='])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '.' | '-' | '\t' | '$'))
            .collect();
        // It begins with encryption in one program, and with STARTTLS in the next.
        if key.ends_with("tls")
            && !key.contains("starttls")
            && !["usetls", "requiretls", "ignoretls", "opportunistictls"]
                .iter()
                .any(|name| key.ends_with(name))
            && is_on(&value[..end])
        {
            kinds.extend([Kind::Implicit, Kind::InClear]);
        }
        kinds.extend(kind_of(&key, &value[..end]));
    }
    kinds
}

fn is_on(value: &str) -> bool {
    matches!(value, "true" | "1" | "yes" | "on" | "y" | "enabled" | "enable")
}

/// What one setting says; the key without what parts its words.
fn kind_of(key: &str, value: &str) -> Option<Kind> {
    let on = is_on(value);
    let off = matches!(value, "false" | "0" | "no" | "off" | "n");
    let ends = |names: &[&str]| names.iter().any(|name| key.ends_with(name));
    // It says what is checked, or with what, and not when encryption begins.
    if ["verify", "cert", "version", "ignore", "allow", "reject", "check", "http", "db"]
        .iter()
        .any(|word| key.contains(word))
    {
        return None;
    }
    if key.contains("starttls") {
        return on.then_some(Kind::InClear);
    }
    // .NET's own client and Django's `TLS` begin in clear.
    if ends(&["enablessl", "usetls"]) {
        return on.then_some(Kind::InClear);
    }
    if ends(&["ssl", "sslenable", "sslenabled", "secure", "secureconnection", "istlsenabled"]) && (on || off)
    {
        let in_clear = || ends(&["secure", "secureconnection"]).then_some(Kind::InClear);
        return if on { Some(Kind::Implicit) } else { in_clear() };
    }
    // The variable of Laravel, whose `tls` begins in clear.
    if key == "mailencryption" {
        return match value {
            "tls" => Some(Kind::InClear),
            "ssl" => Some(Kind::Implicit),
            _ => None,
        };
    }
    if key == "tls" {
        return (value == "wrapper").then_some(Kind::Implicit);
    }
    if ends(&[
        "encryption",
        "secure",
        "security",
        "smtpprotocol",
        "protocol",
        "scheme",
        "encrypt",
        "securetype",
        "connectiontype",
    ]) {
        return match value {
            "ssl" | "smtps" | "ssl/tls" | "tls/ssl" | "force_tls" | "implicit" => Some(Kind::Implicit),
            "starttls" => Some(Kind::InClear),
            "tls" if key.ends_with("smtpsecure") => Some(Kind::InClear),
            "none" | "plain" if !key.ends_with("protocol") => Some(Kind::InClear),
            _ => None,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_and_an_encryption_are_read_from_settings() {
        use Kind::{Implicit, InClear};
        for (text, expected) in [
            ("port: 587\nencryption: ssl", Some(("587", Implicit))),
            ("smtp_port=465\nsmtp_security=starttls", Some(("465", InClear))),
            ("'port' => 25,\n'scheme' => 'smtps',", Some(("25", Implicit))),
            (
                "host: \"smtp.x.org\",\nport: 465,\nsecure: false, // true for 465, false for other ports",
                Some(("465", InClear)),
            ),
            ("client.connect(\"smtp.x.org\", 587, true);", Some(("587", Implicit))),
            ("smtplib.smtp('smtp.x.org', 465)", Some(("465", InClear))),
            ("mailer_dsn=smtps://a:b@smtp.x.org:587", Some(("587", Implicit))),
            ("email_port = 465\nemail_use_tls = true", Some(("465", InClear))),
            ("\"host\": \"x\", \"port\": 587, \"ssl\": true", Some(("587", Implicit))),
            ("port: 587\nssl: true\nor 465 with starttls", None),
            ("port: 465\nssl: true\nstarttls: true", None),
            ("port: 587\nssl_verify: true", None),
            ("took 465 ms\nssl: true", None),
            ("encryption: ssl", None),
            ("encryption → ssl/tls and port: 587", Some(("587", Implicit))),
            ("@{usessl=$true; port=\"465\"}", Some(("465", InClear))),
            ("port: 465\nstarttls: true\ntls: true", None),
            ("port: 587\nsecureconnection: true", Some(("587", Implicit))),
        ] {
            assert_eq!(pair(text).map(|(_, port, kind)| (port, kind)), expected, "{text}");
        }
    }

    #[test]
    fn a_pair_that_does_not_fit_stands_for_what_is_vague() {
        let vague = || Found { at: 0, end: 1, failure: Failure::new(Layer::Connect, "_closed"), weak: false };
        for (text, code) in [
            ("eof\nport: 587\nencryption: ssl", "_not_tls"),
            ("eof\nport: 465\nencryption: starttls", "_tls_first"),
            ("eof\nport: 465\nencryption: ssl", "_closed"),
        ] {
            let mut found = vec![vague()];
            settle(&mut found, text, text);
            assert_eq!(found[0].failure.code, code, "{text}");
        }
        // Who waits in vain for a greeting has a connection; who gets none learns nothing of what fits.
        for (text, code) in [
            ("timed out\nport: 465\nencryption: starttls", "_tls_first"),
            ("errno 110\nport: 465\nencryption: starttls", "_timeout"),
            ("timed out\nport: 587\nencryption: ssl", "_timeout"),
        ] {
            let mut found = vec![Found { failure: Failure::new(Layer::Connect, "_timeout"), ..vague() }];
            settle(&mut found, text, text);
            assert_eq!(found[0].failure.code, code, "{text}");
        }
        let mut clear = vec![Found { failure: Failure::new(Layer::SignIn, "535"), ..vague() }];
        settle(&mut clear, "535\nport: 587\nencryption: ssl", "535\nport: 587\nencryption: ssl");
        assert_eq!(clear[0].failure.code, "535");
    }
}
