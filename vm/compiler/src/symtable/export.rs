//! The table as the module `symtable` shows it: one [`Block`] for each scope, with CPython's flags.

use super::{Home, ScopeId, ScopeKind, SymbolTable, flag};
use crate::names::Interner;
use crate::source::Source;

/// What a block is, numbered as `_symtable` numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Function = 0,
    Class = 1,
    Module = 2,
    Annotation = 3,
    TypeAlias = 4,
    TypeParameters = 5,
    TypeVariable = 6,
}

/// A scope with its names.
#[derive(Clone, Debug)]
pub struct Block {
    pub kind: BlockKind,
    pub name: String,
    pub line: u32,
    /// Whether it lies in a function.
    pub nested: bool,
    /// Names and flags, the scope from bit 12 on.
    pub symbols: Vec<(String, u32)>,
    /// The parameters.
    pub parameters: Vec<String>,
    /// Numbers of the blocks within.
    pub children: Vec<usize>,
}

const COMP_CELL: u32 = 2048;
/// What the iterable of a generator expression is called.
const ITERABLE: &str = ".0";
/// Our flags and CPython's.
const FLAGS: [(u16, u32); 10] = [
    (flag::GLOBAL, 1),
    (flag::LOCAL, 2),
    (flag::PARAM, 4),
    (flag::NONLOCAL, 8),
    (flag::USE, 16),
    (flag::FREE_CLASS, 64),
    (flag::IMPORT, 128),
    (flag::ANNOT, 256),
    (flag::COMP_ITER, 512),
    (flag::TYPE_PARAM, 1024),
];

fn kind_of(kind: ScopeKind) -> BlockKind {
    match kind {
        ScopeKind::Module => BlockKind::Module,
        ScopeKind::Class => BlockKind::Class,
        ScopeKind::Annotations => BlockKind::Annotation,
        ScopeKind::TypeParams => BlockKind::TypeParameters,
        ScopeKind::TypeAlias => BlockKind::TypeAlias,
        ScopeKind::TypeVariable => BlockKind::TypeVariable,
        _ => BlockKind::Function,
    }
}

fn default_name(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Module => "top",
        ScopeKind::Lambda => "lambda",
        ScopeKind::GeneratorExpr => "genexpr",
        ScopeKind::ListComp => "listcomp",
        ScopeKind::SetComp => "setcomp",
        ScopeKind::DictComp => "dictcomp",
        ScopeKind::Annotations => "__annotate__",
        _ => "",
    }
}

struct Exporter<'a> {
    table: &'a SymbolTable,
    names: &'a Interner,
    source: &'a Source,
    blocks: Vec<Block>,
}

/// All blocks; the module's is the first.
pub(crate) fn export(table: &SymbolTable, names: &Interner, source: &Source) -> Vec<Block> {
    let mut e = Exporter { table, names, source, blocks: Vec::new() };
    e.block(table.root(), false);
    e.declared_globals();
    e.blocks
}

impl Exporter<'_> {
    /// A name that a function declares global is known to the module as such.
    fn declared_globals(&mut self) {
        for scope in self.table.scopes.iter().skip(1) {
            for &n in &scope.order {
                if scope.symbol(n).is_none_or(|s| s.flags & flag::GLOBAL == 0) {
                    continue;
                }
                let name = self.names.text(n);
                let module = &mut self.blocks[0].symbols;
                match module.iter_mut().find(|s| s.0 == name) {
                    Some(known) => known.1 = known.1 & 0xFFF | 1 | 2 << 12,
                    None => module.push((name.to_owned(), 1 | 2 << 12)),
                }
            }
        }
    }

    fn children(&self, id: ScopeId) -> Vec<ScopeId> {
        let all = 0..self.table.scopes.len() as u32;
        all.map(ScopeId).filter(|c| self.table.scope(*c).parent == Some(id)).collect()
    }

    fn block(&mut self, id: ScopeId, nested: bool) -> usize {
        let scope = self.table.scope(id);
        let kind = scope.kind;
        let line = match kind {
            ScopeKind::Module => 0,
            _ => self.source.line_and_char(scope.range.start().to_u32()).0,
        };
        let name = scope.name.map_or(default_name(kind), |n| self.names.text(n)).to_owned();
        let number = self.blocks.len();
        self.blocks.push(Block {
            kind: kind_of(kind),
            name,
            line,
            nested,
            symbols: Vec::new(),
            parameters: Vec::new(),
            children: Vec::new(),
        });
        if kind.is_comprehension() {
            // The iterable comes as a parameter.
            self.blocks[number].symbols.push((ITERABLE.to_owned(), 4 | 1 << 12));
            self.blocks[number].parameters.push(ITERABLE.to_owned());
        }
        self.symbols(id, number, false);
        let inner_nested = nested || (kind.is_function_like() && kind != ScopeKind::TypeParams);
        self.within(id, number, inner_nested);
        number
    }

    /// Adds the blocks inside; comprehensions that are compiled into the code around them are no blocks of their own.
    fn within(&mut self, id: ScopeId, number: usize, nested: bool) {
        for child in self.children(id) {
            if self.table.scope(child).inlined {
                self.symbols(child, number, true);
                self.within(child, number, nested);
            } else {
                let n = self.block(child, nested);
                self.blocks[number].children.push(n);
            }
        }
    }

    fn symbols(&mut self, id: ScopeId, number: usize, merged: bool) {
        let scope = self.table.scope(id);
        for &n in &scope.order {
            let Some(symbol) = scope.symbol(n) else { continue };
            let name = self.names.text(n);
            let at = match symbol.home {
                Home::Open => 0,
                Home::Local => 1,
                Home::GlobalExplicit => 2,
                Home::GlobalImplicit => 3,
                Home::Free => 4,
                Home::Cell => 5,
            };
            let mut flags: u32 = FLAGS.iter().filter(|(f, _)| symbol.flags & f != 0).map(|f| f.1).sum();
            if merged {
                // The scope around it takes over what it does not have itself.
                if self.blocks[number].symbols.iter().any(|s| s.0 == name) {
                    continue;
                }
                if symbol.home == Home::Cell {
                    flags |= COMP_CELL;
                }
            }
            let block = &mut self.blocks[number];
            if flags & 4 != 0 {
                block.parameters.push(name.to_owned());
            }
            block.symbols.push((name.to_owned(), flags | at << 12));
        }
    }
}
