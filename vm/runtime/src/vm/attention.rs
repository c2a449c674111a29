//! What a running thread does when it looks up from its work: collection, lock hand-over, signals, asynchronous exceptions.

use std::sync::atomic::Ordering;

use freeze_compiler::{CompileError, ErrorKind, SyntaxWarning};

use super::{ATTENTION, PyResult, Raised, Vm, lock};
use crate::Str;
use crate::object::{Ref, Value, gc, reserve};
use crate::types::dict::PyDict;
use crate::types::exception::PyException;
use crate::types::frame;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// Where the source of a program that is in no file is kept.
const TYPED: &str = "typed program";

impl Vm {
    /// Called by the loop at backward jumps and calls when somebody has asked for attention.
    #[cold]
    #[inline(never)]
    pub(crate) fn attend(&self) -> PyResult<()> {
        ATTENTION.store(0, Ordering::Relaxed);
        if crate::interp::trace::any_traced() {
            super::request_attention();
        }
        if !self.rt.deferring.borrow().is_empty() {
            frame::settle_deferred(self);
        }
        if gc::wanted() {
            gc::collect_wanted();
        }
        if lock::drop_wanted() {
            lock::yield_now();
            if self.pending.borrow().is_some() || super::signals::pending() {
                super::request_attention();
            }
        }
        if reserve::ran_short() {
            return Err(self.out_of_memory(()));
        }
        self.check_signals()?;
        match self.take_pending() {
            Some(e) => Err(e),
            None => Ok(()),
        }
    }

    /// The exception that another thread has asked this one to raise.
    pub(crate) fn take_pending(&self) -> Option<Raised> {
        let v = self.pending.take()?;
        match crate::types::raising::instantiate(self, &v) {
            Ok(Some(e)) => Some(Raised::new(e)),
            Ok(None) => None,
            Err(e) => Some(e),
        }
    }

    /// Writes text to `sys.stderr`; straight to the descriptor where that is missing.
    pub fn write_stderr(&self, text: &str) -> PyResult<()> {
        let file = self.runtime().sys.get_str(&self.names().stderr);
        match file.filter(|f| !f.is_none()) {
            Some(f) => {
                self.call_method_name(&f, &self.names().write, &[self.str(text)])?;
                self.call_method_name(&f, &self.names().flush, &[]).map(drop)
            }
            None => {
                use std::io::Write;
                // Nobody is left to be told of a failure here.
                let _ = std::io::stderr().write_all(text.as_bytes());
                Ok(())
            }
        }
    }

    /// A line of a source file, for tracebacks: from the loader's `get_source` where the file is not on disk.
    pub(crate) fn source_line(&self, globals: &Ref<PyDict>, filename: &Str, line: u32) -> Option<String> {
        let name = filename.to_lossy();
        if name.starts_with('<') && name.ends_with('>') {
            return self.typed_line(filename, line);
        }
        let text = match std::fs::read(&*name) {
            Ok(bytes) => bytes,
            Err(_) => self.loader_source(globals)?,
        };
        let text = match crate::import::code::decode(self, &text, false, filename) {
            Ok(s) => s.text().to_string(),
            Err(_) => String::from_utf8_lossy(&text).into_owned(),
        };
        text.lines().nth((line as usize).checked_sub(1)?).map(str::to_string)
    }

    /// Keeps the text of a program that is in no file, for tracebacks: `python -c`. Code that has this very name shows it.
    pub fn show_source(&self, filename: &Str, text: &str, code: &Value) {
        let row = PyTuple::new(vec![filename.value(), self.str(text), code.clone()]).into_value();
        self.runtime().slots.borrow_mut().insert(TYPED, row);
    }

    /// Tells the library's `linecache` of the program that is in no file.
    pub fn register_typed_source(&self) -> PyResult<()> {
        let shown = self.runtime().slots.borrow().get(TYPED).cloned();
        if let Some([name, text, code]) =
            shown.as_ref().and_then(|row| row.downcast::<PyTuple>()).map(PyTuple::as_slice)
        {
            let linecache = crate::import::import_path(self, "linecache")?;
            self.call_method(&linecache, "_register_code", &[code.clone(), text.clone(), name.clone()])?;
        }
        Ok(())
    }

    /// A line that was typed: at a prompt, which keeps them in `linecache`, or as the program itself.
    fn typed_line(&self, filename: &Str, line: u32) -> Option<String> {
        let shown = self.runtime().slots.borrow().get(TYPED).cloned();
        if let Some([name, text, _]) = shown.as_ref().and_then(|pair| pair.downcast::<PyTuple>()).map(PyTuple::as_slice)
            && name.is(filename.as_value())
        {
            let text = text.downcast::<PyStr>()?.to_lossy();
            return text.lines().nth((line as usize).checked_sub(1)?).map(str::to_owned);
        }
        let linecache = self.runtime().modules.get_text("linecache")?;
        let text = self.call_method(&linecache, "getline", &[filename.value(), Value::int(i64::from(line))]).ok()?;
        let text = text.downcast::<PyStr>()?.to_lossy().trim_end_matches('\n').to_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    fn loader_source(&self, globals: &Ref<PyDict>) -> Option<Vec<u8>> {
        let loader = globals.get_str(&self.names().__loader__).filter(|l| !l.is_none())?;
        let name = globals.get_str(&self.names().__name__)?;
        let text = self.call_method(&loader, "get_source", &[name]).ok()?;
        text.downcast::<PyStr>().map(|s| s.as_bytes().to_vec())
    }

    /// Passes a warning of the compiler through the warnings machinery.
    pub(crate) fn syntax_warning(&self, warning: &SyntaxWarning, filename: &Str) -> PyResult<()> {
        let told = self.warn_of_syntax(&warning.message, filename, warning.line);
        match told {
            // What is to be an error is a syntax error then, which shows the place.
            Err(e) if e.is(&crate::types::exception::SYNTAX_WARNING) => {
                let error = CompileError {
                    kind: ErrorKind::Syntax,
                    message: warning.message.clone(),
                    filename: filename.to_lossy().into_owned(),
                    line: warning.line,
                    column: warning.column,
                    end_line: warning.end_line,
                    end_column: warning.end_column,
                    text: Some(warning.text.clone()),
                };
                Err(crate::types::raising::syntax_error(self, &error, filename))
            }
            told => told,
        }
    }

    fn warn_of_syntax(&self, message: &str, filename: &Str, line: u32) -> PyResult<()> {
        let warnings = crate::import::import_path(self, "_warnings")?;
        let category = self.runtime().builtins.get_text("SyntaxWarning").unwrap_or(Value::NONE);
        let args = [self.str(message), category, filename.value(), Value::int(i64::from(line))];
        self.call_method(&warnings, "warn_explicit", &args).map(drop)
    }

    /// The exception object being handled, if any.
    pub fn handled_exception(&self) -> Option<Ref<PyException>> {
        self.handled.borrow().downcast_ref::<PyException>()
    }

    /// `sys.exception()`
    pub fn handled_value(&self) -> Value {
        self.handled.borrow().clone()
    }
}
