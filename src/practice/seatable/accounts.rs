//! The accounts of a base: list, add, change, delete, find by name.

use serde_json::{Map, Value, json};

use super::{
    Account, INTERNAL, Seatable, error, internal_error,
    sign_in::{FORBIDDEN, forbidden},
};
use crate::{
    model::seatable::Right,
    practice::{
        Fault,
        http::{Form, Request, Response},
    },
};

/// The kind of an e-mail account.
const EMAIL: &str = "email";
/// The kinds of accounts that SeaTable keeps in the same list.
const KINDS: [&str; 4] = [EMAIL, "wechat_robot", "dingtalk", "seafile"];
/// What an account may come with.
const FIELDS: [&str; 3] = ["account_name", "account_type", "detail"];
/// What SeaTable's pages and its sender read or write in an e-mail account (dtable-events, `email_sender.py`).
const DETAILS: [&str; 22] = [
    "email_provider",
    "email_host",
    "email_port",
    "host_user",
    "password",
    "sender_name",
    "sender_email",
    "imap_host",
    "imap_port",
    "client_id",
    "client_secret",
    "refresh_token",
    "token_url",
    "scopes",
    "authority_url",
    "authority_args",
    "access_token",
    "token_type",
    "expires_at",
    "expires_in",
    "ext_expires_at",
    "ext_expires_in",
];
/// The longest name that fits into its database.
const MAX_NAME: usize = 255;

impl Seatable {
    /// `GET /api/v2.1/third-party-accounts/{base}/`, for everyone who sees the base.
    pub(super) fn list_accounts(&self, request: &Request, base: &str) -> Result<Response, Response> {
        let (base, _) = self.seen(request, base)?;
        let store = self.lock();
        let list: Vec<Value> = store.accounts(&base).map(|account| account.shown(self.version)).collect();
        Ok(Response::json(200, &json!({ "accounts_list": list })))
    }

    /// `POST` there, for the base's administrators. What is in `detail` is nobody's business until something is sent.
    pub(super) fn add_account(&self, request: &Request, base: &str) -> Result<Response, Response> {
        // First of all, as every view does: who does not sign in learns nothing.
        self.person(request)?;
        let body = self.object(request);
        self.expect_only(&body, &FIELDS, "an account");
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, kind) = (text("account_name"), text("account_type"));
        if name.is_empty() || name.chars().count() > MAX_NAME {
            self.complain("account_name is missing or too long");
            return Err(error(400, "Account name is invalid."));
        }
        if !KINDS.contains(&kind) {
            self.complain("account_type is not one of SeaTable's");
            return Err(error(400, "Account type is invalid."));
        }
        let detail = self.detail(&body)?;
        if kind == EMAIL {
            self.expect_only(&detail, &DETAILS, "detail");
        }
        let base = self.administered(request, base)?;
        let added = self.keep_account(&base, name, kind, detail);
        let added = added.map_err(|(status, text)| error(status, &text))?;
        Ok(Response::json(201, &json!({ "account": added.shown(self.version) })))
    }

    /// Adds an account, as the API and the page do.
    ///
    /// # Errors
    /// The status and the words of the refusal.
    pub(in crate::practice) fn keep_account(
        &self,
        base: &str,
        name: &str,
        kind: &str,
        detail: Map<String, Value>,
    ) -> Result<Account, (u16, String)> {
        self.may_write()?;
        let mut store = self.lock();
        if store.account_named(base, name).is_some() {
            return Err((400, format!("Account name {name} already exists.")));
        }
        store.add(base, name, kind, detail).cloned().ok_or_else(|| (500, INTERNAL.to_owned()))
    }

    /// Refuses every account, where that was asked for.
    fn may_write(&self) -> Result<(), (u16, String)> {
        if self.state.has(Fault::SeatableBroken) {
            return Err((500, INTERNAL.to_owned()));
        }
        if self.state.has(Fault::SeatableNoRights) {
            return Err((403, FORBIDDEN.to_owned()));
        }
        Ok(())
    }

    /// `PUT /api/v2.1/third-party-accounts/{base}/{id}/`: what came is laid over what there is.
    pub(super) fn update_account(
        &self,
        request: &Request,
        base: &str,
        id: u64,
    ) -> Result<Response, Response> {
        let base = self.administered(request, base)?;
        let body = self.object(request);
        self.expect_only(&body, &FIELDS, "an account");
        if body.get("account_name").and_then(Value::as_str).is_none_or(str::is_empty) {
            self.complain("account_name is missing in a change");
        }
        let detail = self.detail(&body);
        self.may_write().map_err(|(status, text)| error(status, &text))?;
        let mut store = self.lock();
        let missing = || error(404, "Account does not exist.");
        let (old, kind) =
            store.account(&base, id).map(|old| (old.name.clone(), old.kind.clone())).ok_or_else(missing)?;
        let detail = detail?;
        if kind == EMAIL {
            self.expect_only(&detail, &DETAILS, "detail");
        }
        let name = body.get("account_name").and_then(Value::as_str).unwrap_or(&old).to_owned();
        // SeaTable leaves this check to its database, which refuses in its own way.
        if name != old && store.account_named(&base, &name).is_some() {
            return Err(internal_error());
        }
        let account = store.account_mut(&base, id).ok_or_else(missing)?;
        account.name = name;
        account.detail.extend(detail);
        Ok(Response::json(200, &json!({ "account": account.shown(self.version) })))
    }

    /// `DELETE` there.
    pub(super) fn delete_account(
        &self,
        request: &Request,
        base: &str,
        id: u64,
    ) -> Result<Response, Response> {
        let base = self.administered(request, base)?;
        if !self.lock().remove(&base, id) {
            return Err(error(404, "Not found."));
        }
        Ok(Response::json(200, &json!({ "success": true })))
    }

    /// `GET /api/v2.1/third-party-accounts/{base}/detail/?account_name=`.
    pub(super) fn account_by_name(&self, request: &Request, base: &str) -> Result<Response, Response> {
        let (base, _) = self.seen(request, base)?;
        let query = Form::parse(request.query.as_bytes());
        let Some(name) = query.one("account_name") else {
            self.complain("account_name is missing");
            return Err(error(400, "Account name is invalid."));
        };
        let store = self.lock();
        // The slip is SeaTable's own, and so is the status.
        let unknown = || error(400, &format!("Account {name} does not exits."));
        let account = store.account_named(&base, name).ok_or_else(unknown)?;
        Ok(Response::json(200, &json!({ "account": account.shown(self.version) })))
    }

    /// The UUID, with its dashes, of a base that whoever asks can see, and what they may do there.
    ///
    /// # Errors
    /// 401 or 403 for the token, 404 where there is no such base, 403 where it is somebody else's.
    pub(super) fn seen(&self, request: &Request, base: &str) -> Result<(String, Right), Response> {
        let person = self.person(request)?;
        if self.state.has(Fault::SeatableBaseDeleted) {
            return Err(error(404, "Base not found."));
        }
        let senders: Vec<_> = self.state.lock().users.iter().map(|user| user.address.clone()).collect();
        let mut store = self.lock();
        let found = store.base(base).ok_or_else(|| error(404, "Base not found."))?;
        let seen = (found.uuid.clone(), store.right(&person, found).ok_or_else(forbidden)?);
        if self.state.has(Fault::SeatableNameTaken) {
            store.take_names(&seen.0, &senders);
        }
        Ok(seen)
    }

    fn administered(&self, request: &Request, base: &str) -> Result<String, Response> {
        let (base, right) = self.seen(request, base)?;
        if right == Right::Admin { Ok(base) } else { Err(forbidden()) }
    }

    fn detail(&self, body: &Map<String, Value>) -> Result<Map<String, Value>, Response> {
        let detail = body.get("detail").and_then(Value::as_object).filter(|detail| !detail.is_empty());
        detail.cloned().ok_or_else(|| {
            self.complain("detail is missing or no object");
            error(400, "Account info is invalid.")
        })
    }
}
