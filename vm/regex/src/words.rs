//! The numbers in the code words that `re._compiler` emits: operators, positions, categories.

/// The version of the encoding; `re` compares it with its own.
pub const MAGIC: u32 = 20_230_612;
/// The size of a code word in bytes.
pub const CODE_SIZE: usize = 4;
/// The number that stands for "as often as you like" in repeats.
pub const MAX_REPEAT: u32 = u32::MAX;
/// No pattern has more groups.
pub const MAX_GROUPS: usize = (i32::MAX / 2) as usize;

macro_rules! operators {
    ($($name:ident)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Op { $($name),* }
        impl Op {
            const ALL: &[Op] = &[$(Op::$name),*];
        }
    };
}

operators! {
    Failure Success
    Any AnyAll
    Assert AssertNot
    At
    Branch
    Category
    Charset BigCharset
    GroupRef GroupRefExists
    In
    Info
    Jump
    Literal
    Mark
    MaxUntil MinUntil
    NotLiteral
    Negate
    Range
    Repeat RepeatOne
    Subpattern
    MinRepeatOne
    AtomicGroup
    PossessiveRepeat PossessiveRepeatOne
    GroupRefIgnore InIgnore LiteralIgnore NotLiteralIgnore
    GroupRefLocIgnore InLocIgnore LiteralLocIgnore NotLiteralLocIgnore
    GroupRefUniIgnore InUniIgnore LiteralUniIgnore NotLiteralUniIgnore
    RangeUniIgnore
}

impl Op {
    pub(crate) fn of(word: u32) -> Option<Op> {
        Op::ALL.get(word as usize).copied()
    }
}

/// A position that matches without taking a character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum At {
    Beginning,
    BeginningLine,
    /// Between a word and what is none; the words are ASCII's or Unicode's.
    Boundary {
        unicode: bool,
    },
    NonBoundary {
        unicode: bool,
    },
    End,
    EndLine,
    EndString,
}

impl At {
    pub(crate) fn of(word: u32) -> Option<At> {
        Some(match word {
            // The second is \A: both mean the beginning of the whole text.
            0 | 2 => At::Beginning,
            1 => At::BeginningLine,
            // The locale's words are ASCII's: frozen programs run in UTF-8 locales, where no byte above is a letter.
            3 | 8 => At::Boundary { unicode: false },
            4 | 9 => At::NonBoundary { unicode: false },
            5 => At::End,
            6 => At::EndLine,
            7 => At::EndString,
            10 => At::Boundary { unicode: true },
            11 => At::NonBoundary { unicode: true },
            _ => return None,
        })
    }
}
