//! What a step's own state adds to its screen: progress, results, diagnoses.

use super::{View, catalogue, consent, discover, seatable, settings, sheets};
use crate::{
    flow::{
        arrival::{self, Looking},
        check::{self, Check},
        client_import::ClientImport,
        consent::Consent,
        field,
        keep::Keep,
        screen::{Block, Screen, Span, StageLine, StageState, Status, TextBlock},
        store_trial::StoreTrial,
        wizard::{Doubt, Loaded, Wizard, Work},
    },
    model::{
        failure::Failure,
        life::{Reason, Rules},
        method::Method,
        shell,
        stage::{Stage, StageReport, StageResult},
    },
};

/// Values that only the wizard's state knows.
pub(super) fn placeholder(wizard: &Wizard, name: &str) -> Option<String> {
    match name {
        "authorize-url" => match &wizard.work {
            Work::Consent(Consent::Waiting(waiting)) => Some(waiting.listening.authorize_url.clone()),
            Work::Consent(Consent::Device { code, .. }) => Some(code.address.clone()),
            _ => None,
        },
        // Any port may have been taken.
        "redirect-own" => match &wizard.work {
            Work::Consent(Consent::Waiting(waiting)) => Some(waiting.listening.redirect_uri.clone()),
            _ => None,
        },
        "proof" => Some(proof(wizard)),
        "seatable-tried" => Some(seatable::tried(wizard)),
        "account" => {
            let account = wizard.kept.as_ref().or(wizard.subject.as_ref())?;
            Some(account.name.clone())
        }
        _ => None,
    }
}

/// What may be said of an address in the end: no more than what was proved.
fn proof(wizard: &Wizard) -> String {
    let id = match &wizard.proof {
        Some(report) if report.failure().is_some() => "proof.none",
        // Who sends in the end is SeaTable.
        Some(report) if report.has_sent() && wizard.doubt().is_some() => "proof.sent-by-us",
        Some(report) if report.has_sent() => {
            if let Some(arrival) = report.arrival() {
                let situation = wizard.situation();
                return arrival::proof(arrival, situation.text(field::ADDRESS).trim(), situation.words());
            }
            "proof.sent"
        }
        Some(report) if report.has_signed_in() => "proof.signed-in",
        Some(_) => "proof.renewed",
        None => "proof.none",
    };
    let situation = wizard.situation();
    let address = situation.text(field::ADDRESS).trim();
    situation.words().strings.fill(id, &[("address", address)])
}

pub(super) fn describe(view: &View<'_>, screen: &mut Screen) {
    let wizard = view.wizard;
    match &wizard.loaded {
        Loaded::Running(_) => working(view, screen, "status.loading"),
        Loaded::Failed(failure) => failed(view, screen, failure),
        Loaded::Yes(_) => {}
    }
    match &wizard.work {
        Work::Form => form(view, screen),
        Work::Discover(discovery) => discover::describe(view, discovery, screen),
        Work::Store => store(view, screen),
        Work::Client => client(view, screen),
        Work::Consent(state) => consent::describe(view, state, screen),
        Work::Saving(_) => working(view, screen, "status.saving"),
        Work::NotSaved(failure) => failed(view, screen, failure),
        Work::Check(check) => self::check(view, check, screen),
        Work::Arrival(looking) => arrival(view, looking, screen),
        Work::Keep(keep) => self::keep(view, keep, screen),
        Work::SeatableServer => seatable::server(view, screen),
        Work::SeatableSignIn(sign_in) => seatable::sign_in(view, sign_in, screen),
        Work::SeatableBase => seatable::base(view, screen),
        Work::SeatableConnect(connect) => seatable::connect(view, connect, screen),
    }
}

pub(super) fn working(view: &View<'_>, screen: &mut Screen, id: &str) {
    let text = match &view.wizard.wait {
        Some((_, wait)) => {
            let minutes = wait.at_most.as_secs().div_ceil(60).to_string();
            view.strings.fill("status.waits", &[("name", &wait.name), ("minutes", &minutes)])
        }
        None => view.fill(view.text(id)),
    };
    screen.status = Some(Status::Working(text));
}

fn good(view: &View<'_>, screen: &mut Screen, id: &str) {
    screen.status.get_or_insert_with(|| Status::Good(view.fill(view.text(id))));
}

/// What it means that something did not work; where no stage is marked, that it failed is said first.
pub(super) fn failed(view: &View<'_>, screen: &mut Screen, failure: &Failure) {
    let is_marked = screen.blocks.iter().any(|block| matches!(block, Block::Stages(_)));
    if !is_marked {
        let said = vec![Span::Text(view.text("status.failed").to_owned())];
        screen.blocks.push(Block::Text(TextBlock::Warning(said)));
    }
    screen.blocks.push(sheets::diagnosis(view, failure));
}

fn form(view: &View<'_>, screen: &mut Screen) {
    let wizard = view.wizard;
    match screen.step.as_str() {
        "start" | "menu" => {
            if let Some(state) = wizard.state() {
                if let Some(pending) = &state.pending {
                    let text = view.strings.fill("start.pending", &[("address", pending.address.as_str())]);
                    screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
                }
                // Going on begins another set-up, and what was left is lost to it.
                if screen.step == "start" {
                    let left = state.pending.as_ref().map(|_| "finish-pending");
                    let left = left.or_else(|| wizard.offered_left().map(|_| "resume"));
                    screen.first = left.map(str::to_owned);
                }
                if let Some(address) = wizard.offered_left() {
                    let text = view.strings.fill("start.unfinished", &[("address", address)]);
                    screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
                }
            }
        }
        _ if wizard.works_on("consent") => {
            // Only the person who comes back sees this: a consent was given already.
            screen.blocks.clear();
            screen.blocks.push(view.paragraph("consent.given"));
        }
        "sender" | "method" | "method-known" => catalogue::begin(view, screen),
        step if step.starts_with("deliver-") => {
            if let Some(account) = settings::delivered(wizard) {
                screen.blocks.push(settings::settings(view, &account));
            }
        }
        // Asked before the person left the consent to SeaTable.
        "finish-shown" if wizard.key.is_some() => screen.blocks.push(view.paragraph("seatable.key-waits")),
        "finish" | "verified" | "connected" | "seatable-tried" => concluded(view, screen),
        _ => {}
    }
}

/// What is kept, and before it what is not as it should be.
fn concluded(view: &View<'_>, screen: &mut Screen) {
    let wizard = view.wizard;
    if wizard.knowledge.forgets() {
        screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(
            view.text("screen.nothing-kept").to_owned(),
        )])));
    }
    let Some(account) = wizard.kept.clone().or_else(|| checked_subject(wizard)) else { return };
    if screen.step == "finish" {
        screen.blocks.extend(catalogue::rules(view, &account));
    }
    let warning = |text: String| Block::Text(TextBlock::Warning(vec![Span::Text(text)]));
    if screen.step == "verified" && account.last_check.as_ref().is_some_and(|check| !check.ok) {
        view.text("summary.failed").clone_into(&mut screen.heading);
    }
    let life = view.life(&account);
    if let Some(dies) = life.dies.filter(|_| screen.step == "finish") {
        let provider = wizard.knowledge.provider(&account.provider);
        let id = match life.reason {
            Reason::Testing => "summary.dies-in-testing",
            // It gives an end to keys of projects in testing only; who said something else was mistaken.
            Reason::Provider if Rules::of(provider).testing_days.is_some() => "summary.dies-all-the-same",
            _ => "summary.dies",
        };
        screen.blocks.insert(0, warning(view.strings.fill(id, &[("date", &dies.date().to_string())])));
    }
    match (wizard.doubt(), account.connection()) {
        (Some(Doubt::OldKey), Some(connection)) => {
            view.text("seatable.old-key").clone_into(&mut screen.heading);
            let command = shell::command("seatable repair", &account.name);
            let values =
                [("account", connection.account.as_str()), ("base", &connection.base), ("command", &command)];
            screen.blocks.insert(0, warning(view.strings.fill("seatable.old-key-stays", &values)));
        }
        (Some(Doubt::NotSent), _) => {
            view.text("seatable.unproved").clone_into(&mut screen.heading);
            screen.blocks.insert(0, warning(view.text("seatable.try-by-hand").to_owned()));
        }
        (Some(Doubt::ByHand), _) if screen.step == "finish" => {
            screen.blocks.insert(0, warning(view.text("seatable.try-by-hand").to_owned()));
        }
        _ => {}
    }
    screen.blocks.push(sheets::summary(view, &account));
}

/// The account that was verified, with what was just proved.
fn checked_subject(wizard: &Wizard) -> Option<crate::model::account::Account> {
    let mut account = wizard.subject.clone()?;
    if let Some(report) = &wizard.proof {
        account.last_check = Some(crate::model::account::LastCheck {
            at: report.ended,
            ok: report.failure().is_none(),
            diagnosis: None,
        });
    }
    Some(account)
}

fn store(view: &View<'_>, screen: &mut Screen) {
    match &view.wizard.trial {
        Some(StoreTrial::Running { .. }) => working(view, screen, "status.trying-store"),
        Some(StoreTrial::Works { name, .. }) => {
            let text = view.strings.fill("status.store-works", &[("store", name)]);
            screen.status.get_or_insert(Status::Good(text));
        }
        // Of another store, or with another passphrase, it says nothing.
        Some(StoreTrial::Failed { request, failure }) if *request == view.wizard.store_request() => {
            failed(view, screen, failure);
        }
        // What opens it is asked first.
        Some(StoreTrial::Failed { .. }) | None => {}
    }
}

fn client(view: &View<'_>, screen: &mut Screen) {
    match &view.wizard.import {
        ClientImport::Reading { .. } => working(view, screen, "status.reading-file"),
        ClientImport::Read { .. } => good(view, screen, "status.file-read"),
        ClientImport::Waiting | ClientImport::Unreadable { .. } | ClientImport::Unusable { .. } => {}
    }
    screen.paste = Some(field::CLIENT_FILE.to_owned());
    let is_read = view.wizard.import.has_read(view.wizard.answers.text(field::CLIENT_FILE));
    screen.reads = (!is_read).then(|| field::CLIENT_FILE.to_owned());
}

fn check(view: &View<'_>, check: &Check, screen: &mut Screen) {
    let wizard = view.wizard;
    let situation = wizard.situation();
    if *check == Check::Ready {
        return;
    }
    screen.blocks.clear();
    let method = situation.method().unwrap_or(Method::AppPassword);
    let sends = wizard.recipient().is_some();
    let expected = check::stages(method, situation.send_via(), sends);
    let (ended, running): (&[StageReport], Option<Stage>) = match check {
        Check::Running { ended, running, .. } => (ended, *running),
        Check::Ended { report } => (&report.stages, None),
        Check::Ready | Check::Crashed { .. } => (&[], None),
    };
    let seen = ended.iter().map(|report| report.stage).find(|stage| *stage == Stage::Arrive);
    let lines =
        expected.into_iter().chain(seen).map(|stage| stage_line(view, stage, ended, running)).collect();
    screen.blocks.push(Block::Stages(lines));
    if let Some(failure) = check.failure() {
        failed(view, screen, failure);
        return;
    }
    if let Some(report) = check.report() {
        let said = match (sends, report.has_signed_in()) {
            (true, _) => "status.message-taken",
            (false, true) => "status.signed-in",
            (false, false) => "status.token-renewed",
        };
        if let Some(failure) = report.arrival_failure() {
            failed(view, screen, failure);
        }
        if let Some(arrival) = report.arrival() {
            let address = situation.text(field::ADDRESS).trim();
            let notes = arrival::notes(arrival, address, view.words);
            screen.blocks.extend(notes.into_iter().map(said_besides));
            screen.status.get_or_insert(Status::Good(arrival::proof(arrival, address, view.words)));
            return;
        }
        if let Some(failure) = wizard.cannot_look().filter(|_| !wizard.is_unattended()) {
            screen.blocks.push(said_besides(wizard.diagnosis_entry(&failure).cause));
        }
        good(view, screen, said);
        return;
    }
    working(view, screen, "status.checking");
}

/// While it is looked for the message, what the check found stays on the screen.
fn arrival(view: &View<'_>, looking: &Looking, screen: &mut Screen) {
    screen.blocks.clear();
    let ended = view.wizard.proof.as_ref().map_or(&[] as &[StageReport], |report| &report.stages);
    let running = matches!(looking, Looking::Running { .. }).then_some(Stage::Arrive);
    let stages = ended.iter().map(|report| report.stage).chain(running);
    screen.blocks.push(Block::Stages(stages.map(|stage| stage_line(view, stage, ended, running)).collect()));
    working(view, screen, "status.looking");
}

fn said_besides(text: String) -> Block {
    Block::Text(TextBlock::Paragraph(vec![Span::Text(text)]))
}

pub(super) fn stage_line(
    view: &View<'_>,
    stage: Stage,
    ended: &[StageReport],
    running: Option<Stage>,
) -> StageLine {
    let wizard = view.wizard;
    let report = ended.iter().find(|report| report.stage == stage);
    let label = crate::flow::report::stage_label(stage, &wizard.situation(), wizard.subject.as_ref());
    let (standing, detail, milliseconds) = match report {
        Some(report) => match &report.result {
            StageResult::Passed(detail) => (
                StageState::Passed,
                crate::flow::report::detail_text(detail, view.words),
                Some(report.milliseconds),
            ),
            StageResult::Failed(failure) => {
                (StageState::Failed, failure.mechanism.clone().unwrap_or_default(), Some(report.milliseconds))
            }
        },
        None if running == Some(stage) => (StageState::Running, String::new(), None),
        None => (StageState::Ahead, String::new(), None),
    };
    StageLine { stage, label, detail, state: standing, milliseconds }
}

fn keep(view: &View<'_>, keep: &Keep, screen: &mut Screen) {
    match keep {
        Keep::Ready => {}
        Keep::Running { .. } => working(view, screen, "status.keeping"),
        Keep::Kept { .. } => good(view, screen, "status.kept"),
        Keep::Failed { failure } => failed(view, screen, failure),
    }
}
