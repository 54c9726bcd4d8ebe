//! What qmail writes into its log: whole sentences with underscores in the place of blanks, and a slash where a line ended.

/// What stands before such a sentence, after `delivery 5: `: `deferral: Sorry,_I_wasn't_able_to_…`.
const BEFORE: [&str; 2] = ["deferral: ", "failure: "];
/// What begins what qmail writes of a delivery. Other programs' words after a `failure: ` may be a key, which is masked whole.
const DELIVERY: &str = "delivery ";
/// So many underscores make a sentence.
const MANY: usize = 3;

/// The text with the blanks of such sentences.
pub(super) fn spaced(text: String) -> String {
    if !text.contains(DELIVERY) || !BEFORE.iter().any(|before| text.contains(before)) {
        return text;
    }
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn line(line: &str) -> String {
    let begin = BEFORE.iter().filter_map(|before| line.find(before).map(|at| at + before.len())).min();
    let Some((head, sentence)) = begin.map(|at| line.split_at(at)) else { return line.to_owned() };
    if !is_of_qmail(head)
        || sentence.trim_end().contains(' ')
        || sentence.matches('_').nth(MANY - 1).is_none()
    {
        return line.to_owned();
    }
    let ended = sentence.trim_end().trim_end_matches('/');
    format!("{head}{}", ended.replace("./", ". ").replace('_', " "))
}

/// True for `… delivery 5: failure: `.
fn is_of_qmail(head: &str) -> bool {
    let number = head.rsplit_once(DELIVERY).and_then(|(_, rest)| rest.split_once(": "));
    number.is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
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
                "delivery 12: deferral: Connected_to_192.0.2.7_but_greeting_failed./Remote_host_said:_421_busy/",
                "delivery 12: deferral: Connected to 192.0.2.7 but greeting failed. Remote host said: 421 busy",
            ),
            ("delivery 1: failure: a_b", "delivery 1: failure: a_b"),
            ("delivery 1: failure: in a_long_name_here", "delivery 1: failure: in a_long_name_here"),
            ("login failure: SG.Ab3_dEf_hIj_kLm", "login failure: SG.Ab3_dEf_hIj_kLm"),
            ("delivery x: failure: a_b_c_d", "delivery x: failure: a_b_c_d"),
            ("other: a_b_c_d_e", "other: a_b_c_d_e"),
        ] {
            assert_eq!(spaced(logged.to_owned()), told);
        }
    }
}
