//! [`Endpoints`]: the flags of a set-up against servers that are typed by hand.

use super::place::Place;

/// The name of the client's file, in the home of the place.
pub const CLIENT_FILE: &str = "client_secret_test.json";

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// The sender.
    pub address: String,
    /// Whom to trust.
    pub ca_file: String,
    /// The submission server.
    pub smtp_host: String,
    /// Its port.
    pub smtp_port: u16,
    /// `starttls` or `tls`.
    pub security: &'static str,
    /// Where the person consents.
    pub authorize_url: String,
    /// Where the code is traded.
    pub token_url: String,
    /// Where a grant is withdrawn.
    pub revoke_url: String,
    /// Where a code for another device comes from; `None`: nobody is told of it.
    pub device_url: Option<String>,
    /// What is asked.
    pub scopes: Vec<String>,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// `installed` (desktop: any port of ours will do) or `web` (only the addresses that are registered).
    pub client_kind: &'static str,
    /// `--browser`: `never`, or `auto` where one stands ready.
    pub browser: &'static str,
}

impl Endpoints {
    /// `setup --no-input` with a password on standard input.
    pub fn password_setup(&self) -> Vec<String> {
        let mut words = self.common("password");
        words.extend(["--secret-file", "-"].map(str::to_owned));
        words
    }

    /// `setup --no-input` with a consent; the client stands in a file, as Google's console lets one download it.
    pub fn oauth_setup(&self, place: &Place) -> Vec<String> {
        let mut words = self.endpoint_setup();
        words.extend(["--client-file".to_owned(), place.file(CLIENT_FILE, &self.client_file())]);
        words
    }

    /// The same, with the client still to be named.
    pub fn endpoint_setup(&self) -> Vec<String> {
        let mut words = self.common("oauth");
        let own = [
            ("--authorize-url", &self.authorize_url),
            ("--token-url", &self.token_url),
            ("--revoke-url", &self.revoke_url),
        ];
        words.extend(own.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]));
        words.extend(self.device_url.iter().flat_map(|url| ["--device-url".to_owned(), url.clone()]));
        words.extend(self.scopes.iter().flat_map(|scope| ["--scope".to_owned(), scope.clone()]));
        words
    }

    fn client_file(&self) -> String {
        serde_json::json!({self.client_kind: {
            "client_id": self.client_id, "client_secret": self.client_secret, "project_id": "test",
            "auth_uri": self.authorize_url, "token_uri": self.token_url, "redirect_uris": ["http://localhost"],
        }})
        .to_string()
    }

    /// The flags that another command needs to reach the same servers.
    pub fn trusting(&self, command: &[&str]) -> Vec<String> {
        let mut words: Vec<_> = command.iter().map(|&word| word.to_owned()).collect();
        words.extend(["--ca-file", self.ca_file.as_str(), "--browser", self.browser].map(str::to_owned));
        words
    }

    fn common(&self, method: &str) -> Vec<String> {
        let port = self.smtp_port.to_string();
        let mut words = self.trusting(&["setup", "--no-input", "--json", "--provider", "other"]);
        let own = [
            ("--address", self.address.as_str()),
            ("--method", method),
            ("--for", "program"),
            ("--smtp-host", &self.smtp_host),
            ("--smtp-port", &port),
            ("--security", self.security),
        ];
        words.extend(own.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]));
        words
    }
}
