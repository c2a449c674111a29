//! Which functions of library modules a program may call. What only the others import is left out: `re` alone would bring `urllib`
//! and `ssl` otherwise, by way of a method of `pathlib` that nobody calls.
//!
//! A function counts as called when its name is mentioned: as a name, an attribute or a text, in the program's own sources
//! or in a part of the library that counts. Names say nothing of whose function is meant, so that this takes too much at
//! times and too little only where a name is put together at run time (see [`library::is_called_unnamed`]).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::bytecode::Unit;
use super::library;
use super::resolve::Builder;

/// A unit and the module that it is of.
pub(super) type Place = (String, Unit);

pub(super) struct Reach {
    mentioned: HashSet<String>,
    /// Functions that nothing has mentioned so far, by name.
    waiting: HashMap<String, Vec<Place>>,
}

impl Reach {
    /// With what the virtual machine calls.
    pub(super) fn new() -> Reach {
        Reach { mentioned: library::CALLED.iter().map(|name| (*name).to_owned()).collect(), waiting: HashMap::new() }
    }

    /// Notes names; gives the units that count from now on.
    pub(super) fn mention(&mut self, names: impl IntoIterator<Item = String>) -> Vec<Place> {
        let mut todo: Vec<String> = names.into_iter().collect();
        let mut reached = Vec::new();
        while let Some(name) = todo.pop() {
            if self.mentioned.contains(&name) {
                continue;
            }
            for (module, mut unit) in self.waiting.remove(&name).unwrap_or_default() {
                todo.extend(std::mem::take(&mut unit.mentions));
                reached.push((module, unit));
            }
            self.mentioned.insert(name);
        }
        reached
    }

    /// Adds a unit of a module; gives the units that count from now on. One that is `called` counts in any case.
    pub(super) fn add(&mut self, module: &str, mut unit: Unit, called: bool) -> Vec<Place> {
        let name = &unit.function;
        if called || name.is_empty() || library::is_called_unnamed(name) || self.mentioned.contains(name) {
            let mut reached = self.mention(std::mem::take(&mut unit.mentions));
            reached.push((module.to_owned(), unit));
            return reached;
        }
        self.waiting.entry(name.clone()).or_default().push((module.to_owned(), unit));
        Vec::new()
    }
}

impl Builder<'_> {
    /// Looks up what a library module asks for, as far as its functions are called.
    pub(super) fn follow_library(&mut self, name: &str, units: Vec<Unit>) {
        let shallow = self.shallow.contains(name);
        let hidden = self.request.hidden.iter().filter_map(|module| module.split(':').next());
        let called = hidden.chain(self.request.whole.iter().map(String::as_str)).any(|module| module == name);
        for unit in units {
            if shallow && !unit.function.is_empty() {
                continue;
            }
            let reached = self.reach.add(name, unit, called);
            self.follow_units(reached);
        }
        if !shallow {
            self.hidden_of(name);
        }
    }

    /// Looks up what parts of library modules ask for.
    pub(super) fn follow_units(&mut self, units: Vec<Place>) {
        for (name, unit) in units {
            self.follow_unit(&name, &unit.imports);
        }
    }
}

/// All words of a source, in comments and texts too. Sorted: who asks for a module first is the reason why it is there.
pub(super) fn words(source: &[u8]) -> BTreeSet<String> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let words = source.split(|byte| !part(byte)).filter(|word| !word.is_empty() && !word[0].is_ascii_digit());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(function: &str, mentions: &[&str]) -> Unit {
        let mentions = mentions.iter().map(|name| (*name).to_owned()).collect();
        Unit { function: function.to_owned(), imports: Vec::new(), mentions }
    }

    fn names(reached: Vec<Place>) -> Vec<String> {
        let mut names: Vec<String> = reached.into_iter().map(|(module, unit)| module + ":" + &unit.function).collect();
        names.sort();
        names
    }

    #[test]
    fn functions_wait_for_their_names() {
        let mut reach = Reach::new();
        assert_eq!(names(reach.add("a", unit("", &["top"]), false)), ["a:"]);
        assert!(reach.add("a", unit("first", &["second"]), false).is_empty());
        assert!(reach.add("b", unit("second", &["first"]), false).is_empty());
        assert!(reach.add("b", unit("third", &[]), false).is_empty());
        assert_eq!(names(reach.add("a", unit("top", &[]), false)), ["a:top"]);
        assert_eq!(names(reach.mention(["first".to_owned()])), ["a:first", "b:second"]);
        assert_eq!(names(reach.add("c", unit("second", &["third"]), false)), ["b:third", "c:second"]);
        assert_eq!(names(reach.add("c", unit("never", &[]), true)), ["c:never"]);
        assert_eq!(names(reach.add("c", unit("__repr__", &[]), false)), ["c:__repr__"]);
    }

    #[test]
    fn words_of_a_source() {
        let found = words("x1 = o.as_uri('é', 2e3)  # see do_it".as_bytes());
        assert_eq!(found.iter().collect::<Vec<_>>(), ["as_uri", "do_it", "o", "see", "x1", "é"]);
    }
}
