//! Symbol tables: which scope every name of a module lives in.
//!
//! [`build`] walks the tree once and notes what each scope binds and uses; [`resolve`] then decides, from the outermost
//! scope inwards, where every name lives. A scope belongs to a syntax node, found by the node's address: the tree
//! outlives the table, and lowering may visit a node several times (`finally` bodies are copied).

mod build;
mod export;
mod params;
mod resolve;

pub(crate) use export::export;
pub use export::{Block, BlockKind};
pub(crate) use params::param_name;

use rustpython_ast::{Expr, Stmt};
use rustpython_text_size::TextRange;

use crate::error::Res;
use crate::names::{Interner, Map, NameId, Set};

/// The number of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeId(pub(crate) u32);

/// What kind of block a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    GeneratorExpr,
    ListComp,
    SetComp,
    DictComp,
    /// The annotations of a function, class or module: the body of `__annotate__`.
    Annotations,
    /// The type parameters of a generic function, class or alias.
    TypeParams,
    /// The value of a `type` statement.
    TypeAlias,
    /// The bound, the constraints or the default of a type parameter.
    TypeVariable,
}

impl ScopeKind {
    /// Whether code of this kind keeps its variables in registers.
    pub(crate) fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }

    /// A comprehension or generator expression.
    pub(crate) fn is_comprehension(self) -> bool {
        matches!(self, ScopeKind::GeneratorExpr | ScopeKind::ListComp | ScopeKind::SetComp | ScopeKind::DictComp)
    }

    /// How error messages speak of a scope in which `yield`, `await` and `:=` are not allowed.
    pub(crate) fn forbidding(self) -> Option<&'static str> {
        Some(match self {
            ScopeKind::Annotations => "an annotation",
            ScopeKind::TypeParams => "the definition of a generic",
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeVariable => "a TypeVar bound",
            _ => return None,
        })
    }
}

/// Which of the scopes of one syntax node is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Body,
    Annotations,
    TypeParams,
    Bound,
    Default,
}

/// What a scope does with a name.
pub(crate) mod flag {
    pub(crate) const GLOBAL: u16 = 1;
    pub(crate) const LOCAL: u16 = 2;
    pub(crate) const PARAM: u16 = 4;
    pub(crate) const NONLOCAL: u16 = 8;
    pub(crate) const USE: u16 = 16;
    pub(crate) const IMPORT: u16 = 32;
    pub(crate) const ANNOT: u16 = 64;
    pub(crate) const COMP_ITER: u16 = 128;
    pub(crate) const TYPE_PARAM: u16 = 256;
    /// A class binds the name and passes an outer variable of that name on to a function inside it.
    pub(crate) const FREE_CLASS: u16 = 512;
    /// The target of a `:=` somewhere in the scope.
    pub(crate) const WALRUS: u16 = 1024;
    pub(crate) const BOUND: u16 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// Not decided yet.
    Open,
    Local,
    /// A local that inner functions capture.
    Cell,
    /// A variable of an enclosing function.
    Free,
    GlobalImplicit,
    GlobalExplicit,
}

/// A name in a scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol {
    pub(crate) flags: u16,
    pub(crate) home: Home,
}

/// One scope.
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    /// What it is the scope of, where that has a name.
    pub(crate) name: Option<NameId>,
    pub(crate) parent: Option<ScopeId>,
    /// Names in the order of their first occurrence.
    pub(crate) order: Vec<NameId>,
    pub(crate) symbols: Map<NameId, Symbol>,
    /// The range that errors about the scope as a whole point at.
    pub(crate) range: TextRange,
    pub(crate) is_generator: bool,
    pub(crate) is_coroutine: bool,
    /// An annotation scope directly inside a class, which sees the class's names.
    pub(crate) sees_class: bool,
    /// A comprehension that is compiled into the code around it.
    pub(crate) inlined: bool,
    /// A class whose functions use `__class__` or `super`.
    pub(crate) needs_class_cell: bool,
    /// A class whose annotation scopes look into its namespace.
    pub(crate) needs_classdict: bool,
    /// A class or module that records which of its annotations were reached.
    pub(crate) conditional_annotations: bool,
    /// The class whose name private names get, if any.
    pub(crate) class_name: Option<Box<str>>,
    /// For the type parameters of a class: the names that are mangled there.
    pub(crate) mangled: Option<Set<NameId>>,
    /// Where names were declared global or nonlocal.
    directives: Vec<(NameId, TextRange)>,
    /// Inside `if`, loops, `try` and so on, while the table is built.
    in_conditional: bool,
    /// Inside the iterable of a comprehension, while the table is built.
    in_comp_iter: u32,
    /// What messages call the part of a type parameter that the scope is.
    variable_of: Option<&'static str>,
    /// In the target of a comprehension, while the table is built.
    in_comp_target: bool,
}

impl Scope {
    /// The symbol of a name.
    pub(crate) fn symbol(&self, name: NameId) -> Option<Symbol> {
        self.symbols.get(&name).copied()
    }
}

/// Everything known about the names of a module.
pub(crate) struct SymbolTable {
    scopes: Vec<Scope>,
    by_node: Map<(usize, Part), ScopeId>,
    inlined: Map<ScopeId, Vec<ScopeId>>,
}

/// The key of a node: its address.
pub(crate) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// What is compiled: a list of statements, or one expression.
#[derive(Clone, Copy)]
pub(crate) enum Root<'a> {
    Body(&'a [Stmt]),
    Expr(&'a Expr),
}

impl SymbolTable {
    /// The table of a module or expression.
    pub(crate) fn new(root: Root<'_>, names: &mut Interner, options: Settings) -> Res<SymbolTable> {
        let mut table = build::build(root, names, options)?;
        resolve::resolve(&mut table, names)?;
        Ok(table)
    }

    /// A scope by its number.
    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// The module's scope.
    pub(crate) fn root(&self) -> ScopeId {
        ScopeId(0)
    }

    /// The scope of a node.
    pub(crate) fn of<T>(&self, node: &T, part: Part) -> Option<ScopeId> {
        self.by_node.get(&(address(node), part)).copied()
    }
}

/// What the table depends on besides the tree.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    /// `from __future__ import annotations`
    pub(crate) string_annotations: bool,
    /// How deep the tree may nest.
    pub(crate) max_depth: u32,
}
