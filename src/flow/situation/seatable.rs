//! What the answers say of SeaTable: its version, the base, the account there.

use super::Situation;
use crate::{
    flow::field,
    model::{
        account::Account,
        method::Method,
        seatable::{Base, Form, Version},
    },
};

/// Why a method is of no use at SeaTable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// This version knows no OAuth for mail.
    Version,
    /// SeaTable has no OAuth with this provider.
    Provider,
    /// The server's own mail knows no OAuth.
    Server,
}

impl Unfit {
    /// The id of its text.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Version => "disabled.oauth-version",
            Self::Provider => "disabled.oauth-provider",
            Self::Server => "disabled.oauth-server",
        }
    }
}

impl<'a> Situation<'a> {
    /// The version of the SeaTable server, if it is known.
    #[must_use]
    pub fn seatable_version(&self) -> Option<Version> {
        Version::parse(self.text(field::SEATABLE_VERSION))
    }

    /// The form that the account has in that version; the newest where it is not known.
    #[must_use]
    pub fn seatable_form(&self) -> Form {
        self.seatable_version().map(Version::form).unwrap_or_default()
    }

    /// Why a method is of no use where the key goes, if so.
    #[must_use]
    pub fn unfit(&self, method: Method) -> Option<Unfit> {
        if method != Method::OAuth {
            return None;
        }
        match self.text(field::FOR) {
            "seatable-server" => Some(Unfit::Server),
            "seatable" if self.seatable_form() == Form::SmtpOnly => Some(Unfit::Version),
            "seatable" if self.provider().is_some_and(|provider| provider.seatable_name.is_none()) => {
                Some(Unfit::Provider)
            }
            _ => None,
        }
    }

    /// The base that is answered: by its UUID, or by a name that only one has.
    #[must_use]
    pub fn chosen_base(&self) -> Option<&'a Base> {
        let answered = self.text(field::SEATABLE_BASE).trim();
        if answered.is_empty() {
            return None;
        }
        let plain = |uuid: &str| uuid.replace('-', "").to_ascii_lowercase();
        if let Some(base) = self.bases.iter().find(|base| plain(&base.uuid) == plain(answered)) {
            return Some(base);
        }
        match self.bases_called(answered).as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The bases with that name.
    #[must_use]
    pub fn bases_called(&self, name: &str) -> Vec<&'a Base> {
        self.bases.iter().filter(|base| base.name == name).collect()
    }

    /// What the account is called in SeaTable: as answered, else as here.
    #[must_use]
    pub fn seatable_account(&self) -> String {
        let answered = self.text(field::SEATABLE_ACCOUNT).trim();
        if answered.is_empty() { self.account_name() } else { answered.to_owned() }
    }

    /// The account that the answers name.
    pub(super) fn named_account(&self) -> Option<&'a Account> {
        self.accounts.iter().find(|account| account.name == self.text(field::ACCOUNT))
    }

    /// False where the consent is left to SeaTable, so that mailkey gets no key.
    #[must_use]
    pub fn obtains_key(&self) -> bool {
        let leaves_it = self.text(field::FOR) == "seatable"
            && self.text(field::CONNECT) == "show"
            && self.method() == Some(Method::OAuth)
            && self.text(field::OWN_CONSENT) == field::NO;
        !leaves_it
    }

    /// True where a SeaTable server is spoken of.
    #[must_use]
    pub fn has_seatable(&self) -> bool {
        matches!(self.text(field::FOR), "seatable" | "seatable-server")
    }
}
