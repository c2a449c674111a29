//! Words to the terminal: results, errors, progress. A closed pipe ends the output quietly.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Writes a result to standard output.
pub(super) fn out(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::other(format!("cannot write to standard output: {e}"), ""))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error; if even that fails, there is nobody to tell.
pub(super) fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// An error and what to do about it.
pub(super) fn error(error: &Error) {
    let help = error.help();
    let (red, plain) = if io::stderr().is_terminal() { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let help = if help.is_empty() { String::new() } else { format!("  help: {help}\n") };
    err(&format!("{red}freeze: error:{plain} {error}\n{help}"));
}

/// A line that says what is being done, on a terminal only.
pub(super) struct Progress {
    shown: bool,
    last: Cell<Option<Instant>>,
}

impl Progress {
    /// Shows nothing if standard error is no terminal or `quiet` is set.
    pub(super) fn new(quiet: bool) -> Progress {
        Progress { shown: !quiet && io::stderr().is_terminal(), last: Cell::new(None) }
    }

    /// Replaces the line.
    pub(super) fn say(&self, text: &str) {
        let soon = self.last.get().is_some_and(|t| t.elapsed() < Duration::from_millis(50));
        if self.shown && !soon {
            self.last.set(Some(Instant::now()));
            err(&format!("\r\x1b[Kfreeze: {text}"));
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.shown && self.last.get().is_some() {
            err("\r\x1b[K");
        }
    }
}
