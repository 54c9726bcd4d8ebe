//! What conditions and placeholders of documents ask for, and what can be chosen.

use super::Situation;
use crate::{
    flow::{check, field, validate},
    guide::plan::FieldKind,
    model::{
        account::Destination, language::Language, method::Method, provider, shell, store_commands::ENTRY,
        store_kind::StoreKind, user::User,
    },
};

impl Situation<'_> {
    /// A fact that conditions of steps and fields ask for, as text; answers are facts under their own names.
    #[must_use]
    pub fn fact(&self, name: &str) -> String {
        let yes = |is: bool| (if is { field::YES } else { field::NO }).to_owned();
        match name {
            "provider" => self.provider().map(|provider| provider.id.clone()).unwrap_or_default(),
            "guide" | "words" => self.provider().map(|provider| provider.guide.clone()).unwrap_or_default(),
            "api" => yes(self.has_api()),
            "discovers" => yes(self.discovers()),
            "region-asked" => yes(self.region_is_asked()),
            "tenant-asked" => yes(self.tenant_is_asked()),
            "user-asked" => yes(self.user_is_asked()),
            "seatable" => yes(self.has_seatable()),
            "obtains" => yes(self.obtains_key()),
            "place-asked" => {
                yes(self.answers.has(field::ACCOUNT) || self.text(field::SEATABLE_ELSEWHERE) == field::YES)
            }
            "connected" => yes(self.connection.is_some()),
            "command-known" => yes(self.account_with_commands().is_some()),
            "passwordlike" => yes(match self.method() {
                Some(Method::Password) => true,
                Some(Method::AppPassword) => !self.has_password_guide(),
                Some(Method::OAuth) | None => false,
            }),
            // Who names a file in a renewal gives the client anew.
            field::CLIENT_GONE => yes(self.text(name) == field::YES || self.answers.has(field::CLIENT_FILE)),
            "recorded-publishing" => {
                self.named_account().map(|account| account.key.publishing.id().to_owned()).unwrap_or_default()
            }
            field::CLIENT_KIND => self.client_kind().id().to_owned(),
            field::SEND_VIA => self.send_via().id().to_owned(),
            _ => self.text(name).to_owned(),
        }
    }

    /// What can be chosen for a field.
    #[must_use]
    pub fn options(&self, id: &str) -> Vec<String> {
        let Some(spec) = self.knowledge.guide.plans.fields.get(id) else {
            return Vec::new();
        };
        match spec.kind {
            FieldKind::Language => Language::ALL.map(|language| language.code().to_owned()).into(),
            FieldKind::Providers => self
                .knowledge
                .providers()
                .iter()
                .map(|provider| provider.id.clone())
                .chain([provider::OTHER.to_owned()])
                .collect(),
            FieldKind::Regions => {
                let known = self.knowledge.provider(self.text(field::PROVIDER));
                let regions = known.map_or(&[][..], |known| &known.regions);
                regions.iter().map(|region| region.id.clone()).collect()
            }
            FieldKind::Accounts => self.accounts.iter().map(|account| account.name.clone()).collect(),
            FieldKind::Bases => self.bases.iter().map(|base| base.uuid.clone()).collect(),
            _ if id == field::METHOD => {
                self.methods().into_iter().map(|method| method.id().to_owned()).collect()
            }
            FieldKind::Pages => self
                .knowledge
                .diagnoses
                .page_choices(&self.fact("provider"))
                .into_iter()
                .map(str::to_owned)
                .collect(),
            // Nothing else is to be had there.
            _ if id == field::STORE && self.knowledge.forgets() => vec![StoreKind::Memory.id().to_owned()],
            _ => spec.options.clone(),
        }
    }

    /// The value of a `{placeholder}` of documents; `None` where it is not known yet.
    #[must_use]
    pub fn placeholder(&self, name: &str) -> Option<String> {
        let provider = self.provider();
        if let Some(link) = name.strip_prefix("link.") {
            return provider.as_ref().and_then(|provider| provider.links.get(link).cloned());
        }
        let server = self.server();
        let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
        match name {
            "address" => Some(self.text(field::ADDRESS).trim().to_owned()),
            "domain" => self.address().map(|address| address.domain().to_owned()),
            "user" if self.user_is_needed() && self.text(field::USER).trim().is_empty() => None,
            "user" => {
                let form = self.provider().map(|provider| provider.user.clone()).unwrap_or_default();
                match (form, self.address()) {
                    (User::Key, _) => Some(self.words().strings.text("catalogue.user-is-key").to_owned()),
                    (User::Fixed { value }, _) => Some(value),
                    (_, None) => self.placeholder("address"),
                    (form, Some(address)) => {
                        let user = form.of(&address, self.text(field::USER).trim());
                        user.name(&address).map(str::to_owned)
                    }
                }
            }
            "recipient" => {
                Some(check::recipient(self).map_or_else(
                    || self.words().strings.text("recipient.none").to_owned(),
                    |to| to.to_string(),
                ))
            }
            "provider" => provider.as_ref().map(|provider| provider.name.clone()),
            // What stands in commands for the name of a secret is no place to be filled in.
            "entry" => Some(ENTRY.to_owned()),
            "key-name" => {
                Some(self.words().strings.text(&format!("key-name.{}", self.text(field::FOR))).to_owned())
            }
            "redirect-own" => Some(self.own_redirect()),
            "redirect-seatable" => self.seatable_redirect(),
            "port" => Some(self.fixed_port().to_string()),
            "seatable-url" => match self.destination() {
                Some(Destination::Seatable { url, .. } | Destination::SeatableServer { url }) => Some(url),
                _ => None,
            },
            "smtp-host" => server.map(|server| server.host),
            "smtp-port" => server.map(|server| server.port.to_string()),
            "security" => server.map(|server| {
                self.words().strings.text(&format!("security.{}", server.security.id())).to_owned()
            }),
            "api" => provider
                .as_ref()
                .and_then(|provider| provider.send_api.as_ref())
                .map(|api| self.words().strings.text(&format!("api.{}", api.kind.id())).to_owned()),
            "scopes" => Some(self.scopes().join(" ")),
            "testing-days" => oauth.and_then(|oauth| oauth.testing_days).map(|days| days.to_string()),
            "store-name" => {
                Some(self.words().strings.text(&format!("store.{}", self.store().id())).to_owned())
            }
            "seatable-page" => {
                let url = validate::seatable_url(self.text(field::SEATABLE_URL)).ok()?;
                let offered = self.knowledge.seatable.as_ref().filter(|server| server.url == url);
                Some(offered.map_or(url, |server| server.page.clone()))
            }
            "seatable-host" => {
                let url = validate::seatable_url(self.text(field::SEATABLE_URL)).ok()?;
                url.split_once("://").map(|(_, host)| host.to_owned())
            }
            "seatable-version" => self.seatable_version().map(|version| version.to_string()),
            "seatable-base" => self
                .connection
                .map(|connection| connection.base.clone())
                .or_else(|| self.chosen_base().map(|base| base.name.clone())),
            "seatable-account" => Some(
                self.connection
                    .map_or_else(|| self.seatable_account(), |connection| connection.account.clone()),
            ),
            "account" => Some(self.account_name()),
            _ => shell::command_of(name).map(|command| shell::command(&command, &self.account_name())),
        }
    }
}
