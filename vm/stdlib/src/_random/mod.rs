//! `_random`.

mod mersenne;

use std::cell::RefCell;
use std::hash::{BuildHasher, Hasher};

use freeze_runtime::object::{Layout, Slots};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};
use num_bigint::{BigInt, Sign};

use crate::native_type::add_types;
use mersenne::{Mersenne, N};

/// The payload of `Random`.
pub struct Random {
    state: RefCell<Mersenne>,
}

impl Payload for Random {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Random>();
        &L
    }
}

/// A key from the operating system's randomness, which std draws on for the seeds of its hash maps.
fn entropy() -> Vec<u32> {
    let mut key = Vec::with_capacity(N);
    while key.len() < N {
        let mut h = std::hash::RandomState::new().build_hasher();
        h.write_usize(key.len());
        let bits = h.finish();
        key.extend([bits as u32, (bits >> 32) as u32]);
    }
    key
}

fn seed(vm: &Vm, r: &Random, v: Option<&Value>) -> PyResult<()> {
    let key = match v.filter(|v| !v.is_none()) {
        None => entropy(),
        Some(v) => {
            // Other objects count by their hash.
            let n = if int::is_int(v) { int::to_big(v) } else { BigInt::from(vm.hash(v)? as u64) };
            let digits = n.magnitude().to_u32_digits();
            if digits.is_empty() { vec![0] } else { digits }
        }
    };
    r.state.borrow_mut().seed(&key);
    Ok(())
}

fn new(vm: &Vm, class: &Type, args: CallArgs<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &RANDOM) {
        args.no_keywords(vm, "Random")?;
        args.check_count(vm, "Random", 0, 1)?;
    }
    Ok(Ref::new(class, Random { state: RefCell::new(Mersenne::new()) }).into_value())
}

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    args.no_keywords(vm, "Random")?;
    args.check_count(vm, "Random", 0, 1)?;
    seed(vm, this(v), args.positional().first())
}

fn this(v: &Value) -> &Random {
    v.downcast().expect("slots of Random see those")
}

fn seed_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    seed(vm, this(args.this()), args.opt(1))?;
    Ok(Value::NONE)
}

fn random(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::float(args.payload::<Random>().state.borrow_mut().float()))
}

fn getrandbits(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let k = vm.to_i64(args.get(1))?;
    if k < 0 {
        return Err(vm.value_error("number of bits must be non-negative"));
    }
    let mut m = args.payload::<Random>().state.borrow_mut();
    match k {
        0 => Ok(Value::small(0)),
        1..=32 => Ok(Value::small(i64::from(m.next() >> (32 - k)))),
        _ => {
            let words = (k as u64).div_ceil(32) as usize;
            let mut digits: Vec<u32> = Vec::new();
            if digits.try_reserve_exact(words).is_err() {
                drop(m);
                return Err(vm.out_of_memory(()));
            }
            digits.extend((0..words).map(|_| m.next()));
            // The last word gives its upper bits.
            if k % 32 != 0 {
                digits[words - 1] >>= 32 - k % 32;
            }
            Ok(int::from_big(BigInt::from_slice(Sign::Plus, &digits)))
        }
    }
}

fn getstate(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = args.payload::<Random>().state.borrow();
    let mut items: Vec<Value> = m.state.iter().map(|&w| Value::small(i64::from(w))).collect();
    items.push(Value::usize(m.index));
    drop(m);
    Ok(PyTuple::new(items).into_value())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(state) = args.get(1).downcast::<PyTuple>() else {
        return Err(vm.type_error("state vector must be a tuple"));
    };
    if state.len() != N + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut new = Mersenne::new();
    for (slot, v) in new.state.iter_mut().zip(state.as_slice()) {
        let n = vm.to_i64(v)?;
        *slot = u32::try_from(n).map_err(|_| vm.overflow_error("can't convert negative value to unsigned int"))?;
    }
    let index = vm.to_i64(&state.as_slice()[N])?;
    if !(0..=N as i64).contains(&index) {
        return Err(vm.value_error("invalid state"));
    }
    new.index = index as usize;
    *args.payload::<Random>().state.borrow_mut() = new;
    Ok(Value::NONE)
}

static METHODS: &[NativeDef] = &[
    native("getrandbits(self, k, /)", "getrandbits(k) -> x.  Generates an int with k random bits.", getrandbits),
    native("getstate(self, /)", "getstate() -> tuple containing the current state.", getstate),
    native("random(self, /)", "random() -> x in the interval [0, 1).", random),
    native(
        "seed(self, n=None, /)",
        "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the \
         process identifier.",
        seed_method,
    ),
    native("setstate(self, state, /)", "setstate(state) -> None.  Restores generator state.", setstate),
];

static DEF: TypeDef = TypeDef {
    name: "Random",
    module: "_random",
    doc: "Random() -> create a random number generator with its own internal state.",
    layout: Random::layout,
    flags: TypeFlags::BASETYPE,
    slots: Slots { new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: METHODS,
    ..TypeDef::EMPTY
};
static RANDOM: Type = Type::builtin(&DEF);

fn init_module(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&RANDOM]);
    Ok(())
}

/// The module `_random`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    init: Some(init_module),
};
