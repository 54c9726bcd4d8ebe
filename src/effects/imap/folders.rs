//! [`Folders`]: where a message may lie besides the inbox.

use super::response::Value;

/// What the folder for unwanted mail is called where the server does not say which it is (RFC 6154), without what is
/// above it, in lower case and as names are written there (RFC 3501 §5.1.3).
const SPAM_NAMES: [&str; 11] = [
    "junk",
    "spam",
    "junk e-mail",
    "junk email",
    "bulk mail",
    "bulk",
    "courrier ind&aok-sirable",
    "ind&aok-sirables",
    "spamverdacht",
    "junk-e-mail",
    "unerw&apw-nscht",
];

/// Where to look besides the inbox, by the names that the server uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The folder for unwanted mail.
    pub spam: Option<String>,
    /// The one that shows everything.
    pub all: Option<String>,
}

impl Folders {
    /// The folders that a LIST names. One that the server marks goes before one that is called so.
    #[must_use]
    pub(super) fn listed(said: &[Vec<Value>]) -> Self {
        let mut found = Self::default();
        let mut called = None;
        for values in said {
            let [list, Value::List(marks), separator, name] = values.as_slice() else { continue };
            let Some(name) = name.text().filter(|_| list.is("LIST")) else { continue };
            let is = |mark: &str| marks.iter().any(|found| found.is(mark));
            if is("\\Noselect") || is("\\NonExistent") {
                continue;
            }
            let below = separator.text().filter(|it| it.len() == 1).and_then(|it| name.rsplit_once(it));
            let own = below.map_or(name, |(_, own)| own).to_ascii_lowercase();
            let place = if is("\\Junk") {
                &mut found.spam
            } else if is("\\All") {
                &mut found.all
            } else if SPAM_NAMES.contains(&own.as_str()) {
                &mut called
            } else {
                continue;
            };
            place.get_or_insert_with(|| name.to_owned());
        }
        found.spam = found.spam.or(called);
        found
    }
}
