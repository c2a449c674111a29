//! The interpreter: frames, the loop, calls of Python functions.

/// A thread's frames and registers.
pub struct ThreadStack {}

impl ThreadStack {
    /// An empty stack.
    pub(crate) fn new() -> ThreadStack {
        ThreadStack {}
    }
}
