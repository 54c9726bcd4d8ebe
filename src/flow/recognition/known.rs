//! Which provider of the catalogue it is.

use super::Named;
use crate::model::provider::Provider;

/// The provider that the first exchanger belongs to of which one is known. The longest entry counts: what ends like one
/// may be another.
pub(super) fn by_exchangers<'a>(hosts: &[String], providers: &'a [Provider]) -> Option<&'a Provider> {
    hosts.iter().find_map(|host| by_exchanger(host, providers))
}

fn by_exchanger<'a>(host: &str, providers: &'a [Provider]) -> Option<&'a Provider> {
    let length = |provider: &Provider| {
        let fitting = provider.mx.iter().filter(|entry| is_exchanger(host, entry));
        fitting.map(String::len).max()
    };
    let known = providers.iter().filter_map(|provider| Some((length(provider)?, provider)));
    known.max_by_key(|(length, _)| *length).map(|(_, provider)| provider)
}

/// `entry`: a whole name, or what it ends with, beginning with a dot.
fn is_exchanger(host: &str, entry: &str) -> bool {
    if entry.starts_with('.') { host.ends_with(entry) } else { host == entry }
}

/// The provider with one of these servers. Two entries may share theirs, one for the provider's own addresses and one for
/// domains of others: an address that is looked up like this is of the second kind, which has fewer domains.
pub(super) fn by_servers<'a>(servers: &[Named], providers: &'a [Provider]) -> Option<&'a Provider> {
    let is_own = |host: &str| servers.iter().any(|named| named.server.host == host);
    let has = |provider: &&Provider| provider.all_smtp().iter().any(|server| is_own(&server.host));
    providers.iter().filter(has).min_by_key(|provider| provider.domains.len())
}
