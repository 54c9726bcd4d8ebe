//! [`Fault`]: what can be made to go wrong in practice mode.

/// A failure that the practice servers produce on purpose. It applies to every request, unless its text
/// says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Every password and app password is refused with 535.
    WrongPassword,
    /// Whatever is pressed on the consent page, `error=access_denied` comes back.
    ConsentRefused,
    /// The token endpoint gives an access token only.
    NoRefreshToken,
    /// A refresh is answered `invalid_grant`, "Token has been expired or revoked."
    ExpiredRefreshToken,
    /// The first redirect of each authorization request carries another `state`; a second try is right.
    WrongState,
    /// The token endpoint says that the code was used before.
    CodeReuse,
    /// SMTP answers an access token with `334` and JSON, then `535`.
    TokenRefused334,
    /// The message is refused after its last line.
    MailRefused,
    /// Every recipient is refused.
    RecipientRefused,
    /// The account has used up its messages of the day.
    Quota,
    /// The SMTP server takes the connection and keeps its greeting back, longer than anyone waits.
    SlowServer,
    /// The SMTP server drops the connection instead of greeting.
    HangsUp,
    /// … when EHLO comes.
    HangsUpEhlo,
    /// … when the TLS handshake should begin.
    HangsUpTls,
    /// … when AUTH comes.
    HangsUpAuth,
    /// … after the message, before its answer: nobody knows whether it was taken.
    HangsUpData,
    /// Only the sign-in scopes are granted, as if the box of the mail scope was not ticked.
    ScopeUnticked,
    /// The Gmail API is off in the project: 403 `SERVICE_DISABLED`.
    GmailApiOff,
    /// The token endpoint refuses the client: 401 `invalid_client`.
    InvalidClient,
    /// Another account than the one in `login_hint` consents.
    WrongAccount,
    /// After STARTTLS was accepted a line is slipped in in clear (RFC 3207 §6).
    StarttlsInjection,
    /// The certificate of SMTP and of the Gmail API has expired.
    CertificateExpired,
    /// The certificate of SMTP and of the Gmail API is for another name.
    CertificateWrongName,
}

impl Fault {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 23] = [
        Self::WrongPassword,
        Self::ConsentRefused,
        Self::NoRefreshToken,
        Self::ExpiredRefreshToken,
        Self::WrongState,
        Self::CodeReuse,
        Self::TokenRefused334,
        Self::MailRefused,
        Self::RecipientRefused,
        Self::Quota,
        Self::SlowServer,
        Self::HangsUp,
        Self::HangsUpEhlo,
        Self::HangsUpTls,
        Self::HangsUpAuth,
        Self::HangsUpData,
        Self::ScopeUnticked,
        Self::GmailApiOff,
        Self::InvalidClient,
        Self::WrongAccount,
        Self::StarttlsInjection,
        Self::CertificateExpired,
        Self::CertificateWrongName,
    ];

    /// The name for `--fault`; never translated.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::ConsentRefused => "consent-refused",
            Self::NoRefreshToken => "no-refresh-token",
            Self::ExpiredRefreshToken => "expired-refresh-token",
            Self::WrongState => "wrong-state",
            Self::CodeReuse => "code-reuse",
            Self::TokenRefused334 => "token-refused-334",
            Self::MailRefused => "mail-refused",
            Self::RecipientRefused => "recipient-refused",
            Self::Quota => "quota",
            Self::SlowServer => "slow-server",
            Self::HangsUp => "hangs-up",
            Self::HangsUpEhlo => "hangs-up-ehlo",
            Self::HangsUpTls => "hangs-up-tls",
            Self::HangsUpAuth => "hangs-up-auth",
            Self::HangsUpData => "hangs-up-data",
            Self::ScopeUnticked => "scope-unticked",
            Self::GmailApiOff => "gmail-api-off",
            Self::InvalidClient => "invalid-client",
            Self::WrongAccount => "wrong-account",
            Self::StarttlsInjection => "starttls-injection",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateWrongName => "certificate-wrong-name",
        }
    }

    /// The fault with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// The id of the line that describes it, in `assets/strings`.
    #[must_use]
    pub fn text_id(self) -> String {
        format!("practice.fault.{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{guide::strings::Strings, model::language::Language};

    #[test]
    fn every_fault_is_found_by_its_name_and_described() {
        let strings = Strings::embedded(Language::En);
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(fault));
            assert!(strings.find(&fault.text_id()).is_some(), "{}", fault.text_id());
        }
        assert_eq!(Fault::from_name("no-such-fault"), None);
    }

    #[test]
    fn no_description_is_left_over() {
        let strings = Strings::embedded(Language::En);
        for id in strings.ids().filter_map(|id| id.strip_prefix("practice.fault.")) {
            assert!(Fault::from_name(id).is_some(), "{id}");
        }
    }
}
