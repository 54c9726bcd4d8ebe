//! The port that a person names for the mail server of an account that is kept.

use super::session::{CommandError, Session};
use crate::{
    flow::check::{needs_starttls, servers_of},
    model::{
        account::Account,
        server::{Security, Server},
    },
};

/// The mail server of an account at that port.
///
/// # Errors
/// When no such port is known of it, or where the key goes it cannot be used.
pub fn at(account: &Account, port: u16, session: &Session) -> Result<Server, CommandError> {
    let servers = servers_of(account, &session.knowledge);
    let Some(server) = servers.iter().find(|server| server.port == port) else {
        let ports: Vec<String> = servers.iter().map(|server| server.port.to_string()).collect();
        return Err(CommandError::usage("command.no-port")
            .with("host", account.smtp.host.as_str())
            .with("port", port.to_string())
            .with("ports", ports.join(", ")));
    };
    if server.security == Security::Tls && needs_starttls(&account.destination) {
        return Err(CommandError::usage("command.port-not-for-seatable").with("port", port.to_string()));
    }
    Ok(server.clone())
}
