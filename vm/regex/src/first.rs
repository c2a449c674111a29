//! With which bytes a part of a pattern can begin: what decides whether there is a choice at all.

use crate::charset::{ByteSet, Class, first_bytes, is_ascii_word};
use crate::tree::Node;
use crate::words::At;

/// How a match can go on from a position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Ahead {
    /// The next byte is one of these, unless it ends as `accepts` says.
    pub(crate) set: ByteSet,
    /// It can always end here, taking nothing and asking nothing of the position.
    pub(crate) accepts: bool,
    /// It can succeed at the end of the text.
    pub(crate) at_end: bool,
    /// It begins with a word boundary (Unicode's or ASCII's).
    pub(crate) boundary: Option<bool>,
}

impl Ahead {
    /// The end of a pattern, where a match is complete.
    pub(crate) const DONE: Ahead = Ahead { set: ByteSet::EMPTY, accepts: true, at_end: true, boundary: None };

    const NEVER: Ahead = Ahead { set: ByteSet::EMPTY, accepts: false, at_end: false, boundary: None };

    fn taking(set: ByteSet) -> Ahead {
        Ahead { set, ..Ahead::NEVER }
    }

    pub(crate) fn or(self, other: Ahead) -> Ahead {
        Ahead {
            set: self.set.union(other.set),
            accepts: self.accepts || other.accepts,
            at_end: self.at_end || other.at_end,
            boundary: None,
        }
    }

    /// The bytes that may come next, whatever then happens.
    pub(crate) fn all(self) -> ByteSet {
        if self.accepts { ByteSet::FULL } else { self.set }
    }

    /// What remains when the position itself has to be one of `set`.
    fn asked(self, set: ByteSet, at_end: bool) -> Ahead {
        Ahead { set: self.all().intersection(set), accepts: false, at_end: self.at_end && at_end, boundary: None }
    }

    /// Whether it can go on before this byte.
    pub(crate) fn allows(self, byte: u8) -> bool {
        self.accepts || self.set.has(byte)
    }
}

/// What the classes of a pattern mean for its first bytes.
pub(crate) struct Firsts<'a> {
    classes: &'a [Class],
    sets: Vec<ByteSet>,
}

impl Firsts<'_> {
    pub(crate) fn new(classes: &[Class], is_text: bool) -> Firsts<'_> {
        Firsts { classes, sets: classes.iter().map(|c| first_bytes(c, is_text)).collect() }
    }

    pub(crate) fn class(&self, class: usize) -> ByteSet {
        self.sets[class]
    }

    /// Whether all characters of the class are of words, or none is: then no boundary lies between two of them.
    pub(crate) fn is_uniform(&self, class: usize, unicode: bool) -> bool {
        let class = &self.classes[class];
        if unicode && class.is_word() {
            return true;
        }
        if class.wide != crate::charset::Wide::None || (unicode && class.table[0x80..].contains(&true)) {
            return false;
        }
        let mut kinds = (0u32..256).filter(|&b| class.table[b as usize]).map(is_ascii_word);
        kinds.next().is_some_and(|first| kinds.all(|k| k == first))
    }

    /// How a match of `node` begins, with `next` behind it.
    pub(crate) fn of(&self, node: &Node, next: Ahead) -> Ahead {
        match node {
            Node::Text(text) => text.first().map_or(next, |&b| Ahead::taking(ByteSet::one(b))),
            Node::Class(class) => Ahead::taking(self.class(*class)),
            Node::Seq(parts) => parts.iter().rev().fold(next, |next, part| self.of(part, next)),
            Node::Alt(parts) => parts.iter().fold(Ahead::NEVER, |all, part| all.or(self.of(part, next))),
            Node::Repeat { body, min, .. } => {
                let first = self.of(body, next);
                if *min == 0 { first.or(next) } else { first }
            }
            Node::Mark(_) => next,
            Node::At(at) => match at {
                At::End | At::EndLine => next.asked(ByteSet::one(b'\n'), true),
                At::EndString => next.asked(ByteSet::EMPTY, true),
                At::Boundary { unicode } => Ahead { boundary: Some(*unicode), ..next.asked(ByteSet::FULL, true) },
                At::Beginning | At::BeginningLine | At::NonBoundary { .. } => next.asked(ByteSet::FULL, true),
            },
            // They may be empty, or anything.
            Node::Again { .. } => Ahead { set: ByteSet::FULL, accepts: false, at_end: true, boundary: None },
            Node::If { yes, no, .. } => self.of(yes, next).or(self.of(no, next)).asked(ByteSet::FULL, true),
            Node::Look { back: 0, negated: false, body } => {
                let inside = self.of(body, Ahead::DONE);
                next.asked(inside.all(), inside.at_end)
            }
            Node::Look { .. } => next.asked(ByteSet::FULL, true),
            Node::Atomic(body) => self.of(body, next),
            Node::Fail => Ahead::NEVER,
        }
    }

    /// What follows the body of a repeat: the body again, or what is behind.
    pub(crate) fn around(&self, body: &Node, min: u32, next: Ahead) -> Ahead {
        let again = self.of(body, next).or(next);
        // Before the last required round it cannot end.
        if min >= 2 && again.accepts { Ahead { set: ByteSet::FULL, accepts: false, ..again } } else { again }
    }
}
