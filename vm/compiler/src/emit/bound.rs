//! Removes `check_local` where the local is bound on every path.
//!
//! A forward analysis over the instructions: which locals are certainly bound before each of them. An exception may
//! leave any instruction that a handler covers, so a handler starts with what is bound before all of those.

use freeze_bytecode::Op;
use freeze_bytecode::operand::OperandKind;
use freeze_bytecode::table::Flow;

use super::assemble::target_of;
use super::{Builder, Handler, Ins, NO_LABEL};

/// One bit per local.
#[derive(Clone, PartialEq)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, local: u16) {
        if let Some(word) = self.0.get_mut(usize::from(local) / 64) {
            *word |= 1 << (local % 64);
        }
    }

    fn unset(&mut self, local: u16) {
        if let Some(word) = self.0.get_mut(usize::from(local) / 64) {
            *word &= !(1 << (local % 64));
        }
    }

    fn has(&self, local: u16) -> bool {
        self.0.get(usize::from(local) / 64).is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    /// Keeps what both have; whether that changed anything.
    fn meet(&mut self, other: &Bits) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            let both = *mine & theirs;
            changed |= both != *mine;
            *mine = both;
        }
        changed
    }
}

/// Turns needless `check_local`s into `nop`s. The first `arguments` registers are bound at the start.
pub(super) fn remove_proven_checks(builder: &mut Builder, arguments: u32) {
    if builder.ins.iter().all(|ins| ins.op != Op::CheckLocal) {
        return;
    }
    let starts = block_starts(builder);
    let words = (builder.nlocals as usize).div_ceil(64);
    let mut entry = Bits(vec![0; words]);
    (0..arguments).for_each(|local| entry.set(local as u16));
    // What is bound at the start of each block; None until a path reaches it.
    let mut states: Vec<Option<Bits>> = vec![None; builder.ins.len()];
    if let Some(first) = states.first_mut() {
        *first = Some(entry);
    }
    let mut work = vec![0usize];
    while let Some(start) = work.pop() {
        let Some(mut state) = states[start].clone() else {
            continue;
        };
        let mut flows = |to: usize, state: &Bits| match states.get_mut(to) {
            Some(Some(known)) => {
                let less = known.meet(state);
                if less {
                    work.push(to);
                }
            }
            Some(unknown) => {
                *unknown = Some(state.clone());
                work.push(to);
            }
            None => {}
        };
        let mut at = start;
        loop {
            let ins = builder.ins[at];
            if ins.handler != Handler::NONE {
                flows(builder.at(builder.handlers[ins.handler.0 as usize].target), &state);
            }
            if ins.to != NO_LABEL {
                let mut jumped = state.clone();
                // An exhausted `for_iter` writes nothing; `send` writes in both cases.
                if ins.op != Op::ForIter {
                    transfer(&ins, &mut jumped);
                }
                flows(builder.at(ins.to), &jumped);
            }
            transfer(&ins, &mut state);
            if matches!(ins.op.row().flow, Flow::Jump | Flow::Leave) {
                break;
            }
            at += 1;
            if at >= builder.ins.len() {
                break;
            }
            if starts[at] {
                flows(at, &state);
                break;
            }
        }
    }
    let mut state: Option<Bits> = None;
    for at in 0..builder.ins.len() {
        if starts[at] {
            state = states[at].clone();
        }
        let ins = builder.ins[at];
        if let Some(state) = &mut state {
            if ins.op == Op::CheckLocal && state.has(ins.a) {
                builder.ins[at].op = Op::Nop;
            }
            transfer(&ins, state);
        }
    }
}

/// Where blocks begin: at the start, at every target and after every branch.
fn block_starts(builder: &Builder) -> Vec<bool> {
    let mut starts = vec![false; builder.ins.len() + 1];
    starts[0] = true;
    for (i, ins) in builder.ins.iter().enumerate() {
        if ins.to != NO_LABEL {
            starts[builder.at(ins.to)] = true;
        }
        if ins.to != NO_LABEL || matches!(ins.op.row().flow, Flow::Jump | Flow::Leave) {
            starts[i + 1] = true;
        }
        if ins.handler != Handler::NONE {
            starts[builder.at(builder.handlers[ins.handler.0 as usize].target)] = true;
        }
    }
    starts
}

/// What an instruction that completes does to the set.
fn transfer(ins: &Ins, state: &mut Bits) {
    match ins.op {
        Op::Clear | Op::DeleteLocal => state.unset(ins.a),
        Op::CheckLocal => state.set(ins.a),
        _ => {
            debug_assert!(!matches!(target_of(ins.op), super::assemble::Target::InA) || ins.to != NO_LABEL);
            let row = ins.op.row();
            match row.a {
                OperandKind::Dst => state.set(ins.a),
                OperandKind::DstPair => {
                    state.set(ins.a);
                    state.set(ins.a + 1);
                }
                OperandKind::DstRange => {
                    let count = match ins.op {
                        Op::UnpackEx => u16::from(ins.x) + 1 + ins.c,
                        _ => ins.c,
                    };
                    (ins.a..ins.a.saturating_add(count)).for_each(|r| state.set(r));
                }
                _ => {}
            }
        }
    }
}
