//! What follows from what was tried after a failure ([`Trial`]): the cause that it leaves, and what is told of it.

use std::collections::BTreeSet;

use crate::model::{
    failure::{Failure, Layer},
    server::{Security, Server},
    trial::{Attempt, Trial, Web},
};

/// Names in certificates of programs and appliances that open encrypted connections to look inside.
const INTERCEPTORS: &str = include_str!("../../assets/interceptors.txt");
/// Seconds by which a clock may be wrong before it is the cause of anything.
const MAX_SKEW: u64 = 120;

/// Something that was tried, as the words that tell of it need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The id of the words.
    pub id: String,
    /// What they ask for.
    pub values: Vec<(&'static str, String)>,
}

/// The port of the same server that works in place of the one that does not.
#[must_use]
pub fn other_server(failure: &Failure) -> Option<&Server> {
    let trial = failure.trial.as_deref()?;
    let works = |attempt: &&Attempt| attempt.failed.is_none();
    if trial.attempts.iter().filter(works).any(|attempt| is_own(failure, attempt)) {
        return None;
    }
    trial.attempts.iter().find(works).map(|attempt| &attempt.server)
}

/// A value that rules ask for, and words: `tried` is the cause that is left.
#[must_use]
pub fn value(failure: &Failure, name: &str) -> Option<String> {
    let trial = failure.trial.as_deref();
    let web = trial.and_then(|trial| trial.web.as_ref());
    match name {
        "tried" => cause(failure).map(str::to_owned),
        "interceptor" => interceptor(failure).map(str::to_owned),
        "other_port" => other_server(failure).map(|server| server.port.to_string()),
        "family" => dead_family(failure).map(|attempt| attempt.family.name().to_owned()),
        "web_host" => web.map(|web| web.host.clone()),
        "minutes" => web.and_then(|web| web.ahead).map(|ahead| (ahead.unsigned_abs() / 60).to_string()),
        "portal" => trial.and_then(|trial| trial.http.clone()),
        "proxy" => trial.and_then(|trial| trial.proxy.clone()),
        _ => None,
    }
    .filter(|value| !value.is_empty())
}

/// What was tried, in the order in which it is told: a port once where it is the same over both families.
#[must_use]
pub fn told(failure: &Failure) -> Vec<Told> {
    let Some(trial) = failure.trial.as_deref() else { return Vec::new() };
    let mut told: Vec<Told> = Vec::new();
    for attempt in &trial.attempts {
        let port = ("port", attempt.server.port.to_string());
        let differs =
            |other: &Attempt| other.server == attempt.server && other.outcome() != attempt.outcome();
        let one = if trial.attempts.iter().any(differs) {
            let family = ("family", attempt.family.name().to_owned());
            Told { id: format!("tried.{}-over", attempt.outcome()), values: vec![port, family] }
        } else {
            Told { id: format!("tried.{}", attempt.outcome()), values: vec![port] }
        };
        if !told.contains(&one) {
            told.push(one);
        }
    }
    if trial.http.is_some() {
        told.push(Told { id: "tried.http".to_owned(), values: Vec::new() });
    }
    if let Some(web) = &trial.web {
        let id = match (&web.failed, web.ahead) {
            (Some(_), _) => "tried.web-failed",
            (None, Some(ahead)) if ahead.unsigned_abs() > MAX_SKEW => "tried.web-clock",
            (None, _) => "tried.web-works",
        };
        told.push(Told { id: id.to_owned(), values: vec![("host", web.host.clone())] });
    }
    if let Some(proxy) = &trial.proxy {
        told.push(Told { id: "tried.proxy".to_owned(), values: vec![("proxy", proxy.clone())] });
    }
    told
}

/// What the attempts prove to work, of the ids of [`super::Context`]'s list.
pub(super) fn ruled_out(failure: &Failure) -> Vec<&'static str> {
    let Some(trial) = failure.trial.as_deref() else { return Vec::new() };
    let works = trial.attempts.iter().any(|attempt| attempt.failed.is_none());
    // Whoever takes the connection and then says nothing may stand in between.
    let answered = trial.attempts.iter().any(|attempt| !attempt.is_silent() && attempt.outcome() != "mute");
    let mut ids = Vec::new();
    if works || answered {
        ids.push("network");
    }
    if works {
        ids.push("tls");
    }
    ids
}

/// The cause that is left. What is proved comes before what is likely.
fn cause(failure: &Failure) -> Option<&'static str> {
    if interceptor(failure).is_some() {
        return Some("interceptor");
    }
    let trial = failure.trial.as_deref()?;
    if let Some(web) = &trial.web
        && let Some(cause) = cause_by_web(failure, web)
    {
        return Some(cause);
    }
    if trial.http.is_some() {
        return Some("portal");
    }
    if let Some(cause) = cause_by_attempts(failure, trial) {
        return Some(cause);
    }
    let nothing_gets_out =
        trial.attempts.iter().all(|attempt| attempt.failed.is_some() && is_blocked(attempt));
    let is_network = matches!(failure.layer, Layer::Resolve | Layer::Connect);
    if trial.proxy.is_some() && nothing_gets_out && is_network {
        return Some("proxy");
    }
    let ports: BTreeSet<u16> = trial.attempts.iter().map(|attempt| attempt.server.port).collect();
    (ports.len() > 1 && trial.attempts.iter().all(Attempt::is_silent)).then_some("ports-blocked")
}

/// True where it is the very port that failed.
fn is_own(failure: &Failure, attempt: &Attempt) -> bool {
    failure.detail("port").is_some_and(|port| port == attempt.server.port.to_string())
}

fn is_blocked(attempt: &Attempt) -> bool {
    attempt.is_silent() || attempt.outcome() == "refused"
}

/// The certificate that was not believed, of two servers that have nothing to do with each other.
fn cause_by_web(failure: &Failure, web: &Web) -> Option<&'static str> {
    let is_far = |ahead: i64| ahead.unsigned_abs() > MAX_SKEW;
    let same = web.failed.as_deref() == Some(failure.code.as_str());
    match failure.code.as_str() {
        "_unknown_issuer" if same => Some("intercepted"),
        // Who is late finds a certificate from the future; who is early finds one that has run out.
        "_expired" if web.ahead.is_some_and(|ahead| ahead > 0 && is_far(ahead)) => Some("clock"),
        "_not_yet_valid" if web.ahead.is_some_and(|ahead| ahead < 0 && is_far(ahead)) => Some("clock"),
        "_expired" | "_not_yet_valid" if same => Some("clock-doubted"),
        _ => None,
    }
}

fn cause_by_attempts(failure: &Failure, trial: &Trial) -> Option<&'static str> {
    if trial.attempts.iter().any(|attempt| attempt.failed.is_none() && is_own(failure, attempt)) {
        return Some(if dead_family(failure).is_some() { "family" } else { "works-now" });
    }
    let other = other_server(failure)?;
    let fits = !trial.starttls_only || other.security == Security::StartTls;
    Some(if fits { "other-port" } else { "starttls-blocked" })
}

/// The family over which the port does not work, while it does over the other. A machine without a way out over one
/// family is well: nobody needs both.
fn dead_family(failure: &Failure) -> Option<&Attempt> {
    let trial = failure.trial.as_deref()?;
    let own = || trial.attempts.iter().filter(|attempt| is_own(failure, attempt));
    let dead = own().find(|attempt| attempt.failed.is_some() && attempt.outcome() != "unreachable")?;
    own().any(|attempt| attempt.failed.is_none()).then_some(dead)
}

/// Who made the certificate, where that is one who opens encrypted connections.
fn interceptor(failure: &Failure) -> Option<&'static str> {
    if failure.code != "_unknown_issuer" {
        return None;
    }
    let issuer = failure.detail("issuer")?.to_lowercase();
    let mut names =
        INTERCEPTORS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    names.find(|name| issuer.contains(&name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trial::{Family, MUTE};

    fn attempt(port: u16, family: Family, code: &str) -> Attempt {
        let security = if port == 465 { Security::Tls } else { Security::StartTls };
        let server = Server { host: "mail.example".to_owned(), port, security };
        let failed = (!code.is_empty()).then(|| (Layer::Connect, code.to_owned()));
        Attempt { server, family, failed }
    }

    fn failed(layer: Layer, code: &str, attempts: &[(u16, Family, &str)]) -> Failure {
        let attempts = attempts.iter().map(|(port, family, code)| attempt(*port, *family, code)).collect();
        Failure::new(layer, code)
            .with("host", "mail.example")
            .with("port", "587")
            .after(Trial { attempts, ..Trial::default() })
    }

    fn asked(code: &str, ahead: Option<i64>, web: Option<&str>) -> Failure {
        let mut failure = failed(Layer::Tls, code, &[]);
        let web = Web { host: "login.example".to_owned(), ahead, failed: web.map(str::to_owned) };
        failure.trial = Some(Box::new(Trial { web: Some(web), ..Trial::default() }));
        failure
    }

    #[test]
    fn the_ports_and_the_families_tell_causes_apart() {
        use Family::{V4, V6};
        type Case<'a> = (&'a str, &'a [(u16, Family, &'a str)], Option<&'a str>);
        let cases: [Case<'_>; 11] = [
            ("_timeout", &[(587, V4, "_timeout"), (465, V4, "")], Some("other-port")),
            ("_refused", &[(587, V4, "_refused"), (465, V4, "_timeout")], None),
            ("_timeout", &[(587, V4, "_timeout"), (465, V4, "_timeout")], Some("ports-blocked")),
            ("_timeout", &[(587, V4, ""), (587, V6, "_timeout")], Some("family")),
            ("_timeout", &[(587, V4, "_closed"), (587, V6, "")], Some("family")),
            ("_timeout", &[(587, V4, ""), (587, V6, "_unreachable")], Some("works-now")),
            ("_timeout", &[(587, V4, ""), (465, V4, "_timeout")], Some("works-now")),
            ("_timeout", &[(587, V4, "_timeout")], None),
            ("_closed", &[(587, V4, "_closed"), (465, V4, "_closed")], None),
            ("_timeout", &[(587, V4, MUTE), (465, V4, MUTE)], None),
            ("_timeout", &[], None),
        ];
        for (code, attempts, expected) in cases {
            let failure = failed(Layer::Connect, code, attempts);
            assert_eq!(value(&failure, "tried").as_deref(), expected, "{attempts:?}");
        }
        let mut failure = failed(Layer::Connect, "_timeout", &[(587, V4, "_timeout"), (465, V4, "")]);
        if let Some(trial) = &mut failure.trial {
            trial.starttls_only = true;
        }
        assert_eq!(value(&failure, "tried").as_deref(), Some("starttls-blocked"));
    }

    #[test]
    fn a_clock_is_wrong_in_the_direction_that_the_certificate_says() {
        for (code, ahead, web, expected) in [
            ("_expired", Some(7200), None, Some("clock")),
            ("_expired", Some(-7200), None, None),
            ("_expired", Some(60), None, None),
            ("_not_yet_valid", Some(-7200), None, Some("clock")),
            ("_not_yet_valid", Some(7200), None, None),
            ("_not_yet_valid", None, Some("_not_yet_valid"), Some("clock-doubted")),
            ("_expired", None, Some("_expired"), Some("clock-doubted")),
            ("_expired", None, Some("_timeout"), None),
            ("_unknown_issuer", None, Some("_unknown_issuer"), Some("intercepted")),
            ("_unknown_issuer", Some(0), None, None),
        ] {
            let failure = asked(code, ahead, web);
            assert_eq!(value(&failure, "tried").as_deref(), expected, "{code} {ahead:?} {web:?}");
        }
        assert_eq!(value(&asked("_expired", Some(7230), None), "minutes").as_deref(), Some("120"));
    }

    #[test]
    fn who_opens_connections_is_known_by_name() {
        let failure = |issuer: &str| Failure::new(Layer::Tls, "_unknown_issuer").with("issuer", issuer);
        let scanner = failure("generated by AVAST Antivirus for SSL/TLS scanning");
        assert_eq!(value(&scanner, "interceptor").as_deref(), Some("Avast"));
        assert_eq!(value(&scanner, "tried").as_deref(), Some("interceptor"));
        assert_eq!(value(&failure("Let's Encrypt"), "tried"), None);
        let expired = Failure::new(Layer::Tls, "_expired").with("issuer", "Avast");
        assert_eq!(value(&expired, "tried"), None, "its certificate is believed");
    }

    #[test]
    fn a_portal_and_a_proxy_are_told() {
        let mut failure = failed(Layer::Connect, "_not_smtp", &[(587, Family::V4, "_not_smtp")]);
        failure.trial = Some(Box::new(Trial { http: Some("wifi.example".to_owned()), ..Trial::default() }));
        assert_eq!(value(&failure, "tried").as_deref(), Some("portal"));
        assert_eq!(value(&failure, "portal").as_deref(), Some("wifi.example"));
        let proxy = || Some("proxy.example:3128".to_owned());
        let mut failure = failed(Layer::Resolve, "_not_found", &[]);
        failure.trial = Some(Box::new(Trial { proxy: proxy(), ..Trial::default() }));
        assert_eq!(value(&failure, "tried").as_deref(), Some("proxy"));
        let attempts = vec![attempt(587, Family::V4, "_timeout"), attempt(465, Family::V4, "_refused")];
        let mut failure = failed(Layer::Connect, "_timeout", &[]);
        failure.trial = Some(Box::new(Trial { attempts, proxy: proxy(), ..Trial::default() }));
        assert_eq!(value(&failure, "tried").as_deref(), Some("proxy"));
    }

    #[test]
    fn what_was_tried_is_told_once_where_the_families_agree() {
        use Family::{V4, V6};
        let attempts = [(587, V4, "_timeout"), (587, V6, "_unreachable"), (465, V4, ""), (465, V6, "")];
        let failure = failed(Layer::Connect, "_timeout", &attempts);
        let ids: Vec<_> = told(&failure).into_iter().map(|told| told.id).collect();
        assert_eq!(ids, ["tried.silent-over", "tried.unreachable-over", "tried.works"]);
        assert_eq!(other_server(&failure).map(|server| server.port), Some(465));
        assert_eq!(ruled_out(&failure), ["network", "tls"]);
        assert_eq!(told(&Failure::new(Layer::Connect, "_timeout")), []);
    }
}
