//! `product`, `permutations`, `combinations`, `combinations_with_replacement`.

use std::cell::RefCell;

use freeze_runtime::call::bind;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Ref, Type, Value, Vm, native};

use super::iterator;
use crate::native_type::payload;

/// Numbers into a pool that stand for the next result.
struct State {
    indices: Vec<usize>,
    /// `permutations`: how often each place is to change still.
    cycles: Vec<usize>,
    started: bool,
    over: bool,
}

/// The payload of the three iterators over one pool.
pub(super) struct Combinations {
    pool: Vec<Value>,
    r: usize,
    state: RefCell<State>,
}
payload!(Combinations, |c, visit| c.pool.iter().for_each(visit));

fn make(class: &Type, pool: Vec<Value>, r: usize, indices: Vec<usize>, cycles: Vec<usize>, over: bool) -> Value {
    let state = RefCell::new(State { indices, cycles, started: false, over });
    Ref::new(class, Combinations { pool, r, state }).into_value()
}

/// The next result, after `advance` has moved the state on (or said that there is none).
fn step(v: &Value, advance: fn(&mut State, usize, usize) -> bool) -> Option<Value> {
    let c: &Combinations = v.downcast().expect("slots of combinatoric iterators see those");
    let mut s = c.state.borrow_mut();
    if s.over {
        return None;
    }
    if s.started {
        if !advance(&mut s, c.pool.len(), c.r) {
            s.over = true;
            return None;
        }
    } else {
        s.started = true;
    }
    let items = s.indices[..c.r].iter().map(|&i| c.pool[i].clone());
    Some(PyTuple::from_exact_iter(&freeze_runtime::types::tuple::TUPLE, c.r, items).into_value())
}

fn length(vm: &Vm, v: &Value) -> PyResult<usize> {
    usize::try_from(vm.to_ssize(v)?).map_err(|_| vm.value_error("r must be non-negative"))
}

static COMBINATIONS_NEW: NativeDef = native("combinations(iterable, r)", "", |_, args| Ok(args.get(0).clone()));

fn combinations_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &COMBINATIONS_NEW, args)?;
    let pool = vm.to_vec(&slots[0])?;
    let r = length(vm, &slots[1])?;
    let over = r > pool.len();
    let indices = if over { Vec::new() } else { (0..r).collect() };
    Ok(make(class, pool, r, indices, Vec::new(), over))
}

fn combinations_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(step(v, |s, n, r| {
        let Some(i) = (0..r).rev().find(|&i| s.indices[i] != i + n - r) else { return false };
        s.indices[i] += 1;
        for j in i + 1..r {
            s.indices[j] = s.indices[j - 1] + 1;
        }
        true
    }))
}

iterator!(
    COMBINATIONS: Combinations, "combinations",
    "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), \
     (0,1,3), (0,2,3), (1,2,3)",
    new = combinations_new, next = combinations_next
);

static REPLACEMENT_NEW: NativeDef =
    native("combinations_with_replacement(iterable, r)", "", |_, args| Ok(args.get(0).clone()));

fn replacement_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &REPLACEMENT_NEW, args)?;
    let pool = vm.to_vec(&slots[0])?;
    let r = length(vm, &slots[1])?;
    let over = pool.is_empty() && r > 0;
    let indices = if over { Vec::new() } else { zeros(vm, r)? };
    Ok(make(class, pool, r, indices, Vec::new(), over))
}

/// A vector of zeros; MemoryError if there is no room.
fn zeros(vm: &Vm, n: usize) -> PyResult<Vec<usize>> {
    let mut v = Vec::new();
    if v.try_reserve_exact(n).is_err() {
        return Err(vm.out_of_memory(()));
    }
    v.resize(n, 0);
    Ok(v)
}

fn replacement_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(step(v, |s, n, r| {
        let Some(i) = (0..r).rev().find(|&i| s.indices[i] != n - 1) else { return false };
        let next = s.indices[i] + 1;
        s.indices[i..r].fill(next);
        true
    }))
}

iterator!(
    COMBINATIONS_WITH_REPLACEMENT: Combinations, "combinations_with_replacement",
    "Return successive r-length combinations of elements in the iterable allowing individual elements to have \
     successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), \
     ('B','C'), ('C','C')",
    new = replacement_new, next = replacement_next
);

static PERMUTATIONS_NEW: NativeDef = native("permutations(iterable, r=None)", "", |_, args| Ok(args.get(0).clone()));

fn permutations_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &PERMUTATIONS_NEW, args)?;
    let pool = vm.to_vec(&slots[0])?;
    let n = pool.len();
    let r = match &slots[1] {
        v if v.is_unbound() || v.is_none() => n,
        v if !int::is_int(v) => return Err(vm.type_error("Expected int as r")),
        v => length(vm, v)?,
    };
    let over = r > n;
    let (indices, cycles) =
        if over { (Vec::new(), Vec::new()) } else { ((0..n).collect(), (n - r + 1..=n).rev().collect()) };
    Ok(make(class, pool, r, indices, cycles, over))
}

fn permutations_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    Ok(step(v, |s, n, r| {
        for i in (0..r).rev() {
            s.cycles[i] -= 1;
            if s.cycles[i] > 0 {
                let j = n - s.cycles[i];
                s.indices.swap(i, j);
                return true;
            }
            s.indices[i..].rotate_left(1);
            s.cycles[i] = n - i;
        }
        false
    }))
}

iterator!(
    PERMUTATIONS: Combinations, "permutations",
    "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), \
     (1,0), (1,2), (2,0), (2,1)",
    new = permutations_new, next = permutations_next
);

/// `product(*iterables, repeat=1)`
pub(super) struct Product {
    pools: Vec<Vec<Value>>,
    state: RefCell<State>,
}
payload!(Product, |p, visit| p.pools.iter().flatten().for_each(visit));

fn product_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let mut repeat = 1;
    for (k, v) in args.keywords() {
        let k = vm.to_str(k)?;
        if k.as_bytes() == b"repeat" {
            repeat = vm.to_ssize(v)?;
        } else {
            return Err(args.unexpected_keyword(vm, "product", &["repeat"], &k.to_lossy()));
        }
    }
    if repeat < 0 {
        return Err(vm.value_error("repeat argument cannot be negative"));
    }
    let mut once = Vec::new();
    if repeat > 0 {
        for v in args.positional() {
            once.push(vm.to_vec(v)?);
        }
    }
    if once.len().checked_mul(repeat as usize).is_none_or(|n| n > isize::MAX as usize / 8) {
        return Err(vm.overflow_error("repeat argument too large"));
    }
    let n = once.len() * repeat as usize;
    let over = once.iter().any(Vec::is_empty);
    let mut pools = Vec::new();
    if pools.try_reserve_exact(n).is_err() {
        return Err(vm.out_of_memory(()));
    }
    pools.extend(once.iter().cycle().take(n).cloned());
    let state = State { indices: zeros(vm, n)?, cycles: Vec::new(), started: false, over };
    Ok(Ref::new(class, Product { pools, state: RefCell::new(state) }).into_value())
}

fn product_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let p: &Product = v.downcast().expect("slots of product see products");
    let mut s = p.state.borrow_mut();
    if s.over {
        return Ok(None);
    }
    if s.started {
        let mut i = p.pools.len();
        loop {
            if i == 0 {
                s.over = true;
                return Ok(None);
            }
            i -= 1;
            s.indices[i] += 1;
            if s.indices[i] < p.pools[i].len() {
                break;
            }
            s.indices[i] = 0;
        }
    } else {
        s.started = true;
    }
    let items = p.pools.iter().zip(&s.indices).map(|(pool, &i)| pool[i].clone());
    let class = &freeze_runtime::types::tuple::TUPLE;
    Ok(Some(PyTuple::from_exact_iter(class, p.pools.len(), items).into_value()))
}

fn product_sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let p: &Product = args.payload();
    Ok(Value::usize(16 + size_of::<Product>() + p.pools.iter().map(|x| 32 + x.len() * 8).sum::<usize>()))
}

iterator!(
    PRODUCT: Product, "product",
    "product(*iterables, repeat=1) --> product object\n\nCartesian product of input iterables.  Equivalent to nested \
     for-loops.",
    new = product_new, next = product_next;
    methods = &[native("__sizeof__(self, /)", "Returns size in memory, in bytes.", product_sizeof)]
);
