//! Python 3.14 source to code objects for the register machine of `freeze_bytecode`.
//!
//! Source text is decoded ([`source`]) and parsed ([`parse`]); symbol tables say where every name lives; lowering makes
//! instructions, and assembling turns those into a [`CodeObject`]. Nothing here runs Python code.

mod anchors;
mod diagnose;
mod emit;
pub mod error;
mod fold;
pub mod literal;
mod lower;
mod names;
mod nesting;
pub mod parse;
pub mod source;
mod symtable;
mod unparse;

use freeze_bytecode::{CodeFlags, CodeObject};
use rustpython_ast::{Mod, Stmt};
use rustpython_text_size::TextRange;

pub use anchors::{error_anchors, is_plain_call};
pub use error::{CompileError, ErrorKind, SyntaxWarning};
pub use parse::{parse, parse_as};
pub use source::Source;
pub use symtable::{Block, BlockKind};
pub use unparse::unparse;

/// What the source is: CPython's `mode` argument of `compile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Statements.
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement, whose value is shown.
    Single,
}

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// 0: as it is; 1: no assertions, `__debug__` is False; 2: no docstrings either.
    pub optimize: u8,
    /// `CodeFlags::FUTURE_*` that are in force from outside.
    pub future_flags: u32,
    /// `await` at the top of a module.
    pub allow_top_level_await: bool,
    /// Report input that ends too early as [`ErrorKind::Incomplete`] (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// Interactive input whose last block is not ended by an empty line is incomplete (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// The digits that a decimal number may have (`sys.get_int_max_str_digits`); 0 for any number of them.
    pub int_max_str_digits: u32,
    /// The minor version of the oldest Python 3 that must understand the source (`ast.parse(…, feature_version=…)`).
    pub feature_version: Option<u8>,
}

/// A successful compilation.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub code: CodeObject,
    pub warnings: Vec<SyntaxWarning>,
}

/// Compiles the bytes of a source file.
pub fn compile_bytes(source: &[u8], filename: &str, mode: Mode, options: &Options) -> Result<Compiled, CompileError> {
    let source = Source::decode(source, filename)?;
    compile_source(&source, filename, mode, options)
}

/// Compiles text.
pub fn compile(source: &str, filename: &str, mode: Mode, options: &Options) -> Result<Compiled, CompileError> {
    if let Some(at) = source.find('\0') {
        let line = source[..at].matches('\n').count() as u32 + 1;
        return Err(CompileError {
            kind: ErrorKind::Syntax,
            message: "source code string cannot contain null bytes".into(),
            filename: filename.to_owned(),
            line,
            column: 0,
            end_line: line,
            end_column: 0,
            text: None,
        });
    }
    compile_source(&Source::new(source), filename, mode, options)
}

/// Sources up to this many bytes are compiled on the caller's stack; longer ones may nest so deeply that they get a
/// thread with a stack of their own.
const SHORT: usize = 2048;
const SHORT_DEPTH: u32 = 1000;
const LONG_DEPTH: u32 = 20_000;
const STACK: usize = 512 << 20;

/// Compiles decoded text.
pub fn compile_source(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, CompileError> {
    if source.text().len() <= SHORT {
        let done = compile_here(source, filename, mode, options, SHORT_DEPTH);
        if !matches!(&done, Err(e) if e.kind == ErrorKind::Recursion) {
            return done;
        }
    }
    with_big_stack(|| compile_here(source, filename, mode, options, LONG_DEPTH))
}

/// Runs `work` where deep nesting does not overflow the stack, or here where no thread is to be had.
pub fn with_big_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        for size in [STACK, STACK / 8, STACK / 64] {
            let thread = std::thread::Builder::new().name("compile".into()).stack_size(size);
            if let Ok(handle) = thread.spawn_scoped(scope, &work) {
                return match handle.join() {
                    Ok(done) => done,
                    Err(panic) => std::panic::resume_unwind(panic),
                };
            }
        }
        work()
    })
}

fn compile_here(
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
    max_depth: u32,
) -> Result<Compiled, CompileError> {
    let parsed = parse::parse_with(source, filename, mode, options)?;
    let mut compiled = compile_tree(&parsed.tree, source, filename, mode, options, max_depth)?;
    if !parsed.warnings.is_empty() {
        compiled.warnings.extend(locate_warnings(parsed.warnings, source));
        compiled.warnings.sort_by_key(|w| (w.line, w.column));
    }
    Ok(compiled)
}

/// The symbol tables of a source, the module's first: what the module `symtable` shows.
pub fn symbol_blocks(source: &Source, filename: &str, mode: Mode) -> Result<Vec<Block>, CompileError> {
    with_big_stack(|| {
        let parsed = parse::parse_with(source, filename, mode, &Options::default())?;
        let located = |failure: Box<error::Failure>| failure.locate(source, filename);
        let (body, root): (&[Stmt], _) = match &parsed.tree {
            Mod::Module(module) => (&module.body, symtable::Root::Body(&module.body)),
            Mod::Expression(module) => (&[], symtable::Root::Expr(&module.body)),
        };
        let future_flags = parse::future_flags(body).map_err(located)?;
        let string_annotations = future_flags & CodeFlags::FUTURE_ANNOTATIONS != 0;
        let mut names = names::Interner::default();
        let settings = symtable::Settings { string_annotations, max_depth: LONG_DEPTH };
        let table = symtable::SymbolTable::new(root, &mut names, settings).map_err(located)?;
        Ok(symtable::export(&table, &names, source))
    })
}

/// Compiles a syntax tree that was parsed from `source`.
pub fn compile_module(
    module: &Mod,
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
) -> Result<Compiled, CompileError> {
    compile_tree(module, source, filename, mode, options, SHORT_DEPTH)
}

fn compile_tree(
    module: &Mod,
    source: &Source,
    filename: &str,
    mode: Mode,
    options: &Options,
    max_depth: u32,
) -> Result<Compiled, CompileError> {
    let located = |failure: Box<error::Failure>| failure.locate(source, filename);
    let body: &[Stmt] = match module {
        Mod::Module(module) => &module.body,
        Mod::Expression(_) => &[],
    };
    let future_flags = options.future_flags | parse::future_flags(body).map_err(located)?;
    let string_annotations = future_flags & CodeFlags::FUTURE_ANNOTATIONS != 0;
    let mut names = names::Interner::default();
    let root = match module {
        Mod::Module(module) => symtable::Root::Body(&module.body),
        Mod::Expression(module) => symtable::Root::Expr(&module.body),
    };
    let settings = symtable::Settings { string_annotations, max_depth };
    let table = symtable::SymbolTable::new(root, &mut names, settings).map_err(located)?;
    let config = lower::Config {
        optimize: options.optimize,
        interactive: mode == Mode::Single,
        top_level_await: options.allow_top_level_await,
        future_flags,
        string_annotations,
        max_depth,
    };
    let (code, warnings) = match module {
        Mod::Module(module) => lower::module(source, filename, module, config, table, names),
        Mod::Expression(module) => lower::expression(source, filename, module, config, table, names),
    }
    .map_err(located)?;
    let warnings = locate_warnings(warnings, source);
    Ok(Compiled { code, warnings })
}

fn locate_warnings(warnings: Vec<(TextRange, String)>, source: &Source) -> Vec<SyntaxWarning> {
    let located = warnings.into_iter().map(|(range, message)| {
        let (line, column) = source.line_and_char(range.start().to_u32());
        let (end_line, end_column) = source.line_and_char(range.end().to_u32());
        let text = source.line_text(line).to_owned();
        SyntaxWarning { message, line, column, end_line, end_column, text }
    });
    located.collect()
}
