//! Where secrets are kept.

/// The stores of a run.
#[derive(Debug, Default)]
pub struct SecretStores {}
