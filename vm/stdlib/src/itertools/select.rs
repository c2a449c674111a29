//! `chain`, `compress`, `dropwhile`, `filterfalse`, `islice`, `starmap`, `takewhile`.

use std::cell::{Cell, RefCell};

use freeze_runtime::call::bind;
use freeze_runtime::types::bool_::BOOL;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Ref, Type, Value, Vm, native};

use super::iterator;
use crate::native_type::{payload, positional};

/// `chain(*iterables)`
pub(super) struct Chain {
    /// Gives the iterables, until there are no more.
    source: RefCell<Option<Value>>,
    /// The iterator over the present one.
    active: RefCell<Option<Value>>,
}
payload!(
    Chain,
    |c, visit| {
        c.source.borrow().iter().for_each(&mut *visit);
        c.active.borrow().iter().for_each(visit);
    },
    |c| drop((c.source.take(), c.active.take()))
);

fn chain_of(class: &Type, source: Value) -> Value {
    Ref::new(class, Chain { source: RefCell::new(Some(source)), active: RefCell::new(None) }).into_value()
}

fn chain_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &CHAIN, args, (0, usize::MAX))?;
    let all = PyTuple::from_slice(a).into_value();
    Ok(chain_of(class, vm.iter(&all)?))
}

fn from_iterable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let source = vm.iter(args.get(1))?;
    let class = args.this().downcast::<freeze_runtime::object::TypeObject>();
    Ok(chain_of(class.map_or(&CHAIN, |c| c.object()), source))
}

fn chain_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let c: &Chain = v.downcast().expect("slots of chain see chains");
    loop {
        let active = c.active.borrow().clone();
        if let Some(it) = active {
            if let Some(x) = vm.next(&it)? {
                return Ok(Some(x));
            }
            drop(c.active.take());
        }
        let source = c.source.borrow().clone();
        let Some(source) = source else { return Ok(None) };
        match vm.next(&source) {
            Ok(Some(iterable)) => match vm.iter(&iterable) {
                Ok(it) => drop(c.active.replace(Some(it))),
                Err(e) => {
                    drop(c.source.take());
                    return Err(e);
                }
            },
            Ok(None) => {
                drop(c.source.take());
                return Ok(None);
            }
            Err(e) => {
                drop(c.source.take());
                return Err(e);
            }
        }
    }
}

iterator!(
    CHAIN: Chain, "chain",
    "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is exhausted, \
     then elements from the next\niterable, until all of the iterables are exhausted.",
    new = chain_new, next = chain_next;
    class_methods = &[
        native("__class_getitem__(cls, object, /)", "See PEP 585", crate::native_type::class_getitem),
        native(
            "from_iterable(cls, iterable, /)",
            "Alternative chain() constructor taking a single iterable argument that evaluates lazily.",
            from_iterable,
        ),
    ]
);

/// `compress(data, selectors)`
pub(super) struct Compress {
    data: Value,
    selectors: Value,
}
payload!(Compress, |c, visit| {
    visit(&c.data);
    visit(&c.selectors);
});

static COMPRESS_NEW: NativeDef = native("compress(data, selectors)", "", |_, args| Ok(args.get(0).clone()));

fn compress_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &COMPRESS_NEW, args)?;
    let payload = Compress { data: vm.iter(&slots[0])?, selectors: vm.iter(&slots[1])? };
    Ok(Ref::new(class, payload).into_value())
}

fn compress_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let c: &Compress = v.downcast().expect("slots of compress see those");
    loop {
        let Some(x) = vm.next(&c.data)? else { return Ok(None) };
        let Some(s) = vm.next(&c.selectors)? else { return Ok(None) };
        if vm.is_true(&s)? {
            return Ok(Some(x));
        }
    }
}

iterator!(
    COMPRESS: Compress, "compress",
    "Return data elements corresponding to true selector elements.\n\nForms a shorter iterator from selected data \
     elements using the selectors to\nchoose the data elements.",
    new = compress_new, next = compress_next
);

/// A function and an iterator: `dropwhile`, `takewhile`, `filterfalse`, `starmap`.
pub(super) struct Select {
    func: Value,
    it: Value,
    /// `dropwhile`: dropping is over. `takewhile`: the end was reached.
    done: Cell<bool>,
}
payload!(Select, |s, visit| {
    visit(&s.func);
    visit(&s.it);
});

fn select(v: &Value) -> &Select {
    v.downcast().expect("slots of these iterators see their payload")
}

fn select_new(vm: &Vm, class: &Type, own: &'static Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, own, args, (2, 2))?;
    let it = vm.iter(&a[1])?;
    Ok(Ref::new(class, Select { func: a[0].clone(), it, done: Cell::new(false) }).into_value())
}

fn holds(vm: &Vm, func: &Value, x: &Value) -> PyResult<bool> {
    let r = vm.call(func, std::slice::from_ref(x))?;
    vm.is_true(&r)
}

fn dropwhile_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    select_new(vm, class, &DROPWHILE, args)
}

fn dropwhile_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = select(v);
    while let Some(x) = vm.next(&s.it)? {
        if s.done.get() {
            return Ok(Some(x));
        }
        if !holds(vm, &s.func, &x)? {
            s.done.set(true);
            return Ok(Some(x));
        }
    }
    Ok(None)
}

iterator!(
    DROPWHILE: Select, "dropwhile",
    "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the iterable \
     is exhausted.",
    new = dropwhile_new, next = dropwhile_next
);

fn takewhile_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    select_new(vm, class, &TAKEWHILE, args)
}

fn takewhile_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = select(v);
    if s.done.get() {
        return Ok(None);
    }
    let Some(x) = vm.next(&s.it)? else { return Ok(None) };
    if holds(vm, &s.func, &x)? {
        return Ok(Some(x));
    }
    s.done.set(true);
    Ok(None)
}

iterator!(
    TAKEWHILE: Select, "takewhile",
    "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    new = takewhile_new, next = takewhile_next
);

fn filterfalse_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    select_new(vm, class, &FILTERFALSE, args)
}

fn filterfalse_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = select(v);
    let plain = s.func.is_none() || s.func.is(&BOOL.as_value());
    while let Some(x) = vm.next(&s.it)? {
        let good = if plain { vm.is_true(&x)? } else { holds(vm, &s.func, &x)? };
        if !good {
            return Ok(Some(x));
        }
    }
    Ok(None)
}

iterator!(
    FILTERFALSE: Select, "filterfalse",
    "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items that \
     are false.",
    new = filterfalse_new, next = filterfalse_next
);

fn starmap_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    select_new(vm, class, &STARMAP, args)
}

fn starmap_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s = select(v);
    let Some(row) = vm.next(&s.it)? else { return Ok(None) };
    if let Some(t) = row.downcast::<PyTuple>() {
        return vm.call(&s.func, t.as_slice()).map(Some);
    }
    let row = vm.to_vec(&row)?;
    vm.call(&s.func, &row).map(Some)
}

iterator!(
    STARMAP: Select, "starmap",
    "Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the \
     given sequence.",
    new = starmap_new, next = starmap_next
);

/// `islice(iterable, start, stop, step)`
pub(super) struct Islice {
    it: RefCell<Option<Value>>,
    /// The number of the next item to give, and of the next to come from the iterator.
    next: Cell<usize>,
    count: Cell<usize>,
    stop: Option<usize>,
    step: usize,
}
payload!(Islice, |s, visit| s.it.borrow().iter().for_each(visit), |s| drop(s.it.take()));

fn bound(vm: &Vm, v: &Value, what: &str) -> PyResult<Option<usize>> {
    if v.is_none() {
        return Ok(None);
    }
    let indexable = int::is_int(v) || v.class().slots().index.is_some();
    let n = if indexable { int::as_i64(&vm.index(v)?) } else { None };
    match n {
        Some(n) if n >= 0 => Ok(Some(n as usize)),
        _ => Err(vm.value_error(format!("{what} must be None or an integer: 0 <= x <= sys.maxsize."))),
    }
}

fn islice_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &ISLICE, args, (2, 4))?;
    let (start, stop, step) = match a {
        [_, stop] => (0, bound(vm, stop, "Stop argument for islice()")?, 1),
        _ => {
            let start = bound(vm, &a[1], "Indices for islice()")?.unwrap_or(0);
            let stop = bound(vm, &a[2], "Indices for islice()")?;
            let step = match a.get(3) {
                Some(v) if !v.is_none() => {
                    let step = bound(vm, v, "Step for islice()").ok().flatten().filter(|&n| n > 0);
                    step.ok_or_else(|| vm.value_error("Step for islice() must be a positive integer or None."))?
                }
                _ => 1,
            };
            (start, stop, step)
        }
    };
    let it = RefCell::new(Some(vm.iter(&a[0])?));
    let payload = Islice { it, next: Cell::new(start), count: Cell::new(0), stop, step };
    Ok(Ref::new(class, payload).into_value())
}

fn islice_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let s: &Islice = v.downcast().expect("slots of islice see those");
    let it = s.it.borrow().clone();
    let Some(it) = it else { return Ok(None) };
    let stop = s.stop.unwrap_or(usize::MAX);
    let wanted = s.next.get().min(stop);
    while s.count.get() < wanted {
        if vm.next(&it)?.is_none() {
            drop(s.it.take());
            return Ok(None);
        }
        s.count.set(s.count.get() + 1);
    }
    let item = if s.count.get() >= stop { None } else { vm.next(&it)? };
    if item.is_none() {
        drop(s.it.take());
        return Ok(None);
    }
    s.count.set(s.count.get() + 1);
    s.next.set(s.next.get().saturating_add(s.step).min(stop));
    Ok(item)
}

iterator!(
    ISLICE: Islice, "islice",
    "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an \
     iterator whose next() method returns selected values from an\niterable.  If start is specified, will skip all \
     preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as another value, \
     step determines how many values are\nskipped between successive calls.  Works like a slice() on a list\nbut returns \
     an iterator.",
    new = islice_new, next = islice_next
);
