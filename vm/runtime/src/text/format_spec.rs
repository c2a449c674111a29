//! The format-specification mini-language: parsing, and the layout shared by all types.

use smallvec::SmallVec;

use super::pad::repeat_into;
use super::wtf8;
use crate::object::reserve::has_room;

/// A parsed specification. Characters are code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatSpec {
    /// What fills the field.
    pub fill: u32,
    /// `<`, `>`, `=` or `^`; the type's own when none was given.
    pub align: u8,
    /// Whether the alignment was given.
    pub align_given: bool,
    /// `#`
    pub alternate: bool,
    /// `z`: negative zero is shown without its sign.
    pub no_negative_zero: bool,
    /// `+`, `-` or a space; 0 when none was given.
    pub sign: u8,
    /// The least width.
    pub width: Option<usize>,
    /// `,` or `_` between groups of digits; 0 for none.
    pub thousands: u8,
    /// Digits after the point, or the most characters of a string.
    pub precision: Option<usize>,
    /// `,` or `_` between groups of digits of the fraction; 0 for none.
    pub fraction_thousands: u8,
    /// The type character; 0 when none was given.
    pub kind: u32,
}

/// What is wrong with a specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// `ValueError` with this text.
    Value(String),
    /// `OverflowError` with this text.
    Overflow(&'static str),
    /// `MemoryError`: the width or precision is more than there is memory for.
    Memory,
}

impl FormatError {
    /// A `ValueError`.
    pub fn value(text: impl Into<String>) -> FormatError {
        FormatError::Value(text.into())
    }
}

/// The result of formatting.
pub type FormatResult<T> = Result<T, FormatError>;

const MAX_NUMBER: usize = isize::MAX as usize;

fn read_number(spec: &[u32], at: &mut usize) -> FormatResult<Option<usize>> {
    let mut number: Option<usize> = None;
    while let Some(digit) = spec.get(*at).and_then(|&cp| super::chars::decimal_value(cp)) {
        let next = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(usize::from(digit)));
        number = Some(
            next.filter(|&n| n <= MAX_NUMBER)
                .ok_or_else(|| FormatError::value("Too many decimal digits in format string"))?,
        );
        *at += 1;
    }
    Ok(number)
}

fn is_align(cp: u32) -> bool {
    u8::try_from(cp).is_ok_and(|b| matches!(b, b'<' | b'>' | b'=' | b'^'))
}

impl FormatSpec {
    /// Parses `text`. `default_align` is `>` for numbers and `<` for the rest; `type_name` is for messages.
    pub fn parse(text: &[u8], default_align: u8, type_name: &str) -> FormatResult<FormatSpec> {
        let cps: SmallVec<[u32; 24]> = wtf8::code_points(text).collect();
        let mut spec = FormatSpec {
            fill: u32::from(b' '),
            align: default_align,
            align_given: false,
            alternate: false,
            no_negative_zero: false,
            sign: 0,
            width: None,
            thousands: 0,
            precision: None,
            fraction_thousands: 0,
            kind: 0,
        };
        let mut at = 0;
        let mut fill_given = false;
        let peek = |at: usize, byte: u8| cps.get(at) == Some(&u32::from(byte));
        if cps.len() >= 2 && is_align(cps[1]) {
            (spec.fill, spec.align, spec.align_given, fill_given) = (cps[0], cps[1] as u8, true, true);
            at = 2;
        } else if cps.first().is_some_and(|&cp| is_align(cp)) {
            (spec.align, spec.align_given) = (cps[0] as u8, true);
            at = 1;
        }
        if let Some(&sign) = cps.get(at).filter(|&&cp| cp == 0x2B || cp == 0x2D || cp == 0x20) {
            spec.sign = sign as u8;
            at += 1;
        }
        if peek(at, b'z') {
            spec.no_negative_zero = true;
            at += 1;
        }
        if peek(at, b'#') {
            spec.alternate = true;
            at += 1;
        }
        if !fill_given && peek(at, b'0') {
            spec.fill = u32::from(b'0');
            if !spec.align_given && default_align == b'>' {
                spec.align = b'=';
            }
            at += 1;
        }
        spec.width = read_number(&cps, &mut at)?;
        spec.thousands = read_grouping(&cps, &mut at)?;
        if peek(at, b'.') {
            at += 1;
            spec.precision = read_number(&cps, &mut at)?;
            spec.fraction_thousands = read_grouping(&cps, &mut at)?;
            if spec.precision.is_none() && spec.fraction_thousands == 0 {
                return Err(FormatError::value("Format specifier missing precision"));
            }
        }
        match cps.len() - at {
            0 => {}
            1 => spec.kind = cps[at],
            _ => {
                return Err(FormatError::value(format!(
                    "Invalid format specifier '{}' for object of type '{type_name}'",
                    wtf8::to_lossy(text)
                )));
            }
        }
        spec.check_grouping(default_align)?;
        let longest = spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0));
        has_room(longest.saturating_mul(2)).map_err(|_| FormatError::Memory)?;
        Ok(spec)
    }

    fn check_grouping(&self, default_align: u8) -> FormatResult<()> {
        let wide_kind = if self.kind == 0 && default_align == b'<' { u32::from(b's') } else { self.kind };
        let kind = u8::try_from(wide_kind).unwrap_or(b'?');
        for separator in [self.thousands, self.fraction_thousands] {
            if separator == 0 {
                continue;
            }
            let allowed = match kind {
                0 | b'd' | b'e' | b'f' | b'g' | b'E' | b'G' | b'%' | b'F' => true,
                b'b' | b'o' | b'x' | b'X' => separator == b'_',
                _ => false,
            };
            if !allowed {
                return Err(FormatError::value(format!(
                    "Cannot specify '{}' with {}.",
                    char::from(separator),
                    shown(wide_kind)
                )));
            }
        }
        Ok(())
    }

    /// The error for a type character that the type doesn't know.
    pub fn unknown_kind(&self, type_name: &str) -> FormatError {
        FormatError::value(format!("Unknown format code {} for object of type '{type_name}'", shown(self.kind)))
    }

    /// `content`, which is `len` code points long, padded to the width.
    pub fn pad(&self, content: &[u8], len: usize) -> Vec<u8> {
        let missing = self.width.unwrap_or(0).saturating_sub(len);
        let left = match self.align {
            b'>' | b'=' => missing,
            b'^' => missing / 2,
            _ => 0,
        };
        let fill = wtf8::encode(self.fill);
        let mut out = Vec::with_capacity(content.len() + missing * fill.len());
        repeat_into(&mut out, &fill, left);
        out.extend_from_slice(content);
        repeat_into(&mut out, &fill, missing - left);
        out
    }
}

fn shown(kind: u32) -> String {
    match char::from_u32(kind) {
        Some(c) if (0x21..0x80).contains(&kind) => format!("'{c}'"),
        _ => format!("'\\x{kind:x}'"),
    }
}

fn read_grouping(cps: &[u32], at: &mut usize) -> FormatResult<u8> {
    let is_separator = |cp: Option<&u32>| cp.copied().filter(|&cp| cp == 0x2C || cp == 0x5F);
    let Some(separator) = is_separator(cps.get(*at)) else { return Ok(0) };
    *at += 1;
    match is_separator(cps.get(*at)) {
        Some(second) if second != separator => Err(FormatError::value("Cannot specify both ',' and '_'.")),
        // A doubled separator is read as the type character, and refused as such.
        _ => Ok(separator as u8),
    }
}

/// `format(s, spec)` of a string.
pub fn format_str(s: &[u8], spec_text: &[u8], type_name: &str) -> FormatResult<Vec<u8>> {
    let spec = FormatSpec::parse(spec_text, b'<', type_name)?;
    if spec.kind != 0 && spec.kind != u32::from(b's') {
        return Err(spec.unknown_kind(type_name));
    }
    let refuse = |what: &str| Err(FormatError::value(format!("{what} not allowed in string format specifier")));
    match spec.sign {
        0 => {}
        b' ' => return refuse("Space"),
        _ => return refuse("Sign"),
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    if spec.align == b'=' {
        return Err(FormatError::value("'=' alignment not allowed in string format specifier"));
    }
    let cut = match spec.precision {
        Some(most) => &s[..wtf8::offset_of(s, most)],
        None => s,
    };
    Ok(spec.pad(cut, wtf8::count(cut)))
}
