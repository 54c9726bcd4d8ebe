//! Every step of every journey as a person sees it at 80 × 24, in three languages, and at other sizes what must
//! hold there.

use super::Session;
use crate::{flow::tests::journeys, model::language::Language};

/// One picture below the other, each under its number and step.
fn pictures(language: Language, size: (u16, u16), see: impl Fn(&str, &'static str, &str)) {
    for (journey, screens) in journeys::all(language) {
        let mut film = String::new();
        for (index, screen) in screens.into_iter().enumerate() {
            let step = screen.step.clone();
            let session = Session::new(screen, size);
            film.extend(
                [format!("── {index} {step} ──"), session.text(), String::new()].map(|part| part + "\n"),
            );
        }
        see(language.code(), journey, &film);
    }
}

#[test]
fn every_step_at_home_in_three_languages() {
    for language in Language::ALL {
        pictures(language, (80, 24), |code, journey, film| {
            insta::assert_snapshot!(format!("{journey}_{code}"), film);
        });
    }
}
