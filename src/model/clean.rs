//! Cleaning what servers said before anybody sees it.
//!
//! A server's words are shown as they came, because they are what a person searches for. Taken out is only what
//! could harm: characters that steer a terminal or reorder text, secrets that a server echoes, and the addresses
//! of people and machines that are not the asker's business.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::{failure::MAX_SAID, invisible::is_invisible};

/// Stands where something was taken out.
const HIDDEN: &str = "…";
/// Words of human languages are shorter. Sixteen octets of a key are 24 characters in base64 (RFC 4648 §4).
const SECRET_LENGTH: usize = 24;
/// What secrets of Google begin with: access tokens, refresh tokens, client secrets. JSON web tokens of any
/// provider begin with `eyJ`, which is `{"` in base64.
const SECRET_PREFIXES: [&str; 4] = ["ya29.", "1//", "GOCSPX-", "eyJ"];

/// What a server said, on one line, cut to [`MAX_SAID`] characters, without control and bidi characters.
///
/// Hidden are runs that look like base64, tokens, IP addresses, and the local part of every e-mail address that
/// is not in `keep`. Of a web address the query and the fragment are dropped, since they may carry a session.
#[must_use]
pub fn words(text: &str, keep: &[&str]) -> String {
    let visible = visible_text(text);
    let cleaned: Vec<String> = visible.split(' ').map(|word| clean_word(word, keep)).collect();
    cut(&cleaned.join(" "))
}

/// The text on one line, blanks single, without control, bidi and invisible characters; nothing is hidden.
#[must_use]
pub fn visible_text(text: &str) -> String {
    let visible: String = text.chars().map(visible).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A blank in place of what a terminal would obey or what cannot be seen.
fn visible(character: char) -> char {
    let steers = character.is_control() || is_invisible(character);
    if steers { ' ' } else { character }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_SAID) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MAX_SAID - 1).chain(HIDDEN.chars()).collect(),
    }
}

fn clean_word(word: &str, keep: &[&str]) -> String {
    let lower = word.to_ascii_lowercase();
    let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| lower.find(scheme)).min() else {
        return clean_runs(word, keep);
    };
    let (before, url) = word.split_at(start);
    let end = url.find(['<', '>', '"', '\'', ')', ']', '}', '`', '\\']).unwrap_or(url.len());
    let (url, after) = url.split_at(end);
    // What follows an address as punctuation does not belong to it.
    let trimmed = url.trim_end_matches(['.', ',', ';', ':', '!']);
    let after = format!("{}{after}", &url[trimmed.len()..]);
    format!("{}{}{}", clean_runs(before, keep), clean_url(trimmed), clean_runs(&after, keep))
}

/// Keeps scheme, host and path. `?p=Word` stays, too: that is how Google names its reason
/// (`…/mail/?p=BadCredentials`), and it names nobody.
fn clean_url(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // `user:password@host` is possible in an address and is nothing to show.
    let host = host.rsplit('@').next().unwrap_or_default();
    let path: Vec<String> = path.split('/').map(hide_long_runs).collect();
    let reason = query
        .strip_prefix("p=")
        .filter(|reason| (1..=40).contains(&reason.len()) && reason.bytes().all(|b| b.is_ascii_alphabetic()));
    let query = reason.map(|reason| format!("?p={reason}")).unwrap_or_default();
    format!("{scheme}://{host}{}{query}", path.join("/"))
}

/// Characters of addresses, tokens and host names; everything else separates.
fn belongs(character: char) -> bool {
    character.is_alphanumeric() || "._%+-@/=~:#&*?!'$^|".contains(character)
}

fn clean_runs(word: &str, keep: &[&str]) -> String {
    let mut cleaned = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let inside = belongs(first);
        let end = rest.find(|character| belongs(character) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if inside {
            cleaned.push_str(&clean_run(run, keep));
        } else {
            cleaned.push_str(run);
        }
        rest = after;
    }
    cleaned
}

fn clean_run(run: &str, keep: &[&str]) -> String {
    if run.contains('@') {
        return clean_address(run, keep);
    }
    // A prefix counts where a word begins: `token=ya29.…`, but not `geyJohn`.
    let begins = |at: usize| !run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let token = SECRET_PREFIXES
        .iter()
        .filter_map(|prefix| run.match_indices(prefix).map(|(at, _)| at).find(|at| begins(*at)))
        .min();
    match token {
        Some(at) => format!("{}{HIDDEN}", hide_machines(&run[..at])),
        None => hide_long_runs(&hide_machines(run)),
    }
}

/// `anna@gmail.com` stays when it is in `keep`, else it is `…@gmail.com`.
fn clean_address(run: &str, keep: &[&str]) -> String {
    let Some((before, after)) = run.rsplit_once('@') else {
        return run.to_owned();
    };
    let end =
        after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(after.len());
    let domain = after[..end].trim_end_matches('.');
    let rest = &after[domain.len()..];
    // Only what stands right before the `@` can be the local part of an address that is known.
    let kept = keep.iter().find(|address| {
        address.rsplit_once('@').is_some_and(|(local, of)| {
            of.eq_ignore_ascii_case(domain)
                && before.len() >= local.len()
                && before.is_char_boundary(before.len() - local.len())
                && before[before.len() - local.len()..].eq_ignore_ascii_case(local)
                && !before[..before.len() - local.len()].ends_with(|c: char| c.is_alphanumeric() || c == '.')
        })
    });
    if let Some(address) = kept {
        let local = address.rfind('@').unwrap_or_default();
        let (label, local) = before.split_at(before.len() - local);
        return format!("{}{local}@{domain}{}", clean_run_plain(label), clean_run_plain(rest));
    }
    let label = before.rfind(['=', ':']).map_or("", |at| &before[..=at]);
    format!("{}{HIDDEN}@{domain}{}", clean_run_plain(label), clean_run_plain(rest))
}

fn clean_run_plain(run: &str) -> String {
    hide_long_runs(&hide_machines(&run.replace('@', HIDDEN)))
}

/// Hides IPv4 and IPv6 addresses, with a port or without.
fn hide_machines(run: &str) -> String {
    map_runs(
        run,
        |c| c.is_ascii_hexdigit() || c == '.' || c == ':',
        |candidate, after_letter| {
            let core = candidate.trim_matches(['.']).trim_end_matches(':');
            let lead = candidate.find(core).unwrap_or_default();
            // `IPv6:2001:db8::1` is how SMTP writes it (RFC 5321 §4.1.3); there the run begins with the six.
            let label = if after_letter { "6:" } else { ":" };
            let stripped = core.strip_prefix(label).filter(|rest| !rest.starts_with(':'));
            let inner = stripped.unwrap_or(core);
            let machine = inner.parse::<SocketAddr>().is_ok()
                || inner.parse::<IpAddr>().is_ok_and(|ip| ip != IpAddr::V6(Ipv6Addr::UNSPECIFIED));
            if !machine || (after_letter && stripped.is_none()) {
                return candidate.to_owned();
            }
            let lead = lead + (core.len() - inner.len());
            format!("{}{HIDDEN}{}", &candidate[..lead], &candidate[lead + inner.len()..])
        },
    )
}

/// Hides runs of the base64 alphabets (RFC 4648 §4, §5) that are too long and too mixed to be words.
fn hide_long_runs(run: &str) -> String {
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    map_runs(run, base64, |candidate, _| {
        let long = candidate.len() >= SECRET_LENGTH;
        if long && !candidate.split(['-', '_', '/']).all(is_wordlike) {
            HIDDEN.to_owned()
        } else {
            candidate.to_owned()
        }
    })
}

/// True for `SmtpClientAuthentication`, `TENANT`, `mailbox` and short numbers: what an encoder does not make.
fn is_wordlike(piece: &str) -> bool {
    if piece.bytes().all(|b| b.is_ascii_digit()) {
        return piece.len() <= 8;
    }
    if !piece.bytes().all(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    let one_case = piece.bytes().all(|b| b.is_ascii_uppercase());
    // In CamelCase at least two small letters follow each capital one; it may begin with an abbreviation, as `SMTPClient`.
    let capitals = piece.bytes().take_while(u8::is_ascii_uppercase).count();
    let piece = if (2..=5).contains(&capitals) { &piece[capitals - 1..] } else { piece };
    let mut humps = piece.split(|c: char| c.is_ascii_uppercase());
    let first = humps.next().unwrap_or_default();
    one_case || (humps.all(|hump| hump.len() >= 2) && first.len() != 1)
}

/// Gives every maximal run of such characters to `change`, and whether a letter or digit stands before it.
fn map_runs(text: &str, belongs: impl Fn(char) -> bool, change: impl Fn(&str, bool) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_letter = false;
    while let Some(first) = rest.chars().next() {
        let inside = belongs(first);
        let end = rest.find(|character| belongs(character) != inside).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if inside {
            changed.push_str(&change(run, after_letter));
        } else {
            changed.push_str(run);
        }
        after_letter = run.ends_with(char::is_alphanumeric);
        rest = after;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_really_say_stays() {
        for said in [
            "Username and Password not accepted. For more information, go to \
             https://support.google.com/mail/?p=BadCredentials",
            "\"SMTPClientAuthentication is disabled for the tenant\"",
            "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit \
             https://aka.ms/smtp_auth_disabled for more information. [BYAPR05CA0012.namprd05.prod.outlook.com]",
            "Error: authentication failed: UGFzc3dvcmQ6",
            "5.7.139 at 12:34:56, port 587, 250-SIZE 35651584, std::io",
            "SMTP-AUTH/SUBMISSION-not-enabled-for-this-mailbox",
            "Ihre E-Mail-Adresse wurde gesperrt — Größe überschritten",
        ] {
            assert_eq!(words(said, &[]), said);
        }
    }

    #[test]
    fn secrets_are_hidden() {
        for (said, shown) in [
            ("535 bad: AHVzZXJAZXhhbXBsZS5jb20AcGFzc3dvcmQ=", "535 bad: …"),
            ("token=ya29.a0Af_x-y.z refused", "token=… refused"),
            (r#"{"refresh_token":"1//09abc-DEF","x":1}"#, r#"{"refresh_token":"…","x":1}"#),
            ("client GOCSPX-abc_123", "client …"),
            ("jwt eyJhbGciOiJIUzI1NiJ9.e30.abc,", "jwt …,"),
            ("id d2e1a72fcca58-7259d6c4b2esi1234567b3a.12 - gsmtp", "id ….12 - gsmtp"),
        ] {
            assert_eq!(words(said, &[]), shown);
        }
    }

    #[test]
    fn addresses_of_others_are_hidden() {
        let keep = ["Anna@gmail.com"];
        for (said, shown) in [
            ("<anna@GMAIL.com> is not <bob@x.org>.", "<anna@GMAIL.com> is not <…@x.org>."),
            ("user=anna@gmail.com, susanna@gmail.com", "user=anna@gmail.com, …@gmail.com"),
            ("user=bob@x.org: unknown", "user=…@x.org: unknown"),
            ("hello [203.0.113.9], at your service", "hello […], at your service"),
            ("from 203.0.113.9:587 and [IPv6:2001:db8::1] or ::1.", "from … and [IPv6:…] or …."),
        ] {
            assert_eq!(words(said, &keep), shown);
        }
    }

    #[test]
    fn web_addresses_lose_what_could_open_a_session() {
        for (said, shown) in [
            (
                "see <https://accounts.google.com/signin/continue?sarp=1&plt=AKgnsb#x> now",
                "see <https://accounts.google.com/signin/continue> now",
            ),
            ("go to https://user:pw@h.example/a?p=1.", "go to https://h.example/a."),
            ("(HTTPS://h.example/AbCdEf0123456789AbCdEf0123/b)", "(HTTPS://h.example/…/b)"),
            ("at https://h.example/?p=InvalidSecondFactor", "at https://h.example/?p=InvalidSecondFactor"),
        ] {
            assert_eq!(words(said, &[]), shown);
        }
    }

    #[test]
    fn nothing_steers_the_terminal_and_nothing_is_endless() {
        assert_eq!(words("a\x1b[2Jb\r\nc\u{202e}d\u{200b}e\u{feff}\u{9b}f\u{7f}", &[]), "a [2Jb c d e f");
        let long = words(&"word ".repeat(5_000), &[]);
        assert_eq!(long.chars().count(), MAX_SAID);
        assert!(long.ends_with('…'), "{long}");
        assert_eq!(words(&"é".repeat(MAX_SAID), &[]).chars().count(), MAX_SAID);
    }

    #[test]
    fn odd_shapes_break_nothing() {
        for said in
            ["@", "a@", "@b", "a@b@c", "=@=", "https://", "https://?", "é@é", "::", ":::", "....", "1//"]
        {
            let _ = words(said, &["@", "é@é", "anna@gmail.com"]);
        }
    }
}
