//! Where a test can stop a save half-way. Outside tests nothing here does anything.
//!
//! Saving must survive an end at any moment. Each moment that leaves something different behind asks
//! [`is_due`]; a test counts those moments and stops at every one of them in turn.

/// True when this operation must fail here.
#[cfg(not(test))]
pub(in crate::effects) const fn is_due() -> bool {
    false
}

#[cfg(test)]
pub(in crate::effects) use counted::{Manner, is_due, stop_at};

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    /// How a save is stopped.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(in crate::effects) enum Manner {
        /// The operation answers with an error, and so do all that follow: a disk that is full, a keyring that went.
        Fails,
        /// The program ends there.
        Dies,
    }

    thread_local! {
        static PLAN: Cell<Option<(usize, Manner)>> = const { Cell::new(None) };
    }

    /// Stops this thread's saving at its `moment`-th moment, counted from 0; `None`: never. Answers with what was left
    /// of the plan before: at 0 moments it may have stopped something.
    pub(in crate::effects) fn stop_at(plan: Option<(usize, Manner)>) -> Option<(usize, Manner)> {
        PLAN.replace(plan)
    }

    pub(in crate::effects) fn is_due() -> bool {
        match PLAN.get() {
            None => false,
            Some((0, Manner::Fails)) => true,
            Some((0, Manner::Dies)) => {
                PLAN.set(None);
                panic!("stopped by the test");
            }
            Some((left, manner)) => {
                PLAN.set(Some((left - 1, manner)));
                false
            }
        }
    }
}
