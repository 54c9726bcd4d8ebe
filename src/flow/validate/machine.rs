//! Which machine an address leads to.

use url::{Host, Url};

use super::seatable::seatable_url;
use crate::flow::field;

/// True for https, and for http to this very machine: nothing secret goes anywhere else in clear.
pub(super) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => url.host().is_some_and(|host| is_this_machine(&host)),
        _ => false,
    }
}

fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name.as_ref() == "localhost",
    }
}

/// True for the host, or the address, of another machine. It is read as those read it who use it; what they cannot read
/// is told otherwise.
pub(super) fn is_elsewhere(id: &str, text: &str) -> bool {
    let text = text.trim();
    let url = match id {
        field::SMTP_HOST | field::IMAP_HOST => {
            let host = Host::parse(text).or_else(|_| Host::parse(&format!("[{text}]")));
            return host.is_ok_and(|host| !is_this_machine(&host));
        }
        field::SEATABLE_URL => seatable_url(text).ok().and_then(|url| Url::parse(&url).ok()),
        _ => Url::parse(text).ok(),
    };
    url.is_some_and(|url| url.host().is_some_and(|host| !is_this_machine(&host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_known_by_host_and_by_address() {
        for (id, text) in [
            ("smtp-host", "localhost"),
            ("smtp-host", "127.0.0.1"),
            ("imap-host", "::1"),
            ("smtp-host", "not a host"),
            ("seatable-url", "127.9.0.1:25"),
            ("token-url", "http://[::1]:8080/token"),
            ("token-url", "no address"),
        ] {
            assert!(!is_elsewhere(id, text), "{text}");
        }
        for (id, text) in [
            ("smtp-host", "mail.example.org"),
            ("smtp-host", "2001:db8::1"),
            ("smtp-host", "localhost.example.org"),
            ("seatable-url", "cloud.seatable.io"),
            ("seatable-url", "https://example.org/localhost"),
            ("authorize-url", "https:example.org"),
            ("token-url", "https://10.0.0.1/token"),
        ] {
            assert!(is_elsewhere(id, text), "{text}");
        }
    }
}
