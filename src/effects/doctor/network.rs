//! The servers: names, ports, encryption, and the time that one of them has.

use std::time::{Duration, Instant};

use time::{PrimitiveDateTime, format_description::BorrowedFormatItem, macros::format_description};
use ureq::http::Request;
use url::Url;

use crate::{
    effects::{cancel::Cancel, connect, http, trial, world::World},
    model::{
        Time,
        failure::{Failure, Layer},
        health::{Detail, Finding, Standing},
        server::Server,
    },
};

/// Each step of each server: all of them run at once, and the whole has a deadline of its own.
const STEP: Duration = Duration::from_secs(8);

/// What a clock may be wrong by. Certificates and tokens are good for hours at least, and tokens of Google are not taken
/// from the future; beyond two minutes nobody keeps a clock so on purpose.
const MAX_SKEW: u64 = 120;

/// The form of `Date` that servers send (RFC 9110 §5.6.7, IMF-fixdate).
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// A server to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A submission server.
    Mail(Server),
    /// A web address, of which only the host is asked.
    Web(String),
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    result: Result<String, Failure>,
    milliseconds: u128,
    /// How many seconds our clock is ahead of the server's.
    ahead: Option<i64>,
}

impl Target {
    fn host(&self) -> String {
        match self {
            Self::Mail(server) => server.host.clone(),
            Self::Web(url) => {
                let url = Url::parse(url).ok();
                url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
            }
        }
    }

    fn port(&self) -> u16 {
        match self {
            Self::Mail(server) => server.port,
            // https where it says nothing.
            Self::Web(url) => Url::parse(url).ok().and_then(|url| url.port_or_known_default()).unwrap_or(443),
        }
    }
}

/// Asks a server.
pub(super) fn ask(target: &Target, world: &World, cancel: &Cancel) -> Answer {
    let began = Instant::now();
    let (result, ahead) = match target {
        Target::Mail(server) => (greet(server, world, cancel), None),
        Target::Web(url) => match seconds_ahead(url, http::GLOBAL_TIMEOUT, world, cancel) {
            Ok(ahead) => (Ok(String::new()), ahead),
            Err(failure) => (Err(failure), None),
        },
    };
    Answer { result, milliseconds: began.elapsed().as_millis(), ahead }
}

/// It did not answer in time.
pub(super) fn silent(target: &Target) -> Answer {
    let layer = if matches!(target, Target::Web(_)) { Layer::Api } else { Layer::Connect };
    Answer { result: Err(Failure::new(layer, "_timeout")), milliseconds: 0, ahead: None }
}

/// As far as an encrypted connection; nobody signs in. The answer is the version of TLS.
fn greet(server: &Server, world: &World, cancel: &Cancel) -> Result<String, Failure> {
    let deadline = || Instant::now() + STEP;
    let addresses = connect::resolve(&server.host, server.port, deadline(), cancel)?;
    trial::reach(server, &addresses, deadline, world, cancel)
}

/// Asks for nothing but the head of the first page; how many seconds our clock is ahead, where the server says the time.
///
/// # Errors
/// In layer api, those of [`http::send_within`].
pub fn seconds_ahead(
    url: &str,
    patience: Duration,
    world: &World,
    cancel: &Cancel,
) -> Result<Option<i64>, Failure> {
    let fault = |fault: http::UrlFault| Failure::new(Layer::Api, fault.code());
    let mut url = http::check_url(url).map_err(fault)?;
    url.set_path("/");
    url.set_query(None);
    let request = Request::head(url.as_str()).body(Vec::new());
    let request = request.map_err(|_| Failure::new(Layer::Api, "_bad_url"))?;
    let before = world.environment.now();
    let answer = http::send_within(patience, request, Layer::Api, world, cancel)?;
    let after = world.environment.now();
    // The server said it somewhere in between.
    let taken: time::Duration = after - before;
    let ours: Time = before + taken / 2;
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    Ok(date.and_then(time_of).map(|theirs| seconds_between(theirs, ours)))
}

fn seconds_between(one: Time, other: Time) -> i64 {
    let between: time::Duration = other - one;
    between.whole_seconds()
}

fn time_of(date: &str) -> Option<Time> {
    PrimitiveDateTime::parse(date.trim(), HTTP_DATE).ok().map(PrimitiveDateTime::assume_utc)
}

/// What the answers of all servers mean.
pub(super) fn findings(answers: &[(Target, Answer)]) -> Vec<Finding> {
    let mut findings = names(answers);
    findings.extend(answers.iter().filter_map(|(target, answer)| server(target, answer, answers)));
    findings.extend(clock(answers));
    findings
}

fn is_about_name(failure: &Failure) -> bool {
    failure.layer == Layer::Resolve || failure.code == "_not_found"
}

/// Each host once: whether its name is known.
fn names(answers: &[(Target, Answer)]) -> Vec<Finding> {
    let mut told: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    for (target, answer) in answers {
        let host = target.host();
        if told.contains(&host) {
            continue;
        }
        told.push(host.clone());
        let finding = match &answer.result {
            Err(failure) if failure.code == "_not_found" => Finding::problem("dns", "dns.unknown"),
            Err(failure) if failure.layer == Layer::Resolve => Finding::problem("dns", "dns.silent"),
            _ => continue,
        };
        findings.push(finding.with("host", Detail::Host(host)));
    }
    if findings.is_empty() && !told.is_empty() {
        findings.push(Finding::ok("dns", "dns.fine").saying("count", &told.len()));
    }
    findings
}

/// A server, unless its name alone is what is wrong.
fn server(target: &Target, answer: &Answer, answers: &[(Target, Answer)]) -> Option<Finding> {
    let check = if matches!(target, Target::Web(_)) { "web" } else { "server" };
    let with =
        |finding: Finding| finding.with("host", Detail::Host(target.host())).saying("port", &target.port());
    let failure = match &answer.result {
        Ok(version) if version.is_empty() => {
            return Some(with(Finding::ok(check, "web.fine")).saying("ms", &answer.milliseconds));
        }
        Ok(version) => {
            let fine = with(Finding::ok(check, "server.fine"));
            return Some(fine.saying("version", version).saying("ms", &answer.milliseconds));
        }
        Err(failure) if is_about_name(failure) => return None,
        Err(failure) => failure,
    };
    let outcome = match failure.code.as_str() {
        "_refused" => "server.refused",
        "_timeout" | "_unreachable" | "_cancelled" => "server.blocked",
        "_unknown_issuer" => "server.untrusted",
        "_expired" | "_not_yet_valid" => "server.date",
        "_wrong_name" => "server.name",
        "_no_trust" => "server.no-trust",
        "_proxy" => "server.proxy",
        "_reset" | "_closed" => "server.broken",
        _ => "server.not-understood",
    };
    // A host that answers on another of its ports can be used.
    let other_way = answers.iter().any(|(other, answer)| {
        matches!((target, other), (Target::Mail(one), Target::Mail(other)) if one.host == other.host)
            && answer.result.is_ok()
    });
    let standing = if other_way { Standing::Warning } else { Standing::Problem };
    Some(with(Finding { standing, ..Finding::ok(check, outcome) }))
}

/// The clock, by the first server that says the time.
fn clock(answers: &[(Target, Answer)]) -> Option<Finding> {
    if answers.is_empty() {
        return None;
    }
    let Some((target, ahead)) = answers.iter().find_map(|(target, answer)| Some((target, answer.ahead?)))
    else {
        return Some(Finding::warning("clock", "clock.unknown"));
    };
    let seconds = ahead.unsigned_abs();
    let finding = match (seconds > MAX_SKEW, ahead > 0) {
        (false, _) => Finding::ok("clock", "clock.fine"),
        (true, true) => Finding::problem("clock", "clock.ahead"),
        (true, false) => Finding::problem("clock", "clock.behind"),
    };
    Some(
        finding
            .saying("seconds", &seconds)
            .saying("minutes", &(seconds / 60))
            .with("host", Detail::Host(target.host())),
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::effects::http::scripted::{Answer as Scripting, Scripted, world_with};
    use crate::model::server::Security;

    fn mail(port: u16) -> Target {
        Target::Mail(Server { host: "mail.example".to_owned(), port, security: Security::Tls })
    }

    fn web() -> Target {
        Target::Web("https://login.example/token".to_owned())
    }

    fn good(ahead: Option<i64>) -> Answer {
        Answer { result: Ok("TLS 1.3".to_owned()), milliseconds: 9, ahead }
    }

    fn bad(layer: Layer, code: &str) -> Answer {
        Answer { result: Err(Failure::new(layer, code)), milliseconds: 9, ahead: None }
    }

    fn outcomes(answers: &[(Target, Answer)]) -> Vec<(&'static str, Standing)> {
        findings(answers).into_iter().map(|found| (found.outcome, found.standing)).collect()
    }

    #[test]
    fn the_time_of_a_server_is_read() {
        assert_eq!(time_of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(datetime!(1994-11-06 08:49:37 UTC)));
        for text in ["", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0100"] {
            assert_eq!(time_of(text), None, "{text}");
        }
    }

    #[test]
    fn the_clock_is_compared_with_the_date_of_an_answer() {
        let world = world_with(&[]);
        for (date, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "clock.ahead"),
            ("Fri, 01 Jan 2999 08:49:37 GMT", "clock.behind"),
            ("yesterday", "clock.unknown"),
        ] {
            let bytes = format!("HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n");
            let server = Scripted::start(vec![Scripting::Bytes(bytes)]);
            let target = Target::Web(server.url("/token?secret=canary"));
            let answer = ask(&target, &world, &Cancel::new());
            let asked = server.asked();
            assert_eq!(asked.line, "HEAD / HTTP/1.1", "nothing is told but that we are there");
            server.finish();
            let found = outcomes(&[(target, answer)]);
            assert_eq!(found.last().map(|(outcome, _)| *outcome), Some(expected), "{date}");
        }
    }

    #[test]
    fn a_port_that_is_blocked_is_no_problem_while_another_works() {
        let blocked = || bad(Layer::Connect, "_timeout");
        let one = [(mail(587), blocked()), (mail(465), good(None))];
        assert_eq!(
            outcomes(&one)[1..3],
            [("server.blocked", Standing::Warning), ("server.fine", Standing::Ok)]
        );
        let both = [(mail(587), blocked()), (mail(465), bad(Layer::Connect, "_refused"))];
        assert_eq!(
            outcomes(&both)[1..3],
            [("server.blocked", Standing::Problem), ("server.refused", Standing::Problem)]
        );
    }

    #[test]
    fn an_unknown_name_is_told_once_and_nothing_else_of_its_ports() {
        let unknown = || bad(Layer::Resolve, "_not_found");
        let found = outcomes(&[(mail(587), unknown()), (mail(465), unknown()), (web(), unknown())]);
        let problem = ("dns.unknown", Standing::Problem);
        assert_eq!(found, [problem, problem, ("clock.unknown", Standing::Warning)]);
    }

    #[test]
    fn a_clock_that_is_wrong_by_more_than_two_minutes_is_told() {
        for (ahead, outcome) in [
            (0, "clock.fine"),
            (120, "clock.fine"),
            (-120, "clock.fine"),
            (121, "clock.ahead"),
            (-7200, "clock.behind"),
        ] {
            let found = outcomes(&[(web(), good(Some(ahead)))]);
            assert_eq!(found.last().map(|(outcome, _)| *outcome), Some(outcome), "{ahead}");
        }
        assert_eq!(outcomes(&[]), [], "offline nothing is said");
    }
}
