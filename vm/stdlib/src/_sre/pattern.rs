//! `re.Pattern` and its scanner.

use std::cell::{Cell, OnceCell};

use freeze_regex::{Invalid, Kind, Machine, Mode, Regex, Unicode};
use freeze_runtime::object::{CmpOp, GetSet, Layout, Slots};
use freeze_runtime::text::{case, chars};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::iterator::iter_self;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, generic_alias, mappingproxy};
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::matches::PyMatch;
use super::scan::{Cursor, Search, Subject};
use super::template::Replacement;

/// The payload of `re.Pattern`.
pub(super) struct PyPattern {
    pub(super) pattern: Value,
    flags: u32,
    code: Vec<u32>,
    pub(super) groups: usize,
    /// Group numbers by name.
    pub(super) group_index: Value,
    /// Names by group number.
    pub(super) index_group: Value,
    /// Whether the pattern is bytes; None for a pattern of no kind.
    pub(super) is_bytes: Option<bool>,
    /// The programs for text and for bytes; a pattern of no kind may come to have both.
    text: OnceCell<Regex>,
    bytes: OnceCell<Regex>,
    /// The memory of the last match, while nobody uses it.
    pub(super) machine: Cell<Option<Box<Machine>>>,
}

static CHARS: Unicode = Unicode {
    is_decimal: chars::is_decimal,
    is_space: chars::is_space,
    is_alnum: chars::is_alnum,
    is_line_break: chars::is_line_break,
    lower: case::simple_lower,
    upper: case::simple_upper,
};

impl Payload for PyPattern {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyPattern>();
        &L
    }
}

impl PyPattern {
    pub(super) fn create(
        vm: &Vm,
        pattern: &Value,
        flags: u32,
        code: Vec<u32>,
        groups: usize,
        group_index: &Value,
        index_group: &Value,
    ) -> PyResult<Ref<PyPattern>> {
        let is_bytes = if pattern.is_none() {
            None
        } else if pattern.has_layout::<PyStr>() {
            Some(false)
        } else if buffer::is_bytes_like(pattern) {
            Some(true)
        } else {
            return Err(vm.type_error("expected string or bytes-like object"));
        };
        if code.is_empty() || !group_index.has_layout::<PyDict>() || !index_group.has_layout::<PyTuple>() {
            return Err(vm.runtime_error("invalid SRE code"));
        }
        let payload = PyPattern {
            pattern: pattern.clone(),
            flags,
            code,
            groups,
            group_index: group_index.clone(),
            index_group: index_group.clone(),
            is_bytes,
            text: OnceCell::new(),
            bytes: OnceCell::new(),
            machine: Cell::new(None),
        };
        payload.regex(vm, is_bytes != Some(true))?;
        Ok(Ref::new(&PATTERN, payload))
    }

    /// The program for text or for bytes.
    #[inline]
    pub(super) fn regex(&self, vm: &Vm, is_text: bool) -> PyResult<&Regex> {
        let cell = if is_text { &self.text } else { &self.bytes };
        match cell.get() {
            Some(regex) => Ok(regex),
            None => self.compile(vm, is_text),
        }
    }

    #[cold]
    fn compile(&self, vm: &Vm, is_text: bool) -> PyResult<&Regex> {
        let (cell, kind) = if is_text { (&self.text, Kind::Text) } else { (&self.bytes, Kind::Bytes) };
        match Regex::new(&self.code, self.groups, kind, &CHARS, &|| vm.check_stack().is_ok()) {
            Ok(regex) => Ok(cell.get_or_init(|| regex)),
            Err(Invalid::Code) => Err(vm.runtime_error("invalid SRE code")),
            Err(Invalid::Depth) => Err(vm.recursion_error("maximum recursion depth exceeded in a regular expression")),
        }
    }
}

fn this<'a>(args: &Args<'a>) -> &'a PyPattern {
    args.payload()
}

fn owner(args: &Args<'_>) -> Option<Ref<PyPattern>> {
    args.this().downcast_ref()
}

/// The subject and the bounds `pos` and `endpos` as numbers of characters.
fn subject(vm: &Vm, args: &Args<'_>) -> PyResult<(Subject, usize, usize)> {
    let subject = Subject::new(vm, this(args), args.get(1))?;
    let len = subject.len();
    let bound = |i: usize, default: usize| -> PyResult<usize> {
        match args.opt(i) {
            Some(v) => Ok(usize::try_from(vm.to_index_clamped(v)?).unwrap_or(0).min(len)),
            None => Ok(default),
        }
    };
    let (from, to) = (bound(2, 0)?, bound(3, len)?);
    Ok((subject, from, to))
}

fn one(vm: &Vm, args: Args<'_>, mode: Mode) -> PyResult<Value> {
    let (subject, from, to) = subject(vm, &args)?;
    let Some(pattern) = owner(&args).filter(|_| from <= to) else { return Ok(Value::NONE) };
    let found = {
        let mut search = Search::new(vm, &pattern, &subject, subject.offset(to))?;
        let found = search.advance(mode, &mut Cursor::at(subject.offset(from)))?;
        found.then(|| search.found())
    };
    Ok(found.map_or(Value::NONE, |f| PyMatch::create(pattern, subject.released(), f, from, to)))
}

fn findall(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (subject, from, to) = subject(vm, &args)?;
    let pattern = this(&args);
    let mut items = Vec::new();
    if from <= to {
        let mut search = Search::new(vm, pattern, &subject, subject.offset(to))?;
        let mut cursor = Cursor::at(subject.offset(from));
        while search.advance(Mode::Search, &mut cursor)? {
            let group = |i: usize| match search.span(i) {
                Some((start, end)) => subject.slice(start, end),
                None => subject.make(b""),
            };
            // The match, its only group, or a tuple of its groups.
            items.push(match pattern.groups {
                0 => group(0),
                1 => group(1),
                n => PyTuple::new((1..=n).map(group).collect()).into_value(),
            });
        }
    }
    Ok(PyList::new(items).into_value())
}

fn split(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let pattern = this(&args);
    let subject = Subject::new(vm, pattern, args.get(1))?;
    let most = args.opt_i64(vm, 2, 0)?;
    let len = subject.content().len();
    let mut items = Vec::new();
    let (mut last, mut count) = (0, 0);
    if most >= 0 {
        let mut search = Search::new(vm, pattern, &subject, len)?;
        let mut cursor = Cursor::at(0);
        while (most == 0 || count < most) && search.advance(Mode::Search, &mut cursor)? {
            if let Some((start, end)) = search.span(0) {
                items.push(subject.slice(last, start));
                last = end;
            }
            for group in 1..=pattern.groups {
                items.push(search.span(group).map_or(Value::NONE, |(start, end)| subject.slice(start, end)));
            }
            count += 1;
        }
    }
    items.push(subject.slice(last, len));
    Ok(PyList::new(items).into_value())
}

/// The text after replacing, and how many replacements there were.
fn substitute(vm: &Vm, args: &Args<'_>) -> PyResult<(Value, i64)> {
    let pattern = this(args);
    let replacement = Replacement::new(vm, args.this(), args.get(1))?;
    let subject = Subject::new(vm, pattern, args.get(2))?;
    let most = args.opt_i64(vm, 3, 0)?;
    let content = subject.content();
    let mut out = Vec::new();
    let (mut last, mut count, mut pieces) = (0, 0, 0);
    if most >= 0 {
        let mut search = Search::new(vm, pattern, &subject, content.len())?;
        let mut cursor = Cursor::at(0);
        while (most == 0 || count < most) && search.advance(Mode::Search, &mut cursor)? {
            let Some((start, end)) = search.span(0) else { break };
            out.extend_from_slice(&content[last..start]);
            pieces += usize::from(last < start);
            pieces += usize::from(replacement.push(vm, &mut out, args, &subject, &search, pieces)?);
            last = end;
            count += 1;
        }
    }
    if count == 0 {
        return Ok((subject.slice(0, content.len()), 0));
    }
    out.extend_from_slice(&content[last..]);
    Ok((subject.make(&out), count))
}

fn sub(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    substitute(vm, &args).map(|(text, _)| text)
}

fn subn(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (text, count) = substitute(vm, &args)?;
    Ok(PyTuple::new(vec![text, Value::int(count)]).into_value())
}

/// The payload of scanners: `pattern.scanner(…)` and `pattern.finditer(…)`.
struct PyScanner {
    pattern: Ref<PyPattern>,
    subject: Subject,
    cursor: Cell<Cursor>,
    /// The bounds as numbers of characters.
    from: usize,
    to: usize,
}

impl Payload for PyScanner {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyScanner>();
        &L
    }
}

impl PyScanner {
    fn create(vm: &Vm, args: &Args<'_>, iterate: bool) -> PyResult<Value> {
        let (subject, from, to) = subject(vm, args)?;
        let Some(pattern) = owner(args) else { return Ok(Value::NONE) };
        let cursor = Cursor::at(if from > to { usize::MAX } else { subject.offset(from) });
        let payload = PyScanner { pattern, subject, cursor: Cell::new(cursor), from, to };
        Ok(Ref::new(if iterate { &MATCH_ITERATOR } else { &SCANNER }, payload).into_value())
    }

    fn next(&self, vm: &Vm, mode: Mode) -> PyResult<Option<Value>> {
        let mut cursor = self.cursor.get();
        if cursor.at == usize::MAX {
            return Ok(None);
        }
        let mut search = Search::new(vm, &self.pattern, &self.subject, self.subject.offset(self.to))?;
        let is_found = search.advance(mode, &mut cursor)?;
        self.cursor.set(cursor);
        let found = is_found.then(|| search.found());
        drop(search);
        Ok(found.map(|f| PyMatch::create(self.pattern.clone(), self.subject.released(), f, self.from, self.to)))
    }
}

fn scanner_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    match v.downcast::<PyScanner>() {
        Some(s) => s.next(vm, Mode::Search),
        None => Ok(None),
    }
}

static SCANNER_METHODS: &[NativeDef] = &[
    native("match(self, /)", "", |vm, a| a.payload::<PyScanner>().next(vm, Mode::Match).map(Value::or_none)),
    native("search(self, /)", "", |vm, a| a.payload::<PyScanner>().next(vm, Mode::Search).map(Value::or_none)),
];

static SCANNER_DEF: TypeDef = TypeDef {
    name: "SRE_Scanner",
    module: "_sre",
    layout: PyScanner::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    methods: SCANNER_METHODS,
    getset: &[GetSet {
        name: "pattern",
        doc: "",
        get: |_, v| Ok(v.downcast::<PyScanner>().map_or(Value::NONE, |s| s.pattern.value())),
        set: None,
    }],
    ..TypeDef::EMPTY
};
pub(super) static SCANNER: Type = Type::builtin(&SCANNER_DEF);

static ITERATOR_DEF: TypeDef = TypeDef {
    name: "callable_iterator",
    layout: PyScanner::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { iter: Some(iter_self), next: Some(scanner_next), ..Slots::EMPTY },
    ..TypeDef::EMPTY
};
pub(super) static MATCH_ITERATOR: Type = Type::builtin(&ITERATOR_DEF);

fn of(v: &Value) -> Option<&PyPattern> {
    v.downcast()
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    const NAMES: [(&str, u32); 8] = [
        ("re.IGNORECASE", 2),
        ("re.LOCALE", 4),
        ("re.MULTILINE", 8),
        ("re.DOTALL", 16),
        ("re.UNICODE", 32),
        ("re.VERBOSE", 64),
        ("re.DEBUG", 128),
        ("re.ASCII", 256),
    ];
    let Some(p) = of(v) else { return Ok(Value::NONE) };
    let mut flags = p.flags;
    // Text patterns are Unicode unless something else was asked for.
    if p.is_bytes == Some(false) && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut shown = Vec::new();
    for (name, bit) in NAMES {
        if flags & bit != 0 {
            shown.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        shown.push(format!("{flags:#x}"));
    }
    let pattern = vm.repr(&p.pattern)?;
    let mut out = b"re.compile(".to_vec();
    let cut = freeze_runtime::text::wtf8::offset_of(pattern.as_bytes(), 200);
    out.extend_from_slice(&pattern.as_bytes()[..cut]);
    if !shown.is_empty() {
        out.extend_from_slice(format!(", {}", shown.join("|")).as_bytes());
    }
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (of(a), of(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = a.is(b)
        || (x.flags == y.flags && x.is_bytes == y.is_bytes && x.code == y.code && vm.eq(&x.pattern, &y.pattern)?);
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn hash(vm: &Vm, v: &Value) -> PyResult<i64> {
    let Some(p) = of(v) else { return Ok(0) };
    let code = p.code.iter().fold(0i64, |h, &w| h.wrapping_mul(31).wrapping_add(i64::from(w)));
    Ok((vm.hash(&p.pattern)? ^ code ^ i64::from(p.flags)).max(0))
}

static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "", |_, a| Ok(a.this().clone())),
    native("__deepcopy__(self, memo, /)", "", |_, a| Ok(a.this().clone())),
    native(
        "findall(self, /, string, pos=0, endpos=9223372036854775807)",
        "Return a list of all non-overlapping matches of pattern in string.",
        findall,
    ),
    native(
        "finditer(self, /, string, pos=0, endpos=9223372036854775807)",
        "Return an iterator over all non-overlapping matches for the RE pattern in string.",
        |vm, a| PyScanner::create(vm, &a, true),
    ),
    native(
        "fullmatch(self, /, string, pos=0, endpos=9223372036854775807)",
        "Matches against all of the string.",
        |vm, a| one(vm, a, Mode::Full),
    ),
    native(
        "match(self, /, string, pos=0, endpos=9223372036854775807)",
        "Matches zero or more characters at the beginning of the string.",
        |vm, a| one(vm, a, Mode::Match),
    ),
    native("scanner(self, /, string, pos=0, endpos=9223372036854775807)", "", |vm, a| PyScanner::create(vm, &a, false)),
    native(
        "search(self, /, string, pos=0, endpos=9223372036854775807)",
        "Scan through string looking for a match, and return a corresponding match object instance.",
        |vm, a| one(vm, a, Mode::Search),
    ),
    native("split(self, /, string, maxsplit=0)", "Split string by the occurrences of pattern.", split),
    native(
        "sub(self, /, repl, string, count=0)",
        "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
        sub,
    ),
    native("subn(self, /, repl, string, count=0)", "Return the tuple (new_string, number_of_subs_made).", subn),
];

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, item, /)", "See PEP 585", generic_alias::class_getitem_method)];

static GETSET: &[GetSet] = &[
    GetSet {
        name: "flags",
        doc: "The regex matching flags.",
        get: |_, v| Ok(of(v).map_or(Value::NONE, |p| Value::int(i64::from(p.flags)))),
        set: None,
    },
    GetSet {
        name: "groupindex",
        doc: "A dictionary mapping group names to group numbers.",
        get: |_, v| Ok(of(v).map_or(Value::NONE, |p| mappingproxy::of(p.group_index.clone()))),
        set: None,
    },
    GetSet {
        name: "groups",
        doc: "The number of capturing groups in the pattern.",
        get: |_, v| Ok(of(v).map_or(Value::NONE, |p| Value::usize(p.groups))),
        set: None,
    },
    GetSet {
        name: "pattern",
        doc: "The pattern string from which the RE object was compiled.",
        get: |_, v| Ok(of(v).map_or(Value::NONE, |p| p.pattern.clone())),
        set: None,
    },
];

static DEF: TypeDef = TypeDef {
    name: "Pattern",
    module: "re",
    doc: "Compiled regular expression object.",
    layout: PyPattern::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW | TypeFlags::WEAKREFS,
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(hash), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `re.Pattern`
pub(super) static PATTERN: Type = Type::builtin(&DEF);

/// The bytes of text or of a bytes-like object.
pub(super) fn content(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    match v.downcast::<PyStr>() {
        Some(s) => Ok(s.as_bytes().to_vec()),
        None => match v.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => buffer::to_vec(vm, v),
        },
    }
}
