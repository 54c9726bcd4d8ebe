//! [`Grant`]: what the token endpoint gave.

use super::{Time, secret::Secret};

/// The answer of a token endpoint (RFC 6749 §5.1), with the account it speaks of where it said so.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Opens the mail server until `expires`.
    pub access_token: Secret,
    /// When the access token dies; `None` where the server did not say.
    pub expires: Option<Time>,
    /// The key itself. A refresh may answer without one: then the old one stays valid (RFC 6749 §6).
    pub refresh_token: Option<Secret>,
    /// When the refresh token dies, where the provider says so (`refresh_token_expires_in`).
    pub refresh_token_expires: Option<Time>,
    /// The scopes that were really granted; where the server left them out, those that were asked.
    pub scopes: Vec<String>,
    /// The address in the `id_token`, when `openid email` was granted. The token came straight from
    /// the token endpoint over TLS, so its signature need not be checked (OpenID Connect Core §3.1.3.7, 6).
    pub email: Option<String>,
    /// When the answer came.
    pub obtained: Time,
}
