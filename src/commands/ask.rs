//! Asks for the passphrase of the encrypted file on the terminal, for commands that show no wizard, and says there what
//! an effect says meanwhile.

use std::{io, sync::Arc};

use super::{notices, session::Session};
use crate::{
    effects::{cancel::Cancel, store::Asked},
    frontends::plain::Prompt,
    guide::strings::Strings,
    model::{secret::Secret, store_kind::SHORTEST_PASSPHRASE},
};

/// Who mistypes what nobody sees may try again so often.
const TRIES: usize = 3;

/// From now on a person is told what takes time, and can be asked, where there is one: a terminal to read from, and one to show the question on.
pub(super) fn let_ask(session: &Session, cancel: &Cancel) {
    let_ask_apart(session, cancel, |question| question());
}

/// As [`let_ask`]; `apart` runs the question while nothing else writes on the terminal.
pub(super) fn let_ask_apart(
    session: &Session,
    cancel: &Cancel,
    apart: impl Fn(&mut dyn FnMut()) + Send + Sync + 'static,
) {
    let apart = Arc::new(apart);
    let telling = Arc::clone(&apart);
    notices::let_tell_apart(session, move |tell| telling(tell));
    let terminals = session.world.environment.terminals;
    if session.global.no_input || !terminals.input || !terminals.error {
        return;
    }
    let (strings, cancel) = (Arc::clone(&session.words().strings), cancel.clone());
    session.world.stores.let_ask(Arc::new(move |asked| {
        let mut answer = Ok(None);
        apart(&mut || answer = ask(asked, &strings, &cancel));
        answer
    }));
}

fn ask(asked: &Asked, strings: &Strings, cancel: &Cancel) -> io::Result<Option<Secret>> {
    let shortest = SHORTEST_PASSPHRASE.to_string();
    let values = [("path", asked.path.as_str()), ("shortest", shortest.as_str())];
    let mut prompt = Prompt::begin(true)?;
    let _ender = cancel.on_cancel(prompt.ender());
    let mut line = |id: &str| prompt.line(&strings.fill(id, &values));
    if !asked.is_new {
        return line("ask.passphrase");
    }
    for _ in 0..TRIES {
        let Some(first) = line("ask.new")? else { return Ok(None) };
        let complaint = if first.length() < SHORTEST_PASSPHRASE {
            "ask.short"
        } else {
            let Some(again) = line("ask.again")? else { return Ok(None) };
            if again == first {
                return Ok(Some(first));
            }
            "ask.differs"
        };
        super::print::talk(&strings.fill(complaint, &values));
    }
    Ok(None)
}
