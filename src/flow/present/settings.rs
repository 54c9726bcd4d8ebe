//! The settings to type into the program that the key is for, in the order of its form and with its labels; each can
//! be copied by a key of its own.

use std::borrow::Cow;

use super::View;
use crate::{
    flow::{
        screen::{Block, RowValue, Screen, SheetRow, Span},
        server_mail::{self, Notation, Value},
        wizard::Wizard,
    },
    guide::strings,
    model::{
        Time,
        account::{Account, Destination},
        method::{Method, SendVia},
        seatable::{self, Form, Version},
        secret::Secret,
        server::Security,
        shell,
    },
};

/// What belongs to a label.
enum Setting {
    /// To be chosen in the other program, not typed; or why there is nothing to type.
    Chosen(String),
    /// To be copied.
    Text(String),
    /// The key; hidden.
    Key,
    /// The client's secret; hidden.
    ClientSecret,
}

impl Setting {
    fn is_copied(&self) -> bool {
        !matches!(self, Self::Chosen(_))
    }
}

type Row<'a> = (Cow<'a, str>, Setting);

/// The actions of the rows that can be copied, in their order.
pub(super) fn copyable(screen: &Screen) -> Vec<String> {
    let rows = screen.blocks.iter().filter_map(|block| match block {
        Block::Sheet(rows) => Some(rows),
        Block::Text(_) | Block::Stages(_) => None,
    });
    rows.flatten().filter_map(|row| row.action.clone()).collect()
}

/// The text of the row with this number among those that can be copied.
pub(super) fn copied(view: &View<'_>, number: usize) -> Option<Secret> {
    let account = delivered(view.wizard)?;
    let settings = settings_of(view, &account);
    match settings.into_iter().map(|(_, setting)| setting).filter(Setting::is_copied).nth(number)? {
        Setting::Chosen(_) => None,
        Setting::Text(text) => Some(Secret::new(text)),
        Setting::Key => key(view),
        Setting::ClientSecret => client_secret(view),
    }
}

/// All lines at once, where the settings are the lines of a file.
pub(super) fn copied_whole(view: &View<'_>) -> Option<Secret> {
    let account = delivered(view.wizard)?;
    let Destination::SeatableServer { .. } = account.destination else { return None };
    let version = view.wizard.situation().seatable_version();
    let key = key(view).filter(|key| Notation::of(version).writes(key.expose()))?;
    let line = |(name, value): &(String, Value)| Notation::of(version).line(name, value, key.expose()) + "\n";
    Some(Secret::new(server_settings(&account, version).iter().map(line).collect()))
}

/// Why the key cannot stand in the file of the server's settings, in the words of `mailkey export`; `None`: it can, or is
/// not known.
pub(super) fn unwritable(view: &View<'_>) -> Option<String> {
    let notation = Notation::of(view.wizard.situation().seatable_version());
    let is_writable = key(view).is_none_or(|key| notation.writes(key.expose()));
    let words = || {
        let text = view.text("command.export-unwritable-key");
        strings::fill(text, |name| (name == "program").then(|| "SeaTable".to_owned()))
    };
    (!is_writable).then(words)
}

fn key(view: &View<'_>) -> Option<Secret> {
    view.wizard.key.as_ref().map(|key| key.secrets.key.clone())
}

/// Where the consent is left to SeaTable there is no key, and the secret is an answer.
fn client_secret(view: &View<'_>) -> Option<Secret> {
    match &view.wizard.key {
        Some(key) => key.secrets.client_secret.clone(),
        None => view.wizard.situation().client().and_then(|client| client.secret),
    }
}

/// The account whose settings this step shows; where the consent is left to SeaTable, the one that would be kept.
pub(super) fn delivered(wizard: &Wizard) -> Option<Cow<'_, Account>> {
    if !wizard.step.starts_with("deliver-") {
        return None;
    }
    if let Some(account) = wizard.kept.as_ref().or(wizard.subject.as_ref()) {
        return Some(Cow::Borrowed(account));
    }
    let now = wizard.state().map_or(Time::UNIX_EPOCH, |state| state.now);
    wizard.situation().account("", None, None, now).map(Cow::Owned)
}

/// The settings as a sheet.
pub(super) fn settings(view: &View<'_>, account: &Account) -> Block {
    let mut numbers = 0..;
    let rows = settings_of(view, account).into_iter().map(|(label, setting)| {
        let number = if setting.is_copied() { numbers.next() } else { None };
        let value = match setting {
            Setting::Chosen(text) => RowValue::Words(vec![Span::Strong(text)]),
            Setting::Text(text) => RowValue::Words(vec![Span::Literal(text)]),
            Setting::Key | Setting::ClientSecret => RowValue::Hidden,
        };
        let action = number.map(|number: usize| format!("row-{number}"));
        SheetRow { label: label.into_owned(), number: None, value, action }
    });
    Block::Sheet(rows.collect())
}

fn settings_of<'a>(view: &View<'a>, account: &Account) -> Vec<Row<'a>> {
    match &account.destination {
        Destination::Seatable { .. } => base_account(view, account),
        Destination::SeatableServer { .. } => server(view, account),
        Destination::Program | Destination::Cli => program(view, account),
    }
}

/// The form of an e-mail account in a base, as the version has it.
fn base_account<'a>(view: &View<'a>, account: &Account) -> Vec<Row<'a>> {
    let row = |id: &str, setting: Setting| (Cow::Borrowed(view.text(id)), setting);
    let text = |id: &str, text: &str| row(id, Setting::Text(text.to_owned()));
    let situation = view.wizard.situation();
    let general = || view.text("seatable.general-provider").to_owned();
    let name = situation.seatable_account();
    match account.method {
        Method::OAuth => {
            let provider = view.wizard.knowledge.provider(&account.provider);
            let form = situation.seatable_form();
            let called = provider.and_then(|provider| provider.name_in_seatable(form).map(str::to_owned));
            let called = called.unwrap_or_else(general);
            let mut rows =
                vec![row("seatable.provider", Setting::Chosen(called)), text("seatable.account-name", &name)];
            if form == Form::WithUsername {
                rows.push(text("seatable.username", seatable::OAUTH_USER));
            }
            rows.extend(account.oauth.iter().map(|oauth| text("seatable.client-id", &oauth.client_id)));
            if client_secret(view).is_some() {
                rows.push(row("seatable.client-secret", Setting::ClientSecret));
            }
            rows
        }
        Method::AppPassword | Method::Password => vec![
            row("seatable.provider", Setting::Chosen(general())),
            text("seatable.account-name", &name),
            text("seatable.smtp-server", &account.smtp.host),
            // It would never connect there.
            match account.smtp.security {
                Security::StartTls => text("seatable.smtp-port", &account.smtp.port.to_string()),
                Security::Tls => {
                    row("seatable.smtp-port", Setting::Chosen(view.text("seatable.no-port").to_owned()))
                }
            },
            row("seatable.username", user(account)),
            row("seatable.password", Setting::Key),
        ],
    }
}

/// The lines of the server's own file.
fn server<'a>(view: &View<'a>, account: &Account) -> Vec<Row<'a>> {
    let version = view.wizard.situation().seatable_version();
    let unwritable = unwritable(view);
    let rows = server_settings(account, version).into_iter().map(|(name, value)| {
        let setting = match value {
            Value::Key => unwritable.clone().map_or(Setting::Key, Setting::Chosen),
            value => Setting::Text(Notation::of(version).value(&value, "")),
        };
        (Cow::Owned(name), setting)
    });
    rows.collect()
}

fn server_settings(account: &Account, version: Option<Version>) -> Vec<(String, Value)> {
    server_mail::settings(&account.smtp, account.user_name(), account.address.as_str(), version)
}

/// That nothing was copied, and how to get at what is hidden on a sheet.
pub(in crate::flow) fn not_copied(wizard: &Wizard) -> String {
    let situation = wizard.situation();
    let strings = &situation.words().strings;
    // On other steps nothing is hidden that could be copied.
    let command = delivered(wizard).and_then(|account| match account.method {
        Method::OAuth if account.send_via == SendVia::Api => None,
        Method::OAuth => Some(format!("{} postfix --with-secret", shell::command("export", &account.name))),
        Method::AppPassword | Method::Password => Some(shell::command("password", &account.name)),
    });
    match command {
        Some(command) => strings.fill("status.not-copied-hidden", &[("command", &command)]),
        None => strings.text("status.not-copied").to_owned(),
    }
}

/// What the account signs in as.
fn user(account: &Account) -> Setting {
    account.user_name().map_or(Setting::Key, |name| Setting::Text(name.to_owned()))
}

/// Another program's form, or what a mail program in the terminal wants to know.
fn program<'a>(view: &View<'a>, account: &Account) -> Vec<Row<'a>> {
    let row = |id: &str, setting: Setting| (Cow::Borrowed(view.text(id)), setting);
    let text = |id: &str, text: &str| row(id, Setting::Text(text.to_owned()));
    let address = account.address.as_str();
    let security = match account.smtp.security {
        Security::StartTls => "security.starttls",
        Security::Tls => "security.tls",
    };
    let api = account.oauth.as_ref().and_then(|oauth| oauth.api_url.as_deref());
    let mut rows = match api.filter(|_| account.send_via == SendVia::Api) {
        Some(url) => vec![text("sheet.interface-url", url), text("sheet.sender", address)],
        None => vec![
            text("sheet.smtp-server", &account.smtp.host),
            text("sheet.smtp-port", &account.smtp.port.to_string()),
            row("sheet.security", Setting::Chosen(view.text(security).to_owned())),
            row("sheet.username", user(account)),
            text("sheet.sender", address),
        ],
    };
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
                // A public client (RFC 6749 §2.1) has none to enter.
                if client_secret(view).is_some() {
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
