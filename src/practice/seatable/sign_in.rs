//! Signing in with a password, and who a token belongs to.

use serde_json::json;

use super::{Seatable, error, store::Person};
use crate::{
    model::secret::Secret,
    practice::{
        Fault,
        http::{Form, Request, Response},
    },
};

/// More wrong passwords in a row are one too many: SeaTable may freeze the user after so few
/// (`FREEZE_USER_ON_LOGIN_FAILED` and `LOGIN_ATTEMPT_LIMIT` in its admin manual).
const MAX_WRONG: u32 = 2;

impl Seatable {
    /// `POST /api2/auth-token/`: an account token for a password, and for a one-time code where a second factor is
    /// on.
    pub(super) fn sign_in(&self, request: &Request) -> Result<Response, Response> {
        if !request.is_form() {
            self.complain("signing in takes a form");
        }
        let form = Form::parse(&request.body);
        if form.repeated().is_some() {
            self.complain("a field of a form is repeated");
        }
        let (Some(name), Some(password)) = (form.one("username"), form.one("password")) else {
            self.complain("signing in takes username and password");
            return Err(cannot("Must include \"username\" and \"password\"."));
        };
        let password = Secret::from(password);
        let person = self.lock().persons.iter().find(|person| person.address.same_mailbox(name)).cloned();
        let is_right =
            |person: &Person| person.password == password && !self.state.has(Fault::SeatableWrongPassword);
        let wrong = person.as_ref().map_or(0, |person| self.lock().password_came(person, is_right(person)));
        if wrong > MAX_WRONG {
            self.complain("a third wrong password in a row: a server may freeze the user");
        }
        let Some(person) = person.filter(is_right) else {
            return Err(cannot("Unable to login with provided credentials."));
        };
        if self.state.has(Fault::SeatableDisabled) {
            return Err(cannot("User account is disabled."));
        }
        if let Some(code) = &person.code {
            match request.header("x-seafile-otp") {
                None | Some("") => return Err(cannot("Two factor auth token is missing.")),
                Some(given) if Secret::from(given) != *code => {
                    return Err(cannot("Two factor auth token is invalid."));
                }
                Some(_) => {}
            }
        }
        Ok(Response::json(200, &json!({ "token": person.token.expose() })))
    }

    /// `GET /api2/account/info/`.
    pub(super) fn account_info(&self, request: &Request) -> Result<Response, Response> {
        let person = self.person(request)?;
        Ok(Response::json(
            200,
            &json!({
                "email": person.id,
                "name": person.name,
                "contact_email": person.address.as_str(),
                "login_id": person.address.as_str(),
            }),
        ))
    }

    /// Whose account token came.
    ///
    /// # Errors
    /// 403 where there is none, 401 where it is nobody's, an API token's included.
    pub(super) fn person(&self, request: &Request) -> Result<Person, Response> {
        let token = self.token(request)?;
        let person = self.lock().persons.iter().find(|person| person.token == token).cloned();
        let refused = self.state.has(Fault::SeatableDisabled) || self.state.has(Fault::SeatableTokenExpired);
        let person = person.filter(|_| !refused);
        person.ok_or_else(|| detail(401, "Invalid token"))
    }

    /// The token in the header.
    ///
    /// # Errors
    /// 403 where there is none.
    pub(super) fn token(&self, request: &Request) -> Result<Secret, Response> {
        let none = || detail(403, "Authentication credentials were not provided.");
        let header = request.header("authorization").ok_or_else(none)?;
        let (scheme, token) = header.split_once(' ').ok_or_else(none)?;
        if scheme.eq_ignore_ascii_case("token") {
            self.complain("a token came with the word Token: since 4.0 it is Bearer");
        } else if !scheme.eq_ignore_ascii_case("bearer") {
            self.complain("the Authorization header is neither Bearer nor Token");
            return Err(none());
        }
        Ok(Secret::from(token.trim()))
    }
}

/// Sign-in errors belong to no field of the form.
fn cannot(text: &str) -> Response {
    Response::json(400, &json!({ "non_field_errors": [text] }))
}

/// What the framework says, before SeaTable's own code is asked.
fn detail(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "detail": text }))
}

/// What somebody hears who may not do something.
pub(super) const FORBIDDEN: &str = "Permission denied.";

/// Refuses who may not do something.
pub(super) fn forbidden() -> Response {
    error(403, FORBIDDEN)
}
