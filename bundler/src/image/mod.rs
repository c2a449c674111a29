//! Putting a payload into a stub: one implementation per executable format, behind one trait.

pub mod appearance;
mod bytes;
pub mod elf;
pub mod icon;
pub mod macho;
pub mod pe;

#[cfg(test)]
mod testing;

use std::path::{Path, PathBuf};

use freeze_payload::PayloadError;

use crate::error::{Error, Result};
use appearance::Appearance;

/// An executable format that can carry a payload in a container of its own.
pub trait ImageFormat {
    /// The format's name, for messages.
    fn name(&self) -> &'static str;

    /// Whether a file of this format begins like this.
    fn matches(&self, file: &[u8]) -> bool;

    /// The stub with `payload` added, and with everything that the system is to show of the program.
    fn build(&self, stub: &[u8], payload: &[u8], look: &Appearance) -> std::result::Result<Vec<u8>, ImageError>;

    /// The stub with `payload` added, looking as the stub does.
    fn attach(&self, stub: &[u8], payload: &[u8]) -> std::result::Result<Vec<u8>, ImageError> {
        self.build(stub, payload, &Appearance::default())
    }

    /// What a file of this format is for.
    fn machine(&self, file: &[u8]) -> std::result::Result<Machine, ImageError>;

    /// The payload of a file, found through its headers; `None` if it carries none.
    fn payload<'f>(&self, file: &'f [u8]) -> std::result::Result<Option<&'f [u8]>, ImageError>;
}

/// What an executable runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The processors, by their names in target triples; empty for one that freeze does not know.
    pub architectures: Vec<&'static str>,
    /// A part of the triples of its systems.
    pub system: &'static str,
}

impl Machine {
    /// Whether programs for this target run there.
    pub fn serves(&self, triple: &str) -> bool {
        triple.contains(self.system) && self.architectures.iter().any(|arch| triple.split('-').next() == Some(arch))
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let system = self.system.trim_matches('-');
        if self.architectures.is_empty() {
            return write!(f, "another processor ({system})");
        }
        write!(f, "{} ({system})", self.architectures.join(" and "))
    }
}

/// Why a file cannot carry a payload or gives none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError(pub String);

impl std::fmt::Display for ImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ImageError {}

/// All formats that are known.
pub static FORMATS: &[&(dyn ImageFormat + Sync)] = &[&elf::Elf, &pe::Pe, &macho::MachO, &macho::Universal];

/// The executable of a program: of a folder `.app` the one in it.
pub fn program_file(path: &Path) -> PathBuf {
    let inside = std::fs::read_dir(path.join("Contents/MacOS"));
    let mut files: Vec<PathBuf> = inside.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    match (files.pop(), files.is_empty()) {
        (Some(only), true) => only,
        _ => path.to_path_buf(),
    }
}

/// The format of a file.
pub fn format_of(file: &[u8], path: &Path) -> Result<&'static (dyn ImageFormat + Sync)> {
    FORMATS.iter().copied().find(|f| f.matches(file)).ok_or_else(|| Error::Damaged {
        path: path.to_path_buf(),
        message: "not an executable of a known format".into(),
        help: "name a program that freeze made, or a stub".into(),
    })
}

/// The payload of a finished program.
pub fn payload_of<'f>(file: &'f [u8], path: &Path) -> Result<&'f [u8]> {
    let damaged = |message: String, help: &str| Error::Damaged { path: path.to_path_buf(), message, help: help.into() };
    let found = format_of(file, path)?.payload(file).map_err(|e| damaged(e.to_string(), "freeze the program again"))?;
    found.ok_or_else(|| damaged(PayloadError::NotPayload.to_string(), "name a program that freeze made"))
}
