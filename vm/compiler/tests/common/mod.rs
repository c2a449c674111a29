//! A checker of register use: every temporary that is written is read or cleared on every path, and none is written
//! while it still holds a value.

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::operand::OperandKind as Kind;
use freeze_bytecode::table::Flow;
use freeze_bytecode::{CodeObject, Const, Instr, Op};

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Empty,
    /// Unbound on purpose; may be read where an absent value is allowed.
    Cleared,
    Full,
    /// Full on one path and not on another.
    Maybe,
}

fn join(a: State, b: State) -> State {
    match (a, b) {
        (a, b) if a == b => a,
        (State::Full | State::Maybe, _) | (_, State::Full | State::Maybe) => State::Maybe,
        _ => State::Empty,
    }
}

/// The rule that a code object breaks, if it breaks one.
pub(crate) fn check_registers(code: &CodeObject) -> Result<(), String> {
    check_one(code).map_err(|e| format!("{}: {e}", String::from_utf8_lossy(&code.qualname)))?;
    code.consts.iter().try_for_each(|c| match c {
        Const::Code(inner) => check_registers(inner),
        _ => Ok(()),
    })
}

struct Checker<'a> {
    code: &'a CodeObject,
    at: usize,
    now: Vec<State>,
}

impl Checker<'_> {
    fn temp(&self, reg: u16) -> Option<usize> {
        reg.checked_sub(self.code.nlocals).map(usize::from)
    }

    fn read(&mut self, reg: u16, absent: bool, keep: bool) -> Result<(), String> {
        let Some(i) = self.temp(reg) else {
            return Ok(());
        };
        match self.now[i] {
            State::Full => {}
            State::Cleared if absent => {}
            other => return Err(format!("instruction {}: reads t{i}, which is {other:?}", self.at)),
        }
        if !keep {
            self.now[i] = State::Empty;
        }
        Ok(())
    }

    fn write(&mut self, reg: u16) -> Result<(), String> {
        let Some(i) = self.temp(reg) else {
            return Ok(());
        };
        if matches!(self.now[i], State::Full | State::Maybe) {
            return Err(format!("instruction {}: writes t{i}, which is {:?}", self.at, self.now[i]));
        }
        self.now[i] = State::Full;
        Ok(())
    }

    fn operand(&mut self, kind: Kind, field: u16, count: u32, ins: Instr) -> Result<(), String> {
        match kind {
            // Operands that are not there.
            _ if ins.op == Op::Raise && ins.x == 0 => Ok(()),
            Kind::Src => self.read(field, ins.op == Op::Move, false),
            Kind::Keep => self.read(field, true, true),
            Kind::SrcOrConst if field & CONST_BIT == 0 => self.read(field, false, false),
            Kind::SrcRange => (field..field + count as u16).try_for_each(|r| self.read(r, true, false)),
            _ => Ok(()),
        }
    }
}

fn source_len(ins: Instr) -> u32 {
    let (x, c) = (u32::from(ins.x), u32::from(ins.c));
    match ins.op {
        Op::BuildTuple | Op::BuildList | Op::BuildSet | Op::BuildString => c,
        Op::BuildMap => 2 * c,
        Op::Call => 1 + x,
        Op::CallMethod | Op::CallKw => 2 + x,
        Op::CallEx | Op::LoadSuperAttr | Op::LoadSuperMethod | Op::BuildSlice | Op::BuildInterpolation => 3,
        Op::BuildTemplate | Op::ImportName | Op::MatchClass => 2,
        _ => 1,
    }
}

fn target(ins: Instr, at: usize) -> Option<usize> {
    let row = ins.op.row();
    let near = |field: u16| (at as i64 + 1 + i64::from(field as i16)) as usize;
    if row.a == Kind::Label16 {
        Some(near(ins.a))
    } else if row.c == Kind::Label16 {
        Some(near(ins.c))
    } else if row.b == Kind::Label32 {
        Some(ins.bc() as usize)
    } else {
        None
    }
}

fn check_one(code: &CodeObject) -> Result<(), String> {
    let temps = usize::from(code.nregs - code.nlocals);
    let mut states: Vec<Option<Vec<State>>> = vec![None; code.instrs.len()];
    states[0] = Some(vec![State::Empty; temps]);
    let mut work = vec![0usize];
    let flow =
        |states: &mut Vec<Option<Vec<State>>>, work: &mut Vec<usize>, to: usize, state: &[State]| match &mut states[to]
        {
            Some(known) => {
                let joined: Vec<State> = known.iter().zip(state).map(|(a, b)| join(*a, *b)).collect();
                if joined != *known {
                    *known = joined;
                    work.push(to);
                }
            }
            unknown => {
                *unknown = Some(state.to_vec());
                work.push(to);
            }
        };
    while let Some(at) = work.pop() {
        let Some(now) = states[at].clone() else {
            continue;
        };
        let ins = code.instrs[at];
        let row = ins.op.row();
        if let Some(handler) = code.handlers.iter().find(|h| (h.start..h.end).contains(&(at as u32))) {
            let mut raised = now.clone();
            let exc = usize::from(handler.exc_reg - code.nlocals);
            raised[exc] = State::Full;
            raised[exc + 1..].fill(State::Empty);
            flow(&mut states, &mut work, handler.target as usize, &raised);
        }
        let mut c = Checker { code, at, now };
        let taken;
        if ins.op == Op::Clear {
            if let Some(i) = c.temp(ins.a) {
                c.now[i] = State::Cleared;
            }
            taken = c.now.clone();
        } else {
            let wide = row.b == Kind::Label32 || row.b == Kind::Const32;
            let count = source_len(ins);
            if row.a != Kind::Dst {
                c.operand(row.a, ins.a, count, ins)?;
            }
            if !wide && (ins.op != Op::Raise || ins.x >= 2) {
                c.operand(row.b, ins.b, count, ins)?;
                if !(ins.op == Op::Yield && ins.x == 0) {
                    c.operand(row.c, ins.c, count, ins)?;
                }
            }
            let mut exhausted = c.now.clone();
            match ins.op {
                // The iterator is dropped when it is exhausted.
                Op::ForIter => {
                    if let Some(i) = c.temp(ins.b) {
                        exhausted[i] = State::Empty;
                    }
                    c.write(ins.a)?;
                }
                Op::Send => {
                    if let Some(i) = c.temp(ins.a)
                        && c.now[i] != State::Full
                    {
                        return Err(format!("instruction {at}: sends t{i}, which is {:?}", c.now[i]));
                    }
                    exhausted = c.now.clone();
                    if let Some(i) = c.temp(ins.b) {
                        exhausted[i] = State::Empty;
                    }
                }
                _ => {
                    match row.a {
                        Kind::Dst => c.write(ins.a)?,
                        Kind::DstPair => (ins.a..ins.a + 2).try_for_each(|r| c.write(r))?,
                        Kind::DstRange => {
                            let n = if ins.op == Op::UnpackEx { u16::from(ins.x) + 1 + ins.c } else { ins.c };
                            (ins.a..ins.a + n).try_for_each(|r| c.write(r))?;
                        }
                        _ => {}
                    }
                    exhausted = c.now.clone();
                }
            }
            taken = exhausted;
        }
        if let Some(to) = target(ins, at) {
            flow(&mut states, &mut work, to, &taken);
        }
        match row.flow {
            Flow::Next | Flow::Branch => flow(&mut states, &mut work, at + 1, &c.now),
            Flow::Leave if ins.op == Op::Return => {
                if let Some(i) = c.now.iter().position(|s| matches!(s, State::Full | State::Maybe)) {
                    return Err(format!("instruction {at}: returns with t{i} in use"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
