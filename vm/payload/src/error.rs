//! What can be wrong with a payload or an archive.

use std::fmt;

/// Why a payload, or a part of it, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// The bytes are no payload at all.
    NotPayload,
    /// The file ends before the payload does.
    Truncated,
    /// The payload was made for another version of the stub.
    Version {
        /// The payload's format and instruction set.
        found: (u32, u32),
        /// The ones that this program reads.
        wanted: (u32, u32),
    },
    /// The content contradicts itself or its checksums; says what.
    Damaged(&'static str),
    /// An entry's content contradicts its checksum.
    DamagedEntry(String),
    /// There is no such entry.
    NoEntry(String),
    /// Two entries of one name were to be written.
    Duplicate(String),
    /// The archive would pass 4 GB, which the format cannot say.
    TooLarge,
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PayloadError::NotPayload => f.write_str("there is no frozen program in this file"),
            PayloadError::Truncated => f.write_str("the frozen program is cut off: the file is incomplete"),
            PayloadError::Version { found, wanted } => write!(
                f,
                "the frozen program is of format {}.{:08x}, this stub reads {}.{:08x}: freeze it again",
                found.0, found.1, wanted.0, wanted.1
            ),
            PayloadError::Damaged(what) => write!(f, "the frozen program is damaged ({what})"),
            PayloadError::DamagedEntry(name) => write!(f, "the frozen program is damaged (entry {name})"),
            PayloadError::NoEntry(name) => write!(f, "the frozen program has no entry {name}"),
            PayloadError::Duplicate(name) => write!(f, "two entries are named {name}"),
            PayloadError::TooLarge => f.write_str("the archive is larger than 4 GB"),
        }
    }
}

impl std::error::Error for PayloadError {}
