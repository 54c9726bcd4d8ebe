//! What qmail writes into its log: whole sentences with underscores in the place of blanks, and a slash where a line ended.

/// What stands before such a sentence: `delivery 5: deferral: Sorry,_I_wasn't_able_to_…`.
const BEFORE: [&str; 2] = ["deferral: ", "failure: "];
/// So many underscores make a sentence.
const MANY: usize = 3;

/// The text with the blanks of such sentences.
pub(super) fn spaced(text: String) -> String {
    if !BEFORE.iter().any(|before| text.contains(before)) {
        return text;
    }
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn line(line: &str) -> String {
    let begin = BEFORE.iter().filter_map(|before| line.find(before).map(|at| at + before.len())).min();
    let Some((head, sentence)) = begin.map(|at| line.split_at(at)) else { return line.to_owned() };
    if sentence.trim_end().contains(' ') || sentence.matches('_').nth(MANY - 1).is_none() {
        return line.to_owned();
    }
    let ended = sentence.trim_end().trim_end_matches('/');
    format!("{head}{}", ended.replace("./", ". ").replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_qmail_get_their_blanks() {
        for (logged, told) in [
            (
                "@4000 delivery 5: failure: Sorry,_I_couldn't_find_any_host_named_x._(#5.1.2)/\n",
                "@4000 delivery 5: failure: Sorry, I couldn't find any host named x. (#5.1.2)\n",
            ),
            (
                "deferral: Connected_to_192.0.2.7_but_greeting_failed./Remote_host_said:_421_busy/",
                "deferral: Connected to 192.0.2.7 but greeting failed. Remote host said: 421 busy",
            ),
            ("failure: a_b", "failure: a_b"),
            ("failure: in a_long_name_here", "failure: in a_long_name_here"),
            ("other: a_b_c_d_e", "other: a_b_c_d_e"),
        ] {
            assert_eq!(spaced(logged.to_owned()), told);
        }
    }
}
