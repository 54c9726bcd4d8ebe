//! [`World`]: where the real parts are, as `tests/real/up` wrote it down.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

use crate::support::{place::Place, practice, setup::Endpoints};

/// The person whose mailbox it is.
pub const ALICE: &str = "alice@mail.test";
/// Her password, long enough to be searched for.
pub const ALICES_PASSWORD: &str = "alice-k4n4ry-pw";
/// Somebody else.
pub const BOB: &str = "bob@mail.test";
/// His password has a quote, blanks and letters beyond ASCII.
pub const BOBS_PASSWORD: &str = "b0b \"p w\" ü€";
/// Whose mail goes into the folder for unwanted mail.
pub const CAROL: &str = "carol@mail.test";
/// Her password.
pub const CAROLS_PASSWORD: &str = "carol-k4n4ry-pw";
/// Who gets what is for nobody in particular.
pub const CATCH_ALL: (&str, &str) = ("all@catchall", "allpw");
/// The secret of the desktop client.
pub const CLIENT_SECRET: &str = "GOCSPX-not-a-secret";

/// Where the real parts are.
pub struct World(BTreeMap<String, String>);

impl World {
    /// Reads the file that `MAILKEY_REAL_ENV` names.
    pub fn new() -> Self {
        let path =
            std::env::var("MAILKEY_REAL_ENV").expect("tests/real/run starts the servers and says where");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let entry =
            |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(text.lines().filter_map(entry).collect())
    }

    /// A line of that file.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("{name} is not in the env file"))
    }

    /// A port of that file.
    pub fn port(&self, name: &str) -> u16 {
        self.get(name).parse().unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A place without a keyring.
    pub fn place(&self) -> Place {
        let mut place = Place::new();
        // The stand-in for the browser and the keyring find their work folder by it.
        place.set("MAILKEY_REAL", self.get("WORK"));
        place.set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        place
    }

    /// What a set-up of Alice's account needs, at the port of that name.
    pub fn endpoints(&self, port: &str) -> Endpoints {
        Endpoints {
            address: ALICE.to_owned(),
            ca_file: self.get("CA").to_owned(),
            smtp_host: "localhost".to_owned(),
            smtp_port: self.port(port),
            security: if port == "SMTP_TLS" { "tls" } else { "starttls" },
            authorize_url: self.get("AUTHORIZE_URL").to_owned(),
            token_url: self.get("TOKEN_URL").to_owned(),
            revoke_url: self.get("REVOKE_URL").to_owned(),
            device_url: None,
            scopes: [self.get("SCOPE"), "openid", "email"].map(str::to_owned).to_vec(),
            client_id: "desktop.apps.test".to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            client_kind: "installed",
            browser: "never",
        }
    }

    /// An order to the OAuth server, which is no OAuth.
    pub fn control(&self, order: &Value) {
        let (status, _, page) = practice::request("POST", self.get("CONTROL_URL"), &order.to_string());
        assert_eq!(status, 200, "{page}");
    }
}

/// An address that no other test uses; whatever is sent to it lies in the mailbox of [`CATCH_ALL`].
pub fn fresh_recipient() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let time = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos());
    format!("check-{time}-{}@elsewhere.test", COUNT.fetch_add(1, Ordering::Relaxed))
}
