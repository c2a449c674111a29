//! `Dialect`: the checked settings of readers and writers.

use freeze_runtime::object::string::push_code_point;
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{CallArgs, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm};

use super::known_dialect;

/// When fields are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    Minimal = 0,
    All = 1,
    NonNumeric = 2,
    None = 3,
    Strings = 4,
    NotNull = 5,
}

/// The payload of `Dialect`. Characters are code points.
#[derive(Clone)]
pub(super) struct Dialect {
    pub(super) delimiter: u32,
    pub(super) quotechar: Option<u32>,
    pub(super) escapechar: Option<u32>,
    pub(super) doublequote: bool,
    pub(super) skipinitialspace: bool,
    pub(super) lineterminator: Vec<u8>,
    pub(super) quoting: Quoting,
    pub(super) strict: bool,
}

impl Payload for Dialect {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Dialect>();
        &L
    }
}

const NAMES: [&str; 8] =
    ["delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"];

/// What was given for each of `NAMES`.
type Given = [Option<Value>; 8];

fn character(vm: &Vm, given: &Given, name: usize, default: Option<u32>, none: bool) -> PyResult<Option<u32>> {
    let Some(v) = &given[name] else { return Ok(default) };
    if none && v.is_none() {
        return Ok(None);
    }
    let Some(s) = v.downcast::<PyStr>() else {
        let or_none = if none { " or None" } else { "" };
        return Err(vm.type_error(format!("\"{}\" must be string{or_none}, not {}", NAMES[name], v.class().name())));
    };
    if s.len() != 1 {
        return Err(vm.type_error(format!("\"{}\" must be a 1-character string", NAMES[name])));
    }
    Ok(Some(s.char_at(0)))
}

fn truth(vm: &Vm, given: &Given, name: usize, default: bool) -> PyResult<bool> {
    given[name].as_ref().map_or(Ok(default), |v| vm.is_true(v))
}

fn quoting(vm: &Vm, given: &Given) -> PyResult<Quoting> {
    let Some(v) = &given[5] else {
        return Ok(if given[4].as_ref().is_some_and(Value::is_none) { Quoting::None } else { Quoting::Minimal });
    };
    if !int::is_int(v) || v.as_bool().is_some() {
        return Err(vm.type_error("\"quoting\" must be an integer"));
    }
    Ok(match int::as_i64(v) {
        Some(0) => Quoting::Minimal,
        Some(1) => Quoting::All,
        Some(2) => Quoting::NonNumeric,
        Some(3) => Quoting::None,
        Some(4) => Quoting::Strings,
        Some(5) => Quoting::NotNull,
        _ => return Err(vm.type_error("bad \"quoting\" value")),
    })
}

/// Whether the text has this code point.
fn has(text: &[u8], c: u32) -> bool {
    let mut one = Vec::new();
    push_code_point(&mut one, c);
    text.windows(one.len()).any(|w| w == one)
}

fn check(vm: &Vm, d: &Dialect) -> PyResult<()> {
    let bad = |what: &str| -> Raised { vm.value_error(format!("bad {what} value")) };
    let chars = [("delimiter", Some(d.delimiter)), ("escapechar", d.escapechar), ("quotechar", d.quotechar)];
    for (name, c) in chars {
        let Some(c) = c else { continue };
        let space = c == 32 && d.skipinitialspace && name != "delimiter";
        if c == 10 || c == 13 || space {
            return Err(bad(name));
        }
        if has(&d.lineterminator, c) {
            return Err(bad(&format!("{name} or lineterminator")));
        }
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        if chars[i].1.is_some() && chars[i].1 == chars[j].1 {
            return Err(bad(&format!("{} or {}", chars[i].0, chars[j].0)));
        }
    }
    Ok(())
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    args.check_count(vm, "", 0, 1)?;
    let mut base = args.positional().first().cloned().filter(|v| !v.is_none());
    let mut given: Given = Default::default();
    for (k, v) in args.keywords() {
        let k = vm.to_str(k)?;
        match NAMES.iter().position(|n| n.as_bytes() == k.as_bytes()) {
            Some(i) => given[i] = Some(v.clone()),
            None if k.as_bytes() == b"dialect" && base.is_none() => base = Some(v.clone()).filter(|v| !v.is_none()),
            None => {
                return Err(
                    vm.type_error(format!("this function got an unexpected keyword argument '{}'", k.to_lossy()))
                );
            }
        }
    }
    if let Some(b) = &mut base {
        if b.has_layout::<PyStr>() {
            *b = known_dialect(vm, b)?;
        }
        if b.has_layout::<Dialect>() && given.iter().all(Option::is_none) {
            return Ok(b.clone());
        }
        for (slot, name) in given.iter_mut().zip(NAMES) {
            if slot.is_none() {
                *slot = vm.get_attr_opt(b, &vm.intern(name))?;
            }
        }
    }
    let lineterminator = match &given[3] {
        None => b"\r\n".to_vec(),
        Some(v) if v.is_none() => return Err(vm.type_error("lineterminator must be set")),
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => s.as_bytes().to_vec(),
            None => return Err(vm.type_error("\"lineterminator\" must be a string")),
        },
    };
    let d = Dialect {
        delimiter: character(vm, &given, 0, Some(u32::from(b',')), false)?.unwrap_or(u32::from(b',')),
        doublequote: truth(vm, &given, 1, true)?,
        escapechar: character(vm, &given, 2, None, true)?,
        lineterminator,
        quotechar: character(vm, &given, 4, Some(u32::from(b'"')), true)?,
        quoting: quoting(vm, &given)?,
        skipinitialspace: truth(vm, &given, 6, false)?,
        strict: truth(vm, &given, 7, false)?,
    };
    if d.quoting != Quoting::None && d.quotechar.is_none() {
        return Err(vm.type_error("quotechar must be set if quoting enabled"));
    }
    check(vm, &d)?;
    Ok(Ref::new(class, d).into_value())
}

/// The dialect that the arguments of `reader` or `writer` (without their first) describe.
pub(super) fn of_call(vm: &Vm, args: CallArgs<'_>) -> PyResult<Ref<Dialect>> {
    let v = vm.call_args(&DIALECT.as_value(), args)?;
    v.downcast_ref::<Dialect>().ok_or_else(|| vm.type_error("Dialect() gave no dialect"))
}

fn this(v: &Value) -> &Dialect {
    v.downcast().expect("slots of Dialect see dialects")
}

fn text(c: Option<u32>) -> Value {
    let Some(c) = c else { return Value::NONE };
    let mut out = Vec::new();
    push_code_point(&mut out, c);
    PyStr::new(&out).into_value()
}

static GETSET: &[GetSet] = &[
    GetSet { name: "delimiter", doc: "", get: |_, v| Ok(text(Some(this(v).delimiter))), set: None },
    GetSet { name: "doublequote", doc: "", get: |_, v| Ok(Value::bool(this(v).doublequote)), set: None },
    GetSet { name: "escapechar", doc: "", get: |_, v| Ok(text(this(v).escapechar)), set: None },
    GetSet {
        name: "lineterminator",
        doc: "",
        get: |_, v| Ok(PyStr::new(&this(v).lineterminator).into_value()),
        set: None,
    },
    GetSet { name: "quotechar", doc: "", get: |_, v| Ok(text(this(v).quotechar)), set: None },
    GetSet { name: "quoting", doc: "", get: |_, v| Ok(Value::small(this(v).quoting as i64)), set: None },
    GetSet { name: "skipinitialspace", doc: "", get: |_, v| Ok(Value::bool(this(v).skipinitialspace)), set: None },
    GetSet { name: "strict", doc: "", get: |_, v| Ok(Value::bool(this(v).strict)), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "Dialect",
    module: "_csv",
    doc: "CSV dialect\n\nThe Dialect type records CSV dialect options.",
    layout: Dialect::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `Dialect`.
pub(super) static DIALECT: Type = Type::builtin(&DEF);
