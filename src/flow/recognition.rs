//! [`recognise`]: who runs the mail of a domain, from what the network answered. Nothing is made up: a server that nobody
//! named is none.

mod autoconfig;
mod known;
#[cfg(test)]
mod tests;

pub use self::autoconfig::{Named, Settings};
use crate::model::{
    address::Address,
    failure::{Failure, Layer},
    provider::Provider,
    recognition::{Answer, Asked, Exchanger, Place, Reply},
    server::{Security, Server},
};

/// The detail of a failure that says what was asked.
pub const ASKED: &str = "asked";

/// The detail of a failure that lists the servers which a file names without encryption, with blanks between them.
pub const IN_CLEAR: &str = "in-clear";

/// More exchangers and services than this nobody has; what comes behind them is not looked at.
const MAX_SERVERS: usize = 20;

/// An answer, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What was asked.
    pub asked: Asked,
    /// What it says.
    pub said: Result<Said, Failure>,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// There is nothing of the kind.
    Nothing,
    /// The exchangers, the one that is tried first first.
    Exchangers(Vec<String>),
    /// The domain takes no mail (RFC 7505).
    NoMail,
    /// The servers of a service, the one that is tried first first.
    Servers(Vec<Server>),
    /// There is decidedly no such service (RFC 2782, a target of ".").
    NotOffered,
    /// A settings file.
    File(Settings),
}

impl Heard {
    /// Understands what came of asking on behalf of an address.
    #[must_use]
    pub fn of(reply: Reply, address: &Address) -> Self {
        let asked = reply.asked;
        let failed = |code: &str| Failure::new(Layer::Discover, code).with(ASKED, asked.of(address.domain()));
        let said = reply.answer.and_then(|answer| match answer {
            Answer::Nothing => Ok(Said::Nothing),
            Answer::Exchangers(found) => Ok(exchangers(found)),
            Answer::Places(found) => Ok(places(asked, found)),
            Answer::File(text) => match autoconfig::read(&text, address) {
                Ok(settings) if settings.smtp.is_empty() => {
                    Err(failed("_no_server").with(IN_CLEAR, settings.in_clear.join(" ")))
                }
                Ok(settings) => Ok(Said::File(settings)),
                Err(code) => Err(failed(code)),
            },
        });
        Self { asked, said }
    }
}

fn exchangers(mut found: Vec<Exchanger>) -> Said {
    found.sort();
    found.truncate(MAX_SERVERS);
    if found.iter().any(|one| one.host.is_empty()) {
        return Said::NoMail;
    }
    if found.is_empty() {
        return Said::Nothing;
    }
    Said::Exchangers(found.into_iter().map(|one| one.host).collect())
}

fn places(asked: Asked, mut found: Vec<Place>) -> Said {
    // RFC 2782 lets chance choose among equal priorities. One server is written down here, so the one that most clients
    // go to is taken, and always the same.
    found.sort_by(|one, other| {
        let key = |place: &Place| (place.priority, u16::MAX - place.weight);
        key(one).cmp(&key(other)).then_with(|| one.target.cmp(&other.target))
    });
    // What a settings file could not name either is no server.
    found.retain(|place| place.target.is_empty() || (place.port > 0 && autoconfig::is_host(&place.target)));
    found.truncate(MAX_SERVERS);
    if found.is_empty() {
        return Said::Nothing;
    }
    let security = if asked == Asked::Submission { Security::StartTls } else { Security::Tls };
    let server = |place: Place| Server { host: place.target, port: place.port, security };
    let servers: Vec<Server> =
        found.into_iter().filter(|place| !place.target.is_empty()).map(server).collect();
    if servers.is_empty() { Said::NotOffered } else { Said::Servers(servers) }
}

/// What follows from everything that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognition {
    /// Who may run the mail, the first to be named first.
    pub candidates: Vec<Candidate>,
    /// How sure that is.
    pub standing: Standing,
}

/// How sure it is who runs the mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody was named.
    #[default]
    Nothing,
    /// One was named, by somebody who can be believed.
    Certain,
    /// One was named, by a DNS that anybody on the way may have changed, and outside the domain (RFC 6186 §6), or only
    /// as the one who receives the mail.
    Guess,
    /// Several were named, and they are not the same.
    Conflict,
}

/// Who may run the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who it is.
    pub who: Who,
    /// Which answers named it.
    pub sources: Vec<Asked>,
    /// True when one of them can be believed: it came over TLS from the domain itself, or names a server in the domain,
    /// whose certificate will have to prove it.
    pub is_sure: bool,
}

/// A provider of the catalogue, or servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By its id.
    Provider(String),
    /// What an unknown provider says of itself.
    Servers(Settings),
}

impl Candidate {
    /// Its name in flags and answers: the provider's id, or the host of the submission server. No id has a dot in it, and
    /// none is called `localhost`.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.who {
            Who::Provider(id) => id,
            Who::Servers(settings) => settings.smtp.first().map_or("", |named| &named.server.host),
        }
    }
}

impl Recognition {
    /// The candidate of that name.
    #[must_use]
    pub fn candidate(&self, id: &str) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.id() == id)
    }
}

/// Says who runs the mail of the domain.
#[must_use]
pub fn recognise(domain: &str, heard: &[Heard], providers: &[Provider]) -> Recognition {
    let mut candidates = Vec::new();
    let mut services = Settings::default();
    let mut of_services = Vec::new();
    for one in heard {
        let Ok(said) = &one.said else { continue };
        match said {
            Said::Exchangers(hosts) => {
                if let Some(provider) = known::by_exchangers(hosts, providers) {
                    let who = Who::Provider(provider.id.clone());
                    add(&mut candidates, Candidate { who, sources: vec![one.asked], is_sure: false });
                }
            }
            // One server of each kind: what comes after the first is for a client that finds it unreachable.
            Said::Servers(servers) if one.asked == Asked::Imaps => {
                services.imap = servers.first().cloned().map(Named::from);
            }
            Said::Servers(servers) => {
                services.smtp.extend(servers.first().cloned().map(Named::from));
                of_services.push(one.asked);
            }
            Said::File(_) | Said::Nothing | Said::NoMail | Said::NotOffered => {}
        }
    }
    if !services.smtp.is_empty() {
        let is_sure = services.smtp.iter().all(|named| is_within(&named.server.host, domain));
        // Nobody is shown where the mailbox is, and the key goes there too: it is on a host that is shown, or in the domain.
        let is_shown = |host: &str| services.smtp.first().is_some_and(|named| named.server.host == host);
        if services
            .imap
            .as_ref()
            .is_some_and(|Named { server, .. }| !is_within(&server.host, domain) && !is_shown(&server.host))
        {
            services.imap = None;
        }
        let who = who(services, providers);
        add(&mut candidates, Candidate { who, sources: of_services, is_sure });
    }
    for one in heard {
        if let Ok(Said::File(settings)) = &one.said {
            let who = who(settings.clone(), providers);
            add(&mut candidates, Candidate { who, sources: vec![one.asked], is_sure: true });
        }
    }
    let standing = match candidates.as_slice() {
        [] => Standing::Nothing,
        [one] if one.is_sure => Standing::Certain,
        [_] => Standing::Guess,
        _ => Standing::Conflict,
    };
    Recognition { candidates, standing }
}

/// A provider whose servers these are, else the servers.
fn who(settings: Settings, providers: &[Provider]) -> Who {
    match known::by_servers(&settings.smtp, providers) {
        Some(provider) => Who::Provider(provider.id.clone()),
        None => Who::Servers(settings),
    }
}

/// Adds a candidate, or what is new about one that is there.
fn add(candidates: &mut Vec<Candidate>, new: Candidate) {
    let is_same = |old: &&mut Candidate| match (&old.who, &new.who) {
        (Who::Provider(old), Who::Provider(new)) => old == new,
        (Who::Servers(old), Who::Servers(new)) => old.shares_server(new),
        _ => false,
    };
    let Some(old) = candidates.iter_mut().find(is_same) else {
        return candidates.push(new);
    };
    old.sources.extend(new.sources);
    if let (Who::Servers(known), Who::Servers(more)) = (&mut old.who, new.who) {
        // Who agrees in one server with somebody who can be believed is not believed in the others.
        match (old.is_sure, new.is_sure) {
            (false, true) => *known = more,
            (true, false) => {}
            (true, true) | (false, false) => known.complete(more),
        }
    }
    old.is_sure |= new.is_sure;
}

/// True for a name in the domain.
fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
