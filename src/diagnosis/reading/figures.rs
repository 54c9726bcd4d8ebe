//! What programs in Rust write of a server's answer: lettre and async-smtp tell its code in words, and nothing else.

use super::plain::around;

/// Where such a code begins and ends.
const CODE: (&str, char) = ("Code {", '}');
/// What stands between such a code and the server's words.
const BETWEEN: [&str; 3] = [", message: [\"", "), source: \"", "), source: Some(\""];
/// How those words end.
const ENDS: [&str; 2] = ["\"] }", "\" }"];
/// A code is looked for no further than this many bytes, and the end of the words neither: a log may break off anywhere.
const LONGEST: (usize, usize) = (200, 2000);
/// The words of the three digits (RFC 5321 §4.2.1).
const DIGITS: [(&str, &[(&str, char)]); 3] = [
    (
        "severity",
        &[
            ("PositiveCompletion", '2'),
            ("PositiveIntermediate", '3'),
            ("TransientNegativeCompletion", '4'),
            ("PermanentNegativeCompletion", '5'),
        ],
    ),
    (
        "category",
        &[
            ("Syntax", '0'),
            ("Information", '1'),
            ("Connections", '2'),
            ("Unspecified3", '3'),
            ("Unspecified4", '4'),
            ("MailSystem", '5'),
        ],
    ),
    (
        "detail",
        &[
            ("Zero", '0'),
            ("One", '1'),
            ("Two", '2'),
            ("Three", '3'),
            ("Four", '4'),
            ("Five", '5'),
            ("Six", '6'),
            ("Seven", '7'),
            ("Eight", '8'),
            ("Nine", '9'),
        ],
    ),
];

/// The text with such codes in figures and the server's words right behind them; where no words are told, nothing changes.
pub(super) fn in_figures(text: String) -> String {
    if !text.contains("NegativeCompletion") {
        return text;
    }
    let mut told = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(CODE.0) {
        let (before, from) = rest.split_at(at);
        told.push_str(before);
        if let Some((figures, words, after)) = answer(from) {
            told.extend([&figures, " ", &words.replace("\", \"", " "), "\n"]);
            rest = after;
        } else {
            told.push_str(CODE.0);
            rest = &from[CODE.0.len()..];
        }
    }
    told.push_str(rest);
    told
}

/// The code, the words and what stands behind them, of an answer at the beginning of this.
fn answer(from: &str) -> Option<(String, &str, &str)> {
    let from = &from[CODE.0.len()..];
    let (body, _) = around(from, 0, LONGEST.0).split_once(CODE.1)?;
    let figures = figures(body)?;
    let after = &from[body.len() + CODE.1.len_utf8()..];
    let words = BETWEEN.iter().find_map(|between| after.strip_prefix(between))?;
    let near = around(words, 0, LONGEST.1);
    let (said, end) = ENDS.iter().find_map(|end| near.find(end).map(|at| (&words[..at], at + end.len())))?;
    Some((figures, said, &words[end..]))
}

/// `severity: PermanentNegativeCompletion, category: MailSystem, detail: Zero` as `550`.
fn figures(body: &str) -> Option<String> {
    let mut fields = body.split(',').map(str::trim);
    DIGITS
        .iter()
        .map(|(name, words)| {
            let word = fields.next()?.strip_prefix(name)?.strip_prefix(':')?.trim();
            words.iter().find(|(known, _)| *known == word).map(|(_, digit)| *digit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_words_are_told_in_figures() {
        for (written, told) in [
            (
                "Transient(Response { code: Code { severity: TransientNegativeCompletion, category: Connections, \
                 detail: One }, message: [\"4.4.2\", \"timeout\"] })",
                "Transient(Response { code: 421 4.4.2 timeout\n)",
            ),
            (
                "Error { kind: Permanent(Code { severity: PermanentNegativeCompletion, category: MailSystem, \
                 detail: Three }), source: \"not in my list\" }",
                "Error { kind: Permanent(553 not in my list\n",
            ),
            (
                "Code {\n severity: PermanentNegativeCompletion,\n category: Unspecified3,\n detail: Five,\n}, \
                 message: [\"no\"] }",
                "535 no\n",
            ),
            ("Code { no: NegativeCompletion }", "Code { no: NegativeCompletion }"),
            ("NegativeCompletion Code {", "NegativeCompletion Code {"),
            (
                "Code { severity: NegativeCompletion }, message: [\"no\"] }",
                "Code { severity: NegativeCompletion }, message: [\"no\"] }",
            ),
        ] {
            assert_eq!(in_figures(written.to_owned()), told);
        }
    }
}
