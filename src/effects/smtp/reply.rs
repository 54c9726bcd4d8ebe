//! [`Reply`]: what the server said to a command (RFC 5321 §4.2), and [`Offers`]: what it said to EHLO.

/// A whole reply, of one line or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits, 200 to 599.
    pub code: u16,
    /// The enhanced status code of RFC 3463, when the first line has one of the same class.
    pub enhanced: Option<String>,
    /// The text of each line, without code and enhanced code, as the server wrote it.
    pub lines: Vec<String>,
}

/// A line of a reply.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The three digits.
    pub code: u16,
    /// True when another line follows.
    pub more: bool,
    /// What stands behind them.
    pub text: &'a str,
}

impl<'a> Line<'a> {
    /// Reads `250-text`, `250 text` or `250`; `None` when it is nothing of the kind.
    #[must_use]
    pub fn parse(line: &'a str) -> Option<Self> {
        let (digits, rest) = line.split_at_checked(3)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let code = digits.parse().ok().filter(|code| (200..600).contains(code))?;
        let (more, text) = match rest.as_bytes().first() {
            None => (false, ""),
            Some(b' ') => (false, &rest[1..]),
            Some(b'-') => (true, &rest[1..]),
            Some(_) => return None,
        };
        Some(Self { code, more, text })
    }
}

impl Reply {
    /// Puts the lines together.
    #[must_use]
    pub fn new(code: u16, lines: Vec<String>) -> Self {
        let enhanced = lines.first().and_then(|line| enhanced_code(code, line)).map(str::to_owned);
        // Servers repeat the enhanced code on every line (RFC 2034 §4); it is told once.
        let lines = match &enhanced {
            None => lines,
            Some(enhanced) => lines
                .into_iter()
                .map(|line| {
                    line.strip_prefix(enhanced.as_str()).map_or(line.clone(), |l| l.trim_start().to_owned())
                })
                .collect(),
        };
        Self { code, enhanced, lines }
    }

    /// All lines joined by a blank; not cleaned.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }

    /// The reply as the server wrote it, on one line; not cleaned.
    #[must_use]
    pub fn whole(&self) -> String {
        let enhanced = self.enhanced.as_deref().unwrap_or_default();
        [self.code.to_string().as_str(), enhanced, &self.text()].join(" ")
    }
}

/// `5.7.8` at the start of a line, if its class is that of the reply (RFC 2034 §4, RFC 3463 §2).
fn enhanced_code(code: u16, line: &str) -> Option<&str> {
    let word = line.split(' ').next()?;
    let mut parts = word.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let fits =
        parts.next().is_none() && class == (code / 100).to_string() && number(subject) && number(detail);
    fits.then_some(word)
}

/// What the server offers (RFC 5321 §4.1.1.1). Forgotten when encryption begins (RFC 3207 §4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// The mechanisms of AUTH (RFC 4954 §3), in capitals.
    pub mechanisms: Vec<String>,
}

impl Offers {
    /// Reads the lines of a reply to EHLO; keywords are compared without case, the first line is a greeting.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.trim().to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                Some("PIPELINING") => offers.pipelining = true,
                Some("AUTH") => offers.add(words),
                // `AUTH=LOGIN PLAIN` is an old form that some servers still print beside the right one.
                Some(word) => {
                    if let Some(first) = word.strip_prefix("AUTH=") {
                        offers.add(std::iter::once(first).chain(words));
                    }
                }
                None => {}
            }
        }
        offers
    }

    fn add<'a>(&mut self, mechanisms: impl Iterator<Item = &'a str>) {
        for mechanism in mechanisms.filter(|name| !name.is_empty()) {
            if !self.mechanisms.iter().any(|known| known == mechanism) {
                self.mechanisms.push(mechanism.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_or_refused() {
        assert_eq!(Line::parse("250-SIZE 1"), Some(Line { code: 250, more: true, text: "SIZE 1" }));
        assert_eq!(Line::parse("354 "), Some(Line { code: 354, more: false, text: "" }));
        assert_eq!(Line::parse("235"), Some(Line { code: 235, more: false, text: "" }));
        for line in [
            "",
            "25",
            "2x0 a",
            "250x",
            "+OK ready",
            "HTTP/1.1 400",
            "199 a",
            "600 a",
            "\u{e9}\u{e9}",
            "+25 a",
        ] {
            assert_eq!(Line::parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn the_enhanced_code_is_taken_once() {
        let lines = ["5.7.8 Username and Password not accepted.", "5.7.8 see https://x.example"];
        let reply = Reply::new(535, lines.map(str::to_owned).to_vec());
        assert_eq!(reply.enhanced.as_deref(), Some("5.7.8"));
        assert_eq!(reply.text(), "Username and Password not accepted. see https://x.example");
        assert_eq!(reply.whole(), format!("535 5.7.8 {}", reply.text()));
    }

    #[test]
    fn what_only_looks_like_an_enhanced_code_is_text() {
        for line in
            ["2.7.8 other class", "5.7.8x", "5.7", "5.7.8.9 x", "5..8 x", "5.7.1234 x", "127.0.0.1 x", ""]
        {
            assert_eq!(Reply::new(535, vec![line.to_owned()]).enhanced, None, "{line}");
        }
        assert_eq!(Reply::new(535, vec!["5.7.139".to_owned()]).enhanced.as_deref(), Some("5.7.139"));
    }

    #[test]
    fn keywords_have_no_case_and_the_greeting_is_none() {
        let lines =
            ["STARTTLS auth", "StartTLS", "auth plain Login", "AUTH=LOGIN XOAUTH2", "pipelining", "SIZE 1"];
        let offers = Offers::of(&Reply::new(250, lines.map(str::to_owned).to_vec()));
        assert!(offers.starttls && offers.pipelining);
        assert_eq!(offers.mechanisms, ["PLAIN", "LOGIN", "XOAUTH2"]);
        let only = Offers::of(&Reply::new(250, vec!["STARTTLS".to_owned()]));
        assert_eq!(only, Offers::default());
    }
}
