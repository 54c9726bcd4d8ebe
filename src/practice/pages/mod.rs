//! [`Pages`]: what a browser sees: the consent, the page for app passwords, the console, SeaTable's settings. They
//! stand in for what a person does at Google and SeaTable, and every one of them is labelled as practice.

mod app_password;
mod consent;
mod console;
mod device;
mod entra;
mod html;
mod permissions;
mod seatable;
mod server;

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

pub(super) use self::server::PageServer;
use self::{
    html::{Words, escape},
    seatable::Place,
};
use super::{
    description::Addresses,
    http::{Form, Request, Response},
    oauth::{AuthorizationRequest, DeviceQuestion, Dialect, PageError},
    random,
    seatable::Seatable,
    state::State,
    visit::ERROR_LINE,
};
use crate::model::report::SCHEMA;

/// How many forms may be open at once; older ones say that they are out of date.
const MAX_FORMS: usize = 256;

/// Where the counts are: of no use to a person, so no page leads there.
pub(super) const COUNTS: &str = "/counts";

/// What a form on a page will do when it comes back.
enum Pending {
    Consent(Box<AuthorizationRequest>),
    DeviceCode,
    DeviceConsent(Box<DeviceQuestion>),
    AppPassword,
    Client,
    App,
    Publishing,
    Permissions,
    /// Any form on the page of a base.
    Base(Place),
}

/// The pages.
pub(super) struct Pages {
    state: Arc<State>,
    seatable: Arc<Seatable>,
    words: Words,
    /// `127.0.0.1:port`: what `Host` must be, else another site led the browser here under its own name.
    host: String,
    issuer: String,
    /// What a person enters to reach SeaTable.
    seatable_url: String,
    /// The server that an account of a base is sent with, and the token endpoint.
    mail_server: (String, u16),
    token_url: String,
    forms: Mutex<VecDeque<(String, Pending)>>,
}

impl Pages {
    pub(super) fn new(
        state: Arc<State>,
        seatable: Arc<Seatable>,
        host: String,
        addresses: &Addresses,
    ) -> Self {
        Self {
            words: Words::new(state.language),
            state,
            seatable,
            host,
            issuer: addresses.issuer.clone(),
            seatable_url: addresses.seatable.clone(),
            mail_server: (addresses.host.clone(), addresses.starttls_port),
            token_url: addresses.token_url(),
            forms: Mutex::default(),
        }
    }

    /// Answers one request.
    pub(super) fn answer(&self, request: &Request) -> Response {
        if request.header("host") != Some(self.host.as_str()) {
            return Response::text(403, "wrong host");
        }
        self.route(request).unwrap_or_else(|_| Response::text(500, "the system has no randomness to give"))
    }

    fn route(&self, request: &Request) -> io::Result<Response> {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => Ok(self.page(200, "index.title", &self.index())),
            ("GET", "/o/oauth2/v2/auth") => self.authorize(Dialect::Google, &request.query),
            ("GET", path) if Dialect::of(path).1 == "authorize" => {
                self.authorize(Dialect::of(path).0, &request.query)
            }
            ("GET", "/device") => self.device(&Form::parse(request.query.as_bytes())),
            ("GET", "/app-passwords") => self.app_passwords(None),
            ("GET", "/two-step") => {
                let text = self.words.text("two-step.text");
                Ok(self.page(200, "two-step.title", &format!("<p>{text}</p>")))
            }
            ("GET", "/permissions") => self.permissions(),
            ("GET", COUNTS) => {
                let requests = self.state.lock().token_requests;
                Ok(Response::json(200, &serde_json::json!({"schema": SCHEMA, "token_requests": requests})))
            }
            ("GET", "/console") => self.console(None),
            ("GET", "/entra") => self.entra(None),
            ("GET", "/mailbox-access") => Ok(self.mailbox_access()),
            ("GET", "/seatable") => Ok(self.seatable()),
            ("GET", path) if path.starts_with("/seatable/") => self.base(path),
            ("GET", path) if path.starts_with("/console/client/") => Ok(self.client_file(path)),
            ("POST", "/form") if request.is_form() => self.form(&Form::parse(&request.body)),
            _ => Ok(self.page(404, "missing.title", &format!("<p>{}</p>", self.words.text("missing.text")))),
        }
    }

    /// A form came back; its token says which, and works once.
    fn form(&self, form: &Form) -> io::Result<Response> {
        match form.one("form").and_then(|token| self.take(token)) {
            Some(Pending::Consent(request)) => self.decide(&request, form),
            Some(Pending::DeviceCode) => self.device_code(form),
            Some(Pending::DeviceConsent(question)) => Ok(self.decide_device(&question, form)),
            Some(Pending::AppPassword) => self.make_app_password(form),
            Some(Pending::Client) => self.make_client(form),
            Some(Pending::App) => self.register_app(form),
            Some(Pending::Publishing) => self.publish(form),
            Some(Pending::Permissions) => self.withdraw(form),
            Some(Pending::Base(place)) => self.change_base(&place, form),
            None => {
                let text = self.words.text("stale.text");
                Ok(self.page(403, "stale.title", &format!("<p>{text}</p>")))
            }
        }
    }

    fn index(&self) -> String {
        let link =
            |address: &str, id: &str| format!("<li><a href=\"{address}\">{}</a></li>", self.words.text(id));
        format!(
            "<ul>{}{}{}{}{}{}{}</ul>",
            link("/app-passwords", "app-password.title"),
            link("/two-step", "two-step.title"),
            link("/console", "console.title"),
            link("/entra", "entra.title"),
            link("/permissions", "permissions.title"),
            link("/device", "device.title"),
            link("/seatable", "seatable.title")
        )
    }

    fn page(&self, status: u16, title_id: &str, body: &str) -> Response {
        Response::page(status, self.words.page(title_id, body))
    }

    /// What Google shows instead of sending the browser back.
    fn refusal(&self, error: &PageError) -> Response {
        self.state.complain(format!("authorization endpoint: {}: {}", error.id(), error.detail()));
        let (id, status) = (error.id(), error.status());
        let body = format!(
            "<p>{}</p><p>{}</p><pre>{}</pre>{ERROR_LINE}{}</p>",
            self.words.text("refusal.intro"),
            self.words.text(&format!("refusal.{}", id.replace('_', "-"))),
            escape(error.detail()),
            self.words.fill("refusal.code", &[("status", &status.to_string()), ("error", id)]),
        );
        self.page(status, "refusal.title", &body)
    }

    /// Remembers what a form will do; the hidden field that brings it back.
    fn pending(&self, pending: Pending) -> io::Result<String> {
        let token = random::text(random::URL_SAFE, 32)?;
        let field = format!("<input type=\"hidden\" name=\"form\" value=\"{token}\">");
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if forms.len() >= MAX_FORMS {
            forms.pop_front();
        }
        forms.push_back((token, pending));
        Ok(field)
    }

    fn take(&self, token: &str) -> Option<Pending> {
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let at = forms.iter().position(|(known, _)| known == token)?;
        forms.remove(at).map(|(_, pending)| pending)
    }

    fn authorize(&self, dialect: Dialect<'_>, query: &str) -> io::Result<Response> {
        let request = match AuthorizationRequest::parse(query, dialect, &self.state) {
            Ok(request) => request,
            Err(error) => return Ok(self.refusal(&error)),
        };
        if let Some(hint) = &request.login_hint {
            self.state.lock().admit(hint)?;
        }
        match self.shortcut(&request, &Form::parse(query.as_bytes())) {
            Some(decision) => {
                let url = request.answer(decision, &self.state, &self.issuer, Instant::now())?;
                Ok(Response::redirect(302, url.as_str()))
            }
            None => self.consent(request),
        }
    }
}
