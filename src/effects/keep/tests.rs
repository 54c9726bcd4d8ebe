mod access;
mod forgetting;
mod interrupted;
mod moving;
mod records;
mod refreshing;
mod rotation;
mod token;

use tempfile::TempDir;
use time::Duration;

use super::*;
use crate::{
    effects::{
        files::{
            CheckRecord, accounts,
            interruption::{Manner, stop_at},
            load_state, record_check, save_account,
        },
        store::SecretStores,
        world::BrowserChoice,
    },
    environment::{Environment, Folders, Terminals},
    model::{
        Time,
        account::{Destination, KeyLife, LastCheck, OAuthSettings},
        address::Address,
        client::ClientKind,
        failure::KEPT,
        method::{Method, SendVia},
        server::{Security, Server},
        store_kind::StoreKind,
        user::User,
    },
};

/// A world with a new home, and a keyring in memory.
pub(in crate::effects) fn world() -> (World, TempDir) {
    let home = tempfile::tempdir().unwrap();
    (world_in(&home), home)
}

fn world_in(home: &TempDir) -> World {
    let folders = Folders {
        config: home.path().join("config/mailkey"),
        state: home.path().join("state/mailkey"),
        home: home.path().to_owned(),
    };
    let terminals = Terminals { input: false, output: false, error: false };
    World {
        stores: SecretStores::in_memory(),
        browser: BrowserChoice::Never,
        ..World::of(Environment::made(folders, terminals, &[]))
    }
}

/// The account whose `version`-th key this is.
fn account(version: i64) -> Account {
    Account {
        id: "0123456789abcdef".to_owned(),
        name: "anna".to_owned(),
        address: Address::parse("anna@gmail.com").unwrap(),
        user: User::Address,
        region: None,
        imap_user: None,
        provider: "gmail".to_owned(),
        method: Method::OAuth,
        send_via: SendVia::Smtp,
        smtp: Server { host: "smtp.gmail.com".to_owned(), port: 587, security: Security::StartTls },
        imap: None,
        oauth: Some(OAuthSettings {
            authorize_url: "https://example.org/authorize".to_owned(),
            token_url: "https://example.org/token".to_owned(),
            revoke_url: None,
            device_url: None,
            issuer: None,
            client_id: format!("client-{version}"),
            client_kind: ClientKind::Desktop,
            redirect_port: None,
            scopes: vec!["mail".to_owned()],
            requested_scopes: Vec::new(),
            api_url: None,
            api_kind: crate::model::provider::SendApiKind::default(),
            tenant: None,
        }),
        destination: Destination::Cli,
        store: StoreKind::Keyring,
        key: KeyLife::begun(Time::UNIX_EPOCH + Duration::days(version)),
        // The first key is the one of the set-up, the others are renewals.
        created: Time::UNIX_EPOCH + Duration::days(1),
        last_check: None,
    }
}

/// Its secrets.
fn secrets(version: i64) -> Secrets {
    Secrets {
        key: Secret::new(format!("canary-key-{version}")),
        client_secret: Some(Secret::new(format!("canary-client-{version}"))),
    }
}

fn save(world: &World, version: i64) -> Result<(), Failure> {
    save_pending(world, &account(version), &secrets(version), &Cancel::new())
}

fn keep(world: &World, version: i64) -> Result<Vec<Progress>, Failure> {
    let mut told = Vec::new();
    keep_account(world, &account(version), &Cancel::new(), |progress| told.push(progress))?;
    Ok(told)
}

/// A world in which version 1 is kept.
fn kept_world() -> (World, TempDir) {
    let (world, home) = world();
    save(&world, 1).unwrap();
    keep(&world, 1).unwrap();
    (world, home)
}

/// A set-up with its key pending.
fn begun() -> (World, TempDir) {
    let (world, home) = world();
    save(&world, 1).unwrap();
    (world, home)
}

/// A kept account with the key of its renewal pending.
fn renewed() -> (World, TempDir) {
    let (world, home) = kept_world();
    save(&world, 2).unwrap();
    (world, home)
}

/// Takes the list of accounts away; answers with where it was and what was in it.
fn lose_accounts(world: &World) -> (std::path::PathBuf, String) {
    let path = world.environment.folders.config.join("accounts.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    (path, text)
}

fn read(world: &World, entry: &str) -> Option<Secret> {
    let entry = format!("{}/{entry}", account(1).id);
    world.stores.read(StoreKind::Keyring, &entry, &Cancel::new()).unwrap()
}

fn write(world: &World, entry: &str, secret: &str) {
    let entry = format!("{}/{entry}", account(1).id);
    world.stores.write(StoreKind::Keyring, &entry, &Secret::from(secret), &Cancel::new()).unwrap();
}

/// Everything is as it should be when the key of `version` is the only one there is.
#[track_caller]
fn assert_only(world: &World, version: i64) {
    assert_eq!(accounts(world).unwrap(), [account(version)]);
    assert_eq!(read_secrets(world, &account(version), false, &Cancel::new()).unwrap(), secrets(version));
    assert_eq!(read(world, "pending-key"), None);
    assert_eq!(read(world, "pending-client-secret"), None);
    assert_eq!(load_state(world).unwrap().pending, None);
}

#[test]
fn a_key_is_noted_promoted_and_recorded() {
    let (world, _home) = world();
    save(&world, 1).unwrap();
    let state = load_state(&world).unwrap();
    assert_eq!((state.accounts, state.pending), (vec![], Some(account(1))));
    assert_eq!(read_secrets(&world, &account(1), true, &Cancel::new()).unwrap(), secrets(1));
    assert_eq!(read(&world, "key"), None);
    let told = keep(&world, 1).unwrap();
    let steps = [Checkpoint::Promoted, Checkpoint::Recorded, Checkpoint::ReadBack];
    assert_eq!(told, steps.map(Progress::Kept));
    assert_only(&world, 1);
}

#[test]
fn the_old_key_stays_until_the_new_one_is_promoted() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    assert_eq!(read_secrets(&world, &account(1), false, &Cancel::new()).unwrap(), secrets(1));
    assert_eq!(accounts(&world).unwrap(), [account(1)]);
    keep(&world, 2).unwrap();
    assert_only(&world, 2);
}

#[test]
fn each_checkpoint_is_told_when_it_is_true() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    keep_account(&world, &account(2), &Cancel::new(), |progress| match progress {
        Progress::Kept(Checkpoint::Promoted) => {
            assert_eq!(read(&world, "key"), Some(secrets(2).key));
            assert_eq!(accounts(&world).unwrap(), [account(1)]);
        }
        Progress::Kept(Checkpoint::Recorded | Checkpoint::ReadBack) => {
            assert_eq!(accounts(&world).unwrap(), [account(2)]);
            assert_eq!(load_state(&world).unwrap().pending, Some(account(2)));
        }
        other => panic!("{other:?}"),
    })
    .unwrap();
}

#[test]
fn a_failed_save_restores_the_note_of_the_key_before() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    let cancel = Cancel::new();
    let mut failed = false;
    for moment in 0..1000 {
        stop_at(Some((moment, Manner::Fails)));
        let result = save(&world, 3);
        stop_at(None);
        failed |= result.is_err();
        if result.is_ok() {
            break;
        }
        assert!(load_state(&world).unwrap().pending.is_some());
        save_pending(&world, &account(2), &secrets(2), &cancel).unwrap();
    }
    assert!(failed);
    assert_eq!(load_state(&world).unwrap().pending, Some(account(3)));
}

#[test]
fn two_pending_keys_do_not_push_each_other_out() {
    let (world, _home) = world();
    let other = Account { id: "f".repeat(16), name: "bob".to_owned(), ..account(5) };
    save_pending(&world, &other, &secrets(5), &Cancel::new()).unwrap();
    save(&world, 1).unwrap();
    assert_eq!(load_state(&world).unwrap().pending, Some(other.clone()));
    keep_account(&world, &other, &Cancel::new(), drop).unwrap();
    assert_eq!(load_state(&world).unwrap().pending, Some(account(1)));
}

#[test]
fn what_a_store_says_of_a_kept_account_names_it() {
    let (world, _home) = kept_world();
    let account = account(1);
    save_account(&world, &Account { name: "anna o'hara".to_owned(), ..account.clone() }).unwrap();
    let stopped = Cancel::new();
    stopped.cancel();
    let kept = |account: &Account, pending| {
        let failure = read_secrets(&world, account, pending, &stopped).unwrap_err();
        failure.details.into_iter().find(|(name, _)| *name == KEPT).map(|(_, name)| name)
    };
    assert_eq!(kept(&account, false).as_deref(), Some("'anna o'\\''hara'"));
    assert_eq!(kept(&account, true), None, "a pending key is not kept");
    let elsewhere = Account { store: StoreKind::PlainFile, ..account.clone() };
    assert_eq!(kept(&elsewhere, false), None, "its store is another one");
    let other = Account { id: "f".repeat(16), ..account };
    assert_eq!(kept(&other, false), None, "there is no such account");
}

#[test]
fn a_key_that_moves_to_another_store_leaves_nothing_in_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    let at = |store, version| Account { store, ..account(version) };
    let cancel = Cancel::new();
    let (memory, file) = (at(StoreKind::Memory, 1), at(StoreKind::PlainFile, 2));
    save_pending(&world, &memory, &secrets(1), &cancel).unwrap();
    keep_account(&world, &memory, &cancel, drop).unwrap();
    save_pending(&world, &file, &secrets(2), &cancel).unwrap();
    keep_account(&world, &file, &cancel, drop).unwrap();
    assert_eq!(read_secrets(&world, &file, false, &cancel).unwrap(), secrets(2));
    for entry in ["key", "client-secret"] {
        let entry = format!("{}/{entry}", memory.id);
        assert_eq!(world.stores.read(StoreKind::Memory, &entry, &cancel).unwrap(), None, "{entry}");
    }
}

#[test]
fn a_renewal_with_the_same_client_that_was_promoted_is_recorded_when_it_is_given_up() {
    let (world, _home) = kept_world();
    let renewed = Account { oauth: account(1).oauth, ..account(2) };
    let new = Secrets { client_secret: secrets(1).client_secret, ..secrets(2) };
    let cancel = Cancel::new();
    save_pending(&world, &renewed, &new, &cancel).unwrap();
    // Not begun: the old record and the old key stay.
    drop_pending(&world, &renewed, &cancel).unwrap();
    assert_only(&world, 1);
    save_pending(&world, &renewed, &new, &cancel).unwrap();
    write(&world, "key", new.key.expose());
    drop_pending(&world, &renewed, &cancel).unwrap();
    assert_eq!(accounts(&world).unwrap(), [renewed]);
    assert_eq!(load_state(&world).unwrap().pending, None);
}

/// A damaged list of accounts is set aside, and may be repaired: the key in use is not the renewal's to delete.
#[test]
fn a_renewal_that_is_given_up_without_a_record_leaves_the_key_in_use() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    let (path, text) = lose_accounts(&world);
    drop_pending(&world, &account(2), &Cancel::new()).unwrap();
    std::fs::write(path, text).unwrap();
    assert_only(&world, 1);
}

#[test]
fn an_app_password_needs_no_client() {
    let (world, _home) = world();
    let account = Account { method: Method::AppPassword, oauth: None, ..account(1) };
    let secrets = Secrets { key: Secret::from("abcdefghijklmnop"), client_secret: None };
    save_pending(&world, &account, &secrets, &Cancel::new()).unwrap();
    keep_account(&world, &account, &Cancel::new(), drop).unwrap();
    assert_eq!(read_secrets(&world, &account, false, &Cancel::new()).unwrap(), secrets);
}

#[test]
fn the_clients_secret_is_read_though_the_key_is_gone() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    world.stores.delete(StoreKind::Keyring, &format!("{}/key", account(1).id), &cancel).unwrap();
    assert_eq!(read_client_secret(&world, &account(1), &cancel).unwrap(), secrets(1).client_secret);
    // What is missing is still told to whoever needs the key.
    assert_eq!(read_secrets(&world, &account(1), false, &cancel).unwrap_err().code, "_missing");
    world.stores.delete(StoreKind::Keyring, &format!("{}/client-secret", account(1).id), &cancel).unwrap();
    assert_eq!(read_client_secret(&world, &account(1), &cancel).unwrap(), None);
    cancel.cancel();
    assert_eq!(read_client_secret(&world, &account(1), &cancel).unwrap_err().code, "_cancelled");
}

#[test]
fn a_cancelled_keep_leaves_the_pending_key() {
    let (world, _home) = world();
    save(&world, 1).unwrap();
    let cancel = Cancel::new();
    let result = keep_account(&world, &account(1), &cancel, |_| cancel.cancel());
    assert_eq!(result.unwrap_err().code, "_cancelled");
    assert_eq!(load_state(&world).unwrap().pending, Some(account(1)));
    keep(&world, 1).unwrap();
    assert_only(&world, 1);
}

/// The record is written and read back: the account is kept, whatever becomes of the rest.
#[test]
fn what_cannot_be_cleared_away_makes_no_failure() {
    let (world, _home) = kept_world();
    save(&world, 2).unwrap();
    let result = keep_account(&world, &account(2), &Cancel::new(), |progress| {
        if progress == Progress::Kept(Checkpoint::ReadBack) {
            stop_at(Some((0, Manner::Fails)));
        }
    });
    stop_at(None);
    assert_eq!(result, Ok(None));
    assert_eq!(accounts(&world).unwrap(), [account(2)]);
    // The next start offers it, and both answers clear it away.
    let pending = load_state(&world).unwrap().pending;
    assert_eq!(pending, Some(account(2)));
    drop_pending(&world, &account(2), &Cancel::new()).unwrap();
    assert_only(&world, 2);
}

#[test]
fn the_pending_key_of_another_mailkey_is_neither_kept_nor_deleted() {
    let (world, _home) = renewed();
    // It was begun later, and has put its key into the same place.
    save(&world, 3).unwrap();
    assert_eq!(keep(&world, 2).unwrap_err().code, "_locked");
    assert_eq!(drop_pending(&world, &account(2), &Cancel::new()).unwrap_err().code, "_locked");
    assert_eq!(accounts(&world).unwrap(), [account(1)]);
    assert_eq!(read(&world, "key"), Some(secrets(1).key));
    keep(&world, 3).unwrap();
    assert_only(&world, 3);
}

#[test]
fn a_name_that_was_taken_meanwhile_is_refused_before_anything_is_promoted() {
    let (world, _home) = kept_world();
    let other = Account { id: "f".repeat(16), ..account(5) };
    save_pending(&world, &other, &secrets(5), &Cancel::new()).unwrap();
    let mut told = Vec::new();
    let result = keep_account(&world, &other, &Cancel::new(), |progress| told.push(progress));
    let failure = result.unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_name_taken"));
    assert_eq!((accounts(&world).unwrap(), told), (vec![account(1)], vec![]));
    let renamed = Account { name: "bob".to_owned(), ..other };
    keep_account(&world, &renamed, &Cancel::new(), drop).unwrap();
    assert_eq!(accounts(&world).unwrap(), [account(1), renamed]);
}

#[test]
fn a_check_is_recorded_and_nothing_else_changes() {
    let (world, _home) = kept_world();
    let check = LastCheck { at: Time::UNIX_EPOCH, ok: false, diagnosis: Some("token-dead".to_owned()) };
    // The record in the file counts, not the one that the caller holds.
    record_check(
        &world,
        &CheckRecord::of(&Account { name: "stale".to_owned(), ..account(1) }, check.clone()),
    )
    .unwrap();
    let recorded = Account { last_check: Some(check.clone()), ..account(1) };
    assert_eq!(accounts(&world).unwrap(), [recorded]);
    let stranger = Account { id: "unknown".to_owned(), ..account(1) };
    assert_eq!(
        record_check(&world, &CheckRecord::of(&stranger, check.clone())).unwrap_err().code,
        "_not_found"
    );
}

#[test]
fn a_record_that_changed_meanwhile_is_not_called_kept() {
    let (world, _home) = world();
    save(&world, 1).unwrap();
    let result = keep_account(&world, &account(1), &Cancel::new(), |progress| {
        if progress == Progress::Kept(Checkpoint::Recorded) {
            write(&world, "key", "another");
        }
    });
    assert_eq!(result.unwrap_err().code, "_mismatch");
    assert_eq!(load_state(&world).unwrap().pending, Some(account(1)));
    save_account(&world, &account(1)).unwrap();
}

/// Another store is chosen while the key is pending: it leads to the old one until the new one has it, and nothing
/// stays behind.
#[test]
fn a_pending_key_moves_to_another_store_and_leaves_nothing_behind() {
    let (mut world, _home) = world();
    world.stores = SecretStores::of_system(&world.environment.folders);
    let there = |store| Account { store, ..account(1) };
    let (from, to) = (there(StoreKind::Memory), there(StoreKind::PlainFile));
    save_pending(&world, &from, &secrets(1), &Cancel::new()).unwrap();
    save_pending(&world, &to, &secrets(2), &Cancel::new()).unwrap();
    assert_eq!(files::pending(&world, &to.id).unwrap().map(|note| note.store), Some(StoreKind::PlainFile));
    assert_eq!(read_secrets(&world, &to, true, &Cancel::new()).unwrap(), secrets(2));
    for entry in ["pending-key", "pending-client-secret"] {
        let entry = format!("{}/{entry}", from.id);
        assert_eq!(world.stores.read(StoreKind::Memory, &entry, &Cancel::new()).unwrap(), None, "{entry}");
    }
}

/// A write that was given up may still have its effect: here it had.
#[test]
fn a_cancel_leaves_no_key_without_a_note() {
    let (mut world, _home) = world();
    world.stores = SecretStores::of_system(&world.environment.folders);
    let there = |store| Account { store, ..account(1) };
    let (memory, file) = (there(StoreKind::Memory), there(StoreKind::PlainFile));
    let entry = format!("{}/pending-key", file.id);
    let written = |store| world.stores.read(store, &entry, &Cancel::new()).unwrap();
    let write = |store| world.stores.write(store, &entry, &Secret::from("late"), &Cancel::new()).unwrap();
    let cancelled = Cancel::new();
    cancelled.cancel();

    write(StoreKind::PlainFile);
    assert_eq!(save_pending(&world, &file, &secrets(1), &cancelled).unwrap_err().code, "_cancelled");
    assert_eq!((written(StoreKind::PlainFile), files::pending(&world, &file.id).unwrap()), (None, None));

    save_pending(&world, &memory, &secrets(1), &Cancel::new()).unwrap();
    write(StoreKind::PlainFile);
    assert_eq!(save_pending(&world, &file, &secrets(2), &cancelled).unwrap_err().code, "_cancelled");
    assert_eq!(written(StoreKind::PlainFile), None);
    assert_eq!(read_secrets(&world, &memory, true, &Cancel::new()).unwrap(), secrets(1));
}
