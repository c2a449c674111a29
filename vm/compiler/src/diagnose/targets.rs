//! What cannot be assigned to, deleted or annotated.

use rustpython_ast::token::TokenKind as Kind;
use rustpython_ast::{Expr, UnaryOp};
use rustpython_text_size::TextRange;

use super::Context;
use crate::error::Failure;

/// What CPython calls an expression in messages.
pub(super) fn expr_name(e: &Expr) -> &'static str {
    match e {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
        Expr::BooleanLiteral(e) => {
            if e.value {
                "True"
            } else {
                "False"
            }
        }
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
    }
}

impl Context<'_> {
    /// The expression that a range of the source is.
    pub(super) fn expr_at(&self, range: TextRange) -> Option<Expr> {
        let text = format!("({})", self.text(range));
        let parsed = rustpython_parser::parse_expression(&text).ok()?;
        Some(*parsed.into_syntax().body)
    }

    /// The message for a target of `=`, `for` and the like.
    pub(super) fn bad_target(&self, range: TextRange) -> Failure {
        let Some(e) = self.expr_at(range) else {
            if self.text(range).starts_with("yield") {
                return self.fail(range, "assignment to yield expression not possible");
            }
            return self.fail(range, "invalid syntax");
        };
        if matches!(e, Expr::Yield(_) | Expr::YieldFrom(_)) && self.is_statement_start(range) {
            return self.fail(range, "assignment to yield expression not possible");
        }
        let name = expr_name(&e);
        if self.may_be_comparison(&e, range) {
            return self.fail(range, format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"));
        }
        self.fail(range, format!("cannot assign to {name}"))
    }

    fn is_statement_start(&self, range: TextRange) -> bool {
        let before = self.before(range.start());
        before.is_none_or(|t| {
            matches!(t.kind, Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Semi | Kind::Equal | Kind::Colon)
        })
    }

    /// Whether `e = something` looks like a mistaken `==`.
    fn may_be_comparison(&self, e: &Expr, range: TextRange) -> bool {
        let operand = match e {
            Expr::List(_) | Expr::Tuple(_) | Expr::Generator(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {
                false
            }
            Expr::BoolOp(_) | Expr::Compare(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Named(_) | Expr::Starred(_) => {
                false
            }
            Expr::UnaryOp(e) => e.op != UnaryOp::Not,
            _ => true,
        };
        let mut index = self.index_at(range.end());
        if matches!(e, Expr::Yield(_) | Expr::YieldFrom(_))
            && self.toks.get(index).is_some_and(|t| t.kind == Kind::Rpar)
        {
            index += 1;
        }
        let (Some(next), Some(value)) = (self.toks.get(index), self.toks.get(index + 1)) else {
            return false;
        };
        if !operand || next.kind != Kind::Equal || !begins_operand(value.kind) {
            return false;
        }
        // Another `=` later on the line makes it a chain of assignments.
        !self.toks[index + 1..]
            .iter()
            .take_while(|t| !matches!(t.kind, Kind::Newline | Kind::Semi | Kind::EndOfFile))
            .any(|t| matches!(t.kind, Kind::Equal | Kind::ColonEqual))
    }

    /// The message for a target of `del`.
    pub(super) fn bad_delete(&self, range: TextRange) -> Failure {
        match self.expr_at(range) {
            Some(e) => self.fail(range, format!("cannot delete {}", expr_name(&e))),
            None if self.text(range).starts_with('*') => self.fail(range, "cannot delete starred"),
            None => self.fail(range, "invalid syntax"),
        }
    }

    /// The message for a target of `+=` and its kin.
    pub(super) fn bad_augmented(&self, range: TextRange) -> Failure {
        match self.expr_at(range) {
            Some(e) => {
                let name = expr_name(&e);
                self.fail(range, format!("'{name}' is an illegal expression for augmented assignment"))
            }
            None => self.fail(range, "invalid syntax"),
        }
    }

    /// The message for the target of an annotation.
    pub(super) fn bad_annotated(&self, range: TextRange) -> Option<Failure> {
        let colon = self.index_at(range.end());
        if !self.toks.get(colon + 1).is_some_and(|t| begins_operand(t.kind)) {
            return None;
        }
        let message = match self.expr_at(range) {
            Some(Expr::List(_)) => "only single target (not list) can be annotated",
            Some(Expr::Tuple(_)) => "only single target (not tuple) can be annotated",
            _ => "illegal target for annotation",
        };
        Some(self.fail(range, message))
    }
}

/// Whether an operand may begin with a token.
pub(super) fn begins_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Name
            | Kind::Int
            | Kind::Float
            | Kind::Complex
            | Kind::String
            | Kind::FStringStart
            | Kind::TStringStart
            | Kind::Lpar
            | Kind::Lsqb
            | Kind::Lbrace
            | Kind::Minus
            | Kind::Plus
            | Kind::Tilde
            | Kind::True
            | Kind::False
            | Kind::None
            | Kind::Ellipsis
            | Kind::Await
    )
}
