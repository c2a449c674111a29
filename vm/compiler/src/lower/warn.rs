//! Syntax warnings.

use freeze_bytecode::Const;
use rustpython_ast::{self as ast, CmpOp, Expr, Stmt};
use rustpython_text_size::TextRange;

use super::Lowering;

impl<'a> Lowering<'a> {
    /// Notes a warning; the same one at the same place (a `finally` body is lowered twice) only once.
    pub(crate) fn warn(&mut self, range: TextRange, message: String) {
        if !self.warnings.iter().any(|(at, text)| *at == range && *text == message) {
            self.warnings.push((range, message));
        }
    }

    /// What a literal is called in warnings, if `e` is one.
    fn literal_type(&self, e: &Expr) -> Option<&'static str> {
        Some(match self.constant(e)? {
            Const::Int(_) | Const::BigInt { .. } => "int",
            Const::Float(_) => "float",
            Const::Complex(..) => "complex",
            Const::Str(_) => "str",
            Const::Bytes(_) => "bytes",
            Const::Tuple(_) => "tuple",
            _ => return None,
        })
    }

    pub(crate) fn warn_compare(&mut self, e: &ast::ExprCompare) {
        let mut left = &*e.left;
        for (op, right) in e.ops.iter().zip(&e.comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot)
                && let Some(kind) = self.literal_type(left).or_else(|| self.literal_type(right))
            {
                let message = match op {
                    CmpOp::Is => format!("\"is\" with '{kind}' literal. Did you mean \"==\"?"),
                    _ => format!("\"is not\" with '{kind}' literal. Did you mean \"!=\"?"),
                };
                return self.warn(e.range, message);
            }
            left = right;
        }
    }

    pub(crate) fn warn_assert(&mut self, s: &ast::StmtAssert) {
        if matches!(&*s.test, Expr::Tuple(t) if !t.elts.is_empty()) {
            self.warn(s.range, "assertion is always true, perhaps remove parentheses?".into());
        }
    }

    /// The type of a display, literal or the like, of which calling or indexing it makes no sense.
    fn obvious_type(&self, e: &Expr) -> Option<&'static str> {
        Some(match e {
            Expr::Tuple(_) => "tuple",
            Expr::List(_) | Expr::ListComp(_) => "list",
            Expr::Dict(_) | Expr::DictComp(_) => "dict",
            Expr::Set(_) | Expr::SetComp(_) => "set",
            Expr::Generator(_) => "generator",
            Expr::FString(_) => "str",
            Expr::TString(_) => "string.templatelib.Template",
            Expr::Lambda(_) => "function",
            Expr::NoneLiteral(_) => "NoneType",
            Expr::BooleanLiteral(_) => "bool",
            Expr::EllipsisLiteral(_) => "ellipsis",
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => self.literal_type(e)?,
            _ => return None,
        })
    }

    pub(crate) fn warn_call(&mut self, e: &ast::ExprCall) {
        if matches!(&*e.func, Expr::Lambda(_)) {
            return;
        }
        if let Some(kind) = self.obvious_type(&e.func) {
            self.warn(e.range, format!("'{kind}' object is not callable; perhaps you missed a comma?"));
        }
    }

    pub(crate) fn warn_subscript(&mut self, e: &ast::ExprSubscript) {
        let Some(kind) = self.obvious_type(&e.value) else {
            return;
        };
        if matches!(
            kind,
            "NoneType" | "bool" | "ellipsis" | "int" | "float" | "complex" | "set" | "generator" | "function"
        ) || matches!(&*e.value, Expr::TString(_))
        {
            let message = format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
            return self.warn(e.range, message);
        }
        if matches!(kind, "str" | "bytes" | "tuple" | "list")
            && let Some(index) = self.obvious_type(&e.slice)
            && !matches!(index, "int" | "bool")
        {
            let message =
                format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?");
            self.warn(e.range, message);
        }
    }

    pub(crate) fn warn_except(&mut self, _type: &Expr) {}

    /// Literals warn by themselves where they are parsed.
    pub(crate) fn warn_constant(&mut self, e: &Expr) {
        if let Expr::Compare(compare) = e {
            self.warn_compare(compare);
        }
    }

    pub(crate) fn warn_strings(&mut self, _s: &Stmt) {}
}
