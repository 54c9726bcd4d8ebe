//! SeaTable: what it is, who one is, what one sees.

use serde_json::{Value, json};

use super::{
    client::{ANNA, BEN, seatable_doubt, start},
    seatable_client::{Client, accounts},
};
use crate::{
    model::address::Address,
    practice::{Fault, Options, Practice},
};

#[test]
fn anyone_may_ask_what_it_is() {
    let practice = start(&[]);
    let mut client = Client::new(&practice);
    client.authorization.clear();
    let said = client.get("/server-info/");
    assert_eq!(said.json(), json!({ "version": "6.1.6", "edition": "enterprise edition" }));
    assert_eq!(client.get("/api2/ping/").json(), "pong");
    assert_eq!(client.get("/api2/auth/ping/").status, 403);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn the_version_can_be_chosen() {
    let version = |options| {
        let practice = Practice::start(options).unwrap();
        Client::new(&practice).get("/server-info/").json()["version"].as_str().unwrap().to_owned()
    };
    let chosen = |version: &str| Options { seatable_version: Some(version.to_owned()), ..Options::default() };
    assert_eq!(version(chosen("6.2.3")), "6.2.3");
    assert!(Practice::start(chosen("newest")).is_err());
    for (fault, begin) in [(Fault::SeatableBefore52, "5.1."), (Fault::SeatableBefore61, "5.2.")] {
        let options = Options { faults: vec![fault], ..chosen("6.2.3") };
        assert!(version(options).starts_with(begin), "{begin}");
    }
}

#[test]
fn tokens_are_told_apart() {
    let practice = start(&[]);
    let mut client = Client::new(&practice);
    let account_token = client.authorization.clone();
    let api_token = client.base("Orders")["api_token"].as_str().unwrap().to_owned();
    assert_eq!(api_token.len(), account_token.len() - "Bearer ".len());
    assert_eq!(client.get("/api2/auth/ping/").json(), "pong");
    assert_eq!(client.authorization, format!("Bearer {}", practice.seatable_token().expose()));
    let access = "/api/v2.1/dtable/app-access-token/";
    assert_eq!(client.get(access).refusal(), (403, "Permission denied.".to_owned()));
    client.authorization = format!("Bearer {api_token}");
    assert_eq!(client.get("/api2/auth/ping/").status, 401);
    assert_eq!(client.get("/api/v2.1/workspaces/").status, 401);
    let base = client.get(access).json();
    assert_eq!(
        (&base["dtable_uuid"], &base["dtable_name"]),
        (&client.base("Orders")["uuid"], &"Orders".into())
    );
    // The base's own token is neither.
    let jwt = base["access_token"].as_str().unwrap();
    assert_eq!(jwt.split('.').count(), 3);
    client.authorization = format!("Bearer {jwt}");
    assert_eq!((client.get("/api2/auth/ping/").status, client.get(access).status), (401, 403));
    client.authorization.clear();
    assert_eq!(client.get("/api/v2.1/workspaces/").status, 403);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn the_old_word_for_a_token_is_taken_and_noted() {
    let practice = start(&[]);
    let mut client = Client::new(&practice);
    client.authorization = client.authorization.replace("Bearer", "Token");
    assert_eq!(client.get("/api2/auth/ping/").status, 200);
    assert_eq!(practice.complaints(), ["SeaTable: a token came with the word Token: since 4.0 it is Bearer"]);
    client.authorization = client.authorization.replace("Token", "Basic");
    assert_eq!(client.get("/api2/auth/ping/").status, 403);
    assert_eq!(practice.complaints().len(), 2);
}

#[test]
fn passwords_give_the_token() {
    let practice = start(&[]);
    let anna = Client::new(&practice);
    let password = anna.person["password"].as_str().unwrap();
    let answer = anna.sign_in(&[("username", ANNA), ("password", password)], None);
    assert_eq!((answer.status, &answer.json()["token"]), (200, &anna.person["account_token"]));
    let refused = |fields: &[(&str, &str)]| {
        let answer = anna.sign_in(fields, None);
        (answer.status, answer.json()["non_field_errors"][0].as_str().unwrap().to_owned())
    };
    let unable = (400, "Unable to login with provided credentials.".to_owned());
    assert_eq!(refused(&[("username", ANNA), ("password", "guess")]), unable);
    assert_eq!(refused(&[("username", "nobody@practice.example"), ("password", password)]), unable);
    assert_eq!(practice.complaints(), [""; 0]);
    assert!(refused(&[("username", ANNA)]).1.starts_with("Must include \"username\" and \"password\""));
    assert_eq!(practice.complaints().len(), 1);
}

#[test]
fn a_third_wrong_password_in_a_row_is_noted() {
    let practice = start(&[]);
    let anna = Client::new(&practice);
    let right = anna.person["password"].as_str().unwrap();
    for password in ["a", "b", right, "c", "d"] {
        anna.sign_in(&[("username", ANNA), ("password", password)], None);
    }
    for _ in 0..3 {
        anna.sign_in(&[("username", "nobody@practice.example"), ("password", "x")], None);
    }
    assert_eq!(practice.complaints(), [""; 0]);
    anna.sign_in(&[("username", ANNA), ("password", "e")], None);
    let complaint = "SeaTable: a third wrong password in a row: a server may freeze the user";
    assert_eq!(practice.complaints(), [complaint]);
}

#[test]
fn a_second_factor_is_asked_for() {
    let practice = start(&[]);
    let ben = Client::of(&practice, 1);
    assert_eq!((&ben.person["address"], &Client::new(&practice).person["code"]), (&BEN.into(), &Value::Null));
    let fields = [("username", BEN), ("password", ben.person["password"].as_str().unwrap())];
    let said = |code| {
        let answer = ben.sign_in(&fields, code).json();
        answer["non_field_errors"][0].as_str().unwrap_or("signed in").to_owned()
    };
    assert_eq!(said(None), "Two factor auth token is missing.");
    assert_eq!(said(Some("12345")), "Two factor auth token is invalid.");
    assert_eq!(said(ben.person["code"].as_str()), "signed in");
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn signing_in_fails_as_chosen() {
    for (fault, words) in [
        (Fault::SeatableWrongPassword, "Unable to login with provided credentials."),
        (Fault::SeatableDisabled, "User account is disabled."),
        (Fault::SeatableOtp, "Two factor auth token is missing."),
    ] {
        let practice = start(&[fault]);
        let anna = Client::new(&practice);
        let fields = [("username", ANNA), ("password", anna.person["password"].as_str().unwrap())];
        let answer = anna.sign_in(&fields, None);
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["non_field_errors"], json!([words]));
        let expected = if fault == Fault::SeatableDisabled { 401 } else { 200 };
        assert_eq!(anna.get("/api2/auth/ping/").status, expected, "{words}");
    }
}

#[test]
fn every_token_is_refused_as_chosen() {
    let practice = start(&[Fault::SeatableTokenExpired]);
    let anna = Client::new(&practice);
    let fields = [("username", ANNA), ("password", anna.person["password"].as_str().unwrap())];
    assert_eq!(anna.sign_in(&fields, None).status, 200);
    for path in ["/api2/auth/ping/", "/api2/account/info/", &accounts(anna.uuid("Orders"))] {
        let answer = anna.get(path);
        assert_eq!((answer.status, answer.json()["detail"].as_str()), (401, Some("Invalid token")), "{path}");
    }
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn the_certificate_is_of_a_stranger_as_chosen() {
    assert_eq!(seatable_doubt(&start(&[])), None);
    let doubt = seatable_doubt(&start(&[Fault::SeatableCertificate]));
    assert!(matches!(doubt, Some(rustls::Error::InvalidCertificate(_))), "{doubt:?}");
}

#[test]
fn one_learns_who_one_is() {
    let address = Address::parse("me@gmail.com").ok();
    let practice = Practice::start(Options { address, ..Options::default() }).unwrap();
    let me = Client::new(&practice).get("/api2/account/info/").json();
    assert_eq!((&me["contact_email"], &me["name"]), (&"me@gmail.com".into(), &"Me".into()));
    assert!(me["email"].as_str().unwrap().ends_with("@auth.local"), "{me}");
    assert_eq!(me["login_id"], "me@gmail.com");
}

#[test]
fn workspaces_list_what_a_person_sees() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let me = client.get("/api2/account/info/").json()["email"].clone();
    let list = client.get("/api/v2.1/workspaces/").json()["workspace_list"].clone();
    let kinds: Vec<_> = list.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["starred", "shared", "personal", "group", "group"]);
    let names = |at: usize, key: &str| -> Vec<String> {
        let bases = list[at][key].as_array().unwrap();
        bases.iter().map(|base| base["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(0, "table_list"), ["Orders"]);
    assert_eq!(names(1, "shared_table_list"), ["Library"]);
    assert_eq!(names(2, "table_list"), ["Orders", "Customers"]);
    assert_eq!(names(3, "table_list"), ["Events"]);
    assert_eq!(names(4, "table_list"), ["Accounting"]);
    assert_eq!((&list[0]["id"], &list[1]["id"]), (&"".into(), &"".into()));
    assert!(list[3]["group_admins"].as_array().unwrap().contains(&me));
    assert!(!list[4]["group_admins"].as_array().unwrap().contains(&me));
    assert_eq!(list[4]["group_admins"][0], list[4]["group_owner"]);
    let shared = &list[1]["shared_table_list"][0];
    assert_eq!((&shared["permission"], &shared["from_user_name"]), (&"rw".into(), &"Office".into()));
    let orders = &list[2]["table_list"][0];
    assert_eq!(orders["uuid"], client.base("Orders")["uuid"]);
    assert_eq!(orders["workspace_id"], list[2]["id"]);
    let short = client.get("/api/v2.1/workspaces/?detail=false").json();
    assert_eq!(short["workspace_list"][2]["name"], "personal");
    assert_eq!(short["workspace_list"][2]["table_list"], Value::Null);
    assert_eq!(practice.complaints(), [""; 0]);
}

#[test]
fn there_may_be_no_base_or_many() {
    let count = |fault| {
        let practice = start(&[fault]);
        let client = Client::new(&practice);
        let list = client.get("/api/v2.1/workspaces/").json()["workspace_list"].clone();
        let tables = list.as_array().unwrap().iter().filter(|one| one["type"] != "starred").map(|one| {
            ["table_list", "shared_table_list"]
                .iter()
                .filter_map(|key| one[*key].as_array())
                .map(Vec::len)
                .sum::<usize>()
        });
        (tables.sum::<usize>(), client.person["bases"].as_array().unwrap().len())
    };
    assert_eq!(count(Fault::SeatableNoBase), (0, 0));
    assert_eq!(count(Fault::SeatableManyBases), (2000, 2000));
}

#[test]
fn a_busy_server_answers_nothing_and_then_something() {
    let practice = start(&[Fault::SeatableBusy]);
    let client = Client::new(&practice);
    assert_eq!((client.get("/server-info/").status, client.get("/api2/ping/").status), (200, 200), "exempt");
    for path in ["/api2/auth/ping/".to_owned(), accounts(client.uuid("Orders"))] {
        let answers = [0; 3].map(|_| client.get(&path));
        assert_eq!(answers.each_ref().map(|answer| answer.status), [429, 429, 200], "{path}");
        assert_eq!(answers[0].text, "");
    }
    let practice = start(&[Fault::SeatableAlwaysBusy]);
    let client = Client::new(&practice);
    assert_eq!([0; 4].map(|_| client.get("/api2/auth/ping/").status), [429; 4]);
}

#[test]
fn something_else_may_answer() {
    let practice = start(&[Fault::SeatableLoginPage]);
    let client = Client::new(&practice);
    for path in ["/server-info/", "/api2/account/info/", "/nothing/"] {
        let answer = client.get(path);
        let expected = format!("/accounts/login/?next={path}");
        assert_eq!((answer.status, answer.location), (302, Some(expected)));
    }
    assert!(client.get("/accounts/login/?next=/").text.contains("<h1>Log In</h1>"));
    let practice = start(&[Fault::SeatableNotSeatable]);
    let client = Client::new(&practice);
    let answer = client.get("/server-info/");
    assert!(answer.status == 200 && answer.text.starts_with("<!DOCTYPE html>"), "{answer:?}");
    assert_eq!(client.get("/api2/account/info/").status, 404);
}

#[test]
fn what_no_client_should_do_is_noted_without_a_secret() {
    let practice = start(&[]);
    let client = Client::new(&practice);
    let token = client.person["account_token"].as_str().unwrap();
    let answer = client.get("/api/v2.1/nothing/");
    assert!(answer.status == 404 && answer.text.contains("<h1>Not Found</h1>"), "{answer:?}");
    assert_eq!(practice.complaints(), [""; 0], "looking for a path is no mistake");
    assert_eq!(client.get("/api2/auth/ping").status, 404);
    assert_eq!(client.get(&format!("/api2/auth/ping/?token={token}")).status, 200);
    assert_eq!(client.json("PUT", "/api2/ping/", &json!({})).status, 405);
    assert_eq!(client.run("POST", "/api2/auth-token/", &[("Content-Type", "text/plain")], "{}").status, 400);
    let body =
        json!({ "account_name": "A", "account_type": "email", "detail": { "sender_name": "A" } }).to_string();
    let plain = [("Content-Type", "text/plain")];
    assert_eq!(client.run("POST", &accounts(client.uuid("Orders")), &plain, &body).status, 201);
    let complaints = practice.complaints();
    assert_eq!(complaints.len(), 6, "{complaints:#?}");
    assert!(!complaints.concat().contains(token));
}
