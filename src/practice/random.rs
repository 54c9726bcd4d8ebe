//! Random texts in the shapes that Google gives its secrets.

use std::io;

/// Small letters: app passwords.
pub(super) const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
/// Small letters and digits: the middle of a client ID.
pub(super) const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Hexadecimal digits: an app's ID.
pub(super) const HEX: &[u8] = b"0123456789abcdef";
/// The alphabet of base64url (RFC 4648 §5): client secrets, codes, tokens.
pub(super) const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `count` characters, each as likely as any other of the (ASCII, non-empty) alphabet.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn text(alphabet: &[u8], count: usize) -> io::Result<String> {
    // Bytes from the incomplete last round would make the first characters likelier; they are thrown away.
    let fair = 256 - 256 % alphabet.len().max(1);
    let mut made = String::with_capacity(count);
    let mut bytes = [0; 64];
    while made.len() < count {
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        made.extend(usable.take(count - made.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_alphabet_are_kept_and_no_two_are_alike() {
        let made = text(LETTERS, 200).unwrap();
        assert_eq!(made.len(), 200);
        assert!(made.bytes().all(|byte| LETTERS.contains(&byte)), "{made}");
        assert_ne!(made, text(LETTERS, 200).unwrap());
        assert_eq!(text(URL_SAFE, 0).unwrap(), "");
    }
}
