//! What the answers say of the provider: its servers, what one signs in as, how.

use std::borrow::Cow;

use url::Host;

use super::Situation;
use crate::{
    flow::{answers::Source, field},
    guide::plan::Condition,
    model::{
        account::Destination,
        address::Address,
        method::Method,
        provider::{
            self, AppPassword, DesktopSecret, KnownMethod, Limits, OAuth, Provider, SameMailbox, State,
        },
        redirect::RedirectRule,
        region::Region,
        server::{Security, Server},
        user::User,
    },
};

impl<'a> Situation<'a> {
    /// The provider: chosen, or recognised from the address, or described by hand.
    #[must_use]
    pub fn provider(&self) -> Option<Cow<'a, Provider>> {
        let chosen = self.text(field::PROVIDER);
        if chosen == provider::OTHER {
            return Some(Cow::Owned(self.provider_by_hand()));
        }
        let known = self.knowledge.provider(chosen)?;
        let known = if known.regions.is_empty() {
            Cow::Borrowed(known)
        } else {
            Cow::Owned(known.in_region(self.region()))
        };
        Some(match self.tenant() {
            Some(tenant) if known.oauth.is_some() => {
                let oauth = known.oauth.clone().map(|oauth| oauth.in_tenant(&tenant));
                Cow::Owned(Provider { oauth, ..known.into_owned() })
            }
            _ => known,
        })
    }

    /// The directory that the person named.
    pub(super) fn tenant(&self) -> Option<String> {
        let answered = self.answers.text(field::TENANT).trim();
        (!answered.is_empty() && self.tenant_is_asked()).then(|| answered.to_owned())
    }

    /// True where a directory of the provider's can be named.
    pub(super) fn tenant_is_asked(&self) -> bool {
        let known = self.knowledge.provider(self.text(field::PROVIDER));
        known.is_some_and(|known| known.oauth.as_ref().is_some_and(|oauth| !oauth.tenant.is_empty()))
    }

    /// The provider that the address itself tells.
    #[must_use]
    pub fn recognised(&self) -> Option<&'a Provider> {
        let address = Address::parse(self.answers.text(field::ADDRESS)).ok()?;
        self.knowledge.provider_of_domain(address.domain())
    }

    /// True where the network is asked for the provider. Who says so on a screen wants it whatever stands there; who says
    /// it beforehand, where nothing else tells the provider.
    pub(super) fn discovers(&self) -> bool {
        let Some(wish) = self.answers.entry(field::DISCOVER).filter(|wish| wish.text.expose() == field::YES)
        else {
            return false;
        };
        wish.source == Source::Typed || (self.recognised().is_none() && !self.answers.has(field::PROVIDER))
    }

    fn provider_by_hand(&self) -> Provider {
        let server = |host: &str, port: &str, security: Security| {
            let host = in_ascii(self.text(host).trim());
            let port = self.text(port).trim().parse().ok()?;
            (!host.is_empty()).then_some(Server { host, port, security })
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
            mx: Vec::new(),
            same_mailbox: SameMailbox::default(),
            user: User::Address,
            regions: Vec::new(),
            imap_user: None,
            seatable_name: None,
            seatable_old_name: None,
            smtp: server(field::SMTP_HOST, field::SMTP_PORT, security).into_iter().collect(),
            imap: server(field::IMAP_HOST, field::IMAP_PORT, Security::Tls),
            app_password: None,
            // It may well make app passwords, of a shape that nobody knows.
            methods: [Method::AppPassword, Method::Password, Method::OAuth].map(KnownMethod::working).into(),
            oauth: Some(OAuth {
                issuer: None,
                authorize_url: trimmed(field::AUTHORIZE_URL),
                token_url: trimmed(field::TOKEN_URL),
                revoke_url: some(trimmed(field::REVOKE_URL)),
                device_url: some(trimmed(field::DEVICE_URL)),
                smtp_scopes: scopes,
                api_scopes: Vec::new(),
                imap_scopes: Vec::new(),
                identity_scopes: Vec::new(),
                // Harmless where they are unknown (RFC 6749 §3.1: unrecognised parameters are ignored), and
                // without them Google-like servers hand out no refresh token.
                parameters: [("access_type", "offline"), ("prompt", "consent")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                client_id_suffix: String::new(),
                client_id_uuid: false,
                client_secret_prefix: String::new(),
                client_secret_length: 0,
                testing_days: None,
                unused_days: None,
                one_resource: false,
                short_scopes: String::new(),
                desktop_secret: DesktopSecret::Sent,
                tenant: String::new(),
                redirect: RedirectRule::default(),
                device_first: false,
            }),
            send_api: None,
            links: std::collections::BTreeMap::new(),
            from: None,
            limits: Limits::default(),
            state: State::Good,
            note: None,
            unverified: Vec::new(),
            checked: String::new(),
            sources: Vec::new(),
        }
    }

    /// The region of the provider: as answered, else the one that the address tells.
    #[must_use]
    pub fn region(&self) -> Option<&'a Region> {
        let known = self.knowledge.provider(self.text(field::PROVIDER))?;
        known.region(self.text(field::REGION).trim()).or_else(|| self.region_of_address(known))
    }

    fn region_of_address(&self, known: &'a Provider) -> Option<&'a Region> {
        known.region_of_domain(self.address()?.domain())
    }

    /// True where only the person can tell the region.
    pub(super) fn region_is_asked(&self) -> bool {
        let known = self.knowledge.provider(self.text(field::PROVIDER));
        known.is_some_and(|known| !known.regions.is_empty() && self.region_of_address(known).is_none())
    }

    /// What the account signs in as, once there is an address.
    #[must_use]
    pub fn user(&self) -> Option<User> {
        let form = self.provider().map(|provider| provider.user.clone()).unwrap_or_default();
        Some(form.of(&self.address()?, self.text(field::USER).trim()))
    }

    /// What it signs in to the mailbox as, where that is something else.
    #[must_use]
    pub fn imap_user(&self) -> Option<User> {
        let provider = self.provider()?;
        let said = self.answers.text(field::IMAP_USER).trim();
        let is_said = provider.id == provider::OTHER && !said.is_empty();
        let form = if is_said { User::Address } else { provider.imap_user.clone()? };
        Some(form.of(&self.address()?, if is_said { said } else { "" }))
            .filter(|user| Some(user) != self.user().as_ref())
    }

    /// True where only the person can tell what to sign in as.
    #[must_use]
    pub fn user_is_needed(&self) -> bool {
        self.provider().is_some_and(|provider| {
            let domain = self.address().map(|address| address.domain().to_owned());
            let is_own = domain.is_none_or(|domain| provider.domains.contains(&domain));
            provider.user.is_asked(is_own)
        })
    }

    /// True where no document of the provider asks for it.
    pub(super) fn user_is_asked(&self) -> bool {
        self.user_is_needed() && !self.guide_asks(field::USER)
    }

    /// True when the documents have a step of their own for the app password of this provider.
    #[must_use]
    pub fn has_password_guide(&self) -> bool {
        self.guide_asks(field::APP_PASSWORD)
    }

    /// True when a step of the provider's own documents has that field.
    fn guide_asks(&self, id: &str) -> bool {
        let guide = self.fact("guide");
        let is_of_guide =
            |condition: &Condition| condition.is && condition.fact == "guide" && condition.value == guide;
        !guide.is_empty()
            && self
                .knowledge
                .guide
                .plans
                .steps
                .iter()
                .any(|step| step.fields.iter().any(|field| field == id) && step.when.iter().any(is_of_guide))
    }

    /// The methods that the provider takes, the recommended one first.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let Some(provider) = self.provider() else {
            // Whoever is found out may take any of them.
            let more = self.discovers().then_some(Method::Password);
            return [Method::AppPassword, Method::OAuth].into_iter().chain(more).collect();
        };
        provider.offered().map(|known| known.method).collect()
    }

    /// The methods that it does not take, and what is known of them.
    #[must_use]
    pub fn closed_methods(&self) -> Vec<KnownMethod> {
        self.provider().map_or_else(Vec::new, |provider| {
            provider.methods.iter().filter(|known| !known.is_offered()).cloned().collect()
        })
    }

    /// False where the provider is known, and none of its methods can be brought to the destination.
    #[must_use]
    pub fn has_fitting_method(&self) -> bool {
        self.provider().is_none() || self.methods().into_iter().any(|method| self.unfit(method).is_none())
    }

    /// True where it sends over HTTP.
    pub(super) fn has_api(&self) -> bool {
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

    /// The submission server. SeaTable speaks STARTTLS only, so what is proved for it is proved with STARTTLS.
    #[must_use]
    pub fn server(&self) -> Option<Server> {
        let provider = self.provider()?;
        let with_starttls = || provider.smtp.iter().filter(|server| server.security == Security::StartTls);
        // Which of the provider's ports, where that was said, or found to be the one that works.
        let port = self.answers.text(field::SMTP_PORT).trim().parse::<u16>().ok();
        let wanted = || provider.smtp.iter().find(|server| Some(server.port) == port);
        let server = match self.destination() {
            // The server's own mail knows another way as well, but only from 6.1 on.
            Some(Destination::Seatable { .. } | Destination::SeatableServer { .. }) => {
                let wanted = with_starttls().find(|server| Some(server.port) == port);
                wanted.or_else(|| with_starttls().next()).or(provider.smtp.first())
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

    /// True where the servers are on this machine, which nobody else reaches.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.provider().is_some_and(|provider| provider.id != provider::OTHER && provider.is_local())
    }
}

/// A name as DNS and certificates have it (RFC 5890 §2.3.2.1); what cannot be written so stays.
fn in_ascii(host: &str) -> String {
    match Host::parse(host) {
        Ok(Host::Domain(name)) if !host.is_ascii() => name,
        _ => host.to_owned(),
    }
}
