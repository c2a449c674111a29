//! What the machine runs.

use crate::charset::{Class, Fold};
use crate::words::At;

/// The place of an instruction.
pub(crate) type Pc = u32;

/// A step of the machine. What it leaves out goes on with the next instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Inst {
    Accept,
    Fail,
    /// One byte.
    Byte(u8),
    /// The literal from one offset to another in [`Program::literals`].
    Literal(u32, u32),
    /// One character of a class.
    Class(u32),
    /// A group begins.
    Open(u32),
    /// A group ends: its number.
    Close(u32),
    At(At),
    Jump(Pc),
    /// Tries the first, then the second.
    Split(Pc, Pc),
    /// By the next byte: see [`Choice`].
    Decide {
        table: u32,
        body: Pc,
        exit: Pc,
    },
    /// By the next byte: where to go on.
    Switch(u32),
    /// As many characters of a class as there are, for good.
    Span {
        class: u32,
        min: u32,
        max: u32,
    },
    /// The same with no limit and at least one.
    Some(u32),
    /// The same with no limit.
    Any(u32),
    /// As many as there are, then fewer: the number of the [`Single`].
    Greedy(u32),
    /// As few as possible, then more.
    Lazy(u32),
    /// A [`Loop`] begins.
    Enter(u32),
    /// A round of a [`Loop`] is over, or the first is about to begin.
    Next(u32),
    /// Before a round of a possessive [`Loop`].
    Round(u32),
    /// After it.
    EndRound(u32),
    /// A look to where the body begins so many characters back.
    Look {
        slot: u32,
        back: u32,
    },
    EndLook {
        slot: u32,
        keeps: bool,
    },
    /// A look that must not succeed; behind it the program goes on at `exit`.
    LookNot {
        slot: u32,
        back: u32,
        exit: Pc,
    },
    EndLookNot(u32),
    Atomic(u32),
    EndAtomic {
        slot: u32,
        keeps: bool,
    },
    Again {
        group: u32,
        fold: Fold,
    },
    /// Goes to `no` if the group has not matched.
    If {
        group: u32,
        no: Pc,
    },
}

/// What a byte means where a loop or an option goes on or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Choice {
    Exit,
    /// Only the body can match.
    Body,
    /// The body, and if that fails the exit.
    BodyFirst,
    /// The exit, and if that fails the body.
    ExitFirst,
}

/// A table of [`Choice`]s; at the end of the text it is the exit.
pub(crate) type Choices = Box<[Choice; 256]>;

/// Where to go by the next byte.
#[derive(Debug)]
pub(crate) struct Switch {
    pub(crate) map: Box<[u8; 256]>,
    pub(crate) targets: Vec<Pc>,
    pub(crate) at_end: Pc,
}

/// The repeat of a single character that may have to give back or to take more.
#[derive(Debug)]
pub(crate) struct Single {
    pub(crate) class: u32,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// What may follow, and whether that may be nothing; none when anything may.
    pub(crate) follow: Option<Follow>,
    pub(crate) next: Pc,
}

#[derive(Debug)]
pub(crate) struct Follow {
    pub(crate) table: Box<[bool; 256]>,
    pub(crate) at_end: bool,
    /// The only byte.
    pub(crate) byte: Option<u8>,
}

/// The repeat of anything else. Its registers are `slot` (rounds so far) and the one behind (where the last began).
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) slot: u32,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) lazy: bool,
    /// Marks lie in it.
    pub(crate) keeps: bool,
    pub(crate) body: Pc,
    pub(crate) exit: Pc,
}

/// How a search finds the places where a match can begin.
#[derive(Debug)]
pub(crate) enum Start {
    /// Anywhere.
    Any,
    /// Only at the beginning of the text.
    Text,
    /// At the beginning and after line ends.
    Line,
    /// Where this stands.
    Literal(Box<memchr::memmem::Finder<'static>>),
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    Set(Box<[bool; 256]>),
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) code: Vec<Inst>,
    pub(crate) literals: Vec<u8>,
    pub(crate) classes: Vec<Class>,
    pub(crate) choices: Vec<Choices>,
    pub(crate) switches: Vec<Switch>,
    pub(crate) singles: Vec<Single>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) groups: usize,
    /// How many registers there are: bounds of groups, the last group, then those of loops and looks.
    pub(crate) slots: usize,
    pub(crate) start: Start,
    /// A match can begin at the end of the text.
    pub(crate) at_end: bool,
    pub(crate) min_len: usize,
    /// Every match begins with a character of this class.
    pub(crate) first: Option<usize>,
    /// It begins with characters of this class, without limit, and what follows knows nothing of where it began: when a
    /// match fails at some place, it fails at all places up to the end of these characters.
    pub(crate) run: Option<usize>,
}
