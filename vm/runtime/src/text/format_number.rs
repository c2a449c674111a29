//! `format(x, spec)` of int, float and complex.

use super::float_fmt::{FloatFormat, Style, format_float};
use super::format_spec::{FormatError, FormatResult, FormatSpec};
use super::pad::repeat_into;
use super::{int_convert, wtf8};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use std::borrow::Cow;

/// A number cut into the parts that the layout treats differently.
struct Parts<'a> {
    negative: bool,
    /// `0x` and the like.
    prefix: &'a str,
    /// Digits before the point; these are grouped.
    whole: &'a str,
    /// Digits after the point; these are grouped from the left.
    fraction: &'a str,
    /// Whether a point stands before the fraction.
    point: bool,
    /// The exponent, `%`, or a word such as `nan`.
    tail: &'a str,
    /// How many digits make a group.
    group: usize,
}

/// `digits` with `separator` between groups counted from the right, filled up with zeros to at least `min_width`.
fn group_whole(digits: &str, separator: u8, group: usize, min_width: usize) -> Cow<'_, str> {
    if separator == 0 {
        return if digits.len() >= min_width {
            Cow::Borrowed(digits)
        } else {
            Cow::Owned(format!("{digits:0>min_width$}"))
        };
    }
    let mut reversed = Vec::with_capacity(min_width.max(digits.len() * 4 / 3 + 1));
    let mut rest = digits.bytes().rev().peekable();
    let mut in_group = 0;
    while rest.peek().is_some() || reversed.len() < min_width {
        if in_group == group {
            reversed.push(separator);
            in_group = 0;
        }
        reversed.push(rest.next().unwrap_or(b'0'));
        in_group += 1;
    }
    reversed.iter().rev().map(|&b| char::from(b)).collect()
}

/// `digits` with `separator` between groups counted from the left.
fn group_fraction(digits: &str, separator: u8) -> Cow<'_, str> {
    if separator == 0 {
        return Cow::Borrowed(digits);
    }
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(char::from(separator));
        }
        out.push(digit);
    }
    Cow::Owned(out)
}

fn layout(spec: &FormatSpec, parts: &Parts) -> Vec<u8> {
    let sign = match (parts.negative, spec.sign) {
        (true, _) => "-",
        (false, b'+') => "+",
        (false, b' ') => " ",
        _ => "",
    };
    let fraction = group_fraction(parts.fraction, spec.fraction_thousands);
    let around = sign.len() + parts.prefix.len() + usize::from(parts.point) + fraction.len() + parts.tail.len();
    let width = spec.width.unwrap_or(0);
    let zeros_inside = spec.align == b'=' && spec.fill == u32::from(b'0') && !parts.whole.is_empty();
    let min_width = if zeros_inside { width.saturating_sub(around) } else { 0 };
    let whole = if parts.whole.is_empty() {
        Cow::Borrowed("")
    } else {
        group_whole(parts.whole, spec.thousands, parts.group, min_width)
    };
    let missing = width.saturating_sub(around + whole.len());
    let fill = wtf8::encode(spec.fill);
    let (left, inside) = match spec.align {
        b'<' => (0, 0),
        b'^' => (missing / 2, 0),
        b'=' => (0, missing),
        _ => (missing, 0),
    };
    let mut out = Vec::with_capacity(around + whole.len() + missing * fill.len());
    repeat_into(&mut out, &fill, left);
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(parts.prefix.as_bytes());
    repeat_into(&mut out, &fill, inside);
    out.extend_from_slice(whole.as_bytes());
    if parts.point {
        out.push(b'.');
    }
    out.extend_from_slice(fraction.as_bytes());
    out.extend_from_slice(parts.tail.as_bytes());
    repeat_into(&mut out, &fill, missing - left - inside);
    out
}

/// An integer as the formatter takes it.
#[derive(Debug, Clone, Copy)]
pub enum IntRef<'a> {
    /// A machine integer.
    Small(i64),
    /// A big one.
    Big(&'a BigInt),
}

impl<'a> IntRef<'a> {
    /// The number as a big one.
    pub fn to_big(self) -> Cow<'a, BigInt> {
        match self {
            IntRef::Small(n) => Cow::Owned(BigInt::from(n)),
            IntRef::Big(n) => Cow::Borrowed(n),
        }
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            IntRef::Small(n) => n < 0,
            IntRef::Big(n) => n.is_negative(),
        }
    }

    /// The digits of the absolute value; None beyond the limit for decimal ones.
    pub fn magnitude_digits(self, radix: u32, digit_limit: usize) -> Option<String> {
        match self {
            IntRef::Small(n) => {
                let n = n.unsigned_abs();
                Some(match radix {
                    2 => format!("{n:b}"),
                    8 => format!("{n:o}"),
                    16 => format!("{n:x}"),
                    _ => n.to_string(),
                })
            }
            IntRef::Big(n) if radix == 10 => {
                int_convert::to_decimal(n, digit_limit).map(|text| text.trim_start_matches('-').to_owned())
            }
            IntRef::Big(n) => Some(n.magnitude().to_str_radix(radix)),
        }
    }

    /// The nearest float.
    pub fn to_f64(self) -> Result<f64, int_convert::TooLarge> {
        match self {
            IntRef::Small(n) => Ok(n as f64),
            IntRef::Big(n) => int_convert::to_f64(n),
        }
    }

    fn to_char(self) -> Result<u32, FormatError> {
        let n = match self {
            IntRef::Small(n) => n,
            IntRef::Big(n) => n.to_i64().ok_or(FormatError::Overflow("Python int too large to convert to C long"))?,
        };
        let cp = u32::try_from(n).ok().filter(|&cp| cp <= wtf8::MAX);
        cp.ok_or(FormatError::Overflow("%c arg not in range(0x110000)"))
    }
}

/// `format(n, spec)` of an integer. `type_name` is for messages.
pub fn format_int(n: IntRef, spec_text: &[u8], type_name: &str, digit_limit: usize) -> FormatResult<Vec<u8>> {
    let spec = FormatSpec::parse(spec_text, b'>', type_name)?;
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    if matches!(kind, b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%') {
        let x = n.to_f64().map_err(|_| FormatError::Overflow(int_convert::TooLarge::MESSAGE))?;
        return format_float_spec(x, &spec, type_name);
    }
    let (radix, prefix) = match kind {
        0 | b'd' | b'n' | b'c' => (10, ""),
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => return Err(spec.unknown_kind(type_name)),
    };
    if spec.precision.is_some() {
        return Err(FormatError::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(FormatError::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if kind == b'c' {
        return format_char(n, &spec);
    }
    let mut digits = n
        .magnitude_digits(radix, digit_limit)
        .ok_or_else(|| FormatError::value(int_convert::too_many_digits(digit_limit)))?;
    if kind == b'X' {
        digits.make_ascii_uppercase();
    }
    let parts = Parts {
        negative: n.is_negative(),
        prefix: if spec.alternate { prefix } else { "" },
        whole: &digits,
        fraction: "",
        point: false,
        tail: "",
        group: if radix == 10 { 3 } else { 4 },
    };
    Ok(layout(&spec, &parts))
}

fn format_char(n: IntRef, spec: &FormatSpec) -> FormatResult<Vec<u8>> {
    if spec.sign != 0 {
        return Err(FormatError::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(FormatError::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    Ok(spec.pad(&wtf8::encode(n.to_char()?), 1))
}

/// The digits of `x` for a specification, without sign, and whether it is negative.
fn float_digits(x: f64, spec: &FormatSpec, type_name: &str) -> FormatResult<(String, bool)> {
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    let mut x = x;
    let mut how = FloatFormat {
        style: Style::Fixed,
        precision: spec.precision.unwrap_or(6),
        alternate: spec.alternate,
        add_dot_zero: false,
        upper: matches!(kind, b'E' | b'F' | b'G'),
    };
    if how.precision > i32::MAX as usize {
        return Err(FormatError::value("precision too big"));
    }
    match kind {
        0 => {
            how.add_dot_zero = true;
            how.style = if spec.precision.is_some() { Style::General } else { Style::Repr };
        }
        b'e' | b'E' => how.style = Style::Exponent,
        b'f' | b'F' => {}
        b'g' | b'G' | b'n' => how.style = Style::General,
        b'%' => x *= 100.0,
        _ => return Err(spec.unknown_kind(type_name)),
    }
    let mut text = format_float(x, how);
    if kind == b'%' {
        text.push('%');
    }
    Ok(without_sign(text, spec))
}

fn without_sign(text: String, spec: &FormatSpec) -> (String, bool) {
    match text.strip_prefix('-') {
        None => (text, false),
        Some(rest) => {
            let mantissa = rest.split(['e', 'E']).next().unwrap_or(rest);
            let zero = !mantissa.bytes().any(|b| b.is_ascii_alphabetic() || (b'1'..=b'9').contains(&b));
            (rest.to_owned(), !(spec.no_negative_zero && zero))
        }
    }
}

fn cut_float(text: &str, negative: bool) -> Parts<'_> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(digits(text));
    let (point, rest) = rest.strip_prefix('.').map_or((false, rest), |rest| (true, rest));
    let (fraction, tail) = rest.split_at(if point { digits(rest) } else { 0 });
    Parts { negative, prefix: "", whole, fraction, point, tail, group: 3 }
}

/// `format(x, spec)` of a float.
pub fn format_float_text(x: f64, spec_text: &[u8], type_name: &str) -> FormatResult<Vec<u8>> {
    format_float_spec(x, &FormatSpec::parse(spec_text, b'>', type_name)?, type_name)
}

fn format_float_spec(x: f64, spec: &FormatSpec, type_name: &str) -> FormatResult<Vec<u8>> {
    let (text, negative) = float_digits(x, spec, type_name)?;
    Ok(layout(spec, &cut_float(&text, negative)))
}

/// `format(z, spec)` of a complex number.
pub fn format_complex(re: f64, im: f64, spec_text: &[u8], type_name: &str) -> FormatResult<Vec<u8>> {
    let spec = FormatSpec::parse(spec_text, b'>', type_name)?;
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    if !matches!(kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(spec.unknown_kind(type_name));
    }
    if spec.fill == u32::from(b'0') {
        return Err(FormatError::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(FormatError::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let skip_real = kind == 0 && re == 0.0 && re.is_sign_positive();
    let parentheses = kind == 0 && !skip_real;
    let mut inner = FormatSpec { width: None, fill: u32::from(b' '), align: b'<', ..spec };
    let mut out = Vec::new();
    if parentheses {
        out.push(b'(');
    }
    if !skip_real {
        out.extend(complex_part(re, &inner, type_name)?);
        inner.sign = b'+';
    }
    out.extend(complex_part(im, &inner, type_name)?);
    out.push(b'j');
    if parentheses {
        out.push(b')');
    }
    let len = out.len();
    Ok(spec.pad(&out, len))
}

/// One part of a complex number; without a type it has no `.0`.
fn complex_part(x: f64, spec: &FormatSpec, type_name: &str) -> FormatResult<Vec<u8>> {
    if spec.kind != 0 {
        return format_float_spec(x, spec, type_name);
    }
    let style = if spec.precision.is_some() { Style::General } else { Style::Repr };
    let how = FloatFormat { alternate: spec.alternate, ..FloatFormat::new(style, spec.precision.unwrap_or(0)) };
    let (text, negative) = without_sign(format_float(x, how), spec);
    Ok(layout(spec, &cut_float(&text, negative)))
}

/// `repr(z)` of a complex number.
pub fn complex_repr(re: f64, im: f64) -> String {
    let part = |x| format_float(x, FloatFormat::new(Style::Repr, 0));
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", part(im));
    }
    let sign = if im.is_nan() || im.is_sign_positive() { "+" } else { "" };
    format!("({}{sign}{}j)", part(re), part(im))
}
