//! Says what an effect says while it goes on, for commands that show no full screen.

use std::sync::Arc;

use super::{print::talk, session::Session};
use crate::{effects::notices::Notice, guide::strings::Strings};

/// From now on notices are talk; `apart` writes them while nothing else writes on the terminal.
pub(super) fn let_tell_apart(session: &Session, apart: impl Fn(&mut dyn FnMut()) + Send + Sync + 'static) {
    let strings = Arc::clone(&session.words().strings);
    session.world.notices.let_tell(Box::new(move |notice| {
        let text = text(notice, &strings);
        apart(&mut || talk(&text));
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
