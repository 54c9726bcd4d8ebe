//! The page for app passwords.

use std::io;

use super::{
    Pages, Pending,
    html::{each, escape, template},
};
use crate::{
    model::secret::Secret,
    practice::http::{Form, Response},
};

/// Names on a page need no more; longer ones are cut.
pub(super) const MAX_NAME: usize = 60;

impl Pages {
    /// Asks for a name; shows the password that was just made.
    pub(super) fn app_passwords(&self, made: Option<&Secret>) -> io::Result<Response> {
        let names: Vec<String> =
            self.state.lock().app_passwords.iter().map(|(name, _)| name.clone()).collect();
        let listed = each(&names, |name| format!("<li>{}</li>\n", escape(name)));
        let list = if listed.is_empty() {
            String::new()
        } else {
            format!("<h2>{}</h2><ul>{listed}</ul>", self.words.text("app-password.list"))
        };
        let shown = made.map_or_else(String::new, |secret| {
            format!(
                "<section class=\"once\"><p>{}</p><p class=\"key\" id=\"app-password\">{}</p><p>{}</p></section>",
                self.words.text("app-password.made"),
                grouped(secret),
                self.words.text("app-password.once"),
            )
        });
        let body = template(
            "app-password.html",
            &[
                ("intro", &self.words.text("app-password.intro")),
                ("made", &shown),
                ("name_label", &self.words.text("app-password.name")),
                ("create", &self.words.text("app-password.create")),
                ("list", &list),
                ("form", &self.pending(Pending::AppPassword)?),
            ],
        );
        Ok(self.page(200, "app-password.title", &body))
    }

    /// The person named one.
    pub(super) fn make_app_password(&self, form: &Form) -> io::Result<Response> {
        let name: String = form.one("name").unwrap_or("mailkey").chars().take(MAX_NAME).collect();
        let made = self.state.lock().make_app_password(&name)?;
        self.app_passwords(Some(&made))
    }
}

/// Four groups of four, as Google shows it.
fn grouped(secret: &Secret) -> String {
    let letters: Vec<char> = secret.expose().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
