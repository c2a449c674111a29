//! Programs by the grammar of Python 3.14: every one that comes out is valid, whatever the bytes were.
//!
//! A generator walks down the grammar and takes each choice from the bytes. It knows where it is (function, coroutine, class,
//! loop, comprehension, `except*`), so that what only some places allow stands only there. When the bytes are used up every
//! choice is the first one, which is the plainest.

use std::fmt::Write as _;

use libfuzzer_sys::arbitrary::Unstructured;

/// A program made of these bytes.
pub fn program(bytes: &[u8]) -> String {
    let mut maker = Maker {
        choices: Unstructured::new(bytes),
        out: String::new(),
        indent: 0,
        room: 400,
        scopes: Vec::new(),
        label: 0,
    };
    maker.scopes.push(Scope { kind: Kind::Module, looping: false, star: false, bound: Vec::new(), ..Scope::default() });
    let count = maker.below(8) + 1;
    for _ in 0..count {
        maker.statement(5);
    }
    maker.out
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Module,
    Class,
    Function,
    Async,
    Lambda,
}

#[derive(Clone, Debug, Default)]
struct Scope {
    kind: Kind,
    /// `break` and `continue` have a loop.
    looping: bool,
    /// Inside `except*`: no `break`, `continue` or `return`.
    star: bool,
    /// Names that the block binds for certain, for `nonlocal` in blocks inside.
    bound: Vec<String>,
    /// Names declared global or nonlocal.
    declared: Vec<String>,
    /// It yields, so `return` with a value is not for a coroutine.
    yields: bool,
    returns: bool,
    /// How many comprehensions surround this place.
    comprehensions: u32,
    /// In the iterable of a comprehension, or in an annotation: no walrus, no `yield`, no `await`.
    plain: u32,
}

struct Maker<'a> {
    choices: Unstructured<'a>,
    out: String,
    indent: usize,
    /// How many more nodes the program may have.
    room: u32,
    scopes: Vec<Scope>,
    label: u32,
}

const NAMES: &[&str] = &["a", "b", "c", "d", "self", "x", "y", "é", "__p", "print", "match", "type", "_", "case"];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "255",
    "1_000",
    "0x1F",
    "0b101",
    "0o17",
    "1.5",
    "1e10",
    ".5",
    "3j",
    "1e-3j",
    "12345678901234567890",
    "0xffff_ffff_ffff_ffff_ffff",
    "1e999",
    "32768",
    "70000",
    "0.0",
    "00",
];
const STRINGS: &[&str] = &[
    "''",
    "'a'",
    "\"b\"",
    "'\\n'",
    "'é'",
    "b''",
    "b'\\xff'",
    "r'\\d'",
    "'''a\nb'''",
    "'\\ud800'",
    "u'u'",
    "'a' 'b'",
    "rb'\\x'",
    "'\\N{BULLET}'",
    "b'a' b'b'",
    "'a' r'\\b'",
    "f''",
    "f'a' 'b'",
];
const BINARY: &[&str] = &["+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^"];
const COMPARE: &[&str] = &["==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"];

impl Maker<'_> {
    fn below(&mut self, n: u32) -> u32 {
        if n < 2 { 0 } else { u32::from(self.choices.arbitrary::<u8>().unwrap_or(0)) % n }
    }

    fn chance(&mut self, one_in: u32) -> bool {
        self.below(one_in) == one_in - 1
    }

    fn one<'s>(&mut self, of: &[&'s str]) -> &'s str {
        of[self.below(of.len() as u32) as usize]
    }

    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the module's is always there")
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self) {
        for _ in 0..self.indent {
            self.out.push(' ');
        }
    }

    /// Whether there is room for another node.
    fn spend(&mut self, depth: u32) -> bool {
        if depth == 0 || self.room == 0 {
            return false;
        }
        self.room -= 1;
        true
    }

    fn name(&mut self) -> String {
        self.one(NAMES).to_owned()
    }

    /// A name to bind that the block has not declared.
    fn target_name(&mut self) -> String {
        let name = self.name();
        self.scope().bound.push(name.clone());
        name
    }

    fn is_async(&mut self) -> bool {
        self.scope().kind == Kind::Async
    }

    fn block(&mut self, depth: u32) {
        self.put(":\n");
        self.indent += 1;
        let count = self.below(3) + 1;
        for _ in 0..count {
            self.statement(depth);
        }
        self.indent -= 1;
    }

    fn loop_block(&mut self, depth: u32) {
        let scope = self.scope();
        let (looping, star) = (std::mem::replace(&mut scope.looping, true), std::mem::replace(&mut scope.star, false));
        // A loop inside `except*` may be left, the `except*` may not.
        if star {
            self.scope().star = true;
            self.block(depth);
        } else {
            self.block(depth);
        }
        let scope = self.scope();
        (scope.looping, scope.star) = (looping, star);
    }

    fn statement(&mut self, depth: u32) {
        self.line();
        if !self.spend(depth) {
            return self.put("pass\n");
        }
        let d = depth - 1;
        match self.below(30) {
            0 => {
                self.expression(d);
                self.put("\n");
            }
            1 | 2 => {
                let more = self.below(2);
                self.target(d);
                self.put(" = ");
                for _ in 0..more {
                    self.target(d);
                    self.put(" = ");
                }
                self.right_side(d);
                self.put("\n");
            }
            3 => {
                self.simple_target(d);
                let op = self.one(BINARY);
                write!(self.out, " {op}= ").expect("text");
                self.expression(d);
                self.put("\n");
            }
            4 => self.annotated(d),
            5 | 6 => self.if_statement(d),
            7 => {
                self.put("while ");
                self.expression(d);
                self.loop_block(d);
                self.else_block(d);
            }
            8 | 9 => {
                if self.is_async() && self.chance(3) {
                    self.put("async ");
                }
                self.put("for ");
                self.target(d);
                self.put(" in ");
                self.star_list(d);
                self.loop_block(d);
                self.else_block(d);
            }
            10 | 11 => self.try_statement(d),
            12 => self.with_statement(d),
            13..16 => self.function(d),
            16 | 17 => self.class(d),
            18 => self.return_statement(d),
            19 => {
                let scope = self.scope();
                let text = if scope.looping && !scope.star { ["break\n", "continue\n"] } else { ["pass\n", "...\n"] };
                let text = self.one(&text);
                self.put(text);
            }
            20 => {
                self.put("raise");
                if self.chance(2) {
                    self.put(" ");
                    self.expression(d);
                    if self.chance(2) {
                        self.put(" from ");
                        self.expression(d);
                    }
                }
                self.put("\n");
            }
            21 => {
                self.put("assert ");
                self.expression(d);
                if self.chance(2) {
                    self.put(", ");
                    self.expression(d);
                }
                self.put("\n");
            }
            22 => {
                self.put("del ");
                self.simple_target(d);
                if self.chance(2) {
                    self.put(", (");
                    self.simple_target(d);
                    self.put(",)");
                }
                self.put("\n");
            }
            23 => self.import(),
            24 | 25 => self.match_statement(d),
            26 => self.type_alias(d),
            27 if self.can_yield() => {
                self.scope().yields = true;
                self.put("yield ");
                self.star_list(d);
                self.put("\n");
            }
            28 => {
                // Several on a line.
                self.expression(d);
                self.put("; ");
                self.target(d);
                self.put(" = 1;\n");
            }
            _ => self.put("pass\n"),
        }
    }

    fn else_block(&mut self, depth: u32) {
        if self.chance(3) {
            self.line();
            self.put("else");
            self.block(depth);
        }
    }

    fn annotated(&mut self, d: u32) {
        // What is declared global can't be annotated: only attributes and subscripts where anything was declared.
        if self.scope().declared.is_empty() && self.chance(2) {
            let name = self.target_name();
            self.put(&name);
        } else {
            self.atom(0);
            self.put(".y");
        }
        self.put(": ");
        self.plain_expression(d);
        if self.chance(2) {
            self.put(" = ");
            self.right_side(d);
        }
        self.put("\n");
    }

    /// An expression where scopes of annotations allow no walrus, `yield` or `await`.
    fn plain_expression(&mut self, d: u32) {
        self.scope().plain += 1;
        self.expression(d);
        self.scope().plain -= 1;
    }

    fn right_side(&mut self, d: u32) {
        if self.can_yield() && self.chance(4) {
            self.scope().yields = true;
            self.put("yield ");
        }
        self.star_list(d);
    }

    fn if_statement(&mut self, d: u32) {
        self.put("if ");
        self.expression(d);
        self.block(d);
        if self.chance(3) {
            self.line();
            self.put("elif ");
            self.expression(d);
            self.block(d);
        }
        self.else_block(d);
    }

    fn try_statement(&mut self, d: u32) {
        self.put("try");
        self.block(d);
        let star = self.chance(4);
        let handlers = self.below(3);
        for _ in 0..handlers {
            self.line();
            self.put(if star { "except* " } else { "except " });
            self.expression(d);
            // PEP 758: several need no parentheses where there is no name.
            if self.chance(4) {
                self.put(", ");
                self.expression(d);
            } else if self.chance(2) {
                let name = self.target_name();
                write!(self.out, " as {name}").expect("text");
            }
            let before = std::mem::replace(&mut self.scope().star, star);
            let inner = self.scope().star || before;
            self.scope().star = inner;
            self.block(d);
            self.scope().star = before;
        }
        if !star && handlers > 0 && self.chance(3) {
            self.line();
            self.put("except");
            self.block(d);
        }
        if handlers > 0 {
            self.else_block(d);
        }
        if handlers == 0 || self.chance(2) {
            self.line();
            self.put("finally");
            self.block(d);
        }
    }

    fn with_statement(&mut self, d: u32) {
        if self.is_async() && self.chance(3) {
            self.put("async ");
        }
        let brackets = self.chance(3);
        self.put(if brackets { "with (" } else { "with " });
        let count = self.below(3) + 1;
        for i in 0..count {
            if i > 0 {
                self.put(", ");
            }
            self.expression(d);
            if self.chance(2) {
                self.put(" as ");
                self.closed_target(d);
            } else if brackets && count == 1 {
                self.put(" as a");
                self.scope().bound.push("a".into());
            }
        }
        if brackets {
            self.put(")");
        }
        self.block(d);
    }

    fn decorators(&mut self, d: u32) {
        while self.chance(4) {
            self.put("@");
            self.expression(d.saturating_sub(1));
            self.put("\n");
            self.line();
        }
    }

    fn type_parameters(&mut self, d: u32) {
        if !self.chance(4) {
            return;
        }
        let count = self.below(3) + 1;
        self.put("[");
        let mut defaults = false;
        for i in 0..count {
            let kind = self.below(3);
            self.put(["", "*", "**"][kind as usize]);
            write!(self.out, "T{i}").expect("text");
            if kind == 0 && self.chance(3) {
                self.put(": ");
                self.plain_expression(d);
            }
            if defaults || self.chance(4) {
                defaults = true;
                self.put(" = ");
                self.plain_expression(d);
            }
            self.put(", ");
        }
        self.put("]");
    }

    fn parameters(&mut self, d: u32, annotated: bool, scope: &mut Scope) {
        let mut names: Vec<&str> = vec!["p", "q", "r", "s", "t", "u"];
        let skip = self.below(4) as usize;
        names.truncate(6 - skip.min(5));
        let mut parts: Vec<String> = Vec::new();
        let mut default = false;
        let positional = self.below(3) as usize;
        let mut used = 0;
        for &name in names.iter().take(positional) {
            used += 1;
            default |= self.chance(3);
            parts.push(self.parameter(d, name, annotated, default));
        }
        if used > 0 && self.chance(4) {
            parts.push("/".into());
        }
        let keywords = names.len().min(used + self.below(3) as usize);
        if keywords > used {
            if self.chance(2) {
                parts.push("*".into());
            } else {
                let note = if annotated && self.chance(2) { ": *self" } else { "" };
                parts.push(format!("*args{note}"));
                scope.bound.push("args".into());
            }
            for &name in &names[used..keywords] {
                let default = self.chance(2);
                parts.push(self.parameter(d, name, annotated, default));
            }
            used = keywords;
        }
        if self.chance(4) {
            parts.push("**kw".into());
            scope.bound.push("kw".into());
        }
        scope.bound.extend(names[..used].iter().map(|n| (*n).to_owned()));
        self.put(&parts.join(", "));
    }

    /// A parameter, made aside: its default and its annotation belong to the block around the function.
    fn parameter(&mut self, d: u32, name: &str, annotated: bool, default: bool) -> String {
        let out = std::mem::take(&mut self.out);
        self.put(name);
        if annotated && self.chance(3) {
            self.put(": ");
            self.plain_expression(d.saturating_sub(2));
        }
        if default {
            self.put(" = ");
            self.expression(d.saturating_sub(2));
        }
        std::mem::replace(&mut self.out, out)
    }

    fn function(&mut self, d: u32) {
        self.decorators(d);
        let kind = if self.chance(4) { Kind::Async } else { Kind::Function };
        let name = self.target_name();
        write!(self.out, "{}def {name}", if kind == Kind::Async { "async " } else { "" }).expect("text");
        self.type_parameters(d.saturating_sub(1));
        let mut scope = Scope { kind, ..Scope::default() };
        self.put("(");
        self.parameters(d, true, &mut scope);
        self.put(")");
        if self.chance(4) {
            self.put(" -> ");
            self.plain_expression(d.saturating_sub(1));
        }
        // Only what a function around binds can be declared nonlocal; parameters can't be declared at all.
        let outer = match self.scopes.last() {
            Some(s) if matches!(s.kind, Kind::Function | Kind::Async) => {
                s.bound.iter().find(|n| !scope.bound.contains(n) && !s.declared.contains(n)).cloned()
            }
            _ => None,
        };
        self.scopes.push(scope);
        self.put(":\n");
        self.indent += 1;
        if self.chance(4) {
            self.line();
            self.put("'doc'\n");
        }
        if let Some(name) = outer
            && self.chance(2)
        {
            self.line();
            writeln!(self.out, "nonlocal {name}").expect("text");
            self.scope().declared.push(name);
        } else if self.chance(6) {
            self.line();
            let name = self.name();
            writeln!(self.out, "global {name}").expect("text");
            self.scope().declared.push(name);
        }
        let count = self.below(4) + 1;
        for _ in 0..count {
            self.statement(d);
        }
        self.indent -= 1;
        self.scopes.pop();
    }

    fn class(&mut self, d: u32) {
        self.decorators(d);
        let name = self.target_name();
        write!(self.out, "class {name}").expect("text");
        self.type_parameters(d.saturating_sub(1));
        match self.below(4) {
            0 => {}
            1 => self.put("()"),
            2 => {
                self.put("(");
                self.plain_expression(d);
                self.put(")");
            }
            _ => {
                self.put("(*x, metaclass=");
                self.plain_expression(d);
                self.put(", **y)");
            }
        }
        self.scopes.push(Scope { kind: Kind::Class, ..Scope::default() });
        self.block(d);
        self.scopes.pop();
    }

    fn can_yield(&mut self) -> bool {
        let scope = self.scope();
        scope.plain == 0
            && scope.comprehensions == 0
            && match scope.kind {
                Kind::Function => true,
                Kind::Async => !scope.returns,
                _ => false,
            }
    }

    fn return_statement(&mut self, d: u32) {
        let scope = self.scope();
        if !matches!(scope.kind, Kind::Function | Kind::Async) || scope.star {
            return self.put("pass\n");
        }
        // With a value only where the function is no asynchronous generator, nor becomes one further down.
        if scope.kind == Kind::Async && scope.yields || self.chance(3) {
            return self.put("return\n");
        }
        if self.is_async() {
            // What is returned must not make it one either.
            self.scope().returns = true;
        }
        self.put("return ");
        self.star_list(d);
        self.put("\n");
    }

    fn import(&mut self) {
        let name = self.target_name();
        match self.below(4) {
            0 => writeln!(self.out, "import {name}.x as {name}"),
            1 => writeln!(self.out, "import x.y, {name}"),
            2 => writeln!(self.out, "from . import {name}"),
            _ => writeln!(self.out, "from ..x.y import (a as {name}, b,)"),
        }
        .expect("text");
    }

    fn type_alias(&mut self, d: u32) {
        let name = self.target_name();
        write!(self.out, "type {name}").expect("text");
        self.type_parameters(d.saturating_sub(1));
        self.put(" = ");
        self.plain_expression(d);
        self.put("\n");
    }

    fn match_statement(&mut self, d: u32) {
        self.put("match ");
        self.expression(d);
        self.put(":\n");
        self.indent += 1;
        let count = self.below(3) + 1;
        for _ in 0..count {
            self.line();
            self.put("case ");
            let mut captures = Vec::new();
            self.pattern(d.min(3), &mut captures);
            self.scope().bound.extend(captures);
            // A guard on every case, so that none makes those behind it unreachable.
            self.put(" if ");
            self.expression(d);
            self.block(d);
        }
        if self.chance(2) {
            self.line();
            self.put("case _");
            self.block(d);
        }
        self.indent -= 1;
    }

    fn capture(&mut self, captures: &mut Vec<String>) {
        self.label += 1;
        let name = format!("m{}", self.label);
        self.put(&name);
        captures.push(name);
    }

    fn pattern(&mut self, depth: u32, captures: &mut Vec<String>) {
        if !self.spend(depth) {
            return self.put("_");
        }
        let d = depth - 1;
        match self.below(12) {
            0 => self.put("_"),
            1 => self.capture(captures),
            2 => {
                let text = self.one(&["1", "-1.5", "'a'", "b'b'", "None", "True", "1+2j", "-0", "'a' 'b'"]);
                self.put(text);
            }
            3 => self.put("a.b.c"),
            4 | 5 => {
                let (open, close) = if self.chance(2) { ("(", ",)") } else { ("[", "]") };
                self.put(open);
                let (before, after) = (self.below(3), self.below(2));
                for i in 0..before {
                    if i > 0 {
                        self.put(", ");
                    }
                    self.pattern(d, captures);
                }
                let star = self.chance(2);
                if star {
                    self.put(if before > 0 { ", *" } else { "*" });
                    if self.chance(2) {
                        self.put("_");
                    } else {
                        self.capture(captures);
                    }
                    for _ in 0..after {
                        self.put(", ");
                        self.pattern(d, captures);
                    }
                }
                let empty = before == 0 && !star;
                self.put(if empty && close == ",)" { ")" } else { close });
            }
            6 => {
                self.put("{");
                let count = self.below(3);
                for i in 0..count {
                    write!(self.out, "{}: ", ["'k'", "1", "a.b"][i as usize]).expect("text");
                    self.pattern(d, captures);
                    self.put(", ");
                }
                if self.chance(2) {
                    self.put("**");
                    self.capture(captures);
                }
                self.put("}");
            }
            7 | 8 => {
                self.put("a.C(");
                let (positional, keywords) = (self.below(3), self.below(3));
                for _ in 0..positional {
                    self.pattern(d, captures);
                    self.put(", ");
                }
                for i in 0..keywords {
                    write!(self.out, "k{i}=").expect("text");
                    self.pattern(d, captures);
                    self.put(", ");
                }
                self.put(")");
            }
            9 => {
                // Alternatives bind the same names: none here.
                self.put("(1 | 'b' | a.b | [_, 2] | {'x': None})");
            }
            10 => {
                self.put("(a.C() as ");
                self.capture(captures);
                self.put(")");
            }
            _ => {
                self.put("(");
                self.pattern(d, captures);
                self.put(")");
            }
        }
    }

    /// What may stand left of `=`.
    fn target(&mut self, depth: u32) {
        if !self.spend(depth) || !self.chance(4) {
            return self.simple_target(depth);
        }
        let d = depth - 1;
        let star = self.below(3);
        let count = self.below(3) + 1;
        for i in 0..count {
            self.put(if i == star { "*" } else { "" });
            self.closed_target(d);
            self.put(", ");
        }
        self.out.pop();
    }

    /// The same where several need brackets.
    fn closed_target(&mut self, depth: u32) {
        if depth > 1 && self.chance(4) {
            self.put("[");
            self.target(depth - 1);
            self.put("]");
        } else {
            self.simple_target(depth);
        }
    }

    fn simple_target(&mut self, depth: u32) {
        match self.below(5) {
            0..3 => {
                let name = self.target_name();
                self.put(&name);
            }
            3 => {
                self.atom(depth.min(1));
                let name = self.name();
                write!(self.out, ".{name}").expect("text");
            }
            _ => {
                self.atom(depth.min(1));
                self.put("[");
                self.subscript(depth.saturating_sub(1));
                self.put("]");
            }
        }
    }

    fn subscript(&mut self, depth: u32) {
        match self.below(4) {
            0 => self.expression(depth),
            1 => {
                self.expression(depth);
                self.put(":");
                if self.chance(2) {
                    self.expression(depth);
                }
                if self.chance(2) {
                    self.put(":");
                    self.expression(depth);
                }
            }
            2 => {
                self.put(":, *");
                self.atom(depth);
                self.put(", ...");
            }
            _ => self.put("1:-1"),
        }
    }

    /// Expressions with commas and stars, where the grammar allows them bare.
    fn star_list(&mut self, depth: u32) {
        match self.below(6) {
            0..4 => self.expression(depth),
            4 => {
                self.expression(depth);
                self.put(", *");
                self.atom(depth.saturating_sub(1));
            }
            _ => {
                self.put("*");
                self.atom(depth.saturating_sub(1));
                self.put(", ");
                self.expression(depth);
            }
        }
    }

    /// An operand: something that binds tighter than every operator.
    fn atom(&mut self, depth: u32) {
        if depth == 0 || self.chance(2) {
            let name = self.name();
            return self.put(&name);
        }
        self.put("(");
        self.expression(depth - 1);
        self.put(")");
    }

    fn expression(&mut self, depth: u32) {
        if !self.spend(depth) {
            let name = self.name();
            return self.put(&name);
        }
        let d = depth - 1;
        match self.below(34) {
            0..3 => {
                let name = self.name();
                self.put(&name);
            }
            3..5 => {
                let text = self.one(NUMBERS);
                self.put(text);
            }
            5 => {
                let text = self.one(STRINGS);
                self.put(text);
            }
            6..9 => {
                self.atom(d);
                let op = self.one(BINARY);
                write!(self.out, " {op} ").expect("text");
                self.atom(d);
                if self.chance(3) {
                    let op = self.one(BINARY);
                    write!(self.out, " {op} ").expect("text");
                    self.atom(d);
                }
            }
            9 | 10 => {
                self.atom(d);
                let count = self.below(3) + 1;
                for _ in 0..count {
                    let op = self.one(COMPARE);
                    write!(self.out, " {op} ").expect("text");
                    self.atom(d);
                }
            }
            11 => {
                let op = self.one(&["and", "or"]);
                self.atom(d);
                write!(self.out, " {op} ").expect("text");
                self.atom(d);
                let op = self.one(&["and", "or"]);
                write!(self.out, " {op} not ").expect("text");
                self.atom(d);
            }
            12 => {
                let op = self.one(&["-", "+", "~", "not ", "- -"]);
                self.put(op);
                self.atom(d);
            }
            13 => {
                self.atom(d);
                self.put(" if ");
                self.atom(d);
                self.put(" else ");
                self.expression(d);
            }
            14..17 => self.call(d),
            17 | 18 => {
                self.atom(d);
                let name = self.name();
                write!(self.out, ".{name}").expect("text");
            }
            19 => {
                self.atom(d);
                self.put("[");
                self.subscript(d);
                self.put("]");
            }
            20 | 21 => self.display(d),
            22 | 23 => self.comprehension(d),
            24 => {
                self.put("(lambda ");
                let mut scope = Scope { kind: Kind::Lambda, ..Scope::default() };
                self.parameters(d, false, &mut scope);
                self.put(": ");
                self.scopes.push(scope);
                self.expression(d);
                self.scopes.pop();
                self.put(")");
            }
            25 | 26 => self.f_string(d),
            27 => {
                let scope = self.scope();
                // Not where a comprehension iterates, nor in its body in a class; nor over what it iterates over.
                if scope.plain > 0 || scope.comprehensions > 0 {
                    return self.put("None");
                }
                let name = self.target_name();
                write!(self.out, "({name} := ").expect("text");
                self.expression(d);
                self.put(")");
            }
            28 if self.can_yield() => {
                self.scope().yields = true;
                self.put("(yield ");
                self.star_list(d);
                self.put(")");
            }
            29 if self.can_yield() && !self.is_async() => {
                self.scope().yields = true;
                self.put("(yield from ");
                self.expression(d);
                self.put(")");
            }
            30 if self.scope().plain == 0 && self.is_async() => {
                self.put("(await ");
                self.atom(d);
                self.put(")");
            }
            31 => self.put("..."),
            32 => {
                let text = self.one(&["None", "True", "False", "__debug__", "super()", "__class__"]);
                self.put(text);
            }
            _ => {
                self.put("(");
                self.expression(d);
                self.put(",)");
            }
        }
    }

    fn call(&mut self, d: u32) {
        match self.below(4) {
            0 => self.put("super()"),
            _ => self.atom(d),
        }
        if self.chance(2) {
            let name = self.name();
            write!(self.out, ".{name}").expect("text");
        }
        self.put("(");
        let positional = self.below(4);
        for _ in 0..positional {
            if self.chance(6) {
                self.put("*");
            }
            self.expression(d.saturating_sub(1));
            self.put(", ");
        }
        let keywords = self.below(3);
        for i in 0..keywords {
            if self.chance(5) {
                self.put("**");
                self.atom(d.saturating_sub(1));
                self.put(", ");
            } else {
                write!(self.out, "k{i}=").expect("text");
                self.expression(d.saturating_sub(1));
                self.put(", ");
            }
        }
        self.put(")");
    }

    fn display(&mut self, d: u32) {
        let count = self.below(4);
        match self.below(4) {
            0 => {
                self.put("[");
                for _ in 0..count {
                    self.star_list(d);
                    self.put(", ");
                }
                self.put("]");
            }
            1 => {
                self.put("{0, ");
                for _ in 0..count {
                    self.expression(d);
                    self.put(", ");
                }
                self.put("}");
            }
            2 => {
                self.put("{");
                for _ in 0..count {
                    if self.chance(4) {
                        self.put("**");
                        self.atom(d);
                    } else {
                        self.atom(d);
                        self.put(": ");
                        self.expression(d);
                    }
                    self.put(", ");
                }
                self.put("}");
            }
            _ => {
                self.put("(");
                for _ in 0..count {
                    self.star_list(d);
                    self.put(", ");
                }
                self.put(")");
            }
        }
    }

    fn comprehension(&mut self, d: u32) {
        let kind = self.below(4);
        // In a class body, what a comprehension evaluates is a scope of its own: no `await` there.
        let asynchronous = self.is_async() && self.scope().plain == 0 && self.chance(4);
        self.put(["[", "{", "{", "("][kind as usize]);
        let level = self.scope().comprehensions;
        self.scope().comprehensions += 1;
        let element = |this: &mut Self| {
            this.expression(d.saturating_sub(1));
            if kind == 2 {
                this.put(": ");
                this.atom(d.saturating_sub(1));
            }
        };
        element(self);
        let loops = self.below(2) + 1;
        for i in 0..loops {
            self.put(if asynchronous && i == 0 { " async for " } else { " for " });
            let names = ["i", "j, *k", "(l, m)", "n.o", "[u], v"];
            let name = self.one(&names);
            self.put(name);
            self.put(" in ");
            self.scope().plain += 1;
            self.atom(d.saturating_sub(1));
            self.scope().plain -= 1;
            if self.chance(3) {
                self.put(" if ");
                self.atom(d.saturating_sub(1));
            }
        }
        self.scope().comprehensions = level;
        self.put(["]", "}", "}", ")"][kind as usize]);
    }

    fn f_string(&mut self, d: u32) {
        let quote = self.one(&["'", "\"", "'''"]);
        let prefix = self.one(&["f", "rf", "t", "F"]);
        write!(self.out, "{prefix}{quote}").expect("text");
        let parts = self.below(3) + 1;
        for _ in 0..parts {
            match self.below(4) {
                0 => self.put("a{{b}}"),
                1 => self.put("\\n é "),
                _ => {
                    self.put("{ ");
                    // Lambdas and walruses stand in brackets there, as all of ours do.
                    self.expression(d.saturating_sub(1).min(2));
                    if self.chance(4) {
                        self.put(" =");
                    } else {
                        self.put(" ");
                    }
                    let conversion = self.one(&["", "!r", "!s", "!a"]);
                    self.put(conversion);
                    match self.below(3) {
                        0 => {}
                        1 => self.put(":>10"),
                        _ => {
                            self.put(":{");
                            self.atom(0);
                            self.put("}.{a}");
                        }
                    }
                    self.put("}");
                }
            }
        }
        self.put(quote);
    }
}
