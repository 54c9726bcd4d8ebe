//! The page on which a person withdraws a consent.

use std::io;

use super::{
    Pages, Pending,
    html::{each, escape, template},
};
use crate::{
    model::address::Address,
    practice::http::{Form, Response},
};

impl Pages {
    /// Lists whose consents there are.
    pub(super) fn permissions(&self) -> io::Result<Response> {
        let holders = self.state.lock().grants.holders();
        if holders.is_empty() {
            let text = self.words.text("permissions.none");
            return Ok(self.page(200, "permissions.title", &format!("<p>{text}</p>")));
        }
        let radio = |holder: &Address| {
            let checked = if Some(holder) == holders.first() { " checked" } else { "" };
            let holder = escape(holder.as_str());
            format!(
                "<label><input type=\"radio\" name=\"account\" value=\"{holder}\"{checked}> {holder}</label>\n"
            )
        };
        let body = template(
            "permissions.html",
            &[
                ("intro", &self.words.text("permissions.intro")),
                ("account_label", &self.words.text("permissions.account")),
                ("accounts", &each(&holders, radio)),
                ("remove", &self.words.text("permissions.remove")),
                ("form", &self.pending(Pending::Permissions)?),
            ],
        );
        Ok(self.page(200, "permissions.title", &body))
    }

    /// The person chose an account.
    pub(super) fn withdraw(&self, form: &Form) -> io::Result<Response> {
        if let Some(address) = form.one("account").and_then(|address| Address::parse(address).ok()) {
            self.state.lock().grants.withdraw(&address);
        }
        self.permissions()
    }
}
