//! What can go wrong while a program is frozen, worded for the person at the keyboard: what was attempted, where, and
//! what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The bundler's result.
pub type Result<T> = std::result::Result<T, Error>;

/// A reason why nothing was frozen.
#[derive(Debug)]
pub enum Error {
    /// The command line or the configuration asks for something that makes no sense (exit code 2).
    Usage { message: String, help: String },
    /// A file could not be read or written.
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// A source file is not Python.
    Syntax { path: PathBuf, line: u32, column: u32, message: String, text: String },
    /// A module is needed and was not found; `importers` leads from the program to the import.
    Missing { module: String, place: Option<Place>, chain: Vec<String> },
    /// A module is needed and exists only as machine code.
    Native { module: String, file: PathBuf, place: Option<Place>, chain: Vec<String> },
    /// A file that freeze reads (a stub, a library, a frozen program) is not what it should be.
    Damaged { path: PathBuf, message: String, help: String },
    /// Anything else that stops the work.
    Other { message: String, help: String },
}

/// A line in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)
    }
}

impl Error {
    /// An error of the command line.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Error {
        Error::Usage { message: message.into(), help: help.into() }
    }

    /// An error that has a remedy and no better variant.
    pub fn other(message: impl Into<String>, help: impl Into<String>) -> Error {
        Error::Other { message: message.into(), help: help.into() }
    }

    /// A failed file operation; `doing` completes "cannot …".
    pub fn io(doing: &'static str, path: &Path, source: io::Error) -> Error {
        Error::Io { doing, path: path.to_path_buf(), source }
    }

    /// The exit code of the command: 2 for a usage error, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage { .. } => 2,
            _ => 1,
        }
    }

    /// What to do about it; empty when the message says it all.
    pub fn help(&self) -> String {
        match self {
            Error::Usage { help, .. } | Error::Damaged { help, .. } | Error::Other { help, .. } => help.clone(),
            Error::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "check the path".into(),
                io::ErrorKind::PermissionDenied => "check the permissions of the file and its folder".into(),
                io::ErrorKind::ReadOnlyFilesystem => "choose a folder that can be written".into(),
                _ => String::new(),
            },
            Error::Syntax { .. } => String::new(),
            Error::Missing { module, .. } => {
                let top = module.split('.').next().unwrap_or(module);
                format!(
                    "install it, name its folder with --paths or its environment with --site-packages, or say \
                     --exclude-module {top} if the program can do without it"
                )
            }
            Error::Native { module, .. } => {
                let top = module.split('.').next().unwrap_or(module);
                format!(
                    "freeze runs pure Python: use a release of the package without C code, or say --exclude-module {top} \
                     if the program can do without it"
                )
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Usage { message, .. } | Error::Other { message, .. } => f.write_str(message),
            Error::Io { doing, path, source } => write!(f, "cannot {doing} {}: {}", path.display(), plain(source)),
            Error::Syntax { path, line, column, message, text } => {
                write!(f, "{}", path.display())?;
                if *line > 0 {
                    write!(f, ":{line}:{column}")?;
                }
                write!(f, ": SyntaxError: {message}")?;
                let (shown, caret) = excerpt(text, *column as usize);
                if shown.is_empty() { Ok(()) } else { write!(f, "\n    {shown}\n    {:caret$}^", "") }
            }
            Error::Missing { module, place, chain } => {
                write_place(f, place)?;
                write!(f, "no module named '{module}'")?;
                write_chain(f, chain)
            }
            Error::Native { module, file, place, chain } => {
                write_place(f, place)?;
                write!(f, "module '{module}' is a C extension without a pure-Python twin ({})", file.display())?;
                write_chain(f, chain)
            }
            Error::Damaged { path, message, .. } => write!(f, "{}: {message}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// The part of a line that fits on a screen, around a column (from 1), and where in it that column is (from 0).
fn excerpt(line: &str, column: usize) -> (String, usize) {
    const BEFORE: usize = 60;
    const WIDTH: usize = 120;
    let line = line.trim_end();
    let text = line.trim_start();
    let indent = line.chars().count() - text.chars().count();
    let caret = column.saturating_sub(1).saturating_sub(indent);
    let skipped = if text.chars().count() > WIDTH { caret.saturating_sub(BEFORE) } else { 0 };
    (text.chars().skip(skipped).take(WIDTH).collect(), caret - skipped)
}

/// The system's words without Rust's "(os error 2)".
fn plain(e: &io::Error) -> String {
    let text = e.to_string();
    match text.rfind(" (os error") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, place: &Option<Place>) -> fmt::Result {
    match place {
        Some(p) => write!(f, "{p}: "),
        None => Ok(()),
    }
}

fn write_chain(f: &mut fmt::Formatter<'_>, chain: &[String]) -> fmt::Result {
    if chain.len() > 1 { write!(f, "\n  imported by {}", chain.join(" -> ")) } else { Ok(()) }
}
