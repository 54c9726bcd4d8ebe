//! Sending a message over a provider's HTTP interface.
