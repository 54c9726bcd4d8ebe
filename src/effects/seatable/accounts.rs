//! The e-mail accounts of a base: `/api/v2.1/third-party-accounts/{base}/`.

use serde_json::{Value, json};
use ureq::http::Method;

use super::{
    api::{Api, Body, Reply},
    words::{name, text},
};
use crate::{
    effects::http,
    model::{
        failure::Failure,
        seatable::{Base, BaseAccount},
    },
};

/// The kind of an e-mail account; in the same list there are calendars, chats and others.
const EMAIL: &str = "email";

/// An account of a base as SeaTable tells it.
pub struct Listed {
    /// SeaTable's number for it.
    pub id: u64,
    /// Its name to the letter, with which SeaTable finds it.
    pub name: String,
    kind: String,
    /// May hold secrets: some versions tell them. None of them is read.
    pub detail: Value,
}

impl Listed {
    fn read(account: &Value) -> Option<Self> {
        let id = account.get("id")?;
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
        Some(Self {
            id,
            name: account.get("account_name")?.as_str()?.to_owned(),
            kind: text(account, "account_type").to_owned(),
            detail: account.get("detail").cloned().unwrap_or_default(),
        })
    }

    /// True for an e-mail account.
    pub fn is_email(&self) -> bool {
        self.kind == EMAIL
    }

    /// What is shown of it.
    pub fn shown(&self) -> BaseAccount {
        let sender = ["sender_email", "host_user"].map(|field| name(text(&self.detail, field)));
        BaseAccount {
            id: self.id,
            name: name(&self.name),
            kind: name(&self.kind),
            // `me` is no address.
            sender: sender.into_iter().find(|sender| sender.contains('@')),
            provider: name(text(&self.detail, "email_provider")),
        }
    }
}

/// The accounts of one base.
pub struct Accounts<'a> {
    api: &'a Api<'a>,
    base: &'a Base,
}

impl<'a> Accounts<'a> {
    /// Those of this base.
    pub fn of(api: &'a Api<'a>, base: &'a Base) -> Self {
        Self { api, base }
    }

    /// Lists them.
    ///
    /// # Errors
    /// `_base_gone`, `_no_permission`, `_token_refused`, or what the server says.
    pub fn list(&self) -> Result<Vec<Listed>, Failure> {
        let reply = self.api.get(&self.path())?;
        let accounts = reply.json.get("accounts_list").and_then(Value::as_array);
        match (reply.status, accounts) {
            (200, Some(accounts)) => Ok(accounts.iter().filter_map(Listed::read).collect()),
            _ => Err(self.refused(&reply)),
        }
    }

    /// Makes one. When nobody knows whether the request arrived, the list tells: a moment ago the name was free.
    ///
    /// # Errors
    /// `_name_taken`, `_no_permission`, `_unknown_outcome`, or what the server says.
    pub fn create(&self, account: &str, detail: &Value) -> Result<Listed, Failure> {
        let body = json!({"account_name": account, "account_type": EMAIL, "detail": detail});
        let because = match self.api.ask(&Method::POST, &self.path(), &Body::Json(body), http::MAX_BODY) {
            // Somebody in front of SeaTable lost patience with it; SeaTable may have done it.
            Ok(reply) if reply.is_of_gateway() => self.api.refused(&reply),
            Ok(reply) => match self.written(&reply) {
                Ok(Some(made)) => return Ok(made),
                // It says that it was done, and not what.
                Ok(None) => self.api.strange(&reply),
                Err(failure) => return Err(failure.with("account", account)),
            },
            Err(failure) if failure.code != "_cancelled" && has_arrived(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        let accounts = self.list().map_err(|failure| match failure.code.as_str() {
            "_cancelled" => failure,
            _ => unknown_outcome(because.clone()),
        })?;
        let made = accounts.into_iter().find(|listed| listed.name == account);
        made.ok_or_else(|| unknown_outcome(because))
    }

    /// Gives one another `detail`. Its name is sent as it is, for SeaTable wants it.
    ///
    /// # Errors
    /// `_account_gone`, `_no_permission`, `_unknown_outcome`, or what the server says.
    pub fn update(&self, account: &Listed, detail: &Value) -> Result<Listed, Failure> {
        let path = format!("{}{}/", self.path(), account.id);
        let body = json!({"account_name": account.name, "account_type": EMAIL, "detail": detail});
        let reply = self.api.ask(&Method::PUT, &path, &Body::Json(body), http::MAX_BODY);
        let reply = reply.map_err(
            |failure| {
                if has_arrived(&failure) { unknown_outcome(failure) } else { failure }
            },
        )?;
        if reply.is_of_gateway() {
            return Err(unknown_outcome(self.api.refused(&reply)));
        }
        let written = self.written(&reply).map_err(|failure| failure.with("id", account.id.to_string()))?;
        written.ok_or_else(|| unknown_outcome(self.api.strange(&reply)))
    }

    /// The account of an answer to a write; `None` when it was done and the answer does not say what.
    fn written(&self, reply: &Reply) -> Result<Option<Listed>, Failure> {
        match reply.status {
            200..=299 => Ok(reply.json.get("account").and_then(Listed::read)),
            _ => Err(self.refused(reply)),
        }
    }

    /// What SeaTable refuses, in the words of its source (`dtable_third_party_accounts.py` of dtable-web).
    fn refused(&self, reply: &Reply) -> Failure {
        refused(self.api, self.base, reply)
    }

    fn path(&self) -> String {
        format!("/api/v2.1/third-party-accounts/{}/", segment(&self.base.uuid))
    }
}

/// What SeaTable refuses of a base and its accounts.
pub fn refused(api: &Api<'_>, base: &Base, reply: &Reply) -> Failure {
    let told = reply.told();
    let code = match reply.status {
        400 if told.contains("already exists") => "_name_taken",
        401 => "_token_refused",
        403 => "_no_permission",
        404 if told.contains("Account does not exist") => "_account_gone",
        404 if told.contains("Base not found") => "_base_gone",
        _ => return api.refused(reply),
    };
    api.refusal(code, reply).with("base", name(&base.name))
}

/// True when the server may have got the request.
pub fn has_arrived(failure: &Failure) -> bool {
    failure.details.iter().any(|(name, _)| *name == http::ARRIVED)
}

/// The same failure, told as what it means.
pub fn unknown_outcome(failure: Failure) -> Failure {
    let because = failure.code.clone();
    Failure { code: "_unknown_outcome".to_owned(), ..failure }.with("because", because)
}

/// A part of an address. A UUID comes from a file that a person can edit, too: it must not lead elsewhere.
pub fn segment(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}
