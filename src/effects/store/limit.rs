//! How much a keyring takes.

use super::fault::Fault;

/// The most bytes that an entry of the Credential Manager may have: `CRED_MAX_CREDENTIAL_BLOB_SIZE`, 5 × 512, of the
/// Windows API (wincred.h). The refresh tokens of some providers are longer.
#[cfg_attr(
    not(any(target_os = "windows", target_os = "macos", test)),
    expect(dead_code, reason = "the limit of Windows")
)]
pub(super) const WINDOWS: usize = 5 * 512;

/// Refuses what the system would refuse or cut, before anything is written.
pub(super) fn refuse_too_large(secret: &[u8], limit: Option<usize>) -> Result<(), Fault> {
    match limit {
        Some(limit) if secret.len() > limit => Err(Fault::TooLarge { length: secret.len(), limit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_written() {
        let fault = |length| Err(Fault::TooLarge { length, limit: 2560 });
        for (length, limit, expected) in [
            (0, Some(WINDOWS), Ok(())),
            (2560, Some(WINDOWS), Ok(())),
            (2561, Some(WINDOWS), fault(2561)),
            (1_000_000, None, Ok(())),
        ] {
            assert_eq!(refuse_too_large(&vec![b'x'; length], limit), expected, "{length} {limit:?}");
        }
        // Bytes count, not characters.
        assert!(refuse_too_large("ü".repeat(1281).as_bytes(), Some(WINDOWS)).is_err());
    }
}
