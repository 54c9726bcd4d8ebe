//! The daily check as systemd and cron write it. No I/O: texts in, texts out.

/// The units' name, without their endings.
pub const UNIT: &str = "mailkey-verify";

/// The first line of every unit that mailkey wrote; one without it is somebody else's.
const MARK: &str = "# Written by `mailkey schedule`; `mailkey schedule --remove` removes it.";

/// The end of the one line of cron that is ours.
const CRON_MARK: &str = "# mailkey schedule";

/// When cron calls: not at midnight, when everybody else does.
const CRON_TIME: &str = "23 9 * * *";

/// What is to be run each day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daily {
    /// The program and its arguments; the program is an absolute path.
    pub words: Vec<String>,
    /// Variables that the program needs to find what is kept, where folders are not the usual ones.
    pub variables: Vec<(&'static str, String)>,
}

impl Daily {
    /// The service (systemd.service(5)).
    #[must_use]
    pub fn service(&self) -> String {
        let mut variables = String::new();
        for (name, value) in &self.variables {
            let word = unit_word(&format!("{name}={value}"), false);
            variables.extend(["Environment=", &word, "\n"]);
        }
        let words: Vec<String> = self.words.iter().map(|word| unit_word(word, true)).collect();
        format!(
            "{MARK}\n[Unit]\nDescription=Check the keys that mailkey keeps\n\n\
             [Service]\nType=oneshot\n{variables}ExecStart={}\n",
            words.join(" ")
        )
    }

    /// The timer (systemd.timer(5)): daily, made up for after the machine was off, and not all machines at once.
    #[must_use]
    pub fn timer() -> String {
        format!(
            "{MARK}\n[Unit]\nDescription=Check the keys that mailkey keeps every day\n\n\
             [Timer]\nOnCalendar=daily\nPersistent=true\nRandomizedDelaySec=1h\n\n\
             [Install]\nWantedBy=timers.target\n"
        )
    }

    /// What cannot stand in one line: a control character would end it, or be lost.
    #[must_use]
    pub fn unwritable(&self) -> Option<&str> {
        let values = self.variables.iter().map(|(_, value)| value);
        self.words.iter().chain(values).map(String::as_str).find(|text| text.contains(char::is_control))
    }

    /// The line for cron (crontab(5)).
    #[must_use]
    pub fn cron_line(&self) -> String {
        let variables = self.variables.iter().map(|(name, value)| format!("{name}={}", shell_word(value)));
        let words = self.words.iter().map(|word| shell_word(word));
        let command = variables.chain(words).collect::<Vec<_>>().join(" ");
        // Cron ends the command at a bare percent sign and gives it the rest as input.
        format!("{CRON_TIME} {} {CRON_MARK}", command.replace('%', r"\%"))
    }
}

/// True for a unit that mailkey wrote.
#[must_use]
pub fn is_ours(unit: &str) -> bool {
    unit.starts_with(MARK)
}

/// A table of cron without our line, and with `line` at its end; every other line stays as it is.
#[must_use]
pub fn cron_table(table: &str, line: Option<&str>) -> String {
    let is_ours = |line: &&str| line.trim_end().ends_with(CRON_MARK);
    let mut lines: Vec<&str> = table.lines().filter(|line| !is_ours(line)).collect();
    lines.extend(line);
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// A word of a unit file (systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers"; in commands a dollar sign begins
/// a variable, systemd.service(5), "Command lines").
fn unit_word(word: &str, is_command: bool) -> String {
    let mut text = String::new();
    for c in word.chars() {
        match c {
            '\\' | '"' => text.extend(['\\', c]),
            '%' => text.push_str("%%"),
            '$' if is_command => text.push_str("$$"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            c => text.push(c),
        }
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%$".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text } else { format!("\"{text}\"") }
}

/// A word for /bin/sh, which cron starts (POSIX.1-2017, XCU §2.2.2).
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daily(words: &[&str]) -> Daily {
        Daily { words: words.iter().map(|word| (*word).to_owned()).collect(), variables: Vec::new() }
    }

    #[test]
    fn words_stay_words_whatever_is_in_them() {
        for (word, unit, shell) in [
            ("/usr/bin/mailkey", "/usr/bin/mailkey", "/usr/bin/mailkey"),
            ("--warn-days", "--warn-days", "--warn-days"),
            ("/opt/my keys/é", "\"/opt/my keys/é\"", "'/opt/my keys/é'"),
            ("100%", "100%%", r"'100\%'"),
            ("$HOME", "$$HOME", "'$HOME'"),
            ("it's \"so\"", r#""it's \"so\"""#, r#"'it'\''s "so"'"#),
            (r"a\b", r#""a\\b""#, r"'a\b'"),
            ("", "\"\"", "''"),
        ] {
            let daily = daily(&[word]);
            assert!(daily.service().ends_with(&format!("ExecStart={unit}\n")), "{}", daily.service());
            let expected = format!("23 9 * * * {shell} # mailkey schedule");
            assert_eq!(daily.cron_line(), expected);
        }
    }

    #[test]
    fn what_would_be_two_lines_is_found() {
        for (words, variable, found) in [
            (["/bin/mailkey", "a b"], "/srv", None),
            (["/bin/mailkey", "a\nb"], "/srv", Some("a\nb")),
            (["/bin/mailkey", "a\rb"], "/srv", Some("a\rb")),
            (["/bin/mailkey", "a"], "/srv\n", Some("/srv\n")),
        ] {
            let variables = vec![("XDG_CONFIG_HOME", variable.to_owned())];
            assert_eq!(Daily { variables, ..daily(&words) }.unwritable(), found);
        }
    }

    #[test]
    fn folders_that_are_not_the_usual_ones_go_along() {
        let variables = vec![("XDG_CONFIG_HOME", "/srv/a b".to_owned())];
        let daily = Daily { variables, ..daily(&["/bin/mailkey", "verify"]) };
        assert!(
            daily.service().contains("Environment=\"XDG_CONFIG_HOME=/srv/a b\"\n"),
            "{}",
            daily.service()
        );
        assert!(daily.cron_line().contains(" XDG_CONFIG_HOME='/srv/a b' /bin/mailkey verify #"));
    }

    #[test]
    fn a_table_keeps_every_line_that_is_not_ours() {
        let others =
            "MAILTO=anna\n# mailkey schedules nothing here\n5 4 * * * echo '# mailkey schedule' there\n";
        let line = daily(&["/bin/mailkey"]).cron_line();
        let with = cron_table(others, Some(&line));
        assert_eq!(with, format!("{others}{line}\n"));
        assert_eq!(cron_table(&with, Some(&line)), with, "once");
        assert_eq!(cron_table(&with, None), others);
        // Not even where the last line has no end.
        assert_eq!(cron_table(others.trim_end(), Some(&line)), with);
        assert_eq!(cron_table("", None), "");
    }

    #[test]
    fn units_say_whose_they_are() {
        assert!(is_ours(&daily(&["/bin/mailkey"]).service()) && is_ours(&Daily::timer()));
        assert!(!is_ours("[Unit]\nDescription=mine\n"));
    }
}
