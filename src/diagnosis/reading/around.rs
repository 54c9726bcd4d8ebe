//! What stands around a failure: the server, the port, the way of signing in, the command.

use super::{data::DATA, ports};

/// Names that end like these are of files and programs, not of servers.
const NOT_HOSTS: [&str; 31] = [
    "js", "ts", "py", "go", "php", "java", "rb", "rs", "cs", "c", "cc", "cpp", "h", "log", "json", "html",
    "pem", "crt", "conf", "cfg", "mjs", "xml", "yml", "service", "error", "gaierror", "herror", "timeout",
    "critical", "warning", "notice",
];
/// How names of mail servers begin.
const OF_MAIL: [&str; 9] =
    ["smtp", "mail", "imap", "mx", "relay", "submission", "email-smtp", "ssl0", "outlook"];

/// The name of the server that a text speaks of; one that looks like a mail server's goes before others.
pub(super) fn host(text: &str) -> Option<&str> {
    let mut other = None;
    for (at, word) in words(text) {
        let before = text[..at].chars().next_back();
        if matches!(before, Some('@' | '/' | '\\' | '_' | '$')) && !text[..at].ends_with("//") {
            continue;
        }
        let word = word.trim_matches(['.', '-']);
        let Some(last) = word.rsplit('.').next().filter(|last| last.len() < word.len()) else { continue };
        let is_name = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
        // Classes of Java and .NET are written like names.
        let is_name = is_name && !last.ends_with("Exception") && !last.ends_with("Error");
        if !is_name || NOT_HOSTS.contains(&last.to_ascii_lowercase().as_str()) || word.contains("..") {
            continue;
        }
        let lower = word.to_ascii_lowercase();
        let after = text[at + word.len()..].chars().next();
        // So are classes of Python, `smtplib.SMTP`; a name in capitals is in capitals as a whole.
        if last.contains(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase())
        {
            continue;
        }
        // A function that is called is written like a name, too.
        if after == Some('(') {
            continue;
        }
        if OF_MAIL.iter().any(|name| lower.starts_with(name)) {
            return Some(word);
        }
        if other.is_none() && matches!(after, Some(':' | '[' | '\'' | '"') | None) && word.contains('.') {
            other = Some(word);
        }
    }
    other
}

/// True for what may be the name of a server (lower case), and not that of a file.
pub(super) fn is_name(word: &str) -> bool {
    let last = word.rsplit('.').next().unwrap_or_default();
    last.len() < word.len()
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && !last.is_empty()
        && !NOT_HOSTS.contains(&last)
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    text.split(move |c| !belongs(c))
        .filter(|word| word.contains('.') && word.len() <= 253)
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The port that a text speaks of: `port 587`, `port: 25`, `host:465`, `[::1]:2525`.
pub(super) fn port(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let named = lower.match_indices("port").find_map(|(at, word)| {
        // `support 24/7` names none; `smtpPort` does. Where a program listens itself is nowhere to send to.
        // Nor is what a program advises where it has tried yet (MailKit).
        let others = [
            "sup",
            "re",
            "im",
            "ex",
            "trans",
            "pass",
            "listen",
            "listen_",
            "listen ",
            "listening ",
            "try connecting to ",
        ];
        if others.iter().any(|begins| lower[..at].ends_with(begins)) {
            return None;
        }
        let rest = text[at + word.len()..].trim_start_matches([' ', ':', '=', '"', '\'', '#']);
        number(rest)
    });
    named.or_else(|| {
        text.match_indices([':']).find_map(|(at, _)| {
            let before = text[..at].chars().next_back()?;
            let port = number(&text[at + 1..])?;
            let after = &text[at + 1 + port.len()..];
            // `12:25:10` is a time, `[::1]:25: refused` is none.
            let is_time =
                after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let placed = before == ']' || before.is_ascii_alphanumeric();
            // A point may end the sentence.
            let goes_on =
                after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            (ports::is_of_mail(port) && placed && !is_time && !goes_on).then_some(port)
        })
    })
}

fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let digits = &text[..end];
    digits.parse::<u16>().ok().filter(|port| *port > 0).map(|_| digits)
}

/// True where a program tells that it tried one way of signing in after the other (Symfony, Yii): each with the same
/// password, so that XOAUTH2, the last one, was tried without a token.
pub(super) fn tries_all(lower: &str) -> bool {
    let [login, plain] = ["login", "plain"]
        .map(|name| [format!("authenticator \"{name}\" returned"), format!("authenticator {name} returned")]);
    let listed = ["authenticators: \"login\"", "authenticators: \"plain\"", "authenticators: \"cram-md5\""];
    listed.iter().any(|words| lower.contains(words))
        || login.iter().chain(&plain).any(|words| lower.contains(words.as_str()))
}

/// The SASL mechanism that was last used in this part of a text (lower case). What a server only offers does not count.
pub(super) fn mechanism(lower: &str) -> Option<&'static str> {
    if tries_all(lower) {
        return Some("LOGIN");
    }
    let used = [
        ("auth xoauth2", "XOAUTH2"),
        ("sasl-xoauth2", "XOAUTH2"),
        ("xoauth2", "XOAUTH2"),
        ("oauthbearer", "OAUTHBEARER"),
        ("auth plain", "PLAIN"),
        ("auth login", "LOGIN"),
        ("auth cram-md5", "CRAM-MD5"),
        ("authenticate plain", "PLAIN"),
        ("authenticate login", "LOGIN"),
        ("retrying plain authentication", "PLAIN"),
        ("retrying login authentication", "LOGIN"),
    ];
    let mut last = None;
    for (name, mechanism) in used {
        for (at, _) in lower.match_indices(name) {
            let line = lower[..at].rsplit('\n').next().unwrap_or_default();
            // `oauth login` is none.
            if name.starts_with("auth ") && line.ends_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let lists = |code: &str| {
                let mut places = line.match_indices(code).map(|(at, _)| &line[..at]);
                places.any(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.'))
            };
            let offered = lists("250-")
                || lists("250 ")
                || ["supported", "offers"].iter().any(|word| line.contains(word))
                || (line.ends_with("auth=") && line.contains("capability"));
            if !offered && last.is_none_or(|(latest, _)| at >= latest) {
                last = Some((at, mechanism));
            }
        }
    }
    last.map(|(_, mechanism)| mechanism).or_else(|| DATA.tells.of_token.any_in(lower).then_some("XOAUTH2"))
}

/// The command that was answered: `MAIL`, `RCPT` or `message`; `near` in lower case.
pub(super) fn command(near: &str) -> Option<&'static str> {
    let named = [
        ("in reply to mail from", "MAIL"),
        ("during mail from", "MAIL"),
        ("'mail from'", "MAIL"),
        ("mail from:", "MAIL"),
        ("in reply to rcpt to", "RCPT"),
        ("'rcpt to'", "RCPT"),
        ("rcpt to:", "RCPT"),
        ("in reply to end of data", "message"),
        ("end of data", "message"),
        ("data block", "message"),
        ("'data'", "message"),
    ];
    named.into_iter().find(|(words, _)| near.contains(words)).map(|(_, command)| command)
}

/// The server that greeted: the name after `220` (RFC 5321 §4.3.1), or after `250` where it answers to EHLO (§4.1.1.1).
pub(super) fn greeter(text: &str) -> Option<&str> {
    let greets = |_: &str| true;
    // Other lines of that code have a name behind it by chance only.
    let answers = |rest: &str| [" hello", " at your service"].iter().any(|words| begins_with(rest, words));
    named_after(text, "220", greets).or_else(|| named_after(text, "250", answers))
}

/// The name of a server behind a code, where what follows the name is right.
fn named_after<'text>(text: &'text str, code: &str, is_right: impl Fn(&str) -> bool) -> Option<&'text str> {
    text.match_indices(code).find_map(|(at, code)| {
        let begins = text[..at].chars().next_back().is_none_or(|c| " \n'\"<:".contains(c));
        let rest = text[at + code.len()..].strip_prefix([' ', '-']).filter(|_| begins)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c))).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        (name.contains('.') && host(name).is_some() && is_right(rest)).then_some(name)
    })
}

/// True where a text begins with these words in lower case, however it writes them.
fn begins_with(text: &str, words: &str) -> bool {
    text.get(..words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_and_port_are_found() {
        for (text, expected_host, expected_port) in [
            ("connect ETIMEDOUT 64.233.177.26:25", None, Some("25")),
            ("getaddrinfo ENOTFOUND smtp.gmial.com", Some("smtp.gmial.com"), None),
            ("dial tcp: lookup smtp.x.org on 1.1.1.1:53", Some("smtp.x.org"), None),
            ("dial tcp [::1]:10025: connect", None, Some("10025")),
            ("connection to example.net:587 failed at a.js:12", Some("example.net"), Some("587")),
            ("to=<a@b.org>, relay=smtp.b.org[1.2.3.4]:587", Some("smtp.b.org"), Some("587")),
            ("port: 465 }", None, Some("465")),
            ("\"local_listen_port\": 25, \"smtp_port\": 587", None, Some("587")),
            ("12:25:10 at smtplib.py", None, None),
            ("com.sun.mail.util.MailConnectException: no", None, None),
        ] {
            assert_eq!(host(text), expected_host, "{text}");
            assert_eq!(port(text), expected_port, "{text}");
        }
    }

    #[test]
    fn what_is_offered_is_not_what_was_used() {
        assert_eq!(mechanism("250-auth login plain xoauth2\n> auth login"), Some("LOGIN"));
        assert_eq!(mechanism("250-auth login plain xoauth2"), None);
        let symfony = "authenticators: \"login\", \"xoauth2\". authenticator \"login\" returned 535";
        assert_eq!(mechanism(symfony), Some("LOGIN"));
        assert_eq!(mechanism("command: 'auth plain'"), Some("PLAIN"));
        assert_eq!(mechanism("auth plain\nauth xoauth2 x"), Some("XOAUTH2"));
        assert_eq!(mechanism("with an oauth token: 535"), Some("XOAUTH2"));
        assert_eq!(mechanism("with an oauth token\nauth login"), Some("LOGIN"));
    }

    #[test]
    fn who_greets_is_known() {
        assert_eq!(greeter("SERVER -> CLIENT: 220-server-9.example.net ESMTP"), Some("server-9.example.net"));
        assert_eq!(greeter("10220 x.org"), None);
        assert_eq!(greeter("S: 250-mail.example.org Hello pc [192.0.2.1]"), Some("mail.example.org"));
        assert_eq!(greeter("250 example.org is queued"), None);
    }
}
