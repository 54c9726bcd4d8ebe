//! What the catalogue has against an answer.

use std::collections::BTreeSet;

use super::{Remark, Verdict, one_of, seatable::unfit};
use crate::{
    flow::{field, situation::Situation},
    model::{
        address::Address,
        method::Method,
        provider::{MethodState, OTHER, Provider, State},
        server::Security,
        slip,
    },
};

/// The domain of the address that will send: nobody signs in with one that was misspelt.
pub(super) fn domain(address: &Address, situation: &Situation<'_>) -> Verdict {
    let known = situation.knowledge.providers().iter().flat_map(|provider| &provider.domains);
    let chosen = situation.text(field::PROVIDER);
    // Whoever says that another provider runs its mail has not misspelt it.
    let is_of_chosen = |meant: &&str| {
        let of = situation.knowledge.provider_of_domain(meant);
        chosen.is_empty() || of.is_some_and(|provider| provider.id == chosen)
    };
    match slip::meant(address.domain(), known.map(String::as_str)).filter(is_of_chosen) {
        Some(meant) => Verdict::Doubt(
            Remark::new("invalid.address.slip").with("domain", address.domain()).with("meant", meant),
        ),
        None => Verdict::Fine,
    }
}

/// The provider itself: one may go on with one that does not work, but not unknowingly.
pub(super) fn provider(situation: &Situation<'_>) -> Verdict {
    match situation.provider() {
        Some(provider) if provider.state == State::Broken => Verdict::Doubt(broken(&provider, situation)),
        _ => Verdict::Fine,
    }
}

/// That a provider does not work, and why.
fn broken(provider: &Provider, situation: &Situation<'_>) -> Remark {
    let id = provider.note.as_ref().map(|note| format!("catalogue.note.{note}"));
    let note = id.and_then(|id| situation.words().strings.find(&id)).unwrap_or_default();
    Remark::new("catalogue.broken").with("provider", &provider.name).with("note", note)
}

/// A method that the provider does not take, where that is known; `None`: of this one nothing is known.
pub(in crate::flow) fn closed(method: &str, situation: &Situation<'_>) -> Option<Remark> {
    let provider = situation.provider()?;
    let method = Method::from_id(method)?;
    let known = provider.known_method(method).filter(|known| !known.is_offered())?;
    let id = match (known.state, &known.date) {
        (MethodState::Gated, _) => "catalogue.gated",
        (MethodState::Untried, _) => "catalogue.untried",
        (_, Some(_)) => "catalogue.refused-since",
        (_, None) => "catalogue.refused",
    };
    let remark = Remark::new(id).with("provider", &provider.name);
    Some(remark.with("date", known.date.clone().unwrap_or_default()))
}

/// The method: SeaTable, or the provider, may not take it.
pub(super) fn method(text: &str, situation: &Situation<'_>) -> Verdict {
    if text == Method::OAuth.id() && situation.unfit(Method::OAuth).is_some() {
        return Verdict::Wrong(unfit(situation));
    }
    match closed(text, situation) {
        Some(remark) => Verdict::Wrong(remark),
        // Of a provider that is not known yet, nothing is known against any of them.
        None if situation.provider().is_none() && Method::from_id(text).is_some() => Verdict::Fine,
        None => one_of(field::METHOD, text, situation),
    }
}

/// Whether a key of the provider can serve SeaTable at all.
pub(super) fn destination(situation: &Situation<'_>) -> Verdict {
    let name = situation.provider().map(|provider| provider.name.clone()).unwrap_or_default();
    if !situation.has_fitting_method() {
        return Verdict::Wrong(Remark::new("catalogue.no-method").with("provider", name));
    }
    if situation.is_local() && !situation.knowledge.practice {
        return Verdict::Doubt(Remark::new("catalogue.local").with("provider", name));
    }
    if situation.has_starttls() { Verdict::Fine } else { Verdict::doubt("invalid.for.starttls") }
}

/// The kind of encryption, which the port nearly always tells (RFC 8314 §3.3).
pub(super) fn security(text: &str, situation: &Situation<'_>) -> Verdict {
    let port = situation.text(field::SMTP_PORT).trim();
    let is_unusual = match Security::from_id(text) {
        Some(Security::StartTls) => port == "465",
        Some(Security::Tls) => matches!(port, "25" | "587"),
        None => false,
    };
    match one_of(field::SECURITY, text, situation) {
        Verdict::Fine if is_unusual => Verdict::Doubt(Remark::new("invalid.security").with("port", port)),
        verdict => verdict,
    }
}

/// The directory: an ID or a domain, nothing that would change the rest of an address.
pub(super) fn tenant(text: &str) -> Verdict {
    let text = text.trim();
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    let is_id = text.contains('-') || text.contains('.') || SHARED.contains(&text);
    let is_whole = !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    if is_plain && is_id && is_whole { Verdict::Fine } else { Verdict::wrong("invalid.tenant") }
}

/// What Microsoft has in the place of a directory.
const SHARED: [&str; 3] = ["common", "consumers", "organizations"];

/// The region, of a provider that has several.
pub(super) fn region(text: &str, situation: &Situation<'_>) -> Verdict {
    let options = situation.options(field::REGION);
    if options.is_empty() {
        let name = situation.provider().map(|provider| provider.name.clone()).unwrap_or_default();
        return Verdict::Wrong(Remark::new("invalid.no-region").with("provider", name));
    }
    one_of(field::REGION, text.trim(), situation)
}

/// What is said of a server, where those of the provider are known and this is none of them; `None`: it is one, or nothing is known.
pub(in crate::flow) fn server_of_another(id: &str, text: &str, situation: &Situation<'_>) -> Option<Remark> {
    let provider =
        situation.provider().filter(|provider| provider.id != OTHER && !provider.smtp.is_empty())?;
    let text = text.trim();
    let is_its_own = match id {
        field::SMTP_HOST => provider.smtp.iter().any(|server| server.host.eq_ignore_ascii_case(text)),
        field::SMTP_PORT => provider.smtp.iter().any(|server| server.port.to_string() == text),
        field::SECURITY => provider.smtp.iter().any(|server| server.security.id() == text),
        field::IMAP_HOST => provider.imap.iter().any(|server| server.host.eq_ignore_ascii_case(text)),
        field::IMAP_PORT => provider.imap.iter().any(|server| server.port.to_string() == text),
        _ => return None,
    };
    let ports: BTreeSet<u16> = provider.smtp.iter().map(|server| server.port).collect();
    let ports = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let remark = match id {
        field::SMTP_PORT => Remark::new("invalid.port-of-provider").with("ports", ports),
        _ => Remark::new("invalid.server-of-provider"),
    };
    (!is_its_own).then(|| remark.with("provider", &provider.name))
}
