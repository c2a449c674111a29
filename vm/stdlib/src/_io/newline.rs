//! Universal newlines, and `IncrementalNewlineDecoder`.

use std::cell::{Cell, RefCell};

use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

/// Bits of the kinds of line ends seen.
const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// Handles `\r` and `\r\n` in a piece of text: notes which were seen, and turns them into `\n` if asked to. A `\r` at
/// the end waits for the next piece.
pub(super) fn translate(mut text: Vec<u8>, pending: &Cell<bool>, seen: &Cell<u8>, turn: bool, last: bool) -> Vec<u8> {
    if pending.get() && (last || !text.is_empty()) {
        text.insert(0, b'\r');
        pending.set(false);
    }
    if !last && text.last() == Some(&b'\r') {
        text.pop();
        pending.set(true);
    }
    if memchr::memchr(b'\r', &text).is_none() {
        if seen.get() & LF == 0 && memchr::memchr(b'\n', &text).is_some() {
            seen.set(seen.get() | LF);
        }
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    let (mut i, mut kinds) = (0, seen.get());
    while i < text.len() {
        match text[i] {
            b'\r' if text.get(i + 1) == Some(&b'\n') => {
                kinds |= CRLF;
                out.extend_from_slice(if turn { b"\n" } else { b"\r\n" });
                i += 1;
            }
            b'\r' => {
                kinds |= CR;
                out.push(if turn { b'\n' } else { b'\r' });
            }
            c => {
                if c == b'\n' {
                    kinds |= LF;
                }
                out.push(c);
            }
        }
        i += 1;
    }
    seen.set(kinds);
    out
}

/// `newlines`: None, one line end, or a tuple of them.
pub(super) fn seen_value(vm: &Vm, kinds: u8) -> Value {
    let all: Vec<Value> = [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")]
        .iter()
        .filter(|(bit, _)| kinds & bit != 0)
        .map(|(_, s)| vm.str(s))
        .collect();
    match all.len() {
        0 => Value::NONE,
        1 => all[0].clone(),
        _ => PyTuple::new(all).into_value(),
    }
}

/// The payload of `IncrementalNewlineDecoder`.
pub(crate) struct PyNewlineDecoder {
    decoder: RefCell<Value>,
    translate: Cell<bool>,
    pending: Cell<bool>,
    seen: Cell<u8>,
}

impl Payload for PyNewlineDecoder {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyNewlineDecoder>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.decoder.borrow());
    }
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    let d = PyNewlineDecoder {
        decoder: RefCell::new(Value::NONE),
        translate: Cell::new(false),
        pending: Cell::new(false),
        seen: Cell::new(0),
    };
    Ok(freeze_runtime::object::header::new_object_of(class, d))
}

fn init(vm: &Vm, v: &Value, call: CallArgs<'_>) -> PyResult<()> {
    static INIT: NativeDef =
        native("IncrementalNewlineDecoder(self, decoder, translate, errors='strict')", "", |vm, args| {
            let d = args.payload::<PyNewlineDecoder>();
            drop(d.decoder.replace(args.get(1).clone()));
            d.translate.set(vm.is_true(args.get(2))?);
            d.pending.set(false);
            d.seen.set(0);
            Ok(Value::NONE)
        });
    let all = call.prepend(v.clone());
    INIT.invoke(vm, CallArgs { args: &all, names: call.names }).map(drop)
}

fn decode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyNewlineDecoder>();
    let last = args.opt_bool(vm, 2, false)?;
    let inner = d.decoder.borrow().clone();
    let text = if inner.is_none() {
        args.get(1).clone()
    } else {
        vm.call_method(&inner, "decode", &[args.get(1).clone(), Value::bool(last)])?
    };
    let Some(s) = text.downcast::<PyStr>() else {
        return Err(vm.type_error(format!("decoder should return a string result, not '{}'", text.class().name())));
    };
    Ok(PyStr::new(&translate(s.as_bytes().to_vec(), &d.pending, &d.seen, d.translate.get(), last)).into_value())
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyNewlineDecoder>();
    let inner = d.decoder.borrow().clone();
    let (buffer, flag) = if inner.is_none() {
        (PyBytes::new(&[]).into_value(), 0.into())
    } else {
        let s = vm.call_method(&inner, "getstate", &[])?;
        match s.downcast::<PyTuple>().map(|t| t.as_slice()) {
            Some([b, f]) => (b.clone(), vm.to_bigint(f)?),
            _ => return Err(vm.type_error("illegal decoder state")),
        }
    };
    let flag = (flag << 1u32) + num_bigint::BigInt::from(u8::from(d.pending.get()));
    Ok(PyTuple::new(vec![buffer, freeze_runtime::types::int::from_big(flag)]).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyNewlineDecoder>();
    let Some([b, f]) = args.get(1).downcast::<PyTuple>().map(|t| t.as_slice()) else {
        return Err(vm.type_error("state argument must be a tuple"));
    };
    let flag = vm.to_bigint(f)?;
    d.pending.set(flag.bit(0));
    let inner = d.decoder.borrow().clone();
    if !inner.is_none() {
        let state = PyTuple::new(vec![b.clone(), freeze_runtime::types::int::from_big(flag >> 1u32)]);
        vm.call_method(&inner, "setstate", &[state.into_value()])?;
    }
    Ok(Value::NONE)
}

fn reset(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let d = args.payload::<PyNewlineDecoder>();
    d.seen.set(0);
    d.pending.set(false);
    let inner = d.decoder.borrow().clone();
    if inner.is_none() { Ok(Value::NONE) } else { vm.call_method(&inner, "reset", &[]) }
}

fn newlines(vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(seen_value(vm, v.downcast::<PyNewlineDecoder>().map_or(0, |d| d.seen.get())))
}

static METHODS: &[NativeDef] = &[
    native("decode(self, input, final=False)", "", decode),
    native("getstate(self, /)", "", getstate),
    native("reset(self, /)", "", reset),
    native("setstate(self, state, /)", "", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "IncrementalNewlineDecoder",
    module: "_io",
    doc: "Codec used when reading a file in universal newlines mode.",
    layout: PyNewlineDecoder::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::WEAKREFS,
    slots: Slots { new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: METHODS,
    getset: &[GetSet { name: "newlines", doc: "", get: newlines, set: None }],
    ..TypeDef::EMPTY
};
/// `_io.IncrementalNewlineDecoder`
pub(crate) static NEWLINE_DECODER: Type = Type::builtin(&DEF);
