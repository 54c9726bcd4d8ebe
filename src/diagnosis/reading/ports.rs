//! The ports of mail, in one place: who listens there, and how the conversation begins.

/// Whose server listens on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// A provider's, or a relay's.
    Provider,
    /// A relay's inside of a network, behind a filter or a container's border.
    Relay,
    /// A person's own on the same computer: a bridge of encrypted mail, or a server that only catches test messages.
    Home,
}

/// How a conversation begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    /// In clear, with STARTTLS afterwards or without.
    InClear,
    /// With encryption.
    Encrypted,
    /// In the one way or the other, as the person has set it.
    Either,
}

/// What is known of each. 25, 465 and 587: RFC 5321 §4.5.4.2, RFC 8314 §3.3, RFC 6409 §3.1; the others are what providers offer
/// beside these and what programs of their kind begin with.
const PORTS: [(&str, Whose, Begins); 14] = [
    ("25", Whose::Provider, Begins::InClear),
    ("465", Whose::Provider, Begins::Encrypted),
    ("587", Whose::Provider, Begins::InClear),
    ("994", Whose::Relay, Begins::Encrypted),
    ("2465", Whose::Relay, Begins::Encrypted),
    ("2525", Whose::Provider, Begins::InClear),
    ("2587", Whose::Relay, Begins::InClear),
    ("10025", Whose::Relay, Begins::Either),
    ("10587", Whose::Relay, Begins::Either),
    ("1025", Whose::Home, Begins::InClear),
    ("1143", Whose::Home, Begins::Either),
    ("2500", Whose::Home, Begins::Either),
    ("3025", Whose::Home, Begins::Either),
    ("8025", Whose::Home, Begins::Either),
];

fn known(port: &str) -> Option<(Whose, Begins)> {
    PORTS.iter().find(|(known, ..)| *known == port).map(|(_, whose, begins)| (*whose, *begins))
}

/// True for a port on which some server of mail listens.
pub(super) fn is_of_mail(port: &str) -> bool {
    known(port).is_some()
}

/// True for a port on which providers take mail.
pub(super) fn takes_mail(port: &str) -> bool {
    known(port).is_some_and(|(whose, _)| whose == Whose::Provider)
}

/// True for a port of a server that a person runs on the same computer.
pub(super) fn is_at_home(port: &str) -> bool {
    known(port).is_some_and(|(whose, _)| whose == Whose::Home)
}

/// True for a port on which a conversation begins in clear.
pub(super) fn begins_in_clear(port: &str) -> bool {
    known(port).is_some_and(|(_, begins)| begins == Begins::InClear)
}

/// True for a port on which a conversation begins with encryption.
pub(super) fn begins_encrypted(port: &str) -> bool {
    known(port).is_some_and(|(_, begins)| begins == Begins::Encrypted)
}

/// Servers of providers that programs reach with STARTTLS on 587 only (Microsoft: “How to set up a multifunction device
/// or application to send email using Microsoft 365”; Outlook.com: Thunderbird's list of settings; Apple:
/// support.apple.com/en-us/102525). A test compares them with the catalogue.
const ONLY_587: [&str; 3] = ["smtp.office365.com", "smtp-mail.outlook.com", "smtp.mail.me.com"];

/// The server in a text (lower case) that does not take mail on this port, although others do.
pub(super) fn unserved(lower: &str, port: &str) -> Option<&'static str> {
    ONLY_587.into_iter().find(|host| port == "465" && lower.contains(host))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_only_on_587_is_so_in_the_catalogue() {
        let catalogue: Value = serde_json::from_str(include_str!("../../../assets/providers.json")).unwrap();
        let servers: Vec<&Value> =
            catalogue.as_array().unwrap().iter().filter_map(|one| one["smtp"].as_array()).flatten().collect();
        for host in ONLY_587 {
            let of_host: Vec<&&Value> = servers.iter().filter(|server| server["host"] == host).collect();
            assert!(!of_host.is_empty(), "{host}");
            assert!(of_host.iter().all(|server| server["port"] == 587), "{host}: {of_host:?}");
        }
        assert_eq!(unserved("smtp.office365.com:465", "465"), Some("smtp.office365.com"));
        assert_eq!(unserved("smtp.office365.com:587", "587"), None);
        assert_eq!(unserved("smtp.gmail.com:465", "465"), None);
    }
}
