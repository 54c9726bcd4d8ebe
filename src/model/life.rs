//! [`Life`]: when a key dies, or that nobody knows, and why we say so. One pure function turns what is known of an
//! account and of its provider into it.

use time::Duration;

use super::{
    Time,
    account::{Account, Publishing},
    method::Method,
    provider::Provider,
};

/// So many days before its end a key is marked, unless somebody wants to be told at another time. A week has a working
/// day in it.
pub const WARN_DAYS: u32 = 7;

/// A key that dies of disuse is told of when it has no more than this left: what is used every month never is.
const UNUSED_NOTICE: Duration = Duration::days(60);

/// When a key dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// `None`: no end is known.
    pub dies: Option<Time>,
    /// Why we say so.
    pub reason: Reason,
}

/// Why a key dies then, or why no end is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The project is in testing.
    Testing,
    /// The provider said so (`refresh_token_expires_in`).
    Provider,
    /// Nobody used it for long, as far as we know: it dies then unless somebody does.
    Unused,
    /// It would die soon if the project were in testing, and nobody said that it is not.
    PublishingUnknown,
    /// The provider gives none an end.
    NoEndKnown,
    /// An app password has none: it lives until it is withdrawn, or the account's password is changed.
    AppPassword,
    /// A password has none: it lives until it is changed.
    Password,
}

impl Reason {
    /// The id used in JSON and for the words.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Testing => "testing",
            Self::Provider => "provider",
            Self::Unused => "unused",
            Self::PublishingUnknown => "publishing-unknown",
            Self::NoEndKnown => "no-end-known",
            Self::AppPassword => "app-password",
            Self::Password => "password",
        }
    }
}

/// What a provider does to keys. Of one that is not known nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Days that a refresh token lives while the project is in testing.
    pub testing_days: Option<u32>,
    /// Days after which a refresh token dies that nobody used.
    pub unused_days: Option<u32>,
}

impl Rules {
    /// The rules of a provider.
    #[must_use]
    pub fn of(provider: Option<&Provider>) -> Self {
        let oauth = provider.and_then(|provider| provider.oauth.as_ref());
        oauth.map_or_else(Self::default, |oauth| Self {
            testing_days: oauth.testing_days,
            unused_days: oauth.unused_days,
        })
    }
}

impl Life {
    /// What is known of the life of an account's key.
    #[must_use]
    pub fn of(account: &Account, rules: Rules, now: Time) -> Self {
        let unknown = |reason| Self { dies: None, reason };
        let key = &account.key;
        match account.method {
            Method::AppPassword => return unknown(Reason::AppPassword),
            Method::Password => return unknown(Reason::Password),
            Method::OAuth => {}
        }
        let is_testing = key.publishing == Publishing::Testing;
        let days = |days: u32| Duration::days(i64::from(days));
        // What the provider says of this very key counts for more than a rule. Records of earlier versions have one
        // date for both.
        let tested = rules.testing_days.filter(|_| is_testing).map(|count| key.obtained + days(count));
        if let Some(dies) = key.provider_expires.or(key.expires).or(tested) {
            let reason = if is_testing { Reason::Testing } else { Reason::Provider };
            return Self { dies: Some(dies), reason };
        }
        let used = key.last_success.map_or(key.obtained, |success| success.max(key.obtained));
        if let Some(dies) =
            rules.unused_days.map(|count| used + days(count)).filter(|dies| *dies - now <= UNUSED_NOTICE)
        {
            return Self { dies: Some(dies), reason: Reason::Unused };
        }
        let may_be_testing = rules.testing_days.is_some() && key.publishing == Publishing::Unknown;
        // It has outlived what it would have in testing.
        let has_outlived = rules.testing_days.is_some_and(|count| used > key.obtained + days(count));
        unknown(if may_be_testing && !has_outlived { Reason::PublishingUnknown } else { Reason::NoEndKnown })
    }

    /// Days from today's date to that of its end, in UTC; negative as soon as the end is past. `None`: no end is known.
    #[must_use]
    pub fn days_left(&self, now: Time) -> Option<i64> {
        let dies = self.dies?;
        let days = (dies.date() - now.date()).whole_days();
        Some(if dies < now { days.min(-1) } else { days })
    }

    /// True when so many days are left or fewer.
    #[must_use]
    pub fn dies_within(&self, days: u32, now: Time) -> bool {
        self.days_left(now).is_some_and(|left| left <= i64::from(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::KeyLife;

    const GOOGLE: Rules = Rules { testing_days: Some(7), unused_days: Some(180) };
    const OTHER: Rules = Rules { testing_days: None, unused_days: None };

    fn account(method: Method, change: impl FnOnce(&mut KeyLife)) -> Account {
        let mut account: Account = serde_json::from_value(serde_json::json!({
            "id": "0011", "name": "anna", "address": "anna@practice.example", "provider": "gmail",
            "method": method.id(), "smtp": {"host": "mail.practice.example", "port": 465, "security": "tls"},
            "destination": {"kind": "cli"}, "store": "plain-file", "created": "2026-11-20T09:30:00Z",
            "key": {"obtained": "1970-01-01T00:00:00Z"},
        }))
        .unwrap();
        change(&mut account.key);
        account
    }

    fn day(count: i64) -> Time {
        Time::UNIX_EPOCH + Duration::days(count)
    }

    #[test]
    fn every_key_has_a_date_or_a_reason_why_it_has_none() {
        use Publishing::{Internal, Production, Testing, Unknown};
        let oauth = |publishing, provider: Option<i64>, success: Option<i64>| {
            account(Method::OAuth, |key| {
                key.publishing = publishing;
                key.provider_expires = provider.map(day);
                key.last_success = success.map(day);
            })
        };
        for (what, account, rules, now, dies, reason) in [
            ("testing", oauth(Testing, None, None), GOOGLE, 1, Some(7), Reason::Testing),
            ("testing, and said", oauth(Testing, Some(6), None), GOOGLE, 1, Some(6), Reason::Testing),
            ("testing elsewhere", oauth(Testing, None, None), OTHER, 1, None, Reason::NoEndKnown),
            ("said all the same", oauth(Production, Some(7), None), GOOGLE, 1, Some(7), Reason::Provider),
            ("said elsewhere", oauth(Unknown, Some(90), None), OTHER, 1, Some(90), Reason::Provider),
            ("published", oauth(Production, None, None), GOOGLE, 1, None, Reason::NoEndKnown),
            ("internal", oauth(Internal, None, None), GOOGLE, 1, None, Reason::NoEndKnown),
            ("nobody said", oauth(Unknown, None, None), GOOGLE, 1, None, Reason::PublishingUnknown),
            ("outlived", oauth(Unknown, None, Some(8)), GOOGLE, 9, None, Reason::NoEndKnown),
            ("elsewhere", oauth(Unknown, None, None), OTHER, 1, None, Reason::NoEndKnown),
            ("used", oauth(Production, None, Some(100)), GOOGLE, 130, None, Reason::NoEndKnown),
            ("unused", oauth(Production, None, Some(100)), GOOGLE, 220, Some(280), Reason::Unused),
            ("never used", oauth(Production, None, None), GOOGLE, 120, Some(180), Reason::Unused),
            ("unused elsewhere", oauth(Production, None, None), OTHER, 900, None, Reason::NoEndKnown),
        ] {
            let life = Life::of(&account, rules, day(now));
            assert_eq!(life, Life { dies: dies.map(day), reason }, "{what}");
        }
        for (method, reason) in
            [(Method::AppPassword, Reason::AppPassword), (Method::Password, Reason::Password)]
        {
            let life = Life::of(&account(method, |_| {}), GOOGLE, day(900));
            assert_eq!(life, Life { dies: None, reason });
        }
    }

    #[test]
    fn a_key_that_was_renewed_is_as_good_as_used() {
        let account = account(Method::OAuth, |key| {
            (key.publishing, key.obtained, key.last_success) =
                (Publishing::Production, day(150), Some(day(100)));
        });
        let expected = Life { dies: Some(day(330)), reason: Reason::Unused };
        assert_eq!(Life::of(&account, GOOGLE, day(300)), expected);
    }

    #[test]
    fn an_old_record_has_one_date() {
        let account = account(Method::OAuth, |key| key.expires = Some(day(7)));
        assert_eq!(Life::of(&account, OTHER, day(1)), Life { dies: Some(day(7)), reason: Reason::Provider });
    }

    #[test]
    fn days_are_counted_by_the_date_and_the_end_may_be_past() {
        let life = Life { dies: Some(day(7) + Duration::hours(12)), reason: Reason::Testing };
        let second = Duration::SECOND;
        for (now, left, soon) in [
            (day(0) - second, 8, false),
            (day(0), 7, true),
            (day(1) - second, 7, true),
            (day(6), 1, true),
            // Two hours before midnight, tomorrow is tomorrow.
            (day(6) + Duration::hours(22), 1, true),
            (day(7), 0, true),
            (day(7) + Duration::hours(12), 0, true),
            (day(7) + Duration::hours(12) + second, -1, true),
            (day(8), -1, true),
            (day(9), -2, true),
        ] {
            assert_eq!((life.days_left(now), life.dies_within(7, now)), (Some(left), soon), "{now}");
        }
        let unknown = Life { dies: None, reason: Reason::Password };
        assert_eq!((unknown.days_left(day(1)), unknown.dies_within(7, day(1))), (None, false));
    }
}
