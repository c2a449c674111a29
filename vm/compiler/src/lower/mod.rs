//! From the syntax tree to instructions, one file per construct.
//!
//! A [`Unit`] is one code object in the making. Expressions are lowered into a destination: a fixed register or a new
//! temporary. The rule that everything here keeps: a destination is written once, as the last thing the expression does,
//! unless it is a temporary that nobody else can see.

mod annotations;
mod assign;
mod block;
mod call;
mod class;
mod compare;
mod comprehension;
mod display;
mod exceptions;
mod expr;
mod flow;
mod fstring;
mod function;
mod generators;
mod generics;
mod import;
mod matching;
mod name;
mod pattern;
mod star_except;
mod stmt;
mod unit;
mod warn;
mod with;

use freeze_bytecode::{CodeObject, Const, Op};
use rustpython_ast::{self as ast, Expr, ModExpression, ModModule, Stmt};
use rustpython_text_size::{Ranged, TextRange};

use crate::emit::{Builder, Reg};
use crate::error::{ErrorKind, Failure, Res};
use crate::fold::Folder;
use crate::names::{Interner, NameId};
use crate::source::Source;
use crate::symtable::SymbolTable;

pub(crate) use unit::Unit;

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dst {
    /// A new temporary, the next one free when the expression began.
    New,
    /// This register.
    Reg(Reg),
}

/// What lowering is told besides the tree.
#[derive(Clone, Copy)]
pub(crate) struct Config {
    pub(crate) optimize: u8,
    pub(crate) interactive: bool,
    pub(crate) top_level_await: bool,
    pub(crate) future_flags: u32,
    pub(crate) string_annotations: bool,
    pub(crate) max_depth: u32,
}

/// The state of one compilation.
pub(crate) struct Lowering<'a> {
    pub(crate) source: &'a Source,
    pub(crate) filename: &'a str,
    pub(crate) config: Config,
    pub(crate) table: SymbolTable,
    pub(crate) names: Interner,
    /// The code object being built; those around it wait in `outer`.
    pub(crate) unit: Unit<'a>,
    pub(crate) outer: Vec<Unit<'a>>,
    pub(crate) warnings: Vec<(rustpython_text_size::TextRange, String)>,
    depth: u32,
}

/// Lowers a module.
pub(crate) fn module<'a>(
    source: &'a Source,
    filename: &'a str,
    module: &'a ModModule,
    config: Config,
    table: SymbolTable,
    names: Interner,
) -> Res<(CodeObject, Vec<(rustpython_text_size::TextRange, String)>)> {
    let mut l = Lowering::new(source, filename, config, table, names);
    l.module_body(&module.body)?;
    l.finish_root()
}

/// Lowers one expression, whose value the code returns.
pub(crate) fn expression<'a>(
    source: &'a Source,
    filename: &'a str,
    module: &'a ModExpression,
    config: Config,
    table: SymbolTable,
    names: Interner,
) -> Res<(CodeObject, Vec<(rustpython_text_size::TextRange, String)>)> {
    let mut l = Lowering::new(source, filename, config, table, names);
    let value = l.rk(&module.body)?;
    l.at(&*module.body);
    l.emit(Op::Return, 0, value, 0, 0);
    l.finish_root()
}

impl<'a> Lowering<'a> {
    fn new(
        source: &'a Source,
        filename: &'a str,
        config: Config,
        table: SymbolTable,
        mut names: Interner,
    ) -> Lowering<'a> {
        let unit = Unit::root(&table, &mut names);
        Lowering { source, filename, config, table, names, unit, outer: Vec::new(), warnings: Vec::new(), depth: 0 }
    }

    fn finish_root(mut self) -> Res<(CodeObject, Vec<(rustpython_text_size::TextRange, String)>)> {
        if self.table.scope(self.unit.scope).is_coroutine {
            self.unit.flags |= freeze_bytecode::CodeFlags::COROUTINE;
        }
        let root = Unit::root(&self.table, &mut self.names);
        let unit = std::mem::replace(&mut self.unit, root);
        let code = self.assemble(unit)?;
        Ok((code, self.warnings))
    }

    /// The builder of the current code object.
    pub(crate) fn b(&mut self) -> &mut Builder {
        &mut self.unit.b
    }

    /// What is emitted next comes from `node`.
    pub(crate) fn at(&mut self, node: &impl Ranged) {
        self.unit.b.range = Some(node.range());
    }

    /// A line that shows in traces although it may come to no instruction: where it does, nothing is left of this.
    pub(crate) fn line_of(&mut self, node: &impl Ranged) {
        self.at(node);
        self.emit(Op::Nop, 0, 0, 0, 0);
    }

    /// The place of what is done with an attribute: where its name stands on another line than the object, the name.
    pub(crate) fn at_attribute(&mut self, e: &ast::ExprAttribute) {
        self.unit.b.range = Some(if self.on_one_line(e.range) { e.range } else { e.attr.range });
    }

    fn on_one_line(&self, range: TextRange) -> bool {
        !self.source.text()[range].contains('\n')
    }

    /// The place of a call of a method: from its name on, where the object begins on another line.
    pub(crate) fn method_call_range(&self, e: &ast::ExprCall, method: &ast::ExprAttribute) -> TextRange {
        if self.on_one_line(method.range) {
            return e.range;
        }
        let name = method.attr.range;
        let call = TextRange::new(name.start(), e.range.end());
        if self.on_one_line(call) { name } else { call }
    }

    /// What is emitted next comes from no place in the source.
    pub(crate) fn nowhere(&mut self) {
        self.unit.b.range = None;
    }

    pub(crate) fn emit(&mut self, op: Op, x: u8, a: u16, b: u16, c: u16) {
        self.unit.b.emit(op, x, a, b, c);
    }

    /// An identifier as it is spelled here (private names of a class are mangled).
    pub(crate) fn spelled(&mut self, text: &str) -> NameId {
        let scope = self.table.scope(self.unit.scope);
        if let Some(mangled) = &scope.mangled {
            let plain = self.names.id(text);
            if !mangled.contains(&plain) {
                return plain;
            }
        }
        self.names.mangled(scope.class_name.as_deref(), text)
    }

    /// The register that a destination stands for.
    pub(crate) fn place(&mut self, dst: Dst) -> Reg {
        match dst {
            Dst::New => self.unit.b.alloc(),
            Dst::Reg(reg) => reg,
        }
    }

    /// A constant expression's value.
    pub(crate) fn constant(&self, expr: &Expr) -> Option<Const> {
        Folder { source: self.source, optimize: self.config.optimize }.constant(expr)
    }

    /// Counts nesting; the compiler's own stack must not overflow.
    pub(crate) fn deeper(&mut self, node: &impl Ranged) -> Res<()> {
        self.depth += 1;
        if self.depth <= self.config.max_depth {
            return Ok(());
        }
        Err(Box::new(Failure {
            kind: ErrorKind::Recursion,
            message: "maximum recursion depth exceeded during compilation".into(),
            range: Some(node.range()),
        }))
    }

    pub(crate) fn shallower(&mut self) {
        self.depth -= 1;
    }

    /// Text as a constant.
    pub(crate) fn text_const(text: &str) -> Const {
        Const::Str(text.as_bytes().into())
    }

    /// A name's text as a constant.
    pub(crate) fn name_const(&self, name: NameId) -> Const {
        Self::text_const(self.names.text(name))
    }

    /// A constant as an `SrcOrConst` operand; it takes a temporary when the pool is too large.
    pub(crate) fn const_rk(&mut self, constant: Const) -> u16 {
        match self.unit.b.const_operand(constant.clone()) {
            Some(operand) => operand,
            None => self.const_temp(constant),
        }
    }

    /// A constant in a new temporary.
    pub(crate) fn const_temp(&mut self, constant: Const) -> Reg {
        let reg = self.unit.b.alloc();
        self.unit.b.load_const(reg, constant);
        reg
    }

    /// R[to] := R[from], if they differ.
    pub(crate) fn move_to(&mut self, to: Reg, from: Reg) {
        if to != from {
            self.emit(Op::Move, 0, to, from, 0);
        }
    }

    /// Unbinds a register.
    pub(crate) fn clear(&mut self, reg: Reg) {
        self.emit(Op::Clear, 0, reg, 0, 0);
    }
}

/// The docstring that a body begins with.
pub(crate) fn docstring(body: &[Stmt]) -> Option<&rustpython_ast::ExprStringLiteral> {
    match body.first() {
        Some(Stmt::Expr(s)) => match &*s.value {
            Expr::StringLiteral(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}
