//! [`Schema`]: a JSON schema of `assets/schemas`, and the few keywords of draft 2020-12 that they use. A keyword that is
//! not known here fails the test: nothing is passed over. (The package `jsonschema` needs 79 others.)

use std::{fs, path::PathBuf};

use serde_json::Value;

/// A schema.
pub struct Schema {
    name: String,
    document: Value,
}

/// Keywords that say nothing of what is valid.
const ANNOTATIONS: [&str; 6] = ["$schema", "$id", "title", "description", "default", "$defs"];

/// The folder of the schemas.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/schemas")
}

/// The names of all schemas.
pub fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the schemas are there").flatten();
    let mut names: Vec<_> =
        files.map(|file| file.path().file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The name of the schema of what a command prints: that of the command, unless several share one. A new command that
/// prints JSON needs nothing but a file of its name in `assets/schemas`.
pub fn name_for<'a>(words: &[&'a str], document: &Value) -> &'a str {
    let is_error = document.get("error").is_some() && document.get("accounts").is_none();
    match words {
        _ if is_error => "error",
        ["seatable", "bases", ..] => "bases",
        // The format of that name is a document of its own, without `--json`.
        ["export", _, "json", ..] if document.get("format").is_none() => "export-json",
        ["setup" | "verify" | "reauth" | "seatable", ..] => "accounts",
        [command, ..] => command,
        // Nothing but an error comes without a command.
        [] => "error",
    }
}

/// Fails unless what a command printed is as its schema says.
pub fn assert_valid(arguments: &[String], document: &Value) {
    let words: Vec<_> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let name = name_for(&words, document);
    let faults = Schema::read(name).faults(document);
    assert!(
        faults.is_empty(),
        "mailkey {} is not as assets/schemas/{name}.json says:\n{}\n{document:#}",
        arguments.join(" "),
        faults.join("\n")
    );
}

impl Schema {
    /// The schema of that name.
    pub fn read(name: &str) -> Self {
        let path = folder().join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{name} prints JSON and has no schema: write {} ({error})", path.display())
        });
        let document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}.json: {error}"));
        Self { name: name.to_owned(), document }
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Everything that speaks against a value.
    pub fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.document, value, "", &mut faults);
        faults
    }

    /// Where a value has something that the schema requires there.
    pub fn required(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.collect(&self.document, value, "", &mut found);
        found
    }

    fn collect(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let schema = self.resolved(schema);
        let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        found.extend(names.filter(|name| value.get(name).is_some()).map(|name| format!("{at}/{name}")));
        for (name, below) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                self.collect(below, value, &format!("{at}/{name}"), found);
            }
        }
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            self.collect(&schema["items"], value, &format!("{at}/{index}"), found);
        }
        for one in schema["anyOf"].as_array().into_iter().flatten().filter(|_| !value.is_null()) {
            self.collect(one, value, at, found);
        }
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema };
        let name = reference.strip_prefix("#/$defs/").unwrap_or_else(|| panic!("{}: {reference}", self.name));
        let found = self.document["$defs"].get(name);
        found.unwrap_or_else(|| panic!("{}: nothing is at {reference}", self.name))
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let table = schema.as_object().unwrap_or_else(|| panic!("{}: {schema} is no schema", self.name));
        for (keyword, rule) in table {
            let fault = match keyword.as_str() {
                "$ref" => {
                    self.check(self.resolved(schema), value, at, faults);
                    None
                }
                "properties" => {
                    for (name, below) in rule.as_object().into_iter().flatten() {
                        if let Some(value) = value.get(name) {
                            self.check(below, value, &format!("{at}/{name}"), faults);
                        }
                    }
                    None
                }
                "items" => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, value, &format!("{at}/{index}"), faults);
                    }
                    None
                }
                "required" => missing(rule, value).map(|name| format!("lacks {name}")),
                "additionalProperties" => {
                    assert_eq!(rule, &Value::Bool(false), "{}: only false is known", self.name);
                    surplus(table, value).map(|name| format!("may not have {name}"))
                }
                "anyOf" => {
                    let fits = |one: &Value| {
                        let mut faults = Vec::new();
                        self.check(one, value, at, &mut faults);
                        faults.is_empty()
                    };
                    let fits_one = rule.as_array().expect("a list").iter().any(fits);
                    (!fits_one).then(|| "fits none of anyOf".to_owned())
                }
                "type" => (!has_type(rule, value)).then(|| format!("is not {rule}")),
                "const" => (rule != value).then(|| format!("is not {rule}")),
                "enum" => {
                    (!rule.as_array().expect("a list").contains(value)).then(|| format!("is none of {rule}"))
                }
                "minimum" => {
                    value.as_i64().filter(|it| *it < number(rule)).map(|_| format!("is below {rule}"))
                }
                "maximum" => {
                    value.as_i64().filter(|it| *it > number(rule)).map(|_| format!("is above {rule}"))
                }
                "minItems" => length(value.as_array().map(Vec::len), rule),
                "minLength" => length(value.as_str().map(|text| text.chars().count()), rule),
                "format" => {
                    assert_eq!(rule, "date-time", "{}: only this format is known", self.name);
                    value.as_str().filter(|text| !is_time(text)).map(|_| "is no time in UTC".to_owned())
                }
                known if ANNOTATIONS.contains(&known) => None,
                unknown => panic!("{}: the keyword {unknown} is not known to the tests", self.name),
            };
            faults.extend(fault.map(|fault| format!("{at}: {fault}")));
        }
    }
}

fn number(rule: &Value) -> i64 {
    rule.as_i64().expect("a number")
}

fn length(found: Option<usize>, rule: &Value) -> Option<String> {
    let least = usize::try_from(number(rule)).expect("no less than nothing");
    found.filter(|found| *found < least).map(|_| format!("is shorter than {rule}"))
}

fn missing<'a>(rule: &'a Value, value: &Value) -> Option<&'a str> {
    let names = rule.as_array().expect("a list").iter().filter_map(Value::as_str);
    value.as_object().and_then(|object| names.into_iter().find(|name| !object.contains_key(*name)))
}

fn surplus<'a>(table: &serde_json::Map<String, Value>, value: &'a Value) -> Option<&'a String> {
    let known = table.get("properties").and_then(Value::as_object);
    value.as_object()?.keys().find(|name| !known.is_some_and(|known| known.contains_key(*name)))
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        unknown => panic!("the type {unknown} is not known to the tests"),
    };
    match rule {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        other => panic!("{other} is no type"),
    }
}

/// RFC 3339 in UTC, as the contract has it.
fn is_time(text: &str) -> bool {
    let form =
        |text: &str| text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect::<String>();
    let whole = text.split('.').next().unwrap_or_default().trim_end_matches('Z');
    text.ends_with('Z') && form(whole) == "0000-00-00T00:00:00"
}
