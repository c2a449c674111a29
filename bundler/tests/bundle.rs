//! The command from outside: every folder in `tests/bundle` is a case with steps, every folder in `examples` a program
//! that is frozen and run.
//!
//! A case is copied into an empty folder, and the steps of its `case.toml` run there, one after the other:
//!
//! ```toml
//! [[step]]
//! run = "freeze app.py -o app"    # words; `freeze` is the command under test, `./app` a program in the folder
//! exit = 0                        # the default
//! stdout = "text with [..] for anything"
//! stderr = "…"                    # both may be left out
//! absent = ["app"]                # files that must not be there afterwards
//! ```
//!
//! What a step `freeze … -o FILE` makes is made a second time in another folder, and the bytes are compared. Programs run
//! with an empty environment. `BUNDLE=name` runs the cases whose names contain it.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::stubs;
use toml_edit::{Document, Item, TableLike};

/// What a step may take; freezing with a debug build takes seconds.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(120);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_path_buf()
}

struct Step {
    words: Vec<String>,
    stdin: String,
    exit: i64,
    stdout: Option<String>,
    stderr: Option<String>,
    absent: Vec<String>,
    /// Set where the bytes depend on something else than the sources.
    once: bool,
}

fn steps(case: &Path) -> Vec<Step> {
    let text = std::fs::read_to_string(case.join("case.toml")).expect("every case has a case.toml");
    let document = Document::parse(text.as_str()).unwrap_or_else(|e| panic!("{}: {e}", case.display()));
    let steps = document.get("step").and_then(Item::as_array_of_tables).expect("a case has steps");
    steps.iter().map(|step| read_step(step, case)).collect()
}

fn read_step(step: &dyn TableLike, case: &Path) -> Step {
    for (key, _) in step.iter() {
        let known = ["run", "stdin", "exit", "stdout", "stderr", "absent", "once"];
        assert!(known.contains(&key), "{}: no key {key} in a step", case.display());
    }
    let text = |key: &str| step.get(key).and_then(Item::as_str).map(str::to_string);
    let list = step.get("absent").and_then(Item::as_array);
    Step {
        words: words(&text("run").expect("a step says what to run")),
        stdin: text("stdin").unwrap_or_default(),
        exit: step.get("exit").and_then(Item::as_integer).unwrap_or(0),
        stdout: text("stdout"),
        stderr: text("stderr"),
        absent: list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_string)).collect(),
        once: step.get("once").and_then(Item::as_bool).unwrap_or(false),
    }
}

/// Splits at spaces; quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut open = false;
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => (quote, open) = (Some(c), true),
            (None, ' ') => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (None, c) => word.push(c),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder of the test's own");
    for entry in std::fs::read_dir(from).expect("the case can be read").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            if entry.file_name() != "__pycache__" {
                copy_tree(&entry.path(), &target);
            }
        } else {
            std::fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}

fn run(folder: &Path, words: &[String], stdin: &str) -> Output {
    let mut command;
    match words[0].as_str() {
        "freeze" => {
            command = Command::new(env!("CARGO_BIN_EXE_freeze"));
            command.env_clear().env("FREEZE_STUBS", stubs()).env("XDG_CACHE_HOME", folder.join(".cache"));
        }
        tool if !tool.contains('/') => command = Command::new(tool),
        program => {
            command = Command::new(folder.join(program));
            command.env_clear();
        }
    }
    command.args(&words[1..]).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{words:?} does not start: {e}"));
    let mut input = child.stdin.take().expect("it is piped");
    // A program that reads nothing may be gone already.
    let _ = std::io::Write::write_all(&mut input, stdin.as_bytes());
    drop(input);
    // A watchdog ends a child that hangs: the case then fails by its exit code.
    let pid = child.id().to_string();
    let (done, watch) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        if watch.recv_timeout(LIMIT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &pid]).status();
        }
    });
    let output = child.wait_with_output().expect("it ends");
    drop(done);
    output
}

/// Whether `text` fits a pattern in which `[..]` stands for anything within a line and `[...]` for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let (at, mark, crosses_lines) = match (pattern.find("[..]"), pattern.find("[...]")) {
        (None, None) => return pattern == text,
        (Some(a), Some(b)) if b < a => (b, "[...]", true),
        (None, Some(b)) => (b, "[...]", true),
        (Some(a), _) => (a, "[..]", false),
    };
    let Some(rest) = text.strip_prefix(&pattern[..at]) else { return false };
    let after = &pattern[at + mark.len()..];
    let most = if crosses_lines { rest.len() } else { rest.find('\n').unwrap_or(rest.len()) };
    (0..=most).filter(|i| rest.is_char_boundary(*i)).any(|i| fits(after, &rest[i..]))
}

/// Runs the steps of a case in a folder; gives what went wrong.
fn run_case(name: &str, case: &Path) -> Result<(), String> {
    let (first, second) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (here, there) = (first.path().join("a"), second.path().join("other place"));
    copy_tree(case, &here);
    copy_tree(case, &there);
    for (number, step) in steps(case).iter().enumerate() {
        let output = run(&here, &step.words, &step.stdin);
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*here.to_string_lossy(), "[FOLDER]");
        let (out, err) = (shown(&output.stdout), shown(&output.stderr));
        let fail = |what: String| {
            Err(format!(
                "{name}, step {} ({}): {what}\n--- stdout\n{out}--- stderr\n{err}",
                number + 1,
                step.words.join(" ")
            ))
        };
        let exit = output.status.code().map_or(-1, i64::from);
        if exit != step.exit {
            return fail(format!("exit code {exit}, not {}", step.exit));
        }
        if step.stdout.as_ref().is_some_and(|p| !fits(p, &out)) {
            return fail("standard output differs".into());
        }
        if step.stderr.as_ref().is_some_and(|p| !fits(p, &err)) {
            return fail("standard error differs".into());
        }
        if err.contains("panicked at") {
            return fail("a panic".into());
        }
        if let Some(file) = step.absent.iter().find(|f| here.join(f).exists()) {
            return fail(format!("{file} is there"));
        }
        let is_freeze = step.words[0] == "freeze" && step.exit == 0 && !step.once;
        let made = step.words.iter().position(|w| w == "-o").and_then(|at| step.words.get(at + 1));
        if let (true, Some(made)) = (is_freeze, made) {
            run(&there, &step.words, &step.stdin);
            if std::fs::read(here.join(made)).ok() != std::fs::read(there.join(made)).ok() {
                return fail("a second freeze in another folder gives other bytes".into());
            }
        }
    }
    Ok(())
}

/// `tests/bundle/expected_failures.txt`: `FOLDER/CASE reason`, cases that fail today. One that passes is reported.
fn known_failures() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("tests/bundle/expected_failures.txt")).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').unwrap_or_else(|| panic!("{line}: listed without a reason")))
        .map(|(name, reason)| (name.to_string(), reason.to_string()))
        .collect()
}

fn run_all(folder: &str) {
    let only = std::env::var("BUNDLE").unwrap_or_default();
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root().join(folder))
        .expect("the cases are in the workspace")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.join("case.toml").is_file())
        .collect();
    cases.sort();
    let known = known_failures();
    let mut failed = Vec::new();
    let (mut ran, mut excused) = (0, 0);
    for case in cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.contains(&only) {
            ran += 1;
            let error = run_case(&name, &case).err();
            match (known.get(&format!("{folder}/{name}")), &error) {
                (Some(reason), Some(_)) => {
                    excused += 1;
                    println!("known to fail: {folder}/{name} ({reason})");
                }
                (Some(_), None) => println!("UNEXPECTED PASS {folder}/{name}: take it off expected_failures.txt"),
                (None, _) => failed.extend(error),
            }
        }
    }
    println!("{folder}: {ran} cases, {} failed, {excused} known to fail", failed.len());
    assert!(failed.is_empty(), "\n{}", failed.join("\n\n"));
}

#[test]
fn cases() {
    run_all("tests/bundle");
}

#[test]
fn examples() {
    run_all("examples");
}

#[test]
fn patterns() {
    assert!(fits("a[..]c", "abbbc"));
    assert!(!fits("a[..]c", "ab\nc"));
    assert!(fits("a[...]c", "ab\nc"));
    assert!(!fits("a", "ab"));
    assert_eq!(words("freeze 'a b' \"\" c"), ["freeze", "a b", "", "c"]);
}

/// Every kind of damage to a frozen program gives a message and an exit code, never a crash of ours.
#[test]
fn damaged_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    std::fs::write(here.join("app.py"), "print('hello')\n").expect("it can be written");
    let freeze = |words: &[&str]| run(here, &words.iter().map(|w| w.to_string()).collect::<Vec<_>>(), "");
    let made = freeze(&["freeze", "app.py", "-o", "app"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let whole = std::fs::read(here.join("app")).expect("it was made");
    let at = whole.windows(8).rposition(|w| w == freeze_payload::header::MAGIC).expect("it carries a payload");
    let len = whole.len() - at;
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for cut in [0, 1, 10, 64, at / 2, at, at + 10, at + 71, at + len / 2, whole.len() - 5000, whole.len() - 1] {
        damaged.push(whole[..cut.min(whole.len())].to_vec());
    }
    for flip in [at, at + 8, at + 12, at + 16, at + 24, at + 40, at + 70, at + 80, at + len / 3] {
        let mut copy = whole.clone();
        copy[flip] ^= 0x41;
        damaged.push(copy);
    }
    for (number, bytes) in damaged.iter().enumerate() {
        std::fs::write(here.join("broken"), bytes).expect("it can be written");
        let output = freeze(&["freeze", "inspect", "broken"]);
        let err = String::from_utf8_lossy(&output.stderr);
        let intact = output.status.success() && String::from_utf8_lossy(&output.stdout).contains("(verified)");
        // What lies behind the payload (section names) is no part of it.
        assert!(intact == (bytes.len() > at + len - 5000 && number == 10) || !intact, "damage {number} went unseen");
        assert!(intact || output.status.code() == Some(1), "damage {number}: {:?} {err}", output.status);
        assert!(intact || err.starts_with("freeze: error: "), "damage {number}: {err}");
    }
}

/// A stub of another version, a file that is no stub, and a damaged library are refused before anything is written.
#[test]
fn foreign_stubs() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    std::fs::write(here.join("app.py"), "print('hello')\n").expect("it can be written");
    let stub = std::fs::read(stubs().join("freeze-stub")).expect("the stub is there");
    let library = std::fs::read(stubs().join("freeze-stdlib.zip")).expect("the library is there");
    let mark = freeze_payload::header::stub_mark();
    let at = stub.windows(mark.len()).position(|w| w == mark).expect("the stub says what it reads");
    let mut other = stub.clone();
    other[at + mark.len() - 1] ^= 1;
    let cases: [(&[u8], &[u8], &str); 5] = [
        (&other, &library, "this stub is of another version of freeze"),
        (b"#!/bin/sh\n", &library, "not a stub of freeze"),
        (&mark, &library, "not an executable of a known format"),
        (&stub[..stub.len() / 2], &library, ""),
        (&stub, &library[..library.len() / 2], "not a library of this freeze"),
    ];
    for (stub, library, message) in cases {
        std::fs::write(here.join("freeze-stub"), stub).expect("it can be written");
        std::fs::write(here.join("freeze-stdlib.zip"), library).expect("it can be written");
        let output = Command::new(env!("CARGO_BIN_EXE_freeze"))
            .args(["app.py", "-o", "app"])
            .current_dir(here)
            .env("FREEZE_STUBS", here)
            .output()
            .expect("freeze starts");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.starts_with("freeze: error: ") && err.contains(message) && err.contains("help: "), "{err}");
        assert!(!here.join("app").exists() && std::fs::read_dir(here).expect("a folder").count() == 3, "{err}");
    }
}

/// Of two stubs the larger one is taken for programs that reach a native module which only it has; the report says so.
#[test]
fn two_stubs() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let full = std::fs::read(stubs().join("freeze-stub")).expect("the stub is there");
    assert!(freeze_payload::header::native_modules(&full).contains(&"_sqlite3"), "the stub at hand has everything");
    // The same stub under another list does for one that lacks the module.
    let mut lean = full.clone();
    let name = b"\n_sqlite3\n";
    let at = full.windows(name.len()).position(|w| w == name).expect("the list names it");
    lean[at + 1..at + 9].copy_from_slice(b"_sqlite0");
    std::fs::write(here.join("freeze-stub"), lean).expect("it can be written");
    std::fs::write(here.join("freeze-stub-full"), full).expect("it can be written");
    std::fs::copy(stubs().join("freeze-stdlib.zip"), here.join("freeze-stdlib.zip")).expect("it can be copied");
    let freeze = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_freeze"));
        command.args(words).current_dir(here).env("FREEZE_STUBS", here).env("XDG_CACHE_HOME", here);
        let output = command.output().expect("freeze starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for (source, wanted) in [
        ("print('hello')\n", "stub      the smallest"),
        ("import sqlite3\n", "stub      the full one, for _sqlite3 (imported by sqlite3.dbapi2"),
    ] {
        std::fs::write(here.join("app.py"), source).expect("it can be written");
        freeze(&["app.py", "-o", "app"]);
        let shown = freeze(&["inspect", "app"]);
        assert!(shown.lines().any(|line| line.starts_with(wanted)), "{shown}");
    }
    assert!(freeze(&["run", "-c", "import sqlite3; print(sqlite3.threadsafety)"]).starts_with('3'));
}
