//! Methods of `str` that take strings apart and put them together.

use super::{PyStr, STR, piece, unchanged};
use crate::call::Args;
use crate::object::Value;
use crate::text::split::{self, Ends, Text};
use crate::types::list::PyList;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn text<'a>(args: &Args<'a>) -> &'a [u8] {
    args.payload::<PyStr>().as_bytes()
}

/// Separator (None for white space) and the greatest number of splits.
fn arguments<'a>(vm: &Vm, args: &Args<'a>) -> PyResult<(Option<&'a [u8]>, usize)> {
    let sep = match args.opt_not_none(1) {
        None => None,
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) => Some(s.as_bytes()),
            None => return Err(vm.type_error(format!("must be str or None, not {}", v.class().name()))),
        },
    };
    let most = match args.opt(2) {
        Some(v) => usize::try_from(vm.to_ssize(v)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    if sep.is_some_and(<[u8]>::is_empty) {
        return Err(vm.value_error("empty separator"));
    }
    Ok((sep, most))
}

pub(super) fn split(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (sep, most) = arguments(vm, &args)?;
    let mut items = Vec::new();
    match sep {
        Some(sep) => split::split(text(&args), sep, most, |p| items.push(piece(p))),
        None => split::split_space::<Text>(text(&args), most, |p| items.push(piece(p))),
    }
    Ok(PyList::new(items).into_value())
}

pub(super) fn rsplit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (sep, most) = arguments(vm, &args)?;
    let mut items = Vec::new();
    match sep {
        Some(sep) => split::rsplit(text(&args), sep, most, |p| items.push(piece(p))),
        None => split::rsplit_space::<Text>(text(&args), most, |p| items.push(piece(p))),
    }
    items.reverse();
    Ok(PyList::new(items).into_value())
}

pub(super) fn splitlines(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let keep = args.opt_bool(vm, 1, false)?;
    let mut items = Vec::new();
    split::split_lines::<Text>(text(&args), keep, |p| items.push(piece(p)));
    Ok(PyList::new(items).into_value())
}

fn separator<'a>(vm: &Vm, args: &Args<'a>) -> PyResult<&'a [u8]> {
    match args.get(1).downcast::<PyStr>().map(PyStr::as_bytes) {
        Some([]) => Err(vm.value_error("empty separator")),
        Some(sep) => Ok(sep),
        None => Err(vm.type_error(format!("must be str, not {}", args.get(1).class().name()))),
    }
}

pub(super) fn partition(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sep = separator(vm, &args)?;
    let empty = vm.names().empty.value();
    Ok(PyTuple::new(match split::partition(text(&args), sep) {
        Some((a, b)) => vec![piece(a), args.get(1).clone(), piece(b)],
        None => vec![unchanged(args.this()), empty.clone(), empty],
    })
    .into_value())
}

pub(super) fn rpartition(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sep = separator(vm, &args)?;
    let empty = vm.names().empty.value();
    Ok(PyTuple::new(match split::rpartition(text(&args), sep) {
        Some((a, b)) => vec![piece(a), args.get(1).clone(), piece(b)],
        None => vec![empty.clone(), empty, unchanged(args.this())],
    })
    .into_value())
}

fn kept(args: &Args<'_>, rest: &[u8]) -> Value {
    if rest.len() == text(args).len() { unchanged(args.this()) } else { piece(rest) }
}

pub(super) fn strip(vm: &Vm, args: Args<'_>, ends: Ends) -> PyResult<Value> {
    let rest = match args.opt_not_none(1) {
        None => split::strip_space::<Text>(text(&args), ends),
        Some(v) => match v.downcast::<PyStr>() {
            Some(set) => split::strip_chars(text(&args), set.as_bytes(), ends),
            None => return Err(vm.type_error(format!("{} arg must be None or str", args.name()))),
        },
    };
    Ok(kept(&args, rest))
}

pub(super) fn removeprefix(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let prefix = args.str(vm, 1)?;
    Ok(kept(&args, text(&args).strip_prefix(prefix.as_bytes()).unwrap_or(text(&args))))
}

pub(super) fn removesuffix(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let suffix = args.str(vm, 1)?;
    Ok(kept(&args, text(&args).strip_suffix(suffix.as_bytes()).unwrap_or(text(&args))))
}

pub(super) fn join(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let from = args.get(1);
    let slots = from.class().slots();
    if slots.iter.is_none() && slots.getitem.is_none() {
        return Err(vm.type_error("can only join an iterable"));
    }
    let items = vm.to_vec(from)?;
    join_values(vm, text(&args), &items)
}

/// The strings `items` with `sep` between them.
pub(super) fn join_values(vm: &Vm, sep: &[u8], items: &[Value]) -> PyResult<Value> {
    if let [only] = items
        && only.is_exact(&STR)
    {
        return Ok(only.clone());
    }
    let mut parts: Vec<&[u8]> = Vec::with_capacity(items.len() * 2);
    for (i, item) in items.iter().enumerate() {
        let Some(s) = item.downcast::<PyStr>() else {
            return Err(
                vm.type_error(format!("sequence item {i}: expected str instance, {} found", item.class().name()))
            );
        };
        if i > 0 && !sep.is_empty() {
            parts.push(sep);
        }
        parts.push(s.as_bytes());
    }
    Ok(PyStr::try_concat(&STR, &parts).map_err(|e| vm.out_of_memory(e))?.into_value())
}
