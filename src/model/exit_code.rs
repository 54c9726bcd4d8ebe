//! [`ExitCode`]: what a run proved, as a number that scripts rely on.

/// The contract of the command line. Where several accounts end differently, the first of
/// `Store`, `RenewKey`, `CheckFailed`, `Network` that occurs is the exit code of the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// 0: all that was asked is proved.
    Proved,
    /// 1: another check failed, or the key was kept without proof.
    CheckFailed,
    /// 2: the command line or an answer is not usable.
    Usage,
    /// 3: a person must renew the key (dead token, refused password, consent refused; or it dies within the days that
    /// `--warn-days` names).
    RenewKey,
    /// 4: cancelled.
    Cancelled,
    /// 5: resolve, connect, TLS or a deadline.
    Network,
    /// 6: the store failed.
    Store,
    /// 7: no such account or thing.
    NotFound,
    /// 70: a bug of mailkey (`EX_SOFTWARE` of sysexits.h).
    Bug,
}

impl ExitCode {
    /// The number that the process ends with.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Proved => 0,
            Self::CheckFailed => 1,
            Self::Usage => 2,
            Self::RenewKey => 3,
            Self::Cancelled => 4,
            Self::Network => 5,
            Self::Store => 6,
            Self::NotFound => 7,
            Self::Bug => 70,
        }
    }

    /// The exit code of a run over several accounts.
    #[must_use]
    pub fn of_all(codes: &[Self]) -> Self {
        [Self::Store, Self::RenewKey, Self::CheckFailed, Self::Network]
            .into_iter()
            .find(|code| codes.contains(code))
            .or_else(|| codes.iter().copied().find(|code| *code != Self::Proved))
            .unwrap_or(Self::Proved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_of_several_wins() {
        use ExitCode::{CheckFailed, Network, Proved, RenewKey, Store};
        assert_eq!(ExitCode::of_all(&[]), Proved);
        assert_eq!(ExitCode::of_all(&[Proved, Network]), Network);
        assert_eq!(ExitCode::of_all(&[Network, CheckFailed]), CheckFailed);
        assert_eq!(ExitCode::of_all(&[CheckFailed, RenewKey]), RenewKey);
        assert_eq!(ExitCode::of_all(&[RenewKey, Store]), Store);
    }
}
