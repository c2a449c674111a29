//! The values of literals, taken from the source where the parser's own value is not exact.
//!
//! The parser keeps strings as UTF-8, in which a lone surrogate (`"\ud800"`) has no form: it puts U+FFFD there. Such
//! strings are decoded again, into WTF-8.

use freeze_bytecode::Const;
use num_bigint::BigUint;
use rustpython_ast::{self as ast, AnyStringFlags, Number, StringFlags};
use rustpython_text_size::{Ranged, TextRange, TextSize};

use crate::source::Source;

/// Whether a string's prefix makes backslashes ordinary.
pub fn is_raw(flags: AnyStringFlags) -> bool {
    flags.is_raw_string()
}

/// The value of a string literal, all its parts joined, as WTF-8.
pub fn string_value(source: &Source, e: &ast::ExprStringLiteral) -> Vec<u8> {
    let mut out = Vec::new();
    for part in e.value.iter() {
        out.extend(part_value(source, part));
    }
    out
}

/// The value of one part of a string literal.
pub fn part_value(source: &Source, part: &ast::StringLiteral) -> Vec<u8> {
    if !may_have_lost(&part.value) {
        return part.value.as_bytes().to_vec();
    }
    let flags = AnyStringFlags::from(part.flags);
    let range = TextRange::new(part.range.start() + flags.opener_len(), part.range.end() - flags.closer_len());
    redecode(source, range, flags.is_raw_string(), false).unwrap_or_else(|| part.value.as_bytes().to_vec())
}

/// The value of the text between interpolations.
pub fn middle_value(source: &Source, text: &ast::InterpolatedStringLiteralElement, raw: bool) -> Vec<u8> {
    if !may_have_lost(&text.value) {
        return text.value.as_bytes().to_vec();
    }
    redecode(source, text.range(), raw, true).unwrap_or_else(|| text.value.as_bytes().to_vec())
}

fn may_have_lost(value: &str) -> bool {
    value.contains('\u{fffd}')
}

fn redecode(source: &Source, range: TextRange, raw: bool, braces: bool) -> Option<Vec<u8>> {
    let text = source.text().get(range.start().to_usize()..range.end().to_usize())?;
    if raw {
        return Some(text.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let push = |out: &mut Vec<u8>, c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    while let Some(c) = chars.next() {
        if braces && matches!(c, '{' | '}') {
            chars.next_if_eq(&c);
            push(&mut out, c);
            continue;
        }
        if c != '\\' {
            push(&mut out, c);
            continue;
        }
        let Some(kind) = chars.next() else {
            out.push(b'\\');
            break;
        };
        match kind {
            '\n' => {}
            '\\' | '\'' | '"' => push(&mut out, kind),
            'a' => out.push(7),
            'b' => out.push(8),
            'f' => out.push(12),
            'n' => out.push(10),
            'r' => out.push(13),
            't' => out.push(9),
            'v' => out.push(11),
            '0'..='7' => {
                let mut n = kind.to_digit(8)?;
                for _ in 0..2 {
                    match chars.peek().and_then(|c| c.to_digit(8)) {
                        Some(d) => {
                            n = n * 8 + d;
                            chars.next();
                        }
                        None => break,
                    }
                }
                push_code(&mut out, n);
            }
            'x' | 'u' | 'U' => {
                let len = match kind {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let mut n = 0;
                for _ in 0..len {
                    n = n * 16 + chars.next()?.to_digit(16)?;
                }
                push_code(&mut out, n);
            }
            'N' => {
                // A named character is never a surrogate, but may be U+FFFD itself; only the parser has the names.
                if chars.next()? != '{' {
                    return None;
                }
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                push(&mut out, named_char(&name)?);
            }
            other => {
                out.push(b'\\');
                push(&mut out, other);
            }
        }
    }
    Some(out)
}

/// A character by its name, by way of the parser.
fn named_char(name: &str) -> Option<char> {
    let text = format!("'\\N{{{name}}}'");
    let parsed = rustpython_parser::parse_expression(&text).ok()?;
    match &*parsed.syntax().body {
        ast::Expr::StringLiteral(e) => e.value.chars().next(),
        _ => None,
    }
}

/// Appends a code point, a lone surrogate included. Two halves that meet stay two, as in CPython's literals.
fn push_code(out: &mut Vec<u8>, n: u32) {
    match char::from_u32(n) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[0xe0 | (n >> 12) as u8, 0x80 | (n >> 6 & 0x3f) as u8, 0x80 | (n & 0x3f) as u8]),
    }
}

/// The value of a number literal.
pub fn number(e: &ast::ExprNumberLiteral, source: &Source) -> Const {
    match &e.value {
        Number::Int(n) => match n.as_i64() {
            Some(n) => Const::Int(n),
            None => match n.as_u64() {
                Some(n) => big(BigUint::from(n), false),
                None => big(parse_big(source, e.range, &n.to_string()), false),
            },
        },
        Number::Float(n) => Const::Float(n.to_bits()),
        Number::Complex { real, imag } => Const::Complex(real.to_bits(), imag.to_bits()),
    }
}

fn parse_big(source: &Source, range: TextRange, fallback: &str) -> BigUint {
    let text = source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or(fallback);
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => (10, digits.as_str()),
    };
    BigUint::parse_bytes(digits.as_bytes(), radix).unwrap_or_default()
}

/// An int constant of any size.
pub(crate) fn big(magnitude: BigUint, negative: bool) -> Const {
    let as_small = i128::try_from(&magnitude).ok().map(|n| if negative { -n } else { n });
    match as_small.and_then(|n| i64::try_from(n).ok()) {
        Some(n) => Const::Int(n),
        None => Const::BigInt { negative, digits: magnitude.to_u32_digits().into() },
    }
}

/// A docstring without common indentation and without blank lines at its ends (PEP 257, as 3.13 and later do it).
pub(crate) fn clean_docstring(doc: &[u8]) -> Vec<u8> {
    let expanded = expand_tabs(doc);
    let lines: Vec<&[u8]> = expanded.split(|b| *b == b'\n').collect();
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ').count();
    let margin = lines.iter().skip(1).filter(|l| indent(l) < l.len()).map(|l| indent(l)).min().unwrap_or(0);
    let mut out = Vec::with_capacity(doc.len());
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            out.push(b'\n');
        }
        let skip = if i == 0 { indent(line) } else { margin.min(indent(line)) };
        out.extend_from_slice(&line[skip..]);
    }
    out
}

fn expand_tabs(doc: &[u8]) -> Vec<u8> {
    if !doc.contains(&b'\t') {
        return doc.to_vec();
    }
    let mut out = Vec::with_capacity(doc.len());
    let mut column = 0;
    for byte in doc {
        match byte {
            b'\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', width));
                column += width;
            }
            b'\n' => {
                out.push(b'\n');
                column = 0;
            }
            _ => {
                out.push(*byte);
                // Only the first byte of a character counts.
                column += usize::from(*byte & 0xc0 != 0x80);
            }
        }
    }
    out
}

/// The invalid escape sequences of a file's string tokens: where, and what the warning says.
pub(crate) fn invalid_escapes(source: &Source, tokens: &[rustpython_ast::token::Token]) -> Vec<(TextRange, String)> {
    use rustpython_ast::token::TokenKind as Kind;
    let mut out = Vec::new();
    // Raw f-strings whose middles are passed over.
    let mut raw = Vec::new();
    for token in tokens {
        let range = token.range();
        let text = &source.text()[range];
        match token.kind() {
            Kind::FStringStart | Kind::TStringStart => raw.push(text.contains(['r', 'R'])),
            Kind::FStringEnd | Kind::TStringEnd => {
                raw.pop();
            }
            Kind::FStringMiddle | Kind::TStringMiddle if text.contains('\\') && raw.last() != Some(&true) => {
                scan_escapes(text, 0, range.start(), false, &mut out);
            }
            Kind::String if text.contains('\\') => {
                let quote = text.find(['\'', '"']).unwrap_or(0);
                let prefix = &text[..quote];
                if !prefix.contains(['r', 'R']) {
                    scan_escapes(text, quote + 1, range.start(), prefix.contains(['b', 'B']), &mut out);
                }
            }
            _ => {}
        }
    }
    out
}

fn scan_escapes(text: &str, from: usize, start: TextSize, is_bytes: bool, out: &mut Vec<(TextRange, String)>) {
    let mut chars = text.char_indices().skip_while(|(i, _)| *i < from).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        let Some((next_at, next)) = chars.next() else {
            return;
        };
        let octal = matches!(next, '0'..='7');
        let valid = octal
            || matches!(next, '\n' | '\r' | '\\' | '\'' | '"' | 'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | 'x')
            || (!is_bytes && matches!(next, 'u' | 'U' | 'N'))
            // In an f-string the backslash may be the last character before a brace.
            || (from == 0 && matches!(next, '{' | '}'));
        let digits: String = text[next_at..].chars().take(3).take_while(|c| c.is_digit(8)).collect();
        let message = if octal && digits.len() == 3 && digits.as_bytes()[0] > b'3' {
            format!(
                "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{digits}\"? A raw string is also an option."
            )
        } else if !valid {
            format!(
                "\"\\{next}\" is an invalid escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{next}\"? A raw string is also an option."
            )
        } else {
            continue;
        };
        let begin = start + TextSize::new(at as u32);
        out.push((TextRange::new(begin, start + TextSize::new((next_at + next.len_utf8()) as u32)), message));
    }
}

/// Numbers that a keyword follows without a blank, as in `0x1for x in y`: where, and what the warning says.
pub(crate) fn run_together(source: &Source, tokens: &[rustpython_ast::token::Token]) -> Vec<(TextRange, String)> {
    use rustpython_ast::token::TokenKind as Kind;
    let mut out = Vec::new();
    for pair in tokens.windows(2) {
        let (number, word) = (&pair[0], &pair[1]);
        let touching = matches!(number.kind(), Kind::Int | Kind::Float | Kind::Complex)
            && word.kind().is_keyword()
            && number.end() == word.start();
        if !touching {
            continue;
        }
        let text = source.text()[number.range()].as_bytes();
        let name = match (number.kind(), text.get(1)) {
            (Kind::Complex, _) => "imaginary",
            (Kind::Int, Some(b'x' | b'X')) => "hexadecimal",
            (Kind::Int, Some(b'o' | b'O')) => "octal",
            (Kind::Int, Some(b'b' | b'B')) => "binary",
            _ => "decimal",
        };
        let last = TextRange::new(number.end() - TextSize::new(1), number.end());
        out.push((last, format!("invalid {name} literal")));
    }
    out
}
