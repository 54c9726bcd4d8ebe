//! The HTTP agent.
