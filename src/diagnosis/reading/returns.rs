//! What else a text must say for words to mean what they mean in a sign-in: who waits, who was asked, who answered.

use super::{
    data::{Hint, Phrase},
    oauth,
    plain::around,
};
use crate::{
    diagnosis::GrantKind,
    model::failure::{Failure, Layer},
};

/// What tells that somebody waits for a browser to return. A port that is taken can be that of any server.
const AWAITS: [&str; 20] = [
    "oauth2",
    "oauth redirect",
    "oauth callback",
    "oauth flow",
    "oauthlib",
    "redirect_uri",
    "redirect uri",
    "consent screen",
    "run_local_server",
    "localserver",
    "local_server",
    "local-auth",
    "authentication flow",
    "auth webserver",
    "auth server",
    "client_secret",
    "apps.googleusercontent.com",
    "msal",
    "login flow",
    "sign-in flow",
];
/// What stands in a trace where the answer of a consent is turned into a key.
const OF_CODE: [&str; 10] = [
    "gettokenasync",
    "fetch_token",
    "step2_exchange",
    "flowexchange",
    "exchange code",
    "exchanging",
    "passport-oauth2/lib/strategy",
    "fetchaccesstokenwithauthcode",
    "oauth_callback_error",
    "grant_type=authorization_code",
];
/// What stands there where a key that was kept is used.
const OF_REFRESH: [&str; 9] = [
    "refreshtoken",
    "refresh_token",
    "refresh token",
    "refreshaccesstoken",
    ".refresh(",
    "in refresh\n",
    "refresherror",
    "httpaccesstokenrefresherror",
    "tokensource",
];
/// Web services that give, take or renew keys: what fails on the way to them has nothing to do with ports of mail.
const WEB: [&str; 11] = [
    "oauth2.googleapis.com",
    "accounts.google.com",
    "gmail.googleapis.com",
    "www.googleapis.com",
    "login.microsoftonline.com",
    "login.live.com",
    "graph.microsoft.com",
    "login.yahoo.com",
    "accounts.zoho.",
    "oauth.yandex.",
    "fastmail.com/oauth",
];

/// False where the words of a phrase mean something else here.
pub(super) fn is_meant(phrase: &Phrase, text: &str, lower: &str, (at, end): (usize, usize)) -> bool {
    match (phrase.layer, phrase.code.as_str()) {
        (Layer::Listener, _) => {
            let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
            AWAITS.iter().any(|words| near.contains(words))
        }
        // What a server of one's own logs of strangers is no failure to send.
        (Layer::Connect, "_closed") => {
            !around(lower, at.saturating_sub(80), at).contains("handshake error from")
        }
        // A server's own log of a client that speaks in clear, or an old TLS: the port is the right one.
        (Layer::Tls, "_not_tls") => {
            let before = around(lower, at.saturating_sub(120), at);
            !["ssl_accept", "accept_sr_", "get_client_hello"].iter().any(|words| before.contains(words))
        }
        (Layer::Token, "_scope_missing") => !oauth::grants_mail(around(text, end, end + 2000)),
        _ => true,
    }
}

/// What was shown for a token, as far as the text tells: the code of a consent, or the key that lasts.
pub(super) fn grant(lower: &str, at: usize, end: usize) -> Option<GrantKind> {
    let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
    let says = |words: &[&str]| words.iter().any(|words| near.contains(words));
    match (says(&OF_CODE), says(&OF_REFRESH)) {
        (true, false) => Some(GrantKind::Code),
        (false, true) => Some(GrantKind::RefreshToken),
        _ => None,
    }
}

/// True for a connection to a web service: it is named on the same line, or the port is 443.
pub(super) fn is_of_web(failure: &Failure, text: &str, (at, end): (usize, usize)) -> bool {
    let codes = ["_not_found", "_resolver", "_refused", "_unreachable", "_timeout", "_closed", "_reset"];
    if !matches!(failure.layer, Layer::Resolve | Layer::Connect) || !codes.contains(&failure.code.as_str()) {
        return false;
    }
    let before = around(text, at.saturating_sub(600), at).rsplit('\n').next().unwrap_or_default();
    let after = around(text, end, end + 200).lines().next().unwrap_or_default();
    let named = |part: &str| WEB.iter().any(|host| part.contains(host));
    let of_https = |part: &str| {
        part.match_indices(":443").any(|(at, port)| {
            let next = part[at + port.len()..].chars().next();
            next.is_none_or(|c| !c.is_ascii_digit())
        })
    };
    named(before) || named(after) || of_https(before) || of_https(after)
}

/// For whom a certificate is, where the text says it.
pub(super) fn names_of(text: &str) -> Option<String> {
    let after = |words: &str| text.split_once(words).map(|(_, rest)| rest);
    let rest = ["altnames: DNS:", "valid for ", "certificate CN=`"].into_iter().find_map(after)?;
    let end = rest.find(['\n', '"', '\'', '`']).unwrap_or(rest.len());
    let names = rest[..end].split(", not ").next().unwrap_or_default().replace("DNS:", "");
    Some(names.trim().to_owned()).filter(|names| names.contains('.') && names.len() <= 200)
}

/// After how many days a key died, where somebody tells beside it that it was a week: Google's rule for projects in testing,
/// which counts from 6 to 8 days.
pub(super) fn age_days(lower: &str, (at, end): (usize, usize)) -> Option<&'static str> {
    let near = around(lower, at.saturating_sub(super::BEFORE), end + super::AFTER);
    let told = [
        "after a week",
        "after one week",
        "after seven days",
        "every seven days",
        "a week later",
        "about once a week",
    ];
    let of_digit = ["after 7 days", "every 7 days", "within 7 days", "expires in 7 days", "works for 7 days"];
    let is_told = told.iter().chain(&of_digit).any(|words| near.contains(words));
    is_told.then_some("7")
}

/// True where the text names a server of this provider, and the certificate is for somebody else's.
pub(super) fn is_of_another(names: &str, hint: &Hint, near: &str) -> bool {
    let (near, names) = (near.to_ascii_lowercase(), names.to_ascii_lowercase());
    let domain = |host: &str| host.rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    let is_own = |name: &str| {
        hint.hosts.iter().any(|host| domain(host) == domain(name))
            || hint.texts.iter().any(|text| name.contains(text.as_str()))
            || name.ends_with("google.com")
    };
    let mut listed = names.split([',', ' ']).filter(|name| name.contains('.')).peekable();
    hint.hosts.iter().any(|host| near.contains(host.as_str()))
        && listed.peek().is_some()
        && !listed.any(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_what_tells_them() {
        for (text, names) in [
            ("is not in the cert's altnames: DNS:*.a.org, DNS:a.org", Some("*.a.org, a.org")),
            ("x509: certificate is valid for a.org, b.org, not c.org", Some("a.org, b.org")),
            ("Peer certificate CN=`*.a.org' did not match expected CN=`b.org'", Some("*.a.org")),
            ("certificate is not valid for 'a.org'", None),
            ("valid for one year", None),
        ] {
            assert_eq!(names_of(text).as_deref(), names, "{text}");
        }
    }

    #[test]
    fn a_web_service_is_told_from_a_mail_server() {
        let refused = Failure::new(Layer::Connect, "_refused");
        for (text, web) in [
            ("connect ECONNREFUSED 192.0.2.7:443", true),
            ("connect ECONNREFUSED 192.0.2.7:4430", false),
            ("connect ECONNREFUSED 192.0.2.7:587", false),
            ("request to https://oauth2.googleapis.com/token failed: ECONNREFUSED", true),
            ("https://oauth2.googleapis.com/token\nconnect ECONNREFUSED 192.0.2.7:587", false),
        ] {
            let at = text.find("ECONN").unwrap();
            assert_eq!(is_of_web(&refused, text, (at, at + 12)), web, "{text}");
        }
    }

    #[test]
    fn a_port_that_is_taken_counts_where_a_browser_is_awaited() {
        let phrase = Phrase {
            layer: Layer::Listener,
            code: "_port_busy".to_owned(),
            mechanism: None,
            weak: false,
            near: Vec::new(),
            texts: vec!["eaddrinuse".to_owned()],
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
    fn a_week_is_heard() {
        for (text, days) in [
            ("invalid_grant after a week", Some("7")),
            ("works for 7 days, then invalid_grant", Some("7")),
            ("the backup runs once a week; invalid_grant", None),
            ("retention: 37-day; invalid_grant", None),
            ("invalid_grant after a month", None),
        ] {
            let at = text.find("invalid_grant").unwrap();
            assert_eq!(age_days(text, (at, at + 13)), days, "{text}");
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

    #[test]
    fn a_certificate_of_another_provider_is_told_from_its_own() {
        let hint = Hint {
            id: "gmail".to_owned(),
            name: "Gmail".to_owned(),
            texts: vec!["smtp.gmail.com".to_owned()],
            exact: vec![],
            hosts: vec!["smtp.gmail.com".to_owned()],
        };
        for (names, near, another) in [
            ("*.host.example", "expected CN=`smtp.gmail.com'", true),
            ("*.host.example", "expected CN=`mail.example.org'", false),
            ("mx.google.com", "expected CN=`smtp.gmail.com'", false),
            ("imap.gmail.com, *.host.example", "expected CN=`smtp.gmail.com'", false),
        ] {
            assert_eq!(is_of_another(names, &hint, near), another, "{names} {near}");
        }
    }
}
