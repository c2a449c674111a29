//! From bytes to text: which encoding a document is in, and decoding piece by piece (XML 1.0, appendix F).

use super::errors::Code;

/// How the bytes of a document become characters.
#[derive(Clone)]
pub(super) enum Encoding {
    Utf8,
    Utf16 {
        little: bool,
    },
    Latin1,
    Ascii,
    /// One byte a character, through a table that a codec gave.
    Table(Box<[Option<char>; 256]>),
}

/// What the first bytes say.
enum Detected {
    Encoding(Encoding),
    /// The declaration names an encoding that is not known here.
    Unknown(String),
    Wait,
}

/// Why decoding can't go on where the text ends.
pub(super) enum Trouble {
    Bad(Code),
    /// A table for this encoding is wanted.
    Unknown(String),
}

/// The bytes of a document that are not decoded yet.
#[derive(Default)]
pub(super) struct Input {
    pending: Vec<u8>,
    encoding: Option<Encoding>,
    /// What the caller said, which counts more than the declaration.
    pub(super) given: Option<String>,
    /// The bytes of a byte order mark that was skipped.
    pub(super) mark: usize,
    pub(super) last: bool,
}

/// The encoding of a name, if it is known without a codec.
fn by_name(name: &str) -> Option<Encoding> {
    Some(match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Encoding::Utf8,
        "iso-8859-1" | "latin-1" | "latin1" => Encoding::Latin1,
        "us-ascii" | "ascii" => Encoding::Ascii,
        "utf-16be" => Encoding::Utf16 { little: false },
        "utf-16le" => Encoding::Utf16 { little: true },
        _ => return None,
    })
}

/// The value of the pseudo-attribute `encoding` in the bytes of an XML declaration.
fn declared(declaration: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(declaration, b"encoding")? + "encoding".len();
    let rest = declaration[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = *rest.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let value = &rest[1..];
    let end = value.iter().position(|&b| b == quote)?;
    String::from_utf8(value[..end].to_vec()).ok()
}

impl Input {
    pub(super) fn new(given: Option<String>) -> Input {
        Input { given, ..Input::default() }
    }

    /// Takes more bytes.
    pub(super) fn feed(&mut self, bytes: &[u8], last: bool) {
        self.pending.extend_from_slice(bytes);
        self.last |= last;
    }

    /// Whether the bytes are the text.
    pub(super) fn is_utf8(&self) -> bool {
        matches!(self.encoding, None | Some(Encoding::Utf8))
    }

    /// The encoding is the one of this table.
    pub(super) fn provide(&mut self, table: Box<[Option<char>; 256]>) {
        self.encoding = Some(Encoding::Table(table));
    }

    /// How many bytes a character took in the document.
    pub(super) fn width(&self, c: char) -> usize {
        match self.encoding {
            None | Some(Encoding::Utf8) => c.len_utf8(),
            Some(Encoding::Utf16 { .. }) => 2 * c.len_utf16(),
            Some(_) => 1,
        }
    }

    fn skip_mark(&mut self, n: usize) {
        self.pending.drain(..n);
        self.mark = n;
    }

    fn detect(&mut self) -> Result<Detected, Code> {
        let p = &self.pending;
        if p.len() < 4 && !self.last {
            // An empty or one-byte beginning tells nothing.
            return Ok(Detected::Wait);
        }
        let found = match p.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => {
                self.skip_mark(3);
                Encoding::Utf8
            }
            [0xFF, 0xFE, ..] => {
                self.skip_mark(2);
                Encoding::Utf16 { little: true }
            }
            [0xFE, 0xFF, ..] => {
                self.skip_mark(2);
                Encoding::Utf16 { little: false }
            }
            // No text begins with U+0000, so a zero is half of a character.
            [0, ..] => Encoding::Utf16 { little: false },
            [_, 0, ..] => Encoding::Utf16 { little: true },
            _ => Encoding::Utf8,
        };
        if let Some(name) = &self.given {
            if name.eq_ignore_ascii_case("utf-16") && matches!(found, Encoding::Utf16 { .. }) {
                return Ok(Detected::Encoding(found));
            }
            return Ok(by_name(name).map_or_else(|| Detected::Unknown(name.clone()), Detected::Encoding));
        }
        if !matches!(found, Encoding::Utf8) {
            return Ok(Detected::Encoding(found));
        }
        let head = b"<?xml";
        let n = self.pending.len().min(head.len());
        if self.pending[..n] != head[..n] {
            return Ok(Detected::Encoding(Encoding::Utf8));
        }
        let Some(end) = memchr::memmem::find(&self.pending, b"?>") else {
            return Ok(if self.last { Detected::Encoding(Encoding::Utf8) } else { Detected::Wait });
        };
        let Some(name) = declared(&self.pending[..end]) else { return Ok(Detected::Encoding(Encoding::Utf8)) };
        match by_name(&name) {
            Some(Encoding::Utf16 { .. }) => Err(Code::IncorrectEncoding),
            None if name.eq_ignore_ascii_case("utf-16") => Err(Code::IncorrectEncoding),
            Some(e) => Ok(Detected::Encoding(e)),
            None => Ok(Detected::Unknown(name)),
        }
    }

    /// Decodes what can be decoded and appends it to `text`.
    pub(super) fn decode(&mut self, text: &mut String) -> Result<(), Trouble> {
        if self.encoding.is_none() {
            if self.pending.is_empty() {
                return Ok(());
            }
            match self.detect().map_err(Trouble::Bad)? {
                Detected::Encoding(e) => self.encoding = Some(e),
                Detected::Unknown(name) => return Err(Trouble::Unknown(name)),
                Detected::Wait => return Ok(()),
            }
        }
        match self.encoding {
            Some(Encoding::Utf8) => self.decode_utf8(text),
            Some(Encoding::Utf16 { little }) => self.decode_utf16(text, little),
            _ => self.decode_single(text),
        }
    }

    fn decode_utf8(&mut self, text: &mut String) -> Result<(), Trouble> {
        let (valid, broken) = match std::str::from_utf8(&self.pending) {
            Ok(s) => (s.len(), None),
            Err(e) => (e.valid_up_to(), Some(e.error_len().is_some())),
        };
        text.push_str(std::str::from_utf8(&self.pending[..valid]).unwrap_or_default());
        self.pending.drain(..valid);
        match broken {
            Some(true) => Err(Trouble::Bad(Code::InvalidToken)),
            Some(false) if self.last => Err(Trouble::Bad(Code::PartialChar)),
            _ => Ok(()),
        }
    }

    fn decode_utf16(&mut self, text: &mut String, little: bool) -> Result<(), Trouble> {
        let unit = |p: &[u8]| if little { u16::from_le_bytes([p[0], p[1]]) } else { u16::from_be_bytes([p[0], p[1]]) };
        let mut at = 0;
        let mut result = Ok(());
        while at + 2 <= self.pending.len() {
            let high = unit(&self.pending[at..]);
            let mut units = vec![high];
            if (0xD800..0xDC00).contains(&high) {
                if at + 4 > self.pending.len() {
                    break;
                }
                units.push(unit(&self.pending[at + 2..]));
            }
            match char::decode_utf16(units.iter().copied()).next() {
                Some(Ok(c)) => text.push(c),
                _ => {
                    result = Err(Trouble::Bad(Code::InvalidToken));
                    break;
                }
            }
            at += 2 * units.len();
        }
        self.pending.drain(..at);
        if result.is_ok() && self.last && !self.pending.is_empty() {
            result = Err(Trouble::Bad(Code::PartialChar));
        }
        result
    }

    fn decode_single(&mut self, text: &mut String) -> Result<(), Trouble> {
        let mut result = Ok(());
        let mut at = 0;
        for &b in &self.pending {
            let c = match &self.encoding {
                Some(Encoding::Table(table)) => table[b as usize],
                Some(Encoding::Ascii) => Some(char::from(b)).filter(char::is_ascii),
                _ => Some(char::from(b)),
            };
            let Some(c) = c else {
                result = Err(Trouble::Bad(Code::InvalidToken));
                break;
            };
            text.push(c);
            at += 1;
        }
        self.pending.drain(..at);
        result
    }
}
