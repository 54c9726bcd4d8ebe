//! The journeys through SeaTable.

use super::Film;
use crate::{
    flow::{
        effect::{Effect, Outcome, Progress, SeatableRequest},
        screen::Screen,
        tests::{
            consent::WEB,
            table,
            walk::Walk,
            world::{self, APP_PASSWORD},
        },
    },
    model::stage::Stage,
};

/// What SeaTable was asked last.
fn asked(walk: &Walk) -> SeatableRequest {
    let newest = walk.open.iter().rev().find_map(|(_, effect)| match effect {
        Effect::ConnectSeatable(request) => Some((**request).clone()),
        _ => None,
    });
    newest.expect("SeaTable is asked")
}

/// mailkey does it: what goes wrong on the way is shown, too.
pub(super) fn done(film: Film) -> Vec<Screen> {
    let answers = [
        ("address", "anna@gmail.com"),
        ("for", "seatable"),
        ("seatable-url", table::URL),
        ("method", "app-password"),
        ("connect", "api"),
    ];
    film.through(&answers, "app-password")
        .then(|walk| {
            walk.edit("app-password", APP_PASSWORD).next().answer(Outcome::PendingSaved(Ok(())));
            walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None)));
        })
        .then(|walk| {
            walk.edit("seatable-auth", "password").edit("seatable-user", "anna@firma.example");
            walk.edit("seatable-password", world::PASSWORD).next();
        })
        .then(|walk| {
            walk.answer(table::refused("_credentials"));
        })
        .then(|walk| {
            walk.edit("seatable-password", world::PASSWORD).next();
            walk.answer(table::refused("_code_missing"));
        })
        .then(|walk| {
            walk.edit("seatable-code", "123456").next().answer(table::signed_in());
        })
        .then(|walk| {
            walk.edit("seatable-base", table::ORDERS).next();
        })
        .then(|walk| {
            walk.next().tell(Progress::StageBegan(Stage::SeatableFind));
            walk.tell(Progress::StageEnded(Box::new(table::passed(Stage::SeatableFind, 17))));
            walk.tell(Progress::StageBegan(Stage::SeatableWrite));
        })
        .then(|walk| {
            walk.answer(table::not_written(Stage::SeatableWrite, "_name_taken"));
        })
        .then(|walk| {
            walk.press("adopt");
            let request = asked(walk);
            walk.answer(table::not_sent(&request, 17, "_send_400"));
        })
        .then(|walk| {
            walk.press("retry");
            let request = asked(walk);
            walk.answer(table::sent(&request, 17));
        })
        .then(|walk| {
            walk.next();
        })
        .then(|walk| {
            walk.next();
        })
        .screens
}

/// The consent is left to SeaTable, of a version that has a user name in its form.
pub(super) fn left_to_it(film: Film) -> Vec<Screen> {
    let answers: Vec<(&str, &str)> =
        WEB.into_iter().chain([("seatable-url", table::URL), ("own-consent", "no")]).collect();
    film.through(&answers, "for")
        .then(|walk| {
            walk.edit("for", "seatable").edit("seatable-url", table::URL).next();
            walk.answer(Outcome::SeatableRead(Err(
                table::failure("_not_seatable").with("host", "table.example.org")
            )));
        })
        .then(|walk| {
            walk.press("retry").answer(table::version("5.3.0"));
        })
        .through(&answers, "deliver-seatable-oauth")
        .then(|walk| {
            walk.next().next();
            assert_eq!(walk.step(), "finish-shown");
        })
        .screens
}

/// The server's own mail.
pub(super) fn server_mail(film: Film) -> Vec<Screen> {
    let answers = [
        ("address", "anna@gmail.com"),
        ("for", "seatable-server"),
        ("seatable-url", table::URL),
        ("method", "app-password"),
    ];
    film.through(&answers, "app-password")
        .then(|walk| {
            walk.edit("app-password", APP_PASSWORD).next().answer(Outcome::PendingSaved(Ok(())));
            walk.next().answer(world::proved()).next().next().answer(Outcome::AccountKept(Ok(None)));
            assert_eq!(walk.step(), "deliver-seatable-server");
        })
        .screens
}

/// An account that is kept is connected later.
pub(super) fn later(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.edit("task", "connect").next().edit("account", "bob").next();
        assert_eq!(walk.step(), "seatable-place");
    })
    .then(|walk| {
        walk.next().answer(table::version("6.1.6")).edit("seatable-token", table::TOKEN).next();
        walk.answer(Outcome::SeatableSignedIn(Ok(Box::new(table::session(Vec::new())))));
    })
    .then(|walk| {
        walk.press("retry").answer(table::signed_in());
        walk.edit("seatable-base", table::EVENTS).next().next();
        let request = asked(walk);
        walk.answer(table::sent(&request, 4)).next();
        assert_eq!(walk.step(), "connected");
    })
    .screens
}

/// Does it still send?
pub(super) fn check(film: Film) -> Vec<Screen> {
    film.then(|walk| {
        walk.next();
        assert_eq!(walk.step(), "seatable-try");
    })
    .then(|walk| {
        walk.next();
        let request = asked(walk);
        walk.answer(table::not_sent(&request, 17, "_send_500"));
    })
    .then(|walk| {
        walk.press("retry");
        let request = asked(walk);
        walk.answer(table::sent(&request, 17)).next();
        assert_eq!(walk.step(), "seatable-tried");
    })
    .screens
}
