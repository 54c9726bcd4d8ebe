//! What was found, told apart: what wraps something else, what is one event in two words, what is the same again.

use super::{Found, places};
use crate::model::failure::{Failure, Layer};

/// Two answers nearer than this are one: a program tells its error and then the answer that it wraps.
const SAME: usize = 500;

/// The first code of each pair says more of the same event than the second.
const FINER: [(&str, &str); 16] = [
    ("_bad_name", "_not_found"),
    ("_bad_name", "_resolver"),
    ("_not_set", "_not_found"),
    ("_not_set", "_refused"),
    ("_not_running", "_refused"),
    ("_nowhere", "_refused"),
    ("_filter", "_not_set"),
    ("_filter", "_refused"),
    ("_no_ipv6", "_unreachable"),
    ("_bad_certificate", "_tls"),
    ("407", "_proxy"),
    ("_wrong_name", "_tls_version"),
    ("_unknown_issuer", "_tls_version"),
    ("_expired", "_tls_version"),
    // A token that could not be renewed is the one that was refused.
    ("invalid_grant", "401"),
    ("redirect_uri_mismatch", "invalid_request"),
];

/// Leaves out what only wraps something better, and what says the same a second time in other words.
pub(super) fn settle(found: &mut Vec<Found>) {
    if found.iter().any(|found| !found.weak) {
        found.retain(|found| !found.weak);
    }
    let mut kept: Vec<Found> = Vec::new();
    for next in found.drain(..) {
        let near = |other: &Found| next.at <= other.end + SAME;
        let Some(last) = kept.iter_mut().rev().take(4).find(|other| near(other) && is_one(other, &next))
        else {
            kept.push(next);
            continue;
        };
        // The number of Microsoft tells more than the name of the error, which is kept as its code.
        let (numbered, named) = if last.failure.code == "AADSTS" { (&*last, &next) } else { (&next, &*last) };
        if numbered.failure.code == "AADSTS" {
            let code = named.failure.code.clone();
            let layer = named.failure.layer;
            let mut failure = numbered.failure.clone();
            if code != "AADSTS" && !code.starts_with('_') {
                failure.code = code;
                failure.layer = layer;
            }
            *last = Found { at: last.at, end: next.end.max(last.end), failure, weak: false };
        } else {
            last.end = next.end.max(last.end);
            // Interfaces give several reasons for one refusal, from the general to the particular.
            if last.failure.layer == Layer::Api {
                last.failure.details.extend(next.failure.details.clone());
            }
            // Silence after a connection was made is told by what was waited for.
            if next.failure.code == "_no_greeting" || is_finer(&next.failure, &last.failure) {
                last.failure = next.failure;
            }
        }
    }
    // Without IPv6 a program goes on over IPv4: what happens there is what counts.
    if kept.iter().any(|found| of_server(&found.failure)) {
        kept.retain(|found| found.failure.code != "_no_ipv6");
    }
    *found = kept;
}

/// True where a server was asked, or failed to answer, in another way than over a missing IPv6.
fn of_server(failure: &Failure) -> bool {
    matches!(failure.layer, Layer::Connect | Layer::Tls | Layer::SignIn | Layer::Send)
        && failure.code != "_no_ipv6"
}

/// True when the first says more of what may be the same event.
fn is_finer(first: &Failure, second: &Failure) -> bool {
    let elsewhere = second.said.as_deref().is_some_and(places::names_ipv4);
    !elsewhere && FINER.contains(&(first.code.as_str(), second.code.as_str()))
}

/// True when both are one event: two words of a sign-in service in one answer, or two of the network in one message.
fn is_one(first: &Found, second: &Found) -> bool {
    let of_oauth = |layer| matches!(layer, Layer::Token | Layer::Consent | Layer::Page | Layer::Api);
    let (a, b) = (&first.failure, &second.failure);
    let timeouts = ["_timeout", "_no_greeting"];
    (of_oauth(a.layer) && of_oauth(b.layer))
        || (a.layer == b.layer && a.code == b.code && a.code.starts_with('_'))
        || is_finer(a, b)
        || is_finer(b, a)
        || (timeouts.contains(&a.code.as_str()) && timeouts.contains(&b.code.as_str()))
        || (a.layer == Layer::Tls && b.layer == Layer::Tls)
}

/// True when both say the same, whatever addresses and numbers they carry.
pub(super) fn is_same(first: &Failure, second: &Failure) -> bool {
    let words = |failure: &Failure| {
        let said = failure.said.clone().unwrap_or_default().to_ascii_lowercase();
        let words =
            said.split_whitespace().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()));
        words.take(6).collect::<Vec<_>>().join(" ")
    };
    let own = |failure: &Failure| failure.code.starts_with('_');
    first.layer == second.layer
        && first.code == second.code
        && (own(first) || (first.enhanced == second.enhanced && words(first) == words(second)))
}
