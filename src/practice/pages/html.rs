//! Making HTML: every value is escaped, the frame of the page is `assets/pages/practice/page.html`.

use include_dir::{Dir, include_dir};

use crate::guide::strings::{Strings, fill};
use crate::model::language::Language;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/pages/practice");

/// Text made safe inside an element and inside a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The HTML of each item, one after the other.
pub(super) fn each<T>(items: &[T], html: impl Fn(&T) -> String) -> String {
    items.iter().map(html).collect()
}

/// A file of `assets/pages/practice`; its `{…}` are filled with values that are escaped, or HTML already.
pub(super) fn template(name: &str, values: &[(&str, &str)]) -> String {
    let text = TEMPLATES.get_file(name).and_then(include_dir::File::contents_utf8).unwrap_or_default();
    fill(text, |name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

/// The words of the pages, escaped.
pub(super) struct Words {
    strings: Strings,
    pub(super) language: Language,
}

impl Words {
    pub(super) fn new(language: Language) -> Self {
        Self { strings: Strings::embedded(language), language }
    }

    /// The text `practice.<id>`.
    pub(super) fn text(&self, id: &str) -> String {
        escape(self.strings.text(&format!("practice.{id}")))
    }

    /// The text itself, for what is no page.
    pub(super) fn raw(&self, id: &str) -> String {
        self.strings.text(&format!("practice.{id}")).to_owned()
    }

    /// The same with its `{…}` filled in.
    pub(super) fn raw_fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        self.strings.fill(&format!("practice.{id}"), values)
    }

    /// The same with its `{…}` filled in; the values are escaped.
    pub(super) fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        escape(&self.strings.fill(&format!("practice.{id}"), values))
    }

    /// A whole page around a body that is HTML.
    pub(super) fn page(&self, title_id: &str, body: &str) -> String {
        template(
            "page.html",
            &[
                ("language", self.language.code()),
                ("title", &self.text(title_id)),
                ("label", &self.text("page.label")),
                ("banner", &self.text("page.banner")),
                ("style", &template("style.css", &[])),
                ("body", body),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escape("<a href=\"x\" b='y'>&"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
    }

    #[test]
    fn the_frame_is_there_in_every_language() {
        for language in Language::ALL {
            let page = Words::new(language).page("two-step.title", "<p>body</p>");
            assert!(page.contains("<p>body</p>"), "{page}");
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())), "{page}");
            assert!(!page.contains("practice.page") && !page.contains("{title}"), "{page}");
            assert!(!page.contains("src=") && !page.contains("@import"), "{page}");
        }
    }
}
