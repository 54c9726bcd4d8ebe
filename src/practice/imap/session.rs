//! [`Session`]: what the mailbox server answers, line by line. It knows nothing of sockets.

use std::{sync::Arc, time::Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    model::address::Address,
    practice::{
        Fault,
        mailbox::{Mail, Place, field, fields},
        oauth::MAIL,
        smtp::{Credentials, plain, xoauth2},
        state::State,
    },
};

/// The reason of a refused token, as Google's documentation shows it.
const REFUSED: &str = r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#;
/// Google's words where a person has switched it off.
const OFF: &str = "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable \
                   your account for IMAP access. (Failure)";

/// What to do after the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Continue,
    Close,
}

/// What the server says.
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) then: Then,
}

impl Reply {
    fn say(text: impl Into<String>) -> Self {
        Self { text: text.into(), then: Then::Continue }
    }

    fn close(text: impl Into<String>) -> Self {
        Self { text: text.into(), then: Then::Close }
    }
}

/// A mechanism that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mechanism {
    Plain,
    XOAuth2,
}

/// Where the conversation is.
enum Phase {
    Command,
    /// AUTHENTICATE without a response: it is awaited.
    Awaiting(Mechanism, String),
    /// A token was refused: the empty line is awaited.
    AwaitingEnd(String),
}

/// One connection's conversation.
pub(super) struct Session {
    state: Arc<State>,
    phase: Phase,
    user: Option<Address>,
    open: Option<Place>,
}

impl Session {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state, phase: Phase::Command, user: None, open: None }
    }

    pub(super) fn greeting(&self) -> Reply {
        if self.state.has(Fault::ImapGarbage) {
            return Reply::close("HTTP/1.1 400 Bad Request\r\n\r\n");
        }
        Reply::say("* OK practice IMAP4rev1 ready\r\n")
    }

    /// Answers a line, its end included.
    pub(super) fn take(&mut self, line: &[u8]) -> Reply {
        let text = line.strip_suffix(b"\r\n").and_then(|line| std::str::from_utf8(line).ok());
        let Some(text) = text.filter(|text| !text.contains(['\r', '\0'])).map(str::to_owned) else {
            self.state.complain("IMAP: a line must end in CR LF and hold text");
            return Reply::close("* BYE not understood\r\n");
        };
        match std::mem::replace(&mut self.phase, Phase::Command) {
            Phase::Command => self.command(&text),
            Phase::Awaiting(mechanism, tag) => self.respond(mechanism, tag, &text),
            Phase::AwaitingEnd(tag) => {
                if !text.is_empty() {
                    self.state.complain("IMAP: after the refusal of a token an empty line must come");
                }
                Reply::say(format!("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n"))
            }
        }
    }

    fn command(&mut self, line: &str) -> Reply {
        let (tag, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (verb, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let verb = verb.to_ascii_uppercase();
        let is_signed_in = self.user.is_some();
        match verb.as_str() {
            "CAPABILITY" => {
                let more = if is_signed_in { "SPECIAL-USE" } else { "SASL-IR AUTH=XOAUTH2 AUTH=PLAIN" };
                Reply::say(format!("* CAPABILITY IMAP4rev1 {more}\r\n{tag} OK done\r\n"))
            }
            "NOOP" => Reply::say(format!("{tag} OK done\r\n")),
            "LOGOUT" => Reply::close(format!("* BYE good bye\r\n{tag} OK done\r\n")),
            "AUTHENTICATE" if !is_signed_in => self.authenticate(tag, argument),
            "LIST" if is_signed_in => Reply::say(format!(
                "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n* LIST (\\All) \"/\" \"[Gmail]/All Mail\"\r\n\
                 * LIST (\\Junk) \"/\" \"[Gmail]/Spam\"\r\n{tag} OK done\r\n"
            )),
            "EXAMINE" if is_signed_in => self.examine(tag, argument),
            "UID" if self.open.is_some() => self.by_uid(tag, argument),
            _ => {
                self.state.complain(format!("IMAP: {verb} is unknown, or not allowed now"));
                Reply::say(format!("{tag} BAD not allowed\r\n"))
            }
        }
    }

    fn authenticate(&mut self, tag: &str, argument: &str) -> Reply {
        let (name, response) = argument.split_once(' ').unwrap_or((argument, ""));
        let mechanism = match name {
            "PLAIN" => Mechanism::Plain,
            "XOAUTH2" => Mechanism::XOAuth2,
            _ => {
                self.state.complain("IMAP: AUTHENTICATE by an unknown mechanism");
                return Reply::say(format!("{tag} NO [CANNOT] no such mechanism\r\n"));
            }
        };
        if response.is_empty() {
            self.phase = Phase::Awaiting(mechanism, tag.to_owned());
            return Reply::say("+ \r\n");
        }
        self.respond(mechanism, tag.to_owned(), response)
    }

    fn respond(&mut self, mechanism: Mechanism, tag: String, response: &str) -> Reply {
        if self.state.has(Fault::ImapOff) {
            return Reply::say(format!("{tag} NO {OFF}\r\n"));
        }
        let message = STANDARD.decode(response).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let message = message.unwrap_or_default();
        let user = match mechanism {
            Mechanism::Plain => {
                plain(&message).and_then(|it| self.state.opens(&it.user, &it.secret).ok().flatten())
            }
            Mechanism::XOAuth2 => xoauth2(&message).and_then(|it| self.opens(&it)),
        };
        match (user, mechanism) {
            (Some(user), _) => {
                self.user = Some(user);
                Reply::say(format!("{tag} OK signed in\r\n"))
            }
            (None, Mechanism::Plain) => {
                Reply::say(format!("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n"))
            }
            (None, Mechanism::XOAuth2) => {
                self.phase = Phase::AwaitingEnd(tag);
                Reply::say(format!("+ {}\r\n", STANDARD.encode(REFUSED)))
            }
        }
    }

    /// Whose mailbox a token opens.
    fn opens(&self, credentials: &Credentials) -> Option<Address> {
        let access = self.state.lock().grants.access(credentials.secret.expose(), Instant::now()).cloned()?;
        let opens =
            access.user.same_mailbox(&credentials.user) && access.scopes.iter().any(|scope| scope == MAIL);
        opens.then_some(access.user)
    }

    fn examine(&mut self, tag: &str, argument: &str) -> Reply {
        if self.state.hangs_up_imap() {
            return Reply::close("* BYE Session expired, please login again.\r\n");
        }
        self.open = Place::named(argument.trim_matches('"'));
        if self.open.is_none() {
            return Reply::say(format!("{tag} NO [NONEXISTENT] no such mailbox\r\n"));
        }
        let count = self.mails().len();
        Reply::say(format!(
            "* FLAGS (\\Seen)\r\n* {count} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] valid\r\n{tag} OK \
             [READ-ONLY] done\r\n"
        ))
    }

    fn by_uid(&mut self, tag: &str, argument: &str) -> Reply {
        let (verb, rest) = argument.split_once(' ').unwrap_or((argument, ""));
        match verb.to_ascii_uppercase().as_str() {
            "SEARCH" => {
                let found = self.search(rest).map(|found| format!("* SEARCH{found}\r\n"));
                self.found(tag, found, "IMAP: a SEARCH is not understood")
            }
            "FETCH" => {
                let found = self.fetch(rest);
                self.found(tag, found, "IMAP: a FETCH is not understood, or would set a flag")
            }
            _ => Reply::say(format!("{tag} BAD not understood\r\n")),
        }
    }

    fn found(&self, tag: &str, found: Option<String>, complaint: &str) -> Reply {
        let Some(found) = found else {
            self.state.complain(complaint);
            return Reply::say(format!("{tag} BAD not understood\r\n"));
        };
        Reply::say(format!("{found}{tag} OK done\r\n"))
    }

    /// `SINCE date SUBJECT "text"` or `SINCE date HEADER name "text"`: the numbers, each with a blank before.
    fn search(&self, criteria: &str) -> Option<String> {
        let (date, key) = criteria.strip_prefix("SINCE ")?.split_once(' ')?;
        let is_date = date.split('-').count() == 3 && date.len() <= 11;
        let (name, text) = match key.split_once(' ')? {
            ("SUBJECT", text) => ("Subject", text),
            ("HEADER", rest) => rest.split_once(' ')?,
            _ => return None,
        };
        let text = text.strip_prefix('"')?.strip_suffix('"').filter(|text| is_date && !text.is_empty())?;
        let found = self.mails().into_iter().filter(|(_, message)| field(message, name).contains(text));
        Some(found.map(|(uid, _)| format!(" {uid}")).collect::<Vec<_>>().concat())
    }

    /// `n (BODY.PEEK[HEADER.FIELDS (…)]<0.n>)`.
    fn fetch(&self, argument: &str) -> Option<String> {
        let (uid, item) = argument.split_once(' ')?;
        let names = item.strip_prefix("(BODY.PEEK[HEADER.FIELDS (")?.split_once(")]<0.")?.0;
        let uid: u32 = uid.parse().ok()?;
        let list: Vec<String> = names.split(' ').map(str::to_owned).collect();
        let found = self.mails().into_iter().filter(|(own, _)| *own == uid).map(|(_, message)| {
            let header = fields(&message, &list);
            let length = header.len();
            format!("* 1 FETCH (UID {uid} BODY[HEADER.FIELDS ({names})]<0> {{{length}}}\r\n{header})\r\n")
        });
        Some(found.collect())
    }

    /// What lies in the open folder.
    fn mails(&self) -> Vec<(u32, Vec<u8>)> {
        let (Some(user), Some(place)) = (&self.user, self.open) else { return Vec::new() };
        let now = Instant::now();
        let seen = |mail: &Mail| Some((mail.uid, mail.seen(user, place, now)?.to_vec()));
        self.state.lock().mails.iter().filter_map(seen).collect()
    }
}
