use clap::Parser;

use super::{super::missing, *};
use crate::{
    cli::{Cli, Command},
    commands::testing,
    guide::{handout::Content, markup::TextBlock},
    model::language::Language,
};

/// The hand-out of `mailkey guide` with these words.
fn made(words: &[&str]) -> Handout {
    let folder = tempfile::tempdir().unwrap();
    let words = [&["guide"], words].concat();
    let session = testing::session(folder.path(), &words);
    let cli = Cli::try_parse_from(std::iter::once(&"mailkey").chain(&words)).unwrap();
    let Some(Command::Guide(arguments)) = cli.command else { panic!("no guide") };
    let answers = given(&arguments, &session);
    refuse_unusable(&session, &answers).unwrap();
    handout(&session, arguments.plan, &answers)
}

/// What is refused, as `mailkey guide` with these words says it.
fn refused(words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let words = [&["guide"], words].concat();
    let session = testing::session(folder.path(), &words);
    let cli = Cli::try_parse_from(std::iter::once(&"mailkey").chain(&words)).unwrap();
    let Some(Command::Guide(arguments)) = cli.command else { panic!("no guide") };
    match refuse_unusable(&session, &given(&arguments, &session)) {
        Err(CommandError::Missing { missing, given }) => {
            let strings = &session.words().strings;
            missing::lines(&missing::entries(&missing, given, strings), strings)
        }
        other => panic!("{other:?}"),
    }
}

fn steps(handout: &Handout) -> impl Iterator<Item = &Step> {
    handout.chapters.iter().flat_map(|chapter| &chapter.steps)
}

fn texts(step: &Step) -> Vec<&str> {
    let mut texts = vec![step.title.as_str()];
    for part in &step.parts {
        texts.extend(part.heading.as_deref());
        match &part.content {
            Content::ToDo(blocks) | Content::Text(blocks) => {
                texts.extend(blocks.iter().flat_map(TextBlock::texts));
            }
            Content::Sheet(sheet) => {
                texts.extend(sheet.0.iter().flat_map(|(label, value)| [label.as_str(), value]));
            }
            Content::Questions(questions) => {
                for question in questions {
                    texts.extend([question.label.as_str(), &question.help]);
                    texts.extend(question.options.iter().flat_map(|(name, help)| [name.as_str(), help]));
                }
            }
        }
    }
    texts
}

/// Fails on what a reader of paper must not meet.
fn assert_readable(step: &Step) {
    for text in texts(step) {
        assert!(
            !text.contains('{') && !text.contains("  ") && !text.contains("guide."),
            "{}: {text}",
            step.id
        );
    }
    assert!(step.parts.iter().all(|part| part.heading.as_ref().is_none_or(|heading| !heading.is_empty())));
}

#[test]
fn every_way_in_every_language_is_whole() {
    for language in Language::ALL.map(Language::code) {
        for method in [&[][..], &["--method", "app-password"], &["--method", "oauth"]] {
            for destination in ["seatable", "program", "cli"] {
                for plan in ["setup", "reauth", "verify"] {
                    let about =
                        ["--lang", language, "--for", destination, "--plan", plan, "--connect", "show"];
                    let handout = made(&[&about, method].concat());
                    let (markdown, html) =
                        (render::markdown::render(&handout), render::html::render(&handout));
                    assert!(steps(&handout).count() > 0, "{about:?}");
                    for step in steps(&handout) {
                        assert_readable(step);
                        assert!(html.contains(&format!("-{}\">", step.id)), "{about:?}: {}", step.id);
                    }
                    assert!(!markdown.contains('{'), "{markdown}");
                    assert!(!markdown.lines().any(|line| line.trim_end_matches(' ').ends_with("# ")));
                    let body = &html[html.find("<main>").unwrap()..];
                    assert!(!body.contains('{') && !body.contains("></h"), "{body}");
                    for text in
                        [&handout.title, &handout.contents, &handout.warning].into_iter().chain(&handout.lead)
                    {
                        assert!(!text.contains("guide.") && !text.contains('{'), "{text}");
                    }
                }
            }
        }
    }
}

/// What may be chosen for a field of the first steps, by name.
fn choices(flags: &[&str], label: &str) -> Vec<String> {
    let handout = made(flags);
    let questions = steps(&handout).flat_map(|step| &step.parts).filter_map(|part| match &part.content {
        Content::Questions(questions) => Some(questions),
        _ => None,
    });
    let asked = questions.flatten().find(|question| question.label == label).expect("it is asked");
    asked.options.iter().map(|(name, _)| name.clone()).collect()
}

#[test]
fn what_was_said_is_not_offered_among_others() {
    assert_eq!(choices(&["--provider", "gmail"], "Provider"), ["Gmail"]);
    assert_eq!(choices(&["--provider", "other"], "Provider"), ["Another server"]);
    assert_eq!(choices(&["--address", "anna@gmail.com"], "Provider"), ["Gmail"]);
    assert!(choices(&[], "Provider").len() > 20);
    assert_eq!(choices(&["--for", "cli"], "For").len(), 1);
    assert_eq!(choices(&[], "For").len(), 4);
}

/// Not every step can be reached by flags, and none may have a hole.
#[test]
fn every_document_can_be_printed() {
    for language in Language::ALL.map(Language::code) {
        for provider in ["gmail", "other"] {
            let folder = tempfile::tempdir().unwrap();
            let session = testing::session(folder.path(), &["list", "--lang", language]);
            let mut answers = session.answers();
            answers.set(field::PROVIDER, provider, Source::Flag);
            answers.set(field::FOR, "program", Source::Flag);
            let situation = session.situation(&answers);
            for spec in &session.knowledge.guide.plans.steps {
                let words = situation.words();
                let document = words.document(&spec.id);
                let questions = questions::questions(&situation, spec);
                let sheet = sheet::sheet(&situation, &spec.id);
                let value = |name: &str| value(&situation, name);
                let step = Step::of(spec, document, &words.strings, sheet, questions, &value);
                assert_eq!(step.is_none(), document.title.is_empty());
                step.iter().for_each(assert_readable);
            }
        }
    }
}

#[test]
fn without_a_method_there_is_a_chapter_for_each() {
    let both = made(&[]);
    let chapters: Vec<_> = both.chapters.iter().map(|chapter| chapter.id.as_str()).collect();
    assert_eq!(chapters, ["app-password", "oauth"]);
    assert!(both.chapters[0].steps.iter().any(|step| step.id == "app-password"));
    assert!(both.chapters[1].steps.iter().any(|step| step.id == "cloud-client-web"));
    assert_eq!(made(&["--method", "oauth"]).chapters.len(), 1);
    assert_eq!(made(&["--provider", "other"]).chapters.len(), 3);
    // That a key still works is found out in one way.
    assert_eq!(made(&["--plan", "verify"]).chapters.len(), 1);
}

#[test]
fn what_mailkey_does_by_itself_is_not_printed() {
    let printed: Vec<_> = ["setup", "verify", "reauth", "connect"]
        .iter()
        .flat_map(|plan| steps(&made(&["--plan", plan])).map(|step| step.id.clone()).collect::<Vec<_>>())
        .collect();
    for machinery in ["start", "menu", "choose-account", "store", "seatable-place", "verified", "connected"] {
        assert!(!printed.iter().any(|id| id == machinery), "{machinery}");
    }
}

#[test]
fn what_is_known_is_filled_in_and_what_is_not_is_said_in_words() {
    let sheet = |words: &[&str]| {
        let handout = made(&[&["--connect", "show"], words].concat());
        let of = |step: &Step| {
            step.parts.iter().find_map(|part| match &part.content {
                Content::Sheet(sheet) => {
                    Some(sheet.0.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>())
                }
                _ => None,
            })
        };
        steps(&handout).find_map(of).unwrap()
    };
    assert_eq!(
        sheet(&["--method", "app-password", "--address", "anna@gmail.com"]),
        [
            "General email provider",
            "anna@gmail.com",
            "smtp.gmail.com",
            "587",
            "anna@gmail.com",
            "«the app password»"
        ]
    );
    assert_eq!(
        sheet(&["--method", "oauth"]),
        ["Gmail", "«name of the account»", "«the client ID»", "«the client secret»"]
    );
    assert_eq!(
        sheet(&["--method", "password", "--provider", "other", "--for", "cli"]).last().unwrap(),
        "mailkey password «name of the account»"
    );
}

#[test]
fn the_provider_is_the_one_of_the_address() {
    assert!(made(&["--address", "anna@googlemail.com"]).title.starts_with("Gmail → SeaTable"));
    let other = made(&["--address", "anna@example.org", "--provider", "other", "--lang", "de"]);
    assert!(other.title.starts_with("«Ihr Anbieter» → SeaTable"), "{}", other.title);
}

#[test]
fn what_cannot_be_used_is_named_with_what_is_possible() {
    let said = refused(&["--method", "carrier-pigeon", "--for", "nowhere", "--seatable-version", "six"]);
    for part in ["--method", "app-password, oauth", "--for", "seatable, seatable-server, program", "6.1.6"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(refused(&["--provider", "gmial"]).contains("gmail, google_workspace, outlook_com"));
    assert!(refused(&["--address", "<script>@example.org"]).contains("--address"));
    assert!(refused(&["--connect", "maybe", "--own-consent", "perhaps"]).contains("--own-consent"));
}

/// On paper nobody is told that nobody gets the message, nor what to type without the command.
#[test]
fn without_an_address_the_words_say_whose() {
    let handout = made(&["--connect", "api", "--method", "app-password"]);
    let texts: Vec<&str> = steps(&handout).flat_map(texts).collect();
    for expected in [
        "«your address»",
        "«your base»",
        "mailkey reauth «name of the account»",
        "mailkey seatable connect «name",
    ] {
        assert!(texts.iter().any(|text| text.contains(expected)), "{expected}\n{texts:#?}");
    }
    assert!(!texts.contains(&"nobody"));
}
