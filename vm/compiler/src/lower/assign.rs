//! Assignment, augmented assignment, deletion.

use freeze_bytecode::{Const, Op};
use rustpython_ast::{self as ast, Expr, Operator};
use rustpython_text_size::{Ranged, TextRange};

use super::name::Place;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};

/// The `x` of `in_place`.
fn in_place_number(op: Operator) -> u8 {
    match op {
        Operator::Add => 0,
        Operator::Sub => 1,
        Operator::Mult => 2,
        Operator::Div => 3,
        Operator::FloorDiv => 4,
        Operator::Mod => 5,
        Operator::Pow => 6,
        Operator::MatMult => 7,
        Operator::LShift => 8,
        Operator::RShift => 9,
        Operator::BitAnd => 10,
        Operator::BitOr => 11,
        Operator::BitXor => 12,
    }
}

impl<'a> Lowering<'a> {
    pub(crate) fn assign(&mut self, s: &'a ast::StmtAssign) -> Res<()> {
        if let [target] = s.targets.as_slice() {
            return self.assign_one(target, &s.value);
        }
        let mark = self.b().mark();
        let Some((last, firsts)) = s.targets.split_last() else {
            return Ok(());
        };
        if let Some(constant) = self.constant(&s.value) {
            for target in &s.targets {
                self.at(&*s.value);
                let value = self.const_rk(constant.clone());
                self.store_operand(target, value)?;
                self.b().release(mark);
            }
            return Ok(());
        }
        let value = self.expr(&s.value, Dst::New)?;
        for target in firsts {
            if let Expr::Name(name) = target
                && let Some(reg) = self.local_of(&name.id)
            {
                self.check_bindable(name, &name.id)?;
                self.at(target);
                self.emit(Op::Copy, 0, reg, value, 0);
                continue;
            }
            let inner = self.b().mark();
            let copy = self.b().alloc();
            self.at(target);
            self.emit(Op::Copy, 0, copy, value, 0);
            self.store(target, copy)?;
            self.b().release(inner);
        }
        self.store(last, value)?;
        self.b().release(mark);
        Ok(())
    }

    /// `target = value`
    pub(crate) fn assign_one(&mut self, target: &'a Expr, value: &'a Expr) -> Res<()> {
        let mark = self.b().mark();
        match target {
            Expr::Name(name) => {
                self.check_bindable(name, &name.id)?;
                match self.local_of(&name.id) {
                    Some(reg) => {
                        self.expr(value, Dst::Reg(reg))?;
                    }
                    None => {
                        let value = self.src(value)?;
                        self.store(target, value)?;
                    }
                }
            }
            Expr::Tuple(_) | Expr::List(_) => {
                if !self.assign_in_parallel(target, value)? {
                    let value = self.src(value)?;
                    self.store(target, value)?;
                }
            }
            Expr::Attribute(t) => {
                let value = self.rk_before(value, &[&t.value])?;
                self.store_operand(target, value)?;
            }
            Expr::Subscript(t) => {
                let value = self.rk_before(value, &[&t.value, &t.slice])?;
                self.store_operand(target, value)?;
            }
            _ => {
                let value = self.src(value)?;
                self.store(target, value)?;
            }
        }
        self.b().release(mark);
        Ok(())
    }

    /// `a, b = x, y` without a tuple: all values first, then all targets from the left.
    fn assign_in_parallel(&mut self, target: &'a Expr, value: &'a Expr) -> Res<bool> {
        let (Some(targets), Some(values)) = (elements(target), elements(value)) else {
            return Ok(false);
        };
        let fits = targets.len() == values.len() && (1..=4).contains(&values.len());
        if !fits || targets.iter().chain(values).any(Expr::is_starred_expr) || self.constant(value).is_some() {
            return Ok(false);
        }
        let mut held = Vec::new();
        for value in values {
            let operand = match self.constant(value) {
                Some(constant) => {
                    self.at(value);
                    self.const_rk(constant)
                }
                None => self.expr(value, Dst::New)?,
            };
            held.push(operand);
        }
        for (target, value) in targets.iter().zip(held) {
            self.store_operand(target, value)?;
        }
        Ok(true)
    }

    /// Stores a register or constant.
    pub(crate) fn store_operand(&mut self, target: &'a Expr, value: u16) -> Res<()> {
        let is_const = value & freeze_bytecode::instr::CONST_BIT != 0;
        match target {
            Expr::Attribute(t) => {
                let mark = self.b().mark();
                self.check_bindable(target, &t.attr)?;
                let object = self.src(&t.value)?;
                self.note_static_attribute(t);
                self.at_attribute(t);
                let name = self.spelled(&t.attr);
                let site = self.b().name_site(name);
                self.emit(Op::StoreAttr, 0, object, value, site);
                self.b().release(mark);
                Ok(())
            }
            Expr::Subscript(t) => {
                let mark = self.b().mark();
                let object = self.src_before(&t.value, &[&t.slice])?;
                let index = self.index(&t.slice, &[])?;
                self.at(t);
                self.emit(Op::StoreItem, 0, object, index, value);
                self.b().release(mark);
                Ok(())
            }
            _ if is_const => {
                let id = u32::from(value & !freeze_bytecode::instr::CONST_BIT);
                let mark = self.b().mark();
                let to = match target {
                    Expr::Name(name) => self.local_of(&name.id),
                    _ => None,
                };
                match to {
                    Some(reg) => {
                        if let Expr::Name(name) = target {
                            self.check_bindable(name, &name.id)?;
                        }
                        self.at(target);
                        self.emit(Op::LoadConst, 0, reg, id as u16, (id >> 16) as u16);
                    }
                    None => {
                        let temp = self.b().alloc();
                        self.emit(Op::LoadConst, 0, temp, id as u16, (id >> 16) as u16);
                        self.store(target, temp)?;
                    }
                }
                self.b().release(mark);
                Ok(())
            }
            _ => self.store(target, value),
        }
    }

    /// Stores a register's value; a temporary is consumed.
    pub(crate) fn store(&mut self, target: &'a Expr, value: Reg) -> Res<()> {
        match target {
            Expr::Name(name) => {
                self.check_bindable(name, &name.id)?;
                self.at(name);
                let id = self.spelled(&name.id);
                self.store_name(id, value);
                Ok(())
            }
            Expr::Attribute(_) | Expr::Subscript(_) => self.store_operand(target, value),
            Expr::Tuple(t) => self.unpack(&t.elts, t.range, value),
            Expr::List(t) => self.unpack(&t.elts, t.range, value),
            Expr::Starred(t) => syntax(t, "starred assignment target must be in a list or tuple"),
            other => syntax(other, "cannot assign to expression"),
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], range: TextRange, value: Reg) -> Res<()> {
        self.b().range = Some(range);
        let stars: Vec<usize> =
            targets.iter().enumerate().filter(|(_, t)| t.is_starred_expr()).map(|(i, _)| i).collect();
        if stars.len() > 1 {
            return syntax(&range, "multiple starred expressions in assignment");
        }
        let star = stars.first().copied();
        if let Some(before) = star {
            let after = targets.len() - before - 1;
            if before > 255 || after > 0xffff {
                return syntax(&range, "too many expressions in star-unpacking assignment");
            }
            let mark = self.b().mark();
            let base = self.b().alloc_many(targets.len() as u32);
            self.emit(Op::UnpackEx, before as u8, base, value, after as u16);
            self.store_unpacked(targets, base)?;
            self.b().release(mark);
            return Ok(());
        }
        if let Some(first) = self.consecutive_locals(targets) {
            self.emit(Op::UnpackSequence, 0, first, value, targets.len() as u16);
            return Ok(());
        }
        let mark = self.b().mark();
        let base = self.b().alloc_many(targets.len() as u32);
        self.emit(Op::UnpackSequence, 0, base, value, targets.len() as u16);
        self.store_unpacked(targets, base)?;
        self.b().release(mark);
        Ok(())
    }

    fn store_unpacked(&mut self, targets: &'a [Expr], base: Reg) -> Res<()> {
        for (i, target) in targets.iter().enumerate() {
            let target = match target {
                Expr::Starred(starred) => &starred.value,
                other => other,
            };
            self.store(target, base + i as Reg)?;
        }
        Ok(())
    }

    /// The first of the targets' registers if they are locals side by side.
    fn consecutive_locals(&mut self, targets: &'a [Expr]) -> Option<Reg> {
        let mut first = None;
        for (i, target) in targets.iter().enumerate() {
            let Expr::Name(name) = target else {
                return None;
            };
            if name.id.as_str() == "__debug__" {
                return None;
            }
            let reg = self.local_of(&name.id)?;
            let start = *first.get_or_insert(reg);
            if reg != start + i as Reg {
                return None;
            }
        }
        first
    }

    /// `self.x = …` in a method counts for the class's instances.
    fn note_static_attribute(&mut self, target: &ast::ExprAttribute) {
        if !matches!(&*target.value, Expr::Name(name) if name.id.as_str() == "self") {
            return;
        }
        let name = self.spelled(&target.attr);
        let class = self.outer.iter_mut().rev().find(|u| u.kind == crate::symtable::ScopeKind::Class);
        if let Some(class) = class
            && !class.static_attributes.contains(&name)
        {
            class.static_attributes.push(name);
        }
    }

    pub(crate) fn aug_assign(&mut self, s: &'a ast::StmtAugAssign) -> Res<()> {
        let x = in_place_number(s.op);
        let mark = self.b().mark();
        match &*s.target {
            Expr::Name(name) => {
                self.check_bindable(name, &name.id)?;
                let id = self.spelled(&name.id);
                if let Place::Local(reg) = self.place_of(id) {
                    let left = self.src_before(&s.target, &[&s.value])?;
                    let right = self.rk(&s.value)?;
                    self.at(s);
                    self.emit(Op::InPlace, x, reg, left, right);
                } else {
                    self.at(name);
                    let left = self.load(id, Dst::New);
                    let right = self.rk(&s.value)?;
                    self.at(s);
                    self.emit(Op::InPlace, x, left, left, right);
                    self.at(name);
                    self.store_name(id, left);
                }
            }
            Expr::Attribute(t) => {
                self.check_bindable(t, &t.attr)?;
                let object = self.src_before(&t.value, &[&s.value])?;
                let value = self.b().alloc();
                self.at_attribute(t);
                let name = self.spelled(&t.attr);
                let site = self.b().name_site(name);
                let read = self.kept(object, value);
                self.emit(Op::LoadAttr, 0, value, read, site);
                let right = self.rk(&s.value)?;
                self.at(s);
                self.emit(Op::InPlace, x, value, value, right);
                self.note_static_attribute(t);
                self.at_attribute(t);
                let site = self.b().name_site(name);
                self.emit(Op::StoreAttr, 0, object, value, site);
            }
            Expr::Subscript(t) => {
                let object = self.src_before(&t.value, &[&t.slice, &s.value])?;
                let index = self.index(&t.slice, &[&s.value])?;
                let value = self.b().alloc();
                self.at(t);
                let read = self.kept(object, value);
                let is_temp = index & freeze_bytecode::instr::CONST_BIT == 0 && self.b().is_temp(index);
                let read_index = if is_temp {
                    let inner = self.b().mark();
                    let copy = self.b().alloc();
                    self.emit(Op::Copy, 0, copy, index, 0);
                    self.b().release(inner);
                    copy
                } else {
                    index
                };
                self.emit(Op::LoadItem, 0, value, read, read_index);
                let right = self.rk(&s.value)?;
                self.at(s);
                self.emit(Op::InPlace, x, value, value, right);
                self.at(t);
                self.emit(Op::StoreItem, 0, object, index, value);
            }
            other => return syntax(other, "illegal expression for augmented assignment"),
        }
        self.b().release(mark);
        Ok(())
    }

    /// A register to read that may be consumed: `reg` itself if it is a local, else a copy of it in `scratch`.
    fn kept(&mut self, reg: Reg, scratch: Reg) -> Reg {
        if self.b().is_temp(reg) {
            self.emit(Op::Copy, 0, scratch, reg, 0);
            scratch
        } else {
            reg
        }
    }

    pub(crate) fn delete(&mut self, target: &'a Expr) -> Res<()> {
        let mark = self.b().mark();
        match target {
            Expr::Name(name) => {
                if name.id.as_str() == "__debug__" {
                    return syntax(name, "cannot delete __debug__");
                }
                self.at(name);
                let id = self.spelled(&name.id);
                self.delete_name(id);
            }
            Expr::Attribute(t) => {
                if t.attr.as_str() == "__debug__" {
                    return syntax(t, "cannot delete __debug__");
                }
                let object = self.src(&t.value)?;
                self.at_attribute(t);
                let name = self.spelled(&t.attr);
                let site = self.b().name_site(name);
                self.emit(Op::DeleteAttr, 0, object, 0, site);
            }
            Expr::Subscript(t) => {
                let object = self.src_before(&t.value, &[&t.slice])?;
                let index = self.index(&t.slice, &[])?;
                self.at(t);
                self.emit(Op::DeleteItem, 0, object, index, 0);
            }
            Expr::Tuple(t) => t.elts.iter().try_for_each(|e| self.delete(e))?,
            Expr::List(t) => t.elts.iter().try_for_each(|e| self.delete(e))?,
            Expr::Starred(t) => return syntax(t, "cannot delete starred"),
            other => return syntax(other, "cannot delete expression"),
        }
        self.b().release(mark);
        Ok(())
    }

    /// `target: annotation = value`
    pub(crate) fn ann_assign(&mut self, s: &'a ast::StmtAnnAssign) -> Res<()> {
        if let Some(value) = &s.value {
            self.assign_one(&s.target, value)?;
        }
        match &*s.target {
            Expr::Name(name) => {
                self.check_bindable(name, &name.id)?;
                if s.simple && !self.unit.kind.is_function_like() {
                    self.variable_annotation(s, name)?;
                }
                Ok(())
            }
            Expr::Attribute(t) => {
                self.check_bindable(t, &t.attr)?;
                if s.value.is_none() {
                    self.discard(&t.value)?;
                }
                Ok(())
            }
            Expr::Subscript(t) => {
                if s.value.is_none() {
                    self.discard(&t.value)?;
                    if !matches!(&*t.slice, Expr::Slice(_)) {
                        self.discard(&t.slice)?;
                    }
                }
                Ok(())
            }
            other => syntax(&other.range(), "illegal target for annotation"),
        }
    }

    /// None in a new temporary.
    pub(crate) fn none_temp(&mut self) -> Reg {
        self.const_temp(Const::None)
    }
}

fn elements(e: &Expr) -> Option<&[Expr]> {
    match e {
        Expr::Tuple(t) => Some(&t.elts),
        Expr::List(t) => Some(&t.elts),
        _ => None,
    }
}
