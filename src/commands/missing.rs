//! What a script did not say, or said in a way that cannot be used: each with its flag, its key in a file, the reason.

use crate::{
    flow::{field, wizard::Missing},
    guide::strings::Strings,
    model::report::MissingEntry,
};

/// Where answers could have been given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// As flags, or in the file of `--answers`.
    FlagOrFile,
    /// The command takes no file.
    Flag,
}

/// What is missing, as JSON tells it.
#[must_use]
pub fn entries(missing: &[Missing], given: Given, strings: &Strings) -> Vec<MissingEntry> {
    missing.iter().map(|missing| entry(missing, given, strings)).collect()
}

fn entry(missing: &Missing, given: Given, strings: &Strings) -> MissingEntry {
    let reason = missing.remark.clone();
    let flag = flag(&missing.field);
    MissingEntry {
        field: missing.field.clone(),
        // A command without a file has a flag for each of its fields: `guide --own-consent`.
        flag: if given == Given::Flag { flag.or_else(|| Some(format!("--{}", missing.field))) } else { flag },
        key: (given == Given::FlagOrFile && may_be_in_file(&missing.field)).then(|| missing.field.clone()),
        reason: reason
            .unwrap_or_else(|| strings.fill("command.missing-nothing", &[("label", &missing.label)])),
    }
}

/// What is missing, one field a line.
#[must_use]
pub fn lines(entries: &[MissingEntry], strings: &Strings) -> String {
    let line = |entry: &MissingEntry| {
        let (id, flag, key) = match (&entry.flag, &entry.key) {
            (Some(flag), Some(key)) => ("command.missing-line-both", flag.as_str(), key.as_str()),
            (Some(flag), None) => ("command.missing-line", flag.as_str(), ""),
            (None, Some(key)) => ("command.missing-line-key", "", key.as_str()),
            (None, None) => ("command.missing-line", entry.field.as_str(), ""),
        };
        strings.fill(id, &[("flag", flag), ("key", key), ("remark", &entry.reason)])
    };
    entries.iter().map(line).collect::<Vec<_>>().join("\n  ")
}

fn may_be_in_file(id: &str) -> bool {
    let is_secret = matches!(
        id,
        field::APP_PASSWORD
            | field::PASSWORD
            | field::CLIENT_SECRET
            | field::SEATABLE_TOKEN
            | field::SEATABLE_PASSWORD
            | field::SEATABLE_CODE
            | field::REDIRECTED_ADDRESS
            | field::PASSPHRASE
            | field::PASSPHRASE_AGAIN
    );
    !is_secret && !field::FOUND_OUT.contains(&id)
}

/// The flag that answers a field; several are separated by ` / `. `None` where only a file, or a screen, can.
#[must_use]
pub fn flag(id: &str) -> Option<String> {
    Some(match id {
        field::APP_PASSWORD | field::PASSWORD => "--secret-file".to_owned(),
        field::PASSPHRASE | field::PASSPHRASE_AGAIN => "--passphrase-file".to_owned(),
        field::CLIENT_SECRET => "--client-secret-file".to_owned(),
        field::SEATABLE_BASE => "--base".to_owned(),
        field::CONSENT_WAY => "--consent".to_owned(),
        field::SEATABLE_TOKEN | field::SEATABLE_PASSWORD | field::SEATABLE_CODE => format!("--{id}-file"),
        field::SEATABLE_AUTH => "--seatable-token-file / --seatable-user".to_owned(),
        field::SEATABLE_TAKE_OVER => "--take-over".to_owned(),
        field::SEATABLE_ANEW => "--anew".to_owned(),
        field::CLIENT_ID => "--client-file / --client-id".to_owned(),
        field::LANGUAGE => "--lang".to_owned(),
        field::ACCOUNT => "NAME".to_owned(),
        field::TASK
        | field::BROWSER_SHOWS
        | field::REDIRECTED_ADDRESS
        | field::SEATABLE_CODE_ASKED
        | field::PASSPHRASE_NEW
        | field::SEATABLE_ELSEWHERE => return None,
        _ => format!("--{id}"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::{cli::Cli, flow::answers_file::may_hold, guide::plan::Plans};

    #[test]
    fn every_flag_that_is_named_exists() {
        let mut root = Cli::command();
        root.build();
        let with_own = |command: &clap::Command| {
            let below = command.get_subcommands().cloned().collect::<Vec<_>>();
            std::iter::once(command.clone()).chain(below).collect::<Vec<_>>()
        };
        let commands = root.get_subcommands().flat_map(with_own);
        let known: BTreeSet<String> = commands
            .flat_map(|command| command.get_arguments().cloned().collect::<Vec<_>>())
            .filter_map(|argument| argument.get_long().map(|name| format!("--{name}")))
            .collect();
        for id in Plans::embedded().unwrap().fields.keys() {
            for one in flag(id).iter().flat_map(|flags| flags.split(" / ")).filter(|one| *one != "NAME") {
                assert!(known.contains(one), "{id}: {one}");
            }
        }
    }

    #[test]
    fn a_key_is_named_where_a_file_may_hold_the_answer() {
        let plans = Plans::embedded().unwrap();
        for id in plans.fields.keys() {
            assert_eq!(may_be_in_file(id), may_hold(id, &plans), "{id}");
        }
    }
}
