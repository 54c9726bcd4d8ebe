//! [`AuthorizationRequest`]: the authorization endpoint without its pages (RFC 6749 §4.1.1, §4.1.2).

use std::{io, time::Instant};

use url::{Host, Url};

use super::{Dialect, canonical, grants::Consent, is_sign_in};
use crate::{
    model::{
        address::Address,
        client::{Client, ClientKind},
    },
    practice::{Fault, Place, http::Form, state::State},
};

/// What is wrong with a request, shown on a page: Google sends none of these back to the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::practice) enum PageError {
    /// No such client: 401.
    InvalidClient,
    /// The redirect address is not registered to the letter.
    RedirectUriMismatch {
        /// The one that was sent.
        redirect_uri: String,
    },
    /// A parameter is missing, repeated or not what we know.
    InvalidRequest {
        /// In English, as Google's.
        detail: String,
    },
    /// A scope that does not exist.
    InvalidScope {
        /// The one.
        scope: String,
    },
}

impl PageError {
    /// The name that Google shows, and the end of the text's id.
    pub(in crate::practice) fn id(&self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid_client",
            Self::RedirectUriMismatch { .. } => "redirect_uri_mismatch",
            Self::InvalidRequest { .. } => "invalid_request",
            Self::InvalidScope { .. } => "invalid_scope",
        }
    }

    /// The HTTP status of the page.
    pub(in crate::practice) fn status(&self) -> u16 {
        if *self == Self::InvalidClient { 401 } else { 400 }
    }

    /// What it is about: the redirect address, the scope, the parameter.
    pub(in crate::practice) fn detail(&self) -> &str {
        match self {
            Self::InvalidClient => "The OAuth client was not found.",
            Self::RedirectUriMismatch { redirect_uri } => redirect_uri,
            Self::InvalidRequest { detail } => detail,
            Self::InvalidScope { scope } => scope,
        }
    }
}

/// What the person said.
#[derive(Clone, Debug)]
pub(in crate::practice) enum Decision {
    /// Yes, as this account, with the boxes of these scopes ticked.
    Allow {
        /// Who consents.
        user: Address,
        /// The ticked scopes; sign-in scopes have no box and are always granted.
        ticked: Vec<String>,
    },
    /// No.
    Deny,
}

/// A sound request for a person's consent. Its `state` is the client's secret, so this type has no `Debug`.
#[derive(Clone)]
pub(in crate::practice) struct AuthorizationRequest {
    pub(in crate::practice) client_id: String,
    redirect_uri: Url,
    /// As it was sent, for the comparison at the token endpoint (RFC 6749 §4.1.3).
    redirect_text: String,
    state: Option<String>,
    challenge: Option<String>,
    /// Under Google's long names.
    pub(in crate::practice) scopes: Vec<String>,
    offline: bool,
    forced: bool,
    pub(in crate::practice) login_hint: Option<Address>,
}

impl AuthorizationRequest {
    /// Reads and checks the query of the authorization endpoint.
    ///
    /// # Errors
    /// What to show on a page.
    pub(in crate::practice) fn parse(
        query: &str,
        dialect: Dialect<'_>,
        state: &State,
    ) -> Result<Self, PageError> {
        let invalid = |detail: &str| PageError::InvalidRequest { detail: detail.to_owned() };
        let form = Form::parse(query.as_bytes());
        if let Some(name) = form.repeated() {
            return Err(PageError::InvalidRequest { detail: format!("Parameter repeated: {name}") });
        }
        let needed = |name: &str| {
            form.one(name).ok_or_else(|| invalid(&format!("Required parameter is missing: {name}")))
        };
        let client = state.lock().client(needed("client_id")?).cloned().ok_or(PageError::InvalidClient)?;
        let redirect_text = needed("redirect_uri")?;
        let redirect_uri = registered(&client, redirect_text, dialect)
            .ok_or_else(|| PageError::RedirectUriMismatch { redirect_uri: redirect_text.to_owned() })?;
        if needed("response_type")? != "code" {
            return Err(invalid("Invalid response_type"));
        }
        let challenge = challenge(&form).map_err(invalid)?;
        let mut scopes = Vec::new();
        for scope in needed("scope")?.split(' ').filter(|scope| !scope.is_empty()) {
            let known =
                canonical(scope).ok_or_else(|| PageError::InvalidScope { scope: scope.to_owned() })?;
            if !scopes.iter().any(|other| other == known) {
                scopes.push(known.to_owned());
            }
        }
        if dialect.mixes_resources(&scopes) {
            return Err(invalid("AADSTS28000: the scopes belong to more than one resource"));
        }
        let offline = match form.one("access_type") {
            None | Some("online") => false,
            Some("offline") => true,
            Some(_) => return Err(invalid("Invalid parameter value for access_type")),
        };
        let offline = dialect.is_lasting(&scopes, offline);
        let prompts: Vec<&str> = form.one("prompt").unwrap_or_default().split(' ').collect();
        Ok(Self {
            client_id: client.id,
            redirect_uri,
            redirect_text: redirect_text.to_owned(),
            state: form.one("state").map(str::to_owned),
            challenge,
            scopes,
            offline,
            // Microsoft gives a key whenever one is asked for.
            forced: prompts.contains(&"consent") || dialect != Dialect::Google,
            login_hint: form.one("login_hint").and_then(|hint| Address::parse(hint).ok()),
        })
    }

    /// The scopes that have a box. Google shows boxes when there is a choice: two or more scopes beside the
    /// sign-in ones, or one of them with sign-in scopes.
    pub(in crate::practice) fn boxes(&self) -> Vec<&str> {
        let others: Vec<&str> =
            self.scopes.iter().map(String::as_str).filter(|scope| !is_sign_in(scope)).collect();
        if others.len() >= 2 || others.len() < self.scopes.len() { others } else { Vec::new() }
    }

    /// Everything granted, as with all boxes ticked.
    pub(in crate::practice) fn allow_as(&self, user: Address) -> Decision {
        Decision::Allow { user, ticked: self.scopes.clone() }
    }

    /// The address that the browser is sent to (RFC 6749 §4.1.2), with `iss` (RFC 9207).
    ///
    /// # Errors
    /// When the system has no randomness for a code.
    pub(in crate::practice) fn answer(
        &self,
        decision: Decision,
        state: &State,
        issuer: &str,
        now: Instant,
    ) -> io::Result<Url> {
        let mut url = self.redirect_uri.clone();
        let mut returned = self.state.clone();
        let dictated = state.dictated(Place::Redirect);
        let mut inner = state.lock();
        if state.has(Fault::WrongState)
            && inner.grants.is_first_return(returned.as_deref().unwrap_or_default())
        {
            returned = Some("practice-another-state".to_owned());
        }
        if let Some(returned) = returned {
            url.query_pairs_mut().append_pair("state", &returned);
        }
        url.query_pairs_mut().append_pair("iss", issuer);
        let Decision::Allow { mut user, ticked } = decision else {
            url.query_pairs_mut().append_pair("error", "access_denied");
            return Ok(url);
        };
        if let Some(query) = dictated {
            url.query_pairs_mut().extend_pairs(url::form_urlencoded::parse(query.as_bytes()));
            return Ok(url);
        }
        if state.has(Fault::ConsentRefused) {
            url.query_pairs_mut().append_pair("error", "access_denied");
            return Ok(url);
        }
        if state.has(Fault::WrongAccount) {
            let hint = self.login_hint.as_ref().unwrap_or(&user).as_str().to_owned();
            let other = inner.users.iter().find(|user| !user.address.same_mailbox(&hint));
            user = other.map_or(user, |other| other.address.clone());
        }
        inner.admit(&user)?;
        let boxes = self.boxes();
        let unticked = state.has(Fault::ScopeUnticked);
        let granted = self.scopes.iter().filter(|scope| {
            is_sign_in(scope) || (!unticked && (boxes.is_empty() || ticked.contains(*scope)))
        });
        let consent = Consent {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_text.clone(),
            challenge: self.challenge.clone(),
            user,
            scopes: granted.cloned().collect(),
            offline: self.offline,
        };
        let scope = consent.scopes.join(" ");
        let code = inner.grants.make_code(consent, self.forced, now)?;
        url.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("scope", &scope)
            .append_pair("authuser", "0")
            .append_pair("prompt", if self.forced { "consent" } else { "none" });
        Ok(url)
    }
}

/// The redirect address, if the client may use it: to the letter for a web client, any port on the loopback
/// address for a desktop client (RFC 8252 §7.3).
fn registered(client: &Client, text: &str, dialect: Dialect<'_>) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| url.fragment().is_none())?;
    let allowed = match client.kind {
        ClientKind::Web => client.redirect_uris.iter().any(|registered| registered == text),
        ClientKind::Desktop => is_plain_loopback(&url) && dialect.takes_loopback(&url),
    };
    allowed.then_some(url)
}

/// True for `http` to 127.0.0.1, `[::1]` or `localhost`, without user name or password.
pub(in crate::practice) fn is_plain_loopback(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback && url.username().is_empty() && url.password().is_none()
}

/// The S256 challenge: 43 characters of base64url (RFC 7636 §4.2). `plain` is refused: it proves nothing.
fn challenge(form: &Form) -> Result<Option<String>, &'static str> {
    match (form.one("code_challenge"), form.one("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(text), Some("S256")) if is_base64url(text) && text.len() == 43 => Ok(Some(text.to_owned())),
        (Some(_), Some("S256")) => Err("Invalid parameter value for code_challenge"),
        (None, Some(_)) => Err("Required parameter is missing: code_challenge"),
        (Some(_), _) => Err("Invalid parameter value for code_challenge_method"),
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
