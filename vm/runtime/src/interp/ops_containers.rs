//! Subscripts, membership, unpacking, displays, formatting.

use crate::object::{TypeFlags, Value};
use crate::types::bytes::{BYTES, PyBytes};
use crate::types::dict::{DICT, PyDict};
use crate::types::list::{LIST, PyList};
use crate::types::slice::{PySlice, SLICE};
use crate::types::str::{PyStr, STR};
use crate::types::tuple::{PyTuple, TUPLE};
use crate::vm::{PyResult, Vm};

/// `obj[key]` for lists, tuples and ASCII texts with a small index, and dicts with a string or a small int for a key.
#[inline(always)]
pub(super) fn get_fast(obj: &Value, key: &Value) -> Option<Value> {
    if let Some(i) = key.as_small() {
        if let Some(l) = obj.downcast_exact::<PyList>(&LIST) {
            return l.with(|items| {
                let i = if i < 0 { i + items.len() as i64 } else { i };
                items.get(usize::try_from(i).ok()?).cloned()
            });
        }
        if let Some(t) = obj.downcast_exact::<PyTuple>(&TUPLE) {
            let i = if i < 0 { i + t.len() as i64 } else { i };
            return t.as_slice().get(usize::try_from(i).ok()?).cloned();
        }
        return get_by_int(obj, i, key);
    }
    let d = obj.downcast_exact::<PyDict>(&DICT)?;
    let k = key.downcast_exact::<PyStr>(&STR)?;
    let at = d.table().find_str(k)?;
    d.table().value_at(at)
}

/// `obj[i]` for texts and dicts; `key` is the same number.
fn get_by_int(obj: &Value, i: i64, key: &Value) -> Option<Value> {
    if let Some(d) = obj.downcast_exact::<PyDict>(&DICT) {
        let at = d.table().find_small(key, i)?;
        return d.table().value_at(at);
    }
    let s = obj.downcast_exact::<PyStr>(&STR).filter(|s| s.is_ascii())?;
    let i = if i < 0 { i + s.byte_len() as i64 } else { i };
    let byte = s.as_bytes().get(usize::try_from(i).ok()?)?;
    Some(PyStr::of_char(u32::from(*byte)).into_value())
}

/// `obj[start:stop]` for exact texts, lists, tuples and bytes where the bounds are small ints or None; runs no Python code.
pub(super) fn get_slice(obj: &Value, start: &Value, stop: &Value) -> Option<Value> {
    let bounds = |len: usize| -> Option<(usize, usize)> {
        let bound = |v: &Value, default: usize| match v.as_small() {
            Some(i) if i < 0 => Some((i + len as i64).max(0) as usize),
            Some(i) => Some((i as usize).min(len)),
            None => v.is_none().then_some(default),
        };
        let (start, stop) = (bound(start, 0)?, bound(stop, len)?);
        Some((start, stop.max(start)))
    };
    if let Some(s) = obj.downcast_exact::<PyStr>(&STR) {
        let (start, stop) = bounds(s.len())?;
        let text = &s.as_bytes()[s.byte_offset(start)..s.byte_offset(stop)];
        return Some(match text {
            [] => PyStr::intern(b"").into_value(),
            [byte] => PyStr::of_char(u32::from(*byte)).into_value(),
            _ if text.len() == s.byte_len() => obj.clone(),
            _ => PyStr::new(text).into_value(),
        });
    }
    if let Some(l) = obj.downcast_exact::<PyList>(&LIST) {
        let (start, stop) = bounds(l.len())?;
        // A large one goes the way that can say that memory is out.
        return (stop - start < MANY).then(|| PyList::new(l.with(|items| items[start..stop].to_vec())).into_value());
    }
    if let Some(t) = obj.downcast_exact::<PyTuple>(&TUPLE) {
        let (start, stop) = bounds(t.len())?;
        if start == 0 && stop == t.len() {
            return Some(obj.clone());
        }
        return (stop - start < MANY).then(|| PyTuple::from_slice(&t.as_slice()[start..stop]).into_value());
    }
    let b = obj.downcast_exact::<PyBytes>(&BYTES)?;
    let (start, stop) = bounds(b.as_slice().len())?;
    if start == 0 && stop == b.as_slice().len() {
        return Some(obj.clone());
    }
    Some(PyBytes::new(&b.as_slice()[start..stop]).into_value())
}

/// Slices with so many items are not made on the fast path.
const MANY: usize = 1 << 12;

/// `obj[key]` the long way.
#[inline(never)]
pub(super) fn get_slow(vm: &Vm, obj: &Value, key: &Value) -> PyResult<Value> {
    if let Some(s) = key.downcast_exact::<PySlice>(&SLICE)
        && s.step.is_none()
        && let Some(v) = get_slice(obj, &s.start, &s.stop)
    {
        return Ok(v);
    }
    vm.get_item(obj, key)
}

/// `obj[key] = v`
#[inline]
pub(super) fn store_item(vm: &Vm, obj: &Value, key: &Value, v: Value) -> PyResult<()> {
    let mut v = v;
    if let Some(i) = key.as_small()
        && let Some(l) = obj.downcast_exact::<PyList>(&LIST)
    {
        let at = if i < 0 { i + l.len() as i64 } else { i };
        if at >= 0 {
            match l.set(at as usize, v) {
                Ok(old) => {
                    drop(old);
                    return Ok(());
                }
                Err(back) => v = back,
            }
        }
    }
    if let Some(d) = obj.downcast_exact::<PyDict>(&DICT) {
        return d.set(vm, key, v);
    }
    let (obj, key) = (obj.clone(), key.clone());
    vm.set_item(&obj, &key, v)
}

/// `item in container`
#[inline]
pub(super) fn contains(vm: &Vm, container: &Value, item: &Value) -> PyResult<bool> {
    if let Some(d) = container.downcast_exact::<PyDict>(&DICT) {
        if let Some(k) = item.downcast_exact::<PyStr>(&STR)
            && d.table().find_str(k).is_some()
        {
            return Ok(true);
        }
        // A key of a subclass of str may be equal all the same.
        return d.contains(vm, item);
    }
    let (container, item) = (container.clone(), item.clone());
    vm.contains(&container, &item)
}

/// Exactly `n` items of an iterable.
pub(super) fn unpack(vm: &Vm, v: &Value, n: usize) -> PyResult<Vec<Value>> {
    let v = v.clone();
    if v.is_exact(&TUPLE) || v.is_exact(&LIST) {
        let items = vm.to_vec(&v)?;
        return match items.len() {
            m if m == n => Ok(items),
            m if m > n => Err(vm.value_error(format!("too many values to unpack (expected {n}, got {m})"))),
            m => Err(vm.value_error(format!("not enough values to unpack (expected {n}, got {m})"))),
        };
    }
    let it = iterate(vm, &v)?;
    let mut items = Vec::with_capacity(n);
    while items.len() < n {
        match vm.next(&it)? {
            Some(x) => items.push(x),
            None => {
                return Err(vm.value_error(format!("not enough values to unpack (expected {n}, got {})", items.len())));
            }
        }
    }
    if vm.next(&it)?.is_some() {
        let got = match v.class().slots().len {
            Some(f) if v.has_layout::<PyDict>() => format!(", got {}", f(vm, &v)?),
            _ => String::new(),
        };
        return Err(vm.value_error(format!("too many values to unpack (expected {n}{got})")));
    }
    Ok(items)
}

fn iterate(vm: &Vm, v: &Value) -> PyResult<Value> {
    if v.class().slots().iter.is_none() && v.class().slots().getitem.is_none() {
        return Err(vm.type_error(format!("cannot unpack non-iterable {} object", v.class().name())));
    }
    vm.iter(v)
}

/// `before` items, a list, `after` items.
pub(super) fn unpack_ex(vm: &Vm, v: &Value, before: usize, after: usize) -> PyResult<Vec<Value>> {
    let v = v.clone();
    let it = iterate(vm, &v)?;
    let mut items = Vec::new();
    while let Some(x) = vm.next(&it)? {
        items.push(x);
    }
    let got = items.len();
    if got < before + after {
        let least = if after == 0 && got < before { before } else { before + after };
        return Err(vm.value_error(format!("not enough values to unpack (expected at least {least}, got {got})")));
    }
    let tail = items.split_off(got - after);
    let middle = items.split_off(before);
    items.push(PyList::new(middle).into_value());
    items.extend(tail);
    Ok(items)
}

/// The strings of an f-string joined.
pub(super) fn join(parts: &[Value]) -> Value {
    let texts: Vec<&[u8]> = parts.iter().filter_map(|p| p.downcast::<PyStr>()).map(PyStr::as_bytes).collect();
    PyStr::concat(&STR, &texts).into_value()
}

/// `list.extend` in a display or a call.
pub(super) fn list_extend(vm: &Vm, list: &Value, from: &Value, callee: Option<&Value>) -> PyResult<()> {
    let (list, from) = (list.clone(), from.clone());
    if from.class().slots().iter.is_none() && from.class().slots().getitem.is_none() {
        return Err(match callee {
            Some(f) => vm.type_error(format!(
                "{} argument after * must be an iterable, not {}",
                crate::types::function::describe(vm, f),
                from.class().name()
            )),
            None => vm.type_error(format!("Value after * must be an iterable, not {}", from.class().name())),
        });
    }
    let items = vm.to_vec(&from)?;
    if let Some(l) = list.downcast::<PyList>() {
        l.with_mut(|v| v.extend(items));
    }
    Ok(())
}

/// `**mapping` in a display.
pub(super) fn dict_update(vm: &Vm, dict: &Value, from: &Value) -> PyResult<()> {
    let (dict, from) = (dict.clone(), from.clone());
    let Some(d) = dict.downcast::<PyDict>() else { return Ok(()) };
    if let Some(other) = from.downcast_exact::<PyDict>(&DICT) {
        for (k, v) in other.items() {
            d.set(vm, &k, v)?;
        }
        return Ok(());
    }
    if vm.get_attr_opt(&from, &vm.names().keys)?.is_none() {
        return Err(vm.type_error(format!("'{}' object is not a mapping", from.class().name())));
    }
    crate::types::dict::merge(vm, d, &from)
}

/// `**mapping` in a call.
pub(super) fn dict_merge(vm: &Vm, dict: &Value, from: &Value, callee: &Value) -> PyResult<()> {
    let (dict, from) = (dict.clone(), from.clone());
    let Some(d) = dict.downcast::<PyDict>() else { return Ok(()) };
    let who = || crate::types::function::describe(vm, callee);
    let pairs = if let Some(other) = from.downcast_exact::<PyDict>(&DICT) {
        other.items()
    } else {
        if vm.get_attr_opt(&from, &vm.names().keys)?.is_none() {
            return Err(vm.type_error(format!(
                "{} argument after ** must be a mapping, not {}",
                who(),
                from.class().name()
            )));
        }
        let keys = vm.call_method_name(&from, &vm.names().keys, &[])?;
        let mut pairs = Vec::new();
        vm.for_each(&keys, |k| {
            let v = vm.get_item(&from, &k)?;
            pairs.push((k, v));
            Ok(true)
        })?;
        pairs
    };
    for (k, v) in pairs {
        let Some(name) = k.downcast::<PyStr>() else {
            return Err(vm.type_error("keywords must be strings"));
        };
        if d.contains(vm, &k)? {
            return Err(vm.type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                who(),
                name.to_lossy()
            )));
        }
        d.set(vm, &k, v)?;
    }
    Ok(())
}

/// One field of an f-string.
pub(super) fn format_value(vm: &Vm, conversion: u8, v: &Value, spec: &Value) -> PyResult<Value> {
    let v = match conversion {
        1 => vm.to_str(v)?.into_value(),
        2 => vm.repr(v)?.into_value(),
        3 => vm.ascii(v)?.into_value(),
        _ => v.clone(),
    };
    if spec.is_none() {
        if v.is_exact(&STR) {
            return Ok(v);
        }
        return vm.format(&v, &vm.names().empty).map(Into::into);
    }
    match spec.downcast_ref::<PyStr>() {
        Some(s) => vm.format(&v, &s).map(Into::into),
        None => Err(vm.type_error("format spec must be a string")),
    }
}

/// Whether a subject matches sequence (1) or mapping (0) patterns.
pub(super) fn is_pattern(v: &Value, which: u8) -> bool {
    v.class().flags().has(if which == 0 { TypeFlags::MAPPING } else { TypeFlags::SEQUENCE })
}
