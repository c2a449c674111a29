//! The sample passes, and each rule refuses the one change that breaks it.

use super::{range_len, verify};
use crate::code::{CodeFlags, CodeObject, Const, Site};
use crate::instr::{Instr, Op};
use crate::operand::OperandKind;
use crate::sample::{Random, module};
use crate::table::ROWS;

#[track_caller]
fn refuses(what: &str, change: impl FnOnce(&mut CodeObject)) {
    let mut code = module();
    change(&mut code);
    assert_eq!(verify(&code).expect_err(what).what, what);
}

#[test]
fn accepts_the_sample() {
    assert_eq!(verify(&module()), Ok(()));
}

#[test]
fn refuses_bad_frames() {
    refuses("too many registers", |code| code.nregs = 0x8000);
    refuses("more locals than registers", |code| code.nlocals = 9);
    refuses("names of locals", |code| code.nlocals = 1);
    refuses("more parameters than locals", |code| code.argcount = u32::MAX);
    refuses("more positional-only parameters than parameters", |code| code.posonlyargcount = 1);
    refuses("no instructions", |code| code.instrs = [].into());
    refuses("control runs off the end", |code| code.instrs = [Instr::new(Op::Nop, 0, 0, 0, 0)].into());
    refuses("range of a handler", |code| code.handlers[0].end = 12);
    refuses("target of a handler", |code| code.handlers[0].target = 11);
    refuses("register of a handler", |code| code.handlers[0].exc_reg = 5);
    refuses("line table", |code| code.linetable = [].into());
}

#[test]
fn refuses_bad_operands() {
    let set = |at: usize, instr: Instr| move |code: &mut CodeObject| code.instrs[at] = instr;
    refuses("register out of range", set(1, Instr::new(Op::StoreName, 0, 5, 0, 0)));
    refuses("name out of range", set(1, Instr::new(Op::StoreName, 0, 0, 1, 0)));
    refuses("site out of range", set(2, Instr::new(Op::LoadName, 0, 0, 0, 2)));
    refuses("name of a site", |code| code.sites[0] = Site { name: Site::NONE });
    refuses("name of a site", |code| code.sites = [code.sites[0], code.sites[1], Site { name: 7 }].into());
    refuses("cache site of two opcodes", set(2, Instr::new(Op::LoadName, 0, 0, 0, 1)));
    refuses("yield outside a generator", set(1, Instr::new(Op::Yield, 0, 0, 0, 0)));
    let generator = |code: &mut CodeObject| code.flags.0 |= CodeFlags::GENERATOR;
    refuses("delegation without a send", |code| {
        generator(code);
        code.instrs[4] = Instr::new(Op::Yield, 1, 0, 0, 0);
    });
    refuses("delegation without a send", |code| {
        generator(code);
        code.instrs[3] = Instr::new(Op::Send, 0, 0, 1, 0);
        code.instrs[4] = Instr::new(Op::Yield, 1, 0, 0, 0);
    });
    refuses("an iterator sent to itself", set(1, Instr::new(Op::Send, 0, 0, 0, 0)));
    refuses("selector without a meaning", set(1, Instr::new(Op::InPlace, 13, 0, 0, 0)));
    refuses("register out of range", set(1, Instr::new(Op::WithExcept, 0, 0, 4, 0)));
    refuses("constant out of range", set(4, Instr::wide(Op::LoadConst, 0, 2, 4)));
    refuses("constant out of range", set(9, Instr::new(Op::Return, 0, 0x8004, 0, 0)));
    refuses("free variable out of range", set(2, Instr::new(Op::LoadFree, 0, 0, 0, 0)));
    refuses("register out of range", set(6, Instr::new(Op::CallKw, 4, 0, 0, 1)));
    refuses("keyword names", |code| code.sites[1] = Site { name: 3 });
    refuses("more keyword names than arguments", set(6, Instr::new(Op::CallKw, 0, 0, 0, 1)));
    refuses("keyword name that is no string", |code| code.consts[1] = Const::Tuple([Const::None].into()));
    refuses("function without code", set(0, Instr::wide(Op::MakeFunction, 0, 0, 1)));
    refuses("code inside another constant", |code| {
        let inner = code.consts[0].clone();
        code.consts[2] = Const::Tuple([inner].into());
    });
    refuses("jump out of range", set(7, Instr::wide(Op::JumpIfTrue, 0, 0, 11)));
    refuses("jump out of range", set(7, Instr::new(Op::BrLt, 0, 3, 0, 0)));
    refuses("jump out of range", set(7, Instr::new(Op::BrLt, 0, -9i16 as u16, 0, 0)));
    refuses("jump_back goes on", set(8, Instr::wide(Op::JumpBack, 0, 0, 9)));
    refuses("jump goes back", set(8, Instr::wide(Op::Jump, 0, 0, 8)));
    refuses("jump goes back", set(7, Instr::wide(Op::JumpIfTrueKeep, 0, 0, 7)));
    refuses("jump goes back", set(7, Instr::new(Op::ForIter, 0, 1, 0, -2i16 as u16)));
    refuses("selector without a meaning", set(3, Instr::new(Op::LoadCommon, 8, 1, 0, 0)));
    refuses("not a local", set(3, Instr::new(Op::CheckLocal, 0, 1, 0, 0)));
}

#[test]
fn refuses_reading_what_may_be_empty() {
    let set = |at: usize, instr: Instr| move |code: &mut CodeObject| code.instrs[at] = instr;
    let empty = "reads an empty register";
    refuses(empty, set(0, Instr::new(Op::Nop, 0, 0, 0, 0)));
    // Taken twice.
    refuses(empty, set(2, Instr::new(Op::Nop, 0, 0, 0, 0)));
    // The handler keeps nothing above its own register, and nothing that some covered instruction has taken.
    refuses(empty, set(10, Instr::new(Op::Reraise, 0, 2, 0, 0)));
    // Filled on the way round the loop only.
    refuses(empty, |code| {
        code.instrs[1] = Instr::new(Op::Return, 0, 3, 0, 0);
        code.instrs[8] = Instr::wide(Op::JumpBack, 0, 0, 1);
    });
    // Not there when the delegate ends while the generator is suspended, though the `send` would leave it.
    refuses(empty, |code| {
        code.flags.0 |= CodeFlags::GENERATOR;
        code.instrs = [
            Instr::wide(Op::LoadConst, 0, 0, 3),
            Instr::wide(Op::LoadConst, 0, 1, 3),
            Instr::wide(Op::LoadConst, 0, 2, 3),
            Instr::new(Op::Send, 0, 0, 1, 2),
            Instr::new(Op::Yield, 1, 2, 2, 1),
            Instr::new(Op::Return, 0, 0x8003, 0, 0),
            Instr::new(Op::Return, 0, 2, 0, 0),
        ]
        .into();
        (code.handlers, code.sites) = ([].into(), [].into());
    });
    // The bound self of a method call may be missing, its callee may not.
    refuses(empty, set(3, Instr::new(Op::Move, 0, 1, 0, 0)));
}

#[test]
fn nested_code_is_checked() {
    let mut code = module();
    let Const::Code(inner) = &mut code.consts[0] else { panic!("the sample's first constant is code") };
    inner.instrs[0].a = 3;
    let error = verify(&code).unwrap_err();
    assert_eq!((error.code.as_str(), error.at), ("add", Some(0)));
}

#[test]
fn every_range_operand_has_a_length() {
    for row in ROWS {
        let ranged = [row.a, row.b, row.c].iter().any(|k| matches!(k, OperandKind::SrcRange | OperandKind::DstRange));
        let len = range_len(Instr::new(row.op, 1, 1, 1, 1));
        assert_eq!(ranged, len > 0, "{}", row.mnemonic);
    }
}

#[test]
fn random_code_never_panics() {
    let mut random = Random(4);
    for _ in 0..3000 {
        let mut code = random.code(2);
        // Make the frame's own numbers agree, so that the instructions are looked at too.
        let count = code.local_names.len() as u16;
        (code.nlocals, code.nregs) = (count, count + 20);
        code.local_kinds = code.local_kinds.iter().copied().cycle().take(count.into()).collect();
        let _ = verify(&code);
    }
}
