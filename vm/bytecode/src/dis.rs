//! The disassembler: a listing of code objects for people (`freeze dis`) and for golden files.
//!
//! One line per instruction: its number, a mnemonic, and its operands as names where they have one. Locals appear by
//! name, temporaries as `t0`, `t1`, …, constants as Python writes them, jump targets as labels. Given the source, every
//! line of it stands as a comment above the first instruction that comes from it. Nested code objects follow theirs.
//! A code object that breaks the verifier's rules is listed all the same, with `?` where something is out of range.

use std::fmt::Write as _;

use crate::code::{CodeFlags, CodeObject, Const, LocalKind};
use crate::instr::{CONST_BIT, Instr, Op};
use crate::lines;
use crate::operand::OperandKind;
use crate::verify::range_len;

/// The listing of `code` and all code nested in it; `source`, if given, is quoted in comments.
pub fn listing(code: &CodeObject, source: Option<&str>) -> String {
    let lines: Vec<&str> = source.map(|text| text.lines().collect()).unwrap_or_default();
    let mut out = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        if !out.is_empty() {
            out.push('\n');
        }
        Listing { code, source: &lines, out: &mut out }.list();
        let nested = code.consts.iter().filter_map(|constant| match constant {
            Const::Code(inner) => Some(&**inner),
            _ => None,
        });
        let first = pending.len();
        pending.extend(nested);
        pending[first..].reverse();
    }
    out
}

struct Listing<'c> {
    code: &'c CodeObject,
    source: &'c [&'c str],
    out: &'c mut String,
}

/// The flags that a listing names.
const FLAG_NAMES: &[(u32, &str)] = &[
    (CodeFlags::OPTIMIZED, "optimized"),
    (CodeFlags::NEWLOCALS, "newlocals"),
    (CodeFlags::VARARGS, "varargs"),
    (CodeFlags::VARKEYWORDS, "varkeywords"),
    (CodeFlags::NESTED, "nested"),
    (CodeFlags::GENERATOR, "generator"),
    (CodeFlags::COROUTINE, "coroutine"),
    (CodeFlags::ITERABLE_COROUTINE, "iterable_coroutine"),
    (CodeFlags::ASYNC_GENERATOR, "async_generator"),
    (CodeFlags::FUTURE_ANNOTATIONS, "future_annotations"),
    (CodeFlags::HAS_DOCSTRING, "has_docstring"),
    (CodeFlags::METHOD, "method"),
];

impl Listing<'_> {
    fn list(&mut self) {
        self.head();
        let targets = self.targets();
        let mut positions = lines::iter(&self.code.linetable, self.code.firstlineno);
        let mut line = 0;
        for (at, &instr) in self.code.instrs.iter().enumerate() {
            if let Some(position) = positions.next().flatten()
                && position.line != line
            {
                line = position.line;
                match self.source.get((line as usize).wrapping_sub(1)) {
                    Some(text) => self.line(format_args!("  # {line}: {}", text.trim())),
                    None => self.line(format_args!("  # line {line}")),
                }
            }
            let label = if targets.binary_search(&at).is_ok() { format!("L{at}:") } else { String::new() };
            let operands = self.operands(at, instr);
            let mnemonic = instr.op.row().mnemonic.trim_end_matches('_');
            self.line(format_args!("{label:>6} {at:4}  {mnemonic:<20} {operands}"));
        }
        for handler in &self.code.handlers {
            let exc = self.register(handler.exc_reg.into());
            let (start, end, target) = (handler.start, handler.end, handler.target);
            self.line(format_args!("  handler {start}..{end} to L{target}, exception in {exc}"));
        }
    }

    fn head(&mut self) {
        let code = self.code;
        let set = FLAG_NAMES.iter().filter(|(bit, _)| code.flags.has(*bit)).map(|(_, name)| *name);
        let flags: Vec<&str> = set.collect();
        let name = text(&code.qualname);
        self.line(format_args!("code {name}, line {}, flags: {}", code.firstlineno, flags.join(" ")));
        self.line(format_args!(
            "  parameters {} (positional-only {}, keyword-only {}), locals {}, registers {}",
            code.argcount, code.posonlyargcount, code.kwonlyargcount, code.nlocals, code.nregs
        ));
        let kinds = code.local_kinds.iter().map(|kind| match kind {
            LocalKind::Fast => "",
            LocalKind::Cell => " (cell)",
            LocalKind::Hidden => " (hidden)",
            LocalKind::HiddenCell => " (hidden cell)",
        });
        let kinds = kinds.chain(std::iter::repeat(""));
        let locals: Vec<String> =
            code.local_names.iter().zip(kinds).map(|(name, kind)| format!("{}{kind}", text(name))).collect();
        if !locals.is_empty() {
            self.line(format_args!("  locals: {}", locals.join(", ")));
        }
        if !code.freevars.is_empty() {
            let free: Vec<String> = code.freevars.iter().map(|name| text(name)).collect();
            self.line(format_args!("  free: {}", free.join(", ")));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let text = line.to_string();
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// Where jumps and handlers lead, sorted.
    fn targets(&self) -> Vec<usize> {
        let mut targets: Vec<usize> = self.code.handlers.iter().map(|handler| handler.target as usize).collect();
        for (at, &instr) in self.code.instrs.iter().enumerate() {
            let row = instr.op.row();
            for (kind, field) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
                targets.extend(target(at, instr, kind, field));
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    fn operands(&self, at: usize, instr: Instr) -> String {
        let row = instr.op.row();
        let mut parts: Vec<String> = Vec::new();
        for (kind, field) in [(row.a, instr.a), (row.b, instr.b), (row.c, instr.c)] {
            let n = usize::from(field);
            match kind {
                OperandKind::Unused | OperandKind::High => {}
                OperandKind::Dst | OperandKind::Src | OperandKind::Keep => parts.push(self.register(n)),
                OperandKind::DstPair => parts.push(self.range(n, 2)),
                OperandKind::DstRange | OperandKind::SrcRange => parts.push(self.range(n, range_len(instr) as usize)),
                OperandKind::SrcOrConst if field & CONST_BIT != 0 => {
                    parts.push(self.constant(n & !usize::from(CONST_BIT)))
                }
                OperandKind::SrcOrConst => parts.push(self.register(n)),
                OperandKind::Const => parts.push(self.constant(n)),
                OperandKind::Const32 => parts.push(self.constant(instr.bc() as usize)),
                OperandKind::Name => parts.push(name(self.code.names.get(n))),
                OperandKind::Free => parts.push(name(self.code.freevars.get(n))),
                OperandKind::Site => parts.extend(self.site(instr.op, n)),
                OperandKind::Count => parts.push(format!("#{n}")),
                OperandKind::Label16 | OperandKind::Label32 => match target(at, instr, kind, field) {
                    Some(to) => parts.push(format!("L{to}")),
                    None => parts.push("L?".to_owned()),
                },
            }
        }
        if row.x != OperandKind::Unused {
            parts.push(format!("x={}", instr.x));
        }
        parts.join(", ")
    }

    fn register(&self, n: usize) -> String {
        match self.code.local_names.get(n) {
            Some(local) => text(local),
            None if n < self.code.nregs.into() => format!("t{}", n - self.code.local_names.len()),
            None => format!("?{n}"),
        }
    }

    fn range(&self, first: usize, len: usize) -> String {
        match len {
            0 => "()".to_owned(),
            1 => self.register(first),
            _ => format!("{}..{}", self.register(first), self.register(first + len - 1)),
        }
    }

    fn constant(&self, n: usize) -> String {
        self.code.consts.get(n).map_or_else(|| format!("?const {n}"), repr)
    }

    fn site(&self, op: Op, n: usize) -> Option<String> {
        let Some(site) = self.code.sites.get(n) else { return Some(format!("?site {n}")) };
        match op {
            Op::CallKw => Some(self.constant(site.name as usize)),
            Op::Call | Op::CallMethod => None,
            _ => Some(name(self.code.names.get(site.name as usize))),
        }
    }
}

/// Where a label operand leads, if `kind` is one.
fn target(at: usize, instr: Instr, kind: OperandKind, field: u16) -> Option<usize> {
    match kind {
        OperandKind::Label16 => usize::try_from(at as i64 + 1 + i64::from(field as i16)).ok(),
        OperandKind::Label32 => Some(instr.bc() as usize),
        _ => None,
    }
}

fn name(bytes: Option<&impl AsRef<[u8]>>) -> String {
    bytes.map_or_else(|| "?".to_owned(), |bytes| text(bytes.as_ref()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A constant as Python would write it; long ones are cut.
pub fn repr(constant: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
    match constant {
        Const::None => "None".to_owned(),
        Const::True => "True".to_owned(),
        Const::False => "False".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Int(n) => n.to_string(),
        Const::BigInt { negative, digits } => {
            let mut out = String::from(if *negative { "-0x" } else { "0x" });
            for (i, digit) in digits.iter().rev().enumerate() {
                // Writing into a string cannot fail.
                let _ = if i == 0 { write!(out, "{digit:x}") } else { write!(out, "{digit:08x}") };
            }
            out
        }
        Const::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        Const::Complex(real, imag) => format!("({:?}{:+?}j)", f64::from_bits(*real), f64::from_bits(*imag)),
        Const::Str(bytes) => quoted("", bytes),
        Const::Bytes(bytes) => quoted("b", bytes),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", repr(&items[0])),
        Const::Tuple(items) => format!("({})", list(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Const::Slice(parts) => format!("slice({})", list(&parts[..])),
        Const::Code(code) => format!("<code {}, line {}>", text(&code.qualname), code.firstlineno),
    }
}

/// Text or bytes between quotes, cut behind 60 characters.
fn quoted(prefix: &str, bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let mut out = format!("{prefix}'");
    let cut = match std::str::from_utf8(bytes) {
        Ok(text) if prefix.is_empty() => {
            for c in text.chars().take(LONGEST) {
                if c == '"' { out.push(c) } else { out.extend(c.escape_debug()) }
            }
            text.chars().nth(LONGEST).is_some()
        }
        _ => {
            for &byte in bytes.iter().take(LONGEST) {
                if byte == b'"' { out.push('"') } else { out.extend(byte.escape_ascii().map(char::from)) }
            }
            bytes.len() > LONGEST
        }
    };
    out.push_str(if cut { "'…" } else { "'" });
    out
}

#[cfg(test)]
mod tests;
