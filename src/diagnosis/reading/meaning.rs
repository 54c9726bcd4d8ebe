//! What else a text must say for words to mean what they mean in a sign-in: who waits, what was shown, how long it held.

use super::{
    data::{DATA, Phrase},
    oauth,
    plain::around,
};
use crate::{
    diagnosis::{GrantKind, texts::Texts},
    model::failure::Layer,
};

/// False where the words of a phrase mean something else here.
pub(super) fn is_meant(phrase: &Phrase, text: &str, lower: &str, (at, end): (usize, usize)) -> bool {
    match (phrase.layer, phrase.code.get()) {
        (Layer::Listener, _) => {
            let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
            // A way of signing in to mail that is called by a like name waits for nobody.
            let near = near.replace("xoauth2", "");
            DATA.tells.awaits_browser.any_in(&near)
        }
        // Who went past the warning met something else.
        (Layer::Page, "app-not-verified") => {
            let after = around(lower, end, end + 120);
            let past = ["click", "press", "select", "chose", "choose", "hit"];
            let past = past.iter().filter_map(|word| after.find(word)).min();
            let on = |rest: &str| {
                ["continue", "advanced", "unsafe", "go to"].iter().any(|word| rest.contains(word))
            };
            !past.is_some_and(|at| on(around(after, at, at + 40)))
        }
        // A browser goes to no port of mail.
        (Layer::Page, "cannot-reach") => {
            let port = lower[end..]
                .strip_prefix(':')
                .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())]);
            !port.is_some_and(super::ports::is_of_mail)
        }
        // A proxy that does not know the name of who connects goes on.
        (Layer::Resolve, _) if around(lower, end, end + 40).contains("while in resolving client") => false,
        // What a server does not find is what the sender says of itself.
        (Layer::Resolve, _) if line_before(lower, at).ends_with("command rejected: ") => false,
        // A server that does not reach a filter of its own says so, and goes on.
        (Layer::Connect, _) if line_before(lower, at).contains("milter service") => false,
        // What a server of one's own logs of strangers is no failure to send.
        (Layer::Connect, "_closed") => {
            !around(lower, at.saturating_sub(80), at).contains("handshake error from")
        }
        // What the greeting was is told behind it, and a refusal is none of another kind of server; nor is what a web
        // service answers to a request of its own kind.
        (Layer::Connect, "_not_smtp") => {
            let after = around(lower, end, end + 40);
            let before = around(lower, at.saturating_sub(600), at);
            let is_refusal = ["response=4", "response=5", "response: 4", "response: 5"]
                .iter()
                .any(|words| after.contains(words));
            // Who tells the greeting of a mail server elsewhere met one.
            let greeted = ["greeting: \"220", "greeting: 220"]
                .iter()
                .any(|words| !after.contains(words) && lower.contains(words));
            !is_refusal
                && !greeted
                && !["post https://", "get https://"].iter().any(|words| before.contains(words))
        }
        // A server's own log of a client that speaks in clear, or an old TLS: the port is the right one.
        (Layer::Tls, "_not_tls") => {
            let before = around(lower, at.saturating_sub(260), at);
            !["ssl_accept", "accept_sr_", "get_client_hello"].iter().any(|words| before.contains(words))
        }
        (Layer::Token, "_scope_missing") => {
            oauth::granted(around(text, end, end + super::SCOPES)) != oauth::Granted::ForMail
        }
        _ => true,
    }
}

/// True where the same line says that encryption had been asked for: `StartTLS: read tcp …: connection reset by peer`.
pub(super) fn is_at_encryption(lower: &str, at: usize) -> bool {
    let before = line_before(lower, at);
    ["starttls: ", "starttls failed", "enable_crypto", "tls handshake"]
        .iter()
        .any(|words| before.contains(words))
}

/// What stands before a place on its line, as far as that is near.
fn line_before(lower: &str, at: usize) -> &str {
    around(lower, at.saturating_sub(160), at).rsplit('\n').next().unwrap_or_default()
}

/// What was shown for a token, as far as the text tells: the code of a consent, or the key that lasts.
pub(super) fn grant(lower: &str, at: usize, end: usize) -> Option<GrantKind> {
    let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
    let says = |words: Texts| words.any_in(near);
    match (says(DATA.tells.of_code), says(DATA.tells.of_refresh)) {
        (true, false) => Some(GrantKind::Code),
        (false, true) => Some(GrantKind::RefreshToken),
        _ => None,
    }
}

/// What a text (lower case) tells around a place of the token that was shown there: whose it is, and for what.
pub(super) fn of_token(lower: &str, at: usize) -> impl Iterator<Item = (&'static str, String)> {
    let near = around(lower, at.saturating_sub(2 * super::BEFORE), at + 2 * super::BEFORE);
    let of_service = is_of_service(lower, at);
    // Whoever signs in as a person says so.
    let of_person =
        ["delegated", "device code", "authorization code flow"].iter().any(|words| near.contains(words));
    let of_app = !of_service && !of_person && DATA.tells.of_app.any_in(near);
    let told = [
        ("scope", "only-api", is_only_for_api(lower, at)),
        ("who", "service", of_service),
        ("who", "app", of_app),
    ];
    let held = ["oauth", "access_token", "access token"].iter().any(|words| near.contains(words));
    let held = held.then(|| held_for(lower, (at, at))).flatten().map(|held| ("held", held.to_owned()));
    let told = told.into_iter().filter(|(.., told)| *told).map(|(name, value, _)| (name, value.to_owned()));
    told.chain(held)
}

/// True where the words around a place tell of a service account of Google, which signs what it sends with a key of its own.
pub(super) fn is_of_service(lower: &str, at: usize) -> bool {
    let near = around(lower, at.saturating_sub(2 * super::BEFORE), at + 2 * super::BEFORE);
    DATA.tells.of_service.any_in(near)
}

/// True where the permission that a text (lower case) names last before a place is none for SMTP.
fn is_only_for_api(lower: &str, at: usize) -> bool {
    let before = around(lower, at.saturating_sub(2 * super::BEFORE), at);
    let last = |names: Texts| names.iter().filter_map(|name| before.rfind(name)).max();
    match (last(DATA.tells.only_api), last(DATA.tells.for_smtp)) {
        (None, None) => {
            // The program's own text often stands below its error.
            let after = around(lower, at, at + 2 * super::BEFORE);
            DATA.tells.only_api.any_in(after) && !DATA.tells.for_smtp.any_in(after)
        }
        (only, full) => only > full,
    }
}

/// True where the log of a conversation (lower case) holds an answer of the program in which nothing stands: a user
/// name or a password that is empty.
pub(super) fn sent_nothing(before: &str) -> bool {
    let said = |line: &&str| line.contains("client") && line.contains("server");
    let lines: Vec<&str> = before.lines().map(str::trim_end).filter(said).collect();
    let asked = |line: &str| line.contains("334 ");
    let empty = |line: &str| line.ends_with("client -> server:");
    lines.windows(2).any(|pair| asked(pair[0]) && empty(pair[1]))
}

/// The base64 (here in lower case, as the text is) of what programs send for a user name or a password that is not set:
/// `undefined` of JavaScript, `null`, and `None` of Python, alone (AUTH LOGIN) or between zero bytes (RFC 4616 §2).
const UNSET: [&str; 6] =
    ["dw5kzwzpbmvk", "ahvuzgvmaw5lza", "bnvsba==", "ag51bgwabnvsba", "tm9uzq==", "ae5vbmuatm9uzq"];

/// True where the log of a conversation (lower case) shows that the program sent words of its language for what is not set.
pub(super) fn sent_unset(conversation: &str) -> bool {
    UNSET.iter().any(|sent| conversation.contains(sent))
}

/// After how many days a key died, where somebody tells beside it that it was a week: Google's rule for projects in testing,
/// which counts from 6 to 8 days.
pub(super) fn age_days(lower: &str, (at, end): (usize, usize)) -> Option<&'static str> {
    let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
    DATA.tells.of_week.any_in(near).then_some("7")
}

/// For how long a key held, where somebody tells it beside a refusal: some hours are the life of an access token, and a week is
/// that of all keys of Google's projects in testing.
pub(super) fn held_for(lower: &str, (at, end): (usize, usize)) -> Option<&'static str> {
    let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
    let says = |words: Texts| words.any_in(near);
    let told = [("week", says(DATA.tells.of_week)), ("hour", says(DATA.tells.of_hour))];
    told.into_iter().find(|(_, told)| *told).map(|(held, _)| held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_counts_where_a_browser_is_awaited() {
        let phrase = Phrase {
            layer: Layer::Listener,
            code: "_port_busy".into(),
            mechanism: None,
            weak: false,
            near: [].into(),
            texts: ["eaddrinuse"].into(),
        };
        for (text, meant) in [
            ("flow.run_local_server(port=8080)\neaddrinuse", true),
            ("waiting for the oauth redirect: eaddrinuse", true),
            ("error: listen eaddrinuse :::3000\n    at server.js:21:5", false),
        ] {
            let at = text.find("eaddrinuse").unwrap();
            assert_eq!(is_meant(&phrase, text, text, (at, at + 10)), meant, "{text}");
        }
    }

    #[test]
    fn the_permission_that_was_named_last_counts() {
        for (text, only) in [
            ("scope https://www.googleapis.com/auth/gmail.send: 535", true),
            ("https://mail.google.com/ works; with auth/gmail.send: 535", true),
            ("not auth/gmail.send but https://mail.google.com/: 535", false),
            ("535", false),
        ] {
            assert_eq!(is_only_for_api(text, text.len()), only, "{text}");
        }
    }

    #[test]
    fn an_account_of_a_program_is_told_from_a_persons() {
        let told = |text: &str| of_token(text, text.len()).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(told("serviceclient: key.client_id, privatekey: key.private_key: 535"), ["who"]);
        assert_eq!(told("scope auth/gmail.send: 535"), ["scope"]);
        let who =
            |text: &str| of_token(text, text.len()).find(|(name, _)| *name == "who").map(|(_, who)| who);
        assert_eq!(who("grant_type=client_credentials: 535 5.7.3").as_deref(), Some("app"));
        assert!(told("535").is_empty());
    }

    #[test]
    fn an_empty_answer_is_seen() {
        let asked = "server -> client: 334 vxnlcm5hbwu6\n12:21 client -> server: ";
        assert!(sent_nothing(&format!("{asked}\n12:22 server -> client: ")));
        assert!(!sent_nothing(&format!("{asked}bWU=\n12:22 server -> client: ")));
        assert!(!sent_nothing("client -> server: \nserver -> client: 334 "));
    }

    #[test]
    fn what_stands_for_nothing_is_seen_in_what_was_sent() {
        assert!(sent_unset("auth plain ahvuzgvmaw5lzab1bmrlzmluzwq="), "\\0undefined\\0undefined");
        assert!(sent_unset("334 vxnlcm5hbwu6\ntm9uzq==\n535 no"), "None");
        assert!(!sent_unset("auth plain ag1lahnly3jlda=="), "\\0me\\0secret");
    }

    #[test]
    fn a_week_is_heard() {
        for (text, days) in [
            ("invalid_grant after a week", Some("7")),
            ("works for 7 days, then invalid_grant", Some("7")),
            ("every week I have to agree again: invalid_grant", Some("7")),
            ("the backup runs once a week; invalid_grant", None),
            ("the backup runs every week; invalid_grant", None),
            ("retention: 37-day; invalid_grant", None),
            ("invalid_grant after a month", None),
        ] {
            let at = text.find("invalid_grant").unwrap();
            assert_eq!(age_days(&text.to_lowercase(), (at, at + 13)), days, "{text}");
        }
    }

    #[test]
    fn how_long_a_key_held_is_heard() {
        for (text, held) in [
            ("works for one hour, then 401", Some("hour")),
            ("after a few hours of trying: 401", None),
            ("after a week: 401", Some("week")),
            ("every hour the backup runs: 401", None),
        ] {
            let at = text.find("401").unwrap();
            assert_eq!(held_for(text, (at, at + 3)), held, "{text}");
        }
        assert_eq!(of_token("works for one hour, then 535", 24).count(), 0);
        assert_eq!(of_token("oauth works for one hour, then 535", 30).count(), 1);
    }

    #[test]
    fn a_warning_that_was_passed_is_none() {
        let phrase = Phrase {
            layer: Layer::Page,
            code: "app-not-verified".into(),
            mechanism: None,
            weak: false,
            near: [].into(),
            texts: ["hasn't verified"].into(),
        };
        for (text, meant) in [
            ("google hasn't verified this app", true),
            ("google hasn't verified this app. what now? i did click on my account", true),
            ("google hasn't verified this app and i click \"continue\", then an error", false),
        ] {
            let at = text.find("hasn't").unwrap();
            assert_eq!(is_meant(&phrase, text, text, (at, at + 15)), meant, "{text}");
        }
    }

    #[test]
    fn what_was_shown_for_a_token_is_seen_in_the_trace() {
        for (text, expected) in [
            ("flow.fetch_token(code=code)\ninvalid_grant", Some(GrantKind::Code)),
            ("creds.refresh(request())\ninvalid_grant", Some(GrantKind::RefreshToken)),
            ("fetch_token or .refresh( : invalid_grant", None),
            ("invalid_grant", None),
        ] {
            let at = text.find("invalid_grant").unwrap();
            assert_eq!(grant(text, at, at + 13), expected, "{text}");
        }
    }
}
