//! [`ImapMailbox`]: looking over IMAP.

use std::time::{Duration, Instant};

use time::Month;

use super::{Found, Header, Look};
use crate::{
    effects::{
        cancel::Cancel,
        clean, connect,
        imap::{Folders, Session},
        smtp::{Credential, tls},
        world::World,
    },
    flow::effect::{ArrivalRequest, MailboxKey},
    model::{
        Time,
        arrival::{self, Folder},
        failure::{Failure, Layer},
        secret::Secret,
        server::Server,
    },
};

/// A day for the time zone of the server and one for its clock.
const SINCE: time::Duration = time::Duration::days(2);
/// The answer to LOGOUT: the verdict is told before it is asked for.
const QUIT: Duration = Duration::from_secs(1);
/// Longer names of folders are cut where they are shown.
const MAX_NAME: usize = 60;

/// A mailbox behind an IMAP server. It connects when it is first looked into, and again when the server hung up.
pub(super) struct ImapMailbox<'a> {
    request: &'a ArrivalRequest,
    server: &'a Server,
    secret: &'a Secret,
    world: &'a World,
    cancel: &'a Cancel,
    open: Option<(Session, Folders)>,
}

impl<'a> ImapMailbox<'a> {
    pub(super) fn new(
        request: &'a ArrivalRequest,
        server: &'a Server,
        secret: &'a Secret,
        world: &'a World,
        cancel: &'a Cancel,
    ) -> Self {
        Self { request, server, secret, world, cancel, open: None }
    }

    /// Connects and signs in.
    fn open(&self, until: Instant) -> Result<(Session, Folders), Failure> {
        let unreachable = |failure: Failure| match failure.code.as_str() {
            "_cancelled" => Failure::new(Layer::Arrive, "_cancelled"),
            because => Failure::new(Layer::Arrive, "_unreachable").with("because", because),
        };
        let server = self.server;
        let addresses =
            connect::resolve(&server.host, server.port, until, self.cancel).map_err(unreachable)?;
        let socket = connect::connect(&addresses, until, self.cancel).map_err(unreachable)?;
        let setup = tls::Setup::new(&self.world.trust).map_err(|error| {
            Failure::new(Layer::Arrive, "_tls").with("because", tls::no_trust(&error).code)
        })?;
        let mut session = Session::new(socket, server, self.request.address.as_str(), self.cancel)?;
        session.set_deadline(until);
        session.open(&setup)?;
        let credential = match &self.request.key {
            MailboxKey::AccessToken(_) => Credential::AccessToken(self.secret),
            MailboxKey::Password(_) | MailboxKey::Stored(_) => Credential::Password(self.secret),
        };
        session.sign_in(&self.request.user, credential)?;
        let folders = session.folders()?;
        Ok((session, folders))
    }
}

impl Look for ImapMailbox<'_> {
    fn once(&mut self, until: Instant) -> Result<Option<Found>, Failure> {
        let (mut session, folders) = match self.open.take() {
            Some(open) => open,
            None => self.open(until).map_err(|failure| about(self.server, failure))?,
        };
        session.set_deadline(until);
        let found =
            round(&mut session, &folders, self.request).map_err(|failure| about(self.server, failure))?;
        self.open = Some((session, folders));
        Ok(found)
    }

    fn end(mut self) {
        if let Some((session, _)) = self.open.take() {
            self.world.farewells.say(move || session.quit(QUIT));
        }
    }
}

/// Looks into each folder once.
fn round(
    session: &mut Session,
    folders: &Folders,
    request: &ArrivalRequest,
) -> Result<Option<Found>, Failure> {
    let spam = folders.spam.as_ref().map(|name| (name.as_str(), Folder::Spam));
    let all = folders.all.as_ref().map(|name| (name.as_str(), Folder::Other(shown(name))));
    let places = [Some(("INBOX", Folder::Inbox)), spam, all];
    for (name, folder) in places.into_iter().flatten() {
        // One that cannot be opened has nothing to show; the inbox can.
        if !session.examine(name)? {
            if folder == Folder::Inbox {
                return Err(Failure::new(Layer::Arrive, "NO").with("folder", name));
            }
            continue;
        }
        if let Some(header) = find(session, request)? {
            // What was sent is among everything as well, and proves nothing.
            if !matches!(folder, Folder::Other(_)) || header.was_delivered() {
                return Ok(Some(Found { folder, header }));
            }
        }
    }
    Ok(None)
}

/// The message in the open folder.
fn find(session: &mut Session, request: &ArrivalRequest) -> Result<Option<Header>, Failure> {
    let (id, since) = (&request.message_id, date(request.accepted - SINCE));
    // Our own characters, but the part behind the @, which is the domain of an address: nothing that could be quoted.
    for criteria in [
        format!("SINCE {since} SUBJECT \"{}\"", arrival::token(id)),
        format!("SINCE {since} HEADER Message-ID \"{id}\""),
    ] {
        for uid in session.search(&criteria)?.into_iter().rev() {
            let header = session.header(uid)?.map(|text| Header::parse(&text));
            if let Some(header) = header.filter(|header| header.is_of(id)) {
                return Ok(Some(header));
            }
        }
    }
    Ok(None)
}

/// `1-Feb-1994` (RFC 3501 §9).
fn date(moment: Time) -> String {
    let month = match moment.month() {
        Month::January => "Jan",
        Month::February => "Feb",
        Month::March => "Mar",
        Month::April => "Apr",
        Month::May => "May",
        Month::June => "Jun",
        Month::July => "Jul",
        Month::August => "Aug",
        Month::September => "Sep",
        Month::October => "Oct",
        Month::November => "Nov",
        Month::December => "Dec",
    };
    let (day, year) = (moment.day(), moment.year());
    format!("{day}-{month}-{year}")
}

/// The name of a folder as a person may see it.
fn shown(name: &str) -> String {
    clean::visible_text(name).chars().take(MAX_NAME).collect()
}

/// Adds which server it was.
fn about(server: &Server, failure: Failure) -> Failure {
    failure.with("host", server.host.as_str()).with("port", server.port.to_string())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates_are_those_of_imap() {
        assert_eq!(date(datetime!(2026-02-01 23:59 UTC)), "1-Feb-2026");
        assert_eq!(date(datetime!(2026-12-31 0:00 UTC)), "31-Dec-2026");
    }
}
