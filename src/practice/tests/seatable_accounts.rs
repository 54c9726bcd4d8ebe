//! SeaTable: the accounts of a base.

use serde_json::{Value, json};

use super::{
    client::{ANNA, start},
    seatable_client::{Client, accounts},
};
use crate::practice::{Fault, Options, Practice};

fn gmail() -> Value {
    json!({
        "email_provider": "Gmail",
        "client_id": "id",
        "client_secret": "s1",
        "refresh_token": "s2",
        "access_token": "s3",
        "password": "s4",
        "scopes": ["x"],
        "sender_email": ANNA,
    })
}

fn refused(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

#[test]
fn an_account_is_added_listed_changed_and_deleted() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let path = accounts(client.uuid("Orders"));
    assert_eq!(client.get(&path).json(), json!({ "accounts_list": [] }));
    let added = client.add("Orders", "Gmail", &gmail());
    assert_eq!(added.status, 201, "{added:?}");
    let account = added.json()["account"].clone();
    assert_eq!((&account["account_name"], &account["account_type"]), (&"Gmail".into(), &"email".into()));
    let shown =
        json!({ "email_provider": "Gmail", "client_id": "id", "scopes": ["x"], "sender_email": ANNA });
    assert_eq!(account["detail"], shown, "no secret comes back");
    assert_eq!(client.get(&path).json()["accounts_list"], json!([account]));
    assert_eq!(client.get(&format!("{path}detail/?account_name=Gmail")).json()["account"], account);
    assert_eq!(client.get(&accounts(client.uuid("Events"))).json()["accounts_list"], json!([]));

    let one = format!("{path}{}/", account["id"]);
    let changed =
        client.json("PUT", &one, &json!({ "account_name": "Mail", "detail": { "refresh_token": "s5" } }));
    assert_eq!((changed.status, &changed.json()["account"]["id"]), (200, &account["id"]));
    let kept = practice.seatable_accounts(client.uuid("Orders"));
    assert_eq!((kept[0].id, kept[0].name.as_str()), (account["id"].as_u64().unwrap(), "Mail"));
    assert_eq!((&kept[0].detail["refresh_token"], &kept[0].detail["password"]), (&"s5".into(), &"s4".into()));

    assert_eq!(client.delete(&one).json(), json!({ "success": true }));
    assert_eq!(client.delete(&one).refusal(), refused(404, "Not found."));
    assert_eq!(
        client
            .json("PUT", &one, &json!({ "account_name": "Mail", "detail": { "sender_name": "x" } }))
            .refusal(),
        refused(404, "Account does not exist.")
    );
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn what_is_wrong_is_told_in_seatables_words() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let path = accounts(client.uuid("Orders"));
    let add = |name: &str, kind: &str, detail: Value| {
        let body = json!({ "account_name": name, "account_type": kind, "detail": detail });
        client.json("POST", &path, &body).refusal()
    };
    assert_eq!(client.add("Orders", "A", &json!({ "sender_name": "x" })).status, 201);
    assert_eq!(client.add("Orders", "B", &json!({ "sender_name": "x" })).status, 201);
    assert_eq!(
        add("A", "email", json!({ "sender_name": "x" })),
        refused(400, "Account name A already exists.")
    );
    let unknown = client.get(&format!("{path}detail/?account_name=C")).refusal();
    assert_eq!(unknown, refused(400, "Account C does not exits."));
    let id = practice.seatable_accounts(client.uuid("Orders"))[0].id;
    let rename = client.json(
        "PUT",
        &format!("{path}{id}/"),
        &json!({ "account_name": "B", "detail": { "sender_name": "x" } }),
    );
    assert_eq!(rename.refusal(), refused(500, "Internal Server Error."));
    assert_eq!(practice.complaints(), [""; 0]);
    // From here on it is the client that is wrong.
    assert_eq!(add("", "email", json!({ "sender_name": "x" })), refused(400, "Account name is invalid."));
    assert_eq!(add("N", "fax", json!({ "sender_name": "x" })), refused(400, "Account type is invalid."));
    assert_eq!(add("N", "email", json!("x")), refused(400, "Account info is invalid."));
    let bare = client.json("PUT", &format!("{path}{id}/"), &json!({ "account_name": "N" }));
    assert_eq!(bare.refusal(), refused(400, "Account info is invalid."));
    // The change has no name, either.
    let bare = client.json("PUT", &format!("{path}{id}/"), &json!({ "detail": { "sender_name": "x" } }));
    assert_eq!(bare.status, 200);
    assert_eq!(practice.complaints().len(), 5, "{:#?}", practice.complaints());
}

#[test]
fn fields_that_seatable_does_not_know_are_noted() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let path = accounts(client.uuid("Orders"));
    let chat =
        json!({ "account_name": "Chat", "account_type": "wechat_robot", "detail": { "webhook_url": "x" } });
    assert_eq!(client.json("POST", &path, &chat).status, 201);
    assert_eq!(practice.complaints(), [""; 0]);
    let body = json!({
        "account_name": "A", "account_type": "email", "name": "A",
        "detail": { "host": "x", "password": "canary" },
    });
    let added = client.json("POST", &path, &body);
    assert_eq!(added.status, 201);
    let body = json!({ "account_name": "A", "kind": "email", "detail": { "token": "canary" } });
    let one = format!("{path}{}/", added.json()["account"]["id"]);
    assert_eq!(client.json("PUT", &one, &body).status, 200);
    let noted =
        |of: &str, key: &str| format!("SeaTable: {of} has a field that SeaTable does not know: {key:?}");
    assert_eq!(
        practice.complaints(),
        [
            noted("an account", "name"),
            noted("detail", "host"),
            noted("an account", "kind"),
            noted("detail", "token"),
        ]
    );
}

#[test]
fn only_administrators_write_and_only_the_invited_read() {
    let practice = start(&[]);
    let (anna, ben) = (Client::new(&practice), Client::of(&practice, 1));
    for (base, read, write) in [("Events", 200, 201), ("Accounting", 200, 403), ("Library", 200, 403)] {
        assert_eq!(anna.get(&accounts(anna.uuid(base))).status, read, "{base}");
        assert_eq!(anna.add(base, "A", &gmail()).status, write, "{base}");
        assert_eq!(anna.base(base)["admin"], write == 201, "{base}");
    }
    let of_anna = accounts(anna.uuid("Orders"));
    assert_eq!(ben.get(&of_anna).refusal(), refused(403, "Permission denied."));
    assert_eq!(ben.delete(&format!("{of_anna}17/")).refusal(), refused(403, "Permission denied."));
    // A group's base is the same for both.
    let id = ben.get(&accounts(ben.uuid("Events"))).json()["accounts_list"][0]["id"].clone();
    assert_eq!(ben.delete(&format!("{}{id}/", accounts(ben.uuid("Events")))).status, 200);
    let nowhere = accounts("00000000-0000-4000-a000-000000000000");
    assert_eq!(anna.get(&nowhere).refusal(), refused(404, "Base not found."));
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn what_is_kept_secret_depends_on_the_version() {
    for (version, tokens) in [("6.1.0", false), ("6.0.5", true), ("5.2.0", true)] {
        let options = Options { seatable_version: Some(version.to_owned()), ..Options::default() };
        let practice = Practice::start(options).unwrap();
        let client = Client::new(&practice);
        let detail = client.add("Orders", "A", &gmail()).json()["account"]["detail"].clone();
        assert_eq!(detail["refresh_token"] == "s2" && detail["access_token"] == "s3", tokens, "{version}");
        assert_eq!(
            (&detail["password"], &detail["client_secret"]),
            (&Value::Null, &Value::Null),
            "{version}"
        );
    }
}

#[test]
fn an_api_token_reads_everything_in_clear() {
    let practice = start(&[]);
    let mut client = Client::new(&practice);
    client.add("Orders", "A", &gmail());
    let path = "/api/v2.1/dtable/third-party-account/?account_name=";
    assert_eq!(client.get(&format!("{path}A")).refusal(), refused(403, "Permission denied."));
    client.authorization = format!("Bearer {}", client.base("Orders")["api_token"].as_str().unwrap());
    assert_eq!(client.get(&format!("{path}A")).json()["account"]["detail"], gmail());
    assert_eq!(client.get(&format!("{path}B")).refusal(), refused(500, "Internal Server Error."));
    assert_eq!(client.get(&accounts(client.uuid("Orders"))).status, 401);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn adding_fails_as_chosen() {
    for (fault, refusal) in [
        (Fault::SeatableNoRights, refused(403, "Permission denied.")),
        (Fault::SeatableBroken, refused(500, "Internal Server Error.")),
        (Fault::SeatableBaseDeleted, refused(404, "Base not found.")),
        (Fault::SeatableNameTaken, refused(400, "Account name Gmail already exists.")),
    ] {
        let practice = start(&[fault]);
        let client = Client::new(&practice);
        assert_eq!(client.add("Orders", "Gmail", &gmail()).refusal(), refusal);
    }
    for (fault, refusal) in [
        (Fault::SeatableNoRights, refused(403, "Permission denied.")),
        (Fault::SeatableBroken, refused(500, "Internal Server Error.")),
    ] {
        let practice = start(&[fault, Fault::SeatableNameTaken]);
        let client = Client::new(&practice);
        let path = accounts(client.uuid("Orders"));
        let there = client.get(&path).json()["accounts_list"][0].clone();
        let body = json!({ "account_name": there["account_name"], "detail": { "sender_name": "x" } });
        let changed = client.json("PUT", &format!("{path}{}/", there["id"]), &body);
        assert_eq!(changed.refusal(), refusal);
        assert_eq!(client.get(&path).json()["accounts_list"][0], there);
    }
    let practice = start(&[Fault::SeatableNameTaken]);
    let client = Client::new(&practice);
    let list = client.get(&accounts(client.uuid("Orders"))).json()["accounts_list"].clone();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|one| one["account_name"].clone()).collect();
    assert!(names.contains(&ANNA.into()) && names.contains(&"Gmail".into()), "{names:?}");
    assert_eq!(client.add("Orders", "Another", &gmail()).status, 201);
}

#[test]
fn the_answer_to_the_first_account_gets_lost_as_chosen() {
    let practice = start(&[Fault::SeatableGateway]);
    let client = Client::new(&practice);
    let lost = client.add("Orders", "Gmail", &gmail());
    assert!(lost.status == 504 && lost.text.contains("504 Gateway"), "{lost:?}");
    assert_eq!(practice.seatable_accounts(client.uuid("Orders"))[0].name, "Gmail");
    assert_eq!(client.add("Orders", "Gmail", &gmail()).status, 400, "it is there");
    assert_eq!(client.add("Orders", "Mail", &gmail()).status, 201);
}
