//! Code objects as the compiler makes them and as they are stored: plain data, no runtime values.

use crate::instr::Instr;

/// Text of a Python string: WTF-8 bytes (UTF-8 plus lone surrogates).
pub type Wtf8Bytes = Box<[u8]>;

/// A compile-time constant. `T` is what texts are kept as: the compiler's are bytes, the runtime reads its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Const<T = Wtf8Bytes> {
    None,
    True,
    False,
    Ellipsis,
    /// An int that fits 64 bits.
    Int(i64),
    /// Any other int: sign, then magnitude as little-endian base-2^32 digits without leading zeros.
    BigInt {
        negative: bool,
        digits: Box<[u32]>,
    },
    /// A float by its bits, so that `-0.0` and NaN stay what they are.
    Float(u64),
    /// A complex by the bits of its parts.
    Complex(u64, u64),
    Str(T),
    Bytes(Box<[u8]>),
    Tuple(Box<[Const<T>]>),
    FrozenSet(Box<[Const<T>]>),
    /// A `slice` with constant parts (start, stop, step).
    Slice(Box<[Const<T>; 3]>),
    Code(Box<CodeObject<T>>),
}

/// How a local register is used; the order follows `CodeObject::local_names`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LocalKind {
    /// A plain local variable.
    Fast = 0,
    /// A variable that inner functions capture: the register holds a cell (made by `make_cell`).
    Cell = 1,
    /// A variable of an inlined comprehension or another compiler-made local, hidden from `locals()`.
    Hidden = 2,
    /// Hidden and captured.
    HiddenCell = 3,
}

/// An inline-cache site: what a `Site` operand refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Index into `names` (attributes, globals) or into `consts` (the keyword-name tuple of `call_kw`), or
    /// [`Site::NONE`] for plain calls, iteration and the like.
    pub name: u32,
}

impl Site {
    /// The `name` of a site that needs none.
    pub const NONE: u32 = u32::MAX;
}

/// A protected range. Innermost ranges come first in the table; the first that covers the instruction wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionHandler {
    /// First covered instruction.
    pub start: u32,
    /// First instruction that is no longer covered.
    pub end: u32,
    /// Where to continue.
    pub target: u32,
    /// The temporary that receives the exception. All temporaries above it are cleared; those below stay.
    pub exc_reg: u16,
}

/// The `co_flags` bits, with CPython's values (inspect.CO_*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;

    /// Whether all of `bits` are set.
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }
}

/// One compiled block: module, class body, function, lambda, generator expression, annotation scope.
///
/// Local registers are numbered: positional-only and positional parameters, keyword-only parameters, `*args`, `**kwargs`
/// (as `co_varnames` lists them), then the other locals including cells. Free variables have no register: they are
/// reached through the running function's closure tuple, in the order of `freevars`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeObject<T = Wtf8Bytes> {
    pub name: T,
    pub qualname: T,
    pub filename: T,
    pub flags: CodeFlags,
    /// Positional parameters, the positional-only ones included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    /// Registers that are locals (`local_names.len()`).
    pub nlocals: u16,
    /// All registers: locals and temporaries.
    pub nregs: u16,
    pub local_names: Box<[T]>,
    pub local_kinds: Box<[LocalKind]>,
    pub freevars: Box<[T]>,
    pub consts: Box<[Const<T>]>,
    pub names: Box<[T]>,
    pub sites: Box<[Site]>,
    pub instrs: Box<[Instr]>,
    pub handlers: Box<[ExceptionHandler]>,
    /// Source positions, one per instruction, in the form described in `crate::lines`.
    pub linetable: Box<[u8]>,
    pub firstlineno: u32,
    /// For a class body: how many distinct attributes its methods assign through their first parameter. It sizes
    /// instances (`__static_attributes__` itself is stored by the class body).
    pub static_attributes: u16,
}
