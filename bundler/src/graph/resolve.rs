//! Building the graph: names that modules ask for become modules.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::encodings;
use super::find::{Found, Origin};
use super::names::{prefixes, top_of};
use super::reach::{self, Reach};
use super::scan::{Import, Need, Scan, Wanted};
use super::{Graph, MAIN, Main, Module, ModuleKind, Request, Unfound, Why, library};
use crate::error::{Error, Result};
use crate::native_modules;
use crate::prepare::{self, Job, Prepared};

/// Builds the graph of a program. Fails on what the program cannot start without: a syntax error or a missing module on a
/// path of imports that always run.
pub fn build(request: Request<'_>) -> Result<Graph> {
    let mut builder = Builder {
        pool: prepare::threads()?,
        graph: Graph::default(),
        roots: HashMap::new(),
        edges: Vec::new(),
        waiting: Vec::new(),
        library_waiting: Vec::new(),
        aliases: None,
        shallow: HashSet::new(),
        reach: Reach::new(),
        absent: HashSet::new(),
        stars: BTreeSet::new(),
        texts: HashMap::new(),
        computing: HashSet::new(),
        rows: HashMap::new(),
        made: Vec::new(),
        unmade: Vec::new(),
        below: BTreeSet::new(),
        told: HashSet::new(),
        tried: HashSet::new(),
        all: HashMap::new(),
        broken: BTreeMap::new(),
        foreign: HashSet::new(),
        elsewhere: Vec::new(),
        request,
    };
    builder.start()?;
    builder.waves()?;
    builder.finish()
}

/// A source that was found and waits to be read.
struct Waiting {
    name: String,
    file: Option<PathBuf>,
    bytes: Option<Vec<u8>>,
    virtual_path: String,
    is_package: bool,
}

/// What became of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Taken,
    Excluded,
    Absent,
}

/// An import edge: importer, imported, line, need.
struct Edge {
    from: String,
    to: String,
    line: u32,
    need: Need,
}

pub(super) struct Builder<'a> {
    pool: rayon::ThreadPool,
    pub(super) request: Request<'a>,
    pub(super) graph: Graph,
    /// The folders of each package that has some, with the search path entry they come from.
    roots: HashMap<String, Vec<(PathBuf, usize)>>,
    edges: Vec<Edge>,
    waiting: Vec<Waiting>,
    library_waiting: Vec<String>,
    /// Other names of encodings, once one was asked for.
    aliases: Option<BTreeMap<String, String>>,
    /// Library modules that only the virtual machine has asked for so far: what their functions import is left out.
    pub(super) shallow: HashSet<String>,
    /// Which functions of the library are called.
    pub(super) reach: Reach,
    /// Names that were looked for in vain.
    absent: HashSet<String>,
    /// Packages of which somebody imports `*`, with the importer.
    stars: BTreeSet<(String, String, u32, Need)>,
    /// By top-level module: texts that are modules perhaps, with who holds them.
    texts: HashMap<String, Vec<(String, String)>>,
    /// Top-level modules in which names of modules are computed.
    computing: HashSet<String>,
    /// Tables of modules that put modules into `sys.modules`, by module.
    pub(super) rows: HashMap<String, Vec<Vec<String>>>,
    /// What is wanted below modules that are no packages: such a module, the name below it, the line.
    pub(super) made: Vec<(String, String, u32)>,
    /// The same imports as they are reported: the module, who imports, what, where, how much it is needed.
    unmade: Vec<(String, String, String, u32, Need)>,
    /// Modules below packages that are named at run time: who names them, what of the name is known, whether what lies below is
    /// meant, the line.
    pub(super) below: BTreeSet<(String, String, bool, u32)>,
    /// Packages that the program names for others to work with.
    pub(super) told: HashSet<String>,
    /// What `resolve_below` has looked for.
    pub(super) tried: HashSet<(String, bool)>,
    /// `__all__` of packages.
    all: HashMap<String, Vec<String>>,
    /// Native modules of other platforms that somebody imports.
    foreign: HashSet<String>,
    /// What modules import on other platforms: who, whether it is a package, the platform, the import.
    pub(super) elsewhere: Vec<(String, bool, &'static str, Import)>,
    /// Sources that cannot be compiled.
    broken: BTreeMap<String, Error>,
}

impl Builder<'_> {
    /// The program, what options name, what the virtual machine needs.
    fn start(&mut self) -> Result<()> {
        let Main { file, source, virtual_path, package } = std::mem::replace(
            &mut self.request.main,
            Main { file: None, source: Vec::new(), virtual_path: String::new(), package: String::new() },
        );
        self.request.main.package = package.clone();
        self.waiting.push(Waiting {
            name: MAIN.to_string(),
            file,
            bytes: Some(source),
            virtual_path,
            is_package: false,
        });
        if !package.is_empty() {
            self.require(&package, &Why::Program)?;
        }
        for name in self.request.hidden.clone() {
            let module = name.split(':').next().unwrap_or_default().to_string();
            self.require(&module, &Why::Option("--hidden-import"))?;
        }
        for name in self.request.whole.clone() {
            self.require(&name, &Why::Option("--collect-submodules"))?;
            self.take_below(&name, &Why::Option("--collect-submodules"));
        }
        for name in self.request.metadata.clone() {
            match self.request.distributions.named(&name) {
                Some(number) => {
                    self.graph.metadata.insert(number);
                }
                None => {
                    return Err(Error::other(
                        format!("no distribution named '{name}' is installed"),
                        "check the spelling, or name its environment with --site-packages",
                    ));
                }
            }
        }
        for name in library::IMPLICIT {
            let name = library::alias(name, self.request.target.os_name).unwrap_or(name);
            self.ensure(name, &Why::Implicit);
        }
        if self.request.whole_library {
            for name in self.request.library.names() {
                self.ensure(&name, &Why::Implicit);
            }
        }
        Ok(())
    }

    /// Takes a module that was asked for by name.
    fn require(&mut self, name: &str, why: &Why) -> Result<()> {
        for prefix in prefixes(name) {
            match self.ensure(prefix, why) {
                Outcome::Taken | Outcome::Excluded => {}
                Outcome::Absent => {
                    return Err(Error::Missing { module: name.to_string(), place: None, chain: Vec::new() });
                }
            }
        }
        Ok(())
    }

    fn waves(&mut self) -> Result<()> {
        while !self.waiting.is_empty() || !self.library_waiting.is_empty() {
            (self.request.progress)(self.graph.modules.len());
            let wave = std::mem::take(&mut self.waiting);
            let target = &self.request.target;
            let prepared: Vec<(Waiting, Result<Read>)> =
                self.pool.install(|| wave.into_par_iter().map(|w| prepare_one(w, target)).collect());
            for (waiting, result) in prepared {
                self.arrived(waiting, result)?;
            }
            for name in std::mem::take(&mut self.library_waiting) {
                if self.request.whole_library {
                    continue;
                }
                let units = self.request.library.units(&name, &self.request.target);
                self.follow_library(&name, units);
            }
            self.resolve_stars();
            if self.waiting.is_empty() && self.library_waiting.is_empty() {
                for (maker, below, line) in std::mem::take(&mut self.made) {
                    self.made_up(&maker, &below, line);
                }
                self.resolve_below();
            }
        }
        for (maker, from, name, line, need) in std::mem::take(&mut self.unmade) {
            let need = if self.rows.contains_key(&maker) { Need::Guarded } else { need };
            self.unfound(&from, &name, line, need);
        }
        Ok(())
    }

    fn arrived(&mut self, waiting: Waiting, result: Result<Read>) -> Result<()> {
        let name = waiting.name;
        let Read { prepared, source_len, words } = match result {
            Ok(read) => read,
            Err(error) if name == MAIN => return Err(error),
            Err(error) => {
                // Whether this is fatal is known when all edges are.
                self.graph.modules.remove(&name);
                self.absent.insert(name.clone());
                self.broken.insert(name, error);
                return Ok(());
            }
        };
        if prepared.from_cache {
            self.graph.cached += 1;
        } else {
            self.graph.compiled += 1;
        }
        let Prepared { scan, code, .. } = prepared;
        let kind = ModuleKind::Source {
            file: waiting.file.clone(),
            is_package: waiting.is_package,
            virtual_path: waiting.virtual_path,
            code,
            source_len,
        };
        match self.graph.modules.get_mut(&name) {
            Some(module) => module.kind = kind,
            None => {
                let module = Module { kind, why: Why::Program, distribution: None };
                self.graph.modules.insert(name.clone(), module);
            }
        }
        if waiting.is_package && scan.extends_path {
            self.extend_path(&name);
        }
        self.follow(&name, waiting.is_package, scan);
        let reached = self.reach.mention(words);
        self.follow_units(reached);
        Ok(())
    }

    /// The package says that folders of its name elsewhere on the path belong to it (`pkgutil.extend_path`).
    fn extend_path(&mut self, package: &str) {
        let below = package.replace('.', "/");
        let more: Vec<(PathBuf, usize)> = self
            .request
            .search
            .entries
            .iter()
            .enumerate()
            .map(|(i, e)| (e.dir.join(&below), i))
            .filter(|(dir, _)| dir.is_dir())
            .collect();
        let roots = self.roots.entry(package.to_string()).or_default();
        for place in more {
            if !roots.contains(&place) {
                roots.push(place);
            }
        }
    }

    /// Looks up everything that a module asks for.
    fn follow(&mut self, name: &str, is_package: bool, scan: Scan) {
        for dist in &scan.metadata {
            if let Some(number) = self.request.distributions.named(dist) {
                self.graph.metadata.insert(number);
            }
        }
        for encoding in &scan.encodings {
            let library = self.request.library;
            let aliases = self.aliases.get_or_insert_with(|| library.encoding_aliases());
            if let Some(module) = encodings::module(encoding, aliases, |module| library.find(module).is_some()) {
                self.link(name, &module, 0, Need::Deferred);
            }
        }
        if scan.any_encoding {
            for encoding in self.children("encodings") {
                self.link(name, &format!("encodings.{encoding}"), 0, Need::Guarded);
            }
        }
        if let Some(all) = scan.all {
            self.all.insert(name.to_string(), all);
        }
        for import in &scan.imports {
            self.import(name, is_package, import);
        }
        let elsewhere = scan.elsewhere.into_iter();
        self.elsewhere.extend(elsewhere.map(|(platform, import)| (name.to_string(), is_package, platform, import)));
        if !scan.rows.is_empty() {
            self.rows.insert(name.to_string(), scan.rows);
        }
        // Where something installed imports what it is told, the program may be who tells it.
        let program = name == MAIN || self.is_program(name);
        let top = if program { MAIN } else { top_of(name) }.to_string();
        self.texts.entry(top.clone()).or_default().extend(scan.texts.into_iter().map(|text| (name.to_string(), text)));
        if scan.computes {
            self.computing.extend([top.clone(), MAIN.to_string()]);
        }
        for top in [top.as_str(), MAIN] {
            if !self.computing.contains(top) {
                continue;
            }
            for (from, name) in self.texts.remove(top).unwrap_or_default() {
                let wanted = Wanted::Maybe { name };
                self.import(&from, false, &Import { wanted, line: 0, need: Need::Guarded });
            }
        }
    }

    pub(super) fn follow_unit(&mut self, name: &str, imports: &[Import]) {
        let is_package = self.request.library.find(name).unwrap_or(false);
        let from_left_out = library::NOT_FOLLOWED.contains(&top_of(name));
        for import in imports {
            let (Wanted::Module { level, name: wanted } | Wanted::Names { level, module: wanted, .. }) = &import.wanted
            else {
                continue;
            };
            let Some(full) = self.absolute(name, is_package, *level, wanted) else { continue };
            let foreign =
                |(module, platform): &(&str, &str)| *module == full && *platform != self.request.target.sys_platform;
            let left_out = !from_left_out && library::NOT_FOLLOWED.contains(&top_of(&full));
            if left_out || library::PLATFORM_ONLY.iter().any(foreign) {
                continue;
            }
            self.import(name, is_package, import);
        }
    }

    pub(super) fn hidden_of(&mut self, name: &str) {
        for (of, hidden) in library::HIDDEN {
            if *of == name {
                for module in *hidden {
                    self.link(name, module, 0, Need::Guarded);
                }
            }
        }
    }

    /// The package that relative imports of a module count from, `level` dots up; `None` above the top.
    fn base(&self, module: &str, is_package: bool, level: u32) -> Option<String> {
        let own = if module == MAIN {
            self.request.main.package.as_str()
        } else if is_package {
            module
        } else {
            module.rsplit_once('.').map_or("", |(above, _)| above)
        };
        let mut base = own;
        for _ in 1..level {
            base = base.rsplit_once('.')?.0;
        }
        if base.is_empty() { None } else { Some(base.to_string()) }
    }

    pub(super) fn absolute(&self, module: &str, is_package: bool, level: u32, name: &str) -> Option<String> {
        if level == 0 {
            return Some(name.to_string());
        }
        let base = self.base(module, is_package, level)?;
        Some(if name.is_empty() { base } else { format!("{base}.{name}") })
    }

    fn import(&mut self, from: &str, is_package: bool, import: &Import) {
        let (line, need) = (import.line, import.need);
        match &import.wanted {
            Wanted::Module { level, name } => {
                if let Some(full) = self.absolute(from, is_package, *level, name) {
                    self.link(from, &full, line, need);
                }
            }
            Wanted::Names { level, module, names } => {
                let Some(full) = self.absolute(from, is_package, *level, module) else { return };
                if !self.link(from, &full, line, need) {
                    if let Some((maker, below)) = self.plain_module_above(&full) {
                        let wanted = |name| (maker.to_string(), format!("{below}.{name}"), line);
                        let wanted: Vec<_> = names.iter().map(wanted).collect();
                        self.made.extend(wanted);
                    }
                    return;
                }
                let Some(base) = self.graph.modules.get(&full) else { return };
                if !base.kind.is_package() {
                    return;
                }
                // In a namespace package a name can be nothing but a submodule.
                let only_modules = matches!(base.kind, ModuleKind::Namespace { .. });
                for name in names {
                    if name == "*" {
                        self.stars.insert((full.clone(), from.to_string(), line, need));
                        continue;
                    }
                    let sub = format!("{full}.{name}");
                    if only_modules {
                        self.link(from, &sub, line, need);
                    } else if self.ensure(&sub, &Why::Import { module: from.to_string(), line }) == Outcome::Taken {
                        self.edge(from, &sub, line, need);
                    } else if self.broken.contains_key(&sub) || self.graph.unfound.contains_key(&sub) {
                        self.unfound(from, &sub, line, need);
                    }
                }
            }
            Wanted::Submodules { level, package, prefix } => {
                let Some(full) = self.absolute(from, is_package, *level, package) else { return };
                if full.is_empty() || !self.exists(&full) || !self.link(from, &full, line, Need::Guarded) {
                    return;
                }
                for child in self.children(&full) {
                    if child.starts_with(prefix.as_str()) {
                        self.link(from, &format!("{full}.{child}"), line, Need::Guarded);
                    }
                }
            }
            Wanted::Below { inner, children } => {
                self.below.insert((from.to_string(), inner.clone(), *children, line));
            }
            Wanted::Text { name } => {
                if self.exists(name) {
                    self.link(from, name, line, Need::Guarded);
                }
            }
            Wanted::Maybe { name } => {
                let (own, top) = (top_of(from), top_of(name));
                let program = from == MAIN || self.is_program(from);
                let foreign = || self.request.library.find(top).is_none();
                let related = own == top || (foreign() && (program || self.is_required(from, top)));
                if !related || native_modules::is_native(top) {
                    return;
                }
                // What is no module may be something in one.
                let holder = name.rsplit_once('.').map(|(holder, _)| holder).filter(|holder| holder.contains('.'));
                if let Some(found) = [Some(name.as_str()), holder].into_iter().flatten().find(|n| self.exists(n)) {
                    let taken = self.link(from, found, line, Need::Guarded);
                    // A package that the program names for a framework to work with: what of it, only the framework knows.
                    let told = program && own != top && found == name && found.contains('.');
                    if taken && told && self.graph.modules.get(found).is_some_and(|m| m.kind.is_package()) {
                        self.told.insert(found.to_string());
                        self.take_below(found, &Why::Import { module: from.to_string(), line });
                    }
                }
            }
        }
    }

    /// Whether the distribution of a module needs the one that a top-level module belongs to.
    fn is_required(&self, from: &str, top: &str) -> bool {
        let distributions = &self.request.distributions;
        let Some(own) = self.graph.modules.get(from).and_then(|m| m.distribution) else { return false };
        let mut required = distributions.all[own].requires.iter().filter_map(|name| distributions.named(name));
        required.any(|number| distributions.all[number].top_modules().iter().any(|module| module == top))
    }

    fn is_program(&self, name: &str) -> bool {
        self.graph
            .modules
            .get(name)
            .is_some_and(|m| m.distribution.is_none() && matches!(m.kind, ModuleKind::Source { .. }))
    }

    /// Whether there is such a module, without taking it.
    pub(super) fn exists(&self, name: &str) -> bool {
        if self.graph.modules.contains_key(name) {
            return true;
        }
        let mut places: Option<Vec<(PathBuf, usize)>> = None;
        for prefix in prefixes(name) {
            if native_modules::is_native(prefix) || self.request.library.find(prefix).is_some() {
                places = Some(Vec::new());
                continue;
            }
            let last = prefix.rsplit('.').next().unwrap_or(prefix);
            let found = match &places {
                None => self.find_top(prefix),
                Some(places) => self.request.search.find(last, places.iter().cloned()),
            };
            places = Some(match found {
                Some(Found::Source { file, is_package: true, root }) => {
                    vec![(file.parent().unwrap_or(Path::new("")).to_path_buf(), root)]
                }
                Some(Found::Namespace { parts }) => parts,
                Some(_) => Vec::new(),
                None => return false,
            });
        }
        true
    }

    /// Records an import and takes what it names. Says whether the module is there.
    pub(super) fn link(&mut self, from: &str, to: &str, line: u32, need: Need) -> bool {
        let why = Why::Import { module: from.to_string(), line };
        for prefix in prefixes(to) {
            match self.ensure(prefix, &why) {
                Outcome::Taken => self.edge(from, prefix, line, need),
                Outcome::Excluded => return false,
                Outcome::Absent if self.foreign.contains(prefix) => {
                    // Only a program that cannot start without it need know.
                    self.edge(from, prefix, line, need);
                    return false;
                }
                Outcome::Absent => {
                    if let Some(real) = library::alias(prefix, self.request.target.os_name) {
                        self.link(from, real, line, need);
                        return prefix == to;
                    }
                    match self.plain_module_above(to) {
                        Some((maker, below)) => {
                            // Whether it makes modules is known when it has been read.
                            let (maker, below) = (maker.to_string(), below.to_string());
                            self.made.push((maker.clone(), below, line));
                            self.unmade.push((maker, from.to_string(), prefix.to_string(), line, need));
                        }
                        None => self.unfound(from, prefix, line, need),
                    }
                    return false;
                }
            }
        }
        true
    }

    fn edge(&mut self, from: &str, to: &str, line: u32, need: Need) {
        self.edges.push(Edge { from: from.to_string(), to: to.to_string(), line, need });
    }

    fn unfound(&mut self, from: &str, name: &str, line: u32, need: Need) {
        // What the library's own modules do without is no news.
        if matches!(self.graph.modules.get(from), Some(Module { kind: ModuleKind::Library { .. }, .. })) {
            return;
        }
        let entry = self.graph.unfound.entry(name.to_string()).or_insert_with(|| Unfound {
            name: name.to_string(),
            extension: None,
            broken: None,
            importers: Vec::new(),
        });
        let importer = (from.to_string(), line, need);
        if !entry.importers.contains(&importer) {
            entry.importers.push(importer);
        }
        self.edge(from, name, line, need);
    }

    /// Takes a module whose parents are taken.
    pub(super) fn ensure(&mut self, name: &str, why: &Why) -> Outcome {
        let shallow = match why {
            Why::Implicit => true,
            Why::Import { module, .. } => self.shallow.contains(module),
            _ => false,
        };
        if self.graph.modules.contains_key(name) {
            if !shallow && self.shallow.remove(name) {
                self.library_waiting.push(name.to_string());
            }
            return Outcome::Taken;
        }
        if self.is_excluded(name) {
            return Outcome::Excluded;
        }
        if self.absent.contains(name) {
            return Outcome::Absent;
        }
        match self.look_up(name) {
            Some(Place::Native) if !native_modules::is_on(name, self.request.target.sys_platform) => {
                self.absent.insert(name.to_string());
                self.foreign.insert(name.to_string());
                return Outcome::Absent;
            }
            Some(Place::Native) => self.insert(name, ModuleKind::Native, why, None),
            Some(Place::Library(is_package)) => {
                self.library_waiting.push(name.to_string());
                if shallow {
                    self.shallow.insert(name.to_string());
                }
                self.insert(name, ModuleKind::Library { is_package }, why, None);
            }
            Some(Place::Disk(Found::Source { file, is_package, root })) => {
                if is_package {
                    let dir = file.parent().unwrap_or(Path::new("")).to_path_buf();
                    self.roots.insert(name.to_string(), vec![(dir, root)]);
                }
                let tail = if is_package { "/__init__.py" } else { ".py" };
                let virtual_path = format!("{}{tail}", name.replace('.', "/"));
                let distribution = self.request.distributions.of_file(&file);
                let placeholder = ModuleKind::Source {
                    file: Some(file.clone()),
                    is_package,
                    virtual_path: virtual_path.clone(),
                    code: Vec::new(),
                    source_len: 0,
                };
                self.insert(name, placeholder, why, distribution);
                self.waiting.push(Waiting {
                    name: name.to_string(),
                    file: Some(file),
                    bytes: None,
                    virtual_path,
                    is_package,
                });
                if let Some(number) = distribution {
                    self.take_distribution(number);
                }
            }
            Some(Place::Disk(Found::Namespace { parts })) => {
                self.roots.insert(name.to_string(), parts.clone());
                let dirs = parts.into_iter().map(|(dir, _)| dir).collect();
                self.insert(name, ModuleKind::Namespace { dirs }, why, None);
                // Such a package is put together when it is imported.
                self.ensure("importlib._bootstrap_external", &Why::Implicit);
            }
            Some(Place::Disk(Found::Extension { file })) => {
                self.absent.insert(name.to_string());
                self.graph.unfound.insert(
                    name.to_string(),
                    Unfound { name: name.to_string(), extension: Some(file), broken: None, importers: Vec::new() },
                );
                return Outcome::Absent;
            }
            None => {
                self.absent.insert(name.to_string());
                return Outcome::Absent;
            }
        }
        Outcome::Taken
    }

    fn insert(&mut self, name: &str, kind: ModuleKind, why: &Why, distribution: Option<usize>) {
        self.graph.modules.insert(name.to_string(), Module { kind, why: why.clone(), distribution });
        self.hidden_of_native(name);
    }

    fn hidden_of_native(&mut self, name: &str) {
        if matches!(self.graph.modules.get(name), Some(Module { kind: ModuleKind::Native, .. })) {
            self.hidden_of(name);
        }
    }

    pub(super) fn is_excluded(&self, name: &str) -> bool {
        self.request
            .excluded
            .iter()
            .any(|e| name == e || name.strip_prefix(e.as_str()).is_some_and(|r| r.starts_with('.')))
    }

    fn look_up(&self, name: &str) -> Option<Place> {
        if native_modules::is_native(name) {
            return Some(Place::Native);
        }
        let Some((parent, last)) = name.rsplit_once('.') else {
            return self.look_up_top(name);
        };
        match &self.graph.modules.get(parent)?.kind {
            ModuleKind::Library { is_package: true } => self.request.library.find(name).map(Place::Library),
            _ => {
                let places = self.roots.get(parent)?;
                self.request.search.find(last, places.iter().cloned()).map(Place::Disk)
            }
        }
    }

    fn look_up_top(&self, name: &str) -> Option<Place> {
        let search = &self.request.search;
        let near = search.find_top(name, |o| o != Origin::Site);
        match near {
            Some(Found::Namespace { .. }) | None => {}
            Some(found) => return Some(Place::Disk(found)),
        }
        if let Some(is_package) = self.request.library.find(name) {
            return Some(Place::Library(is_package));
        }
        self.find_top(name).map(Place::Disk)
    }

    fn find_top(&self, name: &str) -> Option<Found> {
        let found = self.request.search.find_top(name, |_| true);
        if matches!(found, None | Some(Found::Namespace { .. }))
            && let Some((_, path)) = self.request.editable.iter().find(|(n, _)| n == name)
        {
            let root = usize::MAX;
            if path.join("__init__.py").is_file() {
                return Some(Found::Source { file: path.join("__init__.py"), is_package: true, root });
            }
            if path.is_file() {
                return Some(Found::Source { file: path.clone(), is_package: false, root });
            }
        }
        found
    }

    /// The modules directly below a package.
    pub(super) fn children(&self, package: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        if let Some(roots) = self.roots.get(package) {
            for (dir, _) in roots {
                names.extend(self.request.search.modules_in(dir));
            }
        } else {
            let start = format!("{package}.");
            let library = self.request.library.names();
            names.extend(
                library.iter().filter_map(|n| n.strip_prefix(&start)).filter(|n| !n.contains('.')).map(str::to_string),
            );
            names.retain(|n| n != "__main__");
        }
        names.sort();
        names.dedup();
        names
    }

    /// A distribution is taken with what its entry points name, and with the metadata and plugins of those it needs.
    fn take_distribution(&mut self, number: usize) {
        if !self.graph.taken.insert(number) {
            return;
        }
        let dist = &self.request.distributions.all[number];
        let (name, modules) = (dist.name.clone(), dist.entry_modules.clone());
        let mut required = dist.requires.clone();
        self.take_entry_modules(name, modules);
        while let Some(name) = required.pop() {
            let Some(number) = self.request.distributions.named(&name) else { continue };
            if self.graph.taken.contains(&number) || !self.graph.metadata.insert(number) {
                continue;
            }
            let dist = &self.request.distributions.all[number];
            let (name, plugins) = (dist.name.clone(), dist.plugin_modules.clone());
            required.extend(dist.requires.iter().cloned());
            self.take_entry_modules(name, plugins.clone());
            // What is only looked up by name at run time is named in data as well: a plugin's package is taken whole.
            for package in plugins.iter().map(|module| top_of(module).to_string()) {
                for child in self.children(&package) {
                    let why = Why::EntryPoint(package.clone());
                    self.ensure(&format!("{package}.{child}"), &why);
                }
            }
        }
    }

    fn take_entry_modules(&mut self, distribution: String, modules: Vec<String>) {
        let why = Why::EntryPoint(distribution);
        for module in modules {
            for prefix in prefixes(&module) {
                if self.ensure(prefix, &why) != Outcome::Taken {
                    break;
                }
            }
        }
    }

    /// `from package import *` imports the submodules that `__all__` names.
    fn resolve_stars(&mut self) {
        // A package that has not been scanned yet is for the next round.
        let unscanned: HashSet<&str> = self.waiting.iter().map(|w| w.name.as_str()).collect();
        let (later, now) =
            std::mem::take(&mut self.stars).into_iter().partition(|(p, ..)| unscanned.contains(p.as_str()));
        self.stars = later;
        let now: BTreeSet<(String, String, u32, Need)> = now;
        for (package, from, line, need) in now {
            let Some(names) = self.all.get(&package).cloned() else { continue };
            for name in names {
                let sub = format!("{package}.{name}");
                if self.ensure(&sub, &Why::Import { module: from.clone(), line }) == Outcome::Taken {
                    self.edge(&from, &sub, line, need);
                }
            }
        }
    }

    /// Tells what is fatal from what is worth a line in the report.
    fn finish(mut self) -> Result<Graph> {
        self.graph.elsewhere = self.only_elsewhere();
        self.graph.distributions = std::mem::take(&mut self.request.distributions);
        let certain = certain(&self.edges);
        for edge in &self.edges {
            if edge.need != Need::Required || !certain.contains(edge.from.as_str()) {
                continue;
            }
            if let Some(error) = self.broken.remove(&edge.to) {
                return Err(error);
            }
            if self.foreign.contains(&edge.to) {
                let place = self.graph.place(&edge.from, edge.line).map(|place| format!("{place}: "));
                return Err(Error::other(
                    format!(
                        "{}module '{}' does not exist on {}",
                        place.unwrap_or_default(),
                        edge.to,
                        self.request.target.triple
                    ),
                    "import it under `if sys.platform == ...` or `try`, or say --target for the platform that has it",
                ));
            }
            if let Some(unfound) = self.graph.unfound.get(&edge.to) {
                return Err(self.graph.needed(unfound, &edge.from, edge.line));
            }
        }
        for (name, error) in &self.broken {
            let importers = self.edges.iter().filter(|e| e.to == *name).map(|e| (e.from.clone(), e.line, e.need));
            let importers: Vec<_> = importers.collect();
            let entry = self.graph.unfound.entry(name.clone()).or_insert_with(|| Unfound {
                name: name.clone(),
                extension: None,
                broken: None,
                importers,
            });
            entry.broken = Some(error.to_string());
        }
        self.graph.unfound.retain(|_, u| !u.importers.is_empty());
        Ok(self.graph)
    }
}

/// The modules that are imported whenever the program runs.
fn certain(edges: &[Edge]) -> HashSet<&str> {
    let mut out: HashMap<&str, Vec<&str>> = HashMap::new();
    for edge in edges.iter().filter(|e| e.need == Need::Required) {
        out.entry(&edge.from).or_default().push(&edge.to);
    }
    let mut certain: HashSet<&str> = HashSet::from([MAIN]);
    let mut todo = vec![MAIN];
    while let Some(name) = todo.pop() {
        for next in out.get(name).into_iter().flatten() {
            if certain.insert(next) {
                todo.push(next);
            }
        }
    }
    certain
}

enum Place {
    Native,
    Library(bool),
    Disk(Found),
}

/// A source that was read.
struct Read {
    prepared: Prepared,
    source_len: usize,
    words: BTreeSet<String>,
}

fn prepare_one(mut waiting: Waiting, target: &super::target::Target) -> (Waiting, Result<Read>) {
    let bytes = match (waiting.bytes.take(), &waiting.file) {
        (Some(bytes), _) => Ok(bytes),
        (None, Some(file)) => std::fs::read(file).map_err(|e| Error::io("read", file, e)),
        (None, None) => Ok(Vec::new()),
    };
    let result = bytes.and_then(|bytes| {
        let job = Job {
            file: waiting.file.as_deref(),
            bytes: &bytes,
            virtual_path: &waiting.virtual_path,
            target,
            main: waiting.name == MAIN,
            is_package: waiting.is_package,
        };
        Ok(Read { prepared: prepare::prepare(&job)?, source_len: bytes.len(), words: reach::words(&bytes) })
    });
    (waiting, result)
}
