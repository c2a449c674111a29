//! `int`: immediate up to 50 bits, else a [`PyInt`]. Subclass instances are always a `PyInt`.

mod construct;
mod methods;
mod ops;

use std::sync::atomic::{AtomicUsize, Ordering};

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use crate::object::value::{MAX_SMALL, MIN_SMALL};
use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags, Value};
use crate::text::format_number::IntRef;
use crate::text::int_parse;
use crate::vm::{PyResult, Vm};

pub use construct::{from_number, from_text};

/// The payload of ints that are objects.
pub struct PyInt {
    value: BigInt,
}

impl Payload for PyInt {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyInt>();
        &L
    }
}

impl PyInt {
    /// The number.
    pub fn big(&self) -> &BigInt {
        &self.value
    }
}

/// An int object for a number beyond the immediate range.
#[cold]
pub fn big_from_i64(i: i64) -> Value {
    Ref::new(&INT, PyInt { value: BigInt::from(i) }).into_value()
}

/// An int object for a number beyond the immediate range.
#[cold]
pub fn big_from_u64(i: u64) -> Value {
    Ref::new(&INT, PyInt { value: BigInt::from(i) }).into_value()
}

/// An int of any size, small if it fits.
pub fn from_big(n: BigInt) -> Value {
    match n.to_i64() {
        Some(i) if (MIN_SMALL..=MAX_SMALL).contains(&i) => Value::small(i),
        _ => Ref::new(&INT, PyInt { value: n }).into_value(),
    }
}

/// An instance of an int subclass.
pub fn with_class(class: &Type, n: BigInt) -> Value {
    crate::object::header::new_object(class, PyInt { value: n })
}

/// The number of an int (bools count), if `v` is one and it fits.
pub fn as_i64(v: &Value) -> Option<i64> {
    if let Some(i) = v.as_small() {
        return Some(i);
    }
    if let Some(b) = v.as_bool() {
        return Some(i64::from(b));
    }
    v.downcast::<PyInt>()?.value.to_i64()
}

/// The number of an int or bool; 0 for anything else.
pub fn to_big(v: &Value) -> BigInt {
    match v.downcast::<PyInt>() {
        Some(i) => i.value.clone(),
        None => BigInt::from(as_i64(v).unwrap_or(0)),
    }
}

/// Whether an int is below zero.
pub fn is_negative(v: &Value) -> bool {
    match v.downcast::<PyInt>() {
        Some(i) => i.value.is_negative(),
        None => as_i64(v).is_some_and(|i| i < 0),
    }
}

/// Whether `v` is an int, a bool or an instance of a subclass.
pub fn is_int(v: &Value) -> bool {
    v.is_small() || v.as_bool().is_some() || v.has_layout::<PyInt>()
}

/// `operator.index(v)` for anything but small ints.
pub fn index_of(vm: &Vm, v: &Value) -> PyResult<Value> {
    if let Some(b) = v.as_bool() {
        return Ok(Value::small(i64::from(b)));
    }
    if v.is_exact(&INT) {
        return Ok(v.clone());
    }
    if let Some(i) = v.downcast::<PyInt>() {
        return Ok(from_big(i.value.clone()));
    }
    let Some(f) = v.class().slots().index else {
        return Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", v.class().name())));
    };
    let r = f(vm, v)?;
    if !is_int(&r) {
        return Err(vm.type_error(format!("__index__ returned non-int (type {})", r.class().name())));
    }
    if r.is_exact(&INT) {
        return Ok(r);
    }
    warn_subclass(vm, "__index__", "int", &r)?;
    Ok(from_big(to_big(&r)))
}

/// Warns of a conversion method whose result is of a subclass of what it should be.
#[cold]
pub(crate) fn warn_subclass(vm: &Vm, method: &str, wanted: &str, got: &Value) -> PyResult<()> {
    let got = got.class().name();
    let text = format!(
        "{method} returned non-{wanted} (type {got}).  The ability to return an instance of a strict subclass of \
         {wanted} is deprecated, and may not be supported in a future version of Python."
    );
    vm.warn_named("DeprecationWarning", &text, 1)
}

/// The number of an int, bool or instance of a subclass, borrowed.
#[inline]
pub fn int_ref(v: &Value) -> Option<IntRef<'_>> {
    if let Some(i) = v.as_small() {
        return Some(IntRef::Small(i));
    }
    if let Some(b) = v.as_bool() {
        return Some(IntRef::Small(i64::from(b)));
    }
    v.downcast::<PyInt>().map(|i| IntRef::Big(&i.value))
}

/// `sys.get_int_max_str_digits()`; 0 is no limit.
static DIGIT_LIMIT: AtomicUsize = AtomicUsize::new(int_parse::DEFAULT_DIGIT_LIMIT);

/// The limit on decimal digits in conversions from and to text; 0 for none.
pub fn digit_limit() -> usize {
    DIGIT_LIMIT.load(Ordering::Relaxed)
}

/// Sets the limit on decimal digits.
pub fn set_digit_limit(digits: usize) {
    DIGIT_LIMIT.store(digits, Ordering::Relaxed);
}

/// The decimal text of an int; ValueError beyond the digit limit.
pub fn to_decimal(vm: &Vm, n: IntRef) -> PyResult<String> {
    match n {
        IntRef::Small(i) => Ok(i.to_string()),
        IntRef::Big(n) => crate::text::int_convert::to_decimal(n, digit_limit())
            .ok_or_else(|| vm.value_error(crate::text::int_convert::too_many_digits(digit_limit()))),
    }
}

static DEF: TypeDef = TypeDef {
    name: "int",
    doc: construct::DOC,
    layout: PyInt::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::MATCH_SELF,
    slots: ops::SLOTS,
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getset: methods::GETSET,
    ..TypeDef::EMPTY
};
/// The type `int`.
pub static INT: Type = Type::builtin(&DEF);
