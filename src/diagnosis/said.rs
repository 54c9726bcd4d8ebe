//! What a server said, made comparable.

/// The text in lower case and on one line: the reply code (`535-`) and the enhanced code (`5.7.8`) at the
/// beginning of each line are left out, since rules name them apart, and a sentence that a server broke over
/// several reply lines is whole again.
pub(super) fn flatten(said: &str) -> String {
    let mut words = Vec::new();
    for line in said.lines() {
        let mut rest = line.split_whitespace().peekable();
        if let Some(first) = rest.peek() {
            // `535`, or `535-5.7.8` where no blank follows the dash.
            let code = first.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            match (code, first.get(3..)) {
                (Some(_), Some("")) => drop(rest.next()),
                (Some(_), Some(tail)) if tail.starts_with('-') => {
                    let tail = &tail[1..];
                    rest.next();
                    if !tail.is_empty() && !is_enhanced(tail) {
                        words.push(tail.to_lowercase());
                    }
                }
                _ => {}
            }
        }
        if rest.peek().is_some_and(|word| is_enhanced(word)) {
            rest.next();
        }
        words.extend(rest.map(str::to_lowercase));
    }
    words.join(" ")
}

/// True when the pattern occurs in the flattened text. `*` in a pattern stands for any words between two parts
/// that must come in this order; that is all the pattern language there is, so data needs no regex engine.
pub(super) fn contains(flat: &str, pattern: &str) -> bool {
    let mut rest = flat;
    for part in pattern.split('*') {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// `5.7.8`: class, subject and detail (RFC 3463 §2).
fn is_enhanced(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().is_some_and(|class| matches!(class, "2" | "4" | "5"));
    let mut number = || {
        parts
            .next()
            .is_some_and(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    class && number() && number() && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_of_several_lines_becomes_one_sentence_without_codes() {
        let said = "535-5.7.8 Username and Password not\r\n535 5.7.8  accepted. p=BadCredentials";
        assert_eq!(flatten(said), "username and password not accepted. p=badcredentials");
    }

    #[test]
    fn only_codes_at_the_beginning_of_a_line_are_left_out() {
        for (said, flat) in [
            ("Username 535 5.7.8", "username 535 5.7.8"),
            ("550 5.4.5 Daily", "daily"),
            ("5.7.1 Denied", "denied"),
            ("550-Denied", "denied"),
            ("550-\n550 Denied", "denied"),
            ("1.2.3.4 is listed", "1.2.3.4 is listed"),
            ("ünï", "ünï"),
            ("  \n", ""),
        ] {
            assert_eq!(flatten(said), flat, "{said}");
        }
    }

    #[test]
    fn the_parts_of_a_pattern_come_in_order() {
        assert!(contains("sender address is not allowed", "sender*not allowed"));
        assert!(!contains("not allowed for this sender", "sender*not allowed"));
        assert!(!contains("sender", "sender*sender"));
        assert!(!contains("", "a"));
    }
}
