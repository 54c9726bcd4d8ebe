//! `moving.json`: which accounts are on their way to another store. No secret is in it.

use serde::{Deserialize, Serialize};

use super::document::{Document, SCHEMA};
use crate::{
    effects::world::World,
    model::{failure::Failure, store_kind::StoreKind},
};

/// An account on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Its id.
    pub account: String,
    /// Where its secrets were when it began.
    pub from: StoreKind,
    /// Where they go.
    pub to: StoreKind,
}

#[derive(Serialize, Deserialize)]
struct Moves {
    schema: u32,
    moves: Vec<Move>,
}

fn document(world: &World) -> Document {
    Document::at(&world.environment.folders.state.join("moving.json"))
}

/// All that were begun and not settled.
///
/// # Errors
/// When the file cannot be read or understood.
pub fn moves(world: &World) -> Result<Vec<Move>, Failure> {
    Ok(document(world).read::<Moves>()?.map(|file| file.moves).unwrap_or_default())
}

/// Notes that an account is on its way.
///
/// # Errors
/// When the file cannot be written. One that is corrupt or of a newer mailkey is not overwritten.
pub fn save_move(world: &World, begun: &Move) -> Result<(), Failure> {
    let document = document(world);
    let held = document.lock()?;
    let mut moves = document.read::<Moves>()?.map(|file| file.moves).unwrap_or_default();
    moves.retain(|known| known.account != begun.account);
    moves.push(begun.clone());
    document.write(&held, &Moves { schema: SCHEMA, moves })
}

/// Forgets the note of this account; that there is none is no error.
///
/// # Errors
/// When the file cannot be written.
pub fn drop_move(world: &World, account: &str) -> Result<(), Failure> {
    let document = document(world);
    if document.read::<Moves>()?.is_none() {
        return Ok(());
    }
    let held = document.lock()?;
    let Some(mut file) = document.read::<Moves>()? else { return Ok(()) };
    file.moves.retain(|known| known.account != account);
    if file.moves.is_empty() { document.remove(&held) } else { document.write(&held, &file) }
}
