use super::*;
use crate::{guide::strings::Strings, model::language::Language};

#[test]
fn every_fault_is_found_by_its_name_and_described() {
    let strings = Strings::embedded(Language::En);
    for fault in Fault::ALL {
        assert_eq!(Fault::from_name(fault.name()), Some(fault));
        assert!(strings.find(&fault.text_id()).is_some(), "{}", fault.text_id());
    }
    assert_eq!(Fault::from_name("no-such-fault"), None);
}

#[test]
fn no_description_is_left_over() {
    let strings = Strings::embedded(Language::En);
    for id in strings.ids().filter_map(|id| id.strip_prefix("practice.fault.")) {
        assert!(Fault::from_name(id).is_some(), "{id}");
    }
}
