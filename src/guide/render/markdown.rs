//! [`render`]: a hand-out as Markdown (`CommonMark`), to be pasted into a wiki or printed by somebody's own tool.

use super::is_address;
use crate::guide::{
    handout::{Content, Handout, Question, Sheet, Step},
    markup::{Span, TextBlock},
};

/// Between a name and what it means.
const DASH: &str = " – ";

/// The hand-out as Markdown.
#[must_use]
pub fn render(handout: &Handout) -> String {
    let mut page = Page { warning: &handout.warning, text: String::new() };
    page.heading(1, &handout.title);
    handout.lead.iter().for_each(|paragraph| page.block(&escaped(paragraph)));
    let has_chapters = handout.chapters.len() > 1;
    for chapter in &handout.chapters {
        if has_chapters {
            page.heading(2, &chapter.title);
        }
        for (index, step) in chapter.steps.iter().enumerate() {
            page.step(if has_chapters { 3 } else { 2 }, index + 1, step);
        }
    }
    page.text
}

struct Page<'a> {
    warning: &'a str,
    text: String,
}

impl Page<'_> {
    /// Something with an empty line before it.
    fn block(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {}", "#".repeat(level), escaped(text)));
    }

    fn step(&mut self, level: usize, number: usize, step: &Step) {
        // The number is one, not a list.
        self.block(&format!("{} {number}. {}", "#".repeat(level), escaped(&step.title)));
        for part in &step.parts {
            if let Some(heading) = &part.heading {
                self.heading(level + 1, heading);
            }
            match &part.content {
                Content::ToDo(blocks) | Content::Text(blocks) => self.blocks(level + 2, blocks),
                Content::Sheet(sheet) => self.block(&rows(sheet)),
                Content::Questions(questions) => self.block(&list(questions)),
            }
        }
        if let Some(checked) = &step.checked_on {
            self.block(&format!("*{}*", escaped(checked)));
        }
    }

    fn blocks(&mut self, level: usize, blocks: &[TextBlock]) {
        for (index, block) in blocks.iter().enumerate() {
            let follows = index.checked_sub(1).map(|before| &blocks[before]);
            match block {
                TextBlock::Paragraph(spans) => self.block(&line(spans)),
                TextBlock::Numbered { number, spans } => {
                    let goes_on = matches!(follows, Some(TextBlock::Numbered { .. }));
                    self.point(&format!("{number}. {}", line(spans)), goes_on);
                }
                TextBlock::Bullet(spans) => {
                    self.point(&format!("- {}", line(spans)), matches!(follows, Some(TextBlock::Bullet(_))));
                }
                TextBlock::Note(spans) => self.block(&format!("> {}", line(spans))),
                TextBlock::Warning(spans) => {
                    self.block(&format!("> **{}** {}", escaped(self.warning), line(spans)));
                }
                TextBlock::Heading(text) => self.heading(level, text),
                TextBlock::Verbatim { text, link: true } if is_address(text) => {
                    self.block(&format!("<{text}>"));
                }
                TextBlock::Verbatim { text, .. } => {
                    let fence = "`".repeat(longest_run(text).max(2) + 1);
                    self.block(&format!("{fence}\n{text}\n{fence}"));
                }
            }
        }
    }

    /// A point of a list, close to the one before it.
    fn point(&mut self, text: &str, goes_on: bool) {
        if goes_on {
            self.text.push_str(text);
            self.text.push('\n');
        } else {
            self.block(text);
        }
    }
}

fn rows(sheet: &Sheet) -> String {
    let row = |(label, value): &(String, String)| named("- ", &strong(label), value);
    sheet.0.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn list(questions: &[Question]) -> String {
    let mut lines = Vec::new();
    for question in questions {
        lines.push(named("- ", &strong(&question.label), &question.help));
        lines.extend(question.options.iter().map(|(name, help)| named("  - ", &escaped(name), help)));
    }
    lines.join("\n")
}

fn named(mark: &str, name: &str, meaning: &str) -> String {
    let dash = if meaning.is_empty() { "" } else { DASH };
    format!("{mark}{name}{dash}{}", escaped_within(meaning))
}

fn strong(text: &str) -> String {
    format!("**{}**", escaped_within(text.trim()))
}

/// The spans as one line.
fn line(spans: &[Span]) -> String {
    let mut line = String::new();
    for (index, span) in spans.iter().enumerate() {
        match span {
            Span::Text(text) if line.is_empty() => line.push_str(&escaped(text)),
            Span::Strong(text) | Span::Lead(text) if is_strong(&line, text, spans.get(index + 1)) => {
                line.push_str(&strong(text));
            }
            Span::Text(text) | Span::Strong(text) | Span::Lead(text) => {
                line.push_str(&escaped_within(text));
            }
            Span::Literal(text) => line.push_str(&literal(text)),
            Span::Link(address) if is_address(address) => {
                line.push('<');
                line.push_str(address);
                line.push('>');
            }
            Span::Link(words) => line.push_str(&escaped_within(words)),
            Span::Key(_) => {}
        }
    }
    line
}

/// Whether asterisks around this are read as such (`CommonMark` §6.2): where punctuation meets a letter they are not.
fn is_strong(before: &str, text: &str, next: Option<&Span>) -> bool {
    let is_open = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_punctuation(c));
    let (first, last) = (text.chars().next(), text.chars().next_back());
    let after = next.and_then(|span| match span {
        Span::Literal(_) => Some('`'),
        Span::Link(_) => Some('<'),
        other => other.text().chars().next(),
    });
    let inside = [first, last].into_iter().all(|c| c.is_some_and(|c| !c.is_whitespace()));
    let begins = first.is_some_and(|c| !is_punctuation(c)) || is_open(before.chars().next_back());
    let ends = last.is_some_and(|c| !is_punctuation(c)) || is_open(after);
    inside && begins && ends && !before.ends_with('*') && !matches!(next, Some(Span::Strong(_)))
}

/// Wider than `CommonMark`'s notion, which costs a bold word at most.
fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

/// Code, between as many backticks as it needs (`CommonMark` §6.1).
fn literal(text: &str) -> String {
    let text = one_line(text);
    if text.trim().is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let is_edged = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if is_edged { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

/// Plain words at the beginning of a block, where some signs would begin a list or a heading.
fn escaped(text: &str) -> String {
    let text = escaped_within(text);
    let text = text.trim_start();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    if text.starts_with(['-', '+', '=']) { format!("\\{text}") } else { text.to_owned() }
}

/// Plain words, with everything escaped that Markdown would read otherwise.
fn escaped_within(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests;
