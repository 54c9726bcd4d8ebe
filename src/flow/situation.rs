//! [`Situation`]: what follows from the answers. Nothing here is stored; it is worked out when it is needed.

mod draft;
mod facts;
mod oauth;
mod provider;
mod seatable;
mod steps;

pub use self::{
    draft::{answers_of, answers_of_record, is_renewable},
    oauth::{ConsentWay, DEFAULT_REDIRECT_PORT},
    seatable::Unfit,
};
use super::{
    answers::Answers,
    effect::{Commands, Route, StoreRequest},
    field,
    knowledge::Knowledge,
    validate,
};
use crate::{
    guide::Words,
    model::{
        account::{Account, Destination},
        address::Address,
        language::Language,
        method::{Method, SendVia},
        seatable::{Base, Connection},
        server::Security,
        store_commands::StoreCommands,
        store_kind::StoreKind,
    },
};

/// What follows from the answers.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// The answers.
    pub answers: &'a Answers,
    /// What is known beforehand.
    pub knowledge: &'a Knowledge,
    /// The accounts there are.
    pub accounts: &'a [Account],
    /// The SeaTable bases that can be seen; none before the sign-in.
    pub bases: &'a [Base],
    /// The account of a base that holds the key of the account in question; `None`: there is none, or another is wanted.
    pub connection: Option<&'a Connection>,
}

impl<'a> Situation<'a> {
    /// The answer to a field: what was given, else the default. One that need not be answered falls back to its
    /// default when it is emptied, too.
    #[must_use]
    pub fn text(&self, id: &str) -> &'a str {
        let optional = || self.knowledge.guide.plans.fields.get(id).is_some_and(|spec| spec.optional);
        match self.answers.entry(id) {
            Some(answer) if !answer.text.is_empty() || !optional() => answer.text.expose(),
            _ => self.default(id).unwrap_or(""),
        }
    }

    fn default(&self, id: &str) -> Option<&'a str> {
        match id {
            field::SEND_TO => Some(self.answers.text(field::ADDRESS)),
            field::SEATABLE_URL if self.knowledge.seatable.is_some() => {
                self.knowledge.seatable.as_ref().map(|server| server.url.as_str())
            }
            field::LANGUAGE => Some(Language::default().code()),
            field::PROVIDER => self.recognised().map(|known| known.id.as_str()),
            field::CLIENT_KIND => Some(self.client_kind().id()),
            // RFC 8314 §3.3: implicit TLS for submission has its own port.
            field::SMTP_PORT if self.text(field::SECURITY) == Security::Tls.id() => Some("465"),
            // RFC 8314 §3.2: and so has IMAP.
            field::IMAP_PORT if self.answers.has(field::IMAP_HOST) => Some("993"),
            _ => self.knowledge.guide.plans.fields.get(id).and_then(|spec| spec.default.as_deref()),
        }
    }

    /// The language in use.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::from_locale(self.text(field::LANGUAGE)).unwrap_or_default()
    }

    /// The words of the language in use.
    #[must_use]
    pub fn words(&self) -> &'a Words {
        self.knowledge.guide.words(self.language())
    }

    /// The sender, if it is one.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        Address::parse(self.text(field::ADDRESS)).ok()
    }

    /// How the account signs in, if that is answered and possible.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        Method::from_id(self.text(field::METHOD))
    }

    /// Which way messages leave.
    #[must_use]
    pub fn send_via(&self) -> SendVia {
        let answered = SendVia::from_id(self.answers.text(field::SEND_VIA));
        match answered.unwrap_or_else(|| self.fitting_way()) {
            SendVia::Api if self.can_use_api() => SendVia::Api,
            _ => SendVia::Smtp,
        }
    }

    /// True when messages can leave through the provider's HTTP interface, which takes no password.
    #[must_use]
    pub fn can_use_api(&self) -> bool {
        self.method() == Some(Method::OAuth) && self.has_api()
    }

    /// The way that the destination itself uses: SeaTable sends over HTTP, everything else by SMTP.
    #[must_use]
    pub fn fitting_way(&self) -> SendVia {
        if self.text(field::FOR) == "seatable" { SendVia::Api } else { SendVia::Smtp }
    }

    /// Where the key goes.
    #[must_use]
    pub fn destination(&self) -> Option<Destination> {
        match self.text(field::FOR) {
            "seatable" => validate::seatable_url(self.text(field::SEATABLE_URL))
                .ok()
                .map(|url| Destination::Seatable { url, connection: None }),
            "seatable-server" => validate::seatable_url(self.text(field::SEATABLE_URL))
                .ok()
                .map(|url| Destination::SeatableServer { url }),
            "program" => Some(Destination::Program),
            "cli" => Some(Destination::Cli),
            _ => None,
        }
    }

    /// Where the secrets go.
    #[must_use]
    pub fn store(&self) -> StoreKind {
        StoreKind::from_id(self.text(field::STORE)).unwrap_or_default()
    }

    /// The store to be tried, with what opens it.
    #[must_use]
    pub fn store_request(&self) -> StoreRequest {
        let store = self.store();
        let text = |id: &str| self.text(id).trim().to_owned();
        StoreRequest {
            passphrase: self.answers.secret(field::PASSPHRASE).filter(|_| store == StoreKind::File).cloned(),
            commands: match self.account_with_commands() {
                _ if store != StoreKind::Command => Commands::None,
                Some(account) => Commands::Of(account.id.clone()),
                None => Commands::These(StoreCommands {
                    read: text(field::STORE_READ),
                    write: text(field::STORE_WRITE),
                    delete: text(field::STORE_DELETE),
                    none: text(field::STORE_NONE),
                }),
            },
            ..StoreRequest::from(store)
        }
    }

    /// The account spoken of, where commands keep its secrets already.
    #[must_use]
    pub fn account_with_commands(&self) -> Option<&'a Account> {
        self.named_account().filter(|account| account.store == StoreKind::Command)
    }

    /// Which way the test message takes.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        match self.send_via() {
            SendVia::Api => self.provider().and_then(|provider| provider.send_api.clone()).map(Route::Api),
            SendVia::Smtp => self.server().map(Route::Smtp),
        }
    }
}
