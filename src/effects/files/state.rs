//! What is found at the start, and the set-up that was left unfinished.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{
    accounts::{self, Accounts},
    document::{Document, SCHEMA},
    pending,
};
use crate::{
    effects::{store::ENCRYPTED_FILE, world::World},
    flow::effect::{StoredState, Unfinished},
    model::failure::{Failure, Layer},
};

#[derive(Serialize, Deserialize)]
struct UnfinishedFile {
    schema: u32,
    unfinished: Unfinished,
}

fn unfinished_document(world: &World) -> Document {
    Document::at(&world.environment.folders.state.join("unfinished.json"))
}

/// Reads accounts, the unfinished set-up and what is pending. The store is not opened: that may ask the person
/// for a password, and a start must not.
///
/// Of several pending keys the one obtained last is told; the next start tells the next.
///
/// # Errors
/// When a file cannot be read, is of a newer mailkey (`_newer`; nothing is touched), or is corrupt and cannot
/// be set aside (`_corrupt`).
pub fn load_state(world: &World) -> Result<StoredState, Failure> {
    let now = world.environment.now();
    let mut set_aside = Vec::new();
    let accounts = accounts::document(world).read_or_set_aside::<Accounts>(now, &mut set_aside)?;
    let pending = pending::document(world).read_or_set_aside::<Accounts>(now, &mut set_aside)?;
    let unfinished = unfinished_document(world).read_or_set_aside::<UnfinishedFile>(now, &mut set_aside)?;
    let random: [u8; 8] = world
        .environment
        .random()
        .map_err(|error| Failure::new(Layer::Files, "_io").with("reason", error.to_string()))?;
    Ok(StoredState {
        accounts: accounts.map(|file| file.accounts).unwrap_or_default(),
        unfinished: unfinished.map(|file| file.unfinished),
        pending: pending.and_then(|file| file.accounts.into_iter().max_by_key(|one| one.key.obtained)),
        set_aside,
        encrypted: world.environment.folders.config.join(ENCRYPTED_FILE).exists(),
        now,
        fresh_id: random.iter().fold(String::new(), |mut id, byte| {
            // Writing to a String cannot fail.
            let _ = write!(id, "{byte:02x}");
            id
        }),
    })
}

/// Writes down the set-up that is being left, or forgets it.
///
/// # Errors
/// When the file cannot be written.
pub fn save_unfinished(world: &World, unfinished: Option<&Unfinished>) -> Result<(), Failure> {
    let document = unfinished_document(world);
    if unfinished.is_none() && document.read::<UnfinishedFile>()?.is_none() {
        return Ok(());
    }
    let held = document.lock()?;
    // What a newer mailkey wrote is not ours to overwrite.
    document.read::<UnfinishedFile>()?;
    match unfinished {
        Some(unfinished) => {
            document.write(&held, &UnfinishedFile { schema: SCHEMA, unfinished: unfinished.clone() })
        }
        None => document.remove(&held),
    }
}
