//! Methods of `str` that look for something.

use super::PyStr;
use crate::Str;
use crate::call::Args;
use crate::object::Value;
use crate::text::search;
use crate::types::byte_methods::bounds;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// The part of `self` that the arguments `start` and `end` name, and the byte at which it begins.
fn part<'a>(vm: &Vm, args: &Args<'a>) -> PyResult<Option<(&'a PyStr, &'a [u8], usize)>> {
    let s = args.payload::<PyStr>();
    let Some((start, end)) = bounds(vm, args, 2, s.len())? else { return Ok(None) };
    let (from, to) = (s.byte_offset(start), s.byte_offset(end));
    Ok(Some((s, &s.as_bytes()[from..to], from)))
}

fn position(vm: &Vm, args: &Args<'_>, find: impl FnOnce(&[u8], &[u8]) -> Option<usize>) -> PyResult<Option<usize>> {
    let needle = args.str(vm, 1)?;
    let Some((s, hay, from)) = part(vm, args)? else { return Ok(None) };
    Ok(find(hay, needle.as_bytes()).map(|at| s.char_offset(from + at)))
}

fn or_minus_one(at: Option<usize>) -> PyResult<Value> {
    Ok(at.map_or(Value::small(-1), Value::usize))
}

fn or_error(vm: &Vm, at: Option<usize>) -> PyResult<Value> {
    at.map(Value::usize).ok_or_else(|| vm.value_error("substring not found"))
}

pub(super) fn find(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    or_minus_one(position(vm, &args, search::find)?)
}

pub(super) fn rfind(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    or_minus_one(position(vm, &args, search::rfind)?)
}

pub(super) fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    or_error(vm, position(vm, &args, search::find)?)
}

pub(super) fn rindex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    or_error(vm, position(vm, &args, search::rfind)?)
}

pub(super) fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let needle = args.str(vm, 1)?;
    let Some((_, hay, _)) = part(vm, &args)? else { return Ok(Value::small(0)) };
    Ok(Value::usize(match needle.as_bytes() {
        [] => crate::text::wtf8::count(hay) + 1,
        needle => search::count(hay, needle),
    }))
}

fn affix(vm: &Vm, args: Args<'_>, test: fn(&[u8], &[u8]) -> bool) -> PyResult<Value> {
    let wanted = args.get(1);
    let range = part(vm, &args)?;
    let one = |a: &Str| range.is_some_and(|(_, hay, _)| test(hay, a.as_bytes()));
    if let Some(t) = wanted.downcast::<PyTuple>() {
        for a in t.as_slice() {
            let Some(a) = a.downcast_ref::<PyStr>() else {
                return Err(vm.type_error(format!(
                    "tuple for {} must only contain str, not {}",
                    args.name(),
                    a.class().name()
                )));
            };
            if one(&a) {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    match wanted.downcast_ref::<PyStr>() {
        Some(a) => Ok(Value::bool(one(&a))),
        None => Err(vm.type_error(format!(
            "{} first arg must be str or a tuple of str, not {}",
            args.name(),
            wanted.class().name()
        ))),
    }
}

pub(super) fn startswith(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    affix(vm, args, |s, a| s.starts_with(a))
}

pub(super) fn endswith(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    affix(vm, args, |s, a| s.ends_with(a))
}
