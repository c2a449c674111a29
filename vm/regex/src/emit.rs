//! From the tree to the program: here it is found out where nothing has to be tried twice.

use crate::charset::ByteSet;
use crate::first::{Ahead, Firsts};
use crate::program::{Choice, Choices, Follow, Inst, Loop, Pc, Program, Single, Start, Switch};
use crate::tree::{Greed, Node, Tree};
use crate::words::{At, MAX_REPEAT};
use crate::{Invalid, Kind};

pub(crate) fn emit(tree: Tree, groups: u32, kind: Kind) -> Result<Program, Invalid> {
    let Tree { root, classes } = tree;
    let mut emitter = Emitter {
        firsts: Firsts::new(&classes, kind == Kind::Text),
        code: Vec::new(),
        literals: Vec::new(),
        choices: Vec::new(),
        switches: Vec::new(),
        singles: Vec::new(),
        loops: Vec::new(),
        slots: 2 * groups + 1,
    };
    emitter.node(&root, Ahead::DONE);
    emitter.code.push(Inst::Accept);
    let first = emitter.firsts.of(&root, Ahead::DONE);
    let start = start(&root, first);
    let run = emitter.run(&root);
    let first_class = match parts(&root).next() {
        Some(Node::Class(class)) => Some(*class),
        Some(Node::Repeat { body, min: 1.., .. }) => match **body {
            Node::Class(class) => Some(class),
            _ => None,
        },
        _ => None,
    };
    let Emitter { code, literals, choices, switches, singles, loops, slots, .. } = emitter;
    if u32::try_from(code.len()).is_err() || u32::try_from(literals.len()).is_err() {
        return Err(Invalid::Code);
    }
    Ok(Program {
        code,
        literals,
        choices,
        switches,
        singles,
        loops,
        groups: groups as usize,
        slots: slots as usize,
        start,
        at_end: first.at_end,
        min_len: root.min_len(),
        first: first_class,
        run,
        classes,
    })
}

/// The parts of a pattern in order, without its marks.
fn parts(root: &Node) -> impl Iterator<Item = &Node> {
    let all = match root {
        Node::Seq(parts) => &parts[..],
        other => std::slice::from_ref(other),
    };
    all.iter().filter(|n| !matches!(n, Node::Mark(_)))
}

fn start(root: &Node, first: Ahead) -> Start {
    match parts(root).next() {
        Some(Node::At(At::Beginning)) => return Start::Text,
        Some(Node::At(At::BeginningLine)) => return Start::Line,
        Some(Node::Text(text)) if text.len() > 1 => {
            return Start::Literal(Box::new(memchr::memmem::Finder::new(text).into_owned()));
        }
        _ => {}
    }
    let set = first.all();
    if set == ByteSet::FULL {
        return Start::Any;
    }
    let mut bytes = set.bytes();
    match (bytes.next(), bytes.next(), bytes.next(), bytes.next()) {
        (Some(a), None, ..) => Start::One(a),
        (Some(a), Some(b), None, _) => Start::Two(a, b),
        (Some(a), Some(b), Some(c), None) => Start::Three(a, b, c),
        _ => Start::Set(Box::new(set.table())),
    }
}

struct Emitter<'a> {
    firsts: Firsts<'a>,
    code: Vec<Inst>,
    literals: Vec<u8>,
    choices: Vec<Choices>,
    switches: Vec<Switch>,
    singles: Vec<Single>,
    loops: Vec<Loop>,
    slots: u32,
}

impl Emitter<'_> {
    fn here(&self) -> Pc {
        self.code.len() as Pc
    }

    fn push(&mut self, inst: Inst) -> usize {
        self.code.push(inst);
        self.code.len() - 1
    }

    fn slot(&mut self, count: u32) -> u32 {
        let slot = self.slots;
        self.slots += count;
        slot
    }

    /// The class at the beginning that is repeated without limit, if a failure behind it is one for all places in it.
    fn run(&self, root: &Node) -> Option<usize> {
        let class = match self.code.iter().find(|i| !matches!(i, Inst::Open(_) | Inst::Close(_)))? {
            Inst::Some(class) | Inst::Any(class) => *class as usize,
            // They have tried what follows at each place.
            Inst::Greedy(single) | Inst::Lazy(single) if self.singles[*single as usize].max == MAX_REPEAT => {
                self.singles[*single as usize].class as usize
            }
            _ => return None,
        };
        (!root.any(&|n| matches!(n, Node::Again { .. }))).then_some(class)
    }

    fn node(&mut self, node: &Node, next: Ahead) {
        match node {
            Node::Text(text) => self.text(text),
            Node::Class(class) => {
                self.push(Inst::Class(*class as u32));
            }
            Node::Seq(parts) => {
                let mut behind = vec![next; parts.len()];
                for i in (1..parts.len()).rev() {
                    behind[i - 1] = self.firsts.of(&parts[i], behind[i]);
                }
                for (part, next) in parts.iter().zip(behind) {
                    self.node(part, next);
                }
            }
            Node::Alt(parts) => self.alternatives(parts, next, None),
            Node::Repeat { body, min, max, greed } => match &**body {
                Node::Class(class) => self.single(*class, *min, *max, *greed, next),
                _ => self.repeat(body, *min, *max, *greed, next),
            },
            Node::Mark(mark) => {
                self.push(if mark % 2 == 0 { Inst::Open(mark / 2) } else { Inst::Close(mark / 2) });
            }
            Node::At(at) => {
                self.push(Inst::At(*at));
            }
            Node::Again { group, fold } => {
                self.push(Inst::Again { group: *group, fold: *fold });
            }
            Node::If { group, yes, no } => {
                let test = self.push(Inst::Fail);
                self.node(yes, next);
                let jump = self.push(Inst::Fail);
                self.code[test] = Inst::If { group: *group, no: self.here() };
                self.node(no, next);
                self.code[jump] = Inst::Jump(self.here());
            }
            Node::Look { back, negated, body } => self.look(*back, *negated, body),
            Node::Atomic(body) => {
                let slot = self.slot(1);
                self.push(Inst::Atomic(slot));
                self.node(body, Ahead::DONE);
                self.push(Inst::EndAtomic { slot, keeps: body.has_marks() });
            }
            Node::Fail => {
                self.push(Inst::Fail);
            }
        }
    }

    fn text(&mut self, text: &[u8]) {
        match text {
            [] => {}
            [byte] => {
                self.push(Inst::Byte(*byte));
            }
            _ => {
                let from = self.literals.len();
                self.literals.extend(text);
                self.push(Inst::Literal(from as u32, self.literals.len() as u32));
            }
        }
    }

    fn look(&mut self, back: u32, negated: bool, body: &Node) {
        let slot = self.slot(2);
        if negated {
            let begin = self.push(Inst::Fail);
            self.node(body, Ahead::DONE);
            self.push(Inst::EndLookNot(slot));
            self.code[begin] = Inst::LookNot { slot, back, exit: self.here() };
        } else {
            self.push(Inst::Look { slot, back });
            self.node(body, Ahead::DONE);
            self.push(Inst::EndLook { slot, keeps: body.has_marks() });
        }
    }

    /// A repeat of one character.
    fn single(&mut self, class: usize, min: u32, max: u32, greed: Greed, next: Ahead) {
        let set = self.firsts.class(class);
        let never_back = greed == Greed::Possessive
            || min == max
            // Where it could go on with less, what follows cannot begin; the same way more cannot be taken.
            || (set.is_disjoint(next.set) && (greed == Greed::Greedy || !next.accepts))
            || (greed == Greed::Greedy
                && min >= 1
                && next.boundary.is_some_and(|unicode| self.firsts.is_uniform(class, unicode)));
        if never_back {
            self.span(class as u32, min, max);
            return;
        }
        let all = next.all();
        let follow = (all != ByteSet::FULL).then(|| {
            let mut bytes = all.bytes();
            let byte = bytes.next().filter(|_| bytes.next().is_none());
            Follow { table: Box::new(all.table()), at_end: next.at_end, byte }
        });
        let number = self.singles.len() as u32;
        self.push(if greed == Greed::Lazy { Inst::Lazy(number) } else { Inst::Greedy(number) });
        self.singles.push(Single { class: class as u32, min, max, follow, next: self.here() });
    }

    fn span(&mut self, class: u32, min: u32, max: u32) {
        self.push(match (min, max) {
            (0, MAX_REPEAT) => Inst::Any(class),
            (1, MAX_REPEAT) => Inst::Some(class),
            _ => Inst::Span { class, min, max },
        });
    }

    /// What each byte means before a body that begins with `first`, with `next` behind.
    fn choices(&mut self, first: Ahead, next: Ahead, lazy: bool) -> u32 {
        let mut table = Box::new([Choice::Exit; 256]);
        for (byte, choice) in (0..=255u8).zip(&mut table[..]) {
            *choice = match (first.set.has(byte), next.allows(byte), lazy) {
                (false, ..) => Choice::Exit,
                (true, false, _) => Choice::Body,
                (true, true, false) => Choice::BodyFirst,
                (true, true, true) => Choice::ExitFirst,
            };
        }
        match self.choices.iter().position(|c| *c == table) {
            Some(number) => number as u32,
            None => {
                self.choices.push(table);
                self.choices.len() as u32 - 1
            }
        }
    }

    /// A choice between the body right behind it and the exit, which is filled in later.
    fn decide(&mut self, body: Pc, first: Ahead, next: Ahead, greed: Greed) -> usize {
        let lazy = greed == Greed::Lazy;
        if first.accepts || first.at_end {
            return self.push(if lazy { Inst::Split(Pc::MAX, body) } else { Inst::Split(body, Pc::MAX) });
        }
        let table = self.choices(first, next, lazy);
        self.push(Inst::Decide { table, body, exit: 0 })
    }

    fn leave(&mut self, decision: usize) {
        let here = self.here();
        match &mut self.code[decision] {
            Inst::Decide { exit, .. } => *exit = here,
            Inst::Split(exit, _) if *exit == Pc::MAX => *exit = here,
            Inst::Split(_, exit) => *exit = here,
            _ => {}
        }
    }

    fn repeat(&mut self, body: &Node, min: u32, max: u32, greed: Greed, next: Ahead) {
        if greed == Greed::Possessive {
            return self.possessive(body, min, max);
        }
        // Alone, without what follows: with an empty body anything is possible.
        let first = self.firsts.of(body, Ahead::DONE);
        let is_empty = body.min_len() == 0;
        if (min, max) == (0, 1) {
            let decision = self.decide(self.here() + 1, first, next, greed);
            self.node(body, next);
            self.leave(decision);
            return;
        }
        let around = self.firsts.around(body, min, next);
        if max == MAX_REPEAT && min <= 1 && !is_empty {
            let before = (min == 0).then(|| self.decide(self.here() + 1, first, next, greed));
            let top = self.here();
            match body {
                Node::Alt(parts) => self.alternatives(parts, around, (greed == Greed::Greedy).then_some(next)),
                _ => self.node(body, around),
            }
            let again = self.decide(top, first, next, greed);
            self.leave(again);
            if let Some(before) = before {
                self.leave(before);
            }
            return;
        }
        let slot = self.slot(2);
        let number = self.loops.len();
        let limit = if max == MAX_REPEAT { usize::MAX } else { max as usize };
        self.loops.push(Loop {
            slot,
            min: min as usize,
            max: limit,
            lazy: greed == Greed::Lazy,
            keeps: false,
            body: 0,
            exit: 0,
        });
        self.push(Inst::Enter(number as u32));
        let jump = self.push(Inst::Fail);
        self.loops[number].body = self.here();
        self.node(body, around);
        self.code[jump] = Inst::Jump(self.here());
        self.push(Inst::Next(number as u32));
        self.loops[number].exit = self.here();
    }

    fn possessive(&mut self, body: &Node, min: u32, max: u32) {
        let slot = self.slot(3);
        let number = self.loops.len();
        let limit = if max == MAX_REPEAT { usize::MAX } else { max as usize };
        self.push(Inst::Enter(number as u32));
        self.push(Inst::Round(number as u32));
        self.loops.push(Loop {
            slot,
            min: min as usize,
            max: limit,
            lazy: false,
            keeps: body.has_marks(),
            body: self.here(),
            exit: 0,
        });
        self.node(body, Ahead::DONE);
        self.push(Inst::EndRound(number as u32));
        self.loops[number].exit = self.here();
    }

    /// One of several. When they are all there is in a greedy loop without limit, and `exit` is behind that, single
    /// characters that begin nothing else are taken as long as there are some.
    fn alternatives(&mut self, parts: &[Node], next: Ahead, exit: Option<Ahead>) {
        let firsts: Vec<Ahead> = parts.iter().map(|p| self.firsts.of(p, next)).collect();
        // Which alternatives each byte leaves; all bytes with the same ones share a list.
        let mut lists: Vec<Vec<usize>> = Vec::new();
        let mut list = Vec::with_capacity(parts.len());
        let mut number = |test: &dyn Fn(&Ahead) -> bool| {
            list.clear();
            list.extend((0..parts.len()).filter(|&i| test(&firsts[i])));
            lists.iter().position(|l| *l == list).unwrap_or_else(|| {
                lists.push(list.clone());
                lists.len() - 1
            })
        };
        let mut map = Box::new([0u8; 256]);
        let mut fits = true;
        let mut before: Option<(u8, u8)> = None;
        for byte in 0..=255u8 {
            // Neighbours are mostly alike.
            let entry = match before.filter(|&(b, _)| firsts.iter().all(|f| f.allows(b) == f.allows(byte))) {
                Some((_, entry)) => entry,
                None => u8::try_from(number(&|f| f.allows(byte))).unwrap_or_else(|_| {
                    fits = false;
                    0
                }),
            };
            map[usize::from(byte)] = entry;
            before = Some((byte, entry));
        }
        let last = number(&|f| f.accepts || f.at_end);
        // Long lists again and again would make the program large; then one list serves all bytes.
        if !fits || lists.iter().map(Vec::len).sum::<usize>() > 16 * parts.len() + 64 {
            lists = vec![(0..parts.len()).collect()];
        }
        let head = (lists.len() > 1).then(|| self.push(Inst::Fail));
        let mut targets = Vec::with_capacity(lists.len());
        // Splits name alternatives until the places of these are known.
        let mut open = Vec::new();
        for list in &lists {
            targets.push(self.here());
            for (i, &part) in list.iter().enumerate() {
                open.push((self.code.len(), part));
                let behind = self.here() + 1;
                self.push(if i + 1 < list.len() { Inst::Split(0, behind) } else { Inst::Jump(0) });
            }
            if list.is_empty() {
                self.push(Inst::Fail);
            }
        }
        let mut starts = Vec::with_capacity(parts.len());
        let mut exits = Vec::with_capacity(parts.len());
        for (i, part) in parts.iter().enumerate() {
            starts.push(self.here());
            match part {
                Node::Class(class) if exit.is_some_and(|e| self.begins_nothing_else(*class, i, &firsts, parts, e)) => {
                    self.push(Inst::Some(*class as u32));
                }
                _ => self.node(part, next),
            }
            if i + 1 < parts.len() {
                exits.push(self.push(Inst::Fail));
            }
        }
        for exit in exits {
            self.code[exit] = Inst::Jump(self.here());
        }
        for (at, part) in open {
            match &mut self.code[at] {
                Inst::Split(first, _) | Inst::Jump(first) => *first = starts[part],
                _ => {}
            }
        }
        if let Some(head) = head {
            // Lists of one alternative need no jump of their own.
            for (target, list) in targets.iter_mut().zip(&lists) {
                if let [only] = list[..] {
                    *target = starts[only];
                }
            }
            let at_end = targets[last];
            self.code[head] = Inst::Switch(self.switches.len() as u32);
            self.switches.push(Switch { map, targets, at_end });
        }
    }

    /// Whether no other alternative and nothing behind the loop can begin with a character of the class.
    fn begins_nothing_else(&self, class: usize, i: usize, firsts: &[Ahead], parts: &[Node], exit: Ahead) -> bool {
        let set = self.firsts.class(class);
        let alone = |j: usize| j == i || (parts[j].min_len() > 0 && set.is_disjoint(firsts[j].set));
        set.is_disjoint(exit.set) && (0..parts.len()).all(alone)
    }
}
