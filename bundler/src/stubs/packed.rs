//! Stubs as `cargo xtask stubs` lays them into a folder: compressed, with a list of their digests.
//!
//! The list `stubs.txt` begins with `freeze stubs 1`; every further line names a stub: its file, target, `lean` or `full`, length,
//! the version of freeze that it was built with, and the SHA-256 of the file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use freeze_payload::write::sha256;

use crate::error::{Error, Result};

/// The name of the list.
const LIST: &str = "stubs.txt";
/// Its first line; `xtask/src/stubs.rs` writes it.
const HEAD: &str = "freeze stubs 1";

/// A compressed stub.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub(super) path: PathBuf,
    pub(super) triple: String,
    pub(super) full: bool,
    /// Its length, unpacked.
    pub(super) len: usize,
    pub(super) version: String,
    /// Of the file, in hexadecimal.
    pub(super) sha256: String,
}

/// The stubs that the list of a folder names, as far as they are there; of each target the lean one first.
pub(super) fn in_folder(folder: &Path) -> Vec<Packed> {
    let Ok(text) = std::fs::read_to_string(folder.join(LIST)) else { return Vec::new() };
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return Vec::new();
    }
    let mut found: Vec<Packed> = lines.filter_map(|line| entry(folder, line)).filter(|p| p.path.is_file()).collect();
    found.sort_by_key(|p| p.full);
    found
}

fn entry(folder: &Path, line: &str) -> Option<Packed> {
    let mut words = line.split_whitespace();
    let mut next = || words.next();
    let (file, triple, kind, len, version, sha256) = (next()?, next()?, next()?, next()?, next()?, next()?);
    Some(Packed {
        path: folder.join(file),
        triple: triple.to_owned(),
        full: kind == "full",
        len: len.parse().ok()?,
        version: version.to_owned(),
        sha256: sha256.to_owned(),
    })
}

impl Packed {
    /// The stub itself, when the file is what the list says and was built with this version of freeze.
    pub(super) fn content(&self) -> Result<Vec<u8>> {
        let damaged = |message: String| Error::Damaged {
            path: self.path.clone(),
            message,
            help: format!("get it anew: {}", super::how_to_get(&self.triple)),
        };
        let own = env!("CARGO_PKG_VERSION");
        if self.version != own {
            return Err(damaged(format!("this stub is of freeze {}, and this is freeze {own}", self.version)));
        }
        let packed = std::fs::read(&self.path).map_err(|e| Error::io("read", &self.path, e))?;
        let digest: String = sha256(&packed).iter().map(|byte| format!("{byte:02x}")).collect();
        if digest != self.sha256 {
            return Err(damaged("its SHA-256 is not the one that its list names".into()));
        }
        let mut content = Vec::with_capacity(self.len);
        match flate2::read::DeflateDecoder::new(&packed[..]).read_to_end(&mut content) {
            Ok(len) if len == self.len => Ok(content),
            _ => Err(damaged("it can't be unpacked to the length that its list names".into())),
        }
    }
}
