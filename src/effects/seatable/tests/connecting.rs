//! Connecting: what is found, what is recorded, what is told.

use super::*;
use crate::model::seatable::Form;

/// A base account as SeaTable lists it, with more than we asked for.
pub fn listed(id: u64, name: &str, detail: &Value) -> Value {
    json!({"id": id, "account_name": name, "account_type": "email", "detail": detail})
}

/// What SeaTable tells of a `detail`: no password and no client secret, but some versions tell tokens.
pub fn told_of(detail: &Value) -> Value {
    let mut told = detail.clone();
    for secret in ["password", "client_secret"] {
        told.as_object_mut().unwrap().remove(secret);
    }
    told
}

pub fn list(accounts: &[Value]) -> Answer {
    good(&json!({ "accounts_list": accounts }))
}

pub fn made(account: &Value) -> Answer {
    answered("201 Created", &json!({ "account": account }).to_string())
}

pub fn detail_of(account: &Account) -> Value {
    detail::build(account, &secrets(account), Some(&gmail())).unwrap()
}

/// SeaTable's entry for Google.
pub fn gmail() -> detail::OAuthEntry {
    detail::OAuthEntry {
        name: "Gmail".to_owned(),
        arguments: [("access_type", "offline"), ("prompt", "consent")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        one_resource: false,
    }
}

/// What a run needs, with a token and the secrets at hand.
pub fn request(account: Account, write: BaseAccountWrite, message: Option<TestMessage>) -> SeatableRequest {
    SeatableRequest {
        url: String::new(),
        token: Some(Secret::from(TOKEN)),
        keep_token: false,
        base: base(),
        form: Form::Current,
        write,
        secrets: Some(Box::new(secrets(&account))),
        account: Box::new(account),
        message,
    }
}

pub struct Ran {
    pub report: SeatableReport,
    pub asked: Vec<Asked>,
    pub news: Vec<Progress>,
    pub world: World,
    pub url: String,
    _home: TempDir,
}

impl Ran {
    pub fn lines(&self) -> Vec<&str> {
        self.asked.iter().map(|asked| asked.line.strip_suffix(" HTTP/1.1").unwrap()).collect()
    }

    pub fn stages(&self) -> Vec<Stage> {
        self.report.stages.iter().map(|report| report.stage).collect()
    }

    pub fn recorded(&self) -> Option<Connection> {
        files::accounts(&self.world).unwrap()[0].connection().cloned()
    }

    #[track_caller]
    pub fn failed(&self) -> (String, BTreeMap<&'static str, String>) {
        assert!(!format!("{:?}", self.report).contains("canary"), "{:?}", self.report);
        told(self.report.failure().expect("it worked"))
    }
}

/// Runs it against a server with these answers, which must all be needed. `prepare` sees the world before.
pub fn ran_after(
    mut request: SeatableRequest,
    answers: Vec<Answer>,
    prepare: impl FnOnce(&World, &mut SeatableRequest),
) -> Ran {
    let (world, home) = world();
    let count = answers.len();
    let server = Scripted::start(answers);
    request.url = server.url("");
    request.account.destination = Destination::Seatable { url: request.url.clone(), connection: None };
    prepare(&world, &mut request);
    files::save_account(&world, &request.account).unwrap();
    let mut news = Vec::new();
    let report = connect::connect(&request, &HASTY, &world, &Cancel::new(), &mut |told| news.push(told));
    Ran { report, asked: asked(server, count), news, world, url: request.url, _home: home }
}

pub fn ran(request: SeatableRequest, answers: Vec<Answer>) -> Ran {
    ran_after(request, answers, |_, _| {})
}

pub fn create() -> BaseAccountWrite {
    BaseAccountWrite::Create("Gmail".to_owned())
}

pub fn connection(id: u64, keeps_token: bool) -> Connection {
    Connection {
        base_uuid: UUID.to_owned(),
        base: "Orders".to_owned(),
        workspace: "personal".to_owned(),
        account_id: id,
        account: "Gmail".to_owned(),
        keeps_token,
        key_obtained: Some(Time::UNIX_EPOCH),
    }
}

#[test]
fn an_account_is_made_read_back_and_tried_with_four_requests_and_the_polls() {
    let account = account("");
    let there = listed(17, "Gmail", &told_of(&detail_of(&account)));
    let other = json!({"id": 3, "account_name": "Chat", "account_type": "wechat_robot", "detail": {}});
    let running = good(&json!({"is_finished": false}));
    let ran = ran(
        request(account, create(), Some(message())),
        vec![
            list(std::slice::from_ref(&other)),
            made(&there),
            list(&[other, there]),
            good(&json!({"task_id": "a b&c", "message_id": ""})),
            running,
            good(&json!({"is_finished": true})),
        ],
    );
    assert_eq!(ran.report.failure(), None);
    let accounts = format!("/api/v2.1/third-party-accounts/{UUID}/");
    assert_eq!(
        ran.lines(),
        [
            format!("GET {accounts}"),
            format!("POST {accounts}"),
            format!("GET {accounts}"),
            format!("POST /api/v2.1/dtable-message/{UUID}/email/"),
            "GET /api/v2.1/dtable-message-status/?task_id=a+b%26c".to_owned(),
            "GET /api/v2.1/dtable-message-status/?task_id=a+b%26c".to_owned(),
        ]
    );
    assert!(ran.asked.iter().all(|asked| asked.headers["authorization"] == format!("Bearer {TOKEN}")));
    let passed: Vec<_> = ran.report.stages.iter().map(|report| (report.stage, &report.result)).collect();
    let written = Detail::BaseAccountWritten { account: "Gmail".to_owned(), id: 17, updated: false };
    let expected = [
        Detail::BaseFound { base: "Orders".to_owned(), accounts: 0 },
        written,
        Detail::SeatableSent { to: "bob@example.org".to_owned() },
    ]
    .map(StageResult::Passed);
    assert_eq!(passed, Stage::SEATABLE.into_iter().zip(&expected).collect::<Vec<_>>());
    let news: Vec<_> = ran
        .report
        .stages
        .iter()
        .flat_map(|report| {
            [Progress::StageBegan(report.stage), Progress::StageEnded(Box::new(report.clone()))]
        })
        .collect();
    assert_eq!(ran.news, news);
    assert_eq!(ran.report.connection, Some(connection(17, false)));
    assert_eq!(ran.recorded(), Some(connection(17, false)));
    let Destination::Seatable { url, .. } = &files::accounts(&ran.world).unwrap()[0].destination else {
        panic!()
    };
    assert_eq!(*url, ran.url);
}

#[test]
fn keeping_an_account_writes_nothing() {
    let there = listed(17, "G\u{202e}mail", &json!({"email_provider": "Gmail"}));
    let keep = BaseAccountWrite::Keep(17);
    let request = request(account(""), keep, Some(message()));
    // Even where nothing could be written for it.
    let unusable = Account { provider: "outlook".to_owned(), ..(*request.account).clone() };
    let request = SeatableRequest { account: Box::new(unusable), secrets: None, ..request };
    let sent = [good(&json!({"task_id": "t"})), good(&json!({"is_finished": true}))];
    let ran = ran(request, [list(&[there])].into_iter().chain(sent).collect());
    assert_eq!(ran.report.failure(), None);
    assert_eq!(ran.stages(), [Stage::SeatableFind, Stage::SeatableSend]);
    assert_eq!((ran.report.connection.clone(), ran.recorded()), (None, None));
    // SeaTable finds it by its name to the letter.
    assert_eq!(body(&ran.asked[1])["account_name"], "G\u{202e}mail");
}

#[test]
fn a_base_that_cannot_be_opened_ends_it() {
    let in_base = || details(&[("base", "Orders")]);
    for (answer, code, expected) in [
        (refusal("404 Not Found", "Base not found."), "_base_gone", in_base()),
        (refusal("404 Not Found", "Workspace not found."), "404", details(&[])),
        (refusal("403 Forbidden", "Permission denied."), "_no_permission", in_base()),
        (refusal("401 Unauthorized", "Invalid token"), "_token_refused", in_base()),
        (refusal("500 Error", TOKEN), "500", details(&[])),
        (html("404 Not Found"), "_not_seatable", details(&[("http_status", "404")])),
        (html("200 OK"), "_not_seatable", details(&[("http_status", "200")])),
        (lost(), "_closed", details(&[("arrived", "maybe")])),
    ] {
        let ran = ran(request(account(""), create(), Some(message())), vec![answer]);
        assert_eq!(ran.failed(), (code.to_owned(), expected));
        assert_eq!(ran.stages(), [Stage::SeatableFind]);
        assert_eq!((ran.report.connection.clone(), ran.recorded()), (None, None));
    }
}

#[test]
fn a_name_that_is_taken_is_told_with_who_has_it() {
    let taken = listed(4, "Gmail", &json!({"host_user": "bob@x.org", "refresh_token": "canary"}));
    let similar = listed(5, "gmail", &json!({}));
    let ran = ran(request(account(""), create(), None), vec![list(&[similar.clone(), taken])]);
    let expected = details(&[("base", "Orders"), ("account", "Gmail"), ("id", "4")]);
    assert_eq!(ran.failed(), ("_name_taken".to_owned(), expected));
    let taken = ran.report.taken.unwrap();
    assert_eq!((taken.id, taken.name.as_str(), taken.kind.as_str()), (4, "Gmail", "email"));
    assert_eq!((taken.sender.as_deref(), taken.provider.as_str()), (Some("bob@x.org"), ""));
    // Other letters are another name.
    let name = "GMAIL".to_owned();
    let ran = ran_after(
        request(account(""), BaseAccountWrite::Create(name), None),
        vec![list(&[similar]), refusal("403 Forbidden", "no")],
        |_, _| {},
    );
    assert_eq!(ran.failed().0, "_no_permission");
}

#[test]
fn an_account_that_is_gone_or_no_mail_account_is_told() {
    let robot = json!({"id": 17, "account_name": "x", "account_type": "wechat_robot", "detail": {}});
    for write in [BaseAccountWrite::Update(17), BaseAccountWrite::Keep(17)] {
        for accounts in [vec![], vec![listed(18, "Gmail", &json!({}))], vec![robot.clone()]] {
            let ran = ran(request(account(""), write.clone(), Some(message())), vec![list(&accounts)]);
            assert_eq!(ran.failed(), ("_account_gone".to_owned(), details(&[("id", "17")])));
            assert_eq!(ran.report.taken, None);
        }
    }
}

#[test]
fn without_a_token_nobody_is_asked() {
    let nothing = SeatableRequest { token: None, ..request(account(""), create(), None) };
    let ran = ran(nothing, vec![]);
    assert_eq!(ran.failed(), ("_no_token".to_owned(), details(&[])));
    assert_eq!(ran.stages(), [Stage::SeatableFind]);
}

#[test]
fn a_key_that_is_not_in_the_store_is_told_before_anything_is_written() {
    let nothing = SeatableRequest { secrets: None, ..request(account(""), create(), None) };
    let ran = ran(nothing, vec![list(&[])]);
    let failure = ran.report.failure().unwrap();
    assert_eq!((failure.layer, failure.code.as_str()), (Layer::Store, "_missing"));
    assert_eq!(ran.stages(), [Stage::SeatableFind, Stage::SeatableWrite]);
}
