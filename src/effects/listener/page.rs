//! What the browser shows: [`Pages`], and the answer that carries one.

use crate::{
    guide::strings::{Strings, fill},
    model::language::Language,
};

/// Which page.
pub enum Page {
    /// The code has come. It says nothing of success: the exchange is still ahead.
    Received,
    /// The provider said no, with this code.
    Refused(String),
    /// Wrong or missing `state`.
    OtherState,
    /// `iss` is not the provider's.
    Issuer,
    /// Nothing that we wait for.
    Elsewhere,
}

/// The frame of all pages.
const TEMPLATE: &str = include_str!("../../../assets/pages/redirect.html");

/// All pages, in the person's language.
pub struct Pages {
    language: Language,
    strings: Strings,
}

/// No script, nothing from anywhere, nothing kept: the address of this page holds a code.
const HEADERS: &str = "Content-Type: text/html; charset=utf-8\r\n\
    Cache-Control: no-store\r\n\
    Referrer-Policy: no-referrer\r\n\
    Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n";

impl Pages {
    /// The pages of a language.
    pub fn of(language: Language) -> Self {
        Self { language, strings: Strings::embedded(language) }
    }

    /// A whole answer. `HEAD` gets the head alone (RFC 9110 §9.3.2).
    pub fn answer(&self, status: &str, page: &Page, head_only: bool) -> Vec<u8> {
        let html = self.html(page);
        // RFC 9110 §15.5.6 wants it with a 405.
        let allow = if status.starts_with("405") { "Allow: GET\r\n" } else { "" };
        let mut answer = format!(
            "HTTP/1.1 {status}\r\n{HEADERS}{allow}Content-Language: {}\r\nContent-Length: {}\r\n\r\n",
            self.language.code(),
            html.len()
        );
        if !head_only {
            answer.push_str(&html);
        }
        answer.into_bytes()
    }

    fn html(&self, page: &Page) -> String {
        let (name, tone, error) = match page {
            Page::Received => ("received", "good", ""),
            Page::Refused(error) => ("refused", "bad", error.as_str()),
            Page::OtherState => ("other-state", "bad", ""),
            Page::Issuer => ("issuer", "bad", ""),
            Page::Elsewhere => ("elsewhere", "bad", ""),
        };
        let words =
            |part: &str| escaped(&self.strings.fill(&format!("pages.{name}.{part}"), &[("error", error)]));
        fill(TEMPLATE, |slot| match slot {
            "lang" => Some(self.language.code().to_owned()),
            "tone" => Some(tone.to_owned()),
            "heading" | "text" | "next" => Some(words(slot)),
            _ => None,
        })
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_complete_in_every_language_and_promises_nothing() {
        for language in Language::ALL {
            let pages = Pages::of(language);
            let all = [
                Page::Received,
                Page::Refused("<b>&".into()),
                Page::OtherState,
                Page::Issuer,
                Page::Elsewhere,
            ];
            for page in all {
                let html = pages.html(&page);
                let body = &html[html.find("<body>").unwrap()..];
                assert!(html.contains(&format!("<html lang=\"{}\">", language.code())));
                assert!(!body.contains(['{', '}']) && !body.contains("pages."), "{body}");
                assert!(
                    !html.contains("<b>") && !html.contains("script") && !html.contains("http"),
                    "{html}"
                );
                for word in ["succe", "réussi", "succès", "erfolg"] {
                    assert!(!html.to_lowercase().contains(word), "{word}: {body}");
                }
            }
            assert!(pages.html(&Page::Refused("<b>&".into())).contains("&lt;b&gt;&amp;"));
        }
    }
}
