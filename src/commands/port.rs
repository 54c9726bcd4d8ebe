//! The port that a person names for the mail server of an account that is kept.

use super::session::{CommandError, Session};
use crate::{
    flow::check::{needs_starttls, servers_of},
    model::{
        account::Account,
        method::SendVia,
        server::{Security, Server},
    },
};

/// The mail server of an account at that port.
///
/// # Errors
/// When no such port is known of it, where the key goes it cannot be used, or the account sends without SMTP.
pub fn at(account: &Account, port: u16, session: &Session) -> Result<Server, CommandError> {
    if account.send_via == SendVia::Api {
        return Err(CommandError::usage("command.port-not-for-api").with("name", account.name.as_str()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{commands::testing, model::account::Destination};

    #[test]
    fn a_port_is_one_that_is_known_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let session = testing::session(folder.path(), &["verify", "anna"]);
        let tls = Server { port: 465, security: Security::Tls, ..testing::account().smtp };
        let program = Account { smtp: tls, destination: Destination::Program, ..testing::account() };
        let url = "https://table.example.org".to_owned();
        let seatable = Account { destination: Destination::SeatableServer { url }, ..program.clone() };
        let api = Account { send_via: SendVia::Api, ..program.clone() };
        for (account, port, expected) in [
            (&program, 465, Ok(Security::Tls)),
            (&program, 587, Ok(Security::StartTls)),
            (&program, 25, Err("command.no-port")),
            (&seatable, 587, Ok(Security::StartTls)),
            (&seatable, 465, Err("command.port-not-for-seatable")),
            (&api, 587, Err("command.port-not-for-api")),
        ] {
            let found = at(account, port, &session).map(|server| server.security);
            let found = found.map_err(|error| match error {
                CommandError::Say { id, .. } => id,
                _ => "another error",
            });
            assert_eq!(found, expected, "{port}");
        }
    }
}
