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
            let end = rest.find(|c: char| c.is_whitespace() || "/?#'\"<>".contains(c)).unwrap_or(rest.len());
            masked.push_str("://");
            at += 3;
            if let Some(sign) = rest[..end].rfind('@') {
                masked.push_str(HIDDEN);
                at += sign;
            }
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
    let quoted = sign.ends_with(['"', '\'']);
    // `pass -> x`, `<pass>x</pass>`, `--pass x`, and the colon of Chinese.
    let assigned = sign.contains(['=', ':', '：', '>']) || (is_option && sign == " ");
    let length = if quoted && assigned {
        value.find(['"', '\'']).unwrap_or(value.len())
    } else {
        let length =
            value.find(|c: char| c.is_whitespace() || ",;&'\"<>)}]".contains(c)).unwrap_or(value.len());
        // `Authorization: Bearer abc` has its secret behind the second name.
        let word = value[..length].trim_end_matches(['.', ':', '!']).to_ascii_lowercase();
        let is_word = PLAIN.contains(&word.as_str()) || NAMES.contains(&word.as_str());
        if !assigned && let Some(groups) = app_password(value) {
            groups
        } else if is_word
            || !(assigned || (quoted && is_quoted(value)) || (sign == " " && looks_secret(&value[..length])))
        {
            return None;
        } else {
            length
        }
    };
    (length > 0).then_some((end + signs, end + signs + length))
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

/// True for one word up to the quote that ends it.
fn is_quoted(value: &str) -> bool {
    let word = value.split(['"', '\'']).next().unwrap_or_default();
    word.len() < value.len() && word.len() >= 4 && !word.contains(char::is_whitespace)
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
            ("é://é@é", "é://…@é"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
