//! `%`-formatting: the parser and the layout of each conversion, for str and bytes. Fetching arguments and converting
//! them is the caller's, which takes one [`Piece`] after the other.

use super::float_fmt::{FloatFormat, Style, format_float};
use super::format_number::IntRef;
use super::wtf8;

/// A width or a precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Not given.
    None,
    /// A number.
    Fixed(usize),
    /// `*`: the next argument.
    Star,
}

/// One conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion<'a> {
    /// `%(key)`
    pub key: Option<&'a [u8]>,
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// The least width.
    pub width: Amount,
    /// Digits after the point, or the most characters.
    pub precision: Amount,
    /// The conversion character, a code point.
    pub kind: u32,
    /// At which byte that stands.
    pub at: usize,
}

/// What the parser yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text to copy. `%%` yields a `%` here.
    Literal(&'a [u8]),
    /// Something to convert.
    Convert(Conversion<'a>),
}

/// What is wrong with a format: `ValueError` with this message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PercentError(pub String);

/// Walks over a format.
pub struct Parser<'a> {
    format: &'a [u8],
    at: usize,
    is_text: bool,
}

impl<'a> Parser<'a> {
    /// A parser of `format`, which is a string or bytes.
    pub fn new(format: &'a [u8], is_text: bool) -> Parser<'a> {
        Parser { format, at: 0, is_text }
    }

    fn peek(&self) -> Result<u8, PercentError> {
        self.format.get(self.at).copied().ok_or_else(|| PercentError("incomplete format".into()))
    }

    /// The next piece; None at the end.
    pub fn next_piece(&mut self) -> Result<Option<Piece<'a>>, PercentError> {
        let rest = &self.format[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let plain = memchr::memchr(b'%', rest).unwrap_or(rest.len());
        if plain > 0 {
            self.at += plain;
            return Ok(Some(Piece::Literal(&rest[..plain])));
        }
        self.at += 1;
        if self.peek()? == b'%' {
            self.at += 1;
            return Ok(Some(Piece::Literal(&rest[..1])));
        }
        self.conversion().map(|conversion| Some(Piece::Convert(conversion)))
    }

    fn conversion(&mut self) -> Result<Conversion<'a>, PercentError> {
        let key = if self.peek()? == b'(' { Some(self.key()?) } else { None };
        let mut conversion = Conversion {
            key,
            left: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: Amount::None,
            precision: Amount::None,
            kind: 0,
            at: 0,
        };
        loop {
            match self.peek()? {
                b'-' => conversion.left = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.space = true,
                b'#' => conversion.alternate = true,
                b'0' => conversion.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        conversion.width = self.amount("width too big")?;
        if self.peek()? == b'.' {
            self.at += 1;
            conversion.precision = match self.amount("precision too big")? {
                Amount::None => Amount::Fixed(0),
                amount => amount,
            };
        }
        if matches!(self.peek()?, b'h' | b'l' | b'L') {
            self.at += 1;
            self.peek()?;
        }
        conversion.at = self.at;
        let byte = self.peek()?;
        let (kind, len) = if self.is_text { wtf8::decode(self.format, self.at) } else { (u32::from(byte), 1) };
        conversion.kind = kind;
        self.at = (self.at + len).min(self.format.len());
        Ok(conversion)
    }

    fn key(&mut self) -> Result<&'a [u8], PercentError> {
        self.at += 1;
        let start = self.at;
        let mut depth = 1;
        for (i, &byte) in self.format[start..].iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at = start + i + 1;
                return Ok(&self.format[start..start + i]);
            }
        }
        Err(PercentError("incomplete format key".into()))
    }

    fn amount(&mut self, too_big: &str) -> Result<Amount, PercentError> {
        if self.peek()? == b'*' {
            self.at += 1;
            return Ok(Amount::Star);
        }
        let mut number: Option<usize> = None;
        while let digit @ b'0'..=b'9' = self.peek()? {
            let next = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(usize::from(digit - b'0')));
            number = Some(next.filter(|&n| n <= i32::MAX as usize).ok_or_else(|| PercentError(too_big.into()))?);
            self.at += 1;
        }
        Ok(number.map_or(Amount::None, Amount::Fixed))
    }

    /// The message for a conversion character that is none.
    pub fn unsupported(&self, conversion: &Conversion) -> PercentError {
        let is_text = self.is_text;
        let at = if is_text { wtf8::count(&self.format[..conversion.at]) } else { conversion.at };
        let kind = conversion.kind;
        let shown = if is_text { char::from_u32(kind) } else { char::from_u32(kind & 0xFF) }
            .filter(|_| (31 < kind && kind < 128) || !is_text)
            .unwrap_or('?');
        PercentError(format!("unsupported format character '{shown}' ({kind:#x}) at index {at}"))
    }
}

/// The fixed amounts of a conversion after stars are resolved.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resolved {
    /// The least width.
    pub width: usize,
    /// The precision, if any.
    pub precision: Option<usize>,
    /// Whether to align left; a negative `*` width asks for that, too.
    pub left: bool,
}

/// Appends text (`%s`, `%r`, `%a`, `%c`), cut to the precision. `is_text` says what the width counts.
pub fn push_text(out: &mut Vec<u8>, text: &[u8], amounts: Resolved, is_text: bool) {
    let cut = match amounts.precision {
        Some(most) if is_text => &text[..wtf8::offset_of(text, most)],
        Some(most) => &text[..most.min(text.len())],
        None => text,
    };
    let len = if is_text && amounts.width > 0 { wtf8::count(cut) } else { cut.len() };
    let missing = amounts.width.saturating_sub(len);
    if !amounts.left {
        out.resize(out.len() + missing, b' ');
    }
    out.extend_from_slice(cut);
    if amounts.left {
        out.resize(out.len() + missing, b' ');
    }
}

fn push_number(out: &mut Vec<u8>, conversion: &Conversion, amounts: Resolved, sign: &str, prefix: &str, digits: &str) {
    let sign = match sign {
        "" if conversion.plus => "+",
        "" if conversion.space => " ",
        _ => sign,
    };
    let missing = amounts.width.saturating_sub(sign.len() + prefix.len() + digits.len());
    let zeros = conversion.zero && !amounts.left;
    if !amounts.left && !zeros {
        out.resize(out.len() + missing, b' ');
    }
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    if zeros {
        out.resize(out.len() + missing, b'0');
    }
    out.extend_from_slice(digits.as_bytes());
    if amounts.left {
        out.resize(out.len() + missing, b' ');
    }
}

/// Appends an integer (`%d %i %u %o %x %X`). None when it has too many digits.
pub fn push_int(
    out: &mut Vec<u8>,
    n: IntRef,
    conversion: &Conversion,
    amounts: Resolved,
    digit_limit: usize,
) -> Option<()> {
    let (radix, prefix) = match u8::try_from(conversion.kind) {
        Ok(b'o') => (8, "0o"),
        Ok(b'x') => (16, "0x"),
        Ok(b'X') => (16, "0X"),
        _ => (10, ""),
    };
    let negative = match n {
        IntRef::Small(n) => n < 0,
        IntRef::Big(n) => n.sign() == num_bigint::Sign::Minus,
    };
    let mut digits = n.magnitude_digits(radix, digit_limit)?;
    if conversion.kind == u32::from(b'X') {
        digits.make_ascii_uppercase();
    }
    if let Some(precision) = amounts.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = if conversion.alternate { prefix } else { "" };
    push_number(out, conversion, amounts, if negative { "-" } else { "" }, prefix, &digits);
    Some(())
}

/// Appends a float (`%e %E %f %F %g %G`).
pub fn push_float(out: &mut Vec<u8>, x: f64, conversion: &Conversion, amounts: Resolved) {
    let kind = u8::try_from(conversion.kind).unwrap_or(b'f');
    let how = FloatFormat {
        style: match kind {
            b'e' | b'E' => Style::Exponent,
            b'g' | b'G' => Style::General,
            _ => Style::Fixed,
        },
        precision: amounts.precision.unwrap_or(6),
        alternate: conversion.alternate,
        add_dot_zero: false,
        upper: kind.is_ascii_uppercase(),
    };
    let text = format_float(x, how);
    let (sign, digits) = text.strip_prefix('-').map_or(("", &text[..]), |rest| ("-", rest));
    push_number(out, conversion, amounts, sign, "", digits);
}
