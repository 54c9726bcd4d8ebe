//! Words for what a check found, and the JSON that scripts read of it.

use time::format_description::well_known::Rfc3339;

use super::{
    arrival,
    effect::{CheckReport, Route, SeatableReport},
    situation::Situation,
};
use crate::{
    diagnosis::{Context, Diagnosis, GrantKind, tried},
    guide::{Words, strings::Strings},
    model::{
        Time,
        account::{Account, Destination},
        failure::Failure,
        report::{AccountReport, BaseEntry, DiagnosisEntry, KeyEntry, SeatableEntry, StageEntry, TextEntry},
        stage::{Detail, Rotation, Stage, StageReport, StageResult},
    },
};

/// The account object of `verify --json` and `setup --json`; `life`: from [`super::knowledge::Knowledge::key_entry`].
#[must_use]
pub fn account_report(
    account: &Account,
    report: Option<&CheckReport>,
    expected: &[Stage],
    diagnosis: Option<DiagnosisEntry>,
    life: KeyEntry,
    words: &Words,
) -> AccountReport {
    let ran = report.map_or(&[] as &[StageReport], |report| &report.stages);
    let cause = diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str()).unwrap_or_default();
    let stages = Stage::ALL.iter().map(|stage| stage_entry(*stage, ran, cause, words)).collect();
    let arrival = report.and_then(|report| report.arrival());
    let arrival = arrival.map(|arrival| Box::new(arrival::entry(arrival, account.address.as_str(), words)));
    let proved = report.is_some_and(|report| report.failure().or(report.arrival_failure()).is_none())
        && expected.iter().all(|stage| ran.iter().any(|report| report.stage == *stage));
    AccountReport {
        name: account.name.clone(),
        address: account.address.to_string(),
        provider: account.provider.clone(),
        method: account.method.id().to_owned(),
        ok: proved,
        stages,
        diagnosis,
        key: life,
        arrival,
        seatable: seatable_entry(account, None, None, words),
    }
}

/// What is known of the account in a SeaTable base; `report`: what connecting proved in this run.
#[must_use]
pub fn seatable_entry(
    account: &Account,
    report: Option<&SeatableReport>,
    diagnosis: Option<DiagnosisEntry>,
    words: &Words,
) -> Option<SeatableEntry> {
    let Destination::Seatable { url, connection } = &account.destination else { return None };
    if connection.is_none() && report.is_none() {
        return None;
    }
    let connection = connection.as_ref();
    let base = connection.map(|connection| BaseEntry {
        uuid: connection.base_uuid.clone(),
        name: connection.base.clone(),
        workspace: connection.workspace.clone(),
    });
    let cause = diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str()).unwrap_or_default();
    let stages = report.map(|report| {
        Stage::SEATABLE.iter().map(|stage| stage_entry(*stage, &report.stages, cause, words)).collect()
    });
    Some(SeatableEntry {
        url: url.clone(),
        base,
        account_id: connection.map(|connection| connection.account_id),
        account: connection.map(|connection| connection.account.clone()),
        key: account.base_key().map(|key| key.id().to_owned()),
        ok: report.map(|report| report.failure().is_none()),
        stages: stages.unwrap_or_default(),
        diagnosis,
    })
}

/// `cause`: what the failure of the stage that failed means, for failures in which no server spoke.
fn stage_entry(stage: Stage, ran: &[StageReport], cause: &str, words: &Words) -> StageEntry {
    let of = |wanted: Stage| ran.iter().find(|report| report.stage == wanted);
    // Sending is what the interface was asked for: who looks for the message looks there.
    let report = of(stage).or_else(|| of(Stage::Api).filter(|_| stage == Stage::Send));
    let (ok, detail) = match report.map(|report| &report.result) {
        Some(StageResult::Passed(detail)) => (Some(true), detail_text(detail, words)),
        Some(StageResult::Failed(failure)) => {
            (Some(false), server_words(failure).unwrap_or_else(|| cause.to_owned()))
        }
        None => (None, String::new()),
    };
    StageEntry { stage: stage.id().to_owned(), ok, ms: report.map(|report| report.milliseconds), detail }
}

/// A moment as the JSON contract writes it.
#[must_use]
pub fn rfc3339(moment: Time) -> Option<String> {
    moment.replace_nanosecond(0).ok()?.format(&Rfc3339).ok()
}

/// Makes a diagnosis of a failure. `account`: its own key was used, of a known age; `None`: the key was obtained
/// just now, or there is none yet.
#[must_use]
pub fn diagnose(
    situation: &Situation<'_>,
    failure: &Failure,
    stages: &[StageReport],
    account: Option<&Account>,
    now: Time,
) -> Diagnosis {
    // A check refreshes; what fails before any stage was the exchange of the code.
    let grant = if stages.is_empty() { GrantKind::Code } else { GrantKind::RefreshToken };
    diagnose_grant(situation, failure, stages, account, grant, now)
}

/// Makes a diagnosis of a failure to use the key that is kept, without a check.
#[must_use]
pub fn diagnose_kept(
    situation: &Situation<'_>,
    failure: &Failure,
    account: &Account,
    now: Time,
) -> Diagnosis {
    diagnose_grant(situation, failure, &[], Some(account), GrantKind::RefreshToken, now)
}

fn diagnose_grant(
    situation: &Situation<'_>,
    failure: &Failure,
    stages: &[StageReport],
    account: Option<&Account>,
    grant: GrantKind,
    now: Time,
) -> Diagnosis {
    let passed: Vec<Stage> = stages
        .iter()
        .filter(|report| matches!(report.result, StageResult::Passed(_)))
        .map(|report| report.stage)
        .collect();
    let provider = situation.fact("provider");
    let age = account.map_or(0, |account| (now - account.key.obtained).whole_days());
    let context = Context {
        provider: &provider,
        method: situation.method(),
        mechanism: failure.mechanism.as_deref(),
        client_kind: Some(situation.client_kind()),
        publishing: Some(account.map_or_else(|| situation.publishing(), |account| account.key.publishing)),
        age_days: u64::try_from(age).ok(),
        grant: Some(grant),
        passed: &passed,
    };
    situation.knowledge.diagnoses.diagnose(failure, &context)
}

/// A diagnosis in words.
#[must_use]
pub fn diagnosis_entry(
    diagnosis: &Diagnosis,
    failure: &Failure,
    situation: &Situation<'_>,
) -> DiagnosisEntry {
    let strings = &situation.words().strings;
    let value = |name: &str| {
        failure
            .details
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
            .or_else(|| tried::value(failure, name))
            .or_else(|| own_value(name, situation))
    };
    // A value that is not known leaves a dash rather than a brace that only a programmer understands.
    let fill = |id: String| {
        crate::guide::strings::fill(strings.text(&id), |name| {
            Some(value(name).unwrap_or_else(|| "–".to_owned()))
        })
    };
    let entries = |prefix: &str, ids: &[String]| {
        ids.iter().map(|id| TextEntry { id: id.clone(), text: fill(format!("{prefix}.{id}")) }).collect()
    };
    DiagnosisEntry {
        id: diagnosis.id.clone(),
        cause: fill(format!("cause.{}", diagnosis.id)),
        remedies: entries("remedy", &diagnosis.remedies),
        tried: tried::told(failure).into_iter().map(|told| tried_entry(told, strings)).collect(),
        server_said: diagnosis.server_said.as_ref().map(|said| with_code(failure, said)),
        ruled_out: entries("ruled-out", &diagnosis.ruled_out),
    }
}

fn tried_entry(told: tried::Told, strings: &Strings) -> TextEntry {
    let values: Vec<_> = told.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    TextEntry { text: strings.fill(&told.id, &values), id: told.id }
}

/// What a diagnosis of earlier means. What only the failure itself knew is a dash.
#[must_use]
pub fn cause_text(id: &str, situation: &Situation<'_>) -> String {
    let text = format!("cause.{id}");
    crate::guide::strings::fill(situation.words().strings.text(&text), |name| {
        Some(own_value(name, situation).unwrap_or_else(|| "–".to_owned()))
    })
}

/// What the server answered; `None` where none spoke: our own codes are for rules, not for people.
fn server_words(failure: &Failure) -> Option<String> {
    let spoke = failure.said.is_some() || !failure.code.starts_with('_');
    spoke.then(|| with_code(failure, failure.said.as_deref().unwrap_or_default()))
}

/// The server's words with the code before them, as they stood on the wire.
#[must_use]
pub fn with_code(failure: &Failure, said: &str) -> String {
    // Our own codes and those of pages are for rules; a name that the words have in them is not told twice.
    let is_told = |code: &str| {
        if code.starts_with(|c: char| c.is_ascii_digit()) {
            said.starts_with(code)
        } else {
            said.contains(code)
        }
    };
    let code = Some(failure.code.as_str())
        .filter(|code| !code.starts_with('_') && !code.contains('-') && !is_told(code));
    let enhanced = failure.enhanced.as_deref().filter(|enhanced| !said.contains(*enhanced));
    let said = Some(said).filter(|said| !said.is_empty());
    [code, enhanced, said].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn own_value(name: &str, situation: &Situation<'_>) -> Option<String> {
    match name {
        "redirect" => Some(situation.own_redirect()),
        "client_id" => Some(situation.text(super::field::CLIENT_ID).trim().to_owned()),
        "store" | "keyring" => situation.placeholder("store-name"),
        "host" => situation.placeholder("smtp-host"),
        "port" => situation.placeholder("smtp-port"),
        other => situation.placeholder(other),
    }
    .filter(|value| !value.is_empty())
}

/// What a stage is called on the screen.
#[must_use]
pub fn stage_label(stage: Stage, situation: &Situation<'_>, subject: Option<&Account>) -> String {
    let strings = &situation.words().strings;
    let route = situation.route();
    let (host, port) = match (subject, &route) {
        (Some(account), _) => (account.smtp.host.clone(), account.smtp.port.to_string()),
        (None, Some(Route::Smtp(server))) => (server.host.clone(), server.port.to_string()),
        (None, _) => (String::new(), String::new()),
    };
    let address = situation.text(super::field::ADDRESS).trim();
    strings.fill(&format!("stage.{}", stage.id()), &[("host", &host), ("port", &port), ("address", address)])
}

/// What a stage found, in words.
#[must_use]
pub fn detail_text(detail: &Detail, words: &Words) -> String {
    let strings = &words.strings;
    match detail {
        Detail::Refreshed { rotation, .. } => {
            let id = match rotation {
                Rotation::None => "detail.refreshed",
                Rotation::Stored => "detail.rotated",
                Rotation::Unstored => "detail.unstored",
            };
            strings.text(id).to_owned()
        }
        Detail::Resolved { addresses: 1, .. } => strings.text("detail.one-address").to_owned(),
        Detail::Resolved { addresses, .. } => {
            strings.fill("detail.addresses", &[("count", addresses.to_string().as_str())])
        }
        Detail::Connected { ip, .. } => ip.clone(),
        Detail::Encrypted { starttls, version, .. } => {
            let id = if *starttls { "detail.encrypted-starttls" } else { "detail.encrypted" };
            strings.fill(id, &[("version", version)])
        }
        Detail::SignedIn { mechanism } => mechanism.clone(),
        Detail::Accepted { reply, .. } => reply.clone(),
        Detail::Arrived(arrival) => arrival::place(arrival, words),
        Detail::BaseFound { base, .. } => base.clone(),
        Detail::BaseAccountWritten { account, id, updated } => {
            let text = if *updated { "detail.base-account-updated" } else { "detail.base-account-made" };
            strings.fill(text, &[("account", account), ("id", &id.to_string())])
        }
        Detail::SeatableSent { to } => strings.fill("detail.seatable-sent", &[("to", to)]),
    }
}
