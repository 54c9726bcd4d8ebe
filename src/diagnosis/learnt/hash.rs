//! The number under which a word is found.

/// FNV-1a with 32 bits: short, and the same in the build and in the program.
#[must_use]
pub fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
