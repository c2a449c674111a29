//! The slot record of a type: what the operators and protocols of the language call.
//!
//! Native types fill it in their declaration, classes made by Python code get functions that look up the special method
//! (see [`crate::types::slot_table`], where each slot and its special methods stand in one list).

use super::value::Value;
use crate::call::CallArgs;
use crate::vm::{PyResult, Vm};

/// `f(self)`
pub type Unary = fn(&Vm, &Value) -> PyResult<Value>;
/// `f(a, b)`. For operators either may be of the slot's type (as in CPython's C slots); `NotImplemented` passes the turn.
pub type Binary = fn(&Vm, &Value, &Value) -> PyResult<Value>;
/// `f(a, b, c)`
pub type Ternary = fn(&Vm, &Value, &Value, &Value) -> PyResult<Value>;

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CmpOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CmpOp {
    /// The comparison with its operands exchanged.
    pub const fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
            o => o,
        }
    }

    /// Its sign.
    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// What it makes of an ordering.
    pub fn test(self, o: std::cmp::Ordering) -> bool {
        match self {
            CmpOp::Lt => o.is_lt(),
            CmpOp::Le => o.is_le(),
            CmpOp::Eq => o.is_eq(),
            CmpOp::Ne => o.is_ne(),
            CmpOp::Gt => o.is_gt(),
            CmpOp::Ge => o.is_ge(),
        }
    }
}

/// The binary operators, numbered as their opcodes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BinOp {
    Add = 0,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

impl BinOp {
    /// All, by number.
    pub const ALL: [BinOp; 13] = [
        BinOp::Add,
        BinOp::Sub,
        BinOp::Mul,
        BinOp::TrueDiv,
        BinOp::FloorDiv,
        BinOp::Mod,
        BinOp::Pow,
        BinOp::MatMul,
        BinOp::LShift,
        BinOp::RShift,
        BinOp::And,
        BinOp::Or,
        BinOp::Xor,
    ];

    /// Its sign.
    pub const fn symbol(self) -> &'static str {
        ["+", "-", "*", "/", "//", "%", "** or pow()", "@", "<<", ">>", "&", "|", "^"][self as usize]
    }
}

/// A contiguous view of an object's memory. See [`crate::types::memoryview`].
pub type BufferFn = fn(&Vm, &Value, writable: bool) -> PyResult<crate::types::buffer::Buffer>;

/// Function pointers for everything that the language asks of a type.
#[derive(Clone, Copy)]
pub struct Slots {
    /// `__new__`: the first argument is the class.
    pub new: Option<fn(&Vm, &super::typeobj::Type, CallArgs<'_>) -> PyResult<Value>>,
    pub init: Option<fn(&Vm, &Value, CallArgs<'_>) -> PyResult<()>>,
    pub call: Option<fn(&Vm, &Value, CallArgs<'_>) -> PyResult<Value>>,
    pub repr: Option<Unary>,
    pub str: Option<Unary>,
    pub hash: Option<fn(&Vm, &Value) -> PyResult<i64>>,
    /// `__getattribute__` (and `__getattr__` for Python classes).
    pub getattr: Option<fn(&Vm, &Value, &crate::Str) -> PyResult<Value>>,
    /// `__setattr__`, and `__delattr__` when the value is `None`.
    pub setattr: Option<fn(&Vm, &Value, &crate::Str, Option<Value>) -> PyResult<()>>,
    /// `__get__(self, obj or None, type or None)`
    pub descr_get: Option<fn(&Vm, &Value, Option<&Value>, Option<&Value>) -> PyResult<Value>>,
    /// `__set__`, and `__delete__` when the value is `None`.
    pub descr_set: Option<fn(&Vm, &Value, &Value, Option<Value>) -> PyResult<()>>,
    pub compare: Option<fn(&Vm, &Value, &Value, CmpOp) -> PyResult<Value>>,
    pub iter: Option<Unary>,
    /// `__next__`; `None` when exhausted (no StopIteration is made).
    pub next: Option<fn(&Vm, &Value) -> PyResult<Option<Value>>>,
    pub await_: Option<Unary>,
    pub aiter: Option<Unary>,
    pub anext: Option<Unary>,
    /// `__del__` or a native finalizer. Errors are reported as unraisable.
    pub finalize: Option<fn(&Vm, &Value) -> PyResult<()>>,

    pub len: Option<fn(&Vm, &Value) -> PyResult<usize>>,
    pub getitem: Option<Binary>,
    /// `__setitem__`, and `__delitem__` when the value is `None`.
    pub setitem: Option<fn(&Vm, &Value, &Value, Option<Value>) -> PyResult<()>>,
    pub contains: Option<fn(&Vm, &Value, &Value) -> PyResult<bool>>,
    /// Sequence concatenation, tried after `add`.
    pub concat: Option<Binary>,
    /// Sequence repetition, tried after `mul`; the second operand is a count of any sign.
    pub repeat: Option<fn(&Vm, &Value, isize) -> PyResult<Value>>,
    pub iconcat: Option<Binary>,
    pub irepeat: Option<fn(&Vm, &Value, isize) -> PyResult<Value>>,

    pub bool: Option<fn(&Vm, &Value) -> PyResult<bool>>,
    pub int: Option<Unary>,
    pub float: Option<Unary>,
    pub index: Option<Unary>,
    pub neg: Option<Unary>,
    pub pos: Option<Unary>,
    pub abs: Option<Unary>,
    pub invert: Option<Unary>,
    /// Binary operators by [`BinOp`] number, `pow` excepted.
    pub binary: [Option<Binary>; 13],
    /// In-place operators by [`BinOp`] number.
    pub inplace: [Option<Binary>; 13],
    /// `pow(a, b, c)`; `c` is None for `**`.
    pub pow: Option<Ternary>,
    pub divmod: Option<Binary>,
    pub buffer: Option<BufferFn>,
}

impl Slots {
    /// No slot filled.
    pub const EMPTY: Slots = Slots {
        new: None,
        init: None,
        call: None,
        repr: None,
        str: None,
        hash: None,
        getattr: None,
        setattr: None,
        descr_get: None,
        descr_set: None,
        compare: None,
        iter: None,
        next: None,
        await_: None,
        aiter: None,
        anext: None,
        finalize: None,
        len: None,
        getitem: None,
        setitem: None,
        contains: None,
        concat: None,
        repeat: None,
        iconcat: None,
        irepeat: None,
        bool: None,
        int: None,
        float: None,
        index: None,
        neg: None,
        pos: None,
        abs: None,
        invert: None,
        binary: [None; 13],
        inplace: [None; 13],
        pow: None,
        divmod: None,
        buffer: None,
    };

    /// A table of binary operators from a list of pairs, for declarations.
    pub const fn ops(list: &[(BinOp, Binary)]) -> [Option<Binary>; 13] {
        let mut out: [Option<Binary>; 13] = [None; 13];
        let mut i = 0;
        while i < list.len() {
            out[list[i].0 as usize] = Some(list[i].1);
            i += 1;
        }
        out
    }
}
