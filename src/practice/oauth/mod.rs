//! The OAuth provider (RFC 6749, 7636, 7009, 8628), with the habits of Google's: what it answers where, and in which
//! words.

mod authorization;
mod device;
mod dialect;
mod grants;
mod token;

pub(super) use authorization::{AuthorizationRequest, Decision, PageError, is_plain_loopback};
pub(super) use device::{DeviceQuestion, Devices, device_authorization};
pub(super) use dialect::Dialect;
pub(super) use grants::Grants;
pub(super) use token::{revoke, token};

/// Opens SMTP, IMAP and the whole Gmail API.
pub(super) const MAIL: &str = "https://mail.google.com/";
/// Opens sending through the Gmail API.
pub(super) const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
/// Google's long name of `email`; it stands in its answers whichever was asked.
pub(super) const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
/// Google's long name of `profile`.
const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
/// Opens SMTP at Microsoft.
pub(super) const SMTP_SEND: &str = "https://outlook.office.com/SMTP.Send";
/// Opens sending through Microsoft Graph.
pub(super) const GRAPH_SEND: &str = "https://graph.microsoft.com/Mail.Send";
/// Makes the grant last, at Microsoft; it is never among what was granted.
const OFFLINE: &str = "offline_access";
/// The other scopes that a mail program may ask.
const OTHERS: [&str; 3] = [
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.compose",
    "https://www.googleapis.com/auth/gmail.modify",
];

/// True when it is only about who the person is; for these there is no box to tick.
pub(super) fn is_sign_in(scope: &str) -> bool {
    matches!(scope, "openid" | OFFLINE | EMAIL | PROFILE)
}

/// The scope under the name that Google answers with; `None` when there is no such scope.
fn canonical(scope: &str) -> Option<&str> {
    match scope {
        "email" => Some(EMAIL),
        "profile" => Some(PROFILE),
        "openid" | OFFLINE | MAIL | SEND | SMTP_SEND | GRAPH_SEND | EMAIL | PROFILE => Some(scope),
        _ => OTHERS.contains(&scope).then_some(scope),
    }
}
