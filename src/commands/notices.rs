//! Says what an effect says while it goes on.

use std::sync::{Arc, mpsc::Sender};

use super::{print::talk, session::Session};
use crate::{
    effects::notices::Notice,
    flow::message::{Message, Wait},
    frontends::Event,
    guide::strings::Strings,
};

/// From now on notices are talk; `apart` writes them while nothing else writes on the terminal.
pub(super) fn let_tell_apart(session: &Session, apart: impl Fn(&mut dyn FnMut()) + Send + Sync + 'static) {
    let strings = Arc::clone(&session.words().strings);
    session.world.notices.let_tell(Box::new(move |notice| {
        let text = text(notice, &strings);
        apart(&mut || talk(&text));
    }));
}

/// From now on notices are shown where a wizard draws the whole screen.
pub(super) fn let_show(session: &Session, sender: &Sender<Event>) {
    let sender = sender.clone();
    session.world.notices.let_tell(Box::new(move |notice| {
        let Notice::Waiting { name, at_most } = notice;
        let wait = Wait { name: name.clone(), at_most: *at_most };
        // Nobody listens any more once the walk has ended.
        let _ = sender.send(Event::Message(Message::Waits(wait)));
    }));
}

fn text(notice: &Notice, strings: &Strings) -> String {
    match notice {
        Notice::Waiting { name, at_most } => {
            let minutes = at_most.as_secs().div_ceil(60).to_string();
            strings.fill("notice.waiting", &[("name", name), ("minutes", &minutes)])
        }
    }
}
