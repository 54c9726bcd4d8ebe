//! [`render`]: a hand-out as one HTML page that needs nothing else: no script, no picture, no font from anywhere.

use super::is_address;
use crate::guide::{
    handout::{Chapter, Content, Handout, Part, Question, Sheet, Step},
    markup::{Span, TextBlock},
    strings::fill,
};

/// The page around the text, with its style.
const TEMPLATE: &str = include_str!("../../../assets/pages/guide.html");

/// Before each thing to do, so that it can be ticked off on paper.
const BOX: &str = "<span class=\"box\"></span>";

/// The hand-out as a page.
#[must_use]
pub fn render(handout: &Handout) -> String {
    let body = Body { handout, html: String::new() }.written();
    fill(TEMPLATE, |slot| match slot {
        "lang" => Some(handout.language.code().to_owned()),
        "title" => Some(escaped(&handout.title)),
        "body" => Some(body.clone()),
        _ => None,
    })
}

struct Body<'a> {
    handout: &'a Handout,
    html: String,
}

impl Body<'_> {
    fn written(mut self) -> String {
        let handout = self.handout;
        self.push(&element("h1", "", &escaped(&handout.title)));
        for paragraph in &handout.lead {
            self.push(&element("p", " class=\"lead\"", &escaped(paragraph)));
        }
        self.contents();
        for chapter in &handout.chapters {
            if self.has_chapters() {
                self.push(&element(
                    "h2",
                    &format!(" class=\"chapter\" id=\"{}\"", escaped(&chapter.id)),
                    &escaped(&chapter.title),
                ));
            }
            for (index, step) in chapter.steps.iter().enumerate() {
                self.step(chapter, index + 1, step);
            }
        }
        self.html
    }

    fn has_chapters(&self) -> bool {
        self.handout.chapters.len() > 1
    }

    fn push(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn contents(&mut self) {
        self.push("<nav>");
        self.push(&element("h2", "", &escaped(&self.handout.contents)));
        for chapter in &self.handout.chapters {
            if self.has_chapters() {
                self.push(&element("p", "", &link(&format!("#{}", chapter.id), &chapter.title)));
            }
            let entry =
                |step: &Step| element("li", "", &link(&format!("#{}", anchor(chapter, step)), &step.title));
            let entries: String = chapter.steps.iter().map(entry).collect();
            self.push(&element("ol", "", &entries));
        }
        self.push("</nav>");
    }

    fn step(&mut self, chapter: &Chapter, number: usize, step: &Step) {
        let level = if self.has_chapters() { 3 } else { 2 };
        self.push(&format!("<section class=\"step\" id=\"{}\">", escaped(&anchor(chapter, step))));
        let title = format!("<span class=\"number\">{number}</span> {}", escaped(&step.title));
        self.push(&heading(level, "", &title));
        step.parts.iter().for_each(|part| self.part(level, part));
        if let Some(checked) = &step.checked_on {
            self.push(&element("p", " class=\"checked\"", &escaped(checked)));
        }
        self.push("</section>");
    }

    fn part(&mut self, level: usize, part: &Part) {
        if let Some(text) = &part.heading {
            self.push(&heading(level + 1, " class=\"part\"", &escaped(text)));
        }
        match &part.content {
            Content::ToDo(blocks) => self.blocks(level + 2, blocks, BOX),
            Content::Text(blocks) => self.blocks(level + 2, blocks, ""),
            Content::Sheet(sheet) => self.push(&rows(sheet)),
            Content::Questions(questions) => self.push(&questions_list(questions)),
        }
    }

    fn blocks(&mut self, level: usize, blocks: &[TextBlock], tick: &str) {
        let mut open = "";
        for block in blocks {
            let list = match block {
                TextBlock::Numbered { .. } => "ol",
                TextBlock::Bullet(_) => "ul",
                _ => "",
            };
            if list != open {
                self.close(open);
                if !list.is_empty() {
                    let class = if list == "ol" && !tick.is_empty() { " class=\"to-do\"" } else { "" };
                    self.push(&format!("<{list}{class}>"));
                }
                open = list;
            }
            let html = self.block(level, block, tick);
            self.push(&html);
        }
        self.close(open);
    }

    fn close(&mut self, list: &str) {
        if !list.is_empty() {
            self.push(&format!("</{list}>"));
        }
    }

    fn block(&self, level: usize, block: &TextBlock, tick: &str) -> String {
        match block {
            TextBlock::Paragraph(spans) => element("p", "", &line(spans)),
            TextBlock::Numbered { number, spans } => {
                element("li", &format!(" value=\"{number}\""), &format!("{tick}{}", line(spans)))
            }
            TextBlock::Bullet(spans) => element("li", "", &line(spans)),
            TextBlock::Note(spans) => element("p", " class=\"note\"", &line(spans)),
            TextBlock::Warning(spans) => {
                let label = element("strong", "", &escaped(&self.handout.warning));
                element("p", " class=\"warning\"", &format!("{label} {}", line(spans)))
            }
            TextBlock::Heading(text) => heading(level, "", &escaped(text)),
            TextBlock::Verbatim { text, link: true } if is_address(text) => {
                element("p", " class=\"verbatim\"", &link(text, text))
            }
            TextBlock::Verbatim { text, .. } => element("pre", "", &element("code", "", &escaped(text))),
        }
    }
}

fn anchor(chapter: &Chapter, step: &Step) -> String {
    format!("{}-{}", chapter.id, step.id)
}

fn element(name: &str, attributes: &str, inner: &str) -> String {
    format!("<{name}{attributes}>{inner}</{name}>")
}

/// HTML has six levels.
fn heading(level: usize, attributes: &str, inner: &str) -> String {
    element(&format!("h{}", level.min(6)), attributes, inner)
}

fn link(target: &str, words: &str) -> String {
    element("a", &format!(" href=\"{}\"", escaped(target)), &escaped(words))
}

fn line(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) => escaped(text),
        Span::Strong(text) | Span::Lead(text) => element("strong", "", &escaped(text)),
        Span::Literal(text) => element("code", "", &escaped(text)),
        Span::Link(address) if is_address(address) => link(address, address),
        Span::Link(words) => escaped(words),
        Span::Key(_) => String::new(),
    };
    spans.iter().map(span).collect()
}

fn rows(sheet: &Sheet) -> String {
    let row = |(label, value): &(String, String)| {
        let cells = element("th", " scope=\"row\"", &escaped(label)) + &element("td", "", &escaped(value));
        element("tr", "", &cells)
    };
    let rows: String = sheet.0.iter().map(row).collect();
    element("table", "", &element("tbody", "", &rows))
}

fn questions_list(questions: &[Question]) -> String {
    let mut entries = String::new();
    for question in questions {
        entries += &element("dt", "", &escaped(&question.label));
        if !question.help.is_empty() {
            entries += &element("dd", "", &escaped(&question.help));
        }
        let option = |(name, help): &(String, String)| {
            let meaning = if help.is_empty() { String::new() } else { format!(" – {}", escaped(help)) };
            element("li", "", &format!("{}{meaning}", element("strong", "", &escaped(name))))
        };
        let options: String = question.options.iter().map(option).collect();
        if !options.is_empty() {
            entries += &element("dd", "", &element("ul", "", &options));
        }
    }
    element("dl", "", &entries)
}

/// Safe between tags and within quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
