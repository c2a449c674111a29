//! One code object in the making: its registers, its enclosing blocks, and how it is finished.

use freeze_bytecode::{CodeFlags, CodeObject, LocalKind};
use rustpython_ast::StmtAnnAssign;
use rustpython_text_size::TextRange;

use super::Lowering;
use super::block::Block;
use crate::emit::{Builder, Frame, Header, Reg};
use crate::error::{ErrorKind, Failure, Res};
use crate::names::{Interner, Map, NameId, Set};
use crate::symtable::{Home, Scope, ScopeId, ScopeKind, SymbolTable, flag};

/// An inlined comprehension that is being lowered.
pub(crate) struct Comp {
    pub(crate) scope: ScopeId,
}

/// The state of one code object.
pub(crate) struct Unit<'a> {
    pub(crate) b: Builder,
    pub(crate) scope: ScopeId,
    pub(crate) kind: ScopeKind,
    pub(crate) name: String,
    pub(crate) qualname: String,
    pub(crate) flags: u32,
    /// An `async def`.
    pub(crate) is_async: bool,
    /// How many conditional statements of a class body or module surround what is being lowered.
    pub(crate) conditional_depth: u32,
    pub(crate) argcount: u32,
    pub(crate) posonlyargcount: u32,
    pub(crate) kwonlyargcount: u32,
    pub(crate) firstlineno: u32,
    /// The registers of the scope's own variables and of the comprehensions inlined into it.
    pub(crate) registers: Map<(ScopeId, NameId), Reg>,
    pub(crate) freevars: Vec<NameId>,
    pub(crate) free_index: Map<NameId, u16>,
    /// Inlined comprehensions around what is being lowered.
    pub(crate) comps: Vec<Comp>,
    /// Loops, handlers and `with`s around what is being lowered.
    pub(crate) blocks: Vec<Block<'a>>,
    /// Attributes that methods of this class assign through `self`.
    pub(crate) static_attributes: Vec<NameId>,
    /// Annotations of a class or module, evaluated only when asked for, with their number if they are conditional.
    pub(crate) annotations: Vec<(&'a StmtAnnAssign, Option<u32>)>,
    pub(crate) conditional_count: u32,
    /// Names that a `:=` assigns: reading them early needs a copy.
    pub(crate) walrus: Set<NameId>,
}

impl<'a> Unit<'a> {
    /// The unit of a module or expression.
    pub(crate) fn root(table: &SymbolTable, names: &mut Interner) -> Unit<'a> {
        let mut unit = Unit::new(table, names, table.root(), &[]);
        unit.name = "<module>".into();
        unit.qualname = "<module>".into();
        unit.firstlineno = 1;
        unit
    }

    /// A unit for a scope. `params` are its first registers.
    pub(crate) fn new(table: &SymbolTable, names: &mut Interner, id: ScopeId, params: &[NameId]) -> Unit<'a> {
        let scope = table.scope(id);
        let mut layout = Layout::default();
        for param in params {
            let cell = scope.symbol(*param).is_some_and(|s| s.home == Home::Cell);
            layout.add(id, *param, if cell { LocalKind::Cell } else { LocalKind::Fast });
        }
        if scope.kind.is_function_like() {
            for name in &scope.order {
                match scope.symbol(*name).map(|s| s.home) {
                    _ if params.contains(name) => {}
                    Some(Home::Local) => layout.add(id, *name, LocalKind::Fast),
                    Some(Home::Cell) => layout.add(id, *name, LocalKind::Cell),
                    _ => {}
                }
            }
        }
        if scope.kind == ScopeKind::Class {
            let implicit = [
                (scope.needs_class_cell, "__class__"),
                (scope.needs_classdict, "__classdict__"),
                (scope.conditional_annotations, "__conditional_annotations__"),
            ];
            for (_, name) in implicit.iter().filter(|(needed, _)| *needed) {
                layout.add(id, names.id(name), LocalKind::Cell);
            }
        }
        for comp in table.inlined_into(id) {
            layout.comprehension(table, id, comp);
        }
        let mut freevars: Vec<NameId> = scope
            .symbols
            .iter()
            .filter(|(_, s)| s.home == Home::Free || s.flags & flag::FREE_CLASS != 0)
            .map(|(name, _)| *name)
            .collect();
        freevars.sort_by(|a, b| names.text(*a).cmp(names.text(*b)));
        let free_index = freevars.iter().enumerate().map(|(i, n)| (*n, i as u16)).collect();
        let walrus = walrus_targets(scope);
        Unit {
            b: Builder::new(layout.names, layout.kinds),
            scope: id,
            kind: scope.kind,
            name: String::new(),
            qualname: String::new(),
            flags: 0,
            is_async: false,
            conditional_depth: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            firstlineno: 1,
            registers: layout.registers,
            freevars,
            free_index,
            comps: Vec::new(),
            blocks: Vec::new(),
            static_attributes: Vec::new(),
            annotations: Vec::new(),
            conditional_count: 0,
            walrus,
        }
    }
}

fn walrus_targets(scope: &Scope) -> Set<NameId> {
    scope.symbols.iter().filter(|(_, s)| s.flags & flag::WALRUS != 0).map(|(n, _)| *n).collect()
}

/// Which variable has which register.
#[derive(Default)]
struct Layout {
    names: Vec<NameId>,
    kinds: Vec<LocalKind>,
    registers: Map<(ScopeId, NameId), Reg>,
    /// Registers of comprehension variables that comprehensions beside each other share.
    shared: Map<NameId, Reg>,
}

impl Layout {
    fn add(&mut self, scope: ScopeId, name: NameId, kind: LocalKind) {
        self.registers.insert((scope, name), self.names.len() as Reg);
        self.names.push(name);
        self.kinds.push(kind);
    }

    /// The variables of a comprehension inlined into the code of `unit`. As in CPython they show up among the
    /// function's locals, unless a variable of that name is there already.
    fn comprehension(&mut self, table: &SymbolTable, unit: ScopeId, comp: ScopeId) {
        let scope = table.scope(comp);
        for name in &scope.order {
            let cell = match scope.symbol(*name).map(|s| s.home) {
                Some(Home::Local) => false,
                Some(Home::Cell) => true,
                _ => continue,
            };
            let mut clash = cell || !table.scope(unit).kind.is_function_like();
            let mut around = scope.parent;
            while let Some(outer) = around {
                clash |= table.scope(outer).symbol(*name).is_some();
                if outer == unit {
                    break;
                }
                around = table.scope(outer).parent;
            }
            if cell {
                self.add(comp, *name, LocalKind::HiddenCell);
            } else if clash {
                self.add(comp, *name, LocalKind::Hidden);
            } else if let Some(reg) = self.shared.get(name) {
                self.registers.insert((comp, *name), *reg);
            } else {
                self.shared.insert(*name, self.names.len() as Reg);
                self.add(comp, *name, LocalKind::Fast);
            }
        }
    }
}

impl<'a> Lowering<'a> {
    /// Begins the code object of a scope. Finish it with [`Lowering::leave_unit`].
    pub(crate) fn enter_unit(&mut self, scope: ScopeId, params: &[NameId], name: &str, range: TextRange) {
        let mut unit = Unit::new(&self.table, &mut self.names, scope, params);
        unit.name = name.to_owned();
        unit.qualname = self.qualname_of(&unit);
        unit.firstlineno = self.source.line_and_byte(range.start().to_u32()).0;
        unit.b.range = Some(range);
        let outer = std::mem::replace(&mut self.unit, unit);
        self.outer.push(outer);
        self.make_cells(params);
    }

    /// Variables that are captured live in cells from the start.
    fn make_cells(&mut self, _params: &[NameId]) {
        let kinds = self.unit.b.local_kinds.clone();
        let range = self.unit.b.range.take();
        for (reg, kind) in kinds.iter().enumerate() {
            if *kind == LocalKind::Cell {
                self.emit(freeze_bytecode::Op::MakeCell, 0, reg as Reg, 0, 0);
            }
        }
        self.unit.b.range = range;
    }

    /// Ends the code object begun last and returns to the one around it.
    pub(crate) fn leave_unit(&mut self) -> Res<CodeObject> {
        let Some(outer) = self.outer.pop() else {
            unreachable!("every leave_unit has its enter_unit");
        };
        let unit = std::mem::replace(&mut self.unit, outer);
        self.assemble(unit)
    }

    /// Goes back to the code object around, dropping the one begun last after an error.
    pub(crate) fn assemble(&mut self, unit: Unit<'a>) -> Res<CodeObject> {
        let scope = self.table.scope(unit.scope);
        let mut flags = unit.flags | self.config.future_flags;
        if scope.kind.is_function_like() {
            flags |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
            let is_nested = !self.outer.is_empty()
                && (self.unit.kind.is_function_like() || self.unit.flags & CodeFlags::NESTED != 0);
            if is_nested {
                flags |= CodeFlags::NESTED;
            }
        }
        let header = Header {
            name: unit.name.as_bytes().into(),
            qualname: unit.qualname.as_bytes().into(),
            filename: self.filename.as_bytes().into(),
            flags: CodeFlags(flags),
            argcount: unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            freevars: unit.freevars,
            firstlineno: unit.firstlineno,
            static_attributes: unit.static_attributes.len().min(usize::from(u16::MAX)) as u16,
        };
        let range = scope.range;
        let frame = Frame { names: &self.names, source: self.source };
        unit.b.finish(header, &frame).ok_or_else(|| {
            Box::new(Failure { kind: ErrorKind::Limit, message: "code object is too large".into(), range: Some(range) })
        })
    }

    /// The qualified name of a unit that begins inside the current one.
    fn qualname_of(&self, unit: &Unit<'_>) -> String {
        // The innermost scope of annotations does not show up in qualified names.
        let around = match (self.unit.kind.forbidding(), self.outer.last()) {
            (Some(_), Some(next)) => next,
            _ => &self.unit,
        };
        if around.kind == ScopeKind::Module {
            return unit.name.clone();
        }
        if matches!(unit.kind, ScopeKind::Function | ScopeKind::Class) {
            let id = self.names.find(&unit.name).and_then(|n| self.table.scope(around.scope).symbol(n));
            if id.is_some_and(|s| s.home == Home::GlobalExplicit) {
                return unit.name.clone();
            }
        }
        if matches!(around.kind, ScopeKind::Function | ScopeKind::Lambda) {
            format!("{}.<locals>.{}", around.qualname, unit.name)
        } else {
            format!("{}.{}", around.qualname, unit.name)
        }
    }
}
