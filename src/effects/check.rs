//! The check: from the key to a message that was taken, stage by stage.
