//! Expressions of the parser's tree as Python nodes.

use freeze_bytecode::Const;
use freeze_compiler::literal;
use freeze_runtime::Value;
use freeze_runtime::types::code::constant_value;
use freeze_runtime::vm::PyResult;
use rustpython_ast::{self as ast, ConversionFlag, Expr, FStringPart, InterpolatedStringElement};
use rustpython_text_size::{Ranged, TextRange, TextSize};

use super::convert::{Converter, list};

fn context(ctx: ast::ExprContext) -> &'static str {
    match ctx {
        ast::ExprContext::Store => "Store",
        ast::ExprContext::Del => "Del",
        ast::ExprContext::Load | ast::ExprContext::Invalid => "Load",
    }
}

pub(super) fn operator(op: ast::Operator) -> &'static str {
    use ast::Operator as O;
    match op {
        O::Add => "Add",
        O::Sub => "Sub",
        O::Mult => "Mult",
        O::MatMult => "MatMult",
        O::Div => "Div",
        O::Mod => "Mod",
        O::Pow => "Pow",
        O::LShift => "LShift",
        O::RShift => "RShift",
        O::BitOr => "BitOr",
        O::BitXor => "BitXor",
        O::BitAnd => "BitAnd",
        O::FloorDiv => "FloorDiv",
    }
}

fn unary(op: ast::UnaryOp) -> &'static str {
    match op {
        ast::UnaryOp::Invert => "Invert",
        ast::UnaryOp::Not => "Not",
        ast::UnaryOp::UAdd => "UAdd",
        ast::UnaryOp::USub => "USub",
    }
}

fn comparison(op: ast::CmpOp) -> &'static str {
    use ast::CmpOp as O;
    match op {
        O::Eq => "Eq",
        O::NotEq => "NotEq",
        O::Lt => "Lt",
        O::LtE => "LtE",
        O::Gt => "Gt",
        O::GtE => "GtE",
        O::Is => "Is",
        O::IsNot => "IsNot",
        O::In => "In",
        O::NotIn => "NotIn",
    }
}

/// A piece of an f-string: text, which joins with its neighbours, or a finished node.
enum Piece {
    Text(Vec<u8>, TextRange),
    Node(Value),
}

fn push_text(pieces: &mut Vec<Piece>, text: Vec<u8>, range: TextRange) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Text(before, place)) = pieces.last_mut() {
        before.extend(text);
        *place = TextRange::new(place.start(), range.end());
    } else {
        pieces.push(Piece::Text(text, range));
    }
}

impl Converter<'_> {
    /// The node of an expression.
    pub(super) fn expr(&self, e: &Expr) -> PyResult<Value> {
        self.vm.check_stack()?;
        let ctx = |c| ("ctx", self.single(context(c)));
        let generators = |g: &[ast::Comprehension]| Ok(("generators", self.comprehensions(g)?));
        match e {
            Expr::BoolOp(x) => {
                let op = if x.op == ast::BoolOp::And { "And" } else { "Or" };
                self.node("BoolOp", x.range, &[("op", self.single(op)), ("values", self.exprs(&x.values)?)])
            }
            Expr::Named(x) => {
                self.node("NamedExpr", x.range, &[("target", self.expr(&x.target)?), ("value", self.expr(&x.value)?)])
            }
            Expr::BinOp(x) => {
                let left = self.expr(&x.left)?;
                let op = self.single(operator(x.op));
                self.node("BinOp", x.range, &[("left", left), ("op", op), ("right", self.expr(&x.right)?)])
            }
            Expr::UnaryOp(x) => {
                let op = self.single(unary(x.op));
                self.node("UnaryOp", x.range, &[("op", op), ("operand", self.expr(&x.operand)?)])
            }
            Expr::Lambda(x) => {
                let args = self.parameters(x.parameters.as_deref())?;
                self.node("Lambda", x.range, &[("args", args), ("body", self.expr(&x.body)?)])
            }
            Expr::If(x) => {
                let (test, body) = (self.expr(&x.test)?, self.expr(&x.body)?);
                self.node("IfExp", x.range, &[("test", test), ("body", body), ("orelse", self.expr(&x.orelse)?)])
            }
            Expr::Dict(x) => {
                let keys = self.all(&x.items, |i| self.opt(i.key.as_ref()))?;
                let values = self.all(&x.items, |i| self.expr(&i.value))?;
                self.node("Dict", x.range, &[("keys", keys), ("values", values)])
            }
            Expr::Set(x) => self.node("Set", x.range, &[("elts", self.exprs(&x.elts)?)]),
            Expr::ListComp(x) => {
                self.node("ListComp", x.range, &[("elt", self.expr(&x.elt)?), generators(&x.generators)?])
            }
            Expr::SetComp(x) => {
                self.node("SetComp", x.range, &[("elt", self.expr(&x.elt)?), generators(&x.generators)?])
            }
            Expr::DictComp(x) => {
                let (key, value) = (self.expr(&x.key)?, self.expr(&x.value)?);
                self.node("DictComp", x.range, &[("key", key), ("value", value), generators(&x.generators)?])
            }
            Expr::Generator(x) => self.generator(x, x.range),
            Expr::Await(x) => self.node("Await", x.range, &[("value", self.expr(&x.value)?)]),
            Expr::Yield(x) => self.node("Yield", x.range, &[("value", self.opt(x.value.as_deref())?)]),
            Expr::YieldFrom(x) => self.node("YieldFrom", x.range, &[("value", self.expr(&x.value)?)]),
            Expr::Compare(x) => {
                let left = self.expr(&x.left)?;
                let ops = list(x.ops.iter().map(|o| self.single(comparison(*o))).collect());
                let others = self.exprs(&x.comparators)?;
                self.node("Compare", x.range, &[("left", left), ("ops", ops), ("comparators", others)])
            }
            Expr::Call(x) => {
                let func = self.expr(&x.func)?;
                let args = match &*x.arguments.args {
                    // The parentheses of the call are the generator's too.
                    [Expr::Generator(g)] if !g.parenthesized => list(vec![self.generator(g, x.arguments.range)?]),
                    args => self.exprs(args)?,
                };
                let keywords = self.keywords(&x.arguments.keywords)?;
                self.node("Call", x.range, &[("func", func), ("args", args), ("keywords", keywords)])
            }
            Expr::FString(x) => {
                let mut pieces = Vec::new();
                for part in x.value.iter() {
                    match part {
                        FStringPart::Literal(t) => {
                            push_text(&mut pieces, literal::part_value(self.source, t), t.range);
                        }
                        FStringPart::FString(f) => {
                            let raw = literal::is_raw(ast::AnyStringFlags::from(f.flags));
                            self.pieces(f.elements.iter(), raw, false, &mut pieces)?;
                        }
                    }
                }
                self.node("JoinedStr", x.range, &[("values", self.joined(pieces)?)])
            }
            Expr::TString(x) => {
                let mut pieces = Vec::new();
                for part in x.value.iter() {
                    let raw = literal::is_raw(ast::AnyStringFlags::from(part.flags));
                    self.pieces(part.elements.iter(), raw, true, &mut pieces)?;
                }
                self.node("TemplateStr", x.range, &[("values", self.joined(pieces)?)])
            }
            Expr::StringLiteral(x) => {
                let value = self.text(literal::string_value(self.source, x));
                let unicode = self.slice(x.range).starts_with('u');
                let kind = if unicode { self.vm.intern("u").into_value() } else { Value::NONE };
                self.node("Constant", x.range, &[("value", value), ("kind", kind)])
            }
            Expr::BytesLiteral(x) => {
                let bytes: Vec<u8> = x.value.bytes().collect();
                self.constant(constant_value(self.vm, Const::Bytes(bytes.into())), x.range)
            }
            Expr::NumberLiteral(x) => self.constant(constant_value(self.vm, literal::number(x, self.source)), x.range),
            Expr::BooleanLiteral(x) => self.constant(Value::bool(x.value), x.range),
            Expr::NoneLiteral(x) => self.constant(Value::NONE, x.range),
            Expr::EllipsisLiteral(x) => self.constant(Value::ELLIPSIS, x.range),
            Expr::Attribute(x) => {
                let value = self.expr(&x.value)?;
                self.node("Attribute", x.range, &[("value", value), ("attr", self.name(&x.attr)), ctx(x.ctx)])
            }
            Expr::Subscript(x) => {
                let value = self.expr(&x.value)?;
                self.node("Subscript", x.range, &[("value", value), ("slice", self.expr(&x.slice)?), ctx(x.ctx)])
            }
            Expr::Starred(x) => self.node("Starred", x.range, &[("value", self.expr(&x.value)?), ctx(x.ctx)]),
            Expr::Name(x) => {
                self.node("Name", x.range, &[("id", self.vm.intern(x.id.as_str()).into_value()), ctx(x.ctx)])
            }
            Expr::List(x) => self.node("List", x.range, &[("elts", self.exprs(&x.elts)?), ctx(x.ctx)]),
            Expr::Tuple(x) => self.node("Tuple", x.range, &[("elts", self.exprs(&x.elts)?), ctx(x.ctx)]),
            Expr::Slice(x) => {
                let (lower, upper) = (self.opt(x.lower.as_deref())?, self.opt(x.upper.as_deref())?);
                let step = self.opt(x.step.as_deref())?;
                self.node("Slice", x.range, &[("lower", lower), ("upper", upper), ("step", step)])
            }
            Expr::IpyEscapeCommand(_) => Err(self.vm.value_error("not a Python expression")),
        }
    }

    fn constant(&self, value: Value, range: TextRange) -> PyResult<Value> {
        self.node("Constant", range, &[("value", value), ("kind", Value::NONE)])
    }

    fn generator(&self, x: &ast::ExprGenerator, range: TextRange) -> PyResult<Value> {
        let elt = self.expr(&x.elt)?;
        self.node("GeneratorExp", range, &[("elt", elt), ("generators", self.comprehensions(&x.generators)?)])
    }

    fn joined(&self, pieces: Vec<Piece>) -> PyResult<Value> {
        let nodes = pieces.into_iter().map(|p| match p {
            Piece::Text(text, range) => self.constant(self.text(text), range),
            Piece::Node(v) => Ok(v),
        });
        Ok(list(nodes.collect::<PyResult<_>>()?))
    }

    fn pieces<'e>(
        &self,
        elements: impl Iterator<Item = &'e InterpolatedStringElement>,
        raw: bool,
        template: bool,
        pieces: &mut Vec<Piece>,
    ) -> PyResult<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(t) => {
                    push_text(pieces, literal::middle_value(self.source, t, raw), t.range);
                }
                InterpolatedStringElement::Interpolation(x) => {
                    let written = self.slice(x.expression.range());
                    if let Some(debug) = &x.debug_text {
                        let text = format!("{}{written}{}", debug.leading, debug.trailing);
                        let start = x.range.start() + TextSize::new(1);
                        let range = TextRange::at(start, TextSize::new(text.len() as u32));
                        push_text(pieces, text.into_bytes(), range);
                    }
                    let conversion = match x.conversion {
                        ConversionFlag::None if x.debug_text.is_some() && x.format_spec.is_none() => b'r' as i8,
                        flag => flag as i8,
                    };
                    let mut fields = vec![("value", self.expr(&x.expression)?)];
                    if template {
                        fields.push(("str", self.vm.str(written)));
                    }
                    fields.push(("conversion", Value::int(i64::from(conversion))));
                    fields.push(("format_spec", self.format_spec(x.format_spec.as_deref(), raw)?));
                    let class = if template { "Interpolation" } else { "FormattedValue" };
                    pieces.push(Piece::Node(self.node(class, x.range, &fields)?));
                }
            }
        }
        Ok(())
    }

    fn format_spec(&self, spec: Option<&ast::InterpolatedStringFormatSpec>, raw: bool) -> PyResult<Value> {
        let Some(spec) = spec else { return Ok(Value::NONE) };
        let mut pieces = Vec::new();
        self.pieces(spec.elements.iter(), raw, false, &mut pieces)?;
        // The node begins at the colon.
        let start = spec.range.start().checked_sub(TextSize::new(1)).unwrap_or_default();
        let range = TextRange::new(start, spec.range.end());
        self.node("JoinedStr", range, &[("values", self.joined(pieces)?)])
    }
}
