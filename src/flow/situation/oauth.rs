//! What the answers say of OAuth: client, scopes, redirect addresses.

use super::Situation;
use crate::{
    flow::{
        effect::{DeviceRequest, RedirectPort},
        field,
    },
    model::{
        account::Destination,
        client::{Client, ClientKind},
        method::SendVia,
        provider::DesktopSecret,
        redirect::RedirectForm,
        secret::Secret,
    },
};

/// The port of our redirect address with a web client, where every port must be registered. Above the
/// registered ports that desktop programs commonly take, below the ephemeral range of every system.
pub const DEFAULT_REDIRECT_PORT: u16 = 8976;

/// The path of SeaTable's redirect address, with the slash at its end.
const SEATABLE_REDIRECT_PATH: &str = "/oauth/third-party-email-accounts/callback/";

/// OpenID Connect Core §5.4 and §11.
const OPENID_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// How a consent gets here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentWay {
    /// The person enters a code on another device (RFC 8628).
    Device,
    /// The browser is sent back to our redirect address.
    Redirect,
}

impl ConsentWay {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Device, Self::Redirect];

    /// The answer that means it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Redirect => "redirect",
        }
    }
}

impl Situation<'_> {
    /// The way that the person or the script said, else the one that the provider makes easiest; `None`: whichever
    /// fits the place.
    #[must_use]
    pub fn consent_way(&self) -> Option<ConsentWay> {
        let said = self.text(field::CONSENT_WAY);
        let easiest = || {
            let provider = self.provider();
            let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
            oauth.filter(|oauth| oauth.device_first).map(|_| ConsentWay::Device)
        };
        ConsentWay::ALL.into_iter().find(|way| way.id() == said).or_else(easiest)
    }

    /// True where the client is a public one, which has no secret and is refused when it sends one.
    #[must_use]
    pub fn is_public_client(&self) -> bool {
        let provider = self.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        self.client_kind() == ClientKind::Desktop
            && oauth.is_some_and(|oauth| oauth.desktop_secret == DesktopSecret::Refused)
    }

    /// True where the provider gives the permission to send over the device authorization grant.
    #[must_use]
    pub fn has_device_way(&self) -> bool {
        let provider = self.provider();
        provider.as_ref().and_then(|provider| provider.oauth.as_ref()?.device_url.as_ref()).is_some()
    }

    /// What a code for another device is asked with, where the provider has such codes and the client is known.
    #[must_use]
    pub fn device_request(&self) -> Option<DeviceRequest> {
        let provider = self.provider()?;
        let oauth = provider.oauth.as_ref()?;
        Some(DeviceRequest {
            device_url: oauth.device_url.clone()?,
            token_url: oauth.token_url.clone(),
            client: self.client()?,
            scopes: self.scopes(),
            login_hint: self.address()?,
            parameters: oauth.parameters.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }

    /// The scopes to ask for: only what sending needs, and who it is where the rest cannot tell.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        let provider = self.provider();
        let Some(oauth) = provider.as_ref().and_then(|provider| provider.oauth.as_ref()) else {
            return Vec::new();
        };
        match self.send_via() {
            SendVia::Smtp => oauth.smtp_scopes.clone(),
            SendVia::Api => oauth.api_scopes.iter().chain(&oauth.identity_scopes).cloned().collect(),
        }
    }

    /// Granted scopes under the names by which they were asked for.
    #[must_use]
    pub fn as_asked(&self, granted: Vec<String>) -> Vec<String> {
        let provider = self.provider();
        match provider.as_ref().and_then(|provider| provider.oauth.as_ref()) {
            Some(oauth) => oauth.as_asked(&self.scopes(), granted),
            None => granted,
        }
    }

    /// True when the scopes ask whose grant it is.
    #[must_use]
    pub fn asks_identity(&self) -> bool {
        let provider = self.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        self.send_via() == SendVia::Api && oauth.is_some_and(|oauth| !oauth.identity_scopes.is_empty())
    }

    /// The scopes without which no message leaves: those of OpenID Connect say who it is or let the key live, and
    /// come back under other names or not at all.
    #[must_use]
    pub fn needed_scopes(&self) -> Vec<String> {
        let provider = self.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        let asked = oauth.map_or(&[] as &[String], |oauth| match self.send_via() {
            SendVia::Smtp => &oauth.smtp_scopes,
            SendVia::Api => &oauth.api_scopes,
        });
        asked.iter().filter(|scope| !OPENID_SCOPES.contains(&scope.as_str())).cloned().collect()
    }

    /// Web or desktop; what SeaTable needs is a web client, so that is what an unanswered question means there.
    #[must_use]
    pub fn client_kind(&self) -> ClientKind {
        ClientKind::from_id(self.answers.text(field::CLIENT_KIND)).unwrap_or(match self.text(field::FOR) {
            "seatable" => ClientKind::Web,
            _ => ClientKind::Desktop,
        })
    }

    /// The OAuth client, if its ID is there.
    #[must_use]
    pub fn client(&self) -> Option<Client> {
        let id = self.text(field::CLIENT_ID).trim();
        let secret = self.text(field::CLIENT_SECRET).trim();
        (!id.is_empty()).then(|| Client {
            id: id.to_owned(),
            secret: (!secret.is_empty() && !self.is_public_client()).then(|| Secret::from(secret)),
            kind: self.client_kind(),
            redirect_uris: Vec::new(),
        })
    }

    /// True where the provider gives no client without a secret.
    #[must_use]
    pub fn needs_client_secret(&self) -> bool {
        let provider = self.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        oauth.is_some_and(|oauth| !oauth.client_secret_prefix.is_empty())
    }

    /// The port that a web client's redirect address has.
    #[must_use]
    pub fn fixed_port(&self) -> u16 {
        self.text(field::REDIRECT_PORT).trim().parse().unwrap_or(DEFAULT_REDIRECT_PORT)
    }

    /// Which port the listener takes: a fixed one with a web client and wherever the person named one.
    #[must_use]
    pub fn redirect_port(&self) -> RedirectPort {
        if self.client_kind() == ClientKind::Web || self.answers.has(field::REDIRECT_PORT) {
            RedirectPort::Fixed(self.fixed_port())
        } else {
            RedirectPort::Preferred(DEFAULT_REDIRECT_PORT)
        }
    }

    /// How the provider wants our redirect address to be written.
    #[must_use]
    pub fn redirect_form(&self) -> RedirectForm {
        let provider = self.provider();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        oauth.map(|oauth| oauth.redirect.clone()).unwrap_or_default().form(self.client_kind())
    }

    /// Our redirect address as it must be registered with a web client.
    #[must_use]
    pub fn own_redirect(&self) -> String {
        self.redirect_form().uri(self.fixed_port())
    }

    /// The redirect address of the SeaTable server.
    #[must_use]
    pub fn seatable_redirect(&self) -> Option<String> {
        match self.destination()? {
            Destination::Seatable { url, .. } => Some(format!("{url}{SEATABLE_REDIRECT_PATH}")),
            Destination::SeatableServer { .. } | Destination::Program | Destination::Cli => None,
        }
    }
}
