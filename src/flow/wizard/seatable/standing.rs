//! What is known of the base when connecting has ended: whether it has the key, and what of it was proved.

use crate::{
    flow::{
        answers::Source,
        field,
        wizard::{
            Plan, Wizard,
            seatable::{Doubt, Written},
        },
    },
    model::{
        account::{Account, Destination},
        seatable::Connection,
    },
};

impl Wizard {
    /// The account that stays behind in its base, with its key, where another base is chosen.
    pub(in crate::flow) fn left_behind(&self) -> Option<&Connection> {
        let leaves = self.answers.text(field::SEATABLE_ANEW) == field::YES;
        self.connected_account().filter(|_| leaves).and_then(Account::connection)
    }

    /// Whether SeaTable took the key.
    pub(in crate::flow) fn written(&self) -> Written {
        self.seatable.written
    }

    /// True where SeaTable has the key, and has not sent with it.
    pub(in crate::flow) fn is_unproved_in_base(&self) -> bool {
        let failed = self.seatable.report.as_ref().is_some_and(|report| report.failure().is_some());
        failed && self.seatable.written == Written::Yes
    }

    /// True where the key was renewed and the account in the base did not get it, as far as is known.
    pub(in crate::flow) fn has_base_old_key(&self) -> bool {
        let is_renewed = self.plan == Plan::Reauth && self.kept.is_some();
        is_renewed && self.connected_account().is_some() && self.seatable.written == Written::No
    }

    /// What our own proof does not tell of the base for which the key is kept; `None`: SeaTable has sent, or it is for
    /// something else.
    pub(in crate::flow) fn doubt(&self) -> Option<Doubt> {
        let account = self.kept.as_ref().or(self.subject.as_ref())?;
        let is_for_base = matches!(account.destination, Destination::Seatable { .. });
        if self.has_base_old_key() {
            Some(Doubt::OldKey)
        } else if self.is_unproved_in_base() {
            Some(Doubt::NotSent)
        } else {
            (is_for_base && account.connection().is_none()).then_some(Doubt::ByHand)
        }
    }

    /// True where the person left a base with the old key: somebody has to do it by hand. A flag says so on purpose.
    pub(in crate::flow) fn left_base_as_it_was(&self) -> bool {
        let left = self.answers.entry(field::CONNECT).is_some_and(|answer| answer.source != Source::Flag);
        left && self.plan == Plan::Reauth
            && self.connected_account().is_some()
            && self.situation().text(field::CONNECT) == "show"
    }
}
