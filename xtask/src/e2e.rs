//! `cargo xtask e2e --target T`: tests/py frozen for a target and run there, through Wine or qemu where it is not this machine's.
//!
//! The outputs are those of the native tests. What can't pass on a platform stands in `tests/e2e/PLATFORM.txt` with its reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::process::{self, End};
use crate::{TaskResult, args::Args, build, paths, pytests};

/// How programs for a target are run here.
struct Runner {
    before: Vec<String>,
    env: Vec<(&'static str, PathBuf)>,
    suffix: &'static str,
    /// `tests/e2e/NAME.txt`
    list: &'static str,
}

/// The library that Wine 8 lacks and Rust's programs want: one function, which another library has under another name.
const RANDOM: &str = "#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
BOOL WINAPI DllMain(HINSTANCE h, DWORD r, LPVOID x) { return TRUE; }
";

/// A prefix of Wine's for the tests, made when it is not there yet.
fn wine_prefix() -> Result<PathBuf, String> {
    let prefix = build::target_dir().join("freeze/wine");
    let library = prefix.join("drive_c/windows/system32/bcryptprimitives.dll");
    if library.is_file() {
        return Ok(prefix);
    }
    fs::create_dir_all(&prefix).map_err(|error| format!("cannot make {}: {error}", prefix.display()))?;
    let run = |command: &mut Command| {
        let done = command.env("WINEPREFIX", &prefix).env("WINEDEBUG", "-all").output();
        match done {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(format!("cannot start {}: {error}", command.get_program().display())),
        }
    };
    run(Command::new("wineboot").arg("-i"))?;
    let source = prefix.join("random.c");
    fs::write(&source, RANDOM).map_err(|error| error.to_string())?;
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    run(compiler.args(["-O2", "-shared", "-o"]).arg(&library).arg(&source).arg("-ladvapi32"))?;
    Ok(prefix)
}

fn runner(triple: &str) -> Result<Runner, String> {
    let plain = |before: &[&str]| Runner {
        before: before.iter().map(|word| (*word).to_owned()).collect(),
        env: Vec::new(),
        suffix: "",
        list: "linux",
    };
    match triple {
        "x86_64-unknown-linux-musl" | "x86_64-unknown-linux-gnu" => Ok(plain(&[])),
        "aarch64-unknown-linux-musl" => Ok(plain(&["qemu-aarch64-static"])),
        // The loader and the C library of the other processor: Debian's package libc6-arm64-cross.
        "aarch64-unknown-linux-gnu" => Ok(plain(&["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"])),
        "x86_64-pc-windows-gnu" => Ok(Runner {
            before: vec!["wine".to_owned()],
            env: vec![("WINEPREFIX", wine_prefix()?), ("WINEDEBUG", "-all".into())],
            suffix: ".exe",
            list: "windows",
        }),
        _ => Err(format!("{triple}: programs for it can't be run here")),
    }
}

/// Names of tests that can't pass there, with the reason.
fn left_out(list: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(paths::root().join("tests/e2e").join(format!("{list}.txt"))).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(name, why)| (name.to_owned(), why.trim().to_owned())).collect()
}

/// `cargo xtask e2e --target T [--bin PATH] [filters…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let triple = args.option("--target")?.ok_or("--target says for which target")?;
    let python = paths::binary_or(args.option("--bin")?)?;
    let quiet = args.flag("--quiet");
    let runner = runner(&triple)?;
    let known = left_out(runner.list);
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for test in pytests::find(&args.rest()?)? {
        if !test.frozen || known.contains_key(&test.name) {
            skipped += 1;
            continue;
        }
        match one(&test, &python, &triple, &runner) {
            Ok(()) => passed += 1,
            Err(why) => {
                failed += 1;
                let shown = if quiet { why.lines().next().unwrap_or_default() } else { &why };
                println!("FAIL {}: {shown}", test.name);
            }
        }
    }
    println!("{triple}: {passed} passed, {failed} failed, {skipped} skipped");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn one(test: &pytests::Test, python: &paths::Python, triple: &str, runner: &Runner) -> Result<(), String> {
    let folder = pytests::scratch(&test.name)?;
    let program = folder.join(format!("program{}", runner.suffix));
    let result = frozen(test, python, triple, &program).and_then(|()| {
        let mut words = runner.before.iter().map(PathBuf::from).chain([program.clone()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        test.run_with(command, None, &runner.env)
    });
    fs::remove_dir_all(&folder).ok();
    pytests::compare_output(test, &result?)
}

fn frozen(test: &pytests::Test, python: &paths::Python, triple: &str, program: &Path) -> Result<(), String> {
    let mut freeze = Command::new(&python.program);
    freeze.arg(&test.script).args(["--target", triple, "-o"]).arg(program);
    let made = process::run(&mut freeze, b"", Duration::from_secs(120))?;
    if made.end == End::Exit(0) {
        return Ok(());
    }
    Err(format!("freezing: {}\n{}", made.end, String::from_utf8_lossy(&made.stderr)))
}
