//! The console: clients, their files, and the publishing status.

use std::io;

use serde_json::json;
use url::Url;

use super::{
    Pages, Pending,
    html::{each, escape, template},
};
use crate::{
    model::{
        account::Publishing,
        client::{Client, ClientKind},
        secret::Secret,
    },
    practice::{
        clients::is_app,
        http::{Form, Response},
        oauth::is_plain_loopback,
        state::PROJECT,
    },
};

/// More than one person registers; the page stays readable.
const MAX_REDIRECTS: usize = 10;

impl Pages {
    /// Shows everything; `said` is what came of the last form.
    pub(super) fn console(&self, said: Option<String>) -> io::Result<Response> {
        let (clients, publishing) = {
            let inner = self.state.lock();
            let clients: Vec<_> = inner.clients.iter().filter(|client| !is_app(client)).cloned().collect();
            (clients, inner.publishing)
        };
        let (publishing_form, client_form) =
            (self.pending(Pending::Publishing)?, self.pending(Pending::Client)?);
        let word = |id: &str| self.words.text(&format!("console.{id}"));
        let said = said.map_or_else(String::new, |said| format!("<p class=\"note\">{said}</p>"));
        let clients = each(&clients, |client| self.client_section(client));
        let body = template(
            "console.html",
            &[
                ("said", &said),
                ("intro", &word("intro")),
                ("publishing_title", &word("publishing")),
                ("publishing_text", &word("publishing-text")),
                ("statuses", &self.statuses(publishing)),
                ("save", &word("save")),
                ("publishing_form", &publishing_form),
                ("create_title", &word("create-title")),
                ("kind_label", &word("kind")),
                ("web", &word("web")),
                ("desktop", &word("desktop")),
                ("redirects_label", &word("redirects")),
                ("redirects_hint", &word("redirects-hint")),
                ("create", &word("create")),
                ("client_form", &client_form),
                ("clients_title", &word("clients")),
                ("clients", &clients),
            ],
        );
        Ok(self.page(200, "console.title", &body))
    }

    fn statuses(&self, current: Publishing) -> String {
        let option = |status: &Publishing| {
            let checked = if *status == current { " checked" } else { "" };
            let (id, words) = (status.id(), self.words.text(&format!("console.{}", status.id())));
            format!("<label><input type=\"radio\" name=\"status\" value=\"{id}\"{checked}> {words}</label>\n")
        };
        each(&[Publishing::Testing, Publishing::Production], option)
    }

    fn client_section(&self, client: &Client) -> String {
        let secret = client.secret.as_ref().map_or("", Secret::expose);
        let redirects = each(&client.redirect_uris, |uri| format!("<li><code>{}</code></li>", escape(uri)));
        let word = |id: &str| self.words.text(&format!("console.{id}"));
        template(
            "client.html",
            &[
                ("kind", &word(client.kind.id())),
                ("id_label", &word("id")),
                ("id", &escape(&client.id)),
                ("secret_label", &word("secret")),
                ("secret", &escape(secret)),
                ("redirects_label", &word("redirects")),
                ("redirects", &redirects),
                ("file", &file_path(client)),
                ("download", &word("download")),
            ],
        )
    }

    /// The person described a client.
    pub(super) fn make_client(&self, form: &Form) -> io::Result<Response> {
        let kind = form.one("kind").and_then(ClientKind::from_id).unwrap_or(ClientKind::Web);
        let redirects = redirects_of(form);
        if let Some(wrong) = unregistrable(kind, &redirects) {
            return self.console(Some(self.words.fill("console.bad-redirect", &[("address", wrong)])));
        }
        let made = self.state.lock().make_client(kind, redirects)?;
        self.console(Some(self.words.fill("console.made", &[("id", &made.id)])))
    }

    /// The person chose a publishing status.
    pub(super) fn publish(&self, form: &Form) -> io::Result<Response> {
        if let Some(status) = form.one("status").and_then(Publishing::from_id) {
            self.state.lock().publishing = status;
        }
        self.console(Some(self.words.text("console.saved")))
    }

    /// The file of a client, as a download.
    pub(super) fn client_file(&self, path: &str) -> Response {
        let client = self.state.lock().clients.iter().find(|client| file_path(client) == path).cloned();
        let Some(client) = client else { return Response::text(404, "no such client") };
        let disposition = format!("attachment; filename=\"{}\"", file_name(&client));
        Response::json(200, &file(&client, &self.host, &self.issuer))
            .with("Content-Disposition", &disposition)
    }
}

/// The redirect addresses that a form names, one on each line.
pub(super) fn redirects_of(form: &Form) -> Vec<String> {
    let lines = form.all("redirects").flat_map(str::lines).map(str::trim);
    lines.filter(|line| !line.is_empty()).take(MAX_REDIRECTS).map(str::to_owned).collect()
}

/// The first address that no client of this kind may have.
pub(super) fn unregistrable(kind: ClientKind, redirects: &[String]) -> Option<&str> {
    redirects.iter().find(|uri| kind == ClientKind::Web && !may_be_registered(uri)).map(String::as_str)
}

fn file_name(client: &Client) -> String {
    format!("client_secret_{}.json", client.id)
}

fn file_path(client: &Client) -> String {
    format!("/console/client/{}", file_name(client))
}

/// The file as Google's console makes it.
fn file(client: &Client, host: &str, issuer: &str) -> serde_json::Value {
    let key = if client.kind == ClientKind::Web { "web" } else { "installed" };
    json!({ key: {
        "client_id": client.id,
        "project_id": format!("practice-{PROJECT}"),
        "auth_uri": format!("http://{host}/o/oauth2/v2/auth"),
        "token_uri": format!("{issuer}/token"),
        "auth_provider_x509_cert_url": format!("{issuer}/certs"),
        "client_secret": client.secret.as_ref().map(Secret::expose),
        "redirect_uris": client.redirect_uris,
    }})
}

/// Google's rules for a web client: https, or http on loopback; no fragment, no user name, no wildcard.
fn may_be_registered(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| {
        let secure = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        (secure || is_plain_loopback(&url)) && url.fragment().is_none() && !uri.contains('*')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn googles_rules_for_redirect_addresses_are_kept() {
        for uri in [
            "https://cloud.seatable.io/oauth/x/callback/",
            "http://127.0.0.1:8976/callback",
            "http://localhost/",
        ] {
            assert!(may_be_registered(uri), "{uri}");
        }
        for uri in [
            "",
            "callback",
            "http://seatable.example/callback",
            "https://x.example/#a",
            "https://a:b@x.example/",
            "https://*.example/",
            "urn:ietf:wg:oauth:2.0:oob",
        ] {
            assert!(!may_be_registered(uri), "{uri}");
        }
    }

    #[test]
    fn the_file_is_one_that_the_wizard_reads() {
        for kind in [ClientKind::Web, ClientKind::Desktop] {
            let client = Client {
                id: "1-a.apps.googleusercontent.com".to_owned(),
                secret: Some("GOCSPX-x".into()),
                kind,
                redirect_uris: vec!["http://localhost".to_owned()],
            };
            let file = file(&client, "127.0.0.1:1", "https://127.0.0.1:2").to_string();
            assert_eq!(Client::parse_file(&file).unwrap(), client);
        }
    }
}
