use super::*;
use crate::{
    commands::testing,
    model::{
        account::{Account, Destination},
        address::Address,
        seatable::Connection,
    },
};

fn ids(account: &Account, revoke: bool, kept: &[Account]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "fr", "de"] {
        let session = testing::session(folder.path(), &["list", "--lang", language]);
        for entry in consequences(account, revoke, kept, &session) {
            assert!(!entry.text.contains(['{', '}']) && !entry.text.starts_with("removal."), "{entry:?}");
        }
    }
    let session = testing::session(folder.path(), &["list"]);
    consequences(account, revoke, kept, &session).into_iter().map(|entry| entry.id).collect()
}

#[test]
fn what_stops_and_what_goes_on_depends_on_where_the_key_is() {
    let own = testing::account();
    let gmail = Account { provider: "gmail".to_owned(), ..own.clone() };
    let connection = Connection {
        key_obtained: None,
        base_uuid: "650d8a0d-7e27-46a8-8b18-6cc6f3db2057".to_owned(),
        base: "Orders".to_owned(),
        workspace: "Sales".to_owned(),
        account_id: 7,
        account: "Sender".to_owned(),
        keeps_token: true,
    };
    let url = "https://cloud.seatable.io".to_owned();
    let seatable = Destination::Seatable { url: url.clone(), connection: Some(connection) };
    let shown = Destination::Seatable { url, connection: None };
    let with = |method, destination: &Destination| Account {
        method,
        destination: destination.clone(),
        ..gmail.clone()
    };
    for (account, revoke, expected) in [
        (own.clone(), false, vec!["goes-oauth", "programs", "consent-stays"]),
        (own, true, vec!["goes-oauth", "programs", "revokes"]),
        (gmail.clone(), false, vec!["goes-oauth", "programs", "consent-stays-page"]),
        (
            with(Method::OAuth, &seatable),
            true,
            vec!["goes-oauth", "goes-seatable-token", "programs", "seatable-dies", "revokes-all-of-client"],
        ),
        (
            with(Method::OAuth, &seatable),
            false,
            vec!["goes-oauth", "goes-seatable-token", "programs", "seatable-keeps", "consent-stays-page"],
        ),
        (
            with(Method::OAuth, &shown),
            true,
            vec!["goes-oauth", "programs", "elsewhere-dies", "revokes-all-of-client"],
        ),
        (
            with(Method::AppPassword, &shown),
            false,
            vec!["goes-password", "programs", "elsewhere-keeps", "app-password-stays-page"],
        ),
    ] {
        assert_eq!(ids(&account, revoke, &[]), expected, "{} {revoke}", account.provider);
    }
}

#[test]
fn the_other_accounts_of_a_consent_that_is_withdrawn_are_named() {
    let gmail = Account { provider: "gmail".to_owned(), ..testing::account() };
    let sibling = |id: &str, change: &dyn Fn(&mut Account)| {
        let mut account = Account { id: id.to_owned(), name: id.to_owned(), ..gmail.clone() };
        change(&mut account);
        account
    };
    let kept = [
        gmail.clone(),
        sibling("second", &|_| {}),
        sibling("other-address", &|account| account.address = Address::parse("else@gmail.com").unwrap()),
        sibling("other-client", &|account| account.oauth.as_mut().unwrap().client_id.push('2')),
        sibling("password", &|account| account.oauth = None),
    ];
    let folder = tempfile::tempdir().unwrap();
    let session = testing::session(folder.path(), &["list"]);
    let told = consequences(&gmail, true, &kept, &session);
    let siblings = &told.last().unwrap();
    assert_eq!(siblings.id, "siblings-die");
    assert!(siblings.text.contains("die with it: second. "), "{}", siblings.text);
    assert!(ids(&gmail, true, &kept).contains(&"siblings-die".to_owned()));
    // Where nothing is withdrawn, or each consent is another, they stay.
    assert!(!ids(&gmail, false, &kept).contains(&"siblings-die".to_owned()));
    let own = testing::account();
    let kept = [Account { id: "second".to_owned(), ..own.clone() }];
    assert!(!ids(&own, true, &kept).contains(&"siblings-die".to_owned()));
}

#[test]
fn only_what_a_provider_takes_back_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let session = testing::session(folder.path(), &["list"]);
    let mut account = testing::account();
    let refused = |account: &Account| match revocable(account, &session) {
        Err(CommandError::Say { id, exit: ExitCode::Usage, .. }) => id,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&account), "command.remove-no-revocation");
    account.provider = "gmail".to_owned();
    assert_eq!(refused(&account), "command.remove-no-revocation-page");
    for (method, id) in [
        (Method::AppPassword, "command.remove-app-password-page"),
        (Method::Password, "command.remove-password"),
    ] {
        assert_eq!(refused(&Account { method, ..account.clone() }), id);
    }
    let url = "https://oauth2.googleapis.com/revoke";
    account.oauth.as_mut().unwrap().revoke_url = Some(url.to_owned());
    revocable(&account, &session).unwrap();
}
