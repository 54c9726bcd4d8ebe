//! [`sheet`]: the fields of the other side's form, with what is known of what goes into them. No account is kept here
//! and no key is there: what only they tell stands as words.

use crate::{
    flow::{
        field,
        server_mail::{self, Notation, Value},
        situation::Situation,
    },
    guide::handout::Sheet,
    model::{
        method::{Method, SendVia},
        seatable::{Form, OAUTH_USER},
    },
};

/// The sheet of a step; empty where it shows none.
pub(super) fn sheet(situation: &Situation<'_>, step: &str) -> Sheet {
    Sheet(match step {
        "deliver-seatable" => seatable(situation),
        "deliver-seatable-oauth" | "deliver-seatable-microsoft" => seatable_oauth(situation),
        "deliver-seatable-server" => seatable_server(situation),
        "deliver-program" | "deliver-cli" => program(situation, step == "deliver-cli"),
        "deliver-api" => program(situation, situation.text(field::FOR) == "cli"),
        _ => Vec::new(),
    })
}

type Rows = Vec<(String, String)>;

fn label(situation: &Situation<'_>, id: &str) -> String {
    situation.words().strings.text(id).to_owned()
}

fn row(situation: &Situation<'_>, id: &str, placeholder: &str) -> (String, String) {
    (label(situation, id), super::value(situation, placeholder))
}

fn seatable(situation: &Situation<'_>) -> Rows {
    vec![
        (label(situation, "seatable.provider"), label(situation, "seatable.general-provider")),
        row(situation, "seatable.account-name", "account"),
        row(situation, "seatable.smtp-server", "smtp-host"),
        row(situation, "seatable.smtp-port", "smtp-port"),
        row(situation, "seatable.username", "user"),
        row(situation, "seatable.password", password(situation)),
    ]
}

fn seatable_oauth(situation: &Situation<'_>) -> Rows {
    let form = situation.seatable_form();
    let provider = situation.provider();
    let called = provider.and_then(|provider| provider.name_in_seatable(form).map(str::to_owned));
    let called = called.unwrap_or_else(|| label(situation, "seatable.general-provider"));
    let mut rows = vec![
        (label(situation, "seatable.provider"), called),
        row(situation, "seatable.account-name", "account"),
    ];
    if form == Form::WithUsername {
        rows.push((label(situation, "seatable.username"), OAUTH_USER.to_owned()));
    }
    rows.push(row(situation, "seatable.client-id", field::CLIENT_ID));
    rows.push(row(situation, "seatable.client-secret", field::CLIENT_SECRET));
    rows
}

fn seatable_server(situation: &Situation<'_>) -> Rows {
    let Some(server) = situation.server() else { return Vec::new() };
    let version = situation.seatable_version();
    let notation = Notation::of(version);
    let address = super::value(situation, "address");
    let user = super::value(situation, "user");
    let key = super::value(situation, password(situation));
    // What stands for something is no text to be quoted.
    let value = |value: &Value| match value {
        Value::Text(text) if *text == address || *text == user => text.clone(),
        Value::Key => key.clone(),
        value => notation.value(value, ""),
    };
    let settings = server_mail::settings(&server, Some(&user), &address, version);
    settings.into_iter().map(|(name, found)| (name, value(&found))).collect()
}

fn program(situation: &Situation<'_>, asks_mailkey: bool) -> Rows {
    let provider = situation.provider();
    let api = provider.as_ref().and_then(|provider| provider.send_api.as_ref());
    let mut rows = match api.filter(|_| situation.send_via() == SendVia::Api) {
        Some(api) => vec![(label(situation, "sheet.interface-url"), api.url.clone())],
        None => vec![
            row(situation, "sheet.smtp-server", "smtp-host"),
            row(situation, "sheet.smtp-port", "smtp-port"),
            row(situation, "sheet.security", "security"),
            row(situation, "sheet.username", "user"),
        ],
    };
    rows.push(row(situation, "sheet.sender", "address"));
    match (asks_mailkey, situation.method()) {
        (true, Some(Method::OAuth)) => rows.push(row(situation, "sheet.token-command", "command.token")),
        (true, _) => rows.push(row(situation, "sheet.password-command", "command.password")),
        (false, Some(Method::OAuth)) => {
            let oauth = provider.as_ref().and_then(|provider| provider.oauth.as_ref());
            rows.push(row(situation, "sheet.client-id", field::CLIENT_ID));
            rows.push(row(situation, "sheet.client-secret", field::CLIENT_SECRET));
            if let Some(oauth) = oauth.filter(|oauth| !oauth.token_url.is_empty()) {
                rows.push((label(situation, "sheet.token-url"), oauth.token_url.clone()));
            }
            rows.push(row(situation, "sheet.refresh-token", "refresh-token"));
        }
        (false, _) => rows.push(row(situation, "sheet.password", password(situation))),
    }
    rows
}

/// What is entered as the password.
fn password(situation: &Situation<'_>) -> &'static str {
    match situation.method() {
        Some(Method::AppPassword) => field::APP_PASSWORD,
        _ => field::PASSWORD,
    }
}
