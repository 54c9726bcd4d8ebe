//! From every failure: all that is known of it, and the provider's page about it.

use super::{walk::Walk, world};
use crate::flow::{effect::Effect, screen::Action, wizard::Plan};

fn refused() -> Walk {
    let mut walk = super::password::ready_to_check();
    walk.next().answer(world::refused());
    walk
}

#[test]
fn a_diagnosis_is_told_whole_on_request_and_briefly_again() {
    let mut walk = refused();
    assert!(!walk.says("How sure"));
    walk.press("explain");
    for words in ["How sure", "usual cause", "As of", "support.google.com"] {
        assert!(walk.says(words), "{words}: {}", walk.picture());
    }
    assert_eq!(walk.action("explain").expect("it is offered").label, "less about this");
    walk.press("explain");
    assert!(!walk.says("How sure"));
}

#[test]
fn the_page_about_it_is_opened() {
    let mut walk = refused();
    let page = walk.action("open-about").expect("it is offered");
    let Action::Open(url) = page.action.clone() else { panic!("{page:?}") };
    walk.did();
    walk.press("open-about");
    assert_eq!(walk.order(), Effect::OpenBrowser { url });
}

#[test]
fn nothing_is_offered_where_nothing_failed() {
    let walk = Walk::loaded(Plan::Setup, world::nothing());
    assert!(walk.action("explain").is_none() && walk.action("open-about").is_none());
}
