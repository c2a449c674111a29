//! Binding of arguments to a Python function's parameters, in the registers where the call has put them.
#![allow(unsafe_code)]

use freeze_bytecode::CodeFlags;

use crate::object::Value;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// Arguments in registers: `n` values from `base`, the last `names.len()` of them named.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) base: *mut Value,
    pub(super) n: usize,
    pub(super) names: &'a [Value],
}

impl Given<'_> {
    /// Drops the arguments; their registers hold nothing then.
    ///
    /// # Safety
    /// The registers still hold the arguments.
    pub(super) unsafe fn clear(&self) {
        for k in 0..self.n {
            // SAFETY: by contract.
            drop(unsafe { self.base.add(k).replace(Value::UNBOUND) });
        }
    }
}

/// How many registers from the base on binding may write: the parameters or the arguments, and room to set the values of
/// keyword arguments aside.
pub(super) fn room(code: &PyCode, given: &Given<'_>) -> usize {
    (code.nregs as usize).max(given.n) + given.names.len()
}

/// Turns the arguments at `given.base` into the parameters of `code`, in the order of its registers. When it fails, none of
/// the registers holds a counted pointer any more.
///
/// # Safety
/// The registers hold the arguments, and [`room`] registers from the base on are this call's to write; those behind the
/// arguments hold no counted pointers.
pub(super) unsafe fn bind(vm: &Vm, f: &PyFunction, code: &PyCode, given: Given<'_>) -> PyResult<()> {
    let Given { base, n, names } = given;
    let pos = n - names.len();
    let npos = code.argcount as usize;
    let nparams = code.nparams as usize;
    if names.is_empty() && pos <= npos && nparams == npos {
        // Only defaults are missing.
        let defaults = f.defaults.borrow();
        let defaults = defaults.as_ref().map_or(&[][..], |d| d.as_slice());
        if npos - pos <= defaults.len() {
            let skip = defaults.len() - (npos - pos);
            for (k, d) in (pos..npos).zip(&defaults[skip..]) {
                // SAFETY: by contract.
                unsafe { base.add(k).write(d.clone()) };
            }
            return Ok(());
        }
    }
    let aside = (code.nregs as usize).max(n);
    // What runs meanwhile (a `__del__`, a strange key's `__hash__`) finds its registers behind these.
    // SAFETY: by contract there is room.
    let guard = vm.stack.reserve(unsafe { base.add(aside + names.len()) });
    // SAFETY: by contract; values are moved, and what they leave is overwritten before it is looked at.
    let (params, values) = unsafe {
        std::ptr::copy_nonoverlapping(base.add(pos), base.add(aside), names.len());
        let rest = if pos > npos { (npos..pos).map(|k| base.add(k).read()).collect() } else { Vec::new() };
        for k in pos.min(npos)..nparams.max(n) {
            base.add(k).write(Value::UNBOUND);
        }
        let params = std::slice::from_raw_parts_mut(base, nparams);
        let values = std::slice::from_raw_parts_mut(base.add(aside), names.len());
        if code.flags.has(CodeFlags::VARARGS) {
            params[npos + code.kwonlyargcount as usize] = PyTuple::new(rest).into_value();
        }
        (params, values)
    };
    let r = fill(vm, f, code, pos, names, params, values);
    if r.is_err() {
        params.fill(Value::UNBOUND);
    }
    values.fill(Value::UNBOUND);
    vm.stack.unreserve(guard);
    r
}

/// Sets the parameters that named arguments and defaults give.
fn fill(
    vm: &Vm,
    f: &PyFunction,
    code: &PyCode,
    pos: usize,
    names: &[Value],
    params: &mut [Value],
    values: &mut [Value],
) -> PyResult<()> {
    let npos = code.argcount as usize;
    let kwonly = code.kwonlyargcount as usize;
    let varargs = code.flags.has(CodeFlags::VARARGS);
    let mut extra = None;
    if code.flags.has(CodeFlags::VARKEYWORDS) {
        let d = PyDict::new_ref();
        params[npos + kwonly + usize::from(varargs)] = d.value();
        extra = Some(d);
    }
    let first = code.posonlyargcount as usize;
    let known = &code.local_names[first..npos + kwonly];
    for (name, value) in names.iter().zip(values) {
        let Some(key) = name.downcast::<PyStr>() else {
            return Err(vm.type_error(format!("{}() keywords must be strings", qualname(f))));
        };
        let slot =
            known.iter().position(|n| std::ptr::eq(&**n, key)).or_else(|| known.iter().position(|n| n.same(key)));
        let value = std::mem::replace(value, Value::UNBOUND);
        match (slot, &extra) {
            (Some(i), _) if params[first + i].is_unbound() => params[first + i] = value,
            (Some(_), _) => {
                let (name, key) = (qualname(f), key.to_lossy());
                return Err(vm.type_error(format!("{name}() got multiple values for argument '{key}'")));
            }
            (None, Some(d)) => d.set(vm, name, value)?,
            (None, None) => return Err(unexpected_keyword(vm, f, code, names, key)),
        }
    }
    if pos > npos && !varargs {
        return Err(too_many(vm, f, code, pos, params));
    }
    if pos < npos {
        let defaults = f.defaults.borrow().clone();
        let defaults = defaults.as_ref().map_or(&[][..], |d| d.as_slice());
        let first = npos.saturating_sub(defaults.len());
        if params[pos.min(first)..first].iter().any(Value::is_unbound) {
            return Err(missing(vm, f, code, &params[..first], 0, "positional"));
        }
        let skip = defaults.len().saturating_sub(npos);
        for (slot, d) in params[first..npos].iter_mut().zip(&defaults[skip..]) {
            if slot.is_unbound() {
                *slot = d.clone();
            }
        }
    }
    if params[npos..npos + kwonly].iter().any(Value::is_unbound) {
        let defaults = f.kwdefaults.borrow().clone();
        for i in npos..npos + kwonly {
            if params[i].is_unbound()
                && let Some(v) = defaults.as_ref().and_then(|d| d.get_str(&code.local_names[i]))
            {
                params[i] = v;
            }
        }
        if params[npos..npos + kwonly].iter().any(Value::is_unbound) {
            return Err(missing(vm, f, code, &params[npos..npos + kwonly], npos, "keyword-only"));
        }
    }
    Ok(())
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
fn unexpected_keyword(vm: &Vm, f: &PyFunction, code: &PyCode, names: &[Value], key: &PyStr) -> Raised {
    let posonly = &code.local_names[..code.posonlyargcount as usize];
    let wrong: Vec<String> = names
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
