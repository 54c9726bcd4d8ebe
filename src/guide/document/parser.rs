//! [`parse`]: the part of Markdown that a document may use, as [`TextBlock`]s.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::guide::markup::{Span, TextBlock};

/// The parts of a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Before the first heading.
    pub body: Vec<TextBlock>,
    /// Below `## expect`.
    pub expect: Vec<TextBlock>,
    /// Below `## moved`.
    pub moved: Vec<TextBlock>,
    /// Below `## help`.
    pub help: Vec<TextBlock>,
}

/// Reads Markdown: paragraphs, lists, quotes (a note; a warning where it begins with `**!**`), code blocks
/// (verbatim), `### headings`, `code`, **bold**, links, and `{key:<action>}`.
///
/// # Errors
/// Names what no screen can show: images, tables, HTML, other headings.
pub fn parse(markdown: &str) -> Result<Parts, String> {
    let mut builder = Builder::default();
    for event in Parser::new(markdown) {
        builder.take(event)?;
    }
    Ok(builder.parts)
}

#[derive(Clone, Copy, Default)]
enum Part {
    #[default]
    Body,
    Expect,
    Moved,
    Help,
}

/// What is being read.
#[derive(Default)]
struct Builder {
    parts: Parts,
    part: Part,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// True until the first text of an item has become its block.
    item_opened: bool,
    in_quote: bool,
    strong: bool,
    /// Where the open link leads, and the spans before it.
    link: Option<(String, Vec<Span>)>,
    code: Option<String>,
    spans: Vec<Span>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                match &mut self.code {
                    Some(code) => code.push_str(&text),
                    None => self.words(&text),
                }
                Ok(())
            }
            Event::Code(text) => {
                self.spans.push(Span::Literal(text.into_string()));
                Ok(())
            }
            Event::SoftBreak | Event::HardBreak => {
                self.words(" ");
                Ok(())
            }
            other => Err(format!("no screen can show {other:?}")),
        }
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), String> {
        match tag {
            Tag::Paragraph | Tag::Heading { level: HeadingLevel::H2 | HeadingLevel::H3, .. } => {}
            Tag::BlockQuote(_) => self.in_quote = true,
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => self.item_opened = true,
            Tag::Strong => self.strong = true,
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), std::mem::take(&mut self.spans)));
            }
            other => return Err(format!("no screen can show {other:?}")),
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), String> {
        match tag {
            TagEnd::Heading(HeadingLevel::H2) => {
                self.part = match flat(&std::mem::take(&mut self.spans)).as_str() {
                    "expect" => Part::Expect,
                    "moved" => Part::Moved,
                    "help" => Part::Help,
                    other => return Err(format!("no part is called `{other}`")),
                };
            }
            TagEnd::Heading(_) => {
                let heading = flat(&std::mem::take(&mut self.spans));
                self.push(TextBlock::Heading(heading));
            }
            TagEnd::BlockQuote(_) => self.in_quote = false,
            TagEnd::CodeBlock => {
                let text = self.code.take().unwrap_or_default().trim_end().to_owned();
                let link = ["http", "{link.", "{authorize-url}"].iter().any(|start| text.starts_with(start));
                self.push(TextBlock::Verbatim { text, link });
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                if let Some(Some(number)) = self.lists.last_mut() {
                    *number += 1;
                }
            }
            TagEnd::Strong => self.strong = false,
            TagEnd::Link => self.end_link(),
            _ => {}
        }
        Ok(())
    }

    fn words(&mut self, text: &str) {
        match (self.spans.last_mut(), self.strong) {
            (Some(Span::Strong(last)), true) | (Some(Span::Text(last)), false) => last.push_str(text),
            (_, true) => self.spans.push(Span::Strong(text.to_owned())),
            (_, false) => self.spans.push(Span::Text(text.to_owned())),
        }
    }

    /// A link is shown as its address; what it was called stands before it, unless that is the address again.
    fn end_link(&mut self) {
        let Some((address, before)) = self.link.take() else { return };
        let label = std::mem::replace(&mut self.spans, before);
        if flat(&label) != address {
            for span in label {
                match span {
                    Span::Text(text) => self.words(&text),
                    other => self.spans.push(other),
                }
            }
            self.words(" ");
        }
        self.spans.push(Span::Link(address));
    }

    /// Makes a block of the spans, if there are any.
    fn flush(&mut self) {
        let mut spans = split(std::mem::take(&mut self.spans));
        if spans.is_empty() {
            return;
        }
        let number = self.lists.last().copied();
        let block = match number {
            Some(number) if std::mem::take(&mut self.item_opened) => match number {
                Some(number) => TextBlock::Numbered { number: usize::try_from(number).unwrap_or(0), spans },
                None => TextBlock::Bullet(spans),
            },
            _ if !self.in_quote => TextBlock::Paragraph(spans),
            _ if spans.first() == Some(&Span::Strong("!".to_owned())) => {
                spans.remove(0);
                if let Some(Span::Text(text)) = spans.first_mut() {
                    *text = text.trim_start().to_owned();
                }
                TextBlock::Warning(spans)
            }
            _ => TextBlock::Note(spans),
        };
        self.push(block);
    }

    fn push(&mut self, block: TextBlock) {
        match self.part {
            Part::Body => self.parts.body.push(block),
            Part::Expect => self.parts.expect.push(block),
            Part::Moved => self.parts.moved.push(block),
            Part::Help => self.parts.help.push(block),
        }
    }
}

/// The words without their structure.
fn flat(spans: &[Span]) -> String {
    spans.iter().map(Span::text).collect()
}

/// Takes `{key:<action>}` and `{link.<name>}` out of the plain words: they are spans of their own.
fn split(spans: Vec<Span>) -> Vec<Span> {
    let mut parted = Vec::with_capacity(spans.len());
    for span in spans {
        let Span::Text(text) = span else {
            parted.push(span);
            continue;
        };
        let mut rest = text.as_str();
        let mut searched = 0;
        while let Some(open) = rest[searched..].find('{').map(|at| at + searched) {
            let Some(close) = rest[open..].find('}').map(|at| at + open) else { break };
            let name = &rest[open + 1..close];
            let own = match name.strip_prefix("key:") {
                Some(action) => Span::Key(action.to_owned()),
                None if name.starts_with("link.") => Span::Link(rest[open..=close].to_owned()),
                None => {
                    searched = close + 1;
                    continue;
                }
            };
            if open > 0 {
                parted.push(Span::Text(rest[..open].to_owned()));
            }
            parted.push(own);
            rest = &rest[close + 1..];
            searched = 0;
        }
        if !rest.is_empty() {
            parted.push(Span::Text(rest.to_owned()));
        }
    }
    parted
}

#[cfg(test)]
mod tests;
