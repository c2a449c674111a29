//! `batched`, `groupby`, `pairwise`, `zip_longest`.

use std::cell::{Cell, RefCell};

use freeze_runtime::call::bind;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{CallArgs, NativeDef, PyResult, Ref, Type, Value, Vm, native};

use super::iterator;
use crate::native_type::{payload, positional};

/// `batched(iterable, n, strict=False)`
pub(super) struct Batched {
    it: RefCell<Option<Value>>,
    n: usize,
    strict: bool,
}
payload!(Batched, |b, visit| b.it.borrow().iter().for_each(visit), |b| drop(b.it.take()));

static BATCHED_NEW: NativeDef = native("batched(iterable, n, *, strict=False)", "", |_, args| Ok(args.get(0).clone()));

fn batched_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &BATCHED_NEW, args)?;
    let n = vm.to_ssize(&slots[1])?;
    let strict = !slots[2].is_unbound() && vm.is_true(&slots[2])?;
    if n < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let it = RefCell::new(Some(vm.iter(&slots[0])?));
    Ok(Ref::new(class, Batched { it, n: n as usize, strict }).into_value())
}

fn batched_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let b: &Batched = v.downcast().expect("slots of batched see those");
    let it = b.it.borrow().clone();
    let Some(it) = it else { return Ok(None) };
    let mut row = Vec::with_capacity(b.n.min(1024));
    while row.len() < b.n {
        match vm.next(&it)? {
            Some(x) => row.push(x),
            None => {
                drop(b.it.take());
                break;
            }
        }
    }
    if row.is_empty() {
        return Ok(None);
    }
    if b.strict && row.len() < b.n {
        return Err(vm.value_error("batched(): incomplete batch"));
    }
    Ok(Some(PyTuple::new(row).into_value()))
}

iterator!(
    BATCHED: Batched, "batched",
    "Batch data into tuples of length n. The last batch may be shorter than n.\n\nLoops over the input iterable and \
     accumulates data into tuples\nup to size n.  The input is consumed lazily, just enough to\nfill a batch.  The \
     result is yielded as soon as a batch is full\nor when the input iterable is exhausted.",
    new = batched_new, next = batched_next
);

/// `pairwise(iterable)`
pub(super) struct Pairwise {
    it: RefCell<Option<Value>>,
    old: RefCell<Option<Value>>,
}
payload!(
    Pairwise,
    |p, visit| {
        p.it.borrow().iter().for_each(&mut *visit);
        p.old.borrow().iter().for_each(visit);
    },
    |p| drop((p.it.take(), p.old.take()))
);

fn pairwise_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &PAIRWISE, args, (1, 1))?;
    let it = RefCell::new(Some(vm.iter(&a[0])?));
    Ok(Ref::new(class, Pairwise { it, old: RefCell::new(None) }).into_value())
}

fn pairwise_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let p: &Pairwise = v.downcast().expect("slots of pairwise see those");
    let it = p.it.borrow().clone();
    let Some(it) = it else { return Ok(None) };
    let mut old = p.old.borrow().clone();
    if old.is_none() {
        old = vm.next(&it)?;
        if old.is_none() {
            drop((p.it.take(), p.old.take()));
            return Ok(None);
        }
        drop(p.old.replace(old.clone()));
        if p.it.borrow().is_none() {
            drop(p.old.take());
            return Ok(None);
        }
    }
    let (Some(first), Some(second)) = (old, vm.next(&it)?) else {
        drop((p.it.take(), p.old.take()));
        return Ok(None);
    };
    drop(p.old.replace(Some(second.clone())));
    Ok(Some(PyTuple::from_slice(&[first, second]).into_value()))
}

iterator!(
    PAIRWISE: Pairwise, "pairwise",
    "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, s3), ...",
    new = pairwise_new, next = pairwise_next
);

/// `zip_longest(*iterables, fillvalue=None)`
pub(super) struct ZipLongest {
    its: RefCell<Vec<Option<Value>>>,
    fill: Value,
}
payload!(
    ZipLongest,
    |z, visit| {
        visit(&z.fill);
        z.its.borrow().iter().flatten().for_each(visit);
    },
    |z| drop(z.its.take())
);

fn zip_longest_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let mut fill = Value::NONE;
    for (k, v) in args.keywords() {
        if vm.to_str(k)?.as_bytes() != b"fillvalue" {
            return Err(vm.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = v.clone();
    }
    let mut its = Vec::new();
    for v in args.positional() {
        its.push(Some(vm.iter(v)?));
    }
    Ok(Ref::new(class, ZipLongest { its: RefCell::new(its), fill }).into_value())
}

fn zip_longest_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let z: &ZipLongest = v.downcast().expect("slots of zip_longest see those");
    let its = z.its.borrow().clone();
    let mut row = Vec::with_capacity(its.len());
    let mut any = false;
    for (i, it) in its.iter().enumerate() {
        let item = match it {
            Some(it) => match vm.next(it) {
                Ok(x) => x,
                Err(e) => {
                    drop(z.its.take());
                    return Err(e);
                }
            },
            None => None,
        };
        match item {
            Some(x) => {
                any = true;
                row.push(x);
            }
            None => {
                row.push(z.fill.clone());
                let over = z.its.borrow_mut().get_mut(i).and_then(Option::take);
                drop(over);
            }
        }
    }
    Ok(any.then(|| PyTuple::new(row).into_value()))
}

iterator!(
    ZIP_LONGEST: ZipLongest, "zip_longest",
    "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from the i-th \
     iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument sequence\nis \
     exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the fillvalue is \
     substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword argument.",
    new = zip_longest_new, next = zip_longest_next
);

/// `groupby(iterable, key)`
pub(super) struct GroupBy {
    it: Value,
    key: Value,
    /// The key of the group that was given out last.
    group_key: RefCell<Option<Value>>,
    /// The item that was read last and not given out yet, with its key.
    current: RefCell<Option<(Value, Value)>>,
    /// The key of the item that was read last, kept when the item is given out.
    current_key: RefCell<Option<Value>>,
    /// Counts the groups; a grouper with another number has had its time.
    generation: Cell<u64>,
}
payload!(
    GroupBy,
    |g, visit| {
        visit(&g.it);
        visit(&g.key);
        g.group_key.borrow().iter().for_each(&mut *visit);
        g.current_key.borrow().iter().for_each(&mut *visit);
        if let Some((x, k)) = &*g.current.borrow() {
            visit(x);
            visit(k);
        }
    },
    |g| drop((g.group_key.take(), g.current.take(), g.current_key.take()))
);

static GROUPBY_NEW: NativeDef = native("groupby(iterable, key=None)", "", |_, args| Ok(args.get(0).clone()));

fn groupby_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &GROUPBY_NEW, args)?;
    let payload = GroupBy {
        it: vm.iter(&slots[0])?,
        key: if slots[1].is_unbound() { Value::NONE } else { slots[1].clone() },
        group_key: RefCell::new(None),
        current: RefCell::new(None),
        current_key: RefCell::new(None),
        generation: Cell::new(0),
    };
    Ok(Ref::new(class, payload).into_value())
}

impl GroupBy {
    /// Reads the next item and its key.
    fn read(&self, vm: &Vm) -> PyResult<bool> {
        let Some(x) = vm.next(&self.it)? else { return Ok(false) };
        let k = if self.key.is_none() { x.clone() } else { vm.call(&self.key, std::slice::from_ref(&x))? };
        drop(self.current_key.replace(Some(k.clone())));
        drop(self.current.replace(Some((x, k))));
        Ok(true)
    }
}

fn groupby(v: &Value) -> &GroupBy {
    v.downcast().expect("slots of groupby see those")
}

fn groupby_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let g = groupby(v);
    g.generation.set(g.generation.get() + 1);
    // Skips what is left of the group before.
    loop {
        let (current, group) = (g.current_key.borrow().clone(), g.group_key.borrow().clone());
        match (current, group) {
            (Some(k), Some(old)) => {
                if !vm.eq(&old, &k)? {
                    break;
                }
            }
            (Some(_), None) => break,
            (None, _) => {}
        }
        if !g.read(vm)? {
            return Ok(None);
        }
    }
    let Some(key) = g.current_key.borrow().clone() else { return Ok(None) };
    drop(g.group_key.replace(Some(key.clone())));
    let grouper = Grouper { parent: v.clone(), key: key.clone(), generation: g.generation.get() };
    let grouper = Ref::new(&GROUPER, grouper).into_value();
    Ok(Some(PyTuple::from_slice(&[key, grouper]).into_value()))
}

iterator!(
    GROUPBY: GroupBy, "groupby",
    "make an iterator that returns consecutive keys and groups from the iterable\n\n  iterable\n    Elements to divide \
     into groups according to the key function.\n  key\n    A function for computing the group category for each \
     element.\n    If the key function is not specified or is None, the element itself\n    is used for grouping.",
    new = groupby_new, next = groupby_next
);

/// The iterator over one group.
pub(super) struct Grouper {
    parent: Value,
    key: Value,
    generation: u64,
}
payload!(Grouper, |g, visit| {
    visit(&g.parent);
    visit(&g.key);
});

fn grouper_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &GROUPER, args, (2, 2))?;
    let Some(g) = a[0].downcast::<GroupBy>() else {
        return Err(
            vm.type_error(format!("_grouper() argument 1 must be itertools.groupby, not {}", a[0].class().name()))
        );
    };
    let grouper = Grouper { parent: a[0].clone(), key: a[1].clone(), generation: g.generation.get() };
    Ok(Ref::new(class, grouper).into_value())
}

fn grouper_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let me: &Grouper = v.downcast().expect("slots of _grouper see those");
    let g = groupby(&me.parent);
    if g.generation.get() != me.generation {
        return Ok(None);
    }
    if g.current.borrow().is_none() && !g.read(vm)? {
        return Ok(None);
    }
    let Some((_, key)) = g.current.borrow().clone() else { return Ok(None) };
    if !vm.eq(&me.key, &key)? {
        return Ok(None);
    }
    Ok(g.current.take().map(|(x, _)| x))
}

iterator!(GROUPER: Grouper, "_grouper", "", new = grouper_new, next = grouper_next);
