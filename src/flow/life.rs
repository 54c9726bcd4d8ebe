//! Words for the life of a key, and the JSON that scripts read of it.

use super::{knowledge::Knowledge, report::rfc3339};
use crate::{
    guide::{Words, strings::Strings},
    model::{
        Time,
        account::Account,
        life::{Life, Rules},
        method::Method,
        report::{KeyEntry, UnstoredEntry},
        shell,
    },
};

impl Knowledge {
    /// What is known of the life of an account's key.
    #[must_use]
    pub fn life(&self, account: &Account, now: Time) -> Life {
        Life::of(account, Rules::of(self.provider(&account.provider)), now)
    }

    /// True where the last check found that the key is good no longer, however long it could have lived.
    #[must_use]
    pub fn is_refused(&self, account: &Account) -> bool {
        let check = account.last_check.as_ref().filter(|check| !check.ok);
        let diagnosis = check.and_then(|check| check.diagnosis.as_deref());
        diagnosis.is_some_and(|id| self.diagnoses.wants_new_key(id))
    }

    /// The life of an account's key for scripts; it dies soon when it does within `warn_days`.
    #[must_use]
    pub fn key_entry(&self, account: &Account, warn_days: u32, now: Time, words: &Words) -> KeyEntry {
        let life = self.life(account, now);
        let is_oauth = account.method == Method::OAuth;
        KeyEntry {
            renewable: is_oauth,
            expires: life.dies.and_then(rfc3339),
            reason: life.reason.id().to_owned(),
            days_left: life.days_left(now),
            dies_soon: life.dies_within(warn_days, now),
            obtained: rfc3339(account.key.obtained),
            publishing: is_oauth.then(|| account.key.publishing.id().to_owned()),
            last_success: account.key.last_success.and_then(rfc3339),
            text: if self.is_refused(account) {
                words.strings.text("life.refused").to_owned()
            } else {
                sentence(&life, now, &words.strings)
            },
            // Files are not looked at here.
            unstored: None,
        }
    }
}

/// What is to be known of a key that stands in the file `path`, since the store of the account did not take it.
#[must_use]
pub fn unstored_entry(account: &Account, path: &str, strings: &Strings) -> UnstoredEntry {
    let command = shell::command("verify", &account.name);
    let values = [("name", account.name.as_str()), ("path", path), ("command", &command)];
    UnstoredEntry { path: path.to_owned(), text: strings.fill("unstored.text", &values) }
}

/// When a key dies and why, or why nobody knows.
#[must_use]
pub fn sentence(life: &Life, now: Time, strings: &Strings) -> String {
    let id = format!("life.reason.{}", life.reason.id());
    let reason = strings.text(&id);
    match end(life, now, strings) {
        Some(end) => strings.fill("life.because", &[("end", &end), ("reason", reason)]),
        None => reason.to_owned(),
    }
}

/// The same in a few words, for a line.
#[must_use]
pub fn short(life: &Life, now: Time, strings: &Strings) -> String {
    end(life, now, strings).unwrap_or_else(|| strings.text("life.unknown").to_owned())
}

fn end(life: &Life, now: Time, strings: &Strings) -> Option<String> {
    let dies = life.dies?;
    let left = life.days_left(now)?;
    let id = match left {
        ..0 => "life.past",
        0 => "life.today",
        1 => "life.one-day",
        _ => "life.days",
    };
    Some(strings.fill(id, &[("days", &left.to_string()), ("date", &dies.date().to_string())]))
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::model::{language::Language, life::Reason};

    fn life(days: i64, reason: Reason) -> Life {
        Life { dies: Some(Time::UNIX_EPOCH + Duration::days(days)), reason }
    }

    #[test]
    fn a_date_comes_with_the_days_that_are_left_and_its_reason() {
        let (strings, now) = (Words::embedded(Language::En).strings, Time::UNIX_EPOCH);
        for (days, expected) in [
            (3, "dies in 3 days, on 1970-01-04"),
            (1, "dies in 1 day, on 1970-01-02"),
            (0, "dies within a day, on 1970-01-01"),
            (-1, "should have died on 1969-12-31"),
        ] {
            assert_eq!(short(&life(days, Reason::Provider), now, &strings), expected);
        }
        let text = sentence(&life(3, Reason::Testing), now, &strings);
        assert_eq!(text, "dies in 3 days, on 1970-01-04: the project is in testing");
        let unknown = Life { dies: None, reason: Reason::AppPassword };
        assert_eq!(short(&unknown, now, &strings), "no end known");
        assert!(sentence(&unknown, now, &strings).contains("withdraw"));
    }

    #[test]
    fn every_reason_has_words() {
        let reasons = [
            Reason::Testing,
            Reason::Provider,
            Reason::Unused,
            Reason::PublishingUnknown,
            Reason::NoEndKnown,
            Reason::AppPassword,
            Reason::Password,
        ];
        for language in Language::ALL {
            let strings = Words::embedded(language).strings;
            for reason in reasons {
                assert!(strings.find(&format!("life.reason.{}", reason.id())).is_some(), "{reason:?}");
            }
        }
    }
}
