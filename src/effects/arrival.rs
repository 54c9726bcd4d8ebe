//! Looking for a message that a server took, in the mailbox to which it went.
//!
//! The message is found by the token in its subject, or by its Message-ID. The inbox comes first, then the folder for
//! unwanted mail, then the one that shows everything; again and again, at a kind pace, until it is there or the time is
//! over. Nothing in the mailbox changes by it.

mod authentication;
mod gmail;
mod header;
mod mailbox;

use std::time::{Duration, Instant};

use self::{gmail::GmailMailbox, header::Header, mailbox::ImapMailbox};
use super::{cancel::Cancel, keep, world::World};
use crate::{
    flow::effect::{ArrivalRequest, Mailbox, MailboxKey, Progress},
    model::{
        arrival::{Arrival, Folder},
        failure::{Failure, Layer},
        secret::Secret,
        stage::{Detail, Stage, StageReport, StageResult},
    },
};

/// The pauses between looks; the last one is repeated. Most mail is there after two seconds, and a server should not be
/// asked all the time.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(3), Duration::from_secs(5)];
/// How long one answer is waited for, as in a check.
const ANSWER: Duration = Duration::from_secs(30);
/// Servers hang up now and then; one that keeps doing so does not want us.
const MAX_LOST: u32 = 2;

/// Looks for a message. It never fails as a whole: what failed is in the report.
pub fn see(
    request: &ArrivalRequest,
    world: &World,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> StageReport {
    progress(Progress::StageBegan(Stage::Arrive));
    let begun = Instant::now();
    let result = match look(request, world, cancel) {
        Ok(arrival) => StageResult::Passed(Detail::Arrived(Box::new(arrival))),
        Err(failure) => StageResult::Failed(failure),
    };
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let report = StageReport { stage: Stage::Arrive, result, milliseconds };
    progress(Progress::StageEnded(Box::new(report.clone())));
    report
}

/// A message that was found.
struct Found {
    folder: Folder,
    header: Header,
}

/// Somewhere to look.
trait Look {
    /// Looks once.
    ///
    /// # Errors
    /// What kept it from looking. After `_closed` it may be tried again.
    fn once(&mut self, until: Instant) -> Result<Option<Found>, Failure>;

    /// It is not needed any more.
    fn end(self);
}

fn look(request: &ArrivalRequest, world: &World, cancel: &Cancel) -> Result<Arrival, Failure> {
    let secret = secret(request, world, cancel)?;
    let until = Instant::now() + request.patience;
    match &request.mailbox {
        Mailbox::Imap(server) => {
            let mailbox = ImapMailbox::new(request, server, &secret, world, cancel);
            again_and_again(mailbox, request, until, world, cancel)
        }
        Mailbox::GmailApi(url) => {
            let mailbox = GmailMailbox::new(request, url, &secret, world, cancel);
            again_and_again(mailbox, request, until, world, cancel)
        }
    }
}

fn again_and_again(
    mut mailbox: impl Look,
    request: &ArrivalRequest,
    until: Instant,
    world: &World,
    cancel: &Cancel,
) -> Result<Arrival, Failure> {
    let mut pauses = PAUSES.into_iter();
    let (mut pause, mut lost) = (PAUSES[0], 0);
    let found = loop {
        if cancel.is_cancelled() {
            break Err(Failure::new(Layer::Arrive, "_cancelled"));
        }
        match mailbox.once(until.min(Instant::now() + ANSWER)) {
            Ok(Some(found)) => break Ok(found),
            Ok(None) => {}
            Err(failure) if failure.code == "_closed" && lost < MAX_LOST => lost += 1,
            Err(failure) => break Err(failure),
        }
        pause = pauses.next().unwrap_or(pause);
        let next = Instant::now() + pause;
        if next >= until {
            let seconds = request.patience.as_secs().to_string();
            break Err(Failure::new(Layer::Arrive, "_not_seen").with("seconds", seconds));
        }
        cancel.wait_until(next, || false);
    };
    mailbox.end();
    found.map(|found| arrival(&found, request, world))
}

fn arrival(found: &Found, request: &ArrivalRequest, world: &World) -> Arrival {
    let waited = (world.environment.now() - request.accepted).whole_seconds();
    let from = found.header.from();
    Arrival {
        folder: found.folder.clone(),
        seconds: u64::try_from(waited).unwrap_or(0),
        other_from: from.as_ref().is_some_and(|from| !request.address.same_mailbox(from)),
        from,
        other_id: found.header.message_id().is_some_and(|id| id != request.message_id),
        authentication: found.header.first("authentication-results").and_then(authentication::read),
    }
}

/// What opens the mailbox.
fn secret(request: &ArrivalRequest, world: &World, cancel: &Cancel) -> Result<Secret, Failure> {
    match &request.key {
        MailboxKey::Password(secret) | MailboxKey::AccessToken(secret) => Ok(secret.clone()),
        MailboxKey::Stored(account) => Ok(keep::read_secrets(world, account, false, cancel)?.key),
    }
}

#[cfg(test)]
mod tests;
