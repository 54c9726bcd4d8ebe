//! The account token of SeaTable.

use super::{super::token::carry, *};
use crate::model::seatable::Connection;

/// The account at SeaTable, in this store.
fn connected(store: StoreKind, version: i64, keeps_token: bool) -> Account {
    let connection = Connection {
        base_uuid: "64155cad-ee23-4752-9f56-1773ddc15d92".to_owned(),
        base: "Orders".to_owned(),
        workspace: "personal".to_owned(),
        account_id: 17,
        account: "Gmail".to_owned(),
        keeps_token,
        key_obtained: None,
    };
    let destination =
        Destination::Seatable { url: "https://example.org".to_owned(), connection: Some(connection) };
    Account { destination, store, ..account(version) }
}

#[test]
fn a_token_is_kept_replaced_and_forgotten() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    let kept = || read_token(&world, &account(1), &cancel).unwrap();
    assert_eq!(kept(), None);
    for token in ["first", "second"] {
        write_token(&world, &account(1), &Secret::from(token), &cancel).unwrap();
        assert_eq!(read(&world, "seatable-token"), Some(Secret::from(token)));
        assert_eq!(kept(), Some(Secret::from(token)));
    }
    delete_token(&world, &account(1), &cancel).unwrap();
    delete_token(&world, &account(1), &cancel).unwrap();
    assert_eq!(kept(), None);
    assert_only(&world, 1);
}

#[test]
fn a_renewal_leaves_the_token_where_it_is() {
    let (world, _home) = world();
    let cancel = Cancel::new();
    for version in [1, 2] {
        let account = connected(StoreKind::Keyring, version, true);
        save_pending(&world, &account, &secrets(version), &cancel).unwrap();
        keep_account(&world, &account, &cancel, drop).unwrap();
        if version == 1 {
            write_token(&world, &account, &Secret::from("token"), &cancel).unwrap();
        }
    }
    assert_eq!(read(&world, "seatable-token"), Some(Secret::from("token")));
}

#[test]
fn a_token_moves_along_to_another_store_and_leaves_nothing_in_the_old_one() {
    for keeps_token in [true, false] {
        let home = tempfile::tempdir().unwrap();
        let mut world = world_in(&home);
        world.stores = SecretStores::of_system(&world.environment.folders);
        let cancel = Cancel::new();
        let from = connected(StoreKind::Memory, 1, keeps_token);
        let to = connected(StoreKind::PlainFile, 2, keeps_token);
        save_pending(&world, &from, &secrets(1), &cancel).unwrap();
        keep_account(&world, &from, &cancel, drop).unwrap();
        if keeps_token {
            write_token(&world, &from, &Secret::from("canary-token"), &cancel).unwrap();
        }
        save_pending(&world, &to, &secrets(2), &cancel).unwrap();
        keep_account(&world, &to, &cancel, |progress| {
            // Where the record leads, the token is.
            if progress == Progress::Kept(Checkpoint::Recorded) {
                assert_eq!(read_token(&world, &to, &cancel).unwrap().is_some(), keeps_token);
            }
        })
        .unwrap();
        let carried = keeps_token.then(|| Secret::from("canary-token"));
        assert_eq!(read_token(&world, &to, &cancel).unwrap(), carried);
        assert_eq!(read_token(&world, &from, &cancel).unwrap(), None);
    }
}

/// The only copy is cleared away, so the record must not promise one.
#[test]
fn a_token_that_does_not_move_along_is_not_in_the_record_either() {
    let home = tempfile::tempdir().unwrap();
    let mut world = world_in(&home);
    world.stores = SecretStores::of_system(&world.environment.folders);
    let cancel = Cancel::new();
    let from = connected(StoreKind::Memory, 1, true);
    let to = connected(StoreKind::PlainFile, 2, true);
    save_pending(&world, &from, &secrets(1), &cancel).unwrap();
    keep_account(&world, &from, &cancel, drop).unwrap();
    save_pending(&world, &to, &secrets(2), &cancel).unwrap();
    // The old store has lost it.
    let found = keep_account(&world, &to, &cancel, drop).unwrap();
    let recorded = connected(StoreKind::PlainFile, 2, false);
    assert_eq!(found.as_ref(), Some(&recorded.destination), "and the wizard hears of it");
    assert_eq!(accounts(&world).unwrap(), std::slice::from_ref(&recorded));
    assert_eq!(files::pending(&world, &to.id).unwrap(), None);

    // Or the new one does not take it.
    write_token(&world, &from, &Secret::from("canary-token"), &cancel).unwrap();
    assert!(carry(&world, &from, &to, &cancel));
    std::fs::remove_dir_all(&world.environment.folders.config).unwrap();
    std::fs::write(&world.environment.folders.config, "no folder").unwrap();
    assert!(!carry(&world, &from, &to, &cancel));
    assert!(carry(&world, &from, &recorded, &cancel), "nothing is promised");
}

/// The account was connected to another base while a renewal waited to be finished.
#[test]
fn a_renewal_does_not_take_an_account_out_of_its_base() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    let now = connected(StoreKind::PlainFile, 1, true);
    files::save_account(&world, &now).unwrap();
    let Destination::Seatable { url, .. } = now.destination.clone() else { panic!("SeaTable") };
    let renewed = Account {
        destination: Destination::Seatable { url, connection: None },
        ..connected(StoreKind::PlainFile, 2, true)
    };
    save_pending(&world, &renewed, &secrets(2), &cancel).unwrap();
    let found = keep_account(&world, &renewed, &cancel, drop).unwrap();
    assert_eq!(found.as_ref(), Some(&now.destination));
    let account = &accounts(&world).unwrap()[0];
    assert_eq!((account.connection(), account.key.obtained), (now.connection(), renewed.key.obtained));
}

/// Given up after its promotion had begun, it is finished: with the base of today.
#[test]
fn a_renewal_that_is_given_up_does_not_either() {
    let (world, _home) = kept_world();
    let cancel = Cancel::new();
    let now = Account { oauth: account(1).oauth, ..connected(StoreKind::Keyring, 1, true) };
    files::save_account(&world, &now).unwrap();
    let renewed = Account { oauth: account(1).oauth, ..account(2) };
    let new = Secrets { client_secret: secrets(1).client_secret, ..secrets(2) };
    save_pending(&world, &renewed, &new, &cancel).unwrap();
    write(&world, "key", new.key.expose());
    drop_pending(&world, &renewed, &cancel).unwrap();
    let account = &accounts(&world).unwrap()[0];
    assert_eq!((account.connection(), account.key.obtained), (now.connection(), renewed.key.obtained));
}

#[test]
fn a_connection_is_recorded_and_nothing_else_changes() {
    let (world, _home) = kept_world();
    let there = connected(StoreKind::Keyring, 1, false);
    let connection = there.connection().unwrap();
    // The record in the file counts, not the one that the caller holds.
    let stale = Account { name: "stale".to_owned(), ..account(1) };
    record_connection(&world, &stale, "https://example.org", connection).unwrap();
    assert_eq!(accounts(&world).unwrap(), std::slice::from_ref(&there));
    let stranger = Account { id: "unknown".to_owned(), ..account(1) };
    let failure = record_connection(&world, &stranger, "https://example.org", connection).unwrap_err();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_not_found"));
}
