//! Expressions of Python's tree as the parser's nodes.

use freeze_runtime::Value;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::complex::PyComplex;
use freeze_runtime::types::int;
use freeze_runtime::types::set::FROZENSET;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use rustpython_ast::{self as ast, ConversionFlag, Expr, ExprContext, InterpolatedStringElement, Number};
use rustpython_text_size::{TextRange, TextSize};

use super::read::{NOWHERE, Reader};

/// The operator of a class name.
pub(super) fn operator(class: &str) -> ast::Operator {
    use ast::Operator as O;
    match class {
        "Sub" => O::Sub,
        "Mult" => O::Mult,
        "MatMult" => O::MatMult,
        "Div" => O::Div,
        "Mod" => O::Mod,
        "Pow" => O::Pow,
        "LShift" => O::LShift,
        "RShift" => O::RShift,
        "BitOr" => O::BitOr,
        "BitXor" => O::BitXor,
        "BitAnd" => O::BitAnd,
        "FloorDiv" => O::FloorDiv,
        _ => O::Add,
    }
}

fn comparison(class: &str) -> ast::CmpOp {
    use ast::CmpOp as O;
    match class {
        "NotEq" => O::NotEq,
        "Lt" => O::Lt,
        "LtE" => O::LtE,
        "Gt" => O::Gt,
        "GtE" => O::GtE,
        "Is" => O::Is,
        "IsNot" => O::IsNot,
        "In" => O::In,
        "NotIn" => O::NotIn,
        _ => O::Eq,
    }
}

fn unary(class: &str) -> ast::UnaryOp {
    match class {
        "Invert" => ast::UnaryOp::Invert,
        "Not" => ast::UnaryOp::Not,
        "UAdd" => ast::UnaryOp::UAdd,
        _ => ast::UnaryOp::USub,
    }
}

impl Reader<'_> {
    fn context(&self, v: &Value) -> PyResult<ExprContext> {
        // Without a context an expression is read (since 3.13).
        let Some(ctx) = self.opt(v, "ctx")? else { return Ok(ExprContext::Load) };
        Ok(match self.class_of(&ctx, "expr_context")?.as_str() {
            "Store" => ExprContext::Store,
            "Del" => ExprContext::Del,
            _ => ExprContext::Load,
        })
    }

    pub(super) fn operator(&self, v: &Value, class: &str) -> PyResult<ast::Operator> {
        Ok(operator(&self.class_of(&self.field(v, class, "op")?, "operator")?))
    }

    /// The node of an expression whose value is read.
    pub(super) fn expr(&self, v: &Value) -> PyResult<Expr> {
        self.expr_in(v, ExprContext::Load)
    }

    /// The node of an expression that stands where one of this context must.
    pub(super) fn expr_in(&self, v: &Value, wanted: ExprContext) -> PyResult<Expr> {
        let e = self.node(v)?;
        let ctx = match &e {
            Expr::Attribute(x) => x.ctx,
            Expr::Subscript(x) => x.ctx,
            Expr::Starred(x) => x.ctx,
            Expr::Name(x) => x.ctx,
            Expr::List(x) => x.ctx,
            Expr::Tuple(x) => x.ctx,
            _ if wanted == ExprContext::Load => return Ok(e),
            _ => {
                let message = format!("expression which can't be assigned to in {wanted:?} context");
                return Err(self.vm.value_error(message));
            }
        };
        if ctx != wanted {
            let message = format!("expression must have {wanted:?} context but has {ctx:?} instead");
            return Err(self.vm.value_error(message));
        }
        Ok(e)
    }

    /// What is in a list, tuple or starred expression has the context that the whole has.
    fn node(&self, v: &Value) -> PyResult<Expr> {
        self.vm.check_stack()?;
        let class = self.class_of(v, "expr")?;
        let range = self.range(v, "expr")?;
        let c = class.as_str();
        let node_index = NOWHERE;
        let boxed = |field| self.boxed(v, c, field);
        Ok(match c {
            "BoolOp" => {
                let and = self.class_of(&self.field(v, c, "op")?, "boolop")? == "And";
                let op = if and { ast::BoolOp::And } else { ast::BoolOp::Or };
                let values = self.exprs(v, c, "values")?;
                if values.len() < 2 {
                    return Err(self.vm.value_error("BoolOp with less than 2 values"));
                }
                Expr::BoolOp(ast::ExprBoolOp { node_index, range, op, values })
            }
            "NamedExpr" => {
                // Its context counts for nothing, as in CPython.
                let target = Box::new(self.node(&self.some(v, c, "target")?)?);
                if !target.is_name_expr() {
                    return Err(self.vm.type_error("NamedExpr target must be a Name"));
                }
                let value = boxed("value")?;
                Expr::Named(ast::ExprNamed { node_index, range, target, value })
            }
            "BinOp" => {
                let (left, op, right) = (boxed("left")?, self.operator(v, c)?, boxed("right")?);
                Expr::BinOp(ast::ExprBinOp { node_index, range, left, op, right })
            }
            "UnaryOp" => {
                let op = unary(&self.class_of(&self.field(v, c, "op")?, "unaryop")?);
                Expr::UnaryOp(ast::ExprUnaryOp { node_index, range, op, operand: boxed("operand")? })
            }
            "Lambda" => {
                let parameters = Some(Box::new(self.parameters(&self.field(v, c, "args")?)?));
                Expr::Lambda(ast::ExprLambda { node_index, range, parameters, body: boxed("body")? })
            }
            "IfExp" => {
                let (test, body, orelse) = (boxed("test")?, boxed("body")?, boxed("orelse")?);
                Expr::If(ast::ExprIf { node_index, range, test, body, orelse })
            }
            "Dict" => self.dict(v, range)?,
            "Set" => Expr::Set(ast::ExprSet { node_index, range, elts: self.exprs(v, c, "elts")? }),
            "ListComp" | "SetComp" | "GeneratorExp" => {
                let (generators, elt) = (self.comprehensions(v, c)?, boxed("elt")?);
                match c {
                    "ListComp" => Expr::ListComp(ast::ExprListComp { node_index, range, elt, generators }),
                    "SetComp" => Expr::SetComp(ast::ExprSetComp { node_index, range, elt, generators }),
                    _ => {
                        let parenthesized = true;
                        Expr::Generator(ast::ExprGenerator { node_index, range, elt, generators, parenthesized })
                    }
                }
            }
            "DictComp" => {
                let (generators, key, value) = (self.comprehensions(v, c)?, boxed("key")?, boxed("value")?);
                Expr::DictComp(ast::ExprDictComp { node_index, range, key, value, generators })
            }
            "Await" => Expr::Await(ast::ExprAwait { node_index, range, value: boxed("value")? }),
            "Yield" => Expr::Yield(ast::ExprYield { node_index, range, value: self.opt_boxed(v, "value")? }),
            "YieldFrom" => Expr::YieldFrom(ast::ExprYieldFrom { node_index, range, value: boxed("value")? }),
            "Compare" => {
                let left = boxed("left")?;
                let ops = self.all(v, c, "ops", |op| Ok(comparison(&self.class_of(op, "cmpop")?)))?;
                let comparators = self.exprs(v, c, "comparators")?;
                if comparators.is_empty() {
                    return Err(self.vm.value_error("Compare with no comparators"));
                }
                if comparators.len() != ops.len() {
                    let message = "Compare has a different number of comparators and operands";
                    return Err(self.vm.value_error(message));
                }
                let (ops, comparators) = (ops.into(), comparators.into());
                Expr::Compare(ast::ExprCompare { node_index, range, left, ops, comparators })
            }
            "Call" => {
                let (func, args) = (boxed("func")?, self.exprs(v, c, "args")?.into());
                let arguments = ast::Arguments { range, node_index: NOWHERE, args, keywords: self.keywords(v, c)? };
                Expr::Call(ast::ExprCall { node_index, range, func, arguments })
            }
            "JoinedStr" => {
                let elements = self.pieces(&self.items(v, c, "values")?, false)?.into();
                let flags = ast::FStringFlags::empty();
                let string = ast::FString { range, node_index: NOWHERE, elements, flags };
                Expr::FString(ast::ExprFString { node_index, range, value: ast::FStringValue::single(string) })
            }
            "FormattedValue" | "Interpolation" => self.lone_value(v, c, range)?,
            "TemplateStr" => {
                let elements = self.pieces(&self.items(v, c, "values")?, true)?.into();
                let flags = ast::TStringFlags::empty();
                let string = ast::TString { range, node_index: NOWHERE, elements, flags };
                Expr::TString(ast::ExprTString { node_index, range, value: ast::TStringValue::single(string) })
            }
            "Constant" => self.constant(&self.field(v, c, "value")?, range)?,
            "Attribute" => {
                let (value, attr) = (boxed("value")?, self.identifier(v, c, "attr", range)?);
                Expr::Attribute(ast::ExprAttribute { node_index, range, value, attr, ctx: self.context(v)? })
            }
            "Subscript" => {
                let (value, slice) = (boxed("value")?, boxed("slice")?);
                Expr::Subscript(ast::ExprSubscript { node_index, range, value, slice, ctx: self.context(v)? })
            }
            "Starred" => {
                let ctx = self.context(v)?;
                let value = Box::new(self.expr_in(&self.some(v, c, "value")?, ctx)?);
                Expr::Starred(ast::ExprStarred { node_index, range, value, ctx })
            }
            "Name" => {
                let id = self.name_of(&self.some(v, c, "id")?)?.into();
                Expr::Name(ast::ExprName { node_index, range, id, ctx: self.context(v)? })
            }
            "List" => {
                let ctx = self.context(v)?;
                let elts = self.exprs_in(v, c, "elts", ctx)?;
                Expr::List(ast::ExprList { node_index, range, elts, ctx })
            }
            "Tuple" => {
                let ctx = self.context(v)?;
                let elts = self.exprs_in(v, c, "elts", ctx)?;
                Expr::Tuple(ast::ExprTuple { node_index, range, elts, ctx, parenthesized: true })
            }
            _ => {
                let part = |field| self.opt_boxed(v, field);
                let (lower, upper, step) = (part("lower")?, part("upper")?, part("step")?);
                Expr::Slice(ast::ExprSlice { node_index, range, lower, upper, step })
            }
        })
    }

    fn dict(&self, v: &Value, range: TextRange) -> PyResult<Expr> {
        let keys = self.items(v, "Dict", "keys")?;
        let values = self.exprs(v, "Dict", "values")?;
        if keys.len() != values.len() {
            return Err(self.vm.value_error("Dict doesn't have the same number of keys as values"));
        }
        let item = |(key, value): (&Value, Expr)| {
            let key = if key.is_none() { None } else { Some(self.expr(key)?) };
            Ok(ast::DictItem { key, value })
        };
        let items = keys.iter().zip(values).map(item).collect::<PyResult<Vec<_>>>()?;
        Ok(Expr::Dict(ast::ExprDict { node_index: NOWHERE, range, items }))
    }

    /// The expression of a constant.
    pub(super) fn constant(&self, value: &Value, range: TextRange) -> PyResult<Expr> {
        let node_index = NOWHERE;
        let number = |value| Expr::NumberLiteral(ast::ExprNumberLiteral { node_index: NOWHERE, range, value });
        if value.is_none() {
            return Ok(Expr::NoneLiteral(ast::ExprNoneLiteral { node_index, range }));
        }
        if let Some(value) = value.as_bool() {
            return Ok(Expr::BooleanLiteral(ast::ExprBooleanLiteral { node_index, range, value }));
        }
        if value.is(&Value::ELLIPSIS) {
            return Ok(Expr::EllipsisLiteral(ast::ExprEllipsisLiteral { node_index, range }));
        }
        if let Some(s) = value.downcast::<PyStr>() {
            return Ok(self.text(s, range));
        }
        if let Some(b) = value.downcast::<PyBytes>() {
            let flags = ast::BytesLiteralFlags::empty();
            let literal = ast::BytesLiteral { range, node_index: NOWHERE, value: b.as_slice().into(), flags };
            let value = ast::BytesLiteralValue::single(literal);
            return Ok(Expr::BytesLiteral(ast::ExprBytesLiteral { node_index, range, value }));
        }
        if int::is_int(value) {
            return self.int_constant(value, range);
        }
        if let Some(n) = value.as_float() {
            return Ok(number(Number::Float(n)));
        }
        if let Some(n) = value.downcast::<PyComplex>() {
            return Ok(number(Number::Complex { real: n.re, imag: n.im }));
        }
        let parts = if let Some(t) = value.downcast::<PyTuple>() {
            t.as_slice().to_vec()
        } else if value.class().is_subtype(&FROZENSET) {
            self.vm.to_vec(value)?
        } else {
            let kind = value.class().name();
            return Err(self.vm.type_error(format!("got an invalid type in Constant: {kind}")));
        };
        let elts = parts.iter().map(|p| self.constant(p, range)).collect::<PyResult<Vec<_>>>()?;
        let tuple =
            Expr::Tuple(ast::ExprTuple { node_index, range, elts, ctx: ExprContext::Load, parenthesized: true });
        if value.has_layout::<PyTuple>() {
            return Ok(tuple);
        }
        // Nothing in the grammar is a frozen set: it is made anew.
        let name = ast::ExprName { node_index: NOWHERE, range, id: "frozenset".into(), ctx: ExprContext::Load };
        let arguments = ast::Arguments { range, node_index: NOWHERE, args: [tuple].into(), keywords: Box::default() };
        let func = Box::new(Expr::Name(name));
        Ok(Expr::Call(ast::ExprCall { node_index: NOWHERE, range, func, arguments }))
    }

    fn int_constant(&self, value: &Value, range: TextRange) -> PyResult<Expr> {
        let mut digits = self.vm.call_method(&int::INT.as_value(), "__format__", &[value.clone(), self.vm.str("x")])?;
        let text = digits.downcast::<PyStr>().map(|s| s.to_lossy().into_owned()).unwrap_or_default();
        digits = Value::NONE;
        drop(digits);
        let magnitude = text.trim_start_matches('-');
        // What does not fit is read from the source by the compiler.
        let (value, place) = match u64::from_str_radix(magnitude, 16) {
            Ok(n) => (ast::Int::from(n), range),
            Err(_) => {
                let written = format!("0x{magnitude}");
                let place = self.blank.borrow_mut().text(&written);
                (ast::Int::from_str_radix(magnitude, 16, &written).unwrap_or(ast::Int::ZERO), place)
            }
        };
        let literal = ast::ExprNumberLiteral { node_index: NOWHERE, range: place, value: Number::Int(value) };
        let literal = Expr::NumberLiteral(literal);
        if !text.starts_with('-') {
            return Ok(literal);
        }
        let op = ast::UnaryOp::USub;
        Ok(Expr::UnaryOp(ast::ExprUnaryOp { node_index: NOWHERE, range, op, operand: Box::new(literal) }))
    }

    /// A text whose value UTF-8 can't hold, or seems not to, is written out for the compiler to decode.
    fn text(&self, s: &PyStr, range: TextRange) -> Expr {
        let value: Box<str> = s.to_lossy().into();
        let place = if value.contains('\u{fffd}') { self.written(s) } else { range };
        let flags = ast::StringLiteralFlags::empty();
        let literal = ast::StringLiteral { range: place, node_index: NOWHERE, value, flags };
        let value = ast::StringLiteralValue::single(literal);
        Expr::StringLiteral(ast::ExprStringLiteral { node_index: NOWHERE, range, value })
    }

    /// Writes a text as a literal with escapes only.
    fn written(&self, s: &PyStr) -> TextRange {
        let mut literal = String::from("'");
        for i in 0..s.len() {
            literal.push_str(&format!("\\U{:08x}", s.char_at(i)));
        }
        literal.push('\'');
        self.blank.borrow_mut().text(&literal)
    }

    /// The parts of an f-string or t-string.
    fn pieces(&self, values: &[Value], template: bool) -> PyResult<Vec<InterpolatedStringElement>> {
        let mut pieces = Vec::with_capacity(values.len());
        for v in values {
            let class = self.class_of(v, "expr")?;
            let range = self.range(v, "expr")?;
            pieces.push(match class.as_str() {
                "FormattedValue" | "Interpolation" => {
                    InterpolatedStringElement::Interpolation(self.interpolation(v, &class, range, template)?)
                }
                "Constant" if self.field(v, &class, "value")?.has_layout::<PyStr>() => {
                    let text = self.field(v, &class, "value")?;
                    let value: Box<str> = text.downcast::<PyStr>().map(PyStr::to_lossy).unwrap_or_default().into();
                    let range = match text.downcast::<PyStr>() {
                        Some(s) if value.contains('\u{fffd}') => {
                            let quoted = self.written(s);
                            let one = TextSize::new(1);
                            TextRange::new(quoted.start() + one, quoted.end() - one)
                        }
                        _ => range,
                    };
                    let node_index = NOWHERE;
                    InterpolatedStringElement::Literal(ast::InterpolatedStringLiteralElement {
                        range,
                        node_index,
                        value,
                    })
                }
                _ if template => return Err(self.vm.type_error("unexpected expression in TemplateStr")),
                // Any expression may stand there; it is formatted as it is.
                _ => InterpolatedStringElement::Interpolation(ast::InterpolatedElement {
                    range,
                    node_index: NOWHERE,
                    expression: Box::new(self.expr(v)?),
                    debug_text: None,
                    conversion: ConversionFlag::None,
                    format_spec: None,
                }),
            });
        }
        Ok(pieces)
    }

    fn interpolation(
        &self,
        v: &Value,
        class: &str,
        mut range: TextRange,
        template: bool,
    ) -> PyResult<ast::InterpolatedElement> {
        let mut expression = self.boxed(v, class, "value")?;
        if let Some(text) = self.opt(v, "str")?.filter(|_| template)
            && let Some(s) = text.downcast::<PyStr>()
        {
            // The template keeps the source of the expression, which the compiler takes from where it stands.
            range = self.blank.borrow_mut().text(&format!("{{{}}}", s.to_lossy()));
            let one = TextSize::new(1);
            ast::relocate::relocate_expr(&mut expression, TextRange::new(range.start() + one, range.end() - one));
        }
        let conversion = match self.opt_int(v, "conversion", -1)? {
            -1 => ConversionFlag::None,
            115 => ConversionFlag::Str,
            114 => ConversionFlag::Repr,
            97 => ConversionFlag::Ascii,
            n => return Err(self.vm.system_error(format!("Unrecognized conversion character {n}"))),
        };
        let format_spec = match self.opt(v, "format_spec")? {
            None => None,
            Some(spec) => {
                let range = self.range(&spec, "expr")?;
                let values = if self.class_of(&spec, "expr")? == "JoinedStr" {
                    self.items(&spec, "JoinedStr", "values")?
                } else {
                    vec![spec]
                };
                let elements = self.pieces(&values, false)?.into();
                Some(Box::new(ast::InterpolatedStringFormatSpec { range, node_index: NOWHERE, elements }))
            }
        };
        let debug_text = None;
        Ok(ast::InterpolatedElement { range, node_index: NOWHERE, expression, debug_text, conversion, format_spec })
    }

    /// A formatted value outside of any f-string is one of its own.
    fn lone_value(&self, v: &Value, class: &str, range: TextRange) -> PyResult<Expr> {
        let element = InterpolatedStringElement::Interpolation(self.interpolation(v, class, range, false)?);
        let flags = ast::FStringFlags::empty();
        let string = ast::FString { range, node_index: NOWHERE, elements: vec![element].into(), flags };
        let value = ast::FStringValue::single(string);
        Ok(Expr::FString(ast::ExprFString { node_index: NOWHERE, range, value }))
    }
}
