//! What a browser, or anybody else on this machine, asks: [`Request`].

use std::{
    io::Read,
    net::TcpStream,
    time::{Duration, Instant},
};

/// Address, code, state and a browser's headers have about 2 KiB; the cookies of all other programs on 127.0.0.1, which
/// browsers do not keep apart by port (RFC 6265 §8.5), come along with them.
pub const MAX_REQUEST: usize = 64 * 1024;
/// A browser that connects early may be silent for longer; it connects again when it has something to ask.
pub const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no request.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// The other side has left.
    Closed,
    /// More than [`MAX_REQUEST`] bytes.
    TooLong,
    /// Not complete in time.
    Slow,
    /// Not HTTP/1.
    Malformed,
}

/// The parts of a request that count.
pub struct Request {
    /// The method, in capitals as it came.
    pub method: String,
    /// The path, before any `?`.
    pub path: String,
    /// What stands behind the `?`. May hold a code and a state, so this type has no `Debug`.
    pub query: String,
    /// The only `Host` header; empty when there is none or more than one.
    pub host: String,
    /// True when the browser fetches it beforehand, without the person having gone there.
    pub prefetch: bool,
}

impl Request {
    /// Reads the head of one request within `patience`; a body is left where it is.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn read(stream: &mut TcpStream, patience: Duration) -> Result<Self, Unread> {
        let deadline = Instant::now() + patience;
        let mut bytes = Vec::with_capacity(1024);
        let mut part = [0; 1024];
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                return Self::parse(&bytes[..end]).ok_or(Unread::Malformed);
            }
            let room = MAX_REQUEST.saturating_sub(bytes.len()).min(part.len());
            if room == 0 {
                return Err(Unread::TooLong);
            }
            // The whole request has one deadline: a byte now and then must not keep us.
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
                return Err(Unread::Slow);
            }
            match stream.read(&mut part[..room]) {
                Ok(0) => return Err(Unread::Closed),
                Ok(count) => bytes.extend_from_slice(&part[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => return Err(Unread::Slow),
                Err(_) => return Err(Unread::Closed),
            }
        }
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let mut words = std::str::from_utf8(lines.next()?).ok()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() || !version.starts_with("HTTP/1.") {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (mut hosts, mut prefetch) = (Vec::new(), false);
        // Whatever others have put into their headers, such as cookies in Latin-1, is none of ours.
        for (name, value) in lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "host" => hosts.push(value),
                // The names that browsers have given to it, old and new.
                "sec-purpose" | "purpose" | "x-purpose" | "x-moz" => prefetch |= value.contains("pre"),
                _ => {}
            }
        }
        let host = if let [host] = hosts[..] { host.to_ascii_lowercase() } else { String::new() };
        Some(Self { method: method.into(), path: path.into(), query: query.into(), host, prefetch })
    }
}

/// Windows and Unix name it differently.
fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests {
    use std::{io::Write, net::TcpListener};

    use super::*;

    /// What is read when these bytes come and the other side keeps the connection open.
    fn read(bytes: &[u8], patience: Duration) -> Result<Request, Unread> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.write_all(bytes).unwrap();
        Request::read(&mut listener.accept().unwrap().0, patience)
    }

    #[test]
    fn what_is_not_complete_in_time_is_given_up() {
        let began = Instant::now();
        let slow = read(b"GET /callback?code=c HTTP/1.1\r\nHost: x\r\n", Duration::from_millis(50));
        assert_eq!(slow.err(), Some(Unread::Slow));
        assert!(began.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn the_last_byte_that_fits_is_read_and_none_more() {
        let padded = |length: usize| {
            let (start, end) = ("GET / HTTP/1.1\r\nX: ", "\r\n\r\n");
            format!("{start}{}{end}", "x".repeat(length - start.len() - end.len()))
        };
        assert!(read(padded(MAX_REQUEST).as_bytes(), READ_TIMEOUT).is_ok());
        let long = read(padded(MAX_REQUEST + 1).as_bytes(), READ_TIMEOUT);
        assert_eq!(long.err(), Some(Unread::TooLong));
    }

    #[test]
    fn only_http_1_is_understood() {
        for head in [
            "\r\n\r\n",
            "GET /callback\r\n\r\n",
            "GET /callback HTTP/2\r\n\r\n",
            "GET /a b HTTP/1.1\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        ] {
            assert_eq!(read(head.as_bytes(), READ_TIMEOUT).err(), Some(Unread::Malformed), "{head:?}");
        }
        assert_eq!(read(b"\xff\xfe / HTTP/1.1\r\n\r\n", READ_TIMEOUT).err(), Some(Unread::Malformed));
    }

    #[test]
    fn what_other_programs_put_into_their_cookies_stands_in_nobodys_way() {
        let cookies = [b"Cookie: a=\xe4; b=".as_slice(), &b"x".repeat(20_000), b"\r\nno colon\r\n"].concat();
        let head = [b"GET /callback?code=c HTTP/1.1\r\n".as_slice(), &cookies, b"Host: 127.0.0.1:1\r\n\r\n"];
        let request = read(&head.concat(), READ_TIMEOUT).map(|request| (request.query, request.host));
        assert_eq!(request, Ok(("code=c".to_owned(), "127.0.0.1:1".to_owned())));
    }

    #[test]
    fn two_hosts_are_none() {
        let twice = read(b"GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n", READ_TIMEOUT);
        assert_eq!(twice.ok().map(|request| request.host), Some(String::new()));
    }
}
