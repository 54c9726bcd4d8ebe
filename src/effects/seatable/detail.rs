//! What the e-mail account of a base holds: the free object `detail`, which SeaTable takes as it is. Its keys are those
//! that the program reads which sends with it (dtable-events, `email_sender.py` and `automations/models.py`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::words::text;
use crate::{
    flow::effect::Secrets,
    model::{
        account::{Account, OAuthSettings},
        failure::{Failure, Layer},
        method::{Method, SendVia},
        server::Security,
    },
};

/// SMTP with a password. An account that names no provider is one, too.
const SMTP: &str = "GeneralEmailProvider";

/// Asks for a key that lasts (OpenID Connect Core §11).
const OFFLINE: &str = "offline_access";

/// What a mail account may hold that is secret: what dtable-events encrypts of one (`hasher.py`).
const SECRETS: [&str; 4] = ["password", "client_secret", "refresh_token", "access_token"];

/// What SeaTable's entry for a provider holds besides what the account itself says.
pub struct OAuthEntry {
    /// SeaTable's name for the provider.
    pub name: String,
    /// What is added to the authorization address.
    pub arguments: BTreeMap<String, String>,
    /// True where a key that opens SMTP does not open the interface by which SeaTable sends.
    pub one_resource: bool,
}

/// Fails when SeaTable could not send with such an account, whatever the key. `entry` is SeaTable's for the provider,
/// where it has one for OAuth.
///
/// # Errors
/// `_needs_starttls`, `_no_oauth_provider`, `_key_for_smtp`, or `_corrupt` of the store where an account lacks what OAuth
/// needs.
pub fn refuse_unusable(account: &Account, entry: Option<&OAuthEntry>) -> Result<(), Failure> {
    match account.method {
        Method::OAuth => oauth_of(account, entry).map(|_| ()),
        // dtable-events connects in clear and then always asks for STARTTLS; it knows no TLS from the first byte on.
        Method::AppPassword | Method::Password if account.smtp.security == Security::Tls => {
            Err(failure("_needs_starttls")
                .with("smtp_host", account.smtp.host.as_str())
                .with("port", account.smtp.port.to_string()))
        }
        Method::AppPassword | Method::Password => Ok(()),
    }
}

/// The whole `detail` of an account. It holds the key.
///
/// # Errors
/// As [`refuse_unusable`], and `_no_client_secret`.
pub fn build(account: &Account, secrets: &Secrets, entry: Option<&OAuthEntry>) -> Result<Value, Failure> {
    refuse_unusable(account, entry)?;
    let address = account.address.as_str();
    if account.method != Method::OAuth {
        return Ok(json!({
            "email_provider": SMTP,
            "email_host": account.smtp.host,
            "email_port": account.smtp.port,
            "host_user": account.user.name_with(&account.address, &secrets.key),
            "password": secrets.key.expose(),
            "sender_email": address,
        }));
    }
    let (oauth, entry) = oauth_of(account, entry)?;
    // SeaTable refuses an account without one, even where the provider needs none.
    let client_secret = secrets.client_secret.as_ref().filter(|secret| !secret.is_empty());
    let client_secret = client_secret.ok_or_else(|| failure("_no_client_secret"))?;
    Ok(json!({
        "email_provider": entry.name,
        "client_id": oauth.client_id,
        "client_secret": client_secret.expose(),
        "refresh_token": secrets.key.expose(),
        "token_url": oauth.token_url,
        // Sent again with each refresh, where a scope that was not granted is an error (RFC 6749 §6).
        "scopes": granted(oauth),
        // 5.2 to 6.0 put the user name into the address of Gmail's interface; from 6.1 on only the sender counts.
        "host_user": "me",
        "sender_email": address,
        "authority_url": oauth.authorize_url,
        "authority_args": entry.arguments,
        // What SeaTable keeps of an earlier key: with nothing there it refreshes before it sends.
        "access_token": "",
        "expires_at": 0,
    }))
}

/// The same `detail` for an account that is there. SeaTable lays it over what it has, so that every secret of another
/// method, which nobody would think of any more, is overwritten.
pub fn over_another(mut detail: Value) -> Value {
    if let Some(fields) = detail.as_object_mut() {
        for field in SECRETS {
            fields.entry(field).or_insert_with(|| json!(""));
        }
        fields.entry("expires_at").or_insert_with(|| json!(0));
    }
    detail
}

/// In which field an account differs from what was written; secrets are not compared. A field that SeaTable does not
/// tell is no difference, except where SMTP goes: those it always tells.
pub fn difference(wanted: &Value, listed: &Value) -> Option<&'static str> {
    let provider = text(wanted, "email_provider");
    let told_provider = match text(listed, "email_provider") {
        "" => SMTP,
        told => told,
    };
    if told_provider != provider {
        return Some("email_provider");
    }
    let (always, where_told): (&[&str], &[&'static str]) = if provider == SMTP {
        (
            &["email_host", "email_port", "host_user"],
            &["email_host", "email_port", "host_user", "sender_email"],
        )
    } else {
        (&[], &["client_id", "token_url", "host_user", "sender_email"])
    };
    where_told.iter().copied().find(|field| {
        let told = plain(listed, field);
        told != plain(wanted, field) && (always.contains(field) || !told.is_empty())
    })
}

/// A text or a number as text: some versions tell the port as one, some as the other.
fn plain(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn oauth_of<'a>(
    account: &'a Account,
    entry: Option<&'a OAuthEntry>,
) -> Result<(&'a OAuthSettings, &'a OAuthEntry), Failure> {
    let entry =
        entry.ok_or_else(|| failure("_no_oauth_provider").with("provider", account.provider.as_str()))?;
    let oauth = account.oauth.as_ref().ok_or_else(|| Failure::new(Layer::Store, "_corrupt"))?;
    if entry.one_resource && account.send_via == SendVia::Smtp {
        return Err(failure("_key_for_smtp"));
    }
    Ok((oauth, entry))
}

fn granted(oauth: &OAuthSettings) -> Vec<&str> {
    // A provider that tells no scopes granted what was asked (RFC 6749 §5.1).
    let granted = if oauth.scopes.is_empty() { oauth.asked_scopes() } else { &oauth.scopes };
    let mut granted: Vec<&str> = granted.iter().map(String::as_str).collect();
    // It never comes back among them, and a refresh without it may bring a key that dies (OpenID Connect Core §11).
    if oauth.requested_scopes.iter().any(|scope| scope == OFFLINE) && !granted.contains(&OFFLINE) {
        granted.push(OFFLINE);
    }
    granted
}

fn failure(code: &str) -> Failure {
    Failure::new(Layer::Seatable, code)
}
