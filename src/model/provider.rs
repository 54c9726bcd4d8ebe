//! [`Provider`]: who runs the mail server, as `assets/providers.json` describes it.

mod oauth;

use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};

pub use self::oauth::{DesktopSecret, OAuth, SendApi, SendApiKind};
use super::{address::Address, method::Method, region::Region, seatable::Form, server::Server, user::User};

/// The id of the provider that the person describes by hand.
pub const OTHER: &str = "other";

/// A provider. Everything mailkey knows of one is here: adding one changes no code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The id used in flags, JSON and text ids.
    pub id: String,
    /// Its own name for itself.
    pub name: String,
    /// Which documents guide a person there: the condition `guide=…` of a step. Empty: none of its own.
    #[serde(default)]
    pub guide: String,
    /// Address domains that belong to it, lower case.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Its mail exchangers: a host name, or what one ends with, beginning with a dot.
    #[serde(default)]
    pub mx: Vec<String>,
    /// Which addresses are the same mailbox, where they differ.
    #[serde(default)]
    pub same_mailbox: SameMailbox,
    /// What one signs in as.
    #[serde(default)]
    pub user: User,
    /// Where it has several places with servers of their own. `{region}` in the servers and pages stands for one.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// Submission servers, the preferred one first.
    #[serde(default)]
    pub smtp: Vec<Server>,
    /// The mailbox, for the proof of arrival.
    #[serde(default)]
    pub imap: Option<Server>,
    /// What one signs in to the mailbox as, where that is something else.
    #[serde(default)]
    pub imap_user: Option<User>,
    /// Present where it makes app passwords, or another secret for programs alone.
    #[serde(default)]
    pub app_password: Option<AppPassword>,
    /// What SeaTable's form calls it, where it has an entry of its own for OAuth.
    #[serde(default)]
    pub seatable_name: Option<String>,
    /// What it is called there before 6.1, where that is something else.
    #[serde(default)]
    pub seatable_old_name: Option<String>,
    /// The ways to sign in, the recommended one first: those that work, and those of which people think that they do.
    #[serde(default)]
    pub methods: Vec<KnownMethod>,
    /// Present where it takes OAuth tokens.
    #[serde(default)]
    pub oauth: Option<OAuth>,
    /// Present where messages can be sent over HTTP.
    #[serde(default)]
    pub send_api: Option<SendApi>,
    /// Addresses of pages that documents speak of, by name: `{link.app-password}`.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Which senders it lets through: the text `catalogue.from.<id>`.
    #[serde(default)]
    pub from: Option<String>,
    /// How much it takes.
    #[serde(default)]
    pub limits: Limits,
    /// Whether one can send with it.
    #[serde(default)]
    pub state: State,
    /// What to know before one begins: the text `catalogue.note.<id>`.
    #[serde(default)]
    pub note: Option<String>,
    /// What above has no source: the name of a field, or `field:text` for a part of it that holds this text.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// The day on which this entry was last compared with its sources, `YYYY-MM-DD`.
    pub checked: String,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

impl Provider {
    /// True when both name the same mailbox of this provider, as far as its rules tell.
    #[must_use]
    pub fn is_same_mailbox(&self, address: &Address, other: &str) -> bool {
        address.same_mailbox(other)
            || Address::parse(other)
                .is_ok_and(|other| self.same_mailbox.plain(address) == self.same_mailbox.plain(&other))
    }

    /// The methods that can be chosen, the recommended one first.
    pub fn offered(&self) -> impl Iterator<Item = &KnownMethod> {
        self.methods.iter().filter(|known| known.is_offered())
    }

    /// What is known of a method.
    #[must_use]
    pub fn known_method(&self, method: Method) -> Option<&KnownMethod> {
        self.methods.iter().find(|known| known.method == method)
    }

    /// False where the whole field has no source.
    #[must_use]
    pub fn is_verified(&self, field: &str) -> bool {
        !self.unverified.iter().any(|unverified| unverified == field)
    }

    /// False where the limit of that name has no source.
    #[must_use]
    pub fn is_limit_verified(&self, name: &str) -> bool {
        let part = |unverified: &String| unverified.strip_prefix("limits:") == Some(name);
        self.is_verified("limits") && !self.unverified.iter().any(part)
    }

    /// What a SeaTable with that form calls it, where it has an entry of its own for OAuth.
    #[must_use]
    pub fn name_in_seatable(&self, form: Form) -> Option<&str> {
        let old = self.seatable_old_name.as_deref().filter(|_| form == Form::WithUsername);
        old.or(self.seatable_name.as_deref())
    }

    /// True where its servers are on the machine itself.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let is_loopback = |server: &Server| server.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        !self.smtp.is_empty() && self.smtp.iter().all(is_loopback)
    }
}

/// What is known of a way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownMethod {
    /// Which.
    pub method: Method,
    /// Whether it can be used.
    #[serde(default)]
    pub state: MethodState,
    /// Since when it is refused, or until when it is taken: `YYYY-MM-DD` or `YYYY-MM`.
    #[serde(default)]
    pub date: Option<String>,
}

impl KnownMethod {
    /// A method that works.
    #[must_use]
    pub fn working(method: Method) -> Self {
        Self { method, state: MethodState::Works, date: None }
    }

    /// True where it can be chosen.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        matches!(self.state, MethodState::Works | MethodState::Ending)
    }
}

/// Whether a way to sign in can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodState {
    /// It works.
    #[default]
    Works,
    /// It works until a day that is known.
    Ending,
    /// The provider does not take it, or not any more.
    Refused,
    /// The provider has it, but gives it to no new client.
    Gated,
    /// The provider has it, but its rules for clients are not known well enough to lead a person there.
    Untried,
}

/// Whether one can send with a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// With a key.
    #[default]
    Good,
    /// Something must be switched on, confirmed or paid first.
    NeedsPreparation,
    /// Not at present.
    Broken,
}

/// How much a provider takes, where it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Messages a day.
    #[serde(default)]
    pub messages_per_day: Option<u32>,
    /// Messages a minute.
    #[serde(default)]
    pub messages_per_minute: Option<u32>,
    /// Recipients a day, each counted once for each message.
    #[serde(default)]
    pub recipients_per_day: Option<u32>,
    /// Recipients of one message.
    #[serde(default)]
    pub recipients_per_message: Option<u32>,
    /// The size of a message with its attachments, in megabytes.
    #[serde(default)]
    pub message_megabytes: Option<u32>,
}

impl Limits {
    /// Those that are known, by the names of their fields.
    pub fn known(&self) -> impl Iterator<Item = (&'static str, u32)> {
        [
            ("messages_per_day", self.messages_per_day),
            ("messages_per_minute", self.messages_per_minute),
            ("recipients_per_day", self.recipients_per_day),
            ("recipients_per_message", self.recipients_per_message),
            ("message_megabytes", self.message_megabytes),
        ]
        .into_iter()
        .filter_map(|(name, limit)| Some((name, limit?)))
    }
}

/// Which differences between two addresses of a provider do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameMailbox {
    /// Domains that are one and the same.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Dots before the `@` do not count.
    #[serde(default)]
    pub ignores_dots: bool,
    /// What stands behind this character before the `@` does not count (RFC 5233).
    #[serde(default)]
    pub tag: Option<char>,
}

impl SameMailbox {
    /// The address without what does not count.
    fn plain(&self, address: &Address) -> String {
        let whole = address.as_str().to_ascii_lowercase();
        let (local, domain) = whole.split_once('@').unwrap_or((&whole, ""));
        let local = self.tag.and_then(|tag| local.split_once(tag)).map_or(local, |(plain, _)| plain);
        let local = if self.ignores_dots { local.replace('.', "") } else { local.to_owned() };
        let known = self.domains.iter().any(|known| known == domain);
        let domain = self.domains.first().filter(|_| known).map_or(domain, String::as_str);
        format!("{local}@{domain}")
    }
}

/// A secret that the provider makes for one program, and its shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppPassword {
    /// What the provider calls it, where that is no app password: the text `catalogue.key.<id>`.
    #[serde(default)]
    pub kind: Option<String>,
    /// How many characters, without the blanks and separators that it is shown with; 0: any.
    #[serde(default)]
    pub length: usize,
    /// True when only the letters a–z occur.
    #[serde(default)]
    pub letters_only: bool,
    /// How it begins; empty: any.
    #[serde(default)]
    pub prefix: String,
    /// What stands between its groups, and may be left out.
    #[serde(default)]
    pub separator: Option<char>,
}
