//! `mailkey man`: the manual pages that clap makes of the command line (section 1, roff).

use std::{fs, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    cli::{Cli, shell::Man},
    effects::files,
    model::exit_code::ExitCode,
};

/// Every command ends with these, and `--help` says the same nowhere.
const EXIT_STATUS: [(&str, &str); 9] = [
    ("0", "All that was asked is proved."),
    ("1", "Another check failed, or the key was kept without proof."),
    ("2", "The command line or an answer cannot be used."),
    (
        "3",
        "A person must renew the key: a dead token, a refused password or consent; with --warn-days also one that dies soon.",
    ),
    ("4", "Cancelled."),
    ("5", "The network: resolve, connect, TLS, or a deadline."),
    ("6", "The store failed."),
    ("7", "There is no such account or thing."),
    ("70", "A bug of mailkey."),
];

/// `mailkey man`.
///
/// # Errors
/// When there is no such command, or the pages cannot be written.
pub fn run(arguments: &Man, _session: &Session) -> Result<ExitCode, CommandError> {
    let mut root = Cli::command();
    root.build();
    if let Some(folder) = &arguments.out {
        return write_all(&root, folder);
    }
    let mut command = &root;
    for word in &arguments.command {
        let known = command.get_subcommands().find(|below| below.get_name() == word.as_str());
        let known = known.filter(|below| is_documented(below));
        command = known.ok_or_else(|| CommandError::Say {
            id: "tools.no-command",
            values: vec![("name", arguments.command.join(" "))],
            exit: ExitCode::NotFound,
        })?;
    }
    let name = std::iter::once("mailkey").chain(arguments.command.iter().map(String::as_str));
    print::pages(&page(command, &name.collect::<Vec<_>>().join("-"))?)?;
    Ok(ExitCode::Proved)
}

fn write_all(root: &Command, folder: &Path) -> Result<ExitCode, CommandError> {
    let refused = |reason: &str| {
        let path = folder.display().to_string();
        CommandError::usage("tools.man-not-written").with("path", path).with("reason", reason)
    };
    fs::create_dir_all(folder).map_err(|error| refused(&error.to_string()))?;
    for (name, command) in pages(root, "mailkey") {
        let written = files::replace_file(&folder.join(format!("{name}.1")), &page(&command, &name)?);
        written.map_err(|failure| refused(failure.detail("reason").unwrap_or_default()))?;
    }
    Ok(ExitCode::Proved)
}

/// A command and all below it, by the names of their pages.
fn pages(command: &Command, name: &str) -> Vec<(String, Command)> {
    let below = command.get_subcommands().filter(|below| is_documented(below));
    let below = below.flat_map(|below| pages(below, &format!("{name}-{}", below.get_name())));
    std::iter::once((name.to_owned(), command.clone())).chain(below).collect()
}

/// clap's own `help` has nothing to say that the pages do not.
fn is_documented(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

fn page(command: &Command, name: &str) -> Result<Vec<u8>, CommandError> {
    let page = Page::new(command.clone().display_name(name.to_owned()).disable_help_subcommand(true))
        .manual("mailkey")
        .source(concat!("mailkey ", env!("CARGO_PKG_VERSION")));
    let mut bytes = Vec::new();
    page.render_title(&mut bytes)
        .and_then(|()| page.render_name_section(&mut bytes))
        .and_then(|()| page.render_synopsis_section(&mut bytes))
        .and_then(|()| page.render_description_section(&mut bytes))
        .and_then(|()| page.render_options_section(&mut bytes))
        .and_then(|()| {
            let has_below = command.get_subcommands().any(is_documented);
            if has_below { page.render_subcommands_section(&mut bytes) } else { Ok(()) }
        })
        .map_err(|error| print::no_output(&error))?;
    bytes.extend(b".SH \"EXIT STATUS\"\n");
    for (code, meaning) in EXIT_STATUS {
        bytes.extend(format!(".TP\n\\fB{code}\\fR\n{meaning}\n").bytes());
    }
    if name != "mailkey" {
        bytes.extend(b".SH \"SEE ALSO\"\n\\fBmailkey\\fR(1)\n");
    }
    Ok(bytes)
}
