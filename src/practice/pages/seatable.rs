//! SeaTable's pages: what a person finds in their settings, and the accounts of a base.

use std::io;

use serde_json::{Map, Value, json};

use super::{
    Pages, Pending,
    html::{each, escape, template},
};
use crate::{
    model::{
        address::Address,
        seatable::{Form as AccountForm, Right},
        secret::Secret,
    },
    practice::{
        Fault, SEATABLE_REDIRECT, SEATABLE_REDIRECT_PATH,
        http::{Form, Response},
        oauth::{EMAIL, SEND},
        seatable::{Account, Base, GENERAL, Person, text_of},
    },
};

/// The field that says with which account to send.
const TRY: &str = "try";

/// A base as one person sees it.
#[derive(Clone)]
pub(super) struct Place {
    person: usize,
    base: String,
}

impl Place {
    fn parse(path: &str) -> Option<Self> {
        let (person, base) = path.strip_prefix("/seatable/")?.split_once('/')?;
        Some(Self { person: person.parse().ok()?, base: base.to_owned() })
    }

    fn path(person: usize, base: &Base) -> String {
        format!("/seatable/{person}/{}", base.uuid)
    }
}

impl Pages {
    /// Who can sign in how, and which bases they see.
    pub(super) fn seatable(&self) -> Response {
        let persons = self.seatable.lock().persons.clone();
        let numbered: Vec<(usize, Person)> = persons.into_iter().enumerate().collect();
        let sections = each(&numbered, |(number, person)| self.person(*number, person));
        let body = template(
            "seatable.html",
            &[
                ("intro", &self.words.text("seatable.intro")),
                ("url_label", &self.words.text("seatable.url")),
                ("url", &escape(&self.seatable_url)),
                ("version_label", &self.words.text("seatable.version")),
                ("version", &self.seatable.version.to_string()),
                ("persons", &sections),
            ],
        );
        self.page(200, "seatable.title", &body)
    }

    fn person(&self, number: usize, person: &Person) -> String {
        let store = self.seatable.lock();
        let line = |(base, right): &(&Base, Right)| {
            format!(
                "<li><a href=\"{}\">{}</a> · {} · {}</li>\n",
                Place::path(number, base),
                escape(&base.name),
                escape(&store.workspace_name(base, *right)),
                self.words.text(&format!("seatable.{}", right.id())),
            )
        };
        let code = person.code.as_ref().map(|code| escape(code.expose()));
        template(
            "seatable-person.html",
            &[
                ("address", &escape(person.address.as_str())),
                ("password_label", &self.words.text("seatable.password")),
                ("password", &escape(person.password.expose())),
                ("code_label", &self.words.text("seatable.code")),
                ("code", &code.unwrap_or_else(|| self.words.text("seatable.no-code"))),
                ("token_label", &self.words.text("seatable.token")),
                ("token", &escape(person.token.expose())),
                ("bases_label", &self.words.text("seatable.bases")),
                ("bases", &each(&store.visible(person), line)),
            ],
        )
    }

    /// The accounts of a base.
    pub(super) fn base(&self, path: &str) -> io::Result<Response> {
        match Place::parse(path) {
            Some(place) => self.show_base(&place, None),
            None => Ok(self.nothing_there()),
        }
    }

    fn show_base(&self, place: &Place, said: Option<String>) -> io::Result<Response> {
        let Some((base, right, accounts)) = self.look(place) else { return Ok(self.nothing_there()) };
        // One for all forms of the page, of which one can come back: a base may have more accounts than there may be
        // open forms.
        let form = self.pending(Pending::Base(place.clone()))?;
        let mut list = each(&accounts, |account| self.account(&form, account));
        if list.is_empty() {
            list = format!("<p>{}</p>", self.words.text("seatable.no-account"));
        }
        let add = match right {
            Right::Admin => self.add_forms(&form),
            Right::Member | Right::Shared => format!("<p>{}</p>", self.words.text("seatable.not-admin")),
        };
        let said = said.map_or_else(String::new, |said| format!("<p class=\"note\">{said}</p>"));
        let body = template(
            "seatable-base.html",
            &[
                ("said", &said),
                ("base", &escape(&base.name)),
                ("accounts_title", &self.words.text("seatable.accounts")),
                ("accounts", &list),
                ("add_title", &self.words.text("seatable.add")),
                ("add", &add),
                ("back", &self.words.text("seatable.back")),
            ],
        );
        Ok(self.page(200, "seatable.title", &body))
    }

    fn look(&self, place: &Place) -> Option<(Base, Right, Vec<Account>)> {
        let store = self.seatable.lock();
        let base = store.base(&place.base)?.clone();
        let right = store.right(store.persons.get(place.person)?, &base)?;
        let accounts = store.accounts(&base.uuid).cloned().collect();
        Some((base, right, accounts))
    }

    fn account(&self, form: &str, account: &Account) -> String {
        let provider = text_of(&account.detail, "email_provider").unwrap_or(GENERAL);
        let provider =
            if provider == GENERAL { self.words.text("seatable.general") } else { escape(provider) };
        let id = format!("<input type=\"hidden\" name=\"{TRY}\" value=\"{}\">", account.id);
        template(
            "seatable-account.html",
            &[
                ("name", &escape(&account.name)),
                ("provider", &provider),
                ("send", &self.words.text("seatable.send")),
                ("form", &(form.to_owned() + &id)),
            ],
        )
    }

    /// A form for each provider: without scripts none could change into the other.
    fn add_forms(&self, form: &str) -> String {
        let word = |id: &str| self.words.text(&format!("seatable.{id}"));
        let (host, port) = (&self.mail_server.0, self.mail_server.1.to_string());
        let general = template(
            "seatable-general.html",
            &[
                ("form", form),
                ("title", &word("general")),
                ("hint", &self.words.fill("seatable.general-hint", &[("host", host), ("port", &port)])),
                ("name_label", &word("account-name")),
                ("host_label", &word("host")),
                ("port_label", &word("port")),
                ("user_label", &word("user")),
                ("password_label", &word("password")),
                ("sender_label", &word("sender-name")),
                ("submit", &word("submit")),
            ],
        );
        let fields = self.seatable.version.form();
        if fields == AccountForm::SmtpOnly {
            return general;
        }
        let user = match fields {
            AccountForm::WithUsername => template("seatable-username.html", &[("user_label", &word("user"))]),
            AccountForm::Current | AccountForm::SmtpOnly => String::new(),
        };
        let users: Vec<Address> = self.state.lock().users.iter().map(|user| user.address.clone()).collect();
        let option = |user: &Address| format!("<option>{}</option>", escape(user.as_str()));
        let gmail = template(
            "seatable-gmail.html",
            &[
                ("form", form),
                ("hint", &self.words.fill("seatable.gmail-hint", &[("address", &self.seatable_redirect())])),
                ("name_label", &word("account-name")),
                ("user", &user),
                ("id_label", &word("client-id")),
                ("key_label", &word("client-key")),
                ("google_label", &word("google-account")),
                ("google", &each(&users, option)),
                ("submit", &word("submit")),
            ],
        );
        general + &gmail
    }

    /// A form of a base came back.
    pub(super) fn change_base(&self, place: &Place, form: &Form) -> io::Result<Response> {
        match form.one(TRY) {
            Some(id) => self.try_account(place, id),
            None => self.add_account(place, form),
        }
    }

    /// The person filled in a form.
    fn add_account(&self, place: &Place, form: &Form) -> io::Result<Response> {
        let detail = match form.one("provider") {
            Some("Gmail") => self.by_consent(form)?,
            _ => Ok(general(form)),
        };
        let name = form.one("name").unwrap_or_default();
        let added = detail.and_then(|detail| {
            let (base, _, _) = self
                .look(place)
                .filter(|(_, right, _)| *right == Right::Admin)
                .ok_or("Permission denied.")?;
            self.seatable.keep_account(&base.uuid, name, "email", detail).map_err(|(_, text)| text)
        });
        let said = match added {
            Ok(account) => self.words.fill("seatable.added", &[("name", &account.name)]),
            Err(text) => self.words.fill("seatable.refused", &[("text", &text)]),
        };
        self.show_base(place, Some(said))
    }

    /// The redirect address of SeaTable's own OAuth way.
    fn seatable_redirect(&self) -> String {
        format!("{}{SEATABLE_REDIRECT_PATH}", self.seatable_url)
    }

    /// What SeaTable has after its own OAuth way: the person pressed the button, and agreed by that.
    fn by_consent(&self, form: &Form) -> io::Result<Result<Map<String, Value>, String>> {
        let refused = |text: &str| Ok(Err(text.to_owned()));
        let (Some(id), Some(secret)) = (form.one("client_id"), form.one("client_secret")) else {
            return refused("Missing OAuth credential parameters.");
        };
        let Some(user) = form.one("account").and_then(|address| Address::parse(address).ok()) else {
            return refused("Invalid request.");
        };
        let here = self.seatable_redirect();
        // The practice client from the start names SeaTable Cloud, for which this server stands in.
        let is_ours = |uri: &str| uri == here || uri == SEATABLE_REDIRECT;
        let mut inner = self.state.lock();
        let client = inner.client(id).filter(|client| client.secret == Some(Secret::from(secret)));
        let registered = client.is_some_and(|client| client.redirect_uris.iter().any(|uri| is_ours(uri)));
        if !registered || self.state.has(Fault::InvalidClient) || self.state.has(Fault::ConsentRefused) {
            return refused("Failure to request token");
        }
        if self.state.has(Fault::NoRefreshToken) {
            return refused("Failure to request refresh_token");
        }
        let granted = if self.state.has(Fault::ScopeUnticked) { EMAIL } else { SEND };
        let refresh_token = inner.grants.make_refresh_for(id, &user, &[granted])?;
        let mut detail = object(&json!({
            "email_provider": "Gmail",
            "client_id": id,
            "client_secret": secret,
            "refresh_token": refresh_token,
            "token_url": self.token_url,
            "scopes": [SEND],
            "sender_email": user.as_str(),
        }));
        if let Some(user) = form.one("user") {
            detail.insert("host_user".to_owned(), json!(user));
        }
        Ok(Ok(detail))
    }

    /// The person pressed the envelope.
    fn try_account(&self, place: &Place, id: &str) -> io::Result<Response> {
        let Some((base, _, accounts)) = self.look(place) else { return Ok(self.nothing_there()) };
        let account = accounts.into_iter().find(|account| account.id.to_string() == id);
        let Some(account) = account else { return self.show_base(place, None) };
        let of = |key: &str| text_of(&account.detail, key).filter(|text| text.contains('@'));
        let to = of("sender_email").or_else(|| of("host_user")).unwrap_or_default().to_owned();
        let (subject, text) = (
            self.words.raw("seatable.subject"),
            self.words.raw_fill("seatable.text", &[("base", &base.name)]),
        );
        let said = match self.seatable.try_account(account, &to, &subject, &text) {
            Some(Ok(())) => self.words.fill("seatable.sent", &[("address", &to)]),
            Some(Err(failure)) => {
                let text = failure.text(self.seatable.version);
                self.words.fill("seatable.refused", &[("text", text)])
            }
            None => self.words.text("seatable.on-its-way"),
        };
        self.show_base(place, Some(said))
    }

    fn nothing_there(&self) -> Response {
        self.page(404, "missing.title", &format!("<p>{}</p>", self.words.text("missing.text")))
    }
}

/// What the form of the general provider stores. A form gives texts; SeaTable's own makes a number of the port.
fn general(form: &Form) -> Map<String, Value> {
    let text = |name: &str| form.one(name).unwrap_or_default().trim();
    let port = text("port").parse::<u16>().map_or_else(|_| json!(text("port")), |port| json!(port));
    let mut detail = object(&json!({
        "email_provider": GENERAL,
        "email_host": text("host"),
        "email_port": port,
        "host_user": text("user"),
        // As it came: SeaTable does not take the spaces out of an app password.
        "password": form.one("password").unwrap_or_default(),
    }));
    if let Some(name) = form.one("sender_name") {
        detail.insert("sender_name".to_owned(), json!(name));
    }
    detail
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
