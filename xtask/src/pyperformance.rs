//! `cargo xtask pyperformance`: the programs of the pyperformance suite, from PyPI, here and under CPython.
//!
//! The suite's wheel and what its programs need are installed with CPython's pip into `target/pyperformance`. What came
//! compiled is taken out again, so that both sides run the same Python; a program that then fails under CPython needs
//! its C extension and does not count. The clock is `benches/pyperformance/pyperf.py` on both sides.

use crate::bench::{Row, as_markdown, geometric_mean, line_of};
use crate::process::{self, End, Outcome};
use crate::{TaskResult, args::Args, paths};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The version of the suite.
const SUITE: &str = "pyperformance==1.14.0";

/// Programs that are not run, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("2to3", "installs what it measures into the interpreter with pip"),
    ("hg_startup", "starts a program of Mercurial's C modules"),
];

/// How long one program may run on one side.
const LIMIT: Duration = Duration::from_secs(180);

/// A program of the suite, with the options of this variant.
struct Program {
    name: String,
    folder: PathBuf,
    options: Vec<String>,
}

/// `[--bin PATH] [--python PATH] [--seconds N] [--markdown FILE] [names…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let ours = paths::binary_or(args.option("--bin")?)?;
    let theirs = paths::Python { program: paths::cpython(args.option("--python")?)?, before: Vec::new() };
    let seconds = args.number("--seconds", 1)?;
    let markdown = args.option("--markdown")?;
    let names = args.rest()?;
    let work = paths::root().join("target/pyperformance");
    let suite = work.join("suite");
    if !suite.is_dir() {
        install(&theirs.program, &suite, &["--no-deps", SUITE])?;
    }
    let mut rows = Vec::new();
    for program in programs(&suite.join("pyperformance/data-files/benchmarks"))? {
        if !names.is_empty() && !names.contains(&program.name) {
            continue;
        }
        if let Some((_, why)) = LEFT_OUT.iter().find(|(name, _)| *name == program.name) {
            println!("{:<32} left out: {why}", program.name);
            continue;
        }
        let measured = needs(&program, &theirs.program, &work).and_then(|needs| {
            let reference = measure(&program, &theirs, &needs, seconds)?;
            Ok((reference, measure(&program, &ours, &needs, seconds)))
        });
        match measured {
            Ok((reference, result)) => {
                for row in rows_of(&program.name, reference, result) {
                    println!("{}", line_of(&row));
                    rows.push(row);
                }
            }
            // What CPython can't run either says nothing about us.
            Err(why) => println!("{:<32} left out: {why}", program.name),
        }
    }
    let mean = geometric_mean(&rows);
    println!("geometric mean {mean:.2} over {} of {}", rows.iter().filter(|r| r.trouble.is_none()).count(), rows.len());
    if let Some(path) = markdown {
        fs::write(&path, as_markdown(&rows, mean, None)).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    Ok(if rows.iter().all(|row| row.trouble.is_none()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One row per result that CPython printed.
fn rows_of(program: &str, reference: Vec<(String, f64)>, result: Result<Vec<(String, f64)>, String>) -> Vec<Row> {
    let found = result.as_deref().unwrap_or_default();
    let rows = reference.iter().enumerate().map(|(at, (name, theirs))| {
        let trouble = match (found.get(at), &result) {
            (Some((other, _)), _) if other == name => None,
            (_, Err(why)) => Some(why.clone()),
            _ => Some("other results than CPython's".to_owned()),
        };
        let name = if reference.len() == 1 { program.to_owned() } else { format!("{program}: {name}") };
        Row { name, ours: found.get(at).map_or(0.0, |(_, time)| *time), theirs: *theirs, trouble }
    });
    rows.collect()
}

/// All programs and their variants, by name.
fn programs(folder: &Path) -> Result<Vec<Program>, String> {
    let mut found = Vec::new();
    for bench in list(folder)?.into_iter().filter(|path| path.join("run_benchmark.py").is_file()) {
        for file in list(&bench)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let own =
                if stem == "pyproject" { bench.file_name().unwrap_or_default().to_string_lossy() } else { stem.into() };
            let name = own.strip_prefix("bm_").unwrap_or(&own).to_owned();
            let text = fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            found.push(Program { name, folder: bench.clone(), options: options(&text) });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The words of `extra_opts = ["…", …]`.
fn options(text: &str) -> Vec<String> {
    let list = text
        .split_once("extra_opts")
        .and_then(|(_, rest)| rest.split_once('['))
        .and_then(|(_, rest)| rest.split_once(']'));
    list.map_or_else(Vec::new, |(words, _)| words.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// The folder with what the program imports, installed when it is first wanted.
fn needs(program: &Program, cpython: &Path, work: &Path) -> Result<PathBuf, String> {
    let wanted = program.folder.join("requirements.txt");
    let folder = work.join("needs").join(program.folder.file_name().unwrap_or_default());
    if wanted.is_file() && !folder.is_dir() {
        install(cpython, &folder, &["-r", &wanted.to_string_lossy()])?;
        remove_compiled(&folder)?;
    }
    Ok(folder)
}

fn install(cpython: &Path, folder: &Path, what: &[&str]) -> Result<(), String> {
    let mut pip = Command::new(cpython);
    pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "--target"]).arg(folder).args(what);
    let done = process::run(&mut pip, b"", Duration::from_secs(600))?;
    if done.end == End::Exit(0) {
        return Ok(());
    }
    fs::remove_dir_all(folder).ok();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(format!("pip install {}: {}", what.join(" "), said.lines().last().unwrap_or("failed")))
}

fn remove_compiled(folder: &Path) -> Result<(), String> {
    for path in list(folder)? {
        if path.is_dir() {
            remove_compiled(&path)?;
        } else if path.extension().is_some_and(|end| end == "so") {
            fs::remove_file(&path).map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

/// Runs the program on one side; gives its results by name.
fn measure(
    program: &Program,
    side: &paths::Python,
    needs: &Path,
    seconds: usize,
) -> Result<Vec<(String, f64)>, String> {
    let path = [&paths::root().join("benches/pyperformance"), needs].map(|path| path.to_string_lossy().into_owned());
    let mut command = side.command();
    command.arg(program.folder.join("run_benchmark.py")).args(&program.options).current_dir(&program.folder);
    command.env("PYTHONPATH", path.join(":")).env("PYTHONHASHSEED", "0").env("PYPERF_SECONDS", seconds.to_string());
    let done = process::run(&mut command, b"", LIMIT)?;
    let results: Vec<(String, f64)> = String::from_utf8_lossy(&done.stdout).lines().filter_map(result_of).collect();
    if done.end == End::Exit(0) && !results.is_empty() { Ok(results) } else { Err(why(&done)) }
}

fn result_of(line: &str) -> Option<(String, f64)> {
    let (name, time) = line.strip_prefix("result: ")?.rsplit_once(' ')?;
    Some((name.to_owned(), time.parse().ok()?))
}

fn why(done: &Outcome) -> String {
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    format!("{}: {}", done.end, said.lines().last().unwrap_or("no result"))
}
