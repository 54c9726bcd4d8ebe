//! `mailkey reauth NAME`.

use super::{
    session::{CommandError, Session},
    setup::{finish, needs_terminal, refuse_missing, take_secrets},
    walk::walk,
};
use crate::{
    cli::Reauth,
    flow::{answers::Source, field, situation::answers_of, wizard::Plan},
    model::exit_code::ExitCode,
};

/// `mailkey reauth NAME`.
///
/// # Errors
/// When there is no such account, or no terminal and `--no-input` is not given.
pub fn run(arguments: &Reauth, session: &Session) -> Result<ExitCode, CommandError> {
    if !session.global.no_input {
        needs_terminal(session)?;
    }
    let account = session.account(&arguments.name)?;
    let mut answers = session.answers();
    let store = answers.entry(field::STORE).cloned();
    answers_of(&account, &mut answers);
    // The account stays in its store; practice has no other than its memory.
    if let Some(store) = store.filter(|_| session.knowledge.practice) {
        answers.set(field::STORE, store.text, store.source);
    }
    answers.set(field::ACCOUNT, account.name.as_str(), Source::Flag);
    for (id, text) in [(field::SEND_TO, &arguments.send_to), (field::REDIRECT_PORT, &arguments.redirect_port)]
    {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    for (id, given) in [(field::NO_SEND, arguments.no_send), (field::KEEP_ANYWAY, arguments.keep_anyway)] {
        if given {
            answers.set(id, field::YES, Source::Flag);
        }
    }
    take_secrets(arguments.secret_file.as_deref(), None, session, &mut answers)?;
    if session.global.no_input {
        refuse_missing(session, Plan::Reauth, &answers)?;
    }
    finish(session, walk(session, Plan::Reauth, answers))
}
