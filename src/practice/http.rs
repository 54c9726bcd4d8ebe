//! [`Request`] and [`Response`]: HTTP as the practice servers see it, whoever carries it; and a small reader and
//! writer of HTTP/1.1 (RFC 9112) for the endpoints behind TLS.

use std::io::{self, BufRead, Read, Write};

use time::{Duration, OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// The form of `Date` (RFC 9110 §5.6.7, IMF-fixdate).
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Google's own endpoints take 8 to 16 KiB of request line and header fields.
const MAX_HEAD: u64 = 16 * 1024;

/// A request. Codes, passwords and tokens may be in it, so this type has no `Debug`, nor has [`Form`].
#[derive(Default)]
pub(super) struct Request {
    /// `GET`, `POST` …
    pub(super) method: String,
    /// Without the query.
    pub(super) path: String,
    /// After the `?`, not decoded.
    pub(super) query: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// At most as long as the reader allows.
    pub(super) body: Vec<u8>,
}

/// A response. Tokens may be in it: no `Debug` here either.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    /// By how much the clock of whoever answers is ahead.
    pub(super) ahead: Duration,
}

/// Names and values of a query or of a form, decoded (WHATWG URL §5.1).
#[derive(Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of that name; an empty one counts as absent (RFC 6749 §3.1).
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        let first = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        first.filter(|value| !value.is_empty())
    }

    /// Every value of that name, in order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every name, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// A name that occurs more than once, which OAuth forbids (RFC 6749 §3.1, §3.2).
    pub(super) fn repeated(&self) -> Option<&str> {
        let repeats = |(at, (name, _)): (usize, &(String, String))| {
            self.0[..at].iter().any(|(other, _)| other == name).then_some(at)
        };
        self.0.iter().enumerate().find_map(repeats).map(|at| self.0[at].0.as_str())
    }
}

impl Request {
    /// Splits a request target into path and query.
    pub(super) fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..Self::default() }
    }

    /// The value of a header field.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// True when the body is a form.
    pub(super) fn is_form(&self) -> bool {
        self.has_type("application/x-www-form-urlencoded")
    }

    /// True when the body is of this type, parameters aside.
    pub(super) fn has_type(&self, wanted: &str) -> bool {
        let kind = self.header("content-type").and_then(|value| value.split(';').next());
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
    }

    /// Reads one request with a body of at most `max_body` bytes.
    ///
    /// # Errors
    /// The response to give, or `None` where the connection ended or was too slow.
    pub(super) fn read(from: &mut impl BufRead, max_body: usize) -> Result<Self, Option<Response>> {
        let mut head = from.by_ref().take(MAX_HEAD);
        let line = head_line(&mut head)?;
        let mut words = line.split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Some(Response::text(400, "bad request line")));
        };
        let mut request = Self::new(method, target);
        loop {
            let line = head_line(&mut head)?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(Some(Response::text(400, "bad header field")));
            };
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if request.header("transfer-encoding").is_some() {
            return Err(Some(Response::text(411, "say how long the body is")));
        }
        let length = match request.header("content-length").map(str::parse::<usize>) {
            None => 0,
            Some(Ok(length)) if length <= max_body => length,
            Some(Ok(_)) => return Err(Some(Response::text(413, "the body is too long"))),
            Some(Err(_)) => return Err(Some(Response::text(400, "bad length"))),
        };
        // Grows with what really comes, so that a mere promise of megabytes takes no memory.
        let read = from.by_ref().take(length as u64).read_to_end(&mut request.body);
        if read.is_ok_and(|read| read == length) { Ok(request) } else { Err(None) }
    }
}

fn head_line(head: &mut impl BufRead) -> Result<String, Option<Response>> {
    let mut line = Vec::new();
    head.read_until(b'\n', &mut line).map_err(|_| None)?;
    if line.is_empty() {
        return Err(None);
    }
    let Some(line) = line.strip_suffix(b"\n") else {
        return Err(Some(Response::text(431, "the header is too long")));
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8(line.to_vec()).map_err(|_| Some(Response::text(400, "not ASCII")))
}

impl Response {
    /// Plain words, for what only a faulty client ever sees.
    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.to_owned())
    }

    /// JSON.
    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// What a person dictated: a status, and what follows it as the body.
    pub(super) fn dictated(text: &str) -> Self {
        let (status, body) = text.split_at_checked(3).unwrap_or_default();
        let body = body.trim_start();
        let kind = if body.starts_with('{') {
            "application/json; charset=utf-8"
        } else {
            "text/html; charset=utf-8"
        };
        // Whatever else there could be was refused when it was read.
        Self::new(status.parse().unwrap_or(500), kind, body.to_owned())
    }

    /// A page. Nothing in it may come from elsewhere, and no script runs.
    pub(super) fn page(status: u16, body: String) -> Self {
        // No `form-action`: browsers apply it to the redirect that answers the consent form, too.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        Self::new(status, "text/html; charset=utf-8", body).with("Content-Security-Policy", policy)
    }

    /// XML.
    pub(super) fn xml(body: String) -> Self {
        Self::new(200, "text/xml; charset=utf-8", body)
    }

    /// "See there".
    pub(super) fn redirect(status: u16, location: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", String::new()).with("Location", location)
    }

    /// A status and nothing more.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), ahead: Duration::ZERO }
            .with("Cache-Control", "no-store")
    }

    fn new(status: u16, kind: &str, body: String) -> Self {
        Self { status, headers: Vec::new(), body, ahead: Duration::ZERO }
            .with("Content-Type", kind)
            .with("Cache-Control", "no-store")
            .with("Referrer-Policy", "no-referrer")
            .with("X-Content-Type-Options", "nosniff")
    }

    /// Adds a header field; control characters in its value are left out, so that it stays one field.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.chars().filter(|c| !c.is_control()).collect()));
        self
    }

    /// Writes it and says that the connection ends.
    ///
    /// # Errors
    /// When the client is gone.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            text.extend([*name, ": ", value, "\r\n"]);
        }
        // A server that has a clock says the time (RFC 9110 §6.6.1).
        let time = OffsetDateTime::now_utc() + self.ahead;
        if let Ok(date) = time.format(DATE) {
            text.extend(["Date: ", &date, "\r\n"]);
        }
        let length = self.body.len().to_string();
        text.extend(["Content-Length: ", &length, "\r\nConnection: close\r\n\r\n", &self.body]);
        to.write_all(text.as_bytes())?;
        to.flush()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        302 => "Found",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Request, Option<u16>> {
        Request::read(&mut text.as_bytes(), 10).map_err(|response| response.map(|response| response.status))
    }

    #[test]
    fn a_request_is_read() {
        let request = read("POST /token?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello!").unwrap();
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/token", "a=1"));
        assert_eq!(request.header("host"), Some("x"));
        assert_eq!(request.body, b"hello");
    }

    #[test]
    fn what_is_not_sound_is_refused() {
        for (text, status) in [
            ("", None),
            ("hello\r\n\r\n", Some(400)),
            ("GET / HTTP/2\r\n\r\n", Some(400)),
            ("GET / x HTTP/1.1\r\n\r\n", Some(400)),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", Some(400)),
            ("POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n", Some(413)),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", Some(400)),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Some(411)),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhi", None),
        ] {
            assert_eq!(read(text).err(), Some(status), "{text:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(20_000));
        assert_eq!(read(&long).err(), Some(Some(431)));
    }

    #[test]
    fn forms_are_decoded_and_repetitions_found() {
        let form = Form::parse(b"a=1+2&b=%3Cx%3E&c=&b=y");
        assert_eq!(form.one("a"), Some("1 2"));
        assert_eq!(form.one("c"), None);
        assert_eq!(form.all("b").collect::<Vec<_>>(), ["<x>", "y"]);
        assert_eq!(form.repeated(), Some("b"));
        assert_eq!(Form::parse(b"a=1&b=1").repeated(), None);
    }

    #[test]
    fn a_header_stays_one_header() {
        let response = Response::redirect(302, "http://x/\r\nSet-Cookie: a");
        assert!(response.headers.contains(&("Location", "http://x/Set-Cookie: a".to_owned())));
    }
}
