//! `zip`.

use std::cell::Cell;

use super::iterator::iter_self;
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The payload of `zip`.
pub struct PyZip {
    its: Vec<Value>,
    strict: Cell<bool>,
}

impl Payload for PyZip {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyZip>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.its.iter().for_each(visit);
    }
}

/// The positional arguments and `strict` of a call of `zip` or `map`.
pub(super) fn strict_arg<'a>(vm: &Vm, name: &str, exact: bool, args: CallArgs<'a>) -> PyResult<(&'a [Value], bool)> {
    let mut strict = false;
    for (k, v) in args.keywords() {
        let k = vm.to_str(k)?;
        if k.as_bytes() == b"strict" {
            strict = vm.is_true(v)?;
        } else if exact {
            return Err(vm.type_error(format!("{name}() got an unexpected keyword argument '{}'", k.to_lossy())));
        }
    }
    Ok((args.positional(), strict))
}

/// One item of each iterator. `Ok(None)` at the end; with `strict` all must end together.
pub(super) fn next_row(vm: &Vm, name: &str, its: &[Value], strict: bool) -> PyResult<Option<Vec<Value>>> {
    let mut row = Vec::with_capacity(its.len());
    for (i, it) in its.iter().enumerate() {
        match vm.next(it)? {
            Some(x) => row.push(x),
            None if strict => return ended(vm, name, its, i),
            None => return Ok(None),
        }
    }
    Ok(Some(row))
}

/// Iterator number `i` has ended: so must the others.
fn ended(vm: &Vm, name: &str, its: &[Value], i: usize) -> PyResult<Option<Vec<Value>>> {
    if i > 0 {
        return Err(uneven(vm, name, i, "shorter"));
    }
    for (i, it) in its.iter().enumerate().skip(1) {
        if vm.next(it)?.is_some() {
            return Err(uneven(vm, name, i, "longer"));
        }
    }
    Ok(None)
}

#[cold]
fn uneven(vm: &Vm, name: &str, i: usize, word: &str) -> Raised {
    let others = if i == 1 { " 1".to_string() } else { format!("s 1-{i}") };
    vm.value_error(format!("{name}() argument {} is {word} than argument{others}", i + 1))
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let (iterables, strict) = strict_arg(vm, "zip", std::ptr::eq(class, &ZIP), args)?;
    let mut its = Vec::with_capacity(iterables.len());
    for v in iterables {
        its.push(vm.iter(v)?);
    }
    Ok(Ref::new(class, PyZip { its, strict: Cell::new(strict) }).into_value())
}

fn this(v: &Value) -> &PyZip {
    v.downcast().expect("slots of zip see those")
}

fn next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let z = this(v);
    if let [a, b] = &z.its[..]
        && !z.strict.get()
    {
        let Some(x) = vm.next(a)? else { return Ok(None) };
        let Some(y) = vm.next(b)? else { return Ok(None) };
        return Ok(Some(PyTuple::from_slice(&[x, y]).into_value()));
    }
    if z.its.is_empty() {
        return Ok(None);
    }
    Ok(next_row(vm, "zip", &z.its, z.strict.get())?.map(|row| PyTuple::new(row).into_value()))
}

fn reduce(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let z = this(args.this());
    let mut parts = vec![args.this().class().as_value(), PyTuple::from_slice(&z.its).into_value()];
    if z.strict.get() {
        parts.push(Value::TRUE);
    }
    Ok(PyTuple::new(parts).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let strict = vm.is_true(args.get(1))?;
    this(args.this()).strict.set(strict);
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "Return state information for pickling.", reduce),
    native("__setstate__(self, state, /)", "Set state information for unpickling.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "zip",
    doc: "The zip object yields n-length tuples, where n is the number of iterables\npassed as positional arguments to \
          zip().  The i-th element in every tuple\ncomes from the i-th iterable argument to zip().  This continues until \
          the\nshortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the \
          others,\nraise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   \
          [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    layout: PyZip::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), iter: Some(iter_self), next: Some(next), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type `zip`.
pub static ZIP: Type = Type::builtin(&DEF);
