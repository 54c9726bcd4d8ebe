//! `mailkey completions`: what clap makes of the command line, and the names of accounts, which the scripts of bash,
//! zsh and fish ask for while the person types.

use clap::CommandFactory;
use clap_complete::{
    Generator,
    aot::{Bash, Elvish, Fish, PowerShell, Zsh},
};

use super::{
    print,
    session::{CommandError, Session},
};
use crate::{
    cli::{
        Cli,
        shell::{Completions, Shell},
    },
    effects::files,
    model::exit_code::ExitCode,
};

/// How clap's script for zsh begins the line of an argument that is an account, and how it ends it: with files.
const ZSH_ACCOUNT: [&str; 3] = ["':name -- ", "'::name -- ", "'*::names -- "];
const ZSH_FILES: &str = ":_default' \\";

/// Behind clap's own function: a word that is no option may be an account.
const BASH_ACCOUNTS: &str = r#"
_mailkey_accounts() {
    local word=${COMP_WORDS[COMP_CWORD]} command index name
    _mailkey "$@"
    [[ $word == -* || ${COMP_WORDS[COMP_CWORD - 1]} == --* ]] && return
    for ((index = 1; index < COMP_CWORD; index++)); do
        [[ ${COMP_WORDS[index]} == -* ]] || command+=" ${COMP_WORDS[index]}"
    done
    case "$command " in
@COMMANDS@)
        # Not compgen -W: it would run what a name has in it.
        while IFS= read -r name; do
            [[ $name == "$word"* ]] && COMPREPLY+=("$(printf %q "$name")")
        done < <(mailkey completions --accounts 2> /dev/null)
        ;;
    esac
}
complete -F _mailkey_accounts -o bashdefault -o default mailkey
"#;

/// Before the last lines of clap's script, which call its function.
const ZSH_ACCOUNTS: &str = r#"
(( $+functions[_mailkey_accounts] )) ||
_mailkey_accounts() {
    local -a names
    names=("${(@f)$(mailkey completions --accounts 2> /dev/null)}")
    compadd -a names
}
"#;

/// `mailkey completions`.
///
/// # Errors
/// With the hidden option, when the accounts cannot be read.
pub fn run(arguments: &Completions, session: &Session) -> Result<ExitCode, CommandError> {
    if arguments.accounts {
        for account in files::accounts(&session.world)? {
            print::out(&account.name);
        }
        return Ok(ExitCode::Proved);
    }
    if let Some(shell) = arguments.shell {
        print::pages(script(shell).as_bytes())?;
    }
    Ok(ExitCode::Proved)
}

fn script(shell: Shell) -> String {
    match shell {
        Shell::Bash => {
            let commands = commands_of_accounts();
            let patterns = commands.iter().map(|command| format!("    *\" {command} \"*"));
            let patterns = patterns.collect::<Vec<_>>().join(" | \\\n");
            generated(Bash) + &BASH_ACCOUNTS.replace("@COMMANDS@", &patterns)
        }
        Shell::Zsh => {
            let line = |line: &str| match line.strip_suffix(ZSH_FILES) {
                Some(begin) if ZSH_ACCOUNT.iter().any(|account| begin.starts_with(account)) => {
                    format!("{begin}:_mailkey_accounts' \\\n")
                }
                _ => format!("{line}\n"),
            };
            let mut script: String = generated(Zsh).lines().map(line).collect();
            let call = script.find("\nif [ \"$funcstack[1]\"").unwrap_or(script.len());
            script.insert_str(call, ZSH_ACCOUNTS);
            script
        }
        Shell::Fish => {
            let lines = commands_of_accounts().into_iter().map(|command| {
                let seen: Vec<_> =
                    command.split(' ').map(|word| format!("__fish_seen_subcommand_from {word}")).collect();
                format!(
                    "complete -c mailkey -n '{}' -f -a '(mailkey completions --accounts 2> /dev/null)'\n",
                    seen.join("; and ")
                )
            });
            generated(Fish) + &lines.collect::<String>()
        }
        Shell::PowerShell => generated(PowerShell),
        Shell::Elvish => generated(Elvish),
    }
}

/// The commands that take the name of an account, with the words that lead to them.
fn commands_of_accounts() -> Vec<String> {
    fn walk(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        for below in command.get_subcommands() {
            let path = if path.is_empty() {
                below.get_name().to_owned()
            } else {
                format!("{path} {}", below.get_name())
            };
            let first = below.get_positionals().next();
            let names = first.and_then(|argument| argument.get_value_names());
            if names
                .is_some_and(|names| names.iter().any(|name| *name == "NAME") && below.get_name() != "schema")
            {
                found.push(path.clone());
            }
            walk(below, &path, found);
        }
    }
    let mut found = Vec::new();
    walk(&Cli::command(), "", &mut found);
    found
}

fn generated(generator: impl Generator) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(generator, &mut Cli::command(), "mailkey", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_that_take_an_account_are_known() {
        let known = commands_of_accounts();
        for command in ["verify", "reauth", "token", "password", "seatable bases", "seatable connect"] {
            assert!(known.iter().any(|path| path == command), "{command}: {known:?}");
        }
        for command in ["setup", "schema", "completions", "man"] {
            assert!(!known.iter().any(|path| path == command), "{command}: {known:?}");
        }
    }

    #[test]
    fn accounts_are_completed_where_a_script_can_ask() {
        for (shell, part) in [
            (Shell::Bash, "*\" seatable connect \"*"),
            (Shell::Zsh, "Name or address of the account:_mailkey_accounts"),
            (Shell::Fish, "__fish_seen_subcommand_from seatable; and __fish_seen_subcommand_from connect"),
        ] {
            let script = script(shell);
            assert!(script.contains(part), "{shell:?}");
            assert!(script.contains("mailkey completions --accounts"), "{shell:?}");
        }
        assert!(script(Shell::PowerShell).contains("Register-ArgumentCompleter"));
        assert!(script(Shell::Elvish).contains("edit:completion"));
        let zsh = script(Shell::Zsh);
        assert!(!zsh.contains("account whose SeaTable token is kept:_default"), "{zsh}");
    }
}
