//! Secrets that a text carries and that no answer may repeat.

/// Stands where one was taken out.
const HIDDEN: &str = "…";
/// What a secret stands behind, in lower case, followed by `=`, `:`, a quote or a blank.
const NAMES: [&str; 33] = [
    "password",
    "app password",
    "kennwort",
    "mot de passe",
    "mdp",
    "passcode",
    "contraseña",
    "senha",
    "пароль",
    "密码",
    "passwort",
    "passwd",
    "pass",
    "pwd",
    "passphrase",
    "secret",
    "client_secret",
    "access_token",
    "refresh_token",
    "id_token",
    "token",
    "authorization",
    "bearer",
    "basic",
    "api_key",
    "apikey",
    "api-key",
    "auth plain",
    "auth login",
    "auth xoauth2",
    "?code",
    "&code",
    "code_verifier",
];
/// Words that follow such a name in a sentence and are no secret.
const PLAIN: [&str; 26] = [
    "not",
    "is",
    "was",
    "has",
    "have",
    "and",
    "or",
    "for",
    "the",
    "of",
    "to",
    "wrong",
    "required",
    "incorrect",
    "invalid",
    "expired",
    "missing",
    "request",
    "authentication",
    "command",
    "endpoint",
    "type",
    "failed",
    "auth",
    "error",
    "data",
];

/// What may stand between such a name and the secret in a sentence.
const LINKS: [&str; 10] =
    ["is: ", "is ", "was ", "ist: ", "ist ", "lautet: ", "lautet ", "est : ", "est ", "es "];
/// Words of four letters without a vowel that stand in sentences about mail.
const KNOWN: [&str; 5] = ["smtp", "http", "html", "nntp", "mbps"];
/// So many letters an app password has that is written without blanks.
const BARE: usize = 16;

/// True where words stand in a masked text other than as all that is between quotation marks: so a program is given a password.
pub(super) fn may_be_told(masked: &str, words: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    masked.match_indices(words).any(|(at, words)| {
        let before = masked[..at].chars().next_back();
        let after = masked[at + words.len()..].chars().next();
        // What is known of a word may be its beginning.
        let is_part = before.is_some_and(is_word) && words.starts_with(is_word);
        let is_quoted = before == after && matches!(before, Some('"' | '\'' | '`'));
        !is_part && !is_quoted
    })
}

/// The text without what stands behind such names, and without user names and passwords in addresses.
pub(super) fn masked(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let begins = at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric();
        let named = NAMES
            .iter()
            .filter(|name| begins && lower[at..].starts_with(**name))
            .max_by_key(|name| name.len());
        let is_option = text[..at].ends_with("--");
        let value = named.and_then(|name| value_after(text, at + name.len(), is_option));
        if let Some((from, to)) = value {
            masked.push_str(&text[at..from]);
            masked.push_str(HIDDEN);
            at = to;
            continue;
        }
        if text[at..].starts_with("://") {
            let rest = &text[at + 3..];
            masked.push_str("://");
            at += 3;
            if let Some(sign) = person_in(rest) {
                masked.push_str(HIDDEN);
                at += sign;
            }
            continue;
        }
        if begins && let Some(length) = made_in(&text[at..]) {
            masked.push_str(HIDDEN);
            at += length;
            continue;
        }
        let next = text[at..].chars().next().map_or(1, char::len_utf8);
        masked.push_str(&text[at..at + next]);
        at += next;
    }
    masked
}

/// From where to where a secret stands behind its name, which may be that of an option; `None`: what follows is a sentence.
fn value_after(text: &str, end: usize, is_option: bool) -> Option<(usize, usize)> {
    if let Some(told) = told_after(text, end) {
        return Some(told);
    }
    let rest = &text[end..];
    let sign = ['"', '\'', ' ', '=', ':', '：', '-', '>'];
    let signs = rest.len() - rest.trim_start_matches(sign).len();
    let sign = &rest[..signs];
    let value = &rest[signs..];
    let quote = sign.chars().next_back().filter(|sign| matches!(sign, '"' | '\''));
    // `pass -> x`, `<pass>x</pass>`, `--pass x`, and the colon of Chinese.
    let assigned = sign.contains(['=', ':', '：', '>']) || (is_option && sign == " ");
    let length = if let (Some(quote), true) = (quote, assigned) {
        // The other mark may be part of it, and this one behind a backslash.
        let is_escaped =
            |at: usize| value[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        let end = value.match_indices(quote).map(|(at, _)| at).find(|at| !is_escaped(*at));
        end.unwrap_or(value.len())
    } else {
        let in_quotes = quote.and_then(|quote| quoted_word(value, quote));
        let length = in_quotes.unwrap_or_else(|| unquoted(value, &text[..end], sign));
        // `Authorization: Bearer abc` has its secret behind the second name.
        let word = value[..length].trim_end_matches(['.', ':', '!']).to_ascii_lowercase();
        let is_word = PLAIN.contains(&word.as_str()) || NAMES.contains(&word.as_str());
        if let Some(groups) = app_password(value) {
            groups
        } else if is_word
            || !(assigned || in_quotes.is_some() || (sign == " " && looks_secret(&value[..length])))
        {
            return None;
        } else {
            length
        }
    };
    (length > 0).then_some((end + signs, end + signs + length))
}

/// How long a secret without quotation marks is: up to what cannot be part of one where it stands.
fn unquoted(value: &str, before: &str, sign: &str) -> usize {
    let is_tag = sign.ends_with('>');
    // `?code=…&scope=…`, and a form.
    let is_query = before.rfind(char::is_whitespace).map_or(before, |at| &before[at..]).contains(['?', '&']);
    let ends = |c: char| {
        c.is_whitespace()
            || (c == '&' && is_query)
            || (c == '<' && is_tag)
            || (c == '"' && sign.contains('"'))
    };
    let length = value.find(ends).unwrap_or(value.len());
    // Another setting may follow without a blank: `Password=x;Server=y`.
    let follows = |at: usize| {
        let rest = value[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
        rest.starts_with('=') && value[at + 1..].len() - rest.len() > 1
    };
    let next = value[..length].match_indices([',', ';', '&']).map(|(at, _)| at).find(|at| follows(*at));
    let length = next.unwrap_or(length);
    // What closes a sentence or a list is not of it.
    value[..length].trim_end_matches([',', ';', '.', ')', '}', ']', '"', '\'']).len()
}

/// From where to where something stands that can only be a secret, where a sentence tells it: `my password is …`.
fn told_after(text: &str, end: usize) -> Option<(usize, usize)> {
    let rest = text[end..].strip_prefix(' ')?;
    let link = LINKS.iter().find(|link| rest.starts_with(**link)).map_or(0, |link| link.len());
    let value = &rest[link..];
    let word = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
    let is_bare = word == BARE && value[..word].bytes().all(|byte| byte.is_ascii_lowercase());
    let is_mixed = link > 0 && looks_secret(&value[..word]);
    let length = app_password(value).or_else(|| (is_bare || is_mixed).then_some(word))?;
    let from = end + 1 + link;
    Some((from, from + length))
}

/// How long an app password of four groups of four letters is, as Google shows it; `None`: it is none.
fn app_password(value: &str) -> Option<usize> {
    const WRITTEN: usize = 4 * 4 + 3;
    let written = value.get(..WRITTEN)?;
    let of_four = |group: &str| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_one = written.split(' ').count() == 4 && written.split(' ').all(of_four);
    let ends = !value[WRITTEN..].starts_with(|c: char| c.is_alphanumeric());
    // Four words of four letters are a sentence, too, if one of them is written so in any.
    (is_one && ends && !written.split(' ').any(|group| PLAIN.contains(&group))).then_some(WRITTEN)
}

/// How long a run of groups of four letters is that holds an app password, as Google shows it; `None`: they are
/// words. One of its groups has no vowel, as in four of five app passwords; which of more than four groups it is
/// nobody can tell.
fn made_in(text: &str) -> Option<usize> {
    let is_group = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let ends = |c: char| !c.is_ascii_lowercase() && c != ' ';
    let run: Vec<&str> =
        text[..text.find(ends).unwrap_or(text.len())].split(' ').take_while(is_group).collect();
    let is_word = |group: &&str| group.contains(['a', 'e', 'i', 'o', 'u', 'y']) || KNOWN.contains(group);
    let length = run.len() * 5;
    let ended = !text.get(length.saturating_sub(1)..)?.starts_with(|c: char| c.is_alphanumeric());
    (run.len() >= 4 && ended && !run.iter().all(is_word)).then(|| length - 1)
}

/// Where user name and password end in what stands behind `://`.
fn person_in(rest: &str) -> Option<usize> {
    let until = |ends: &str| {
        let end = rest.find(|c: char| c.is_whitespace() || ends.contains(c));
        &rest[..end.unwrap_or(rest.len())]
    };
    let place = until("/?#'\"<>");
    // A password may hold what no address should (RFC 3986 §3.2.1); a port has digits only.
    let begins = place.split_once(':').is_some_and(|(_, rest)| rest.contains(|c: char| !c.is_ascii_digit()));
    place.rfind('@').or_else(|| until("/").find('@').filter(|_| begins))
}

/// How long one word is, up to the quotation mark that ends it.
fn quoted_word(value: &str, quote: char) -> Option<usize> {
    let word = value.split(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_end_matches([',', ';', '.', ')', '}', ']', ':', '!']);
    word.strip_suffix(quote).map(str::len).filter(|length| *length >= 4)
}

/// Long, or of letters and digits mixed: what people do not write behind `token` in a sentence.
fn looks_secret(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    word.len() >= 8 && (word.ends_with('=') || (digits > 0 && letters > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_alone_between_quotation_marks_may_be_a_password() {
        for (masked, words, told) in [
            ("login('a@example.com', 'queue')", "queue", false),
            ("login('a@example.com', 'queue') the queue", "queue", true),
            ("'the queue'", "queue", true),
            ("expires", "expir", true),
            ("airport", "port", false),
            ("", "port", false),
        ] {
            assert_eq!(may_be_told(masked, words), told, "{masked}: {words}");
        }
    }

    #[test]
    fn secrets_are_hidden_and_sentences_stay() {
        for (text, expected) in [
            ("auth: { user: 'a', pass: 'abcd efgh ijkl mnop' }", "auth: { user: 'a', pass: '…' }"),
            ("Authorization: Bearer abc123def456", "Authorization: Bearer …"),
            ("AUTH PLAIN AGEAYg1234==", "AUTH PLAIN …"),
            ("smtp://anna:geheim@mail.example.org:587", "smtp://…@mail.example.org:587"),
            (r#"{"refresh_token":"x","error":"y"}"#, r#"{"refresh_token":"…","error":"y"}"#),
            ("http://localhost/?code=4/abc&scope=x", "http://localhost/?code=…&scope=x"),
            ("Username and Password not accepted", "Username and Password not accepted"),
            ("Password command failed: 535", "Password command failed: 535"),
            ("The refresh token has expired", "The refresh token has expired"),
            ("password=hunter2, host", "password=…, host"),
            ("<password>relay</password>", "<password>…</password>"),
            ("pass -> relay, mdp : relay", "pass -> …, mdp : …"),
            ("mail --password relay --from a", "mail --password … --from a"),
            ("密码：relay", "密码：…"),
            ("the password relay", "the password relay"),
            ("password-based - as ever", "password-based - as ever"),
            ("wrong password 'hunter2secret'", "wrong password '…'"),
            ("no field \"password\" in \"form\"", "no field \"password\" in \"form\""),
            ("the app password abcd efgh ijkl mnop is wrong", "the app password … is wrong"),
            ("my app password is abcd efgh ijkl mnop, and", "my app password is …, and"),
            ("Mein App-Passwort lautet abcd efgh ijkl mnop", "Mein App-Passwort lautet …"),
            ("with password abcdefghijklmnop", "with password …"),
            ("the password was hunter2secret.", "the password was …."),
            ("the password is wrong, says the server", "the password is wrong, says the server"),
            ("the password is authentication data", "the password is authentication data"),
            ("mot de passe hunter2secret invalide", "mot de passe … invalide"),
            ("密码 hunter2secret 错误", "密码 … 错误"),
            ("responseCode: 535", "responseCode: 535"),
            ("not accepted. gsmtp abcd efgh kqjx mnop", "not accepted. gsmtp …"),
            ("MAIL_PASSWORD=abcd efgh ijkl mnop\nMAIL", "MAIL_PASSWORD=…\nMAIL"),
            ("open your smtp port with care", "open your smtp port with care"),
            ("with your mail sent from here", "with your mail sent from here"),
            ("password=Tr0ub4dor&3 host=smtp.gmail.com", "password=… host=smtp.gmail.com"),
            ("password=Geheim$2024;x", "password=…"),
            ("Password=abc123;Server=smtp.gmail.com", "Password=…;Server=smtp.gmail.com"),
            ("password=abc123,port=587", "password=…,port=587"),
            ("{\"password\":\"ab\\\"SECRET99x\",\"a\":1}", "{\"password\":\"…\",\"a\":1}"),
            ("with your code kqjx abcd efgh mnop", "…"),
            ("google says abcd efgh kqjx mnop", "google …"),
            (
                "{\"url\":\"https://smtp.gmail.com\",\"to\":\"c@d\"}",
                "{\"url\":\"https://smtp.gmail.com\",\"to\":\"c@d\"}",
            ),
            ("https://a.example?login_hint=anna@b.example", "https://a.example?login_hint=anna@b.example"),
            ("pwd: x<y>z12345, next", "pwd: …, next"),
            ("wrong password \"ab'cd\"ef99\"", "wrong password \"…\""),
            ("password: \"it's me\"", "password: \"…\""),
            ("smtp://anna:ab'cd\"ef99@smtp.gmail.com:587", "smtp://…@smtp.gmail.com:587"),
            ("smtp://anna:x<y>z12345@smtp.gmail.com:587", "smtp://…@smtp.gmail.com:587"),
            ("{\"url\":\"smtp://a:b@mail\",\"to\":\"c@d\"}", "{\"url\":\"smtp://…@mail\",\"to\":\"c@d\"}"),
            ("https://mail.example.org?a=b, write to c@d", "https://mail.example.org?a=b, write to c@d"),
            ("é://é@é", "é://…@é"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
