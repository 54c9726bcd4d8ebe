//! `mailkey seatable bases|connect|repair|check`.

use serde::Serialize;

use super::{
    answers_file::{recorded, take_for_account},
    ask,
    missing::Given,
    print,
    secret_files::{SecretFile, take, take_sign_in},
    session::{CommandError, Session},
    setup::refuse_misused,
    signals,
    walk::walk,
};
use crate::{
    cli::seatable::{Bases, Connect, Present, Seatable, Test},
    effects::seatable,
    flow::{
        answers::{Answers, Source},
        effect::{SeatableSession, SeatableSignIn},
        field,
        situation::answers_of,
        validate,
        wizard::{Missing, Plan},
    },
    model::{
        account::{Account, Destination},
        exit_code::ExitCode,
        report::SCHEMA,
        seatable::{Base, CLOUD, Right},
    },
};

/// `mailkey seatable …`.
///
/// # Errors
/// When there is no such account, the command line cannot be used, or there is no terminal and `--no-input` is not
/// given.
pub fn run(arguments: &Seatable, session: &Session) -> Result<ExitCode, CommandError> {
    match arguments {
        Seatable::Bases(arguments) => bases(arguments, session),
        Seatable::Connect(arguments) => connect(arguments, session),
        Seatable::Repair(arguments) => present(arguments, Plan::Connect, session),
        Seatable::Check(arguments) => present(arguments, Plan::SeatableCheck, session),
    }
}

fn connect(arguments: &Connect, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(&arguments.name)?;
    if let (Some(connection), false) = (account.connection(), arguments.anew) {
        return Err(CommandError::usage("command.connected")
            .with("name", account.name.as_str())
            .with("base", connection.base.as_str()));
    }
    let (mut answers, given) = given(&account, &arguments.present, session);
    for (id, text) in [
        (field::SEATABLE_URL, &arguments.seatable_url),
        (field::SEATABLE_BASE, &arguments.base),
        (field::SEATABLE_ACCOUNT, &arguments.seatable_account),
    ] {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    for (id, said) in
        [(field::SEATABLE_ANEW, arguments.anew), (field::SEATABLE_TAKE_OVER, arguments.take_over)]
    {
        if said {
            answers.set(id, field::YES, Source::Flag);
        }
    }
    go(Plan::Connect, &arguments.present, (answers, given), session)
}

fn present(arguments: &Present, plan: Plan, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(&arguments.name)?;
    if account.connection().is_none() {
        return Err(CommandError::usage("command.not-connected").with("name", account.name.as_str()));
    }
    go(plan, &arguments.test, given(&account, &arguments.test, session), session)
}

/// What the account says and, over it, the file and the command line. Secrets are not among it yet.
fn given(account: &Account, test: &Test, session: &Session) -> (Answers, Result<(), CommandError>) {
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    answers.set(field::ACCOUNT, account.name.as_str(), Source::Flag);
    // An account that was made for something else is meant for SeaTable from now on.
    answers.set(field::FOR, "seatable", Source::Discovered);
    let taken = take_for_account(&test.files, session, &mut answers);
    session.take_options(&mut answers);
    answers.set(field::CONNECT, "api", Source::Discovered);
    take_sign_in(&test.sign_in, &mut answers);
    if let Some(to) = &test.send_to {
        answers.set(field::SEND_TO, to.as_str(), Source::Flag);
    }
    if test.no_send {
        answers.set(field::NO_SEND, field::YES, Source::Flag);
    }
    (answers, taken)
}

fn go(
    plan: Plan,
    test: &Test,
    (mut answers, given): (Answers, Result<(), CommandError>),
    session: &Session,
) -> Result<ExitCode, CommandError> {
    let session = &session.speaking(&answers);
    given
        .and_then(|()| take(SecretFile::seatable(&test.sign_in), session, &mut answers))
        .and_then(|()| refuse_misused(session, plan, &answers))
        .and_then(|()| recorded(&test.files, session, || walk(session, plan, answers)))
        .or_else(|error| Ok(print::error(&error, session)))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    url: &'a str,
    user: &'a str,
    bases: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    uuid: &'a str,
    name: &'a str,
    workspace: &'a str,
    /// True where an e-mail account may be added.
    admin: bool,
    right: &'static str,
}

impl<'a> Entry<'a> {
    fn of(base: &'a Base) -> Self {
        let (uuid, name, workspace) = (&base.uuid, &base.name, &base.workspace);
        Self { uuid, name, workspace, admin: base.right == Right::Admin, right: base.right.id() }
    }
}

/// Product on standard output: the bases, one a line. Nobody is asked anything, so this needs no terminal.
fn bases(arguments: &Bases, session: &Session) -> Result<ExitCode, CommandError> {
    let account = arguments.name.as_ref().map(|name| session.account(name)).transpose()?;
    let mut answers = session.answers();
    take_sign_in(&arguments.sign_in, &mut answers);
    take(SecretFile::seatable(&arguments.sign_in), session, &mut answers)?;
    let url = url_of(arguments, account.as_ref(), session)?;
    let secret = |id: &str| answers.secret(id).cloned();
    let sign_in = match (secret(field::SEATABLE_TOKEN), secret(field::SEATABLE_PASSWORD), account) {
        (Some(token), ..) => SeatableSignIn::Token(token),
        (None, Some(password), _) => SeatableSignIn::Password {
            user: answers.text(field::SEATABLE_USER).trim().to_owned(),
            password,
            code: secret(field::SEATABLE_CODE),
        },
        (None, None, Some(account)) if account.connection().is_some_and(|known| known.keeps_token) => {
            SeatableSignIn::Stored(Box::new(account))
        }
        _ => return Err(CommandError::usage("command.seatable-sign-in")),
    };
    let cancel = signals::cancelling()?;
    ask::let_ask(session, &cancel);
    let found = seatable::sign_in(&url, &sign_in, &session.world, &cancel);
    let found = found.map_err(|failure| {
        if cancel.is_cancelled() { CommandError::cancelled() } else { CommandError::from(failure) }
    })?;
    tell(&url, &found, session);
    Ok(ExitCode::Proved)
}

fn url_of(arguments: &Bases, account: Option<&Account>, session: &Session) -> Result<String, CommandError> {
    let Some(url) = &arguments.seatable_url else {
        return Ok(match account.map(|account| &account.destination) {
            Some(Destination::Seatable { url, .. } | Destination::SeatableServer { url }) => url.clone(),
            // Where practice servers stand in, theirs is the one.
            _ => session
                .knowledge
                .seatable
                .as_ref()
                .map_or_else(|| CLOUD.to_owned(), |server| server.url.clone()),
        });
    };
    validate::seatable_url(url).map_err(|remark| {
        let strings = &session.words().strings;
        let missing = Missing {
            field: field::SEATABLE_URL.to_owned(),
            label: String::new(),
            remark: Some(strings.text(&remark.id).to_owned()),
        };
        CommandError::Missing { missing: vec![missing], given: Given::Flag }
    })
}

fn tell(url: &str, found: &SeatableSession, session: &Session) {
    let entries: Vec<Entry<'_>> = found.bases.iter().map(Entry::of).collect();
    if session.global.json {
        let document = Document { schema: SCHEMA, url, user: &found.user, bases: entries };
        return print::json(&document);
    }
    let strings = &session.words().strings;
    for entry in &entries {
        let why_not = if entry.admin {
            String::new()
        } else {
            strings.text(&format!("right.{}", entry.right)).to_owned()
        };
        print::out(format!("{}  {}  {}  {why_not}", entry.uuid, entry.name, entry.workspace).trim_end());
    }
}
