//! [`Failure`]: that something did not work, as data from which a diagnosis is made.

use super::{stage::Stage, trial::Trial};

/// Where it failed. The ids stand in `diagnoses.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Name resolution.
    Resolve,
    /// TCP, or the server's greeting.
    Connect,
    /// STARTTLS or the handshake.
    Tls,
    /// AUTH.
    SignIn,
    /// MAIL, RCPT, DATA or the answer to the message.
    Send,
    /// What the network is asked about the mail of a domain.
    Discover,
    /// The mailbox in which a message is looked for, and finding it there.
    Arrive,
    /// The provider's HTTP interface.
    Api,
    /// The token endpoint.
    Token,
    /// A SeaTable server.
    Seatable,
    /// What came back on the redirect address.
    Consent,
    /// What the provider shows in the browser and never sends back.
    Page,
    /// Our own listener.
    Listener,
    /// Keyring or file of secrets.
    Store,
    /// Files without secrets: accounts, unfinished set-ups, a file that the person named.
    Files,
    /// A bug of ours: a worker that panicked.
    Bug,
}

impl Layer {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Resolve,
        Self::Connect,
        Self::Tls,
        Self::SignIn,
        Self::Send,
        Self::Discover,
        Self::Arrive,
        Self::Api,
        Self::Token,
        Self::Seatable,
        Self::Consent,
        Self::Page,
        Self::Listener,
        Self::Store,
        Self::Files,
        Self::Bug,
    ];

    /// The id used in `diagnoses.json` and in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::SignIn => "sign-in",
            Self::Send => "send",
            Self::Discover => "discover",
            Self::Arrive => "arrive",
            Self::Api => "api",
            Self::Token => "token",
            Self::Seatable => "seatable",
            Self::Consent => "consent",
            Self::Page => "page",
            Self::Listener => "listener",
            Self::Store => "store",
            Self::Files => "files",
            Self::Bug => "bug",
        }
    }

    /// The layer of a stage.
    #[must_use]
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Token => Self::Token,
            Stage::Resolve => Self::Resolve,
            Stage::Connect => Self::Connect,
            Stage::Tls => Self::Tls,
            Stage::SignIn => Self::SignIn,
            Stage::Send => Self::Send,
            Stage::Arrive => Self::Arrive,
            Stage::Api => Self::Api,
            Stage::SeatableFind | Stage::SeatableWrite | Stage::SeatableSend => Self::Seatable,
        }
    }
}

/// Something that did not work.
///
/// `code` is the server's (`535`, `invalid_grant`, `403`) or, where no server spoke, one of ours, which
/// begins with an underscore (`_timeout`, `_refused`, `_not_tls`). `said` is what the server said, cleaned
/// of control characters, base64 echoes and tokens, and cut to [`MAX_SAID`] characters where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub layer: Layer,
    /// The server's code, or one of ours with an underscore.
    pub code: String,
    /// The enhanced status code of RFC 3463, `5.7.8`.
    pub enhanced: Option<String>,
    /// What the server said, in its own words.
    pub said: Option<String>,
    /// The SASL mechanism in use, for replies that mean different things by mechanism.
    pub mechanism: Option<String>,
    /// Names and values that the words may need: `host`, `port`, `path`, `certificate` …
    pub details: Vec<(&'static str, String)>,
    /// What was tried afterwards to tell its causes apart.
    pub trial: Option<Box<Trial>>,
}

/// The detail that names the account whose key is kept already, as a word of a shell: its store was chosen, and a
/// set-up's choice is no help.
pub const KEPT: &str = "kept";
/// The detail that is there where the message was for the very account that sends it.
pub const TO_SELF: &str = "to_self";
/// The detail with the name that was signed in as, where it is not the address: one of the two may be wrong.
pub const USER_NAME: &str = "user_name";
/// Longer replies are cut: a person reads the first lines, and an attacker gets no megabytes on screen.
pub const MAX_SAID: usize = 600;

impl Failure {
    /// A failure in which no server spoke; `code` begins with an underscore.
    #[must_use]
    pub fn new(layer: Layer, code: &str) -> Self {
        Self {
            layer,
            code: code.to_owned(),
            enhanced: None,
            said: None,
            mechanism: None,
            details: Vec::new(),
            trial: None,
        }
    }

    /// Adds what the server said. The text must have been cleaned.
    #[must_use]
    pub fn saying(mut self, said: impl Into<String>) -> Self {
        self.said = Some(said.into());
        self
    }

    /// Adds a named value for the words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// True when a token endpoint refuses the client itself, whatever the code or key that came with it.
    /// `invalid_client` is for that alone (RFC 6749 §5.2); Google has two words more; Microsoft says
    /// `unauthorized_client` of an application that it does not know, and of other things too.
    #[must_use]
    pub fn refuses_client(&self) -> bool {
        let said = self.said.as_deref().unwrap_or_default();
        self.layer == Layer::Token
            && match self.code.as_str() {
                "invalid_client" | "deleted_client" | "disabled_client" => true,
                "unauthorized_client" => said.contains("AADSTS700016"),
                _ => false,
            }
    }

    /// The detail of that name.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
