//! Code objects at run time: the compiler's data with its constants as values, plus inline caches.
#![allow(unsafe_code)]

use std::cell::{RefCell, UnsafeCell};

use freeze_bytecode::lines::{self, Position};
use freeze_bytecode::{CodeFlags, CodeObject, Const, ExceptionHandler, Instr, LocalKind};
use num_bigint::{BigInt, Sign};

mod attrs;
mod store;
pub use attrs::CODE;

use crate::Str;
use crate::object::{Layout, Payload, Ref, Value};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::Vm;

/// What an instruction takes in `co_code`; `co_lines`, `f_lasti` and `tb_lasti` count in bytes.
pub(crate) const INSTRUCTION_BYTES: usize = 8;

/// What an inline-cache site has learned. `value` is not counted: the version guards that its owner still holds it.
#[derive(Clone, Copy, Default)]
pub(crate) struct SiteCache {
    /// Version of the type (or of a dict's keys) that the rest was computed for; 0: nothing learned.
    pub(crate) version: u32,
    /// What was learned: see the instruction's handler.
    pub(crate) kind: u8,
    /// Failed attempts, to stop trying.
    pub(crate) misses: u8,
    /// Byte offset, entry number or second version.
    pub(crate) index: u32,
    /// Attribute word, or the bits of a value.
    pub(crate) word: u64,
    pub(crate) value: u64,
}

/// An inline-cache site: its name and what it has learned.
pub(crate) struct SiteSlot {
    pub(crate) name: Value,
    pub(crate) cache: UnsafeCell<SiteCache>,
}

/// The payload of `code`.
pub struct PyCode {
    pub name: Str,
    pub qualname: Str,
    pub filename: Str,
    pub flags: CodeFlags,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub nlocals: u16,
    pub nregs: u16,
    pub local_names: Box<[Str]>,
    pub local_kinds: Box<[LocalKind]>,
    pub freevars: Box<[Str]>,
    pub consts: Box<[Value]>,
    pub names: Box<[Str]>,
    pub instrs: Box<[Instr]>,
    pub(crate) sites: Box<[SiteSlot]>,
    pub handlers: Box<[ExceptionHandler]>,
    pub linetable: Box<[u8]>,
    pub firstlineno: u32,
    pub static_attributes: u16,
    /// All parameters: positional, keyword-only, `*args`, `**kwargs`.
    pub(crate) nparams: u16,
    /// A call with exactly `argcount` positional arguments needs no binding and runs at once.
    pub(crate) simple: bool,
    /// Codes that this one replaced in a function: frames may still run them.
    pub(crate) replaced: RefCell<Option<Value>>,
}

impl Payload for PyCode {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyCode>();
        &L
    }
}

fn text(bytes: &[u8]) -> Str {
    PyStr::intern(bytes)
}

impl PyCode {
    /// The run-time form of a verified code object.
    pub fn from_bytecode(vm: &Vm, code: &CodeObject) -> Ref<PyCode> {
        PyCode::with_filename(vm, code, &text(&code.filename))
    }

    /// The same, with another file name (nested code included).
    pub fn with_filename(vm: &Vm, code: &CodeObject, filename: &Str) -> Ref<PyCode> {
        let consts: Box<[Value]> = code.consts.iter().map(|c| constant(vm, c, filename)).collect();
        let names: Box<[Str]> = code.names.iter().map(|n| text(n)).collect();
        // `call_kw` sites name a constant tuple, all others a name.
        let mut kw = vec![false; code.sites.len()];
        for i in &code.instrs {
            if i.op == freeze_bytecode::Op::CallKw {
                kw[i.c as usize] = true;
            }
        }
        let sites = code
            .sites
            .iter()
            .zip(kw)
            .map(|(s, kw)| SiteSlot {
                name: if s.name == freeze_bytecode::Site::NONE {
                    Value::NONE
                } else if kw {
                    consts[s.name as usize].clone()
                } else {
                    names[s.name as usize].value()
                },
                cache: UnsafeCell::new(SiteCache::default()),
            })
            .collect();
        let varargs = u16::from(code.flags.has(CodeFlags::VARARGS)) + u16::from(code.flags.has(CodeFlags::VARKEYWORDS));
        let generator = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
        Ref::new(
            &CODE,
            PyCode {
                name: text(&code.name),
                qualname: text(&code.qualname),
                filename: filename.clone(),
                flags: code.flags,
                argcount: code.argcount,
                posonlyargcount: code.posonlyargcount,
                kwonlyargcount: code.kwonlyargcount,
                nlocals: code.nlocals,
                nregs: code.nregs,
                local_names: code.local_names.iter().map(|n| text(n)).collect(),
                local_kinds: code.local_kinds.clone(),
                freevars: code.freevars.iter().map(|n| text(n)).collect(),
                consts,
                names,
                instrs: code.instrs.clone(),
                sites,
                handlers: code.handlers.clone(),
                linetable: code.linetable.clone(),
                firstlineno: code.firstlineno,
                static_attributes: code.static_attributes,
                nparams: (code.argcount + code.kwonlyargcount) as u16 + varargs,
                simple: varargs == 0 && code.kwonlyargcount == 0 && code.flags.0 & generator == 0,
                replaced: RefCell::new(None),
            },
        )
    }

    /// A copy with empty caches.
    fn duplicate(&self) -> PyCode {
        let site = |s: &SiteSlot| SiteSlot { name: s.name.clone(), cache: UnsafeCell::new(SiteCache::default()) };
        PyCode {
            name: self.name.clone(),
            qualname: self.qualname.clone(),
            filename: self.filename.clone(),
            flags: self.flags,
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            nlocals: self.nlocals,
            nregs: self.nregs,
            local_names: self.local_names.clone(),
            local_kinds: self.local_kinds.clone(),
            freevars: self.freevars.clone(),
            consts: self.consts.clone(),
            names: self.names.clone(),
            instrs: self.instrs.clone(),
            sites: self.sites.iter().map(site).collect(),
            handlers: self.handlers.clone(),
            linetable: self.linetable.clone(),
            firstlineno: self.firstlineno,
            static_attributes: self.static_attributes,
            nparams: self.nparams,
            simple: self.simple,
            replaced: RefCell::new(None),
        }
    }

    /// The source position of an instruction.
    pub fn position(&self, index: usize) -> Option<Position> {
        lines::lookup(&self.linetable, self.firstlineno, index)
    }

    /// The line of an instruction; the first line where it has none.
    pub fn line(&self, index: usize) -> u32 {
        self.position(index).map_or(self.firstlineno, |p| p.line)
    }

    /// Whether calling makes a generator, coroutine or async generator.
    pub fn is_generator_like(&self) -> bool {
        self.flags.0 & (CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0
    }
}

/// A constant that holds no code, as a value.
pub fn constant_value(vm: &Vm, c: &Const) -> Value {
    constant(vm, c, &vm.names().string)
}

/// A constant as a value. Strings that look like names are interned, as CPython does.
fn constant(vm: &Vm, c: &Const, filename: &Str) -> Value {
    match c {
        Const::None => Value::NONE,
        Const::True => Value::TRUE,
        Const::False => Value::FALSE,
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(i) => Value::int(*i),
        Const::BigInt { negative, digits } => {
            let sign = if *negative { Sign::Minus } else { Sign::Plus };
            crate::types::int::from_big(BigInt::from_slice(sign, digits))
        }
        Const::Float(bits) => Value::float(f64::from_bits(*bits)),
        Const::Complex(re, im) => crate::types::complex::new_value((f64::from_bits(*re), f64::from_bits(*im))),
        Const::Str(s) => {
            if s.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                PyStr::intern(s).into_value()
            } else {
                PyStr::new(s).into_value()
            }
        }
        Const::Bytes(b) => PyBytes::new(b).into_value(),
        Const::Tuple(items) => PyTuple::new(items.iter().map(|i| constant(vm, i, filename)).collect()).into_value(),
        Const::FrozenSet(items) => {
            let s = crate::types::set::PySet::new_frozen();
            for i in items {
                // Constants are hashable and compare without running Python code.
                let _ = s.add(vm, &constant(vm, i, filename));
            }
            s.into_value()
        }
        Const::Slice(parts) => {
            let [a, b, c] = [0, 1, 2].map(|i| constant(vm, &parts[i], filename));
            crate::types::slice::PySlice::new_ref(a, b, c).into_value()
        }
        Const::Code(code) => PyCode::with_filename(vm, code, filename).into_value(),
    }
}
