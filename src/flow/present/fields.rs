//! The fields of a screen.

use super::{View, catalogue};
use crate::{
    flow::{
        answers::Source,
        check::Check,
        client_import::ClientImport,
        consent::Consent,
        field,
        screen::{ChoiceOption, Field, FieldValue, Hint},
        seatable::{Connect, SignIn},
        store_trial::StoreTrial,
        validate::{self, Verdict},
        wizard::{Loaded, Plan, Wizard, Work},
    },
    guide::plan::{FieldKind, FieldSpec},
    model::{failure::Failure, language::Language, method::Method, provider},
};

/// App passwords are shown in groups of four, as Google shows them.
const GROUP: usize = 4;

pub(super) fn fields(view: &View<'_>) -> Vec<Field> {
    let wizard = view.wizard;
    let Some(step) = wizard.spec() else {
        return Vec::new();
    };
    wizard
        .fields_of(step)
        .into_iter()
        .filter(|(id, _)| is_shown(wizard, id))
        .map(|(id, spec)| field(view, id, spec))
        .collect()
}

/// A field is shown while it can still do something.
fn is_shown(wizard: &Wizard, id: &str) -> bool {
    if matches!(wizard.loaded, Loaded::Failed(_)) {
        return id == field::LANGUAGE;
    }
    match (&wizard.work, id) {
        (Work::Discover(discovery), _) => discovery.recognition().is_some() && discovery.failure().is_none(),
        (Work::SeatableBase, _) => wizard.seatable.no_base.is_none(),
        (Work::SeatableConnect(connect), _) => {
            let other_name =
                |failure: &Failure| matches!(failure.code.as_str(), "_name_taken" | "_account_gone");
            *connect == Connect::Ready || connect.failure().is_some_and(other_name)
        }
        // By these commands, or with this passphrase, a key was put away: nothing else would find it again.
        (
            Work::Store,
            field::STORE_READ
            | field::STORE_WRITE
            | field::STORE_DELETE
            | field::STORE_NONE
            | field::PASSPHRASE
            | field::PASSPHRASE_AGAIN,
        ) if wizard.has_put_key_away() => false,
        (Work::Store, _) => !matches!(wizard.trial, Some(StoreTrial::Running { .. })),
        (Work::Consent(Consent::Waiting(waiting)), field::REDIRECTED_ADDRESS) => !waiting.asks_browser,
        (Work::Consent(Consent::Waiting(waiting)), field::BROWSER_SHOWS) => waiting.asks_browser,
        (_, field::REDIRECTED_ADDRESS | field::BROWSER_SHOWS)
        | (Work::Arrival(_) | Work::SeatableSignIn(SignIn::Running { .. }), _) => false,
        // Whatever failed, it may be the recipient's address.
        (Work::Check(check), field::SEND_TO) => *check == Check::Ready || check.failure().is_some(),
        (Work::Check(_), field::ARRIVAL) => wizard.asks_arrival(),
        (Work::Keep(keep), field::NAME) => {
            *keep == crate::flow::keep::Keep::Ready && wizard.renewed().is_none()
        }
        _ => true,
    }
}

/// A field's label on a step.
pub(in crate::flow) fn field_label(wizard: &Wizard, step: &str, id: &str) -> String {
    let view = View::of(wizard);
    let words = view.words.document(step).fields.get(id);
    words.map_or_else(|| id.to_owned(), |words| view.fill(&words.label))
}

fn field(view: &View<'_>, id: &str, spec: &FieldSpec) -> Field {
    let wizard = view.wizard;
    let words = view.words.document(&wizard.step).fields.get(id);
    Field {
        id: id.to_owned(),
        label: words.map_or_else(|| id.to_owned(), |words| view.fill(&words.label)),
        help: words.map(|words| view.fill(&words.help)).unwrap_or_default(),
        value: value(view, id, spec),
        error: error(view, id),
        hint: hint(view, id, spec),
        source: source(view, id),
    }
}

fn value(view: &View<'_>, id: &str, spec: &FieldSpec) -> FieldValue {
    let situation = view.wizard.situation();
    let text = situation.text(id);
    match spec.kind {
        FieldKind::Bases => FieldValue::Choice {
            chosen: chosen(view, id, text),
            options: super::seatable::base_options(view),
        },
        FieldKind::Findings => {
            FieldValue::Choice { chosen: text.to_owned(), options: super::discover::options(view) }
        }
        FieldKind::Choice
        | FieldKind::Providers
        | FieldKind::Regions
        | FieldKind::Language
        | FieldKind::Accounts
        | FieldKind::Pages => FieldValue::Choice {
            chosen: chosen(view, id, text),
            options: shown_options(view, id)
                .into_iter()
                .map(|option| choice(view, id, spec, option))
                .collect(),
        },
        FieldKind::Tick if id == field::ARRIVAL => {
            FieldValue::Tick(view.wizard.arrival_answer() == field::YES)
        }
        FieldKind::Tick => FieldValue::Tick(text == field::YES),
        FieldKind::AppPassword => FieldValue::Secret { length: text.chars().count(), group: GROUP },
        _ if id == field::SEND_TO && view.wizard.plan == Plan::Verify => {
            FieldValue::Text(view.wizard.answers.text(id).to_owned())
        }
        _ if id == field::SEATABLE_ACCOUNT && text.is_empty() => {
            FieldValue::Text(situation.seatable_account())
        }
        _ if id == field::NAME && text.is_empty() => FieldValue::Text(situation.account_name()),
        kind if kind.is_secret() => FieldValue::Secret { length: text.chars().count(), group: 0 },
        _ => FieldValue::Text(text.to_owned()),
    }
}

/// What can be chosen, and behind it what cannot though one might look for it.
fn shown_options(view: &View<'_>, id: &str) -> Vec<String> {
    let situation = view.wizard.situation();
    let mut options = situation.options(id);
    if id == field::METHOD {
        options.extend(situation.closed_methods().iter().map(|known| known.method.id().to_owned()));
    }
    options
}

/// What stands chosen: the answer, or what the answers so far imply.
fn chosen(view: &View<'_>, id: &str, text: &str) -> String {
    let situation = view.wizard.situation();
    match id {
        field::CLIENT_KIND => situation.client_kind().id().to_owned(),
        field::SEND_VIA => situation.send_via().id().to_owned(),
        field::SEATABLE_BASE => situation.chosen_base().map(|base| base.uuid.clone()).unwrap_or_default(),
        field::STORE => situation.store().id().to_owned(),
        field::REGION => situation.region().map(|region| region.id.clone()).unwrap_or_default(),
        field::LANGUAGE => situation.language().code().to_owned(),
        _ => text.to_owned(),
    }
}

fn choice(view: &View<'_>, id: &str, spec: &FieldSpec, option: String) -> ChoiceOption {
    let wizard = view.wizard;
    let words = view.words.document(&wizard.step).fields.get(id).and_then(|words| words.options.get(&option));
    let (label, help) = match spec.kind {
        FieldKind::Language => {
            (Language::from_locale(&option).unwrap_or_default().own_name().to_owned(), String::new())
        }
        FieldKind::Providers => match wizard.knowledge.provider(&option) {
            Some(known) => (known.name.clone(), catalogue::summary(view, known)),
            None => (view.text("provider.other").to_owned(), view.text("provider.other-help").to_owned()),
        },
        FieldKind::Regions => (option.clone(), catalogue::region_host(view, &option)),
        FieldKind::Accounts => {
            let account = wizard.accounts().iter().find(|account| account.name == option);
            let help = account.map(|account| account_line(view, account)).unwrap_or_default();
            (option.clone(), help)
        }
        FieldKind::Pages => (view.fill(view.text(&format!("page.{option}"))), String::new()),
        _ => words.map_or_else(
            // Practice mode has a store of its own, of which the documents say nothing.
            || (view.strings.find(&format!("{id}.{option}")).unwrap_or(&option).to_owned(), String::new()),
            |words| (view.fill(&words.label), view.fill(&words.help)),
        ),
    };
    let (label, help) =
        if id == field::METHOD { catalogue::method(view, &option, label, help) } else { (label, help) };
    let recommended = recommended(view, id, &option);
    let situation = wizard.situation();
    let version = situation.placeholder("seatable-version").unwrap_or_default();
    let closed = || validate::closed(&option, &situation).map(|remark| view.remark(&remark));
    let disabled = (id == field::METHOD)
        .then(|| situation.unfit(Method::from_id(&option)?))
        .flatten()
        .map(|unfit| view.strings.fill(unfit.id(), &[("version", &version)]))
        .or_else(|| (id == field::METHOD).then(closed).flatten());
    ChoiceOption { id: option, label, help, recommended, disabled }
}

/// Why an option fits best, if it does.
fn recommended(view: &View<'_>, id: &str, option: &str) -> Option<String> {
    let situation = view.wizard.situation();
    let fits = match id {
        // Of a server that is described by hand nothing is known.
        field::METHOD if situation.text(field::PROVIDER) == provider::OTHER => false,
        field::METHOD => {
            let fitting = |method: &Method| situation.unfit(*method).is_none();
            situation.methods().into_iter().find(fitting).is_some_and(|method| method.id() == option)
        }
        field::SEND_VIA => situation.fitting_way().id() == option,
        field::CONNECT => option == "api",
        _ => false,
    };
    let reason = || {
        let is_better = id == field::METHOD && option == Method::OAuth.id() && situation.methods().len() > 1;
        let id = if is_better {
            "catalogue.recommended.oauth-lasting"
        } else {
            &format!("recommended.{id}.{option}")
        };
        view.text(id).to_owned()
    };
    fits.then(reason)
}

/// An account in a line: its method, and whether its last check was good.
fn account_line(view: &View<'_>, account: &crate::model::account::Account) -> String {
    let method = view.text(&format!("method.name.{}", account.method.id()));
    let state = match &account.last_check {
        Some(check) if check.ok => view.text("account.checked"),
        Some(_) => view.text("account.failed"),
        None => view.text("account.unchecked"),
    };
    let date = account.last_check.as_ref().map(|check| check.at.date().to_string()).unwrap_or_default();
    view.strings
        .fill("account.line", &[("method", method), ("state", state), ("date", &date)])
        .trim()
        .to_owned()
}

fn error(view: &View<'_>, id: &str) -> Option<String> {
    let wizard = view.wizard;
    if id == field::CLIENT_FILE
        && let Some(error) = client_file_error(wizard)
    {
        return Some(error);
    }
    if id == field::REDIRECTED_ADDRESS
        && let Work::Consent(Consent::Waiting(waiting)) = &wizard.work
        && let Some(fault) = &waiting.pasted
    {
        return Some(view.text(fault.id()).to_owned());
    }
    if !wizard.judged.contains(id) {
        return None;
    }
    match wizard.verdict(id) {
        Verdict::Fine => None,
        Verdict::Missing if id == field::PROVIDER && wizard.may_discover() => {
            Some(view.text("invalid.provider-unknown").to_owned())
        }
        Verdict::Missing if matches!(id, field::CLIENT_ID | field::CLIENT_SECRET) => {
            let has_file = view.words.document(&wizard.step).fields.contains_key(field::CLIENT_FILE);
            Some(view.text(if has_file { "invalid.client-missing" } else { "invalid.missing" }).to_owned())
        }
        Verdict::Missing => Some(view.text("invalid.missing").to_owned()),
        Verdict::Wrong(remark) | Verdict::Doubt(remark) => Some(view.remark(&remark)),
    }
}

/// What is wrong with the client file that was named.
pub(in crate::flow) fn client_file_error(wizard: &Wizard) -> Option<String> {
    let view = View::of(wizard);
    match &wizard.import {
        ClientImport::Unusable { error, .. } => Some(view.text(error.id()).to_owned()),
        ClientImport::Unreadable { failure, .. } => Some(wizard.diagnosis_entry(failure).cause),
        _ => Some(view.remark(&wizard.client_remark()?)),
    }
}

fn hint(view: &View<'_>, id: &str, spec: &FieldSpec) -> Option<Hint> {
    let wizard = view.wizard;
    let situation = wizard.situation();
    let text = situation.text(id);
    if spec.kind == FieldKind::AppPassword && !text.is_empty() {
        // Nobody counts up to a length that is not known.
        let shape = situation.app_password_shape().filter(|shape| shape.length > 0)?;
        let (there, needed) = validate::app_password_progress(text, &shape);
        let (there_text, needed_text) = (there.to_string(), needed.to_string());
        let text = view.strings.fill("hint.progress", &[("there", &there_text), ("needed", &needed_text)]);
        return Some(Hint { text, complete: there == needed && wizard.verdict(id) == Verdict::Fine });
    }
    if id == field::ADDRESS {
        // Another one may have been chosen since.
        let known = situation.recognised().filter(|known| known.id == situation.text(field::PROVIDER))?;
        return Some(Hint { text: known.name.clone(), complete: true });
    }
    if id == field::CLIENT_FILE
        && let ClientImport::Read { kind, .. } = &wizard.import
    {
        return Some(Hint {
            text: view.text(&format!("client-kind.{}", kind.id())).to_owned(),
            complete: true,
        });
    }
    None
}

fn source(view: &View<'_>, id: &str) -> Option<String> {
    let answer = view.wizard.answers.entry(id)?;
    let text = match answer.source {
        Source::Flag => "source.flag",
        Source::File | Source::Left
            if view.wizard.import.has_read(view.wizard.answers.text(field::CLIENT_FILE)) =>
        {
            "source.client-file"
        }
        Source::File | Source::Left => "source.file",
        // To be confirmed there before anything is sent to it.
        Source::Discovered if view.wizard.step == "server" && view.wizard.answers.has(id) => {
            "source.found-out"
        }
        Source::Typed | Source::Discovered => return None,
    };
    Some(view.text(text).to_owned())
}
