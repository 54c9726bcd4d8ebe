//! Clients, as the console of Google and Microsoft Entra make them.

use std::io;

use super::{
    random,
    state::{Inner, MAX_KEPT, PROJECT},
};
use crate::model::{
    client::{Client, ClientKind},
    secret::Secret,
};

impl Inner {
    /// A client whose ID and secret have the shapes of Google's.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_client(&mut self, kind: ClientKind, redirect_uris: Vec<String>) -> io::Result<Client> {
        let middle = random::text(random::LOWER, 20)?;
        let secret = format!("GOCSPX-{}", random::text(random::URL_SAFE, 28)?);
        let id = format!("{PROJECT}-practice{middle}.apps.googleusercontent.com");
        Ok(self.register(id, Some(Secret::new(secret)), kind, redirect_uris))
    }

    /// What Entra does: the ID is a UUID (RFC 9562 §5.4), and a public client has no secret.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_app(&mut self, kind: ClientKind, redirect_uris: Vec<String>) -> io::Result<Client> {
        let digits = random::text(random::HEX, 30)?;
        let (first, second, third) = (&digits[..8], &digits[8..12], &digits[12..15]);
        let id = format!("{first}-{second}-4{third}-8{}-{}", &digits[15..18], &digits[18..]);
        let secret = match kind {
            ClientKind::Web => {
                let (begin, end) = (random::text(random::LOWER, 3)?, random::text(random::LOWER, 34)?);
                Some(Secret::new(format!("{begin}8Q~{end}")))
            }
            ClientKind::Desktop => None,
        };
        Ok(self.register(id, secret, kind, redirect_uris))
    }

    fn register(
        &mut self,
        id: String,
        secret: Option<Secret>,
        kind: ClientKind,
        redirect_uris: Vec<String>,
    ) -> Client {
        // Google's file says so for every desktop client, and Microsoft registers it so: any port is right later.
        let redirect_uris = match kind {
            ClientKind::Web => redirect_uris,
            ClientKind::Desktop => vec!["http://localhost".to_owned()],
        };
        let client = Client { id, secret, kind, redirect_uris };
        // The first two stand in the description and stay.
        if self.clients.len() >= MAX_KEPT {
            self.clients.remove(2);
        }
        self.clients.push(client.clone());
        client
    }
}

/// True for a client that Entra made.
pub(super) fn is_app(client: &Client) -> bool {
    !client.id.ends_with(".apps.googleusercontent.com")
}
