//! Which DNS servers the system asks.

use std::net::SocketAddr;
#[cfg(any(unix, test))]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

/// Where systems of the Unix kind say so (resolv.conf(5)).
#[cfg(unix)]
const FILE: &str = "/etc/resolv.conf";

/// A few lines; more is something else.
#[cfg(unix)]
const MAX_BYTES: u64 = 64 * 1024;

/// resolv.conf(5), `MAXNS`.
#[cfg(any(unix, test))]
const MAX_SERVERS: usize = 3;

/// The port of DNS (RFC 1035 §4.2).
#[cfg(any(unix, test))]
const PORT: u16 = 53;

/// The servers that the system asks.
///
/// # Errors
/// The code of a failure where it does not say.
#[cfg(unix)]
pub(super) fn of_system() -> Result<Vec<SocketAddr>, &'static str> {
    use std::io::Read;
    let mut text = Vec::new();
    let file = std::fs::File::open(FILE).map_err(|_| "_no_resolver")?;
    file.take(MAX_BYTES).read_to_end(&mut text).map_err(|_| "_no_resolver")?;
    listed(&String::from_utf8_lossy(&text)).ok_or("_no_resolver")
}

/// Other systems say it only to programs that call them without Rust's checks.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(super) fn of_system() -> Result<Vec<SocketAddr>, &'static str> {
    Err("_no_resolver")
}

/// The servers that a `resolv.conf` lists; where it lists none, the one of this machine. `None`: it lists some, and
/// none can be asked.
#[cfg(any(unix, test))]
fn listed(text: &str) -> Option<Vec<SocketAddr>> {
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next().map(str::to_owned)).flatten()
    };
    let named: Vec<String> = text.lines().filter_map(named).collect();
    if named.is_empty() {
        return Some(vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT)]);
    }
    let servers: Vec<SocketAddr> = named.iter().filter_map(|name| server(name)).take(MAX_SERVERS).collect();
    (!servers.is_empty()).then_some(servers)
}

/// A server by its address, which may name the interface that leads to it (RFC 4007 §11).
#[cfg(any(unix, test))]
fn server(name: &str) -> Option<SocketAddr> {
    if let Ok(ip) = name.parse::<IpAddr>() {
        return Some(SocketAddr::new(ip, PORT));
    }
    let (address, _) = name.split_once('%')?;
    address.parse::<Ipv6Addr>().ok()?;
    // The system knows the numbers of its interfaces; for an address nobody is asked.
    (name, PORT).to_socket_addrs().ok()?.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_of_a_file_are_read() {
        for (text, expected) in [
            ("", &["127.0.0.1:53"][..]),
            ("search example.org\n# nameserver 192.0.2.9\n", &["127.0.0.1:53"]),
            (
                "nameserver 192.0.2.1\nnameserver\t2001:db8::1 \noptions rotate\n",
                &["192.0.2.1:53", "[2001:db8::1]:53"],
            ),
            (
                "nameserver fe80::1%no-interface\nnameserver x\nnameserver 192.0.2.1 ; ours\n",
                &["192.0.2.1:53"],
            ),
            ("nameserver fe80::1%no-interface\n", &[]),
            ("nameserver fe80::1%1\n", &["[fe80::1%1]:53"]),
            (
                "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4",
                &["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"],
            ),
        ] {
            let servers: Vec<String> =
                listed(text).unwrap_or_default().iter().map(SocketAddr::to_string).collect();
            assert_eq!(servers, expected, "{text}");
        }
    }
}
