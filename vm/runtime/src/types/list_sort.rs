//! `list.sort`: a stable merge sort of item numbers by their keys.
//!
//! Keys that are all small ints, all floats or all strings are compared without calling anything. The rest goes through
//! `<`: natural runs, short ones lengthened by binary insertion, merged pairwise with their order kept. Sorting numbers
//! instead of the items keeps every item safe when a comparison raises.

use std::cmp::Ordering;

use super::list::PyList;
use super::seq::quick_eq;
use crate::object::string::PyStr;
use crate::object::{CmpOp, Value};
use crate::types::str::STR;
use crate::types::tuple::{PyTuple, TUPLE};
use crate::vm::{PyResult, Raised, Vm};

/// `list.sort(key=key, reverse=reverse)`
pub fn sort(vm: &Vm, list: &PyList, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    // The list is empty while it is sorted; whoever fills it meanwhile is found out.
    let mut items = list.take();
    let result = sort_vec(vm, &mut items, key, reverse);
    let touched = list.with_mut(|l| {
        let touched = l.capacity() != 0;
        std::mem::swap(l, &mut items);
        touched
    });
    drop(items);
    result?;
    if touched { Err(vm.value_error("list modified during sort")) } else { Ok(()) }
}

/// Sorts a vector as `list.sort` does. After an error it holds the same items in some order.
pub fn sort_vec(vm: &Vm, items: &mut Vec<Value>, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    let Some(key) = key else {
        if items.len() < 2 || sort_plain_ints(items, reverse) {
            return Ok(());
        }
        return sort_by(vm, items, None, reverse);
    };
    let mut keys = Vec::with_capacity(items.len());
    for item in items.iter() {
        keys.push(vm.call(key, std::slice::from_ref(item))?);
    }
    sort_by(vm, items, Some(&keys), reverse)
}

/// Equal small ints can't be told apart, so no order has to be kept among them.
fn sort_plain_ints(items: &mut [Value], reverse: bool) -> bool {
    if !items.iter().all(Value::is_small) {
        return false;
    }
    // Small ints have the same tag: their sign-extended payload orders them.
    if reverse {
        items.sort_unstable_by_key(|v| std::cmp::Reverse(v.small_unchecked()));
    } else {
        items.sort_unstable_by_key(Value::small_unchecked);
    }
    true
}

fn sort_by(vm: &Vm, items: &mut Vec<Value>, keys: Option<&[Value]>, reverse: bool) -> PyResult<()> {
    if items.len() < 2 {
        return Ok(());
    }
    let (order, result) = order_of(vm, keys.unwrap_or(items), reverse);
    permute(items, &order);
    result
}

/// Puts the items into the order that `order` names.
fn permute(items: &mut Vec<Value>, order: &[u32]) {
    let mut old: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|&i| old[i as usize].take()));
}

/// The order of the keys, as numbers; whole even after an error.
fn order_of(vm: &Vm, keys: &[Value], reverse: bool) -> (Vec<u32>, PyResult<()>) {
    if keys.iter().all(Value::is_small) {
        return (ranked(keys.iter().map(Value::small_unchecked), reverse, i64::cmp), Ok(()));
    }
    if keys.iter().all(|k| k.as_float().is_some_and(|f| !f.is_nan())) {
        let cmp = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Equal);
        return (ranked(keys.iter().map(Value::float_unchecked), reverse, cmp), Ok(()));
    }
    if keys.iter().all(|k| k.is_exact(&STR)) {
        // The order of WTF-8 bytes is that of code points. The first eight bytes decide most comparisons.
        let texts = keys.iter().filter_map(|k| k.downcast_exact::<PyStr>(&STR)).map(|s| {
            let b = s.as_bytes();
            let mut head = [0; 8];
            let n = b.len().min(8);
            head[..n].copy_from_slice(&b[..n]);
            (u64::from_be_bytes(head), b)
        });
        return (ranked(texts, reverse, |a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))), Ok(()));
    }
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    let less = less_for(keys);
    if reverse {
        // Sorting backwards twice keeps equal items in their order.
        order.reverse();
    }
    let result = merge_sort(&mut order, &mut |a, b| less(vm, &keys[a as usize], &keys[b as usize]));
    if reverse {
        order.reverse();
    }
    (order, result)
}

/// The stable order of keys that compare without Python code.
fn ranked<K>(keys: impl Iterator<Item = K>, reverse: bool, cmp: impl Fn(&K, &K) -> Ordering) -> Vec<u32> {
    let mut pairs: Vec<(K, u32)> = keys.zip(0u32..).collect();
    if reverse {
        pairs.sort_by(|a, b| cmp(&b.0, &a.0));
    } else {
        pairs.sort_by(|a, b| cmp(&a.0, &b.0));
    }
    pairs.into_iter().map(|p| p.1).collect()
}

type Less = fn(&Vm, &Value, &Value) -> PyResult<bool>;

fn less_for(keys: &[Value]) -> Less {
    if keys.iter().all(|k| k.is_exact(&TUPLE)) { less_tuples } else { less_any }
}

fn less_any(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
    vm.compare_bool(CmpOp::Lt, a, b)
}

/// `<` of two numbers or strings, where no Python code is needed.
fn quick_lt(a: &Value, b: &Value) -> Option<bool> {
    if Value::both_small(a, b) {
        return Some(a.small_unchecked() < b.small_unchecked());
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Some(x < y);
    }
    let (x, y) = (a.downcast_exact::<PyStr>(&STR)?, b.downcast_exact::<PyStr>(&STR)?);
    Some(x.as_bytes() < y.as_bytes())
}

fn less_tuples(vm: &Vm, a: &Value, b: &Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.downcast::<PyTuple>(), b.downcast::<PyTuple>()) else { return less_any(vm, a, b) };
    let (x, y) = (x.as_slice(), y.as_slice());
    for (p, q) in x.iter().zip(y) {
        let same = match quick_eq(p, q) {
            Some(same) => same,
            None => vm.eq(p, q)?,
        };
        if !same {
            return match quick_lt(p, q) {
                Some(lt) => Ok(lt),
                None => vm.lt(p, q),
            };
        }
    }
    Ok(x.len() < y.len())
}

/// Runs shorter than this are lengthened by binary insertion.
fn min_run(mut n: usize) -> usize {
    let mut odd = 0;
    while n >= 64 {
        odd |= n & 1;
        n >>= 1;
    }
    n + odd
}

type Lt<'a> = &'a mut dyn FnMut(u32, u32) -> Result<bool, Raised>;

/// Sorts `v`; after an error it is a permutation of what it was.
fn merge_sort(v: &mut [u32], lt: Lt<'_>) -> PyResult<()> {
    let n = v.len();
    let shortest = min_run(n);
    // Start and length of the runs that wait to be merged.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut spare = Vec::new();
    let mut start = 0;
    while start < n {
        let mut len = natural_run(&mut v[start..], lt)?;
        if len < shortest {
            let wanted = shortest.min(n - start);
            insertion(&mut v[start..start + wanted], len, lt)?;
            len = wanted;
        }
        runs.push((start, len));
        start += len;
        while let Some(at) = due(&runs) {
            merge_at(v, &mut runs, at, &mut spare, lt)?;
        }
    }
    while runs.len() > 1 {
        let mut at = runs.len() - 2;
        if at > 0 && runs[at - 1].1 < runs[at + 1].1 {
            at -= 1;
        }
        merge_at(v, &mut runs, at, &mut spare, lt)?;
    }
    Ok(())
}

/// Which run is to be merged with its successor, so that lengths fall from the bottom to the top.
fn due(runs: &[(usize, usize)]) -> Option<usize> {
    let n = runs.len();
    let len = |back: usize| runs[n - back].1;
    if (n >= 3 && len(3) <= len(2) + len(1)) || (n >= 4 && len(4) <= len(3) + len(2)) {
        return Some(if len(3) < len(1) { n - 3 } else { n - 2 });
    }
    (n >= 2 && len(2) <= len(1)).then(|| n - 2)
}

/// The length of the run at the start of `v`. A strictly falling one is turned round.
fn natural_run(v: &mut [u32], lt: Lt<'_>) -> PyResult<usize> {
    if v.len() < 2 {
        return Ok(v.len());
    }
    let mut i = 2;
    if lt(v[1], v[0])? {
        while i < v.len() && lt(v[i], v[i - 1])? {
            i += 1;
        }
        v[..i].reverse();
    } else {
        while i < v.len() && !lt(v[i], v[i - 1])? {
            i += 1;
        }
    }
    Ok(i)
}

/// Sorts `v`, of which the first `sorted` are.
fn insertion(v: &mut [u32], sorted: usize, lt: Lt<'_>) -> PyResult<()> {
    for i in sorted..v.len() {
        let pivot = v[i];
        let at = upper(&v[..i], pivot, lt)?;
        v.copy_within(at..i, at + 1);
        v[at] = pivot;
    }
    Ok(())
}

/// Where `x` goes in `v`, behind its equals.
fn upper(v: &[u32], x: u32, lt: Lt<'_>) -> PyResult<usize> {
    let (mut low, mut high) = (0, v.len());
    while low < high {
        let mid = (low + high) / 2;
        if lt(x, v[mid])? {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    Ok(low)
}

/// Where `x` goes in `v`, before its equals.
fn lower(v: &[u32], x: u32, lt: Lt<'_>) -> PyResult<usize> {
    let (mut low, mut high) = (0, v.len());
    while low < high {
        let mid = (low + high) / 2;
        if lt(v[mid], x)? {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    Ok(low)
}

fn merge_at(
    v: &mut [u32],
    runs: &mut Vec<(usize, usize)>,
    at: usize,
    spare: &mut Vec<u32>,
    lt: Lt<'_>,
) -> PyResult<()> {
    let ((start, left), (_, right)) = (runs[at], runs[at + 1]);
    runs[at].1 = left + right;
    runs.remove(at + 1);
    let v = &mut v[start..start + left + right];
    // What is in place already at both ends takes no part.
    let skip = upper(&v[..left], v[left], lt)?;
    if skip == left {
        return Ok(());
    }
    let end = left + lower(&v[left..], v[left - 1], lt)?;
    merge(&mut v[skip..end], left - skip, spare, lt)
}

/// Merges the runs `v[..left]` and `v[left..]`.
fn merge(v: &mut [u32], left: usize, spare: &mut Vec<u32>, lt: Lt<'_>) -> PyResult<()> {
    spare.clear();
    spare.extend_from_slice(&v[..left]);
    let (mut i, mut j, mut out) = (0, left, 0);
    let mut result = Ok(());
    while i < spare.len() && j < v.len() {
        match lt(v[j], spare[i]) {
            Ok(true) => {
                v[out] = v[j];
                j += 1;
            }
            Ok(false) => {
                v[out] = spare[i];
                i += 1;
            }
            Err(e) => {
                result = Err(e);
                break;
            }
        }
        out += 1;
    }
    // The gap is as long as what is left of the first run.
    v[out..out + spare.len() - i].copy_from_slice(&spare[i..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &[u32]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        merge_sort(&mut order, &mut |a, b| Ok(keys[a as usize] < keys[b as usize])).expect("never raises");
        order
    }

    #[test]
    fn stable_on_all_shapes() {
        let mut seed = 1u32;
        for n in [0, 1, 2, 3, 10, 31, 64, 65, 100, 1000, 5000] {
            for spread in [1u32, 2, 7, 1000, u32::MAX] {
                for shape in 0..4 {
                    let keys: Vec<u32> = (0..n)
                        .map(|i| {
                            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                            let random = (seed >> 8) % spread;
                            [random, i % spread, (n - i) % spread, if i % 50 == 0 { random } else { i }][shape]
                        })
                        .collect();
                    let mut wanted: Vec<u32> = (0..n).collect();
                    wanted.sort_by_key(|&i| keys[i as usize]);
                    assert_eq!(sorted(&keys), wanted, "n={n} spread={spread} shape={shape}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_lost_without_an_order() {
        let mut seed = 7u32;
        let mut order: Vec<u32> = (0..999).collect();
        merge_sort(&mut order, &mut |_, _| {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            Ok(seed & 65536 != 0)
        })
        .expect("never raises");
        order.sort_unstable();
        assert_eq!(order, (0..999).collect::<Vec<u32>>());
    }
}
