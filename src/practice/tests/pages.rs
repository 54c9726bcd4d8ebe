//! The pages, as a browser and its person use them.

use super::client::{
    ANNA, BEN, MAIL, SEND, Smtp, authorize_url, description, exchange, get, grant, http, oauth_client,
    parameter, post, refresh, start,
};
use crate::{
    model::{
        client::{Client, ClientKind},
        language::Language,
    },
    practice::{Options, Practice},
};

fn page(practice: &Practice, path: &str) -> String {
    format!("{}{path}", practice.pages_url().trim_end_matches('/'))
}

#[test]
fn a_person_allows_as_another_user_and_ticks_one_box() {
    let practice = start(&[]);
    let readonly = "https://www.googleapis.com/auth/gmail.readonly";
    let scope = format!("{SEND} {readonly}");
    let asked = get(&practice, &authorize_url(&practice, &[("scope", &scope)]));
    assert_eq!(asked.status, 200, "{asked:?}");
    assert!(asked.body.contains(&format!("value=\"{ANNA}\" checked")), "{}", asked.body);
    assert!(asked.body.contains(&format!("name=\"scope\" value=\"{SEND}\"> ")), "{}", asked.body);
    assert!(asked.body.contains(&oauth_client(&practice, "web").id));
    let fields = [("form", asked.form(0)), ("account", BEN), ("scope", SEND), ("decision", "allow")];
    let answer = post(&practice, &page(&practice, "/form"), &fields);
    assert_eq!(answer.status, 302, "{answer:?}");
    let code = parameter(&answer.location(), "code").unwrap();
    assert_eq!(exchange(&practice, &code, &[]).json()["scope"], SEND);
    let again = post(&practice, &page(&practice, "/form"), &fields);
    assert_eq!(again.status, 403, "a form works once: {again:?}");
}

#[test]
fn a_person_cancels() {
    let practice = start(&[]);
    let asked = get(&practice, &authorize_url(&practice, &[]));
    assert!(!asked.body.contains("checkbox"), "one scope has no box: {}", asked.body);
    let fields = [("form", asked.form(0)), ("account", ANNA), ("decision", "deny")];
    let url = post(&practice, &page(&practice, "/form"), &fields).location();
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));
}

#[test]
fn sign_in_scopes_need_no_tick_and_one_scope_beside_them_does() {
    let practice = start(&[]);
    let scope = format!("openid email {MAIL}");
    let asked = get(&practice, &authorize_url(&practice, &[("scope", &scope)]));
    assert_eq!(asked.body.matches("type=\"checkbox\"").count(), 1);
    let fields = [("form", asked.form(0)), ("account", ANNA), ("decision", "allow")];
    let url = post(&practice, &page(&practice, "/form"), &fields).location();
    assert_eq!(
        parameter(&url, "scope").as_deref(),
        Some("openid https://www.googleapis.com/auth/userinfo.email")
    );
}

#[test]
fn the_app_password_page_shows_a_password_once_and_smtp_takes_it() {
    let practice = start(&[]);
    let first = get(&practice, &page(&practice, "/app-passwords"));
    let made = post(&practice, &page(&practice, "/form"), &[("form", first.form(0)), ("name", "Orders")]);
    let shown = made.body.split("id=\"app-password\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(shown.split(' ').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
    let mut client = Smtp::ready(&practice);
    assert!(client.plain(ANNA, &shown.replace(' ', "")).starts_with("235 "));
    let later = get(&practice, &page(&practice, "/app-passwords"));
    assert!(later.body.contains("Orders") && !later.body.contains(shown), "{}", later.body);
    practice.withdraw_keys();
    assert!(Smtp::ready(&practice).plain(ANNA, &shown.replace(' ', "")).starts_with("535"));
}

#[test]
fn a_client_is_made_in_the_console_and_its_file_is_read_by_the_wizard() {
    let practice = start(&[]);
    let console = get(&practice, &page(&practice, "/console"));
    let redirects = "http://127.0.0.1:9000/callback\r\n\r\n https://seatable.example/callback/ \r\n";
    let fields = [("form", console.form(1)), ("kind", "web"), ("redirects", redirects)];
    let made = post(&practice, &page(&practice, "/form"), &fields);
    assert_eq!(made.status, 200, "{made:?}");
    let file = made.body.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    let download = get(&practice, &page(&practice, file));
    assert!(
        download.head.contains("attachment; filename=\"client_secret_123456789012-practice"),
        "{download:?}"
    );
    let client = Client::parse_file(&download.body).unwrap();
    assert_eq!(client.kind, ClientKind::Web);
    assert_eq!(
        client.redirect_uris,
        ["http://127.0.0.1:9000/callback", "https://seatable.example/callback/"]
    );
    let url = authorize_url(
        &practice,
        &[
            ("client_id", &client.id),
            ("redirect_uri", "http://127.0.0.1:9000/callback"),
            ("practice", "allow"),
        ],
    );
    assert_eq!(get(&practice, &url).status, 302);
    assert_eq!(get(&practice, &page(&practice, "/console/client/unknown.json")).status, 404);
}

#[test]
fn an_app_is_registered_in_entra_and_may_ask() {
    let practice = start(&[]);
    for (kind, redirects, has_secret) in
        [("desktop", "", false), ("web", "http://localhost:8976/callback", true)]
    {
        let entra = get(&practice, &page(&practice, "/entra"));
        let fields = [("form", entra.form(0)), ("kind", kind), ("redirects", redirects)];
        let made = post(&practice, &page(&practice, "/form"), &fields);
        assert_eq!(made.status, 200, "{made:?}");
        let section = made.body.rsplit("<section").next().unwrap();
        let id = section.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        assert_eq!(section.contains("8Q~"), has_secret, "{section}");
        assert!(section.contains("http://localhost"), "{section}");
        assert!(!get(&practice, &page(&practice, "/console")).body.contains(id), "it is none of Google's");
    }
    let entra = get(&practice, &page(&practice, "/entra"));
    let fields = [("form", entra.form(0)), ("kind", "web"), ("redirects", "http://elsewhere.example/")];
    let refused = post(&practice, &page(&practice, "/form"), &fields);
    assert!(refused.body.contains("http://elsewhere.example/"), "{refused:?}");
}

#[test]
fn the_console_refuses_what_google_refuses_and_keeps_the_publishing_status() {
    let practice = start(&[]);
    let console = get(&practice, &page(&practice, "/console"));
    let fields = [("form", console.form(1)), ("kind", "web"), ("redirects", "http://seatable.example/")];
    let refused = post(&practice, &page(&practice, "/form"), &fields);
    assert!(refused.body.contains("cannot be registered"), "{}", refused.body);
    assert_eq!(description(&practice)["oauth"]["clients"].as_array().unwrap().len(), 2);
    // Of the page that was there first, as in another tab.
    let fields = [("form", console.form(0)), ("status", "production")];
    let saved = post(&practice, &page(&practice, "/form"), &fields);
    assert!(saved.body.contains("value=\"production\" checked"), "{}", saved.body);
}

#[test]
fn a_person_withdraws_a_consent() {
    let practice = start(&[]);
    assert!(!get(&practice, &page(&practice, "/permissions")).body.contains("<form"));
    let tokens = [ANNA, BEN].map(|hint| {
        let answer = grant(&practice, &[("login_hint", hint)]);
        answer["refresh_token"].as_str().unwrap().to_owned()
    });
    let listed = get(&practice, &page(&practice, "/permissions"));
    let fields = [("form", listed.form(0)), ("account", ANNA)];
    let left = post(&practice, &page(&practice, "/form"), &fields);
    assert!(left.body.contains(BEN) && !left.body.contains(ANNA), "{}", left.body);
    assert_eq!(refresh(&practice, &tokens[0]).json()["error"], "invalid_grant");
    assert_eq!(refresh(&practice, &tokens[1]).status, 200);
}

#[test]
fn what_comes_from_outside_is_never_markup() {
    let practice = start(&[]);
    let evil = "<script>alert(1)</script>\"'";
    for changes in
        [[("redirect_uri", evil)], [("scope", evil)], [("response_type", evil)], [("login_hint", evil)]]
    {
        let answer = get(&practice, &authorize_url(&practice, &changes));
        assert!(!answer.body.contains("<script"), "{changes:?}: {}", answer.body);
    }
    let first = get(&practice, &page(&practice, "/app-passwords"));
    let made = post(&practice, &page(&practice, "/form"), &[("form", first.form(0)), ("name", evil)]);
    assert!(made.body.contains("&lt;script&gt;") && !made.body.contains("<script"), "{}", made.body);
    let console = get(&practice, &page(&practice, "/console"));
    let fields = [("form", console.form(1)), ("kind", "web"), ("redirects", evil)];
    let refused = post(&practice, &page(&practice, "/form"), &fields);
    assert!(refused.body.contains("&lt;script&gt;") && !refused.body.contains("<script"), "{}", refused.body);
}

#[test]
fn every_page_is_labelled_local_and_never_kept() {
    for language in Language::ALL {
        let practice = Practice::start(Options { language, ..Options::default() }).unwrap();
        let authorize = authorize_url(&practice, &[]);
        let paths = ["/", "/app-passwords", "/two-step", "/console", "/permissions", "/seatable", "/nothing"];
        let pages = paths.map(|path| page(&practice, path)).into_iter().chain([authorize]);
        for address in pages {
            let answer = get(&practice, &address);
            let label = match language {
                Language::En => "<strong>Practice</strong>",
                Language::Fr => "<strong>Entraînement</strong>",
                Language::De => "<strong>Übung</strong>",
            };
            assert!(answer.body.contains(label), "{address}: {}", answer.body);
            // An id instead of its words would be seen as such, a name in braces as well.
            assert!(!answer.body.contains("practice.") || answer.body.contains("practice.example"));
            for header in ["Cache-Control: no-store", "default-src 'none'", "Referrer-Policy: no-referrer"] {
                assert!(answer.head.contains(header), "{address}: {}", answer.head);
            }
            assert!(!answer.body.contains("src=") && !answer.body.contains("//fonts"), "{}", answer.body);
        }
    }
}

#[test]
fn another_sites_name_for_our_address_is_refused() {
    let practice = start(&[]);
    let answer =
        http(&practice, "GET", &page(&practice, "/console").replace("127.0.0.1", "localhost"), "", "");
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(!answer.body.contains("GOCSPX"));
}

#[test]
fn a_promise_of_an_endless_body_harms_nobody() {
    use std::io::Write;
    let practice = start(&[]);
    let url = url::Url::parse(&practice.pages_url()).unwrap();
    for headers in
        ["Content-Length: 9223372036854775807", "Content-Length: 2000", "Transfer-Encoding: chunked"]
    {
        let mut socket = std::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).unwrap();
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        write!(socket, "POST /form HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n").unwrap();
        assert_eq!(get(&practice, &page(&practice, "/")).status, 200, "{headers}");
    }
}
