//! [`Seatable`]: SeaTable's API, as far as the e-mail accounts of a base need it. A program signs in, finds a base,
//! stores an account in it, has SeaTable send with it, and reads what came of that.
//!
//! It follows SeaTable's own specification, its public source and its documents. Where it differs:
//! - It talks to nobody outside this machine. A mail server or a token endpoint elsewhere counts as one that cannot
//!   be reached, and accounts of Microsoft can be stored, but not sent with.
//! - It checks the mail server's certificate against the practice authority. Whether SeaTable's sender checks it at all
//!   is not known.
//! - It gives a mail server that says nothing 3 seconds, and 10 to answer. SeaTable's sender waits 30. That is how
//!   port 465 fails in both: the sender waits for a greeting, the server for a handshake.
//! - The first question about a sending task is always answered "not finished", so that asking again is practised.
//! - Passwords, tokens and the one-time code are made at the start. A real code changes every 30 seconds.
//! - A disabled user's account token is refused with 401, and so are words around such answers (`detail`): assumed,
//!   as are the tasks' errors of OAuth before 6.0 and the order in which several mistakes of one request are told.
//! - Absent: SeaTable's own OAuth way (its pages in the browser do it in one step), attachments and pictures in
//!   messages, automation rules, temporary API tokens, captchas, the freezing of users, quotas of real size.
//! - It is stricter where a client's mistake would go unnoticed there: such a mistake is a complaint.

mod access;
mod accounts;
mod compose;
mod endpoint;
mod gmail;
mod graph;
mod outbound;
mod seed;
mod sending;
mod sign_in;
mod smtp;
mod store;
mod task;
mod workspaces;

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;

use self::endpoint::Endpoint;
pub(super) use self::{
    outbound::Outbound,
    sending::{GENERAL, text_of},
    store::{Account, Base, Person, Store},
    task::SendError,
};
use super::{
    Fault,
    http::{Form, Request, Response},
    state::State,
};
use crate::model::seatable::Version;

/// The version that answers where none is chosen: the newest whose Gmail sending was known to work when this was
/// written.
pub(super) const VERSION: Version = Version::new(6, 1, 6);

/// How many requests of a path the fault `seatable-busy` turns away.
const BUSY: u32 = 2;

/// A longer name of a field is not told: every secret is longer than this, and no name that somebody mistypes.
const MAX_SHOWN: usize = 15;

/// The practice SeaTable.
pub(super) struct Seatable {
    state: Arc<State>,
    pub(super) version: Version,
    store: Mutex<Store>,
    /// Told when a sending task ends.
    finished: Condvar,
    outbound: Outbound,
    /// True once the fault `seatable-gateway` has struck.
    cut: AtomicBool,
}

impl Seatable {
    /// A SeaTable in which every practice user has bases.
    ///
    /// # Errors
    /// When the system has no randomness for passwords and tokens.
    pub(super) fn new(state: Arc<State>, version: Version, outbound: Outbound) -> io::Result<Self> {
        let version = if state.has(Fault::SeatableBefore52) {
            Version::new(5, 1, 4)
        } else if state.has(Fault::SeatableBefore61) {
            Version::new(5, 2, 7)
        } else {
            version
        };
        let addresses: Vec<_> = state.lock().users.iter().map(|user| user.address.clone()).collect();
        let store = Mutex::new(Store::seeded(&addresses, &state)?);
        Ok(Self { state, version, store, finished: Condvar::new(), outbound, cut: AtomicBool::new(false) })
    }

    /// What SeaTable holds, locked. The other lock, of [`State`], may be taken while this one is held, never the
    /// other way round.
    pub(super) fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request.
    pub(super) fn answer(self: &Arc<Self>, request: &Request) -> Response {
        if let Some(response) = self.disturbed(request) {
            return response;
        }
        self.check(request);
        let Some(endpoint) = Endpoint::find(&request.path) else {
            if !request.path.ends_with('/') {
                self.complain("a path has no slash at its end");
            }
            return not_found();
        };
        let answer = match (endpoint, request.method.as_str()) {
            (Endpoint::ServerInfo, "GET") => Ok(self.server_info()),
            (Endpoint::Ping, "GET") => Ok(pong()),
            (Endpoint::AuthPing, "GET") => self.person(request).map(|_| pong()),
            (Endpoint::AuthToken, "POST") => self.sign_in(request),
            (Endpoint::AccountInfo, "GET") => self.account_info(request),
            (Endpoint::Workspaces, "GET") => self.workspaces(request),
            (Endpoint::Accounts(base), "GET") => self.list_accounts(request, base),
            (Endpoint::Accounts(base), "POST") => self.add_account(request, base),
            (Endpoint::AccountByName(base), "GET") => self.account_by_name(request, base),
            (Endpoint::Account(base, id), "PUT") => self.update_account(request, base, id),
            (Endpoint::Account(base, id), "DELETE") => self.delete_account(request, base, id),
            (Endpoint::BaseToken, "GET") => self.base_token(request),
            (Endpoint::OwnAccount, "GET") => self.own_account(request),
            (Endpoint::Send(_), _) if self.state.has(Fault::SeatableNoSend) => Ok(not_found()),
            (Endpoint::Send(base), "POST") => self.send(request, base),
            (Endpoint::Status, "GET") => self.status(request),
            (Endpoint::Status, "DELETE") => self.cancel(request),
            _ => {
                self.complain("a path was asked with a method that it does not have");
                Ok(Response::json(405, &json!({ "detail": "Method not allowed." })))
            }
        };
        match answer {
            Ok(response) => self.cut_off(endpoint, request).unwrap_or(response),
            Err(refusal) => refusal,
        }
    }

    /// What the fault `seatable-gateway` answers after the first account was written.
    fn cut_off(&self, endpoint: Endpoint<'_>, request: &Request) -> Option<Response> {
        let writes = matches!(
            (endpoint, request.method.as_str()),
            (Endpoint::Accounts(_), "POST") | (Endpoint::Account(..), "PUT")
        );
        let page = "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>";
        let cuts = self.state.has(Fault::SeatableGateway) && writes && !self.cut.swap(true, Ordering::SeqCst);
        cuts.then(|| Response::page(504, page.to_owned()))
    }

    /// The answers of the faults that hide everything else.
    fn disturbed(&self, request: &Request) -> Option<Response> {
        let path = request.path.as_str();
        if self.state.has(Fault::SeatableNotSeatable) {
            let page = "<!DOCTYPE html><html><head><title>Welcome!</title></head><body><h1>It works!</h1></body></html>";
            return Some(Response::page(if path == "/server-info/" { 200 } else { 404 }, page.to_owned()));
        }
        if self.state.has(Fault::SeatableLoginPage) {
            let page =
                "<!DOCTYPE html><html><head><title>Log In</title></head><body><h1>Log In</h1></body></html>";
            return Some(if path == "/accounts/login/" {
                Response::page(200, page.to_owned())
            } else {
                Response::redirect(302, &format!("/accounts/login/?next={path}"))
            });
        }
        // These two are exempt from every limit.
        if matches!(Endpoint::find(path), Some(Endpoint::ServerInfo | Endpoint::Ping)) {
            return None;
        }
        let first = || self.lock().times_asked(path) < BUSY;
        let busy =
            self.state.has(Fault::SeatableAlwaysBusy) || self.state.has(Fault::SeatableBusy) && first();
        busy.then(|| Response::empty(429))
    }

    /// What is wrong whatever is asked.
    fn check(&self, request: &Request) {
        let query = Form::parse(request.query.as_bytes());
        if query.names().any(|name| name.contains("token") || name.contains("password")) {
            self.complain("a secret stands in the query");
        }
        if request.method == "GET" && !request.body.is_empty() {
            self.complain("a GET has a body");
        }
    }

    fn server_info(&self) -> Response {
        let version = self.version.to_string();
        Response::json(200, &json!({ "version": version, "edition": "enterprise edition" }))
    }

    /// Notes that a client broke a rule. No secret may be in the text.
    fn complain(&self, complaint: &str) {
        self.state.complain(format!("SeaTable: {complaint}"));
    }

    /// The JSON object in a body; anything else becomes an empty one.
    fn object(&self, request: &Request) -> serde_json::Map<String, serde_json::Value> {
        if !request.has_type("application/json") {
            self.complain("a body is not said to be application/json");
        }
        serde_json::from_slice(&request.body).unwrap_or_else(|_| {
            self.complain("a body is no JSON object");
            serde_json::Map::new()
        })
    }

    /// Complains about what SeaTable would take without a word and never read.
    fn expect_only(&self, object: &serde_json::Map<String, serde_json::Value>, known: &[&str], of: &str) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            // Whoever mixes up a name and its value must not read the value here.
            let key = if key.len() <= MAX_SHOWN { key.as_str() } else { "…" };
            self.complain(&format!("{of} has a field that SeaTable does not know: {key:?}"));
        }
    }
}

/// The API's refusals.
fn error(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "error_msg": text }))
}

/// What everybody hears when something broke.
const INTERNAL: &str = "Internal Server Error.";

fn internal_error() -> Response {
    error(500, INTERNAL)
}

fn pong() -> Response {
    Response::json(200, &json!("pong"))
}

/// Django's page, not JSON.
fn not_found() -> Response {
    let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n  \
                <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n";
    Response::page(404, page.to_owned())
}
