//! The consent page.

use std::{io, time::Instant};

use super::{
    Pages, Pending,
    html::{each, escape, template},
};
use crate::{
    model::address::Address,
    practice::{
        http::{Form, Response},
        oauth::{AuthorizationRequest, Decision, EMAIL, GRAPH_SEND, MAIL, SEND, SMTP_SEND, is_sign_in},
    },
};

impl Pages {
    /// `&practice=allow` or `&practice=deny` in the authorization address: a script stands in for the person.
    pub(super) fn shortcut(&self, request: &AuthorizationRequest, query: &Form) -> Option<Decision> {
        match query.one("practice")? {
            "allow" => {
                let first = || self.state.lock().users.first().map(|user| user.address.clone());
                Some(request.allow_as(request.login_hint.clone().or_else(first)?))
            }
            "deny" => Some(Decision::Deny),
            _ => None,
        }
    }

    /// Asks the person.
    pub(super) fn consent(&self, request: AuthorizationRequest) -> io::Result<Response> {
        let body = template(
            "consent.html",
            &[
                ("intro", &self.words.fill("consent.intro", &[("client", &request.client_id)])),
                ("account_label", &self.words.text("consent.account")),
                ("accounts", &self.accounts(request.login_hint.as_ref())),
                ("scopes_label", &self.words.text("consent.scopes")),
                ("scopes", &self.scopes(&request.scopes, &request.boxes())),
                ("unticked", &self.unticked_hint(&request)),
                ("allow", &self.words.text("consent.allow")),
                ("deny", &self.words.text("consent.deny")),
                ("form", &self.pending(Pending::Consent(Box::new(request)))?),
            ],
        );
        Ok(self.page(200, "consent.title", &body))
    }

    /// The person pressed a button.
    pub(super) fn decide(&self, request: &AuthorizationRequest, form: &Form) -> io::Result<Response> {
        let user = form.one("account").and_then(|address| Address::parse(address).ok());
        let known = user.filter(|user| self.state.lock().user(user).is_some());
        let decision = match (form.one("decision"), known) {
            (Some("allow"), Some(user)) => {
                Decision::Allow { user, ticked: form.all("scope").map(str::to_owned).collect() }
            }
            _ => Decision::Deny,
        };
        let url = request.answer(decision, &self.state, &self.issuer, Instant::now())?;
        Ok(Response::redirect(302, url.as_str()))
    }

    pub(super) fn accounts(&self, hint: Option<&Address>) -> String {
        let users: Vec<Address> = self.state.lock().users.iter().map(|user| user.address.clone()).collect();
        let hinted = hint.and_then(|hint| users.iter().find(|user| user.same_mailbox(hint.as_str())));
        let chosen = hinted.or(users.first());
        let radio = |user: &Address| {
            let checked = if Some(user) == chosen { " checked" } else { "" };
            let user = escape(user.as_str());
            format!(
                "<label><input type=\"radio\" name=\"account\" value=\"{user}\"{checked}> {user}</label>\n"
            )
        };
        each(&users, radio)
    }

    /// With a box where Google has one; unticked, as at Google.
    pub(super) fn scopes(&self, scopes: &[String], boxes: &[&str]) -> String {
        let line = |scope: &String| {
            let (words, value) = (self.words.text(&format!("scope.{}", scope_id(scope))), escape(scope));
            if boxes.contains(&scope.as_str()) {
                format!(
                    "<li><label><input type=\"checkbox\" name=\"scope\" value=\"{value}\"> {words}</label>\
                     <code>{value}</code></li>\n"
                )
            } else {
                format!("<li>{words}<code>{value}</code></li>\n")
            }
        };
        each(scopes, line)
    }

    fn unticked_hint(&self, request: &AuthorizationRequest) -> String {
        if request.boxes().is_empty() {
            return String::new();
        }
        format!("<p class=\"note\">{}</p>", self.words.text("consent.unticked"))
    }
}

fn scope_id(scope: &str) -> &'static str {
    match scope {
        MAIL => "mail",
        SEND | SMTP_SEND | GRAPH_SEND => "send",
        EMAIL => "email",
        _ if is_sign_in(scope) => "sign-in",
        _ => "other",
    }
}
