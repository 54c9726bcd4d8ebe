//! What people write, what is made of it, and what is wrong with it.

use super::*;
use crate::model::{failure::Layer, method::Method};

#[test]
fn faults_are_named_with_file_and_line() {
    let good = r#"{"id":"a","remedies":[],"exit":"store","retry":"never","confidence":"certain","checked":"","rules":[]}"#;
    let lost = good.replace("\"a\"", "\"c\"").replace("[]}", "[\n{\"layers\":[\"nowhere\"]}]}");
    let told = diagnoses(&format!(
        "{{\"groups\":{{}},\n\"diagnoses\":[{good},\n{good},\n\n{{\"id\":\"b\"}},\n{lost}]}}"
    ));
    let told = told.unwrap_err();
    assert_eq!(told[0], "assets/diagnoses.json:3: the id a is there twice");
    assert!(told[1].starts_with("assets/diagnoses.json:5: missing field"), "{told:?}");
    assert!(told[2].starts_with("assets/diagnoses.json:7: no layer is called nowhere"), "{told:?}");
    assert!(diagnoses("{\n{").unwrap_err()[0].starts_with("assets/diagnoses.json:2: "));
    let text = "{\"providers\": [], \"trades\": {\"mail\": [], \"others\": []}, \"tells\": {\"complains\": [], \"goes_wrong\": [], \"of_oauth\": [], \"awaits_browser\": [], \"of_code\": [], \"of_refresh\": [], \"only_api\": [], \"for_smtp\": [], \"of_token\": [], \"of_service\": [], \"of_app\": [], \"of_week\": [], \"of_hour\": []}, \"web\": [],\n\"phrases\": [\n\
        {\"layer\": \"nowhere\", \"code\": \"x\", \"match\": []}]}";
    let told = readings(text).unwrap_err();
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
    let made = diagnoses(file).unwrap();
    for part in [
        "Entry { id: \"a\", remedies: &[\"b\"], exit: Exit::CheckFailed, retry: Retry::AfterFix",
        "docs: &[(\"gmail\", \"https://x\")]",
        "layers: &[Layer::SignIn], provider: \"*\"",
        r#"texts: &["\"q\""]"#,
        "methods: &[Method::OAuth], when: &[Condition { detail: \"age_days\", is: &[], at_least: None, at_most: Some(8) }]",
        "alone: true, near: &[], confidence: Some(Confidence::Certain) }",
    ] {
        assert!(made.contains(part), "{part} in {made}");
    }
}
