//! [`DeviceAnswer`]: what a device authorization endpoint answers (RFC 8628 §3.2).

use std::{fmt, time::Duration};

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::pace::Limits;
use crate::{
    effects::{
        clean, http,
        oauth::{failure, unreadable},
    },
    flow::effect::DeviceCode,
    model::failure::Failure,
};

/// RFC 8628 §3.2: where the server names none.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// Nobody types more than this; §6.1 recommends 8 letters, Microsoft sends 9.
const MAX_CODE: usize = 64;
/// The address has to be typed as well.
const MAX_ADDRESS: usize = 2048;

/// The answer, as it came.
#[derive(Deserialize)]
pub struct DeviceAnswer {
    device_code: String,
    user_code: String,
    /// By its name in drafts of the RFC as well, which some providers kept.
    #[serde(alias = "verification_url")]
    verification_uri: String,
    #[serde(default)]
    verification_uri_complete: Value,
    expires_in: Value,
    #[serde(default)]
    interval: Value,
}

impl fmt::Debug for DeviceAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DeviceAnswer(redacted)")
    }
}

impl DeviceAnswer {
    /// The answer, if what it needs is in it.
    ///
    /// # Errors
    /// `_not_json`: it is none of a device authorization endpoint.
    pub fn sound(self, status: u16) -> Result<Self, Failure> {
        let code = self.shown_code();
        let is_sound = !self.device_code.is_empty()
            && !code.is_empty()
            && code.chars().count() <= MAX_CODE
            && seconds(&self.expires_in).is_some_and(|seconds| seconds > 0);
        if is_sound { Ok(self) } else { Err(unreadable(status)) }
    }

    /// What stands for the code in every question.
    pub fn device_code(&self) -> &str {
        &self.device_code
    }

    /// How long to wait between two questions.
    pub fn interval(&self) -> Duration {
        seconds(&self.interval).map_or(DEFAULT_INTERVAL, |seconds| Duration::from_secs(seconds.max(1)))
    }

    /// When it is too late.
    pub fn limits(&self, deadline: Duration) -> Limits {
        Limits { expires: Duration::from_secs(seconds(&self.expires_in).unwrap_or_default()), deadline }
    }

    /// What the person is told, of whom `deadline` is asked.
    ///
    /// # Errors
    /// `_unsafe_address`: not https, or with a user name that makes it look like another one.
    pub fn told(&self, deadline: Duration) -> Result<DeviceCode, Failure> {
        let address = safe(&self.verification_uri).ok_or_else(|| failure("_unsafe_address"))?;
        let limits = self.limits(deadline);
        Ok(DeviceCode {
            address,
            whole_address: self.verification_uri_complete.as_str().and_then(safe),
            user_code: self.shown_code(),
            seconds: limits.expires.min(limits.deadline).as_secs(),
        })
    }

    fn shown_code(&self) -> String {
        clean::visible_text(&self.user_code)
    }
}

/// An address that a person may be sent to, written so that nothing in it steers a terminal.
fn safe(text: &str) -> Option<String> {
    let is_plain = |url: &Url| url.username().is_empty() && url.password().is_none();
    let url = http::check_url(text).ok().filter(is_plain)?;
    Some(url.to_string()).filter(|address| address.len() <= MAX_ADDRESS)
}

/// Some servers write numbers as texts.
fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: &str) -> DeviceAnswer {
        serde_json::from_str(&format!(
            r#"{{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://a.example/device"{fields}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn times_are_read_leniently_and_never_as_nothing() {
        for (fields, interval, expires) in [
            (r#","expires_in":900"#, 5, 900),
            (r#","expires_in":"900","interval":"7""#, 7, 900),
            (r#","expires_in":1,"interval":0"#, 1, 1),
            (r#","expires_in":900,"interval":null"#, 5, 900),
        ] {
            let answer = answer(fields);
            assert_eq!(answer.interval(), Duration::from_secs(interval), "{fields}");
            let limits = answer.limits(Duration::from_secs(60));
            assert_eq!(limits.expires, Duration::from_secs(expires), "{fields}");
            assert_eq!(answer.told(Duration::from_secs(60)).unwrap().seconds, expires.min(60), "{fields}");
            assert!(answer.sound(200).is_ok(), "{fields}");
        }
        for fields in [r#","expires_in":0"#, r#","expires_in":"soon""#, r#","expires_in":-1"#] {
            assert_eq!(answer(fields).sound(200).unwrap_err().code, "_not_json", "{fields}");
        }
    }

    #[test]
    fn a_person_is_sent_to_no_address_that_is_not_safe() {
        for (address, told) in [
            ("https://microsoft.com/devicelogin", Some("https://microsoft.com/devicelogin")),
            ("http://127.0.0.1:8/device", Some("http://127.0.0.1:8/device")),
            ("https://a.example/\u{1b}[2Jx", Some("https://a.example/%1B[2Jx")),
            ("http://a.example/device", None),
            ("https://microsoft.com@evil.example/", None),
            ("javascript:alert(1)", None),
            ("device", None),
        ] {
            let mut answer = answer(r#","expires_in":900"#);
            address.clone_into(&mut answer.verification_uri);
            answer.verification_uri_complete = Value::from(address);
            match (answer.told(Duration::from_secs(60)), told) {
                (Ok(found), Some(told)) => {
                    assert_eq!((found.address.as_str(), found.whole_address.as_deref()), (told, Some(told)));
                }
                (Err(failure), None) => assert_eq!(failure.code, "_unsafe_address", "{address}"),
                (found, _) => panic!("{address}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_code_is_cleaned_and_bounded() {
        let mut given = answer(r#","expires_in":900"#);
        "\u{1b}]0;WDJB\u{202e}-MJHT\u{7}".clone_into(&mut given.user_code);
        let told = given.told(Duration::from_secs(60)).unwrap().user_code;
        assert!(told.contains("WDJB") && told.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{told}");
        for code in ["", "\u{1b}", &"x".repeat(MAX_CODE + 1)] {
            let mut given = answer(r#","expires_in":900"#);
            code.clone_into(&mut given.user_code);
            assert!(given.sound(200).is_err(), "{code:?}");
        }
        assert!(!format!("{:?}", answer(r#","expires_in":900"#)).contains("WDJB"));
    }
}
