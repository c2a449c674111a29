//! Expressions back to text, for annotations that are kept as strings.

use rustpython_ast::Expr;
use rustpython_text_size::Ranged;

use crate::source::Source;

/// The text of an expression.
pub fn unparse(e: &Expr, source: &Source) -> String {
    source.text()[e.range()].to_owned()
}
