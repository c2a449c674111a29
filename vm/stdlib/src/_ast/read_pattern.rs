//! Patterns of Python's tree as the parser's nodes.

use freeze_runtime::Value;
use freeze_runtime::vm::PyResult;
use rustpython_ast::{self as ast, Expr, Pattern};
use rustpython_text_size::{Ranged, TextRange};

use super::read::{NOWHERE, Reader};

impl Reader<'_> {
    /// Patterns of which none may take several values.
    fn patterns(&self, v: &Value, class: &str, field: &str) -> PyResult<Vec<Pattern>> {
        self.all(v, class, field, |p| self.pattern(p))
    }

    /// The node of a pattern that is for one value.
    pub(super) fn pattern(&self, v: &Value) -> PyResult<Pattern> {
        let pattern = self.any_pattern(v)?;
        if pattern.is_match_star() {
            return Err(self.vm.value_error("can't use MatchStar here"));
        }
        Ok(pattern)
    }

    /// A name that a pattern binds.
    fn captured(&self, v: &Value, field: &str, range: TextRange) -> PyResult<Option<ast::Identifier>> {
        let name = self.opt_identifier(v, field, range)?;
        if name.as_ref().is_some_and(|name| name.as_str() == "_") {
            return Err(self.vm.value_error("can't capture name '_' in patterns"));
        }
        Ok(name)
    }

    fn any_pattern(&self, v: &Value) -> PyResult<Pattern> {
        self.vm.check_stack()?;
        let class = self.class_of(v, "pattern")?;
        let range = self.range(v, "pattern")?;
        let node_index = NOWHERE;
        let c = class.as_str();
        Ok(match c {
            "MatchValue" => {
                let value = self.boxed(v, c, "value")?;
                self.check_value(&value)?;
                Pattern::MatchValue(ast::PatternMatchValue { node_index, range, value })
            }
            "MatchSingleton" => {
                let value = self.field(v, c, "value")?;
                let value = match value.as_bool() {
                    Some(true) => ast::Singleton::True,
                    Some(false) => ast::Singleton::False,
                    None if value.is_none() => ast::Singleton::None,
                    None => {
                        return Err(self.vm.value_error("MatchSingleton can only contain True, False and None"));
                    }
                };
                Pattern::MatchSingleton(ast::PatternMatchSingleton { node_index, range, value })
            }
            "MatchSequence" => {
                let patterns = self.all(v, c, "patterns", |p| self.any_pattern(p))?;
                Pattern::MatchSequence(ast::PatternMatchSequence { node_index, range, patterns })
            }
            "MatchMapping" => {
                let (keys, patterns) = (self.exprs(v, c, "keys")?, self.patterns(v, c, "patterns")?);
                if keys.len() != patterns.len() {
                    let message = "MatchMapping doesn't have the same number of keys as patterns";
                    return Err(self.vm.value_error(message));
                }
                for key in keys.iter().filter(|key| !matches!(key, Expr::BooleanLiteral(_) | Expr::NoneLiteral(_))) {
                    self.check_value(key)?;
                }
                let rest = self.captured(v, "rest", range)?;
                Pattern::MatchMapping(ast::PatternMatchMapping { node_index, range, keys, patterns, rest })
            }
            "MatchClass" => {
                let (cls, patterns) = (self.boxed(v, c, "cls")?, self.patterns(v, c, "patterns")?);
                if !is_path(&cls) {
                    let message = "MatchClass cls field can only contain Name or Attribute nodes.";
                    return Err(self.vm.value_error(message));
                }
                let names = self.items(v, c, "kwd_attrs")?;
                let named = self.patterns(v, c, "kwd_patterns")?;
                if names.len() != named.len() {
                    let message = "MatchClass doesn't have the same number of keyword attributes as patterns";
                    return Err(self.vm.value_error(message));
                }
                let keyword = |(name, pattern): (&Value, Pattern)| {
                    let attr = ast::Identifier::new(self.name_of(name)?, range);
                    Ok(ast::PatternKeyword { range: pattern.range(), node_index: NOWHERE, attr, pattern })
                };
                let keywords = names.iter().zip(named).map(keyword).collect::<PyResult<_>>()?;
                let arguments = ast::PatternArguments { range, node_index: NOWHERE, patterns, keywords };
                Pattern::MatchClass(ast::PatternMatchClass { node_index, range, cls, arguments })
            }
            "MatchStar" => {
                let name = self.captured(v, "name", range)?;
                Pattern::MatchStar(ast::PatternMatchStar { node_index, range, name })
            }
            "MatchAs" => {
                let inner = self.opt(v, "pattern")?;
                let pattern = inner.map(|p| self.pattern(&p).map(Box::new)).transpose()?;
                let name = self.captured(v, "name", range)?;
                if pattern.is_some() && name.is_none() {
                    let message = "MatchAs must specify a target name if a pattern is given";
                    return Err(self.vm.value_error(message));
                }
                Pattern::MatchAs(ast::PatternMatchAs { node_index, range, pattern, name })
            }
            _ => {
                let patterns = self.patterns(v, c, "patterns")?;
                if patterns.len() < 2 {
                    return Err(self.vm.value_error("MatchOr requires at least 2 patterns"));
                }
                Pattern::MatchOr(ast::PatternMatchOr { node_index, range, patterns })
            }
        })
    }

    /// Refuses what no pattern is compared with.
    fn check_value(&self, e: &Expr) -> PyResult<()> {
        match e {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) => Ok(()),
            Expr::UnaryOp(x) if x.op == ast::UnaryOp::USub && x.operand.is_number_literal_expr() => Ok(()),
            Expr::BinOp(x) if is_complex(x) => Ok(()),
            Expr::Attribute(_) => Ok(()),
            Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Tuple(_) => {
                Err(self.vm.value_error("unexpected constant inside of a literal pattern"))
            }
            _ => Err(self.vm.value_error("patterns may only match literals and attribute lookups")),
        }
    }
}

/// Whether an expression is a name, or attributes of one.
fn is_path(mut e: &Expr) -> bool {
    while let Expr::Attribute(x) = e {
        e = &x.value;
    }
    e.is_name_expr()
}

/// Whether an operation is written as complex numbers are: a real part, negative perhaps, and an imaginary one.
fn is_complex(x: &ast::ExprBinOp) -> bool {
    let real = match &*x.left {
        Expr::UnaryOp(inner) if inner.op == ast::UnaryOp::USub => &inner.operand,
        left => left,
    };
    let imaginary = |e: &Expr| matches!(e, Expr::NumberLiteral(n) if matches!(n.value, ast::Number::Complex { .. }));
    let real = real.is_number_literal_expr() && !imaginary(real);
    matches!(x.op, ast::Operator::Add | ast::Operator::Sub) && real && imaginary(&x.right)
}
