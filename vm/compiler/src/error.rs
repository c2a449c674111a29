//! What can go wrong while compiling, in CPython's terms, and the warnings that do not stop it.

use rustpython_text_size::{Ranged, TextRange};

use crate::source::Source;

/// Which exception class the error is raised as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `_IncompleteInputError`: the source ends where more must follow (interactive input).
    Incomplete,
    /// `RecursionError`: nested too deeply.
    Recursion,
    /// `MemoryError`: too deep for the parser.
    Memory,
    /// `OverflowError` or the like: the code object's limits are exceeded.
    Limit,
}

/// A failed compilation. Lines count from 1, columns from 1 in characters; 0 stands for "unknown".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    pub kind: ErrorKind,
    pub message: String,
    pub filename: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The source line that the error is on.
    pub text: Option<String>,
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.filename, self.line, self.column, self.message)
    }
}

impl std::error::Error for CompileError {}

/// A `SyntaxWarning`, to be issued through the `warnings` machinery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxWarning {
    pub message: String,
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The source line that it is about.
    pub text: String,
}

/// An error on its way out of the compiler: where it is is still a range of the source.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) range: Option<TextRange>,
}

/// The result of every step inside the compiler. The error is boxed: it is rare and large.
pub(crate) type Res<T> = Result<T, Box<Failure>>;

/// A syntax error at `node`.
#[cold]
pub(crate) fn syntax<T>(node: &impl Ranged, message: impl Into<String>) -> Res<T> {
    Err(failure(node.range(), message))
}

/// The failure that [`syntax`] wraps.
#[cold]
pub(crate) fn failure(range: TextRange, message: impl Into<String>) -> Box<Failure> {
    Box::new(Failure { kind: ErrorKind::Syntax, message: message.into(), range: Some(range) })
}

impl Failure {
    /// The error as callers see it.
    pub(crate) fn locate(self, source: &Source, filename: &str) -> CompileError {
        let mut error = CompileError {
            kind: self.kind,
            message: self.message,
            filename: filename.to_owned(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: None,
        };
        if let Some(range) = self.range {
            (error.line, error.column) = source.line_and_char(range.start().to_u32());
            (error.end_line, error.end_column) = source.line_and_char(range.end().to_u32());
            error.text = Some(source.line_text(error.line).to_owned());
        }
        error
    }
}
