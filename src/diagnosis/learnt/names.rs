//! The parts of names that programmers make of several words, such as `SMTPAuthenticationError`, `sendMail` or `MAIL_HOST`: few posts
//! have the whole, and many its parts.

/// Shorter names have no parts.
const SHORTEST: usize = 4;

/// The parts of all names of a text that have several, in lower case; single letters are left out.
pub(super) fn parts(text: &str) -> impl Iterator<Item = String> {
    let names = text.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
    let parts = names.filter(|name| name.len() >= SHORTEST).flat_map(|name| {
        let parts = split(name);
        if parts.len() > 1 { parts } else { Vec::new() }
    });
    parts.filter(|part| part.len() > 1).map(str::to_ascii_lowercase)
}

/// Splits a name of ASCII letters at its underscores, and where a capital begins a word.
fn split(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for whole in name.split('_').filter(|part| !part.is_empty()) {
        let letters = whole.as_bytes();
        let mut from = 0;
        for at in 1..letters.len() {
            let begins = letters[at].is_ascii_uppercase()
                && (letters[at - 1].is_ascii_lowercase()
                    || letters.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if begins {
                parts.push(&whole[from..at]);
                from = at;
            }
        }
        parts.push(&whole[from..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_apart_where_a_word_begins() {
        for (text, expected) in [
            ("SMTPAuthenticationError", "smtp authentication error"),
            ("sendMail()", "send mail"),
            ("MAIL_HOST=smtp.example.com", "mail host"),
            ("org.example.MailSendException: no", "mail send exception"),
            ("__init__ a_b aB SMTP Mail mail", ""),
            ("getX5Mail éÜber", "get"),
            ("", ""),
        ] {
            assert_eq!(parts(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
