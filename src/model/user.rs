//! [`User`]: the name under which an account signs in, which need not be the address that it sends from.

use serde::{Deserialize, Serialize};

use super::{address::Address, secret::Secret};

/// What to sign in as: how a provider wants it, and in the record of an account, how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case", deny_unknown_fields)]
pub enum User {
    /// The whole address.
    #[default]
    Address,
    /// The whole address at one of the provider's own domains; elsewhere the person knows which one it is.
    OwnAddress,
    /// What stands before the `@`.
    LocalPart,
    /// The same for everybody; in the record of an account, this one.
    Fixed {
        /// The name.
        value: String,
    },
    /// Only the person knows it: the provider shows it with the key.
    Asked,
    /// The key itself is the name as well.
    Key,
}

impl User {
    /// True where nothing needs to be written down.
    #[must_use]
    pub fn is_address(&self) -> bool {
        *self == Self::Address
    }

    /// True where the person has to say it, for an address at one of the provider's own domains or at another one.
    #[must_use]
    pub fn is_asked(&self, at_own_domain: bool) -> bool {
        match self {
            Self::Asked => true,
            Self::OwnAddress => !at_own_domain,
            Self::Address | Self::LocalPart | Self::Fixed { .. } | Self::Key => false,
        }
    }

    /// How this account signs in. `said` is what the person said of it, empty: nothing.
    #[must_use]
    pub fn of(&self, address: &Address, said: &str) -> Self {
        let this = |value: &str| Self::Fixed { value: value.to_owned() };
        let found = match self {
            Self::Fixed { .. } | Self::Key => self.clone(),
            _ if !said.is_empty() => this(said),
            Self::LocalPart => this(address.as_str().rsplit_once('@').map_or("", |(local, _)| local)),
            Self::Address | Self::OwnAddress | Self::Asked => Self::Address,
        };
        if found == this(address.as_str()) { Self::Address } else { found }
    }

    /// The name; `None` where it is the key, which is a secret.
    #[must_use]
    pub fn name<'a>(&'a self, address: &'a Address) -> Option<&'a str> {
        match self {
            Self::Fixed { value } => Some(value),
            Self::Key => None,
            Self::Address | Self::OwnAddress | Self::LocalPart | Self::Asked => Some(address.as_str()),
        }
    }

    /// The name where the key is at hand. It may be the key: it is shown as little as that.
    #[must_use]
    pub fn name_with<'a>(&'a self, address: &'a Address, key: &'a Secret) -> &'a str {
        self.name(address).unwrap_or_else(|| key.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_leads_to_a_name() {
        let fixed = |value: &str| User::Fixed { value: value.to_owned() };
        let address = Address::parse("anna@practice.example").unwrap();
        for (form, said, expected, name) in [
            (User::Address, "", User::Address, Some("anna@practice.example")),
            (User::Address, "anna", fixed("anna"), Some("anna")),
            (User::Address, "anna@practice.example", User::Address, Some("anna@practice.example")),
            (User::OwnAddress, "", User::Address, Some("anna@practice.example")),
            (User::OwnAddress, "a@me.example", fixed("a@me.example"), Some("a@me.example")),
            (User::LocalPart, "", fixed("anna"), Some("anna")),
            (User::Asked, "AKIA", fixed("AKIA"), Some("AKIA")),
            (fixed("apikey"), "anna", fixed("apikey"), Some("apikey")),
            (User::Key, "anna", User::Key, None),
        ] {
            let user = form.of(&address, said);
            assert_eq!((&user, user.name(&address)), (&expected, name), "{form:?} {said}");
        }
        assert_eq!(User::Key.name_with(&address, &Secret::from("k")), "k");
    }

    #[test]
    fn who_must_be_asked() {
        for (form, own, elsewhere) in [
            (User::Address, false, false),
            (User::OwnAddress, false, true),
            (User::Asked, true, true),
            (User::Key, false, false),
        ] {
            assert_eq!((form.is_asked(true), form.is_asked(false)), (own, elsewhere), "{form:?}");
        }
    }
}
