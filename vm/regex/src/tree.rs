//! A pattern as a tree, between the code words and the program.

use crate::charset::{Class, Fold};
use crate::words::At;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// A part of a pattern.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Node {
    /// Exactly these bytes: characters in the encoding of the text.
    Text(Vec<u8>),
    /// One character of the class with this number.
    Class(usize),
    Seq(Vec<Node>),
    Alt(Vec<Node>),
    Repeat {
        body: Box<Node>,
        min: u32,
        /// [`crate::MAX_REPEAT`] is no limit.
        max: u32,
        greed: Greed,
    },
    /// Where a group begins (even) or ends (odd).
    Mark(u32),
    At(At),
    /// The text of a group again.
    Again {
        group: u32,
        fold: Fold,
    },
    /// One of two, by whether a group has matched.
    If {
        group: u32,
        yes: Box<Node>,
        no: Box<Node>,
    },
    Look {
        /// How many characters before the position the body begins.
        back: u32,
        negated: bool,
        body: Box<Node>,
    },
    Atomic(Box<Node>),
    Fail,
}

impl Node {
    pub(crate) const fn empty() -> Node {
        Node::Seq(Vec::new())
    }

    /// Parts one after the other: those that are texts are joined.
    pub(crate) fn seq(parts: Vec<Node>) -> Node {
        let mut out: Vec<Node> = Vec::with_capacity(parts.len());
        for part in parts {
            match (out.last_mut(), part) {
                (Some(Node::Text(text)), Node::Text(more)) => text.extend(more),
                (_, Node::Seq(inner)) if inner.is_empty() => {}
                (_, part) => out.push(part),
            }
        }
        if out.len() == 1
            && let Some(only) = out.pop()
        {
            return only;
        }
        Node::Seq(out)
    }

    /// Whether marks or references lie in it, so that leaving it changes or reads what was captured.
    pub(crate) fn has_marks(&self) -> bool {
        self.any(&|n| matches!(n, Node::Mark(_)))
    }

    /// Whether `test` holds for it or something in it.
    pub(crate) fn any(&self, test: &dyn Fn(&Node) -> bool) -> bool {
        test(self)
            || match self {
                Node::Seq(parts) | Node::Alt(parts) => parts.iter().any(|p| p.any(test)),
                Node::Repeat { body, .. } | Node::Look { body, .. } | Node::Atomic(body) => body.any(test),
                Node::If { yes, no, .. } => yes.any(test) || no.any(test),
                _ => false,
            }
    }

    /// The least number of bytes that it takes.
    pub(crate) fn min_len(&self) -> usize {
        match self {
            Node::Text(text) => text.len(),
            Node::Class(_) => 1,
            Node::Seq(parts) => parts.iter().fold(0, |sum, p| sum.saturating_add(p.min_len())),
            Node::Alt(parts) => parts.iter().map(Node::min_len).min().unwrap_or(0),
            Node::Repeat { body, min, .. } => body.min_len().saturating_mul(*min as usize),
            Node::If { yes, no, .. } => yes.min_len().min(no.min_len()),
            Node::Atomic(body) => body.min_len(),
            Node::Mark(_) | Node::At(_) | Node::Again { .. } | Node::Look { .. } | Node::Fail => 0,
        }
    }
}

/// A pattern as a tree, and the classes in it.
pub(crate) struct Tree {
    pub(crate) root: Node,
    pub(crate) classes: Vec<Class>,
}
