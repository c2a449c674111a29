//! f-strings, t-strings and `%` formatting of constants.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{
    self as ast, ConversionFlag, Expr, FStringPart, InterpolatedElement, InterpolatedStringElement, Operator,
};
use rustpython_text_size::{Ranged, TextRange};

use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::Res;
use crate::literal;

/// A piece of an interpolated string.
enum Piece<'a> {
    Text(Vec<u8>, TextRange),
    Value(&'a InterpolatedElement),
}

/// The `x` of `format_value` for a conversion.
fn conversion(flag: ConversionFlag) -> u8 {
    match flag {
        ConversionFlag::None => 0,
        ConversionFlag::Str => 1,
        ConversionFlag::Repr => 2,
        ConversionFlag::Ascii => 3,
    }
}

impl<'a> Lowering<'a> {
    pub(crate) fn fstring(&mut self, e: &'a ast::ExprFString, dst: Dst) -> Res<Reg> {
        let mut pieces = Vec::new();
        for part in e.value.iter() {
            match part {
                FStringPart::Literal(text) => {
                    push_text(&mut pieces, literal::part_value(self.source, text), text.range);
                }
                FStringPart::FString(part) => {
                    let raw = ast::AnyStringFlags::from(part.flags);
                    self.pieces(part.elements.iter(), literal::is_raw(raw), &mut pieces);
                }
            }
        }
        self.join(pieces, e.range, dst)
    }

    fn pieces(
        &mut self,
        elements: impl Iterator<Item = &'a InterpolatedStringElement>,
        raw: bool,
        pieces: &mut Vec<Piece<'a>>,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(text) => {
                    let value = literal::middle_value(self.source, text, raw);
                    push_text(pieces, value, text.range);
                }
                InterpolatedStringElement::Interpolation(value) => {
                    if let Some(debug) = &value.debug_text {
                        let text = self.debug_text(value, debug);
                        push_text(pieces, text.into_bytes(), value.range);
                    }
                    pieces.push(Piece::Value(value));
                }
            }
        }
    }

    /// The text that `{x = }` shows before the value.
    fn debug_text(&self, value: &InterpolatedElement, debug: &ast::DebugText) -> String {
        let expression = &self.source.text()[value.expression.range()];
        format!("{}{expression}{}", debug.leading, debug.trailing)
    }

    fn join(&mut self, pieces: Vec<Piece<'a>>, range: TextRange, dst: Dst) -> Res<Reg> {
        if pieces.len() <= 1 {
            return match pieces.into_iter().next() {
                None => {
                    self.b().range = Some(range);
                    let to = self.place(dst);
                    self.b().load_const(to, Const::Str(Box::default()));
                    Ok(to)
                }
                Some(Piece::Text(text, _)) => {
                    self.b().range = Some(range);
                    let to = self.place(dst);
                    self.b().load_const(to, Const::Str(text.into()));
                    Ok(to)
                }
                Some(Piece::Value(value)) => self.formatted(value, dst),
            };
        }
        let mark = self.b().mark();
        let base = self.b().temp_at(mark);
        let count = pieces.len() as u16;
        for piece in pieces {
            match piece {
                Piece::Text(text, range) => {
                    self.b().range = Some(range);
                    self.const_temp(Const::Str(text.into()));
                }
                Piece::Value(value) => {
                    self.formatted(value, Dst::New)?;
                }
            }
        }
        self.b().release(mark);
        self.b().range = Some(range);
        let to = self.place(dst);
        self.emit(Op::BuildString, 0, to, base, count);
        Ok(to)
    }

    fn effective_conversion(value: &InterpolatedElement) -> u8 {
        match value.conversion {
            ConversionFlag::None if value.debug_text.is_some() && value.format_spec.is_none() => 2,
            flag => conversion(flag),
        }
    }

    fn formatted(&mut self, value: &'a InterpolatedElement, dst: Dst) -> Res<Reg> {
        let mark = self.b().mark();
        let x = Self::effective_conversion(value);
        // The specification may contain expressions; a local that they assign has to be copied first.
        let nested: Vec<&'a Expr> = match &value.format_spec {
            Some(spec) => spec.elements.interpolations().map(|i| &*i.expression).collect(),
            None => Vec::new(),
        };
        let source = self.src_before(&value.expression, &nested)?;
        let spec = match &value.format_spec {
            None => {
                self.at(value);
                self.const_rk(Const::None)
            }
            Some(spec) => self.spec(spec)?,
        };
        self.b().release(mark);
        self.at(value);
        let to = self.place(dst);
        self.emit(Op::FormatValue, x, to, source, spec);
        Ok(to)
    }

    fn spec(&mut self, spec: &'a ast::InterpolatedStringFormatSpec) -> Res<u16> {
        let mut pieces = Vec::new();
        self.pieces(spec.elements.iter(), false, &mut pieces);
        match pieces.as_slice() {
            [] => Ok(self.const_rk(Const::Str(Box::default()))),
            [Piece::Text(text, _)] => {
                let text = text.as_slice().into();
                Ok(self.const_rk(Const::Str(text)))
            }
            _ => self.join(pieces, spec.range, Dst::New),
        }
    }

    pub(crate) fn tstring(&mut self, e: &'a ast::ExprTString, dst: Dst) -> Res<Reg> {
        let mut pieces = Vec::new();
        for part in e.value.iter() {
            let raw = ast::AnyStringFlags::from(part.flags);
            self.pieces(part.elements.iter(), literal::is_raw(raw), &mut pieces);
        }
        // Strings and interpolations alternate, beginning and ending with a string.
        let mut strings = vec![Vec::new()];
        let mut values = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text, _) => {
                    if let Some(last) = strings.last_mut() {
                        last.extend(text);
                    }
                }
                Piece::Value(value) => {
                    values.push(value);
                    strings.push(Vec::new());
                }
            }
        }
        let mark = self.b().mark();
        self.at(e);
        let strings = strings.into_iter().map(|s| Const::Str(s.into())).collect();
        let base = self.const_temp(Const::Tuple(strings));
        let count = values.len() as u16;
        let first = self.b().temp_at(mark + 1);
        for value in values {
            self.interpolation(value)?;
        }
        self.b().release(mark + 1);
        self.at(e);
        let tuple = self.b().alloc();
        self.emit(Op::BuildTuple, 0, tuple, first, count);
        self.b().release(mark);
        let to = self.place(dst);
        self.emit(Op::BuildTemplate, 0, to, base, 0);
        Ok(to)
    }

    fn interpolation(&mut self, value: &'a InterpolatedElement) -> Res<()> {
        let mark = self.b().mark();
        let base = self.expr(&value.expression, Dst::New)?;
        self.at(value);
        let text = self.expression_text(value);
        self.const_temp(Self::text_const(&text));
        match &value.format_spec {
            None => {
                self.const_temp(Const::Str(Box::default()));
            }
            Some(spec) => {
                let mut pieces = Vec::new();
                self.pieces(spec.elements.iter(), false, &mut pieces);
                self.join(pieces, spec.range, Dst::New)?;
            }
        }
        self.b().release(mark);
        self.at(value);
        let to = self.b().alloc();
        self.emit(Op::BuildInterpolation, Self::effective_conversion(value), to, base, 0);
        Ok(())
    }

    /// The source text of an interpolated expression, its parentheses included.
    fn expression_text(&self, value: &InterpolatedElement) -> String {
        let text = self.source.text();
        let start = value.range.start().to_usize() + 1;
        let mut end = value.expression.range().end().to_usize();
        for (i, c) in text[end..value.range.end().to_usize()].char_indices() {
            match c {
                ')' => end = value.expression.range().end().to_usize() + i + 1,
                c if c.is_whitespace() => {}
                _ => break,
            }
        }
        text[start..end].trim().to_owned()
    }

    /// `"…%s…" % (x, y)` with nothing but plain `%s`, `%r` and `%a` is formatted like an f-string.
    pub(crate) fn percent_format(&mut self, e: &'a ast::ExprBinOp, dst: Dst) -> Res<Option<Reg>> {
        if e.op != Operator::Mod {
            return Ok(None);
        }
        let (Expr::StringLiteral(format), Expr::Tuple(values)) = (&*e.left, &*e.right) else {
            return Ok(None);
        };
        if values.elts.iter().any(Expr::is_starred_expr) {
            return Ok(None);
        }
        let Some((texts, conversions)) = split_percent(&literal::string_value(self.source, format)) else {
            return Ok(None);
        };
        if conversions.len() != values.elts.len() || conversions.is_empty() || conversions.len() > 16 {
            return Ok(None);
        }
        let mark = self.b().mark();
        // All values first: formatting one may change what another evaluates to.
        let base = self.b().temp_at(mark);
        let mut at = base;
        let mut texts = texts.into_iter();
        let mut filled = Vec::new();
        for (value, x) in values.elts.iter().zip(&conversions) {
            if let Some(text) = texts.next().filter(|t| !t.is_empty()) {
                self.at(format);
                self.const_temp(Const::Str(text.into()));
                at += 1;
            }
            self.expr(value, Dst::New)?;
            filled.push((at, *x, value));
            at += 1;
        }
        if let Some(text) = texts.next().filter(|t| !t.is_empty()) {
            self.at(format);
            self.const_temp(Const::Str(text.into()));
            at += 1;
        }
        for (reg, x, value) in filled {
            self.at(value);
            let none = self.const_rk(Const::None);
            self.emit(Op::FormatValue, x, reg, reg, none);
        }
        self.b().release(mark);
        self.at(e);
        let to = self.place(dst);
        self.emit(Op::BuildString, 0, to, base, at - base);
        Ok(Some(to))
    }
}

/// The texts between plain conversions, and the conversions as `format_value` numbers them.
fn split_percent(format: &[u8]) -> Option<(Vec<Vec<u8>>, Vec<u8>)> {
    let mut texts = vec![Vec::new()];
    let mut conversions = Vec::new();
    let mut bytes = format.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            texts.last_mut()?.push(*byte);
            continue;
        }
        let x = match bytes.next()? {
            b'%' => {
                texts.last_mut()?.push(b'%');
                continue;
            }
            b's' => 1,
            b'r' => 2,
            b'a' => 3,
            _ => return None,
        };
        conversions.push(x);
        texts.push(Vec::new());
    }
    Some((texts, conversions))
}

fn push_text(pieces: &mut Vec<Piece<'_>>, text: Vec<u8>, range: TextRange) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Text(before, at)) = pieces.last_mut() {
        before.extend(text);
        *at = at.cover(range);
        return;
    }
    pieces.push(Piece::Text(text, range));
}
