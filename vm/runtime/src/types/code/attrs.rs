//! Attributes and methods of code objects.

use freeze_bytecode::lines::Position;
use freeze_bytecode::{CodeFlags, LocalKind, lines};

use super::{INSTRUCTION_BYTES, PyCode};
use crate::Str;
use crate::call::{Args, NativeDef, native};
use crate::object::{CmpOp, GetSet, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn this(v: &Value) -> &PyCode {
    v.downcast::<PyCode>().expect("the descriptor checked the type")
}

fn strings<'a>(names: impl Iterator<Item = &'a Str>) -> Value {
    PyTuple::new(names.map(Ref::value).collect()).into_value()
}

/// Parameters and plain locals, as `co_varnames` lists them: cells that are no parameters are left out.
fn varnames(c: &PyCode) -> Value {
    let shown = c
        .local_names
        .iter()
        .zip(&c.local_kinds)
        .enumerate()
        .filter(|(i, (_, k))| *i < c.nparams as usize || matches!(k, LocalKind::Fast));
    strings(shown.map(|(_, (n, _))| n))
}

fn cellvars(c: &PyCode) -> Value {
    strings(c.local_names.iter().zip(&c.local_kinds).filter(|(_, k)| matches!(k, LocalKind::Cell)).map(|(n, _)| n))
}

/// Rows of `co_positions` for an instruction: readers of it divide byte offsets by two.
const UNITS: usize = INSTRUCTION_BYTES / 2;

fn code_bytes(c: &PyCode) -> Value {
    // The prologue: where a frame stands before its first instruction.
    let mut out = vec![0; INSTRUCTION_BYTES];
    out.reserve(c.instrs.len() * INSTRUCTION_BYTES);
    for i in &c.instrs {
        out.extend([i.op as u8, i.x]);
        out.extend(i.a.to_le_bytes());
        out.extend(i.b.to_le_bytes());
        out.extend(i.c.to_le_bytes());
    }
    PyBytes::from_vec(out).into_value()
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = this(v);
    Ok(vm.str(&format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        c.name.to_lossy(),
        v.id(),
        c.filename().to_lossy(),
        c.firstlineno
    )))
}

/// Constants compare with their types: `1`, `1.0` and `True` differ here.
fn same_constant(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
    if !std::ptr::eq(a.class(), b.class()) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (a.downcast::<PyTuple>(), b.downcast::<PyTuple>()) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for (p, q) in x.as_slice().iter().zip(y.as_slice()) {
            if !same_constant(vm, p, q)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Ok(x.to_bits() == y.to_bits());
    }
    vm.eq(a, b)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.downcast::<PyCode>(), b.downcast::<PyCode>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let names = |p: &[Str], q: &[Str]| p.len() == q.len() && p.iter().zip(q).all(|(m, n)| m.same(n));
    let mut same = a.is(b)
        || (x.name.same(&y.name)
            && x.argcount == y.argcount
            && x.posonlyargcount == y.posonlyargcount
            && x.kwonlyargcount == y.kwonlyargcount
            && x.flags == y.flags
            && x.firstlineno == y.firstlineno
            && x.instrs == y.instrs
            && x.linetable == y.linetable
            && x.handlers == y.handlers
            && names(&x.names, &y.names)
            && names(&x.local_names, &y.local_names)
            && names(&x.freevars, &y.freevars)
            && x.consts.len() == y.consts.len());
    if same && !a.is(b) {
        for (p, q) in x.consts.iter().zip(&y.consts) {
            if !same_constant(vm, p, q)? {
                same = false;
                break;
            }
        }
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn hash(_: &Vm, v: &Value) -> PyResult<i64> {
    let c = this(v);
    let mut h = c.name.hash() ^ i64::from(c.firstlineno).wrapping_mul(1_000_003) ^ c.instrs.len() as i64;
    for n in &c.names {
        h = h.wrapping_mul(1_000_003) ^ n.hash();
    }
    Ok(if h == -1 { -2 } else { h })
}

/// The place of what is before the code: the first line, for a module the line before it.
fn prologue(c: &PyCode) -> Position {
    Position { line: c.line_before(), end_line: c.firstlineno, col: 0, end_col: 0 }
}

impl PyCode {
    /// The line that a frame is on before its first instruction.
    pub(crate) fn line_before(&self) -> u32 {
        let in_module = !self.flags.has(CodeFlags::OPTIMIZED) && self.name.as_bytes() == b"<module>";
        if in_module { 0 } else { self.firstlineno }
    }
}

/// `co_lines()`: triples of first byte, end byte and line.
fn co_lines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = args.payload::<PyCode>();
    // The first two bytes are what is before the code begins; the first instruction has what is left there besides its own.
    let mut rows: Vec<(usize, usize, Option<u32>)> = vec![(0, 2, Some(prologue(c).line))];
    for (i, p) in lines::iter(&c.linetable, c.firstlineno).enumerate() {
        let (line, end) = (p.map(|p| p.line), (i + 2) * INSTRUCTION_BYTES);
        match rows.last_mut() {
            Some(r) if r.2 == line => r.1 = end,
            Some(r) => {
                let start = r.1;
                rows.push((start, end, line));
            }
            None => {}
        }
    }
    let rows = rows.into_iter().map(|(a, b, line)| {
        let line = line.map_or(Value::NONE, |l| Value::int(i64::from(l)));
        PyTuple::new(vec![Value::usize(a), Value::usize(b), line]).into_value()
    });
    vm.iter(PyList::new(rows.collect()).as_value())
}

/// `co_positions()`: line, end line, column, end column of every two bytes of code.
fn co_positions(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = args.payload::<PyCode>();
    let n = |i: u32| Value::int(i64::from(i));
    let places = std::iter::once((1, Some(prologue(c)))).chain(
        // As in `co_lines`, the first instruction has what is left of the first eight bytes.
        lines::iter(&c.linetable, c.firstlineno)
            .enumerate()
            .map(|(i, p)| (UNITS + if i == 0 { UNITS - 1 } else { 0 }, p)),
    );
    let rows = places.flat_map(|(units, p)| {
        let row = match p {
            None => vec![Value::NONE; 4],
            Some(p) if p.has_columns() => vec![n(p.line), n(p.end_line), n(p.col), n(p.end_col)],
            Some(p) => vec![n(p.line), n(p.end_line), Value::NONE, Value::NONE],
        };
        std::iter::repeat_n(PyTuple::new(row).into_value(), units)
    });
    vm.iter(PyList::new(rows.collect()).as_value())
}

/// What the instructions rely on: which parameters there are, whether a call runs at once.
const FIXED_FLAGS: u32 = CodeFlags::VARARGS
    | CodeFlags::VARKEYWORDS
    | CodeFlags::GENERATOR
    | CodeFlags::COROUTINE
    | CodeFlags::ASYNC_GENERATOR;

/// `replace(**changes)`: names, flags, constants and first line can be changed; the instructions can't.
fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = args.payload::<PyCode>();
    let mut new = c.duplicate();
    let mut consts = None;
    for (k, v) in args.kwargs(1).map(|d| d.items()).unwrap_or_default() {
        let Some(k) = k.downcast_ref::<PyStr>() else { continue };
        let key = k.to_lossy().into_owned();
        let text = |v: &Value| {
            v.downcast_ref::<PyStr>()
                .ok_or_else(|| vm.type_error(format!("code: {key} must be str, not {}", v.class().name())))
        };
        match &*key {
            "co_name" => new.name = text(&v)?,
            "co_qualname" => new.qualname = text(&v)?,
            "co_filename" => drop(new.file.replace(text(&v)?)),
            "co_firstlineno" => new.firstlineno = vm.to_i64(&v)?.max(0) as u32,
            "co_flags" => {
                new.flags = CodeFlags(vm.to_i64(&v)? as u32);
                if (new.flags.0 ^ c.flags.0) & FIXED_FLAGS != 0 {
                    return Err(vm.not_implemented_error("code.replace() cannot change these bits of co_flags"));
                }
            }
            "co_consts" => {
                let items = vm.to_vec(&v)?;
                if items.len() < c.consts.len() {
                    return Err(vm.value_error("code: co_consts is too small"));
                }
                for (old, n) in c.consts.iter().zip(&items) {
                    if old.has_layout::<PyCode>() != n.has_layout::<PyCode>() {
                        return Err(vm.value_error("code: co_consts changes which constants are code"));
                    }
                }
                consts = Some(items.into());
            }
            "co_names" => {
                let same = vm.eq(&v, &strings(c.names.iter()))?;
                if !same {
                    return Err(vm.not_implemented_error("code.replace() cannot change co_names"));
                }
            }
            "co_code" | "co_varnames" | "co_freevars" | "co_cellvars" | "co_argcount" | "co_posonlyargcount"
            | "co_kwonlyargcount" | "co_nlocals" | "co_stacksize" | "co_linetable" | "co_exceptiontable" => {
                let old = vm.get_attr_str(args.this(), &key)?;
                if !vm.eq(&old, &v)? {
                    return Err(vm.not_implemented_error(format!("code.replace() cannot change {key}")));
                }
            }
            _ => return Err(vm.type_error(format!("replace() got an unexpected keyword argument '{key}'"))),
        }
    }
    if let (Some(consts), Some(body)) = (consts, new.body.get_mut()) {
        body.consts = consts;
    }
    Ok(Ref::new(&CODE, new).into_value())
}

fn varname_from_oparg(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = args.payload::<PyCode>();
    let i = args.i64(vm, 1)?;
    usize::try_from(i)
        .ok()
        .and_then(|i| c.local_names.iter().chain(&c.freevars).nth(i))
        .map(Ref::value)
        .ok_or_else(|| vm.index_error("tuple index out of range"))
}

static METHODS: &[NativeDef] = &[
    native("__replace__(self, /, **changes)", "The same as replace().", replace),
    native("_varname_from_oparg(self, oparg)", "", varname_from_oparg),
    native("co_lines(self, /)", "", co_lines),
    native("co_positions(self, /)", "", co_positions),
    native(
        "replace(self, /, **changes)",
        "Return a copy of the code object with new values for the specified fields.",
        replace,
    ),
];

fn n(i: u32) -> PyResult<Value> {
    Ok(Value::int(i64::from(i)))
}

static GETSET: &[GetSet] = &[
    GetSet { name: "co_argcount", doc: "", get: |_, v| n(this(v).argcount), set: None },
    GetSet { name: "co_cellvars", doc: "", get: |_, v| Ok(cellvars(this(v))), set: None },
    GetSet { name: "co_code", doc: "", get: |_, v| Ok(code_bytes(this(v))), set: None },
    GetSet { name: "co_consts", doc: "", get: |_, v| Ok(PyTuple::from_slice(&this(v).consts).into_value()), set: None },
    GetSet { name: "co_exceptiontable", doc: "", get: |_, _| Ok(PyBytes::new(b"").into_value()), set: None },
    GetSet { name: "co_filename", doc: "", get: |_, v| Ok(this(v).filename().value()), set: None },
    GetSet { name: "co_firstlineno", doc: "", get: |_, v| n(this(v).firstlineno), set: None },
    GetSet { name: "co_flags", doc: "", get: |_, v| n(this(v).flags.0), set: None },
    GetSet { name: "co_freevars", doc: "", get: |_, v| Ok(strings(this(v).freevars.iter())), set: None },
    GetSet { name: "co_kwonlyargcount", doc: "", get: |_, v| n(this(v).kwonlyargcount), set: None },
    GetSet { name: "co_linetable", doc: "", get: |_, v| Ok(PyBytes::new(&this(v).linetable).into_value()), set: None },
    GetSet { name: "co_name", doc: "", get: |_, v| Ok(this(v).name.value()), set: None },
    GetSet { name: "co_names", doc: "", get: |_, v| Ok(strings(this(v).names.iter())), set: None },
    GetSet { name: "co_nlocals", doc: "", get: |vm, v| Ok(Value::usize(vm.len(&varnames(this(v)))?)), set: None },
    GetSet { name: "co_posonlyargcount", doc: "", get: |_, v| n(this(v).posonlyargcount), set: None },
    GetSet { name: "co_qualname", doc: "", get: |_, v| Ok(this(v).qualname.value()), set: None },
    GetSet {
        name: "co_stacksize",
        doc: "Number of temporaries.",
        get: |_, v| n(u32::from(this(v).nregs - this(v).nlocals)),
        set: None,
    },
    GetSet { name: "co_varnames", doc: "", get: |_, v| Ok(varnames(this(v))), set: None },
];

static DEF: TypeDef = TypeDef {
    name: "code",
    layout: PyCode::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS | TypeFlags::NO_NEW,
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(hash), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// `types.CodeType`
pub static CODE: Type = Type::builtin(&DEF);
