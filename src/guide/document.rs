//! A step's document: front matter and Markdown.
