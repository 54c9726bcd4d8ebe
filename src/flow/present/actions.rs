//! What can be done on a screen.

use super::View;
use crate::{
    flow::{
        check::Check,
        consent::Consent,
        discovery::Discovery,
        field,
        keep::Keep,
        screen::{Action, ActionView, Clip, Screen, Status},
        seatable::{Connect, SignIn},
        situation::ConsentWay,
        store_trial::StoreTrial,
        wizard::{Loaded, Plan, Question, Work},
    },
    guide::plan::ActionKind,
    model::{client::ClientKind, exit_code::ExitCode, method::SendVia},
};

/// What an action copies that no plan names: the code for another device.
const USER_CODE: &str = "user-code";

pub(super) fn actions(view: &View<'_>, screen: &Screen) -> Vec<ActionView> {
    let wizard = view.wizard;
    if let Some(question) = wizard.question {
        return answers(view, question);
    }
    let mut actions = vec![next(view, screen)];
    let in_question =
        matches!(&wizard.work, Work::Consent(Consent::Waiting(waiting)) if waiting.asks_browser);
    // While the question is on the screen, leaving means leaving the question.
    if !wizard.running().is_empty() && !in_question {
        actions.push(plain(view, "cancel", Action::Cancel, "action.cancel"));
    }
    actions.extend(of_work(view));
    actions.extend(of_failure(view));
    actions.extend(of_document(view));
    actions.extend(of_sheets(view, screen));
    if wizard.step == "deliver-seatable-server" {
        let whole = keyed(view, "copy-block", 'b', Action::Copy(Clip::Whole), "action.copy-block");
        actions.push(ActionView { disabled: super::settings::unwritable(view), ..whole });
    }
    let mut back = plain(view, "back", Action::Back, "action.back");
    if wizard.previous().is_none() && !in_question {
        let id = if wizard.kept.is_some() { "disabled.kept" } else { "disabled.first" };
        back.disabled = Some(view.text(id).to_owned());
    }
    actions.push(back);
    actions.push(plain(view, "quit", Action::Quit, "action.quit"));
    actions
}

/// The two answers to what is asked before something is lost. `stay` is nothing that the wizard knows, and so
/// changes nothing.
fn answers(view: &View<'_>, question: Question) -> Vec<ActionView> {
    let step = |id: &str| Action::Step(id.to_owned());
    match question {
        Question::Leave => vec![
            plain(view, "quit", Action::Quit, "action.quit-anyway"),
            keyed(view, "stay", 's', step("stay"), "action.stay"),
        ],
        // The one that loses nothing comes first, and the other has not the key that led here: two quick presses
        // must not delete.
        Question::DropPending => vec![
            keyed(view, "stay", 's', step("stay"), "action.keep-pending"),
            keyed(view, "drop-anyway", 'x', step("drop-anyway"), "action.drop-anyway"),
        ],
    }
}

fn plain(view: &View<'_>, id: &str, action: Action, label: &str) -> ActionView {
    ActionView {
        id: id.to_owned(),
        action,
        key: None,
        label: view.text(label).to_owned(),
        disabled: None,
        is_detour: false,
    }
}

pub(super) fn keyed(view: &View<'_>, id: &str, key: char, action: Action, label: &str) -> ActionView {
    ActionView { key: Some(key), ..plain(view, id, action, label) }
}

/// Going on: what it is called here, and why it cannot be done now.
fn next(view: &View<'_>, screen: &Screen) -> ActionView {
    let wizard = view.wizard;
    let label = match (&wizard.work, wizard.step.as_str()) {
        (Work::Check(Check::Ready), _) => "action.check",
        (Work::Check(Check::Ended { .. }), _) if wizard.proof.is_none() => "action.check",
        (Work::Keep(Keep::Ready), _) => "action.keep",
        (Work::Discover(Discovery::Ready), _) => "action.ask",
        (Work::SeatableSignIn(SignIn::Ready | SignIn::Failed { .. }), _) => "action.sign-in",
        (Work::SeatableConnect(Connect::Ready), _) if wizard.plan == Plan::SeatableCheck => "action.check",
        (Work::SeatableConnect(Connect::Ready), _) if wizard.connection().is_some() => "action.repair",
        (Work::SeatableConnect(Connect::Ready), _) => "action.connect",
        (_, "finish" | "finish-shown" | "connected" | "seatable-tried" | "verified") => "action.finish",
        _ => "action.next",
    };
    let disabled = match &wizard.work {
        _ if matches!(wizard.loaded, Loaded::Running(_)) => Some("disabled.working"),
        _ if matches!(wizard.loaded, Loaded::Failed(_)) => Some("disabled.failed"),
        Work::Store => match &wizard.trial {
            Some(StoreTrial::Running { .. }) => Some("disabled.working"),
            Some(trial) if trial.refutes(&wizard.store_request()) => Some("disabled.store"),
            _ => None,
        },
        Work::SeatableServer | Work::Discover(_) if wizard.failure().is_some() => Some("disabled.failed"),
        Work::SeatableSignIn(sign_in) if sign_in.failure().is_some() && !sign_in.wants_input() => {
            Some("disabled.refused")
        }
        Work::SeatableBase if wizard.seatable.no_base.is_some() => Some("disabled.failed"),
        Work::SeatableConnect(connect) if connect.failure().is_some() => Some("disabled.failed"),
        Work::Consent(Consent::Waiting(_)) if wizard.answers.has(field::REDIRECTED_ADDRESS) => None,
        Work::Consent(Consent::Waiting(_) | Consent::Device { .. }) => Some("disabled.consent"),
        Work::Consent(Consent::Failed { .. } | Consent::Doubtful { .. })
        | Work::NotSaved(_)
        | Work::Keep(Keep::Failed { .. })
        | Work::Check(Check::Crashed { .. }) => Some("disabled.failed"),
        Work::Check(Check::Ended { report })
            if wizard.proof.is_some()
                && wizard.plan != Plan::Verify
                && report.failure().is_some()
                && wizard.situation().text(field::KEEP_ANYWAY) != field::YES =>
        {
            Some("disabled.failed")
        }
        _ if matches!(screen.status, Some(Status::Working(_))) => Some("disabled.working"),
        _ => None,
    };
    ActionView {
        disabled: disabled.map(|id| view.text(id).to_owned()),
        ..plain(view, "next", Action::Next, label)
    }
}

/// What the state of the step offers.
fn of_work(view: &View<'_>) -> Vec<ActionView> {
    let wizard = view.wizard;
    let step = |id: &str| Action::Step(id.to_owned());
    let mut actions = Vec::new();
    let insists = wizard.judged.iter().any(|id| wizard.doubtful().contains(id))
        || wizard.judged.contains(field::CLIENT_FILE) && wizard.client_remark().is_some();
    if insists {
        let is_of_redirect =
            wizard.client_remark().is_some_and(|remark| remark.id == "invalid.client-file.redirect");
        let label = if is_of_redirect { "action.registered" } else { "action.insist" };
        actions.push(keyed(view, "insist", 'i', step("insist"), label));
    }
    if matches!(wizard.loaded, Loaded::Failed(_)) {
        actions.push(keyed(view, "retry", 'r', Action::Retry, "action.retry"));
        return actions;
    }
    match &wizard.work {
        Work::Consent(Consent::Waiting(waiting)) if !waiting.asks_browser => {
            actions.push(keyed(
                view,
                "what-browser-shows",
                'w',
                step("what-browser-shows"),
                "action.what-browser-shows",
            ));
            actions.extend(other_way(view, "use-device"));
        }
        Work::Consent(Consent::AskingCode { .. }) => actions.extend(other_way(view, "use-redirect")),
        Work::Consent(Consent::Device { .. }) => {
            let copy = Action::Copy(Clip::Named(USER_CODE.to_owned()));
            actions.push(keyed(view, "copy-code", 'u', copy, "action.copy-code"));
            actions.extend(other_way(view, "use-redirect"));
        }
        Work::Consent(Consent::Doubtful { .. }) => {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.consent-again"));
            actions.push(keyed(view, "insist", 'i', step("insist"), "action.insist"));
        }
        Work::Consent(Consent::Failed { failure }) => {
            let other_port = keyed(view, "other-port", 'p', step("other-port"), "action.other-port");
            let other_port = failure.detail("offer").map(|_| other_port);
            // The address at another port has to be registered first; only a desktop client goes anywhere.
            let (before, after) = match wizard.situation().client_kind() {
                ClientKind::Desktop => (other_port, None),
                ClientKind::Web => (None, other_port),
            };
            actions.extend(before);
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.retry"));
            actions.extend(after);
            // Where the place decides, it would decide the same again.
            let way = wizard.situation().consent_way();
            if way != Some(ConsentWay::Device) {
                actions.extend(other_way(view, "use-device"));
            }
            if way != Some(ConsentWay::Redirect) {
                actions.extend(other_way(view, "use-redirect"));
            }
            actions.push(keyed(view, "give-client", 'g', step("give-client"), "action.give-client"));
        }
        Work::Form if wizard.works_on("consent") => {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.consent-again"));
        }
        Work::Store if wizard.failure().is_some() => {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.retry"));
        }
        Work::NotSaved(_) | Work::Keep(Keep::Failed { .. }) | Work::Check(Check::Crashed { .. }) => {
            actions.push(keyed(view, "retry", 'r', Action::Retry, "action.retry"));
        }
        // The recipient was corrected since: going on checks again.
        Work::Check(Check::Ended { .. }) if wizard.proof.is_none() => {}
        Work::Check(Check::Ended { report }) => actions.extend(of_check(view, report.failure().is_some())),
        _ => {}
    }
    actions.extend(super::discover::actions(view));
    actions.extend(super::seatable::actions(view));
    if wizard.may_renew() {
        let renew = keyed(view, "renew", 'n', step("renew"), "action.renew");
        // Where a new key is what helps, that comes before checking the old one again.
        let place = if wizard.exit_at_end() == ExitCode::RenewKey { 0 } else { actions.len() };
        actions.insert(place, renew);
    }
    if wizard.may_choose_another_store() {
        actions.push(keyed(view, "another-store", 'e', step("another-store"), "action.another-store"));
    }
    if matches!(wizard.step.as_str(), "start" | "menu")
        && let Some(state) = wizard.state()
    {
        if state.pending.is_some() {
            actions.push(keyed(view, "finish-pending", 'f', step("finish-pending"), "action.finish-pending"));
            actions.push(keyed(view, "drop-pending", 'd', step("drop-pending"), "action.drop-pending"));
        }
        if wizard.offered_left().is_some() {
            actions.push(keyed(view, "resume", 'u', step("resume"), "action.resume"));
        }
    }
    actions
}

/// What a check that has ended offers.
fn of_check(view: &View<'_>, failed: bool) -> Vec<ActionView> {
    let wizard = view.wizard;
    let step = |id: &str| Action::Step(id.to_owned());
    let mut actions = Vec::new();
    if let Some(server) = wizard.other_server() {
        let label = view.strings.fill("action.use-other-port", &[("port", &server.port.to_string())]);
        let action = plain(view, "use-other-port", step("use-other-port"), "action.use-other-port");
        actions.push(ActionView { key: Some('p'), label, ..action });
    }
    if wizard.may_send_by_api() {
        let label = view.fill(view.text("action.send-by-api"));
        let action = plain(view, "send-by-api", step("send-by-api"), "action.send-by-api");
        // Where the key goes to what speaks SMTP only, it is no way out for whoever just presses Enter.
        let is_detour = wizard.situation().fitting_way() == SendVia::Smtp;
        actions.push(ActionView { key: Some('g'), label, is_detour, ..action });
    }
    if let Some(label) = wizard.other_key() {
        actions.push(keyed(view, "other-key", 'n', step("other-key"), label));
    }
    actions.push(keyed(view, "retry", 'r', Action::Retry, "action.check-again"));
    if wizard.may_look_again() {
        actions.push(keyed(view, "look-again", 'l', step("look-again"), "action.look-again"));
    }
    if failed && wizard.key.is_some() {
        actions.push(keyed(view, "keep-anyway", 'k', step("keep-anyway"), "action.keep-anyway"));
    }
    actions
}

/// What is there to know about a failure: all of its diagnosis, and the provider's page about it.
fn of_failure(view: &View<'_>) -> Vec<ActionView> {
    let Some(failure) = view.wizard.failure() else { return Vec::new() };
    let diagnosis = view.wizard.diagnose(failure);
    let label = if view.wizard.explains { "action.explain-less" } else { "action.explain" };
    let mut actions = vec![keyed(view, "explain", 'w', Action::Step("explain".to_owned()), label)];
    let page = diagnosis.doc.map(Action::Open);
    actions.extend(page.map(|page| keyed(view, "open-about", 'h', page, "action.open-about")));
    actions
}

/// The way in which the consent could get here as well; none where the provider has no codes for other devices.
fn other_way(view: &View<'_>, id: &str) -> Option<ActionView> {
    let key = if id == "use-device" { 'd' } else { 'b' };
    let is_there = view.wizard.situation().has_device_way();
    is_there.then(|| keyed(view, id, key, Action::Step(id.to_owned()), &format!("action.{id}")))
}

/// The actions that the plan names for this step; those whose target is not known yet are left out.
fn of_document(view: &View<'_>) -> Vec<ActionView> {
    let wizard = view.wizard;
    let document = view.words.document(&wizard.step);
    let mut actions = Vec::new();
    for spec in wizard.spec().into_iter().flat_map(|step| &step.actions) {
        let action = match &spec.kind {
            ActionKind::Open(target) => {
                if !view.knows(target) {
                    continue;
                }
                Action::Open(view.fill(target))
            }
            ActionKind::Copy(_) if named(view, &spec.id).is_none() => continue,
            ActionKind::Copy(_) => Action::Copy(Clip::Named(spec.id.clone())),
        };
        let label = document.actions.get(&spec.id);
        let label = label.map_or_else(|| spec.id.clone(), |label| view.fill(label));
        actions.push(ActionView {
            id: spec.id.clone(),
            action,
            key: spec.key,
            label,
            disabled: None,
            is_detour: false,
        });
    }
    actions
}

/// What an action of the plans copies; `None` while it is not known.
pub(super) fn named(view: &View<'_>, id: &str) -> Option<String> {
    if let (USER_CODE, Work::Consent(Consent::Device { code, .. })) = (id, &view.wizard.work) {
        return Some(code.user_code.clone());
    }
    let spec = view.wizard.spec()?.actions.iter().find(|spec| spec.id == id)?;
    let ActionKind::Copy(template) = &spec.kind else { return None };
    view.knows(template).then(|| view.fill(template))
}

/// Copying from the rows of a sheet: they are numbered, since letters would run out.
fn of_sheets(view: &View<'_>, screen: &Screen) -> Vec<ActionView> {
    super::settings::copyable(screen)
        .into_iter()
        .zip('1'..='9')
        .enumerate()
        .map(|(number, (id, key))| ActionView {
            id,
            action: Action::Copy(Clip::Row(number)),
            key: Some(key),
            label: view.text("action.copy-row").to_owned(),
            disabled: None,
            is_detour: false,
        })
        .collect()
}
