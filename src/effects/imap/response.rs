//! [`Response`]: what a server said, taken apart (RFC 3501 §7, §9). Nothing here reads from a connection.

use zeroize::Zeroizing;

/// A FETCH response nests three deep, BODYSTRUCTURE, which is not asked for, more.
const MAX_DEPTH: usize = 8;
/// A SEARCH with more hits than this is not the answer to our question.
const MAX_VALUES: usize = 2048;

/// A part of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An atom, number or flag, or `BODY[…]<…>` with what stands in the brackets.
    Atom(String),
    /// A quoted text or a literal.
    Text(String),
    /// What stood in parentheses.
    List(Vec<Self>),
}

impl Value {
    /// The words of an atom or a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Atom(text) | Self::Text(text) => Some(text),
            Self::List(_) => None,
        }
    }

    /// True for an atom of that name; atoms have no case.
    #[must_use]
    pub fn is(&self, atom: &str) -> bool {
        matches!(self, Self::Atom(text) if text.eq_ignore_ascii_case(atom))
    }
}

/// How a command ended, or what a server says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is done.
    Ok,
    /// It was refused.
    No,
    /// It was not understood.
    Bad,
    /// The server hangs up.
    Bye,
    /// Signed in by other means.
    PreAuth,
}

impl Status {
    fn named(word: &str) -> Option<Self> {
        let all = [
            ("OK", Self::Ok),
            ("NO", Self::No),
            ("BAD", Self::Bad),
            ("BYE", Self::Bye),
            ("PREAUTH", Self::PreAuth),
        ];
        all.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, status)| status)
    }
}

/// A whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// The end of the command with that tag.
    Tagged {
        /// Which command.
        tag: String,
        /// How it ended.
        status: Status,
        /// The server's words, response code included.
        text: String,
    },
    /// `* OK …` and its like.
    Status(Status, String),
    /// `* CAPABILITY …` and its like, without the star.
    Data(Vec<Value>),
    /// `+ …`: the server waits for the rest.
    Continue(String),
}

impl Response {
    /// Takes a response apart. `literals` are those that its lines announced, in order. `None`: it is none of IMAP.
    #[must_use]
    pub fn parse(text: &str, literals: &[Vec<u8>]) -> Option<Self> {
        // Some servers leave the blank out.
        if let Some(rest) = text.strip_prefix('+') {
            return Some(Self::Continue(rest.trim().to_owned()));
        }
        let (tag, rest) = text.split_once(' ')?;
        if let Some((status, words)) = status(rest) {
            let words = words.to_owned();
            return match (tag, status) {
                ("*", status) => Some(Self::Status(status, words)),
                (_, Status::Bye | Status::PreAuth) => None,
                (tag, status) => {
                    let is_tag = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    is_tag.then(|| Self::Tagged { tag: tag.to_owned(), status, text: words })
                }
            };
        }
        if tag != "*" {
            return None;
        }
        Reader::new(rest, literals).all().map(Self::Data)
    }
}

/// How many octets the literal has that a line announces at its end (RFC 3501 §4.3). Words for a person may end like
/// this and announce nothing.
#[must_use]
pub fn announced(line: &str, is_first: bool) -> Option<usize> {
    let is_words =
        is_first && line.split_once(' ').is_none_or(|(tag, rest)| tag != "*" || status(rest).is_some());
    let digits = line.strip_suffix('}')?.rsplit_once('{')?.1;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // A number that does not fit is one that is too large.
    (is_number && !is_words).then(|| digits.parse().unwrap_or(usize::MAX))
}

/// What stands in brackets at the beginning of a server's words (RFC 3501 §7.1, RFC 5530), in lower case.
#[must_use]
pub fn code(text: &str) -> Option<String> {
    let (code, _) = text.trim_start().strip_prefix('[')?.split_once(']')?;
    code.split(' ').next().map(str::to_ascii_lowercase)
}

fn status(rest: &str) -> Option<(Status, &str)> {
    let (word, words) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((Status::named(word)?, words))
}

/// Reads the values of a response.
struct Reader<'a> {
    rest: &'a str,
    literals: std::slice::Iter<'a, Vec<u8>>,
    /// How many values may still come.
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, literals: &'a [Vec<u8>]) -> Self {
        Self { rest: text, literals: literals.iter(), left: MAX_VALUES }
    }

    /// Every value up to the end.
    fn all(mut self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        while !self.at_end() {
            values.push(self.value(0)?);
        }
        (!values.is_empty() && self.literals.len() == 0).then_some(values)
    }

    fn at_end(&mut self) -> bool {
        self.rest = self.rest.trim_start_matches(' ');
        self.rest.is_empty()
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        match self.rest.as_bytes().first()? {
            b'(' => self.list(depth),
            b'"' => self.quoted(),
            b'{' => self.literal(),
            b')' => None,
            _ => self.atom(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        if depth >= MAX_DEPTH {
            return None;
        }
        self.rest = &self.rest[1..];
        let mut values = Vec::new();
        loop {
            if self.at_end() {
                return None;
            }
            if let Some(rest) = self.rest.strip_prefix(')') {
                self.rest = rest;
                return Some(Value::List(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn quoted(&mut self) -> Option<Value> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Some(Value::Text(text));
                }
                '\\' => text.push(characters.next()?.1),
                _ => text.push(character),
            }
        }
        None
    }

    fn literal(&mut self) -> Option<Value> {
        let (digits, rest) = self.rest[1..].split_once('}')?;
        let bytes = self.literals.next()?;
        if digits.parse() != Ok(bytes.len()) {
            return None;
        }
        self.rest = rest;
        Some(Value::Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    /// Up to what separates; blanks and parentheses between brackets belong to it.
    fn atom(&mut self) -> Option<Value> {
        let mut inside = false;
        let ends = self.rest.find(|character| {
            match character {
                '[' => inside = true,
                ']' => inside = false,
                ' ' | '(' | ')' | '"' if !inside => return true,
                _ => {}
            }
            false
        });
        let (atom, rest) = self.rest.split_at(ends.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!atom.is_empty()).then(|| Value::Atom(atom.to_owned()))
    }
}

/// A quoted text (RFC 3501 §9); `None`: this one cannot be quoted.
#[must_use]
pub fn quoted(text: &str) -> Option<Zeroizing<String>> {
    let sound = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    sound.then(|| Zeroizing::new(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))))
}
