//! Expressions back to text, for annotations that are kept as strings.
//!
//! The text is normalised as CPython does it: single spaces, single quotes where possible, only the parentheses that
//! are needed.

use freeze_bytecode::Const;
use num_bigint::BigUint;
use rustpython_ast::{
    self as ast, BoolOp, CmpOp, ConversionFlag, Expr, FStringPart, InterpolatedStringElement, Operator, UnaryOp,
};
use rustpython_text_size::Ranged;

use crate::literal;
use crate::source::Source;

/// The text of an expression.
pub fn unparse(e: &Expr, source: &Source) -> String {
    let mut u = Unparser { source, out: String::new() };
    u.expr(e, level::TEST);
    u.out
}

/// How tightly operators bind; an operand that binds less tightly than its place asks gets parentheses.
mod level {
    pub(super) const TUPLE: u8 = 0;
    pub(super) const TEST: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const NOT: u8 = 4;
    pub(super) const COMPARE: u8 = 5;
    pub(super) const BIT_OR: u8 = 6;
    pub(super) const BIT_XOR: u8 = 7;
    pub(super) const BIT_AND: u8 = 8;
    pub(super) const SHIFT: u8 = 9;
    pub(super) const ARITH: u8 = 10;
    pub(super) const TERM: u8 = 11;
    pub(super) const FACTOR: u8 = 12;
    pub(super) const POWER: u8 = 13;
    pub(super) const AWAIT: u8 = 14;
    pub(super) const ATOM: u8 = 15;
}

struct Unparser<'a> {
    source: &'a Source,
    out: String,
}

impl Unparser<'_> {
    fn grouped(&mut self, needed: bool, inside: impl FnOnce(&mut Self)) {
        if needed {
            self.out.push('(');
        }
        inside(self);
        if needed {
            self.out.push(')');
        }
    }

    fn list(&mut self, items: &[Expr], at: u8) {
        for (i, e) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.expr(e, at);
        }
    }

    fn expr(&mut self, e: &Expr, at: u8) {
        match e {
            Expr::Name(e) => self.out.push_str(&e.id),
            Expr::NoneLiteral(_) => self.out.push_str("None"),
            Expr::BooleanLiteral(e) => self.out.push_str(if e.value { "True" } else { "False" }),
            Expr::EllipsisLiteral(_) => self.out.push_str("..."),
            Expr::NumberLiteral(e) => self.number(e),
            Expr::StringLiteral(e) => {
                let text = literal::string_value(self.source, e);
                if e.value.is_unicode() {
                    self.out.push('u');
                }
                self.out.push_str(&quoted(&text, false));
            }
            Expr::BytesLiteral(e) => {
                let bytes: Vec<u8> = e.value.bytes().collect();
                self.out.push('b');
                self.out.push_str(&quoted(&bytes, true));
            }
            Expr::Attribute(e) => {
                self.expr(&e.value, level::ATOM);
                if e.value.is_number_literal_expr() && self.out.bytes().all(|b| b.is_ascii_digit()) {
                    self.out.push(' ');
                }
                self.out.push('.');
                self.out.push_str(&e.attr);
            }
            Expr::Subscript(e) => {
                self.expr(&e.value, level::ATOM);
                self.out.push('[');
                match &*e.slice {
                    Expr::Tuple(t) if !t.elts.is_empty() => {
                        self.list(&t.elts, level::TEST);
                        if t.elts.len() == 1 {
                            self.out.push(',');
                        }
                    }
                    other => self.expr(other, level::TUPLE),
                }
                self.out.push(']');
            }
            Expr::Slice(e) => {
                let bound = |u: &mut Self, b: &Option<Box<Expr>>| {
                    if let Some(b) = b {
                        u.expr(b, level::TEST);
                    }
                };
                bound(self, &e.lower);
                self.out.push(':');
                bound(self, &e.upper);
                if e.step.is_some() {
                    self.out.push(':');
                    bound(self, &e.step);
                }
            }
            Expr::Starred(e) => {
                self.out.push('*');
                self.expr(&e.value, level::BIT_OR);
            }
            Expr::Tuple(e) => self.grouped(e.elts.is_empty() || at > level::TUPLE, |u| {
                u.list(&e.elts, level::TEST);
                if e.elts.len() == 1 {
                    u.out.push(',');
                }
            }),
            Expr::List(e) => {
                self.out.push('[');
                self.list(&e.elts, level::TEST);
                self.out.push(']');
            }
            Expr::Set(e) => {
                self.out.push('{');
                self.list(&e.elts, level::TEST);
                self.out.push('}');
            }
            Expr::Dict(e) => self.dict(e),
            Expr::UnaryOp(e) => self.unary(e, at),
            Expr::BinOp(e) => self.binary(e, at),
            Expr::BoolOp(e) => {
                let (word, mine) = match e.op {
                    BoolOp::And => (" and ", level::AND),
                    BoolOp::Or => (" or ", level::OR),
                };
                self.grouped(at > mine, |u| {
                    for (i, value) in e.values.iter().enumerate() {
                        if i > 0 {
                            u.out.push_str(word);
                        }
                        u.expr(value, mine + 1);
                    }
                });
            }
            Expr::Compare(e) => self.grouped(at > level::COMPARE, |u| {
                u.expr(&e.left, level::COMPARE + 1);
                for (op, right) in e.ops.iter().zip(&e.comparators) {
                    u.out.push(' ');
                    u.out.push_str(compare_word(*op));
                    u.out.push(' ');
                    u.expr(right, level::COMPARE + 1);
                }
            }),
            Expr::If(e) => self.grouped(at > level::TEST, |u| {
                u.expr(&e.body, level::TEST + 1);
                u.out.push_str(" if ");
                u.expr(&e.test, level::TEST + 1);
                u.out.push_str(" else ");
                u.expr(&e.orelse, level::TEST);
            }),
            Expr::Lambda(e) => self.grouped(at > level::TEST, |u| {
                u.out.push_str("lambda");
                if let Some(parameters) = &e.parameters {
                    u.out.push(' ');
                    u.parameters(parameters);
                }
                u.out.push_str(": ");
                u.expr(&e.body, level::TEST);
            }),
            Expr::Call(e) => self.call(e),
            Expr::Named(e) => self.grouped(at > level::TUPLE, |u| {
                u.expr(&e.target, level::ATOM);
                u.out.push_str(" := ");
                u.expr(&e.value, level::ATOM);
            }),
            Expr::Await(e) => self.grouped(at > level::AWAIT, |u| {
                u.out.push_str("await ");
                u.expr(&e.value, level::ATOM);
            }),
            Expr::Yield(e) => self.grouped(true, |u| {
                u.out.push_str("yield");
                if let Some(value) = &e.value {
                    u.out.push(' ');
                    u.expr(value, level::TUPLE);
                }
            }),
            Expr::YieldFrom(e) => self.grouped(true, |u| {
                u.out.push_str("yield from ");
                u.expr(&e.value, level::TEST);
            }),
            Expr::ListComp(e) => self.comprehension('[', &[&e.elt], &e.generators, ']'),
            Expr::SetComp(e) => self.comprehension('{', &[&e.elt], &e.generators, '}'),
            Expr::DictComp(e) => self.comprehension('{', &[&e.key, &e.value], &e.generators, '}'),
            Expr::Generator(e) => self.comprehension('(', &[&e.elt], &e.generators, ')'),
            Expr::FString(e) => self.fstring(e),
            // The source says what a t-string is; nothing normalises it.
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => self.out.push_str(&self.source.text()[e.range()]),
        }
    }

    fn number(&mut self, e: &ast::ExprNumberLiteral) {
        match literal::number(e, self.source) {
            Const::Int(n) => self.out.push_str(&n.to_string()),
            Const::BigInt { digits, .. } => self.out.push_str(&BigUint::new(digits.to_vec()).to_string()),
            Const::Float(bits) => self.out.push_str(&float_text(f64::from_bits(bits))),
            Const::Complex(_, im) => {
                let imaginary = float_text(f64::from_bits(im));
                self.out.push_str(imaginary.strip_suffix(".0").unwrap_or(&imaginary));
                self.out.push('j');
            }
            _ => {}
        }
    }

    fn dict(&mut self, e: &ast::ExprDict) {
        self.out.push('{');
        for (i, item) in e.items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            match &item.key {
                Some(key) => {
                    self.expr(key, level::TEST);
                    self.out.push_str(": ");
                    self.expr(&item.value, level::TEST);
                }
                None => {
                    self.out.push_str("**");
                    self.expr(&item.value, level::BIT_OR);
                }
            }
        }
        self.out.push('}');
    }

    fn unary(&mut self, e: &ast::ExprUnaryOp, at: u8) {
        let (word, mine) = match e.op {
            UnaryOp::Not => ("not ", level::NOT),
            UnaryOp::Invert => ("~", level::FACTOR),
            UnaryOp::UAdd => ("+", level::FACTOR),
            UnaryOp::USub => ("-", level::FACTOR),
        };
        self.grouped(at > mine, |u| {
            u.out.push_str(word);
            u.expr(&e.operand, mine);
        });
    }

    fn binary(&mut self, e: &ast::ExprBinOp, at: u8) {
        let (word, mine) = match e.op {
            Operator::Add => (" + ", level::ARITH),
            Operator::Sub => (" - ", level::ARITH),
            Operator::Mult => (" * ", level::TERM),
            Operator::MatMult => (" @ ", level::TERM),
            Operator::Div => (" / ", level::TERM),
            Operator::FloorDiv => (" // ", level::TERM),
            Operator::Mod => (" % ", level::TERM),
            Operator::LShift => (" << ", level::SHIFT),
            Operator::RShift => (" >> ", level::SHIFT),
            Operator::BitOr => (" | ", level::BIT_OR),
            Operator::BitXor => (" ^ ", level::BIT_XOR),
            Operator::BitAnd => (" & ", level::BIT_AND),
            Operator::Pow => (" ** ", level::POWER),
        };
        let right_first = e.op == Operator::Pow;
        self.grouped(at > mine, |u| {
            u.expr(&e.left, mine + u8::from(right_first));
            u.out.push_str(word);
            u.expr(&e.right, mine + u8::from(!right_first));
        });
    }

    fn call(&mut self, e: &ast::ExprCall) {
        self.expr(&e.func, level::ATOM);
        let arguments = &e.arguments;
        if let [generator @ Expr::Generator(_)] = &*arguments.args
            && arguments.keywords.is_empty()
        {
            return self.expr(generator, level::TUPLE);
        }
        self.out.push('(');
        for (i, argument) in arguments.arguments_source_order().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            match argument {
                ast::ArgOrKeyword::Arg(e) => self.expr(e, level::TEST),
                ast::ArgOrKeyword::Keyword(keyword) => {
                    match &keyword.arg {
                        Some(name) => {
                            self.out.push_str(name);
                            self.out.push('=');
                        }
                        None => self.out.push_str("**"),
                    }
                    self.expr(&keyword.value, level::TEST);
                }
            }
        }
        self.out.push(')');
    }

    fn parameters(&mut self, p: &ast::Parameters) {
        let mut first = true;
        let mut comma = |u: &mut Self| {
            if !std::mem::take(&mut first) {
                u.out.push_str(", ");
            }
        };
        let plain = |u: &mut Self, p: &ast::ParameterWithDefault| {
            u.out.push_str(&p.parameter.name);
            if let Some(default) = &p.default {
                u.out.push('=');
                u.expr(default, level::TEST);
            }
        };
        for parameter in &p.posonlyargs {
            comma(self);
            plain(self, parameter);
        }
        if !p.posonlyargs.is_empty() {
            comma(self);
            self.out.push('/');
        }
        for parameter in &p.args {
            comma(self);
            plain(self, parameter);
        }
        if p.vararg.is_some() || !p.kwonlyargs.is_empty() {
            comma(self);
            self.out.push('*');
            if let Some(vararg) = &p.vararg {
                self.out.push_str(&vararg.name);
            }
        }
        for parameter in &p.kwonlyargs {
            comma(self);
            plain(self, parameter);
        }
        if let Some(kwarg) = &p.kwarg {
            comma(self);
            self.out.push_str("**");
            self.out.push_str(&kwarg.name);
        }
    }

    fn comprehension(&mut self, open: char, elements: &[&Expr], generators: &[ast::Comprehension], close: char) {
        self.out.push(open);
        for (i, e) in elements.iter().enumerate() {
            if i > 0 {
                self.out.push_str(": ");
            }
            self.expr(e, level::TEST);
        }
        for generator in generators {
            self.out.push_str(if generator.is_async { " async for " } else { " for " });
            self.expr(&generator.target, level::TUPLE);
            self.out.push_str(" in ");
            self.expr(&generator.iter, level::TEST + 1);
            for test in &generator.ifs {
                self.out.push_str(" if ");
                self.expr(test, level::TEST + 1);
            }
        }
        self.out.push(close);
    }

    fn fstring(&mut self, e: &ast::ExprFString) {
        let mut inner = Unparser { source: self.source, out: String::new() };
        for part in e.value.iter() {
            match part {
                FStringPart::Literal(text) => inner.out.push_str(&braces(&text.value)),
                FStringPart::FString(part) => part.elements.iter().for_each(|p| inner.interpolated(p)),
            }
        }
        self.out.push('f');
        self.out.push_str(&quoted(inner.out.as_bytes(), false));
    }

    fn interpolated(&mut self, part: &InterpolatedStringElement) {
        let value = match part {
            InterpolatedStringElement::Literal(text) => return self.out.push_str(&braces(&text.value)),
            InterpolatedStringElement::Interpolation(value) => value,
        };
        if let Some(debug) = &value.debug_text {
            let range = rustpython_text_size::Ranged::range(&*value.expression);
            let text = &self.source.text()[range.start().to_usize()..range.end().to_usize()];
            self.out.push_str(&braces(&format!("{}{text}{}", debug.leading, debug.trailing)));
        }
        self.out.push('{');
        let mut inner = Unparser { source: self.source, out: String::new() };
        inner.expr(&value.expression, level::TEST + 1);
        if inner.out.starts_with('{') {
            self.out.push(' ');
        }
        self.out.push_str(&inner.out);
        let conversion = match value.conversion {
            ConversionFlag::None if value.debug_text.is_some() && value.format_spec.is_none() => "!r",
            ConversionFlag::None => "",
            ConversionFlag::Str => "!s",
            ConversionFlag::Repr => "!r",
            ConversionFlag::Ascii => "!a",
        };
        self.out.push_str(conversion);
        if let Some(spec) = &value.format_spec {
            self.out.push(':');
            spec.elements.iter().for_each(|p| self.interpolated(p));
        }
        self.out.push('}');
    }
}

fn braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn compare_word(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "==",
        CmpOp::NotEq => "!=",
        CmpOp::Lt => "<",
        CmpOp::LtE => "<=",
        CmpOp::Gt => ">",
        CmpOp::GtE => ">=",
        CmpOp::Is => "is",
        CmpOp::IsNot => "is not",
        CmpOp::In => "in",
        CmpOp::NotIn => "not in",
    }
}

/// A finite or infinite float as `repr` writes it.
fn float_text(f: f64) -> String {
    if f.is_infinite() {
        // Infinity has no literal; this one overflows to it.
        return "1e309".into();
    }
    let scientific = format!("{f:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(e) if f != 0.0 && !(-4..16).contains(&e) => {
            format!("{digits}e{}{:02}", if e < 0 { '-' } else { '+' }, e.abs())
        }
        _ => format!("{f:?}"),
    }
}

/// Text (WTF-8) or bytes in quotes, as `repr` chooses and escapes them.
fn quoted(text: &[u8], is_bytes: bool) -> String {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    let mut rest = text;
    while let Some(byte) = rest.first().copied() {
        let c = match std::str::from_utf8(&rest[..rest.len().min(4)]) {
            Ok(valid) => valid.chars().next(),
            Err(e) => std::str::from_utf8(&rest[..e.valid_up_to()]).ok().and_then(|v| v.chars().next()),
        };
        match c {
            _ if is_bytes && !(0x20..0x7f).contains(&byte) && !matches!(byte, b'\n' | b'\r' | b'\t') => {
                out.push_str(&format!("\\x{byte:02x}"));
                rest = &rest[1..];
            }
            Some(c) => {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    c if c == quote => {
                        out.push('\\');
                        out.push(c);
                    }
                    c if c.is_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
                    c => out.push(c),
                }
                rest = &rest[c.len_utf8()..];
            }
            // Half of a surrogate pair: three bytes of WTF-8.
            None => {
                let code = rest.iter().take(3).fold(0u32, |n, b| n << 6 | u32::from(b & 0x3f));
                out.push_str(&format!("\\u{:04x}", 0xd000 | code & 0xfff));
                rest = &rest[rest.len().min(3)..];
            }
        }
    }
    out.push(quote);
    out
}
