//! Running the engine: what is searched, and the loop over successive matches.

use freeze_regex::{Machine, Mode, Regex, Stop};
use freeze_runtime::types::buffer::{self, Buffer};
use freeze_runtime::types::bytes::{BYTES, PyBytes};
use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::{PyResult, Ref, Str, Value, Vm};

use super::pattern::PyPattern;

/// The object that is searched. Positions in it are byte offsets; where Python sees them they are numbers of characters.
pub(super) enum Subject {
    Text(Str),
    Bytes(Ref<PyBytes>),
    /// Another bytes-like object: its content, and what keeps it from being resized while it is searched.
    Held(Box<(Vec<u8>, Buffer)>),
    /// Such an object after the search, as a match refers to it.
    Released(Value),
}

impl Subject {
    /// The content of `object`, which has to be of the pattern's kind.
    pub(super) fn new(vm: &Vm, pattern: &PyPattern, object: &Value) -> PyResult<Subject> {
        if let Some(s) = object.downcast_ref::<PyStr>() {
            if pattern.is_bytes == Some(true) {
                return Err(vm.type_error("cannot use a bytes pattern on a string-like object"));
            }
            return Ok(Subject::Text(s));
        }
        if !buffer::is_bytes_like(object) {
            let name = object.class().name();
            return Err(vm.type_error(format!("expected string or bytes-like object, got '{name}'")));
        }
        if pattern.is_bytes == Some(false) {
            return Err(vm.type_error("cannot use a string pattern on a bytes-like object"));
        }
        if let Some(b) = object.downcast_ref::<PyBytes>() {
            return Ok(Subject::Bytes(b));
        }
        let buffer = buffer::get(vm, object)?;
        Ok(Subject::Held(Box::new((buffer.to_vec(), buffer))))
    }

    /// The same for a match: it does not keep the object from being resized.
    pub(super) fn released(&self) -> Subject {
        match self {
            Subject::Text(s) => Subject::Text(s.clone()),
            Subject::Bytes(b) => Subject::Bytes(b.clone()),
            Subject::Held(held) => Subject::Released(held.1.owner.clone()),
            Subject::Released(object) => Subject::Released(object.clone()),
        }
    }

    /// The object itself, as `match.string` shows it.
    pub(super) fn object(&self) -> Value {
        match self {
            Subject::Text(s) => s.value(),
            Subject::Bytes(b) => b.value(),
            Subject::Held(held) => held.1.owner.clone(),
            Subject::Released(object) => object.clone(),
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Subject::Text(_))
    }

    /// The bytes, unless they were released.
    #[inline]
    pub(super) fn content(&self) -> &[u8] {
        match self {
            Subject::Text(s) => s.as_bytes(),
            Subject::Bytes(b) => b.as_slice(),
            Subject::Held(held) => &held.0,
            Subject::Released(_) => &[],
        }
    }

    /// The number of characters.
    pub(super) fn len(&self) -> usize {
        match self {
            Subject::Text(s) => s.len(),
            _ => self.content().len(),
        }
    }

    fn is_narrow(&self) -> bool {
        match self {
            Subject::Text(s) => s.is_ascii(),
            _ => true,
        }
    }

    /// The byte offset of a character.
    pub(super) fn offset(&self, number: usize) -> usize {
        match self {
            Subject::Text(s) => s.byte_offset(number),
            _ => number,
        }
    }

    /// The number of the character at a byte offset.
    pub(super) fn number(&self, offset: usize) -> usize {
        match self {
            Subject::Text(s) => s.char_offset(offset),
            _ => offset,
        }
    }

    /// The numbers of the characters at two byte offsets.
    pub(super) fn numbers(&self, start: usize, end: usize) -> (usize, usize) {
        match self {
            // Most parts are short: from their beginning it is not far to their end.
            Subject::Text(s) if !s.is_ascii() && end - start < 64 => {
                let first = s.char_offset(start);
                (first, first + freeze_runtime::text::wtf8::count(&s.as_bytes()[start..end]))
            }
            _ => (self.number(start), self.number(end)),
        }
    }

    /// A new object of the bytes: text or bytes as the subject is.
    pub(super) fn make(&self, bytes: &[u8]) -> Value {
        match self {
            Subject::Text(_) => match bytes {
                [byte] => PyStr::of_char(u32::from(*byte)).into_value(),
                _ => PyStr::new(bytes).into_value(),
            },
            _ => PyBytes::new(bytes).into_value(),
        }
    }

    /// The part from one offset to another; a buffer may have become shorter meanwhile.
    pub(super) fn part(&self, start: usize, end: usize) -> &[u8] {
        let content = self.content();
        &content[start.min(content.len())..end.min(content.len())]
    }

    /// The same as an object.
    pub(super) fn slice(&self, start: usize, end: usize) -> Value {
        if start == 0 && end == self.content().len() {
            match self {
                Subject::Text(s) if s.as_value().is_exact(&STR) => return s.value(),
                Subject::Bytes(b) if b.as_value().is_exact(&BYTES) => return b.value(),
                _ => {}
            }
        }
        self.make(self.part(start, end))
    }
}

/// Where the next search begins.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) at: usize,
    /// The last match was empty, so the next one must not end here.
    pub(super) must_advance: bool,
}

impl Cursor {
    pub(super) const fn at(offset: usize) -> Cursor {
        Cursor { at: offset, must_advance: false }
    }
}

/// A search in a subject up to an offset. It holds the machine of its pattern, which it gives back in the end.
pub(super) struct Search<'a> {
    vm: &'a Vm,
    pattern: &'a PyPattern,
    regex: &'a Regex,
    subject: freeze_regex::Subject<'a>,
    machine: Box<Machine>,
}

impl<'a> Search<'a> {
    pub(super) fn new(vm: &'a Vm, pattern: &'a PyPattern, subject: &'a Subject, to: usize) -> PyResult<Search<'a>> {
        let regex = pattern.regex(vm, subject.is_text())?;
        let subject = freeze_regex::Subject { text: &subject.content()[..to], is_narrow: subject.is_narrow() };
        Ok(Search { vm, pattern, regex, subject, machine: pattern.machine.take().unwrap_or_default() })
    }

    /// Moves to the next match behind the cursor; false if there is none.
    #[inline]
    pub(super) fn advance(&mut self, mode: Mode, cursor: &mut Cursor) -> PyResult<bool> {
        let vm = self.vm;
        let mut raised = None;
        let mut interrupt = || match vm.check_signals() {
            Ok(()) => false,
            Err(e) => {
                raised = Some(e);
                true
            }
        };
        let not_at = cursor.must_advance.then_some(cursor.at);
        match self.regex.find(&mut self.machine, self.subject, cursor.at, mode, not_at, &mut interrupt) {
            Ok(true) => {
                let (start, end) = self.machine.whole();
                *cursor = Cursor { at: end, must_advance: start == end };
                Ok(true)
            }
            Ok(false) => {
                cursor.at = usize::MAX;
                Ok(false)
            }
            Err(Stop::Interrupted | Stop::Memory) => Err(raised.unwrap_or_else(|| vm.memory_error(""))),
        }
    }

    /// Start and end of the match or of a group of it.
    #[inline]
    pub(super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        match group.checked_sub(1) {
            None => Some(self.machine.whole()),
            Some(group) if group < self.pattern.groups => self.machine.group(group),
            Some(_) => None,
        }
    }

    /// The bounds of match and groups.
    pub(super) fn found(&self) -> Found {
        let groups = self.pattern.groups;
        let last_group = self.machine.last_group(self.regex);
        let spans = if self.subject.text.len() < NO_SPAN.0 as usize {
            let short = |(start, end): (usize, usize)| (start as u32, end as u32);
            let mut spans = Short::with_capacity(groups + 1);
            spans.push(short(self.machine.whole()));
            spans.extend((0..groups).map(|group| self.machine.group(group).map_or(NO_SPAN, short)));
            Spans::Short(spans)
        } else {
            Spans::Long((0..=groups).map(|group| self.span(group)).collect())
        };
        Found { spans, last_group }
    }
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        self.machine.shrink();
        self.pattern.machine.set(Some(std::mem::take(&mut self.machine)));
    }
}

type Short = smallvec::SmallVec<[(u32, u32); 8]>;

/// The span of a group that took no part.
const NO_SPAN: (u32, u32) = (u32::MAX, u32::MAX);

enum Spans {
    Short(Short),
    /// Offsets beyond 4 GiB.
    Long(Box<[Option<(usize, usize)>]>),
}

/// Start and end of a match and of its groups.
pub(super) struct Found {
    spans: Spans,
    /// The number of the last group that was closed.
    pub(super) last_group: Option<usize>,
}

impl Found {
    /// How many spans there are: groups and one.
    pub(super) fn count(&self) -> usize {
        match &self.spans {
            Spans::Short(spans) => spans.len(),
            Spans::Long(spans) => spans.len(),
        }
    }

    /// None where a group took no part.
    #[inline]
    pub(super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        match &self.spans {
            Spans::Short(spans) => {
                let &(start, end) = spans.get(group).filter(|&&span| span != NO_SPAN)?;
                Some((start as usize, end as usize))
            }
            Spans::Long(spans) => *spans.get(group)?,
        }
    }
}
