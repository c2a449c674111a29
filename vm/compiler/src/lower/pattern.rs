//! Patterns of `match` statements.
