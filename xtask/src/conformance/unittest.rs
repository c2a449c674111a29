//! Runs one module as `PYTHON -m unittest -v test.MODULE` and reads from its output what each method did.
//!
//! Ours runs in a virtual environment that has CPython's package `test` among its installed packages, so that the children
//! which tests start as `[sys.executable, "-I", …]` find it too. What the suite marks as CPython's own behaviour
//! (`test.support.cpython_only`, `check_impl_detail`) is run like everything else, because our VM promises CPython's
//! behaviour and messages; the module [`DRIVER`] sees to that. `sys.implementation` is left as it is.
//!
//! When the process dies before its summary, the method that was running is to blame: it is written down, and the
//! methods that had no turn yet are run by name, a bounded number of times.

use crate::paths::Python;
use crate::process::{self, End};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How often a module is taken up again behind a method that killed it.
const RESTARTS: usize = 12;

/// The head of a stand-in that has names.
const MISSING: &str = "\
import unittest
def _missing(*args, **kwargs):
    raise unittest.SkipTest(\"needs an extension of CPython's own\")
def get_config():  # what test.support asks for
    return {'code_debug_ranges': 1}
";

/// `run_suite.py`: `unittest` for which the marks of CPython's own behaviour hold, and which passes over the methods that
/// do not count (one that 3.14 made wait for ever would cost all the others).
const DRIVER: &str = "\
import os, unittest
from test import support
with open(os.path.join(os.path.dirname(__file__), 'left_out.txt')) as file:
    patterns = file.read().split()
names = frozenset(p for p in patterns if not p.endswith('*'))
heads = tuple(p[:-1] for p in patterns if p.endswith('*'))
class Loader(unittest.TestLoader):
    def getTestCaseNames(self, case):
        prefix = f'{case.__module__}.{case.__qualname__}.'.removeprefix('test.')
        all = super().getTestCaseNames(case)
        return [n for n in all if prefix + n not in names and not (prefix + n).startswith(heads)]
unittest.defaultTestLoader = unittest.loader.defaultTestLoader = Loader()
def check_impl_detail(**guards):
    guards, default = support._parse_guards(guards)
    return guards.get('cpython', default)
support.check_impl_detail = check_impl_detail
if __name__ == '__main__':  # and not where a worker of multiprocessing looks for what it is to call
    unittest.main(module=None, testLoader=unittest.defaultTestLoader)
";

/// Private modules of 3.13 that 3.14's library has no more, with what the tests of public modules take from them: the
/// tests of the public part run, those of what is gone stand in `changed_in_3.14.txt`.
const GONE: &[(&str, &str)] = &[
    (
        "test_asyncio",
        // These tests make child watchers before and wait for them after whatever they are about.
        "\
import asyncio
from test import support
support.maybe_get_event_loop_policy = lambda: None
class ChildWatcher:
    def attach_loop(self, loop):
        pass
    def close(self):
        pass
    def is_active(self):
        return True
for kind in ('Safe', 'Fast', 'Threaded', 'Pidfd', 'MultiLoop'):
    watcher = type(f'{kind}ChildWatcher', (ChildWatcher,), {})
    for module in (asyncio, asyncio.unix_events):
        setattr(module, watcher.__name__, watcher)
asyncio.set_child_watcher = lambda watcher: None
asyncio.get_child_watcher = ChildWatcher
policy = asyncio.events._AbstractEventLoopPolicy
policy.set_child_watcher = lambda self, watcher: None
policy.get_child_watcher = lambda self: ChildWatcher()
",
    ),
    (
        "test_pathlib",
        "\
import pathlib, sys, types
abc = types.ModuleType('pathlib._abc')
abc.UnsupportedOperation = pathlib.UnsupportedOperation
for name in ('ParserBase', 'PurePathBase', 'PathBase'):
    setattr(abc, name, type(name, (), {}))
sys.modules['pathlib._abc'] = abc
",
    ),
];

/// Extensions of CPython's own that are replaced by an empty folder where a module imports them at its head.
const STAND_INS: &[&str] =
    &["_testcapi", "_testinternalcapi", "_testlimitedcapi", "_testbuffer", "_testmultiphase", "_testsinglephase"];

/// What runs the modules.
pub(crate) struct Runner {
    pub(crate) python: Python,
    /// The folder that is the package `test`.
    pub(crate) tests: PathBuf,
    /// For a whole module, restarts included.
    pub(crate) limit: Duration,
    /// The file behind `freeze run`, for ours.
    pub(crate) interpreter: Option<PathBuf>,
    /// The patterns of the methods that do not count.
    pub(crate) left_out: Vec<String>,
}

/// What a module did, by method.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) passed: BTreeSet<String>,
    /// Why a method did not pass, in few words.
    pub(crate) reasons: BTreeMap<String, String>,
    pub(crate) status: String,
}

/// Where the environment in the scratch folder keeps its packages.
const SITE: &str = "venv/lib/python3.14/site-packages";

/// A folder that goes away with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(module: &str) -> Result<Scratch, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("freeze-{module}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        for folder in ["cwd", "home", "venv/bin", SITE] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A test may have left something unreadable behind: the system's own cleaning takes it.
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Runner {
    /// A runner for `python`; asks ours for the file that a link in an environment has to lead to.
    pub(crate) fn new(
        python: Python,
        tests: PathBuf,
        limit: Duration,
        left_out: Vec<String>,
    ) -> Result<Runner, String> {
        let mut interpreter = None;
        if python.can_freeze() {
            let mut command = python.command();
            command.args(["-c", "import sys; print(sys._base_executable)"]);
            let outcome = process::run(&mut command, b"", limit)?;
            let path = PathBuf::from(String::from_utf8_lossy(&outcome.stdout).trim());
            if !path.is_file() {
                return Err(format!("{} does not run: {}", python.program.display(), outcome.end));
            }
            interpreter = Some(path);
        }
        Ok(Runner { python, tests, limit, interpreter, left_out })
    }

    /// Runs the module; `expected` names the methods that are worth a restart.
    pub(crate) fn run_module(&self, module: &str, expected: &BTreeSet<String>) -> Result<Report, String> {
        let start = Instant::now();
        let scratch = Scratch::new(module)?;
        let site = scratch.0.join(SITE);
        link(&self.tests, &site.join("test"))?;
        let gone = GONE.iter().find(|gone| gone.0 == module).map_or("", |gone| gone.1);
        write(&site.join("run_suite.py"), &format!("{gone}{DRIVER}"))?;
        write(&site.join("left_out.txt"), &self.left_out.join("\n"))?;
        if let Some(interpreter) = &self.interpreter {
            write(&scratch.0.join("venv/pyvenv.cfg"), "include-system-site-packages = false\n")?;
            link(interpreter, &scratch.0.join("venv/bin/python"))?;
        }
        let mut report = Report { status: "ok".to_owned(), ..Report::default() };
        for (name, wanted) in self.stand_ins(module) {
            let folder = site.join(name);
            fs::create_dir_all(&folder).ok();
            if name == "_testinternalcapi" || !wanted.is_empty() {
                // Only what the module imports by name is there, and whoever calls it is skipped.
                let lines: Vec<String> = wanted.iter().map(|name| format!("{name} = _missing\n")).collect();
                fs::write(folder.join("__init__.py"), format!("{MISSING}{}", lines.concat())).ok();
            }
            println!("{module}: a stand-in for {name} is on the path, with {wanted:?}");
        }
        let mut targets = vec![format!("test.{module}")];
        for _ in 0..RESTARTS {
            let left = self.limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                break;
            }
            let (end, text) = self.once(&targets, &scratch.0, left)?;
            let Parsed { results, running, finished } = parse(&text);
            for (name, result) in results {
                if result == "ok" {
                    report.passed.insert(name);
                } else {
                    report.reasons.insert(name, result);
                }
            }
            report.passed.retain(|name| !report.reasons.contains_key(name));
            if finished && matches!(end, End::Exit(_)) {
                break;
            }
            if report.status == "ok" {
                let culprit = running.as_deref().unwrap_or("import");
                let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
                let last: String = last.chars().take(160).collect();
                report.status = format!("{end} in {culprit}: {last}");
            }
            let Some(culprit) = running else { break };
            report.passed.remove(&culprit);
            report.reasons.insert(culprit, end.to_string());
            targets = expected
                .iter()
                .filter(|name| !report.passed.contains(*name) && !report.reasons.contains_key(*name))
                .filter(|name| !name.contains("__test__") && !name.contains('<'))
                .map(|name| format!("test.{name}"))
                .collect();
            if targets.is_empty() {
                break;
            }
        }
        if report.passed.is_empty() && report.status == "ok" {
            let reason = report.reasons.values().next().map_or("nothing ran", String::as_str);
            report.status = format!("nothing passed: {reason}");
        }
        Ok(report)
    }

    fn once(&self, targets: &[String], scratch: &Path, limit: Duration) -> Result<(End, String), String> {
        let (mut command, module) = match &self.interpreter {
            Some(_) => (Command::new(scratch.join("venv/bin/python")), "run_suite"),
            None => (self.python.command(), "unittest"),
        };
        command.args(["-m", module, "-v"]).args(targets).current_dir(scratch.join("cwd")).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        if self.interpreter.is_none() {
            command.env("PYTHONPATH", scratch.join(SITE));
        }
        command.env("HOME", scratch.join("home"));
        command.env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").env("PYTHONDONTWRITEBYTECODE", "1");
        let outcome = process::run(&mut command, b"", limit)?;
        Ok((outcome.end, String::from_utf8_lossy(&outcome.stderr).into_owned()))
    }

    /// The text of a module and of those of the suite that it imports at its head, which count as well.
    fn with_imported_tests(&self, module: &str) -> String {
        let mut all = String::new();
        let mut names = vec![module.to_owned()];
        names.extend(parts(&self.tests, module));
        let mut next = 0;
        while let Some(name) = names.get(next).cloned() {
            next += 1;
            let place = self.tests.join(name.replace('.', "/"));
            let text = fs::read_to_string(place.with_extension("py"))
                .or_else(|_| fs::read_to_string(place.join("__init__.py")))
                .unwrap_or_default();
            for line in text.lines() {
                let Some(rest) = line.strip_prefix("from test") else { continue };
                let Some((from, what)) = rest.split_once(" import ") else { continue };
                let from = from.trim_start_matches('.');
                let candidates = what.split(',').map(|w| format!("{from}.{}", w.trim())).chain([from.to_owned()]);
                for name in candidates.map(|c| c.trim_matches('.').to_owned()) {
                    if name.starts_with("test_") && !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            all.push_str(&text);
            all.push('\n');
        }
        all
    }

    /// Extensions that the module imports at its head, outside any `try`.
    /// With each the names that the module imports from it.
    fn stand_ins(&self, module: &str) -> Vec<(&'static str, Vec<String>)> {
        if self.python.before.is_empty() {
            return Vec::new();
        }
        let text = self.with_imported_tests(module);
        let imports = |line: &str, name: &str| {
            let depth = line.len() - line.trim_start().len();
            let call = |quote: char| line.contains(&format!("import_module({quote}{name}{quote})"));
            line.strip_prefix("import ")
                .or_else(|| line.strip_prefix("from "))
                .is_some_and(|rest| rest.split([' ', ',']).any(|word| word == name))
                || (depth <= 4 && (call('\'') || call('"')))
        };
        let names = |name: &str| {
            let head = format!("from {name} import ");
            let lists = text.lines().filter_map(|line| line.strip_prefix(head.as_str()));
            lists.flat_map(|list| list.split(',').map(|word| word.trim().to_owned())).collect()
        };
        let imported = STAND_INS.iter().filter(|name| text.lines().any(|line| imports(line, name)));
        imported.map(|name| (*name, names(name))).collect()
    }
}

/// The modules of the package of tests `name`, those of its inner packages included.
fn parts(tests: &Path, name: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(tests.join(name.replace('.', "/"))) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if let Some(module) = file.strip_suffix(".py").filter(|module| *module != "__init__") {
            found.push(format!("{name}.{module}"));
        } else if entry.path().join("__init__.py").is_file() {
            found.extend(parts(tests, &format!("{name}.{file}")));
        }
    }
    found.sort();
    found
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<(), String> {
    std::os::unix::fs::symlink(from, to).map_err(|error| format!("cannot link {}: {error}", to.display()))
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> Result<(), String> {
    std::os::windows::fs::symlink_dir(from, to).map_err(|error| format!("cannot link {}: {error}", to.display()))
}

/// What the output says.
struct Parsed {
    results: BTreeMap<String, String>,
    /// The method that had begun and not ended.
    running: Option<String>,
    /// Whether the summary line was reached.
    finished: bool,
}

/// Reads the verbose output. Tests may write between a method's name and its verdict, so a verdict is looked for at the
/// end of every line while a method runs; the list of failures at the end has the last word.
fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed { results: BTreeMap::new(), running: None, finished: false };
    let mut after_bar = false;
    for line in text.lines() {
        if after_bar {
            after_bar = false;
            if let Some((kind, rest)) = line.split_once(": ")
                && matches!(kind, "FAIL" | "ERROR" | "UNEXPECTED SUCCESS")
                && let Some(name) = method_name(rest)
            {
                parsed.results.insert(name, kind.to_lowercase());
                parsed.running = None;
                continue;
            }
        }
        if line.len() > 60 && line.bytes().all(|byte| byte == b'=') {
            after_bar = true;
            continue;
        }
        if line.starts_with("Ran ") && line.contains(" test") && line.contains(" in ") {
            parsed.finished = true;
            parsed.running = None;
            continue;
        }
        if let Some(name) = method_name(line) {
            parsed.running = Some(name);
        }
        if let Some(name) = &parsed.running
            && let Some(verdict) = verdict(line)
        {
            parsed.results.insert(name.clone(), verdict);
            parsed.running = None;
        }
    }
    parsed
}

/// The method in `test_a (test.test_m.Class.test_a)…`, without the package; doctests give their name apart.
fn method_name(line: &str) -> Option<String> {
    let (word, rest) = line.split_once(" (")?;
    let (path, _) = rest.split_once(')')?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_.<>".contains(c));
    // The doctests of a whole module stand directly in the package.
    if !plain(word) || !plain(path) || !(path.contains('.') || path == "test") {
        return None;
    }
    if path == "test" {
        return Some(format!("{word}.__test__"));
    }
    let path = path.strip_prefix("test.").unwrap_or(path);
    let ends = path.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    Some(if ends { path.to_owned() } else { format!("{path}.{word}") })
}

/// The verdict at the end of `line`, if there is one.
fn verdict(line: &str) -> Option<String> {
    let last = line.rsplit(" ... ").next().unwrap_or(line);
    let skipped = last.starts_with("skipped ");
    match last {
        "ok" | "FAIL" | "ERROR" | "expected failure" | "unexpected success" => {}
        _ if skipped => {}
        // What the test wrote stands directly before its verdict.
        _ if line.contains(" ... ") && last.ends_with("ok") => return Some("ok".to_owned()),
        _ => return None,
    }
    Some(match last {
        "ok" => "ok".to_owned(),
        _ if skipped => last.chars().take(120).collect(),
        other => other.to_lowercase(),
    })
}
