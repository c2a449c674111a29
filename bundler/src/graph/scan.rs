//! The imports of one module, found in its syntax tree.
//!
//! Nothing is looked up here: the result says what the module asks for, how much it depends on each, and what it computes
//! at run time. `super` resolves that against the search path.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use rustpython_ast::visitor::{self, Visitor};
use rustpython_ast::{ExceptHandler, Expr, ExprCall, Pattern, Stmt, StmtFor, StmtIf, StmtMatch, StmtTry, TypeParams};
use rustpython_text_size::{Ranged, TextSize};

use super::encodings;
use super::names::{self, Known, Part, is_dotted_name};
use super::target::{Target, literals};

/// How much a module depends on one of its imports. The order is from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Runs whenever the module is imported.
    Required,
    /// Runs at import time if a condition holds.
    Conditional,
    /// Runs when a function is called.
    Deferred,
    /// The module goes on without it (`except ImportError`), or only asks whether it is there.
    Guarded,
}

/// What an import names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `import a.b`: the module and its parents.
    Module { level: u32, name: String },
    /// `from .a import b, c`: the module, and each name that is a submodule. `*` asks for all that `__all__` names.
    Names { level: u32, module: String, names: Vec<String> },
    /// The submodules of a package, its name being computed at run time; `prefix` begins the names of those wanted.
    Submodules { level: u32, package: String, prefix: String },
    /// A module `inner` below some package that is named at run time, or (`children`) whatever lies below such a one.
    Below { inner: String, children: bool },
    /// A name that the module may import, if there is such a module in its own distribution.
    Maybe { name: String },
    /// A name that a text with an import statement imports, if there is such a module.
    Text { name: String },
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub wanted: Wanted,
    pub line: u32,
    pub need: Need,
}

/// What one module asks for.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    pub imports: Vec<Import>,
    /// Distributions whose metadata the module reads.
    pub metadata: Vec<String>,
    /// Text encodings named in the source.
    pub encodings: BTreeSet<String>,
    /// An encoding is named at run time: any may be meant.
    pub any_encoding: bool,
    /// The package's `__path__` gets folders of its name elsewhere on the path.
    pub extends_path: bool,
    /// `__all__`, where it is a literal.
    pub all: Option<Vec<String>>,
    /// String constants that could be names of modules.
    pub texts: BTreeSet<String>,
    /// Modules are imported of whose names nothing is known: `texts` here and elsewhere in the package may be some.
    pub computes: bool,
    /// The strings among the arguments of each call that has several and begins with one, where the module puts modules into
    /// `sys.modules` itself: tables of what is under which name.
    pub rows: Vec<Vec<String>>,
    /// A test on the platform was decided: elsewhere the imports may be others.
    pub asks_platform: bool,
    /// What the module imports on other platforms (by `sys.platform`) and not on this one.
    pub elsewhere: Vec<(&'static str, Import)>,
}

/// A relative level that stands for "my own package", whether the module is one or lies in one. It is what `from .` says.
const OWN: u32 = 1;

/// `__path__`, or an element of it.
fn is_own_path(expr: &Expr) -> bool {
    match expr {
        Expr::Name(n) => n.id.as_str() == "__path__",
        Expr::Subscript(s) => is_own_path(&s.value),
        _ => false,
    }
}

/// Finds the imports of a module, and how they differ on other platforms. `main` says that it is the program itself, where
/// `__name__ == "__main__"`.
pub fn scan(body: &[Stmt], source: &str, target: &Target, main: bool, is_package: bool) -> Scan {
    let mut scan = scan_for(body, source, target, main, is_package);
    if scan.asks_platform {
        for other in target.others() {
            let there = scan_for(body, source, &other, main, is_package);
            let new = there.imports.into_iter().filter(|import| !scan.imports.contains(import));
            scan.elsewhere.extend(new.map(|import| (other.sys_platform, import)));
        }
    }
    scan
}

fn scan_for(body: &[Stmt], source: &str, target: &Target, main: bool, is_package: bool) -> Scan {
    let mut scanner = Scanner {
        target,
        main,
        lines: std::iter::once(0).chain(source.match_indices('\n').map(|(i, _)| i as u32 + 1)).collect(),
        aliases: HashMap::new(),
        decided: HashMap::new(),
        asks: Cell::new(false),
        known: Known::new(),
        guards: 0,
        conditions: 0,
        functions: 0,
        dotted_texts: BTreeSet::new(),
        unknown: None,
        makes_modules: false,
        found: Scan::default(),
    };
    scanner.visit_body(body);
    scanner.finish(is_package)
}

struct Scanner<'a> {
    target: &'a Target,
    main: bool,
    /// Offsets of the line starts.
    lines: Vec<u32>,
    /// Local names of imported things, with their full names.
    aliases: HashMap<String, String>,
    /// Names of the module that hold the outcome of a test on the platform (`WINDOWS = os.name == "nt"`); `None` for one that is
    /// assigned again.
    decided: HashMap<String, Option<bool>>,
    /// Whether a test on the platform was decided.
    asks: Cell<bool>,
    known: Known,
    guards: u32,
    conditions: u32,
    functions: u32,
    /// String constants that could be module names, or prefixes of some.
    dotted_texts: BTreeSet<String>,
    /// Where a module is imported of whose name nothing is known.
    unknown: Option<(u32, Need)>,
    /// `sys.modules` or `sys.meta_path` is mentioned.
    makes_modules: bool,
    found: Scan,
}

impl<'a> Scanner<'a> {
    fn line(&self, at: TextSize) -> u32 {
        let at = u32::from(at);
        self.lines.partition_point(|&start| start <= at) as u32
    }

    fn need(&self) -> Need {
        if self.guards > 0 {
            Need::Guarded
        } else if self.functions > 0 {
            Need::Deferred
        } else if self.conditions > 0 {
            Need::Conditional
        } else {
            Need::Required
        }
    }

    fn add(&mut self, at: TextSize, wanted: Wanted) {
        self.add_as(at, wanted, self.need());
    }

    fn add_as(&mut self, at: TextSize, wanted: Wanted, need: Need) {
        let line = self.line(at);
        self.found.imports.push(Import { wanted, line, need });
    }

    /// The full name that an expression refers to, by the imports seen so far.
    fn dotted(&self, expr: &Expr) -> Option<String> {
        dotted(&self.aliases, expr)
    }

    fn decide(&self, test: &Expr) -> Option<bool> {
        if is_main_test(test) {
            return if self.main { Some(true) } else { None };
        }
        let outcome = self.target.decide(test, &|e| self.dotted(e), &|name| self.decided.get(name).copied().flatten());
        if outcome.is_some() && !self.asks.get() {
            let asks = Target::is_asked(test, &|e| self.dotted(e)) || self.names_decided(test);
            self.asks.set(asks);
        }
        outcome
    }

    /// Whether a test mentions a name that holds the outcome of another one.
    fn names_decided(&self, test: &Expr) -> bool {
        let mut finder = NameFinder { names: &self.decided, found: false };
        finder.visit_expr(test);
        finder.found
    }

    /// Remembers the outcome of a test on the platform that a name of the module is given.
    fn learn_decided(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let name = name.id.to_string();
        let plain = self.functions == 0 && self.conditions == 0 && self.guards == 0;
        let test = matches!(value, Expr::Compare(_) | Expr::BoolOp(_) | Expr::UnaryOp(_) | Expr::Call(_));
        let outcome = if plain && test && !self.decided.contains_key(&name) {
            let asks = Target::is_asked(value, &|e| self.dotted(e)) || self.names_decided(value);
            if asks { self.decide(value) } else { None }
        } else {
            None
        };
        if outcome.is_some() || self.decided.contains_key(&name) {
            self.decided.insert(name.clone(), outcome);
        }
        // `system = platform.system()`
        if let (true, Expr::Call(call)) = (plain, value)
            && call.arguments.is_empty()
            && self.dotted(&call.func).is_some_and(|full| full == "platform.system")
        {
            self.aliases.insert(name, "platform.system()".to_string());
        }
    }

    fn conditional(&mut self, visit: impl FnOnce(&mut Self)) {
        self.conditions += 1;
        visit(self);
        self.conditions -= 1;
    }

    fn visit_if(&mut self, stmt: &'a StmtIf) {
        self.visit_expr(&stmt.test);
        let mut open = false;
        let first = (Some(&*stmt.test), &stmt.body);
        let rest = stmt.elif_else_clauses.iter().map(|c| (c.test.as_ref(), &c.body));
        for (test, body) in std::iter::once(first).chain(rest) {
            match test.map_or(Some(true), |t| self.decide(t)) {
                Some(false) => {}
                Some(true) if open => {
                    self.conditional(|s| s.visit_body(body));
                    return;
                }
                Some(true) => {
                    self.visit_body(body);
                    return;
                }
                None => {
                    open = true;
                    self.conditional(|s| s.visit_body(body));
                }
            }
        }
    }

    /// `match sys.platform:` is decided as `if` is, where the cases are texts.
    fn visit_match(&mut self, stmt: &'a StmtMatch) {
        self.visit_expr(&stmt.subject);
        let subject = self.target.text(&stmt.subject, &|e| self.dotted(e));
        self.asks.set(self.asks.get() || subject.is_some());
        for case in &stmt.cases {
            let fits =
                subject.as_ref().zip(case_texts(&case.pattern)).map(|(is, texts)| texts.is_none_or(|t| t.contains(is)));
            match fits {
                Some(false) => {}
                Some(true) if case.guard.is_none() => return self.visit_body(&case.body),
                _ => self.conditional(|s| {
                    if let Some(guard) = &case.guard {
                        s.visit_expr(guard);
                    }
                    s.visit_body(&case.body);
                }),
            }
        }
    }

    fn visit_try(&mut self, stmt: &'a StmtTry) {
        let guarded = stmt
            .handlers
            .iter()
            .any(|ExceptHandler::ExceptHandler(h)| h.type_.as_deref().is_none_or(|t| self.catches_import_errors(t)));
        self.guards += u32::from(guarded);
        self.visit_body(&stmt.body);
        self.guards -= u32::from(guarded);
        for ExceptHandler::ExceptHandler(h) in &stmt.handlers {
            self.conditional(|s| s.visit_body(&h.body));
        }
        // What follows in `else` does not run when the import failed.
        self.conditional(|s| s.visit_body(&stmt.orelse));
        self.visit_body(&stmt.finalbody);
    }

    fn catches_import_errors(&self, kinds: &Expr) -> bool {
        match kinds {
            Expr::Tuple(t) => t.elts.iter().any(|e| self.catches_import_errors(e)),
            Expr::Name(_) | Expr::Attribute(_) => self.dotted(kinds).is_some_and(|n| {
                let last = n.rsplit('.').next().unwrap_or(&n);
                matches!(last, "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
            }),
            _ => false,
        }
    }

    /// Remembers what a simple assignment at any level makes a name mean, where that is text.
    fn learn(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let name = name.id.to_string();
        if name == "__all__" {
            self.found.all = literals(value);
        }
        let texts = match literals(value) {
            Some(texts) => texts,
            None => names::readings(value, &self.known)
                .into_iter()
                .map(|parts| match parts.as_slice() {
                    [Part::Text(t)] => Some(t.clone()),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .unwrap_or_default(),
        };
        if texts.is_empty() || texts.len() > 64 {
            self.known.remove(&name);
        } else {
            self.known.entry(name).or_default().extend(texts);
        }
        if let Some(full) = match value {
            Expr::Name(_) | Expr::Attribute(_) => self.dotted(value),
            _ => None,
        } && let Expr::Name(n) = target
        {
            self.aliases.insert(n.id.to_string(), full);
        }
    }

    fn visit_for(&mut self, stmt: &'a StmtFor) {
        self.learn(&stmt.target, &stmt.iter);
        self.visit_expr(&stmt.iter);
        self.visit_body(&stmt.body);
        self.visit_body(&stmt.orelse);
    }

    fn call(&mut self, call: &'a ExprCall) {
        let name = self.dotted(&call.func);
        self.encoding(call, name.as_deref());
        let Some(name) = name else { return };
        let last = name.rsplit('.').next().unwrap_or(&name);
        let at = call.start();
        match (name.as_str(), last) {
            ("runpy.run_module" | "pkgutil.resolve_name", _) => {
                if let Some(text) = argument(call, 0, "name").and_then(text_of) {
                    let module = text.split(':').next().unwrap_or_default().to_string();
                    self.import_text(at, &module, 0, self.need());
                }
            }
            (_, "import_module") => {
                // With a package named, a leading dot counts from there.
                let package = argument(call, 1, "package").and_then(text_of);
                if let Some(arg) = argument(call, 0, "name") {
                    self.import_computed(at, arg, package, 0, self.need());
                }
            }
            ("__import__" | "builtins.__import__" | "importlib.__import__", _) => {
                let level = argument(call, 4, "level").and_then(small_number).unwrap_or(0);
                if let Some(arg) = argument(call, 0, "name") {
                    self.import_computed(at, arg, None, level, self.need());
                    let fromlist = argument(call, 3, "fromlist").and_then(literals);
                    if let (Some(text), Some(names)) = (text_of(arg), fromlist)
                        && !names.is_empty()
                    {
                        self.add(at, Wanted::Names { level, module: text.to_string(), names });
                    }
                }
            }
            ("importlib.util.find_spec" | "pkgutil.find_loader" | "importlib.find_loader", _) => {
                if let Some(text) = argument(call, 0, "name").and_then(text_of) {
                    self.import_text(at, text, 0, Need::Guarded);
                }
            }
            ("pkgutil.iter_modules" | "pkgutil.walk_packages", _) => {
                if let Some(path) = argument(call, 0, "path") {
                    self.listed_packages(at, path);
                }
            }
            (_, "extend_path" | "declare_namespace") => self.found.extends_path = true,
            (_, "attach" | "attach_stub" | "_LazyModule" | "LazyModule")
                if call.arguments.args.first().is_some_and(is_dunder_name) =>
            {
                self.add_as(at, own_submodules(), Need::Deferred);
            }
            _ if name.starts_with("importlib.resources.")
                || name.starts_with("importlib_resources.")
                || name == "pkgutil.get_data"
                || name.starts_with("pkg_resources.resource_") =>
            {
                if let Some(text) = call.arguments.args.first().and_then(text_of) {
                    self.import_text(at, text, 0, Need::Guarded);
                }
            }
            _ if name.starts_with("importlib.metadata.")
                || name.starts_with("importlib_metadata.")
                || matches!(name.as_str(), "pkg_resources.get_distribution" | "pkg_resources.require") =>
            {
                if let Some(text) = call.arguments.args.first().and_then(text_of) {
                    self.found.metadata.push(text.to_string());
                }
            }
            // A package that hands out the place where it lies lets others look for its modules.
            _ if call.arguments.args.iter().any(is_own_path) => self.add_as(at, own_submodules(), Need::Guarded),
            _ => {}
        }
    }

    /// The encoding that a call names.
    fn encoding(&mut self, call: &'a ExprCall, name: Option<&str>) {
        let Some(encodings::Named { expr, certain }) = encodings::named(call, name) else { return };
        match expr {
            // Text handed to `encode` of an own class is harmless.
            Expr::StringLiteral(s) => {
                self.found.encodings.insert(s.value.to_str().to_string());
            }
            Expr::NoneLiteral(_) => {}
            Expr::Name(n) if self.known.contains_key(n.id.as_str()) => {
                let texts = self.known[n.id.as_str()].clone();
                self.found.encodings.extend(texts);
            }
            _ => self.found.any_encoding |= certain,
        }
    }

    /// The path argument of `pkgutil.iter_modules`: which packages it lists.
    fn listed_packages(&mut self, at: TextSize, path: &Expr) {
        let mut finder = PathFinder { aliases: &self.aliases, own: false, packages: Vec::new() };
        finder.visit_expr(path);
        let PathFinder { own, packages, .. } = finder;
        if own {
            self.add(at, own_submodules());
        }
        for package in packages {
            self.add(at, Wanted::Submodules { level: 0, package, prefix: String::new() });
        }
    }

    fn import_text(&mut self, at: TextSize, text: &str, level: u32, need: Need) {
        let dots = text.len() - text.trim_start_matches('.').len();
        let name = &text[dots..];
        if is_dotted_name(name) || (dots > 0 && name.is_empty()) {
            let wanted = Wanted::Module { level: level + dots as u32, name: name.to_string() };
            self.add_as(at, wanted, need);
        }
    }

    fn import_computed(&mut self, at: TextSize, name: &Expr, package: Option<&str>, level: u32, need: Need) {
        let readings = names::readings(name, &self.known);
        if readings.is_empty() {
            if level > 0 {
                self.add_as(at, own_submodules(), need);
            } else {
                self.unknown.get_or_insert((self.line(at), need));
            }
        }
        for parts in readings {
            match parts.as_slice() {
                [Part::Text(text)] => match (package, text.strip_prefix('.')) {
                    (Some(package), Some(rest)) => {
                        let up = rest.len() - rest.trim_start_matches('.').len();
                        let base = ancestor(package, up);
                        self.import_text(at, join(base, &rest[up..]).as_str(), 0, need);
                    }
                    _ => self.import_text(at, text, level, need),
                },
                // `__name__` and a known tail: a submodule, or a sibling.
                [Part::Own, Part::Text(tail)] if tail.starts_with('.') => self.import_text(at, tail, 0, need),
                [Part::Own, Part::Text(middle), ..] if middle.starts_with('.') => {
                    let (package, prefix) = split_prefix(&middle[1..]);
                    self.add_as(at, Wanted::Submodules { level: OWN, package, prefix }, need);
                }
                [Part::Own, ..] => self.add_as(at, own_submodules(), need),
                [Part::Text(head), ..] => {
                    let dots = head.len() - head.trim_start_matches('.').len();
                    let (inner, prefix) = split_prefix(&head[dots..]);
                    let wanted = match package {
                        Some(package) if dots > 0 => {
                            let package = join(ancestor(package, dots - 1), &inner);
                            Wanted::Submodules { level: 0, package, prefix }
                        }
                        _ if dots == 0 && level == 0 && inner.is_empty() => {
                            self.unknown.get_or_insert((self.line(at), need));
                            continue;
                        }
                        _ => Wanted::Submodules { level: level + dots as u32, package: inner, prefix },
                    };
                    self.add_as(at, wanted, need);
                }
                [Part::Hole, Part::Text(middle), rest @ ..] if middle.starts_with('.') && rest.len() < 2 => {
                    let children = !rest.is_empty();
                    let inner = &middle[1..];
                    let inner = if children { inner.strip_suffix('.') } else { Some(inner) };
                    if let Some(inner) = inner.filter(|inner| is_dotted_name(inner)) {
                        self.add_as(at, Wanted::Below { inner: inner.to_string(), children }, Need::Guarded);
                    }
                    self.unknown.get_or_insert((self.line(at), need));
                }
                _ => {
                    self.unknown.get_or_insert((self.line(at), need));
                }
            }
        }
    }

    /// A module imports something of whose name nothing is known: its own submodules if it is a package, and whatever its
    /// string constants name.
    fn finish(mut self, is_package: bool) -> Scan {
        if let Some((line, _)) = self.unknown {
            let mut add = |wanted| self.found.imports.push(Import { wanted, line, need: Need::Guarded });
            if is_package {
                add(own_submodules());
            }
            for text in &self.dotted_texts {
                match text.strip_suffix('.') {
                    Some(package) => {
                        add(Wanted::Submodules { level: 0, package: package.to_string(), prefix: String::new() });
                    }
                    None => add(Wanted::Maybe { name: text.clone() }),
                }
            }
        }
        self.found.computes = self.unknown.is_some();
        self.found.asks_platform = self.asks.get();
        if !self.makes_modules {
            self.found.rows.clear();
        }
        self.found.texts = self.dotted_texts.into_iter().filter(|text| !text.ends_with('.')).collect();
        self.found
    }
}

impl<'a> Visitor<'a> for Scanner<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.visit_stmt(stmt);
            if self.leaves(stmt) {
                break;
            }
        }
    }

    /// What has type parameters is made with the help of `typing` (PEP 695).
    fn visit_type_params(&mut self, type_params: &'a TypeParams) {
        self.add(type_params.start(), Wanted::Module { level: 0, name: "typing".into() });
        visitor::walk_type_params(self, type_params);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // A docstring: what it imports are examples.
            Stmt::Expr(text) if matches!(&*text.value, Expr::StringLiteral(_)) => {}
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.to_string();
                    let (local, full) = match &alias.asname {
                        Some(local) => (local.to_string(), name.clone()),
                        None => {
                            let top = name.split('.').next().unwrap_or(&name).to_string();
                            (top.clone(), top)
                        }
                    };
                    self.aliases.insert(local, full);
                    self.add(alias.start(), Wanted::Module { level: 0, name });
                }
            }
            Stmt::ImportFrom(from) => {
                let module = from.module.as_ref().map(|m| m.to_string()).unwrap_or_default();
                let names: Vec<String> = from.names.iter().map(|a| a.name.to_string()).collect();
                for alias in &from.names {
                    let local = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    let dots = ".".repeat(from.level as usize);
                    let separator = if module.is_empty() { "" } else { "." };
                    self.aliases.insert(local, format!("{dots}{module}{separator}{}", alias.name));
                }
                self.add(from.start(), Wanted::Names { level: from.level, module, names });
            }
            Stmt::If(s) => self.visit_if(s),
            Stmt::Try(s) => self.visit_try(s),
            Stmt::For(s) => self.visit_for(s),
            Stmt::Match(s) => self.visit_match(s),
            Stmt::While(_) => self.conditional(|s| visitor::walk_stmt(s, stmt)),
            Stmt::With(with) => {
                let guarded = with.items.iter().any(|item| match &item.context_expr {
                    Expr::Call(call) => {
                        self.dotted(&call.func).is_some_and(|n| n.ends_with("suppress"))
                            && call.arguments.args.iter().any(|a| self.catches_import_errors(a))
                    }
                    _ => false,
                });
                self.guards += u32::from(guarded);
                visitor::walk_stmt(self, stmt);
                self.guards -= u32::from(guarded);
            }
            Stmt::FunctionDef(f) => {
                for decorator in &f.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(type_params) = &f.type_params {
                    self.visit_type_params(type_params);
                }
                self.visit_parameters(&f.parameters);
                // A guard around the definition does not guard the calls.
                let outer = (std::mem::take(&mut self.guards), self.known.clone());
                self.functions += 1;
                self.visit_body(&f.body);
                self.functions -= 1;
                (self.guards, self.known) = outer;
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.learn_decided(target, &assign.value);
                    self.learn(target, &assign.value);
                }
                visitor::walk_stmt(self, stmt);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.learn(&assign.target, value);
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(s) => {
                let text = s.value.to_str();
                for name in names::imported_in_text(text) {
                    self.add_as(s.start(), Wanted::Text { name }, Need::Guarded);
                }
                // A template whose end is filled in is a prefix.
                let text = ["%s", "{}"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
                if text.len() < 120 && text.contains('.') && is_dotted_name(text.strip_suffix('.').unwrap_or(text)) {
                    self.dotted_texts.insert(text.to_string());
                }
            }
            Expr::Call(call) => {
                self.call(call);
                let row: Vec<String> = call.arguments.args.iter().filter_map(text_of).map(str::to_string).collect();
                if row.len() > 1 && call.arguments.args.first().and_then(text_of).is_some() {
                    self.found.rows.push(row);
                }
                visitor::walk_expr(self, expr);
            }
            Expr::Attribute(a) if matches!(a.attr.as_str(), "modules" | "meta_path") => {
                self.makes_modules |= self.dotted(&a.value).is_some_and(|of| of == "sys");
                visitor::walk_expr(self, expr);
            }
            Expr::Lambda(_) => {
                self.functions += 1;
                visitor::walk_expr(self, expr);
                self.functions -= 1;
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let generators = match expr {
                    Expr::ListComp(c) => &c.generators,
                    Expr::SetComp(c) => &c.generators,
                    Expr::DictComp(c) => &c.generators,
                    Expr::Generator(c) => &c.generators,
                    _ => unreachable!("matched above"),
                };
                for generator in generators {
                    self.learn(&generator.target, &generator.iter);
                }
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

impl Scanner<'_> {
    /// Whether control never gets past this statement: a `raise`, a `return`, or an `if` decided to end so.
    fn leaves(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Raise(_) | Stmt::Return(_) => true,
            Stmt::If(s) => self.decide(&s.test) == Some(true) && s.body.last().is_some_and(|last| self.leaves(last)),
            _ => false,
        }
    }
}

/// Finds a name out of a table.
struct NameFinder<'s> {
    names: &'s HashMap<String, Option<bool>>,
    found: bool,
}

impl<'a> Visitor<'a> for NameFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(n) => self.found |= self.names.contains_key(n.id.as_str()),
            _ => visitor::walk_expr(self, expr),
        }
    }
}

/// Finds the packages whose `__path__` or folder an expression mentions.
struct PathFinder<'s> {
    aliases: &'s HashMap<String, String>,
    own: bool,
    packages: Vec<String>,
}

impl<'a> Visitor<'a> for PathFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(n) if matches!(n.id.as_str(), "__path__" | "__file__") => self.own = true,
            Expr::Attribute(a) if matches!(a.attr.as_str(), "__path__" | "__file__") => {
                if let Some(package) = dotted(self.aliases, &a.value) {
                    self.packages.push(package);
                }
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

fn dotted(aliases: &HashMap<String, String>, expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(n) => Some(aliases.get(n.id.as_str()).cloned().unwrap_or_else(|| n.id.to_string())),
        Expr::Attribute(a) => Some(format!("{}.{}", dotted(aliases, &a.value)?, a.attr)),
        _ => None,
    }
}

fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(c) = test else { return false };
    let [right] = &*c.comparators else { return false };
    let is_text = |e: &Expr| text_of(e) == Some("__main__");
    (is_dunder_name(&c.left) && is_text(right)) || (is_text(&c.left) && is_dunder_name(right))
}

/// The texts that a pattern fits; `Some(None)` for one that fits everything, `None` for one of another kind.
fn case_texts(pattern: &Pattern) -> Option<Option<Vec<String>>> {
    match pattern {
        Pattern::MatchValue(value) => literals(&value.value).map(Some),
        Pattern::MatchAs(all) if all.pattern.is_none() => Some(None),
        Pattern::MatchOr(any) => {
            let texts = any.patterns.iter().map(case_texts).collect::<Option<Option<Vec<_>>>>()?;
            Some(texts.map(|texts| texts.concat()))
        }
        _ => None,
    }
}

fn is_dunder_name(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(n) if n.id.as_str() == "__name__")
}

fn own_submodules() -> Wanted {
    Wanted::Submodules { level: OWN, package: String::new(), prefix: String::new() }
}

/// The argument at a position or of a name.
fn argument<'a>(call: &'a ExprCall, position: usize, name: &str) -> Option<&'a Expr> {
    let by_name = call.arguments.keywords.iter().find(|k| k.arg.as_ref().is_some_and(|a| a.as_str() == name));
    by_name.map(|k| &k.value).or_else(|| call.arguments.args.get(position))
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(s) => Some(s.value.to_str()),
        _ => None,
    }
}

fn small_number(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::NumberLiteral(n) => match &n.value {
            rustpython_ast::Number::Int(i) => i.as_u32(),
            _ => None,
        },
        _ => None,
    }
}

/// `a.b.pre` of `a.b.prefix` is package `a.b` and prefix `pre`.
fn split_prefix(text: &str) -> (String, String) {
    match text.rsplit_once('.') {
        Some((package, prefix)) => (package.to_string(), prefix.to_string()),
        None => (String::new(), text.to_string()),
    }
}

/// The package `up` levels above another.
fn ancestor(package: &str, up: usize) -> &str {
    let mut name = package;
    for _ in 0..up {
        name = name.rsplit_once('.').map_or("", |(above, _)| above);
    }
    name
}

fn join(package: &str, name: &str) -> String {
    match (package.is_empty(), name.is_empty()) {
        (true, _) => name.to_string(),
        (_, true) => package.to_string(),
        _ => format!("{package}.{name}"),
    }
}
