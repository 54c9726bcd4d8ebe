//! [`Fault`]: what can be made to go wrong in practice mode.

mod names;
#[cfg(test)]
mod tests;

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
    /// Every refresh gives another refresh token, and the one before is dead.
    RotatedRefreshToken,
    /// Every refresh gives the same refresh token once more.
    SameRefreshToken,
    /// The token endpoint does not say how long a token lives that it gives for a refresh token.
    NoExpiry,
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
    /// Microsoft: the client is for one organisation only, so the directory must be named: `AADSTS50194`.
    SingleTenant,
    /// Microsoft: the client's secret has run out: `AADSTS7000222`.
    SecretExpired,
    /// Microsoft: a client without a secret is not allowed to ask: `AADSTS7000218`.
    PublicFlowsOff,
    /// Microsoft: nobody has consented for the organisation: `AADSTS65001`.
    ConsentMissing,
    /// SMTP refuses every sign-in since it is off for the mailbox, in Microsoft's words.
    SmtpAuthOff,
    /// … for the whole organisation.
    SmtpAuthOffEverywhere,
    /// SMTP refuses every sign-in since the organisation's security defaults do, in Microsoft's words.
    SecurityDefaults,
    /// Microsoft Graph refuses the message: the token lacks the permission.
    GraphDenied,
    /// … there is no mailbox that it could reach.
    GraphNoMailbox,
    /// … the sender is not the signed-in mailbox.
    GraphSendAs,
    /// Another account than the one in `login_hint` consents.
    WrongAccount,
    /// The code for another device has run out as soon as it is asked about.
    DeviceExpired,
    /// Whatever is pressed on the other device, it is refused.
    DeviceDenied,
    /// The first question about a device is answered `slow_down`.
    DeviceSlowDown,
    /// After STARTTLS was accepted a line is slipped in in clear (RFC 3207 §6).
    StarttlsInjection,
    /// The certificate of SMTP and of the Gmail API has expired.
    CertificateExpired,
    /// The certificate of SMTP and of the Gmail API is for another name.
    CertificateWrongName,
    /// The port that begins in clear drops every connection; the one with TLS from the first byte works.
    StarttlsPortDead,
    /// … the other way about.
    TlsPortDead,
    /// Nobody listens on either port: a connection is refused, as behind a firewall that wants a proxy.
    PortsClosed,
    /// The first connection to either port is dropped, each later one is served.
    DropsFirst,
    /// Both ports answer with a redirect of HTTP, as a network does that wants a sign-in first.
    CaptivePortal,
    /// The certificate of SMTP and of the Gmail API is made by one who opens connections to look inside.
    Intercepted,
    /// The certificate of SMTP and of the Gmail API begins in a year, and in a year is what the token endpoint has.
    ClockBehind,
    /// The message reaches the mailbox 4 seconds after it was taken.
    ArrivesLate,
    /// The message lands in the folder for unwanted mail.
    ArrivesInSpam,
    /// The message is taken and never reaches the mailbox.
    ArrivesNever,
    /// The message arrives with another sender.
    FromRewritten,
    /// The message arrives with another Message-ID.
    MessageIdRewritten,
    /// The receiving server writes nothing about SPF, DKIM and DMARC.
    NoAuthenticationResults,
    /// All three of them fail.
    AuthenticationFails,
    /// Whoever signs in to the mailbox is told that IMAP is switched off.
    ImapOff,
    /// The mailbox server says BYE to the first EXAMINE.
    ImapHangsUp,
    /// … to every EXAMINE.
    ImapAlwaysHangsUp,
    /// What answers on the port of the mailbox is no mailbox server.
    ImapGarbage,
    /// The mailbox server keeps its greeting back, longer than anyone waits.
    ImapSlow,
    /// The DNS server answers nothing.
    DnsSilent,
    /// The DNS server says that it failed (SERVFAIL).
    DnsFails,
    /// The DNS server's answers hold a name that points to itself.
    DnsMalformed,
    /// The settings file of a domain has a document type with entities.
    AutoconfigDoctype,
    /// … an entity that nobody declared.
    AutoconfigEntity,
    /// … over 256 KiB.
    AutoconfigTooLarge,
    /// … ends in the middle.
    AutoconfigCut,
    /// … names servers without encryption.
    AutoconfigInClear,
    /// The settings file is moved to an address with http.
    AutoconfigRedirect,
    /// The certificate of its web server is for another name.
    AutoconfigCertificate,
    /// SeaTable is a 5.1, which knows no OAuth.
    SeatableBefore52,
    /// SeaTable is a 5.2, which wants a user name with OAuth.
    SeatableBefore61,
    /// SeaTable refuses every password: 400.
    SeatableWrongPassword,
    /// SeaTable says that the user is disabled; account tokens are refused as well.
    SeatableDisabled,
    /// SeaTable asks everyone for a one-time code.
    SeatableOtp,
    /// The first 2 requests of each of SeaTable's paths are answered 429, with nothing in it.
    SeatableBusy,
    /// … every request.
    SeatableAlwaysBusy,
    /// Nobody sees a base.
    SeatableNoBase,
    /// Everybody sees 2000 bases.
    SeatableManyBases,
    /// Every base has accounts already: one named after each address, one named Gmail.
    SeatableNameTaken,
    /// Adding or changing an account is answered 403.
    SeatableNoRights,
    /// Adding or changing an account is answered 500.
    SeatableBroken,
    /// SeaTable has no way to send by its API: 404.
    SeatableNoSend,
    /// SeaTable takes the message, and the task fails.
    SeatableSendsNothing,
    /// The accounts of every base are answered 404, as of a base that was just deleted.
    SeatableBaseDeleted,
    /// Every path of SeaTable leads to a page to sign in: 302.
    SeatableLoginPage,
    /// What answers at SeaTable's address is another web server.
    SeatableNotSeatable,
    /// The certificate of SeaTable is of an authority that nobody knows.
    SeatableCertificate,
    /// Every account token is refused with 401, as after a new one was made.
    SeatableTokenExpired,
    /// The first account that is added or changed is, and the answer is 504.
    SeatableGateway,
}

impl Fault {
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
