//! [`AccountsWriter`]: the document of many accounts, written as they come: what was written is not kept.

use std::io::{self, Write};

use super::{entry, streams::noted};
use crate::model::{
    exit_code::ExitCode,
    report::{AccountReport, SCHEMA},
};

/// Writes `{"schema":1,"accounts":[…]}`, and what ended the run where the accounts do not tell it.
pub struct AccountsWriter<W: Write> {
    output: W,
    count: usize,
}

impl AccountsWriter<io::Stdout> {
    /// On standard output.
    #[must_use]
    pub fn of_stdout() -> Self {
        Self::new(io::stdout())
    }
}

impl<W: Write> AccountsWriter<W> {
    fn new(output: W) -> Self {
        Self { output, count: 0 }
    }

    /// Adds an account.
    pub fn add(&mut self, account: &AccountReport) {
        if let Ok(text) = serde_json::to_string(account) {
            let before = if self.count == 0 { begin() } else { ",".to_owned() };
            noted(write!(self.output, "{before}{text}"));
            self.count += 1;
        }
    }

    /// Ends the document.
    pub fn end(mut self, error: Option<(&str, &str, ExitCode)>) {
        let before = if self.count == 0 { begin() } else { String::new() };
        let error = error.and_then(|(id, text, exit)| serde_json::to_string(&entry(id, text, exit)).ok());
        let error = error.map_or_else(String::new, |error| format!(",\"error\":{error}"));
        noted(writeln!(self.output, "{before}]{error}}}"));
    }
}

fn begin() -> String {
    format!("{{\"schema\":{SCHEMA},\"accounts\":[")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::commands::print::{AccountsDocument, tests::found};

    fn written(count: usize, error: Option<(&str, &str, ExitCode)>) -> String {
        let mut output = Vec::new();
        let mut writer = AccountsWriter::new(&mut output);
        (0..count).for_each(|_| writer.add(&found(None)));
        writer.end(error);
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn it_is_the_document_of_the_contract_whatever_comes() {
        for count in [0, 1, 3] {
            let expected = AccountsDocument::of(vec![found(None); count]);
            assert_eq!(written(count, None), serde_json::to_string(&expected).unwrap() + "\n");
        }
        let ended: Value =
            serde_json::from_str(&written(1, Some(("cancelled", "Stopped.", ExitCode::Cancelled)))).unwrap();
        assert_eq!(ended["error"], json!({"id": "cancelled", "text": "Stopped.", "exit": 4}));
        assert_eq!(ended["accounts"].as_array().map(Vec::len), Some(1));
    }
}
