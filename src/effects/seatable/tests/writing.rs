//! What is written, and what comes of it when SeaTable does not simply do it.

use crate::model::seatable::Form;

use super::{
    connecting::{create, detail_of, gmail, list, listed, made, ran, request, told_of},
    *,
};

#[test]
fn smtp_is_written_as_the_sender_reads_it() {
    assert_eq!(
        detail_of(&with_password("")),
        json!({
            "email_provider": "GeneralEmailProvider", "email_host": "smtp.gmail.com", "email_port": 587,
            "host_user": "anna@gmail.com", "password": "canary-key", "sender_email": "anna@gmail.com",
        })
    );
}

#[test]
fn oauth_is_written_as_the_sender_reads_it() {
    let expected = json!({
        "email_provider": "Gmail", "client_id": "client-1", "client_secret": "canary-client",
        "refresh_token": "canary-key", "token_url": "https://oauth2.example/token",
        "scopes": ["https://mail.google.com/", "email"], "host_user": "me", "sender_email": "anna@gmail.com",
        "authority_url": "https://accounts.example/auth",
        "authority_args": {"access_type": "offline", "prompt": "consent"},
        "access_token": "", "expires_at": 0,
    });
    assert_eq!(detail_of(&account("")), expected);
    let mut silent = account("");
    silent.oauth.as_mut().unwrap().scopes.clear();
    assert_eq!(detail_of(&silent)["scopes"][1], "never granted");
}

/// A key of Microsoft's, as it is obtained for SeaTable.
fn microsoft() -> Account {
    let mut account = Account {
        address: Address::parse("anna@contoso.example").unwrap(),
        provider: "microsoft365".to_owned(),
        send_via: SendVia::Api,
        ..account("")
    };
    let oauth = account.oauth.as_mut().unwrap();
    oauth.scopes = vec!["https://graph.microsoft.com/Mail.Send".to_owned(), "openid".to_owned()];
    oauth.requested_scopes = [&oauth.scopes[..], &["offline_access".to_owned()]].concat();
    account
}

/// Before 6.1 SeaTable has another name for it. Its own page asks for no permission to keep the key, so that stands
/// here.
#[test]
fn microsoft_is_written_under_the_name_that_the_version_knows() {
    for (form, name) in [(Form::Current, "Microsoft"), (Form::WithUsername, "Outlook")] {
        let request = SeatableRequest { form, ..request(microsoft(), create(), None) };
        let ran = ran(request, vec![list(&[]), html("502 Bad")]);
        let detail = &body(&ran.asked[1])["detail"];
        assert_eq!(
            *detail,
            json!({
                "email_provider": name, "client_id": "client-1", "client_secret": "canary-client",
                "refresh_token": "canary-key", "token_url": "https://oauth2.example/token",
                "scopes": ["https://graph.microsoft.com/Mail.Send", "openid", "offline_access"],
                "host_user": "me", "sender_email": "anna@contoso.example",
                "authority_url": "https://accounts.example/auth",
                "authority_args": {"prompt": "select_account"}, "access_token": "", "expires_at": 0,
            })
        );
    }
}

#[test]
fn a_key_that_opens_only_smtp_is_refused_before_anybody_is_asked() {
    let account = Account { send_via: SendVia::Smtp, ..microsoft() };
    let ran = ran(request(account, create(), Some(message())), vec![]);
    assert_eq!(ran.failed(), ("_key_for_smtp".to_owned(), details(&[])));
}

/// SeaTable keeps what does not come along.
#[test]
fn an_account_that_changes_its_method_loses_the_secrets_of_the_other_one() {
    let mut smtp = detail_of(&with_password(""));
    for secret in ["client_secret", "refresh_token", "access_token"] {
        smtp[secret] = json!("");
    }
    smtp["expires_at"] = json!(0);
    assert_eq!(detail::over_another(detail_of(&with_password(""))), smtp);
    let mut oauth = detail_of(&account(""));
    oauth["password"] = json!("");
    assert_eq!(detail::over_another(detail_of(&account(""))), oauth);
}

#[test]
fn what_seatable_cannot_use_is_refused_before_anybody_is_asked() {
    let tls = Server { host: "smtp.gmail.com".to_owned(), port: 465, security: Security::Tls };
    for (account, code, expected) in [
        (
            Account { smtp: tls.clone(), ..with_password("") },
            "_needs_starttls",
            details(&[("smtp_host", "smtp.gmail.com"), ("port", "465")]),
        ),
        (
            Account { provider: "other".to_owned(), ..account("") },
            "_no_oauth_provider",
            details(&[("provider", "other")]),
        ),
    ] {
        for write in [create(), BaseAccountWrite::Update(17)] {
            let ran = ran(request(account.clone(), write, Some(message())), vec![]);
            assert_eq!(ran.failed(), (code.to_owned(), expected.clone()));
            assert_eq!(ran.stages(), [Stage::SeatableWrite]);
        }
    }
    let broken = Account { oauth: None, ..account("") };
    let ran = ran(request(broken, create(), None), vec![]);
    assert_eq!(ran.report.failure().map(|it| (it.layer, it.code.as_str())), Some((Layer::Store, "_corrupt")));
    // OAuth does not go by SMTP.
    let oauth = Account { smtp: tls, provider: "google_workspace".to_owned(), ..account("") };
    assert_eq!(detail::refuse_unusable(&oauth, Some(&gmail())), Ok(()));
}

#[test]
fn a_client_without_a_secret_is_refused() {
    for client_secret in [None, Some(Box::new(Secret::from("")))] {
        let mut request = request(account(""), create(), None);
        let client_secret = client_secret.map(|secret| *secret);
        request.secrets = Some(Box::new(Secrets { key: Secret::from("canary-key"), client_secret }));
        let ran = ran(request, vec![list(&[])]);
        assert_eq!(ran.failed(), ("_no_client_secret".to_owned(), details(&[])));
    }
}

#[test]
fn an_account_is_made_and_repaired_with_whole_bodies() {
    for account in
        [account(""), with_password(""), Account { provider: "google_workspace".to_owned(), ..account("") }]
    {
        let wanted = detail_of(&account);
        let there = listed(17, "Old\u{a0}name", &told_of(&wanted));
        let mine = listed(17, "Gmail", &told_of(&wanted));
        let ran_create =
            ran(request(account.clone(), create(), None), vec![list(&[]), made(&mine), list(&[mine])]);
        assert_eq!(ran_create.report.failure(), None);
        assert_eq!(
            body(&ran_create.asked[1]),
            json!({"account_name": "Gmail", "account_type": "email", "detail": wanted})
        );
        assert_eq!(ran_create.asked[1].headers["content-type"], "application/json");

        // Before it was another account.
        let before = listed(17, "Old\u{a0}name", &json!({"email_provider": "Outlook", "host_user": "me"}));
        let answers = vec![list(&[before]), good(&json!({"account": there})), list(&[there])];
        let ran_update = ran(request(account, BaseAccountWrite::Update(17), None), answers);
        assert_eq!(ran_update.report.failure(), None);
        assert_eq!(
            ran_update.asked[1].line,
            format!("PUT /api/v2.1/third-party-accounts/{UUID}/17/ HTTP/1.1")
        );
        assert_eq!(
            body(&ran_update.asked[1]),
            json!({
                "account_name": "Old\u{a0}name", "account_type": "email",
                "detail": detail::over_another(wanted),
            })
        );
        let written = Detail::BaseAccountWritten { account: "Old name".to_owned(), id: 17, updated: true };
        assert_eq!(ran_update.report.stages[1].result, StageResult::Passed(written));
        assert_eq!(ran_update.recorded().unwrap().account_id, 17);
    }
}

#[test]
fn a_refused_write_is_told_and_not_recorded() {
    let in_base = |more: (&'static str, &str)| details(&[("base", "Orders"), (more.0, more.1)]);
    let there = || listed(17, "Mine", &json!({"host_user": "me"}));
    let update = || BaseAccountWrite::Update(17);
    let named = ("account", "Gmail");
    let with_id = ("id", "17");
    for (write, answer, code, expected, said) in [
        (
            create(),
            refusal("403 Forbidden", "Permission denied."),
            "_no_permission",
            in_base(named),
            "Permission denied.",
        ),
        (
            create(),
            refusal("404 Not Found", "Base not found."),
            "_base_gone",
            in_base(named),
            "Base not found.",
        ),
        (
            create(),
            refusal("400 Bad", "Account info canary-client is invalid."),
            "400",
            details(&[named]),
            "Account info … is invalid.",
        ),
        (create(), refusal("500 Error", TOKEN), "500", details(&[named]), "…"),
        (
            update(),
            refusal("404 Not Found", "Account does not exist."),
            "_account_gone",
            in_base(with_id),
            "Account does not exist.",
        ),
        (
            update(),
            refusal("403 Forbidden", "Permission denied."),
            "_no_permission",
            in_base(with_id),
            "Permission denied.",
        ),
        (update(), refusal("401 Unauthorized", "canary-key"), "_token_refused", in_base(with_id), "…"),
        (update(), refusal("503 Unavailable", "x"), "503", details(&[with_id]), "x"),
    ] {
        let ran = ran(request(account(""), write, Some(message())), vec![list(&[there()]), answer]);
        assert_eq!(ran.failed(), (code.to_owned(), expected));
        assert_eq!(ran.report.failure().unwrap().said.as_deref(), Some(said));
        assert_eq!(ran.stages(), [Stage::SeatableFind, Stage::SeatableWrite]);
        assert_eq!((ran.report.connection.clone(), ran.recorded()), (None, None));
    }
}

#[test]
fn a_name_that_was_taken_meanwhile_is_told_with_who_has_it() {
    let words = "Account name Gmail already exists.";
    let theirs = listed(4, "Gmail", &json!({"sender_email": "bob@x.org"}));
    let similar = || listed(5, "GMAIL ", &json!({}));
    for (again, taken) in [
        (list(&[similar(), theirs]), Some(4)),
        (list(&[listed(6, "Other", &json!({})), similar()]), Some(5)),
        (list(&[]), None),
        (html("502 Bad"), None),
    ] {
        let answers = vec![list(&[]), refusal("400 Bad", words), again];
        let ran = ran(request(account(""), create(), None), answers);
        let mut expected = details(&[("base", "Orders"), ("account", "Gmail")]);
        expected.extend(taken.map(|id: u64| ("id", id.to_string())));
        assert_eq!(ran.failed(), ("_name_taken".to_owned(), expected));
        assert_eq!(ran.report.failure().unwrap().said.as_deref(), Some(words));
        assert_eq!(ran.report.taken.as_ref().map(|taken| taken.id), taken);
    }
}

#[test]
fn a_made_account_is_found_by_its_name_when_the_answer_is_lost() {
    let account = account("");
    let there = listed(17, "Gmail", &told_of(&detail_of(&account)));
    let unreadable = || answered("201 Created", "{}");
    for answer in [lost(), unreadable(), html("502 Bad"), html("504 Timeout"), html("524 Timeout")] {
        let answers =
            vec![list(&[]), answer, list(std::slice::from_ref(&there)), list(std::slice::from_ref(&there))];
        let ran = ran(request(account.clone(), create(), None), answers);
        assert_eq!(ran.report.failure(), None);
        assert_eq!(ran.recorded().unwrap().account_id, 17);
    }
    let arrived = |more: (&'static str, &str)| details(&[("arrived", "maybe"), more]);
    let unknown = |code| details(&[("http_status", code), ("because", "_not_seatable")]);
    for (answer, second, expected) in [
        (lost(), list(&[]), arrived(("because", "_closed"))),
        (lost(), html("502 Bad"), arrived(("because", "_closed"))),
        (unreadable(), list(&[]), unknown("201")),
        (html("504 Timeout"), list(&[]), details(&[("because", "504")])),
    ] {
        let ran = ran(request(account.clone(), create(), None), vec![list(&[]), answer, second]);
        assert_eq!(ran.failed(), ("_unknown_outcome".to_owned(), expected));
        assert_eq!(ran.recorded(), None);
    }
    // A repair can simply be done again, by the person.
    let mine = listed(17, "Gmail", &json!({}));
    for (answer, expected) in [
        (lost(), arrived(("because", "_closed"))),
        (answered("200 OK", "{}"), unknown("200")),
        (html("502 Bad"), details(&[("because", "502")])),
        (html("524 Timeout"), details(&[("because", "524")])),
    ] {
        let answers = vec![list(std::slice::from_ref(&mine)), answer];
        let ran = ran(request(account.clone(), BaseAccountWrite::Update(17), None), answers);
        assert_eq!(ran.failed(), ("_unknown_outcome".to_owned(), expected));
    }
}

#[test]
fn what_reads_back_differently_is_told_and_recorded_all_the_same() {
    let smtp = with_password("");
    let good = || told_of(&detail_of(&smtp));
    let changed = |field: &str, value: Value| {
        let mut detail = good();
        detail[field] = value;
        listed(17, "Gmail", &detail)
    };
    for (back, field) in [
        (listed(18, "Gmail", &good()), "id"),
        (listed(17, "gmail", &good()), "account_name"),
        (changed("email_provider", json!("Gmail")), "email_provider"),
        (changed("email_host", json!("smtp.evil.example")), "email_host"),
        (changed("email_host", Value::Null), "email_host"),
        (changed("email_port", json!("465")), "email_port"),
        (changed("host_user", json!("bob@gmail.com")), "host_user"),
        (changed("sender_email", json!("bob@gmail.com")), "sender_email"),
    ] {
        let answers = vec![list(&[]), made(&listed(17, "Gmail", &good())), list(&[back])];
        let ran = ran(request(smtp.clone(), create(), Some(message())), answers);
        assert_eq!(ran.failed(), ("_mismatch".to_owned(), details(&[("id", "17"), ("field", field)])));
        assert_eq!(ran.recorded().map(|connection| connection.account_id), Some(17));
        assert_eq!(ran.report.connection, ran.recorded());
    }
}

#[test]
fn what_versions_tell_differently_is_no_difference() {
    let wanted = detail_of(&with_password(""));
    let mut told = told_of(&wanted);
    told["email_port"] = json!("587");
    for field in ["email_provider", "sender_email"] {
        told.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(detail::difference(&wanted, &told), None);
    let wanted = detail_of(&account(""));
    assert_eq!(detail::difference(&wanted, &json!({"email_provider": "Gmail", "scopes": [], "x": 1})), None);
    let other = json!({"email_provider": "Gmail", "client_id": "other"});
    assert_eq!(detail::difference(&wanted, &other), Some("client_id"));
    assert_eq!(detail::difference(&wanted, &json!(null)), Some("email_provider"));
}

#[test]
fn a_record_that_cannot_be_written_is_told() {
    let mut request = request(account(""), create(), Some(message()));
    let there = listed(17, "Gmail", &told_of(&detail_of(&request.account)));
    let server = Scripted::start(vec![list(&[]), made(&there)]);
    request.url = server.url("");
    // There is no record of it.
    let (world, _home) = world();
    let report = connect::connect(&request, &HASTY, &world, &Cancel::new(), &mut |_| {});
    server.finish();
    let failure = report.failure().unwrap();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Files, "_not_found"));
    assert_eq!(report.connection, None);
}
