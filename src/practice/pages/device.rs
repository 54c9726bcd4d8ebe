//! The page on which a code for another device is entered.

use std::{io, time::Instant};

use super::{
    Pages, Pending,
    html::{escape, template},
};
use crate::{
    model::address::Address,
    practice::{
        http::{Form, Response},
        oauth::DeviceQuestion,
    },
};

impl Pages {
    /// Asks for the code. `&practice=allow` or `&practice=deny` after one: a script stands in for the person.
    pub(super) fn device(&self, query: &Form) -> io::Result<Response> {
        let typed = query.one("user_code").unwrap_or_default();
        let question = self.state.lock().devices.question(typed, Instant::now());
        match (question, query.one("practice")) {
            (Some(question), Some("allow")) => {
                let first = || self.state.lock().users.first().map(|user| user.address.clone());
                let user = question.hint.clone().or_else(first);
                Ok(self.decided(&question, user))
            }
            (Some(question), Some("deny")) => Ok(self.decided(&question, None)),
            _ => self.ask_code(typed, false),
        }
    }

    fn ask_code(&self, typed: &str, was_unknown: bool) -> io::Result<Response> {
        let unknown = format!("<p class=\"note\">{}</p>", self.words.text("device.unknown"));
        let body = template(
            "device.html",
            &[
                ("intro", &self.words.text("device.intro")),
                ("unknown", if was_unknown { &unknown } else { "" }),
                ("code_label", &self.words.text("device.code")),
                ("code", &escape(typed)),
                ("next", &self.words.text("device.next")),
                ("form", &self.pending(Pending::DeviceCode)?),
            ],
        );
        Ok(self.page(200, "device.title", &body))
    }

    /// The code came: the person is asked.
    pub(super) fn device_code(&self, form: &Form) -> io::Result<Response> {
        let typed = form.one("user_code").unwrap_or_default();
        let question = self.state.lock().devices.question(typed, Instant::now());
        match question {
            Some(question) => self.device_consent(question),
            None => self.ask_code(typed, true),
        }
    }

    fn device_consent(&self, question: DeviceQuestion) -> io::Result<Response> {
        let body = template(
            "consent.html",
            &[
                ("intro", &self.words.fill("consent.intro", &[("client", &question.client_id)])),
                ("account_label", &self.words.text("consent.account")),
                ("accounts", &self.accounts(question.hint.as_ref())),
                ("scopes_label", &self.words.text("consent.scopes")),
                ("scopes", &self.scopes(&question.scopes, &[])),
                ("unticked", ""),
                ("allow", &self.words.text("consent.allow")),
                ("deny", &self.words.text("consent.deny")),
                ("form", &self.pending(Pending::DeviceConsent(Box::new(question)))?),
            ],
        );
        Ok(self.page(200, "consent.title", &body))
    }

    /// The person pressed a button.
    pub(super) fn decide_device(&self, question: &DeviceQuestion, form: &Form) -> Response {
        let user = form.one("account").and_then(|address| Address::parse(address).ok());
        let known = user.filter(|user| self.state.lock().user(user).is_some());
        self.decided(question, known.filter(|_| form.one("decision") == Some("allow")))
    }

    fn decided(&self, question: &DeviceQuestion, user: Option<Address>) -> Response {
        let text = if user.is_some() { "device.done" } else { "device.denied" };
        self.state.lock().devices.decide(&question.code, user);
        self.page(200, "device.done-title", &format!("<p>{}</p>", self.words.text(text)))
    }
}
