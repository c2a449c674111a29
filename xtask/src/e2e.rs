//! `cargo xtask e2e --target T`: tests/py frozen for a target and run there, through Wine or qemu where it is not this machine's.
//! `cargo xtask apps --target T` does the same with the programs from PyPI.
//!
//! The outputs are those of the native tests. What can't pass on a platform stands in `tests/e2e/PLATFORM.txt` with its reason.
//! The stubs are those of `cargo xtask stubs`; where `$FREEZE_STUBS` names a folder, they are taken from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::pytests::{self, Place};
use crate::{TaskResult, args::Args, build, paths, stubs};

/// How programs for a target are run here.
struct Runner {
    /// The command before the program.
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
    // Programs are for Windows 10 and later; Wine 8 says that it is Windows 7.
    run(Command::new("wine").args(["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"]))?;
    let source = prefix.join("random.c");
    fs::write(&source, RANDOM).map_err(|error| error.to_string())?;
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    run(compiler.args(["-O2", "-shared", "-o"]).arg(&library).arg(&source).arg("-ladvapi32"))?;
    Ok(prefix)
}

/// Has the kernel start programs for aarch64 through qemu, so that they can start children: each other, and themselves. Where that
/// is not allowed, only the tests' own programs are started through it, and those with children fail.
fn register_qemu() {
    let folder = Path::new("/proc/sys/fs/binfmt_misc");
    if !folder.join("qemu-aarch64").exists() {
        // Name, kind, offset, the head of an ELF file for that processor, what of it counts, the interpreter, flags.
        let head = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00";
        let mask = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff";
        let line = format!(":qemu-aarch64:M::{head}:{mask}:/usr/bin/qemu-aarch64-static:OCF");
        if fs::write(folder.join("register"), line).is_err() {
            println!("e2e: the kernel could not be told of qemu: programs that start children will fail");
        }
    }
}

fn runner(triple: &str) -> Result<Runner, String> {
    let plain = |before: &[&str]| Runner {
        before: before.iter().map(|word| (*word).to_owned()).collect(),
        env: Vec::new(),
        suffix: "",
        list: if triple.ends_with("musl") { "musl" } else { "linux" },
    };
    if triple.starts_with("aarch64-unknown-linux") {
        register_qemu();
    }
    match triple {
        "x86_64-unknown-linux-musl" | "x86_64-unknown-linux-gnu" => Ok(plain(&[])),
        "aarch64-unknown-linux-musl" => Ok(plain(&["qemu-aarch64-static"])),
        // The loader and the C library of the other processor: Debian's package libc6-arm64-cross.
        "aarch64-unknown-linux-gnu" => {
            let mut runner = plain(&["qemu-aarch64-static"]);
            runner.env.push(("QEMU_LD_PREFIX", "/usr/aarch64-linux-gnu".into()));
            Ok(runner)
        }
        "x86_64-pc-windows-gnu" => Ok(Runner {
            before: vec!["wine".to_owned()],
            env: vec![("WINEPREFIX", wine_prefix()?), ("WINEDEBUG", "-all".into())],
            suffix: ".exe",
            list: "windows",
        }),
        _ => Err(format!("{triple}: programs for it can't be run here")),
    }
}

/// The words and variables that start a program of Windows here.
pub(crate) fn wine() -> Result<(Vec<String>, Vec<(&'static str, PathBuf)>), String> {
    runner("x86_64-pc-windows-gnu").map(|runner| (runner.before, runner.env))
}

/// Why programs for a target can't be run on this machine, where that is so: what is missing.
pub(crate) fn missing(triple: &str) -> Option<String> {
    let there = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let wanted: &[&str] = match triple {
        "x86_64-pc-windows-gnu" => &["wine", "x86_64-w64-mingw32-gcc"],
        "aarch64-unknown-linux-gnu" | "aarch64-unknown-linux-musl" => &["qemu-aarch64-static"],
        _ => &[],
    };
    if let Some(program) = wanted.iter().find(|program| !there(program)) {
        return Some(format!("{program} is not installed"));
    }
    if triple == "aarch64-unknown-linux-gnu" && !Path::new("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1").exists()
    {
        return Some("libc6-arm64-cross is not installed".to_owned());
    }
    let stubs = stubs::listed(&stubs_folder());
    if stubs.iter().any(|stub| stub.triple == triple) {
        return None;
    }
    Some(format!("no stub for {triple} is in {}", stubs_folder().display()))
}

/// Where the stubs lie that programs are frozen with.
pub(crate) fn stubs_folder() -> PathBuf {
    std::env::var_os("FREEZE_STUBS").map_or_else(stubs::folder, PathBuf::from)
}

/// Makes a script that stands for `freeze`: it freezes for the target, and where the program was to be it writes a script that runs
/// it here. Gives its path, or why there is none.
pub(crate) fn freezer(triple: &str, freeze: &Path) -> Result<PathBuf, String> {
    if let Some(why) = missing(triple) {
        return Err(why);
    }
    let runner = runner(triple)?;
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let before: Vec<String> = runner.before.iter().map(|word| quoted(word)).collect();
    let env: Vec<String> =
        runner.env.iter().map(|(name, value)| format!("{name}={}", quoted(&value.to_string_lossy()))).collect();
    let run = format!("env {} {} \"$program\"", env.join(" "), before.join(" "));
    let work = build::target_dir().join("freeze/e2e").join(triple);
    fs::create_dir_all(work.join("bin")).map_err(|error| format!("cannot make {}: {error}", work.display()))?;
    // On Windows lines end otherwise, in what a program prints and in the texts that it writes; the outputs that they are compared
    // with are CPython's on Linux.
    let started = if runner.list == "windows" {
        format!(
            "stamp=\\$(mktemp)\nexec 4>&1 5>&2\n\
             code=\\$({{ {{ {{ {run} \"\\$@\" 3>&- 6>&-; echo \\$? >&3; }} 2>&1 >&6 | sed -z 's/\\r\\n/\\n/g' >&5; }} 6>&1 | sed -z 's/\\r\\n/\\n/g' >&4; }} 3>&1)\n\
             find . -type f -newer \"\\$stamp\" -exec grep -qI . {{}} \\; -exec sed -i -z 's/\\r\\n/\\n/g' {{}} \\;\nrm \"\\$stamp\"\nexit \\$code"
        )
    } else {
        format!("exec {run} \"\\$@\"")
    };
    let script = format!(
        "#!/bin/sh\n# Made by cargo xtask e2e.\nout=; word=\nfor next; do [ \"$word\" = -o ] && out=$next; word=$next; done\n\
         [ -n \"$out\" ] || exec {freeze} \"$@\"\n\
         FREEZE_STUBS={stubs} {freeze} \"$@\" --target {triple} || exit\n\
         program=$(mktemp -d {programs}/XXXXXXXX)/$(basename \"$out\")\nmv \"$out\" \"$program\"\n\
         cat >\"$out\" <<END\n#!/bin/sh\n{started}\nEND\nchmod +x \"$out\"\n",
        freeze = quoted(&freeze.to_string_lossy()),
        stubs = quoted(&stubs_folder().to_string_lossy()),
        programs = quoted(&work.to_string_lossy()),
    );
    let path = work.join("bin/freeze");
    let written = fs::write(&path, script);
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let made = Command::new("chmod").arg("+x").arg(&path).status();
    made.map_err(|error| format!("cannot start chmod: {error}"))?;
    Ok(path)
}

/// Names of tests that can't pass there, with the reason.
fn left_out(list: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(paths::root().join("tests/e2e").join(format!("{list}.txt"))).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(name, why)| (name.to_owned(), why.trim().to_owned())).collect()
}

/// `cargo xtask e2e --target T [--bin PATH] [--jobs N] [--quiet] [filters…]`
pub(crate) fn run(mut args: Args) -> TaskResult {
    let triple = args.option("--target")?.ok_or("--target says for which target")?;
    let python = paths::binary_or(args.option("--bin")?)?;
    let quiet = args.flag("--quiet");
    if let Some(why) = missing(&triple) {
        println!("e2e: skipped: {why}");
        return Ok(ExitCode::SUCCESS);
    }
    let jobs = args.number("--jobs", 2)?;
    let runner = runner(&triple)?;
    let left_out = left_out(runner.list);
    let place = Place {
        target: Some(triple.clone()),
        stubs: Some(stubs_folder()),
        suffix: runner.suffix,
        before: runner.before,
        env: runner.env,
        // Emulated, or through a layer; and stubs that check themselves are slow already.
        slower: if triple.starts_with("x86_64-unknown-linux") { 1 } else { 6 },
    };
    let tests = pytests::find(&args.rest()?)?;
    pytests::run_all(&tests, jobs, quiet, &pytests::known_failures()?, |test| {
        let fits = test.is_for(if triple.contains("windows") { "windows" } else { "linux" });
        (test.frozen && fits && !left_out.contains_key(&test.name))
            .then(|| pytests::check_frozen(test, &python, &place))
    })
}
