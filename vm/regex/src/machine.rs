//! Runs programs: one attempt at one place. What may have to be tried again lies on a stack of our own, so that no text can
//! exhaust the thread's.

use crate::Stop;
use crate::charset::{Class, Fold, Shape, is_ascii_word, lower_ascii};
use crate::program::{Choice, Inst, Loop, Pc, Program, Single};
use crate::text::{before, decode, width};
use crate::words::{At, MAX_REPEAT};

/// A register that holds nothing.
pub(crate) const NONE: usize = usize::MAX;

/// So many failures may lie between two looks for signals.
const TICKS: usize = 4096;

/// What is tried, or undone, when the way taken has failed.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Another way.
    Retry { pc: Pc, pos: usize },
    /// What a register held.
    Slot { slot: u32, old: usize },
    /// What the end of a group was, and the last group.
    Close { group: u32, last: u32, old: usize },
    /// A greedy repeat can give back.
    Back { single: u32, low: usize, at: usize },
    /// A lazy repeat can take more.
    More { single: u32, at: usize, left: usize },
    /// A lazy loop can go on.
    Again { number: u32, pos: usize },
}

const _: () = assert!(size_of::<Frame>() <= 24 && size_of::<Inst>() <= 16);

/// The memory of a machine: used again from match to match.
#[derive(Default)]
pub struct Machine {
    slots: Vec<usize>,
    groups: usize,
    stack: Vec<Frame>,
    /// Groups hold what an earlier attempt left.
    is_used: bool,
    start: usize,
    end: usize,
    /// How much work may be done yet before somebody looks for signals.
    pub(crate) ticks: usize,
}

/// A program on a text. `WIDE` is whether characters can be of several bytes.
pub(crate) struct Run<'a, const WIDE: bool> {
    pub(crate) program: &'a Program,
    pub(crate) text: &'a [u8],
    pub(crate) chars: &'static crate::Unicode,
    pub(crate) machine: &'a mut Machine,
    /// The match has to end where the text ends.
    pub(crate) is_full: bool,
    /// Where the match must not end.
    pub(crate) not_at: usize,
    pub(crate) interrupt: &'a mut dyn FnMut() -> bool,
}

impl Machine {
    /// Start and end of what was found last.
    pub fn whole(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Start and end of a group (from 0) of the pattern that matched last, if it took part.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let &[start, end] = self.slots.get(2 * group..2 * group + 2)? else { return None };
        // A group that ends before it begins was entered again and not left yet.
        (start != NONE && end != NONE && start <= end).then_some((start, end))
    }

    /// The group (from 1) that ended last.
    pub fn last_group(&self, regex: &crate::Regex) -> Option<usize> {
        self.slots.get(2 * regex.groups()).copied().filter(|&group| group != NONE)
    }

    /// Gives back memory that only an unusual match needed.
    pub fn shrink(&mut self) {
        if self.stack.capacity() > 4096 {
            self.stack = Vec::new();
        }
    }

    fn prepare(&mut self, program: &Program) {
        if self.slots.len() != program.slots || self.groups != program.groups {
            self.groups = program.groups;
            self.slots.clear();
            self.slots.resize(program.slots, NONE);
        } else if self.is_used {
            self.slots[..=2 * program.groups].fill(NONE);
        }
        self.is_used = false;
        self.stack.clear();
    }

    #[inline]
    fn push(&mut self, frame: Frame) -> Result<(), Stop> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(frame);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Stop> {
        self.stack.try_reserve(self.stack.len().max(32)).map_err(|_| Stop::Memory)
    }

    /// Sets a register, so that the old value comes back if something is tried again.
    #[inline]
    fn set(&mut self, slot: u32, value: usize) -> Result<(), Stop> {
        let old = std::mem::replace(&mut self.slots[slot as usize], value);
        if self.stack.is_empty() {
            self.is_used = true;
            return Ok(());
        }
        self.push(Frame::Slot { slot, old })
    }

    /// Forgets what could be tried again from `height` on. With `keeps`, registers still get their old values back.
    fn cut(&mut self, height: usize, keeps: bool) {
        let mut kept = height;
        if keeps && height == 0 {
            self.is_used = true;
        } else if keeps {
            for i in height..self.stack.len() {
                if matches!(self.stack[i], Frame::Slot { .. } | Frame::Close { .. }) {
                    self.stack[kept] = self.stack[i];
                    kept += 1;
                }
            }
        }
        self.stack.truncate(kept);
    }

    /// Gives registers back what they held when the stack was of this height, and forgets the rest.
    fn unwind(&mut self, height: usize, last: usize) {
        while self.stack.len() > height {
            match self.stack.pop() {
                Some(Frame::Slot { slot, old }) => self.slots[slot as usize] = old,
                Some(Frame::Close { group, last: group_before, old }) => self.reopen(group, group_before, old, last),
                _ => {}
            }
        }
    }

    #[inline]
    fn reopen(&mut self, group: u32, group_before: u32, old: usize, last: usize) {
        self.slots[2 * group as usize + 1] = old;
        self.slots[last] = if group_before == u32::MAX { NONE } else { group_before as usize };
    }
}

impl<const WIDE: bool> Run<'_, WIDE> {
    /// Tries to match at `start`.
    pub(crate) fn attempt(&mut self, start: usize) -> Result<bool, Stop> {
        self.machine.prepare(self.program);
        let end = self.go(start);
        if !matches!(end, Ok(None)) {
            self.machine.is_used = true;
        }
        let Some(end) = end? else { return Ok(false) };
        (self.machine.start, self.machine.end) = (start, end);
        Ok(true)
    }

    fn go(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        let program = self.program;
        let text = self.text;
        let mut pos = start;
        let mut pc = 0usize;
        'steps: loop {
            // What breaks out of the block has failed.
            'failed: {
                match program.code[pc] {
                    Inst::Byte(byte) => {
                        if text.get(pos) != Some(&byte) {
                            break 'failed;
                        }
                        pos += 1;
                        pc += 1;
                    }
                    Inst::Literal(from, to) => {
                        let literal = &program.literals[from as usize..to as usize];
                        if !text[pos..].starts_with(literal) {
                            break 'failed;
                        }
                        pos += literal.len();
                        pc += 1;
                    }
                    Inst::Class(class) => match self.one(&program.classes[class as usize], pos) {
                        Some(next) => {
                            pos = next;
                            pc += 1;
                        }
                        None => break 'failed,
                    },
                    Inst::Some(class) => {
                        let end = self.all(&program.classes[class as usize], pos);
                        if end == pos {
                            break 'failed;
                        }
                        pos = end;
                        pc += 1;
                    }
                    Inst::Any(class) => {
                        pos = self.all(&program.classes[class as usize], pos);
                        pc += 1;
                    }
                    Inst::Span { class, min, max } => {
                        let class = &program.classes[class as usize];
                        let Some(low) = self.exactly(class, pos, min) else { break 'failed };
                        pos = self.at_most(class, low, max, min);
                        pc += 1;
                    }
                    Inst::Open(group) => {
                        self.machine.set(2 * group, pos)?;
                        pc += 1;
                    }
                    Inst::Close(group) => {
                        self.close(group, pos)?;
                        pc += 1;
                    }
                    Inst::Decide { table, body, exit } => {
                        let choice = match text.get(pos) {
                            Some(&byte) => program.choices[table as usize][usize::from(byte)],
                            None => Choice::Exit,
                        };
                        pc = match choice {
                            Choice::Exit => exit,
                            Choice::Body => body,
                            Choice::BodyFirst => {
                                self.machine.push(Frame::Retry { pc: exit, pos })?;
                                body
                            }
                            Choice::ExitFirst => {
                                self.machine.push(Frame::Retry { pc: body, pos })?;
                                exit
                            }
                        } as usize;
                        self.tick(1)?;
                    }
                    Inst::Switch(number) => {
                        let switch = &program.switches[number as usize];
                        pc = match text.get(pos) {
                            Some(&byte) => switch.targets[usize::from(switch.map[usize::from(byte)])],
                            None => switch.at_end,
                        } as usize;
                    }
                    Inst::Jump(to) => pc = to as usize,
                    Inst::Split(first, second) => {
                        self.machine.push(Frame::Retry { pc: second, pos })?;
                        pc = first as usize;
                        self.tick(1)?;
                    }
                    Inst::At(at) => {
                        if !self.holds(at, pos) {
                            break 'failed;
                        }
                        pc += 1;
                    }
                    Inst::Greedy(number) => {
                        let single = &program.singles[number as usize];
                        let class = &program.classes[single.class as usize];
                        let Some(low) = self.exactly(class, pos, single.min) else { break 'failed };
                        let high = self.at_most(class, low, single.max, single.min);
                        let Some(at) = self.fitting(single, low, high) else { break 'failed };
                        if at > low {
                            self.machine.push(Frame::Back { single: number, low, at })?;
                        }
                        pos = at;
                        pc = single.next as usize;
                    }
                    Inst::Lazy(number) => {
                        let single = &program.singles[number as usize];
                        let class = &program.classes[single.class as usize];
                        let Some(low) = self.exactly(class, pos, single.min) else { break 'failed };
                        let left = if single.max == MAX_REPEAT { NONE } else { (single.max - single.min) as usize };
                        let Some(at) = self.more(number, single, low, left)? else { break 'failed };
                        pos = at;
                        pc = single.next as usize;
                    }
                    Inst::Accept => {
                        if (self.is_full && pos != text.len()) || pos == self.not_at {
                            break 'failed;
                        }
                        return Ok(Some(pos));
                    }
                    Inst::Fail => break 'failed,
                    Inst::Enter(number) => {
                        let slot = program.loops[number as usize].slot;
                        self.machine.set(slot, 0)?;
                        self.machine.set(slot + 1, NONE)?;
                        pc += 1;
                    }
                    Inst::Next(number) => {
                        pc = self.next_round(number, &program.loops[number as usize], pos)? as usize;
                        self.tick(1)?;
                    }
                    Inst::Round(number) => {
                        pc = self.possessive_round(&program.loops[number as usize], pos)? as usize;
                        self.tick(1)?;
                    }
                    Inst::EndRound(number) => {
                        let l = &program.loops[number as usize];
                        let slot = l.slot as usize;
                        self.machine.cut(self.machine.slots[slot + 2], l.keeps);
                        self.machine.slots[slot] += 1;
                        // The instruction that begins rounds is right before the body.
                        pc = l.body as usize - 1;
                    }
                    Inst::Atomic(slot) => {
                        self.machine.slots[slot as usize] = self.machine.stack.len();
                        pc += 1;
                    }
                    Inst::EndAtomic { slot, keeps } => {
                        self.machine.cut(self.machine.slots[slot as usize], keeps);
                        pc += 1;
                    }
                    Inst::Look { slot, back } => {
                        let Some(from) = self.back_by(pos, back) else { break 'failed };
                        self.machine.slots[slot as usize] = self.machine.stack.len();
                        self.machine.slots[slot as usize + 1] = pos;
                        pos = from;
                        pc += 1;
                    }
                    Inst::EndLook { slot, keeps } => {
                        self.machine.cut(self.machine.slots[slot as usize], keeps);
                        pos = self.machine.slots[slot as usize + 1];
                        pc += 1;
                    }
                    Inst::LookNot { slot, back, exit } => match self.back_by(pos, back) {
                        None => pc = exit as usize,
                        Some(from) => {
                            self.machine.slots[slot as usize] = self.machine.stack.len();
                            self.machine.push(Frame::Retry { pc: exit, pos })?;
                            pos = from;
                            pc += 1;
                        }
                    },
                    Inst::EndLookNot(slot) => {
                        self.machine.unwind(self.machine.slots[slot as usize], 2 * program.groups);
                        break 'failed;
                    }
                    Inst::Again { group, fold } => match self.same_again(group, fold, pos) {
                        Some(end) => {
                            pos = end;
                            pc += 1;
                        }
                        None => break 'failed,
                    },
                    Inst::If { group, no } => {
                        pc = if self.span_of(group).is_some() { pc + 1 } else { no as usize };
                    }
                }
                continue 'steps;
            }
            match self.resume()? {
                Some((to, at)) => (pc, pos) = (to as usize, at),
                None => return Ok(None),
            }
        }
    }

    /// Counts work done; from time to time somebody may want to stop it.
    #[inline]
    pub(crate) fn tick(&mut self, work: usize) -> Result<(), Stop> {
        if self.machine.ticks <= work {
            return self.look_up();
        }
        self.machine.ticks -= work;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn look_up(&mut self) -> Result<(), Stop> {
        self.machine.ticks = TICKS;
        if (self.interrupt)() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    /// The next way that was not tried.
    fn resume(&mut self) -> Result<Option<(Pc, usize)>, Stop> {
        let program = self.program;
        self.tick(1)?;
        loop {
            match self.machine.stack.pop() {
                None => return Ok(None),
                Some(Frame::Retry { pc, pos }) => return Ok(Some((pc, pos))),
                Some(Frame::Slot { slot, old }) => self.machine.slots[slot as usize] = old,
                Some(Frame::Close { group, last, old }) => self.machine.reopen(group, last, old, 2 * program.groups),
                Some(Frame::Back { single: number, low, at }) => {
                    let single = &program.singles[number as usize];
                    let high = if WIDE { before(self.text, at) } else { at - 1 };
                    if let Some(at) = self.fitting(single, low, high) {
                        if at > low {
                            self.machine.push(Frame::Back { single: number, low, at })?;
                        }
                        return Ok(Some((single.next, at)));
                    }
                }
                Some(Frame::More { single: number, at, left }) => {
                    let single = &program.singles[number as usize];
                    if let Some(next) = self.one(&program.classes[single.class as usize], at) {
                        let left = if left == NONE { NONE } else { left - 1 };
                        if let Some(at) = self.more(number, single, next, left)? {
                            return Ok(Some((single.next, at)));
                        }
                    }
                }
                Some(Frame::Again { number, pos }) => {
                    let l = &program.loops[number as usize];
                    let (rounds, last) = (self.machine.slots[l.slot as usize], self.machine.slots[l.slot as usize + 1]);
                    if rounds < l.max && pos != last {
                        self.machine.set(l.slot, rounds + 1)?;
                        self.machine.set(l.slot + 1, pos)?;
                        return Ok(Some((l.body, pos)));
                    }
                }
            }
        }
    }

    #[inline]
    fn close(&mut self, group: u32, pos: usize) -> Result<(), Stop> {
        let last = 2 * self.program.groups;
        let machine = &mut *self.machine;
        let old = std::mem::replace(&mut machine.slots[2 * group as usize + 1], pos);
        let last_old = std::mem::replace(&mut machine.slots[last], group as usize + 1);
        if machine.stack.is_empty() {
            machine.is_used = true;
            return Ok(());
        }
        // No number of a group is that large, and no group is none.
        machine.push(Frame::Close { group, last: u32::try_from(last_old).unwrap_or(u32::MAX), old })
    }

    fn next_round(&mut self, number: u32, l: &Loop, pos: usize) -> Result<Pc, Stop> {
        let machine = &mut *self.machine;
        let (rounds, last) = (machine.slots[l.slot as usize], machine.slots[l.slot as usize + 1]);
        if rounds < l.min {
            machine.set(l.slot, rounds + 1)?;
            return Ok(l.body);
        }
        if l.lazy {
            machine.push(Frame::Again { number, pos })?;
            return Ok(l.exit);
        }
        // A round that took nothing is the last.
        if rounds < l.max && pos != last {
            machine.set(l.slot, rounds + 1)?;
            machine.set(l.slot + 1, pos)?;
            machine.push(Frame::Retry { pc: l.exit, pos })?;
            return Ok(l.body);
        }
        Ok(l.exit)
    }

    fn possessive_round(&mut self, l: &Loop, pos: usize) -> Result<Pc, Stop> {
        let machine = &mut *self.machine;
        let slot = l.slot as usize;
        let rounds = machine.slots[slot];
        machine.slots[slot + 2] = machine.stack.len();
        if rounds < l.min {
            return Ok(l.body);
        }
        if rounds < l.max && pos != machine.slots[slot + 1] {
            machine.slots[slot + 1] = pos;
            machine.push(Frame::Retry { pc: l.exit, pos })?;
            return Ok(l.body);
        }
        Ok(l.exit)
    }

    /// The position behind one character of the class.
    #[inline]
    fn one(&self, class: &Class, pos: usize) -> Option<usize> {
        let byte = *self.text.get(pos)?;
        if WIDE && byte >= 0x80 {
            let (cp, width) = decode(self.text, pos);
            return class.has(cp, self.chars).then_some(pos + width);
        }
        class.table[usize::from(byte)].then_some(pos + 1)
    }

    /// The position behind all characters of the class.
    #[inline]
    pub(crate) fn all(&mut self, class: &Class, pos: usize) -> usize {
        let end = self.scan(class, pos);
        // Long runs count as work; what is to be done about it is done later.
        self.machine.ticks = self.machine.ticks.saturating_sub((end - pos) >> 8).max(1);
        end
    }

    #[inline]
    fn scan(&self, class: &Class, pos: usize) -> usize {
        let text = self.text;
        let len = text.len();
        let mut at = pos;
        match class.shape {
            Shape::All => return len,
            Shape::AllBut(byte) => {
                // Looking far costs a little before it begins.
                let near = len.min(pos + 8);
                while at < near {
                    if text[at] == byte {
                        return at;
                    }
                    at += 1;
                }
                return memchr::memchr(byte, &text[at..]).map_or(len, |i| at + i);
            }
            Shape::Other => {}
        }
        loop {
            while at < len && (!WIDE || text[at] < 0x80) {
                if !class.table[usize::from(text[at])] {
                    return at;
                }
                at += 1;
            }
            if at >= len {
                return at;
            }
            let (cp, width) = decode(text, at);
            if !class.has(cp, self.chars) {
                return at;
            }
            at += width;
        }
    }

    /// The position behind exactly `count` characters of the class.
    #[inline]
    fn exactly(&self, class: &Class, pos: usize, count: u32) -> Option<usize> {
        let count = count as usize;
        if count == 0 {
            return Some(pos);
        }
        if self.text.len() - pos < count {
            return None;
        }
        if !WIDE {
            let all = self.text[pos..pos + count].iter().all(|&b| class.table[usize::from(b)]);
            return all.then_some(pos + count);
        }
        let mut at = pos;
        for _ in 0..count {
            at = self.one(class, at)?;
        }
        Some(at)
    }

    /// The position behind as many characters as there are, up to `max` of which `min` are taken already.
    fn at_most(&mut self, class: &Class, pos: usize, max: u32, min: u32) -> usize {
        if max == MAX_REPEAT {
            return self.all(class, pos);
        }
        let count = (max - min) as usize;
        if !WIDE {
            let rest = &self.text[pos..];
            let rest = &rest[..rest.len().min(count)];
            return pos + rest.iter().position(|&b| !class.table[usize::from(b)]).unwrap_or(rest.len());
        }
        let mut at = pos;
        for _ in 0..count {
            match self.one(class, at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// The last position from `low` to `high` behind which what follows can begin.
    fn fitting(&mut self, single: &Single, low: usize, high: usize) -> Option<usize> {
        let Some(follow) = &single.follow else { return Some(high) };
        let text = self.text;
        if high == text.len() && follow.at_end {
            return Some(high);
        }
        let behind = &text[low..text.len().min(high + 1)];
        let found = match follow.byte {
            Some(byte) if behind.len() > 16 => memchr::memrchr(byte, behind),
            _ => behind.iter().rposition(|&b| follow.table[usize::from(b)] && !(WIDE && b & 0xC0 == 0x80)),
        };
        self.machine.ticks = self.machine.ticks.saturating_sub(behind.len() >> 8).max(1);
        found.map(|i| low + i)
    }

    /// Takes more, up to `left`, until what follows can begin; leaves a frame if still more can be taken from there.
    fn more(&mut self, number: u32, single: &Single, low: usize, left: usize) -> Result<Option<usize>, Stop> {
        let program = self.program;
        let class = &program.classes[single.class as usize];
        let (mut at, mut left) = (low, left);
        if let Some(follow) = &single.follow {
            if let (Some(byte), NONE, Shape::All | Shape::AllBut(_)) = (follow.byte, left, class.shape) {
                // Nothing before that byte can be the end.
                let found = match class.shape {
                    Shape::AllBut(stop) => memchr::memchr2(byte, stop, &self.text[at..]),
                    _ => memchr::memchr(byte, &self.text[at..]),
                };
                match found {
                    Some(i) => at += i,
                    None if follow.at_end => at = self.text.len(),
                    None => return Ok(None),
                }
            }
            loop {
                let fits = match self.text.get(at) {
                    Some(&byte) => follow.table[usize::from(byte)],
                    None => follow.at_end,
                };
                if fits {
                    break;
                }
                let Some(next) = self.one(class, at).filter(|_| left > 0) else { return Ok(None) };
                at = next;
                if left != NONE {
                    left -= 1;
                }
            }
            self.machine.ticks = self.machine.ticks.saturating_sub((at - low) >> 8).max(1);
        }
        if left > 0 && at < self.text.len() {
            self.machine.push(Frame::More { single: number, at, left })?;
        }
        Ok(Some(at))
    }

    fn back_by(&self, pos: usize, count: u32) -> Option<usize> {
        if !WIDE {
            return pos.checked_sub(count as usize);
        }
        let mut at = pos;
        for _ in 0..count {
            if at == 0 {
                return None;
            }
            at = before(self.text, at);
        }
        Some(at)
    }

    fn is_word(&self, pos: usize, unicode: bool) -> bool {
        let Some(&byte) = self.text.get(pos) else { return false };
        if byte < 0x80 || !unicode {
            return byte < 0x80 && is_ascii_word(u32::from(byte));
        }
        let cp = if WIDE { decode(self.text, pos).0 } else { u32::from(byte) };
        (self.chars.is_alnum)(cp)
    }

    fn is_boundary(&self, pos: usize, unicode: bool) -> bool {
        let before = pos > 0 && self.is_word(if WIDE { before(self.text, pos) } else { pos - 1 }, unicode);
        before != self.is_word(pos, unicode)
    }

    #[inline]
    fn holds(&self, at: At, pos: usize) -> bool {
        let text = self.text;
        match at {
            At::Beginning => pos == 0,
            At::BeginningLine => pos == 0 || text[pos - 1] == b'\n',
            At::Boundary { unicode } => self.is_boundary(pos, unicode),
            At::NonBoundary { unicode } => !self.is_boundary(pos, unicode),
            At::End => pos == text.len() || (pos + 1 == text.len() && text[pos] == b'\n'),
            At::EndLine => pos == text.len() || text[pos] == b'\n',
            At::EndString => pos == text.len(),
        }
    }

    /// Where a group lies, if it has matched.
    fn span_of(&self, group: u32) -> Option<(usize, usize)> {
        self.machine.group(group as usize)
    }

    /// The position behind the text of a group that stands here again.
    fn same_again(&mut self, group: u32, fold: Fold, pos: usize) -> Option<usize> {
        let (start, end) = self.span_of(group)?;
        let text = self.text;
        let (wanted, rest) = (&text[start..end], &text[pos..]);
        if fold == Fold::None {
            return rest.starts_with(wanted).then_some(pos + wanted.len());
        }
        if !WIDE || fold != Fold::Unicode {
            let same = rest.get(..wanted.len()).is_some_and(|there| {
                let mut pairs = there.iter().zip(wanted);
                pairs.all(|(&a, &b)| lower_ascii(u32::from(a)) == lower_ascii(u32::from(b)))
            });
            return same.then_some(pos + wanted.len());
        }
        let (mut a, mut b) = (start, pos);
        while a < end {
            if b >= text.len() {
                return None;
            }
            let (one, other) = (decode(text, a).0, decode(text, b).0);
            if one != other && (self.chars.lower)(one) != (self.chars.lower)(other) {
                return None;
            }
            a += width(text[a]);
            b += width(text[b]);
        }
        Some(b)
    }
}
