//! The stubs and the library that freeze has at hand: inside itself, or in files beside it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use freeze_payload::header;

use crate::error::{Error, Result};
use crate::graph::target::Target;
use crate::stdlib::Stdlib;

/// What `FREEZE_STUB` named when freeze was built: the host's stub.
static EMBEDDED_STUB: Option<(u64, &[u8])> = include!(concat!(env!("OUT_DIR"), "/stub.rs"));
/// What `FREEZE_STDLIB` named when freeze was built: the library.
static EMBEDDED_STDLIB: Option<(u64, &[u8])> = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
/// The target of the embedded stub.
const EMBEDDED_TARGET: &str = env!("FREEZE_STUB_TARGET");

/// A stub: the executable that frozen programs for one target begin with.
#[derive(Debug)]
pub struct Stub {
    pub target: Target,
    /// Where it comes from, for messages.
    pub path: PathBuf,
    pub bytes: Cow<'static, [u8]>,
}

/// A checksum of a stub or library, to tell versions apart. For embedded ones it was computed when freeze was built: reading
/// all of them at every start takes longer than a small program runs.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let embedded = [EMBEDDED_STUB, EMBEDDED_STDLIB].into_iter().flatten();
    match embedded.into_iter().find(|(_, known)| std::ptr::eq(*known, bytes)) {
        Some((sum, _)) => sum,
        None => u64::from(crc32fast::hash(bytes)),
    }
}

/// The folder that `$FREEZE_STUBS` names: it comes before what is embedded.
fn named_folder() -> Option<PathBuf> {
    std::env::var_os("FREEZE_STUBS").filter(|d| !d.is_empty()).map(PathBuf::from)
}

/// The folders that may hold what is not embedded: the executable's own, and `lib/freeze` beside that.
fn near_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
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
    let in_folder =
        |folder: PathBuf| file_names(&wanted).into_iter().map(move |n| folder.join(n)).find(|p| p.is_file());
    let embedded = EMBEDDED_STUB.filter(|_| wanted == EMBEDDED_TARGET);
    let named = named_folder().and_then(in_folder);
    if let (None, Some((_, bytes))) = (&named, embedded) {
        return Ok(Stub { target, path: PathBuf::from("(embedded stub)"), bytes: Cow::Borrowed(bytes) });
    }
    let Some(path) = named.or_else(|| near_folders().into_iter().find_map(in_folder)) else {
        return Err(Error::other(
            format!("no stub for {wanted} is at hand"),
            "`freeze targets` lists those that are; `cargo xtask build` makes the host's, and $FREEZE_STUBS names a \
             folder with more",
        ));
    };
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    check_version(&bytes, &path)?;
    Ok(Stub { target, path, bytes: bytes.into() })
}

/// Refuses a stub that would not run what this freeze writes.
fn check_version(stub: &[u8], path: &Path) -> Result<()> {
    let ours = header::stub_mark();
    let start = &ours[..header::STUB_MARK_NAME.len()];
    let damaged = |message: &str, help: &str| Error::Damaged {
        path: path.to_path_buf(),
        message: message.into(),
        help: help.into(),
    };
    let found = memchr::memmem::find_iter(stub, start).map(|at| stub.get(at..at + ours.len())).collect::<Vec<_>>();
    if found.is_empty() {
        return Err(damaged("not a stub of freeze", "`cargo xtask build` makes one; $FREEZE_STUBS names their folder"));
    }
    if !found.contains(&Some(&ours)) {
        return Err(damaged("this stub is of another version of freeze", "build it anew with `cargo xtask build`"));
    }
    Ok(())
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
    for folder in named_folder().into_iter().chain(near_folders()) {
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
    if let Some((_, bytes)) = EMBEDDED_STUB {
        add(EMBEDDED_TARGET.to_string(), PathBuf::from("(embedded)"), bytes.len() as u64);
    }
    found.sort();
    found
}

/// The standard library.
pub fn stdlib() -> Result<Stdlib> {
    let (bytes, path) = stdlib_bytes()?;
    let stdlib = Stdlib::open(bytes, &path)?;
    stdlib.check(&path)?;
    Ok(stdlib)
}

/// The archive of the standard library, and where it comes from.
pub fn stdlib_bytes() -> Result<(&'static [u8], PathBuf)> {
    let in_folder = |folder: PathBuf| Some(folder.join("freeze-stdlib.zip")).filter(|p| p.is_file());
    let named = named_folder().and_then(in_folder);
    if let (None, Some((_, bytes))) = (&named, EMBEDDED_STDLIB) {
        return Ok((bytes, PathBuf::from("(embedded library)")));
    }
    let Some(path) = named.or_else(|| near_folders().into_iter().find_map(in_folder)) else {
        return Err(Error::other(
            "the standard library is not at hand",
            "`cargo xtask stdlib` makes freeze-stdlib.zip; put it beside freeze or into the folder that $FREEZE_STUBS names",
        ));
    };
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    // Read once and used until the process ends.
    Ok((bytes.leak(), path))
}
