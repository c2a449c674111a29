//! Cache files of compiled sources: `__pycache__/NAME.freeze-314.pyc`, by the rules of PEP 3147 and PEP 552.
//!
//! A file is a 16-byte header and a marshalled code object. The header is a magic number of our own, flags, and either
//! modification time and size of the source or a hash of it. A file that is stale, foreign or damaged counts as absent;
//! nothing here fails because a cache could not be used. Writing is atomic: a reader sees the old file or the new one.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

use crate::code::CodeObject;
use crate::marshal;
use crate::siphash::siphash13;

/// What stands between module name and suffix (`sys.implementation.cache_tag`).
pub const CACHE_TAG: &str = "freeze-314";

/// The first four bytes (`importlib.util.MAGIC_NUMBER`). They change with the instruction set; the top bit of the
/// number keeps clear of CPython's.
pub const MAGIC_NUMBER: [u8; 4] = {
    let number =
        (marshal::TABLE_FINGERPRINT ^ marshal::TABLE_FINGERPRINT >> 16 ^ marshal::FORMAT as u32) as u16 | 0x8000;
    let [low, high] = number.to_le_bytes();
    [low, high, b'\r', b'\n']
};

/// Length of the header.
pub const HEADER_LEN: usize = 16;

/// The flag of files that are checked by hash.
const FLAG_HASHED: u32 = 1;
/// The flag of hashed files whose source is to be looked at before use.
const FLAG_CHECK_SOURCE: u32 = 2;

/// How a cache file tells whether it still fits its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Modification time in seconds and size of the source, both modulo 2^32.
    Time { mtime: u32, size: u32 },
    /// A hash of the source's bytes; `check` says whether to compare it (PEP 552's checked and unchecked files).
    Hash { hash: u64, check: bool },
}

impl Stamp {
    /// The stamp of the source file with this metadata.
    pub fn of_file(metadata: &Metadata) -> Stamp {
        let seconds = match metadata.modified().map(|time| time.duration_since(UNIX_EPOCH)) {
            Ok(Ok(since)) => since.as_secs() as i64,
            Ok(Err(before)) => -(before.duration().as_secs() as i64),
            Err(_) => 0,
        };
        Stamp::Time { mtime: seconds as u32, size: metadata.len() as u32 }
    }

    /// The stamp of these source bytes.
    pub fn of_source(source: &[u8], check: bool) -> Stamp {
        Stamp::Hash { hash: source_hash(source), check }
    }

    /// The header of a cache file with this stamp.
    pub fn header(self) -> [u8; HEADER_LEN] {
        let mut header = [0; HEADER_LEN];
        header[..4].copy_from_slice(&MAGIC_NUMBER);
        match self {
            Stamp::Time { mtime, size } => {
                header[8..12].copy_from_slice(&mtime.to_le_bytes());
                header[12..].copy_from_slice(&size.to_le_bytes());
            }
            Stamp::Hash { hash, check } => {
                let flags = FLAG_HASHED | if check { FLAG_CHECK_SOURCE } else { 0 };
                header[4..8].copy_from_slice(&flags.to_le_bytes());
                header[8..].copy_from_slice(&hash.to_le_bytes());
            }
        }
        header
    }

    /// Splits a cache file into its stamp and the marshalled code; `None` if the header is not one of ours.
    pub fn split(file: &[u8]) -> Option<(Stamp, &[u8])> {
        let (header, code) = file.split_first_chunk::<HEADER_LEN>()?;
        let (words, _) = header.as_chunks::<4>();
        if words[0] != MAGIC_NUMBER {
            return None;
        }
        let flags = u32::from_le_bytes(words[1]);
        let (low, high) = (u32::from_le_bytes(words[2]), u32::from_le_bytes(words[3]));
        let stamp = match flags {
            0 => Stamp::Time { mtime: low, size: high },
            FLAG_HASHED | 3 => {
                Stamp::Hash { hash: u64::from(high) << 32 | u64::from(low), check: flags & FLAG_CHECK_SOURCE != 0 }
            }
            _ => return None,
        };
        Some((stamp, code))
    }
}

/// The hash of a source that PEP 552 files carry (`_imp.source_hash`).
pub fn source_hash(source: &[u8]) -> u64 {
    siphash13(u64::from(u32::from_le_bytes(MAGIC_NUMBER)), 0, source)
}

/// `dir/__pycache__/NAME.freeze-314[.opt-N].pyc` for `dir/NAME.py` (PEP 3147, PEP 488).
pub fn cache_path(source: &Path, optimize: u8) -> Option<PathBuf> {
    let stem = source.file_stem()?.to_str()?;
    let name = match optimize {
        0 => format!("{stem}.{CACHE_TAG}.pyc"),
        level => format!("{stem}.{CACHE_TAG}.opt-{level}.pyc"),
    };
    Some(source.parent()?.join("__pycache__").join(name))
}

/// The same under `prefix`, as `sys.pycache_prefix` does it: for folders that cannot be written.
pub fn cache_path_under(prefix: &Path, source: &Path, optimize: u8) -> Option<PathBuf> {
    let beside = cache_path(source, optimize)?;
    let folder = std::path::absolute(source.parent()?).ok()?;
    let mut path = prefix.to_path_buf();
    path.extend(folder.components().filter(|part| matches!(part, Component::Normal(_))));
    path.push(beside.file_name()?);
    Some(path)
}

/// The user's folder for caches of freeze, if the environment names a home.
pub fn user_cache_dir() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        var("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library/Caches"))
    } else {
        var("XDG_CACHE_HOME").filter(|dir| dir.is_absolute()).or_else(|| var("HOME").map(|home| home.join(".cache")))
    };
    base.map(|dir| dir.join("freeze"))
}

/// The code cached for a source file with this stamp: from `__pycache__` beside it, else from under `fallback`.
///
/// `None` when there is none that fits, for whatever reason. A hashed file fits when its hash is that of `source`,
/// which is called only then; an unchecked one always fits. The code has been verified.
pub fn load(
    path: &Path,
    stamp: Stamp,
    optimize: u8,
    fallback: Option<&Path>,
    source: impl Fn() -> io::Result<Vec<u8>>,
) -> Option<CodeObject> {
    let fits = |found: Stamp| match found {
        Stamp::Hash { check: false, .. } => true,
        Stamp::Hash { hash, check: true } => source().is_ok_and(|bytes| source_hash(&bytes) == hash),
        time => time == stamp,
    };
    let candidates = [cache_path(path, optimize), fallback.and_then(|dir| cache_path_under(dir, path, optimize))];
    candidates.into_iter().flatten().find_map(|file| {
        let bytes = fs::read(file).ok()?;
        let (found, code) = Stamp::split(&bytes)?;
        if fits(found) { crate::load(code).ok() } else { None }
    })
}

/// Caches `code` (marshalled) for the source at `path`: beside it, or under `fallback` if that folder is read-only.
/// Says where, or `None` if neither could be written.
pub fn store(path: &Path, stamp: Stamp, optimize: u8, fallback: Option<&Path>, code: &[u8]) -> Option<PathBuf> {
    let candidates = [cache_path(path, optimize), fallback.and_then(|dir| cache_path_under(dir, path, optimize))];
    candidates.into_iter().flatten().find(|file| {
        let folder = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).is_ok() && write_atomic(file, &[&stamp.header(), code]).is_ok()
    })
}

/// Writes `parts` to `path` so that whoever opens it sees either what was there or all of the new content.
pub fn write_atomic(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let (temp, mut file) = create_beside(path)?;
    let written = parts.iter().try_for_each(|part| file.write_all(part)).and_then(|()| file.flush());
    drop(file);
    let done = written.and_then(|()| fs::rename(&temp, path));
    if done.is_err() {
        // The error that counts is the one above; a file that cannot be removed is left to the user's eyes.
        let _ = fs::remove_file(&temp);
    }
    done
}

/// A new file beside `path` with a name that nobody else uses.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        let temp = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&temp) {
            Ok(file) => return Ok((temp, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
