//! [`Notices`]: what an effect says while it goes on. A person who waits wants to know what for before the answer is there.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Something that is said at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Another mailkey is at work on the key of this account. What was asked goes on after it.
    Waiting {
        /// The account's name.
        name: String,
        /// How long it is waited for.
        at_most: Duration,
    },
}

/// Says it. Called from the thread that waits.
pub type Tell = Box<dyn Fn(&Notice) + Send + Sync>;

/// Where it is said. Copies share it.
#[derive(Clone, Default)]
pub struct Notices(Arc<OnceLock<Tell>>);

impl Notices {
    /// From now on somebody listens. The first one to say so counts.
    pub fn let_tell(&self, tell: Tell) {
        let _ = self.0.set(tell);
    }

    /// Says something, where anybody listens.
    pub fn tell(&self, notice: &Notice) {
        if let Some(tell) = self.0.get() {
            tell(notice);
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Notices").finish_non_exhaustive()
    }
}
