//! The second half of the check: on every path, registers are filled before they are read.
//!
//! A forward analysis over the instructions, by the operand kinds: which registers certainly hold a value. A temporary
//! that is read as `Src` is empty afterwards, so that no value is taken twice; a local stays. Where paths join, what all
//! of them fill counts. A handler starts with what is filled at every instruction that it covers, after the operands
//! were taken, without the temporaries above its own. The interpreter may therefore read registers without looking; it
//! meets an empty one only where the table says so (a method's self, a call's `**`) and in `move` and `copy`.
//!
//! Runs over the code until nothing changes, which takes one run more than loops nest; the number is limited, and so is
//! the memory for states, so that hostile code costs an error and nothing else.

use super::{Broken, ensure, range_len};
use crate::code::{CodeFlags, CodeObject};
use crate::instr::{CONST_BIT, Instr, Op};
use crate::operand::OperandKind;
use crate::table::Flow;

/// How often the code is gone over before it counts as too complex.
const MOST_RUNS: u32 = 64;

/// How many 64-bit words all states together may take.
const MOST_WORDS: usize = 8 << 20;

/// Which registers certainly hold a value: one bit each. Nearly all code has few registers, whose bits fit one word.
pub(super) trait Filled: Clone {
    fn none(nregs: u16) -> Self;
    fn word(&self, register: u32) -> u64;
    fn word_mut(&mut self, register: u32) -> &mut u64;
    /// Keeps what `other` has too; whether that changed anything.
    fn meet(&mut self, other: &Self) -> bool;
    fn copy_from(&mut self, other: &Self);
    /// Empties the registers from `first` on, of `nregs`.
    fn empty_from(&mut self, first: u32, nregs: u16);

    #[inline]
    fn has(&self, register: u32) -> bool {
        self.word(register) >> (register % 64) & 1 == 1
    }

    #[inline]
    fn fill(&mut self, register: u32) {
        *self.word_mut(register) |= 1 << (register % 64);
    }

    #[inline]
    fn empty(&mut self, register: u32) {
        *self.word_mut(register) &= !(1 << (register % 64));
    }
}

impl Filled for u64 {
    fn none(_nregs: u16) -> u64 {
        0
    }

    #[inline]
    fn word(&self, _register: u32) -> u64 {
        *self
    }

    #[inline]
    fn word_mut(&mut self, _register: u32) -> &mut u64 {
        self
    }

    #[inline]
    fn meet(&mut self, other: &u64) -> bool {
        let changed = *self & !other != 0;
        *self &= other;
        changed
    }

    #[inline]
    fn copy_from(&mut self, other: &u64) {
        *self = *other;
    }

    #[inline]
    fn empty_from(&mut self, first: u32, _nregs: u16) {
        *self &= !u64::MAX.checked_shl(first).unwrap_or(0);
    }
}

impl Filled for Box<[u64]> {
    fn none(nregs: u16) -> Self {
        vec![0; usize::from(nregs).div_ceil(64)].into()
    }

    fn word(&self, register: u32) -> u64 {
        self[register as usize / 64]
    }

    fn word_mut(&mut self, register: u32) -> &mut u64 {
        &mut self[register as usize / 64]
    }

    fn meet(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for (word, other) in self.iter_mut().zip(other) {
            changed |= word.meet(other);
        }
        changed
    }

    fn copy_from(&mut self, other: &Self) {
        self.copy_from_slice(other);
    }

    fn empty_from(&mut self, first: u32, nregs: u16) {
        (first..nregs.into()).for_each(|register| self.empty(register));
    }
}

/// Checks a code object whose operands are in range. The error names the instruction that reads an empty register.
pub(super) fn check<T>(code: &CodeObject<T>) -> Result<(), (Option<usize>, Broken)> {
    if code.nregs <= 64 { check_with::<u64, T>(code) } else { check_with::<Box<[u64]>, T>(code) }
}

fn check_with<S: Filled, T>(code: &CodeObject<T>) -> Result<(), (Option<usize>, Broken)> {
    let mut analysis = Analysis::<S, T>::new(code)?;
    for _ in 0..MOST_RUNS {
        if !analysis.run()? {
            return Ok(());
        }
    }
    Err((None, "control flow is too complex"))
}

struct Analysis<'c, S, T> {
    code: &'c CodeObject<T>,
    /// For every instruction its place in `states`, or [`NO_STATE`] if no jump and no handler leads to it; empty if there are
    /// no labels at all.
    labels: Vec<u32>,
    /// What is filled at each label; `None` until a path reaches it.
    states: Vec<Option<S>>,
    /// For every instruction the handler that covers it, or [`NO_STATE`]; empty if there are no handlers.
    covered_by: Vec<u32>,
}

const NO_STATE: u32 = u32::MAX;

impl<'c, S: Filled, T> Analysis<'c, S, T> {
    fn new(code: &'c CodeObject<T>) -> Result<Self, (Option<usize>, Broken)> {
        let mut labels = Vec::new();
        let mut count = 0u32;
        let mut add = |target: usize| {
            if labels.is_empty() {
                labels.resize(code.instrs.len(), NO_STATE);
            }
            if labels[target] == NO_STATE {
                labels[target] = count;
                count += 1;
            }
        };
        for (at, &instr) in code.instrs.iter().enumerate() {
            if let Some(target) = jump_target(at, instr) {
                ensure(target > at || may_go_back(instr.op), "jump goes back").map_err(|what| (Some(at), what))?;
                add(target);
            }
        }
        code.handlers.iter().for_each(|handler| add(handler.target as usize));
        let words = usize::from(code.nregs).div_ceil(64);
        ensure((count as usize).saturating_mul(words) <= MOST_WORDS, "control flow is too complex")
            .map_err(|what| (None, what))?;
        Ok(Analysis { code, labels, states: vec![None; count as usize], covered_by: covering(code) })
    }

    /// Goes over the code once; whether a state changed that had been passed already.
    fn run(&mut self) -> Result<bool, (Option<usize>, Broken)> {
        let code = self.code;
        let mut again = false;
        let mut live = true;
        let mut filled: S = entry_state(code);
        let mut taken = filled.clone();
        for (at, &instr) in code.instrs.iter().enumerate() {
            if let Some(&label) = self.labels.get(at)
                && label != NO_STATE
            {
                let known = &mut self.states[label as usize];
                match known {
                    // Falling into a label is one more path to it.
                    Some(known) => {
                        if live {
                            known.meet(&filled);
                        }
                        filled.copy_from(known);
                    }
                    None if live => *known = Some(filled.clone()),
                    None => {}
                }
                live = known.is_some();
            }
            if !live {
                continue;
            }
            take_operands(code.nlocals, code.nregs, instr, &mut filled).map_err(|what| (Some(at), what))?;
            if let Some(&handler) = self.covered_by.get(at)
                && let Some(handler) = code.handlers.get(handler as usize)
                && may_raise(instr.op)
            {
                taken.copy_from(&filled);
                if instr.op == Op::Send {
                    // What was to be sent has been taken out.
                    taken.empty(instr.a.into());
                }
                (handler.exc_reg..code.nregs).for_each(|register| taken.empty(register.into()));
                taken.fill(handler.exc_reg.into());
                again |= self.arrive(at, handler.target as usize, &taken);
            }
            if instr.op == Op::Yield
                && instr.x != 0
                && let Some(before) = at.checked_sub(1)
                && let send = code.instrs[before]
                && let Some(target) = jump_target(before, send)
            {
                // Its delegate may end while it is suspended: then it goes on where the `send` before it would have gone.
                taken.copy_from(&filled);
                taken.empty(send.b.into());
                taken.fill(send.a.into());
                again |= self.arrive(at, target, &taken);
            }
            let flow = instr.op.row().flow;
            let had_first = instr.op == Op::ForIter && filled.has(instr.a.into());
            fill_results(code.nlocals, instr, &mut filled);
            if matches!(flow, Flow::Jump | Flow::Branch)
                && let Some(target) = jump_target(at, instr)
            {
                taken.copy_from(&filled);
                match instr.op {
                    // Exhausted: nothing was produced, and the iterator is gone.
                    Op::ForIter => {
                        taken.empty(instr.b.into());
                        if !had_first {
                            taken.empty(instr.a.into());
                        }
                    }
                    Op::Send => taken.empty(instr.b.into()),
                    _ => {}
                }
                again |= self.arrive(at, target, &taken);
            }
            live = matches!(flow, Flow::Next | Flow::Branch);
        }
        Ok(again)
    }

    /// A path leads from `at` to `target`; whether that changed a state that this run has passed.
    fn arrive(&mut self, at: usize, target: usize, filled: &S) -> bool {
        let known = &mut self.states[self.labels[target] as usize];
        let changed = match known {
            Some(known) => known.meet(filled),
            None => {
                *known = Some(filled.clone());
                true
            }
        };
        changed && target <= at
    }
}

/// At the start the parameters are filled.
fn entry_state<S: Filled, T>(code: &CodeObject<T>) -> S {
    let stars = u32::from(code.flags.has(CodeFlags::VARARGS)) + u32::from(code.flags.has(CodeFlags::VARKEYWORDS));
    let mut filled = S::none(code.nregs);
    (0..code.argcount + code.kwonlyargcount + stars).for_each(|register| filled.fill(register));
    filled
}

/// The first handler of the table that covers each instruction.
fn covering<T>(code: &CodeObject<T>) -> Vec<u32> {
    if code.handlers.is_empty() {
        return Vec::new();
    }
    let mut covered_by = vec![NO_STATE; code.instrs.len()];
    // Where a range that begins earlier in the table has been, later ones need not look: `next_free[i]` is the first
    // instruction from `i` on that nothing covers yet, found with path compression.
    let mut next_free: Vec<u32> = (0..=code.instrs.len() as u32).collect();
    let find = |next_free: &mut Vec<u32>, mut at: u32| {
        while next_free[at as usize] != at {
            let next = next_free[at as usize];
            next_free[at as usize] = next_free[next as usize];
            at = next;
        }
        at
    };
    for (number, handler) in code.handlers.iter().enumerate() {
        let mut at = find(&mut next_free, handler.start);
        while at < handler.end {
            covered_by[at as usize] = number as u32;
            next_free[at as usize] = at + 1;
            at = find(&mut next_free, at);
        }
    }
    covered_by
}

/// Where an instruction may jump to.
#[inline]
pub(super) fn jump_target(at: usize, instr: Instr) -> Option<usize> {
    let row = instr.op.row();
    if !matches!(row.flow, Flow::Jump | Flow::Branch) {
        return None;
    }
    if row.b == OperandKind::Label32 {
        return Some(instr.bc() as usize);
    }
    let field = match (row.a, row.c) {
        (OperandKind::Label16, _) => instr.a,
        (_, OperandKind::Label16) => instr.c,
        _ => return None,
    };
    Some((at as i64 + 1 + i64::from(field as i16)) as usize)
}

/// Whether its label may lie before it. Where it goes back by one of these, or to a handler, the interpreter looks
/// whether somebody wants its attention: without one of them in it no loop may run.
fn may_go_back(op: Op) -> bool {
    matches!(
        op,
        Op::JumpBack
            | Op::JumpIfTrue
            | Op::JumpIfFalse
            | Op::JumpIfNone
            | Op::JumpIfNotNone
            | Op::BrLt
            | Op::BrLe
            | Op::BrEq
            | Op::BrNe
            | Op::BrGt
            | Op::BrGe
            | Op::BrIs
            | Op::BrIn
            | Op::BrNoMatch
            | Op::BrNoPattern
    )
}

/// Whether a handler that covers the instruction may be entered from it. A `return` leaves the frame whatever happens.
#[inline]
pub(super) fn may_raise(op: Op) -> bool {
    !matches!(op, Op::Nop | Op::Move | Op::Copy | Op::LoadConst | Op::Clear | Op::PushExc | Op::PopExc | Op::Jump)
}

/// Reads what the instruction reads; temporaries that it consumes are empty afterwards.
#[inline(always)]
pub(super) fn take_operands<S: Filled>(nlocals: u16, nregs: u16, instr: Instr, filled: &mut S) -> Result<(), Broken> {
    let row = instr.op.row();
    let mut reader = Reader { nlocals, nregs, filled };
    match instr.op {
        // Operands that the selector switches off.
        Op::Raise => {
            for (given, register) in [(instr.x >= 1, instr.a), (instr.x == 2, instr.b)] {
                if given {
                    reader.consume(register.into())?;
                }
            }
        }
        Op::Yield => {
            reader.consume(instr.b.into())?;
            if instr.x != 0 {
                reader.look(instr.c.into())?;
            }
        }
        // Its destination is also what is sent.
        Op::Send => {
            reader.look(instr.b.into())?;
            reader.look(instr.a.into())?;
        }
        // These ask whether the local is filled.
        Op::CheckLocal | Op::DeleteLocal => {}
        // An empty register may be moved; it stays an empty register.
        Op::Move | Op::Copy => {}
        Op::WithExcept => {
            reader.look(instr.b.into())?;
            reader.look(instr.c.into())?;
        }
        Op::ListExtend if instr.x == 1 => {
            reader.field(OperandKind::Keep, instr.a, instr)?;
            reader.field(row.b, instr.b, instr)?;
            reader.look(instr.c.into())?;
        }
        // A pair whose second half may be empty (the bound self; the `**` of a call), among what is consumed.
        Op::CallMethod | Op::CallKw => {
            let first = u32::from(instr.b);
            reader.consume(first)?;
            reader.discard(first + 1);
            (first + 2..first + range_len(instr)).try_for_each(|register| reader.consume(register))?;
            reader.discard_from(first);
        }
        Op::Call => {
            reader.field(row.b, instr.b, instr)?;
            reader.discard_from(instr.b.into());
        }
        Op::CallEx => {
            let first = u32::from(instr.b);
            reader.consume(first)?;
            reader.consume(first + 1)?;
            reader.discard(first + 2);
        }
        _ => {
            reader.field(row.a, instr.a, instr)?;
            reader.field(row.b, instr.b, instr)?;
            reader.field(row.c, instr.c, instr)?;
        }
    }
    Ok(())
}

struct Reader<'s, S> {
    nlocals: u16,
    nregs: u16,
    filled: &'s mut S,
}

impl<S: Filled> Reader<'_, S> {
    #[inline(always)]
    fn field(&mut self, kind: OperandKind, field: u16, instr: Instr) -> Result<(), Broken> {
        let register = u32::from(field);
        match kind {
            OperandKind::Src => self.consume(register),
            OperandKind::Keep => self.look(register),
            OperandKind::SrcOrConst if field & CONST_BIT == 0 => self.consume(register),
            OperandKind::SrcRange => (register..register + range_len(instr)).try_for_each(|r| self.consume(r)),
            _ => Ok(()),
        }
    }

    #[inline(always)]
    fn look(&self, register: u32) -> Result<(), Broken> {
        ensure(self.filled.has(register), "reads an empty register")
    }

    #[inline(always)]
    fn consume(&mut self, register: u32) -> Result<(), Broken> {
        self.look(register)?;
        self.discard(register);
        Ok(())
    }

    /// The callee's registers begin with the arguments: what else lies there does not outlive the call.
    fn discard_from(&mut self, first: u32) {
        debug_assert!(first >= u32::from(self.nlocals), "a range of temporaries");
        self.filled.empty_from(first, self.nregs);
    }

    /// A temporary that is taken away, whether it holds something or not.
    #[inline(always)]
    fn discard(&mut self, register: u32) {
        if register >= self.nlocals.into() {
            self.filled.empty(register);
        }
    }
}

/// Fills what the instruction writes.
#[inline(always)]
pub(super) fn fill_results<S: Filled>(nlocals: u16, instr: Instr, filled: &mut S) {
    let row = instr.op.row();
    let first = u32::from(instr.a);
    match (instr.op, row.a) {
        (Op::Clear | Op::DeleteLocal, _) => filled.empty(first),
        (Op::CheckLocal, _) => filled.fill(first),
        (Op::Move | Op::Copy, _) => {
            let given = filled.has(instr.b.into());
            if instr.op == Op::Move && instr.b >= nlocals {
                filled.empty(instr.b.into());
            }
            if given { filled.fill(first) } else { filled.empty(first) }
        }
        // The bound self is there or not.
        (Op::LoadMethod | Op::LoadSuperMethod | Op::LoadSpecial, _) => {
            filled.fill(first);
            filled.empty(first + 1);
        }
        (_, OperandKind::Dst) => filled.fill(first),
        (_, OperandKind::DstPair) => (first..first + 2).for_each(|register| filled.fill(register)),
        (_, OperandKind::DstRange) => (first..first + range_len(instr)).for_each(|register| filled.fill(register)),
        _ => {}
    }
}
