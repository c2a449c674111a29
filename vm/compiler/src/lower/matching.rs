//! `match` statements: the cases. What a pattern does is in `pattern`.

use freeze_bytecode::Op;
use rustpython_ast::{self as ast, Expr, Pattern, helpers};

use super::pattern::Matcher;
use super::{Dst, Lowering};
use crate::emit::Reg;
use crate::error::{Res, syntax};

impl<'a> Lowering<'a> {
    pub(crate) fn match_stmt(&mut self, s: &'a ast::StmtMatch) -> Res<()> {
        for case in s.cases.iter().rev().skip(1) {
            if case.guard.is_none() {
                refuse_irrefutable(&case.pattern)?;
            }
        }
        let end = self.b().label();
        let mark = self.b().mark();
        let subject = self.subject(s)?;
        let is_temp = self.b().is_temp(subject);
        let held = self.b().mark();
        for case in &s.cases {
            let next = self.b().label();
            let mut matcher = Matcher::new(next);
            self.pattern(&case.pattern, subject, false, &mut matcher)?;
            self.at(&case.pattern);
            self.bind_captures(&matcher);
            self.b().release(held);
            if let Some(guard) = &case.guard {
                self.condition(guard, false, next)?;
            }
            if is_temp {
                self.at(&case.pattern);
                self.clear(subject);
            }
            // The subject is gone: the body may use its register.
            self.b().release(mark);
            self.body(&case.body)?;
            self.nowhere();
            self.b().emit_to(Op::Jump, 0, 0, 0, 0, end);
            self.finish_failures(&matcher);
            self.b().place(next);
            if is_temp {
                self.b().alloc();
            }
        }
        if is_temp {
            self.nowhere();
            self.clear(subject);
        }
        self.b().release(mark);
        self.b().place(end);
        Ok(())
    }

    /// The subject's register: that of a local which no case binds, else a temporary.
    fn subject(&mut self, s: &'a ast::StmtMatch) -> Res<Reg> {
        let Expr::Name(name) = &*s.subject else {
            return self.expr(&s.subject, Dst::New);
        };
        let rebound = s.cases.iter().any(|case| {
            binds(&case.pattern, &name.id)
                || case.guard.as_ref().is_some_and(|g| helpers::any_over_expr(g, &|e| e.is_named_expr()))
        });
        if rebound { self.expr(&s.subject, Dst::New) } else { self.src(&s.subject) }
    }
}

/// Whether a pattern captures the name.
fn binds(pattern: &Pattern, name: &str) -> bool {
    let same = |n: &Option<ast::Identifier>| n.as_ref().is_some_and(|n| n.as_str() == name);
    match pattern {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => false,
        Pattern::MatchSequence(p) => p.patterns.iter().any(|p| binds(p, name)),
        Pattern::MatchMapping(p) => same(&p.rest) || p.patterns.iter().any(|p| binds(p, name)),
        Pattern::MatchClass(p) => {
            p.arguments.patterns.iter().any(|p| binds(p, name))
                || p.arguments.keywords.iter().any(|k| binds(&k.pattern, name))
        }
        Pattern::MatchStar(p) => same(&p.name),
        Pattern::MatchAs(p) => same(&p.name) || p.pattern.as_ref().is_some_and(|p| binds(p, name)),
        Pattern::MatchOr(p) => p.patterns.iter().any(|p| binds(p, name)),
    }
}

/// Refuses a pattern that matches everything where others follow.
pub(crate) fn refuse_irrefutable(pattern: &Pattern) -> Res<()> {
    match pattern {
        Pattern::MatchAs(p) => match (&p.pattern, &p.name) {
            (None, None) => syntax(&p.range, "wildcard makes remaining patterns unreachable"),
            (None, Some(name)) => {
                syntax(&p.range, format!("name capture '{name}' makes remaining patterns unreachable"))
            }
            (Some(inner), _) => refuse_irrefutable(inner),
        },
        Pattern::MatchOr(p) => match p.patterns.last() {
            Some(last) if irrefutable(last) => refuse_irrefutable(last),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn irrefutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(p) => p.pattern.as_ref().is_none_or(|inner| irrefutable(inner)),
        Pattern::MatchOr(p) => p.patterns.last().is_some_and(irrefutable),
        _ => false,
    }
}
