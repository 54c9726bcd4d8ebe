//! Labels and what belongs to them: a diagnosis, the settings for another program, what was done.

use super::View;
use crate::{
    flow::screen::{Block, Screen, SheetRow, Span},
    model::{
        account::{Account, Destination},
        failure::Failure,
        method::Method,
        server::{Security, Server},
    },
};

/// What a mask looks like: its length tells nothing about the secret's.
const MASK: &str = "••••••••";

/// What can be copied from the rows, in their order; what stands in two rows is copied by one key.
pub(super) fn copyable(screen: &Screen) -> Vec<String> {
    let rows = screen.blocks.iter().filter_map(|block| match block {
        Block::Sheet(rows) => Some(rows),
        Block::Text(_) | Block::Stages(_) => None,
    });
    let mut copied: Vec<String> = Vec::new();
    for what in rows.flatten().filter_map(|row| row.action.as_ref()) {
        if !copied.contains(what) {
            copied.push(what.clone());
        }
    }
    copied
}

fn row(label: &str, span: Span) -> SheetRow {
    SheetRow { label: label.to_owned(), spans: vec![span], action: None }
}

fn copied(label: &str, value: &str) -> SheetRow {
    SheetRow {
        label: label.to_owned(),
        spans: vec![Span::Literal(value.to_owned())],
        action: Some(value.to_owned()),
    }
}

fn secret(label: &str, what: &str) -> SheetRow {
    SheetRow {
        label: label.to_owned(),
        spans: vec![Span::Text(MASK.to_owned())],
        action: Some(what.to_owned()),
    }
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
    let text = |id: &str| view.text(id);
    let address = account.address.as_str();
    let mut rows = Vec::new();
    if let Destination::Seatable { .. } = account.destination {
        match account.method {
            Method::OAuth => {
                let provider = view.wizard.knowledge.provider(&account.provider);
                let name = provider.and_then(|provider| provider.seatable_name.clone());
                let name = name.unwrap_or_else(|| text("seatable.general-provider").to_owned());
                rows.push(row(text("seatable.provider"), Span::Strong(name)));
                rows.push(copied(text("seatable.account-name"), &account.name));
                if let Some(oauth) = &account.oauth {
                    rows.push(copied(text("seatable.client-id"), &oauth.client_id));
                }
                rows.push(secret(text("seatable.client-secret"), "secret:client-secret"));
            }
            Method::AppPassword | Method::Password => {
                rows.push(row(
                    text("seatable.provider"),
                    Span::Strong(text("seatable.general-provider").to_owned()),
                ));
                rows.push(copied(text("seatable.account-name"), &account.name));
                rows.push(copied(text("seatable.smtp-server"), &account.smtp.host));
                rows.push(copied(text("seatable.smtp-port"), &account.smtp.port.to_string()));
                rows.push(copied(text("seatable.username"), address));
                rows.push(secret(text("seatable.password"), "secret:key"));
            }
        }
        return Block::Sheet(rows);
    }
    rows.extend(server_rows(view, &account.smtp));
    rows.push(copied(text("sheet.username"), address));
    rows.push(copied(text("sheet.sender"), address));
    if account.destination == Destination::Cli {
        // Such a program asks mailkey each time, so that no secret is written into its configuration.
        let (label, command) = match account.method {
            Method::OAuth => ("sheet.token-command", "token"),
            Method::AppPassword | Method::Password => ("sheet.password-command", "password"),
        };
        rows.push(copied(text(label), &format!("mailkey {command} {}", account.name)));
        return Block::Sheet(rows);
    }
    match account.method {
        Method::OAuth => {
            if let Some(oauth) = &account.oauth {
                rows.push(copied(text("sheet.client-id"), &oauth.client_id));
                rows.push(secret(text("sheet.client-secret"), "secret:client-secret"));
                rows.push(copied(text("sheet.token-url"), &oauth.token_url));
            }
            rows.push(secret(text("sheet.refresh-token"), "secret:key"));
        }
        Method::AppPassword | Method::Password => rows.push(secret(text("sheet.password"), "secret:key")),
    }
    Block::Sheet(rows)
}

fn server_rows(view: &View<'_>, server: &Server) -> [SheetRow; 3] {
    let security = match server.security {
        Security::StartTls => "security.starttls",
        Security::Tls => "security.tls",
    };
    [
        copied(view.text("sheet.smtp-server"), &server.host),
        copied(view.text("sheet.smtp-port"), &server.port.to_string()),
        row(view.text("sheet.security"), Span::Strong(view.text(security).to_owned())),
    ]
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
        Some(check) if check.ok => view.text("summary.proved"),
        Some(_) => view.text("summary.not-proved"),
        None => view.text("summary.not-checked"),
    };
    rows.push(row(view.text("summary.check"), Span::Text(proof.to_owned())));
    rows.push(row(view.text("summary.key"), Span::Text(key_life(view, account))));
    Block::Sheet(rows)
}

/// How long the key lives, in words.
fn key_life(view: &View<'_>, account: &Account) -> String {
    match (account.key.expires, account.method) {
        (Some(expires), _) => view.strings.fill("summary.expires", &[("date", &expires.date().to_string())]),
        (None, Method::OAuth) => view.text("summary.no-end-oauth").to_owned(),
        (None, Method::AppPassword) => view.text("summary.no-end-app-password").to_owned(),
        (None, Method::Password) => view.text("summary.no-end-password").to_owned(),
    }
}
