//! The order of steps per use, and what each step needs: `assets/guide/plans.toml`.
