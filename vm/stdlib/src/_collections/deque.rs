//! `deque`: its value, operators and subscripts.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use freeze_runtime::call::bind;
use freeze_runtime::object::{CmpOp, GetSet, Layout, Slots};
use freeze_runtime::types::seq;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::{CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};

use super::{deque_iter, deque_methods};

/// The payload of `deque`.
#[derive(Default)]
pub(super) struct Deque {
    items: RefCell<VecDeque<Value>>,
    maxlen: Cell<Option<usize>>,
    /// Counts changes of size or order, for those who go through it.
    edits: Cell<u64>,
}

impl Payload for Deque {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Deque>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.items.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        self.clear_all();
    }
}

impl Deque {
    /// The number of items.
    pub(super) fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// The bound on the number of items.
    pub(super) fn maxlen(&self) -> Option<usize> {
        self.maxlen.get()
    }

    /// The counter of changes.
    pub(super) fn edits(&self) -> u64 {
        self.edits.get()
    }

    /// The item with this number.
    #[inline]
    pub(super) fn get(&self, i: usize) -> Option<Value> {
        self.items.borrow().get(i).cloned()
    }

    /// Runs `f` on the items, which it may change; it must not run Python code nor drop items.
    pub(super) fn with_mut<R>(&self, f: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        self.edits.set(self.edits.get() + 1);
        f(&mut self.items.borrow_mut())
    }

    /// A copy of the items.
    pub(super) fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().iter().cloned().collect()
    }

    /// Removes everything.
    pub(super) fn clear_all(&self) {
        let old = self.with_mut(std::mem::take);
        drop(old);
    }

    /// Appends an item; what the bound pushes out is dropped.
    #[inline]
    pub(super) fn push_back(&self, vm: &Vm, v: Value) -> PyResult<()> {
        let max = self.maxlen.get().unwrap_or(usize::MAX);
        self.with_mut(|d| d.try_reserve(1)).map_err(|e| vm.out_of_memory(e))?;
        let out = self.with_mut(|d| {
            d.push_back(v);
            if d.len() > max { d.pop_front() } else { None }
        });
        drop(out);
        Ok(())
    }

    /// Prepends an item; what the bound pushes out is dropped.
    pub(super) fn push_front(&self, vm: &Vm, v: Value) -> PyResult<()> {
        let max = self.maxlen.get().unwrap_or(usize::MAX);
        self.with_mut(|d| d.try_reserve(1)).map_err(|e| vm.out_of_memory(e))?;
        let out = self.with_mut(|d| {
            d.push_front(v);
            if d.len() > max { d.pop_back() } else { None }
        });
        drop(out);
        Ok(())
    }

    /// Appends (or prepends one by one) all items of an iterable.
    pub(super) fn extend(&self, vm: &Vm, items: &Value, left: bool) -> PyResult<()> {
        let me = items.downcast::<Deque>().is_some_and(|d| std::ptr::eq(d, self));
        if me {
            for v in self.to_vec() {
                if left { self.push_front(vm, v) } else { self.push_back(vm, v) }?;
            }
            return Ok(());
        }
        vm.for_each(items, |v| {
            if left {
                self.push_front(vm, v)?;
            } else {
                self.push_back(vm, v)?;
            }
            Ok(true)
        })
    }

    /// The number of the first item between `start` and `stop` that equals `v`. The deque must not change meanwhile.
    pub(super) fn find(&self, vm: &Vm, v: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let edits = self.edits();
        let mut i = start;
        while i < stop {
            let Some(x) = self.get(i) else { break };
            let same = match seq::quick_eq(&x, v) {
                Some(same) => same,
                None => vm.eq(&x, v)?,
            };
            if self.edits() != edits {
                return Err(vm.runtime_error("deque mutated during iteration"));
            }
            if same {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }

    /// A plain deque with these items and the bound of `self`.
    pub(super) fn like(&self, vm: &Vm, class: &Type, mut items: impl Iterator<Item = Value>) -> PyResult<Value> {
        let d = Ref::new(class, Deque { maxlen: Cell::new(self.maxlen.get()), ..Deque::default() });
        items.try_for_each(|v| d.push_back(vm, v))?;
        Ok(d.into_value())
    }
}

pub(super) fn this(v: &Value) -> &Deque {
    v.downcast().expect("slots of deque see deques")
}

fn new(_vm: &Vm, class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Ok(Ref::new(class, Deque::default()).into_value())
}

static INIT: NativeDef = native("deque(iterable=(), maxlen=None)", "", |_, args| Ok(args.get(0).clone()));

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    let slots = bind(vm, &INIT, args)?;
    let d = this(v);
    let maxlen = match &slots[1] {
        m if m.is_unbound() || m.is_none() => None,
        m => {
            if !freeze_runtime::types::int::is_int(m) {
                return Err(vm.type_error("an integer is required"));
            }
            let n = vm.to_ssize(m)?;
            Some(usize::try_from(n).map_err(|_| vm.value_error("maxlen must be non-negative"))?)
        }
    };
    d.maxlen.set(maxlen);
    d.clear_all();
    if slots[0].is_unbound() { Ok(()) } else { d.extend(vm, &slots[0], false) }
}

fn len(_vm: &Vm, v: &Value) -> PyResult<usize> {
    Ok(this(v).len())
}

fn position(vm: &Vm, d: &Deque, key: &Value) -> PyResult<usize> {
    match seq::index_arg(vm, key)? {
        Some(i) => seq::wrap(i, d.len()).ok_or_else(|| vm.index_error("deque index out of range")),
        None => Err(vm.type_error(format!("sequence index must be integer, not '{}'", key.class().name()))),
    }
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let d = this(v);
    let i = position(vm, d, key)?;
    d.get(i).ok_or_else(|| vm.index_error("deque index out of range"))
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let d = this(v);
    let i = position(vm, d, key)?;
    let old = match value {
        // Replacing an item is no change of size or order.
        Some(value) => d.items.borrow_mut().get_mut(i).map(|slot| std::mem::replace(slot, value)),
        None => d.with_mut(|items| items.remove(i)),
    };
    drop(old);
    Ok(())
}

fn contains(vm: &Vm, v: &Value, item: &Value) -> PyResult<bool> {
    Ok(this(v).find(vm, item, 0, usize::MAX)?.is_some())
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    let Some(other) = b.downcast::<Deque>() else {
        return Err(vm.type_error(format!("can only concatenate deque (not \"{}\") to deque", b.class().name())));
    };
    let d = this(a);
    let new = deque_methods::copy_of(vm, a)?;
    let Some(n) = new.downcast::<Deque>() else { return Ok(new) };
    let items = if std::ptr::eq(d, other) { d.to_vec() } else { other.to_vec() };
    items.into_iter().try_for_each(|v| n.push_back(vm, v))?;
    Ok(new)
}

fn iconcat(vm: &Vm, a: &Value, b: &Value) -> PyResult<Value> {
    this(a).extend(vm, b, false)?;
    Ok(a.clone())
}

/// The items of `n` repetitions that the bound leaves.
fn repeated(vm: &Vm, d: &Deque, n: isize) -> PyResult<VecDeque<Value>> {
    let items = d.to_vec();
    let total = seq::repeated_len(vm, items.len(), n)?;
    let kept = total.min(d.maxlen().unwrap_or(usize::MAX));
    let mut out = VecDeque::new();
    if out.try_reserve_exact(kept).is_err() {
        return Err(vm.out_of_memory(()));
    }
    if kept > 0 {
        out.extend(items.iter().cycle().skip((total - kept) % items.len()).take(kept).cloned());
    }
    Ok(out)
}

fn repeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let d = this(v);
    d.like(vm, v.class(), repeated(vm, d, n)?.into_iter())
}

fn irepeat(vm: &Vm, v: &Value, n: isize) -> PyResult<Value> {
    let d = this(v);
    let items = repeated(vm, d, n)?;
    let old = d.with_mut(|x| std::mem::replace(x, items));
    drop(old);
    Ok(v.clone())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CmpOp) -> PyResult<Value> {
    let Some(y) = b.downcast::<Deque>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let x = this(a);
    if x.len() != y.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    let (m, n) = (x.edits(), y.edits());
    let r = seq::compare(vm, op, |i| x.get(i), |i| y.get(i))?;
    if (x.edits(), y.edits()) != (m, n) {
        return Err(vm.runtime_error("deque mutated during iteration"));
    }
    Ok(r)
}

fn repr(vm: &Vm, v: &Value) -> PyResult<Value> {
    let d = this(v);
    let text = vm.guard_repr(v, || {
        let items = d.to_vec();
        let close = d.maxlen().map_or("])".to_string(), |m| format!("], maxlen={m})"));
        seq::repr_items(vm, &format!("{}([", v.class().name()), &close, |i| items.get(i).cloned())
    })?;
    Ok(PyStr::new(&text.unwrap_or_else(|| b"[...]".to_vec())).into_value())
}

static GETSET: &[GetSet] = &[GetSet {
    name: "maxlen",
    doc: "maximum size of a deque or None if unbounded",
    get: |_, v| Ok(this(v).maxlen().map_or(Value::NONE, Value::usize)),
    set: None,
}];

static DEF: TypeDef = TypeDef {
    name: "deque",
    module: "collections",
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    layout: Deque::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::BASETYPE | TypeFlags::SEQUENCE | TypeFlags::WEAKREFS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(deque_iter::iter),
        len: Some(len),
        getitem: Some(getitem),
        setitem: Some(setitem),
        contains: Some(contains),
        concat: Some(concat),
        iconcat: Some(iconcat),
        repeat: Some(repeat),
        irepeat: Some(irepeat),
        ..Slots::EMPTY
    },
    methods: deque_methods::METHODS,
    class_methods: deque_methods::CLASS_METHODS,
    getset: GETSET,
    ..TypeDef::EMPTY
};
/// The type `deque`.
pub(super) static DEQUE: Type = Type::builtin(&DEF);
