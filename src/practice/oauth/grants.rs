//! [`Grants`]: codes, access tokens and refresh tokens, and how long each lives.

use std::{
    collections::{HashMap, HashSet},
    io,
    time::{Duration, Instant},
};

use crate::{model::address::Address, practice::random};

/// RFC 6749 §4.1.2 allows ten minutes at most; a wizard needs less than a second.
const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// Google says 3599 seconds.
pub(super) const ACCESS_LIFETIME: Duration = Duration::from_secs(3599);
/// More codes or tokens than any run needs; when it is reached, the dead ones are forgotten, then all.
const MAX_KEPT: usize = 1000;

/// A person's consent, as far as a code stands for it.
#[derive(Clone)]
pub(in crate::practice) struct Consent {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// The S256 challenge (RFC 7636 §4.3), where one was sent.
    pub(super) challenge: Option<String>,
    pub(super) user: Address,
    pub(super) scopes: Vec<String>,
    /// True when a refresh token goes with it.
    pub(super) offline: bool,
}

struct Code {
    consent: Consent,
    made: Instant,
    used: bool,
}

/// What an access token opens.
#[derive(Clone)]
pub(in crate::practice) struct Access {
    pub(in crate::practice) user: Address,
    pub(in crate::practice) scopes: Vec<String>,
    expires: Instant,
}

struct Refresh {
    client_id: String,
    user: Address,
    scopes: Vec<String>,
}

/// Codes and tokens.
#[derive(Default)]
pub(in crate::practice) struct Grants {
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// Client and address that consented before: Google gives no second refresh token without `prompt=consent`.
    consented: HashSet<(String, String)>,
    /// Values of `state` that were already sent back wrongly, for the fault of that name.
    strange: HashSet<String>,
}

impl Grants {
    /// A code for a consent. `forced` is `prompt=consent`; without it a refresh token comes only the first time.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_code(
        &mut self,
        mut consent: Consent,
        forced: bool,
        now: Instant,
    ) -> io::Result<String> {
        let first = self.consented.insert((consent.client_id.clone(), lower(&consent.user)));
        consent.offline &= first || forced;
        make_room(&mut self.codes, |code| now.duration_since(code.made) < CODE_LIFETIME);
        let code = format!("4/0A{}", random::text(random::URL_SAFE, 69)?);
        self.codes.insert(code.clone(), Code { consent, made: now, used: false });
        Ok(code)
    }

    /// What a code stands for; `None` when it is unknown, used or too old. It can be asked once.
    pub(super) fn redeem(&mut self, code: &str, now: Instant) -> Option<Consent> {
        let code = self.codes.get_mut(code)?;
        let sound = !code.used && now.duration_since(code.made) < CODE_LIFETIME;
        code.used = true;
        sound.then(|| code.consent.clone())
    }

    /// An access token.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_access(
        &mut self,
        user: &Address,
        scopes: &[String],
        now: Instant,
    ) -> io::Result<String> {
        make_room(&mut self.access, |access| access.expires > now);
        let token = format!("ya29.{}", random::text(random::URL_SAFE, 200)?);
        let expires = now + ACCESS_LIFETIME;
        let access = Access { user: user.clone(), scopes: scopes.to_vec(), expires };
        self.access.insert(token.clone(), access);
        Ok(token)
    }

    /// A refresh token.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_refresh(&mut self, consent: &Consent) -> io::Result<String> {
        make_room(&mut self.refresh, |_| false);
        let token = format!("1//0{}", random::text(random::URL_SAFE, 99)?);
        let refresh = Refresh {
            client_id: consent.client_id.clone(),
            user: consent.user.clone(),
            scopes: consent.scopes.clone(),
        };
        self.refresh.insert(token.clone(), refresh);
        Ok(token)
    }

    /// Another refresh token in the place of this one, which is dead from now on (RFC 6749 §10.4).
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn rotate(&mut self, token: &str) -> io::Result<String> {
        let next = format!("1//0{}", random::text(random::URL_SAFE, 99)?);
        if let Some(refresh) = self.refresh.remove(token) {
            self.refresh.insert(next.clone(), refresh);
        }
        Ok(next)
    }

    /// A refresh token for whoever agreed on another page than ours: SeaTable's own OAuth way.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(in crate::practice) fn make_refresh_for(
        &mut self,
        client_id: &str,
        user: &Address,
        scopes: &[&str],
    ) -> io::Result<String> {
        self.make_refresh(&Consent {
            client_id: client_id.to_owned(),
            redirect_uri: String::new(),
            challenge: None,
            user: user.clone(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            offline: true,
        })
    }

    /// User and scopes of a refresh token of that client; `None` when it is unknown or was revoked.
    pub(super) fn refresh(&self, token: &str, client_id: &str) -> Option<(Address, Vec<String>)> {
        let refresh = self.refresh.get(token).filter(|refresh| refresh.client_id == client_id)?;
        Some((refresh.user.clone(), refresh.scopes.clone()))
    }

    /// What an access token opens; `None` when it is unknown, expired or was revoked.
    pub(in crate::practice) fn access(&self, token: &str, now: Instant) -> Option<&Access> {
        self.access.get(token).filter(|access| access.expires > now)
    }

    /// Withdraws the grant that a token belongs to, and with it every other token of the person: Google ends
    /// the access of the whole project. False when there is no such token.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let access = self.access.get(token).map(|access| lower(&access.user));
        let Some(user) = access.or_else(|| self.refresh.get(token).map(|refresh| lower(&refresh.user)))
        else {
            return false;
        };
        self.end(&user);
        true
    }

    /// Withdraws everything that a person consented to.
    pub(in crate::practice) fn withdraw(&mut self, user: &Address) {
        self.end(&lower(user));
    }

    fn end(&mut self, user: &str) {
        self.access.retain(|_, access| lower(&access.user) != user);
        self.refresh.retain(|_, refresh| lower(&refresh.user) != user);
        self.consented.retain(|(_, address)| address != user);
    }

    /// Withdraws everything that anybody consented to.
    pub(in crate::practice) fn end_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.consented.clear();
    }

    /// Whose refresh tokens there are, each once.
    pub(in crate::practice) fn holders(&self) -> Vec<Address> {
        let mut holders: Vec<Address> = self.refresh.values().map(|refresh| refresh.user.clone()).collect();
        holders.sort();
        holders.dedup();
        holders
    }

    /// True the first time it is asked about this `state`.
    pub(super) fn is_first_return(&mut self, state: &str) -> bool {
        if self.strange.len() >= MAX_KEPT {
            self.strange.clear();
        }
        self.strange.insert(state.to_owned())
    }
}

fn lower(address: &Address) -> String {
    address.as_str().to_ascii_lowercase()
}

fn make_room<T>(kept: &mut HashMap<String, T>, alive: impl Fn(&T) -> bool) {
    if kept.len() >= MAX_KEPT {
        kept.retain(|_, value| alive(value));
    }
    if kept.len() >= MAX_KEPT {
        kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent() -> Consent {
        Consent {
            client_id: "c".to_owned(),
            redirect_uri: "http://127.0.0.1:1/".to_owned(),
            challenge: None,
            user: Address::parse("anna@practice.example").unwrap(),
            scopes: vec!["s".to_owned()],
            offline: true,
        }
    }

    #[test]
    fn a_code_works_once_and_for_a_minute() {
        let (mut grants, now) = (Grants::default(), Instant::now());
        let code = grants.make_code(consent(), false, now).unwrap();
        assert!(grants.redeem(&code, now).is_some());
        assert!(grants.redeem(&code, now).is_none());
        let code = grants.make_code(consent(), false, now).unwrap();
        assert!(grants.redeem(&code, now + CODE_LIFETIME).is_none());
        assert!(grants.redeem("4/0Aunknown", now).is_none());
    }

    #[test]
    fn a_second_consent_gives_a_refresh_token_only_when_it_was_forced() {
        let (mut grants, now) = (Grants::default(), Instant::now());
        for (forced, offline) in [(false, true), (false, false), (true, true)] {
            let code = grants.make_code(consent(), forced, now).unwrap();
            assert_eq!(grants.redeem(&code, now).unwrap().offline, offline, "forced {forced}");
        }
    }

    #[test]
    fn an_access_token_dies_after_an_hour() {
        let (mut grants, now) = (Grants::default(), Instant::now());
        let token = grants.make_access(&consent().user, &[], now).unwrap();
        assert!(grants.access(&token, now).is_some());
        assert!(grants.access(&token, now + ACCESS_LIFETIME).is_none());
    }

    #[test]
    fn revoking_one_token_ends_the_persons_whole_grant() {
        let (mut grants, now) = (Grants::default(), Instant::now());
        let access = grants.make_access(&consent().user, &[], now).unwrap();
        let refresh = grants.make_refresh(&consent()).unwrap();
        assert!(grants.refresh(&refresh, "other").is_none());
        assert!(grants.refresh(&refresh, "c").is_some());
        assert!(grants.revoke(&refresh));
        assert!(!grants.revoke(&refresh));
        assert!(grants.access(&access, now).is_none());
        let code = grants.make_code(consent(), false, now).unwrap();
        assert!(grants.redeem(&code, now).unwrap().offline, "a consent after a revocation is a first one");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (mut grants, now) = (Grants::default(), Instant::now());
        for _ in 0..MAX_KEPT * 2 + 5 {
            grants.make_code(consent(), true, now).unwrap();
        }
        assert!(grants.codes.len() <= MAX_KEPT);
    }
}
