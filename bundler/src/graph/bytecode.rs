//! The imports of a library module, read out of its bytecode: the library comes without sources.
//!
//! What a function imports is only wanted by programs that may call the function, so that a module is read in units: its top level, and
//! each function of it and of its classes by itself, with the names that each mentions (see [`Unit`]).
//!
//! Tests on the platform are decided as [`Target::decide`] does for sources: what they lead around is not imported.

use std::collections::{BTreeMap, BTreeSet};

use freeze_bytecode::instr::CONST_BIT;
use freeze_bytecode::operand::OperandKind;
use freeze_bytecode::table::Flow;
use freeze_bytecode::{CodeObject, Const, Instr, Op};

use super::scan::{Import, Need, Wanted};
use super::target::Target;

/// A piece of a module that runs or does not run as a whole.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The function's name; empty for the top level of the module and its classes. What is defined inside of a function is part of it.
    pub function: String,
    pub imports: Vec<Import>,
    /// The names that it looks up, and the texts that could be names of attributes.
    pub mentions: BTreeSet<String>,
}

/// All imports of a module and the functions in it: on a target, or on any.
pub fn imports(code: &CodeObject, target: Option<&Target>) -> Vec<Import> {
    units(code, target).into_iter().flat_map(|unit| unit.imports).collect()
}

/// The units of a module, its top level first; what they import on a target, or on any.
pub fn units(code: &CodeObject, target: Option<&Target>) -> Vec<Unit> {
    let mut units = vec![Unit::default()];
    walk(code, target, 0, &mut units);
    units
}

/// The items, where both halves are texts, of the long dicts that are written at a module's top level. (Short ones are made otherwise.)
pub fn text_items(code: &CodeObject) -> BTreeMap<String, String> {
    let constant = |field: u16| {
        let index = (field & CONST_BIT != 0).then_some(field & !CONST_BIT)?;
        text(code.consts.get(usize::from(index))?)
    };
    let items = code.instrs.iter().filter(|instr| instr.op == Op::MapAdd);
    items.filter_map(|instr| constant(instr.b).zip(constant(instr.c))).collect()
}

/// Adds a code object to the unit that has the number `own`, and those inside to it or to new ones.
fn walk(code: &CodeObject, target: Option<&Target>, own: usize, units: &mut Vec<Unit>) {
    let deferred = own != 0;
    let mut found = Vec::new();
    let runs = target.map(|target| Reached::new(code, target).instructions());
    // What each register was last given as a constant. The operands of an import are loaded right before it.
    let mut constants: Vec<Option<&Const>> = vec![None; usize::from(code.nregs)];
    for (i, instr) in code.instrs.iter().enumerate() {
        match instr.op {
            Op::LoadConst => {
                if let Some(slot) = constants.get_mut(usize::from(instr.a)) {
                    *slot = code.consts.get(instr.bc() as usize);
                }
            }
            // Type parameters, and what has some (PEP 695), are made with the help of `typing`: see the table of instructions.
            Op::Intrinsic1 | Op::Intrinsic2
                if matches!((instr.op, instr.x), (Op::Intrinsic1, 1..=4) | (Op::Intrinsic2, 0..=2 | 4)) =>
            {
                let wanted = Wanted::Module { level: 0, name: "typing".to_owned() };
                let need = if deferred { Need::Deferred } else { Need::Conditional };
                found.push(Import { wanted, line: code.firstlineno, need });
            }
            Op::ImportName => {
                if runs.as_ref().is_some_and(|runs| !runs[i]) {
                    continue;
                }
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
    units[own].imports.append(&mut found);
    mentions(code, &mut units[own].mentions);
    for constant in &code.consts {
        if let Const::Code(inner) = constant {
            // A class body runs when its module does; only functions wait.
            let function = inner.flags.has(freeze_bytecode::CodeFlags::OPTIMIZED);
            if function && !deferred {
                units.push(Unit { function: String::from_utf8_lossy(&inner.name).into_owned(), ..Unit::default() });
                walk(inner, target, units.len() - 1, units);
            } else {
                walk(inner, target, own, units);
            }
        }
    }
}

/// Collects what a code object looks up by name, and its texts. What it only stores is a definition, and `__all__` lists what others
/// may want.
fn mentions(code: &CodeObject, found: &mut BTreeSet<String>) {
    let mut texts = Vec::new();
    for instr in &code.instrs {
        let row = instr.op.row();
        let stores = matches!(
            instr.op,
            Op::StoreName | Op::StoreGlobal | Op::StoreAttr | Op::DeleteName | Op::DeleteGlobal | Op::DeleteAttr
        );
        for (kind, field) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
            let name = match kind {
                OperandKind::Name => Some(usize::from(field)),
                OperandKind::Site => code.sites.get(usize::from(field)).map(|site| site.name as usize),
                _ => None,
            };
            let name = name.and_then(|index| code.names.get(index)).map(|name| String::from_utf8_lossy(name));
            match name {
                Some(name) if !stores => {
                    found.insert(name.into_owned());
                }
                Some(name) if name == "__all__" => texts.clear(),
                Some(_) => found.extend(texts.drain(..)),
                None => {}
            }
            let constant = match kind {
                OperandKind::Const => Some(usize::from(field)),
                OperandKind::SrcOrConst if field & CONST_BIT != 0 => Some(usize::from(field & !CONST_BIT)),
                _ => None,
            };
            if let Some(constant) = constant.and_then(|index| code.consts.get(index)) {
                identifiers(constant, &mut texts);
            }
        }
        if instr.op == Op::LoadConst
            && let Some(constant) = code.consts.get(instr.bc() as usize)
        {
            identifiers(constant, &mut texts);
        }
    }
    found.extend(texts);
}

/// The texts of a constant that could be names.
fn identifiers(constant: &Const, found: &mut Vec<String>) {
    match constant {
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().for_each(|item| identifiers(item, found)),
        _ => found.extend(text(constant).filter(|text| {
            !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
        })),
    }
}

fn text(constant: &Const) -> Option<String> {
    match constant {
        Const::Str(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// Which instructions of a code object run on a target.
struct Reached<'a> {
    code: &'a CodeObject,
    target: &'a Target,
    /// The instructions that others jump to.
    labels: Vec<bool>,
}

/// How far before a test its operands are looked for.
const NEAR: usize = 8;

impl<'a> Reached<'a> {
    fn new(code: &'a CodeObject, target: &'a Target) -> Reached<'a> {
        let mut labels = vec![false; code.instrs.len()];
        for to in code.instrs.iter().enumerate().filter_map(|(at, instr)| label(at, *instr)) {
            if let Some(place) = labels.get_mut(to) {
                *place = true;
            }
        }
        Reached { code, target, labels }
    }

    fn instructions(&self) -> Vec<bool> {
        let instrs = &self.code.instrs;
        let mut runs = vec![false; instrs.len()];
        let mut todo = vec![0];
        while let Some(at) = todo.pop() {
            let Some(run) = runs.get_mut(at).filter(|run| !**run) else { continue };
            *run = true;
            let handlers = self.code.handlers.iter().filter(|h| (h.start..h.end).contains(&(at as u32)));
            todo.extend(handlers.map(|h| h.target as usize));
            let instr = instrs[at];
            let jumps = self.jumps(at);
            match instr.op.row().flow {
                Flow::Leave => continue,
                Flow::Jump => {}
                _ if jumps == Some(true) => {}
                _ => todo.push(at + 1),
            }
            if jumps != Some(false) {
                todo.extend(label(at, instr));
            }
        }
        runs
    }

    /// Whether a branch is taken, where its test is one on the platform.
    fn jumps(&self, at: usize) -> Option<bool> {
        let instr = self.code.instrs[at];
        let (outcome, sense) = match instr.op {
            Op::BrEq => (self.text(at, instr.b)? == self.constant(at, instr.c)?, instr.x == 1),
            Op::BrNe => (self.text(at, instr.b)? != self.constant(at, instr.c)?, instr.x == 1),
            Op::BrIn => (self.contains(at, instr)?, instr.x == 1),
            Op::JumpIfTrue => (self.starts(at, instr.a)?, true),
            Op::JumpIfFalse => (self.starts(at, instr.a)?, false),
            _ => return None,
        };
        Some(outcome == sense)
    }

    /// The instruction that gave a register its value, if that is certain: nothing jumps around it.
    fn source(&self, at: usize, register: u16) -> Option<(usize, Instr)> {
        for before in (at.saturating_sub(NEAR)..at).rev() {
            let instr = self.code.instrs[before];
            if instr.op.row().flow != Flow::Next || self.labels[before + 1] {
                return None;
            }
            let writes = match instr.op.row().a {
                OperandKind::Dst => instr.a == register,
                OperandKind::DstPair | OperandKind::DstRange => instr.a <= register,
                _ => false,
            };
            if writes {
                return Some((before, instr));
            }
        }
        None
    }

    fn name(&self, instr: Instr) -> Option<&[u8]> {
        let site = self.code.sites.get(usize::from(instr.c))?;
        self.code.names.get(site.name as usize).map(|name| &**name)
    }

    /// The platform's text in a register: `sys.platform` or `os.name`.
    fn text(&self, at: usize, register: u16) -> Option<String> {
        let (at, attribute) = self.source(at, register)?;
        if !matches!(attribute.op, Op::LoadAttr) {
            return None;
        }
        self.text_of(at, attribute)
    }

    fn text_of(&self, at: usize, attribute: Instr) -> Option<String> {
        let (_, module) = self.source(at, attribute.b)?;
        if !matches!(module.op, Op::LoadName | Op::LoadGlobal) {
            return None;
        }
        match (self.name(module)?, self.name(attribute)?) {
            (b"sys", b"platform") => Some(self.target.sys_platform.to_string()),
            (b"os", b"name") => Some(self.target.os_name.to_string()),
            _ => None,
        }
    }

    /// The constant of an operand that is a constant or a register.
    fn operand(&self, at: usize, field: u16) -> Option<&Const> {
        let index = if field & CONST_BIT != 0 {
            usize::from(field & !CONST_BIT)
        } else {
            let (_, load) = self.source(at, field)?;
            if load.op == Op::LoadConst { load.bc() as usize } else { return None }
        };
        self.code.consts.get(index)
    }

    fn constant(&self, at: usize, field: u16) -> Option<String> {
        self.operand(at, field).and_then(text)
    }

    /// `sys.platform in (…)`, and `'nt' in _names`, by which `os` knows the platform.
    fn contains(&self, at: usize, instr: Instr) -> Option<bool> {
        if let Some(text) = self.text(at, instr.b) {
            return self.operand(at, instr.c).and_then(texts).map(|all| all.contains(&text));
        }
        let module = self.constant(at, instr.b)?;
        let (_, names) = self.source(at, instr.c)?;
        let builtin = matches!(names.op, Op::LoadName | Op::LoadGlobal) && self.name(names)? == b"_names";
        (builtin && matches!(module.as_str(), "nt" | "posix")).then(|| module == self.target.os_name)
    }

    /// `sys.platform.startswith(…)`
    fn starts(&self, at: usize, register: u16) -> Option<bool> {
        let (at, call) = self.source(at, register)?;
        let (argument_at, argument) = (at.checked_sub(1)?, self.code.instrs[at.checked_sub(1)?]);
        if call.op != Op::CallMethod || argument.op != Op::LoadConst {
            return None;
        }
        let (method_at, method) = (argument_at.checked_sub(1)?, self.code.instrs[argument_at.checked_sub(1)?]);
        if method.op != Op::LoadMethod || self.name(method)? != b"startswith" {
            return None;
        }
        let text = self.text(method_at, method.b)?;
        let prefixes = self.code.consts.get(argument.bc() as usize).and_then(texts)?;
        Some(prefixes.iter().any(|prefix| text.starts_with(prefix.as_str())))
    }
}

/// Where an instruction may jump to.
fn label(at: usize, instr: Instr) -> Option<usize> {
    let row = instr.op.row();
    let near = |field: u16| usize::try_from(at as i64 + 1 + i64::from(field as i16)).ok();
    match (row.a, row.b, row.c) {
        (_, OperandKind::Label32, _) => Some(instr.bc() as usize),
        (OperandKind::Label16, ..) => near(instr.a),
        (_, _, OperandKind::Label16) => near(instr.c),
        _ => None,
    }
}

/// A text, or those of a tuple or set.
fn texts(constant: &Const) -> Option<Vec<String>> {
    match constant {
        Const::Str(_) => text(constant).map(|text| vec![text]),
        Const::Tuple(items) => items.iter().map(text).collect(),
        _ => None,
    }
}
