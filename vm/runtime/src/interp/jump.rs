//! `frame.f_lineno = n`: a debugger moves a frame to another line.
//!
//! Allowed is a line whose blocks are among those that the frame is in: then what the others keep is given up. A line inside
//! a loop, `with` or `except` that the frame is not in is refused, for nobody would have filled its registers.

use freeze_bytecode::Op;
use freeze_bytecode::verify::{Held, held};

use super::stack::Frame;
use super::trace::lines_of;
use super::unwind::pop_handled;
use crate::object::Value;
use crate::vm::{PyResult, Vm};

/// Moves the frame, which stands in a hook before an instruction; or, unless `now`, only says whether that can be done.
pub(crate) fn set_line(vm: &Vm, f: &mut Frame, line: i64, now: bool) -> PyResult<()> {
    let code = crate::object::owner(f.code());
    let lines = lines_of(&code);
    let fail = |text: &str| Err(vm.value_error(text));
    if line < i64::from(code.firstlineno) {
        return Err(vm.value_error(format!("line {line} comes before the current code block")));
    }
    let begins = |i: usize| lines[i] != 0 && (i == 0 || lines[i - 1] != lines[i]);
    let starts: Vec<usize> = (0..lines.len()).filter(|&i| begins(i)).collect();
    let Some(line) = starts.iter().map(|&i| lines[i]).filter(|&l| i64::from(l) >= line).min() else {
        return Err(vm.value_error(format!("line {line} comes after the current code block")));
    };
    let states = held(&code.instrs, &code.handlers, code.nlocals, code.nregs);
    let Some(Some(here)) = states.get(f.lasti()) else { return fail("can't jump from unreachable code") };
    // One `with` may be taken for another: its exit is called in place of the other's.
    let op = |held: &Held| match held {
        Held::From(at) => Some(code.instrs[*at as usize].op),
        _ => None,
    };
    let fits = |t: &Held, h: &Held| t == h || (op(t) == Some(Op::LoadSpecial) && op(h) == Some(Op::LoadSpecial));
    let mut best: Option<(usize, usize)> = None;
    let mut refused = "can't jump into unreachable code";
    for &i in starts.iter().filter(|&&i| lines[i] == line) {
        let Some(there) = &states[i] else { continue };
        match there.iter().zip(here).rev().find(|(t, h)| **t != Held::Nothing && !fits(t, h)) {
            None => {
                let depth = there.iter().filter(|t| **t != Held::Nothing).count();
                if best.is_none_or(|b| depth > b.0) {
                    best = Some((depth, i));
                }
            }
            Some((what, _)) => {
                refused = match what {
                    Held::Exception(_) => "can't jump into an 'except' block as there's no exception",
                    Held::From(at) => match code.instrs[*at as usize].op {
                        Op::PushExc => "can't jump into an 'except' block as there's no exception",
                        Op::GetIter | Op::GetAiter => "can't jump into the body of a for loop",
                        _ => "incompatible stacks",
                    },
                    _ => "incompatible stacks",
                }
            }
        }
    }
    let Some((_, target)) = best else { return fail(refused) };
    let Some(there) = &states[target] else { return fail(refused) };
    if !now {
        return Ok(());
    }
    bind_locals(vm, f)?;
    for i in (0..here.len()).rev() {
        if there[i] != Held::Nothing {
            continue;
        }
        let old = f.set_reg(usize::from(code.nlocals) + i, Value::UNBOUND);
        match here[i] {
            Held::From(at) if code.instrs[at as usize].op == Op::PushExc => pop_handled(vm, f, old),
            _ => drop(old),
        }
    }
    f.ip = std::ptr::from_ref(&code.instrs[target]);
    Ok(())
}

/// Gives unbound locals the value None: what lies ahead may have been compiled knowing that they are bound.
fn bind_locals(vm: &Vm, f: &mut Frame) -> PyResult<()> {
    use freeze_bytecode::LocalKind;
    let kinds = &f.code().local_kinds;
    let unbound: Vec<usize> =
        (0..kinds.len()).filter(|&i| kinds[i] == LocalKind::Fast && f.reg(i).is_unbound()).collect();
    if unbound.is_empty() {
        return Ok(());
    }
    let s = if unbound.len() == 1 { "" } else { "s" };
    vm.warn_named("RuntimeWarning", &format!("assigning None to {} unbound local{s}", unbound.len()), 0)?;
    for i in unbound {
        drop(f.set_reg(i, Value::NONE));
    }
    Ok(())
}
