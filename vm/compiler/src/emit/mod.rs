//! Building one code object: instructions with symbolic labels, registers, constants, names and cache sites.
//!
//! Lowering appends instructions in order and never looks back; [`assemble`] cleans up and encodes.

mod assemble;
mod bound;
mod consts;

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::{CodeFlags, Const, LocalKind, Op, Site};
use rustpython_text_size::TextRange;

use crate::names::{Map, NameId};

pub(crate) use assemble::Frame;

/// A register.
pub(crate) type Reg = u16;

/// A place in the code that is jumped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Label(u32);

/// A handler of exceptions, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handler(u32);

impl Handler {
    /// No handler: the frame is left.
    pub(crate) const NONE: Handler = Handler(u32::MAX);
}

const NO_LABEL: Label = Label(u32::MAX);

/// An instruction that still has symbolic targets.
#[derive(Clone, Copy, Debug)]
struct Ins {
    op: Op,
    x: u8,
    a: u16,
    b: u16,
    c: u16,
    to: Label,
    handler: Handler,
    /// None: artificial.
    range: Option<TextRange>,
}

/// Where a handler begins and which register receives the exception.
#[derive(Clone, Copy)]
struct HandlerInfo {
    target: Label,
    exc_reg: Reg,
}

/// A code object in the making.
pub(crate) struct Builder {
    ins: Vec<Ins>,
    /// Label to instruction index.
    labels: Vec<u32>,
    /// Where the label placed last stands.
    last_placed: u32,
    handlers: Vec<HandlerInfo>,
    /// The handler of what is emitted now.
    pub(crate) handler: Handler,
    /// The source range of what is emitted now.
    pub(crate) range: Option<TextRange>,
    consts: Vec<Const>,
    const_ids: Map<Vec<u8>, u32>,
    names: Vec<NameId>,
    name_ids: Map<NameId, u32>,
    sites: Vec<Site>,
    pub(crate) local_names: Vec<NameId>,
    pub(crate) local_kinds: Vec<LocalKind>,
    nlocals: u32,
    /// The next free temporary, counted from the first.
    depth: u32,
    max_depth: u32,
    /// Set when a limit of the format is exceeded; reported at the end.
    too_large: bool,
}

impl Builder {
    /// An empty code object with the given locals.
    pub(crate) fn new(local_names: Vec<NameId>, local_kinds: Vec<LocalKind>) -> Builder {
        let nlocals = local_names.len() as u32;
        Builder {
            ins: Vec::new(),
            labels: Vec::new(),
            last_placed: u32::MAX,
            handlers: Vec::new(),
            handler: Handler::NONE,
            range: None,
            consts: Vec::new(),
            const_ids: Map::default(),
            names: Vec::new(),
            name_ids: Map::default(),
            sites: Vec::new(),
            local_names,
            local_kinds,
            nlocals,
            depth: 0,
            max_depth: 0,
            too_large: nlocals >= u32::from(CONST_BIT),
        }
    }

    /// A new label, not placed yet.
    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label here.
    pub(crate) fn place(&mut self, label: Label) {
        self.last_placed = self.ins.len() as u32;
        self.labels[label.0 as usize] = self.last_placed;
    }

    /// A handler that begins at `target`.
    pub(crate) fn new_handler(&mut self, target: Label, exc_reg: Reg) -> Handler {
        self.handlers.push(HandlerInfo { target, exc_reg });
        Handler(self.handlers.len() as u32 - 1)
    }

    /// Emits one instruction.
    pub(crate) fn emit(&mut self, op: Op, x: u8, a: u16, b: u16, c: u16) {
        self.push(op, x, a, b, c, NO_LABEL);
    }

    /// Emits an instruction with a target; the label's field is filled in later.
    pub(crate) fn emit_to(&mut self, op: Op, x: u8, a: u16, b: u16, c: u16, to: Label) {
        self.push(op, x, a, b, c, to);
    }

    fn push(&mut self, op: Op, x: u8, a: u16, b: u16, c: u16, to: Label) {
        self.ins.push(Ins { op, x, a, b, c, to, handler: self.handler, range: self.range });
    }

    /// R[a] := constant
    pub(crate) fn load_const(&mut self, a: Reg, constant: Const) {
        let id = self.const_id(constant);
        self.emit(Op::LoadConst, 0, a, id as u16, (id >> 16) as u16);
    }

    /// The next temporary.
    pub(crate) fn alloc(&mut self) -> Reg {
        self.alloc_many(1)
    }

    /// The first of `n` consecutive temporaries.
    pub(crate) fn alloc_many(&mut self, n: u32) -> Reg {
        let reg = self.nlocals + self.depth;
        self.depth += n;
        self.max_depth = self.max_depth.max(self.depth);
        if self.nlocals + self.depth >= u32::from(CONST_BIT) {
            self.too_large = true;
        }
        reg as Reg
    }

    /// How many temporaries are in use.
    pub(crate) fn mark(&self) -> u32 {
        self.depth
    }

    /// Gives back what was taken since `mark`.
    pub(crate) fn release(&mut self, mark: u32) {
        debug_assert!(mark <= self.depth);
        self.depth = mark;
    }

    /// Whether a register is a temporary.
    pub(crate) fn is_temp(&self, reg: Reg) -> bool {
        u32::from(reg) >= self.nlocals
    }

    /// The register of temporary number `n`.
    pub(crate) fn temp_at(&self, n: u32) -> Reg {
        (self.nlocals + n) as Reg
    }

    /// A name's index.
    pub(crate) fn name(&mut self, name: NameId) -> u16 {
        let next = self.names.len() as u32;
        let id = *self.name_ids.entry(name).or_insert(next);
        if id == next {
            self.names.push(name);
        }
        self.small(id)
    }

    /// A new cache site for a name.
    pub(crate) fn name_site(&mut self, name: NameId) -> u16 {
        let name = u32::from(self.name(name));
        self.site(name)
    }

    /// A new cache site without a name.
    pub(crate) fn plain_site(&mut self) -> u16 {
        self.site(Site::NONE)
    }

    /// A new cache site; `name` indexes names or constants. When there are too many, sites are shared.
    pub(crate) fn site(&mut self, name: u32) -> u16 {
        if self.sites.len() < usize::from(u16::MAX) {
            self.sites.push(Site { name });
            return (self.sites.len() - 1) as u16;
        }
        match self.sites.iter().position(|s| s.name == name) {
            Some(index) => index as u16,
            None => {
                self.too_large = true;
                0
            }
        }
    }

    fn small(&mut self, id: u32) -> u16 {
        u16::try_from(id).unwrap_or_else(|_| {
            self.too_large = true;
            0
        })
    }

    /// Whether the last instruction never falls through and nothing jumps here.
    pub(crate) fn is_unreachable(&self) -> bool {
        let here = self.ins.len() as u32;
        let leaves = self
            .ins
            .last()
            .is_some_and(|i| matches!(i.op, Op::Return | Op::Raise | Op::Reraise | Op::Jump | Op::JumpBack));
        leaves && self.last_placed != here
    }
}

/// What the finished code object is called and how it is called.
pub(crate) struct Header {
    pub(crate) name: Box<[u8]>,
    pub(crate) qualname: Box<[u8]>,
    pub(crate) filename: Box<[u8]>,
    pub(crate) flags: CodeFlags,
    pub(crate) argcount: u32,
    pub(crate) posonlyargcount: u32,
    pub(crate) kwonlyargcount: u32,
    pub(crate) freevars: Vec<NameId>,
    pub(crate) firstlineno: u32,
    pub(crate) static_attributes: u16,
}
