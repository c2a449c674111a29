//! Regular expressions as Python means them: programs made of the code words of `re._compiler`, run on bytes.
//!
//! Code words become a tree ([`mod@parse`]), the tree a program ([`mod@emit`]), and a machine tries the program at one place
//! ([`mod@machine`]) or at all where it can begin ([`mod@search`]). Texts are generalized UTF-8 or plain bytes; all positions
//! are byte offsets.
//!
//! Whatever the code words are, they give an error or a program that runs without a panic; whatever the text is, running
//! takes no more of the thread's stack.
#![forbid(unsafe_code)]

mod charset;
mod emit;
mod first;
mod machine;
mod parse;
mod program;
mod search;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod words;

pub use machine::Machine;
pub use words::{CODE_SIZE, MAGIC, MAX_GROUPS, MAX_REPEAT};

use machine::Run;
use program::Program;

/// What the engine asks about characters. Nothing of it may be different for the same character later.
pub struct Unicode {
    /// `\d`
    pub is_decimal: fn(u32) -> bool,
    /// `\s`
    pub is_space: fn(u32) -> bool,
    /// `\w`, without the underscore.
    pub is_alnum: fn(u32) -> bool,
    /// Where lines end.
    pub is_line_break: fn(u32) -> bool,
    /// The one lower-case character.
    pub lower: fn(u32) -> u32,
    /// The one upper-case character.
    pub upper: fn(u32) -> u32,
}

/// What texts consist of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Characters in generalized UTF-8.
    Text,
    /// Bytes.
    Bytes,
}

/// How a match has to lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Anywhere.
    Search,
    /// At the beginning.
    Match,
    /// From the beginning to the end.
    Full,
}

/// Why code words are no program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Invalid {
    /// They mean nothing.
    Code,
    /// Parts lie too deep in each other.
    Depth,
}

/// Why a match was given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The caller wanted it.
    Interrupted,
    /// There is no memory for what has to be tried yet.
    Memory,
}

/// A text to be matched, cut off where the match has to end.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The content: of the pattern's kind.
    pub text: &'a [u8],
    /// Whether every character is one byte: ASCII text, or bytes.
    pub is_narrow: bool,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Regex {
    program: Program,
    chars: &'static Unicode,
}

impl std::fmt::Debug for Unicode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unicode")
    }
}

impl Regex {
    /// The program of code words with so many groups. Parts in parts take some of the thread's stack; `has_room` says
    /// whether there is enough: half a megabyte serves all.
    pub fn new(
        code: &[u32],
        groups: usize,
        kind: Kind,
        chars: &'static Unicode,
        has_room: &dyn Fn() -> bool,
    ) -> Result<Regex, Invalid> {
        let groups = u32::try_from(groups).ok().filter(|&g| (g as usize) < code.len()).ok_or(Invalid::Code)?;
        let tree = parse::parse(code, groups, kind, chars, has_room)?;
        Ok(Regex { program: emit::emit(tree, groups, kind)?, chars })
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.program.groups
    }

    /// Looks for a match from `from` on, one that does not end at `not_at`. What was found is then in the machine.
    /// `interrupt` is asked from time to time; true stops the search.
    pub fn find(
        &self,
        machine: &mut Machine,
        subject: Subject<'_>,
        from: usize,
        mode: Mode,
        not_at: Option<usize>,
        interrupt: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stop> {
        if from > subject.text.len() {
            return Ok(false);
        }
        if subject.is_narrow {
            self.run::<false>(machine, subject.text, from, mode, not_at, interrupt)
        } else {
            self.run::<true>(machine, subject.text, from, mode, not_at, interrupt)
        }
    }

    fn run<const WIDE: bool>(
        &self,
        machine: &mut Machine,
        text: &[u8],
        from: usize,
        mode: Mode,
        not_at: Option<usize>,
        interrupt: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stop> {
        let not_at = not_at.unwrap_or(machine::NONE);
        let is_full = mode == Mode::Full;
        let mut run =
            Run::<WIDE> { program: &self.program, text, chars: self.chars, machine, is_full, not_at, interrupt };
        match mode {
            Mode::Search => run.search(from),
            _ => run.attempt(from),
        }
    }
}
