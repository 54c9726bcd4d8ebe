//! The format of the encrypted file, `secrets.mailkey`.
//!
//! ```text
//! from  bytes
//!    0      8  `MAILKEY` and a zero
//!    8      1  version: 1
//!    9      4  argon2id (RFC 9106, version 0x13): memory in KiB
//!   13      4  passes
//!   17      4  lanes
//!   21     16  salt, made when the file is
//!   37     16  key check
//!   53     12  nonce, made anew whenever the file is written
//!   65      n  the document of the secrets, encrypted with ChaCha20-Poly1305 (RFC 8439)
//! 65+n     16  its authentication tag
//! 81+n     32  SHA-256 of everything before it
//! ```
//!
//! Numbers are little-endian. Argon2id makes 48 bytes of passphrase and salt: 32 are the key, 16 are the key check, which
//! tells a wrong passphrase from a file that somebody altered. The sum at the end tells damage without a passphrase, and
//! before the costly derivation runs; it protects from accidents only. What protects from people is the tag: bytes 0 to
//! 64 are its associated data, so that nothing in the header can be altered either. A newer version keeps the first nine
//! bytes. Cost and salt stand in the file, so that they can grow without a new version.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest,
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::model::secret::Secret;

const MAGIC: &[u8; 8] = b"MAILKEY\0";
const VERSION: u8 = 1;
const SALT: usize = 16;
const CHECK: usize = 16;
const KEY: usize = 32;
const HEAD: usize = 65;
const TAG: usize = 16;
const SUM: usize = digest::SHA256_OUTPUT_LEN;

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. About 50 ms.
const COST: Cost = Cost { memory: 19 * 1024, passes: 2, lanes: 1 };

/// The most memory that a file may ask for, in KiB: 1 GiB, fifty times what we write.
const MAX_MEMORY: u32 = 1024 * 1024;
/// The most memory times passes, in KiB: some seconds. Whoever can write the file must not stop mailkey for hours.
const MAX_WORK: u64 = 4 * MAX_MEMORY as u64;
/// More lanes than processors make nothing harder.
const MAX_LANES: u32 = 16;

/// Why bytes are not the secrets that somebody sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealFault {
    /// They are not ours, cut off, or altered.
    Corrupt,
    /// A newer mailkey wrote them.
    Newer,
    /// To derive the key would cost more than anybody means.
    Costly,
    /// There is not enough memory to derive the key.
    NoMemory,
    /// The system gives no random bytes.
    NoRandom,
}

/// What a derivation costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// From a passphrase to a key: what stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recipe {
    cost: Cost,
    salt: [u8; SALT],
}

/// A key, and how it was made.
pub(super) struct Opener {
    recipe: Recipe,
    key: Zeroizing<[u8; KEY]>,
    check: [u8; CHECK],
}

/// Bytes of a file that is ours, whole, and not too new.
pub(super) struct SealedText<'a> {
    recipe: Recipe,
    check: [u8; CHECK],
    head: &'a [u8],
    body: &'a [u8],
}

impl Recipe {
    /// For a new file.
    pub(super) fn fresh() -> Result<Self, SealFault> {
        Ok(Self { cost: COST, salt: random()? })
    }

    /// The key that a passphrase makes.
    pub(super) fn opener(self, passphrase: &Secret) -> Result<Opener, SealFault> {
        let Cost { memory, passes, lanes } = self.cost;
        let params = Params::new(memory, passes, lanes, Some(KEY + CHECK)).map_err(|_| SealFault::Costly)?;
        let blocks = params.block_count();
        let mut room: Zeroizing<Vec<Block>> = Zeroizing::new(Vec::new());
        room.try_reserve_exact(blocks).map_err(|_| SealFault::NoMemory)?;
        room.resize(blocks, Block::default());
        let mut made = Zeroizing::new([0_u8; KEY + CHECK]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                passphrase.expose().as_bytes(),
                &self.salt,
                &mut *made,
                &mut **room,
            )
            .map_err(|_| SealFault::Costly)?;
        let (mut key, mut check) = (Zeroizing::new([0; KEY]), [0; CHECK]);
        key.copy_from_slice(&made[..KEY]);
        check.copy_from_slice(&made[KEY..]);
        Ok(Opener { recipe: self, key, check })
    }
}

impl Opener {
    /// How it was made.
    pub(super) fn recipe(&self) -> Recipe {
        self.recipe
    }

    /// True when the passphrase of this text made it.
    pub(super) fn fits(&self, sealed: &SealedText<'_>) -> bool {
        self.recipe == sealed.recipe && self.check.ct_eq(&sealed.check).into()
    }

    /// What was sealed.
    pub(super) fn open(&self, sealed: &SealedText<'_>) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let nonce = array(sealed.head, HEAD - NONCE_LEN)?;
        let mut text = Zeroizing::new(sealed.body.to_vec());
        let length = self
            .cipher()?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(sealed.head), &mut text)
            .map_err(|_| SealFault::Corrupt)?
            .len();
        text.truncate(length);
        Ok(text)
    }

    /// Seals a text, with a nonce of its own.
    pub(super) fn seal(&self, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let Cost { memory, passes, lanes } = self.recipe.cost;
        let mut sealed = Zeroizing::new(Vec::with_capacity(HEAD + text.len() + TAG + SUM));
        sealed.extend_from_slice(MAGIC);
        sealed.push(VERSION);
        for number in [memory, passes, lanes] {
            sealed.extend_from_slice(&number.to_le_bytes());
        }
        sealed.extend_from_slice(&self.recipe.salt);
        sealed.extend_from_slice(&self.check);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(text);
        let (head, body) = sealed.split_at_mut(HEAD);
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&*head), body)
            .map_err(|_| SealFault::Corrupt)?;
        sealed.extend_from_slice(tag.as_ref());
        let sum = digest::digest(&digest::SHA256, &sealed);
        sealed.extend_from_slice(sum.as_ref());
        Ok(sealed)
    }

    fn cipher(&self) -> Result<LessSafeKey, SealFault> {
        // It fails for a key of another length only.
        UnboundKey::new(&CHACHA20_POLY1305, &*self.key).map(LessSafeKey::new).map_err(|_| SealFault::Corrupt)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opener").finish_non_exhaustive()
    }
}

impl<'a> SealedText<'a> {
    /// Reads the head of a file, and sees whether the file is whole.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, SealFault> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SealFault::Corrupt)?;
        match rest.first() {
            Some(&VERSION) => {}
            Some(version) if *version > VERSION => return Err(SealFault::Newer),
            _ => return Err(SealFault::Corrupt),
        }
        let end = bytes.len().checked_sub(SUM).filter(|end| *end >= HEAD + TAG).ok_or(SealFault::Corrupt)?;
        let (sealed, sum) = bytes.split_at(end);
        if digest::digest(&digest::SHA256, sealed).as_ref() != sum {
            return Err(SealFault::Corrupt);
        }
        let (head, body) = sealed.split_at(HEAD);
        let number = |at| array(head, at).map(u32::from_le_bytes);
        let cost = Cost { memory: number(9)?, passes: number(13)?, lanes: number(17)? };
        if !cost.is_sane() {
            return Err(SealFault::Costly);
        }
        let recipe = Recipe { cost, salt: array(head, 21)? };
        Ok(Self { recipe, check: array(head, 37)?, head, body })
    }

    /// How its key is made.
    pub(super) fn recipe(&self) -> Recipe {
        self.recipe
    }
}

impl Cost {
    fn is_sane(self) -> bool {
        let work = u64::from(self.memory) * u64::from(self.passes);
        // RFC 9106 §3.1: eight blocks for each lane at least.
        self.lanes > 0
            && self.lanes <= MAX_LANES
            && self.passes > 0
            && self.memory >= 8 * self.lanes
            && self.memory <= MAX_MEMORY
            && work <= MAX_WORK
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], SealFault> {
    bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).ok_or(SealFault::Corrupt)
}

fn random<const N: usize>() -> Result<[u8; N], SealFault> {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SealFault::NoRandom)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
