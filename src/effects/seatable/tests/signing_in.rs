//! Signing in, and the bases.

use super::*;

fn person() -> Answer {
    let person =
        json!({"email": "1@auth.local", "name": "Anna", "contact_email": "anna@gmail.com", "login_id": ""});
    good(&person)
}

fn workspaces() -> Answer {
    let base = json!({"id": 1, "workspace_id": 1, "uuid": UUID, "name": "Orders"});
    good(
        &json!({"workspace_list": [{"id": 1, "name": "personal", "type": "personal", "table_list": [base]}]}),
    )
}

fn with_token(token: &str) -> SeatableSignIn {
    SeatableSignIn::Token(Secret::from(token))
}

fn with_password(code: Option<&str>) -> SeatableSignIn {
    SeatableSignIn::Password {
        user: " anna@gmail.com ".to_owned(),
        password: Secret::from("canary pass&word "),
        code: code.map(Secret::from),
    }
}

/// Signs in at a server with these answers; it must have been asked for all of them.
fn signed_in(
    sign_in: &SeatableSignIn,
    answers: Vec<Answer>,
) -> (Result<SeatableSession, Failure>, Vec<Asked>) {
    let (world, _home) = world();
    let count = answers.len();
    let server = Scripted::start(answers);
    let result = sign_in::sign_in(&server.url(""), sign_in, &HASTY, &world, &Cancel::new());
    (result, asked(server, count))
}

fn lines(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| asked.line.strip_suffix(" HTTP/1.1").unwrap()).collect()
}

#[test]
fn a_token_needs_two_requests() {
    let (session, asked) = signed_in(&with_token(&format!(" {TOKEN}\n")), vec![person(), workspaces()]);
    let expected = SeatableSession {
        token: Secret::from(TOKEN),
        user: "anna@gmail.com".to_owned(),
        bases: vec![base()],
    };
    assert_eq!(session, Ok(expected));
    assert_eq!(lines(&asked), ["GET /api2/account/info/", "GET /api/v2.1/workspaces/"]);
    for asked in asked {
        assert_eq!(asked.headers["authorization"], format!("Bearer {TOKEN}"));
        assert_eq!(asked.headers["accept"], "application/json");
        assert_eq!(asked.headers["accept-language"], "en");
    }
}

#[test]
fn a_password_needs_three_requests() {
    for (code, header) in [(None, None), (Some(" 123 456 "), Some("123456")), (Some(" "), None)] {
        let token = good(&json!({ "token": TOKEN }));
        let (session, asked) = signed_in(&with_password(code), vec![token, person(), workspaces()]);
        assert_eq!(session.unwrap().token, Secret::from(TOKEN));
        assert_eq!(asked[0].line, "POST /api2/auth-token/ HTTP/1.1");
        let form = [("username", "anna@gmail.com"), ("password", "canary pass&word ")];
        assert_eq!(asked[0].form(), form.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(asked[0].headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(asked[0].headers.get("x-seafile-otp").map(String::as_str), header);
        assert!(!asked[0].headers.contains_key("authorization"));
        assert_eq!(asked[1].headers["authorization"], format!("Bearer {TOKEN}"));
        assert!(!asked[1].headers.contains_key("x-seafile-otp"));
    }
}

#[test]
fn a_refused_password_is_told_once_and_never_sent_again() {
    let field = |words: &str| answered("400 Bad", &json!({"non_field_errors": [words]}).to_string());
    for (answer, code, said) in [
        (
            field("Unable to login with provided credentials."),
            "_credentials",
            "Unable to login with provided credentials.",
        ),
        (field("User account is disabled."), "_disabled", "User account is disabled."),
        (field("Two factor auth token is missing."), "_code_missing", "Two factor auth token is missing."),
        (field("Two factor auth token is invalid."), "_code_wrong", "Two factor auth token is invalid."),
        (field("No: canary pass&word 123456"), "400", "No: … …"),
        (answered("403 Forbidden", r#"{"detail":"Too many."}"#), "403", "Too many."),
        (answered("500 Error", r#"{"error_msg":"Oh."}"#), "500", "Oh."),
    ] {
        let (result, _) = signed_in(&with_password(Some("123456")), vec![answer]);
        let failure = result.unwrap_err();
        assert_eq!(told(&failure), (code.to_owned(), details(&[])));
        assert_eq!(failure.said.as_deref(), Some(said));
    }
    for (answer, code, expected) in [
        (bare("429 Too Many Requests", "Retry-After: 1"), "429", details(&[("waited", "0"), ("wait", "1")])),
        (html("200 OK"), "_not_seatable", details(&[("http_status", "200")])),
        (good(&json!({"token": ""})), "_not_seatable", details(&[("http_status", "200")])),
        (html("404 Not Found"), "_not_seatable", details(&[("http_status", "404")])),
        (bare("302 Found", "Location: https://sso.example/"), "_login_page", details(&[])),
        (lost(), "_closed", details(&[("arrived", "maybe")])),
    ] {
        let (result, _) = signed_in(&with_password(None), vec![answer]);
        assert_eq!(told(&result.unwrap_err()), (code.to_owned(), expected));
    }
}

#[test]
fn what_can_be_no_token_and_no_code_is_not_sent() {
    for (sign_in, code) in [
        (with_token("eyJcanary.eyJb.c-_"), "_base_token"),
        (with_token(" \n"), "_token_refused"),
        (with_token("canary\ntoken"), "_token_refused"),
        (with_token("canarytokené"), "_token_refused"),
        (with_password(Some("12345o")), "_code_wrong"),
    ] {
        let (result, _) = signed_in(&sign_in, vec![]);
        assert_eq!(told(&result.unwrap_err()), (code.to_owned(), details(&[])), "{sign_in:?}");
    }
    // Two dots, but not three parts.
    let (result, _) = signed_in(&with_token(".."), vec![person(), workspaces()]);
    assert!(result.is_ok());
}

#[test]
fn a_refused_token_may_be_one_of_a_base() {
    let words = "Invalid token";
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let opened = json!({"dtable_name": "Orders", "access_token": "eyJcanary.a.b", "dtable_uuid": UUID});
        let (result, asked) = signed_in(&with_token(TOKEN), vec![refusal(status, words), good(&opened)]);
        let failure = result.unwrap_err();
        assert_eq!(told(&failure), ("_api_token".to_owned(), details(&[("base", "Orders")])));
        assert_eq!(lines(&asked), ["GET /api2/account/info/", "GET /api/v2.1/dtable/app-access-token/"]);
        for second in
            [refusal("403 Forbidden", "Permission denied."), html("200 OK"), lost(), html("502 Bad")]
        {
            let (result, _) = signed_in(&with_token(TOKEN), vec![refusal(status, words), second]);
            let failure = result.unwrap_err();
            assert_eq!(told(&failure), ("_token_refused".to_owned(), details(&[])));
            assert_eq!(failure.said.as_deref(), Some(words));
        }
    }
}

#[test]
fn other_failures_of_a_token_cost_no_further_request() {
    let not_seatable = |status| ("_not_seatable", details(&[("http_status", status)]));
    for (answers, (code, expected)) in [
        (vec![html("404 Not Found")], not_seatable("404")),
        (vec![html("200 OK")], not_seatable("200")),
        (vec![html("502 Bad Gateway")], ("502", details(&[]))),
        (vec![person(), html("200 OK")], not_seatable("200")),
        (vec![person(), good(&json!({"workspaces": []}))], not_seatable("200")),
        (vec![person(), refusal("401 Unauthorized", "x")], ("_token_refused", details(&[]))),
        (vec![person(), refusal("403 Forbidden", "x")], ("403", details(&[]))),
        (vec![person(), refusal("500 Error", "Internal Server Error")], ("500", details(&[]))),
    ] {
        let (result, _) = signed_in(&with_token(TOKEN), answers);
        assert_eq!(told(&result.unwrap_err()), (code.to_owned(), expected));
    }
}

#[test]
fn a_person_is_named_by_what_people_know() {
    for (person, user) in [
        (json!({"email": "1@auth.local", "name": "Anna", "contact_email": "a@x.org"}), "a@x.org"),
        (json!({"email": "1@auth.local", "name": "Anna\u{202e}", "contact_email": null}), "Anna"),
        (json!({"email": "1@auth.local", "name": ""}), "1@auth.local"),
        (json!({}), ""),
    ] {
        let (result, _) = signed_in(&with_token(TOKEN), vec![good(&person), workspaces()]);
        assert_eq!(result.unwrap().user, user);
    }
}

#[test]
fn two_thousand_bases_fit() {
    let padding = "x".repeat(330);
    let bases: Vec<_> = (0..2_000)
        .map(|number| json!({"uuid": format!("{number:08x}-{UUID}"), "name": "b", "icon": padding}))
        .collect();
    let answer = good(&json!({"workspace_list": [{"type": "personal", "name": "p", "table_list": bases}]}));
    let (result, _) = signed_in(&with_token(TOKEN), vec![person(), answer]);
    assert_eq!(result.unwrap().bases.len(), 2_000);
}

/// SeaTable made it as an account token: it cannot be one of a base.
#[test]
fn a_token_that_nobody_pasted_is_not_tried_at_a_base() {
    let refused = || refusal("401 Unauthorized", "Invalid token");
    let token = good(&json!({ "token": TOKEN }));
    let (result, _) = signed_in(&with_password(None), vec![token, refused()]);
    assert_eq!(told(&result.unwrap_err()), ("_token_refused".to_owned(), details(&[])));

    let (world, _home) = world();
    let server = Scripted::start(vec![refused()]);
    let url = server.url("");
    let kept = connected(&url, true);
    keep::write_token(&world, &kept, &Secret::from(TOKEN), &Cancel::new()).unwrap();
    let stored = SeatableSignIn::Stored(Box::new(kept));
    let result = sign_in::sign_in(&url, &stored, &HASTY, &world, &Cancel::new());
    server.finish();
    assert_eq!(told(&result.unwrap_err()), ("_token_refused".to_owned(), details(&[])));
}

/// The account, connected to a base of that server.
fn connected(url: &str, keeps_token: bool) -> Account {
    let connection = connecting::connection(17, keeps_token);
    let destination = Destination::Seatable { url: url.to_owned(), connection: Some(connection) };
    Account { destination, ..account(url) }
}

#[test]
fn a_kept_token_goes_to_its_own_server_only() {
    let (world, _home) = world();
    let server = Scripted::start(vec![person(), workspaces()]);
    let url = server.url("");
    let sign_in = |account: Account| {
        let stored = SeatableSignIn::Stored(Box::new(account));
        sign_in::sign_in(&url, &stored, &HASTY, &world, &Cancel::new())
    };
    assert_eq!(told(&sign_in(connected(&url, true)).unwrap_err()).0, "_no_token");
    keep::write_token(&world, &account(&url), &Secret::from(TOKEN), &Cancel::new()).unwrap();
    for elsewhere in [
        connected("https://other.example", true),
        connected(&url, false),
        account(&url),
        Account { destination: Destination::Cli, ..account(&url) },
        Account { destination: Destination::SeatableServer { url: url.clone() }, ..account(&url) },
    ] {
        let failure = sign_in(elsewhere).unwrap_err();
        assert_eq!(told(&failure), ("_no_token".to_owned(), details(&[])));
    }
    assert_eq!(sign_in(connected(&format!("{url}/"), true)).unwrap().token, Secret::from(TOKEN));
    assert_eq!(asked(server, 2)[0].headers["authorization"], format!("Bearer {TOKEN}"));
}
