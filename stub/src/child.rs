//! Tells a frozen program's own children, started as `[sys.executable, "-c", …]` or `[sys.executable, "-m", …]`.
//!
//! `multiprocessing` and many programs start `sys.executable` as if it were a Python. Under a frozen program that is the
//! program itself, whose user may give it a `-c` or `-m` of its own. What tells the two apart without passing state
//! through the environment: the first comes from a parent that runs the same executable.

use std::ffi::OsString;

use freeze_payload::{Archive, layout};

use crate::cli::{self, CommandLine, Program};

/// What a worker of `multiprocessing` runs. The program's main module has no file that `runpy` could read, so its code comes
/// from where it is frozen; it runs under the name that the library gives it, which keeps `if __name__ == "__main__"` shut.
/// A `__main__.py` has no such guard; as under CPython it is left alone. On Windows the library says nothing of the main module to
/// the workers of a frozen program: there such a program is expected to start anew and to call `freeze_support` itself.
const MAIN_MODULE: &str = "\
import sys
from importlib.machinery import FrozenImporter
from multiprocessing import spawn

def main_module(path_or_name):
    main = sys.modules['__main__']
    if path_or_name.endswith(('__main__', '__main__.py')) or getattr(main, '__file__', None) == path_or_name:
        return
    module = type(sys)('__mp_main__')
    module.__file__ = path_or_name
    spawn.old_main_modules.append(main)
    sys.modules['__main__'] = sys.modules['__mp_main__'] = module
    exec(FrozenImporter.get_code('__main__'), module.__dict__)

spawn._fixup_main_from_path = spawn._fixup_main_from_name = main_module

def prepare(data, prepare=spawn.prepare):
    prepare(data)
    if spawn.WINEXE and 'init_main_from_name' not in data:
        main_module(sys._MEIPASS + '\\\\' + FrozenImporter.get_code('__main__').co_filename)

spawn.prepare = prepare
";

/// What a worker does then.
const WORKER: &str = "spawn.freeze_support()\n";

/// What stands in the code that `multiprocessing` gives its fork server, which loads the main module for the workers.
const FORK_SERVER: &str = "from multiprocessing.forkserver import main;";

/// How `multiprocessing` calls a frozen program to be a worker.
const WORKER_OPTION: &str = "--multiprocessing-fork";

/// The interpreter's command line, if `arguments` are one that this very program wrote.
pub(crate) fn command_line(arguments: &[OsString], archive: &Archive<'_>) -> Option<CommandLine> {
    let line = match arguments.first() {
        Some(first) if first == WORKER_OPTION => interpreter_line(&worker_line(arguments), archive)?,
        Some(_) if arguments.iter().any(|word| word.to_str().is_some_and(|word| word.contains(FORK_SERVER))) => {
            interpreter_line(&fork_server_line(arguments), archive)?
        }
        _ => interpreter_line(arguments, archive)?,
    };
    parent_is_same().then_some(line)
}

/// The arguments of a worker as those of an interpreter.
fn worker_line(arguments: &[OsString]) -> Vec<OsString> {
    let code = format!("{MAIN_MODULE}{WORKER}");
    [OsString::from("-c"), OsString::from(code)].into_iter().chain(arguments.iter().cloned()).collect()
}

/// The arguments of a fork server, which first learns where the main module is.
fn fork_server_line(arguments: &[OsString]) -> Vec<OsString> {
    let word = |word: &OsString| match word.to_str() {
        Some(code) if code.contains(FORK_SERVER) => OsString::from(format!("{MAIN_MODULE}{code}")),
        _ => word.clone(),
    };
    arguments.iter().map(word).collect()
}

/// The command line, if it asks for code or for a module that is in the archive.
fn interpreter_line(arguments: &[OsString], archive: &Archive<'_>) -> Option<CommandLine> {
    let first = arguments.first()?.as_encoded_bytes();
    if first.len() < 2 || first[0] != b'-' {
        return None;
    }
    // The child is sealed as its parent is: the environment is not asked.
    let line = cli::parse(arguments.iter().cloned(), |_| None).ok()?;
    let known = match &line.program {
        Program::Code(_) => true,
        Program::Module(name) => is_bundled(name.to_str()?, archive),
        _ => false,
    };
    known.then_some(line)
}

/// Whether `python -m name` would find something to run.
fn is_bundled(name: &str, archive: &Archive<'_>) -> bool {
    let main = format!("{name}.{}", layout::MAIN_MODULE);
    archive.entry(&layout::module_entry(name, false)).is_some()
        || archive.entry(&layout::module_entry(&main, false)).is_some()
}

/// Whether the parent process runs the same file.
#[cfg(target_os = "linux")]
fn parent_is_same() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let parent = format!("/proc/{}/exe", std::os::unix::process::parent_id());
    match (std::fs::metadata("/proc/self/exe"), std::fs::metadata(parent)) {
        (Ok(own), Ok(parent)) => (own.dev(), own.ino()) == (parent.dev(), parent.ino()),
        _ => false,
    }
}

/// Whether the parent process runs the same file.
#[cfg(not(target_os = "linux"))]
fn parent_is_same() -> bool {
    use freeze_runtime::os::{os_path, process};
    let file = |pid| process::image_of(pid).ok().and_then(|path| std::fs::canonicalize(os_path(&path)).ok());
    let own = std::env::current_exe().ok().and_then(|path| std::fs::canonicalize(path).ok());
    own.is_some() && own == file(process::getppid() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use freeze_payload::write::{ArchiveWriter, Packed};

    #[test]
    fn only_what_can_be_run_is_an_interpreters_line() {
        let mut writer = ArchiveWriter::new();
        writer.add("lib/tool.pyc", Packed::store(&b""[..])).unwrap();
        writer.add("lib/pkg/__main__.pyc", Packed::store(&b""[..])).unwrap();
        let bytes = writer.finish().unwrap();
        let archive = Archive::open(&bytes).unwrap();
        let program = |text: &str| {
            let words: Vec<OsString> = text.split_whitespace().map(OsString::from).collect();
            interpreter_line(&words, &archive).map(|line| line.program)
        };
        assert_eq!(program("-c pass --multiprocessing-fork"), Some(Program::Code("pass".into())));
        assert_eq!(program("-B -I -c pass"), Some(Program::Code("pass".into())));
        let words: Vec<OsString> = ["--multiprocessing-fork", "pipe_handle=5"].map(OsString::from).to_vec();
        let worker = interpreter_line(&worker_line(&words), &archive).expect("a worker's line");
        assert_eq!(worker.program, Program::Code(format!("{MAIN_MODULE}{WORKER}").into()));
        let code = format!("import sys; {FORK_SERVER} main(3, 4)");
        let words: Vec<OsString> = ["-c", &code].map(OsString::from).to_vec();
        let server = interpreter_line(&fork_server_line(&words), &archive).expect("a fork server's line");
        assert_eq!(server.program, Program::Code(format!("{MAIN_MODULE}{code}").into()));
        assert_eq!(program("-m tool x"), Some(Program::Module("tool".into())));
        assert_eq!(program("-m pkg"), Some(Program::Module("pkg".into())));
        for own in ["", "file", "-m other", "-V", "--help", "-", "-x", "-c"] {
            assert_eq!(program(own), None, "{own}");
        }
    }
}
