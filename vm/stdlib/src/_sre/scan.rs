//! Running the engine: what is searched, and the loop over successive matches.

use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{PyResult, Ref, Str, Value, Vm};
use rustpython_sre_engine::{Request, State, StrDrive};
use rustpython_wtf8::Wtf8;

use super::pattern::PyPattern;

/// Start and end of a match and of its groups; None where a group took no part.
pub(super) struct Found {
    pub(super) spans: Vec<Option<(usize, usize)>>,
    /// The number of the last group that was closed.
    pub(super) last_index: Option<usize>,
}

/// The object that is searched.
pub(super) struct Subject {
    /// The object itself, as `match.string` shows it.
    pub(super) object: Value,
    content: Content,
}

enum Content {
    Text(Str),
    Bytes(Ref<PyBytes>),
}

/// How a match has to lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Anywhere.
    Search,
    /// At the beginning.
    Match,
    /// From the beginning to the end.
    Full,
}

impl Subject {
    /// The content of `object`, which has to be of the pattern's kind.
    pub(super) fn new(vm: &Vm, pattern: &PyPattern, object: &Value) -> PyResult<Subject> {
        let content = if let Some(s) = object.downcast_ref::<PyStr>() {
            if pattern.is_bytes == Some(true) {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            Content::Text(s)
        } else {
            if !buffer::is_bytes_like(object) {
                let name = object.class().name();
                return Err(vm.type_error(format!("expected string or bytes-like object, got '{name}'")));
            }
            if pattern.is_bytes == Some(false) {
                return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
            }
            match object.downcast_ref::<PyBytes>() {
                Some(b) => Content::Bytes(b),
                None => Content::Bytes(PyBytes::from_vec(buffer::to_vec(vm, object)?)),
            }
        };
        Ok(Subject { object: object.clone(), content })
    }

    pub(super) fn len(&self) -> usize {
        match &self.content {
            Content::Text(s) => s.len(),
            Content::Bytes(b) => b.as_slice().len(),
        }
    }

    /// Whether finding a position takes no walking.
    pub(super) fn is_random_access(&self) -> bool {
        match &self.content {
            Content::Text(s) => s.is_ascii(),
            Content::Bytes(_) => true,
        }
    }

    /// The bytes from one position to another.
    pub(super) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        match &self.content {
            Content::Text(s) => &s.as_bytes()[s.byte_offset(start)..s.byte_offset(end)],
            Content::Bytes(b) => &b.as_slice()[start..end],
        }
    }

    /// A new object of the bytes: text or bytes as the subject is.
    pub(super) fn make(&self, bytes: &[u8]) -> Value {
        match &self.content {
            Content::Text(_) => match bytes {
                [byte] => PyStr::of_char(u32::from(*byte)).into_value(),
                _ => PyStr::new(bytes).into_value(),
            },
            Content::Bytes(_) => PyBytes::new(bytes).into_value(),
        }
    }

    /// The part from one position to another as an object.
    pub(super) fn slice(&self, start: usize, end: usize) -> Value {
        if start == 0 && end == self.len() {
            match &self.content {
                Content::Text(s) if s.as_value().is_exact(&freeze_runtime::types::str::STR) => return s.value(),
                Content::Bytes(b) if b.as_value().is_exact(&freeze_runtime::types::bytes::BYTES) => return b.value(),
                _ => {}
            }
        }
        self.make(self.bytes(start, end))
    }

    /// Tries the pattern once.
    pub(super) fn find(&self, pattern: &PyPattern, mode: Mode, from: usize, to: usize) -> Option<Found> {
        let mut cursor = Cursor { at: from, must_advance: false };
        self.next(pattern, mode, &mut cursor, to)
    }

    /// The next match from `cursor` on, which moves behind it.
    pub(super) fn next(&self, pattern: &PyPattern, mode: Mode, cursor: &mut Cursor, to: usize) -> Option<Found> {
        let mut found = None;
        self.each(pattern, mode, cursor, to, |f| {
            found = Some(f);
            Ok::<bool, ()>(false)
        })
        .ok()?;
        found
    }

    /// Calls `f` with one match after the other until it gives false.
    pub(super) fn each<E>(
        &self,
        pattern: &PyPattern,
        mode: Mode,
        cursor: &mut Cursor,
        to: usize,
        f: impl FnMut(Found) -> Result<bool, E>,
    ) -> Result<(), E> {
        match &self.content {
            Content::Bytes(b) => run(b.as_slice(), pattern, mode, cursor, to, f),
            Content::Text(s) if s.is_ascii() => run(s.as_bytes(), pattern, mode, cursor, to, f),
            // Strings are generalized UTF-8 always.
            Content::Text(s) => match Wtf8::from_bytes(s.as_bytes()) {
                Some(text) => run(text, pattern, mode, cursor, to, f),
                None => Ok(()),
            },
        }
    }
}

/// Where the next search begins.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) at: usize,
    /// The last match was empty, so the next one must not be empty at the same place.
    pub(super) must_advance: bool,
}

fn run<S: StrDrive, E>(
    subject: S,
    pattern: &PyPattern,
    mode: Mode,
    cursor: &mut Cursor,
    to: usize,
    mut f: impl FnMut(Found) -> Result<bool, E>,
) -> Result<(), E> {
    let mut state = State::default();
    let mut request = Request::new(subject, cursor.at, to, &pattern.code, mode == Mode::Full);
    while cursor.at <= request.end {
        request.start = cursor.at;
        request.must_advance = cursor.must_advance;
        state.reset(&request, cursor.at);
        let hit = if mode == Mode::Search { state.search(request) } else { state.py_match(&request) };
        if !hit {
            cursor.at = usize::MAX;
            return Ok(());
        }
        let end = state.cursor.position;
        cursor.must_advance = end == state.start;
        cursor.at = end;
        if !f(collect(&state, pattern.groups))? {
            return Ok(());
        }
    }
    Ok(())
}

fn collect(state: &State, groups: usize) -> Found {
    let mut spans = Vec::with_capacity(groups + 1);
    spans.push(Some((state.start, state.cursor.position)));
    for group in 0..groups {
        let (start, end) = state.marks.get(group);
        // A group whose end came before its start was entered again and not finished.
        spans.push(start.into_option().zip(end.into_option()).filter(|(start, end)| start <= end));
    }
    Found { spans, last_index: usize::try_from(state.marks.last_index()).ok().filter(|&i| i > 0) }
}
