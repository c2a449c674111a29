//! The stubs and the library that freeze has at hand: inside itself, or in files beside it.

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use freeze_payload::header;

use crate::error::{Error, Result};
use crate::graph::target::Target;
use crate::stdlib::Stdlib;

/// A file inside freeze.
struct Embedded {
    /// A checksum of the content, computed when freeze was built: reading all of it at every start takes longer than a small
    /// program runs.
    sum: u64,
    /// The length of the content.
    len: usize,
    /// Whether it is compressed.
    packed: bool,
    bytes: &'static [u8],
}

/// What `FREEZE_STUB` named when freeze was built: the host's stub.
static EMBEDDED_STUB: Option<Embedded> = include!(concat!(env!("OUT_DIR"), "/stub.rs"));
/// What `FREEZE_STUB_FULL` named: the host's stub with all native modules, where that is another one.
static EMBEDDED_FULL_STUB: Option<Embedded> = include!(concat!(env!("OUT_DIR"), "/full_stub.rs"));
/// What `FREEZE_STDLIB` named: the library.
static EMBEDDED_STDLIB: Option<Embedded> = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
/// The target of the embedded stubs.
const EMBEDDED_TARGET: &str = env!("FREEZE_STUB_TARGET");

impl Embedded {
    fn content(&self) -> Result<Cow<'static, [u8]>> {
        if !self.packed {
            return Ok(Cow::Borrowed(self.bytes));
        }
        let mut content = Vec::with_capacity(self.len);
        match flate2::read::DeflateDecoder::new(self.bytes).read_to_end(&mut content) {
            Ok(len) if len == self.len => Ok(content.into()),
            _ => Err(Error::other("the stub inside freeze is damaged", "install freeze again")),
        }
    }
}

/// A stub: the executable that frozen programs for one target begin with.
#[derive(Debug)]
pub struct Stub {
    pub target: Target,
    /// Where it comes from, for messages.
    pub path: PathBuf,
    pub bytes: Cow<'static, [u8]>,
    /// Native modules that are wanted and made it this stub instead of a smaller one.
    pub chosen_for: Vec<String>,
}

/// The stubs for one target that lie in one place. They differ in the native modules that they have.
pub struct Stubs {
    pub target: Target,
    /// The smaller one first; at least one.
    places: Vec<Place>,
}

/// Where a stub is.
enum Place {
    Embedded(&'static Embedded),
    File(PathBuf),
}

impl Place {
    fn load(&self, target: &Target) -> Result<Stub> {
        let (path, bytes) = match self {
            Place::Embedded(embedded) => (PathBuf::from("(embedded stub)"), embedded.content()?),
            Place::File(path) => {
                let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
                check_version(&bytes, path)?;
                (path.clone(), bytes.into())
            }
        };
        Ok(Stub { target: target.clone(), path, bytes, chosen_for: Vec::new() })
    }
}

impl Stubs {
    /// The smallest stub that has the native modules `wanted`, as far as any of these has them.
    pub fn with_modules<'a>(&self, wanted: impl Iterator<Item = &'a str>) -> Result<Stub> {
        let mut best = self.places[0].load(&self.target)?;
        let mut missing: Vec<&str> = {
            let has = header::native_modules(&best.bytes);
            wanted.filter(|name| !has.contains(name)).collect()
        };
        for place in &self.places[1..] {
            if missing.is_empty() {
                break;
            }
            let mut larger = place.load(&self.target)?;
            let has = header::native_modules(&larger.bytes);
            let (found, left): (Vec<&str>, Vec<&str>) = missing.iter().partition(|name| has.contains(name));
            if !found.is_empty() {
                larger.chosen_for = found.into_iter().map(str::to_owned).collect();
                missing = left;
                best = larger;
            }
        }
        Ok(best)
    }

    /// The stub with the most native modules.
    pub fn fullest(&self) -> Result<Stub> {
        self.last().load(&self.target)
    }

    /// A name for the content of that stub.
    pub fn fullest_key(&self) -> Result<String> {
        Ok(match self.last() {
            Place::Embedded(embedded) => key(embedded.sum, embedded.len),
            Place::File(path) => {
                let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
                key(u64::from(crc32fast::hash(&bytes)), bytes.len())
            }
        })
    }

    fn last(&self) -> &Place {
        self.places.last().expect("there is at least one stub")
    }
}

fn key(sum: u64, len: usize) -> String {
    format!("{sum:x}-{len:x}")
}

/// A name for the content of the library.
pub(crate) fn stdlib_key(bytes: &'static [u8]) -> String {
    match &EMBEDDED_STDLIB {
        Some(known) if std::ptr::eq(known.bytes, bytes) => key(known.sum, known.len),
        _ => key(u64::from(crc32fast::hash(bytes)), bytes.len()),
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
fn file_names(name: &str, triple: &str) -> Vec<String> {
    let suffix = if triple.contains("windows") { ".exe" } else { "" };
    let mut names = vec![format!("{name}-{triple}{suffix}"), format!("{triple}/{name}{suffix}")];
    if triple == EMBEDDED_TARGET || triple == Target::host_triple() {
        names.push(format!("{name}{suffix}"));
    }
    names
}

/// The names of stubs, the smaller one first.
const NAMES: [&str; 2] = ["freeze-stub", "freeze-stub-full"];

/// The stubs for a target that lie in a folder.
fn in_folder(folder: &Path, triple: &str) -> Vec<Place> {
    let find = |name| file_names(name, triple).into_iter().map(|n| folder.join(n)).find(|p| p.is_file());
    NAMES.into_iter().filter_map(find).map(Place::File).collect()
}

/// The stubs for a target; the host's if none is named.
pub fn stubs(triple: Option<&str>) -> Result<Stubs> {
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
    let found = |places: Vec<Place>| (!places.is_empty()).then_some(places);
    let embedded = || {
        let own = [&EMBEDDED_STUB, &EMBEDDED_FULL_STUB].into_iter().flatten().map(Place::Embedded);
        if wanted == EMBEDDED_TARGET { own.collect() } else { Vec::new() }
    };
    let places = named_folder()
        .and_then(|folder| found(in_folder(&folder, &wanted)))
        .or_else(|| found(embedded()))
        .or_else(|| near_folders().into_iter().find_map(|folder| found(in_folder(&folder, &wanted))));
    match places {
        Some(places) => Ok(Stubs { target, places }),
        None => Err(Error::other(
            format!("no stub for {wanted} is at hand"),
            "`freeze targets` lists those that are; `cargo xtask build` makes the host's, and $FREEZE_STUBS names a \
             folder with more",
        )),
    }
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
    if let Some(embedded) = &EMBEDDED_STUB {
        add(EMBEDDED_TARGET.to_string(), PathBuf::from("(embedded)"), embedded.len as u64);
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
    if let (None, Some(embedded)) = (&named, &EMBEDDED_STDLIB) {
        return Ok((embedded.bytes, PathBuf::from("(embedded library)")));
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
