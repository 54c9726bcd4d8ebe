//! [`Situation`]: what follows from the answers. Nothing here is stored; it is worked out when it is needed.

mod draft;
mod facts;
mod oauth;
mod seatable;
mod steps;

use std::borrow::Cow;

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
        provider::{self, AppPassword, OAuth, Provider, SameMailbox},
        seatable::{Base, Connection},
        server::{Security, Server},
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

    /// The provider: chosen, or recognised from the address, or described by hand.
    #[must_use]
    pub fn provider(&self) -> Option<Cow<'a, Provider>> {
        let chosen = self.text(field::PROVIDER);
        if chosen == provider::OTHER {
            return Some(Cow::Owned(self.provider_by_hand()));
        }
        self.knowledge.provider(chosen).map(Cow::Borrowed)
    }

    /// The provider that the address itself tells.
    #[must_use]
    pub fn recognised(&self) -> Option<&'a Provider> {
        let address = Address::parse(self.answers.text(field::ADDRESS)).ok()?;
        self.knowledge.provider_of_domain(address.domain())
    }

    fn provider_by_hand(&self) -> Provider {
        let server = |host: &str, port: &str, security: Security| {
            let host = self.text(host).trim();
            let port = self.text(port).trim().parse().ok()?;
            (!host.is_empty()).then(|| Server { host: host.to_owned(), port, security })
        };
        let security = Security::from_id(self.text(field::SECURITY)).unwrap_or(Security::StartTls);
        let trimmed = |id: &str| self.text(id).trim().to_owned();
        let some = |text: String| (!text.is_empty()).then_some(text);
        let scopes: Vec<String> = self.text(field::SCOPE).split_whitespace().map(str::to_owned).collect();
        Provider {
            id: provider::OTHER.to_owned(),
            name: some(trimmed(field::SMTP_HOST)).unwrap_or_else(|| provider::OTHER.to_owned()),
            guide: String::new(),
            domains: Vec::new(),
            same_mailbox: SameMailbox::default(),
            seatable_name: None,
            smtp: server(field::SMTP_HOST, field::SMTP_PORT, security).into_iter().collect(),
            imap: server(field::IMAP_HOST, field::IMAP_PORT, Security::Tls),
            app_password: None,
            password: true,
            oauth: Some(OAuth {
                issuer: None,
                authorize_url: trimmed(field::AUTHORIZE_URL),
                token_url: trimmed(field::TOKEN_URL),
                revoke_url: some(trimmed(field::REVOKE_URL)),
                device_url: some(trimmed(field::DEVICE_URL)),
                smtp_scopes: scopes,
                api_scopes: Vec::new(),
                identity_scopes: Vec::new(),
                // Harmless where they are unknown (RFC 6749 §3.1: unrecognised parameters are ignored), and
                // without them Google-like servers hand out no refresh token.
                parameters: [("access_type", "offline"), ("prompt", "consent")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                client_id_suffix: String::new(),
                client_secret_prefix: String::new(),
                client_secret_length: 0,
                testing_days: None,
                unused_days: None,
            }),
            send_api: None,
            links: std::collections::BTreeMap::new(),
            messages_per_day: None,
            checked: String::new(),
            sources: Vec::new(),
        }
    }

    /// How the account signs in, if that is answered and possible.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        Method::from_id(self.text(field::METHOD))
    }

    /// The methods that the provider takes, the recommended one first.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let Some(provider) = self.provider() else {
            return vec![Method::AppPassword, Method::OAuth];
        };
        let mut methods = Vec::new();
        // A provider that is described by hand may well make app passwords, of a shape that nobody knows.
        if provider.app_password.is_some() || provider.id == provider::OTHER {
            methods.push(Method::AppPassword);
        }
        if provider.password {
            methods.push(Method::Password);
        }
        if provider.oauth.is_some() {
            methods.push(Method::OAuth);
        }
        methods
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

    fn has_api(&self) -> bool {
        self.provider().is_some_and(|provider| {
            provider.send_api.is_some()
                && provider.oauth.as_ref().is_some_and(|oauth| !oauth.api_scopes.is_empty())
        })
    }

    /// The shape of the provider's app passwords.
    #[must_use]
    pub fn app_password_shape(&self) -> Option<AppPassword> {
        self.provider().and_then(|provider| provider.app_password.clone())
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

    /// The submission server. SeaTable speaks STARTTLS only, so what is proved for it is proved with STARTTLS.
    #[must_use]
    pub fn server(&self) -> Option<Server> {
        let provider = self.provider()?;
        let starttls = || provider.smtp.iter().find(|server| server.security == Security::StartTls);
        // Which of the provider's ports, where that was said, or found to be the one that works.
        let port = self.answers.text(field::SMTP_PORT).trim().parse::<u16>().ok();
        let wanted = || provider.smtp.iter().find(|server| Some(server.port) == port);
        let server = match self.destination() {
            // The server's own mail knows another way as well, but only from 6.1 on.
            Some(Destination::Seatable { .. } | Destination::SeatableServer { .. }) => {
                starttls().or(provider.smtp.first())
            }
            _ => wanted().or(provider.smtp.first()),
        };
        server.cloned()
    }

    /// False where it is known that the server does not speak STARTTLS, without which SeaTable cannot reach it.
    #[must_use]
    pub fn has_starttls(&self) -> bool {
        self.provider().is_none_or(|provider| {
            provider.smtp.is_empty()
                || provider.smtp.iter().any(|server| server.security == Security::StartTls)
        })
    }

    /// Which way the test message takes.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        match self.send_via() {
            SendVia::Api => self
                .provider()
                .and_then(|provider| provider.send_api.clone())
                .map(|api| Route::GmailApi(api.url)),
            SendVia::Smtp => self.server().map(Route::Smtp),
        }
    }
}
