//! From symbolic instructions to a code object: jump threading, dead code, encoding, tables.

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::lines::{LineTableBuilder, Position};
use freeze_bytecode::operand::OperandKind;
use freeze_bytecode::table::Flow;
use freeze_bytecode::{CodeObject, ExceptionHandler, Instr, Op};

use super::bound::remove_proven_checks;
use super::{Builder, Handler, Header, Ins, Label, NO_LABEL};
use crate::names::{Interner, Map, NameId};
use crate::source::Source;

/// The most instructions that are copied so that what ends a body shows the line that led there.
const LONGEST_TAIL: usize = 8;

/// What encoding needs besides the code itself.
pub(crate) struct Frame<'a> {
    pub(crate) names: &'a Interner,
    pub(crate) source: &'a Source,
}

/// Which field of an instruction holds its relative 16-bit label.
pub(super) enum Target {
    None,
    InA,
    InC,
    Wide,
}

pub(super) fn target_of(op: Op) -> Target {
    match op {
        Op::BrLt
        | Op::BrLe
        | Op::BrEq
        | Op::BrNe
        | Op::BrGt
        | Op::BrGe
        | Op::BrIs
        | Op::BrIn
        | Op::BrNoMatch
        | Op::BrNoPattern => Target::InA,
        Op::ForIter | Op::Send => Target::InC,
        Op::Jump
        | Op::JumpBack
        | Op::JumpIfTrue
        | Op::JumpIfFalse
        | Op::JumpIfTrueKeep
        | Op::JumpIfFalseKeep
        | Op::JumpIfNone
        | Op::JumpIfNotNone => Target::Wide,
        _ => Target::None,
    }
}

impl Builder {
    /// The finished code object, or None if it exceeds a limit of the format.
    pub(crate) fn finish(mut self, header: Header, frame: &Frame<'_>) -> Option<CodeObject> {
        self.thread_jumps();
        self.turn_branches();
        self.copy_exits();
        self.drop_unreachable();
        remove_proven_checks(&mut self, header.argument_registers());
        self.compact(frame.source);
        self.settle_ranges();
        self.reach_far_targets();
        self.settle_sites();
        if self.too_large {
            return None;
        }
        let linetable = self.line_table(header.firstlineno, frame.source);
        let handlers = self.handler_table();
        let instrs = self.encode();
        let text = |id: &NameId| Box::<[u8]>::from(frame.names.text(*id).as_bytes());
        Some(CodeObject {
            name: header.name,
            qualname: header.qualname,
            filename: header.filename,
            flags: header.flags,
            argcount: header.argcount,
            posonlyargcount: header.posonlyargcount,
            kwonlyargcount: header.kwonlyargcount,
            nlocals: self.nlocals as u16,
            nregs: (self.nlocals + self.max_depth) as u16,
            local_names: self.local_names.iter().map(text).collect(),
            local_kinds: self.local_kinds.into_boxed_slice(),
            freevars: header.freevars.iter().map(text).collect(),
            consts: self.consts.into_boxed_slice(),
            names: self.names.iter().map(text).collect(),
            sites: self.sites.into_boxed_slice(),
            instrs,
            handlers,
            linetable,
            firstlineno: header.firstlineno,
            static_attributes: header.static_attributes,
        })
    }

    /// The index that a label stands for.
    pub(super) fn at(&self, label: Label) -> usize {
        self.labels[label.0 as usize] as usize
    }

    /// Jumps to a jump go to its target. A `jump_back` is never skipped: it is where threads get their turn.
    fn thread_jumps(&mut self) {
        for i in 0..self.ins.len() {
            let first = self.ins[i].to;
            if first == NO_LABEL {
                continue;
            }
            let mut to = first;
            for _ in 0..16 {
                match self.ins.get(self.at(to)) {
                    Some(next) if next.op == Op::Jump && next.to != to => to = next.to,
                    _ => break,
                }
            }
            self.ins[i].to = to;
        }
    }

    /// A branch over a jump becomes a branch of the opposite sense to the jump's target.
    fn turn_branches(&mut self) {
        let mut targets = vec![false; self.ins.len() + 1];
        self.ins.iter().filter(|i| i.to != NO_LABEL).for_each(|i| targets[self.at(i.to)] = true);
        for i in 0..self.ins.len().saturating_sub(2) {
            let branch = self.ins[i];
            let jump_at = i + 1;
            let Some(jump) = self.ins.get(jump_at).copied() else { continue };
            let skips = branch.to != NO_LABEL && jump.op == Op::Jump && self.at(branch.to) == jump_at + 1;
            if !skips || targets[jump_at] {
                continue;
            }
            let (op, x) = match branch.op {
                Op::JumpIfTrue => (Op::JumpIfFalse, 0),
                Op::JumpIfFalse => (Op::JumpIfTrue, 0),
                Op::JumpIfNone => (Op::JumpIfNotNone, 0),
                Op::JumpIfNotNone => (Op::JumpIfNone, 0),
                Op::BrLt | Op::BrLe | Op::BrEq | Op::BrNe | Op::BrGt | Op::BrGe | Op::BrIs | Op::BrIn => {
                    (branch.op, branch.x ^ 1)
                }
                _ => continue,
            };
            self.ins[i] = Ins { op, x, to: jump.to, ..branch };
            self.ins[jump_at] = Ins { op: Op::Nop, to: NO_LABEL, range: None, ..jump };
        }
    }

    /// Turns what no path reaches into `nop`s without a range; [`Builder::compact`] removes them.
    fn drop_unreachable(&mut self) {
        let mut reached = vec![false; self.ins.len()];
        let mut handler_seen = vec![false; self.handlers.len()];
        let mut work = vec![0usize];
        while let Some(start) = work.pop() {
            let mut at = start;
            while at < self.ins.len() && !reached[at] {
                reached[at] = true;
                let ins = self.ins[at];
                if ins.handler != Handler::NONE && !handler_seen[ins.handler.0 as usize] {
                    handler_seen[ins.handler.0 as usize] = true;
                    work.push(self.at(self.handlers[ins.handler.0 as usize].target));
                }
                if ins.to != NO_LABEL {
                    work.push(self.at(ins.to));
                }
                if matches!(ins.op.row().flow, Flow::Jump | Flow::Leave) {
                    break;
                }
                at += 1;
            }
        }
        for (ins, reached) in self.ins.iter_mut().zip(reached) {
            if !reached {
                ins.op = Op::Nop;
                ins.to = NO_LABEL;
                ins.handler = Handler::NONE;
                ins.range = None;
            }
        }
    }

    /// A jump to a `return` that stands on no line of its own becomes that `return`, so that it shows the line that led there.
    fn copy_exits(&mut self) {
        for i in 0..self.ins.len() {
            let jump = self.ins[i];
            if jump.to == NO_LABEL {
                continue;
            }
            let mut target = self.at(jump.to);
            while self.ins.get(target).is_some_and(|t| t.op == Op::Nop && t.range.is_none()) {
                target += 1;
            }
            let mut end = target;
            while end - target < LONGEST_TAIL && self.ins.get(end).is_some_and(Ins::is_tail) {
                end += 1;
            }
            let Some(exit) = self.ins.get(end).copied() else { continue };
            if exit.op != Op::Return || exit.range.is_some() || exit.a & CONST_BIT == 0 {
                continue;
            }
            if end > target {
                // A jump of no place of its own is on the line of what comes before it.
                let before = self.ins[..i].iter().rev().find(|b| b.op != Op::Nop || b.range.is_some());
                let before = before.filter(|b| matches!(b.op.row().flow, Flow::Next)).and_then(|b| b.range);
                let range = jump.range.or(before);
                if range.is_some() && jump.op != Op::JumpBack {
                    let label = self.label();
                    self.labels[label.0 as usize] = self.ins.len() as u32;
                    for from in target..=end {
                        let copy = Ins { range, ..self.ins[from] };
                        self.ins.push(copy);
                    }
                    self.ins[i].to = label;
                }
            } else if jump.op == Op::Jump {
                self.ins[i] = Ins { range: jump.range, ..exit };
            } else if jump.range.is_some() && !matches!(jump.op, Op::Jump | Op::JumpBack) {
                let label = self.label();
                self.labels[label.0 as usize] = self.ins.len() as u32;
                self.ins.push(Ins { range: jump.range, ..exit });
                self.ins[i].to = label;
            }
        }
    }

    /// What has no place in the source shows that of the instruction that leads to it, if that is one.
    fn settle_ranges(&mut self) {
        let mut target = vec![false; self.ins.len() + 1];
        self.ins.iter().filter(|i| i.to != NO_LABEL).for_each(|i| target[self.at(i.to)] = true);
        self.handlers.iter().for_each(|h| {
            if let Some(t) = target.get_mut(self.at(h.target)) {
                *t = true;
            }
        });
        for i in 1..self.ins.len() {
            let falls = matches!(self.ins[i - 1].op.row().flow, Flow::Next | Flow::Branch);
            if self.ins[i].range.is_none() && falls && !target[i] {
                self.ins[i].range = self.ins[i - 1].range;
            }
        }
    }

    /// Whether a `nop` must stay, since its line would not show in traces otherwise.
    fn line_shows(&self, i: usize, targets: &[bool], source: &Source) -> bool {
        let line = |ins: &Ins| ins.range.map(|r| source.line_and_byte(r.start().to_u32()).0);
        let Some(here) = line(&self.ins[i]) else { return false };
        let mut next = i + 1;
        while self.ins.get(next).is_some_and(|n| n.op == Op::Nop && n.range.is_none()) {
            next += 1;
        }
        // A jump may yet turn out to lead to the next instruction, and go.
        if self.ins.get(next).is_some_and(|n| n.op != Op::Jump && line(n) == Some(here)) {
            return false;
        }
        let before = i.checked_sub(1).map(|b| &self.ins[b]);
        let falls = before.is_some_and(|b| matches!(b.op.row().flow, Flow::Next | Flow::Branch));
        targets[i] || !falls || before.and_then(line) != Some(here)
    }

    /// Removes `nop`s and jumps to the next instruction.
    fn compact(&mut self, source: &Source) {
        let len = self.ins.len();
        let mut targets = vec![false; len + 1];
        self.ins.iter().filter(|i| i.to != NO_LABEL).for_each(|i| targets[self.at(i.to)] = true);
        let mut kept = vec![true; len];
        for i in 0..len {
            if self.ins[i].op == Op::Nop {
                kept[i] = self.line_shows(i, &targets, source);
                // What follows and has no line takes this one.
                let range = self.ins[i].range;
                if kept[i]
                    && let Some(next) = self.ins.get_mut(i + 1)
                    && !matches!(next.op, Op::Nop | Op::Jump)
                    && next.range.is_none()
                    && !targets[i + 1]
                {
                    next.range = range;
                    kept[i] = false;
                }
            }
        }
        // From the end: whether a jump's target is the next instruction that stays depends on what follows it.
        for i in (0..len).rev() {
            let ins = self.ins[i];
            if ins.op == Op::Jump {
                let target = self.at(ins.to);
                if target > i && !kept[i + 1..target].contains(&true) {
                    kept[i] = false;
                }
            }
        }
        let mut moved = Vec::with_capacity(len + 1);
        let mut next = 0u32;
        for keep in &kept {
            moved.push(next);
            next += u32::from(*keep);
        }
        moved.push(next);
        for label in self.labels.iter_mut().filter(|l| **l != u32::MAX) {
            *label = moved[*label as usize];
        }
        let mut keep = kept.iter();
        self.ins.retain(|_| *keep.next().unwrap_or(&true));
    }

    /// Branches with 16-bit labels that are too far away go over a jump beside them.
    fn reach_far_targets(&mut self) {
        const NEAR: i64 = 30_000;
        if self.ins.len() < NEAR as usize {
            return;
        }
        // Every detour adds two instructions, so what counts as near leaves room for some; distances only matter here
        // in code of tens of thousands of instructions.
        loop {
            let far = (0..self.ins.len()).find(|i| {
                let ins = self.ins[*i];
                !matches!(target_of(ins.op), Target::None | Target::Wide)
                    && (self.at(ins.to) as i64 - *i as i64).abs() > NEAR
            });
            let Some(i) = far else {
                return;
            };
            self.insert_detour(i);
        }
    }

    fn insert_detour(&mut self, i: usize) {
        let branch = self.ins[i];
        let back = self.at(branch.to) <= i;
        for label in self.labels.iter_mut().filter(|l| **l != u32::MAX && **l as usize > i) {
            *label += 2;
        }
        let over = self.label();
        let detour = self.label();
        self.labels[detour.0 as usize] = i as u32 + 2;
        self.labels[over.0 as usize] = i as u32 + 3;
        let jump = |op, to| Ins { op, x: 0, a: 0, b: 0, c: 0, to, ..branch };
        self.ins[i].to = detour;
        let far = if back { Op::JumpBack } else { Op::Jump };
        self.ins.splice(i + 1..i + 1, [jump(Op::Jump, over), jump(far, branch.to)]);
    }

    /// Leaves out the sites of instructions that were dropped, and gives each opcode sites of its own where there were so
    /// many that they had to be shared.
    fn settle_sites(&mut self) {
        let mut places: Map<(u16, Op), u16> = Map::default();
        let mut sites = Vec::with_capacity(self.sites.len());
        for ins in self.ins.iter_mut().filter(|ins| ins.op.row().c == OperandKind::Site) {
            ins.c = *places.entry((ins.c, ins.op)).or_insert_with(|| {
                sites.push(self.sites[usize::from(ins.c)]);
                (sites.len() - 1) as u16
            });
        }
        self.too_large |= sites.len() > usize::from(u16::MAX);
        self.sites = sites;
    }

    fn encode(&mut self) -> Box<[Instr]> {
        let mut out = Vec::with_capacity(self.ins.len());
        for (i, ins) in self.ins.iter().enumerate() {
            let mut op = ins.op;
            let (mut a, mut b, mut c) = (ins.a, ins.b, ins.c);
            if ins.to != NO_LABEL {
                let target = self.at(ins.to);
                let relative = target as i64 - (i as i64 + 1);
                match target_of(op) {
                    Target::InA => a = relative as i16 as u16,
                    Target::InC => c = relative as i16 as u16,
                    Target::Wide => (b, c) = (target as u16, (target >> 16) as u16),
                    Target::None => {}
                }
                if op == Op::Jump && target <= i {
                    op = Op::JumpBack;
                }
            }
            out.push(Instr::new(op, ins.x, a, b, c));
        }
        out.into_boxed_slice()
    }

    fn handler_table(&self) -> Box<[ExceptionHandler]> {
        let mut out: Vec<ExceptionHandler> = Vec::new();
        let mut last = Handler::NONE;
        for (i, ins) in self.ins.iter().enumerate() {
            let i = i as u32;
            // What can't raise may join the range before it, so that ranges stay few.
            let handler = ins.handler;
            if handler == Handler::NONE {
                last = handler;
                continue;
            }
            match out.last_mut() {
                Some(range) if handler == last && range.end == i => range.end = i + 1,
                _ => {
                    let info = self.handlers[handler.0 as usize];
                    let target = self.at(info.target) as u32;
                    out.push(ExceptionHandler { start: i, end: i + 1, target, exc_reg: info.exc_reg });
                }
            }
            last = handler;
        }
        out.into_boxed_slice()
    }

    fn line_table(&self, firstlineno: u32, source: &Source) -> Box<[u8]> {
        let mut table = LineTableBuilder::new(firstlineno);
        let mut last = None;
        for (i, ins) in self.ins.iter().enumerate() {
            let position = match (ins.range, last) {
                // What ends a body in which nothing happens is on the line where that begins.
                (None, _) if i == 0 && ins.op == Op::Return => {
                    Some(Position { line: firstlineno, end_line: firstlineno, col: 0, end_col: 0 })
                }
                (None, _) => None,
                (Some(range), Some((before, position))) if range == before => Some(position),
                (Some(range), _) => {
                    let (line, col) = source.line_and_byte(range.start().to_u32());
                    let (end_line, end_col) = source.line_and_byte(range.end().to_u32());
                    let position = Position { line, end_line, col, end_col };
                    last = Some((range, position));
                    Some(position)
                }
            };
            table.push(position);
        }
        table.finish()
    }
}

impl Header {
    /// How many registers hold arguments when the code begins.
    fn argument_registers(&self) -> u32 {
        use freeze_bytecode::CodeFlags;
        self.argcount
            + self.kwonlyargcount
            + u32::from(self.flags.has(CodeFlags::VARARGS))
            + u32::from(self.flags.has(CodeFlags::VARKEYWORDS))
    }
}

impl Ins {
    /// Whether this is part of how a body ends: it has no place in the source and leads on to the next.
    fn is_tail(&self) -> bool {
        self.range.is_none() && self.to == NO_LABEL && matches!(self.op.row().flow, Flow::Next)
    }
}
