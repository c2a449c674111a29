//! A cursor over decoded text: the pieces that markup is made of (XML 1.0, "Common Syntactic Constructs").

use super::errors::Code;

/// Why a token could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text ends inside of the token.
    More,
    /// An error and the byte offset at which it is.
    Bad(Code, usize),
}

pub(super) type Scan<T> = Result<T, Stop>;

/// Whether XML allows the character at all.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_name_start(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '_' | ':' => true,
        '\0'..='\x7F' | '\u{D7}' | '\u{F7}' => false,
        c => {
            matches!(c, '\u{C0}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}' | '\u{200D}'
            | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
            | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
        }
    }
}

pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}' | '\u{2040}')
}

/// Reads a token from its start.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Cursor<'a> {
        Cursor { text, at }
    }

    /// The byte under the cursor.
    pub(super) fn peek(&self) -> Scan<u8> {
        self.text.as_bytes().get(self.at).copied().ok_or(Stop::More)
    }

    /// The error for what stands under the cursor.
    pub(super) fn invalid(&self) -> Stop {
        Stop::Bad(Code::InvalidToken, self.at)
    }

    /// A character that XML allows.
    pub(super) fn char(&mut self) -> Scan<char> {
        let Some(c) = self.text[self.at..].chars().next() else { return Err(Stop::More) };
        if !is_char(c) {
            return Err(self.invalid());
        }
        self.at += c.len_utf8();
        Ok(c)
    }

    /// Exactly this byte.
    pub(super) fn expect(&mut self, byte: u8) -> Scan<()> {
        if self.peek()? != byte {
            return Err(self.invalid());
        }
        self.at += 1;
        Ok(())
    }

    /// Exactly these ASCII characters.
    pub(super) fn literal(&mut self, text: &str) -> Scan<()> {
        text.bytes().try_for_each(|b| self.expect(b))
    }

    /// Whether these ASCII characters come next; goes past them if so.
    pub(super) fn eat(&mut self, text: &str) -> Scan<bool> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(text.as_bytes()) {
            self.at += text.len();
            return Ok(true);
        }
        if text.as_bytes().starts_with(rest) { Err(Stop::More) } else { Ok(false) }
    }

    /// Skips white space; whether there was any.
    pub(super) fn space(&mut self) -> Scan<bool> {
        let start = self.at;
        while is_space(self.peek()?) {
            self.at += 1;
        }
        Ok(self.at > start)
    }

    /// White space that must be there.
    pub(super) fn need_space(&mut self) -> Scan<()> {
        if self.space()? { Ok(()) } else { Err(self.invalid()) }
    }

    /// A name, which ends before the cursor's next character.
    pub(super) fn name(&mut self) -> Scan<&'a str> {
        let start = self.at;
        let mut chars = self.text[start..].char_indices();
        match chars.next() {
            None => return Err(Stop::More),
            Some((_, c)) if !is_name_start(c) => return Err(self.invalid()),
            Some(_) => {}
        }
        match chars.find(|&(_, c)| !is_name_char(c)) {
            None => Err(Stop::More),
            Some((n, _)) => {
                self.at = start + n;
                Ok(&self.text[start..start + n])
            }
        }
    }

    /// A name token: a name that may begin with any name character.
    pub(super) fn name_token(&mut self) -> Scan<&'a str> {
        let start = self.at;
        match self.text[start..].char_indices().find(|&(_, c)| !is_name_char(c)) {
            None => Err(Stop::More),
            Some((0, _)) => Err(self.invalid()),
            Some((n, _)) => {
                self.at = start + n;
                Ok(&self.text[start..start + n])
            }
        }
    }

    /// Characters up to `end`, which is skipped.
    pub(super) fn until(&mut self, end: &str) -> Scan<&'a str> {
        let start = self.at;
        let found = memchr::memmem::find(&self.text.as_bytes()[start..], end.as_bytes());
        let stop = found.map_or(self.text.len(), |n| start + n);
        while self.at < stop {
            self.char()?;
        }
        if found.is_none() {
            return Err(Stop::More);
        }
        self.at = stop + end.len();
        Ok(&self.text[start..stop])
    }

    /// A literal in quotes of either kind, without them.
    pub(super) fn quoted(&mut self) -> Scan<&'a str> {
        let end = match self.peek()? {
            b'"' => "\"",
            b'\'' => "'",
            _ => return Err(self.invalid()),
        };
        self.at += 1;
        self.until(end)
    }
}

/// The character that the body of a reference (`#38`, `#x26`) names.
pub(super) fn char_of_reference(body: &str) -> Option<char> {
    let number = match body.strip_prefix("#x") {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => body.strip_prefix('#')?.parse(),
    };
    char::from_u32(number.ok()?).filter(|&c| is_char(c))
}

/// The entities that every document has.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// What stands between `&` and `;`: a name, or a number with its `#`. The cursor is behind the `&`.
pub(super) fn reference<'a>(c: &mut Cursor<'a>) -> Scan<&'a str> {
    let start = c.at;
    if c.peek()? == b'#' {
        c.at += 1;
        let hex = c.peek()? == b'x';
        c.at += usize::from(hex);
        let digits = c.at;
        while if hex { c.peek()?.is_ascii_hexdigit() } else { c.peek()?.is_ascii_digit() } {
            c.at += 1;
        }
        if c.at == digits {
            return Err(c.invalid());
        }
    } else {
        c.name()?;
    }
    let body = &c.text[start..c.at];
    c.expect(b';')?;
    Ok(body)
}
