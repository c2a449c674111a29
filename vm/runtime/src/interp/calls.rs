//! Calls of Python functions: binding of arguments to parameters, and pushing of frames.
#![allow(unsafe_code)]

use freeze_bytecode::CodeFlags;

use super::run;
use super::stack::{Frame, Then};
use crate::call::CallArgs;
use crate::object::{Ref, Value};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// Calls a Python function from Rust (`function.__call__`).
pub(crate) fn call_function(vm: &Vm, callee: &Value, args: CallArgs<'_>) -> PyResult<Value> {
    let Some(f) = PyFunction::of(callee) else { return Err(vm.not_a(callee, "callable")) };
    let f = f.to_ref();
    let code = f.code.borrow().clone();
    let bound = bind(vm, &f, &code, args)?;
    if code.is_generator_like() {
        return Ok(PyGenerator::create(vm, f, &code, bound));
    }
    enter(vm, f, &code, bound, Value::UNBOUND)
}

/// Runs a function's code with its parameters given, in a frame of its own.
pub(crate) fn enter(
    vm: &Vm,
    func: Ref<PyFunction>,
    code: &PyCode,
    params: Vec<Value>,
    namespace: Value,
) -> PyResult<Value> {
    vm.check_stack()?;
    let regs = vm.stack.free();
    let n = code.nregs as usize;
    if !vm.stack.fits(regs, n) {
        return Err(super::stack::too_deep(vm));
    }
    let given = params.len();
    debug_assert!(given <= n);
    // SAFETY: the window lies above all frames and fits.
    unsafe {
        for (i, v) in params.into_iter().enumerate() {
            regs.add(i).write(v);
        }
        for i in given..n {
            regs.add(i).write(Value::UNBOUND);
        }
        let frame = Frame {
            func,
            code,
            regs,
            top: regs.add(n),
            ip: code.instrs.as_ptr(),
            then: Then::Leave,
            namespace,
            extra: Value::UNBOUND,
            object: None,
            generator: None,
            outer_handled: Value::UNBOUND,
        };
        if let Err(e) = vm.stack.push(vm, frame) {
            for i in 0..given {
                drop(regs.add(i).read());
            }
            return Err(e);
        }
    }
    run::run(vm)
}

/// Fills a code's parameters from a call: `nparams` values, in the order of its registers.
pub(crate) fn bind(vm: &Vm, f: &PyFunction, code: &PyCode, call: CallArgs<'_>) -> PyResult<Vec<Value>> {
    let pos = call.positional();
    let npos = code.argcount as usize;
    let kwonly = code.kwonlyargcount as usize;
    let mut out = Vec::with_capacity(code.nregs as usize);
    out.extend(pos.iter().take(npos).cloned());
    out.resize(code.nparams as usize, Value::UNBOUND);
    let mut next = npos + kwonly;
    let mut varargs = false;
    if code.flags.has(CodeFlags::VARARGS) {
        out[next] = PyTuple::from_slice(pos.get(npos..).unwrap_or_default()).into_value();
        next += 1;
        varargs = true;
    }
    let mut extra = None;
    if code.flags.has(CodeFlags::VARKEYWORDS) {
        let d = PyDict::new_ref();
        out[next] = d.value();
        extra = Some(d);
    }
    for (name, value) in call.keywords() {
        let Some(key) = name.downcast::<PyStr>() else {
            return Err(vm.type_error(format!("{}() keywords must be strings", qualname(f))));
        };
        let names = &code.local_names[..npos + kwonly];
        let first = code.posonlyargcount as usize;
        let slot = names[first..]
            .iter()
            .position(|n| std::ptr::eq(&**n, key))
            .or_else(|| names[first..].iter().position(|n| n.same(key)));
        match slot {
            Some(i) => {
                let i = first + i;
                if !out[i].is_unbound() {
                    return Err(vm.type_error(format!(
                        "{}() got multiple values for argument '{}'",
                        qualname(f),
                        key.to_lossy()
                    )));
                }
                out[i] = value.clone();
            }
            None => match &extra {
                Some(d) => d.set(vm, name, value.clone())?,
                None => return Err(unexpected_keyword(vm, f, code, &call, key)),
            },
        }
    }
    if pos.len() > npos && !varargs {
        return Err(too_many(vm, f, code, pos.len(), &out));
    }
    if pos.len() < npos {
        let defaults = f.defaults.borrow().clone();
        let defaults = defaults.as_ref().map_or(&[][..], |d| d.as_slice());
        let first = npos.saturating_sub(defaults.len());
        if out[pos.len().min(first)..first].iter().any(Value::is_unbound) {
            return Err(missing(vm, f, code, &out[..first], 0, "positional"));
        }
        let skip = defaults.len().saturating_sub(npos);
        for (slot, d) in out[first..npos].iter_mut().zip(&defaults[skip..]) {
            if slot.is_unbound() {
                *slot = d.clone();
            }
        }
    }
    if kwonly > 0 {
        let defaults = f.kwdefaults.borrow().clone();
        for i in npos..npos + kwonly {
            if out[i].is_unbound()
                && let Some(v) = defaults.as_ref().and_then(|d| d.get_str(&code.local_names[i]))
            {
                out[i] = v;
            }
        }
        if out[npos..npos + kwonly].iter().any(Value::is_unbound) {
            return Err(missing(vm, f, code, &out[npos..npos + kwonly], npos, "keyword-only"));
        }
    }
    Ok(out)
}

fn qualname(f: &PyFunction) -> String {
    f.qualname.borrow().to_lossy().into_owned()
}

#[cold]
fn missing(vm: &Vm, f: &PyFunction, code: &PyCode, slots: &[Value], offset: usize, kind: &str) -> Raised {
    let names: Vec<String> = slots
        .iter()
        .enumerate()
        .filter(|(_, v)| v.is_unbound())
        .map(|(i, _)| format!("'{}'", code.local_names[offset + i].to_lossy()))
        .collect();
    let list = match &names[..] {
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        [] => String::new(),
    };
    let s = if names.len() == 1 { "" } else { "s" };
    vm.type_error(format!("{}() missing {} required {kind} argument{s}: {list}", qualname(f), names.len()))
}

#[cold]
fn too_many(vm: &Vm, f: &PyFunction, code: &PyCode, given: usize, out: &[Value]) -> Raised {
    let npos = code.argcount as usize;
    let ndef = f.defaults.borrow().as_ref().map_or(0, |d| d.len());
    let kwonly_given = out[npos..npos + code.kwonlyargcount as usize].iter().filter(|v| !v.is_unbound()).count();
    let (takes, plural) = if ndef > 0 {
        (format!("from {} to {npos}", npos - ndef.min(npos)), true)
    } else {
        (npos.to_string(), npos != 1)
    };
    let (sig, were) = if kwonly_given > 0 {
        (
            format!(
                "{given} positional argument{} (and {kwonly_given} keyword-only argument{})",
                if given == 1 { "" } else { "s" },
                if kwonly_given == 1 { "" } else { "s" }
            ),
            "were",
        )
    } else {
        (given.to_string(), if given == 1 { "was" } else { "were" })
    };
    vm.type_error(format!(
        "{}() takes {takes} positional argument{} but {sig} {were} given",
        qualname(f),
        if plural { "s" } else { "" }
    ))
}

#[cold]
fn unexpected_keyword(vm: &Vm, f: &PyFunction, code: &PyCode, call: &CallArgs<'_>, key: &PyStr) -> Raised {
    let posonly = &code.local_names[..code.posonlyargcount as usize];
    let wrong: Vec<String> = call
        .names
        .iter()
        .filter_map(|n| n.downcast::<PyStr>())
        .filter(|k| posonly.iter().any(|p| p.same(k)))
        .map(|k| k.to_lossy().into_owned())
        .collect();
    if !wrong.is_empty() {
        return vm.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(f),
            wrong.join(", ")
        ));
    }
    let candidates: Vec<&str> = code.local_names
        [code.posonlyargcount as usize..(code.argcount + code.kwonlyargcount) as usize]
        .iter()
        .filter_map(|n| n.as_str())
        .collect();
    let hint = match crate::types::traceback::suggest(&key.to_lossy(), candidates.into_iter()) {
        Some(s) => format!(". Did you mean '{s}'?"),
        None => String::new(),
    };
    vm.type_error(format!("{}() got an unexpected keyword argument '{}'{hint}", qualname(f), key.to_lossy()))
}
