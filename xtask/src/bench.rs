//! `cargo xtask bench`: our binary against CPython over `benches/`, interleaved, on this machine.
//!
//! Every program prints a checksum; a run counts only when both print the same. A ratio is CPython's best time divided
//! by ours: above 1 we are faster. `hello` is measured apart: start to exit, peak memory, size of the frozen file.

use crate::process::{self, End};
use crate::{TaskResult, args::Args, paths};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// What one program took on both sides.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) ours: f64,
    pub(crate) theirs: f64,
    /// Why there are no times.
    pub(crate) trouble: Option<String>,
}

/// Start-up figures, ours and theirs.
pub(crate) struct Hello {
    ours: f64,
    theirs: f64,
    our_memory: Option<u64>,
    their_memory: Option<u64>,
    size: Option<u64>,
}

/// `[--bin PATH] [--python PATH] [--rounds N] [--markdown FILE] [--json FILE] [--no-hello] [names…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let ours = paths::binary_or(args.option("--bin")?)?;
    let theirs = paths::cpython(args.option("--python")?)?;
    let rounds = args.number("--rounds", 5)?.max(1);
    let markdown = args.option("--markdown")?;
    let json = args.option("--json")?;
    let with_hello = !args.flag("--no-hello");
    let names = args.rest()?;
    let folder = paths::root().join("benches");
    let programs = programs(&folder, &names)?;
    let mut rows = Vec::new();
    for program in &programs {
        let row = measure_program(program, &ours, &theirs, rounds)?;
        println!("{}", line_of(&row));
        rows.push(row);
    }
    let mean = geometric_mean(&rows);
    println!("{:<20} {:>10} {:>10} {mean:>7.2}  over {} programs", "geometric mean", "", "", counted(&rows));
    let hello = if with_hello { Some(measure_hello(&folder.join("hello.py"), &ours, &theirs)?) } else { None };
    if let Some(hello) = &hello {
        print!("{}", hello_text(hello));
    }
    if let Some(path) = markdown {
        write_file(&path, &as_markdown(&rows, mean, hello.as_ref()))?;
    }
    if let Some(path) = json {
        write_file(&path, &as_json(&rows, mean, hello.as_ref()))?;
    }
    Ok(if rows.iter().all(|row| row.trouble.is_none()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The programs whose names are asked for, or all but `hello`.
fn programs(folder: &Path, names: &[String]) -> Result<Vec<PathBuf>, String> {
    let mut found = paths::python_files(folder)?;
    found.retain(|path| {
        let name = stem(path);
        name != "hello" && !name.starts_with('_') && (names.is_empty() || names.contains(&name))
    });
    match names.iter().find(|name| !found.iter().any(|path| stem(path) == **name)) {
        Some(name) => Err(format!("no program {name} in {}", folder.display())),
        None => Ok(found),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs both sides in turn; the first run of each only warms caches.
fn measure_program(program: &Path, ours: &paths::Python, theirs: &Path, rounds: usize) -> Result<Row, String> {
    let name = stem(program);
    let (mut best_ours, mut best_theirs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..=rounds {
        let [mut left, mut right] = [Command::new(theirs), ours.command()];
        let reference = timed(left.arg(program))?;
        let result = timed(right.arg(program))?;
        if reference.end != End::Exit(0) {
            return Err(format!("{name} fails under CPython: {}", String::from_utf8_lossy(&reference.stderr)));
        }
        if result.end != End::Exit(0) || result.stdout != reference.stdout {
            let trouble = if result.end == End::Exit(0) {
                "prints something else".to_owned()
            } else {
                let text = String::from_utf8_lossy(&result.stderr).into_owned();
                format!("{}: {}", result.end, text.lines().last().unwrap_or_default())
            };
            return Ok(Row { name, ours: 0.0, theirs: 0.0, trouble: Some(trouble) });
        }
        best_ours = best_ours.min(result.elapsed.as_secs_f64());
        best_theirs = best_theirs.min(reference.elapsed.as_secs_f64());
    }
    Ok(Row { name, ours: best_ours, theirs: best_theirs, trouble: None })
}

fn timed(command: &mut Command) -> Result<process::Outcome, String> {
    process::run(command.env_remove("PYTHONPATH").env("PYTHONHASHSEED", "0"), b"", Duration::from_secs(60))
}

fn counted(rows: &[Row]) -> usize {
    rows.iter().filter(|row| row.trouble.is_none()).count()
}

pub(crate) fn geometric_mean(rows: &[Row]) -> f64 {
    let logs: Vec<f64> =
        rows.iter().filter(|row| row.trouble.is_none()).map(|row| (row.theirs / row.ours).ln()).collect();
    if logs.is_empty() { 0.0 } else { (logs.iter().sum::<f64>() / logs.len() as f64).exp() }
}

pub(crate) fn line_of(row: &Row) -> String {
    match &row.trouble {
        Some(trouble) => format!("{:<20} FAILS: {trouble}", row.name),
        None => format!(
            "{:<20} {:>9.3} ms {:>9.3} ms {:>7.2}",
            row.name,
            row.theirs * 1000.0,
            row.ours * 1000.0,
            row.theirs / row.ours
        ),
    }
}

/// Freezes hello where the binary can, and measures it against `python3 -I -S`.
fn measure_hello(script: &Path, ours: &paths::Python, theirs: &Path) -> Result<Hello, String> {
    let output = std::env::temp_dir().join(format!("freeze-bench-hello-{}", std::process::id()));
    let mut size = None;
    if ours.can_freeze() {
        let mut freeze = Command::new(&ours.program);
        let made = process::run(freeze.arg(script).arg("-o").arg(&output), b"", Duration::from_secs(120))?;
        if made.end == End::Exit(0) {
            size = fs::metadata(&output).ok().map(|meta| meta.len());
        } else {
            println!("hello could not be frozen ({}); its times are those of a run from source", made.end);
        }
    }
    let our_hello = || {
        if size.is_some() {
            Command::new(&output)
        } else {
            let mut command = ours.command();
            command.arg(script);
            command
        }
    };
    let their_hello = || {
        let mut command = Command::new(theirs);
        command.args(["-I", "-S"]).arg(script);
        command
    };
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        our_times.push(start_to_exit(our_hello())?);
        their_times.push(start_to_exit(their_hello())?);
    }
    let hello = Hello {
        ours: median(&mut our_times),
        theirs: median(&mut their_times),
        our_memory: peak_memory(&our_hello()),
        their_memory: peak_memory(&their_hello()),
        size,
    };
    fs::remove_file(&output).ok();
    Ok(hello)
}

/// Seconds from spawn to exit, with the output thrown away.
fn start_to_exit(mut command: Command) -> Result<f64, String> {
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let start = Instant::now();
    command.status().map_err(|error| format!("cannot start hello: {error}"))?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Peak memory of `command` in KiB, taken by a child of ours whose only child it is (the kernel's figure is a maximum
/// over all children that were waited for).
fn peak_memory(command: &Command) -> Option<u64> {
    let me = std::env::current_exe().ok()?;
    let mut outer = Command::new(me);
    outer.arg("measure").arg(command.get_program()).args(command.get_args());
    let outcome = process::run(&mut outer, b"", Duration::from_secs(60)).ok()?;
    String::from_utf8_lossy(&outcome.stderr).lines().last()?.trim().parse().ok()
}

/// `cargo xtask measure PROGRAM ARGS…`: runs it and prints its peak memory in KiB as the last line of the error output.
pub(crate) fn measure(args: Args) -> TaskResult {
    let words = args.into_words();
    let (program, rest) = words.split_first().ok_or("measure what?")?;
    let status =
        Command::new(program).args(rest).status().map_err(|error| format!("cannot start {program}: {error}"))?;
    match children_peak() {
        Some(kilobytes) => eprintln!("{kilobytes}"),
        None => return Err("this platform does not say".to_owned()),
    }
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(unix)]
fn children_peak() -> Option<i64> {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_CHILDREN).ok().map(|usage| usage.max_rss())
}

#[cfg(not(unix))]
fn children_peak() -> Option<i64> {
    None
}

fn hello_text(hello: &Hello) -> String {
    let kilobytes =
        |value: Option<u64>| value.map_or("?".to_owned(), |value| format!("{:.1} MB", value as f64 / 1024.0));
    let size = hello.size.map_or("not frozen".to_owned(), |size| format!("{:.2} MB", size as f64 / 1_000_000.0));
    format!(
        "hello: {:.2} ms (CPython -I -S {:.2} ms, part {:.2}); peak memory {} (CPython {}); frozen size {size}\n",
        hello.ours * 1000.0,
        hello.theirs * 1000.0,
        hello.ours / hello.theirs,
        kilobytes(hello.our_memory),
        kilobytes(hello.their_memory),
    )
}

pub(crate) fn as_markdown(rows: &[Row], mean: f64, hello: Option<&Hello>) -> String {
    let mut text = String::from("| program | CPython 3.13, ms | freeze, ms | ratio |\n| --- | --- | --- | --- |\n");
    for row in rows {
        // Writing to a string cannot fail.
        let _ = match &row.trouble {
            Some(trouble) => writeln!(text, "| {} | | | fails: {trouble} |", row.name),
            None => writeln!(
                text,
                "| {} | {:.3} | {:.3} | {:.2} |",
                row.name,
                row.theirs * 1000.0,
                row.ours * 1000.0,
                row.theirs / row.ours
            ),
        };
    }
    let _ = writeln!(text, "| **geometric mean** | | | **{mean:.2}** |");
    if let Some(hello) = hello {
        text.push('\n');
        text.push_str(&hello_text(hello));
    }
    text
}

fn as_json(rows: &[Row], mean: f64, hello: Option<&Hello>) -> String {
    let mut text = String::from("{\n  \"programs\": {\n");
    for (number, row) in rows.iter().enumerate() {
        let comma = if number + 1 < rows.len() { "," } else { "" };
        let _ = match &row.trouble {
            Some(trouble) => writeln!(text, "    {:?}: {{\"fails\": {trouble:?}}}{comma}", row.name),
            None => writeln!(
                text,
                "    {:?}: {{\"cpython\": {:.5}, \"freeze\": {:.5}}}{comma}",
                row.name, row.theirs, row.ours
            ),
        };
    }
    let _ = write!(text, "  }},\n  \"geometric_mean\": {mean:.4}");
    if let Some(hello) = hello {
        let number = |value: Option<u64>| value.map_or("null".to_owned(), |value| value.to_string());
        let _ = write!(
            text,
            ",\n  \"hello\": {{\"freeze\": {:.6}, \"cpython\": {:.6}, \"freeze_kib\": {}, \"cpython_kib\": {}, \"size\": {}}}",
            hello.ours,
            hello.theirs,
            number(hello.our_memory),
            number(hello.their_memory),
            number(hello.size)
        );
    }
    text.push_str("\n}\n");
    text
}

fn write_file(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"))
}
