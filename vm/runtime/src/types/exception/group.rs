//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).

use std::collections::HashSet;

use super::base::{self, this};
use super::{BASE_EXCEPTION, BASE_EXCEPTION_GROUP, EXCEPTION, EXCEPTION_GROUP, GroupForm, Kind, PyException};
use crate::call::{Args, CallArgs, NativeDef, native};
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Slots, Type, TypeObject, Value};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

// Fields: message 0, exceptions 1.

fn is_sequence(v: &Value) -> bool {
    v.class().slots().getitem.is_some() && !v.has_layout::<crate::types::dict::PyDict>()
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let [message, list] = args.positional() else {
        return Err(vm.type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.positional().len()
        )));
    };
    if !message.has_layout::<PyStr>() {
        return Err(vm.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            vm.type_name_for_errors(message)
        )));
    }
    if !is_sequence(list) {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = vm.to_vec(list)?;
    if items.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut only_exceptions = true;
    for (i, e) in items.iter().enumerate() {
        if !e.class().is_subtype(&BASE_EXCEPTION) {
            return Err(vm.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        only_exceptions &= e.class().is_subtype(&EXCEPTION);
    }
    let mut made_class = class;
    if std::ptr::eq(class, &BASE_EXCEPTION_GROUP) {
        if only_exceptions {
            made_class = &EXCEPTION_GROUP;
        }
    } else if !only_exceptions {
        if std::ptr::eq(class, &EXCEPTION_GROUP) {
            return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
        if class.is_subtype(&EXCEPTION) {
            return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{}'", class.name())));
        }
    }
    let v = base::alloc(made_class, PyTuple::from_slice(args.positional()));
    this(&v).set_field(0, message.clone());
    this(&v).set_field(1, PyTuple::new(items).into_value());
    Ok(v)
}

fn exceptions(e: &PyException) -> Vec<Value> {
    e.field(1).and_then(|t| Some(t.downcast::<PyTuple>()?.as_slice().to_vec())).unwrap_or_default()
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = this(v);
    let n = exceptions(e).len();
    let message = vm.to_str(&Value::or_none(e.field(0)))?;
    Ok(vm.str(&format!("{} ({n} sub-exception{})", message.to_lossy(), if n == 1 { "" } else { "s" })))
}

fn derive(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let message = Value::or_none(this(args.this()).field(0));
    vm.call(&BASE_EXCEPTION_GROUP.as_value(), &[message, args.get(1).clone()])
}

/// How leaves are told apart.
enum Condition {
    Class(Value),
    Call(Value),
    /// By identity. A group is never one, so that each group on the way is made anew.
    Among(HashSet<u64>),
}

impl Condition {
    fn of(vm: &Vm, v: &Value) -> PyResult<Condition> {
        let is_class = |v: &Value| v.downcast::<TypeObject>().is_some_and(|t| t.is_subtype(&BASE_EXCEPTION));
        if is_class(v) {
            return Ok(Condition::Class(v.clone()));
        }
        if let Some(t) = v.downcast::<PyTuple>()
            && t.as_slice().iter().all(is_class)
        {
            return Ok(Condition::Class(v.clone()));
        }
        if vm.is_callable(v) && !v.has_layout::<TypeObject>() {
            return Ok(Condition::Call(v.clone()));
        }
        Err(vm.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }

    fn holds(&self, vm: &Vm, e: &Value) -> PyResult<bool> {
        match self {
            Condition::Class(c) => crate::types::raising::match_exception(vm, e, c),
            Condition::Call(f) => vm.is_true(&vm.call(f, std::slice::from_ref(e))?),
            Condition::Among(leaves) => Ok(!is_group(e) && leaves.contains(&e.id())),
        }
    }
}

/// A group of these exceptions that continues `from`; None for no exceptions.
fn part(vm: &Vm, from: &Value, items: Vec<Value>) -> PyResult<Value> {
    if items.is_empty() {
        return Ok(Value::NONE);
    }
    let made = vm.call_method(from, "derive", &[PyList::new(items).into_value()])?;
    if !is_group(&made) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (m, f) = (this(&made), this(from));
    for (to, from) in [(&m.traceback, &f.traceback), (&m.cause, &f.cause), (&m.context, &f.context)] {
        let v = from.borrow().clone();
        drop(to.replace(v));
    }
    // As for any assignment of a cause.
    m.suppress_context.set(true);
    let notes = &vm.names().__notes__;
    // What is no sequence of notes was no mistake of who splits.
    if let Some(n) = vm.get_attr_opt(from, notes)?.filter(is_sequence) {
        vm.set_attr(&made, notes, PyList::new(vm.to_vec(&n)?).into_value())?;
    }
    Ok(made)
}

/// What matches of `e`, and the rest (only if asked for).
fn split(vm: &Vm, e: &Value, condition: &Condition, with_rest: bool) -> PyResult<(Value, Value)> {
    vm.check_stack()?;
    if condition.holds(vm, e)? {
        return Ok((e.clone(), Value::NONE));
    }
    if !is_group(e) {
        return Ok((Value::NONE, e.clone()));
    }
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for x in exceptions(this(e)) {
        let (a, b) = split(vm, &x, condition, with_rest)?;
        if !a.is_none() {
            yes.push(a);
        }
        if !b.is_none() {
            no.push(b);
        }
    }
    let matched = part(vm, e, yes)?;
    let rest = if with_rest { part(vm, e, no)? } else { Value::NONE };
    Ok((matched, rest))
}

/// Whether it is an exception group.
pub(crate) fn is_group(e: &Value) -> bool {
    e.class().is_subtype(&BASE_EXCEPTION_GROUP)
}

/// The part of a group that consists of the exceptions in `parts`, nested as in the group; None for nothing.
pub(crate) fn projection(vm: &Vm, group: &Value, parts: &[Value]) -> PyResult<Value> {
    if parts.is_empty() {
        return Ok(Value::NONE);
    }
    let mut leaves = HashSet::new();
    for p in parts {
        collect_leaves(vm, p, &mut leaves)?;
    }
    Ok(split(vm, group, &Condition::Among(leaves), false)?.0)
}

fn collect_leaves(vm: &Vm, e: &Value, leaves: &mut HashSet<u64>) -> PyResult<()> {
    vm.check_stack()?;
    if !is_group(e) {
        leaves.insert(e.id());
        return Ok(());
    }
    exceptions(this(e)).iter().try_for_each(|x| collect_leaves(vm, x, leaves))
}

fn split_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = Condition::of(vm, args.get(1))?;
    let (a, b) = split(vm, args.this(), &c, true)?;
    Ok(PyTuple::new(vec![a, b]).into_value())
}

fn subgroup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let c = Condition::of(vm, args.get(1))?;
    Ok(split(vm, args.this(), &c, false)?.0)
}

fn get_message(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).field(0)))
}

fn get_exceptions(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(Value::or_none(this(v).field(1)))
}

static METHODS: &[NativeDef] = &[
    native("derive(self, excs, /)", "", derive),
    native("split(self, matcher_value, /)", "", split_method),
    native("subgroup(self, matcher_value, /)", "", subgroup),
];

static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", crate::types::generic_alias::class_getitem_method)];

pub(super) const KIND: Kind = Kind {
    layout: GroupForm::layout,
    slots: Slots { new: Some(new), init: Some(base::init), str: Some(str), ..Slots::EMPTY },
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getset: &[
        GetSet { name: "exceptions", doc: "nested exceptions", get: get_exceptions, set: None },
        GetSet { name: "message", doc: "exception message", get: get_message, set: None },
    ],
};
