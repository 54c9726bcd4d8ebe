//! What speaks against a grant.

use crate::{
    flow::situation::Situation,
    model::{
        failure::{Failure, Layer},
        grant::Grant,
    },
};

/// What is wrong with a grant that the token endpoint gave in good faith: without the right to send, or without a
/// key that lasts.
pub(super) fn fault_of(grant: &Grant, situation: &Situation<'_>) -> Option<Failure> {
    let failure = |code: &str| Failure::new(Layer::Token, code);
    let missing: Vec<String> =
        situation.needed_scopes().into_iter().filter(|scope| !grant.scopes.contains(scope)).collect();
    if !missing.is_empty() {
        return Some(failure("_scope_missing").with("scopes", missing.join(" ")));
    }
    grant.refresh_token.is_none().then(|| failure("_no_refresh_token"))
}

/// What makes a grant doubtful: it is of somebody else, as far as can be seen (the address may be another name of
/// the same mailbox), or nobody said whose it is though that was asked.
pub(super) fn doubt_of(grant: &Grant, situation: &Situation<'_>) -> Option<Failure> {
    let failure = |code: &str| Failure::new(Layer::Token, code);
    let (provider, address) = (situation.provider()?, situation.address()?);
    match &grant.email {
        Some(email) if provider.is_same_mailbox(&address, email) => None,
        Some(email) => Some(failure("_wrong_account").with("email", email.clone())),
        None => situation.asks_identity().then(|| failure("_account_unknown")),
    }
}
