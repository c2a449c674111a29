//! `freeze run`: the same virtual machine on sources.
//!
//! The stub and the whole library are put together once into an executable `python3.14` in the user's cache folder, in a
//! folder named after their content. That program takes what `python` takes; freeze becomes it. So `sys.executable` in the
//! program is a file that child processes can run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use freeze_bytecode::pyc;

use super::args::Run;
use crate::error::{Error, Result};
use crate::graph::find;
use crate::stdlib::Stdlib;
use crate::{freeze, output, stubs};

/// The name of the executable.
const NAME: &str = "python3.14";

/// Runs a program from source. Comes back only if it could not be started.
pub(super) fn run(args: Run) -> Result<()> {
    for (dirs, option) in [(&args.paths, "--paths"), (&args.site_packages, "--site-packages")] {
        if let Some(dir) = dirs.iter().find(|d| !d.is_dir()) {
            return Err(Error::other(format!("{option} {}: there is no such folder", dir.display()), "check the path"));
        }
    }
    let interpreter = interpreter()?;
    let mut words: Vec<OsString> = Vec::new();
    let mut option = |name: &str, dir: &Path| {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
        let mut word = OsString::from(format!("{name}="));
        word.push(dir);
        words.push("-X".into());
        words.push(word);
    };
    for dir in &args.paths {
        option("freeze_path", dir);
    }
    let mut sites = Vec::new();
    for dir in &args.site_packages {
        if dir.join("pyvenv.cfg").is_file() {
            sites.extend(find::site_packages_of(dir));
        } else {
            sites.push(dir.clone());
        }
    }
    if args.site_packages.is_empty()
        && let Some(venv) = std::env::var_os("VIRTUAL_ENV").filter(|v| !v.is_empty())
    {
        sites = find::site_packages_of(Path::new(&venv));
    }
    for site in sites {
        option("freeze_site", &site);
    }
    become_program(Command::new(&interpreter).args(words).args(args.arguments), &interpreter)
}

/// Whether `freeze` was started by the name of a Python, which a link gives it: `python`, `python3`, `python3.14`.
pub(super) fn is_interpreter(name: Option<&OsString>) -> bool {
    let name = name.and_then(|name| Path::new(name).file_name()?.to_str()).unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_prefix("python").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// What `python` does: every word is the interpreter's, and the link is `sys.executable`. An environment around the link is
/// found by the interpreter.
pub(super) fn as_python(words: Vec<OsString>) -> Result<()> {
    let interpreter = interpreter()?;
    let mut words = words.into_iter();
    let name = words.next().unwrap_or_default();
    let mut option = OsString::from("freeze_executable=");
    option.push(typed(&name).unwrap_or_else(|| interpreter.clone()));
    let mut command = Command::new(&interpreter);
    set_name(&mut command, &name);
    become_program(command.arg("-X").arg(option).args(words), &interpreter)
}

/// The file that the user named, absolute.
fn typed(name: &OsStr) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return std::path::absolute(name).ok();
    }
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())?;
    std::path::absolute(found).ok()
}

/// How long an executable that another freeze has made is left in the cache.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// The executable, made if it is not there yet.
fn interpreter() -> Result<PathBuf> {
    let stubs = stubs::stubs(None)?;
    let (library, library_path) = stubs::stdlib_bytes()?;
    // This version of freeze decides how the two are put together.
    let key = [env!("CARGO_PKG_VERSION"), &stubs.fullest_key()?, &stubs::stdlib_key(library)].join("-");
    let cached = pyc::user_cache_dir().map(|cache| cache.join("run"));
    let places: Vec<PathBuf> = cached.into_iter().chain(temporary()).map(|p| p.join(&key)).collect();
    if let Some(path) = places.iter().map(|p| p.join(NAME)).find(|p| p.is_file()) {
        return Ok(path);
    }
    let library = Stdlib::open(library, &library_path)?;
    library.check(&library_path)?;
    let image = freeze::interpreter(&stubs.fullest()?, &library)?;
    // Where the cache cannot be written, the folder for temporary files serves.
    let mut outcome = Err(Error::other("there is no folder for the interpreter", "set HOME or XDG_CACHE_HOME"));
    for folder in &places {
        outcome = write(folder, &image);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// A folder below the one for temporary files that is this user's alone: what lies there will be run.
#[cfg(unix)]
fn temporary() -> Option<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let user = tempfile::tempfile().and_then(|f| f.metadata()).ok()?.uid();
    let folder = std::env::temp_dir().join(format!("freeze-run-{user}"));
    // It may be there already; what counts is whose it is.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    let found = std::fs::symlink_metadata(&folder).ok()?;
    (found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0).then_some(folder)
}

/// Elsewhere the folder for temporary files is the user's own.
#[cfg(not(unix))]
fn temporary() -> Option<PathBuf> {
    Some(std::env::temp_dir().join("freeze-run"))
}

fn write(folder: &Path, image: &[u8]) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
    let path = folder.join(NAME);
    output::write(&path, &[image], true)?;
    if let Some(all) = folder.parent() {
        remove_old(all);
    }
    Ok(path)
}

/// Takes away what other versions left behind long ago. A folder that cannot be removed does no harm.
fn remove_old(all: &Path) {
    for folder in std::fs::read_dir(all).into_iter().flatten().flatten().map(|e| e.path()) {
        let made = std::fs::metadata(folder.join(NAME)).and_then(|m| m.modified());
        if made.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > KEPT)) {
            let _ = std::fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(unix)]
fn set_name(command: &mut Command, name: &OsStr) {
    use std::os::unix::process::CommandExt as _;
    command.arg0(name);
}

/// Elsewhere a program cannot be told another name.
#[cfg(not(unix))]
fn set_name(_: &mut Command, _: &OsStr) {}

#[cfg(unix)]
fn become_program(command: &mut Command, path: &Path) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(Error::io("run", path, command.exec()))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command, path: &Path) -> Result<()> {
    let status = command.status().map_err(|e| Error::io("run", path, e))?;
    if status.success() {
        return Ok(());
    }
    // The program has said what is wrong; its code is ours.
    std::process::exit(status.code().unwrap_or(1))
}
