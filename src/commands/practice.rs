//! `mailkey practice`: the same wizard against servers inside this program.

mod rehearsal;

use std::{
    io::{self, Write},
    sync::Arc,
};

use self::rehearsal::Rehearsal;
use super::{
    answers_file::{recorded, take as take_file},
    print,
    session::{CommandError, Session},
    walk::walk_with,
};
use crate::{
    cli,
    effects::{discover::Names, files, log::Log, store::SecretStores, trust::Trust, world::World},
    environment::Folders,
    flow::{
        knowledge::{Knowledge, SeatableServer},
        wizard::Plan,
    },
    frontends::Frontend,
    model::{
        client::ClientKind,
        exit_code::ExitCode,
        redirect::{Loopback, RedirectRule},
        seatable::Version,
    },
    practice::{DOMAINS, Dictated, DictationError, Fault, Options, Place, Practice, serve::EndWatch},
};

/// `mailkey practice`.
///
/// # Errors
/// When a fault is not known, the servers cannot be started, or there is no terminal.
pub fn run(arguments: &cli::practice::Practice, session: &Session) -> Result<ExitCode, CommandError> {
    if arguments.faults {
        return Ok(list_faults(session));
    }
    if session.global.json && !arguments.serve {
        return Err(CommandError::usage("command.json-needs-serve"));
    }
    let faults = arguments.fault.iter().map(|name| fault(name)).collect::<Result<Vec<_>, _>>()?;
    let dictated = arguments.reply.iter().map(|text| dictated(text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(version) = &arguments.seatable_version
        && Version::parse(version).is_none()
    {
        return Err(CommandError::usage("guide.no-version"));
    }
    let trusted_pem = match &session.global.ca_file {
        // It was read already, when the session was opened.
        Some(path) => std::fs::read(path).map_err(|error| refused(&error))?,
        None => Vec::new(),
    };
    let options = Options {
        faults,
        dictated,
        language: session.language,
        seatable_version: arguments.seatable_version.clone(),
        trusted_pem,
        ..Options::default()
    };
    let practice = Practice::start(options).map_err(|error| refused(&error))?;
    let folder =
        tempfile::Builder::new().prefix("mailkey-practice-").tempdir().map_err(|error| refused(&error))?;
    if arguments.serve {
        return serve(&practice, &folder, session);
    }
    let session = practising(&practice, &folder, session)?;
    // One for Google's habits, one for Microsoft's.
    let port = session.situation(&session.answers()).fixed_port();
    let redirects = [Loopback::Literal, Loopback::Localhost].map(|host| {
        let rule = RedirectRule { host, desktop_path: None };
        rule.form(ClientKind::Web).uri(port)
    });
    let around = |inner| -> Box<dyn Frontend> {
        Box::new(Rehearsal::around(inner, &practice, redirects.clone().into()))
    };
    let mut answers = session.answers();
    take_file(&arguments.files, Plan::Any, &session, &mut answers)?;
    session.take_options(&mut answers);
    recorded(&arguments.files, &session, || walk_with(&session, Plan::Any, answers, around))
}

fn fault(name: &str) -> Result<Fault, CommandError> {
    Fault::from_name(name).ok_or_else(|| CommandError::usage("command.no-fault").with("name", name))
}

fn dictated(text: &str) -> Result<Dictated, CommandError> {
    Dictated::parse(text).map_err(|error| {
        let id = match &error {
            DictationError::Place(_) => "command.no-reply-place",
            DictationError::Reply => "command.reply-smtp",
            DictationError::Status => "command.reply-status",
            DictationError::Query => "command.reply-query",
            DictationError::Length => "command.reply-length",
        };
        let refusal = CommandError::usage(id);
        match error {
            DictationError::Place(name) => refusal.with("name", name).with("places", Place::names()),
            _ => refusal,
        }
    })
}

fn refused(error: &io::Error) -> CommandError {
    CommandError::Say {
        id: "command.practice",
        values: vec![("reason", error.to_string())],
        exit: ExitCode::Network,
    }
}

fn list_faults(session: &Session) -> ExitCode {
    let strings = &session.words().strings;
    for fault in Fault::ALL {
        print::out(&format!("{:<24} {}", fault.name(), strings.text(&fault.text_id())));
    }
    ExitCode::Proved
}

fn serve(
    practice: &Practice,
    folder: &tempfile::TempDir,
    session: &Session,
) -> Result<ExitCode, CommandError> {
    let watch = EndWatch::new().map_err(|error| refused(&error))?;
    let ca_file = folder.path().join("ca.pem");
    files::replace_file(&ca_file, practice.ca_pem().as_bytes())?;
    let description = practice.description(&ca_file);
    if session.global.json {
        print::json(&description);
    } else {
        let pages = practice.pages_url();
        let text = session.words().strings.fill("command.serving", &[("url", &pages)]);
        print::out(&text);
    }
    let _ = io::stdout().flush();
    let _ = watch.wait();
    Ok(ExitCode::Proved)
}

/// A session in which only what is injected differs: provider entries, the CA, folders, a store in memory.
fn practising(
    practice: &Practice,
    folder: &tempfile::TempDir,
    session: &Session,
) -> Result<Session, CommandError> {
    let real = &session.world.environment;
    let folders = Folders {
        config: folder.path().join("config"),
        state: folder.path().join("state"),
        home: real.folders.home.clone(),
    };
    let mut trust = Trust::of_system();
    trust
        .add_pem(practice.ca_pem().as_bytes())
        .map_err(|error| refused(&io::Error::other(error.to_string())))?;
    let shipped = Knowledge::embedded();
    let knowledge = Knowledge {
        providers: practice.providers(shipped.providers()).into(),
        seatable: Some(SeatableServer { url: practice.seatable_url(), page: practice.seatable_page() }),
        begins_again: true,
        practice: true,
        ..shipped
    };
    let world = World {
        environment: real.with_folders(folders),
        trust,
        stores: SecretStores::in_memory(),
        log: match &session.global.log {
            Some(path) => Log::open(path).map_err(|error| refused(&error))?,
            None => Log::default(),
        },
        browser: session.world.browser,
        consent_deadline: session.world.consent_deadline,
        names: Names::Of { resolver: practice.resolver(), web: practice.web(), domains: &DOMAINS },
        farewells: session.world.farewells.clone(),
        notices: session.world.notices.clone(),
    };
    Ok(Session {
        global: session.global.clone(),
        language: session.language,
        knowledge: Arc::new(knowledge),
        world: Arc::new(world),
    })
}

#[cfg(test)]
mod tests;
