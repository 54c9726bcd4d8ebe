//! [`probe`]: a client is tried at the token endpoint with a code that cannot be right, before a browser opens.

use std::time::Duration;

use super::exchange_within;
use crate::{
    effects::{cancel::Cancel, log, world::World},
    flow::effect::{ClientProbe, ExchangeRequest},
    model::{failure::Failure, secret::Secret},
};

/// A token endpoint answers within half a second; longer than this the browser does not wait for an answer that
/// may say nothing at all.
const DEADLINE: Duration = Duration::from_secs(3);
/// No server has ever given it to anybody.
const NO_CODE: &str = "mailkey-tries-the-client";

/// Asks the token endpoint once, as the consent will in the end: same client, redirect address and verifier. Whatever
/// it answers, or that it does not, is passed over, unless it says that it refuses the client.
///
/// # Errors
/// [`Failure::refuses_client`]: so would the exchange of a real code end.
pub fn probe(
    asked: &ClientProbe,
    redirect_uri: &str,
    verifier: &Secret,
    world: &World,
    cancel: &Cancel,
) -> Result<(), Failure> {
    let request = ExchangeRequest {
        token_url: asked.token_url.clone(),
        client: asked.client.clone(),
        code: Secret::from(NO_CODE),
        verifier: verifier.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scopes: Vec::new(),
    };
    let answer = exchange_within(DEADLINE, &request, world, cancel);
    world.log.line(world.environment.now(), &format!("client tried: {}", log::result(&answer)));
    match answer {
        Err(failure) if failure.refuses_client() => Err(failure),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        effects::http::scripted::{Answer, Scripted, world_with},
        model::client::{Client, ClientKind},
    };

    fn asked(token_url: String) -> ClientProbe {
        let secret = Some(Secret::from("canary"));
        let client =
            Client { id: "12-ab".to_owned(), secret, kind: ClientKind::Web, redirect_uris: Vec::new() };
        ClientProbe { token_url, client }
    }

    fn tried(asked: &ClientProbe) -> Result<(), Failure> {
        let verifier = Secret::from("v".repeat(43));
        probe(asked, "http://127.0.0.1:8976/callback", &verifier, &world_with(&[]), &Cancel::new())
    }

    #[test]
    fn only_what_is_said_of_the_client_is_told() {
        for (status, body, told) in [
            ("401 Unauthorized", r#"{"error":"invalid_client","error_description":"Unauthorized"}"#, true),
            ("401 Unauthorized", r#"{"error":"deleted_client"}"#, true),
            (
                "400 Bad Request",
                r#"{"error":"unauthorized_client","error_description":"AADSTS700016: Application not found"}"#,
                true,
            ),
            (
                "401 Unauthorized",
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: x"}"#,
                true,
            ),
            (
                "400 Bad Request",
                r#"{"error":"invalid_grant","error_description":"Malformed auth code."}"#,
                false,
            ),
            (
                "400 Bad Request",
                r#"{"error":"invalid_request","error_description":"AADSTS9002313: x"}"#,
                false,
            ),
            ("400 Bad Request", r#"{"error":"unauthorized_client"}"#, false),
            ("400 Bad Request", r#"{"error":"redirect_uri_mismatch"}"#, false),
            ("200 OK", r#"{"access_token":"a","token_type":"Bearer"}"#, false),
            ("503 Service Unavailable", "busy", false),
            ("200 OK", "<html>", false),
        ] {
            let bytes = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let server = Scripted::start(vec![Answer::Bytes(bytes)]);
            let outcome = tried(&asked(server.url("/token")));
            assert_eq!(outcome.is_err(), told, "{status} {body}: {outcome:?}");
            assert_eq!(server.asked().line, "POST /token HTTP/1.1");
            server.finish();
        }
    }

    #[test]
    fn a_network_that_fails_is_passed_over() {
        let gone = Scripted::start(Vec::new());
        let url = gone.url("/token");
        gone.finish();
        assert_eq!(tried(&asked(url)), Ok(()));
        assert_eq!(tried(&asked("http://elsewhere.example/token".to_owned())), Ok(()), "never in clear");
    }
}
