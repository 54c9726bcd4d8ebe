//! [`AccessToken`]: an access token that is kept for the next who asks, and how long it is good for.

use time::Duration;

use super::{Time, grant::Grant, secret::Secret};

/// What a token must have left to be handed out: whoever asks for one may take a while before the last server has
/// seen it, and a clock may be a minute or two wrong.
pub const MARGIN: Duration = Duration::minutes(5);

/// No token is believed to live longer. Google's live an hour, Microsoft's up to 28 hours; what claims more was
/// written by a wrong clock, or is not meant for asking again only when it is refused.
pub const MAX_LIFE: Duration = Duration::days(1);

/// An access token with what is known of its life.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessToken {
    /// The token itself.
    pub token: Secret,
    /// When it was given, by the clock of this machine.
    pub obtained: Time,
    /// When it dies, by the same clock.
    pub expires: Time,
    /// When the key was obtained that it was given for ([`super::account::KeyLife::obtained`]).
    pub key: Time,
}

impl AccessToken {
    /// The token of a grant that was given for the key obtained at `key`. `None` where the provider did not say how
    /// long it lives (RFC 6749 §5.1 leaves that open): then nobody knows when to ask again.
    #[must_use]
    pub fn of(grant: &Grant, key: Time) -> Option<Self> {
        let expires = grant.expires?;
        Some(Self { token: grant.access_token.clone(), obtained: grant.obtained, expires, key })
    }

    /// True while it may be handed out without asking the provider: it belongs to this key, and has [`MARGIN`] left.
    #[must_use]
    pub fn is_good(&self, key: Time, now: Time) -> bool {
        self.is_alive(key, now + MARGIN) && now >= self.obtained
    }

    /// True while it is not dead, as far as the clock tells. Before it was given no moment can be: then the clock was
    /// wrong then or is now, and its end is not to be believed.
    #[must_use]
    pub fn is_alive(&self, key: Time, now: Time) -> bool {
        let ends = self.obtained.checked_add(MAX_LIFE).map_or(self.expires, |most| most.min(self.expires));
        self.key == key && now >= self.obtained && now < ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Time = Time::UNIX_EPOCH;

    fn token(obtained: Time, expires: Time) -> AccessToken {
        AccessToken { token: Secret::from("access"), obtained, expires, key: KEY }
    }

    #[test]
    fn it_is_good_until_five_minutes_before_its_end_and_only_for_its_key() {
        let obtained = KEY + Duration::days(100);
        let hour = token(obtained, obtained + Duration::hours(1));
        for (after, good, alive) in [
            (Duration::ZERO, true, true),
            (Duration::minutes(54), true, true),
            (Duration::minutes(55), false, true),
            (Duration::minutes(59), false, true),
            (Duration::minutes(60), false, false),
            // A clock that was two hours ahead when it was given, or is two hours behind now.
            (Duration::seconds(-1), false, false),
            (Duration::hours(-2), false, false),
            (Duration::hours(2), false, false),
        ] {
            let now = obtained + after;
            assert_eq!((hour.is_good(KEY, now), hour.is_alive(KEY, now)), (good, alive), "{after}");
        }
        assert!(!hour.is_good(KEY + Duration::SECOND, obtained), "another key");
    }

    #[test]
    fn an_end_in_the_far_future_is_not_believed() {
        let obtained = KEY + Duration::days(100);
        let endless = token(obtained, obtained + Duration::days(3650));
        assert!(endless.is_good(KEY, obtained + Duration::hours(23)));
        assert!(!endless.is_good(KEY, obtained + Duration::days(1)));
    }

    #[test]
    fn what_has_no_end_is_not_kept() {
        let grant = |expires| Grant {
            access_token: Secret::from("access"),
            expires,
            refresh_token: None,
            refresh_token_expires: None,
            scopes: vec![],
            email: None,
            obtained: KEY,
        };
        assert_eq!(AccessToken::of(&grant(None), KEY), None);
        let end = KEY + Duration::hours(1);
        assert_eq!(AccessToken::of(&grant(Some(end)), KEY), Some(token(KEY, end)));
    }
}
