//! Which part of an expression a traceback points at: the operator, the subscript, the call's parentheses.

use rustpython_ast::{Expr, ModExpression, Stmt};
use rustpython_text_size::Ranged;

/// The byte range within `text` (one expression) that the error is about, when it is only a part of the text.
pub fn error_anchors(text: &str) -> Option<(usize, usize)> {
    let parsed = rustpython_parser::parse_expression(text).ok()?;
    let ModExpression { body, .. } = parsed.into_syntax();
    let (start, end) = match &*body {
        Expr::BinOp(b) => {
            let from = b.left.end().to_usize();
            let to = b.right.start().to_usize();
            let between = &text[from..to];
            // Parentheses and blanks lie between the operands as well.
            let skip = between.find(|c: char| !c.is_whitespace() && c != ')' && c != '\\')?;
            let op = b.op.as_str();
            if !between[skip..].starts_with(op) {
                return None;
            }
            (from + skip, from + skip + op.len())
        }
        Expr::Subscript(s) => {
            let from = s.value.end().to_usize();
            let skip = text[from..].find('[')?;
            (from + skip, text.len())
        }
        Expr::Call(c) => {
            let from = c.func.end().to_usize();
            let skip = text[from..].find('(')?;
            (from + skip, text.len())
        }
        _ => return None,
    };
    (start < end).then_some((start, end))
}

/// Whether the bytes `start..end` of `line` are the call in `return f(…)` or `x = f(…)`: pointing at it says nothing.
pub fn is_plain_call(line: &str, start: usize, end: usize) -> bool {
    let Ok(parsed) = rustpython_parser::parse_module(line) else { return false };
    let module = parsed.into_syntax();
    let call = match module.body.first() {
        Some(Stmt::Return(r)) => match r.value.as_deref() {
            Some(Expr::Call(c)) if c.func.is_name_expr() => c,
            _ => return false,
        },
        Some(Stmt::Assign(a)) => match &*a.value {
            Expr::Call(c) => c,
            _ => return false,
        },
        _ => return false,
    };
    call.start().to_usize() == start && call.end().to_usize() == end
}
