//! Carries the pages with `tiny_http`.
//!
//! That package waits without end for a body that was promised and does not come, and a promise of 2^63 bytes
//! aborts the process. Bodies of up to 1024 bytes it reads before we see the request, and our forms are no
//! longer; whatever promises more is therefore left alone, unanswered and never dropped.

use std::{
    io::{self, Read},
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::JoinHandle,
};

use tiny_http::{Header, Server, StatusCode};

use crate::practice::http::{Request, Response};

/// See above; `tiny_http`'s own limit.
const MAX_BODY: usize = 1024;

/// The server of the pages. Dropping it stops it.
pub(in crate::practice) struct PageServer {
    server: Option<Arc<Server>>,
    thread: Option<JoinHandle<()>>,
}

impl PageServer {
    /// Serves on a port that [`Self::bind`] gave; `answer` makes the responses, one after the other.
    ///
    /// # Errors
    /// When no thread can be had.
    pub(in crate::practice) fn start(
        listener: TcpListener,
        answer: impl Fn(&Request) -> Response + Send + 'static,
    ) -> io::Result<Self> {
        let server = Arc::new(Server::from_listener(listener, None).map_err(io::Error::other)?);
        let theirs = Arc::clone(&server);
        let thread = std::thread::Builder::new().name("practice-pages".to_owned()).spawn(move || {
            // Ends with the error that `unblock` makes.
            while let Ok(request) = theirs.recv() {
                serve(request, &answer);
            }
        })?;
        Ok(Self { server: Some(server), thread: Some(thread) })
    }

    /// A free port of 127.0.0.1, bound before the pages exist because they carry their own address.
    ///
    /// # Errors
    /// When there is none.
    pub(in crate::practice) fn bind() -> io::Result<TcpListener> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
    }
}

impl Drop for PageServer {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.unblock();
            if let Some(thread) = self.thread.take() {
                // It never waits for a client, so this takes no longer than one page.
                let _ = thread.join();
            }
        }
    }
}

fn serve(mut request: tiny_http::Request, answer: &impl Fn(&Request) -> Response) {
    let special = ["Transfer-Encoding", "Expect", "Upgrade"];
    let is_special = |header: &Header| special.iter().any(|name| header.field.equiv(name));
    if request.body_length().unwrap_or(0) > MAX_BODY || request.headers().iter().any(is_special) {
        std::mem::forget(request);
        return;
    }
    let mut read = Request::new(&request.method().to_string(), request.url());
    read.headers = request
        .headers()
        .iter()
        .map(|header| (header.field.as_str().as_str().to_ascii_lowercase(), header.value.to_string()))
        .collect();
    // Comes from memory, see above.
    if request.as_reader().take(MAX_BODY as u64).read_to_end(&mut read.body).is_err() {
        return;
    }
    let response = answer(&read);
    let headers = response
        .headers
        .iter()
        .filter_map(|(name, value)| Header::from_bytes(name.as_bytes(), value.as_bytes()).ok())
        .collect();
    let length = response.body.len();
    let body = io::Cursor::new(response.body.into_bytes());
    let carried = tiny_http::Response::new(StatusCode(response.status), headers, body, Some(length), None);
    // A browser that left is no fault of ours.
    let _ = request.respond(carried);
}
