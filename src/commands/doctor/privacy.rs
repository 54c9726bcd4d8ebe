//! [`Privacy`]: what of a finding may be shown.

use std::path::{Path, PathBuf};

use super::super::session::Session;
use crate::model::{health::Detail, provider::Provider};

/// The folders of mailkey below a home, on each system. Their names say nothing of the person.
const STANDARD: [&str; 5] = [
    ".config/mailkey",
    ".local/state/mailkey",
    ".local/share/mailkey",
    "Library/Application Support/mailkey",
    "AppData/Roaming/mailkey",
];

/// Where the system keeps certificates.
const SYSTEM: [&str; 3] = ["/etc/ssl", "/etc/pki", "/usr/share/ca-certificates"];

/// What stands in the place of what is not shown.
pub(super) const HIDDEN: &str = "<…>";

/// What of a finding may be shown: all of it, or nothing that tells of the person.
pub(super) struct Privacy {
    /// True for a text that will be posted.
    is_public: bool,
    home: PathBuf,
    /// Hosts of providers that mailkey knows by itself.
    known: Vec<String>,
    /// Hosts that were hidden, in the order in which they came.
    hidden: Vec<String>,
}

impl Privacy {
    /// For the person alone, or for the public.
    pub(super) fn new(is_public: bool, session: &Session) -> Self {
        let providers = session.knowledge.providers();
        let mail = providers.iter().flat_map(Provider::all_smtp).map(|server| server.host);
        let web = providers.iter().flat_map(|provider| {
            let token = provider.oauth.iter().map(|oauth| &oauth.token_url);
            token.chain(provider.send_api.iter().map(|api| &api.url))
        });
        let web = web.filter_map(|url| Some(url::Url::parse(url).ok()?.host_str()?.to_owned()));
        let home = session.world.environment.folders.home.clone();
        Self { is_public, home, known: mail.chain(web).collect(), hidden: Vec::new() }
    }

    /// A value as it is shown.
    pub(super) fn shown(&mut self, detail: &Detail) -> String {
        match detail {
            Detail::Host(host) if self.is_public => self.host(host),
            Detail::Path(path) if self.is_public => self.path(path),
            Detail::Private(_) if self.is_public => HIDDEN.to_owned(),
            Detail::Path(path) => path.display().to_string(),
            Detail::Public(text) | Detail::Host(text) | Detail::Private(text) => text.clone(),
        }
    }

    /// A number tells hosts apart that are not named.
    fn host(&mut self, host: &str) -> String {
        if self.known.iter().any(|known| known == host) {
            return host.to_owned();
        }
        let place = self.hidden.iter().position(|hidden| hidden == host).unwrap_or_else(|| {
            self.hidden.push(host.to_owned());
            self.hidden.len() - 1
        });
        format!("<{}>", place + 1)
    }

    fn path(&self, path: &Path) -> String {
        if SYSTEM.iter().any(|folder| path.starts_with(folder)) {
            return path.display().to_string();
        }
        let below = path.strip_prefix(&self.home).ok();
        match below.filter(|below| STANDARD.iter().any(|folder| below.starts_with(folder))) {
            Some(below) => Path::new("~").join(below).display().to_string(),
            None => HIDDEN.to_owned(),
        }
    }
}
