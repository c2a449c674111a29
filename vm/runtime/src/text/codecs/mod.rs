//! Text encodings: decoding bytes to text and encoding text to bytes.
//!
//! A decoder is given bytes, appends text to `out` and returns how many bytes it used; with `last` false it leaves an
//! incomplete sequence at the end alone. An encoder is given text. What either can't do it describes as a [`Problem`]
//! to a handler, which answers with a replacement and the place to go on at, or with an error of the caller's own
//! kind, which ends the work. Positions are bytes when decoding and code points when encoding.

pub mod charmap;
pub mod escape;
pub mod handlers;
pub mod single;
pub mod utf16;
pub mod utf32;
pub mod utf7;
pub mod utf8;

/// What can't be decoded or encoded, as the three attributes of the exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// CPython's words for it.
    pub reason: &'static str,
    /// A replacement was offered and can't be encoded either: the handler has nothing left but to raise.
    pub hopeless: bool,
}

impl Problem {
    /// A fresh problem.
    pub fn new(start: usize, end: usize, reason: &'static str) -> Problem {
        Problem { start, end, reason, hopeless: false }
    }

    /// The same after a replacement that did not help.
    pub fn again(self) -> Problem {
        Problem { hopeless: true, ..self }
    }
}

/// How a handler solves a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What stands in place of it.
    pub with: Replacement,
    /// Where to go on; within the input.
    pub resume: usize,
}

/// What a handler puts in place. Decoders take text only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// Text, which an encoder encodes in turn.
    Text(Vec<u8>),
    /// Bytes, which an encoder takes as they are.
    Bytes(Vec<u8>),
}

impl Replacement {
    /// The text or bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Replacement::Text(s) | Replacement::Bytes(s) => s,
        }
    }
}

/// A handler of problems.
pub type Handler<'h, E> = &'h mut dyn FnMut(Problem) -> Result<Fix, E>;

/// Byte order of UTF-16 and UTF-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Order {
    /// This machine's.
    pub const NATIVE: Order = if cfg!(target_endian = "little") { Order::Little } else { Order::Big };
}

/// The code points of a text with random access by number, for encoders whose handlers may jump.
struct Walk<'a> {
    text: &'a [u8],
    /// The byte and the number of the next code point.
    byte: usize,
    number: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8]) -> Walk<'a> {
        Walk { text, byte: 0, number: 0 }
    }

    fn peek(&self) -> Option<u32> {
        (self.byte < self.text.len()).then(|| super::wtf8::decode(self.text, self.byte).0)
    }

    fn advance(&mut self) {
        self.byte = (self.byte + super::wtf8::width(self.text[self.byte])).min(self.text.len());
        self.number += 1;
    }

    /// The number of the first code point at or after the next one for which `good` holds.
    fn run_end(&self, good: impl Fn(u32) -> bool) -> usize {
        let rest = super::wtf8::code_points(&self.text[self.byte..]);
        self.number + rest.take_while(|&cp| !good(cp)).count()
    }

    fn jump(&mut self, number: usize) {
        if number >= self.number {
            self.byte += super::wtf8::offset_of(&self.text[self.byte..], number - self.number);
        } else {
            self.byte = super::wtf8::offset_of(self.text, number);
        }
        self.number = number;
    }
}
