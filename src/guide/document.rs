//! [`Document`]: the words of one step in one language, from `assets/guide/<language>/NN-<id>.md`.
//!
//! The file begins with TOML between two lines `+++`; Markdown follows, of which a small part is understood and
//! the rest is a fault. `## expect`, `## moved` and `## help` end the body and begin a part with that name.

mod parser;

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::markup::TextBlock;
use crate::model::language::Language;

/// The line before and after the front matter.
const FENCE: &str = "+++\n";

/// The documents by language, in the order of [`Language::ALL`].
static FOLDERS: [Dir<'_>; Language::ALL.len()] = [
    include_dir!("$CARGO_MANIFEST_DIR/assets/guide/en"),
    include_dir!("$CARGO_MANIFEST_DIR/assets/guide/fr"),
    include_dir!("$CARGO_MANIFEST_DIR/assets/guide/de"),
];

/// The words of one step. All of them may hold `{placeholders}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The id of the step.
    pub id: String,
    /// What the step is: the heading of its screen.
    pub title: String,
    /// The day on which the steps were last compared with the other side's pages, `YYYY-MM-DD`; only where
    /// there is another side.
    pub checked: Option<String>,
    /// The words of its fields, by id.
    pub fields: BTreeMap<String, FieldWords>,
    /// The labels of its actions, by id.
    pub actions: BTreeMap<String, String>,
    /// What to read and to do.
    pub body: Vec<TextBlock>,
    /// What is to be seen when it worked.
    pub expect: Vec<TextBlock>,
    /// What to look for when the other side moved something.
    pub moved: Vec<TextBlock>,
    /// More, on request.
    pub help: Vec<TextBlock>,
}

/// The words of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldWords {
    /// Its label.
    pub label: String,
    /// What it is for, in a line; may be empty.
    #[serde(default)]
    pub help: String,
    /// The words of what can be chosen, by id.
    #[serde(default)]
    pub options: BTreeMap<String, OptionWords>,
}

/// The words of something that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionWords {
    /// Its name.
    pub label: String,
    /// What it means; may be empty.
    #[serde(default)]
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    checked: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, FieldWords>,
    #[serde(default)]
    actions: BTreeMap<String, String>,
}

/// A document that cannot be used: a fault of `assets/`, found by the tests.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document of {id}: {reason}")]
pub struct DocumentFault {
    /// Whose.
    pub id: String,
    /// What is wrong.
    pub reason: String,
}

impl Document {
    /// The ids of the documents of a language with their texts. Their order is that of the plans, not this one.
    pub fn texts(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
        let [en, fr, de] = &FOLDERS;
        let folder = match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        };
        folder.files().filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.strip_suffix(".md")?;
            let (_, id) = name.split_once('-')?;
            Some((id, file.contents_utf8()?))
        })
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it has no front matter, the front matter is not of this form, or the Markdown has something in it
    /// that no screen can show.
    pub fn parse(id: &str, text: &str) -> Result<Self, DocumentFault> {
        let fault = |reason: String| DocumentFault { id: id.to_owned(), reason };
        let (front, markdown) = text
            .strip_prefix(FENCE)
            .and_then(|rest| rest.split_once(&format!("\n{FENCE}")))
            .ok_or_else(|| fault("no front matter between two lines `+++`".to_owned()))?;
        let front: FrontMatter = toml::from_str(front).map_err(|error| fault(error.to_string()))?;
        let parts = parser::parse(markdown).map_err(fault)?;
        Ok(Self {
            id: id.to_owned(),
            title: front.title,
            checked: front.checked,
            fields: front.fields,
            actions: front.actions,
            body: parts.body,
            expect: parts.expect,
            moved: parts.moved,
            help: parts.help,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::markup::Span;

    #[test]
    fn front_matter_and_parts_are_read() {
        let text = "+++\ntitle = \"Name it\"\nchecked = \"2026-11-20\"\n[fields.for]\nlabel = \"For\"\n\
            [fields.for.options.cli]\nlabel = \"A program\"\n[actions]\nopen-page = \"open\"\n+++\n\
            Body.\n\n## expect\n\nSeen.\n\n## moved\n\nSearch.\n\n## help\n\n### Why\n\nSo.\n";
        let document = Document::parse("for", text).unwrap();
        assert_eq!((document.id.as_str(), document.title.as_str()), ("for", "Name it"));
        assert_eq!(document.checked.as_deref(), Some("2026-11-20"));
        assert_eq!(document.fields["for"].options["cli"].label, "A program");
        assert_eq!(document.actions["open-page"], "open");
        let paragraph = |text: &str| TextBlock::Paragraph(vec![Span::Text(text.to_owned())]);
        assert_eq!(document.body, [paragraph("Body.")]);
        assert_eq!(document.expect, [paragraph("Seen.")]);
        assert_eq!(document.moved, [paragraph("Search.")]);
        assert_eq!(document.help, [TextBlock::Heading("Why".to_owned()), paragraph("So.")]);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in [
            "",
            "Body.\n",
            "+++\ntitle = \"x\"\n",
            "+++\n\n+++\nNo title.\n",
            "+++\ntitle = \"x\"\ntitel = \"y\"\n+++\n",
            "+++\ntitle = \"x\"\n+++\n## hlep\n\nText.\n",
        ] {
            assert!(Document::parse("x", text).is_err(), "{text:?}");
        }
    }
}
