//! Errors below the level of the grammar: strings, numbers, characters, indentation.

use rustpython_ast::token::TokenKind as Kind;
use rustpython_parser::{InterpolatedStringErrorType, LexicalErrorType};
use rustpython_text_size::{TextRange, TextSize};

use super::Context;
use crate::error::Failure;

/// An error of the lexer in CPython's words, or None if it is plain "invalid syntax".
pub(super) fn lexical(c: &Context<'_>, error: &LexicalErrorType, at: TextRange) -> Option<Failure> {
    match error {
        LexicalErrorType::UnclosedStringError => Some(unterminated(c, at)),
        LexicalErrorType::FStringError(e) | LexicalErrorType::TStringError(e) => {
            let kind = if matches!(error, LexicalErrorType::FStringError(_)) { "f-string" } else { "t-string" };
            interpolated(c, e, kind, at)
        }
        LexicalErrorType::IndentationError => {
            let line = c.line_of(at.end());
            let text = c.source.line_text(line).trim_end_matches('\n');
            let start = at.end() - TextSize::new(c.source.line_and_byte(at.end().to_u32()).1);
            let end = start + TextSize::new(text.len() as u32);
            let message = "unindent does not match any outer indentation level";
            Some(c.indentation(TextRange::empty(end), message))
        }
        LexicalErrorType::LineContinuationError => {
            let after = at.start() + TextSize::new(1);
            if after.to_usize() >= c.source.text().len() {
                return Some(c.fail(TextRange::empty(after), "unexpected EOF while parsing"));
            }
            Some(c.fail(TextRange::empty(after), "unexpected character after line continuation character"))
        }
        LexicalErrorType::InvalidByteLiteral => {
            let start = string_start(c, at);
            let token = c.toks.iter().find(|t| t.range.start() == start && t.range.end() >= at.end());
            let end = token.map_or(at.end(), |t| t.range.end());
            Some(c.fail(TextRange::new(start, end), "bytes can only contain ASCII literal characters"))
        }
        LexicalErrorType::UnicodeError
        | LexicalErrorType::MissingUnicodeLbrace
        | LexicalErrorType::MissingUnicodeRbrace
        | LexicalErrorType::StringError => Some(bad_escape(c, at)),
        LexicalErrorType::UnrecognizedToken { tok } if !tok.is_ascii() => {
            let code = *tok as u32;
            let message = if tok.is_control() || tok.is_whitespace() || matches!(code, 0x200b..=0x200f | 0xfeff) {
                format!("invalid non-printable character U+{code:04X}")
            } else {
                format!("invalid character '{tok}' (U+{code:04X})")
            };
            Some(c.fail(at, message))
        }
        LexicalErrorType::UnrecognizedToken { tok } if tok.is_control() => {
            Some(c.fail(at, format!("invalid non-printable character U+{:04X}", *tok as u32)))
        }
        LexicalErrorType::UnrecognizedToken { .. } => None,
        LexicalErrorType::Eof if c.source.text()[at.start().to_usize()..].starts_with('\\') => {
            Some(c.fail(TextRange::empty(at.start() + TextSize::new(1)), "unexpected EOF while parsing"))
        }
        LexicalErrorType::Eof => None,
        LexicalErrorType::OtherError(_) => bad_number_at(c.source.text(), at.start().to_usize())
            .map(|(offset, message)| c.fail(TextRange::empty(TextSize::new(offset as u32)), message)),
    }
}

fn unterminated(c: &Context<'_>, at: TextRange) -> Failure {
    let text = &c.source.text()[at.start().to_usize()..];
    let prefix = text.find(['\'', '"']).unwrap_or(0);
    let quoted = &text[prefix..];
    if quoted.starts_with("'''") || quoted.starts_with("\"\"\"") {
        let last = c.source.line_count() - u32::from(c.source.text().ends_with('\n'));
        return c.fail(at, format!("unterminated triple-quoted string literal (detected at line {last})"));
    }
    let quote = quoted.chars().next().unwrap_or('\'');
    let line = c.line_of(at.start());
    let end = quoted.find('\n').unwrap_or(quoted.len());
    let hint = if quoted[..end].contains(&format!("\\{quote}")) { "; perhaps you escaped the end quote?" } else { "" };
    c.fail(at, format!("unterminated string literal (detected at line {line}){hint}"))
}

/// An error of an f-string or t-string.
pub(super) fn interpolated(
    c: &Context<'_>,
    error: &InterpolatedStringErrorType,
    kind: &str,
    at: TextRange,
) -> Option<Failure> {
    use InterpolatedStringErrorType as E;
    let opener = c
        .toks
        .iter()
        .rev()
        .find(|t| matches!(t.kind, Kind::FStringStart | Kind::TStringStart) && t.range.start() <= at.start());
    let from = opener.map_or(at, |t| t.range);
    // Brackets that were opened inside the string before its end came.
    let inside: Vec<_> = c.open_before(at.end()).into_iter().filter(|t| t.range.start() > from.start()).collect();
    match error {
        E::UnterminatedString | E::UnterminatedTripleQuotedString => {
            if let Some(open) = inside.last() {
                let bracket = c.text(open.range);
                return Some(c.fail(open.range, format!("'{bracket}' was never closed")));
            }
            let triple = matches!(error, E::UnterminatedTripleQuotedString);
            let line = if triple { c.source.line_count() } else { c.line_of(from.start()) };
            let line = if triple && c.source.text().ends_with('\n') { line - 1 } else { line };
            let what = if triple { "triple-quoted " } else { "" };
            Some(c.fail(from, format!("unterminated {what}{kind} literal (detected at line {line})")))
        }
        E::UnclosedLbrace => {
            let after_colon = c.before(at.start()).is_some_and(|t| matches!(t.kind, Kind::Colon | Kind::FStringMiddle));
            let formats = if after_colon { ", or format specs" } else { "" };
            Some(c.fail(at, format!("{kind}: expecting '}}'{formats}")))
        }
        E::SingleRbrace => Some(c.fail(at, format!("{kind}: single '}}' is not allowed"))),
        E::InvalidConversionFlag => {
            let name = c.text(at).trim();
            let message = if name.is_empty() || !name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                format!("{kind}: missing conversion character")
            } else {
                format!("{kind}: invalid conversion character '{name}': expected 's', 'r', or 'a'")
            };
            Some(c.fail(at, message))
        }
        E::ConversionFlagNotImmediatelyAfterExclamation => {
            Some(c.fail(at, format!("{kind}: conversion type must come right after the exclamation mark")))
        }
        E::LambdaWithoutParentheses => {
            Some(c.fail(at, format!("{kind}: lambda expressions are not allowed without parentheses")))
        }
        E::NewlineInFormatSpec => {
            Some(c.fail(at, format!("{kind}: newlines are not allowed in format specifiers for single quoted {kind}s")))
        }
    }
}

/// Where the string begins that an offset lies in.
fn string_start(c: &Context<'_>, at: TextRange) -> TextSize {
    let inside = c.toks.iter().find(|t| t.range.start() <= at.start() && at.start() < t.range.end());
    inside.map_or(at.start(), |t| t.range.start())
}

/// A broken escape sequence: its message names the bytes it takes within the string.
fn bad_escape(c: &Context<'_>, at: TextRange) -> Failure {
    let start = string_start(c, at);
    let middle = |k: Kind| matches!(k, Kind::FStringMiddle | Kind::TStringMiddle);
    let inside = c.toks.iter().find(|t| middle(t.kind) && t.range.start() <= at.start() && at.start() <= t.range.end());
    if let Some(token) = inside {
        let message = broken_escape(c.text(token.range), false);
        let message = message.unwrap_or_else(|| "(unicode error) 'unicodeescape' codec can't decode bytes".into());
        return c.fail(TextRange::new(at.start(), at.end().max(at.start())), message);
    }
    let text = &c.source.text()[start.to_usize()..];
    let quote = text.find(['\'', '"']).unwrap_or(0);
    let is_bytes = text[..quote].contains(['b', 'B']);
    let range = TextRange::new(start, at.end().max(start));
    let mark = &text[quote..];
    let len = if mark.starts_with("'''") || mark.starts_with("\"\"\"") { 3 } else { 1 };
    let opener = &mark[..len.min(mark.len())];
    let content = &mark[opener.len()..];
    let content = &content[..content.find(opener).unwrap_or(content.len())];
    let message = broken_escape(content, is_bytes);
    c.fail(range, message.unwrap_or_else(|| "(unicode error) 'unicodeescape' codec can't decode bytes".into()))
}

/// What is wrong with the first broken escape sequence of a string's content.
fn broken_escape(content: &str, is_bytes: bool) -> Option<String> {
    let bytes = content.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' {
            i += 1;
            continue;
        }
        let digits = |n: usize| bytes[i + 2..].iter().take(n).take_while(|b| b.is_ascii_hexdigit()).count();
        let (wanted, what) = match bytes.get(i + 1) {
            Some(b'x') => (2, "truncated \\xXX escape"),
            Some(b'u') if !is_bytes => (4, "truncated \\uXXXX escape"),
            Some(b'U') if !is_bytes => (8, "truncated \\UXXXXXXXX escape"),
            Some(b'N') if !is_bytes => {
                let name = content[i + 2..].strip_prefix('{').and_then(|rest| rest.find('}'));
                match name {
                    None => {
                        let end = content[i + 2..].strip_prefix('{').map_or(i + 1, |rest| i + 2 + rest.len());
                        return Some(unicode_error(i, end, "malformed \\N character escape"));
                    }
                    Some(len) => {
                        let escape = i + 3..i + 3 + len;
                        if known_name(&content[escape.clone()]) {
                            i = escape.end + 1;
                            continue;
                        }
                        return Some(unicode_error(i, escape.end, "unknown Unicode character name"));
                    }
                }
            }
            _ => {
                i += 2;
                continue;
            }
        };
        let found = digits(wanted);
        if found < wanted {
            if is_bytes {
                return Some(format!("(value error) invalid \\x escape at position {i}"));
            }
            return Some(unicode_error(i, i + 1 + found, what));
        }
        if wanted == 8 && u32::from_str_radix(&content[i + 2..i + 10], 16).is_ok_and(|n| n > 0x10_ffff) {
            return Some(unicode_error(i, i + 9, "illegal Unicode character"));
        }
        i += 2 + wanted;
    }
    None
}

fn known_name(name: &str) -> bool {
    rustpython_parser::parse_expression(&format!("'\\N{{{name}}}'")).is_ok()
}

fn unicode_error(from: usize, to: usize, what: &str) -> String {
    if to <= from {
        return format!("(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {from}: {what}");
    }
    format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {from}-{to}: {what}")
}

/// The first number in the file that is malformed or runs into a name.
pub(super) fn bad_number(c: &Context<'_>) -> Option<Failure> {
    for tok in &c.toks {
        let number = matches!(tok.kind, Kind::Int | Kind::Float | Kind::Complex);
        if !number {
            continue;
        }
        if let Some((offset, message)) = bad_number_at(c.source.text(), tok.range.start().to_usize()) {
            return Some(c.fail(TextRange::at(TextSize::new(offset as u32), TextSize::new(1)), message));
        }
    }
    None
}

/// What CPython says about the number that begins at an offset, if it is wrong, and where it says so.
fn bad_number_at(text: &str, start: usize) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let mut i = start;
    if at(i) == b'0' && matches!(at(i + 1), b'x' | b'X' | b'o' | b'O' | b'b' | b'B') {
        let (name, valid): (&str, fn(u8) -> bool) = match at(i + 1) {
            b'x' | b'X' => ("hexadecimal", |b| b.is_ascii_hexdigit()),
            b'o' | b'O' => ("octal", |b| (b'0'..=b'7').contains(&b)),
            _ => ("binary", |b| matches!(b, b'0' | b'1')),
        };
        i += 2;
        loop {
            if at(i) == b'_' {
                i += 1;
            }
            if !valid(at(i)) {
                if at(i).is_ascii_digit() {
                    return Some((i, format!("invalid digit '{}' in {name} literal", at(i) as char)));
                }
                return Some((i - 1, format!("invalid {name} literal")));
            }
            while valid(at(i)) {
                i += 1;
            }
            if at(i) != b'_' {
                break;
            }
        }
        if at(i).is_ascii_digit() {
            return Some((i, format!("invalid digit '{}' in {name} literal", at(i) as char)));
        }
        return ends_badly(text, i).then(|| (i - 1, format!("invalid {name} literal")));
    }
    let decimal = |mut i: usize| loop {
        while at(i).is_ascii_digit() {
            i += 1;
        }
        if at(i) != b'_' {
            return Ok(i);
        }
        i += 1;
        if !at(i).is_ascii_digit() {
            return Err(i - 1);
        }
    };
    let invalid = |i: usize| Some((i, "invalid decimal literal".to_owned()));
    match decimal(i) {
        Ok(end) => i = end,
        Err(bad) => return invalid(bad),
    }
    let mut is_float = false;
    if at(i) == b'.' {
        is_float = true;
        i += 1;
        if at(i).is_ascii_digit() {
            match decimal(i) {
                Ok(end) => i = end,
                Err(bad) => return invalid(bad),
            }
        }
    }
    if matches!(at(i), b'e' | b'E') {
        let sign = usize::from(matches!(at(i + 1), b'+' | b'-'));
        if at(i + 1 + sign).is_ascii_digit() {
            is_float = true;
            match decimal(i + 1 + sign) {
                Ok(end) => i = end,
                Err(bad) => return invalid(bad),
            }
        } else if sign == 1 {
            return invalid(i + 1);
        }
    }
    if matches!(at(i), b'j' | b'J') {
        i += 1;
        return ends_badly(text, i).then(|| (i - 1, "invalid imaginary literal".to_owned()));
    }
    let digits = &text[start..i];
    let leading = !is_float && digits.starts_with('0') && digits.bytes().any(|b| matches!(b, b'1'..=b'9'));
    if leading {
        let message =
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
        return Some((start, message.to_owned()));
    }
    if ends_badly(text, i) { invalid(i.saturating_sub(1)) } else { None }
}

/// Whether a name follows at once that may not. Some keywords may.
fn ends_badly(text: &str, i: usize) -> bool {
    let rest = &text[i..];
    let Some(first) = rest.chars().next() else {
        return false;
    };
    if !(first.is_alphabetic() || first == '_') {
        return false;
    }
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let word = &rest[..end];
    !["and", "else", "for", "if", "in", "is", "or", "not"].iter().any(|k| word.starts_with(k))
}
