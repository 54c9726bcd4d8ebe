//! [`GmailMailbox`]: looking through the Gmail API, where the granted scope allows reading.

use std::time::Instant;

use serde_json::Value;
use ureq::http::{Request, header};

use super::{Found, Header, Look};
use crate::{
    effects::{cancel::Cancel, clean, http, world::World},
    flow::effect::ArrivalRequest,
    model::{
        arrival::{self, Folder},
        failure::{Failure, Layer},
        secret::Secret,
    },
};

/// The fields that are asked for.
const FIELDS: [&str; 6] =
    ["From", "Subject", "Message-ID", "Authentication-Results", "Delivered-To", "Return-Path"];
/// An id is hexadecimal and short; what is longer is none.
const MAX_ID: usize = 64;

/// A mailbox behind the Gmail API.
pub(super) struct GmailMailbox<'a> {
    request: &'a ArrivalRequest,
    /// `…/users/me/messages`.
    url: &'a str,
    token: &'a Secret,
    world: &'a World,
    cancel: &'a Cancel,
}

impl<'a> GmailMailbox<'a> {
    pub(super) fn new(
        request: &'a ArrivalRequest,
        url: &'a str,
        token: &'a Secret,
        world: &'a World,
        cancel: &'a Cancel,
    ) -> Self {
        Self { request, url, token, world, cancel }
    }

    fn get(&self, rest: &str) -> Result<Value, Failure> {
        self.answer(rest).map_err(|failure| self.about(failure))
    }

    /// Adds which server it was.
    fn about(&self, failure: Failure) -> Failure {
        let host = self.url.split('/').nth(2).unwrap_or_default();
        let (host, port) = host.rsplit_once(':').unwrap_or((host, "443"));
        failure.with("host", host).with("port", port)
    }

    fn answer(&self, rest: &str) -> Result<Value, Failure> {
        let failed = |code: &str| Failure::new(Layer::Arrive, code);
        let request = Request::get(format!("{}{rest}", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token.expose()))
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| failed("_bad_reply"))?;
        let response = http::send(request, Layer::Api, self.world, self.cancel).map_err(|failure| {
            match failure.code.as_str() {
                "_cancelled" => failed("_cancelled"),
                because => failed("_unreachable").with("because", because),
            }
        })?;
        let status = response.status().as_u16();
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        match status {
            200 if body.is_object() => Ok(body),
            200 => Err(failed("_bad_reply")),
            _ => {
                let said = body.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
                let reason =
                    body.pointer("/error/errors/0/reason").and_then(Value::as_str).unwrap_or_default();
                let failure =
                    failed(&status.to_string()).with("reason", clean::words(reason, &[]).to_lowercase());
                let said = clean::words(said, &[]);
                Err(if said.is_empty() { failure } else { failure.saying(said) })
            }
        }
    }
}

impl Look for GmailMailbox<'_> {
    fn once(&mut self, _: Instant) -> Result<Option<Found>, Failure> {
        let token = arrival::token(&self.request.message_id);
        let listed = self.get(&format!("?q=subject:{token}&includeSpamTrash=true&maxResults=5"))?;
        let messages = listed["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fields = FIELDS.map(|field| format!("&metadataHeaders={field}")).concat();
        for id in messages.iter().filter_map(|message| message["id"].as_str()) {
            if id.len() > MAX_ID || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(self.about(Failure::new(Layer::Arrive, "_bad_reply")));
            }
            let message = self.get(&format!("/{id}?format=metadata{fields}"))?;
            let header = header_of(&message);
            if let Some(folder) = folder_of(&message).filter(|_| header.is_of(&self.request.message_id)) {
                return Ok(Some(Found { folder, header }));
            }
        }
        Ok(None)
    }

    fn end(self) {}
}

fn header_of(message: &Value) -> Header {
    let fields = message.pointer("/payload/headers").and_then(Value::as_array).map(Vec::as_slice);
    let field =
        |field: &Value| Some((field["name"].as_str()?.to_owned(), field["value"].as_str()?.to_owned()));
    Header::of(fields.unwrap_or_default().iter().filter_map(field))
}

/// Where a message is; `None` for a copy of what was sent.
fn folder_of(message: &Value) -> Option<Folder> {
    let labels: Vec<&str> = message["labelIds"].as_array()?.iter().filter_map(Value::as_str).collect();
    if labels.contains(&"INBOX") {
        Some(Folder::Inbox)
    } else if labels.contains(&"SPAM") {
        Some(Folder::Spam)
    } else if labels.contains(&"SENT") {
        None
    } else {
        let own = labels.first().map_or("", |label| *label);
        Some(Folder::Other(clean::visible_text(own).chars().take(MAX_ID).collect()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        effects::http::scripted::{self, Answer, Scripted},
        flow::effect::{Mailbox, MailboxKey},
        model::{Time, address::Address},
    };

    fn looked(answers: Vec<Answer>) -> Result<Option<Folder>, String> {
        let server = Scripted::start(answers);
        let url = server.url("/gmail/v1/users/me/messages");
        let request = ArrivalRequest {
            address: Address::parse("anna@gmail.com").unwrap(),
            user: "anna@gmail.com".to_owned(),
            key: MailboxKey::AccessToken(Secret::from("ya29.t")),
            mailbox: Mailbox::GmailApi(url.clone()),
            message_id: "0123456789abcdef@gmail.com".to_owned(),
            accepted: Time::UNIX_EPOCH,
            patience: std::time::Duration::from_secs(5),
        };
        let (world, cancel, token) = (scripted::world(), Cancel::new(), Secret::from("ya29.t"));
        let mut mailbox = GmailMailbox::new(&request, &url, &token, &world, &cancel);
        let found = mailbox.once(Instant::now());
        server.finish();
        found.map(|found| found.map(|found| found.folder)).map_err(|failure| {
            assert!(failure.details.iter().any(|(name, value)| *name == "host" && value == "127.0.0.1"));
            failure.code
        })
    }

    #[test]
    fn a_message_is_listed_and_its_header_read() {
        let list = |body: &str| scripted::json("200 OK", body);
        let message = |subject: &str| {
            let headers =
                json!([{"name": "Subject", "value": subject}, {"name": "From", "value": "anna@gmail.com"}]);
            list(&json!({"id": "18c", "labelIds": ["INBOX"], "payload": {"headers": headers}}).to_string())
        };
        let one = || list(r#"{"messages":[{"id":"18c"}]}"#);
        let refused = r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.",
            "errors":[{"reason":"insufficientPermissions"}]}}"#;
        for (answers, expected) in [
            (vec![one(), message("it can send [0123456789]")], Ok(Some(Folder::Inbox))),
            (vec![one(), message("another")], Ok(None)),
            (vec![list(r#"{"resultSizeEstimate":0}"#)], Ok(None)),
            (vec![list(r#"{"messages":[{"id":"../../x"}]}"#)], Err("_bad_reply".to_owned())),
            (vec![list("[]")], Err("_bad_reply".to_owned())),
            (vec![scripted::json("403 Forbidden", refused)], Err("403".to_owned())),
        ] {
            assert_eq!(looked(answers), expected);
        }
    }

    #[test]
    fn labels_tell_the_folder_and_a_copy_of_what_was_sent_is_none() {
        for (labels, expected) in [
            (json!(["SENT", "INBOX", "UNREAD"]), Some(Folder::Inbox)),
            (json!(["SPAM"]), Some(Folder::Spam)),
            (json!(["SENT"]), None),
            (json!(["TRASH"]), Some(Folder::Other("TRASH".to_owned()))),
            (json!([]), Some(Folder::Other(String::new()))),
            (json!("INBOX"), None),
        ] {
            assert_eq!(folder_of(&json!({ "labelIds": labels })), expected, "{labels}");
        }
    }
}
