//! `memoryview`: see [`super::buffer`].
