//! What people write, what is made of it, and what is wrong with it.

use super::{texts::END, *};
use crate::model::{failure::Layer, method::Method};

fn diagnosed(text: &str) -> Result<String, Vec<String>> {
    diagnoses(text, &mut Texts::default())
}

#[test]
fn faults_are_named_with_file_and_line() {
    let good = r#"{"id":"a","remedies":[],"exit":"store","retry":"never","confidence":"certain","checked":"","rules":[]}"#;
    let lost = good.replace("\"a\"", "\"c\"").replace("[]}", "[\n{\"layers\":[\"nowhere\"]}]}");
    let told = diagnosed(&format!(
        "{{\"groups\":{{}},\n\"diagnoses\":[{good},\n{good},\n\n{{\"id\":\"b\"}},\n{lost}]}}"
    ));
    let told = told.unwrap_err();
    assert_eq!(told[0], "assets/diagnoses.json:3: the id a is there twice");
    assert!(told[1].starts_with("assets/diagnoses.json:5: missing field"), "{told:?}");
    assert!(told[2].starts_with("assets/diagnoses.json:7: no layer is called nowhere"), "{told:?}");
    assert!(diagnosed("{\n{").unwrap_err()[0].starts_with("assets/diagnoses.json:2: "));
    let text = "{\"providers\": [], \"trades\": {\"mail\": [], \"others\": []}, \"tells\": {\"complains\": [], \"goes_wrong\": [], \"of_oauth\": [], \"awaits_browser\": [], \"of_code\": [], \"of_refresh\": [], \"only_api\": [], \"for_smtp\": [], \"of_token\": [], \"of_service\": [], \"of_app\": [], \"of_week\": [], \"of_hour\": []}, \"web\": [],\n\"phrases\": [\n\
        {\"layer\": \"nowhere\", \"code\": \"x\", \"match\": []}]}";
    let told = readings(text, &mut Texts::default()).unwrap_err();
    assert!(told[0].starts_with("assets/readings.json:3: no layer is called nowhere"), "{told:?}");
}

#[test]
fn layers_and_methods_are_those_of_the_model() {
    assert_eq!(LAYERS, Layer::ALL.map(Layer::id));
    assert!(
        METHODS
            .iter()
            .all(|(id, name)| Method::from_id(id).is_some_and(|known| format!("{known:?}") == *name))
    );
}

#[test]
fn what_is_made_is_rust() {
    let file = r#"{"diagnoses":[{"id":"a","remedies":["b"],"exit":"check-failed","retry":"after-fix","confidence":"likely",
        "checked":"2026-11-26","docs":{"gmail":"https://x"},"rules":[{"layers":["sign-in"],"match":["\"q\""],"alone":true,
        "methods":["oauth"],"when":[{"detail":"age_days","at_most":8}],"confidence":"certain"}]}]}"#;
    let mut texts = Texts::default();
    let made = diagnoses(file, &mut texts).unwrap();
    let all: Vec<&str> = texts.all.split(END).collect();
    assert_eq!(all, ["gmail", "https://x", "a", "2026-11-26", "b", "\"q\"", "age_days", "*", ""]);
    for part in [
        "Entry { id: Text::at(16, 17), remedies: Texts::at(29, 31), exit: Exit::CheckFailed, retry: Retry::AfterFix",
        "docs: &[(Text::at(0, 5), Text::at(6, 15))]",
        "layers: &[Layer::SignIn], provider: Text::at(44, 45)",
        "texts: Texts::at(31, 35)",
        "methods: &[Method::OAuth], when: &[Condition { detail: Text::at(35, 43), is: Texts::at(31, 31), at_least: None, \
         at_most: Some(8) }]",
        "alone: true, near: Texts::at(31, 31), confidence: Some(Confidence::Certain) }",
    ] {
        assert!(made.contains(part), "{part} in {made}");
    }
}

#[test]
fn a_text_that_stands_twice_is_kept_once() {
    let mut texts = Texts::default();
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(texts.list(&list(&["a", "b"])), "Texts::at(0, 4)");
    assert_eq!(texts.one("c"), "Text::at(4, 5)");
    assert_eq!(texts.list(&list(&["c"])), "Texts::at(4, 6)");
    assert_eq!(texts.list(&list(&["a", "b"])), "Texts::at(0, 4)");
    assert_eq!(texts.perhaps(None), "None");
}

#[test]
fn no_text_has_the_sign_that_ends_one() {
    let text = r#"{"diagnoses": [], "note": "a\u0000"}"#;
    assert_eq!(diagnosed(text).unwrap_err(), ["assets/diagnoses.json:1: a text has the sign that ends one"]);
}
