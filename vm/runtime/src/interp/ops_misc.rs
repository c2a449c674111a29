//! Locals, cells, functions, patterns, intrinsics.

use std::cell::RefCell;

use freeze_bytecode::{CodeFlags, LocalKind};

pub(super) use super::ops_containers::is_pattern;
use super::stack::Frame;
use crate::object::typeobj::TypeObject;
use crate::object::{Ref, TypeFlags, Value};
use crate::types::cell::PyCell;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::exception as exc;
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// The runtime's own objects that code refers to.
pub(super) fn load_common(vm: &Vm, which: u8) -> PyResult<Value> {
    let builtin = |name: &str| vm.runtime().builtins.get_text(name).unwrap_or(Value::NONE);
    Ok(match which {
        0 => exc::ASSERTION_ERROR.as_value(),
        1 => exc::NOT_IMPLEMENTED_ERROR.as_value(),
        2 => builtin("all"),
        3 => builtin("any"),
        4 => crate::types::tuple::TUPLE.as_value(),
        5 => {
            // As for any name, the builtins of the running code have a say.
            let name = vm.intern("__build_class__");
            let found = super::ops_names::lookup(vm, vm.current_builtins().as_value(), &name)?;
            found.ok_or_else(|| vm.name_error(&name, "__build_class__ not found"))?
        }
        6 => crate::types::list::LIST.as_value(),
        _ => crate::types::set::SET.as_value(),
    })
}

#[cold]
pub(super) fn unbound_local(vm: &Vm, code: &PyCode, reg: u16) -> Raised {
    let name = &code.local_names[reg as usize];
    let kind = code.local_kinds[reg as usize];
    let hidden = matches!(kind, LocalKind::Hidden | LocalKind::HiddenCell);
    if hidden && !code.flags.has(CodeFlags::OPTIMIZED) {
        return vm.name_error(name, format!("name '{}' is not defined", name.to_lossy()));
    }
    let e = vm.unbound_local_error(format!(
        "cannot access local variable '{}' where it is not associated with a value",
        name.to_lossy()
    ));
    crate::types::raising::set_name(vm, &e, name);
    e
}

#[cold]
pub(super) fn unbound_free(vm: &Vm, code: &PyCode, free: u16) -> Raised {
    let name = &code.freevars[free as usize];
    vm.name_error(
        name,
        format!(
            "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
            name.to_lossy()
        ),
    )
}

/// What a cell holds (`UNBOUND` when empty).
#[inline(always)]
pub(super) fn cell_content(cell: &Value) -> Value {
    cell.downcast::<PyCell>().map_or(Value::UNBOUND, PyCell::get)
}

/// Replaces what a cell holds.
#[inline(always)]
pub(super) fn set_cell(cell: &Value, v: Value) -> Value {
    match cell.downcast::<PyCell>() {
        Some(c) => c.set(v),
        None => v,
    }
}

/// The cell of a free variable.
#[inline(always)]
pub(super) fn free_cell(f: &Frame, i: u16) -> &Value {
    static NOTHING: crate::object::value::StaticValue = crate::object::value::StaticValue::NONE;
    f.func.closure.as_ref().and_then(|c| c.as_slice().get(i as usize)).unwrap_or(NOTHING.get())
}

/// The content of a free variable.
#[inline(always)]
pub(super) fn free_content(f: &Frame, i: u16) -> Value {
    cell_content(free_cell(f, i))
}

/// A function of the code in a constant.
pub(super) fn make_function(vm: &Vm, f: &Frame, code: &Value) -> Value {
    let code: Ref<PyCode> = Ref::from_value_unchecked(code.clone());
    PyFunction::with_builtins(vm, code, f.func.globals.clone(), f.func.builtins.clone(), None).into_value()
}

/// Sets a part of a new function. A closure makes another function object, which is given.
pub(super) fn set_function(func: &Value, part: u8, v: Value) -> Option<Value> {
    let f = PyFunction::of(func)?;
    match part {
        0 => drop(f.defaults.replace(v.downcast_ref::<PyTuple>())),
        1 => drop(f.kwdefaults.replace(v.downcast_ref::<PyDict>())),
        2 => {
            let new = PyFunction {
                code: RefCell::new(f.code.borrow().clone()),
                globals: f.globals.clone(),
                builtins: f.builtins.clone(),
                closure: v.downcast_ref::<PyTuple>(),
                defaults: RefCell::new(f.defaults.take()),
                kwdefaults: RefCell::new(f.kwdefaults.take()),
                name: RefCell::new(f.name.borrow().clone()),
                qualname: RefCell::new(f.qualname.borrow().clone()),
                module: RefCell::new(f.module.borrow().clone()),
                doc: RefCell::new(f.doc.borrow().clone()),
                annotations: RefCell::new(f.annotations.take()),
                annotate: RefCell::new(f.annotate.replace(Value::NONE)),
                type_params: RefCell::new(f.type_params.take()),
                version: std::cell::Cell::new(0),
            };
            return Some(Ref::new(&crate::types::function::FUNCTION, new).into_value());
        }
        3 => drop(f.annotate.replace(v)),
        4 => drop(f.annotations.replace(Some(v))),
        _ => drop(f.type_params.replace(Some(v))),
    }
    None
}

/// Calls the exit method of a `with` with an exception.
pub(super) fn with_except(vm: &Vm, exit: &Value, this: &Value, e: &Value) -> PyResult<Value> {
    let traceback = e.downcast::<exc::PyException>().map_or(Value::NONE, |e| e.traceback.borrow().clone());
    let class = e.class().as_value();
    let exit = exit.clone();
    if this.is_unbound() {
        vm.call(&exit, &[class, e.clone(), traceback])
    } else {
        vm.call(&exit, &[this.clone(), class, e.clone(), traceback])
    }
}

/// The values of a mapping pattern's keys, or None.
pub(super) fn match_keys(vm: &Vm, subject: &Value, keys: &Value) -> PyResult<Value> {
    let keys: Vec<Value> = keys.downcast::<PyTuple>().map(|t| t.as_slice().to_vec()).unwrap_or_default();
    let subject = subject.clone();
    let mut seen = Vec::new();
    let mut values = Vec::with_capacity(keys.len());
    if keys.is_empty() {
        return Ok(PyTuple::new(values).into_value());
    }
    // `get` with a default of our own tells a missing key from a value.
    let get = vm.get_method(&subject, &vm.names().get)?;
    let missing = crate::types::cell::PyCell::new(Value::NONE).into_value();
    for key in keys {
        for s in &seen {
            if vm.eq(s, &key)? {
                let r = vm.repr(&key)?;
                return Err(vm.value_error(format!("mapping pattern checks duplicate key ({})", r.to_lossy())));
            }
        }
        let v = get.call(vm, &[key.clone(), missing.clone()])?;
        if v.is(&missing) {
            return Ok(Value::NONE);
        }
        values.push(v);
        seen.push(key);
    }
    Ok(PyTuple::new(values).into_value())
}

/// The attributes that a class pattern asks for, or None.
pub(super) fn match_class(vm: &Vm, subject: &Value, class: &Value, kw: &Value, positional: usize) -> PyResult<Value> {
    let subject = subject.clone();
    let Some(t) = class.downcast::<TypeObject>() else {
        return Err(vm.type_error("called match pattern must be a class"));
    };
    if !vm.isinstance(&subject, class)? {
        return Ok(Value::NONE);
    }
    let mut out = Vec::new();
    let mut seen: Vec<crate::Str> = Vec::new();
    let mut take = |name: crate::Str, out: &mut Vec<Value>| -> PyResult<bool> {
        if seen.iter().any(|s| s.same(&name)) {
            return Err(vm.type_error(format!(
                "{}() got multiple sub-patterns for attribute '{}'",
                t.name(),
                name.to_lossy()
            )));
        }
        seen.push(name.clone());
        match vm.get_attr_opt(&subject, &name)? {
            Some(v) => {
                out.push(v);
                Ok(true)
            }
            None => Ok(false),
        }
    };
    if positional > 0 {
        let args = vm.get_attr_opt(class, &vm.names().__match_args__)?;
        let whole = args.is_none() && t.mro().iter().any(|b| b.flags().has(TypeFlags::MATCH_SELF));
        let names: Vec<Value> = match &args {
            Some(a) => match a.downcast::<PyTuple>() {
                Some(a) => a.as_slice().to_vec(),
                None => {
                    return Err(vm.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        t.name(),
                        a.class().name()
                    )));
                }
            },
            None => Vec::new(),
        };
        let allowed = if whole { 1 } else { names.len() };
        if positional > allowed {
            let s = if allowed == 1 { "" } else { "s" };
            return Err(vm.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{s} ({positional} given)",
                t.name()
            )));
        }
        if whole {
            out.push(subject.clone());
        } else {
            for n in &names[..positional] {
                let Some(n) = n.downcast_ref::<PyStr>() else {
                    return Err(
                        vm.type_error(format!("__match_args__ elements must be strings (got {})", n.class().name()))
                    );
                };
                if !take(n, &mut out)? {
                    return Ok(Value::NONE);
                }
            }
        }
    }
    for n in kw.downcast::<PyTuple>().map(|t| t.as_slice().to_vec()).unwrap_or_default() {
        if let Some(n) = n.downcast_ref::<PyStr>()
            && !take(n, &mut out)?
        {
            return Ok(Value::NONE);
        }
    }
    Ok(PyTuple::new(out).into_value())
}

/// Intrinsics of one operand: see the opcode table.
pub(super) fn intrinsic1(vm: &Vm, f: &Frame, which: u8, x: Value) -> PyResult<Value> {
    match which {
        0 => {
            let hook = vm.runtime().sys.get_str(&vm.names().displayhook);
            match hook {
                Some(h) => vm.call(&h, &[x]),
                None => Err(vm.runtime_error("lost sys.displayhook")),
            }
        }
        1 => crate::types::typevar::type_var(vm, &x, None, None),
        2 => crate::types::typevar::param_spec(vm, &x),
        3 => crate::types::typevar::type_var_tuple(vm, &x),
        4 => crate::types::typevar::subscript_generic(vm, &x),
        5 => {
            // PEP 479: StopIteration must not leak out of a generator.
            let coroutine = f.code().flags.0;
            let word = if coroutine & freeze_bytecode::CodeFlags::ASYNC_GENERATOR != 0 {
                "async generator"
            } else if coroutine & freeze_bytecode::CodeFlags::COROUTINE != 0 {
                "coroutine"
            } else {
                "generator"
            };
            let is = |t: &crate::Type| x.class().is_subtype(t);
            let what = if is(&exc::STOP_ITERATION) {
                "StopIteration"
            } else if word == "async generator" && is(&exc::STOP_ASYNC_ITERATION) {
                "StopAsyncIteration"
            } else {
                return Ok(x);
            };
            let e = vm.runtime_error(format!("{word} raised {what}"));
            e.exception().set_cause(x.clone());
            drop(e.exception().context.replace(x));
            Ok(e.value())
        }
        6 => match x.downcast::<PyDict>() {
            Some(d) => Ok(d.copy().into_value()),
            None => Ok(x),
        },
        _ => Ok(Value::NONE),
    }
}

/// Intrinsics of two operands: see the opcode table.
pub(super) fn intrinsic2(vm: &Vm, _f: &Frame, which: u8, x: Value, y: Value) -> PyResult<Value> {
    match which {
        0 => crate::types::typevar::type_var(vm, &x, Some(y), None),
        1 => crate::types::typevar::type_var(vm, &x, None, Some(y)),
        2 => crate::types::typevar::set_default(vm, x, y),
        3 => crate::types::typevar::type_alias(vm, &x, y),
        _ => {
            vm.set_attr(&x, &vm.names().__type_params__, y)?;
            Ok(x)
        }
    }
}
