//! The command that carries the redirect through SSH to this machine.

use crate::{effects::browser::is_remote, environment::Environment};

/// What the person runs on the machine with the browser, when we run over SSH: it forwards the same port there
/// to our listener here. A part that nobody tells us stands there as a word in capitals.
pub fn command(environment: &Environment, port: u16) -> Option<String> {
    if !is_remote(environment) {
        return None;
    }
    // sshd: client address, client port, server address, server port. `SSH_CLIENT` lacks the third.
    let connection = environment.variable("SSH_CONNECTION").map(fields).unwrap_or_default();
    let client = environment.variable("SSH_CLIENT").map(fields).unwrap_or_default();
    let host =
        connection.get(2).copied().or_else(|| environment.variable("HOSTNAME").filter(|h| is_plain(h)));
    let server_port = connection.get(3).or_else(|| client.get(2)).copied().filter(|port| *port != "22");
    let user = ["USER", "LOGNAME"].iter().find_map(|name| environment.variable(name)).filter(|u| is_plain(u));
    let option = server_port.map(|port| format!("-p {port} ")).unwrap_or_default();
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    Some(format!("ssh -N -L {port}:127.0.0.1:{port} {option}{user}{}", host.unwrap_or("HOST")))
}

fn fields(text: &str) -> Vec<&str> {
    let fields: Vec<_> = text.split_ascii_whitespace().collect();
    if fields.iter().all(|field| is_plain(field)) { fields } else { Vec::new() }
}

/// Nothing that a shell would read as more than a word, and no option: the line is made to be pasted.
fn is_plain(word: &str) -> bool {
    !word.starts_with('-') && word.chars().all(|c| c.is_ascii_alphanumeric() || "._:%-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::http::scripted::world_with;

    #[test]
    fn the_line_is_complete_where_sshd_told_everything() {
        let over_v4 = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.7 22");
        let over_v6 = ("SSH_CONNECTION", "fe80::1%eth0 50000 2001:db8::7 2222");
        for (variables, expected) in [
            (&[][..], None),
            (&[("USER", "anna"), over_v4], Some("ssh -N -L 8976:127.0.0.1:8976 anna@192.0.2.7")),
            (&[("LOGNAME", "anna"), over_v6], Some("ssh -N -L 8976:127.0.0.1:8976 -p 2222 anna@2001:db8::7")),
            (&[("SSH_TTY", "/dev/pts/0")], Some("ssh -N -L 8976:127.0.0.1:8976 HOST")),
            (
                &[("SSH_CLIENT", "192.0.2.1 50000 2222"), ("HOSTNAME", "box.example"), ("USER", "anna")],
                Some("ssh -N -L 8976:127.0.0.1:8976 -p 2222 anna@box.example"),
            ),
            (
                &[("USER", "a;rm -rf ~"), ("SSH_CONNECTION", "1 2 $(id) 22")],
                Some("ssh -N -L 8976:127.0.0.1:8976 HOST"),
            ),
            (&[("USER", "-oProxyCommand=x"), over_v4], Some("ssh -N -L 8976:127.0.0.1:8976 192.0.2.7")),
        ] {
            let made = command(&world_with(variables).environment, 8976);
            assert_eq!(made.as_deref(), expected, "{variables:?}");
        }
    }
}
