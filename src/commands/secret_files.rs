//! Files with secrets that the command line names. Secrets are never taken from the command line itself.

use super::session::{CommandError, Session};
use crate::{
    cli::seatable::SignIn,
    effects::files,
    flow::{
        answers::{Answers, Source},
        field,
    },
};

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// A file, and the fields that its text answers.
pub struct SecretFile<'a> {
    path: Option<&'a str>,
    fields: &'static [&'static str],
}

impl<'a> SecretFile<'a> {
    /// The key. Which of the two it is depends on method and provider; the one that is not asked for is not looked at.
    #[must_use]
    pub fn key(path: Option<&'a str>) -> Self {
        Self { path, fields: &[field::APP_PASSWORD, field::PASSWORD] }
    }

    /// The secret of the OAuth client.
    #[must_use]
    pub fn client_secret(path: Option<&'a str>) -> Self {
        Self { path, fields: &[field::CLIENT_SECRET] }
    }

    /// The passphrase of the encrypted file. Whoever has it in a file need not say it twice.
    #[must_use]
    pub fn passphrase(path: Option<&'a str>) -> Self {
        Self { path, fields: &[field::PASSPHRASE, field::PASSPHRASE_AGAIN] }
    }

    /// What signing in to SeaTable needs.
    #[must_use]
    pub fn seatable(sign_in: &'a SignIn) -> [Self; 3] {
        [
            Self { path: sign_in.seatable_token_file.as_deref(), fields: &[field::SEATABLE_TOKEN] },
            Self { path: sign_in.seatable_password_file.as_deref(), fields: &[field::SEATABLE_PASSWORD] },
            Self { path: sign_in.seatable_code_file.as_deref(), fields: &[field::SEATABLE_CODE] },
        ]
    }
}

/// Reads the files, and that of the passphrase. Of standard input one line is taken; a redirected address may stand
/// behind it.
///
/// # Errors
/// When a file cannot be read, or standard input is named twice.
pub fn take<'a>(
    secrets: impl IntoIterator<Item = SecretFile<'a>>,
    session: &'a Session,
    answers: &mut Answers,
) -> Result<(), CommandError> {
    let passphrase = SecretFile::passphrase(session.global.store_options.passphrase_file.as_deref());
    let secrets: Vec<SecretFile<'_>> = secrets.into_iter().chain([passphrase]).collect();
    if secrets.iter().filter(|secret| secret.path == Some(STANDARD_INPUT)).count() > 1 {
        return Err(CommandError::usage("command.one-standard-input"));
    }
    for secret in secrets {
        let Some(path) = secret.path else { continue };
        let text = files::read_secret_file(&session.world, path)?;
        for id in secret.fields {
            answers.set(id, text.clone(), Source::Flag);
        }
    }
    if let Some(passphrase) = answers.secret(field::PASSPHRASE) {
        session.world.stores.take_passphrase(passphrase);
    }
    Ok(())
}

/// What the flags say of signing in to SeaTable, without its secrets.
pub fn take_sign_in(sign_in: &SignIn, answers: &mut Answers) {
    if let Some(user) = &sign_in.seatable_user {
        answers.set(field::SEATABLE_AUTH, "password", Source::Flag);
        answers.set(field::SEATABLE_USER, user.as_str(), Source::Flag);
    } else if sign_in.seatable_token_file.is_some() {
        answers.set(field::SEATABLE_AUTH, "token", Source::Flag);
    }
    if sign_in.seatable_code_file.is_some() {
        answers.set(field::SEATABLE_CODE_ASKED, field::YES, Source::Flag);
    }
    if sign_in.seatable_keep_token {
        answers.set(field::SEATABLE_KEEP_TOKEN, field::YES, Source::Flag);
    }
}
