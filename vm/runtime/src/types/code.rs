//! Code objects at run time: the compiler's data with its constants as values, plus inline caches.
//!
//! What a module's file holds is read code object by code object, when they are first wanted: most functions of most
//! modules are never called.
#![allow(unsafe_code)]

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::rc::Rc;

use freeze_bytecode::lines::{self, Position};
use freeze_bytecode::marshal::{File, Place, Texts, Unit};
use freeze_bytecode::{CodeFlags, CodeObject, Const, ExceptionHandler, Instr, LoadError, LocalKind};
use num_bigint::{BigInt, Sign};

mod attrs;
mod store;
pub use attrs::CODE;

use crate::Str;
use crate::object::{Layout, Payload, Ref, Value};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

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

/// The payload of `code`: what a call has to know, and the body, which may still lie in the file that it was loaded from.
pub struct PyCode {
    pub name: Str,
    pub qualname: Str,
    /// `co_filename`; see [`PyCode::filename`].
    file: RefCell<Str>,
    pub flags: CodeFlags,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub nlocals: u16,
    pub nregs: u16,
    pub firstlineno: u32,
    pub static_attributes: u16,
    /// All parameters: positional, keyword-only, `*args`, `**kwargs`.
    pub(crate) nparams: u16,
    /// A call with exactly `argcount` positional arguments needs no binding and runs at once: the body is there.
    pub(crate) simple: Cell<bool>,
    body: OnceCell<Box<Body>>,
    waiting: RefCell<Option<Waiting>>,
    /// Codes that this one replaced in a function: frames may still run them.
    pub(crate) replaced: RefCell<Option<Value>>,
}

/// Where the body of a code object lies that nobody has wanted yet.
struct Waiting {
    file: Rc<File<Strings>>,
    place: Place,
}

/// What running the code takes.
#[derive(Default)]
pub struct Body {
    pub local_names: Box<[Str]>,
    pub local_kinds: Box<[LocalKind]>,
    pub freevars: Box<[Str]>,
    pub consts: Box<[Value]>,
    pub names: Box<[Str]>,
    pub instrs: Box<[Instr]>,
    pub(crate) sites: Box<[SiteSlot]>,
    pub handlers: Box<[ExceptionHandler]>,
    pub linetable: Box<[u8]>,
    /// Why there is nothing to run.
    damaged: Option<String>,
}

impl Payload for PyCode {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyCode>();
        &L
    }
}

/// The body, read from its file if need be. A damaged one is empty; who wants to run code calls [`PyCode::load`] first,
/// which says so.
impl std::ops::Deref for PyCode {
    type Target = Body;
    #[inline(always)]
    fn deref(&self) -> &Body {
        match self.body.get() {
            Some(body) => body,
            None => self.read_body(),
        }
    }
}

/// How texts of files and of the compiler become strings: names are interned, constants where they look like names.
struct Strings;

impl Texts for Strings {
    type Text = Str;

    fn name(&self, bytes: &[u8]) -> Str {
        PyStr::intern(bytes)
    }

    fn constant(&self, bytes: &[u8]) -> Str {
        if bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            PyStr::intern(bytes)
        } else {
            PyStr::new(bytes)
        }
    }

    fn renamed(&self, text: &Str) -> Str {
        crate::object::string::intern_ref(text)
    }
}

/// What a text of a code object is at run time, by what it is in the form at hand.
trait Text {
    fn name(&self) -> Str;
    fn constant(&self) -> Str;
}

impl Text for Box<[u8]> {
    fn name(&self) -> Str {
        Strings.name(self)
    }

    fn constant(&self) -> Str {
        Strings.constant(self)
    }
}

impl Text for Str {
    fn name(&self) -> Str {
        self.clone()
    }

    fn constant(&self) -> Str {
        self.clone()
    }
}

impl Body {
    /// `nested` makes the value of a nested code object.
    fn new<T: Text>(vm: &Vm, code: CodeObject<T>, mut nested: impl FnMut(CodeObject<T>) -> Value) -> Body {
        let names: Box<[Str]> = code.names.iter().map(Text::name).collect();
        let consts: Box<[Value]> = code.consts.into_iter().map(|c| constant(vm, c, &mut nested)).collect();
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
        Body {
            local_names: code.local_names.iter().map(Text::name).collect(),
            local_kinds: code.local_kinds,
            freevars: code.freevars.iter().map(Text::name).collect(),
            consts,
            names,
            instrs: code.instrs,
            sites,
            handlers: code.handlers,
            linetable: code.linetable,
            damaged: None,
        }
    }

    /// A copy with empty caches.
    fn duplicate(&self) -> Body {
        let site = |s: &SiteSlot| SiteSlot { name: s.name.clone(), cache: UnsafeCell::new(SiteCache::default()) };
        Body {
            local_names: self.local_names.clone(),
            local_kinds: self.local_kinds.clone(),
            freevars: self.freevars.clone(),
            consts: self.consts.clone(),
            names: self.names.clone(),
            instrs: self.instrs.clone(),
            sites: self.sites.iter().map(site).collect(),
            handlers: self.handlers.clone(),
            linetable: self.linetable.clone(),
            damaged: self.damaged.clone(),
        }
    }
}

impl PyCode {
    /// The run-time form of a verified code object.
    pub fn from_bytecode(vm: &Vm, code: CodeObject) -> Ref<PyCode> {
        let filename = code.filename.name();
        PyCode::with_filename(vm, code, &filename)
    }

    /// The same, with another file name (nested code included).
    pub fn with_filename(vm: &Vm, code: CodeObject, filename: &Str) -> Ref<PyCode> {
        let head = PyCode::head(&code, filename);
        let body = Body::new(vm, code, |nested| PyCode::with_filename(vm, nested, filename).into_value());
        head.set_body(body);
        Ref::new(&CODE, head)
    }

    /// The outermost code object of a file; nested ones are read when they are wanted.
    pub fn from_file(vm: &Vm, bytes: Cow<'_, [u8]>) -> Result<Ref<PyCode>, LoadError> {
        let (file, place) = File::open(bytes, Strings).map_err(LoadError::Marshal)?;
        let unit = file.unit(&place)?;
        let code = PyCode::head(&unit.code, &unit.code.filename);
        code.set_body(code.body_of(vm, &Rc::new(file), unit));
        Ok(Ref::new(&CODE, code))
    }

    /// The file that it was compiled from.
    pub fn filename(&self) -> Str {
        self.file.borrow().clone()
    }

    /// Names another file, for the code inside as well where that has the same name.
    pub fn rename_file(&self, filename: &Str) {
        let old = self.file.replace(filename.clone());
        // What has not been read yet takes the name when it is.
        let Some(body) = self.body.get() else { return };
        for nested in body.consts.iter().filter_map(|c| c.downcast::<PyCode>()) {
            if nested.filename().same(&old) {
                nested.rename_file(filename);
            }
        }
    }

    /// Everything but the body.
    fn head<T: Text>(code: &CodeObject<T>, filename: &Str) -> PyCode {
        let varargs = u16::from(code.flags.has(CodeFlags::VARARGS)) + u16::from(code.flags.has(CodeFlags::VARKEYWORDS));
        PyCode {
            name: code.name.name(),
            qualname: code.qualname.name(),
            file: RefCell::new(filename.clone()),
            flags: code.flags,
            argcount: code.argcount,
            posonlyargcount: code.posonlyargcount,
            kwonlyargcount: code.kwonlyargcount,
            nlocals: code.nlocals,
            nregs: code.nregs,
            firstlineno: code.firstlineno,
            static_attributes: code.static_attributes,
            nparams: (code.argcount.saturating_add(code.kwonlyargcount) as u16).saturating_add(varargs),
            simple: Cell::new(false),
            body: OnceCell::new(),
            waiting: RefCell::new(None),
            replaced: RefCell::new(None),
        }
    }

    fn set_body(&self, body: Body) {
        let special = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS;
        let simple = self.flags.0 & special == 0 && self.kwonlyargcount == 0 && !self.is_generator_like();
        self.simple.set(simple && body.damaged.is_none());
        let _ = self.body.set(Box::new(body));
    }

    fn body_of(&self, vm: &Vm, file: &Rc<File<Strings>>, unit: Unit<Str>) -> Body {
        let mut places = unit.nested.into_iter();
        Body::new(vm, unit.code, |nested| {
            let code = PyCode::head(&nested, &self.filename());
            *code.waiting.borrow_mut() = places.next().map(|place| Waiting { file: file.clone(), place });
            Ref::new(&CODE, code).into_value()
        })
    }

    #[cold]
    #[inline(never)]
    fn read_body(&self) -> &Body {
        let waiting = self.waiting.take();
        let read = crate::vm::lock::with_current(|vm| {
            let Waiting { file, place } = waiting?;
            Some(file.unit(&place).map(|unit| self.body_of(vm, &file, unit)))
        });
        self.set_body(match read.flatten() {
            Some(Ok(body)) => body,
            Some(Err(error)) => Body { damaged: Some(error.to_string()), ..Body::default() },
            None => Body { damaged: Some("the code was lost".to_owned()), ..Body::default() },
        });
        // Set just now.
        self
    }

    /// Makes sure that the body is there. Raises SystemError when it is damaged.
    #[inline]
    pub(crate) fn load(&self, vm: &Vm) -> PyResult<()> {
        match &self.damaged {
            None => Ok(()),
            Some(why) => Err(vm.system_error(format!("cannot run {}: {why}", self.qualname.to_lossy()))),
        }
    }

    /// A copy with empty caches.
    fn duplicate(&self) -> PyCode {
        let copy = PyCode {
            name: self.name.clone(),
            qualname: self.qualname.clone(),
            file: self.file.clone(),
            flags: self.flags,
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            nlocals: self.nlocals,
            nregs: self.nregs,
            firstlineno: self.firstlineno,
            static_attributes: self.static_attributes,
            nparams: self.nparams,
            simple: self.simple.clone(),
            body: OnceCell::new(),
            waiting: RefCell::new(None),
            replaced: RefCell::new(None),
        };
        copy.set_body((**self).duplicate());
        copy
    }

    /// The docstring, without reading the body for it where there is none.
    pub(crate) fn doc(&self) -> Value {
        let first = if self.flags.has(CodeFlags::HAS_DOCSTRING) { self.consts.first() } else { None };
        first.cloned().unwrap_or(Value::NONE)
    }

    /// The source position of an instruction.
    pub fn position(&self, index: usize) -> Option<Position> {
        lines::lookup(&self.linetable, self.firstlineno, index)
    }

    /// The line of an instruction; that of the one before it where it has none.
    pub fn line(&self, index: usize) -> u32 {
        if let Some(line) = lines::line(&self.linetable, self.firstlineno, index) {
            return line;
        }
        let before = lines::iter(&self.linetable, self.firstlineno).take(index).flatten().last();
        before.map_or(self.firstlineno, |p| p.line)
    }

    /// Whether calling makes a generator, coroutine or async generator.
    pub fn is_generator_like(&self) -> bool {
        self.flags.0 & (CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) != 0
    }
}

/// A constant that holds no code, as a value.
pub fn constant_value(vm: &Vm, c: Const) -> Value {
    constant(vm, c, &mut |_| Value::NONE)
}

/// A constant as a value.
fn constant<T: Text>(vm: &Vm, c: Const<T>, nested: &mut dyn FnMut(CodeObject<T>) -> Value) -> Value {
    match c {
        Const::None => Value::NONE,
        Const::True => Value::TRUE,
        Const::False => Value::FALSE,
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(i) => Value::int(i),
        Const::BigInt { negative, digits } => {
            let sign = if negative { Sign::Minus } else { Sign::Plus };
            crate::types::int::from_big(BigInt::from_slice(sign, &digits))
        }
        Const::Float(bits) => Value::float(f64::from_bits(bits)),
        Const::Complex(re, im) => crate::types::complex::new_value((f64::from_bits(re), f64::from_bits(im))),
        Const::Str(s) => s.constant().into_value(),
        Const::Bytes(b) => PyBytes::new(&b).into_value(),
        Const::Tuple(items) => PyTuple::new(items.into_iter().map(|i| constant(vm, i, nested)).collect()).into_value(),
        Const::FrozenSet(items) => {
            let s = crate::types::set::PySet::new_frozen();
            for i in items {
                // Constants are hashable and compare without running Python code.
                let _ = s.add(vm, &constant(vm, i, nested));
            }
            s.into_value()
        }
        Const::Slice(parts) => {
            let [a, b, c] = parts.map(|part| constant(vm, part, nested));
            crate::types::slice::PySlice::new_ref(a, b, c).into_value()
        }
        Const::Code(code) => nested(*code),
    }
}
