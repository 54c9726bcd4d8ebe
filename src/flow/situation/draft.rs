//! The account that the answers describe, and the answers that an account stands for.

use super::Situation;
use crate::{
    flow::{
        answers::{Answers, Source},
        effect::{RedirectPort, Secrets},
        field, validate,
    },
    model::{
        Time,
        account::{Account, Destination, KeyLife, OAuthSettings, Publishing},
        grant::Grant,
        method::{Method, SendVia},
        provider::{self, SendApiKind},
        secret::Secret,
        user::User,
    },
};

impl Situation<'_> {
    /// The account's name: as answered, else the address, else the address with the first free number.
    #[must_use]
    pub fn account_name(&self) -> String {
        let answered = self.answers.text(field::NAME).trim();
        if !answered.is_empty() {
            return answered.to_owned();
        }
        let address = self.text(field::ADDRESS).trim().to_owned();
        let taken = |name: &str| self.accounts.iter().any(|account| account.name == name);
        if !taken(&address) {
            return address;
        }
        // One more number than there are accounts always has a free one.
        (2..=self.accounts.len() + 2)
            .map(|number| format!("{address}-{number}"))
            .find(|name| !taken(name))
            .unwrap_or(address)
    }

    /// The key as the answers have it: a password of either kind. With OAuth it comes from the consent.
    #[must_use]
    pub fn password(&self) -> Option<Secret> {
        match self.method()? {
            Method::OAuth => None,
            Method::AppPassword if self.has_password_guide() => {
                self.answers.secret(field::APP_PASSWORD).map(|text| validate::without_blanks(text.expose()))
            }
            // A password may have blanks inside; those around it came with the clipboard.
            Method::AppPassword | Method::Password => {
                self.answers.secret(field::PASSWORD).map(|text| Secret::from(text.expose().trim()))
            }
        }
    }

    /// The secrets to keep, once the key is there.
    #[must_use]
    pub fn secrets(&self, key: Secret) -> Secrets {
        let client_secret = match self.method() {
            Some(Method::OAuth) => self.client().and_then(|client| client.secret),
            _ => None,
        };
        Secrets { key, client_secret }
    }

    /// The account record for what was answered. `id` is used for a new one; an account that is renewed keeps
    /// everything that a renewal does not touch.
    #[must_use]
    pub fn account(
        &self,
        id: &str,
        renewed: Option<&Account>,
        grant: Option<&Grant>,
        now: Time,
    ) -> Option<Account> {
        let key = KeyLife {
            expires: self.expiry(grant, now),
            publishing: self.publishing(),
            provider_expires: grant.and_then(|grant| grant.refresh_token_expires),
            ..KeyLife::begun(now)
        };
        let scopes = grant.map_or_else(|| self.scopes(), |grant| grant.scopes.clone());
        if let Some(renewed) = renewed {
            // The port that the check of the new key goes to.
            let smtp = self.server().filter(|_| renewed.send_via == SendVia::Smtp);
            let smtp = smtp.unwrap_or_else(|| renewed.smtp.clone());
            let mut account = Account { key, smtp, store: self.store(), ..renewed.clone() };
            if let Some(oauth) = &mut account.oauth {
                let client = self.client()?;
                (oauth.client_id, oauth.client_kind) = (client.id, client.kind);
                oauth.redirect_port = self.registered_port();
                oauth.requested_scopes = self.scopes();
                oauth.scopes = scopes;
                // Another directory has other addresses.
                if let Some(known) = self.provider().and_then(|provider| provider.oauth.clone())
                    && !known.tenant.is_empty()
                {
                    (oauth.authorize_url, oauth.token_url) = (known.authorize_url, known.token_url);
                    (oauth.device_url, oauth.tenant) = (known.device_url, self.tenant());
                }
            }
            return Some(account);
        }
        let provider = self.provider()?;
        let method = self.method()?;
        let oauth = match (method, provider.oauth.as_ref()) {
            (Method::OAuth, Some(oauth)) => {
                let client = self.client()?;
                Some(OAuthSettings {
                    authorize_url: oauth.authorize_url.clone(),
                    token_url: oauth.token_url.clone(),
                    revoke_url: oauth.revoke_url.clone(),
                    device_url: oauth.device_url.clone(),
                    tenant: self.tenant(),
                    issuer: oauth.issuer.clone(),
                    client_id: client.id,
                    client_kind: client.kind,
                    redirect_port: self.registered_port(),
                    scopes,
                    requested_scopes: self.scopes(),
                    api_url: match self.send_via() {
                        SendVia::Api => provider.send_api.as_ref().map(|api| api.url.clone()),
                        SendVia::Smtp => None,
                    },
                    api_kind: match self.send_via() {
                        SendVia::Api => provider.send_api.as_ref().map(|api| api.kind).unwrap_or_default(),
                        SendVia::Smtp => SendApiKind::default(),
                    },
                })
            }
            _ => None,
        };
        Some(Account {
            id: id.to_owned(),
            name: self.account_name(),
            address: self.address()?,
            user: self.user()?,
            provider: provider.id.clone(),
            region: self.region().map(|region| region.id.clone()),
            method,
            send_via: self.send_via(),
            smtp: self.server()?,
            imap: provider.imap.clone(),
            imap_user: self.imap_user(),
            oauth,
            destination: self.destination()?,
            store: self.store(),
            key,
            created: now,
            last_check: None,
        })
    }

    /// The port that must stay the same, because it is registered with the client.
    fn registered_port(&self) -> Option<u16> {
        match self.redirect_port() {
            RedirectPort::Fixed(port) => Some(port),
            RedirectPort::Preferred(_) => None,
        }
    }

    /// The publishing status as answered.
    #[must_use]
    pub fn publishing(&self) -> Publishing {
        Publishing::from_id(self.text(field::PUBLISHING)).unwrap_or_default()
    }

    /// When the key dies: what the provider said, else what the publishing status means.
    fn expiry(&self, grant: Option<&Grant>, now: Time) -> Option<Time> {
        let grant = grant?;
        if let Some(expires) = grant.refresh_token_expires {
            return Some(expires);
        }
        let days = self.provider()?.oauth.as_ref()?.testing_days?;
        (self.publishing() == Publishing::Testing).then(|| now + time::Duration::days(i64::from(days)))
    }
}

/// The answers that an existing account stands for, so that verifying and renewing walk the same steps. What was said
/// by flags about its renewal stays; whatever else an account before it stood for is forgotten.
pub fn answers_of(account: &Account, answers: &mut Answers) {
    for id in RENEWABLE {
        if answers.entry(id).is_some_and(|answer| answer.source != Source::Flag) {
            answers.remove(id);
        }
    }
    let mut set = |id: &str, text: &str| {
        if !(RENEWABLE.contains(&id) && answers.has(id)) {
            answers.set(id, text, Source::Discovered);
        }
    };
    set(field::NAME, &account.name);
    set(field::ADDRESS, account.address.as_str());
    set(field::PROVIDER, &account.provider);
    // What the address says by itself needs no answer.
    set(field::REGION, account.region.as_deref().unwrap_or_default());
    set(field::USER, if let User::Fixed { value } = &account.user { value } else { "" });
    set(field::METHOD, account.method.id());
    set(field::SEND_VIA, account.send_via.id());
    set(field::FOR, account.destination.id());
    set(field::STORE, account.store.id());
    set(field::PUBLISHING, account.key.publishing.id());
    if let Destination::Seatable { url, .. } | Destination::SeatableServer { url } = &account.destination {
        set(field::SEATABLE_URL, url);
    }
    set(field::CONNECT, if account.connection().is_some() { "api" } else { "show" });
    if account.connection().is_some_and(|connection| connection.keeps_token) {
        set(field::SEATABLE_KEEP_TOKEN, field::YES);
    }
    set(field::SMTP_PORT, &account.smtp.port.to_string());
    if account.provider == provider::OTHER {
        set(field::SMTP_HOST, &account.smtp.host);
        set(field::SECURITY, account.smtp.security.id());
        if let Some(imap) = &account.imap {
            set(field::IMAP_HOST, &imap.host);
            set(field::IMAP_PORT, &imap.port.to_string());
        }
        set(
            field::IMAP_USER,
            account.imap_user.as_ref().and_then(|_| account.imap_user_name()).unwrap_or_default(),
        );
    }
    if let Some(oauth) = &account.oauth {
        set(field::CLIENT_ID, &oauth.client_id);
        set(field::CLIENT_KIND, oauth.client_kind.id());
        set(field::TENANT, oauth.tenant.as_deref().unwrap_or_default());
        if let Some(port) = oauth.redirect_port {
            set(field::REDIRECT_PORT, &port.to_string());
        }
        if account.provider == provider::OTHER {
            set(field::AUTHORIZE_URL, &oauth.authorize_url);
            set(field::TOKEN_URL, &oauth.token_url);
            set(field::REVOKE_URL, oauth.revoke_url.as_deref().unwrap_or_default());
            set(field::DEVICE_URL, oauth.device_url.as_deref().unwrap_or_default());
            set(field::SCOPE, &oauth.asked_scopes().join(" "));
        }
    }
}

/// The same where nothing but the record counts: the command line spoke of something else. Which store to use it says
/// of the whole run, and that of an account's key is in its record.
pub fn answers_of_record(account: &Account, answers: &mut Answers) {
    for id in RENEWABLE.into_iter().filter(|id| *id != field::STORE) {
        answers.remove(id);
    }
    answers_of(account, answers);
}

/// True for what a renewal may change, or may be told anew.
#[must_use]
pub fn is_renewable(id: &str) -> bool {
    RENEWABLE.contains(&id)
}

/// What a renewal may change, or may be told anew.
const RENEWABLE: [&str; 17] = [
    field::CONNECT,
    field::SEATABLE_URL,
    field::SEATABLE_KEEP_TOKEN,
    field::CLIENT_GONE,
    field::STORE,
    field::PUBLISHING,
    field::REDIRECT_PORT,
    field::CONSENT_WAY,
    field::CLIENT_FILE,
    field::CLIENT_ID,
    field::CLIENT_KIND,
    field::CLIENT_SECRET,
    field::TENANT,
    field::APP_PASSWORD,
    field::PASSWORD,
    field::SMTP_PORT,
    field::SECURITY,
];
