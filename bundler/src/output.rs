//! Writing results: aside first, then under the final name, so that nobody ever sees half a file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Checks early that `path` can become a file, before any work is done for it.
pub fn check_target(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::usage(
            format!("the output {} is a folder", path.display()),
            format!("name a file: -o {}", path.join("app").display()),
        ));
    }
    // What is there and is no file (a device, a pipe) is not ours to replace.
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return Err(Error::usage(
            format!("the output {} is not a file", path.display()),
            "choose another output with -o",
        ));
    }
    let folder = folder_of(path);
    match std::fs::metadata(&folder) {
        Ok(m) if m.is_dir() => Ok(()),
        Ok(_) => Err(Error::other(
            format!("cannot write {}: {} is not a folder", path.display(), folder.display()),
            "choose another output with -o",
        )),
        Err(_) => Err(Error::other(
            format!("cannot write {}: there is no folder {}", path.display(), folder.display()),
            "make the folder first, or choose another output with -o",
        )),
    }
}

/// A file of a folder that is written as one.
pub struct Part<'a> {
    /// Its path in the folder, joined by `/`.
    pub path: &'a str,
    pub content: &'a [u8],
    pub executable: bool,
}

/// Checks early that `path` can become a folder `.app`: one that is there is replaced, if it is one of those.
pub fn check_bundle(path: &Path) -> Result<()> {
    if path.is_dir() && !path.join("Contents").is_dir() && std::fs::read_dir(path).is_ok_and(|mut d| d.next().is_some())
    {
        return Err(Error::usage(
            format!("the output {} is a folder with something else in it", path.display()),
            "choose another output with -o",
        ));
    }
    if path.is_dir() { Ok(()) } else { check_target(path) }
}

/// Writes a folder as one: aside first, then under its name, in place of what stood there.
pub fn write_folder(path: &Path, parts: &[Part<'_>]) -> Result<()> {
    let fail = |e| Error::io("write", path, e);
    let aside = tempfile::Builder::new().prefix(".freeze-").tempdir_in(folder_of(path)).map_err(fail)?;
    let new = aside.path().join("new");
    for part in parts {
        let file = new.join(part.path);
        std::fs::create_dir_all(folder_of(&file)).map_err(fail)?;
        write(&file, &[part.content], part.executable)?;
    }
    if path.is_file() {
        std::fs::remove_file(path).map_err(fail)?;
    } else if path.exists() {
        std::fs::rename(path, aside.path().join("old")).map_err(fail)?;
    }
    std::fs::rename(&new, path).map_err(fail)
}

/// Writes a file atomically. Executables get mode 755.
pub fn write(path: &Path, parts: &[&[u8]], executable: bool) -> Result<()> {
    let fail = |e| Error::io("write", path, e);
    let mut file = tempfile::Builder::new().prefix(".freeze-").tempfile_in(folder_of(path)).map_err(fail)?;
    for part in parts {
        file.write_all(part).map_err(fail)?;
    }
    set_mode(file.as_file(), if executable { 0o755 } else { 0o644 }).map_err(fail)?;
    file.persist(path).map_err(|e| Error::io("write", path, e.error))?;
    Ok(())
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &std::fs::File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}
