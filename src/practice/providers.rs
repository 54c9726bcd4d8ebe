//! Provider entries for practice: the shipped ones of Google and Microsoft, with our addresses in them. Where none takes a
//! consent on another device, one of our own that does, and one of our own with regions and names of users.

use super::{description::Addresses, oauth::MAIL};
use crate::model::{
    method::Method,
    provider::{KnownMethod, OAuth, Provider, SendApi},
    region::Region,
    server::{Security, Server},
    user::User,
};

/// The domain of the practice users; Gmail's entry owns it, so that the wizard recognises it as it does others.
const DOMAIN: &str = "practice.example";

/// The domain of an organisation at Microsoft's entry.
const OFFICE_DOMAIN: &str = "office.practice.example";

/// Where Microsoft gives consents.
const MICROSOFT: &str = "login.microsoftonline.com";

/// Google's and Microsoft's entries with our servers, and the entries that have no servers of their own (another server, typed by
/// hand). The others are left out: practice talks to nobody outside this machine. Where none of them takes a consent on
/// another device, one more does, so that this can be rehearsed too; so with regions and names of users.
pub(super) fn replace(shipped: &[Provider], ours: &Addresses) -> Vec<Provider> {
    let mut providers: Vec<_> = shipped.iter().filter_map(|provider| replaced(provider, ours)).collect();
    let gives_codes =
        |provider: &Provider| provider.oauth.as_ref().is_some_and(|oauth| oauth.device_url.is_some());
    if !providers.iter().any(gives_codes) {
        providers.push(with_codes(ours));
    }
    providers.push(with_regions(ours));
    providers
}

/// A provider as Microsoft is one: OAuth alone, and codes for another device (RFC 8628). It has no documents of its own.
fn with_codes(ours: &Addresses) -> Provider {
    Provider {
        id: "practice-codes".to_owned(),
        name: "Practice Office".to_owned(),
        smtp: [Security::StartTls, Security::Tls].map(|security| server(ours, security)).into(),
        methods: vec![KnownMethod::working(Method::OAuth)],
        oauth: Some(OAuth {
            issuer: Some(ours.issuer.clone()),
            authorize_url: ours.authorize_url(),
            token_url: ours.token_url(),
            revoke_url: Some(ours.revoke_url()),
            device_url: Some(ours.device_url()),
            smtp_scopes: vec![MAIL.to_owned()],
            ..OAuth::default()
        }),
        ..Provider::default()
    }
}

/// A provider with servers of its own in two regions, where one signs in as the provider says. It has no documents of its
/// own.
fn with_regions(ours: &Addresses) -> Provider {
    // Both are this machine. Written like that it is another name than the one of the servers that the DNS tells of, which
    // belong to nobody who is known.
    let region = |id: &str, part: &str| Region {
        id: id.to_owned(),
        part: Some(part.to_owned()),
        domains: Vec::new(),
        mx: Vec::new(),
    };
    let spread = |server: Server| Server { host: "{region}".to_owned(), ..server };
    Provider {
        id: "practice-regions".to_owned(),
        name: "Practice Post".to_owned(),
        user: User::Asked,
        regions: vec![region("north", &ours.host), region("south", "Localhost")],
        smtp: [Security::StartTls, Security::Tls].map(|security| spread(server(ours, security))).into(),
        imap: Some(spread(mailbox(ours))),
        methods: vec![KnownMethod::working(Method::Password)],
        ..Provider::default()
    }
}

/// Our mailboxes.
fn mailbox(ours: &Addresses) -> Server {
    Server { host: ours.host.clone(), port: ours.imap_port, security: Security::Tls }
}

/// Our server for that security.
fn server(ours: &Addresses, security: Security) -> Server {
    let port = match security {
        Security::StartTls => ours.starttls_port,
        Security::Tls => ours.tls_port,
    };
    Server { host: ours.host.clone(), port, security }
}

fn replaced(shipped: &Provider, ours: &Addresses) -> Option<Provider> {
    let google =
        shipped.oauth.as_ref().is_some_and(|oauth| is_at(&oauth.authorize_url, "accounts.google.com"));
    if shipped.oauth.as_ref().is_some_and(|oauth| is_at(&oauth.authorize_url, MICROSOFT)) {
        return Some(microsoft(shipped, ours));
    }
    if !google {
        return (shipped.smtp.is_empty() && shipped.oauth.is_none()).then(|| shipped.clone());
    }
    let mut provider = shipped.clone();
    // Workspace is known by its mail exchangers and has no domains of its own.
    if provider.domains.iter().any(|domain| domain == "gmail.com") {
        provider.domains.push(DOMAIN.to_owned());
    }
    for entry in &mut provider.smtp {
        *entry = server(ours, entry.security);
    }
    provider.imap = provider.imap.is_some().then(|| mailbox(ours));
    if let Some(oauth) = &mut provider.oauth {
        oauth.issuer = Some(ours.issuer.clone());
        oauth.authorize_url = ours.authorize_url();
        oauth.token_url = ours.token_url();
        oauth.revoke_url = Some(ours.revoke_url());
        // Where there is none, practice has none either: Google gives no mail permission that way.
        oauth.device_url = oauth.device_url.as_ref().map(|_| ours.device_url());
    }
    if let Some(api) = &mut provider.send_api {
        *api = SendApi { kind: api.kind, url: ours.send_url() };
    }
    for link in provider.links.values_mut() {
        if let Some(page) = page_for(link) {
            *link = format!("{}{page}", ours.pages);
        }
    }
    Some(provider)
}

/// Microsoft's entry: its addresses keep their paths, in which the directory stands.
fn microsoft(shipped: &Provider, ours: &Addresses) -> Provider {
    let mut provider = shipped.clone();
    // Personal accounts have domains of their own; those of an organisation may be any.
    if provider.id == "microsoft365" {
        provider.domains.push(OFFICE_DOMAIN.to_owned());
    }
    for entry in &mut provider.smtp {
        *entry = server(ours, entry.security);
    }
    provider.imap = provider.imap.is_some().then(|| mailbox(ours));
    if let Some(oauth) = &mut provider.oauth {
        let here = |url: &str| {
            url::Url::parse(url).map_or_else(|_| url.to_owned(), |url| ours.microsoft_url(url.path()))
        };
        oauth.authorize_url = here(&oauth.authorize_url);
        oauth.token_url = here(&oauth.token_url);
        oauth.device_url = oauth.device_url.as_deref().map(here);
        // The clients of practice are Google's in all but name.
        oauth.client_id_uuid = false;
    }
    if let Some(api) = &mut provider.send_api {
        *api = SendApi { kind: api.kind, url: ours.graph_url() };
    }
    for link in provider.links.values_mut() {
        let page = [("entra.microsoft.com", "/entra"), ("admin.microsoft.com", "/mailbox-access")];
        if let Some((_, page)) = page.into_iter().find(|(host, _)| is_at(link, host)) {
            *link = format!("{}{page}", ours.pages);
        }
    }
    provider
}

/// The page that stands in for an address; `None` for what is only read, such as a help page.
fn page_for(link: &str) -> Option<&'static str> {
    let page = |pages: &[(&str, &'static str)], other| {
        pages.iter().find(|(part, _)| link.contains(part)).map_or(other, |(_, page)| *page)
    };
    if is_at(link, "myaccount.google.com") {
        let pages = [("/apppasswords", "/app-passwords"), ("/permissions", "/permissions")];
        return Some(page(&pages, "/two-step"));
    }
    let pages = [("/auth/audience", "/console#publishing"), ("/auth/clients", "/console#create-client")];
    is_at(link, "console.cloud.google.com").then(|| page(&pages, "/console"))
}

fn is_at(address: &str, host: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| url.host_str() == Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Addresses {
        Addresses {
            host: "127.0.0.1".to_owned(),
            starttls_port: 1587,
            tls_port: 1465,
            imap_port: 1993,
            pages: "http://127.0.0.1:1".to_owned(),
            issuer: "https://127.0.0.1:2".to_owned(),
            api: "https://127.0.0.1:3".to_owned(),
            seatable: "https://127.0.0.1:4".to_owned(),
        }
    }

    fn shipped() -> Vec<Provider> {
        serde_json::from_value(serde_json::json!([
            {
                "id": "gmail", "name": "Gmail", "domains": ["gmail.com"], "checked": "2026-11-23",
                "smtp": [
                    {"host": "smtp.gmail.com", "port": 465, "security": "tls"},
                    {"host": "smtp.gmail.com", "port": 587, "security": "starttls"}
                ],
                "imap": {"host": "imap.gmail.com", "port": 993, "security": "tls"},
                "oauth": {
                    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
                    "token_url": "https://oauth2.googleapis.com/token",
                    "smtp_scopes": ["https://mail.google.com/"]
                },
                "send_api": {"kind": "gmail", "url": "https://gmail.googleapis.com/gmail/v1/users/me/messages/send"},
                "links": {
                    "app-password": "https://myaccount.google.com/apppasswords",
                    "two-step": "https://myaccount.google.com/signinoptions/twosv",
                    "permissions": "https://myaccount.google.com/permissions",
                    "cloud-project": "https://console.cloud.google.com/projectcreate",
                    "cloud-audience": "https://console.cloud.google.com/auth/audience",
                    "cloud-clients": "https://console.cloud.google.com/auth/clients",
                    "help": "https://support.google.com/mail/answer/1"
                }
            },
            {"id": "other", "name": "Other", "checked": "2026-11-23"},
            {
                "id": "elsewhere", "name": "Elsewhere", "checked": "2026-11-23",
                "smtp": [{"host": "smtp.elsewhere.example", "port": 465, "security": "tls"}]
            }
        ]))
        .unwrap()
    }

    fn oauth_of(provider: &Provider) -> &OAuth {
        provider.oauth.as_ref().unwrap()
    }

    #[test]
    fn one_entry_with_codes_is_enough() {
        let mut shipped = shipped();
        let device_url = Some("https://oauth2.googleapis.com/device/code".to_owned());
        shipped[0].oauth.as_mut().unwrap().device_url = device_url;
        let providers = replace(&shipped, &ours());
        assert_eq!(oauth_of(&providers[0]).device_url, Some(ours().device_url()));
        assert_eq!(providers.len(), 3, "{providers:?}");
    }

    #[test]
    fn googles_entries_lead_to_us_and_no_entry_leads_outside() {
        let providers = replace(&shipped(), &ours());
        assert_eq!(
            providers.iter().map(|provider| provider.id.as_str()).collect::<Vec<_>>(),
            ["gmail", "other", "practice-codes", "practice-regions"]
        );
        let of_codes = oauth_of(&providers[2]);
        assert_eq!(of_codes.device_url.as_deref(), Some(ours().device_url().as_str()));
        assert_eq!(of_codes.token_url, oauth_of(&providers[0]).token_url);
        let gmail = &providers[0];
        assert_eq!(gmail.domains, ["gmail.com", "practice.example"]);
        assert_eq!(gmail.smtp.iter().map(|server| server.port).collect::<Vec<_>>(), [1465, 1587]);
        assert!(gmail.smtp.iter().all(|server| server.host == "127.0.0.1"));
        assert_eq!(gmail.imap.as_ref().map(|server| server.port), Some(1993));
        let oauth = oauth_of(gmail);
        assert_eq!(oauth.authorize_url, "http://127.0.0.1:1/o/oauth2/v2/auth");
        assert_eq!(oauth.token_url, "https://127.0.0.1:2/token");
        assert_eq!(oauth.revoke_url.as_deref(), Some("https://127.0.0.1:2/revoke"));
        assert_eq!(oauth.device_url, None);
        assert_eq!(oauth.issuer.as_deref(), Some("https://127.0.0.1:2"));
        assert_eq!(oauth.smtp_scopes, ["https://mail.google.com/"]);
        assert_eq!(
            gmail.send_api.as_ref().unwrap().url,
            "https://127.0.0.1:3/gmail/v1/users/me/messages/send"
        );
        for (name, link) in [
            ("app-password", "http://127.0.0.1:1/app-passwords"),
            ("two-step", "http://127.0.0.1:1/two-step"),
            ("permissions", "http://127.0.0.1:1/permissions"),
            ("cloud-project", "http://127.0.0.1:1/console"),
            ("cloud-audience", "http://127.0.0.1:1/console#publishing"),
            ("cloud-clients", "http://127.0.0.1:1/console#create-client"),
            ("help", "https://support.google.com/mail/answer/1"),
        ] {
            assert_eq!(gmail.links[name], link);
        }
    }
}
