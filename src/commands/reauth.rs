//! `mailkey reauth NAME`.

use super::{
    answers_file::{recorded, take_for_account},
    port, print,
    secret_files::{SecretFile, take, take_sign_in},
    session::{CommandError, Session},
    setup::{refuse_misused, take_arrival},
    walk::walk,
};
use crate::{
    cli::account::Reauth,
    flow::{
        answers::{Answers, Source},
        field,
        situation::answers_of,
        wizard::Plan,
    },
    model::{account::Account, exit_code::ExitCode},
};

/// `mailkey reauth NAME`.
///
/// # Errors
/// When there is no such account, or the flags cannot be used.
pub fn run(arguments: &Reauth, session: &Session) -> Result<ExitCode, CommandError> {
    let account = session.account(&arguments.name)?;
    let (answers, given) = given(arguments, &account, session);
    let session = session.speaking(&answers);
    given
        .and_then(|()| renew(arguments, &session, answers))
        .or_else(|error| Ok(print::error(&error, &session)))
}

fn renew(arguments: &Reauth, session: &Session, mut answers: Answers) -> Result<ExitCode, CommandError> {
    let [token, password, code] = SecretFile::seatable(&arguments.seatable);
    let key = SecretFile::key(arguments.secret_file.as_deref());
    let client_secret = SecretFile::client_secret(arguments.client_secret_file.as_deref());
    take([key, client_secret, token, password, code], session, &mut answers)?;
    refuse_misused(session, Plan::Reauth, &answers)?;
    recorded(&arguments.files, session, || walk(session, Plan::Reauth, answers))
}

/// What the account says and, over it, the file and the command line. Secrets are not among it yet.
fn given(arguments: &Reauth, account: &Account, session: &Session) -> (Answers, Result<(), CommandError>) {
    let mut answers = session.answers();
    answers_of(account, &mut answers);
    answers.set(field::ACCOUNT, account.name.as_str(), Source::Flag);
    let taken = take_for_account(&arguments.files, session, &mut answers);
    session.take_options(&mut answers);
    for (id, text) in [
        (field::SEND_TO, &arguments.send_to),
        (field::REDIRECT_PORT, &arguments.redirect_port),
        (field::CONSENT_WAY, &arguments.consent),
        (field::CLIENT_FILE, &arguments.client_file),
        (field::TENANT, &arguments.tenant),
        (field::PUBLISHING, &arguments.publishing),
    ] {
        if let Some(text) = text {
            answers.set(id, text.as_str(), Source::Flag);
        }
    }
    let taken = taken.and_then(|()| {
        // Of the flag, or of the answers file: what the record says is no change.
        let of_file = answers.entry(field::SMTP_PORT).filter(|answer| answer.source == Source::Flag);
        let of_file = of_file.map(|answer| answer.text.expose().trim().parse());
        let port = match (arguments.smtp_port, of_file) {
            (Some(port), _) | (None, Some(Ok(port))) => port,
            (None, Some(Err(_))) => return Err(CommandError::usage("invalid.port")),
            (None, None) => account.smtp.port,
        };
        if port == account.smtp.port {
            return Ok(());
        }
        let server = port::at(account, port, session)?;
        answers.set(field::SMTP_PORT, server.port.to_string(), Source::Flag);
        answers.set(field::SECURITY, server.security.id(), Source::Flag);
        Ok(())
    });
    take_sign_in(&arguments.seatable, &mut answers);
    take_arrival(&arguments.arrival, &mut answers);
    if arguments.no_repair {
        answers.set(field::CONNECT, "show", Source::Flag);
    }
    for (id, given) in [(field::NO_SEND, arguments.no_send), (field::KEEP_ANYWAY, arguments.keep_anyway)] {
        if given {
            answers.set(id, field::YES, Source::Flag);
        }
    }
    (answers, taken)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        cli::{Cli, Command},
        commands::testing,
    };

    #[test]
    fn what_the_command_line_says_wins_over_the_account() {
        let folder = tempfile::tempdir().unwrap();
        let words = [
            "reauth",
            "anna",
            "--client-file",
            "client.json",
            "--publishing",
            "production",
            "--tenant",
            "contoso.example",
        ];
        let cli = Cli::try_parse_from(std::iter::once("mailkey").chain(words)).unwrap();
        let Some(Command::Reauth(arguments)) = cli.command else { panic!("a renewal") };
        let session = testing::session(folder.path(), &words);
        let (answers, _) = given(&arguments, &testing::account(), &session);
        assert_eq!(answers.text(field::CLIENT_FILE), "client.json");
        assert_eq!(answers.text(field::PUBLISHING), "production");
        assert_eq!(answers.text(field::TENANT), "contoso.example");
        let source = |id| answers.entry(id).map(|answer| answer.source);
        assert_eq!(source(field::PUBLISHING), Some(Source::Flag));
        assert_eq!(source(field::ADDRESS), Some(Source::Discovered), "that is the account's");
    }
}
