//! The check that code passes before it runs: what holds afterwards, the interpreter need not look at again.
//!
//! For a code object and all nested ones it holds that every operand is in the range that its kind names, every jump
//! lands on an instruction, control never runs off the end, every handler covers and leads to instructions, selectors
//! have a meaning, parameter counts, names and line table agree with each other, no two opcodes share a cache site, only
//! generators yield, and every register is filled before it is read (see [`flow`]). Linear in the size of the code, times the depth of its loops.
//!
//! Not checked here, since it depends on values: that a register holds a cell where one is expected, and that a closure
//! tuple has as many cells as the code has free variables. The interpreter checks these when it meets them.

mod flow;
mod held;

pub use held::{Held, held};

use std::fmt;

use crate::code::{CodeFlags, CodeObject, Const, Site};
use crate::instr::{CONST_BIT, Instr, Op};
use crate::lines;
use crate::operand::OperandKind;
use crate::table::{Flow, ROWS};

/// What is wrong with a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The code object's qualified name.
    pub code: String,
    /// The instruction at fault, if it is one.
    pub at: Option<usize>,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "bad bytecode in {} at instruction {at}: {}", self.code, self.what),
            None => write!(f, "bad bytecode in {}: {}", self.code, self.what),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks `code` and everything nested in it.
pub fn verify(code: &CodeObject) -> Result<(), VerifyError> {
    // A list of what is still to do, not recursion: the compiler's own output comes here too, however deep it nests.
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        verify_one(code)?;
        pending.extend(
            code.consts.iter().filter_map(|c| if let Const::Code(nested) = c { Some(&**nested) } else { None }),
        );
    }
    Ok(())
}

/// Checks `code` alone.
fn verify_one(code: &CodeObject) -> Result<(), VerifyError> {
    verify_to_run(code)?;
    let covered = lines::check(&code.linetable, code.firstlineno, code.instrs.len());
    ensure(covered, "line table").map_err(|what| failed(code, None, what))
}

/// Checks what running `code` rests on: all but its line table, whose readers stop where it is damaged.
pub(crate) fn verify_to_run<T: AsRef<[u8]>>(code: &CodeObject<T>) -> Result<(), VerifyError> {
    check_frame(code).map_err(|what| failed(code, None, what))?;
    check_consts(code).map_err(|what| failed(code, None, what))?;
    check_sites(code).map_err(|(at, what)| failed(code, at, what))?;
    let limits = Limits::of(code);
    for (at, &instr) in code.instrs.iter().enumerate() {
        check_instr(code, &limits, at, instr).map_err(|what| failed(code, Some(at), what))?;
    }
    flow::check(code).map_err(|(at, what)| failed(code, at, what))
}

fn failed<T: AsRef<[u8]>>(code: &CodeObject<T>, at: Option<usize>, what: Broken) -> VerifyError {
    VerifyError { code: String::from_utf8_lossy(code.qualname.as_ref()).into_owned(), at, what }
}

/// The flags of code whose frames can be suspended.
const GENERATORS: u32 = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;

/// The name of a broken rule.
type Broken = &'static str;

#[inline(always)]
fn ensure(holds: bool, what: Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(what) }
}

/// Everything but constants and instructions.
fn check_frame<T>(code: &CodeObject<T>) -> Result<(), Broken> {
    let nlocals = usize::from(code.nlocals);
    ensure(code.nregs < CONST_BIT, "too many registers")?;
    ensure(code.nlocals <= code.nregs, "more locals than registers")?;
    ensure(code.local_names.len() == nlocals, "names of locals")?;
    ensure(code.local_kinds.len() == nlocals, "kinds of locals")?;

    let stars = u64::from(code.flags.has(CodeFlags::VARARGS)) + u64::from(code.flags.has(CodeFlags::VARKEYWORDS));
    let parameters = u64::from(code.argcount) + u64::from(code.kwonlyargcount) + stars;
    ensure(parameters <= nlocals as u64, "more parameters than locals")?;
    ensure(code.posonlyargcount <= code.argcount, "more positional-only parameters than parameters")?;

    let last = code.instrs.last().ok_or("no instructions")?;
    ensure(matches!(last.op.row().flow, Flow::Jump | Flow::Leave), "control runs off the end")?;
    ensure(u32::try_from(code.instrs.len()).is_ok(), "too many instructions")?;
    let len = code.instrs.len() as u32;
    for handler in &code.handlers {
        ensure(handler.start <= handler.end && handler.end <= len, "range of a handler")?;
        ensure(handler.target < len, "target of a handler")?;
        ensure((code.nlocals..code.nregs).contains(&handler.exc_reg), "register of a handler")?;
    }
    Ok(())
}

/// Constants are well-formed.
fn check_consts<T>(code: &CodeObject<T>) -> Result<(), Broken> {
    let mut inner: Vec<&Const<T>> = Vec::new();
    for constant in &code.consts {
        match constant {
            Const::Code(_) => {}
            other => inner.push(other),
        }
        while let Some(constant) = inner.pop() {
            match constant {
                Const::Tuple(items) | Const::FrozenSet(items) => inner.extend(items.iter()),
                Const::Slice(parts) => inner.extend(parts.iter()),
                Const::BigInt { digits, .. } => {
                    ensure(digits.len() >= 2 && digits.last() != Some(&0), "digits of an int")?;
                }
                Const::Code(_) => return Err("code inside another constant"),
                _ => {}
            }
        }
    }
    Ok(())
}

/// What a cache site has learned means something to one opcode only, and its name indexes what that opcode names.
fn check_sites<T>(code: &CodeObject<T>) -> Result<(), (Option<usize>, Broken)> {
    let mut users: Vec<Option<Op>> = vec![None; code.sites.len()];
    for (at, instr) in code.instrs.iter().enumerate() {
        if instr.op.row().c == OperandKind::Site
            && let Some(user) = users.get_mut(usize::from(instr.c))
        {
            ensure(*user.get_or_insert(instr.op) == instr.op, "cache site of two opcodes")
                .map_err(|e| (Some(at), e))?;
        }
    }
    for (site, user) in code.sites.iter().zip(users) {
        // That of a `call_kw` names a constant; it is looked at with the instruction.
        let named = user == Some(Op::CallKw) || site.name == Site::NONE || (site.name as usize) < code.names.len();
        ensure(named, "name of a site").map_err(|e| (None, e))?;
    }
    Ok(())
}

/// For each operand kind the number that a field of it must stay below, where that is all there is to check; 0 where there
/// is more.
struct Limits([u32; OperandKind::High as usize + 1]);

impl Limits {
    fn of<T>(code: &CodeObject<T>) -> Limits {
        let mut limits = [0; OperandKind::High as usize + 1];
        for kind in [OperandKind::Unused, OperandKind::High, OperandKind::Count] {
            limits[kind as usize] = u32::MAX;
        }
        for kind in [OperandKind::Dst, OperandKind::Src, OperandKind::Keep, OperandKind::SrcOrConst] {
            limits[kind as usize] = code.nregs.into();
        }
        limits[OperandKind::Const as usize] = code.consts.len() as u32;
        limits[OperandKind::Name as usize] = code.names.len() as u32;
        limits[OperandKind::Free as usize] = code.freevars.len() as u32;
        Limits(limits)
    }

    #[inline(always)]
    fn hold(&self, kind: OperandKind, field: u16) -> bool {
        u32::from(field) < self.0[kind as usize]
    }
}

/// Opcodes with rules of their own, beside those of their operands' kinds.
const fn is_special(op: Op) -> bool {
    matches!(
        op,
        Op::Raise
            | Op::Yield
            | Op::ListExtend
            | Op::CheckLocal
            | Op::DeleteLocal
            | Op::DeleteCell
            | Op::StoreCell
            | Op::LoadCell
            | Op::LoadDictOrCell
            | Op::JumpBack
            | Op::MakeFunction
            | Op::CallKw
            | Op::WithExcept
            | Op::Send
    ) || selector_limit(op).is_some()
}

/// [`is_special`] by number.
static SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut i = 0;
    while i < ROWS.len() {
        special[i] = is_special(ROWS[i].op);
        i += 1;
    }
    special
};

#[inline]
fn check_instr<T>(code: &CodeObject<T>, limits: &Limits, at: usize, instr: Instr) -> Result<(), Broken> {
    if SPECIAL[instr.op as usize] {
        return check_special(code, limits, at, instr);
    }
    let row = instr.op.row();
    check_operand(code, limits, at, instr, row.a, instr.a)?;
    check_operand(code, limits, at, instr, row.b, instr.b)?;
    check_operand(code, limits, at, instr, row.c, instr.c)
}

#[inline(never)]
fn check_special<T>(code: &CodeObject<T>, limits: &Limits, at: usize, instr: Instr) -> Result<(), Broken> {
    let row = instr.op.row();
    if let Some(limit) = selector_limit(instr.op) {
        ensure(instr.x < limit, "selector without a meaning")?;
    }
    let (mut b, mut c) = (row.b, row.c);
    match instr.op {
        // The selector says that these operands are not looked at.
        Op::Raise if instr.x == 0 => return Ok(()),
        Op::Raise if instr.x == 1 => b = OperandKind::Unused,
        Op::Yield if instr.x == 0 => c = OperandKind::Unused,
        Op::ListExtend if instr.x == 1 => c = OperandKind::Keep,
        _ => {}
    }
    check_operand(code, limits, at, instr, row.a, instr.a)?;
    check_operand(code, limits, at, instr, b, instr.b)?;
    check_operand(code, limits, at, instr, c, instr.c)?;

    match instr.op {
        Op::CheckLocal | Op::DeleteLocal => ensure(instr.a < code.nlocals, "not a local"),
        Op::DeleteCell | Op::StoreCell => ensure(instr.a < code.nlocals, "not a local"),
        Op::LoadCell => ensure(instr.b < code.nlocals, "not a local"),
        Op::LoadDictOrCell => ensure(instr.c < code.nlocals, "not a local"),
        Op::JumpBack => ensure(instr.bc() as usize <= at, "jump_back goes on"),
        Op::MakeFunction => ensure(matches!(code.consts[instr.bc() as usize], Const::Code(_)), "function without code"),
        Op::CallKw => check_keyword_names(code, instr),
        // The second of a pair.
        Op::WithExcept => ensure(instr.b + 1 < code.nregs, "register out of range"),
        Op::Send => ensure(instr.a != instr.b, "an iterator sent to itself"),
        Op::Yield => {
            ensure(code.flags.0 & GENERATORS != 0, "yield outside a generator")?;
            let before = at.checked_sub(1).map(|before| code.instrs[before]);
            let delegates = before.is_some_and(|send| send.op == Op::Send && send.b == instr.c);
            ensure(instr.x == 0 || delegates, "delegation without a send")
        }
        _ => Ok(()),
    }
}

/// The site of a `call_kw` names the last of its arguments.
fn check_keyword_names<T>(code: &CodeObject<T>, instr: Instr) -> Result<(), Broken> {
    let site = code.sites[usize::from(instr.c)];
    match code.consts.get(site.name as usize) {
        Some(Const::Tuple(names)) => {
            ensure(names.len() <= usize::from(instr.x), "more keyword names than arguments")?;
            ensure(names.iter().all(|name| matches!(name, Const::Str(_))), "keyword name that is no string")
        }
        _ => Err("keyword names"),
    }
}

#[inline(always)]
fn check_operand<T>(
    code: &CodeObject<T>,
    limits: &Limits,
    at: usize,
    instr: Instr,
    kind: OperandKind,
    field: u16,
) -> Result<(), Broken> {
    if limits.hold(kind, field) { Ok(()) } else { check_by_kind(code, at, instr, kind, field) }
}

#[inline(never)]
fn check_by_kind<T>(
    code: &CodeObject<T>,
    at: usize,
    instr: Instr,
    kind: OperandKind,
    field: u16,
) -> Result<(), Broken> {
    let register = |n: u32| ensure(n <= u32::from(code.nregs), "register out of range");
    let start = u32::from(field);
    match kind {
        OperandKind::Unused | OperandKind::High | OperandKind::Count => Ok(()),
        OperandKind::Dst | OperandKind::Src | OperandKind::Keep => register(start + 1),
        OperandKind::DstPair => register(start + 2),
        OperandKind::DstRange => register(start + range_len(instr)),
        OperandKind::SrcRange => {
            let len = range_len(instr);
            register(start + len)?;
            ensure(len == 0 || field >= code.nlocals, "range over locals")
        }
        OperandKind::SrcOrConst if field & CONST_BIT != 0 => {
            ensure(usize::from(field & !CONST_BIT) < code.consts.len(), "constant out of range")
        }
        OperandKind::SrcOrConst => register(start + 1),
        OperandKind::Const => ensure(usize::from(field) < code.consts.len(), "constant out of range"),
        OperandKind::Const32 => ensure((instr.bc() as usize) < code.consts.len(), "constant out of range"),
        OperandKind::Name => ensure(usize::from(field) < code.names.len(), "name out of range"),
        OperandKind::Free => ensure(usize::from(field) < code.freevars.len(), "free variable out of range"),
        OperandKind::Site => {
            let site = code.sites.get(usize::from(field)).ok_or("site out of range")?;
            let named = !matches!(instr.op, Op::Call | Op::CallMethod | Op::CallKw);
            ensure(!named || (site.name as usize) < code.names.len(), "name of a site")
        }
        OperandKind::Label16 => {
            let target = at as i64 + 1 + i64::from(field as i16);
            ensure((0..code.instrs.len() as i64).contains(&target), "jump out of range")
        }
        OperandKind::Label32 => ensure((instr.bc() as usize) < code.instrs.len(), "jump out of range"),
    }
}

/// How many registers the range operand (`SrcRange`, `DstRange`) of this instruction covers; 0 if it has none.
pub fn range_len(instr: Instr) -> u32 {
    let (x, c) = (u32::from(instr.x), u32::from(instr.c));
    match instr.op {
        Op::BuildTuple | Op::BuildList | Op::BuildSet | Op::BuildString | Op::UnpackSequence => c,
        Op::BuildMap => 2 * c,
        Op::UnpackEx => x + 1 + c,
        Op::BuildSlice | Op::BuildInterpolation | Op::LoadSuperAttr | Op::LoadSuperMethod | Op::CallEx => 3,
        Op::BuildTemplate | Op::ImportName | Op::MatchClass => 2,
        Op::Call => 1 + x,
        Op::CallMethod | Op::CallKw => 2 + x,
        _ => 0,
    }
}

/// The number of meanings that the selector `x` has, for opcodes whose `x` selects.
const fn selector_limit(op: Op) -> Option<u8> {
    Some(match op {
        Op::LoadCommon | Op::Intrinsic1 => 8,
        Op::SetFunction => 6,
        Op::InPlace => 13,
        Op::Intrinsic2 => 5,
        Op::LoadSpecial | Op::FormatValue | Op::BuildInterpolation => 4,
        Op::Raise | Op::Yield | Op::GetAwaitable => 3,
        Op::DeleteCell | Op::LoadSuperAttr | Op::LoadSuperMethod | Op::Is | Op::Contains | Op::ListExtend => 2,
        Op::BrLt | Op::BrLe | Op::BrEq | Op::BrNe | Op::BrGt | Op::BrGe | Op::BrIs | Op::BrIn => 2,
        Op::BrNoPattern => 2,
        _ => return None,
    })
}

// `Site::NONE` is no index into anything, so the checks above need no case of their own for it.
const _: () = assert!(Site::NONE == u32::MAX);

#[cfg(test)]
mod tests;
