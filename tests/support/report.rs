//! [`Report`]: one account in the JSON of `verify` and `setup`, its shape compared with the contract as it is read.

use serde_json::Value;

/// The stages, in the order in which they run.
const STAGES: [&str; 8] = ["token", "resolve", "connect", "tls", "sign-in", "send", "arrive", "api"];

/// One account in the JSON of `verify` and `setup`.
pub struct Report(Value);

impl Report {
    /// The only account of a document; of `setup`, the document itself may be it.
    pub fn of(document: &Value) -> Self {
        assert_eq!(document["schema"], 1, "{document:#}");
        let account = match document.get("accounts").and_then(Value::as_array) {
            Some(accounts) => {
                assert_eq!(accounts.len(), 1, "{document:#}");
                &accounts[0]
            }
            None => document.get("account").unwrap_or(document),
        };
        let report = Self(account.clone());
        report.compare_with_contract();
        report
    }

    /// The account's name.
    pub fn name(&self) -> &str {
        self.0["name"].as_str().unwrap_or_default()
    }

    /// True when all that was asked is proved.
    pub fn is_ok(&self) -> bool {
        self.0["ok"] == true
    }

    /// What a stage came to; `None`: not run.
    pub fn stage(&self, id: &str) -> Option<bool> {
        self.stages().iter().find(|stage| stage["stage"] == id).and_then(|stage| stage["ok"].as_bool())
    }

    /// The stage that failed.
    pub fn failed_stage(&self) -> Option<&str> {
        self.stages().iter().find(|stage| stage["ok"] == false).and_then(|stage| stage["stage"].as_str())
    }

    /// The time of all stages up to this one, in milliseconds.
    pub fn milliseconds_until(&self, id: &str) -> u64 {
        let until = self.stages().iter().position(|stage| stage["stage"] == id).map_or(0, |at| at + 1);
        self.stages()[..until].iter().filter_map(|stage| stage["ms"].as_u64()).sum()
    }

    /// The id of the diagnosis; empty without one.
    pub fn diagnosis(&self) -> &str {
        self.0["diagnosis"]["id"].as_str().unwrap_or_default()
    }

    /// What the server said, in the diagnosis.
    pub fn server_said(&self) -> &str {
        self.0["diagnosis"]["server_said"].as_str().unwrap_or_default()
    }

    /// The whole object.
    pub fn value(&self) -> &Value {
        &self.0
    }

    fn stages(&self) -> &[Value] {
        self.0["stages"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    fn compare_with_contract(&self) {
        let value = &self.0;
        for field in ["name", "address", "provider", "method"] {
            assert!(value[field].is_string(), "{field} is no text\n{value:#}");
        }
        assert!(value["ok"].is_boolean(), "ok is no boolean\n{value:#}");
        assert!(!self.stages().is_empty(), "no stages\n{value:#}");
        let mut newest = 0;
        for stage in self.stages() {
            let place = STAGES.iter().position(|id| stage["stage"] == **id);
            let place = place.unwrap_or_else(|| panic!("an unknown stage\n{stage:#}"));
            assert!(place >= newest, "stages out of order\n{value:#}");
            newest = place;
            let ran = stage["ok"].is_boolean();
            assert!(ran || stage["ok"].is_null(), "{stage:#}");
            assert!(!ran || stage["ms"].is_u64(), "a stage that ran has a time\n{stage:#}");
            assert!(ran || stage["ms"].is_null(), "a stage that did not run has none\n{stage:#}");
            let detail = stage.get("detail").and_then(|detail| detail.as_str()).expect("a detail");
            assert!(!detail.starts_with('_'), "a code instead of words\n{stage:#}");
        }
        let key = &value["key"];
        assert!(key["renewable"].is_boolean(), "key.renewable is no boolean\n{value:#}");
        let expires = &key["expires"];
        let is_time = expires.as_str().is_some_and(|time| time.ends_with('Z') && time.contains('T'));
        assert!(expires.is_null() || is_time, "key.expires is no RFC 3339 time in UTC\n{value:#}");
        assert!(key.get("reason").is_some(), "no key.reason\n{value:#}");
        let diagnosis = &value["diagnosis"];
        assert_eq!(
            diagnosis.is_null(),
            self.failed_stage().is_none(),
            "diagnosis and stages differ\n{value:#}"
        );
        if !diagnosis.is_null() {
            assert!(diagnosis["id"].is_string() && diagnosis["cause"].is_string(), "{diagnosis:#}");
            assert!(diagnosis.get("server_said").is_some(), "no server_said\n{diagnosis:#}");
            for list in ["remedies", "ruled_out"] {
                let entries =
                    diagnosis[list].as_array().unwrap_or_else(|| panic!("no {list}\n{diagnosis:#}"));
                let whole = entries.iter().all(|entry| entry["id"].is_string() && entry["text"].is_string());
                assert!(whole, "{list} without id or text\n{diagnosis:#}");
            }
        }
    }
}
