//! Parsing, and what has to be known before lowering: future imports.

use freeze_bytecode::CodeFlags;
use rustpython_ast::{Expr, Mod, Stmt};
use rustpython_parser::ParseOptions;

use crate::Mode;
use crate::error::{CompileError, Res, syntax};
use crate::source::Source;

/// Parses decoded text.
pub fn parse(source: &Source, filename: &str, mode: Mode) -> Result<Mod, CompileError> {
    let parser_mode = match mode {
        Mode::Exec | Mode::Single => rustpython_parser::Mode::Module,
        Mode::Eval => rustpython_parser::Mode::Expression,
    };
    let parsed = rustpython_parser::parse_unchecked(source.text(), ParseOptions::from(parser_mode));
    if !parsed.errors().is_empty() {
        let failure = crate::diagnose::explain(source, parsed.tokens(), parsed.errors());
        return Err(failure.locate(source, filename));
    }
    Ok(parsed.into_syntax())
}

/// The flags of the future imports that a body begins with.
pub(crate) fn future_flags(body: &[Stmt]) -> Res<u32> {
    let mut flags = 0;
    let mut allowed = true;
    for (i, stmt) in body.iter().enumerate() {
        match stmt {
            Stmt::ImportFrom(s) if s.level == 0 && s.module.as_ref().is_some_and(|m| m.as_str() == "__future__") => {
                if !allowed {
                    return syntax(s, "from __future__ imports must occur at the beginning of the file");
                }
                for alias in &s.names {
                    flags |= match alias.name.as_str() {
                        "nested_scopes" | "generators" => 0,
                        "division" => CodeFlags::FUTURE_DIVISION,
                        "absolute_import" => CodeFlags::FUTURE_ABSOLUTE_IMPORT,
                        "with_statement" => CodeFlags::FUTURE_WITH_STATEMENT,
                        "print_function" => CodeFlags::FUTURE_PRINT_FUNCTION,
                        "unicode_literals" => CodeFlags::FUTURE_UNICODE_LITERALS,
                        "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY_AS_BDFL,
                        "generator_stop" => CodeFlags::FUTURE_GENERATOR_STOP,
                        "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                        "braces" => return syntax(s, "not a chance"),
                        other => return syntax(s, format!("future feature {other} is not defined")),
                    };
                }
            }
            Stmt::Expr(s) if i == 0 && matches!(&*s.value, Expr::StringLiteral(_)) => {}
            _ => allowed = false,
        }
    }
    Ok(flags)
}
