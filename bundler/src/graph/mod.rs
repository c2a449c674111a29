//! The module graph: everything that a program imports, directly or not, and why.
//!
//! [`scan`] reads imports out of one syntax tree, [`find`] says what lies on the search path, [`dist`] what is installed;
//! [`build()`] puts them together. It goes in waves: the sources of all newly found modules are read, scanned and compiled
//! in parallel, then what they ask for is looked up, which gives the next wave.

pub mod bytecode;
mod computed;
pub mod dist;
mod elsewhere;
mod encodings;
pub mod find;
pub mod library;
pub mod names;
mod reach;
mod resolve;
pub mod scan;
pub mod target;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::error::{Error, Place};
use dist::Distributions;
use find::SearchPath;
use library::Library;
use scan::Need;
use target::Target;

pub use elsewhere::Elsewhere;
pub use resolve::build;

/// The name of the module that is the program.
pub const MAIN: &str = "__main__";

/// What the graph is to be built of.
pub struct Request<'a> {
    pub main: Main,
    pub search: SearchPath,
    pub distributions: Distributions,
    /// Top-level modules that editable installs map to paths.
    pub editable: Vec<(String, PathBuf)>,
    pub library: &'a dyn Library,
    pub target: Target,
    /// `--hidden-import`
    pub hidden: Vec<String>,
    /// `--exclude-module`
    pub excluded: Vec<String>,
    /// `--collect-submodules` and `--collect-all`
    pub whole: Vec<String>,
    /// `--copy-metadata` and `--collect-all`: names of distributions
    pub metadata: Vec<String>,
    /// Take every module of the library (`freeze run`).
    pub whole_library: bool,
    /// Called with the number of modules found so far.
    pub progress: &'a dyn Fn(usize),
}

/// The program's own module.
pub struct Main {
    /// Where its source is; `None` if it was made up (`--entry`).
    pub file: Option<PathBuf>,
    /// Its source.
    pub source: Vec<u8>,
    /// The path by which tracebacks and `__file__` know it, relative to the virtual root.
    pub virtual_path: String,
    /// `__package__`: the package whose `__main__` it is, or empty.
    pub package: String,
}

/// What a module is made of.
#[derive(Clone, Debug)]
pub enum ModuleKind {
    /// Compiled from a source file. `code` is the marshalled code object.
    Source { file: Option<PathBuf>, is_package: bool, virtual_path: String, code: Vec<u8>, source_len: usize },
    /// From the embedded library.
    Library { is_package: bool },
    /// Part of the virtual machine.
    Native,
    /// A namespace package: a name and some folders (PEP 420).
    Namespace { dirs: Vec<PathBuf> },
}

impl ModuleKind {
    /// Whether the module can have submodules.
    pub fn is_package(&self) -> bool {
        match self {
            ModuleKind::Source { is_package, .. } | ModuleKind::Library { is_package } => *is_package,
            ModuleKind::Native => false,
            ModuleKind::Namespace { .. } => true,
        }
    }
}

/// Who asked for a module first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is the program.
    Program,
    /// A module imports it there.
    Import { module: String, line: u32 },
    /// The virtual machine needs it.
    Implicit,
    /// An option names it.
    Option(&'static str),
    /// An entry point of this distribution names it.
    EntryPoint(String),
}

/// One module of the graph.
#[derive(Clone, Debug)]
pub struct Module {
    pub kind: ModuleKind,
    pub why: Why,
    /// Its distribution, as an index into [`Distributions::all`].
    pub distribution: Option<usize>,
}

/// An import that found nothing, or nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfound {
    pub name: String,
    /// The C extension that is there instead.
    pub extension: Option<PathBuf>,
    /// Why a source that is there cannot be used.
    pub broken: Option<String>,
    /// The importers, with line and need.
    pub importers: Vec<(String, u32, Need)>,
}

impl Unfound {
    /// Whether every import of it is guarded.
    pub fn is_guarded(&self) -> bool {
        self.importers.iter().all(|(_, _, need)| *need == Need::Guarded)
    }
}

/// All modules of a program.
#[derive(Debug, Default)]
pub struct Graph {
    pub modules: BTreeMap<String, Module>,
    /// By name.
    pub unfound: BTreeMap<String, Unfound>,
    pub distributions: Distributions,
    /// Distributions of which a module was taken.
    pub taken: BTreeSet<usize>,
    /// Distributions whose metadata alone is wanted.
    pub metadata: BTreeSet<usize>,
    /// What the program imports on other platforms only.
    pub elsewhere: BTreeSet<Elsewhere>,
    /// How each cache file was used: modules compiled, modules from the cache.
    pub compiled: usize,
    pub cached: usize,
}

impl Graph {
    /// The native modules that the program reaches.
    pub fn natives(&self) -> impl Iterator<Item = &str> {
        self.modules
            .iter()
            .filter(|(_, module)| matches!(module.kind, ModuleKind::Native))
            .map(|(name, _)| name.as_str())
    }

    /// The imports that lead from the program to a module, the module included.
    pub fn chain(&self, name: &str) -> Vec<String> {
        let mut chain = vec![name.to_string()];
        let mut at = name;
        while let Some(Module { why: Why::Import { module, .. }, .. }) = self.modules.get(at) {
            if chain.iter().any(|c| c == module) {
                break;
            }
            chain.push(module.clone());
            at = module;
        }
        chain.reverse();
        chain
    }

    /// Where a module's source is.
    pub fn place(&self, name: &str, line: u32) -> Option<Place> {
        match &self.modules.get(name)?.kind {
            ModuleKind::Source { file: Some(path), .. } => Some(Place { path: path.clone(), line }),
            _ => None,
        }
    }

    /// The error for a module that the program cannot do without and that was not found.
    pub fn needed(&self, unfound: &Unfound, importer: &str, line: u32) -> Error {
        let mut chain = self.chain(importer);
        chain.push(unfound.name.clone());
        let place = self.place(importer, line);
        match &unfound.extension {
            Some(file) => Error::Native { module: unfound.name.clone(), file: file.clone(), place, chain },
            None => Error::Missing { module: unfound.name.clone(), place, chain },
        }
    }
}
