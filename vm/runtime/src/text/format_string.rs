//! `str.format` strings: literals, replacement fields, and the names inside fields.

use super::wtf8;

/// What is wrong: `ValueError` with this message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkupError(pub String);

fn error<T>(text: impl Into<String>) -> Result<T, MarkupError> {
    Err(MarkupError(text.into()))
}

/// A replacement field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// `name.attr[item]`, to be split by [`split_name`].
    pub name: &'a [u8],
    /// `!r`: the conversion, a code point.
    pub conversion: Option<u32>,
    /// What stands behind the colon; it may hold fields itself.
    pub spec: &'a [u8],
    /// Whether the specification has fields to be replaced.
    pub nested: bool,
}

/// A literal and the field behind it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup<'a> {
    /// Text to copy.
    pub literal: &'a [u8],
    /// The field.
    pub field: Option<Field<'a>>,
}

/// Walks over a format string.
pub struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    /// A parser of `text`.
    pub fn new(text: &'a [u8]) -> Parser<'a> {
        Parser::starting_at(text, 0)
    }

    /// A parser of `text` from a byte on, where another one stopped.
    pub fn starting_at(text: &'a [u8], at: usize) -> Parser<'a> {
        Parser { text, at }
    }

    /// The byte up to which it has read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next part; None at the end.
    pub fn next_markup(&mut self) -> Result<Option<Markup<'a>>, MarkupError> {
        let text = self.text;
        if self.at >= text.len() {
            return Ok(None);
        }
        let start = self.at;
        let Some(brace) = memchr::memchr2(b'{', b'}', &text[start..]).map(|n| start + n) else {
            self.at = text.len();
            return Ok(Some(Markup { literal: &text[start..], field: None }));
        };
        match (text[brace], text.get(brace + 1)) {
            (open, Some(&next)) if open == next => {
                // A doubled brace: the first of them is part of the literal.
                self.at = brace + 2;
                Ok(Some(Markup { literal: &text[start..=brace], field: None }))
            }
            (b'}', _) => error("Single '}' encountered in format string"),
            (_, None) => error("Single '{' encountered in format string"),
            _ => {
                self.at = brace + 1;
                let field = self.field()?;
                Ok(Some(Markup { literal: &text[start..brace], field: Some(field) }))
            }
        }
    }

    fn field(&mut self) -> Result<Field<'a>, MarkupError> {
        let text = self.text;
        let start = self.at;
        let mut in_brackets = false;
        let end = loop {
            match text.get(self.at) {
                None => return error("expected '}' before end of string"),
                Some(b'{') if !in_brackets => return error("unexpected '{' in field name"),
                Some(b'[') => in_brackets = true,
                Some(b']') => in_brackets = false,
                Some(b'}' | b':' | b'!') if !in_brackets => break self.at,
                _ => {}
            }
            self.at += 1;
        };
        let mut field = Field { name: &text[start..end], conversion: None, spec: &[], nested: false };
        let mut delimiter = text[self.at];
        self.at += 1;
        if delimiter == b'!' {
            let Some(_) = text.get(self.at) else {
                return error("end of string while looking for conversion specifier");
            };
            let (conversion, len) = wtf8::decode(text, self.at);
            field.conversion = Some(conversion);
            self.at += len;
            match text.get(self.at) {
                None => return error("unmatched '{' in format spec"),
                Some(&byte @ (b':' | b'}')) => delimiter = byte,
                Some(_) => return error("expected ':' after conversion specifier"),
            }
            self.at += 1;
        }
        if delimiter == b':' {
            let start = self.at;
            let mut depth = 1;
            loop {
                match text.get(self.at) {
                    None => return error("unmatched '{' in format spec"),
                    Some(b'{') => {
                        field.nested = true;
                        depth += 1;
                    }
                    Some(b'}') => depth -= 1,
                    _ => {}
                }
                self.at += 1;
                if depth == 0 {
                    break;
                }
            }
            field.spec = &text[start..self.at - 1];
        }
        Ok(field)
    }
}

/// What a field begins with, or a subscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A number.
    Index(usize),
    /// Anything else; empty for an automatic number.
    Name(&'a [u8]),
}

/// One step from the first object on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access<'a> {
    /// `.name`
    Attribute(&'a [u8]),
    /// `[key]`
    Item(Key<'a>),
}

fn key(text: &[u8]) -> Result<Key<'_>, MarkupError> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Ok(Key::Name(text));
    }
    let number = text.iter().try_fold(0usize, |n, b| n.checked_mul(10)?.checked_add(usize::from(b - b'0')));
    match number.filter(|&n| n <= isize::MAX as usize) {
        Some(n) => Ok(Key::Index(n)),
        None => error("Too many decimal digits in format string"),
    }
}

/// The first part of a field name and what follows it.
pub fn split_name(name: &[u8]) -> Result<(Key<'_>, Accesses<'_>), MarkupError> {
    let end = name.iter().position(|b| matches!(b, b'.' | b'[')).unwrap_or(name.len());
    Ok((key(&name[..end])?, Accesses { rest: &name[end..] }))
}

/// The steps of a field name.
#[derive(Debug, Clone)]
pub struct Accesses<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Accesses<'a> {
    type Item = Result<Access<'a>, MarkupError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&first, tail) = self.rest.split_first()?;
        let step = match first {
            b'.' => {
                let end = tail.iter().position(|b| matches!(b, b'.' | b'[')).unwrap_or(tail.len());
                self.rest = &tail[end..];
                if end == 0 { error("Empty attribute in format string") } else { Ok(Access::Attribute(&tail[..end])) }
            }
            b'[' => match tail.iter().position(|&b| b == b']') {
                None => error("Missing ']' in format string"),
                Some(0) => error("Empty attribute in format string"),
                Some(end) => {
                    self.rest = &tail[end + 1..];
                    key(&tail[..end]).map(Access::Item)
                }
            },
            _ => error("Only '.' or '[' may follow ']' in format field specifier"),
        };
        if step.is_err() {
            self.rest = &[];
        }
        Some(step)
    }
}

/// Gives out automatic numbers and refuses to mix them with explicit ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct AutoNumber {
    used: Option<bool>,
    next: usize,
}

impl AutoNumber {
    /// What the first part of a field means: a number stays, an empty name gets the next one.
    pub fn resolve<'a>(&mut self, first: Key<'a>) -> Result<Key<'a>, MarkupError> {
        let automatic = match first {
            Key::Name([]) => true,
            Key::Index(_) => false,
            Key::Name(_) => return Ok(first),
        };
        match (self.used, automatic) {
            (Some(true), false) => {
                return error("cannot switch from automatic field numbering to manual field specification");
            }
            (Some(false), true) => {
                return error("cannot switch from manual field specification to automatic field numbering");
            }
            _ => self.used = Some(automatic),
        }
        if !automatic {
            return Ok(first);
        }
        self.next += 1;
        Ok(Key::Index(self.next - 1))
    }
}
