//! Made-up screens, one for each kind of thing that a screen can hold.

use crate::flow::screen::{
    Action, ActionView, Block, ChoiceOption, Clip, Code, Field, FieldValue, Hint, Journey, Place, Position,
    RailItem, RailState, RowValue, Screen, SheetRow, Span, StageLine, StageState, Status, TextBlock,
};
use crate::model::stage::Stage;

pub use self::bases::bases;

mod bases;

pub fn text(words: &str) -> Span {
    Span::Text(words.to_owned())
}

pub fn key(id: &str) -> Span {
    Span::Key(id.to_owned())
}

pub fn action(id: &str, action: Action, key: Option<char>, label: &str) -> ActionView {
    ActionView { id: id.to_owned(), action, key, label: label.to_owned(), disabled: None, is_detour: false }
}

pub fn field(id: &str, label: &str, value: FieldValue) -> Field {
    Field {
        id: id.to_owned(),
        label: label.to_owned(),
        help: String::new(),
        value,
        error: None,
        hint: None,
        source: None,
    }
}

fn rail(here: usize) -> Vec<RailItem> {
    let labels =
        ["Sender", "For", "Method", "Two-step", "App password", "Check", "Keep", "Deliver", "Finish"];
    let state = |index: usize| match index.cmp(&here) {
        std::cmp::Ordering::Less => RailState::Done,
        std::cmp::Ordering::Equal => RailState::Current,
        std::cmp::Ordering::Greater => RailState::Ahead,
    };
    labels
        .iter()
        .enumerate()
        .map(|(index, label)| RailItem { label: (*label).to_owned(), state: state(index) })
        .collect()
}

fn base(step: &str, heading: &str, here: usize) -> Screen {
    Screen {
        step: step.to_owned(),
        journey: Some(Journey { provider: "Gmail".to_owned(), destination: Some("SeaTable".to_owned()) }),
        position: Some(Position { step: Place { number: here + 1, total: 9 }, part: None }),
        rail: rail(here),
        heading: heading.to_owned(),
        actions: vec![
            action("next", Action::Next, None, "next"),
            action("back", Action::Back, None, "back"),
            action("quit", Action::Quit, None, "quit"),
        ],
        ..Screen::default()
    }
}

/// Numbered things to do with keys at the right, and a secret in groups.
pub fn app_password(length: usize) -> Screen {
    let mut screen = base("app-password", "Create the app password", 4);
    let copy = |id: &str| Action::Copy(Clip::Named(id.to_owned()));
    screen.blocks = [
        TextBlock::Paragraph(vec![text(
            "An app password is a 16-letter key that lets one program send as you without knowing your own \
             password.",
        )]),
        TextBlock::Numbered {
            number: 1,
            spans: vec![
                text("Open Google's app passwords page "),
                key("open"),
                Span::Link("https://myaccount.google.com/apppasswords".to_owned()),
                key("copy"),
            ],
        },
        TextBlock::Numbered {
            number: 2,
            spans: vec![
                text("Name it "),
                Span::Literal("SeaTable – Orders".to_owned()),
                text(" "),
                key("name"),
                text(" and press "),
                Span::Strong("Create".to_owned()),
                text("."),
            ],
        },
        TextBlock::Numbered {
            number: 3,
            spans: vec![text("Copy the 16 letters. Google shows them only this once.")],
        },
        TextBlock::Paragraph(vec![text("No such page?  "), key("why")]),
    ]
    .map(Block::Text)
    .to_vec();
    screen.actions.extend([
        action(
            "open",
            Action::Open("https://myaccount.google.com/apppasswords".to_owned()),
            Some('o'),
            "open",
        ),
        action("copy", copy("page"), Some('c'), "copy"),
        action("name", copy("name"), Some('n'), "copy"),
        action("why", Action::Step("why".to_owned()), Some('?'), "five reasons, and what to do for each"),
    ]);
    screen.fields = vec![Field {
        hint: Some(Hint { text: format!("{length} of 16"), complete: length == 16 }),
        ..field("secret", "App password", FieldValue::Secret { length, group: 4 })
    }];
    screen.help = vec![Block::Text(TextBlock::Paragraph(vec![text(
        "The letters may be pasted with or without blanks. They go into the keyring and nowhere else.",
    )]))];
    screen
}

/// Fields of text: a help line, a source, an error.
pub fn sender() -> Screen {
    let mut screen = base("sender", "Who sends?", 0);
    screen.journey = None;
    screen.blocks = vec![Block::Text(TextBlock::Paragraph(vec![text(
        "Every message will come from this address. The provider is recognised from it.",
    )]))];
    screen.fields = vec![
        Field {
            help: "For example anna@gmail.com".to_owned(),
            error: Some("There is no @ in it.".to_owned()),
            ..field("address", "Address", FieldValue::Text("anna".to_owned()))
        },
        Field {
            source: Some("from --name".to_owned()),
            ..field("name", "Account name", FieldValue::Text("orders".to_owned()))
        },
        Field {
            help: "The message that proves it goes to the sender otherwise.".to_owned(),
            ..field("elsewhere", "Send the test message to another address", FieldValue::Tick(false))
        },
    ];
    screen.status = Some(Status::Info("A set-up that was left is kept.".to_owned()));
    screen.actions.push(ActionView {
        disabled: Some("nothing is stored yet".to_owned()),
        ..action("resume", Action::Step("resume".to_owned()), Some('r'), "resume")
    });
    screen
}

/// A choice with a recommended and a disabled option.
pub fn method() -> Screen {
    let mut screen = base("method", "How should it sign in?", 2);
    let option = |id: &str, label: &str, help: &str| ChoiceOption {
        id: id.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        recommended: None,
        disabled: None,
    };
    let options = vec![
        ChoiceOption {
            recommended: Some("two minutes, and nothing to set up at Google".to_owned()),
            ..option(
                "app",
                "App password",
                "Lasts until you change your Google password. Needs two-step verification.",
            )
        },
        option(
            "oauth",
            "OAuth 2.0",
            "Your own client in the Google Cloud console. Can be limited to sending.",
        ),
        ChoiceOption {
            disabled: Some("Google has refused it since May 2025".to_owned()),
            ..option("password", "Your own password", "")
        },
    ];
    screen.fields = vec![field("method", "Method", FieldValue::Choice { chosen: String::new(), options })];
    screen
}

/// A check that runs.
pub fn checking() -> Screen {
    let mut screen = base("check", "Prove it with a real message", 5);
    screen.blocks = vec![Block::Stages(stages(3, StageState::Running))];
    screen.status = Some(Status::Working("Signing in as anna@gmail.com".to_owned()));
    screen.actions.retain(|action| action.id == "quit");
    screen.actions.push(action("cancel", Action::Cancel, None, "cancel"));
    screen
}

/// A check that failed, with what it means and what to do.
pub fn refused() -> Screen {
    let mut screen = base("check", "The server refused", 5);
    let row = |label: &str, words: &str, action: Option<&str>| SheetRow {
        label: label.to_owned(),
        number: None,
        value: RowValue::Words(vec![text(words)]),
        action: action.map(str::to_owned),
    };
    screen.blocks = vec![
        Block::Stages(stages(3, StageState::Failed)),
        Block::Sheet(vec![
            row("The server said", "535-5.7.8 Username and Password not accepted.", None),
            row("It means", "this is not an app password of anna@gmail.com, or it was revoked.", None),
            row("What to do", "make a new app password", Some("open")),
            row("Ruled out", "network, port, TLS: they worked.", None),
        ]),
        Block::Text(TextBlock::Warning(vec![text(
            "After ten wrong passwords Google locks the account for a while.",
        )])),
    ];
    screen.status = Some(Status::Bad("Signing in failed.".to_owned()));
    screen.actions.extend([
        action(
            "open",
            Action::Open("https://myaccount.google.com/apppasswords".to_owned()),
            Some('o'),
            "open",
        ),
        action("retry", Action::Retry, Some('r'), "try again"),
        action("keep", Action::Step("keep".to_owned()), Some('k'), "keep it without proof"),
    ]);
    screen
}

fn stages(at: usize, state: StageState) -> Vec<StageLine> {
    [
        (Stage::Resolve, "Find smtp.gmail.com", "2 addresses", 9),
        (Stage::Connect, "Connect to port 587", "108.177.15.109", 31),
        (Stage::Tls, "Encrypt", "STARTTLS, TLS 1.3, certificate valid", 44),
        (Stage::SignIn, "Sign in as anna@gmail.com", "PLAIN", 210),
        (Stage::Send, "Send the test message", "", 0),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (stage, label, detail, time))| {
        let state = match index.cmp(&at) {
            std::cmp::Ordering::Less => StageState::Passed,
            std::cmp::Ordering::Equal => state,
            std::cmp::Ordering::Greater => StageState::Ahead,
        };
        let known = matches!(state, StageState::Passed | StageState::Failed);
        StageLine {
            stage,
            label: label.to_owned(),
            detail: if known { detail.to_owned() } else { String::new() },
            state,
            milliseconds: known.then_some(time),
        }
    })
    .collect()
}

/// The address of a consent, as long as Google's.
pub const LONG: &str = "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=123456789012-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com&state=Zm9vYmFyYmF6cXV4Zm9vYmFy&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2F&scope=https%3A%2F%2Fmail.google.com%2F&access_type=offline&prompt=consent";

/// A consent: a long address, a note, a bullet, a smaller heading, a QR code, practice.
pub fn consent() -> Screen {
    let mut screen = base("consent", "Say yes in the browser", 4);
    screen.practice = Some("PRACTICE".to_owned());
    screen.blocks = [
        TextBlock::Paragraph(vec![text(
            "Your browser should show Google's page now. If it does not, open this:",
        )]),
        TextBlock::Verbatim { text: LONG.to_owned(), link: true },
        TextBlock::Note(vec![text("Google warns that the app is not verified. It is your own: go on.")]),
        TextBlock::Heading("On another machine".to_owned()),
        TextBlock::Verbatim { text: "ssh -L 8976:127.0.0.1:8976 anna@host".to_owned(), link: false },
        TextBlock::Bullet(vec![text("Or paste the address to which the browser was sent:")]),
    ]
    .map(Block::Text)
    .to_vec();
    screen.fields =
        vec![field("redirected", "Redirected address", FieldValue::Secret { length: 0, group: 0 })];
    screen.code = Some(Code {
        text: "https://g.example/a".to_owned(),
        label: "Then paste the address back.".to_owned(),
        by_hand: None,
    });
    screen.status = Some(Status::Working("Waiting for your yes".to_owned()));
    screen.actions.extend([
        action("cancel", Action::Cancel, None, "cancel"),
        action("copy", Action::Copy(Clip::Named("authorize".to_owned())), Some('c'), "copy the address"),
    ]);
    screen
}

/// What strangers may send, and lists far longer than the screen.
pub fn hostile() -> Screen {
    let nasty = "\u{1b}[2J\u{1b}]0;x\u{7}日本語\u{202e}evil\u{9b}31m👩‍👩‍👧\r\n\tend\u{301}";
    let mut screen = base("hostile", nasty, 4);
    screen.journey = Some(Journey { provider: nasty.repeat(9), destination: Some(nasty.to_owned()) });
    screen.practice = Some(nasty.to_owned());
    screen.blocks = vec![
        Block::Text(TextBlock::Verbatim { text: nasty.repeat(30), link: true }),
        Block::Sheet(vec![SheetRow {
            label: nasty.repeat(3),
            number: Some(1),
            value: RowValue::Words(vec![text(&nasty.repeat(20)), key("nobody"), key("a")]),
            action: Some("a".to_owned()),
        }]),
    ];
    screen.blocks.extend((0..60).map(|number| {
        Block::Text(TextBlock::Numbered { number, spans: vec![text(nasty), key("a"), key("a"), text(nasty)] })
    }));
    screen.fields = vec![
        Field {
            hint: Some(Hint { text: nasty.repeat(2), complete: true }),
            error: Some(nasty.to_owned()),
            ..field("t", nasty, FieldValue::Text(nasty.repeat(40)))
        },
        field("empty", "", FieldValue::Choice { chosen: "x".to_owned(), options: Vec::new() }),
    ];
    screen.status = Some(Status::Bad(nasty.repeat(12)));
    screen.actions.push(action("a", Action::Step("a".to_owned()), Some('é'), nasty));
    screen
}

/// All of them.
pub fn all() -> Vec<(&'static str, Screen)> {
    vec![
        ("app_password", app_password(0)),
        ("sender", sender()),
        ("method", method()),
        ("checking", checking()),
        ("refused", refused()),
        ("consent", consent()),
        ("hostile", hostile()),
        ("bases", bases(200)),
        ("nothing", Screen::default()),
    ]
}
