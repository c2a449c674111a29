//! Which temporaries hold something before each instruction, and which instruction has filled them.
//!
//! Between statements these are what the enclosing blocks keep: iterators of loops, exits of `with`, exceptions being
//! handled. That is what a debugger must know to move a frame to another line.

use super::flow::{Filled, fill_results, jump_target, may_raise, take_operands};
use crate::code::ExceptionHandler;
use crate::instr::{Instr, Op};
use crate::operand::OperandKind;
use crate::table::Flow;

/// What a temporary holds at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Nothing,
    /// What this instruction has put there.
    From(u32),
    /// The exception that led to the handler at this instruction.
    Exception(u32),
    /// Different things, by the path.
    Various,
}

/// For each instruction the temporaries before it runs, beginning with the lowest; `None` where control never comes. The
/// code has passed the check.
pub fn held(instrs: &[Instr], handlers: &[ExceptionHandler], nlocals: u16, nregs: u16) -> Vec<Option<Box<[Held]>>> {
    let count = usize::from(nregs - nlocals);
    let mut states: Vec<Option<Box<[Held]>>> = vec![None; instrs.len()];
    let mut todo = Vec::new();
    arrive(&mut states, &mut todo, 0, vec![Held::Nothing; count].into());
    while let Some(at) = todo.pop() {
        let (Some(instr), Some(Some(state))) = (instrs.get(at).copied(), states.get(at)) else { continue };
        let mut state = state.clone();
        let mut filled: Box<[u64]> = Filled::none(nregs);
        (0..nlocals).for_each(|register| filled.fill(register.into()));
        for (i, what) in state.iter().enumerate() {
            if *what != Held::Nothing {
                filled.fill(u32::from(nlocals) + i as u32);
            }
        }
        // The check has seen that all operands are there.
        let _ = take_operands(nlocals, nregs, instr, &mut filled);
        settle(&mut state, &filled, nlocals, None);
        if may_raise(instr.op)
            && let Some(h) = handlers.iter().find(|h| (h.start..h.end).contains(&(at as u32)))
        {
            let mut raised = state.clone();
            let own = usize::from(h.exc_reg.saturating_sub(nlocals));
            raised.iter_mut().skip(own).for_each(|what| *what = Held::Nothing);
            if let Some(what) = raised.get_mut(own) {
                *what = Held::Exception(h.target);
            }
            arrive(&mut states, &mut todo, h.target as usize, raised);
        }
        fill_results(nlocals, instr, &mut filled);
        if matches!(instr.op, Op::LoadMethod | Op::LoadSuperMethod | Op::LoadSpecial) {
            // The bound self may be there.
            filled.fill(u32::from(instr.a) + 1);
        }
        let row = instr.op.row();
        let written = match row.a {
            OperandKind::Dst => 1,
            OperandKind::DstPair => 2,
            OperandKind::DstRange => super::range_len(instr),
            _ => 0,
        };
        let written = u32::from(instr.a)..u32::from(instr.a) + written;
        settle(&mut state, &filled, nlocals, Some((written, at as u32)));
        if let Some(target) = jump_target(at, instr) {
            let mut jumped = state.clone();
            if matches!(instr.op, Op::ForIter | Op::Send)
                && let Some(what) = usize::from(instr.b).checked_sub(nlocals.into()).and_then(|i| jumped.get_mut(i))
            {
                *what = Held::Nothing;
            }
            arrive(&mut states, &mut todo, target, jumped);
        }
        if matches!(row.flow, Flow::Next | Flow::Branch) {
            arrive(&mut states, &mut todo, at + 1, state);
        }
    }
    states
}

/// Takes over what is filled; registers of the range hold what the instruction put there.
fn settle(state: &mut [Held], filled: &[u64], nlocals: u16, written: Option<(std::ops::Range<u32>, u32)>) {
    for (i, what) in state.iter_mut().enumerate() {
        let register = u32::from(nlocals) + i as u32;
        let there = filled[register as usize / 64] >> (register % 64) & 1 == 1;
        match &written {
            _ if !there => *what = Held::Nothing,
            Some((range, at)) if range.contains(&register) => *what = Held::From(*at),
            _ => {}
        }
    }
}

/// A path leads to `at`.
fn arrive(states: &mut [Option<Box<[Held]>>], todo: &mut Vec<usize>, at: usize, new: Box<[Held]>) {
    let Some(known) = states.get_mut(at) else { return };
    let changed = match known {
        None => {
            *known = Some(new);
            true
        }
        Some(known) => {
            let mut changed = false;
            for (a, b) in known.iter_mut().zip(&new) {
                let both = match (*a, *b) {
                    (a, b) if a == b => a,
                    (Held::Nothing, _) | (_, Held::Nothing) => Held::Nothing,
                    _ => Held::Various,
                };
                changed |= both != *a;
                *a = both;
            }
            changed
        }
    };
    if changed {
        todo.push(at);
    }
}
