//! A fresh access token of an account that is kept.

use crate::{
    effects::{cancel::Cancel, keep, oauth, world::World},
    flow::effect::RefreshRequest,
    model::{
        account::Account,
        failure::{Failure, Layer},
        grant::Grant,
        stage::Rotation,
    },
};

/// What a refresh of an account that is kept needs.
pub(super) fn refresh_request(using: &keep::Using<'_>) -> Result<RefreshRequest, Failure> {
    let secrets = using.secrets;
    let Some(settings) = &using.account.oauth else {
        return Err(Failure::new(Layer::Store, "_corrupt"));
    };
    Ok(RefreshRequest {
        token_url: settings.token_url.clone(),
        client_id: settings.client_id.clone(),
        client_secret: secrets.client_secret.clone(),
        refresh_token: secrets.key.clone(),
        scopes: settings.scopes.clone(),
    })
}

/// An access token of an account that is kept: the one beside its key while that is good, else a new one. A rotated
/// refresh token is stored before.
///
/// # Errors
/// What the store or the token endpoint says.
pub fn access_token(
    account: &Account,
    fresh: bool,
    world: &World,
    cancel: &Cancel,
) -> Result<keep::Given, Failure> {
    keep::access_token(world, account, fresh, cancel, |using| {
        oauth::refresh(&refresh_request(using)?, world, using.cancel)
    })
}

/// The grant, and what became of the refresh token.
pub(super) fn refresh_stored(
    account: &Account,
    world: &World,
    cancel: &Cancel,
) -> Result<(Grant, Rotation), Failure> {
    let mut rotated = false;
    let grant = keep::refresh_stored(world, account, cancel, |using| {
        let grant = oauth::refresh(&refresh_request(using)?, world, using.cancel)?;
        rotated = grant.refresh_token.as_ref().is_some_and(|new| *new != using.secrets.key);
        Ok(grant)
    })?;
    let rotation = match keep::unstored(world, account) {
        Some(_) => Rotation::Unstored,
        None if rotated => Rotation::Stored,
        None => Rotation::None,
    };
    Ok((grant, rotation))
}
