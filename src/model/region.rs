//! [`Region`]: one of several places where a provider has servers of its own.

use serde::{Deserialize, Serialize};

use super::{provider::Provider, server::Server};

/// What stands for the region in hosts and pages.
const PLACE: &str = "{region}";

/// A region of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The id used in flags and JSON.
    pub id: String,
    /// What stands in hosts and pages, where that is not the id.
    #[serde(default)]
    pub part: Option<String>,
    /// The provider's domains whose addresses are there.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Those of the provider's mail exchangers that are there.
    #[serde(default)]
    pub mx: Vec<String>,
}

impl Region {
    /// What it puts into hosts and pages.
    #[must_use]
    pub fn part(&self) -> &str {
        self.part.as_deref().unwrap_or(&self.id)
    }
}

impl Provider {
    /// The region with that id.
    #[must_use]
    pub fn region(&self, id: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.id == id)
    }

    /// The region to which addresses of that domain belong, as far as the table knows.
    #[must_use]
    pub fn region_of_domain(&self, domain: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.domains.iter().any(|known| known == domain))
    }

    /// The provider as it is in a region; without one, what is the same in all of them.
    #[must_use]
    pub fn in_region(&self, region: Option<&Region>) -> Self {
        let mut provider = self.clone();
        let fill = |text: &mut String| {
            if let Some(region) = region {
                *text = text.replace(PLACE, region.part());
            }
            !text.contains(PLACE)
        };
        let server = |mut server: Server| fill(&mut server.host).then_some(server);
        provider.smtp = provider.smtp.into_iter().filter_map(server).collect();
        provider.imap = provider.imap.and_then(server);
        provider.links.retain(|_, link| fill(link));
        provider
    }

    /// All its submission servers, in all regions.
    #[must_use]
    pub fn all_smtp(&self) -> Vec<Server> {
        if self.regions.is_empty() {
            return self.smtp.clone();
        }
        self.regions.iter().flat_map(|region| self.in_region(Some(region)).smtp).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> Provider {
        serde_json::from_value(serde_json::json!({
            "id": "spread", "name": "Spread", "checked": "2026-11-22", "domains": ["spread.example", "spread.test"],
            "regions": [{"id": "west", "domains": ["spread.example"]}, {"id": "east", "part": "e.example"}],
            "smtp": [{"host": "smtp.{region}", "port": 465, "security": "tls"}],
            "imap": {"host": "imap.{region}", "port": 993, "security": "tls"},
            "links": {"keys": "https://{region}/keys", "help": "https://help.example/"},
        }))
        .unwrap()
    }

    #[test]
    fn hosts_and_pages_are_those_of_the_region() {
        let provider = provider();
        let east = provider.in_region(provider.region("east"));
        assert_eq!(
            (east.smtp[0].host.as_str(), east.links["keys"].as_str()),
            ("smtp.e.example", "https://e.example/keys")
        );
        assert_eq!(east.imap.unwrap().host, "imap.e.example");
        let hosts: Vec<_> = provider.all_smtp().into_iter().map(|server| server.host).collect();
        assert_eq!(hosts, ["smtp.west", "smtp.e.example"]);
    }

    #[test]
    fn without_a_region_only_what_all_of_them_share_is_known() {
        let everywhere = provider().in_region(None);
        assert_eq!((everywhere.smtp.len(), everywhere.imap), (0, None));
        assert_eq!(everywhere.links.into_keys().collect::<Vec<_>>(), ["help"]);
    }

    #[test]
    fn a_domain_may_tell_the_region() {
        let provider = provider();
        assert_eq!(provider.region_of_domain("spread.example").map(Region::part), Some("west"));
        assert_eq!(provider.region_of_domain("spread.test"), None);
    }
}
