//! Whose server it is that a text tells of: who greeted, and for whom the certificate is.

use super::{BEFORE, around, data::Hint, plain};

/// The server that greeted, where it is none of the provider that the program wanted. What it wanted may be told afterwards, in the
/// settings.
pub(super) fn stranger(text: &str, at: usize, whole: Option<&Hint>) -> Option<String> {
    let before = plain::around(text, at.saturating_sub(2 * BEFORE), at);
    let (lower, after) =
        (before.to_ascii_lowercase(), plain::around(text, at, at + BEFORE).to_ascii_lowercase());
    let is_set = |host: &str| {
        let lines = after.lines().filter(|line| line.contains("host") || line.contains("server"));
        lines.filter_map(|line| line.split_once(['=', ':'])).any(|(_, value)| value.contains(host))
    };
    let wanted = whole?.hosts.iter().find(|host| lower.contains(host) || is_set(host))?;
    let greeter = around::greeter(before)?;
    (!same_domain(greeter, wanted) && !is_of(whole?, greeter)).then(|| greeter.to_owned())
}

/// For whom a certificate is, where the text says it.
pub(super) fn names_of(text: &str) -> Option<String> {
    let after = |words: &str| text.split_once(words).map(|(_, rest)| rest);
    let rest = ["altnames: DNS:", "valid for ", "certificate CN=`"].into_iter().find_map(after)?;
    let end = rest.find(['\n', '"', '\'', '`']).unwrap_or(rest.len());
    let names = rest[..end].split(", not ").next().unwrap_or_default().replace("DNS:", "");
    let is_name =
        |name: &str| name.contains(char::is_alphanumeric) && !name.trim().contains(char::is_whitespace);
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| is_name(name)).collect();
    Some(names.join(", ")).filter(|names| names.contains('.') && names.len() <= 200)
}

/// What a server was called that showed a certificate for others, where Node or Go says it.
pub(super) fn called_in(text: &str) -> Option<&str> {
    let by_node = || text.split_once(" is not in the cert's altnames")?.0.rsplit(char::is_whitespace).next();
    let by_go = || {
        let (_, rest) = text.split_once("certificate is valid for ")?;
        rest.lines().next()?.split_once(", not ").map(|(_, called)| called)
    };
    let is_of_name = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    let called = by_node().or_else(by_go)?.split(|c| !is_of_name(c)).next()?.trim_end_matches('.');
    (!called.is_empty()).then_some(called)
}

/// True where the text names a server of this provider, and the certificate is for somebody else's.
pub(super) fn is_of_another(names: &str, hint: &Hint, near: &str) -> bool {
    let (near, names) = (near.to_ascii_lowercase(), names.to_ascii_lowercase());
    let mut listed = names.split([',', ' ']).filter(|name| name.contains('.')).peekable();
    hint.hosts.any_in(&near) && listed.peek().is_some() && !listed.any(|name| is_of(hint, name))
}

/// True for a server that belongs to this provider: in the domain of one that is known, or with one of its words in the
/// name.
fn is_of(hint: &Hint, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    hint.hosts.iter().any(|host| same_domain(host, &name)) || hint.texts.any_in(&name)
}

/// True where two names lie in the same domain, as far as that can be told without a list of all registries: by the last two
/// labels, or three where those are a country and what it registers under (`co.uk`, `com.br`).
fn same_domain(one: &str, other: &str) -> bool {
    let labels =
        |host: &str| -> Vec<String> { host.to_ascii_lowercase().rsplit('.').map(str::to_owned).collect() };
    let (one, other) = (labels(one), labels(other));
    let under_country = one.len() > 2
        && one[0].len() == 2
        && ["ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"].contains(&one[1].as_str());
    let count = if under_country { 3 } else { 2 };
    one.len() >= count && other.len() >= count && one[..count] == other[..count]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_more_than_what_a_country_registers_under() {
        for (one, other, same) in [
            ("smtp.gmail.com", "imap.GMAIL.com", true),
            ("smtp.gmail.com", "smtp.host.com", false),
            ("mail.a.co.uk", "mail.b.co.uk", false),
            ("mail.a.co.uk", "smtp.a.co.uk", true),
            ("gmail.com", "smtp.gmail.com", true),
            ("localhost", "localhost", false),
        ] {
            assert_eq!(same_domain(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn names_are_read_from_what_tells_them() {
        for (text, names) in [
            ("is not in the cert's altnames: DNS:*.a.org, DNS:a.org", Some("*.a.org, a.org")),
            ("x509: certificate is valid for a.org, b.org, not c.org", Some("a.org, b.org")),
            ("Peer certificate CN=`*.a.org' did not match expected CN=`b.org'", Some("*.a.org")),
            ("certificate is not valid for 'a.org'", None),
            ("altnames: DNS:*.a.org, IP Address:192.0.2.4", Some("*.a.org")),
            ("valid for one year", None),
            ("Peer certificate CN=`... did not match expected CN=`...'", None),
        ] {
            assert_eq!(names_of(text).as_deref(), names, "{text}");
        }
    }

    #[test]
    fn what_the_server_was_called_is_no_name_of_the_certificate() {
        for (text, called) in [
            ("Host: a.org. is not in the cert's altnames: DNS:b.org", Some("a.org")),
            ("certificate is valid for b.org, c.org, not a.org\nb.org", Some("a.org")),
            ("certificate is valid for b.org", None),
            ("Host: localhost. is not in the cert's altnames: DNS:b.org", Some("localhost")),
            ("Host:\na.org. is not in the cert's altnames: DNS:b.org", Some("a.org")),
            ("(x509: certificate is valid for b.org, not a.org)", Some("a.org")),
            ("certificate is valid for b.org, not a.org; retrying", Some("a.org")),
            ("certificate is not valid for any names, but wanted to match a.org", None),
        ] {
            assert_eq!(called_in(text), called, "{text}");
        }
    }

    #[test]
    fn a_certificate_of_another_provider_is_told_from_its_own() {
        let hint = Hint {
            id: "gmail".into(),
            name: "Gmail".into(),
            texts: ["smtp.gmail.com"].into(),
            exact: [].into(),
            named: [].into(),
            hosts: ["smtp.gmail.com", "mx.google.com"].into(),
        };
        for (names, near, another) in [
            ("*.host.example", "expected CN=`smtp.gmail.com'", true),
            ("*.host.example", "expected CN=`mail.example.org'", false),
            ("mx.google.com", "expected CN=`smtp.gmail.com'", false),
            ("imap.gmail.com, *.host.example", "expected CN=`smtp.gmail.com'", false),
        ] {
            assert_eq!(is_of_another(names, &hint, near), another, "{names} {near}");
        }
    }
}
