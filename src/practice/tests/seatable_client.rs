//! A client of the practice SeaTable, with a common HTTP package.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ureq::{
    http::{Request, header::LOCATION},
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::client::{ANNA, description};
use crate::practice::Practice;

/// An HTTP answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Status and `error_msg`.
    pub(super) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["error_msg"].as_str().unwrap_or_default().to_owned())
    }
}

/// Somebody who is signed in.
pub(super) struct Client {
    agent: ureq::Agent,
    url: String,
    /// The person's entry of the description.
    pub(super) person: Value,
    pub(super) authorization: String,
}

impl Client {
    /// As the first user, who is anna.
    pub(super) fn new(practice: &Practice) -> Self {
        Self::of(practice, 0)
    }

    pub(super) fn of(practice: &Practice, person: usize) -> Self {
        let root = Certificate::from_pem(practice.ca_pem().as_bytes()).unwrap();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[root]))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .proxy(None)
            .build()
            .new_agent();
        let person = description(practice)["seatable"]["users"][person].clone();
        let authorization = format!("Bearer {}", person["account_token"].as_str().unwrap());
        Self { agent, url: practice.seatable_url(), person, authorization }
    }

    /// The entry of one of the person's bases.
    pub(super) fn base(&self, name: &str) -> &Value {
        let bases = self.person["bases"].as_array().unwrap();
        bases.iter().find(|base| base["name"] == name).unwrap_or_else(|| panic!("no base {name}"))
    }

    pub(super) fn uuid(&self, name: &str) -> &str {
        self.base(name)["uuid"].as_str().unwrap()
    }

    pub(super) fn run(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !self.authorization.is_empty() {
            request = request.header("Authorization", &self.authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body.to_owned()).unwrap())
        }
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        Answer {
            status: answer.status().as_u16(),
            location: answer.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned()),
            text: answer.body_mut().read_to_string().unwrap(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.run("GET", path, &[], "")
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.run("DELETE", path, &[], "")
    }

    pub(super) fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.run(method, path, &[("Content-Type", "application/json")], &body.to_string())
    }

    /// Signs in with a password, without any token; the code goes into the header.
    pub(super) fn sign_in(&self, fields: &[(&str, &str)], code: Option<&str>) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(code.map(|code| ("X-SEAFILE-OTP", code)));
        let anonymous = Self {
            agent: self.agent.clone(),
            url: self.url.clone(),
            person: Value::Null,
            authorization: String::new(),
        };
        anonymous.run("POST", "/api2/auth-token/", &headers, &body)
    }

    /// Adds an account to a base.
    pub(super) fn add(&self, base: &str, name: &str, detail: &Value) -> Answer {
        let body = json!({ "account_name": name, "account_type": "email", "detail": detail });
        self.json("POST", &accounts(self.uuid(base)), &body)
    }

    /// Sends a message to anna and asks until something else than "not finished" comes.
    pub(super) fn send(&self, base: &str, account: &str) -> Answer {
        self.send_as(base, account, &json!({}))
    }

    /// The same with other fields.
    pub(super) fn send_as(&self, base: &str, account: &str, changes: &Value) -> Answer {
        let mut body =
            json!({ "account_name": account, "send_to": [ANNA], "subject": "Hello", "message": "Héllo\n." });
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        let begun = self.json("POST", &format!("/api/v2.1/dtable-message/{}/email/", self.uuid(base)), &body);
        assert_eq!(begun.status, 200, "{begun:?}");
        self.wait(begun.json()["task_id"].as_str().unwrap())
    }

    /// Asks about a task until it has ended.
    pub(super) fn wait(&self, task: &str) -> Answer {
        let deadline = Instant::now() + Duration::from_secs(30);
        let first = self.get(&status(task));
        assert_eq!(first.json(), json!({ "is_finished": false }), "the first question");
        loop {
            let answer = self.get(&status(task));
            if answer.json() != json!({ "is_finished": false }) {
                return answer;
            }
            assert!(Instant::now() < deadline, "the task never ends");
        }
    }
}

pub(super) fn accounts(uuid: &str) -> String {
    format!("/api/v2.1/third-party-accounts/{uuid}/")
}

pub(super) fn status(task: &str) -> String {
    format!("/api/v2.1/dtable-message-status/?task_id={task}")
}
