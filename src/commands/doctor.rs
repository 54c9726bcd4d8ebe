//! `mailkey doctor`: what surrounds mailkey, and what is wrong with it.

mod privacy;

use serde::Serialize;

#[cfg(test)]
use self::privacy::HIDDEN;
use self::privacy::Privacy;
use super::{
    print,
    session::{CommandError, Session},
    signals,
};
use crate::{
    cli::doctor::Doctor,
    effects::{
        doctor::{Examination, Target, examine},
        files,
    },
    frontends::plain,
    model::{
        account::Account,
        exit_code::ExitCode,
        health::{Finding, Standing},
        method::Method,
        report::SCHEMA,
        server::Server,
    },
};

/// Whose servers are asked where no account is kept.
const PRESET: &str = "gmail";

#[derive(Serialize)]
struct Document {
    schema: u32,
    /// False where something has to be mended.
    ok: bool,
    version: &'static str,
    /// Operating system and processor.
    system: String,
    checks: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    /// The check; several entries may be of one.
    id: &'static str,
    /// `ok`, `warning`, `problem`.
    result: &'static str,
    /// What was found, never translated.
    outcome: &'static str,
    text: String,
    /// What to do; null where nothing has to be done.
    remedy: Option<String>,
}

/// `mailkey doctor`.
///
/// # Errors
/// When a signal ends it.
pub fn run(arguments: Doctor, session: &Session) -> Result<ExitCode, CommandError> {
    let cancel = signals::cancelling()?;
    // That they cannot be read is one of the findings.
    let accounts = files::accounts(&session.world).unwrap_or_default();
    let targets = if arguments.offline { Vec::new() } else { targets(&accounts, session) };
    let terminals = session.world.environment.terminals;
    let size = (terminals.input && terminals.output).then(plain::terminal::size).flatten();
    let examination = Examination { accounts, size, targets };
    let findings = examine(&examination, &session.world, &cancel);
    if cancel.is_cancelled() {
        return Err(CommandError::cancelled());
    }
    let mut privacy = Privacy::new(arguments.report, session);
    let checks: Vec<Entry> = findings.iter().map(|finding| entry(finding, session, &mut privacy)).collect();
    let exit = exit_of(&findings);
    let document = Document {
        schema: SCHEMA,
        ok: exit == ExitCode::Proved,
        version: env!("CARGO_PKG_VERSION"),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        checks,
    };
    if session.global.json {
        print::json(&document);
    } else {
        tell(&document, session);
    }
    Ok(exit)
}

/// The servers of the accounts, else those of the provider that most people begin with.
fn targets(accounts: &[Account], session: &Session) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut add = |target: Target| {
        if !targets.contains(&target) {
            targets.push(target);
        }
    };
    let preset = |id: &str| session.knowledge.providers().iter().find(|provider| provider.id == id);
    let mail = |servers: &[Server]| servers.iter().cloned().map(Target::Mail).collect::<Vec<_>>();
    for account in accounts {
        add(Target::Mail(account.smtp.clone()));
        // The provider may take the key at another port, too.
        if let Some(provider) = preset(&account.provider) {
            let region = account.region.as_deref().and_then(|id| provider.region(id));
            mail(&provider.in_region(region).smtp).into_iter().for_each(&mut add);
        }
        if let (Method::OAuth, Some(oauth)) = (account.method, &account.oauth) {
            add(Target::Web(oauth.token_url.clone()));
            oauth.api_url.clone().map(Target::Web).into_iter().for_each(&mut add);
        }
    }
    if accounts.is_empty()
        && let Some(provider) = preset(PRESET)
    {
        mail(&provider.smtp).into_iter().for_each(&mut add);
        provider.oauth.iter().for_each(|oauth| add(Target::Web(oauth.token_url.clone())));
        provider.send_api.iter().for_each(|api| add(Target::Web(api.url.clone())));
    }
    targets
}

fn entry(finding: &Finding, session: &Session, privacy: &mut Privacy) -> Entry {
    let strings = &session.words().strings;
    let mut values: Vec<(&str, String)> =
        finding.values.iter().map(|(name, detail)| (*name, privacy.shown(detail))).collect();
    if finding.check == "locale" {
        values.push(("language", session.language.code().to_owned()));
    }
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = |id: &str| strings.find(id).is_some().then(|| strings.fill(id, &values));
    let id = format!("doctor.{}", finding.outcome);
    Entry {
        id: finding.check,
        result: finding.standing.id(),
        outcome: finding.outcome,
        text: strings.fill(&id, &values),
        remedy: text(&format!("{id}-do")),
    }
}

/// What only the network has to answer for is told as such.
fn exit_of(findings: &[Finding]) -> ExitCode {
    let problems: Vec<_> = findings.iter().filter(|finding| finding.standing == Standing::Problem).collect();
    match problems.iter().all(|finding| finding.is_of_network()) {
        _ if problems.is_empty() => ExitCode::Proved,
        true => ExitCode::Network,
        false => ExitCode::CheckFailed,
    }
}

fn tell(document: &Document, session: &Session) {
    let strings = &session.words().strings;
    print::out(&format!("mailkey {}  {}", document.version, document.system));
    for check in &document.checks {
        let mark = match check.result {
            "ok" => "✓",
            "warning" => "!",
            _ => "✗",
        };
        let name = strings.text(match check.id {
            "terminal" => "doctor.name.terminal",
            "locale" => "doctor.name.locale",
            "browser" => "doctor.name.browser",
            "proxy" => "doctor.name.proxy",
            "keyring" => "doctor.name.keyring",
            "files" => "doctor.name.files",
            "certificates" => "doctor.name.certificates",
            "dns" => "doctor.name.dns",
            "clock" => "doctor.name.clock",
            _ => "doctor.name.server",
        });
        print::out_prose(
            &strings.fill("doctor.line", &[("mark", mark), ("name", name), ("text", &check.text)]),
        );
        if let Some(remedy) = &check.remedy {
            print::out_prose(&strings.fill("doctor.remedy", &[("text", remedy)]));
        }
    }
    let id = if document.ok { "doctor.all-well" } else { "doctor.not-well" };
    print::out_prose(strings.text(id));
}

#[cfg(test)]
mod tests;
