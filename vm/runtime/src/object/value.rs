//! The 8-byte value: NaN-boxed floats, 50-bit ints and singletons are immediate, everything else is a counted pointer.
//!
//! Invariant: a `Value` whose bits are below `PTR_LIMIT` owns one reference to a live object with a valid [`Header`].
//! Encoding by the top 16 bits: `0000` pointer, `0001`–`FFF9` float (its bits plus 2^48), `FFFA` singleton,
//! `FFFC`–`FFFF` int. NaNs keep their sign but not their payload when it would leave the float range.
#![allow(unsafe_code)]

use std::fmt;
use std::num::NonZeroU64;
use std::ptr::NonNull;

use super::header::{self, Header, Object};
use super::typed::{Payload, Ref};
use super::typeobj::Type;

/// Bits below this are pointers.
pub(crate) const PTR_LIMIT: u64 = 1 << 48;
/// Bits at or above this are ints.
pub(crate) const INT_TAG: u64 = 0xFFFC << 48;
const FLOAT_OFFSET: u64 = 1 << 48;
const SINGLETON_TAG: u64 = 0xFFFA << 48;

/// Largest int that is immediate.
pub const MAX_SMALL: i64 = (1 << 49) - 1;
/// Smallest int that is immediate.
pub const MIN_SMALL: i64 = -(1 << 49);

/// Any Python value. Cloning counts a reference, dropping gives it back.
#[repr(transparent)]
pub struct Value(NonZeroU64);

const _: () = assert!(size_of::<Value>() == 8 && size_of::<Option<Value>>() == 8);

macro_rules! singleton {
    ($n:expr) => {
        Value(NonZeroU64::new(SINGLETON_TAG | $n).unwrap())
    };
}

impl Value {
    /// The content of a register, slot or cell that holds nothing. Never visible to Python code.
    pub const UNBOUND: Value = singleton!(0);
    /// `None`
    pub const NONE: Value = singleton!(1);
    /// `False`
    pub const FALSE: Value = singleton!(2);
    /// `True`
    pub const TRUE: Value = singleton!(3);
    /// `Ellipsis`
    pub const ELLIPSIS: Value = singleton!(4);
    /// `NotImplemented`
    pub const NOT_IMPLEMENTED: Value = singleton!(5);

    /// The raw bits, for identity and hashing of identities.
    #[inline(always)]
    pub const fn bits(&self) -> u64 {
        self.0.get()
    }

    #[inline(always)]
    const fn from_bits(bits: u64) -> Value {
        // SAFETY: every encoding has a bit set; callers pass encodings only.
        Value(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    /// A bool.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value::from_bits(SINGLETON_TAG | 2 | b as u64)
    }

    /// An int that is known to be small.
    #[inline(always)]
    pub const fn small(i: i64) -> Value {
        debug_assert!(i >= MIN_SMALL && i <= MAX_SMALL);
        Value::from_bits(i as u64 | INT_TAG)
    }

    /// An int of any 64-bit value.
    #[inline(always)]
    pub fn int(i: i64) -> Value {
        if (MIN_SMALL..=MAX_SMALL).contains(&i) { Value::small(i) } else { crate::types::int::big_from_i64(i) }
    }

    /// An int from a size or index.
    #[inline]
    pub fn usize(n: usize) -> Value {
        if n as u64 <= MAX_SMALL as u64 { Value::small(n as i64) } else { crate::types::int::big_from_u64(n as u64) }
    }

    /// A float.
    #[inline(always)]
    pub fn float(f: f64) -> Value {
        let mut bits = f.to_bits();
        if bits > 0xFFF8 << 48 {
            bits = 0xFFF8 << 48;
        }
        Value::from_bits(bits + FLOAT_OFFSET)
    }

    /// Whether this is a counted pointer.
    #[inline(always)]
    pub const fn is_ptr(&self) -> bool {
        self.bits() < PTR_LIMIT
    }

    /// Whether this is an immediate int (not a bool, not a big int).
    #[inline(always)]
    pub const fn is_small(&self) -> bool {
        self.bits() >= INT_TAG
    }

    /// Whether this is a float (exact; subclass instances are objects).
    #[inline(always)]
    pub const fn is_float(&self) -> bool {
        self.bits().wrapping_sub(FLOAT_OFFSET) <= 0xFFF8 << 48
    }

    /// The immediate int.
    #[inline(always)]
    pub const fn as_small(&self) -> Option<i64> {
        if self.is_small() { Some(self.small_unchecked()) } else { None }
    }

    /// The int, when the caller has seen `is_small`. Any other value gives a meaningless number.
    #[inline(always)]
    pub const fn small_unchecked(&self) -> i64 {
        ((self.bits() << 14) as i64) >> 14
    }

    /// The exact float.
    #[inline(always)]
    pub fn as_float(&self) -> Option<f64> {
        if self.is_float() { Some(self.float_unchecked()) } else { None }
    }

    /// The float, when the caller has seen `is_float`. Any other value gives a meaningless number.
    #[inline(always)]
    pub fn float_unchecked(&self) -> f64 {
        f64::from_bits(self.bits().wrapping_sub(FLOAT_OFFSET))
    }

    /// The sum of two immediate ints, where it is one.
    #[inline(always)]
    pub const fn add_small(a: &Value, b: &Value) -> Option<Value> {
        // Shifted to the top of the word, overflow of the immediate range is overflow of the machine's addition.
        Self::from_shifted(((a.bits() << 14) as i64).overflowing_add((b.bits() << 14) as i64))
    }

    /// The difference of two immediate ints, where it is one.
    #[inline(always)]
    pub const fn sub_small(a: &Value, b: &Value) -> Option<Value> {
        Self::from_shifted(((a.bits() << 14) as i64).overflowing_sub((b.bits() << 14) as i64))
    }

    /// The product of two immediate ints, where it is one.
    #[inline(always)]
    pub const fn mul_small(a: &Value, b: &Value) -> Option<Value> {
        Self::from_shifted(((a.bits() << 14) as i64).overflowing_mul(b.small_unchecked()))
    }

    #[inline(always)]
    const fn from_shifted((n, overflow): (i64, bool)) -> Option<Value> {
        if overflow { None } else { Some(Value::from_bits(n as u64 >> 14 | INT_TAG)) }
    }

    /// Whether both are immediate ints.
    #[inline(always)]
    pub const fn both_small(a: &Value, b: &Value) -> bool {
        a.bits() & b.bits() >= INT_TAG
    }

    /// Whether this is `UNBOUND`.
    #[inline(always)]
    pub const fn is_unbound(&self) -> bool {
        self.bits() == SINGLETON_TAG
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub const fn is_none(&self) -> bool {
        self.bits() == SINGLETON_TAG | 1
    }

    /// Whether this is `True`.
    #[inline(always)]
    pub const fn is_true(&self) -> bool {
        self.bits() == SINGLETON_TAG | 3
    }

    /// Whether this is `False`.
    #[inline(always)]
    pub const fn is_false(&self) -> bool {
        self.bits() == SINGLETON_TAG | 2
    }

    /// `True` or `False` as a Rust bool.
    #[inline(always)]
    pub const fn as_bool(&self) -> Option<bool> {
        if self.bits() | 1 == SINGLETON_TAG | 3 { Some(self.bits() & 1 == 1) } else { None }
    }

    /// Whether this is `NotImplemented`.
    #[inline(always)]
    pub const fn is_not_implemented(&self) -> bool {
        self.bits() == SINGLETON_TAG | 5
    }

    /// Python's `is`. (Equal floats are one value here; ints too.)
    #[inline(always)]
    pub const fn is(&self, other: &Value) -> bool {
        self.bits() == other.bits()
    }

    /// `None` for a missing value.
    pub fn or_none(v: Option<Value>) -> Value {
        v.unwrap_or(Value::NONE)
    }

    /// The header of a counted object.
    #[inline(always)]
    pub(crate) fn header(&self) -> Option<&Header> {
        if self.is_ptr() {
            // SAFETY: pointer values own a reference to a live object (module invariant).
            Some(unsafe { &*(self.bits() as *const Header) })
        } else {
            None
        }
    }

    /// The header pointer, without a check.
    ///
    /// # Safety
    /// `is_ptr` must be true.
    #[inline(always)]
    pub(crate) unsafe fn ptr_unchecked(&self) -> NonNull<Header> {
        // SAFETY: pointers are not null.
        unsafe { NonNull::new_unchecked(self.bits() as *mut Header) }
    }

    /// Takes over one reference.
    ///
    /// # Safety
    /// `ptr` is a live object and the caller gives up one reference to it.
    #[inline(always)]
    pub(crate) unsafe fn from_owned(ptr: NonNull<Header>) -> Value {
        debug_assert!((ptr.as_ptr() as u64) < PTR_LIMIT);
        Value::from_bits(ptr.as_ptr() as u64)
    }

    /// Counts one more reference to a live object.
    ///
    /// # Safety
    /// `ptr` is a live object.
    #[inline(always)]
    pub(crate) unsafe fn from_borrowed(ptr: NonNull<Header>) -> Value {
        // SAFETY: by contract live.
        unsafe {
            ptr.as_ref().incref();
            Value::from_owned(ptr)
        }
    }

    /// Gives up ownership without dropping.
    #[inline(always)]
    pub(crate) fn into_raw_bits(self) -> u64 {
        let b = self.bits();
        std::mem::forget(self);
        b
    }

    /// The type of this value: `type(v)`.
    #[inline(always)]
    pub fn class(&self) -> &Type {
        match self.header() {
            Some(h) => h.class(),
            None => self.immediate_class(),
        }
    }

    fn immediate_class(&self) -> &'static Type {
        use crate::types as t;
        if self.is_small() {
            return &t::int::INT;
        }
        if self.is_float() {
            return &t::float::FLOAT;
        }
        match self.bits() & 0xFF {
            2 | 3 => &t::bool_::BOOL,
            4 => &t::singletons::ELLIPSIS_TYPE,
            5 => &t::singletons::NOT_IMPLEMENTED_TYPE,
            _ => &t::singletons::NONE_TYPE,
        }
    }

    /// The payload, if this object's layout is (or begins with) `T`. Subclass instances count.
    #[inline(always)]
    pub fn downcast<T: Payload>(&self) -> Option<&T> {
        let h = self.header()?;
        if h.class().has_layout(T::layout()) {
            // SAFETY: the layout says that a `T` follows the header.
            Some(unsafe { &(*(h as *const Header as *const Object<T>)).payload })
        } else {
            None
        }
    }

    /// The payload, if this object is exactly of the given static type (whose layout must be `T`).
    #[inline(always)]
    pub fn downcast_exact<T: Payload>(&self, ty: &'static Type) -> Option<&T> {
        debug_assert!(ty.has_layout(T::layout()));
        let h = self.header()?;
        if std::ptr::eq(h.class(), ty) {
            // SAFETY: the type's layout is `T`.
            Some(unsafe { &(*(h as *const Header as *const Object<T>)).payload })
        } else {
            None
        }
    }

    /// A typed owned reference, if the layout fits.
    #[inline]
    pub fn downcast_ref<T: Payload>(&self) -> Option<Ref<T>> {
        if self.downcast::<T>().is_some() { Some(Ref::from_value_unchecked(self.clone())) } else { None }
    }

    /// Whether `downcast::<T>` succeeds.
    #[inline(always)]
    pub fn has_layout<T: Payload>(&self) -> bool {
        self.downcast::<T>().is_some()
    }

    /// Whether `type(self)` is exactly `ty`.
    #[inline(always)]
    pub fn is_exact(&self, ty: &Type) -> bool {
        std::ptr::eq(self.class(), ty)
    }

    /// The reference count, for `sys.getrefcount` and in-place optimisations; 0 for immediates.
    pub fn refcount(&self) -> u32 {
        self.header().map_or(0, Header::refcount)
    }

    /// `id(self)`: the address, or a number that no address has.
    pub fn id(&self) -> u64 {
        self.bits()
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Some(h) = self.header() {
            h.incref();
        }
        Value(self.0)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_ptr() {
            // SAFETY: the value owns one reference, which is given back here and nowhere else.
            unsafe { header::decref(self.ptr_unchecked()) }
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(i) = self.as_small() {
            write!(f, "{i}")
        } else if let Some(x) = self.as_float() {
            write!(f, "{x}")
        } else {
            write!(f, "<{} {:#x}>", self.class().name(), self.bits())
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}
impl From<f64> for Value {
    fn from(f: f64) -> Value {
        Value::float(f)
    }
}
impl From<i64> for Value {
    fn from(i: i64) -> Value {
        Value::int(i)
    }
}
impl From<usize> for Value {
    fn from(i: usize) -> Value {
        Value::usize(i)
    }
}
impl From<()> for Value {
    fn from((): ()) -> Value {
        Value::NONE
    }
}

/// A `None` in a static, to borrow from.
pub(crate) struct StaticValue(Value);
// SAFETY: an immediate refers to nothing.
unsafe impl Sync for StaticValue {}
impl StaticValue {
    pub(crate) const NONE: StaticValue = StaticValue(Value::NONE);
    pub(crate) fn get(&self) -> &Value {
        &self.0
    }
}
