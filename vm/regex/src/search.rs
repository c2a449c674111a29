//! Finding the places where a match can begin.

use crate::Stop;
use crate::machine::Run;
use crate::program::Start;
use crate::text::{decode, width};

impl<const WIDE: bool> Run<'_, WIDE> {
    /// The first match that begins at `from` or behind it.
    pub(crate) fn search(&mut self, from: usize) -> Result<bool, Stop> {
        let program = self.program;
        let mut at = from;
        while let Some(start) = self.candidate(at) {
            self.machine.ticks = self.machine.ticks.saturating_sub((start - at) >> 8).max(1);
            if self.attempt(start)? {
                return Ok(true);
            }
            if start >= self.text.len() {
                break;
            }
            at = start + if WIDE { width(self.text[start]) } else { 1 };
            if let Some(class) = program.run {
                let end = self.all(&program.classes[class], start);
                at = at.max(end);
            }
        }
        Ok(false)
    }

    /// The next place from `at` on where the first byte fits.
    fn candidate(&self, at: usize) -> Option<usize> {
        let program = self.program;
        let text = self.text;
        let rest = text.get(at..)?;
        if rest.len() < program.min_len {
            return None;
        }
        let found = match &program.start {
            Start::Any => return Some(at),
            Start::Text => return (at == 0).then_some(0),
            Start::Line => {
                if at == 0 || text[at - 1] == b'\n' {
                    return Some(at);
                }
                return memchr::memchr(b'\n', rest).map(|i| at + i + 1);
            }
            Start::Literal(finder) => finder.find(rest),
            Start::One(a) => memchr::memchr(*a, rest),
            Start::Two(a, b) => memchr::memchr2(*a, *b, rest),
            Start::Three(a, b, c) => memchr::memchr3(*a, *b, *c, rest),
            Start::Set(_) if WIDE && program.first.is_some() => return self.candidate_char(at),
            Start::Set(table) => rest.iter().position(|&b| table[usize::from(b)] && !(WIDE && b & 0xC0 == 0x80)),
        };
        match found {
            Some(i) => Some(at + i),
            None => program.at_end.then_some(text.len()),
        }
    }

    /// The next place from `at` on where the character is of the class that a match begins with.
    fn candidate_char(&self, at: usize) -> Option<usize> {
        let class = &self.program.classes[self.program.first?];
        let text = self.text;
        let mut at = at;
        while let Some(&byte) = text.get(at) {
            if byte < 0x80 {
                if class.table[usize::from(byte)] {
                    return Some(at);
                }
                at += 1;
                continue;
            }
            let (cp, width) = decode(text, at);
            if class.has(cp, self.chars) {
                return Some(at);
            }
            at += width;
        }
        None
    }
}
