//! Module names that are put together at run time: how much of such a name an expression gives away.

use rustpython_ast::{Expr, FStringPart, InterpolatedStringElement, Operator};
use std::collections::HashMap;

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Known text.
    Text(String),
    /// The name of the module itself (`__name__`) or of its package (`__package__`).
    Own,
    /// Anything.
    Hole,
}

/// The variables of a module whose texts are known: constants, and loop variables over literal tuples.
pub type Known = HashMap<String, Vec<String>>;

/// All readings of `expr` as a name, at most a few; empty when nothing is known of it.
pub fn readings(expr: &Expr, known: &Known) -> Vec<Vec<Part>> {
    let mut all = read(expr, known, 0);
    for parts in &mut all {
        *parts = merge(std::mem::take(parts));
    }
    all.retain(|p| p.iter().any(|x| *x != Part::Hole));
    all
}

/// The top-level module of a dotted name.
pub fn top_of(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// `a`, `a.b`, `a.b.c` of `a.b.c`.
pub fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(i, _)| &name[..i]).chain(std::iter::once(name))
}

/// A bound on the readings of one expression: a table of a thousand names is no import statement.
const MOST: usize = 256;

fn read(expr: &Expr, known: &Known, depth: usize) -> Vec<Vec<Part>> {
    let hole = || vec![vec![Part::Hole]];
    if depth > 24 {
        return hole();
    }
    match expr {
        Expr::StringLiteral(s) => vec![vec![Part::Text(s.value.to_str().to_string())]],
        Expr::Name(n) => match n.id.as_str() {
            "__name__" | "__package__" => vec![vec![Part::Own]],
            name => match known.get(name) {
                Some(texts) => texts.iter().map(|t| vec![Part::Text(t.clone())]).collect(),
                None => hole(),
            },
        },
        // __spec__.parent, __spec__.name
        Expr::Attribute(a) => match (&*a.value, a.attr.as_str()) {
            (Expr::Name(n), "parent" | "name") if n.id.as_str() == "__spec__" => vec![vec![Part::Own]],
            _ => hole(),
        },
        Expr::BinOp(b) if b.op == Operator::Add => {
            join(read(&b.left, known, depth + 1), read(&b.right, known, depth + 1))
        }
        Expr::BinOp(b) if b.op == Operator::Mod => match &*b.left {
            Expr::StringLiteral(s) => {
                let args: Vec<&Expr> = match &*b.right {
                    Expr::Tuple(t) => t.elts.iter().collect(),
                    other => vec![other],
                };
                fill(s.value.to_str(), "%s", &args, known, depth)
            }
            _ => hole(),
        },
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(a) if a.attr.as_str() == "format" => match &*a.value {
                Expr::StringLiteral(s) => {
                    let args: Vec<&Expr> = call.arguments.args.iter().collect();
                    fill(s.value.to_str(), "{}", &args, known, depth)
                }
                _ => hole(),
            },
            // ".".join((__name__, x))
            Expr::Attribute(a) if a.attr.as_str() == "join" => match (&*a.value, call.arguments.args.first()) {
                (Expr::StringLiteral(sep), Some(Expr::Tuple(t))) => joined(sep.value.to_str(), &t.elts, known, depth),
                (Expr::StringLiteral(sep), Some(Expr::List(l))) => joined(sep.value.to_str(), &l.elts, known, depth),
                _ => hole(),
            },
            _ => hole(),
        },
        Expr::FString(f) => {
            let mut all = vec![Vec::new()];
            for part in f.value.iter() {
                match part {
                    FStringPart::Literal(text) => {
                        all = join(all, vec![vec![Part::Text(text.value.to_string())]]);
                    }
                    FStringPart::FString(inner) => {
                        for element in inner.elements.iter() {
                            let next = match element {
                                InterpolatedStringElement::Literal(l) => vec![vec![Part::Text(l.value.to_string())]],
                                InterpolatedStringElement::Interpolation(i) => read(&i.expression, known, depth + 1),
                            };
                            all = join(all, next);
                        }
                    }
                }
            }
            all
        }
        Expr::If(i) => {
            let mut all = read(&i.body, known, depth + 1);
            all.extend(read(&i.orelse, known, depth + 1));
            all
        }
        _ => hole(),
    }
}

fn joined(separator: &str, items: &[Expr], known: &Known, depth: usize) -> Vec<Vec<Part>> {
    let mut all = vec![Vec::new()];
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            all = join(all, vec![vec![Part::Text(separator.to_string())]]);
        }
        all = join(all, read(item, known, depth + 1));
    }
    all
}

/// A template with every `mark` replaced by the next argument.
fn fill(template: &str, mark: &str, args: &[&Expr], known: &Known, depth: usize) -> Vec<Vec<Part>> {
    let mut all = vec![Vec::new()];
    for (i, text) in template.split(mark).enumerate() {
        if i > 0 {
            let value = args.get(i - 1).map_or_else(|| vec![vec![Part::Hole]], |a| read(a, known, depth + 1));
            all = join(all, value);
        }
        // Marks of another kind (`%d`, `{name}`) make the rest unknown.
        match text.find(['%', '{']) {
            Some(at) => {
                return join(all, vec![vec![Part::Text(text[..at].to_string()), Part::Hole]]);
            }
            None => all = join(all, vec![vec![Part::Text(text.to_string())]]),
        }
    }
    all
}

fn join(left: Vec<Vec<Part>>, right: Vec<Vec<Part>>) -> Vec<Vec<Part>> {
    if left.len() * right.len() > MOST {
        return vec![vec![Part::Hole]];
    }
    let mut all = Vec::with_capacity(left.len() * right.len());
    for l in &left {
        for r in &right {
            all.push(l.iter().chain(r).cloned().collect());
        }
    }
    all
}

/// Adjacent texts become one, empty ones go.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (_, Part::Text(t)) if t.is_empty() => {}
            (Some(Part::Text(before)), Part::Text(t)) => before.push_str(&t),
            (Some(Part::Hole), Part::Hole) => {}
            (_, part) => out.push(part),
        }
    }
    out
}

/// What the import statements in a text name, such as `exec` and `timeit` are given: modules, and names that may be submodules.
pub fn imported_in_text(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.contains("import ") {
        return found;
    }
    // The names before ` as `; nothing when one of them is none, as in a sentence.
    let names = |list: &str| -> Option<Vec<String>> {
        let parts = list.split(',').map(|part| part.split_once(" as ").map_or(part, |(name, _)| name).trim());
        parts.map(|name| is_dotted_name(name).then(|| name.to_owned())).collect()
    };
    for statement in text.split(['\n', ';']).map(str::trim) {
        if let Some(list) = statement.strip_prefix("import ") {
            found.extend(names(list).unwrap_or_default());
        } else if let Some((module, list)) =
            statement.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
            && is_dotted_name(module)
        {
            match names(list) {
                Some(names) => found.extend(names.iter().map(|name| format!("{module}.{name}")).chain([module.into()])),
                None if list.trim() == "*" => found.push(module.into()),
                None => {}
            }
        }
    }
    found
}

/// Whether this is a dotted name: identifiers with dots between them.
pub fn is_dotted_name(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|word| {
            let mut chars = word.chars();
            chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
                && chars.all(|c| c == '_' || c.is_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_in_texts() {
        assert_eq!(imported_in_text("import a.b as c, d; x"), ["a.b", "d"]);
        assert_eq!(imported_in_text("x = 1\n    from a import b as c"), ["a.b", "a"]);
        assert_eq!(imported_in_text("from a import *"), ["a"]);
        assert!(imported_in_text("import this module, please").is_empty());
        assert!(imported_in_text("cannot import name from a").is_empty());
    }
}
