//! The imports of a library module, read out of its bytecode: the library comes without sources.

use freeze_bytecode::{CodeObject, Const, Op};

use super::scan::{Import, Need, Wanted};

/// The imports that the code object of a module and the functions in it make.
pub fn imports(code: &CodeObject) -> Vec<Import> {
    let mut found = Vec::new();
    walk(code, false, &mut found);
    found
}

fn walk(code: &CodeObject, deferred: bool, found: &mut Vec<Import>) {
    // What each register was last given as a constant. The operands of an import are loaded right before it.
    let mut constants: Vec<Option<&Const>> = vec![None; usize::from(code.nregs)];
    for (i, instr) in code.instrs.iter().enumerate() {
        match instr.op {
            Op::LoadConst => {
                if let Some(slot) = constants.get_mut(usize::from(instr.a)) {
                    *slot = code.consts.get(instr.bc() as usize);
                }
            }
            Op::ImportName => {
                let Some(name) = code.names.get(usize::from(instr.c)).map(|n| String::from_utf8_lossy(n).into_owned())
                else {
                    continue;
                };
                let constant = |register: usize| constants.get(register).copied().flatten();
                let level = match constant(usize::from(instr.b)) {
                    Some(Const::Int(level)) => u32::try_from(*level).unwrap_or(0),
                    _ => 0,
                };
                let names = match constant(usize::from(instr.b) + 1) {
                    Some(Const::Tuple(items)) => items.iter().filter_map(text).collect(),
                    _ => Vec::new(),
                };
                let guarded = code.handlers.iter().any(|h| (h.start..h.end).contains(&(i as u32)));
                let need = match (deferred, guarded) {
                    (true, _) => Need::Deferred,
                    (_, true) => Need::Guarded,
                    _ => Need::Conditional,
                };
                let wanted = if names.is_empty() {
                    Wanted::Module { level, name }
                } else {
                    Wanted::Names { level, module: name, names }
                };
                found.push(Import { wanted, line: code.firstlineno, need });
            }
            _ => {}
        }
    }
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            // A class body runs when its module does; only functions wait.
            let function = inner.flags.has(freeze_bytecode::CodeFlags::OPTIMIZED);
            walk(inner, deferred || function, found);
        }
    }
}

fn text(constant: &Const) -> Option<String> {
    match constant {
        Const::Str(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}
