//! What stands in `assets/diagnoses.json` beside the diagnoses, as people write it.

use crate::diagnosis::file::Beside;

pub(super) const SOURCE: &str = include_str!("../../../assets/diagnoses.json");

#[test]
fn what_stands_beside_the_diagnoses_is_sound() {
    let fault = serde_json::from_str::<Beside>(SOURCE).err();
    let fault = fault.map(|error| format!("assets/diagnoses.json:{}: {error}", error.line()));
    assert_eq!(fault, None);
}
