//! Microsoft Entra: apps, and the switch of the admin center without which no mailbox takes a sign-in over SMTP.

use std::io;

use super::{
    Pages, Pending,
    console::{redirects_of, unregistrable},
    html::{each, escape, template},
};
use crate::{
    model::{
        client::{Client, ClientKind},
        secret::Secret,
    },
    practice::{
        clients::is_app,
        http::{Form, Response},
    },
};

impl Pages {
    /// Shows the apps; `said` is what came of the last form.
    pub(super) fn entra(&self, said: Option<String>) -> io::Result<Response> {
        let apps: Vec<_> =
            self.state.lock().clients.iter().filter(|client| is_app(client)).cloned().collect();
        let form = self.pending(Pending::App)?;
        let word = |id: &str| self.words.text(&format!("entra.{id}"));
        let said = said.map_or_else(String::new, |said| format!("<p class=\"note\">{said}</p>"));
        let body = template(
            "entra.html",
            &[
                ("said", &said),
                ("intro", &word("intro")),
                ("create_title", &word("create-title")),
                ("form", &form),
                ("kind_label", &word("kind")),
                ("web", &word("web")),
                ("desktop", &word("desktop")),
                ("redirects_label", &word("redirects")),
                ("redirects_hint", &word("redirects-hint")),
                ("create", &word("create")),
                ("apps_title", &word("apps")),
                ("apps", &each(&apps, |app| self.app(app))),
            ],
        );
        Ok(self.page(200, "entra.title", &body))
    }

    fn app(&self, app: &Client) -> String {
        let word = |id: &str| self.words.text(&format!("entra.{id}"));
        let redirects = each(&app.redirect_uris, |uri| format!("<li><code>{}</code></li>", escape(uri)));
        let secret = match &app.secret {
            Some(secret) => format!("<code>{}</code>", escape(Secret::expose(secret))),
            None => word("no-secret"),
        };
        template(
            "app.html",
            &[
                ("kind", &word(app.kind.id())),
                ("id_label", &word("id")),
                ("id", &escape(&app.id)),
                ("secret_label", &word("secret")),
                ("secret", &secret),
                ("redirects_label", &word("redirects")),
                ("redirects", &redirects),
            ],
        )
    }

    /// The person registered an app.
    pub(super) fn register_app(&self, form: &Form) -> io::Result<Response> {
        let kind = form.one("kind").and_then(ClientKind::from_id).unwrap_or(ClientKind::Desktop);
        let redirects = redirects_of(form);
        if let Some(wrong) = unregistrable(kind, &redirects) {
            return self.entra(Some(self.words.fill("console.bad-redirect", &[("address", wrong)])));
        }
        let made = self.state.lock().make_app(kind, redirects)?;
        self.entra(Some(self.words.fill("entra.made", &[("id", &made.id)])))
    }

    /// The switch of the mailbox, which is on.
    pub(super) fn mailbox_access(&self) -> Response {
        self.page(200, "access.title", &format!("<p>{}</p>", self.words.text("access.text")))
    }
}
