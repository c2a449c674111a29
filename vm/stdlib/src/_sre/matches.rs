//! `re.Match`.

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::generic_alias;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native, raw,
};

use super::pattern::PyPattern;
use super::scan::{Found, Subject};
use super::template;

/// The payload of `re.Match`.
pub(super) struct PyMatch {
    pattern: Ref<PyPattern>,
    subject: Subject,
    found: Found,
    /// The bounds of the search as numbers of characters.
    from: usize,
    to: usize,
}

impl Payload for PyMatch {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyMatch>();
        &L
    }
}

impl PyMatch {
    pub(super) fn create(pattern: Ref<PyPattern>, subject: Subject, found: Found, from: usize, to: usize) -> Value {
        Ref::new(&MATCH, PyMatch { pattern, subject, found, from, to }).into_value()
    }

    /// The number of the group that an index or a name means.
    fn number(&self, vm: &Vm, group: &Value) -> PyResult<usize> {
        let count = self.found.count();
        let number = if let Some(number) = group.as_small() {
            usize::try_from(number).ok()
        } else if group.class().slots().index.is_some() {
            usize::try_from(vm.to_index_clamped(group)?).ok()
        } else {
            match self.pattern.group_index.downcast::<PyDict>() {
                Some(names) => names.get(vm, group).ok().flatten().and_then(|n| n.as_small()).map(|n| n as usize),
                None => None,
            }
        };
        number.filter(|&n| n < count).ok_or_else(|| vm.index_error("no such group"))
    }

    fn text(&self, vm: &Vm, number: usize, default: &Value) -> PyResult<Value> {
        match (self.found.span(number), &self.subject) {
            (None, _) => Ok(default.clone()),
            // What the object holds now is what counts.
            (Some((start, end)), Subject::Released(object)) => {
                Ok(Subject::new(vm, &self.pattern, object)?.slice(start, end))
            }
            (Some((start, end)), subject) => Ok(subject.slice(start, end)),
        }
    }

    /// Start and end of a group as numbers of characters.
    fn span(&self, number: usize) -> (i64, i64) {
        let Some((start, end)) = self.found.span(number) else { return (-1, -1) };
        let (start, end) = self.subject.numbers(start, end);
        (start as i64, end as i64)
    }
}

fn this<'a>(args: &Args<'a>) -> &'a PyMatch {
    args.payload()
}

/// Sees the raw call: it is what programs do with a match, and a tuple of the arguments would cost more than the text.
fn group(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    args.no_keywords(vm, "Match.group")?;
    let Some((m, wanted)) = args.positional().split_first().and_then(|(m, rest)| Some((of(m)?, rest))) else {
        return Ok(Value::NONE);
    };
    match wanted {
        [] => m.text(vm, 0, &Value::NONE),
        [one] => m.text(vm, m.number(vm, one)?, &Value::NONE),
        _ => {
            let mut items = Vec::with_capacity(wanted.len());
            for g in wanted {
                items.push(m.text(vm, m.number(vm, g)?, &Value::NONE)?);
            }
            Ok(PyTuple::new(items).into_value())
        }
    }
}

fn groups(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = this(&args);
    let default = Value::or_none(args.opt(1).cloned());
    let items: PyResult<Vec<Value>> = (1..m.found.count()).map(|i| m.text(vm, i, &default)).collect();
    Ok(PyTuple::new(items?).into_value())
}

fn groupdict(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = this(&args);
    let default = Value::or_none(args.opt(1).cloned());
    let out = PyDict::new_ref();
    let names = m.pattern.group_index.downcast::<PyDict>().map(PyDict::items);
    for (name, number) in names.unwrap_or_default() {
        out.set(vm, &name, m.text(vm, m.number(vm, &number)?, &default)?)?;
    }
    Ok(out.into_value())
}

fn bounds(vm: &Vm, args: &Args<'_>) -> PyResult<(i64, i64)> {
    let m = this(args);
    Ok(m.span(args.opt(1).map_or(Ok(0), |g| m.number(vm, g))?))
}

fn pair((start, end): (i64, i64)) -> Value {
    PyTuple::new(vec![Value::int(start), Value::int(end)]).into_value()
}

fn expand(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = this(&args);
    let compiled = template::compile(vm, &m.pattern.value(), args.get(1))?;
    match &m.subject {
        Subject::Released(object) => Ok(compiled.expand(&Subject::new(vm, &m.pattern, object)?, &m.found)),
        subject => Ok(compiled.expand(subject, &m.found)),
    }
}

fn of(v: &Value) -> Option<&PyMatch> {
    v.downcast()
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let Some(m) = of(v) else { return Ok(Value::NONE) };
    m.text(vm, m.number(vm, key)?, &Value::NONE)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let Some(m) = of(v) else { return Ok(Value::NONE) };
    let (start, end) = m.span(0);
    let shown = vm.repr(&m.text(vm, 0, &Value::NONE)?)?;
    let cut = freeze_runtime::text::wtf8::offset_of(shown.as_bytes(), 50);
    let mut out = format!("<re.Match object; span=({start}, {end}), match=").into_bytes();
    out.extend_from_slice(&shown.as_bytes()[..cut]);
    out.push(b'>');
    Ok(PyStr::new(&out).into_value())
}

fn last_group(_: &Vm, v: &Value) -> PyResult<Value> {
    let Some((m, i)) = of(v).and_then(|m| Some((m, m.found.last_group?))) else { return Ok(Value::NONE) };
    let names = m.pattern.index_group.downcast::<PyTuple>();
    Ok(Value::or_none(names.and_then(|n| n.as_slice().get(i).cloned())))
}

static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "", |_, a| Ok(a.this().clone())),
    native("__deepcopy__(self, memo, /)", "", |_, a| Ok(a.this().clone())),
    native("end(self, group=0, /)", "Return index of the end of the substring matched by group.", |vm, a| {
        bounds(vm, &a).map(|b| Value::int(b.1))
    }),
    native(
        "expand(self, /, template)",
        "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.",
        expand,
    ),
    raw("group(self, /, *groups)", "Return the subgroups of the match by indices or names.", group),
    native(
        "groupdict(self, /, default=None)",
        "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.",
        groupdict,
    ),
    native(
        "groups(self, /, default=None)",
        "Return a tuple containing all the subgroups of the match, from 1.",
        groups,
    ),
    native(
        "span(self, group=0, /)",
        "For match object m, return the 2-tuple (m.start(group), m.end(group)).",
        |vm, a| bounds(vm, &a).map(pair),
    ),
    native("start(self, group=0, /)", "Return index of the start of the substring matched by group.", |vm, a| {
        bounds(vm, &a).map(|b| Value::int(b.0))
    }),
];

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, item, /)", "See PEP 585", generic_alias::class_getitem_method)];

macro_rules! attribute {
    ($name:literal, $doc:literal, |$m:ident| $body:expr) => {
        GetSet { name: $name, doc: $doc, get: |_, v| Ok(of(v).map_or(Value::NONE, |$m| $body)), set: None }
    };
}

static GETSET: &[GetSet] = &[
    attribute!("endpos", "The index into the string beyond which the RE engine will not go.", |m| Value::usize(m.to)),
    GetSet { name: "lastgroup", doc: "The name of the last matched capturing group.", get: last_group, set: None },
    attribute!("lastindex", "The integer index of the last matched capturing group.", |m| m
        .found
        .last_group
        .map_or(Value::NONE, Value::usize)),
    attribute!("pos", "The index into the string at which the RE engine started looking for a match.", |m| {
        Value::usize(m.from)
    }),
    attribute!("re", "The regular expression object.", |m| m.pattern.value()),
    attribute!("regs", "", |m| PyTuple::new((0..m.found.count()).map(|i| pair(m.span(i))).collect()).into_value()),
    attribute!("string", "The string passed to match() or search().", |m| m.subject.object()),
];

static DEF: TypeDef = TypeDef {
    name: "Match",
    module: "re",
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    layout: PyMatch::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(repr), getitem: Some(getitem), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
pub(super) static MATCH: Type = Type::builtin(&DEF);
