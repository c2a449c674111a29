//! Code objects for this crate's tests: a small true one, and random ones that use every form of the format.

use crate::code::{CodeFlags, CodeObject, Const, ExceptionHandler, LocalKind, Site};
use crate::instr::{Instr, Op};
use crate::lines::{LineTableBuilder, Position};
use crate::table::ROWS;

/// A small deterministic random source (xorshift64*), so that a failing test fails again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 16) % n
    }

    fn many<T>(&mut self, most: u64, mut make: impl FnMut(&mut Self) -> T) -> Box<[T]> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    fn text(&mut self) -> Box<[u8]> {
        match self.below(12) {
            0 => "ä€😀".repeat(self.below(60) as usize).into_bytes().into(),
            1 => b"\xed\xa0\x80".to_vec().into(),
            n => format!("name{}", n + self.below(5)).into_bytes().into(),
        }
    }

    fn constant(&mut self, depth: u32) -> Const {
        match self.below(if depth == 0 { 11 } else { 15 }) {
            0 => Const::None,
            1 => Const::True,
            2 => Const::False,
            3 => Const::Ellipsis,
            4 => Const::Int(self.next() as i64),
            5 => Const::Int(self.below(300) as i64 - 150),
            6 => Const::BigInt { negative: self.below(2) == 0, digits: [7, self.next() as u32, 1].into() },
            7 => Const::Float(self.next()),
            8 => Const::Complex(self.next(), self.next()),
            9 => Const::Str(self.text()),
            10 => Const::Bytes(self.many(300, |random| random.next() as u8)),
            11 => Const::Tuple(self.many(4, |random| random.constant(depth - 1))),
            12 => Const::FrozenSet(self.many(4, |random| random.constant(depth - 1))),
            13 => Const::Slice(Box::new([0, 1, 2].map(|_| self.constant(depth - 1)))),
            _ => Const::Code(Box::new(self.code(depth - 1))),
        }
    }

    fn instr(&mut self, count: u64) -> Instr {
        use crate::operand::OperandKind::{High, Unused};
        let row = &ROWS[self.below(ROWS.len() as u64) as usize];
        let mut field = |kind| if kind == Unused || kind == High { 0 } else { self.next() as u16 };
        let (a, b, c) = (field(row.a), field(row.b), field(row.c));
        let x = if row.x == Unused { 0 } else { self.next() as u8 };
        if row.c == High { Instr::wide(row.op, x, a, self.below(count) as u32) } else { Instr::new(row.op, x, a, b, c) }
    }

    /// A code object that is well-formed data and, most likely, breaks every rule of the verifier.
    pub(crate) fn code(&mut self, depth: u32) -> CodeObject {
        let count = self.below(60) + 1;
        CodeObject {
            name: self.text(),
            qualname: self.text(),
            filename: self.text(),
            flags: CodeFlags(self.next() as u32),
            argcount: self.next() as u32,
            posonlyargcount: self.below(4) as u32,
            kwonlyargcount: self.below(4) as u32,
            nlocals: self.next() as u16,
            nregs: self.next() as u16,
            local_names: self.many(6, Self::text),
            local_kinds: self
                .many(6, |random| if random.below(2) == 0 { LocalKind::Fast } else { LocalKind::HiddenCell }),
            freevars: self.many(3, Self::text),
            consts: self.many(6, |random| random.constant(depth)),
            names: self.many(6, Self::text),
            sites: self.many(6, |random| Site { name: (random.next() >> 1) as u32 }),
            instrs: (0..count).map(|_| self.instr(count)).collect(),
            handlers: self.many(3, |random| ExceptionHandler {
                start: random.next() as u32,
                end: random.next() as u32,
                target: random.next() as u32,
                exc_reg: random.next() as u16,
            }),
            linetable: self.many(20, |random| random.next() as u8),
            firstlineno: self.next() as u32,
            static_attributes: self.next() as u16,
        }
    }
}

/// `def add(left, right=1): ...` inside a module that calls it with a keyword: valid by every rule.
pub(crate) fn module() -> CodeObject {
    let mut function = empty("add", 2);
    function.local_names = [b"left"[..].into(), b"right"[..].into()].into();
    function.local_kinds = [LocalKind::Fast, LocalKind::Cell].into();
    (function.nlocals, function.nregs, function.argcount) = (2, 3, 2);
    function.instrs = [
        Instr::new(Op::Add, 0, 2, 0, 1),
        Instr::new(Op::BrLt, 1, 1, 0, 0x8000),
        Instr::new(Op::Return, 0, 2, 0, 0),
        Instr::new(Op::Return, 0, 0x8001, 0, 0),
    ]
    .into();
    function.consts = [Const::Int(0), Const::None].into();
    finish(&mut function, &[3, 3, 4, 5]);

    let mut module = empty("<module>", 1);
    module.nregs = 5;
    module.names = [b"add"[..].into()].into();
    module.sites = [Site { name: 0 }, Site { name: 1 }].into();
    module.consts = [
        Const::Code(Box::new(function)),
        Const::Tuple([Const::Str(b"right"[..].into())].into()),
        Const::Int(5),
        Const::None,
    ]
    .into();
    module.instrs = [
        Instr::wide(Op::MakeFunction, 0, 0, 0),
        Instr::new(Op::StoreName, 0, 0, 0, 0),
        Instr::new(Op::LoadName, 0, 0, 0, 0),
        Instr::new(Op::Clear, 0, 1, 0, 0),
        Instr::wide(Op::LoadConst, 0, 2, 2),
        Instr::wide(Op::LoadConst, 0, 3, 2),
        Instr::new(Op::CallKw, 2, 0, 0, 1),
        Instr::wide(Op::JumpIfTrue, 0, 0, 9),
        Instr::wide(Op::JumpBack, 0, 0, 2),
        Instr::new(Op::Return, 0, 0x8003, 0, 0),
        Instr::new(Op::Reraise, 0, 4, 0, 0),
    ]
    .into();
    module.handlers = [ExceptionHandler { start: 2, end: 7, target: 10, exc_reg: 4 }].into();
    finish(&mut module, &[1, 1, 7, 7, 7, 7, 7, 7, 7, 8, 8]);
    module
}

fn empty(name: &str, firstlineno: u32) -> CodeObject {
    CodeObject {
        name: name.as_bytes().into(),
        qualname: name.as_bytes().into(),
        filename: b"sample.py"[..].into(),
        flags: CodeFlags(0),
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        nlocals: 0,
        nregs: 0,
        local_names: [].into(),
        local_kinds: [].into(),
        freevars: [].into(),
        consts: [].into(),
        names: [].into(),
        sites: [].into(),
        instrs: [].into(),
        handlers: [].into(),
        linetable: [].into(),
        firstlineno,
        static_attributes: 0,
    }
}

fn finish(code: &mut CodeObject, lines: &[u32]) {
    let mut table = LineTableBuilder::new(code.firstlineno);
    lines.iter().for_each(|&line| table.push(Some(Position { line, end_line: line, col: 0, end_col: 4 })));
    code.linetable = table.finish();
}
