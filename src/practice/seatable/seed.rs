//! What there is in the practice SeaTable from the start.

use std::io;

use super::store::{Base, Person, Store, Workspace, WorkspaceKind};
use crate::{
    model::{address::Address, secret::Secret},
    practice::{Fault, random, state::State},
};

const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"0123456789";

/// The practice user with a second factor.
const WITH_CODE: &str = "ben@practice.example";

/// How many bases a person sees with the fault `seatable-many-bases`: the five that there always are, and the rest
/// in a group of its own.
const MANY: usize = 2000;

impl Store {
    /// Every user has bases of all kinds: personal ones, one of a group that they administer (and share with the
    /// other users), one of a group in which they are a member only, and one that is shared with them.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn seeded(addresses: &[Address], state: &State) -> io::Result<Self> {
        let with_code = |address: &Address| state.has(Fault::SeatableOtp) || address.same_mailbox(WITH_CODE);
        let persons = addresses
            .iter()
            .map(|address| person(address, with_code(address)))
            .collect::<io::Result<Vec<_>>>()?;
        let everybody: Vec<String> = persons.iter().map(|person| person.id.clone()).collect();
        let mut store = Self::new(persons, internal_id()?);
        for owner in &everybody {
            let kind = WorkspaceKind::Personal { owner: owner.clone() };
            let personal = store.add_workspace("personal", kind);
            if !state.has(Fault::SeatableNoBase) {
                store.add_base(personal, "Orders")?.starred_by.push(owner.clone());
                store.add_base(personal, "Customers")?;
            }
        }
        if state.has(Fault::SeatableNoBase) {
            return Ok(store);
        }
        let team = store.add_group("Team", &everybody, &everybody);
        store.add_base(team, "Events")?;
        let finance = store.add_group("Finance", &[], &everybody);
        store.add_base(finance, "Accounting")?;
        let office = WorkspaceKind::Personal { owner: store.office.clone() };
        let office = store.add_workspace("personal", office);
        store.add_base(office, "Library")?.shared_with.clone_from(&everybody);
        if state.has(Fault::SeatableManyBases) {
            let archive = store.add_group("Archive", &everybody, &everybody);
            for number in 1..=MANY - 5 {
                store.add_base(archive, &format!("Project {number:04}"))?;
            }
        }
        Ok(store)
    }

    fn add_workspace(&mut self, name: &str, kind: WorkspaceKind) -> u64 {
        let id = self.workspaces.len() as u64 + 201;
        self.workspaces.push(Workspace { id, name: name.to_owned(), kind });
        id
    }

    /// A group that the office owns.
    fn add_group(&mut self, name: &str, admins: &[String], members: &[String]) -> u64 {
        let kind = WorkspaceKind::Group {
            group_id: self.workspaces.len() as u64 + 41,
            owner: self.office.clone(),
            admins: admins.to_vec(),
            members: members.to_vec(),
        };
        self.add_workspace(name, kind)
    }

    fn add_base(&mut self, workspace_id: u64, name: &str) -> io::Result<&mut Base> {
        let base = Base {
            id: self.bases.len() as u64 + 361,
            workspace_id,
            uuid: uuid()?,
            name: name.to_owned(),
            api_token: token()?,
            shared_with: Vec::new(),
            starred_by: Vec::new(),
        };
        let at = self.bases.len();
        self.bases.push(base);
        Ok(&mut self.bases[at])
    }
}

fn person(address: &Address, with_code: bool) -> io::Result<Person> {
    let local = address.as_str().split('@').next().unwrap_or_default();
    let mut letters = local.chars();
    let name = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    Ok(Person {
        address: address.clone(),
        id: internal_id()?,
        name,
        password: Secret::new(random::text(random::LOWER, 14)?),
        token: token()?,
        code: if with_code { Some(Secret::new(random::text(DIGITS, 6)?)) } else { None },
    })
}

/// SeaTable's ids of persons look like addresses and are none.
fn internal_id() -> io::Result<String> {
    Ok(format!("{}@auth.local", random::text(HEX, 32)?))
}

/// Account tokens and API tokens look alike.
fn token() -> io::Result<Secret> {
    random::text(HEX, 40).map(Secret::new)
}

/// A version 4 UUID (RFC 9562 §5.4).
fn uuid() -> io::Result<String> {
    let hex = random::text(HEX, 30)?;
    let (one, two, three, four, five) = (&hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..]);
    Ok(format!("{one}-{two}-4{three}-a{four}-{five}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{language::Language, seatable::Right};

    fn store(faults: &[Fault]) -> Store {
        let state = State::new(faults.to_vec(), Language::En, Address::parse("me@gmail.com").ok()).unwrap();
        let addresses: Vec<_> = state.lock().users.iter().map(|user| user.address.clone()).collect();
        Store::seeded(&addresses, &state).unwrap()
    }

    #[test]
    fn everybody_sees_bases_of_all_kinds_and_nobody_elses() {
        let store = store(&[]);
        for person in &store.persons {
            let seen: Vec<_> =
                store.visible(person).into_iter().map(|(base, right)| (base.name.as_str(), right)).collect();
            assert_eq!(
                seen,
                [
                    ("Orders", Right::Admin),
                    ("Customers", Right::Admin),
                    ("Events", Right::Admin),
                    ("Accounting", Right::Member),
                    ("Library", Right::Shared),
                ]
            );
            assert_eq!(person.token.length(), 40);
            assert!(person.id.ends_with("@auth.local") && person.id.len() == 43);
        }
        let codes: Vec<_> = store.persons.iter().map(|person| person.code.is_some()).collect();
        assert_eq!(codes, [false, false, true], "me, anna, ben");
        let uuid = &store.bases[0].uuid;
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(store.base(&uuid.replace('-', "")).unwrap().name, "Orders");
    }

    #[test]
    fn faults_change_what_there_is() {
        let none = store(&[Fault::SeatableNoBase, Fault::SeatableOtp]);
        assert!(none.persons.iter().all(|person| none.visible(person).is_empty() && person.code.is_some()));
        let many = store(&[Fault::SeatableManyBases]);
        assert!(many.persons.iter().all(|person| many.visible(person).len() == 2000));
    }
}
