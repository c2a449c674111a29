//! Reads code words into a tree. Whatever the words are, the answer is a tree or an error.

use crate::charset::{Category, Charset, Class, Fold, Item};
use crate::text::push_char;
use crate::tree::{Greed, Node, Tree};
use crate::words::{At, Op};
use crate::{Invalid, Kind, Unicode};

/// How deep parts may lie in each other.
const DEPTH: usize = 500;

type Parsed<T> = Result<T, Invalid>;

pub(crate) fn parse(
    code: &[u32],
    groups: u32,
    kind: Kind,
    chars: &'static Unicode,
    has_room: &dyn Fn() -> bool,
) -> Parsed<Tree> {
    let mut parser = Parser {
        code,
        groups,
        kind,
        chars,
        has_room,
        sets: Vec::new(),
        classes: Vec::new(),
        latin: [0; 256],
        depth: 0,
    };
    let mut at = 0;
    if parser.op(0)? == Op::Info {
        at = parser.end(1, code.len())?;
    }
    let root = parser.sequence(&mut at, code.len())?;
    if parser.op(at)? != Op::Success || at + 1 != code.len() {
        return Err(Invalid::Code);
    }
    Ok(Tree { root, classes: parser.classes })
}

struct Parser<'a> {
    code: &'a [u32],
    groups: u32,
    kind: Kind,
    chars: &'static Unicode,
    has_room: &'a dyn Fn() -> bool,
    /// The sets that are classes already.
    sets: Vec<Charset>,
    classes: Vec<Class>,
    /// The first 256 characters in lower case.
    latin: [u32; 256],
    depth: usize,
}

impl Parser<'_> {
    fn word(&self, at: usize) -> Parsed<u32> {
        self.code.get(at).copied().ok_or(Invalid::Code)
    }

    fn op(&self, at: usize) -> Parsed<Op> {
        Op::of(self.word(at)?).ok_or(Invalid::Code)
    }

    /// Where the skip at `at` leads: behind itself, and not behind `limit`.
    fn end(&self, at: usize, limit: usize) -> Parsed<usize> {
        let end = at.checked_add(self.word(at)? as usize).ok_or(Invalid::Code)?;
        if end <= at || end > limit { Err(Invalid::Code) } else { Ok(end) }
    }

    fn check(&self, holds: bool) -> Parsed<()> {
        if holds { Ok(()) } else { Err(Invalid::Code) }
    }

    fn group(&self, at: usize) -> Parsed<u32> {
        let group = self.word(at)?;
        self.check(group < self.groups)?;
        Ok(group)
    }

    /// Reads operators up to `limit` or to one that ends a sequence, where `at` then is.
    fn sequence(&mut self, at: &mut usize, limit: usize) -> Parsed<Node> {
        if self.depth >= DEPTH || !(self.has_room)() {
            return Err(Invalid::Depth);
        }
        self.depth += 1;
        let mut parts = Vec::new();
        while *at < limit {
            let op = self.op(*at)?;
            if matches!(op, Op::Success | Op::MaxUntil | Op::MinUntil | Op::Jump) {
                break;
            }
            parts.push(self.part(op, at, limit)?);
        }
        self.depth -= 1;
        self.check(*at <= limit)?;
        Ok(Node::seq(parts))
    }

    /// The body from `at` on that ends with `closing`, right before `end`.
    fn body(&mut self, at: usize, end: usize, closing: Op) -> Parsed<Node> {
        let mut at = at;
        let last = end.checked_sub(1).ok_or(Invalid::Code)?;
        let body = self.sequence(&mut at, last)?;
        self.check(at == last && self.op(last)? == closing)?;
        Ok(body)
    }

    fn part(&mut self, op: Op, at: &mut usize, limit: usize) -> Parsed<Node> {
        let here = *at;
        let (node, next) = match op {
            Op::Any => {
                (self.class(Charset { items: vec![Item::Negate, Item::Char(0x0A)], fold: Fold::None }), here + 1)
            }
            Op::AnyAll => (self.class(Charset { items: vec![Item::Negate], fold: Fold::None }), here + 1),
            Op::Failure => (Node::Fail, here + 1),
            Op::Literal => (self.literal(self.word(here + 1)?), here + 2),
            Op::NotLiteral
            | Op::LiteralIgnore
            | Op::NotLiteralIgnore
            | Op::LiteralLocIgnore
            | Op::NotLiteralLocIgnore
            | Op::LiteralUniIgnore
            | Op::NotLiteralUniIgnore => (self.character(op, self.word(here + 1)?), here + 2),
            Op::In | Op::InIgnore | Op::InLocIgnore | Op::InUniIgnore => self.set(op, here, limit)?,
            Op::Category => {
                let category = Category::of(self.word(here + 1)?).ok_or(Invalid::Code)?;
                (self.class(Charset { items: vec![Item::Category(category)], fold: Fold::None }), here + 2)
            }
            Op::At => (Node::At(At::of(self.word(here + 1)?).ok_or(Invalid::Code)?), here + 2),
            Op::Mark => {
                let mark = self.word(here + 1)?;
                self.check(mark / 2 < self.groups)?;
                (Node::Mark(mark), here + 2)
            }
            Op::GroupRef | Op::GroupRefIgnore | Op::GroupRefLocIgnore | Op::GroupRefUniIgnore => {
                let fold = match op {
                    Op::GroupRef => Fold::None,
                    Op::GroupRefIgnore => Fold::Ascii,
                    Op::GroupRefLocIgnore => Fold::Locale,
                    _ => Fold::Unicode,
                };
                (Node::Again { group: self.group(here + 1)?, fold }, here + 2)
            }
            Op::GroupRefExists => self.conditional(here, limit)?,
            Op::Branch => self.branch(here, limit)?,
            Op::Assert | Op::AssertNot => {
                let end = self.end(here + 1, limit)?;
                let back = self.word(here + 2)?;
                let body = Box::new(self.body(here + 3, end, Op::Success)?);
                (Node::Look { back, negated: op == Op::AssertNot, body }, end)
            }
            Op::AtomicGroup => {
                let end = self.end(here + 1, limit)?;
                (Node::Atomic(Box::new(self.body(here + 2, end, Op::Success)?)), end)
            }
            Op::RepeatOne | Op::MinRepeatOne | Op::PossessiveRepeatOne | Op::Repeat | Op::PossessiveRepeat => {
                self.repeat(op, here, limit)?
            }
            _ => return Err(Invalid::Code),
        };
        *at = next;
        Ok(node)
    }

    fn repeat(&mut self, op: Op, here: usize, limit: usize) -> Parsed<(Node, usize)> {
        let mut end = self.end(here + 1, limit)?;
        let (min, max) = (self.word(here + 2)?, self.word(here + 3)?);
        self.check(min <= max)?;
        let mut closing = Op::Success;
        if matches!(op, Op::Repeat | Op::PossessiveRepeat) {
            // The skip leads to the closing operator, not behind it.
            self.check(end < limit)?;
            closing = self.op(end)?;
            end += 1;
        }
        let greed = match (op, closing) {
            (Op::RepeatOne, Op::Success) | (Op::Repeat, Op::MaxUntil) => Greed::Greedy,
            (Op::MinRepeatOne, Op::Success) | (Op::Repeat, Op::MinUntil) => Greed::Lazy,
            (Op::PossessiveRepeatOne | Op::PossessiveRepeat, Op::Success) => Greed::Possessive,
            _ => return Err(Invalid::Code),
        };
        let body = self.body(here + 4, end, closing)?;
        let node = match (body, min, max) {
            (_, _, 0) => Node::empty(),
            (body, 1, 1) if greed != Greed::Possessive => body,
            (Node::Text(text), ..) if self.is_one_char(&text) => {
                let cp = self.first_char(&text);
                let body = Box::new(self.class(Charset { items: vec![Item::Char(cp)], fold: Fold::None }));
                Node::Repeat { body, min, max, greed }
            }
            (body, ..) => Node::Repeat { body: Box::new(body), min, max, greed },
        };
        Ok((node, end))
    }

    fn is_one_char(&self, text: &[u8]) -> bool {
        match self.kind {
            Kind::Bytes => text.len() == 1,
            Kind::Text => text.iter().filter(|&&b| b & 0xC0 != 0x80).count() == 1,
        }
    }

    fn first_char(&self, text: &[u8]) -> u32 {
        match self.kind {
            Kind::Bytes => text.first().map_or(0, |&b| u32::from(b)),
            Kind::Text => crate::text::decode(text, 0).0,
        }
    }

    fn branch(&mut self, here: usize, limit: usize) -> Parsed<(Node, usize)> {
        let mut parts = Vec::new();
        let mut jumps = Vec::new();
        let mut at = here + 1;
        while self.word(at)? != 0 {
            let end = self.end(at, limit)?;
            // Every alternative ends with a jump behind all of them.
            let jump = end.checked_sub(2).filter(|&j| j > at).ok_or(Invalid::Code)?;
            let mut inside = at + 1;
            parts.push(self.sequence(&mut inside, jump)?);
            self.check(inside == jump && self.op(jump)? == Op::Jump)?;
            jumps.push(self.end(jump + 1, limit)?);
            at = end;
        }
        at += 1;
        self.check(!parts.is_empty() && at <= limit && jumps.iter().all(|&j| j == at))?;
        Ok((Node::Alt(parts), at))
    }

    fn conditional(&mut self, here: usize, limit: usize) -> Parsed<(Node, usize)> {
        let group = self.group(here + 1)?;
        // The skip is counted from the word before it.
        let end = (here + 1).checked_add(self.word(here + 2)? as usize).ok_or(Invalid::Code)?;
        self.check(end >= here + 3 && end <= limit)?;
        let mut at = here + 3;
        let yes = Box::new(self.sequence(&mut at, end)?);
        if at == end {
            return Ok((Node::If { group, yes, no: Box::new(Node::empty()) }, end));
        }
        self.check(self.op(at)? == Op::Jump && at + 2 == end)?;
        let last = self.end(at + 1, limit)?;
        let mut at = end;
        let no = Box::new(self.sequence(&mut at, last)?);
        self.check(at == last)?;
        Ok((Node::If { group, yes, no }, last))
    }

    fn literal(&mut self, cp: u32) -> Node {
        let mut text = Vec::new();
        match self.kind {
            Kind::Bytes => match u8::try_from(cp) {
                Ok(byte) => text.push(byte),
                Err(_) => return Node::Fail,
            },
            Kind::Text if cp > 0x10_FFFF => return Node::Fail,
            Kind::Text => push_char(&mut text, cp),
        }
        Node::Text(text)
    }

    /// A class of one character and its like, or of all others.
    fn character(&mut self, op: Op, cp: u32) -> Node {
        let (negated, fold) = match op {
            Op::NotLiteral => (true, Fold::None),
            Op::LiteralIgnore => (false, Fold::Ascii),
            Op::NotLiteralIgnore => (true, Fold::Ascii),
            Op::LiteralLocIgnore => (false, Fold::Locale),
            Op::NotLiteralLocIgnore => (true, Fold::Locale),
            Op::LiteralUniIgnore => (false, Fold::Unicode),
            _ => (true, Fold::Unicode),
        };
        if fold == Fold::Locale {
            // A character is like the literal when it is the same, or when one of its cases is.
            let like = (0..256)
                .filter(|&b| b == cp || crate::charset::lower_ascii(b) == cp || crate::charset::upper_ascii(b) == cp);
            let mut items: Vec<Item> = if negated { vec![Item::Negate] } else { Vec::new() };
            items.extend(like.map(Item::Char));
            return self.class(Charset { items, fold: Fold::None });
        }
        let mut items = vec![Item::Char(cp)];
        if negated {
            items.insert(0, Item::Negate);
        }
        self.class(Charset { items, fold })
    }

    fn set(&mut self, op: Op, here: usize, limit: usize) -> Parsed<(Node, usize)> {
        let end = self.end(here + 1, limit)?;
        let fold = match op {
            Op::In => Fold::None,
            Op::InIgnore => Fold::Ascii,
            Op::InLocIgnore => Fold::Locale,
            _ => Fold::Unicode,
        };
        let mut items = Vec::new();
        let mut at = here + 2;
        loop {
            self.check(at < end)?;
            let op = self.op(at)?;
            at += 1;
            match op {
                Op::Failure => break,
                Op::Negate => items.push(Item::Negate),
                Op::Literal => items.push(Item::Char(self.word(at)?)),
                Op::Range => items.push(Item::Range(self.word(at)?, self.word(at + 1)?)),
                Op::RangeUniIgnore => items.push(Item::RangeAnyCase(self.word(at)?, self.word(at + 1)?)),
                Op::Category => items.push(Item::Category(Category::of(self.word(at)?).ok_or(Invalid::Code)?)),
                Op::Charset => items.push(Item::Bitmap(self.words(at, 8)?.into())),
                Op::BigCharset => {
                    let blocks = self.word(at)? as usize;
                    self.check(blocks <= 256)?;
                    let map: Box<[u8]> = self.words(at + 1, 64)?.iter().flat_map(|w| w.to_ne_bytes()).collect();
                    self.check(map.iter().all(|&b| usize::from(b) < blocks))?;
                    items.push(Item::Blocks(map, self.words(at + 65, blocks * 8)?.into()));
                    at += 65 + blocks * 8;
                }
                _ => return Err(Invalid::Code),
            }
            at += match op {
                Op::Literal | Op::Category => 1,
                Op::Range | Op::RangeUniIgnore => 2,
                Op::Charset => 8,
                _ => 0,
            };
        }
        self.check(at == end)?;
        let node = match (&items[..], fold) {
            ([Item::Char(cp)], Fold::None) => self.literal(*cp),
            _ => self.class(Charset { items, fold }),
        };
        Ok((node, end))
    }

    fn words(&self, at: usize, count: usize) -> Parsed<&[u32]> {
        self.code.get(at..).and_then(|rest| rest.get(..count)).ok_or(Invalid::Code)
    }

    fn class(&mut self, set: Charset) -> Node {
        if let Some(number) = self.sets.iter().position(|s| *s == set) {
            return Node::Class(number);
        }
        if set.fold == Fold::Unicode && self.latin[1] == 0 {
            for (cp, lower) in (0..).zip(&mut self.latin) {
                *lower = Fold::Unicode.lower(cp, self.chars);
            }
        }
        self.classes.push(Class::new(&set, self.chars, &self.latin));
        self.sets.push(set);
        Node::Class(self.classes.len() - 1)
    }
}
