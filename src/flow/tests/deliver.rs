//! What is copied into another program: to the letter, and each row by an action of its own.

use super::{
    consent::{OTHER_SERVER, obtained},
    password::{GMAIL, ready_to_keep},
    walk::Walk,
    world::{self, APP_PASSWORD, CLIENT_ID, CLIENT_SECRET, PORT},
};
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress},
        screen::{Action, Block, Clip, SheetRow},
    },
    model::{grant::Grant, secret::Secret},
};

fn kept_as(name: &str) -> Walk {
    let mut walk = ready_to_keep();
    walk.edit("name", name).next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(walk.step(), "deliver-seatable");
    walk
}

fn rows(walk: &Walk) -> Vec<SheetRow> {
    let blocks = walk.screen().blocks.into_iter();
    blocks
        .filter_map(|block| if let Block::Sheet(rows) = block { Some(rows) } else { None })
        .flatten()
        .collect()
}

/// What the actions of the rows copy, in their order.
fn copied(walk: &mut Walk) -> Vec<Secret> {
    let ids: Vec<String> = rows(walk).into_iter().filter_map(|row| row.action).collect();
    let all = ids.iter().map(|id| {
        walk.press(id);
        let Effect::Copy { text } = walk.order() else { panic!("{id} copies nothing") };
        text
    });
    all.collect()
}

#[test]
fn each_row_has_an_action_of_its_own_and_no_action_is_without_a_row() {
    // The account's name and the user name are both the address.
    let mut walk = kept_as("");
    let expected = ["anna@gmail.com", "smtp.gmail.com", "587", "anna@gmail.com", APP_PASSWORD];
    assert_eq!(copied(&mut walk), expected.map(Secret::from));
    let actions: Vec<_> = walk
        .screen()
        .actions
        .into_iter()
        .filter(|view| matches!(view.action, Action::Copy(_)))
        .map(|view| (view.id, view.key))
        .collect();
    let of_rows: Vec<_> =
        rows(&walk).into_iter().filter_map(|row| row.action).zip(('1'..).map(Some)).collect();
    assert_eq!(actions, of_rows);
}

#[test]
fn the_secrets_of_a_consent_are_copied_each_by_its_own_row() {
    let mut walk = obtained();
    walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None))).did();
    assert_eq!(copied(&mut walk), ["anna@gmail.com", CLIENT_ID, CLIENT_SECRET].map(Secret::from));
}

#[test]
fn a_public_client_has_no_secret_to_enter() {
    let mut walk = super::consent::binding(&OTHER_SERVER[..9]);
    walk.tell(Progress::Listening(Box::new(world::listening(PORT))));
    walk.answer(Outcome::BrowserOpened(true)).answer(world::redirect());
    let grant = Grant { scopes: vec!["mail".to_owned()], ..world::grant() };
    walk.answer(world::granted(grant)).answer(Outcome::PendingSaved(Ok(())));
    walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None))).did();
    let shown = rows(&walk);
    let labels = ["sheet.client-id", "sheet.token-url", "sheet.client-secret"].map(|id| walk.words(id));
    let has = |label: &str| shown.iter().any(|row| row.label == label);
    assert_eq!(labels.each_ref().map(|label| has(label)), [true, true, false]);
}

#[test]
fn a_name_is_never_taken_for_something_else() {
    for name in ["secret:key", "{address}", "row-4", "copy-page", "{"] {
        let mut walk = kept_as(name);
        assert_eq!(copied(&mut walk)[0], Secret::from(name));
    }
}

#[test]
fn only_what_is_on_the_screen_is_copied() {
    let mut walk = ready_to_keep();
    walk.act(Action::Copy(Clip::Row(4))).act(Action::Copy(Clip::Named("copy-page".to_owned())));
    assert_eq!(walk.did(), []);
    let mut walk = Walk::setup();
    walk.through(&GMAIL, "app-password").press("copy-page");
    assert!(matches!(walk.order(), Effect::Copy { text } if text.expose().starts_with("https://")));
}

#[test]
fn a_name_is_one_word_of_the_commands_that_are_shown() {
    let mut walk = kept_as("my {address}");
    walk.next().next();
    let quote = if cfg!(windows) { '"' } else { '\'' };
    for command in ["verify", "reauth"] {
        assert!(walk.says(&format!("mailkey {command} {quote}my {{address}}{quote}")), "{command}");
    }
    let mut walk = Walk::setup();
    let cli = GMAIL.map(|(field, text)| if field == "for" { (field, "cli") } else { (field, text) });
    walk.through(&cli, "app-password").edit("app-password", APP_PASSWORD).next();
    walk.answer(Outcome::PendingSaved(Ok(()))).next().answer(world::proved()).next();
    walk.edit("name", "my mail").next().answer(Outcome::AccountKept(Ok(None))).did();
    let command = format!("mailkey password {quote}my mail{quote}");
    assert_eq!(copied(&mut walk).last(), Some(&Secret::from(command)));
}

#[test]
fn what_is_to_be_entered_can_be_seen_again() {
    let mut walk = super::password::ready_to_keep();
    walk.next().answer(crate::flow::effect::Outcome::AccountKept(Ok(None)));
    assert!(!walk.offers("back"), "what was kept is not undone");
    walk.next().next();
    assert_eq!(walk.step(), "finish");
    walk.back().back();
    assert_eq!(walk.step(), "deliver-seatable");
}

/// It is what goes wrong unnoticed, so it comes before everything else.
#[test]
fn a_key_that_dies_is_told_of_first_at_the_end() {
    let mut walk = super::consent::obtained();
    walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None))).did();
    walk.through(&[], "finish");
    let date = (world::LATER + time::Duration::days(7)).date().to_string();
    let expected = walk.words("summary.dies-in-testing").replace("{date}", &date);
    let told = walk.screen().blocks.into_iter().filter_map(|block| match block {
        crate::flow::screen::Block::Text(crate::flow::screen::TextBlock::Warning(spans)) => {
            Some(spans.iter().map(crate::flow::screen::Span::text).collect::<String>())
        }
        _ => None,
    });
    assert!(told.collect::<Vec<_>>().contains(&expected));
}
