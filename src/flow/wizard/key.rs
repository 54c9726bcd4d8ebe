//! [`Key`]: the key in our hands, and where it is safe.

use super::Wizard;
use crate::{
    flow::{
        effect::{OrderId, Secrets},
        purpose::Purpose,
    },
    model::{account::KeyLife, grant::Grant, store_kind::StoreKind},
};

/// The key, once it is in our hands.
#[derive(Debug, PartialEq)]
pub(in crate::flow) struct Key {
    /// Under which account's id it is saved.
    pub id: String,
    pub secrets: Secrets,
    pub grant: Option<Grant>,
    /// What it was obtained for.
    pub purpose: Purpose,
    pub saved: Saved,
    /// What was known of its life, where it was obtained in an earlier run.
    pub life: Option<KeyLife>,
}

/// Whether the key is in the store as pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Saved {
    /// Not yet, or not any more: it was rotated.
    No,
    /// On its way to this store, whichever is chosen meanwhile.
    Running(OrderId, StoreKind),
    /// Yes, in this store.
    Yes(StoreKind),
}

impl Wizard {
    /// Forgets a key whose account is no longer spoken of.
    pub(super) fn drop_key(&mut self) {
        self.key = None;
        self.proof = None;
        self.kept_port = None;
        self.forget_decision();
    }
}
