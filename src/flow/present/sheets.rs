//! Labels and what belongs to them: a diagnosis, what was done.

use super::View;
use crate::{
    flow::{
        life,
        screen::{Block, RowValue, SheetRow, Span},
    },
    model::{account::Account, exit_code::ExitCode, failure::Failure, shell},
};

pub(super) fn row(label: &str, span: Span) -> SheetRow {
    SheetRow { label: label.to_owned(), number: None, value: RowValue::Words(vec![span]), action: None }
}

/// A diagnosis: what it means, what to do, what was tried, what it cannot be, and what the server said. What leads on comes
/// first: a small terminal may show no more.
pub(super) fn diagnosis(view: &View<'_>, failure: &Failure) -> Block {
    let diagnosis = view.wizard.diagnose(failure);
    let entry = view.wizard.diagnosis_entry(failure);
    let mut rows = Vec::new();
    rows.push(row(view.text("diagnosis.means"), Span::Text(entry.cause)));
    for (index, remedy) in entry.remedies.iter().enumerate() {
        let label = if index == 0 { view.text("diagnosis.to-do") } else { "" };
        rows.push(SheetRow { number: Some(index + 1), ..row(label, Span::Text(remedy.text.clone())) });
    }
    for (index, tried) in entry.tried.iter().enumerate() {
        let label = if index == 0 { view.text("diagnosis.tried") } else { "" };
        rows.push(row(label, Span::Text(tried.text.clone())));
    }
    if !entry.ruled_out.is_empty() {
        let ruled_out =
            entry.ruled_out.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join(", ");
        rows.push(row(view.text("diagnosis.ruled-out"), Span::Text(ruled_out)));
    }
    if let Some(said) = entry.server_said {
        rows.push(row(view.text("diagnosis.server-said"), Span::Literal(said)));
    }
    if view.wizard.explains {
        let sure = view.text(&format!("diagnosis.{}", diagnosis.confidence.id())).to_owned();
        rows.push(row(view.text("diagnosis.sure"), Span::Text(sure)));
        if let Some(page) = diagnosis.doc {
            rows.push(row(view.text("diagnosis.page"), Span::Literal(page)));
        }
        if let Some(day) = diagnosis.checked {
            rows.push(row(view.text("diagnosis.checked"), Span::Text(day)));
        }
    }
    Block::Sheet(rows)
}

/// What is kept where, and what is known of the key's life.
pub(super) fn summary(view: &View<'_>, account: &Account) -> Block {
    let mut rows = vec![
        row(view.text("summary.account"), Span::Lead(account.name.clone())),
        row(
            view.text("summary.store"),
            Span::Text(view.text(&format!("store.{}", account.store.id())).to_owned()),
        ),
    ];
    let said = |id: &str| view.text(id).to_owned();
    let proof = match &account.last_check {
        Some(check) if check.ok => match &view.wizard.proof {
            Some(report) if report.has_signed_in() && !report.has_sent() => said("summary.signed-in"),
            Some(report) if !report.has_sent() => said("summary.renewed"),
            Some(report) if report.arrival().is_some() => said("summary.arrived"),
            Some(_) => said("summary.proved"),
            // Of an earlier check only its result is in the record.
            None => view.strings.fill("summary.worked", &[("date", &check.at.date().to_string())]),
        },
        Some(_) => said("summary.not-proved"),
        None => said("summary.not-checked"),
    };
    if let Some(connection) = account.connection() {
        let id = connection.account_id.to_string();
        let values = [("account", connection.account.as_str()), ("id", &id), ("base", &connection.base)];
        let text = view.strings.fill("summary.seatable-value", &values);
        rows.push(row(view.text("summary.seatable"), Span::Text(text)));
        let kept = if connection.keeps_token { "summary.token-kept" } else { "summary.token-not-kept" };
        rows.push(row(view.text("summary.token"), Span::Text(view.text(kept).to_owned())));
        if matches!(view.wizard.step.as_str(), "finish" | "verified") && !view.wizard.knowledge.forgets() {
            let command = shell::command("seatable check", &account.name);
            rows.push(row(view.text("summary.try-seatable"), Span::Literal(command)));
        }
    }
    rows.push(row(view.text("summary.check"), Span::Text(proof)));
    if let Some(kept) = &view.wizard.kept_port {
        let text = match kept {
            Ok(port) => view.strings.fill("summary.port-kept", &[("port", &port.to_string())]),
            Err(_) => view.text("summary.port-not-kept").to_owned(),
        };
        rows.push(row(view.text("summary.port"), Span::Text(text)));
    }
    rows.push(row(view.text("summary.key"), Span::Text(key_life(view, account))));
    Block::Sheet(rows)
}

/// How long the key lives, in words.
fn key_life(view: &View<'_>, account: &Account) -> String {
    // However long it could have lived.
    let failure = view.wizard.proof.as_ref().and_then(|report| report.failure());
    if failure.is_some_and(|failure| view.wizard.diagnose(failure).exit == ExitCode::RenewKey) {
        return view.text("summary.key-refused").to_owned();
    }
    life::sentence(&view.life(account), view.now(), view.strings)
}
