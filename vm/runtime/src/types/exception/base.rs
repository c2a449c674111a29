//! `BaseException`: creation, text, chaining, notes.

use std::cell::{Cell, RefCell};

use super::{Kind, PyException};
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Ref, Slots, Type, Value, header};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::traceback::PyTraceback;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

pub(super) fn this(v: &Value) -> &PyException {
    v.downcast::<PyException>().expect("slots are called on their own types")
}

/// An empty exception of this class.
pub(super) fn alloc(class: &Type, args: Ref<PyTuple>) -> Value {
    let payload = PyException {
        args: RefCell::new(args.into_value()),
        traceback: RefCell::new(Value::NONE),
        cause: RefCell::new(Value::NONE),
        context: RefCell::new(Value::NONE),
        suppress_context: Cell::new(false),
        handed_on: Cell::new(false),
        fields: RefCell::new(Vec::new()),
    };
    header::new_object(class, payload)
}

pub(super) fn new(_vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    Ok(alloc(class, PyTuple::from_slice(args.positional())))
}

/// Sets `args`; for classes that take keyword arguments.
pub(super) fn set_args(v: &Value, args: CallArgs<'_>) {
    let new = PyTuple::from_slice(args.positional()).into_value();
    drop(this(v).args.replace(new));
}

pub(super) fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    args.no_keywords(vm, v.class().name())?;
    set_args(v, args);
    Ok(())
}

pub(super) fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let args = this(v).args();
    match args.as_slice() {
        [] => Ok(vm.names().empty.value()),
        [one] => vm.to_str(one).map(Into::into),
        _ => vm.to_str(args.as_value()).map(Into::into),
    }
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let args = this(v).args();
    let name = v.class().name();
    let text = match args.as_slice() {
        [one] => format!("{name}({})", vm.repr(one)?.to_lossy()),
        _ => format!("{name}{}", vm.repr(args.as_value())?.to_lossy()),
    };
    Ok(vm.str(&text))
}

fn get_args(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).args().into_value())
}

fn set_args_attr(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(new) = value else { return Err(vm.type_error("args may not be deleted")) };
    let new = PyTuple::new(vm.to_vec(&new)?).into_value();
    drop(this(v).args.replace(new));
    Ok(())
}

fn get_traceback(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).traceback.borrow().clone())
}

fn set_traceback(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(tb) = value else { return Err(vm.type_error("__traceback__ may not be deleted")) };
    if !tb.is_none() && !tb.has_layout::<PyTraceback>() {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    drop(this(v).traceback.replace(tb));
    Ok(())
}

fn get_context(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).context.borrow().clone())
}

fn set_context(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(c) = value else { return Err(vm.type_error("__context__ may not be deleted")) };
    if !c.is_none() && !c.has_layout::<PyException>() {
        return Err(vm.type_error("exception context must be None or derive from BaseException"));
    }
    drop(this(v).context.replace(c));
    Ok(())
}

fn get_cause(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(this(v).cause.borrow().clone())
}

fn set_cause(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(c) = value else { return Err(vm.type_error("__cause__ may not be deleted")) };
    if !c.is_none() && !c.has_layout::<PyException>() {
        return Err(vm.type_error("exception cause must be None or derive from BaseException"));
    }
    this(v).set_cause(c);
    Ok(())
}

fn get_suppress(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::bool(this(v).suppress_context.get()))
}

fn set_suppress(vm: &Vm, v: &Value, value: Option<Value>) -> PyResult<()> {
    let Some(b) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    let Some(b) = b.as_bool() else { return Err(vm.type_error("attribute value type must be bool")) };
    this(v).suppress_context.set(b);
    Ok(())
}

fn with_traceback(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    set_traceback(vm, args.this(), Some(args.get(1).clone()))?;
    Ok(args.this().clone())
}

/// `e.add_note(note)`
pub fn add_note(vm: &Vm, e: &Ref<PyException>, note: Value) -> PyResult<()> {
    let name = &vm.names().__notes__;
    let notes = match vm.get_attr_opt(e.as_value(), name)? {
        Some(n) => n,
        None => {
            let n = PyList::new(Vec::new()).into_value();
            vm.set_attr(e.as_value(), name, n.clone())?;
            n
        }
    };
    match notes.downcast::<PyList>() {
        Some(l) => {
            l.push(note).map_err(|e| vm.out_of_memory(e))?;
            Ok(())
        }
        None => Err(vm.type_error("Cannot add note: __notes__ is not a list")),
    }
}

fn add_note_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let note = args.get(1);
    if !note.has_layout::<PyStr>() {
        return Err(vm.type_error(format!("note must be a str, not '{}'", note.class().name())));
    }
    let e = args.this().downcast_ref::<PyException>().expect("the method descriptor checked self");
    add_note(vm, &e, note.clone())?;
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("__reduce__(self, /)", "", super::reduced::reduce),
    native("__setstate__(self, state, /)", "", super::reduced::setstate),
    native("add_note(self, note, /)", "Add a note to the exception", add_note_method),
    native("with_traceback(self, tb, /)", "Set self.__traceback__ to tb and return self.", with_traceback),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "__cause__", doc: "", get: get_cause, set: Some(set_cause) },
    GetSet { name: "__context__", doc: "", get: get_context, set: Some(set_context) },
    GetSet { name: "__suppress_context__", doc: "", get: get_suppress, set: Some(set_suppress) },
    GetSet { name: "__traceback__", doc: "", get: get_traceback, set: Some(set_traceback) },
    GetSet { name: "args", doc: "", get: get_args, set: Some(set_args_attr) },
];

pub(super) const KIND: Kind = Kind {
    layout: PyException::layout,
    slots: Slots { new: Some(new), init: Some(init), str: Some(str), repr: Some(repr), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: &[],
    getset: GETSET,
};
