//! [`Store`]: what the practice SeaTable holds: persons, workspaces, bases, their accounts, and sending tasks. Secrets
//! are in it, so nothing here has a `Debug`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::task::Task;
use crate::model::{
    address::Address,
    seatable::{Right, Version},
    secret::Secret,
};

/// Who owns what the practice users do not own.
pub(super) const OFFICE: &str = "Office";
/// More accounts than any run makes; then adding fails.
const MAX_ACCOUNTS: usize = 10_000;
/// More paths than any run asks for.
const MAX_PATHS: usize = 1000;

/// Somebody with a SeaTable account.
#[derive(Clone)]
pub(in crate::practice) struct Person {
    /// What a person signs in with; SeaTable calls it the contact e-mail.
    pub(in crate::practice) address: Address,
    /// The internal id, `…@auth.local`.
    pub(super) id: String,
    pub(super) name: String,
    pub(in crate::practice) password: Secret,
    /// The account token.
    pub(in crate::practice) token: Secret,
    /// The one-time code, where a second factor is on.
    pub(in crate::practice) code: Option<Secret>,
}

/// A workspace.
pub(super) struct Workspace {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) kind: WorkspaceKind,
}

/// Whose workspace it is; persons by their ids.
pub(super) enum WorkspaceKind {
    Personal { owner: String },
    Group { group_id: u64, owner: String, admins: Vec<String>, members: Vec<String> },
}

/// A base.
#[derive(Clone)]
pub(in crate::practice) struct Base {
    pub(super) id: u64,
    pub(super) workspace_id: u64,
    pub(in crate::practice) uuid: String,
    pub(in crate::practice) name: String,
    /// Opens this base alone.
    pub(in crate::practice) api_token: Secret,
    /// With whom it is shared.
    pub(super) shared_with: Vec<String>,
    /// Who marked it with a star.
    pub(super) starred_by: Vec<String>,
}

/// An account of a base.
#[derive(Clone)]
pub(in crate::practice) struct Account {
    pub(in crate::practice) id: u64,
    pub(super) base: String,
    pub(in crate::practice) name: String,
    pub(super) kind: String,
    /// As it came, and as the sender completes it.
    pub(in crate::practice) detail: Map<String, Value>,
}

/// What the practice SeaTable holds.
pub(in crate::practice) struct Store {
    pub(in crate::practice) persons: Vec<Person>,
    /// Owner of what the practice users do not own; nobody signs in as them.
    pub(super) office: String,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) bases: Vec<Base>,
    accounts: Vec<Account>,
    next_account: u64,
    pub(super) tasks: HashMap<String, Task>,
    /// How many messages are on their way, those of forgotten tasks included.
    pub(super) sending: usize,
    /// How many wrong passwords came in a row, by the person's id.
    wrong_passwords: HashMap<String, u32>,
    asked: HashMap<String, u32>,
    /// Base and name of the accounts that the fault `seatable-name-taken` made.
    taken: HashSet<(String, String)>,
}

impl Store {
    /// One without anything.
    pub(super) fn new(persons: Vec<Person>, office: String) -> Self {
        Self {
            persons,
            office,
            workspaces: Vec::new(),
            bases: Vec::new(),
            accounts: Vec::new(),
            // Not 1: an id that was not read but guessed should be wrong.
            next_account: 17,
            tasks: HashMap::new(),
            sending: 0,
            wrong_passwords: HashMap::new(),
            asked: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    /// How often a path was asked before.
    pub(super) fn times_asked(&mut self, path: &str) -> u32 {
        if self.asked.len() >= MAX_PATHS {
            self.asked.clear();
        }
        let count = self.asked.entry(path.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// Notes whether the password of a person was right; the wrong ones in a row.
    pub(super) fn password_came(&mut self, person: &Person, right: bool) -> u32 {
        let wrong = self.wrong_passwords.entry(person.id.clone()).or_default();
        *wrong = if right { 0 } else { wrong.saturating_add(1) };
        *wrong
    }

    /// The base with that UUID, with or without dashes.
    pub(in crate::practice) fn base(&self, uuid: &str) -> Option<&Base> {
        let plain = |text: &str| text.replace('-', "");
        let wanted = plain(uuid);
        self.bases.iter().find(|base| plain(&base.uuid) == wanted)
    }

    /// The base that an API token opens.
    pub(super) fn base_of_token(&self, token: &Secret) -> Option<&Base> {
        self.bases.iter().find(|base| base.api_token == *token)
    }

    /// The workspace in which a base lies.
    pub(super) fn workspace(&self, base: &Base) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.id == base.workspace_id)
    }

    /// What a person may do in a base; `None` where it cannot be seen.
    pub(in crate::practice) fn right(&self, person: &Person, base: &Base) -> Option<Right> {
        let is = |id: &String| *id == person.id;
        let within = self.workspace(base).and_then(|workspace| match &workspace.kind {
            WorkspaceKind::Personal { owner } => is(owner).then_some(Right::Admin),
            WorkspaceKind::Group { owner, admins, .. } if is(owner) || admins.iter().any(is) => {
                Some(Right::Admin)
            }
            WorkspaceKind::Group { members, .. } => members.iter().any(is).then_some(Right::Member),
        });
        within.or_else(|| base.shared_with.iter().any(is).then_some(Right::Shared))
    }

    /// The bases that a person sees, and what they may do there.
    pub(in crate::practice) fn visible(&self, person: &Person) -> Vec<(&Base, Right)> {
        let seen = |base| self.right(person, base).map(|right| (base, right));
        self.bases.iter().filter_map(seen).collect()
    }

    /// The workspace of a base as SeaTable names it to a person; of a shared base, who shares it.
    pub(in crate::practice) fn workspace_name(&self, base: &Base, right: Right) -> String {
        if right == Right::Shared {
            return OFFICE.to_owned();
        }
        self.workspace(base).map_or_else(String::new, |workspace| workspace.name.clone())
    }

    /// The accounts of a base.
    pub(in crate::practice) fn accounts<'a>(&'a self, base: &'a str) -> impl Iterator<Item = &'a Account> {
        self.accounts.iter().filter(move |account| account.base == base)
    }

    /// One of them.
    pub(in crate::practice) fn account(&self, base: &str, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id && account.base == base)
    }

    /// The same, to be changed.
    pub(super) fn account_mut(&mut self, base: &str, id: u64) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id && account.base == base)
    }

    /// One of them, by its name.
    pub(super) fn account_named(&self, base: &str, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name && account.base == base)
    }

    /// Adds one; `None` when there are too many.
    pub(super) fn add(
        &mut self,
        base: &str,
        name: &str,
        kind: &str,
        detail: Map<String, Value>,
    ) -> Option<&Account> {
        if self.accounts.len() >= MAX_ACCOUNTS {
            return None;
        }
        let id = self.next_account;
        self.next_account += 1;
        let (base, name, kind) = (base.to_owned(), name.to_owned(), kind.to_owned());
        self.accounts.push(Account { id, base, name, kind, detail });
        self.accounts.last()
    }

    /// Removes one; false when there is none.
    pub(super) fn remove(&mut self, base: &str, id: u64) -> bool {
        let before = self.accounts.len();
        self.accounts.retain(|account| account.id != id || account.base != base);
        self.accounts.len() < before
    }

    /// Makes the accounts of the fault `seatable-name-taken`, each once: what is deleted stays deleted.
    pub(super) fn take_names(&mut self, base: &str, senders: &[Address]) {
        let first = senders.first().map_or("", Address::as_str);
        let names = senders.iter().map(|sender| (sender.as_str(), sender.as_str()));
        for (name, sender) in names.chain([("Gmail", first)]) {
            if self.taken.insert((base.to_owned(), name.to_owned()))
                && self.account_named(base, name).is_none()
            {
                self.add(base, name, "email", old_detail(sender));
            }
        }
    }
}

/// An account with an app password that nobody knows any more.
fn old_detail(sender: &str) -> Map<String, Value> {
    let detail = json!({
        "email_provider": "GeneralEmailProvider",
        "email_host": "smtp.gmail.com",
        "email_port": 587,
        "host_user": sender,
        "password": "abcdabcdabcdabcd",
    });
    detail.as_object().cloned().unwrap_or_default()
}

impl Account {
    /// As the API tells it, without what that version keeps to itself.
    pub(super) fn shown(&self, version: Version) -> Value {
        let mut detail = self.detail.clone();
        if self.kind == "email" {
            let always = ["password", "client_secret"];
            let later = ["refresh_token", "access_token"];
            let later = later.iter().filter(|_| version >= Version::NO_USERNAME);
            for key in always.iter().chain(later) {
                detail.remove(*key);
            }
        }
        self.with(&detail)
    }

    /// As the API tells it to who holds an API token of the base: with every secret.
    pub(super) fn whole(&self) -> Value {
        self.with(&self.detail)
    }

    fn with(&self, detail: &Map<String, Value>) -> Value {
        json!({
            "id": self.id,
            "account_name": self.name,
            "account_type": self.kind,
            "detail": detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        let detail = json!({ "password": "p", "client_secret": "c", "refresh_token": "r", "access_token": "a", "x": 1 });
        let detail = detail.as_object().unwrap().clone();
        Account { id: 1, base: "b".into(), name: "n".into(), kind: "email".into(), detail }
    }

    fn keys(value: &Value) -> Vec<&str> {
        value["detail"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn an_answer_keeps_secrets_by_version() {
        assert_eq!(keys(&account().shown(Version::new(6, 1, 0))), ["x"]);
        assert_eq!(keys(&account().shown(Version::new(6, 0, 9))), ["access_token", "refresh_token", "x"]);
        assert_eq!(keys(&account().whole()).len(), 5);
    }

    #[test]
    fn taken_names_are_made_once() {
        let mut store = Store::new(Vec::new(), String::new());
        let anna = [Address::parse("anna@practice.example").unwrap()];
        store.take_names("b", &anna);
        let names: Vec<_> = store.accounts("b").map(|account| account.name.clone()).collect();
        assert_eq!(names, ["anna@practice.example", "Gmail"]);
        let id = store.account_named("b", "Gmail").unwrap().id;
        assert!(store.remove("b", id) && !store.remove("b", id));
        store.take_names("b", &anna);
        assert!(store.account_named("b", "Gmail").is_none());
    }

    #[test]
    fn paths_are_counted_one_by_one() {
        let mut store = Store::new(Vec::new(), String::new());
        assert_eq!(["a", "a", "b", "a"].map(|path| store.times_asked(path)), [0, 1, 0, 2]);
    }
}
