//! `freeze run`: the same virtual machine on sources.
//!
//! The stub and the whole library are put together once into an executable `python3.14` in the user's cache folder, in a
//! folder named after their content. That program takes what `python` takes; freeze becomes it. So `sys.executable` in the
//! program is a file that child processes can run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use freeze_bytecode::pyc;
use freeze_payload::write::sha256;

use super::args::Run;
use crate::error::{Error, Result};
use crate::graph::find;
use crate::stdlib::Stdlib;
use crate::stubs::{self, Stub};
use crate::{freeze, output};

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

/// The executable, made if it is not there yet.
fn interpreter() -> Result<PathBuf> {
    let stub = stubs::stub(None)?;
    let library = stubs::stdlib()?;
    let key = key(&stub, &library);
    let Some(cache) = pyc::user_cache_dir() else {
        return make(&std::env::temp_dir().join("freeze").join(key), &stub, &library);
    };
    // Where the cache cannot be written, the folder for temporary files serves.
    make(&cache.join("run").join(&key), &stub, &library)
        .or_else(|_| make(&std::env::temp_dir().join("freeze").join(key), &stub, &library))
}

fn make(folder: &Path, stub: &Stub, library: &Stdlib) -> Result<PathBuf> {
    let path = folder.join(NAME);
    if !path.is_file() {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
        output::write(&path, &[&freeze::interpreter(stub, library)?], true)?;
    }
    Ok(path)
}

/// A name for the pair of stub and library, and for this version of freeze, which decides how they are put together.
fn key(stub: &Stub, library: &Stdlib) -> String {
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    let all = [sha256(&stub.bytes).as_slice(), &library.archive.directory_crc().to_le_bytes(), version].concat();
    sha256(&all).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

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
