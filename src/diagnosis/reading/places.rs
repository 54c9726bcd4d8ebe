//! Where a program wanted to go, and what is wrong with that place itself: a slip in its name, none at all, IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    plain::{around, line},
    ports,
};
use crate::{
    diagnosis::texts::Texts,
    model::failure::{Failure, Layer},
};

/// What programs write for a setting that is not there.
const NOTHING: [&str; 7] = ["", "undefined", "null", "(null)", "none", "nil", "false"];
/// No name of a server holds one of these; `<`, `[` and `*` are left out, since people write them over real names.
const NEVER: &str = "\"'`,;:/\\@=?&#$!|“”„«»";
/// What stands around the own computer as the server that was asked. Where a log only names it, it is no server.
const LOCAL: [&str; 17] = [
    "127.0.0.1",
    "[::1]",
    " ::1:",
    "'::1'",
    "\"::1\"",
    "localhost:",
    "localhost[",
    "'localhost'",
    "\"localhost\"",
    "localhost,",
    "localhost port",
    "host localhost",
    "localhost (",
    "econnrefused localhost",
    // Before the port stands no name at all.
    "connect to :",
    "dial tcp :",
    "with host \":",
];
/// What tells that a browser or another program was to be reached there, and no mail server.
const NOT_MAIL: [&str; 7] =
    ["http://", "https://", "callback", "redirect", "?code=", "refused to connect", "proxy"];
/// What says more than that a name was not found or a connection not made: the code, and the name as it was written.
pub(super) fn finer(
    failure: &Failure,
    text: &str,
    (at, end): (usize, usize),
) -> Option<(&'static str, Option<String>)> {
    let near = around(text, at.saturating_sub(160), end + 240);
    match (failure.layer, failure.code.as_str()) {
        (Layer::Resolve, "_not_found" | "_resolver") if unknown_domain(line(text, at, end)).is_some() => {
            unknown_domain(line(text, at, end)).map(|name| ("_not_found", Some(name.to_owned())))
        }
        (Layer::Resolve, "_not_found" | "_resolver") => {
            let name = asked(around(text, at.saturating_sub(60), end + 400))?;
            if NOTHING.contains(&name.trim().to_ascii_lowercase().as_str()) {
                return Some(("_not_set", None));
            }
            if is_placeholder(name) {
                return Some(("_placeholder", Some(name.trim().trim_matches(QUOTES).to_owned())));
            }
            // A name may hold a password before its @.
            let told = name.rsplit('@').next().unwrap_or_default();
            is_slip(name).then(|| ("_bad_name", Some(told.trim().to_owned())))
        }
        // Go has one sentence for both ends of the time and names the day behind it.
        (Layer::Tls, "_expired") => {
            let told = around(text, end, end + 120).lines().next().unwrap_or_default();
            told.contains(" is before ").then_some(("_not_yet_valid", None))
        }
        // Go puts the address before it, if there is one.
        (Layer::Connect, "_settings") if text[at..end].eq_ignore_ascii_case("missing port in address") => {
            let before = around(text, at.saturating_sub(160), at).rsplit('\n').next().unwrap_or_default();
            let named = before.rsplit("address ").next().unwrap_or_default();
            let is_named = named.len() < before.len() && named.trim_end().ends_with(':') && named.len() > 3;
            (!is_named).then_some(("_no_settings", None))
        }
        (Layer::Connect, "_refused" | "_timeout") if leads_nowhere(line(text, at, end)) => {
            Some(("_nowhere", None))
        }
        (Layer::Connect, "_refused" | "_unreachable") if is_own(near, line(text, at, end)) => {
            Some(("_not_set", None))
        }
        (Layer::Connect, "_refused") => is_at_home(near).then_some(("_not_running", None)),
        (Layer::Connect, "_unreachable") => {
            let close = around(text, at.saturating_sub(120), end + 120);
            // No address of the own computer fits: mostly since IPv6 is missing, but then an address must show it.
            let of_own_address = text[at..end].to_ascii_lowercase().contains("addr");
            let unnamed = of_own_address.then_some(("_unnamed", None));
            let no_ipv6 = (addresses(close).any(|address| is_outside_ipv6(&address))
                && !names_ipv4(line(text, at, end)))
            .then_some(("_no_ipv6", None));
            no_ipv6.or(unnamed)
        }
        // Over IPv4 it works, or somebody suspects IPv6.
        (Layer::Connect, "_timeout") => {
            let line = line(text, at, end);
            let close = around(text, at.saturating_sub(300), end + 300).to_ascii_lowercase();
            let over_ipv6 = addresses(line).any(|address| is_outside_ipv6(&address)) && !names_ipv4(line);
            let works = names_ipv4(&close) && close.contains("connected to");
            (over_ipv6 && (works || close.contains("ipv6"))).then_some(("_no_ipv6", None))
        }
        _ => None,
    }
}

/// What a name may stand between.
const QUOTES: [char; 3] = ['"', '\'', '`'];

/// True for what stands for the value of a variable, as shells, templates and Windows write it.
fn is_placeholder(name: &str) -> bool {
    let name = name.trim().trim_matches(QUOTES);
    let between = |open: &str, close: &str| {
        let inner = name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| {
            let of_name = |c: char| c.is_ascii_alphanumeric() || "_. :-".contains(c);
            inner.starts_with(|c: char| c.is_alphabetic() || c == ' ') && inner.chars().all(of_name)
        })
    };
    let bare = name.strip_prefix('$').is_some_and(|name| {
        name.contains(char::is_alphabetic) && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    });
    bare || between("${", "}") || between("{{", "}}") || between("%", "%") || between("$(", ")")
}

/// True where the program was sent to no address at all, which a name leads to only where somebody blocks it (RFC 1122
/// §3.2.1.3).
fn leads_nowhere(line: &str) -> bool {
    [
        "0.0.0.0:587",
        "0.0.0.0:465",
        "0.0.0.0:25 ",
        "0.0.0.0:2525",
        " :::587",
        " :::465",
        "[::]:587",
        "[::]:465",
    ]
    .iter()
    .any(|address| line.contains(address))
        || line.trim_end().ends_with("0.0.0.0:25")
}

/// The domain of which a name server said for good that it does not exist, as Postfix tells it.
fn unknown_domain(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Name service error for name=")?;
    let (name, rest) = rest.split_once(' ')?;
    let told = rest.split_once(": Host not found").map(|(_, rest)| rest)?;
    // A name without a dot is looked for in vain wherever nobody gives it a meaning.
    (!told.starts_with(", try again") || !name.contains('.')).then_some(name)
}

/// Domains of mail that everybody writes to: who does not find them finds no name.
const OF_EVERYBODY: [&str; 14] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "qq.com",
];

/// True for the domain of an address that surely exists.
pub(super) fn surely_takes_mail(domain: &str) -> bool {
    OF_EVERYBODY.iter().any(|known| known.eq_ignore_ascii_case(domain))
}

/// True where the name that was looked up is that of the recipient's address, as Postfix tells both on one line: no server of
/// the sender's is meant then.
pub(super) fn is_of_recipient(line: &str, name: &str) -> bool {
    let recipient = line.split_once(" to=<").and_then(|(_, rest)| rest.split_once('>'));
    let domain = recipient.and_then(|(address, _)| address.rsplit_once('@')).map(|(_, domain)| domain);
    domain.is_some_and(|domain| domain.eq_ignore_ascii_case(name))
}

/// True where a check of the sender's address (`ip=` in what SPF links to, `[…]` at Postfix) saw one of a network of its own
/// (RFC 1918, RFC 4193), which no server on the internet sends from.
pub(super) fn is_seen_from_inside(said: &str) -> bool {
    let shown = ["ip=", ", ["].iter().flat_map(|words| said.match_indices(words));
    let address = |(at, words): (usize, &str)| {
        let seen = &said[at + words.len()..];
        let end = seen.find(|c: char| !(c.is_ascii_hexdigit() || ".:".contains(c))).unwrap_or(seen.len());
        seen[..end].parse().ok().map(|address| (at, address))
    };
    // The first is whom the server saw; others may stand in what it repeats.
    match shown.filter_map(address).min_by_key(|(at, _)| *at) {
        Some((_, IpAddr::V4(address))) => address.is_private() || address.is_loopback(),
        Some((_, IpAddr::V6(address))) => address.is_loopback() || address.segments()[0] & 0xfe00 == 0xfc00,
        None => false,
    }
}

/// What Python writes between an exception and the one that tells of it in other words.
const CHAINED: [&str; 2] =
    ["During handling of the above exception", "The above exception was the direct cause"];

/// True for a connection to a web service: one of `web` is named on the same line or where Python tells the same again, or
/// the port is 443.
pub(super) fn is_of_web(web: Texts, failure: &Failure, text: &str, (at, end): (usize, usize)) -> bool {
    let codes = ["_not_found", "_resolver", "_refused", "_unreachable", "_timeout", "_closed", "_reset"];
    let of_certificate = ["_wrong_name"];
    let codes: &[&str] = match failure.layer {
        Layer::Resolve | Layer::Connect => &codes,
        Layer::Tls => &of_certificate,
        _ => return false,
    };
    if !codes.contains(&failure.code.as_str()) {
        return false;
    }
    let before = around(text, at.saturating_sub(600), at).rsplit('\n').next().unwrap_or_default();
    let after = around(text, end, end + 200).lines().next().unwrap_or_default();
    let named = |part: &str| web.any_in(part);
    let of_https = |part: &str| {
        part.match_indices(":443").any(|(at, port)| {
            let next = part[at + port.len()..].chars().next();
            next.is_none_or(|c| !c.is_ascii_digit())
        })
    };
    let chained = around(text, end, end + 3000);
    let chained = CHAINED.iter().any(|words| around(chained, 0, 300).contains(words)) && named(chained);
    named(before) || named(after) || of_https(before) || of_https(after) || chained
}

/// True when a text names an IPv4 address of another computer.
pub(super) fn names_ipv4(text: &str) -> bool {
    addresses(text).any(|address| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_unspecified(),
        IpAddr::V6(_) => false,
    })
}

/// The name that was looked up, as the program was given it.
fn asked(near: &str) -> Option<&str> {
    let lower = near.to_ascii_lowercase();
    let after = |words: &str| lower.find(words).map(|at| &near[at + words.len()..]);
    // A literal holds it exactly, blanks and all.
    for key in ["hostname: ", "\"hostname\":", "\"hostname\" :"] {
        let value = after(key).map(str::trim_start);
        if let Some(name) = value.and_then(quoted) {
            return Some(name);
        }
    }
    if let Some(rest) = after("getaddrinfo for ") {
        return rest.split(" failed").next();
    }
    if let Some(rest) = after("lookup ")
        && let Some((before, _)) = rest.split_once(": no such host")
        && let Some(name) = before.rsplit("lookup ").next()
    {
        return name.split(" on ").next().filter(|name| !name.contains('\n'));
    }
    let ways = ["enotfound ", "eai_again ", "could not resolve host: ", "unknownhostexception: ", "known. ("];
    let rest = ways.into_iter().find_map(after)?;
    let rest = rest.lines().next().unwrap_or_default();
    let (first, more) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    // What follows in a sentence, or closes what holds the message, is none of the name.
    let first = if more.is_empty() { first } else { first.trim_end_matches([',', ';', ':', '.']) };
    let opens = first.starts_with(['"', '\'', '`']);
    // A placeholder ends with what closes others.
    let first = if opens || is_placeholder(first) {
        first
    } else {
        first.split(['"', '\'', '`', '}', ')']).next().unwrap_or_default()
    };
    // .NET writes the port behind every name, and so did Node once; where the look-up itself fails, no slip is to blame.
    let ported = lower.contains("known. (") || lower.contains("eai_again ");
    Some(if ported { first.split(':').next().unwrap_or_default() } else { first })
        .filter(|name| !name.is_empty())
}

/// What stands in quotes at the beginning, up to the quote that closes it.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let value = &text[1..];
    let closes = |rest: &str| rest.is_empty() || rest.starts_with([',', '}', '\n', ' ', ']']);
    let end = value.match_indices(quote).map(|(at, _)| at).find(|at| closes(&value[at + 1..]))?;
    Some(&value[..end]).filter(|value| !value.contains('\n'))
}

/// True for what no server can be called.
fn is_slip(name: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || NEVER.contains(c);
    let digits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse::<IpAddr>().is_err() && (name.chars().any(odd) || name.contains("..") || digits)
}

/// True for the name of a server to which programs hand over messages, and not one that keeps or receives them.
pub(super) fn takes_messages(host: &str) -> bool {
    let first = host.split(['.', '-']).next().unwrap_or_default().to_ascii_lowercase();
    !["imap", "pop", "mx", "mx1", "outlook", "oauth2", "gmail", "login", "graph"].contains(&first.as_str())
}

/// True when it was this computer's own mail server that was asked: by what stands around, or by a line that speaks of mail
/// or names its port, whatever else the text tells.
fn is_own(near: &str, line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let of_mail = ["smtp", "mail", "swift"].iter().any(|word| lower.contains(word));
    is_local(near) || ((of_mail || super::around::port(line).is_some()) && is_local(line))
}

/// True when a text names this computer's own mail server, and no other.
fn is_local(near: &str) -> bool {
    let port = super::around::port(near);
    is_own_computer(near) && port.is_none_or(ports::takes_mail)
}

/// True when it was a mail server that a person runs on this computer for some purpose of its own, under a port of its own.
fn is_at_home(near: &str) -> bool {
    is_own_computer(near) && super::around::port(near).is_some_and(ports::is_at_home)
}

fn is_own_computer(near: &str) -> bool {
    let lower = near.to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let of_mail = super::around::host(near).is_some_and(|host| !host.starts_with("localhost"));
    holds(&LOCAL) && !holds(&NOT_MAIL) && !of_mail && !names_ipv4(near)
}

/// The addresses that a text names.
fn addresses(text: &str) -> impl Iterator<Item = IpAddr> {
    let belongs = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    text.split(move |c| !belongs(c)).filter(|word| word.len() >= 4).filter_map(|word| {
        let word = word.trim_end_matches('.');
        let whole = word.parse().ok();
        whole.or_else(|| word.rsplit_once(':').and_then(|(address, _)| address.parse().ok()))
    })
}

/// True for an address of another computer over IPv6: global, of a site or of a link (RFC 4291 §2.4, RFC 4193 §3).
fn is_outside_ipv6(address: &IpAddr) -> bool {
    let first = |address: &Ipv6Addr| address.segments()[0];
    match address {
        IpAddr::V6(address) => (0x2000..0x4000).contains(&first(address)) || first(address) >= 0xfc00,
        IpAddr::V4(Ipv4Addr { .. }) => false,
    }
}

#[cfg(test)]
mod tests;
