//! Syntax errors of the parser in CPython's words.
//!
//! The parser tells what it expected where; CPython tells what is probably meant. Which of its messages applies is found
//! from the parser's error and the tokens around it. Where nothing particular applies it is "invalid syntax".

mod lexical;
mod specific;
mod targets;

use rustpython_ast::token::TokenKind as Kind;
use rustpython_parser::{LexicalErrorType, ParseError, ParseErrorType};
use rustpython_text_size::{TextRange, TextSize};

use crate::error::{ErrorKind, Failure};
use crate::source::Source;

/// A token that matters: no comments, no newlines inside brackets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tok {
    pub(crate) kind: Kind,
    pub(crate) range: TextRange,
}

/// What an error is explained from.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a Source,
    pub(crate) toks: Vec<Tok>,
}

/// Something wrong with the brackets.
enum Brackets {
    Fine,
    /// A closing bracket that does not fit.
    Wrong(TextRange, String),
    /// An opening bracket without an end.
    Open(TextRange, char),
}

impl Context<'_> {
    pub(crate) fn text(&self, range: TextRange) -> &str {
        self.source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// The index of the first token that begins at or after an offset.
    pub(crate) fn index_at(&self, offset: TextSize) -> usize {
        self.toks.partition_point(|t| t.range.start() < offset)
    }

    /// The token before an offset.
    pub(crate) fn before(&self, offset: TextSize) -> Option<Tok> {
        self.index_at(offset).checked_sub(1).map(|i| self.toks[i])
    }

    /// The token at or after an offset.
    pub(crate) fn after(&self, offset: TextSize) -> Option<Tok> {
        self.toks.get(self.index_at(offset)).copied()
    }

    pub(crate) fn line_of(&self, offset: TextSize) -> u32 {
        self.source.line_and_byte(offset.to_u32().min(self.source.text().len() as u32)).0
    }

    /// The first token of the logical line that an offset is on.
    pub(crate) fn line_start(&self, offset: TextSize) -> usize {
        let end = self.index_at(offset);
        let newline = |t: &Tok| matches!(t.kind, Kind::Newline | Kind::Indent | Kind::Dedent);
        self.toks[..end].iter().rposition(newline).map_or(0, |i| i + 1)
    }

    /// The brackets that are open before an offset, outermost first.
    pub(crate) fn open_before(&self, offset: TextSize) -> Vec<Tok> {
        let mut open = Vec::new();
        for tok in &self.toks[..self.index_at(offset)] {
            match tok.kind {
                Kind::Lpar | Kind::Lsqb | Kind::Lbrace => open.push(*tok),
                Kind::Rpar | Kind::Rsqb | Kind::Rbrace => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    fn brackets(&self) -> Brackets {
        let mut open: Vec<Tok> = Vec::new();
        for tok in &self.toks {
            let closes = match tok.kind {
                Kind::Lpar | Kind::Lsqb | Kind::Lbrace => {
                    open.push(*tok);
                    continue;
                }
                Kind::Rpar => Kind::Lpar,
                Kind::Rsqb => Kind::Lsqb,
                Kind::Rbrace => Kind::Lbrace,
                _ => continue,
            };
            let close = self.text(tok.range);
            match open.pop() {
                None => return Brackets::Wrong(tok.range, format!("unmatched '{close}'")),
                Some(opener) if opener.kind != closes => {
                    let opened = self.text(opener.range);
                    let line = self.line_of(opener.range.start());
                    let place = if line == self.line_of(tok.range.start()) {
                        String::new()
                    } else {
                        format!(" on line {line}")
                    };
                    let message =
                        format!("closing parenthesis '{close}' does not match opening parenthesis '{opened}'{place}");
                    return Brackets::Wrong(tok.range, message);
                }
                Some(_) => {}
            }
        }
        match open.last() {
            None => Brackets::Fine,
            Some(tok) => Brackets::Open(tok.range, self.text(tok.range).chars().next().unwrap_or('(')),
        }
    }

    pub(crate) fn fail(&self, range: TextRange, message: impl Into<String>) -> Failure {
        Failure { kind: ErrorKind::Syntax, message: message.into(), range: Some(range) }
    }

    pub(crate) fn indentation(&self, range: TextRange, message: impl Into<String>) -> Failure {
        Failure { kind: ErrorKind::Indentation, message: message.into(), range: Some(range) }
    }
}

/// The first error in CPython's words.
pub(crate) fn explain(source: &Source, tokens: &[rustpython_ast::token::Token], errors: &[ParseError]) -> Failure {
    let toks = tokens
        .iter()
        .filter(|t| !matches!(t.kind(), Kind::Comment | Kind::NonLogicalNewline))
        .map(|t| Tok { kind: t.kind(), range: rustpython_text_size::Ranged::range(t) })
        .collect();
    let c = Context { source, toks };
    let Some(first) = errors.iter().min_by_key(|e| e.location.start()) else {
        return c.fail(TextRange::default(), "invalid syntax");
    };
    let at = first.location;
    if let Some(failure) = mixed_tabs(&c, at.end()) {
        return failure;
    }
    if let Some(number) = lexical::bad_number(&c)
        && number.range.is_some_and(|r| r.start() <= at.end())
    {
        return number;
    }
    let brackets = c.brackets();
    if let Brackets::Wrong(range, message) = &brackets
        && range.start() <= at.end()
        && !specific_first(first, *range)
    {
        return c.fail(*range, message.clone());
    }
    // What follows an unclosed bracket on later lines makes no sense anyway.
    if let Brackets::Open(range, bracket) = &brackets
        && c.line_of(at.start()) > c.line_of(range.start())
        && !matches!(first.error, ParseErrorType::Lexical(_))
        && range.start() < at.start()
    {
        return c.fail(*range, format!("'{bracket}' was never closed"));
    }
    if let Some(failure) = specific::specific(&c, first) {
        return failure;
    }
    generic(&c, first, errors, brackets)
}

/// The first line up to an offset whose indentation depends on how wide a tab is.
fn mixed_tabs(c: &Context<'_>, end: TextSize) -> Option<Failure> {
    let mut levels = vec![(0u32, 0u32)];
    let mut begins = true;
    let mut depth = 0u32;
    for tok in c.toks.iter().take_while(|t| t.range.start() <= end) {
        match tok.kind {
            Kind::Indent | Kind::Dedent => continue,
            Kind::Newline => {
                begins = depth == 0;
                continue;
            }
            Kind::Lpar | Kind::Lsqb | Kind::Lbrace => depth += 1,
            Kind::Rpar | Kind::Rsqb | Kind::Rbrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !std::mem::take(&mut begins) || tok.kind == Kind::EndOfFile {
            continue;
        }
        let line = c.line_of(tok.range.start());
        let (mut wide, mut narrow) = (0, 0);
        for ch in c.source.line_text(line).chars() {
            match ch {
                ' ' => (wide, narrow) = (wide + 1, narrow + 1),
                '\t' => (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1),
                '\x0c' => (wide, narrow) = (0, 0),
                _ => break,
            }
        }
        while levels.last().is_some_and(|l| l.0 > wide) {
            levels.pop();
        }
        let top = levels.last().copied().unwrap_or_default();
        let mixed = if wide == top.0 { narrow != top.1 } else { narrow <= top.1 };
        if mixed {
            let (_, column) = c.source.line_and_byte(tok.range.start().to_u32());
            let range = TextRange::empty(tok.range.start() - TextSize::new(column));
            let message = "inconsistent use of tabs and spaces in indentation".into();
            return Some(Failure { kind: ErrorKind::Tab, message, range: Some(range) });
        }
        if wide > top.0 {
            levels.push((wide, narrow));
        }
    }
    None
}

/// Whether an error is reported although a bracket right there does not fit.
fn specific_first(error: &ParseError, bracket: TextRange) -> bool {
    error.location.end() < bracket.start() && !matches!(error.error, ParseErrorType::Lexical(_))
}

/// "invalid syntax", unless something else is wrong with the file that says more.
fn generic(c: &Context<'_>, first: &ParseError, errors: &[ParseError], brackets: Brackets) -> Failure {
    let at = first.location;
    for error in errors {
        if let ParseErrorType::Lexical(lexical) = &error.error
            && !matches!(lexical, LexicalErrorType::Eof)
            && let Some(failure) = lexical::lexical(c, lexical, error.location)
        {
            return failure;
        }
    }
    if let Some(failure) = lexical::bad_number(c) {
        return failure;
    }
    match brackets {
        Brackets::Wrong(range, message) => return c.fail(range, message),
        Brackets::Open(range, bracket) => {
            let nothing = |t: &Tok| matches!(t.kind, Kind::EndOfFile | Kind::Newline | Kind::Dedent | Kind::Unknown);
            let at_end = c.toks[c.index_at(at.start())..].iter().all(nothing);
            if at_end || c.line_of(at.start()) > c.line_of(range.start()) {
                return c.fail(range, format!("'{bracket}' was never closed"));
            }
        }
        Brackets::Fine => {}
    }
    if let Some(failure) = specific::forgotten(c, at) {
        return failure;
    }
    if matches!(first.error, ParseErrorType::UnparenthesizedTupleExpression) {
        let inside = c.toks.iter().find(|t| t.kind == Kind::Comma && t.range.start() > at.start());
        if let Some(comma) = inside {
            return c.fail(comma.range, "invalid syntax");
        }
    }
    let index = c.index_at(at.start());
    let before = index.checked_sub(1).and_then(|i| c.toks.get(i));
    let range = match c.toks.get(index) {
        // `<>` is one token in CPython.
        Some(tok)
            if tok.kind == Kind::Greater
                && let Some(less) = before
                && less.kind == Kind::Less
                && less.range.end() == tok.range.start() =>
        {
            TextRange::new(less.range.start(), tok.range.end())
        }
        Some(tok) if tok.range.start() == at.start() => tok.range,
        _ => at,
    };
    c.fail(range, "invalid syntax")
}
