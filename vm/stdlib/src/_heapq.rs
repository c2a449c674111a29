//! `_heapq`: binary heaps in lists.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Ref, Value, Vm, native};

/// Which end of the order is on top.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    Smallest,
    Largest,
}

/// Whether `a` belongs above `b`.
fn above(vm: &Vm, top: Top, a: &Value, b: &Value) -> PyResult<bool> {
    if Value::both_small(a, b) {
        let (x, y) = (a.small_unchecked(), b.small_unchecked());
        return Ok(if top == Top::Smallest { x < y } else { y < x });
    }
    if top == Top::Smallest { vm.lt(a, b) } else { vm.lt(b, a) }
}

fn pair(vm: &Vm, heap: &PyList, i: usize, j: usize) -> PyResult<(Value, Value)> {
    match (heap.get(i), heap.get(j)) {
        (Some(a), Some(b)) => Ok((a, b)),
        _ => Err(vm.index_error("index out of range")),
    }
}

/// Compares two items of the heap, which must not change its size meanwhile.
fn item_above(vm: &Vm, heap: &PyList, len: usize, top: Top, i: usize, j: usize) -> PyResult<bool> {
    let (a, b) = pair(vm, heap, i, j)?;
    let r = above(vm, top, &a, &b)?;
    if heap.len() != len {
        return Err(vm.runtime_error("list changed size during iteration"));
    }
    Ok(r)
}

/// Moves the item at `pos` up, as far as `start`.
fn rise(vm: &Vm, heap: &PyList, start: usize, mut pos: usize, top: Top) -> PyResult<()> {
    let len = heap.len();
    if pos >= len {
        return Err(vm.index_error("index out of range"));
    }
    while pos > start {
        let parent = (pos - 1) >> 1;
        if !item_above(vm, heap, len, top, pos, parent)? {
            break;
        }
        heap.with_mut(|l| l.swap(pos, parent));
        pos = parent;
    }
    Ok(())
}

/// Moves the item at `pos` down to a leaf, the better children up, and then up to its place.
fn sink(vm: &Vm, heap: &PyList, mut pos: usize, top: Top) -> PyResult<()> {
    let len = heap.len();
    let start = pos;
    if pos >= len {
        return Err(vm.index_error("index out of range"));
    }
    while pos < len / 2 {
        let mut child = 2 * pos + 1;
        if child + 1 < len && !item_above(vm, heap, len, top, child, child + 1)? {
            child += 1;
        }
        heap.with_mut(|l| l.swap(pos, child));
        pos = child;
    }
    rise(vm, heap, start, pos, top)
}

fn list(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    args.payload_of::<PyList>(vm, 0, "list")
}

fn push(vm: &Vm, args: Args<'_>, top: Top) -> PyResult<Value> {
    let heap = list(vm, &args)?;
    heap.push(args.get(1).clone()).map_err(|e| vm.out_of_memory(e))?;
    rise(vm, &heap, 0, heap.len() - 1, top)?;
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>, top: Top) -> PyResult<Value> {
    let heap = list(vm, &args)?;
    let Some(last) = heap.with_mut(Vec::pop) else { return Err(vm.index_error("index out of range")) };
    match heap.set(0, last) {
        Ok(first) => {
            sink(vm, &heap, 0, top)?;
            Ok(first)
        }
        Err(only) => Ok(only),
    }
}

fn replace(vm: &Vm, args: Args<'_>, top: Top) -> PyResult<Value> {
    let heap = list(vm, &args)?;
    match heap.set(0, args.get(1).clone()) {
        Ok(first) => {
            sink(vm, &heap, 0, top)?;
            Ok(first)
        }
        Err(_) => Err(vm.index_error("index out of range")),
    }
}

fn push_pop(vm: &Vm, args: Args<'_>, top: Top) -> PyResult<Value> {
    let heap = list(vm, &args)?;
    let x = args.get(1).clone();
    let Some(first) = heap.get(0) else { return Ok(x) };
    if !above(vm, top, &first, &x)? {
        return Ok(x);
    }
    match heap.set(0, x) {
        Ok(first) => {
            sink(vm, &heap, 0, top)?;
            Ok(first)
        }
        Err(_) => Err(vm.index_error("index out of range")),
    }
}

fn make_heap(vm: &Vm, args: Args<'_>, top: Top) -> PyResult<Value> {
    let heap = list(vm, &args)?;
    for i in (0..heap.len() / 2).rev() {
        sink(vm, &heap, i, top)?;
    }
    Ok(Value::NONE)
}

static FUNCTIONS: &[NativeDef] = &[
    native("heapify(heap, /)", "Transform list into a heap, in-place, in O(len(heap)) time.", |vm, a| {
        make_heap(vm, a, Top::Smallest)
    }),
    native("heapify_max(heap, /)", "Maxheap variant of heapify.", |vm, a| make_heap(vm, a, Top::Largest)),
    native("heappop(heap, /)", "Pop the smallest item off the heap, maintaining the heap invariant.", |vm, a| {
        pop(vm, a, Top::Smallest)
    }),
    native("heappop_max(heap, /)", "Maxheap variant of heappop.", |vm, a| pop(vm, a, Top::Largest)),
    native("heappush(heap, item, /)", "Push item onto heap, maintaining the heap invariant.", |vm, a| {
        push(vm, a, Top::Smallest)
    }),
    native("heappush_max(heap, item, /)", "Push item onto max heap, maintaining the heap invariant.", |vm, a| {
        push(vm, a, Top::Largest)
    }),
    native(
        "heappushpop(heap, item, /)",
        "Push item on the heap, then pop and return the smallest item from the heap.",
        |vm, a| push_pop(vm, a, Top::Smallest),
    ),
    native("heappushpop_max(heap, item, /)", "Maxheap variant of heappushpop.", |vm, a| push_pop(vm, a, Top::Largest)),
    native(
        "heapreplace(heap, item, /)",
        "Pop and return the current smallest value, and add the new item.",
        |vm, a| replace(vm, a, Top::Smallest),
    ),
    native("heapreplace_max(heap, item, /)", "Maxheap variant of heapreplace.", |vm, a| replace(vm, a, Top::Largest)),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    // The names that these functions had before 3.14.
    for (old, new) in
        [("_heapify_max", "heapify_max"), ("_heappop_max", "heappop_max"), ("_heapreplace_max", "heapreplace_max")]
    {
        if let Some(f) = dict.get_text(new) {
            dict.set_str(&vm.intern(old), f);
        }
    }
    Ok(())
}

/// The module `_heapq`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_heapq",
    doc: "Heap queue algorithm (a.k.a. priority queue).",
    functions: FUNCTIONS,
    init: Some(init),
};
