//! What the steps that speak with a SeaTable server add to their screens.

use super::{View, keyed, work};
use crate::{
    flow::{
        check, field,
        screen::{Action, ActionView, Block, ChoiceOption, Screen, Span, Status, TextBlock},
        seatable::{Connect, Server, SignIn},
        wizard::{Wizard, Work},
    },
    model::{
        failure::Failure,
        seatable::{Base, Right},
        stage::{Stage, StageReport},
    },
};

pub(super) fn server(view: &View<'_>, screen: &mut Screen) {
    match &view.wizard.seatable.server {
        Server::Reading { .. } => work::working(view, screen, "status.reading-seatable"),
        Server::Read { info, .. } => {
            let text = view.strings.fill("status.seatable-read", &[("version", &info.version.to_string())]);
            screen.status.get_or_insert(Status::Good(text));
        }
        Server::Failed { failure, .. } => work::failed(view, screen, failure),
        Server::Unread | Server::Assumed { .. } => {}
    }
}

pub(super) fn sign_in(view: &View<'_>, sign_in: &SignIn, screen: &mut Screen) {
    match sign_in {
        SignIn::Ready => {}
        SignIn::Running { .. } => work::working(view, screen, "status.signing-in-seatable"),
        SignIn::Done => signed_in(view, screen),
        // That the code is asked for is no failure of the person's.
        SignIn::Failed { failure } if failure.code == "_code_missing" => {
            screen.blocks.clear();
            let text = view.text("status.seatable-code-asked").to_owned();
            screen.status.get_or_insert(Status::Info(text));
        }
        SignIn::Failed { failure } => {
            // How to find a token was read; now there must be room for the reason and the fields.
            screen.blocks.clear();
            work::failed(view, screen, failure);
        }
    }
    if screen.fields.iter().any(|shown| shown.id == field::SEATABLE_TOKEN) {
        screen.paste = Some(field::SEATABLE_TOKEN.to_owned());
    }
}

fn signed_in(view: &View<'_>, screen: &mut Screen) {
    if let Some(session) = &view.wizard.seatable.session {
        let text = view.strings.fill("status.seatable-signed-in", &[("user", &session.user)]);
        screen.status.get_or_insert(Status::Good(text));
    }
}

pub(super) fn base(view: &View<'_>, screen: &mut Screen) {
    if let Some(failure) = &view.wizard.seatable.no_base {
        return work::failed(view, screen, failure);
    }
    signed_in(view, screen);
    if let Some(left) = view.wizard.left_behind() {
        let values = [("account", left.account.as_str()), ("base", &left.base)];
        let text = view.strings.fill("seatable.left-behind", &values);
        screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
    }
}

/// What trying an account of a base has shown.
pub(super) fn tried(wizard: &Wizard) -> String {
    let has_sent = wizard.seatable.report.as_ref().is_some_and(|report| {
        report.failure().is_none() && report.stages.iter().any(|report| report.stage == Stage::SeatableSend)
    });
    let situation = wizard.situation();
    let value = |name: &str| situation.placeholder(name).unwrap_or_default();
    let (account, base) = (value("seatable-account"), value("seatable-base"));
    let id = if has_sent { "seatable.tried" } else { "seatable.tried-silent" };
    situation.words().strings.fill(id, &[("account", &account), ("base", &base)])
}

/// The bases to choose from: where each lies, and why it cannot be chosen. There may be thousands.
pub(super) fn base_options(view: &View<'_>) -> Vec<ChoiceOption> {
    let why_not = |right: Right| view.text(&format!("right.{}", right.id())).to_owned();
    let option = |base: &Base| ChoiceOption {
        id: base.uuid.clone(),
        label: base.name.clone(),
        help: base.workspace.clone(),
        recommended: None,
        disabled: (base.right != Right::Admin).then(|| why_not(base.right)),
    };
    view.wizard.situation().bases.iter().map(option).collect()
}

/// The stages that connecting has here.
fn stages(view: &View<'_>) -> Vec<Stage> {
    let sends = check::recipient(&view.wizard.situation()).is_some();
    let has = |stage: &Stage| match stage {
        Stage::SeatableWrite => view.wizard.may_write(),
        Stage::SeatableSend => sends,
        _ => true,
    };
    Stage::SEATABLE.into_iter().filter(has).collect()
}

pub(super) fn connect(view: &View<'_>, connect: &Connect, screen: &mut Screen) {
    if *connect == Connect::Ready {
        return;
    }
    screen.blocks.clear();
    let (ended, running): (&[StageReport], Option<Stage>) = match connect {
        Connect::Running { ended, running, .. } => (ended, *running),
        Connect::Ended { report } => (&report.stages, None),
        Connect::Ready | Connect::Crashed { .. } => (&[], None),
    };
    let lines = stages(view).into_iter().map(|stage| work::stage_line(view, stage, ended, running)).collect();
    screen.blocks.push(Block::Stages(lines));
    if let Some(failure) = connect.failure() {
        work::failed(view, screen, failure);
        if let Some(sender) = view.wizard.taken().and_then(|taken| taken.sender.as_ref()) {
            let text = view.strings.fill("seatable.taken", &[("sender", sender)]);
            screen.blocks.push(Block::Text(TextBlock::Note(vec![Span::Text(text)])));
        }
        if let Some(other) = view.wizard.taken_by() {
            let text = view.strings.fill("seatable.taken-by", &[("account", &other.name)]);
            screen.blocks.push(Block::Text(TextBlock::Warning(vec![Span::Text(text)])));
        }
        return;
    }
    let Some(report) = connect.report() else {
        return work::working(view, screen, "status.connecting");
    };
    let sent = report.stages.iter().any(|report| report.stage == Stage::SeatableSend);
    let id = if sent { "status.seatable-done" } else { "status.seatable-done-silent" };
    let to = view.wizard.situation().placeholder("recipient").unwrap_or_default();
    let text = view.strings.fill(id, &[("to", &to)]);
    screen.status.get_or_insert(Status::Good(text));
}

/// What can be done on these steps.
pub(super) fn actions(view: &View<'_>) -> Vec<ActionView> {
    let wizard = view.wizard;
    let retry = || keyed(view, "retry", 'r', Action::Retry, "action.retry");
    let mut actions = Vec::new();
    match &wizard.work {
        Work::SeatableServer if wizard.failure().is_some() => {
            actions.push(retry());
            // That a version is too old is no lack of knowledge.
            if wizard.failure().is_some_and(|failure| failure.code != "_no_oauth_version") {
                actions.push(step(view, "go-on-unread", 'g', "action.go-on-unread"));
            }
        }
        Work::SeatableServer if matches!(wizard.seatable.server, Server::Assumed { .. }) => {
            actions.push(retry());
        }
        Work::SeatableSignIn(_) => {
            if wizard.may_sign_in_again() {
                actions.push(retry());
            }
            if wizard.may_move() {
                actions.push(detour(view, "other-address", 'a', "action.other-address"));
            }
        }
        Work::SeatableBase => {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.read-again"));
        }
        Work::SeatableConnect(connect) => {
            if let Some(failure) = connect.failure() {
                // Enter does the first of them: it must change nothing that is not ours.
                actions.push(retry());
                actions.extend(of_failure(view, failure));
            }
            if wizard.may_go_on_unproved() {
                actions.push(detour(view, "go-on-unproved", 'u', "action.go-on-unproved"));
            }
            let failed = connect.failure().is_some();
            if (wizard.connection().is_some() || failed) && wizard.may_write() && connect.order().is_none() {
                actions.push(detour(view, "another-base", 'b', "action.another-base"));
            }
        }
        _ => {}
    }
    if wizard.may_do_it() {
        actions.push(step(view, "do-it", 'd', "action.do-it"));
    }
    if wizard.may_show_instead() {
        let is_there = wizard.connection().is_some() || wizard.left_behind().is_some();
        let label = if is_there { "action.repair-later" } else { "action.show-instead" };
        actions.push(detour(view, "show-instead", 'm', label));
    }
    actions
}

fn step(view: &View<'_>, id: &str, key: char, label: &str) -> ActionView {
    keyed(view, id, key, Action::Step(id.to_owned()), label)
}

/// The same, for what leads away from here.
fn detour(view: &View<'_>, id: &str, key: char, label: &str) -> ActionView {
    ActionView { is_detour: true, ..step(view, id, key, label) }
}

/// What helps besides trying again.
fn of_failure(view: &View<'_>, failure: &Failure) -> Option<ActionView> {
    let wizard = view.wizard;
    match failure.code.as_str() {
        "_name_taken" if wizard.taken().is_some() => Some(step(view, "adopt", 'g', "action.repair-existing")),
        "_account_gone" if wizard.connection().is_some() && wizard.may_write() => {
            Some(step(view, "make-again", 'a', "action.make-again"))
        }
        "_token_refused" | "_no_token" => Some(step(view, "sign-in", 's', "action.sign-in")),
        _ => None,
    }
}
