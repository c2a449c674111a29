//! The stubs and the library that freeze has at hand: inside itself, or in files beside it.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::graph::target::Target;
use crate::stdlib::Stdlib;

/// What `FREEZE_STUB` named when freeze was built: the host's stub.
static EMBEDDED_STUB: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/stub.rs"));
/// What `FREEZE_STDLIB` named when freeze was built: the library.
static EMBEDDED_STDLIB: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
/// The target of the embedded stub.
const EMBEDDED_TARGET: &str = env!("FREEZE_STUB_TARGET");

/// A stub: the executable that frozen programs for one target begin with.
#[derive(Debug)]
pub struct Stub {
    pub target: Target,
    /// Where it comes from, for messages.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// The folders that may hold stubs: `$FREEZE_STUBS`, the executable's own, and `lib/freeze` beside that.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(dir) = std::env::var_os("FREEZE_STUBS").filter(|d| !d.is_empty()) {
        folders.push(PathBuf::from(dir));
    }
    if let Ok(own) = std::env::current_exe()
        && let Some(dir) = own.canonicalize().unwrap_or(own).parent()
    {
        folders.push(dir.to_path_buf());
        folders.push(dir.join("../lib/freeze"));
    }
    folders
}

/// The file names under which a target's stub may lie.
fn file_names(triple: &str) -> Vec<String> {
    let suffix = if triple.contains("windows") { ".exe" } else { "" };
    let mut names = vec![format!("freeze-stub-{triple}{suffix}"), format!("{triple}/freeze-stub{suffix}")];
    if triple == EMBEDDED_TARGET || triple == Target::host_triple() {
        names.push(format!("freeze-stub{suffix}"));
    }
    names
}

/// The stub for a target; the host's if none is named.
pub fn stub(triple: Option<&str>) -> Result<Stub> {
    let wanted = match triple {
        Some(triple) => triple.to_string(),
        None => default_target(),
    };
    let Some(target) = Target::from_triple(&wanted) else {
        return Err(Error::usage(
            format!("unknown target '{wanted}'"),
            "a target is named as in x86_64-unknown-linux-musl; `freeze targets` lists those at hand",
        ));
    };
    for folder in folders() {
        for name in file_names(&wanted) {
            let path = folder.join(name);
            if path.is_file() {
                let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
                return Ok(Stub { target, path, bytes });
            }
        }
    }
    match EMBEDDED_STUB {
        Some(bytes) if wanted == EMBEDDED_TARGET => {
            Ok(Stub { target, path: PathBuf::from("(embedded stub)"), bytes: bytes.to_vec() })
        }
        _ => Err(Error::other(
            format!("no stub for {wanted} is at hand"),
            "`freeze targets` lists those that are; `cargo xtask build` makes the host's, and $FREEZE_STUBS names a \
             folder with more",
        )),
    }
}

/// The target that programs are frozen for when none is named.
pub fn default_target() -> String {
    if EMBEDDED_STUB.is_some() { EMBEDDED_TARGET.to_string() } else { Target::host_triple() }
}

/// All targets of which a stub is at hand, with where it is.
pub fn targets() -> Vec<(String, PathBuf, u64)> {
    let mut found: Vec<(String, PathBuf, u64)> = Vec::new();
    let mut add = |triple: String, path: PathBuf, len: u64| {
        if Target::from_triple(&triple).is_some() && !found.iter().any(|(t, ..)| *t == triple) {
            found.push((triple, path, len));
        }
    };
    for folder in folders() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let len = |p: &Path| std::fs::metadata(p).map(|m| m.len()).unwrap_or(0);
            if path.is_dir() {
                for inner in [path.join("freeze-stub"), path.join("freeze-stub.exe")] {
                    if inner.is_file() {
                        add(name.clone(), inner.clone(), len(&inner));
                    }
                }
            } else if let Some(rest) = name.strip_prefix("freeze-stub") {
                let triple = rest.trim_end_matches(".exe").trim_start_matches('-');
                if triple.is_empty() {
                    add(default_target(), path.clone(), len(&path));
                } else {
                    add(triple.to_string(), path.clone(), len(&path));
                }
            }
        }
    }
    if let Some(bytes) = EMBEDDED_STUB {
        add(EMBEDDED_TARGET.to_string(), PathBuf::from("(embedded)"), bytes.len() as u64);
    }
    found.sort();
    found
}

/// The standard library.
pub fn stdlib() -> Result<Stdlib> {
    for folder in folders() {
        let path = folder.join("freeze-stdlib.zip");
        if path.is_file() {
            let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
            // Read once and used until the process ends.
            let stdlib = Stdlib::open(bytes.leak(), &path)?;
            stdlib.check(&path)?;
            return Ok(stdlib);
        }
    }
    match EMBEDDED_STDLIB {
        Some(bytes) => Stdlib::open(bytes, Path::new("(embedded library)")),
        None => Err(Error::other(
            "the standard library is not at hand",
            "`cargo xtask stdlib` makes freeze-stdlib.zip; put it beside freeze or into the folder that $FREEZE_STUBS names",
        )),
    }
}
