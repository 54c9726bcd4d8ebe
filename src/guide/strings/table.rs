//! From the files of words to one table by id. The build script reads them (`assets/build.rs`): what a person waits
//! for when the program starts is not a parser of texts that have not changed since it was built.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

/// The texts of a language by id: the path of each in its file, joined with dots.
///
/// `files` are names and contents.
///
/// # Errors
/// All that is wrong, each with file and line: what is not TOML, what is neither a text nor a table, an id that is
/// there twice.
pub fn table(files: &[(String, String)]) -> Result<BTreeMap<String, String>, Vec<String>> {
    let mut reading = Reading::default();
    for (name, text) in files {
        let fault = |at: usize, reason: &str| format!("{name}:{}: {reason}", line(text, at));
        match DeTable::parse(text) {
            Ok(table) => reading.take("", table.get_ref(), &fault),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reading.faults.push(fault(at, error.message()));
            }
        }
    }
    if reading.faults.is_empty() { Ok(reading.texts) } else { Err(reading.faults) }
}

#[derive(Default)]
struct Reading {
    texts: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Reading {
    fn take(&mut self, prefix: &str, table: &DeTable<'_>, fault: &impl Fn(usize, &str) -> String) {
        for (key, value) in table {
            let (at, key) = (key.span().start, key.get_ref());
            let id = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
            match value.get_ref() {
                DeValue::Table(inner) => self.take(&id, inner, fault),
                DeValue::String(text) => {
                    if self.texts.insert(id.clone(), text.to_string()).is_some() {
                        self.faults.push(fault(at, &format!("{id} is there twice")));
                    }
                }
                _ => self.faults.push(fault(at, &format!("{id} is no text"))),
            }
        }
    }
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Vec<(String, String)>, Vec<String>> {
        let files: Vec<_> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        table(&files).map(|texts| texts.into_iter().collect())
    }

    #[test]
    fn an_id_is_the_path_to_its_text() {
        let texts =
            read(&[("b.toml", "[x.y]\nz = \"one\"\n"), ("a.toml", "[x]\nw = \"\"\"\ntwo\\\n \"\"\"\n")]);
        let expected = [("x.w", "two"), ("x.y.z", "one")];
        assert_eq!(texts.unwrap(), expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let faults = read(&[
            ("a.toml", "[x]\ny = \"one\"\nz = 2\n"),
            ("b.toml", "\n[x]\ny = \"again\"\n"),
            ("c.toml", "[x]\ny = \n"),
        ]);
        let faults = faults.unwrap_err();
        assert_eq!(faults[..2], ["a.toml:3: x.z is no text", "b.toml:3: x.y is there twice"]);
        assert!(faults[2].starts_with("c.toml:2: ") && faults.len() == 3, "{faults:?}");
    }
}
