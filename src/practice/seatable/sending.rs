//! Sending with an account, in a thread of its own, and the questions about it.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{
    Account, Seatable, SendError,
    compose::Mail,
    error, gmail, graph, internal_error, smtp,
    task::{self, Task},
};
use crate::{
    model::{seatable::Version, secret::Secret},
    practice::{
        Fault,
        http::{Form, Request, Response},
        random,
    },
};

/// What a message may come with (`dtable_message.py` of dtable-web).
const FIELDS: [&str; 13] = [
    "account_name",
    "send_to",
    "copy_to",
    "bcc_to",
    "reply_to",
    "subject",
    "message",
    "html_message",
    "attachments",
    "images_info",
    "need_message_id",
    "in_reply_to",
    "source",
];

/// SeaTable's queue has so many places.
const QUEUE: usize = 10;
/// Results that nobody asks for are forgotten.
const MAX_TASKS: usize = 1000;
/// How long a page waits for a message on its way: nothing on this machine takes longer, unless it never ends.
const PAGE_PATIENCE: Duration = Duration::from_secs(2);

/// A sender that did not say which is of this kind.
pub(in crate::practice) const GENERAL: &str = "GeneralEmailProvider";

impl Seatable {
    /// `POST /api/v2.1/dtable-message/{base}/email/`.
    pub(super) fn send(self: &Arc<Self>, request: &Request, base: &str) -> Result<Response, Response> {
        let (base, _) = self.seen(request, base)?;
        let body = self.object(request);
        self.expect_only(&body, &FIELDS, "a message");
        let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let name = text("account_name").unwrap_or_default();
        let account = self.lock().account_named(&base, name).cloned();
        let account = account.ok_or_else(|| error(404, "Account does not exist."))?;
        if account.kind != "email" {
            return Err(error(400, "Account type is invalid."));
        }
        let to = self.addresses(&body, "send_to");
        if to.is_empty() {
            self.complain("send_to names nobody");
            return Err(error(400, "Email sent to is invalid."));
        }
        if text("message").or(text("html_message")).is_none() {
            self.complain("a message has no content");
            return Err(error(400, "Email content cannot be empty."));
        }
        let Some(subject) = text("subject") else {
            self.complain("a message has no subject");
            return Err(error(400, "Email subject cannot be empty."));
        };
        let mail = Mail {
            to,
            copy: self.addresses(&body, "copy_to"),
            blind: self.addresses(&body, "bcc_to"),
            reply_to: text("reply_to").map(str::to_owned),
            in_reply_to: text("in_reply_to").map(str::to_owned),
            subject: subject.to_owned(),
            text: text("message").map(str::to_owned),
            html: text("html_message").map(str::to_owned),
            id: random::text(random::LOWER, 32).map_err(|_| internal_error())?,
        };
        let wanted = body.get("need_message_id") == Some(&json!(true));
        let message_id = if wanted { mail.message_id() } else { String::new() };
        let what = Some((base, Value::from(body).to_string()));
        if self.lock().tasks.values().any(|task| task.what == what) {
            self.complain("a message is sent again before its task was asked for its end");
        }
        let task = self.begin(account, mail, what).ok_or_else(internal_error)?;
        Ok(Response::json(200, &json!({ "task_id": task, "message_id": message_id })))
    }

    /// `GET /api/v2.1/dtable-message-status/`: an end is told once.
    pub(super) fn status(&self, request: &Request) -> Result<Response, Response> {
        self.person(request)?;
        let id = self.task_id(request)?;
        let mut store = self.lock();
        let task = store.tasks.get_mut(&id).ok_or_else(task::unknown)?;
        let first = !std::mem::replace(&mut task.asked, true);
        let Some(outcome) = task.outcome.filter(|_| !first) else { return Ok(task::finished(false)) };
        store.tasks.remove(&id);
        outcome.map_err(|failure| failure.response(self.version)).map(|()| task::finished(true))
    }

    /// `DELETE` there. What is on its way is sent all the same; nobody can ask about it any more.
    pub(super) fn cancel(&self, request: &Request) -> Result<Response, Response> {
        self.person(request)?;
        let id = self.task_id(request)?;
        self.lock().tasks.remove(&id).ok_or_else(task::unknown)?;
        Ok(Response::json(200, &json!({ "success": true })))
    }

    fn task_id(&self, request: &Request) -> Result<String, Response> {
        let query = Form::parse(request.query.as_bytes());
        query.one("task_id").map(str::to_owned).ok_or_else(|| {
            self.complain("task_id is missing");
            task::unknown()
        })
    }

    fn addresses(&self, body: &Map<String, Value>, key: &str) -> Vec<String> {
        match body.get(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(other) => {
                self.complain(&format!("{key} is no list"));
                other.as_str().map(str::to_owned).into_iter().collect()
            }
        }
    }

    /// Begins to send; the task's id, or `None` when the queue is full or the system has no thread to give.
    fn begin(
        self: &Arc<Self>,
        account: Account,
        mail: Mail,
        what: Option<(String, String)>,
    ) -> Option<String> {
        let id = random::text(random::LOWER, 32).ok()?;
        {
            let mut store = self.lock();
            if store.sending >= QUEUE {
                return None;
            }
            store.sending += 1;
            if store.tasks.len() >= MAX_TASKS {
                store.tasks.retain(|_, task| task.outcome.is_none());
            }
            store.tasks.insert(id.clone(), Task { what, ..Task::default() });
        }
        let ticket = Ticket { seatable: Arc::clone(self), id: id.clone(), outcome: Err(SendError::Refused) };
        let spawned = std::thread::Builder::new()
            .name("practice-seatable-send".to_owned())
            .spawn(move || ticket.run(&account, &mail));
        spawned.is_ok().then_some(id)
    }

    /// Sends with an account and waits a little: for the page, whose person pressed the envelope. `None`: it is
    /// still on its way.
    pub(in crate::practice) fn try_account(
        self: &Arc<Self>,
        account: Account,
        to: &str,
        subject: &str,
        text: &str,
    ) -> Option<Result<(), SendError>> {
        let mail = Mail {
            to: vec![to.to_owned()],
            subject: subject.to_owned(),
            text: Some(text.to_owned()),
            id: random::text(random::LOWER, 32).ok()?,
            ..Mail::default()
        };
        let id = self.begin(account, mail, None)?;
        let running =
            |store: &mut super::Store| store.tasks.get(&id).is_some_and(|task| task.outcome.is_none());
        let waited = self.finished.wait_timeout_while(self.lock(), PAGE_PATIENCE, running);
        let (mut store, _) = waited.unwrap_or_else(PoisonError::into_inner);
        store.tasks.remove(&id)?.outcome
    }

    fn deliver(&self, account: &Account, mail: &Mail) -> Result<(), SendError> {
        if self.state.has(Fault::SeatableSendsNothing) {
            return Err(SendError::Refused);
        }
        // What was changed since counts.
        let detail = self.lock().account(&account.base, account.id).map(|account| account.detail.clone());
        let detail = detail.ok_or(SendError::NotFound)?;
        match text_of(&detail, "email_provider").unwrap_or(GENERAL) {
            GENERAL => smtp::send(&detail, mail, self.version, &self.outbound),
            name @ ("Gmail" | "Outlook" | "Microsoft") if self.version >= Version::OAUTH => {
                // The newer name is unknown to versions before it.
                if name == "Microsoft" && self.version < Version::NO_USERNAME {
                    return Err(SendError::Invalid);
                }
                let keep = |token: &Secret, expires_at| {
                    if let Some(account) = self.lock().account_mut(&account.base, account.id) {
                        account.detail.insert("access_token".to_owned(), json!(token.expose()));
                        account.detail.insert("expires_at".to_owned(), json!(expires_at));
                    }
                };
                if name == "Gmail" {
                    gmail::send(&detail, mail, self.version, &self.outbound, keep)
                } else {
                    graph::send(&detail, mail, self.version, &self.outbound, keep)
                }
            }
            _ => Err(SendError::Invalid),
        }
    }
}

/// Says how a task ended when its thread ends, by a panic as well.
struct Ticket {
    seatable: Arc<Seatable>,
    id: String,
    outcome: Result<(), SendError>,
}

impl Ticket {
    fn run(mut self, account: &Account, mail: &Mail) {
        self.outcome = self.seatable.deliver(account, mail);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut store = self.seatable.lock();
        store.sending = store.sending.saturating_sub(1);
        if let Some(task) = store.tasks.get_mut(&self.id) {
            task.outcome = Some(self.outcome);
        }
        drop(store);
        self.seatable.finished.notify_all();
    }
}

/// A text of an account that is there and not empty.
pub(in crate::practice) fn text_of<'a>(detail: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    detail.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::language::Language,
        practice::{authority::Authority, seatable::Outbound, state::State},
    };

    fn seatable() -> Arc<Seatable> {
        let state = Arc::new(State::new(Vec::new(), Language::En, None).unwrap());
        let outbound = Outbound::new(&Authority::new().unwrap().pem(), &[], String::new()).unwrap();
        Arc::new(Seatable::new(state, super::super::VERSION, outbound).unwrap())
    }

    fn account(seatable: &Seatable) -> Account {
        seatable.lock().add("base", "A", "email", Map::new()).unwrap().clone()
    }

    #[test]
    fn a_full_queue_takes_nothing_and_what_ended_makes_room() {
        let seatable = seatable();
        let account = account(&seatable);
        let ticket = |id: usize| {
            seatable.lock().sending += 1;
            seatable.lock().tasks.insert(id.to_string(), Task::default());
            Ticket { seatable: Arc::clone(&seatable), id: id.to_string(), outcome: Ok(()) }
        };
        let mut tickets: Vec<_> = (0..QUEUE).map(ticket).collect();
        assert_eq!(seatable.begin(account.clone(), Mail::default(), None), None);
        // Nobody can ask about this one any more, and yet it is on its way.
        seatable.lock().tasks.remove("0");
        assert_eq!(seatable.begin(account.clone(), Mail::default(), None), None);
        drop(tickets.remove(0));
        assert!(seatable.begin(account, Mail::default(), None).is_some());
    }

    #[test]
    fn a_page_waits_for_the_end() {
        let seatable = seatable();
        let account = account(&seatable);
        assert_eq!(
            seatable.try_account(account.clone(), "a@b.example", "s", "t"),
            Some(Err(SendError::Invalid))
        );
        seatable.lock().remove("base", account.id);
        assert_eq!(seatable.try_account(account, "a@b.example", "s", "t"), Some(Err(SendError::NotFound)));
        assert!(seatable.lock().tasks.is_empty(), "nobody else would ask");
    }

    #[test]
    fn a_thread_that_panics_ends_its_task() {
        let seatable = seatable();
        seatable.lock().tasks.insert("1".to_owned(), Task::default());
        let ticket =
            Ticket { seatable: Arc::clone(&seatable), id: "1".to_owned(), outcome: Err(SendError::Refused) };
        drop(ticket);
        assert_eq!(seatable.lock().tasks["1"].outcome, Some(Err(SendError::Refused)));
    }
}
