//! `mailkey guide`: a page on standard output or in a file, and nothing else anywhere.

use std::fs;

use crate::support::{place::Place, run::Run};

#[test]
fn a_french_page_needs_nothing_and_keeps_nothing() {
    let place = Place::new();
    let words =
        ["guide", "--format", "html", "--lang", "fr", "--method", "oauth", "--address", "anna@gmail.com"];
    let page = Run::new(&place, words).stdout("<html lang=\"fr\">").check().stdout;
    for part in
        ["Gmail → SeaTable", "anna@gmail.com", "href=\"https://console.cloud.google.com/auth/clients\""]
    {
        assert!(page.contains(part), "{part}\n{page}");
    }
    for outside in ["<script", "src=", "<link", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.ends_with("</html>\n"));
    assert!(place.files().is_empty(), "{:?}", place.files());
}

#[test]
fn markdown_is_the_default_and_has_a_chapter_for_each_method() {
    let place = Place::new();
    let text = Run::new(&place, ["guide", "--lang", "en"]).stdout("# Gmail → SeaTable").check().stdout;
    assert!(text.contains("\n## With an app password\n") && text.contains("\n## With OAuth 2.0\n"), "{text}");
    assert!(!text.contains('{'), "{text}");
}

#[test]
fn a_file_gets_the_page_and_standard_output_nothing() {
    let place = Place::new();
    let path = place.path().join("guide.html");
    let path = path.to_string_lossy();
    let words = ["guide", "--format", "html", "--lang", "de", "--output", path.as_ref()];
    Run::new(&place, words).check();
    assert!(fs::read_to_string(path.as_ref()).is_ok_and(|page| page.contains("<html lang=\"de\">")));
    let nowhere = place.path().join("no/guide.html");
    Run::new(&place, ["guide", "--output", &nowhere.to_string_lossy()]).exit(2).stderr("guide.html").check();
}

#[test]
fn a_script_gets_one_document() {
    let place = Place::new();
    let document = Run::new(&place, ["guide", "--json", "--lang", "fr", "--format", "html"]).json();
    assert_eq!((&document["language"], &document["format"]), (&"fr".into(), &"html".into()));
    assert!(document["text"].as_str().is_some_and(|text| text.starts_with("<!doctype html>")));
    let refused = ["guide", "--json", "--method", "nothing", "--for", "nowhere"];
    let refused = Run::new(&place, refused).exit(2).stdout_json().check();
    assert_eq!(refused.error_id(), "missing");
    for part in ["--method", "--for", "app-password, oauth"] {
        assert!(refused.stdout.contains(part), "{}", refused.stdout);
    }
}

#[test]
fn who_signs_in_with_another_name_is_told_that_name_for_seatable() {
    let place = Place::new();
    let words = ["guide", "--provider", "sendgrid", "--for", "seatable", "--connect", "show"];
    Run::new(&place, words).stdout("**Username** – apikey").check();
}
