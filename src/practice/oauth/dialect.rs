//! [`Dialect`]: whose habits an endpoint has. Where they differ, Microsoft's are those of its documents on the identity
//! platform.

use url::Url;

use super::{GRAPH_SEND, OFFLINE, SMTP_SEND, token::Refusal};
use crate::{
    model::client::{Client, ClientKind},
    practice::{Fault, state::State},
};

/// What stands behind the directory in the addresses of Microsoft's endpoints.
const MICROSOFT: &str = "/oauth2/v2.0/";

/// Whose habits an endpoint has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::practice) enum Dialect<'a> {
    /// Google's.
    Google,
    /// Microsoft's.
    Microsoft {
        /// The directory that the address names.
        tenant: &'a str,
    },
}

impl<'a> Dialect<'a> {
    /// The dialect of a path, and what is asked there: `authorize`, `token`, `devicecode` at Microsoft; the whole path
    /// elsewhere.
    pub(in crate::practice) fn of(path: &'a str) -> (Self, &'a str) {
        let parts = path.strip_prefix('/').and_then(|path| path.split_once(MICROSOFT));
        match parts.filter(|(tenant, _)| !tenant.contains('/')) {
            Some((tenant, endpoint)) => (Self::Microsoft { tenant }, endpoint),
            None => (Self::Google, path),
        }
    }

    /// True for a request of scopes that belong to more than one resource, which Microsoft answers with `AADSTS28000`.
    pub(super) fn mixes_resources(self, scopes: &[String]) -> bool {
        let asks = |resource: &str| scopes.iter().any(|scope| scope == resource);
        self != Self::Google && asks(SMTP_SEND) && asks(GRAPH_SEND)
    }

    /// True where a redirect address to this computer suits a desktop client: at Microsoft the registered
    /// `http://localhost`, at any port, and nothing else.
    pub(super) fn takes_loopback(self, url: &Url) -> bool {
        self == Self::Google || (url.host_str() == Some("localhost") && url.path() == "/")
    }

    /// True where what was asked makes the grant last.
    pub(super) fn is_lasting(self, scopes: &[String], offline: bool) -> bool {
        if self == Self::Google { offline } else { scopes.iter().any(|scope| scope == OFFLINE) }
    }

    /// True for what only Microsoft is asked for.
    pub(super) fn is_of_microsoft(scopes: &[String]) -> bool {
        scopes.iter().any(|scope| scope == OFFLINE)
    }

    /// The scopes that are told to be granted.
    pub(super) fn told(scopes: &[String]) -> String {
        let told: Vec<_> = scopes.iter().filter(|scope| *scope != OFFLINE).map(String::as_str).collect();
        told.join(" ")
    }

    /// Why a client is refused that gave this secret, beyond a wrong one.
    ///
    /// # Errors
    /// In Microsoft's codes; its words are longer.
    pub(super) fn admit(self, client: &Client, has_secret: bool, state: &State) -> Result<(), Refusal> {
        let Self::Microsoft { tenant } = self else { return Ok(()) };
        let refuse = |status, error, words: &str| Err(Refusal::new(status, error, words));
        if state.has(Fault::SingleTenant) && ["organizations", "common"].contains(&tenant) {
            return refuse(400, "invalid_request", "AADSTS50194: The application is not multi-tenant.");
        }
        let is_public = client.kind == ClientKind::Desktop;
        if is_public && has_secret {
            return refuse(
                401,
                "invalid_client",
                "AADSTS700025: The client is public, and must send no secret.",
            );
        }
        if !has_secret && (!is_public || state.has(Fault::PublicFlowsOff)) {
            return refuse(401, "invalid_client", "AADSTS7000218: The request must contain 'client_secret'.");
        }
        if has_secret && state.has(Fault::SecretExpired) {
            return refuse(401, "invalid_client", "AADSTS7000222: The client secret keys are expired.");
        }
        Ok(())
    }

    /// What is said of a secret that is not the client's.
    pub(super) fn wrong_secret(self) -> Refusal {
        let words = match self {
            Self::Google => "The provided client secret is invalid.",
            Self::Microsoft { .. } => "AADSTS7000215: Invalid client secret provided.",
        };
        Refusal::new(401, "invalid_client", words)
    }

    /// What is said where nobody has consented for the organisation.
    pub(super) fn consent_missing(self, state: &State) -> Option<Refusal> {
        let is_missing = self != Self::Google && state.has(Fault::ConsentMissing);
        is_missing.then(|| Refusal::grant("AADSTS65001: The user or administrator has not consented."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_whose_habits() {
        let microsoft = |tenant| Dialect::Microsoft { tenant };
        for (path, dialect, endpoint) in [
            ("/token", Dialect::Google, "/token"),
            ("/o/oauth2/v2/auth", Dialect::Google, "/o/oauth2/v2/auth"),
            ("/organizations/oauth2/v2.0/token", microsoft("organizations"), "token"),
            ("/contoso.example/oauth2/v2.0/devicecode", microsoft("contoso.example"), "devicecode"),
            ("/a/b/oauth2/v2.0/token", Dialect::Google, "/a/b/oauth2/v2.0/token"),
        ] {
            assert_eq!(Dialect::of(path), (dialect, endpoint), "{path}");
        }
    }
}
