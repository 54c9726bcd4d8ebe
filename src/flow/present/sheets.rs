//! Labels and what belongs to them: a diagnosis, the settings for another program, what was done.

use super::View;
use crate::{
    flow::{
        screen::{Block, Screen, SheetRow, Span},
        wizard::Wizard,
    },
    model::{
        account::{Account, Destination, Publishing},
        failure::Failure,
        method::Method,
        secret::Secret,
        server::Security,
        shell,
    },
};

/// What a mask looks like: its length tells nothing about the secret's.
const MASK: &str = "••••••••";

/// What belongs to a label of the settings.
enum Setting {
    /// To be chosen in the other program, not typed.
    Chosen(String),
    /// To be copied.
    Text(String),
    /// The key; masked.
    Key,
    /// The client's secret; masked.
    ClientSecret,
}

/// The actions of the rows that can be copied, in their order.
pub(super) fn copyable(screen: &Screen) -> Vec<String> {
    let rows = screen.blocks.iter().filter_map(|block| match block {
        Block::Sheet(rows) => Some(rows),
        Block::Text(_) | Block::Stages(_) => None,
    });
    rows.flatten().filter_map(|row| row.action.clone()).collect()
}

/// The text of the row of the settings with this number among those that can be copied.
pub(super) fn copied(view: &View<'_>, number: usize) -> Option<Secret> {
    let wizard = view.wizard;
    let settings = settings_of(view, delivered(wizard)?);
    let secrets = wizard.key.as_ref().map(|key| &key.secrets);
    match settings.into_iter().map(|(_, setting)| setting).filter(Setting::is_copied).nth(number)? {
        Setting::Chosen(_) => None,
        Setting::Text(text) => Some(Secret::new(text)),
        Setting::Key => secrets.map(|secrets| secrets.key.clone()),
        Setting::ClientSecret => secrets.and_then(|secrets| secrets.client_secret.clone()),
    }
}

/// The account whose settings this step shows.
pub(super) fn delivered(wizard: &Wizard) -> Option<&Account> {
    let shows = wizard.step.starts_with("deliver-");
    wizard.kept.as_ref().or(wizard.subject.as_ref()).filter(|_| shows)
}

impl Setting {
    fn is_copied(&self) -> bool {
        !matches!(self, Self::Chosen(_))
    }
}

fn row(label: &str, span: Span) -> SheetRow {
    SheetRow { label: label.to_owned(), spans: vec![span], action: None }
}

/// A diagnosis: what the server said, what it means, what to do, what it cannot be.
pub(super) fn diagnosis(view: &View<'_>, failure: &Failure) -> Block {
    let entry = view.wizard.diagnosis_entry(failure);
    let mut rows = Vec::new();
    if let Some(said) = entry.server_said {
        rows.push(row(view.text("diagnosis.server-said"), Span::Literal(said)));
    }
    rows.push(row(view.text("diagnosis.means"), Span::Text(entry.cause)));
    for (index, remedy) in entry.remedies.iter().enumerate() {
        let label = if index == 0 { view.text("diagnosis.to-do") } else { "" };
        rows.push(row(label, Span::Text(format!("{} {}", index + 1, remedy.text))));
    }
    if !entry.ruled_out.is_empty() {
        let ruled_out =
            entry.ruled_out.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join(", ");
        rows.push(row(view.text("diagnosis.ruled-out"), Span::Text(ruled_out)));
    }
    Block::Sheet(rows)
}

/// The settings to type into the other program, in the order of its form and with its labels.
pub(super) fn settings(view: &View<'_>, account: &Account) -> Block {
    let mut numbers = 0..;
    let rows = settings_of(view, account).into_iter().map(|(label, setting)| {
        let number = if setting.is_copied() { numbers.next() } else { None };
        let span = match setting {
            Setting::Chosen(text) => Span::Strong(text),
            Setting::Text(text) => Span::Literal(text),
            Setting::Key | Setting::ClientSecret => Span::Text(MASK.to_owned()),
        };
        SheetRow { action: number.map(|number: usize| format!("row-{number}")), ..row(label, span) }
    });
    Block::Sheet(rows.collect())
}

fn settings_of<'a>(view: &View<'a>, account: &Account) -> Vec<(&'a str, Setting)> {
    let row = |id: &str, setting: Setting| (view.text(id), setting);
    let text = |id: &str, text: &str| row(id, Setting::Text(text.to_owned()));
    let address = account.address.as_str();
    // A public client (RFC 6749 §2.1) has none to enter.
    let has_client_secret = view.wizard.key.as_ref().is_none_or(|key| key.secrets.client_secret.is_some());
    if let Destination::Seatable { .. } = account.destination {
        let name = text("seatable.account-name", &account.name);
        return match account.method {
            Method::OAuth => {
                let provider = view.wizard.knowledge.provider(&account.provider);
                let called = provider.and_then(|provider| provider.seatable_name.clone());
                let called = called.unwrap_or_else(|| view.text("seatable.general-provider").to_owned());
                let mut rows = vec![row("seatable.provider", Setting::Chosen(called)), name];
                rows.extend(account.oauth.iter().map(|oauth| text("seatable.client-id", &oauth.client_id)));
                if has_client_secret {
                    rows.push(row("seatable.client-secret", Setting::ClientSecret));
                }
                rows
            }
            Method::AppPassword | Method::Password => {
                let general = view.text("seatable.general-provider").to_owned();
                vec![
                    row("seatable.provider", Setting::Chosen(general)),
                    name,
                    text("seatable.smtp-server", &account.smtp.host),
                    text("seatable.smtp-port", &account.smtp.port.to_string()),
                    text("seatable.username", address),
                    row("seatable.password", Setting::Key),
                ]
            }
        };
    }
    let security = match account.smtp.security {
        Security::StartTls => "security.starttls",
        Security::Tls => "security.tls",
    };
    let mut rows = vec![
        text("sheet.smtp-server", &account.smtp.host),
        text("sheet.smtp-port", &account.smtp.port.to_string()),
        row("sheet.security", Setting::Chosen(view.text(security).to_owned())),
        text("sheet.username", address),
        text("sheet.sender", address),
    ];
    match (&account.destination, account.method) {
        // Such a program asks mailkey each time, so that no secret is written into its configuration.
        (Destination::Cli, Method::OAuth) => {
            rows.push(text("sheet.token-command", &shell::command("token", &account.name)));
        }
        (Destination::Cli, Method::AppPassword | Method::Password) => {
            rows.push(text("sheet.password-command", &shell::command("password", &account.name)));
        }
        (_, Method::OAuth) => {
            if let Some(oauth) = &account.oauth {
                rows.push(text("sheet.client-id", &oauth.client_id));
                if has_client_secret {
                    rows.push(row("sheet.client-secret", Setting::ClientSecret));
                }
                rows.push(text("sheet.token-url", &oauth.token_url));
            }
            rows.push(row("sheet.refresh-token", Setting::Key));
        }
        (_, Method::AppPassword | Method::Password) => rows.push(row("sheet.password", Setting::Key)),
    }
    rows
}

/// What is kept where, and what is known of the key's life.
pub(super) fn summary(view: &View<'_>, account: &Account) -> Block {
    let mut rows = vec![
        row(view.text("summary.account"), Span::Strong(account.name.clone())),
        row(
            view.text("summary.store"),
            Span::Text(view.text(&format!("store.{}", account.store.id())).to_owned()),
        ),
    ];
    let proof = match &account.last_check {
        Some(check) if check.ok => view.text(match &view.wizard.proof {
            Some(report) if report.has_signed_in() && !report.has_sent() => "summary.signed-in",
            Some(report) if !report.has_sent() => "summary.renewed",
            _ => "summary.proved",
        }),
        Some(_) => view.text("summary.not-proved"),
        None => view.text("summary.not-checked"),
    };
    rows.push(row(view.text("summary.check"), Span::Text(proof.to_owned())));
    rows.push(row(view.text("summary.key"), Span::Text(key_life(view, account))));
    Block::Sheet(rows)
}

/// How long the key lives, in words.
fn key_life(view: &View<'_>, account: &Account) -> String {
    let is_testing = account.key.publishing == Publishing::Testing;
    match (account.key.expires, account.method) {
        // Google gives an end to keys of projects in testing only; who said something else was mistaken.
        (Some(expires), Method::OAuth) if !is_testing => {
            view.strings.fill("summary.expires-all-the-same", &[("date", &expires.date().to_string())])
        }
        (Some(expires), _) => view.strings.fill("summary.expires", &[("date", &expires.date().to_string())]),
        (None, Method::OAuth) => view.text("summary.no-end-oauth").to_owned(),
        (None, Method::AppPassword) => view.text("summary.no-end-app-password").to_owned(),
        (None, Method::Password) => view.text("summary.no-end-password").to_owned(),
    }
}
