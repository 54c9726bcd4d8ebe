//! From what was found in a text to the failure that it stands for.

use super::{
    BEFORE, Found, Reader, UNSAID, around,
    data::{Hint, Phrase},
    meaning, oauth, places, plain, ports,
    reply::Reply,
    whose,
};
use crate::model::failure::{Failure, Layer};

impl Reader {
    /// What a phrase of the data means where it stands; `None`: it is not meant here.
    pub(super) fn of_phrase(
        &self,
        phrase: &Phrase,
        text: &str,
        lower: &str,
        (at, end): (usize, usize),
        whole: Option<&Hint>,
    ) -> Option<Found> {
        let mut layer = phrase.layer;
        let near = plain::around(text, plain::whole_name_before(text, at.saturating_sub(160)), end + 240);
        if !meaning::is_meant(phrase, text, lower, (at, end)) {
            return None;
        }
        let mut failure = match layer {
            Layer::Token => {
                // `_invalid_scope_` is Markdown; `invalid_scope_x` is another word.
                let after = lower[end..].strip_prefix('_').unwrap_or(&lower[end..]);
                if after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                    return None;
                }
                layer = oauth::layer(lower, at, end);
                Failure::new(layer, &phrase.code).saying(oauth::description(text, at, end, layer))
            }
            Layer::Api => Failure::new(layer, &phrase.code)
                .saying(oauth::description(text, at, end, layer))
                .with("reason", lower[at..end].to_owned()),
            Layer::Page => Failure::new(layer, &phrase.code).saying(oauth::description(text, at, end, layer)),
            _ => Failure::new(layer, &phrase.code).saying(plain::line(text, at, end)),
        };
        // Who does not understand a greeting (RFC 5321 §4.2: 220) has a fault of its own.
        let behind = lower[end..].trim_start_matches([' ', ':', '"', '\'', '`']);
        if failure.code == "_not_smtp" && ["220 ", "220-"].iter().any(|code| behind.starts_with(code)) {
            "_program_fault".clone_into(&mut failure.code);
        }
        failure.mechanism = phrase.mechanism.map(|name| name.get().to_owned());
        if layer == Layer::Connect
            && matches!(&*phrase.code, "_closed" | "_reset")
            && meaning::is_at_encryption(lower, at)
        {
            failure.layer = Layer::Tls;
            "_closed".clone_into(&mut failure.code);
        }
        // A report may begin with its last line, and tell the conversation below.
        let is_own = phrase.layer == Layer::SignIn && phrase.code.starts_with('_');
        if (is_own || phrase.layer == Layer::Tls)
            && let Some(answered) = whose::stranger(text, (end + BEFORE).min(text.len()), whole)
        {
            failure = failure.with("answered_by", answered);
            failure.details.extend(whole.map(|hint| ("provider", hint.name.get().to_owned())));
        }
        if layer == Layer::SignIn {
            failure.details.extend(meaning::of_token(lower, at));
        }
        if (layer == Layer::Api && failure.code == "401")
            || (layer == Layer::Token && failure.code == "invalid_client")
        {
            let held = meaning::held_for(lower, (at, end));
            failure.details.extend(held.map(|held| ("held", held.to_owned())));
        }
        let granted = || oauth::granted(plain::around(text, end, end + super::SCOPES));
        if failure.code == "_scope_missing" && granted() == oauth::Granted::All {
            "_scope_otherwise".clone_into(&mut failure.code);
        }
        if ["invalid_grant", "invalid_code"].contains(&failure.code.as_str()) {
            let grant = meaning::grant(lower, at, end);
            failure.details.extend(grant.map(|grant| ("grant", grant.id().to_owned())));
        }
        if failure.code == "invalid_grant" {
            // Such an account has no key that lasts, which could run out or be withdrawn.
            let said = failure.said.as_ref().map(|said| said.to_ascii_lowercase()).unwrap_or_default();
            if meaning::is_of_service(lower, at) && !said.contains("expired or revoked") {
                failure = failure.with("who", "service");
            }
            failure
                .details
                .extend(meaning::age_days(lower, (at, end)).map(|days| ("age_days", days.to_owned())));
        }
        if phrase.code.starts_with(|c: char| c.is_ascii_digit()) && !near.contains(&*phrase.code) {
            failure = failure.with(UNSAID, "yes");
        }
        if matches!(layer, Layer::Resolve | Layer::Connect | Layer::Tls) {
            self.name_place(&mut failure, text, (at, end), near);
        }
        if failure.code == "_wrong_name" {
            failure = self.of_certificate(failure, near);
        }
        Some(Found { at, end, failure, weak: phrase.weak })
    }

    /// Adds the server and the port that are named around a failure on the way to it.
    fn name_place(&self, failure: &mut Failure, text: &str, (at, end): (usize, usize), near: &str) {
        let ahead = plain::around(text, at, plain::whole_name(text, end + 120));
        // The nearest server may be the one that a certificate is for, and not the one that was called.
        let called = || (failure.code == "_wrong_name").then(|| whose::called_in(near)).flatten();
        let named = called().or_else(|| around::host(ahead)).or_else(|| around::host(near));
        let surely = |host: &str| {
            let host = host.to_ascii_lowercase();
            self.file.providers.iter().any(|hint| hint.hosts.contains(host.as_str()))
        };
        let finer = places::finer(failure, text, (at, end));
        let named = match &finer {
            Some((code, name)) => {
                (*code).clone_into(&mut failure.code);
                name.as_deref().or(named)
            }
            None => named,
        };
        if failure.code == "_not_found"
            && let Some(domain) =
                named.filter(|name| places::is_of_recipient(plain::line(text, at, end), name))
            && !places::surely_takes_mail(domain)
        {
            failure.layer = Layer::Send;
            "_address".clone_into(&mut failure.code);
            return;
        }
        // A name that surely exists is not misspelt: then the look-up itself is at fault.
        if failure.code == "_not_found"
            && named.is_some_and(|name| surely(name) || places::surely_takes_mail(name))
        {
            "_resolver".clone_into(&mut failure.code);
        }
        failure.details.extend(named.map(|host| ("host", host.to_owned())));
        let port = around::port(plain::around(text, at, end + 160)).or_else(|| around::port(near));
        // A server that surely takes mail on this port refuses nobody.
        if named.is_some_and(|host| surely(host) && places::takes_messages(host))
            && port.is_none_or(ports::takes_mail)
        {
            failure.details.push(("well_known", "yes".to_owned()));
        }
        failure.details.extend(port.map(|port| ("port", port.to_owned())));
        if places::is_of_web(self.file.web, failure, text, (at, end)) {
            failure.layer = Layer::Token;
        }
    }

    /// Adds for whom the certificate is, and whose server it was that showed another provider's.
    fn of_certificate(&self, mut failure: Failure, near: &str) -> Failure {
        let Some(names) = whose::names_of(near) else { return failure };
        let wanted = self.file.providers.iter().find(|hint| whose::is_of_another(&names, hint, near));
        if let Some((hint, name)) = wanted.zip(names.split([',', ' ']).next()) {
            failure =
                failure.with("answered_by", name.to_owned()).with("provider", hint.name.get().to_owned());
        }
        failure.with("names", names)
    }
}

/// A reply as a failure; `None`: a challenge that is a question and no refusal.
pub(super) fn of_reply(reply: &Reply, text: &str, lower: &str, whole: Option<&Hint>) -> Option<Found> {
    let Reply { at, end, code, enhanced, said } = reply;
    let before = plain::around(lower, at.saturating_sub(BEFORE / 4), *at);
    let near = plain::around(lower, at.saturating_sub(200), end + 160);
    let words = said.to_ascii_lowercase();
    // So Exchange tells in figures of its own that its connector reached nobody.
    let reached_nobody =
        words.starts_with("primary target ip address") && words.contains("unable to connect");
    let (layer, code) = if reached_nobody {
        (Layer::Connect, "_unnamed")
    } else {
        (layer_of(code, &words, before), code.as_str())
    };
    let mut failure = Failure::new(layer, code);
    failure.enhanced.clone_from(enhanced);
    if code == "334" {
        if around::tries_all(before) {
            return None;
        }
        failure = failure.saying(oauth::challenge(said)?);
        failure.mechanism = Some("XOAUTH2".to_owned());
    } else {
        failure = failure.saying(said.as_str());
    }
    if layer == Layer::Send
        && plain::around(lower, at.saturating_sub(300), end + 60).contains("(expanded from")
    {
        failure = failure.with("passed_on", "yes");
    }
    if layer == Layer::Send {
        let checks = ["spf", "cannot find your"].iter().any(|check| words.contains(check));
        if checks && places::is_seen_from_inside(&words) {
            failure = failure.with("seen_from", "inside");
        }
        // Postfix writes so of what it refused itself, and into no answer.
        if before.rsplit('\n').next().is_some_and(|line| line.contains("noqueue: reject: ")) {
            failure = failure.with("own_log", "yes");
        }
        failure.details.extend(around::command(near).map(|command| ("command", command.to_owned())));
    }
    if layer == Layer::SignIn {
        failure.details.extend(meaning::of_token(lower, *at));
    }
    if layer == Layer::SignIn
        && let Some(answered) = whose::stranger(text, *at, whole)
    {
        failure = failure.with("answered_by", answered);
        failure.details.extend(whole.map(|hint| ("provider", hint.name.get().to_owned())));
    }
    if layer == Layer::SignIn && (meaning::sent_nothing(before) || meaning::sent_unset(near)) {
        failure = failure.with("sent", "nothing");
    }
    Some(Found { at: *at, end: *end, failure, weak: false })
}

/// A server that wants encryption first says so in its refusal of other commands.
const OVER_TLS: [&str; 6] = ["without tls", "use tls", "tls first", "requires tls", "must", "after tls"];

/// Where a reply belongs, by its code, its words and what stands before it; all in lower case.
fn layer_of(code: &str, said: &str, before: &str) -> Layer {
    let signing = ["auth", "login", "password", "credential", "sasl", "username"];
    let speaks = |words: &[&str], of: &str| words.iter().any(|word| of.contains(word));
    let refused = ["authentication failed", "authentication unsuccessful", "login", "password"];
    match code {
        "454" if said.contains("tls channel") => Layer::Send,
        "454" if said.contains("tls") => Layer::Tls,
        "500" | "502"
            if speaks(&["tls"], said) && !speaks(&OVER_TLS, said) || is_after(before, &OF_STARTTLS) =>
        {
            Layer::Tls
        }
        "500" | "502" if is_after(before, &["mail from:<", "rcpt to:<"]) => Layer::Send,
        "454" if said.contains("relay") => Layer::Send,
        "504" if said.contains("helo") => Layer::Send,
        "334" | "432" | "435" | "454" | "500" | "501" | "502" | "503" | "504" | "525" | "526" | "534"
        | "535" | "538" => Layer::SignIn,
        "530" if speaks(&["starttls", "tls", "encrypt"], said) => Layer::SignIn,
        "421" | "450" | "451" if speaks(&signing, said) && !said.contains("relay") => {
            if speaks(&["rcpt", "mail from", "data"], before) { Layer::Send } else { Layer::SignIn }
        }
        "550" | "554" if speaks(&refused, said) && !speaks(&["spf", "dkim", "dmarc"], said) => Layer::SignIn,
        "421" | "554" if speaks(&["greeting", "banner", "connect to", "connecting"], before) => {
            Layer::Connect
        }
        // So Postfix tells a greeting that is no welcome.
        "550" | "554" if is_after(before, &["refused to talk to me: "]) => Layer::Connect,
        _ => Layer::Send,
    }
}

/// What stands before an answer to STARTTLS: nothing else is answered with 220 but a greeting (RFC 3207 §4), and that is no
/// command.
const OF_STARTTLS: [&str; 4] =
    ["response code 220", "response code \"220\"", "starttls\n", "starttls failed"];

/// True where one of these words stands close before an answer (lower case).
fn is_after(before: &str, words: &[&str]) -> bool {
    let close = plain::around(before, before.len().saturating_sub(60), before.len());
    words.iter().any(|words| close.contains(words))
}
