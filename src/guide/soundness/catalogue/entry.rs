//! One entry of the catalogue.

use std::{collections::BTreeSet, net::IpAddr};

use serde_json::Value;
use time::{Date, macros::format_description};
use url::{Host, Url};

use super::Entry;
use crate::{
    guide::strings::Strings,
    model::{
        language::Language,
        method::Method,
        provider::{KnownMethod, MethodState, Provider, State},
        server::{Security, Server},
        user::User,
    },
};

/// What the checks of an entry work with.
struct Check<'a> {
    place: Entry<'a>,
    provider: &'a Provider,
    faults: Vec<String>,
}

impl Check<'_> {
    /// Notes a fault unless all is well, at the line of the entry that holds `near`.
    fn must(&mut self, well: bool, near: &str, what: &str) {
        if !well {
            let what = format!("{}: {what}", self.provider.id);
            self.faults.push(self.place.fault(near, &what));
        }
    }
}

/// What is wrong with an entry; `guides` are those that some document belongs to.
pub(super) fn faults(
    place: Entry<'_>,
    provider: &Provider,
    strings: &[(Language, Strings)],
    guides: &BTreeSet<&str>,
) -> Vec<String> {
    let mut check = Check { place, provider, faults: Vec::new() };
    names(&mut check, guides);
    regions(&mut check);
    servers(&mut check);
    methods(&mut check);
    oauth(&mut check);
    pages(&mut check);
    dates(&mut check);
    unverified(&mut check);
    for (near, id) in texts(provider) {
        for (language, strings) in strings {
            let is_there = strings.find(&id).is_some_and(|text| !text.trim().is_empty());
            check.must(is_there, &near, &format!("no text {id} in {language:?}"));
        }
    }
    check.faults
}

/// The ids of the texts that an entry names, each with the words that name it.
pub(super) fn texts(provider: &Provider) -> impl Iterator<Item = (String, String)> {
    let kind = provider.app_password.as_ref().and_then(|shape| shape.kind.clone());
    [("note", provider.note.clone()), ("from", provider.from.clone()), ("key", kind)].into_iter().filter_map(
        |(table, name)| name.map(|name| (format!("\"{name}\""), format!("catalogue.{table}.{name}"))),
    )
}

fn names(check: &mut Check<'_>, guides: &BTreeSet<&str>) {
    let provider = check.provider;
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    check.must(
        !provider.id.is_empty() && provider.id.chars().all(is_id),
        "\"id\"",
        "the id is not a-z, 0-9, _",
    );
    check.must(!provider.name.trim().is_empty(), "\"name\"", "it has no name");
    let guide = &provider.guide;
    check.must(
        guide.is_empty() || guides.contains(guide.as_str()),
        "\"guide\"",
        "no document has that guide",
    );
    for domain in &provider.domains {
        check.must(is_host(domain), &quoted(domain), &format!("{domain} is no domain in lower case"));
    }
    for mx in &provider.mx {
        let name = mx.strip_prefix('.').unwrap_or(mx);
        check.must(is_host(name), &quoted(mx), &format!("{mx} is no host in lower case"));
    }
    for same in provider.same_mailbox.domains.iter().filter(|same| !provider.domains.contains(same)) {
        check.must(false, "\"same_mailbox\"", &format!("{same} is none of its domains"));
    }
    if let User::Fixed { value } = &provider.user {
        check.must(!value.trim().is_empty(), "\"user\"", "the user name is empty");
    }
    let needs_domains = provider.user == User::OwnAddress;
    check.must(!needs_domains || !provider.domains.is_empty(), "\"user\"", "it has no domains of its own");
}

fn regions(check: &mut Check<'_>) {
    let provider = check.provider;
    let (mut ids, mut domains) = (BTreeSet::new(), BTreeSet::new());
    for region in &provider.regions {
        let near = quoted(&region.id);
        check.must(ids.insert(&region.id), &near, &format!("the region {} twice", region.id));
        for domain in &region.domains {
            let is_own = provider.domains.contains(domain) && domains.insert(domain);
            check.must(is_own, &near, &format!("{domain} is no domain of it, or in two regions"));
        }
        for mx in region.mx.iter().filter(|mx| !provider.mx.contains(mx)) {
            check.must(false, &near, &format!("{mx} is no exchanger of it"));
        }
    }
    let is_spread = provider.smtp.iter().any(|server| server.host.contains("{region}"));
    check.must(is_spread != provider.regions.is_empty(), "\"smtp\"", "regions and {region} belong together");
}

fn servers(check: &mut Check<'_>) {
    let provider = check.provider;
    check.must(!provider.smtp.is_empty(), "\"id\"", "it has no server");
    let imap = if provider.regions.is_empty() {
        provider.imap.iter().cloned().collect()
    } else {
        let places = provider.regions.iter().map(|region| provider.in_region(Some(region)));
        places.filter_map(|place| place.imap).collect::<Vec<_>>()
    };
    for server in provider.all_smtp().iter().chain(&imap) {
        let Server { host, port, security } = server;
        let near = format!("\"port\": {port}");
        check.must(
            is_host(host) || is_loopback(host),
            "\"host\"",
            &format!("{host} is no host in lower case"),
        );
        check.must(*port > 0, &near, "there is no port 0");
        // RFC 8314 §3.2, §3.3 and §7.3: 465 and 993 are for TLS; RFC 6409 and RFC 3501: 587 and 143 begin in clear.
        let wanted = match port {
            465 | 993 => Some(Security::Tls),
            587 | 143 => Some(Security::StartTls),
            _ => None,
        };
        check.must(
            wanted.is_none_or(|wanted| wanted == *security),
            &near,
            &format!("{port} is not {}", security.id()),
        );
    }
}

fn methods(check: &mut Check<'_>) {
    let provider = check.provider;
    let offers = |method: Method| provider.known_method(method).is_some_and(KnownMethod::is_offered);
    let first = provider.methods.first();
    match provider.state {
        State::Broken => check.must(provider.note.is_some(), "\"broken\"", "broken, and no note says why"),
        State::Good | State::NeedsPreparation => {
            let is_first = first.is_some_and(KnownMethod::is_offered);
            check.must(is_first, "\"methods\"", "the first method is the recommended one, so it must work");
        }
    }
    let is_told = provider.state != State::NeedsPreparation || provider.note.is_some();
    check.must(is_told, "\"needs-preparation\"", "no note says what to prepare");
    let has_secret = provider.app_password.is_some();
    check.must(
        offers(Method::AppPassword) == has_secret,
        "\"methods\"",
        "app-password and app_password disagree",
    );
    let has_oauth =
        provider.known_method(Method::OAuth).is_some_and(|known| known.state != MethodState::Refused);
    check.must(has_oauth == provider.oauth.is_some(), "\"methods\"", "the method oauth and oauth disagree");
    for (index, known) in provider.methods.iter().enumerate() {
        let is_new = !provider.methods[..index].iter().any(|other| other.method == known.method);
        check.must(is_new, "\"methods\"", &format!("{} twice", known.method.id()));
        let is_dated = match known.state {
            MethodState::Ending => known.date.is_some(),
            MethodState::Refused => true,
            MethodState::Works | MethodState::Gated | MethodState::Untried => known.date.is_none(),
        };
        check.must(is_dated, "\"methods\"", &format!("{}: state and date disagree", known.method.id()));
    }
}

fn oauth(check: &mut Check<'_>) {
    let provider = check.provider;
    let Some(oauth) = &provider.oauth else {
        check.must(provider.send_api.is_none(), "\"send_api\"", "an interface that nothing opens");
        return;
    };
    let optional = [&oauth.issuer, &oauth.revoke_url, &oauth.device_url];
    let urls = [&oauth.authorize_url, &oauth.token_url].into_iter().chain(optional.into_iter().flatten());
    for url in urls.chain(provider.send_api.iter().map(|api| &api.url)) {
        check.must(is_https(url), &quoted(url), &format!("{url} is no https address"));
    }
    check.must(!oauth.smtp_scopes.is_empty(), "\"oauth\"", "no scope opens SMTP");
    let needs_api = provider.send_api.is_some();
    check.must(!needs_api || !oauth.api_scopes.is_empty(), "\"send_api\"", "no scope opens the interface");
    let in_seatable = provider.seatable_name.is_some();
    check.must(
        !in_seatable || needs_api,
        "\"seatable_name\"",
        "SeaTable sends over HTTP, and there is no send_api",
    );
    let path = oauth.redirect.desktop_path.as_deref().unwrap_or_default();
    check.must(path.is_empty() || path.starts_with('/'), "\"redirect\"", "a path begins with a slash");
    let scopes = [&oauth.smtp_scopes, &oauth.api_scopes, &oauth.imap_scopes, &oauth.identity_scopes];
    for scope in scopes.into_iter().flatten() {
        let is_scope =
            !scope.is_empty() && scope.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c));
        check.must(is_scope, &quoted(scope), &format!("{scope:?} is no scope (RFC 6749 §3.3)"));
    }
    check.must(
        !oauth.device_first || oauth.device_url.is_some(),
        "\"device_first\"",
        "there is no device_url",
    );
    // Everybody brings a client of their own.
    let suffix = &oauth.client_id_suffix;
    let whole: Value = serde_json::from_str(check.place.text).unwrap_or_default();
    for text in strings_of(&whole) {
        let is_client = text.contains("client_id=")
            || is_uuid(text)
            || !suffix.is_empty() && text.len() > suffix.len() && text.ends_with(suffix.as_str());
        check.must(!is_client, &quoted(text), &format!("{text} looks like somebody's client"));
    }
}

fn pages(check: &mut Check<'_>) {
    let provider = check.provider;
    check.must(!provider.sources.is_empty(), "\"id\"", "nothing says where this comes from");
    let filled = |text: &String| match provider.regions.first() {
        Some(region) => text.replace("{region}", region.part()),
        None => text.clone(),
    };
    for page in provider.links.values().chain(&provider.sources) {
        check.must(is_https(&filled(page)), &quoted(page), &format!("{page} is no https address"));
    }
}

fn dates(check: &mut Check<'_>) {
    let provider = check.provider;
    let checked = date(&provider.checked);
    check.must(checked.is_some(), "\"checked\"", "checked is no date");
    let Some(checked) = checked else { return };
    for known in &provider.methods {
        let Some(text) = &known.date else { continue };
        // A month is told by its name alone.
        let day = date(text).or_else(|| date(&format!("{text}-01")));
        let is_right = day.is_some_and(|day| match known.state {
            MethodState::Ending => day > checked,
            _ => day <= checked,
        });
        check.must(is_right, &quoted(text), &format!("{text} is no date, or on the wrong side of {checked}"));
    }
}

fn unverified(check: &mut Check<'_>) {
    let whole: Value = serde_json::from_str(check.place.text).unwrap_or_default();
    for entry in &check.provider.unverified {
        let (field, part) = entry.split_once(':').unwrap_or((entry, ""));
        let is_there = whole.get(field).is_some_and(|value| value.to_string().contains(part));
        check.must(is_there, &quoted(entry), &format!("there is no {entry}"));
    }
}

/// All texts below a value.
fn strings_of(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(strings_of).collect(),
        Value::Object(values) => values.values().flat_map(strings_of).collect(),
        _ => Vec::new(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn date(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// A name with a dot, as DNS has it: nothing that a URL parser would change.
fn is_host(text: &str) -> bool {
    let is_same = |host: Host<String>| matches!(host, Host::Domain(name) if name == text);
    text.contains('.') && !text.contains("..") && !text.ends_with('.') && Host::parse(text).is_ok_and(is_same)
}

fn is_loopback(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn is_https(text: &str) -> bool {
    let is_plain = !text.contains(['{', '}', ' ']);
    is_plain && Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty())
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
}
