//! What a server is: `/server-info/`.

use super::{Patience, api::Api, words};
use crate::{
    effects::{cancel::Cancel, world::World},
    model::{
        failure::Failure,
        seatable::{ServerInfo, Version},
    },
};

/// Reads `/server-info/`, which anybody may (seatable/openapi, `ping_and_info.yaml`).
///
/// # Errors
/// When nobody answers, or no SeaTable does.
pub fn read(url: &str, patience: &Patience, world: &World, cancel: &Cancel) -> Result<ServerInfo, Failure> {
    let api = Api::new(url, patience, world, cancel);
    let reply = api.get("/server-info/").map_err(|failure| match failure.code.as_str() {
        // Two numbers need no 256 KiB: it is some web page.
        "_too_large" => api.failure("_not_seatable"),
        _ => failure,
    })?;
    match reply.status {
        200 => {
            let version = Version::parse(words::text(&reply.json, "version"));
            let version = version.ok_or_else(|| api.strange(&reply))?;
            Ok(ServerInfo { version, edition: words::name(words::text(&reply.json, "edition")) })
        }
        // Somebody in front of the server wants to know who asks.
        status @ (401 | 403 | 407) => Err(api.refusal(&status.to_string(), &reply)),
        _ => Err(api.strange(&reply)),
    }
}
