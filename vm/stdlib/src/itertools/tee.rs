//! `tee`: several iterators over one, through a chain of shared blocks.

use std::cell::{Cell, RefCell};

use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, CallArgs, NativeDef, PyResult, Ref, Type, Value, Vm, native};

use super::iterator;
use crate::native_type::{payload, positional};

/// Values per block.
const BLOCK: usize = 57;

/// A block of values that were read from the iterator.
pub(super) struct TeeData {
    it: Value,
    values: RefCell<Vec<Value>>,
    next: RefCell<Option<Ref<TeeData>>>,
    /// Somebody is reading the next value of the iterator.
    running: Cell<bool>,
}
payload!(
    TeeData,
    |t, visit| {
        visit(&t.it);
        t.values.borrow().iter().for_each(&mut *visit);
        if let Some(n) = &*t.next.borrow() {
            visit(n.as_value());
        }
    },
    |t| drop((t.values.take(), t.next.take()))
);

impl TeeData {
    fn new_ref(it: Value) -> Ref<TeeData> {
        let data = TeeData { it, values: RefCell::default(), next: RefCell::default(), running: Cell::new(false) };
        Ref::new(&TEE_DATA, data)
    }

    /// The value with this number; read from the iterator if nobody has yet.
    fn get(&self, vm: &Vm, i: usize) -> PyResult<Option<Value>> {
        if let Some(x) = self.values.borrow().get(i) {
            return Ok(Some(x.clone()));
        }
        if self.running.replace(true) {
            return Err(vm.runtime_error("cannot re-enter the tee iterator"));
        }
        let x = vm.next(&self.it);
        self.running.set(false);
        let x = x?;
        if let Some(x) = &x {
            self.values.borrow_mut().push(x.clone());
        }
        Ok(x)
    }

    fn following(&self) -> Ref<TeeData> {
        let mut next = self.next.borrow_mut();
        next.get_or_insert_with(|| TeeData::new_ref(self.it.clone())).clone()
    }
}

/// One of the iterators.
pub(super) struct Tee {
    data: RefCell<Ref<TeeData>>,
    index: Cell<usize>,
}
payload!(Tee, |t, visit| visit(t.data.borrow().as_value()));

fn tee_of(vm: &Vm, class: &Type, v: &Value) -> PyResult<Value> {
    let (data, index) = match v.downcast::<Tee>() {
        Some(t) => (t.data.borrow().clone(), t.index.get()),
        None => (TeeData::new_ref(vm.iter(v)?), 0),
    };
    Ok(Ref::new(class, Tee { data: RefCell::new(data), index: Cell::new(index) }).into_value())
}

fn tee_new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    let a = positional(vm, class, &TEE, args, (1, 1))?;
    tee_of(vm, class, &a[0])
}

fn tee_next(vm: &Vm, v: &Value) -> PyResult<Option<Value>> {
    let t: &Tee = v.downcast().expect("slots of _tee see those");
    if t.index.get() >= BLOCK {
        let next = t.data.borrow().following();
        drop(t.data.replace(next));
        t.index.set(0);
    }
    let data = t.data.borrow().clone();
    let x = data.get(vm, t.index.get())?;
    if x.is_some() {
        t.index.set(t.index.get() + 1);
    }
    Ok(x)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    tee_of(vm, &TEE, args.this())
}

iterator!(
    TEE: Tee, "_tee", "Iterator wrapped to make it copyable.", new = tee_new, next = tee_next;
    methods = &[native("__copy__(self, /)", "Returns an independent iterator.", copy)]
);

fn data_new(vm: &Vm, _class: &Type, _args: CallArgs<'_>) -> PyResult<Value> {
    Err(vm.type_error("cannot create 'itertools._tee_dataobject' instances"))
}

fn data_next(_vm: &Vm, _v: &Value) -> PyResult<Option<Value>> {
    Ok(None)
}

iterator!(
    TEE_DATA: TeeData, "_tee_dataobject", "teedataobject(iterable, values, next, /)", new = data_new, next = data_next
);

fn tee(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = args.opt_i64(vm, 1, 2)?;
    if n < 0 {
        return Err(vm.value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(PyTuple::new(Vec::new()).into_value());
    }
    // An iterator that can be split already is shared, not wrapped.
    let first = tee_of(vm, &TEE, args.get(0))?;
    let mut all = Vec::new();
    if all.try_reserve_exact(n as usize).is_err() {
        return Err(vm.out_of_memory(()));
    }
    for _ in 1..n {
        all.push(tee_of(vm, &TEE, &first)?);
    }
    all.insert(0, first);
    Ok(PyTuple::new(all).into_value())
}

pub(super) static FUNCTIONS: &[NativeDef] =
    &[native("tee(iterable, n=2, /)", "Returns a tuple of n independent iterators.", tee)];
