//! [`Endpoint`]: the paths of the API.

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint<'a> {
    /// What server this is.
    ServerInfo,
    /// Whether it lives.
    Ping,
    /// Whether a token is good.
    AuthPing,
    /// Signing in.
    AuthToken,
    /// Who one is.
    AccountInfo,
    /// Workspaces and bases.
    Workspaces,
    /// The accounts of a base.
    Accounts(&'a str),
    /// One of them, by its name.
    AccountByName(&'a str),
    /// One of them, by its number.
    Account(&'a str, u64),
    /// The base of an API token.
    BaseToken,
    /// An account of that base.
    OwnAccount,
    /// Sending with an account of a base.
    Send(&'a str),
    /// What came of it.
    Status,
}

impl<'a> Endpoint<'a> {
    /// Finds it; every path ends in a slash.
    pub(super) fn find(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.strip_suffix('/')?.split('/').collect();
        Some(match parts.as_slice() {
            ["server-info"] => Self::ServerInfo,
            ["api2", "ping"] => Self::Ping,
            ["api2", "auth", "ping"] => Self::AuthPing,
            ["api2", "auth-token"] => Self::AuthToken,
            ["api2", "account", "info"] => Self::AccountInfo,
            ["api", "v2.1", "workspaces"] => Self::Workspaces,
            ["api", "v2.1", "third-party-accounts", base] if is_uuid(base) => Self::Accounts(base),
            ["api", "v2.1", "third-party-accounts", base, "detail"] if is_uuid(base) => {
                Self::AccountByName(base)
            }
            ["api", "v2.1", "third-party-accounts", base, id] if is_uuid(base) => {
                Self::Account(base, id.parse().ok()?)
            }
            ["api", "v2.1", "dtable", "app-access-token"] => Self::BaseToken,
            ["api", "v2.1", "dtable", "third-party-account"] => Self::OwnAccount,
            ["api", "v2.1", "dtable-message", base, "email"] if is_uuid(base) => Self::Send(base),
            ["api", "v2.1", "dtable-message-status"] => Self::Status,
            _ => return None,
        })
    }
}

/// SeaTable takes `[-0-9a-f]+`.
fn is_uuid(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'-' | b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_and_others_are_not() {
        for (path, endpoint) in [
            ("/server-info/", Some(Endpoint::ServerInfo)),
            ("/api/v2.1/third-party-accounts/0a-1/", Some(Endpoint::Accounts("0a-1"))),
            ("/api/v2.1/third-party-accounts/0a-1/detail/", Some(Endpoint::AccountByName("0a-1"))),
            ("/api/v2.1/third-party-accounts/0a-1/7/", Some(Endpoint::Account("0a-1", 7))),
            ("/api/v2.1/dtable-message/0a-1/email/", Some(Endpoint::Send("0a-1"))),
            ("/server-info", None),
            ("/", None),
            ("", None),
            ("/api/v2.1/third-party-accounts/0a-1/seven/", None),
            ("/api/v2.1/third-party-accounts/email/oauth/login/", None),
            ("/api/v2.1/third-party-accounts//", None),
        ] {
            assert_eq!(Endpoint::find(path), endpoint, "{path}");
        }
    }
}
