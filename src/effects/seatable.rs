//! SeaTable's API, as far as the e-mail account of a base needs it: what the server is, who somebody is and which
//! bases they see, and the account itself: found, written, read back, tried.
//!
//! The addresses and shapes are those of SeaTable's API documents (seatable/openapi, `user_account_operations.yaml`,
//! `authentication.yaml`); what a mail account must hold is read in the program that sends with it (dtable-events,
//! `email_sender.py`). Sending a message and OAuth accounts stand in no public document: what is known of them comes
//! from the code that answers.
//!
//! The failures are of the layer `seatable` and have the detail `host`. Besides those of [`super::http`] and plain
//! statuses (`429` with `waited` and, where the server says it, `wait`, in seconds; `5xx`) there are:
//! - `_login_page`: a redirect to something else, mostly a page to sign in, as single sign-on in front of a server
//!   makes one; `_moved`: one of the same question to another address (`location`);
//! - `_not_seatable`: an answer that is none of SeaTable's (`http_status`);
//! - of signing in: `_base_token`, `_api_token` (`base`), `_token_refused`, `_credentials`, `_disabled`,
//!   `_code_missing`, `_code_wrong`, and `_no_token`: none is in the store for this server;
//! - of the base: `_base_gone`, `_no_permission` (`base`), `_name_taken` (`account`, `id`), `_account_gone` (`id`);
//! - of what is to be written: `_needs_starttls` (`smtp_host`, `port`), `_no_oauth_provider` (`provider`),
//!   `_no_client_secret`, `_unknown_outcome` (`because`), `_mismatch` (`field`);
//! - of sending: `_no_send_endpoint`, `_send_400`, `_send_401`, `_send_500`, `_send_timeout`, `_unknown_outcome`.

mod accounts;
mod api;
mod bases;
mod connect;
mod detail;
mod patience;
mod send;
mod server;
mod sign_in;
#[cfg(test)]
mod tests;
mod words;

pub use patience::Patience;

use super::{cancel::Cancel, keep, world::World};
use crate::{
    flow::effect::{Progress, SeatableReport, SeatableRequest, SeatableSession, SeatableSignIn},
    model::{
        account::{Account, Destination},
        failure::{Failure, Layer},
        seatable::ServerInfo,
        secret::Secret,
    },
};

/// Asks a server what it is: `GET /server-info/`.
///
/// # Errors
/// When nobody answers, or no SeaTable does.
pub fn read(url: &str, world: &World, cancel: &Cancel) -> Result<ServerInfo, Failure> {
    server::read(url, &Patience::STANDARD, world, cancel)
}

/// Signs in and lists the bases. A password is sent once and never again: a server may lock an account after a few
/// attempts (`FREEZE_USER_ON_LOGIN_FAILED` in SeaTable's admin manual).
///
/// # Errors
/// When SeaTable refuses, nobody answers, or the store fails.
pub fn sign_in(
    url: &str,
    sign_in: &SeatableSignIn,
    world: &World,
    cancel: &Cancel,
) -> Result<SeatableSession, Failure> {
    sign_in::sign_in(url, sign_in, &Patience::STANDARD, world, cancel)
}

/// Connects an account to a base. It never fails as a whole: what failed is in the report.
pub fn connect(
    request: &SeatableRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> SeatableReport {
    connect::connect(request, &Patience::STANDARD, world, cancel, progress)
}

/// The account token in the store. It is given to no other server than the one that it was kept for, and only where
/// the record says that it was.
fn stored_token(url: &str, account: &Account, world: &World, cancel: &Cancel) -> Result<Secret, Failure> {
    let kept = if keeps_token(account, url) { keep::read_token(world, account, cancel)? } else { None };
    kept.filter(|token| !token.is_empty()).ok_or_else(|| Failure::new(Layer::Seatable, "_no_token"))
}

/// True when the account token of this server is in the store.
fn keeps_token(account: &Account, url: &str) -> bool {
    is_at(account, url) && account.connection().is_some_and(|connection| connection.keeps_token)
}

/// True when the account is for this server.
fn is_at(account: &Account, url: &str) -> bool {
    match &account.destination {
        Destination::Seatable { url: known, .. } => without_slash(known) == without_slash(url),
        Destination::SeatableServer { .. } | Destination::Program | Destination::Cli => false,
    }
}

fn without_slash(url: &str) -> &str {
    url.trim().trim_end_matches('/')
}
