//! `count`, `cycle`, `repeat`, `accumulate`.

use std::cell::{Cell, RefCell};

use freeze_runtime::call::bind;
use freeze_runtime::object::BinOp;
use freeze_runtime::object::value::{MAX_SMALL, MIN_SMALL};
use freeze_runtime::types::int;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Ref, Type, Value, Vm, native};

use super::iterator;
use crate::native_type::{payload, positional};

/// `count(start, step)`
pub(super) struct Count {
    next: RefCell<Value>,
    step: Value,
}
payload!(Count, |c, visit| {
    visit(&c.next.borrow());
    visit(&c.step);
});

static COUNT_NEW: NativeDef = native("count(start=0, step=1)", "", |_, args| Ok(args.get(0).clone()));

fn is_number(v: &Value) -> bool {
    let s = v.class().slots();
    int::is_int(v) || v.is_float() || s.index.is_some() || s.int.is_some() || s.float.is_some() || s.neg.is_some()
}

fn count_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &COUNT_NEW, args)?;
    let given = |i: usize, default: i64| if slots[i].is_unbound() { Value::small(default) } else { slots[i].clone() };
    let (start, step) = (given(0, 0), given(1, 1));
    if !is_number(&start) || !is_number(&step) {
        return Err(vm.type_error("a number is required"));
    }
    Ok(Ref::new(class, Count { next: RefCell::new(start), step }).into_value())
}

fn count(v: &Value) -> &Count {
    v.downcast().expect("slots of count see counts")
}

fn count_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let c = count(v);
    let current = c.next.borrow().clone();
    let following = match (current.as_small(), c.step.as_small()) {
        // Two numbers of 50 bits can't overflow 64.
        (Some(a), Some(b)) if (MIN_SMALL..=MAX_SMALL).contains(&(a + b)) => Value::small(a + b),
        _ => vm.binary_op(BinOp::Add, &current, &c.step)?,
    };
    drop(c.next.replace(following));
    Ok(Some(current))
}

fn count_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let c = count(v);
    let next = c.next.borrow().clone();
    let mut out = format!("{}({}", v.class().name(), vm.repr(&next)?.to_lossy());
    if c.step.as_small() != Some(1) {
        out += &format!(", {}", vm.repr(&c.step)?.to_lossy());
    }
    out.push(')');
    Ok(vm.str(&out))
}

iterator!(
    COUNT: Count, "count",
    "Return a count object whose .__next__() method returns consecutive values.\n\nEquivalent to:\n    def \
     count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield x\n            x += step",
    new = count_new, next = count_next, repr = count_repr
);

/// `cycle(iterable)`
pub(super) struct Cycle {
    /// The iterator, until it is exhausted.
    it: RefCell<Option<Value>>,
    saved: RefCell<Vec<Value>>,
    at: Cell<usize>,
}
payload!(
    Cycle,
    |c, visit| {
        c.it.borrow().iter().for_each(&mut *visit);
        c.saved.borrow().iter().for_each(visit);
    },
    |c| drop((c.it.take(), c.saved.take()))
);

fn cycle_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &CYCLE, args, (1, 1))?;
    let it = RefCell::new(Some(vm.iter(&a[0])?));
    Ok(Ref::new(class, Cycle { it, saved: RefCell::default(), at: Cell::new(0) }).into_value())
}

fn cycle_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let c: &Cycle = v.downcast().expect("slots of cycle see cycles");
    let it = c.it.borrow().clone();
    if let Some(it) = it {
        if let Some(x) = vm.next(&it)? {
            c.saved.borrow_mut().push(x.clone());
            return Ok(Some(x));
        }
        drop(c.it.take());
    }
    let saved = c.saved.borrow();
    let x = saved.get(c.at.get()).cloned();
    c.at.set(if c.at.get() + 1 >= saved.len() { 0 } else { c.at.get() + 1 });
    Ok(x)
}

iterator!(
    CYCLE: Cycle, "cycle",
    "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    new = cycle_new, next = cycle_next
);

/// `repeat(object, times)`
pub(super) struct Repeat {
    object: Value,
    /// `None`: for ever.
    left: Cell<Option<i64>>,
}
payload!(Repeat, |r, visit| visit(&r.object));

static REPEAT_NEW: NativeDef = native("repeat(object, times=None)", "", |_, args| Ok(args.get(0).clone()));

fn repeat_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &REPEAT_NEW, args)?;
    let left = match &slots[1] {
        v if v.is_unbound() => None,
        v => Some(vm.to_ssize(v)?.max(0) as i64),
    };
    Ok(Ref::new(class, Repeat { object: slots[0].clone(), left: Cell::new(left) }).into_value())
}

fn repeat(v: &Value) -> &Repeat {
    v.downcast().expect("slots of repeat see those")
}

fn repeat_next(_vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let r = repeat(v);
    match r.left.get() {
        Some(0) => return Ok(None),
        Some(n) => r.left.set(Some(n - 1)),
        None => {}
    }
    Ok(Some(r.object.clone()))
}

fn repeat_repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let r = repeat(v);
    let name = v.class().name();
    let text = vm.repr(&r.object)?;
    let mut out = format!("{name}(").into_bytes();
    out.extend_from_slice(text.as_bytes());
    if let Some(n) = r.left.get() {
        out.extend_from_slice(format!(", {n}").as_bytes());
    }
    out.push(b')');
    Ok(PyStr::new(&out).into_value())
}

fn repeat_length_hint(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    match repeat(args.this()).left.get() {
        Some(n) => Ok(Value::int(n)),
        None => Err(vm.type_error("len() of unsized object")),
    }
}

iterator!(
    REPEAT: Repeat, "repeat",
    "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of times.  If not \
     specified, returns the object\nendlessly.",
    new = repeat_new, next = repeat_next, repr = repeat_repr;
    methods = &[native(
        "__length_hint__(self, /)",
        "Private method returning an estimate of len(list(it)).",
        repeat_length_hint,
    )]
);

/// `accumulate(iterable, func, initial=…)`
pub(super) struct Accumulate {
    it: Value,
    /// None: addition.
    func: Value,
    total: RefCell<Option<Value>>,
    initial: RefCell<Option<Value>>,
}
payload!(
    Accumulate,
    |a, visit| {
        visit(&a.it);
        visit(&a.func);
        a.total.borrow().iter().for_each(&mut *visit);
        a.initial.borrow().iter().for_each(visit);
    },
    |a| drop((a.total.take(), a.initial.take()))
);

static ACCUMULATE_NEW: NativeDef =
    native("accumulate(iterable, func=None, *, initial=None)", "", |_, args| Ok(args.get(0).clone()));

fn accumulate_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &ACCUMULATE_NEW, args)?;
    let given = |i: usize| Some(slots[i].clone()).filter(|v| !v.is_unbound() && !v.is_none());
    let payload = Accumulate {
        it: vm.iter(&slots[0])?,
        func: Value::or_none(given(1)),
        total: RefCell::new(None),
        initial: RefCell::new(given(2)),
    };
    Ok(Ref::new(class, payload).into_value())
}

fn accumulate_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let a: &Accumulate = v.downcast().expect("slots of accumulate see those");
    if let Some(first) = a.initial.take() {
        drop(a.total.replace(Some(first.clone())));
        return Ok(Some(first));
    }
    let Some(x) = vm.next(&a.it)? else { return Ok(None) };
    let total = a.total.borrow().clone();
    let total = match total {
        None => x,
        Some(t) if a.func.is_none() => vm.binary_op(BinOp::Add, &t, &x)?,
        Some(t) => vm.call(&a.func, &[t, x])?,
    };
    drop(a.total.replace(Some(total.clone())));
    Ok(Some(total))
}

iterator!(
    ACCUMULATE: Accumulate, "accumulate",
    "Return series of accumulated sums (or other binary function results).",
    new = accumulate_new, next = accumulate_next
);
