//! Patterns of `match` statements.
//!
//! A pattern tests a register, which keeps its value, and jumps away when it does not match. Parts of the subject are put
//! into temporaries; captured values stay there until the whole pattern has matched and are bound only then. A jump away
//! first drops the temporaries that are in use where it is taken.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, Pattern, Singleton};

use super::matching::refuse_irrefutable;
use super::{Dst, Lowering};
use crate::emit::{Label, Reg};
use crate::error::{Res, syntax};
use crate::names::NameId;

/// Where a captured value is.
#[derive(Clone, Copy)]
struct Capture {
    name: NameId,
    reg: Reg,
    /// The register belongs to the capture; else it is copied.
    owned: bool,
}

/// The state of one pattern being matched.
pub(crate) struct Matcher {
    fail: Label,
    captures: Vec<Capture>,
    /// Temporaries that hold values now.
    live: Vec<Reg>,
    /// Ways to fail: a label and the temporaries to drop there.
    failures: Vec<(Label, Vec<Reg>)>,
}

impl Matcher {
    pub(crate) fn new(fail: Label) -> Matcher {
        Matcher { fail, captures: Vec::new(), live: Vec::new(), failures: Vec::new() }
    }

    fn forget(&mut self, reg: Reg) {
        self.live.retain(|r| *r != reg);
    }
}

impl<'a> Lowering<'a> {
    /// Where to go on failure, given what is in use now.
    fn failure(&mut self, m: &mut Matcher) -> Label {
        if m.live.is_empty() {
            return m.fail;
        }
        if let Some((label, _)) = m.failures.iter().find(|(_, live)| *live == m.live) {
            return *label;
        }
        let label = self.b().label();
        m.failures.push((label, m.live.clone()));
        label
    }

    /// Emits what was promised by [`Lowering::failure`].
    pub(crate) fn finish_failures(&mut self, m: &Matcher) {
        for (label, live) in &m.failures {
            self.b().place(*label);
            for reg in live.iter().rev() {
                self.clear(*reg);
            }
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, m.fail);
        }
    }

    /// Binds the captured values.
    pub(crate) fn bind_captures(&mut self, m: &Matcher) {
        for capture in &m.captures {
            if capture.owned {
                self.store_name(capture.name, capture.reg);
                continue;
            }
            let mark = self.b().mark();
            let copy = self.b().alloc();
            self.emit(Op::Copy, 0, copy, capture.reg, 0);
            self.store_name(capture.name, copy);
            self.b().release(mark);
        }
    }

    /// Tests the value in `reg`. An `owned` value is dropped or captured on the way.
    pub(crate) fn pattern(&mut self, p: &'a Pattern, reg: Reg, owned: bool, m: &mut Matcher) -> Res<()> {
        self.deeper(p)?;
        match p {
            Pattern::MatchValue(v) => self.value_pattern(&v.value, reg, owned, m)?,
            Pattern::MatchSingleton(v) => {
                let source = self.read(reg, owned, m);
                self.at(v);
                let fail = self.failure(m);
                match v.value {
                    Singleton::None => self.b().emit_to(Op::JumpIfNotNone, 0, source, 0, 0, fail),
                    Singleton::True | Singleton::False => {
                        let value = if v.value == Singleton::True { Const::True } else { Const::False };
                        let value = self.const_rk(value);
                        self.b().emit_to(Op::BrIs, 0, 0, source, value, fail);
                    }
                }
            }
            Pattern::MatchSequence(v) => {
                self.sequence_pattern(v, reg, m)?;
                self.drop_owned(reg, owned, m);
            }
            Pattern::MatchMapping(v) => {
                self.mapping_pattern(v, reg, m)?;
                self.drop_owned(reg, owned, m);
            }
            Pattern::MatchClass(v) => {
                self.class_pattern(v, reg, m)?;
                self.drop_owned(reg, owned, m);
            }
            Pattern::MatchStar(v) => self.capture(v.name.as_ref(), reg, owned, m)?,
            Pattern::MatchAs(v) => {
                if let Some(inner) = &v.pattern {
                    if let Some(name) = v.name.as_ref().filter(|n| n.as_str() == "_") {
                        return syntax(name, "cannot use '_' as a target");
                    }
                    self.pattern(inner, reg, false, m)?;
                }
                self.at(v);
                self.capture(v.name.as_ref(), reg, owned, m)?;
            }
            Pattern::MatchOr(v) => self.or_pattern(v, reg, owned, m)?,
        }
        self.shallower();
        Ok(())
    }

    /// A register to read that may be consumed.
    fn read(&mut self, reg: Reg, owned: bool, m: &mut Matcher) -> Reg {
        if owned {
            m.forget(reg);
            return reg;
        }
        if !self.b().is_temp(reg) {
            return reg;
        }
        let mark = self.b().mark();
        let copy = self.b().alloc();
        self.emit(Op::Copy, 0, copy, reg, 0);
        self.b().release(mark);
        copy
    }

    fn drop_owned(&mut self, reg: Reg, owned: bool, m: &mut Matcher) {
        if owned {
            m.forget(reg);
            self.clear(reg);
        }
    }

    fn capture(&mut self, name: Option<&'a ast::Identifier>, reg: Reg, owned: bool, m: &mut Matcher) -> Res<()> {
        let Some(name) = name else {
            self.drop_owned(reg, owned, m);
            return Ok(());
        };
        self.check_bindable(name, name)?;
        let id = self.spelled(name);
        if m.captures.iter().any(|c| c.name == id) {
            return syntax(name, format!("multiple assignments to name '{name}' in pattern"));
        }
        m.captures.push(Capture { name: id, reg, owned });
        Ok(())
    }

    fn value_pattern(&mut self, e: &'a Expr, reg: Reg, owned: bool, m: &mut Matcher) -> Res<()> {
        let mark = self.b().mark();
        let literal = self.constant(e).is_some() && !e.is_f_string_expr();
        if !literal && !e.is_attribute_expr() {
            return syntax(e, "patterns may only match literals and attribute lookups");
        }
        // The value is evaluated while the tested one still lies below it.
        let source = if owned || !self.b().is_temp(reg) {
            reg
        } else {
            let copy = self.b().alloc();
            self.at(e);
            self.emit(Op::Copy, 0, copy, reg, 0);
            copy
        };
        let value = self.rk(e)?;
        self.b().release(mark);
        if owned {
            m.forget(reg);
        }
        self.at(e);
        let fail = self.failure(m);
        self.b().emit_to(Op::BrEq, 0, 0, source, value, fail);
        Ok(())
    }

    fn sequence_pattern(&mut self, p: &'a ast::PatternMatchSequence, reg: Reg, m: &mut Matcher) -> Res<()> {
        let stars: Vec<usize> =
            p.patterns.iter().enumerate().filter(|(_, p)| p.is_match_star()).map(|(i, _)| i).collect();
        if stars.len() > 1 {
            return syntax(p, "multiple starred names in sequence pattern");
        }
        let star = stars.first().copied();
        let count = p.patterns.len();
        self.at(p);
        let fail = self.failure(m);
        self.b().emit_to(Op::BrNoPattern, 1, 0, reg, 0, fail);
        let wanted = count - usize::from(star.is_some());
        if star.is_none() || wanted > 0 {
            self.check_len(reg, wanted, if star.is_some() { Op::BrGe } else { Op::BrEq }, m);
        }
        if p.patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        match star {
            Some(at) if is_wildcard(&p.patterns[at]) => self.sequence_items(p, at, reg, m),
            _ => self.unpacked_items(p, star, reg, m),
        }
    }

    fn check_len(&mut self, reg: Reg, wanted: usize, test: Op, m: &mut Matcher) {
        let mark = self.b().mark();
        let len = self.b().alloc();
        self.emit(Op::GetLen, 0, len, reg, 0);
        let wanted = self.const_rk(Const::Int(wanted as i64));
        self.b().release(mark);
        let fail = self.failure(m);
        self.b().emit_to(test, 0, 0, len, wanted, fail);
    }

    /// Every item unpacked into a temporary.
    fn unpacked_items(
        &mut self,
        p: &'a ast::PatternMatchSequence,
        star: Option<usize>,
        reg: Reg,
        m: &mut Matcher,
    ) -> Res<()> {
        let count = p.patterns.len();
        if star.is_some_and(|before| before > 255) {
            return syntax(p, "too many expressions in star-unpacking sequence pattern");
        }
        let base = self.b().alloc_many(count as u32);
        let source = self.read(reg, false, m);
        match star {
            None => self.emit(Op::UnpackSequence, 0, base, source, count as u16),
            Some(before) => {
                let after = count - before - 1;
                self.emit(Op::UnpackEx, before as u8, base, source, after as u16);
            }
        }
        self.pattern_parts(&p.patterns.iter().collect::<Vec<_>>(), base, m)
    }

    /// Tests parts that lie in consecutive temporaries.
    fn pattern_parts(&mut self, patterns: &[&'a Pattern], base: Reg, m: &mut Matcher) -> Res<()> {
        m.live.extend((0..patterns.len()).map(|i| base + i as Reg));
        for (i, pattern) in patterns.iter().enumerate() {
            self.pattern(pattern, base + i as Reg, true, m)?;
        }
        Ok(())
    }

    /// The items that matter, one by one; the rest of the sequence is not looked at.
    fn sequence_items(&mut self, p: &'a ast::PatternMatchSequence, star: usize, reg: Reg, m: &mut Matcher) -> Res<()> {
        let count = p.patterns.len();
        for (i, pattern) in p.patterns.iter().enumerate() {
            if is_wildcard(pattern) || i == star {
                continue;
            }
            self.at(pattern);
            let item = self.b().alloc();
            let mark = self.b().mark();
            let source = self.read(reg, false, m);
            if i < star {
                let index = self.const_rk(Const::Int(i as i64));
                self.emit(Op::LoadItem, 0, item, source, index);
            } else {
                // `source` may be the next free register: the length goes above it.
                if self.b().is_temp(source) {
                    self.b().alloc();
                }
                let index = self.b().alloc();
                self.emit(Op::GetLen, 0, index, reg, 0);
                let back = self.const_rk(Const::Int((count - i) as i64));
                self.emit(Op::Sub, 0, index, index, back);
                self.emit(Op::LoadItem, 0, item, source, index);
            }
            self.b().release(mark);
            m.live.push(item);
            self.pattern(pattern, item, true, m)?;
        }
        Ok(())
    }

    fn mapping_pattern(&mut self, p: &'a ast::PatternMatchMapping, reg: Reg, m: &mut Matcher) -> Res<()> {
        self.at(p);
        let fail = self.failure(m);
        self.b().emit_to(Op::BrNoPattern, 0, 0, reg, 0, fail);
        if p.keys.is_empty() && p.rest.is_none() {
            return Ok(());
        }
        self.check_keys(p)?;
        if let Some(rest) = p.rest.as_ref().filter(|r| r.as_str() == "_") {
            return syntax(rest, "invalid syntax");
        }
        let mut keys_reg = None;
        if !p.keys.is_empty() {
            self.check_len(reg, p.keys.len(), Op::BrGe, m);
            let keys = self.keys_tuple(p)?;
            m.live.push(keys);
            let values = self.b().alloc();
            self.at(p);
            self.emit(Op::MatchKeys, 0, values, reg, keys);
            m.live.push(values);
            self.fail_if_none(values, m);
            m.forget(values);
            let base = self.unpack_over(values, p.patterns.len());
            self.pattern_parts(&p.patterns.iter().collect::<Vec<_>>(), base, m)?;
            keys_reg = Some(keys);
        }
        let Some(rest) = &p.rest else {
            if let Some(keys) = keys_reg {
                m.forget(keys);
                self.clear(keys);
            }
            return Ok(());
        };
        self.at(p);
        let rest_reg = self.b().alloc();
        self.emit(Op::BuildMap, 0, rest_reg, 0, 0);
        let source = self.read(reg, false, m);
        self.emit(Op::DictUpdate, 0, rest_reg, source, 0);
        if let Some(keys) = keys_reg {
            let mark = self.b().mark();
            let base = self.b().alloc_many(p.keys.len() as u32);
            let copy = self.b().alloc();
            self.emit(Op::UnpackSequence, 0, base, keys, p.keys.len() as u16);
            m.forget(keys);
            for i in 0..p.keys.len() {
                self.emit(Op::Copy, 0, copy, rest_reg, 0);
                self.emit(Op::DeleteItem, 0, copy, base + i as Reg, 0);
            }
            self.b().release(mark);
        }
        m.live.push(rest_reg);
        self.capture(Some(rest), rest_reg, true, m)
    }

    fn check_keys(&mut self, p: &'a ast::PatternMatchMapping) -> Res<()> {
        let mut seen: Vec<Const> = Vec::new();
        for key in &p.keys {
            if let Some(constant) = self.constant(key) {
                if seen.contains(&constant) {
                    let text = freeze_bytecode::dis::repr(&constant);
                    return syntax(p, format!("mapping pattern checks duplicate key ({text})"));
                }
                seen.push(constant);
            } else if !key.is_attribute_expr() {
                return syntax(p, "mapping pattern keys may only match literals and attribute lookups");
            }
        }
        Ok(())
    }

    fn keys_tuple(&mut self, p: &'a ast::PatternMatchMapping) -> Res<Reg> {
        if let Some(keys) = p.keys.iter().map(|k| self.constant(k)).collect::<Option<Box<[Const]>>>() {
            return Ok(self.const_temp(Const::Tuple(keys)));
        }
        self.laid_out(Op::BuildTuple, &p.keys, p.range, Dst::New)
    }

    /// Fails if the temporary in `reg`, which stays, holds None.
    fn fail_if_none(&mut self, reg: Reg, m: &mut Matcher) {
        let mark = self.b().mark();
        let copy = self.b().alloc();
        self.emit(Op::Copy, 0, copy, reg, 0);
        self.b().release(mark);
        let fail = self.failure(m);
        self.b().emit_to(Op::JumpIfNone, 0, copy, 0, 0, fail);
    }

    /// Unpacks a tuple into temporaries, of which the first takes the tuple's place.
    fn unpack_over(&mut self, tuple: Reg, count: usize) -> Reg {
        if count > 1 {
            self.b().alloc_many(count as u32 - 1);
        }
        self.emit(Op::UnpackSequence, 0, tuple, tuple, count as u16);
        tuple
    }

    fn class_pattern(&mut self, p: &'a ast::PatternMatchClass, reg: Reg, m: &mut Matcher) -> Res<()> {
        let positional = &p.arguments.patterns;
        let keywords = &p.arguments.keywords;
        let mut names = Vec::new();
        for (i, keyword) in keywords.iter().enumerate() {
            if keywords[..i].iter().any(|k| k.attr.as_str() == keyword.attr.as_str()) {
                let message = format!("attribute name repeated in class pattern: {}", keyword.attr);
                return syntax(&keyword.pattern, message);
            }
            let name = self.names.id(&keyword.attr);
            names.push(self.name_const(name));
        }
        if positional.len() > 255 {
            return syntax(p, "too many sub-patterns in class pattern");
        }
        let class = self.expr(&p.cls, Dst::New)?;
        self.at(p);
        let mark = self.b().mark();
        self.const_temp(Const::Tuple(names.into()));
        self.b().release(mark);
        self.emit(Op::MatchClass, positional.len() as u8, class, reg, class);
        m.live.push(class);
        self.fail_if_none(class, m);
        let patterns: Vec<&'a Pattern> = positional.iter().chain(keywords.iter().map(|k| &k.pattern)).collect();
        if patterns.is_empty() {
            m.forget(class);
            self.clear(class);
            return Ok(());
        }
        m.forget(class);
        let base = self.unpack_over(class, patterns.len());
        self.pattern_parts(&patterns, base, m)
    }

    fn or_pattern(&mut self, p: &'a ast::PatternMatchOr, reg: Reg, owned: bool, m: &mut Matcher) -> Res<()> {
        let Some((last, firsts)) = p.patterns.split_last() else {
            return Ok(());
        };
        firsts.iter().try_for_each(refuse_irrefutable)?;
        let mut names: Vec<NameId> = Vec::new();
        self.names_of(&p.patterns[0], &mut names);
        let homes = self.b().alloc_many(names.len() as u32);
        let matched = self.b().label();
        let mark = self.b().mark();
        for alternative in &p.patterns {
            let next = self.b().label();
            let is_last = std::ptr::eq(alternative, last);
            let fail = if is_last { self.failure(m) } else { next };
            let mut inner = Matcher::new(fail);
            self.pattern(alternative, reg, false, &mut inner)?;
            let same = inner.captures.len() == names.len() && inner.captures.iter().all(|c| names.contains(&c.name));
            if !same {
                return syntax(p, "alternative patterns bind different names");
            }
            self.at(alternative);
            for capture in &inner.captures {
                let at = names.iter().position(|n| *n == capture.name).unwrap_or_default();
                let op = if capture.owned { Op::Move } else { Op::Copy };
                self.emit(op, 0, homes + at as Reg, capture.reg, 0);
            }
            self.b().release(mark);
            self.nowhere();
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, matched);
            self.finish_failures(&inner);
            self.b().place(next);
        }
        self.b().place(matched);
        for (i, name) in names.iter().enumerate() {
            if m.captures.iter().any(|c| c.name == *name) {
                let text = self.names.text(*name).to_owned();
                return syntax(p, format!("multiple assignments to name '{text}' in pattern"));
            }
            m.live.push(homes + i as Reg);
            m.captures.push(Capture { name: *name, reg: homes + i as Reg, owned: true });
        }
        self.drop_owned(reg, owned, m);
        Ok(())
    }

    /// The names that a pattern captures.
    fn names_of(&mut self, p: &'a Pattern, out: &mut Vec<NameId>) {
        let mut add = |l: &mut Self, name: &'a Option<ast::Identifier>| {
            if let Some(name) = name {
                let id = l.spelled(name);
                if !out.contains(&id) {
                    out.push(id);
                }
            }
        };
        match p {
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| self.names_of(p, out)),
            Pattern::MatchMapping(p) => {
                add(self, &p.rest);
                p.patterns.iter().for_each(|p| self.names_of(p, out));
            }
            Pattern::MatchClass(p) => {
                p.arguments.patterns.iter().for_each(|p| self.names_of(p, out));
                p.arguments.keywords.iter().for_each(|k| self.names_of(&k.pattern, out));
            }
            Pattern::MatchStar(p) => add(self, &p.name),
            Pattern::MatchAs(p) => {
                add(self, &p.name);
                if let Some(inner) = &p.pattern {
                    self.names_of(inner, out);
                }
            }
            Pattern::MatchOr(p) => p.patterns.iter().for_each(|p| self.names_of(p, out)),
        }
    }
}

/// `_` or `*_`
fn is_wildcard(p: &Pattern) -> bool {
    match p {
        Pattern::MatchAs(p) => p.pattern.is_none() && p.name.is_none(),
        Pattern::MatchStar(p) => p.name.is_none(),
        _ => false,
    }
}
