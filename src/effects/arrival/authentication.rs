//! Reading `Authentication-Results` (RFC 8601): what the receiving server found out about the sender.

use crate::model::arrival::Authentication;

/// The results that RFC 8601 §2.7 and RFC 7489 §11.2 name. Anything else is not shown.
const RESULTS: [&str; 11] = [
    "none",
    "pass",
    "fail",
    "softfail",
    "neutral",
    "policy",
    "temperror",
    "permerror",
    "hardfail",
    "bestguesspass",
    "discard",
];
/// A field has a handful; a stranger may write more.
const MAX_PARTS: usize = 64;

/// Reads the value of one field. `None`: it names no result, or it is none of that form.
pub(super) fn read(value: &str) -> Option<Authentication> {
    let value = without_comments(value)?;
    let parts = parts(&value);
    // The first part names who speaks. Microsoft leaves that out.
    parts.first().filter(|server| !server.trim().is_empty())?;
    let mut found = Authentication::default();
    for part in parts.into_iter().take(MAX_PARTS) {
        let Some((method, result)) = method_and_result(&part) else { continue };
        let place = match method.as_str() {
            "spf" => &mut found.spf,
            "dkim" => &mut found.dkim,
            "dmarc" => &mut found.dmarc,
            _ => continue,
        };
        // A message may have several signatures, of which one that is good is enough.
        if place.is_none() || result == "pass" {
            *place = Some(result);
        }
    }
    (found != Authentication::default()).then_some(found)
}

/// `dkim=pass`, `dkim/1 = pass reason="…" header.d=example.org`.
fn method_and_result(part: &str) -> Option<(String, String)> {
    let (method, rest) = part.split_once('=')?;
    let method = method.trim().split('/').next()?.trim().to_ascii_lowercase();
    let result = rest.trim_start().split([' ', '\t']).next()?.to_ascii_lowercase();
    RESULTS.contains(&result.as_str()).then_some((method, result))
}

/// The value without what stands in parentheses, which may nest and hold quoted signs (RFC 5322 §3.2.2); `None`: one
/// does not end.
fn without_comments(value: &str) -> Option<String> {
    let (mut kept, mut depth, mut quoted) = (String::with_capacity(value.len()), 0_usize, false);
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if depth > 0 || quoted => {
                let next = characters.next()?;
                if depth == 0 {
                    kept.extend([character, next]);
                }
                continue;
            }
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => {
                depth -= 1;
                kept.push(' ');
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            kept.push(character);
        }
    }
    (depth == 0 && !quoted).then_some(kept)
}

/// What semicolons separate, those inside quotes not counted.
fn parts(value: &str) -> Vec<String> {
    let (mut parts, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for character in value.chars() {
        match character {
            ';' if !quoted => {
                parts.push(String::new());
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_as(value: &str) -> String {
        let Some(found) = read(value) else { return String::new() };
        let all = [found.spf, found.dkim, found.dmarc];
        all.map(|result| result.unwrap_or_else(|| "-".to_owned())).join(" ")
    }

    #[test]
    fn fields_as_servers_write_them() {
        for (value, expected) in [
            (
                "mx.google.com; dkim=pass header.i=@example.org header.s=s1 header.b=ab; spf=pass (google.com: \
                 domain of anna@example.org designates 192.0.2.1; as permitted) smtp.mailfrom=anna@example.org; \
                 dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.org",
                "pass pass pass",
            ),
            (
                "spf=softfail (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none (message not signed) \
                 header.d=none;dmarc=fail action=quarantine header.from=example.org;compauth=fail reason=000",
                "softfail none fail",
            ),
            ("example.com 1; none", ""),
            ("example.com; spf = pass", "pass - -"),
            ("example.com; dkim=fail; dkim=pass; dkim=neutral", "- pass -"),
            ("example.com; dkim/1=pass (a (b) \\) c) reason=\"x; spf=fail\"", "- pass -"),
            ("example.com; spf=perfect; dmarc=PASS", "- - pass"),
            ("example.com; auth=pass smtp.auth=anna", ""),
            ("example.com; spf=pass (open", ""),
            ("; spf=pass", ""),
            ("", ""),
        ] {
            assert_eq!(read_as(value), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_fault(value in "[ -~\t]{0,300}") {
            if let Some(found) = read(&value) {
                for (_, result) in found.results() {
                    prop_assert!(RESULTS.contains(&result));
                }
            }
        }
    }
}
