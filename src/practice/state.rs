//! [`State`]: what the practice servers know together. One lock, held briefly, never while anything is sent.

use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    Fault,
    dictated::{Dictated, Place},
    mailbox::Mail,
    oauth::{Devices, Grants},
    random,
};
use crate::model::{
    account::Publishing,
    address::Address,
    client::{Client, ClientKind},
    language::Language,
    method::SendVia,
    secret::Secret,
};

/// The redirect port of mailkey's own listener for web clients; the practice web client registers it.
pub const DEFAULT_REDIRECT_PORT: u16 = 8976;

/// Where a SeaTable server takes the redirect of its own OAuth way.
pub(super) const SEATABLE_REDIRECT_PATH: &str = "/oauth/third-party-email-accounts/callback/";

/// Where SeaTable Cloud takes the redirect of its own OAuth way.
pub const SEATABLE_REDIRECT: &str = "https://cloud.seatable.io/oauth/third-party-email-accounts/callback/";

/// The project that all practice clients belong to.
pub(super) const PROJECT: &str = "123456789012";

/// The persons that exist from the start. `.example` belongs to nobody (RFC 2606 §2).
const USERS: [&str; 2] = ["anna@practice.example", "ben@practice.example"];

/// Enough to look back on; older ones are forgotten, so that a server left running does not grow.
pub(super) const MAX_KEPT: usize = 1000;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who sent it to whom.
    pub envelope: Envelope,
    /// Which way it came.
    pub via: SendVia,
    /// The message itself, dots unstuffed, lines ending in CRLF.
    pub message: Vec<u8>,
}

/// Who sent a message to whom (RFC 5321 §2.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The signed-in sender.
    pub from: Address,
    /// Everyone it goes to.
    pub to: Vec<Address>,
}

/// Somebody who has a practice account.
#[derive(Clone)]
pub(super) struct User {
    pub(super) address: Address,
    /// Has the shape of an app password, so that it can be pasted where one is expected.
    pub(super) password: Secret,
}

/// What the practice servers know together.
pub(super) struct State {
    faults: Vec<Fault>,
    pub(super) language: Language,
    inner: Mutex<Inner>,
}

/// Behind the lock.
pub(super) struct Inner {
    pub(super) users: Vec<User>,
    /// Name and password, as made on the page.
    pub(super) app_passwords: Vec<(String, Secret)>,
    pub(super) clients: Vec<Client>,
    pub(super) publishing: Publishing,
    pub(super) grants: Grants,
    pub(super) devices: Devices,
    pub(super) deliveries: VecDeque<Delivery>,
    /// The same as they lie in mailboxes.
    pub(super) mails: VecDeque<Mail>,
    last_uid: u32,
    /// How often the mailbox server has hung up on purpose.
    imap_hung_up: u32,
    /// A connection was dropped on purpose, and none is any more.
    smtp_dropped: bool,
    /// How often the token endpoint was asked, whatever it answered.
    pub(super) token_requests: u64,
    complaints: VecDeque<String>,
    dictated: Vec<Dictated>,
}

impl State {
    /// Two users, a web and a desktop client.
    ///
    /// # Errors
    /// When the system has no randomness for their secrets.
    pub(super) fn new(faults: Vec<Fault>, language: Language, extra: Option<Address>) -> io::Result<Self> {
        let mut inner = Inner {
            users: Vec::new(),
            app_passwords: Vec::new(),
            clients: Vec::new(),
            // As a new project at Google is.
            publishing: Publishing::Testing,
            grants: Grants::default(),
            devices: Devices::default(),
            deliveries: VecDeque::new(),
            mails: VecDeque::new(),
            last_uid: 0,
            imap_hung_up: 0,
            smtp_dropped: false,
            token_requests: 0,
            complaints: VecDeque::new(),
            dictated: Vec::new(),
        };
        let known = USERS.into_iter().filter_map(|address| Address::parse(address).ok());
        for address in extra.into_iter().chain(known) {
            inner.admit(&address)?;
        }
        // One for Google's habits, one for Microsoft's.
        let own = |host: &str| format!("http://{host}:{DEFAULT_REDIRECT_PORT}/callback");
        let redirects = vec![own("127.0.0.1"), SEATABLE_REDIRECT.to_owned(), own("localhost")];
        inner.make_client(ClientKind::Web, redirects)?;
        inner.make_client(ClientKind::Desktop, Vec::new())?;
        Ok(Self { faults, language, inner: Mutex::new(inner) })
    }

    /// True when this was asked to go wrong.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// What was dictated for this place; the last word counts.
    pub(super) fn dictated(&self, place: Place) -> Option<String> {
        let inner = self.lock();
        inner.dictated.iter().rfind(|one| one.place == place).map(|one| one.text.clone())
    }

    /// From now on this is dictated, and nothing else.
    pub(super) fn dictate(&self, dictated: Vec<Dictated>) {
        self.lock().dictated = dictated;
    }

    /// The state, locked. A panic elsewhere leaves it usable: every change is complete in itself.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a client broke a rule of the protocol. No secret may be in the text.
    pub(super) fn complain(&self, complaint: impl Into<String>) {
        keep(&mut self.lock().complaints, complaint.into());
    }

    /// The rules that were broken, in order.
    pub(super) fn complaints(&self) -> Vec<String> {
        self.lock().complaints.iter().cloned().collect()
    }

    /// Keeps a message that was taken.
    pub(super) fn deliver(&self, delivery: Delivery) {
        let mut inner = self.lock();
        inner.last_uid = inner.last_uid.wrapping_add(1).max(1);
        let mail = Mail::new(inner.last_uid, &delivery, &self.faults, Instant::now());
        keep(&mut inner.mails, mail);
        keep(&mut inner.deliveries, delivery);
    }

    /// True when the mail server is to drop this connection.
    pub(super) fn drops_connection(&self) -> bool {
        self.has(Fault::DropsFirst) && !std::mem::replace(&mut self.lock().smtp_dropped, true)
    }

    /// True when the mailbox server is to hang up now.
    pub(super) fn hangs_up_imap(&self) -> bool {
        let mut inner = self.lock();
        let hangs_up =
            self.has(Fault::ImapAlwaysHangsUp) || self.has(Fault::ImapHangsUp) && inner.imap_hung_up == 0;
        inner.imap_hung_up += u32::from(hangs_up);
        hangs_up
    }

    /// Whose mailbox this password opens at this address, or for a user who is there, at the part of the address before the
    /// `@`: the user's own, or any app password. Those belong to no address, because the page that makes them cannot know
    /// which one the person typed into the wizard.
    pub(super) fn opens(&self, address: &str, password: &Secret) -> io::Result<Option<Address>> {
        if self.has(Fault::WrongPassword) {
            return Ok(None);
        }
        let mut inner = self.lock();
        let Ok(address) = Address::parse(address) else { return Ok(inner.user_named(address, password)) };
        let own = inner.user(&address).is_some_and(|user| user.password == *password);
        let made = inner.app_passwords.iter().any(|(_, made)| made == password);
        if made && !own {
            inner.admit(&address)?;
        }
        Ok((own || made).then_some(address))
    }
}

impl Inner {
    /// The user with that address.
    pub(super) fn user(&self, address: &Address) -> Option<&User> {
        self.users.iter().find(|user| user.address.same_mailbox(address.as_str()))
    }

    /// The address of the user who is known by the part before the `@` and has that password.
    fn user_named(&self, name: &str, password: &Secret) -> Option<Address> {
        let is_local = |address: &Address| address.as_str().split_once('@').is_some_and(|it| it.0 == name);
        let made = self.app_passwords.iter().any(|(_, made)| made == password);
        let opens = |user: &&User| is_local(&user.address) && (made || user.password == *password);
        let found = self.users.iter().find(opens);
        found.map(|user| user.address.clone())
    }

    /// Gives the address an account if it has none: in practice everybody may be whoever they are.
    ///
    /// # Errors
    /// When the system has no randomness for a password.
    pub(super) fn admit(&mut self, address: &Address) -> io::Result<()> {
        if self.user(address).is_none() && self.users.len() < MAX_KEPT {
            let password = Secret::new(random::text(random::LETTERS, 16)?);
            self.users.push(User { address: address.clone(), password });
        }
        Ok(())
    }

    /// An app password: 16 letters.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn make_app_password(&mut self, name: &str) -> io::Result<Secret> {
        let password = Secret::new(random::text(random::LETTERS, 16)?);
        if self.app_passwords.len() >= MAX_KEPT {
            self.app_passwords.remove(0);
        }
        self.app_passwords.push((name.to_owned(), password.clone()));
        Ok(password)
    }

    /// The client with that ID.
    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }
}

fn keep<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() >= MAX_KEPT {
        kept.pop_front();
    }
    kept.push_back(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(faults: &[Fault]) -> State {
        State::new(faults.to_vec(), Language::En, Address::parse("me@gmail.com").ok()).unwrap()
    }

    #[test]
    fn a_password_opens_its_own_address_and_an_app_password_any() {
        let state = state(&[]);
        let (me, anna) = {
            let inner = state.lock();
            (inner.users[0].clone(), inner.users[1].clone())
        };
        assert_eq!(me.address.as_str(), "me@gmail.com");
        assert_eq!(state.opens("ME@gmail.com", &me.password).unwrap().unwrap().as_str(), "ME@gmail.com");
        assert_eq!(state.opens(anna.address.as_str(), &me.password).unwrap(), None);
        assert_eq!(state.opens("me", &me.password).unwrap(), Some(me.address.clone()));
        assert_eq!(state.opens("me", &anna.password).unwrap(), None);
        assert_eq!(state.opens("new@gmail.com", &Secret::from("abcdabcdabcdabcd")).unwrap(), None);
        let made = state.lock().make_app_password("Orders").unwrap();
        assert!(made.expose().len() == 16 && made.expose().bytes().all(|byte| byte.is_ascii_lowercase()));
        let new = state.opens("new@gmail.com", &made).unwrap().unwrap();
        assert!(state.lock().user(&new).is_some());
        assert_eq!(state.opens("not an address", &made).unwrap(), None);
    }

    #[test]
    fn with_wrong_password_nothing_opens() {
        let state = state(&[Fault::WrongPassword]);
        let me = state.lock().users[0].clone();
        assert_eq!(state.opens(me.address.as_str(), &me.password).unwrap(), None);
    }

    #[test]
    fn clients_have_the_shapes_of_googles() {
        let state = state(&[]);
        let clients = state.lock().clients.clone();
        assert_eq!(
            clients.iter().map(|client| client.kind).collect::<Vec<_>>(),
            [ClientKind::Web, ClientKind::Desktop]
        );
        for client in clients {
            assert!(client.id.starts_with("123456789012-practice"), "{}", client.id);
            assert!(client.id.ends_with(".apps.googleusercontent.com"), "{}", client.id);
            let secret = client.secret.unwrap();
            assert!(secret.expose().starts_with("GOCSPX-") && secret.length() == 35);
        }
    }
}
