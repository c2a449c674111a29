//! The loop: one `match` over the opcode, with the fast paths of the common instructions.
//!
//! Local copies of the frame's pointers (`regs`, `consts`, `ip`) are reloaded whenever the top frame changes. `ip` is
//! written back before every instruction, so whatever runs knows where the frame stands.
//!
//! Every access to a register, a constant or an inline cache is unsafe for one reason: the compiler's verifier bounds
//! register and constant numbers by the code object's own counts, the stack reserves that many slots before the frame
//! starts, and the pointers are reloaded whenever the stack may have moved. The macros below expand to dozens of such
//! blocks, so the reason stands here once instead of above each.
#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks)]

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::{Instr, Op};

use super::bind::Given;
use super::leave::{Left, leave, suspend};
use super::ops_calls::{self, Called};
use super::ops_misc as misc;
use super::ops_names as names;
use super::stack::{Frame, Then};
use super::trace;
use super::{ops_attrs as attrs, ops_containers as containers, unwind};
use crate::object::{BinOp, CmpOp, Ref, Value};
use crate::types::cell::PyCell;
use crate::types::code::{Body, PyCode};
use crate::types::descriptor::{METHOD_DESCRIPTOR, PyMethodDescr};
use crate::types::dict::PyDict;
use crate::types::generator::PyGenerator;
use crate::types::list::PyList;
use crate::types::list_iter::{LIST_ITERATOR, PyListIterator};
use crate::types::range::{PyRangeIterator, RANGE_ITERATOR};
use crate::types::set::PySet;
use crate::types::slice::PySlice;
use crate::types::str::{PyStr, STR};
use crate::types::tuple::{PyTuple, TUPLE};
use crate::vm::{PyResult, Raised, Vm, attention_wanted};

/// Runs the top frame, and what it calls, until the top frame is left. `vm.stack.yielded` tells a `yield` from a return.
pub(crate) fn run(vm: &Vm) -> PyResult<Value> {
    run_with(vm, None)
}

/// The same; the top frame first meets an exception.
pub(crate) fn run_with(vm: &Vm, error: Option<Raised>) -> PyResult<Value> {
    let mut error = error;
    loop {
        let r = if vm.tracing.get() == 0 {
            run_loop::<false>(vm, error.take())
        } else {
            run_loop::<true>(vm, error.take())
        };
        // No frame has this for its result: the loop asks for its other form.
        match r {
            Ok(v) if v.is_unbound() => {}
            r => return r,
        }
    }
}

/// The loop. The traced form tells [`trace`] of every instruction.
fn run_loop<const TRACED: bool>(vm: &Vm, error: Option<Raised>) -> PyResult<Value> {
    let mut frame: *mut Frame;
    let mut regs: *mut Value;
    let mut ip: *const Instr;
    let mut body: *const Body;
    let mut consts: *const Value;
    let mut nlocals: u16;

    // SAFETY of everything below: verified code, and the invariants of `stack`.
    macro_rules! reload {
        () => {
            frame = vm.stack.current_ptr();
            unsafe {
                regs = (*frame).regs;
                ip = (*frame).ip;
                let code = &*(*frame).code;
                body = &raw const **code;
                consts = (&(*body).consts).as_ptr();
                nlocals = code.nlocals;
            }
        };
    }
    reload!();

    // What is thrown into a generator has the context that its thrower gave it.
    let mut thrown = error.is_some();
    let mut pending: Option<Raised> = error;
    loop {
        if let Some(e) = pending.take() {
            match unwind::unwind(vm, e, std::mem::take(&mut thrown)) {
                unwind::Unwound::Handled => {
                    reload!();
                }
                unwind::Unwound::Left(e) => return Err(e),
            }
        }
        let error: Raised = 'raised: {
            macro_rules! check {
                ($e:expr) => {
                    match $e {
                        Ok(v) => v,
                        Err(e) => break 'raised e,
                    }
                };
            }
            macro_rules! reg {
                ($i:expr) => {
                    unsafe { &*regs.add($i as usize) }
                };
            }
            macro_rules! rk {
                ($i:expr) => {
                    unsafe {
                        if $i & CONST_BIT == 0 {
                            &*regs.add($i as usize)
                        } else {
                            &*consts.add(($i & !CONST_BIT) as usize)
                        }
                    }
                };
            }
            macro_rules! set {
                ($i:expr, $v:expr) => {{
                    let v = $v;
                    drop(unsafe { regs.add($i as usize).replace(v) });
                }};
            }
            macro_rules! take {
                ($i:expr) => {
                    unsafe { regs.add($i as usize).replace(Value::UNBOUND) }
                };
            }
            // A read operand's end: temporaries are consumed.
            macro_rules! release {
                ($i:expr) => {
                    if $i >= nlocals {
                        drop(take!($i));
                    }
                };
            }
            macro_rules! release_rk {
                ($i:expr) => {
                    if $i >= nlocals && $i & CONST_BIT == 0 {
                        drop(take!($i));
                    }
                };
            }
            // An operand's value, owned: moved out of a temporary, cloned from a local.
            macro_rules! own {
                ($i:expr) => {
                    if $i >= nlocals { take!($i) } else { reg!($i).clone() }
                };
            }
            macro_rules! own_rk {
                ($i:expr) => {
                    if $i & CONST_BIT != 0 { rk!($i).clone() } else { own!($i) }
                };
            }
            macro_rules! name {
                ($i:expr) => {
                    unsafe { (&(*body).names).get_unchecked($i as usize) }
                };
            }
            macro_rules! site {
                ($i:expr) => {
                    unsafe { (&(*body).sites).get_unchecked($i as usize) }
                };
            }
            // Looks up from the work, before going on at `to`: what a signal handler raises comes from here.
            macro_rules! attend {
                ($to:expr) => {
                    if attention_wanted() {
                        unsafe { (*frame).ip = ip };
                        check!(vm.attend());
                        if !TRACED && vm.tracing.get() != 0 {
                            let to = $to;
                            unsafe { (*frame).ip = to };
                            return Ok(Value::UNBOUND);
                        }
                    }
                };
            }
            macro_rules! jump_rel {
                ($off:expr) => {{
                    let off = $off as i16;
                    let to = unsafe { ip.offset(off as isize) };
                    if off < 0 {
                        attend!(to);
                    }
                    ip = to;
                }};
            }
            macro_rules! label {
                ($i:expr) => {
                    unsafe { (&(*body).instrs).as_ptr().add($i.bc() as usize) }
                };
            }
            macro_rules! jump_abs {
                ($i:expr) => {
                    ip = label!($i)
                };
            }
            // Of a branch that may go back: a loop in a comprehension may do so without any other jump.
            macro_rules! branch_abs {
                ($i:expr) => {{
                    let to = label!($i);
                    if to < ip {
                        attend!(to);
                    }
                    ip = to;
                }};
            }
            // a := b op c for the arithmetic operators: ints, floats, then the slow way.
            macro_rules! arith {
                ($i:expr, $int:expr, $float:expr, $op:expr) => {{
                    let (x, y) = (reg!($i.b), rk!($i.c));
                    if Value::both_small(x, y) {
                        let int: fn(&Value, &Value) -> Option<Value> = $int;
                        if let Some(n) = int(x, y) {
                            set!($i.a, n);
                            continue;
                        }
                    } else if x.is_float() {
                        let float: fn(f64, f64) -> Option<f64> = $float;
                        let y = if y.is_float() { Some(y.float_unchecked()) } else { y.as_small().map(|n| n as f64) };
                        if let Some(y) = y
                            && let Some(f) = float(x.float_unchecked(), y)
                        {
                            set!($i.a, Value::float(f));
                            continue;
                        }
                    } else if y.is_float() && x.is_small() {
                        let float: fn(f64, f64) -> Option<f64> = $float;
                        if let Some(f) = float(x.small_unchecked() as f64, y.float_unchecked()) {
                            set!($i.a, Value::float(f));
                            continue;
                        }
                    }
                    let r = check!(vm.binary_op($op, x, y));
                    release!($i.b);
                    release_rk!($i.c);
                    set!($i.a, r);
                }};
            }
            macro_rules! compare {
                ($i:expr, $op:expr) => {{
                    let (x, y) = (reg!($i.b), rk!($i.c));
                    if Value::both_small(x, y) {
                        set!($i.a, Value::bool($op.test(x.small_unchecked().cmp(&y.small_unchecked()))));
                        continue;
                    }
                    let r = check!(compare_slow(vm, $op, x, y));
                    release!($i.b);
                    release_rk!($i.c);
                    set!($i.a, r);
                }};
            }
            macro_rules! branch {
                ($i:expr, $op:expr, $int:expr, $float:expr) => {{
                    let (x, y) = (reg!($i.b), rk!($i.c));
                    if Value::both_small(x, y) {
                        let int: fn(i64, i64) -> bool = $int;
                        if int(x.small_unchecked(), y.small_unchecked()) == ($i.x != 0) {
                            jump_rel!($i.a);
                        }
                        continue;
                    }
                    if x.is_float() && y.is_float() {
                        let float: fn(f64, f64) -> bool = $float;
                        if float(x.float_unchecked(), y.float_unchecked()) == ($i.x != 0) {
                            jump_rel!($i.a);
                        }
                        continue;
                    }
                    let r = check!(compare_slow(vm, $op, x, y));
                    let r = match r.as_bool() {
                        Some(b) => b,
                        None => check!(vm.is_true(&r)),
                    };
                    release!($i.b);
                    release_rk!($i.c);
                    if r == ($i.x != 0) {
                        jump_rel!($i.a);
                    }
                }};
            }
            // A frame was pushed; it runs next.
            macro_rules! entered {
                () => {
                    reload!();
                    attend!(ip);
                };
            }
            macro_rules! called {
                ($r:expr, $dst:expr) => {
                    match check!($r) {
                        Called::Done(v) => {
                            set!($dst, v);
                            // It may have been `sys.settrace`.
                            if !TRACED {
                                attend!(ip);
                            }
                        }
                        Called::Pushed => {
                            entered!();
                        }
                    }
                };
            }

            loop {
                // By reference: what an instruction does not look at is not decoded.
                let i: &Instr = unsafe { &*ip };
                unsafe {
                    ip = ip.add(1);
                    (*frame).ip = ip;
                }
                if TRACED {
                    if vm.tracing.get() == 0 {
                        unsafe { (*frame).ip = ip.sub(1) };
                        return Ok(Value::UNBOUND);
                    }
                    if check!(trace::before(vm, unsafe { &mut *frame })) == trace::Next::Reload {
                        reload!();
                        continue;
                    }
                }
                match i.op {
                    Op::Nop => {}
                    Op::Move => {
                        let v = own!(i.b);
                        set!(i.a, v);
                    }
                    Op::Copy => set!(i.a, reg!(i.b).clone()),
                    Op::LoadConst => set!(i.a, unsafe { (*consts.add(i.bc() as usize)).clone() }),
                    Op::LoadCommon => set!(i.a, check!(misc::load_common(vm, i.x))),
                    Op::CheckLocal => {
                        if reg!(i.a).is_unbound() {
                            break 'raised misc::unbound_local(vm, unsafe { (*frame).code() }, i.a);
                        }
                    }
                    Op::DeleteLocal => {
                        let old = take!(i.a);
                        if old.is_unbound() {
                            break 'raised misc::unbound_local(vm, unsafe { (*frame).code() }, i.a);
                        }
                    }
                    Op::Clear => drop(take!(i.a)),

                    Op::LoadGlobal => {
                        let v = check!(names::load_global(vm, unsafe { &(*frame).func }, site!(i.c)));
                        set!(i.a, v);
                    }
                    Op::StoreGlobal => {
                        let v = own!(i.a);
                        unsafe { &(*frame).func }.globals.set_str(name!(i.b), v);
                    }
                    Op::DeleteGlobal => check!(names::delete_global(vm, unsafe { &*frame }, name!(i.b))),
                    Op::LoadName => {
                        let v = check!(names::load_name(vm, unsafe { &*frame }, site!(i.c)));
                        set!(i.a, v);
                    }
                    Op::StoreName => {
                        let v = own!(i.a);
                        check!(names::store_name(vm, unsafe { &*frame }, name!(i.b), v));
                    }
                    Op::DeleteName => check!(names::delete_name(vm, unsafe { &*frame }, name!(i.b))),
                    Op::LoadNamespace => {
                        let v = names::namespace(unsafe { &*frame });
                        set!(i.a, v);
                    }
                    Op::LoadDictOrGlobal => {
                        let v = check!(names::load_dict_or_global(vm, unsafe { &*frame }, reg!(i.b), site!(i.c)));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::LoadDictOrFree => {
                        let v = check!(names::load_dict_or_free(vm, unsafe { &*frame }, reg!(i.b), i.c as usize));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::LoadDictOrCell => {
                        let v = check!(names::load_dict_or_cell(vm, unsafe { &*frame }, reg!(i.b), i.c as usize));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::MakeCell => {
                        let v = take!(i.a);
                        set!(i.a, PyCell::new(v).into_value());
                    }
                    Op::LoadCell => {
                        let v = misc::cell_content(reg!(i.b));
                        if v.is_unbound() {
                            break 'raised misc::unbound_local(vm, unsafe { (*frame).code() }, i.b);
                        }
                        set!(i.a, v);
                    }
                    Op::StoreCell => {
                        let v = own!(i.b);
                        drop(misc::set_cell(reg!(i.a), v));
                    }
                    Op::DeleteCell => {
                        let old = misc::set_cell(reg!(i.a), Value::UNBOUND);
                        if old.is_unbound() && i.x == 0 {
                            break 'raised misc::unbound_local(vm, unsafe { (*frame).code() }, i.a);
                        }
                    }
                    Op::LoadFree => {
                        let v = misc::free_content(unsafe { &*frame }, i.b);
                        if v.is_unbound() {
                            break 'raised misc::unbound_free(vm, unsafe { (*frame).code() }, i.b);
                        }
                        set!(i.a, v);
                    }
                    Op::StoreFree => {
                        let v = own!(i.b);
                        drop(misc::set_cell(misc::free_cell(unsafe { &*frame }, i.a), v));
                    }
                    Op::DeleteFree => {
                        let old = misc::set_cell(misc::free_cell(unsafe { &*frame }, i.a), Value::UNBOUND);
                        if old.is_unbound() {
                            break 'raised misc::unbound_free(vm, unsafe { (*frame).code() }, i.a);
                        }
                    }
                    Op::LoadClosure => set!(i.a, misc::free_cell(unsafe { &*frame }, i.b).clone()),

                    Op::LoadAttr => {
                        let s = site!(i.c);
                        let v = match attrs::load_fast(reg!(i.b), s) {
                            Some(v) => v,
                            None => check!(attrs::load_slow(vm, reg!(i.b), s)),
                        };
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::LoadMethod => {
                        let s = site!(i.c);
                        if let Some(f) = attrs::method_fast(reg!(i.b), s) {
                            let this = own!(i.b);
                            set!(i.a + 1, this);
                            set!(i.a, f);
                        } else {
                            let m = check!(attrs::method_slow(vm, reg!(i.b), s));
                            release!(i.b);
                            set!(i.a + 1, m.this.unwrap_or(Value::UNBOUND));
                            set!(i.a, m.func);
                        }
                    }
                    Op::StoreAttr => {
                        let v = own_rk!(i.b);
                        let s = site!(i.c);
                        if let Err(v) = attrs::store_fast(reg!(i.a), s, v) {
                            check!(attrs::store_slow(vm, reg!(i.a), s, v));
                        }
                        release!(i.a);
                    }
                    Op::DeleteAttr => {
                        let n = attrs::site_name(site!(i.c));
                        check!(vm.del_attr(reg!(i.a), &n));
                        release!(i.a);
                    }
                    Op::LoadSuperAttr | Op::LoadSuperMethod => {
                        let n = attrs::site_name(site!(i.c));
                        let parts = [take!(i.b), take!(i.b + 1), take!(i.b + 2)];
                        let m = check!(attrs::load_super(vm, parts, &n, i.x == 1, i.op == Op::LoadSuperMethod));
                        if i.op == Op::LoadSuperMethod {
                            set!(i.a + 1, m.this.unwrap_or(Value::UNBOUND));
                        }
                        set!(i.a, m.func);
                    }
                    Op::LoadSpecial => {
                        let m = check!(attrs::load_special(vm, reg!(i.b), i.x));
                        set!(i.a + 1, m.this.unwrap_or(Value::UNBOUND));
                        set!(i.a, m.func);
                    }
                    Op::LoadItem => {
                        let (o, k) = (reg!(i.b), rk!(i.c));
                        let v = match containers::get_fast(o, k) {
                            Some(v) => v,
                            None => check!(containers::get_slow(vm, o, k)),
                        };
                        release!(i.b);
                        release_rk!(i.c);
                        set!(i.a, v);
                    }
                    Op::StoreItem => {
                        let v = own_rk!(i.c);
                        check!(containers::store_item(vm, reg!(i.a), rk!(i.b), v));
                        release!(i.a);
                        release_rk!(i.b);
                    }
                    Op::DeleteItem => {
                        check!(vm.del_item(reg!(i.a), rk!(i.b)));
                        release!(i.a);
                        release_rk!(i.b);
                    }
                    Op::BuildSlice => {
                        // Mostly a plain slice is read right away: no slice object then.
                        let next = unsafe { &*ip };
                        if !TRACED
                            && next.op == Op::LoadItem
                            && next.c == i.a
                            && i.a >= nlocals
                            && reg!(i.b + 2).is_none()
                            && let Some(v) = containers::get_slice(reg!(next.b), reg!(i.b), reg!(i.b + 1))
                        {
                            drop((take!(i.b), take!(i.b + 1)));
                            release!(next.b);
                            set!(next.a, v);
                            ip = unsafe { ip.add(1) };
                            continue;
                        }
                        let s = PySlice::new_ref(take!(i.b), take!(i.b + 1), take!(i.b + 2));
                        set!(i.a, s.into_value());
                    }

                    Op::Add => arith!(i, Value::add_small, |a, b| Some(a + b), BinOp::Add),
                    Op::Sub => arith!(i, Value::sub_small, |a, b| Some(a - b), BinOp::Sub),
                    Op::Mul => arith!(i, Value::mul_small, |a, b| Some(a * b), BinOp::Mul),
                    Op::TrueDiv => {
                        arith!(i, |_, _| None, |a, b| if b != 0.0 { Some(a / b) } else { None }, BinOp::TrueDiv)
                    }
                    Op::FloorDiv => arith!(i, floor_div, |_, _| None, BinOp::FloorDiv),
                    Op::Modulo => arith!(i, floor_mod, |_, _| None, BinOp::Mod),
                    Op::Pow => arith!(i, |_, _| None, |_, _| None, BinOp::Pow),
                    Op::MatMul => arith!(i, |_, _| None, |_, _| None, BinOp::MatMul),
                    Op::LShift => arith!(i, shift_left, |_, _| None, BinOp::LShift),
                    Op::RShift => arith!(i, shift_right, |_, _| None, BinOp::RShift),
                    Op::BitAnd => arith!(i, |a, b| bitwise(a, b, |a, b| a & b), |_, _| None, BinOp::And),
                    Op::BitOr => arith!(i, |a, b| bitwise(a, b, |a, b| a | b), |_, _| None, BinOp::Or),
                    Op::BitXor => arith!(i, |a, b| bitwise(a, b, |a, b| a ^ b), |_, _| None, BinOp::Xor),
                    Op::InPlace => {
                        let (x, y) = (reg!(i.b), rk!(i.c));
                        if Value::both_small(x, y) && i.x <= 2 {
                            let r = match i.x {
                                0 => Value::add_small(x, y),
                                1 => Value::sub_small(x, y),
                                _ => Value::mul_small(x, y),
                            };
                            if let Some(r) = r {
                                set!(i.a, r);
                                continue;
                            }
                        } else if x.is_float() && y.is_float() && i.x <= 2 {
                            let (m, n) = (x.float_unchecked(), y.float_unchecked());
                            set!(
                                i.a,
                                Value::float(match i.x {
                                    0 => m + n,
                                    1 => m - n,
                                    _ => m * n,
                                })
                            );
                            continue;
                        }
                        if i.x == 0
                            && i.a == i.b
                            && x.is_exact(&STR)
                            && let Some(tail) = y.downcast::<PyStr>()
                            && x.refcount() == 1
                            && !x.is(y)
                        {
                            // s += t for two texts: the register holds the only reference, so the text may grow in place.
                            match PyStr::append_in_place(take!(i.a), tail) {
                                Ok(v) => {
                                    set!(i.a, v);
                                    release_rk!(i.c);
                                    continue;
                                }
                                Err(v) => set!(i.a, v),
                            }
                        }
                        let r = check!(vm.inplace_op(BinOp::ALL[i.x as usize], reg!(i.b), rk!(i.c)));
                        release!(i.b);
                        release_rk!(i.c);
                        set!(i.a, r);
                    }
                    Op::Neg => {
                        let x = reg!(i.b);
                        let r = if let Some(n) = x.as_small() {
                            Value::int(-n)
                        } else if let Some(f) = x.as_float() {
                            Value::float(-f)
                        } else {
                            check!(vm.negative(x))
                        };
                        release!(i.b);
                        set!(i.a, r);
                    }
                    Op::Pos => {
                        let r = check!(vm.positive(reg!(i.b)));
                        release!(i.b);
                        set!(i.a, r);
                    }
                    Op::Invert => {
                        let r = check!(vm.invert(reg!(i.b)));
                        release!(i.b);
                        set!(i.a, r);
                    }
                    Op::Not => {
                        let b = check!(vm.is_true(reg!(i.b)));
                        release!(i.b);
                        set!(i.a, Value::bool(!b));
                    }
                    Op::Lt => compare!(i, CmpOp::Lt),
                    Op::Le => compare!(i, CmpOp::Le),
                    Op::Eq => compare!(i, CmpOp::Eq),
                    Op::Ne => compare!(i, CmpOp::Ne),
                    Op::Gt => compare!(i, CmpOp::Gt),
                    Op::Ge => compare!(i, CmpOp::Ge),
                    Op::Is => {
                        let b = reg!(i.b).is(rk!(i.c)) != (i.x != 0);
                        release!(i.b);
                        release_rk!(i.c);
                        set!(i.a, Value::bool(b));
                    }
                    Op::Contains => {
                        let b = check!(containers::contains(vm, rk!(i.c), reg!(i.b))) != (i.x != 0);
                        release!(i.b);
                        release_rk!(i.c);
                        set!(i.a, Value::bool(b));
                    }

                    Op::Jump => jump_abs!(i),
                    Op::JumpBack => {
                        attend!(label!(i));
                        jump_abs!(i);
                    }
                    Op::JumpIfTrue => {
                        let b = check!(truth(vm, reg!(i.a)));
                        release!(i.a);
                        if b {
                            branch_abs!(i);
                        }
                    }
                    Op::JumpIfFalse => {
                        let b = check!(truth(vm, reg!(i.a)));
                        release!(i.a);
                        if !b {
                            branch_abs!(i);
                        }
                    }
                    Op::JumpIfTrueKeep => {
                        if check!(truth(vm, reg!(i.a))) {
                            jump_abs!(i);
                        }
                    }
                    Op::JumpIfFalseKeep => {
                        if !check!(truth(vm, reg!(i.a))) {
                            jump_abs!(i);
                        }
                    }
                    Op::JumpIfNone => {
                        let b = reg!(i.a).is_none();
                        release!(i.a);
                        if b {
                            branch_abs!(i);
                        }
                    }
                    Op::JumpIfNotNone => {
                        let b = reg!(i.a).is_none();
                        release!(i.a);
                        if !b {
                            branch_abs!(i);
                        }
                    }
                    Op::BrLt => branch!(i, CmpOp::Lt, |a, b| a < b, |a, b| a < b),
                    Op::BrLe => branch!(i, CmpOp::Le, |a, b| a <= b, |a, b| a <= b),
                    Op::BrEq => branch!(i, CmpOp::Eq, |a, b| a == b, |a, b| a == b),
                    Op::BrNe => branch!(i, CmpOp::Ne, |a, b| a != b, |a, b| a != b),
                    Op::BrGt => branch!(i, CmpOp::Gt, |a, b| a > b, |a, b| a > b),
                    Op::BrGe => branch!(i, CmpOp::Ge, |a, b| a >= b, |a, b| a >= b),
                    Op::BrIs => {
                        let b = reg!(i.b).is(rk!(i.c)) == (i.x != 0);
                        release!(i.b);
                        release_rk!(i.c);
                        if b {
                            jump_rel!(i.a);
                        }
                    }
                    Op::BrIn => {
                        let b = check!(containers::contains(vm, rk!(i.c), reg!(i.b))) == (i.x != 0);
                        release!(i.b);
                        release_rk!(i.c);
                        if b {
                            jump_rel!(i.a);
                        }
                    }

                    Op::GetIter => {
                        let r = check!(vm.iter(reg!(i.b)));
                        release!(i.b);
                        set!(i.a, r);
                    }
                    Op::ForIter => {
                        let it = reg!(i.b);
                        if let Some(r) = it.downcast_exact::<PyRangeIterator>(&RANGE_ITERATOR) {
                            match r.next() {
                                Some(n) => set!(i.a, Value::int(n)),
                                None => {
                                    drop(take!(i.b));
                                    ip = unsafe { ip.offset(i.c as i16 as isize) };
                                }
                            }
                            continue;
                        }
                        if let Some(l) = it.downcast_exact::<PyListIterator>(&LIST_ITERATOR) {
                            match l.next() {
                                Some(v) => set!(i.a, v),
                                None => {
                                    drop(take!(i.b));
                                    ip = unsafe { ip.offset(i.c as i16 as isize) };
                                }
                            }
                            continue;
                        }
                        if let Some(g) = PyGenerator::exact(it) {
                            let then = Then::ForIter { dst: i.a, iter: i.b, skip: i.c as i16 };
                            if check!(g.resume_in_loop(vm, then, Value::NONE)) {
                                reload!();
                                continue;
                            }
                            drop(take!(i.b));
                            ip = unsafe { ip.offset(i.c as i16 as isize) };
                            continue;
                        }
                        let next = match it.class().slots().next {
                            Some(f) => match f(vm, it) {
                                Ok(v) => v,
                                Err(e) if e.is(&crate::types::exception::STOP_ITERATION) => None,
                                Err(e) => break 'raised e,
                            },
                            None => break 'raised vm.not_a(it, "an iterator"),
                        };
                        match next {
                            Some(v) => set!(i.a, v),
                            None => {
                                drop(take!(i.b));
                                ip = unsafe { ip.offset(i.c as i16 as isize) };
                            }
                        }
                    }
                    Op::UnpackSequence => {
                        let n = i.c as usize;
                        let v = reg!(i.b);
                        if let Some(t) = v.downcast_exact::<PyTuple>(&TUPLE)
                            && t.len() == n
                        {
                            // The source may be among the destinations: keep it.
                            let owned = v.clone();
                            release!(i.b);
                            let items = owned.downcast::<PyTuple>().map_or(&[][..], |t| t.as_slice());
                            for (k, item) in items.iter().enumerate() {
                                set!(i.a as usize + k, item.clone());
                            }
                        } else {
                            let items = check!(containers::unpack(vm, v, n));
                            release!(i.b);
                            for (k, item) in items.into_iter().enumerate() {
                                set!(i.a as usize + k, item);
                            }
                        }
                    }
                    Op::UnpackEx => {
                        let items = check!(containers::unpack_ex(vm, reg!(i.b), i.x as usize, i.c as usize));
                        release!(i.b);
                        for (k, item) in items.into_iter().enumerate() {
                            set!(i.a as usize + k, item);
                        }
                    }

                    Op::BuildTuple => {
                        let n = i.c as usize;
                        let t = PyTuple::from_exact_iter(&TUPLE, n, (0..n).map(|k| take!(i.b as usize + k)));
                        set!(i.a, t.into_value());
                    }
                    Op::BuildList => {
                        let items = (0..i.c as usize).map(|k| take!(i.b as usize + k)).collect();
                        set!(i.a, PyList::new(items).into_value());
                    }
                    Op::BuildSet => {
                        let s = PySet::new_ref();
                        for k in 0..i.c as usize {
                            let v = take!(i.b as usize + k);
                            check!(s.add(vm, &v));
                        }
                        set!(i.a, s.into_value());
                    }
                    Op::BuildMap => {
                        let d = check!(PyDict::with_room(vm, i.c as usize));
                        for k in 0..i.c as usize {
                            let (key, v) = (take!(i.b as usize + 2 * k), take!(i.b as usize + 2 * k + 1));
                            check!(d.set(vm, &key, v));
                        }
                        set!(i.a, d.into_value());
                    }
                    Op::BuildString => {
                        let s =
                            containers::join(&(0..i.c as usize).map(|k| take!(i.b as usize + k)).collect::<Vec<_>>());
                        set!(i.a, s);
                    }
                    Op::ListAppend => {
                        let v = own_rk!(i.b);
                        if let Some(l) = reg!(i.a).downcast::<PyList>() {
                            check!(l.push(v).map_err(|e| vm.out_of_memory(e)));
                        }
                    }
                    Op::SetAdd => {
                        let v = own_rk!(i.b);
                        if let Some(s) = reg!(i.a).downcast::<PySet>() {
                            check!(s.add(vm, &v));
                        }
                    }
                    Op::MapAdd => {
                        let k = own_rk!(i.b);
                        let v = own_rk!(i.c);
                        if let Some(d) = reg!(i.a).downcast::<PyDict>() {
                            check!(d.set(vm, &k, v));
                        }
                    }
                    Op::ListExtend => {
                        let callee = if i.x == 1 { Some(reg!(i.c)) } else { None };
                        check!(containers::list_extend(vm, reg!(i.a), rk!(i.b), callee));
                        release_rk!(i.b);
                    }
                    Op::SetUpdate => {
                        if let Some(s) = reg!(i.a).downcast::<PySet>() {
                            check!(crate::types::set::update(vm, s, rk!(i.b)));
                        }
                        release_rk!(i.b);
                    }
                    Op::DictUpdate => {
                        check!(containers::dict_update(vm, reg!(i.a), rk!(i.b)));
                        release_rk!(i.b);
                    }
                    Op::DictMerge => {
                        check!(containers::dict_merge(vm, reg!(i.a), rk!(i.b), reg!(i.c)));
                        release_rk!(i.b);
                    }
                    Op::ListToTuple => {
                        let items = reg!(i.b).downcast::<PyList>().map(PyList::take).unwrap_or_default();
                        release!(i.b);
                        set!(i.a, PyTuple::new(items).into_value());
                    }
                    Op::FormatValue => {
                        let v = check!(containers::format_value(vm, i.x, reg!(i.b), rk!(i.c)));
                        release!(i.b);
                        release_rk!(i.c);
                        set!(i.a, v);
                    }
                    Op::BuildInterpolation => {
                        let parts = [take!(i.b), take!(i.b + 1), take!(i.b + 2)];
                        let v = check!(crate::types::template::interpolation(vm, parts, i.x));
                        set!(i.a, v);
                    }
                    Op::BuildTemplate => {
                        let v = check!(crate::types::template::template(vm, take!(i.b), take!(i.b + 1)));
                        set!(i.a, v);
                    }

                    Op::Call => {
                        let n = i.x as usize;
                        let callee = unsafe { regs.add(i.b as usize) };
                        if let Some(code) = ops_calls::simple(unsafe { &*callee }, n)
                            && unsafe { (*frame).generator.is_none() }
                        {
                            check!(unsafe { ops_calls::push_in_place(vm, callee, code, callee.add(1), n, i.a) });
                            entered!();
                            continue;
                        }
                        let given = Given { base: unsafe { callee.add(1) }, n, names: &[] };
                        called!(unsafe { ops_calls::call(vm, frame, callee, given, i.a) }, i.a);
                    }
                    Op::CallMethod => {
                        let callee = unsafe { regs.add(i.b as usize) };
                        // Behind the callee lies its `self`, if it is apart, and then the arguments.
                        let apart = !reg!(i.b + 1).is_unbound();
                        let n = i.x as usize + usize::from(apart);
                        let base = unsafe { callee.add(2 - usize::from(apart)) };
                        if let Some(code) = ops_calls::simple(unsafe { &*callee }, n)
                            && unsafe { (*frame).generator.is_none() }
                        {
                            check!(unsafe { ops_calls::push_in_place(vm, callee, code, base, n, i.a) });
                            entered!();
                            continue;
                        }
                        if let Some(d) = unsafe { &*callee }.downcast_exact::<PyMethodDescr>(&METHOD_DESCRIPTOR) {
                            let v = check!(unsafe { ops_calls::call_method(vm, d, callee, base, n) });
                            set!(i.a, v);
                            continue;
                        }
                        let given = Given { base, n, names: &[] };
                        called!(unsafe { ops_calls::call(vm, frame, callee, given, i.a) }, i.a);
                    }
                    Op::CallKw => {
                        let callee = unsafe { regs.add(i.b as usize) };
                        let apart = !reg!(i.b + 1).is_unbound();
                        let n = i.x as usize + usize::from(apart);
                        let base = unsafe { callee.add(2 - usize::from(apart)) };
                        let names = site!(i.c).name.downcast::<PyTuple>().map_or(&[][..], |t| t.as_slice());
                        let given = Given { base, n, names };
                        called!(unsafe { ops_calls::call(vm, frame, callee, given, i.a) }, i.a);
                    }
                    Op::CallEx => {
                        let (callee, args, kwargs) = (take!(i.b), take!(i.b + 1), take!(i.b + 2));
                        called!(unsafe { ops_calls::call_ex(vm, frame, callee, args, kwargs, i.a) }, i.a);
                    }
                    Op::Return => {
                        let v = own_rk!(i.a);
                        match unsafe { leave(vm, frame, v) } {
                            Left::Value(v) => return Ok(v),
                            Left::Caller => {
                                reload!();
                                if !TRACED {
                                    attend!(ip);
                                }
                            }
                            Left::Raised(e) => {
                                reload!();
                                break 'raised e;
                            }
                        }
                    }
                    Op::MakeFunction => {
                        let k = unsafe { &*consts.add(i.bc() as usize) };
                        let v = misc::make_function(vm, unsafe { &*frame }, k);
                        set!(i.a, v);
                    }
                    Op::SetFunction => {
                        let v = own!(i.b);
                        let f = misc::set_function(reg!(i.a), i.x, v);
                        if let Some(f) = f {
                            set!(i.a, f);
                        }
                    }

                    Op::ImportName => {
                        let (level, from) = (take!(i.b), take!(i.b + 1));
                        let v = check!(names::import_name(vm, unsafe { &*frame }, name!(i.c), &from, &level));
                        set!(i.a, v);
                    }
                    Op::ImportFrom => {
                        let v = check!(crate::import::import_from(vm, reg!(i.b), name!(i.c)));
                        set!(i.a, v);
                    }
                    Op::ImportStar => {
                        let ns = names::namespace(unsafe { &*frame });
                        check!(crate::import::import_star(vm, reg!(i.a), &ns));
                        release!(i.a);
                    }

                    Op::Raise => {
                        let (exc, cause) = match i.x {
                            0 => (None, None),
                            1 => (Some(own!(i.a)), None),
                            _ => {
                                let e = own!(i.a);
                                (Some(e), Some(own!(i.b)))
                            }
                        };
                        break 'raised unwind::raise(vm, exc, cause);
                    }
                    Op::Reraise => {
                        let v = own!(i.a);
                        break 'raised unwind::reraise(vm, v);
                    }
                    Op::PushExc => {
                        let exc = reg!(i.b).clone();
                        let old = unwind::push_handled(vm, unsafe { &mut *frame }, exc);
                        set!(i.a, old);
                    }
                    Op::PopExc => {
                        let v = own!(i.a);
                        unwind::pop_handled(vm, unsafe { &mut *frame }, v);
                    }
                    Op::BrNoMatch => {
                        let m = check!(crate::types::raising::match_exception(vm, reg!(i.b), reg!(i.c)));
                        release!(i.c);
                        if !m {
                            jump_rel!(i.a);
                        }
                    }
                    Op::MatchGroup => {
                        let exc = own!(i.b);
                        let class = own!(i.c);
                        let (rest, matched) = check!(crate::types::raising::match_group(vm, &exc, &class));
                        if !matched.is_none() {
                            drop(vm.handled.replace(matched.clone()));
                        }
                        set!(i.a, rest);
                        set!(i.a + 1, matched);
                    }
                    Op::PrepReraiseStar => {
                        let exc = own!(i.b);
                        let list = own!(i.c);
                        let v = check!(crate::types::raising::prep_reraise_star(vm, &exc, &list));
                        set!(i.a, v);
                    }
                    Op::WithExcept => {
                        let v = check!(misc::with_except(vm, reg!(i.b), reg!(i.b + 1), reg!(i.c)));
                        set!(i.a, v);
                    }

                    Op::Yield => {
                        let v = own!(i.b);
                        match unsafe { suspend(vm, frame, v) } {
                            Some(v) => return Ok(v),
                            None => {
                                reload!();
                            }
                        }
                    }
                    Op::AsyncGenWrap => {
                        let v = own!(i.b);
                        set!(i.a, crate::types::generator::wrap_async_value(v));
                    }
                    Op::GetYieldFromIter => {
                        let v = check!(crate::types::generator::yield_from_iter(vm, reg!(i.b), unsafe {
                            (*frame).code().flags
                        }));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::GetAwaitable => {
                        let v = check!(crate::types::generator::awaitable_iter(vm, reg!(i.b), i.x));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::Send => {
                        let it = reg!(i.b);
                        if let Some(g) = PyGenerator::exact(it).or_else(|| PyGenerator::exact_coroutine(it)) {
                            let then = Then::Send { dst: i.a, iter: i.b, skip: i.c as i16 };
                            let sent = take!(i.a);
                            if check!(g.resume_in_loop(vm, then, sent)) {
                                reload!();
                                continue;
                            }
                            // It was finished before: as if it returned None.
                            drop(take!(i.b));
                            set!(i.a, Value::NONE);
                            ip = unsafe { ip.offset(i.c as i16 as isize) };
                            continue;
                        }
                        let sent = take!(i.a);
                        match check!(crate::types::generator::send_any(vm, it, sent)) {
                            Ok(v) => set!(i.a, v),
                            Err(result) => {
                                drop(take!(i.b));
                                set!(i.a, result);
                                ip = unsafe { ip.offset(i.c as i16 as isize) };
                            }
                        }
                    }
                    Op::GetAiter => {
                        let v = check!(crate::types::generator::get_aiter(vm, reg!(i.b)));
                        release!(i.b);
                        set!(i.a, v);
                    }
                    Op::GetAnext => {
                        let v = check!(crate::types::generator::get_anext(vm, reg!(i.b)));
                        set!(i.a, v);
                    }
                    Op::EndAsyncFor => {
                        let exc = own!(i.a);
                        let stop = exc.class().is_subtype(&crate::types::exception::STOP_ASYNC_ITERATION);
                        if !stop {
                            break 'raised unwind::reraise(vm, exc);
                        }
                        drop(own!(i.b));
                    }

                    Op::BrNoPattern => {
                        if !misc::is_pattern(reg!(i.b), i.x) {
                            jump_rel!(i.a);
                        }
                    }
                    Op::MatchKeys => {
                        let v = check!(misc::match_keys(vm, reg!(i.b), reg!(i.c)));
                        set!(i.a, v);
                    }
                    Op::MatchClass => {
                        let (class, kw) = (take!(i.c), take!(i.c + 1));
                        let v = check!(misc::match_class(vm, reg!(i.b), &class, &kw, i.x as usize));
                        set!(i.a, v);
                    }
                    Op::GetLen => {
                        let n = check!(vm.len(reg!(i.b)));
                        set!(i.a, Value::usize(n));
                    }
                    Op::Intrinsic1 => {
                        let x = own!(i.b);
                        let v = check!(misc::intrinsic1(vm, unsafe { &*frame }, i.x, x));
                        set!(i.a, v);
                    }
                    Op::Intrinsic2 => {
                        let (x, y) = (own!(i.b), own!(i.c));
                        let v = check!(misc::intrinsic2(vm, unsafe { &*frame }, i.x, x, y));
                        set!(i.a, v);
                    }
                    Op::SetupAnnotations => check!(names::setup_annotations(vm, unsafe { &*frame })),
                }
            }
        };
        pending = Some(error);
    }
}

impl Ref<PyCode> {
    /// The code behind the reference.
    #[inline(always)]
    pub(crate) fn code_ptr(&self) -> *const PyCode {
        &raw const **self
    }
}

#[inline(always)]
fn truth(vm: &Vm, v: &Value) -> PyResult<bool> {
    match v.as_bool() {
        Some(b) => Ok(b),
        None => vm.is_true(v),
    }
}

// Operations on immediate ints; `None` where the general way has to be taken.

#[inline(always)]
fn floor_div(a: &Value, b: &Value) -> Option<Value> {
    let (a, b) = (a.small_unchecked(), b.small_unchecked());
    if b == 0 {
        return None;
    }
    let q = a / b;
    Some(Value::int(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q }))
}

#[inline(always)]
fn floor_mod(a: &Value, b: &Value) -> Option<Value> {
    let (a, b) = (a.small_unchecked(), b.small_unchecked());
    if b == 0 {
        return None;
    }
    let r = a % b;
    Some(Value::small(if r != 0 && (r < 0) != (b < 0) { r + b } else { r }))
}

#[inline(always)]
fn shift_left(a: &Value, b: &Value) -> Option<Value> {
    let (a, b) = (a.small_unchecked(), b.small_unchecked());
    if (0..14).contains(&b) { Some(Value::int(a << b)) } else { None }
}

#[inline(always)]
fn shift_right(a: &Value, b: &Value) -> Option<Value> {
    let (a, b) = (a.small_unchecked(), b.small_unchecked());
    if b >= 0 { Some(Value::small(a >> b.min(63))) } else { None }
}

#[inline(always)]
fn bitwise(a: &Value, b: &Value, op: fn(i64, i64) -> i64) -> Option<Value> {
    Some(Value::small(op(a.small_unchecked(), b.small_unchecked())))
}

/// Comparison of floats and strings without a detour, then the general one.
fn compare_slow(vm: &Vm, op: CmpOp, x: &Value, y: &Value) -> PyResult<Value> {
    if x.is_float() && y.is_float() {
        let (a, b) = (x.float_unchecked(), y.float_unchecked());
        return Ok(Value::bool(match op {
            CmpOp::Lt => a < b,
            CmpOp::Le => a <= b,
            CmpOp::Eq => a == b,
            CmpOp::Ne => a != b,
            CmpOp::Gt => a > b,
            CmpOp::Ge => a >= b,
        }));
    }
    if matches!(op, CmpOp::Eq | CmpOp::Ne)
        && let (Some(a), Some(b)) = (x.downcast_exact::<PyStr>(&STR), y.downcast_exact::<PyStr>(&STR))
    {
        return Ok(Value::bool(a.same(b) == (op == CmpOp::Eq)));
    }
    vm.compare(op, x, y)
}
