//! The stubs and the library that freeze has at hand: inside itself, or in files beside it.

mod packed;

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use freeze_payload::header;

use crate::error::{Error, Result};
use crate::graph::target::Target;
use crate::image;
use crate::stdlib::Stdlib;
use packed::Packed;

/// The targets that there are stubs for, in the order in which they are listed.
pub const TARGETS: [&str; 8] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-gnu",
    "aarch64-pc-windows-gnullvm",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

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
    /// Those that are wanted and that only a larger stub has, which is not at hand.
    pub lacking: Vec<String>,
}

/// The native modules that a full stub has and a lean one has not.
const OPTIONAL: [&str; 2] = ["_sqlite3", "_ssl"];

/// What is wanted of each stub's target and is in none that is at hand.
pub(crate) fn lacking(stubs: &[Stub]) -> Vec<(String, Vec<String>)> {
    let some = stubs.iter().filter(|stub| !stub.lacking.is_empty());
    some.map(|stub| (stub.target.triple.clone(), stub.lacking.clone())).collect()
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
    Packed(Packed),
}

impl Place {
    fn load(&self, target: &Target) -> Result<Stub> {
        let (path, bytes) = match self {
            Place::Embedded(embedded) => (PathBuf::from("(embedded stub)"), embedded.content()?),
            Place::File(path) => {
                let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
                check_version(&bytes, path)?;
                check_target(&bytes, path, target)?;
                (path.clone(), bytes.into())
            }
            Place::Packed(packed) => {
                let bytes = packed.content()?;
                check_version(&bytes, &packed.path)?;
                check_target(&bytes, &packed.path, target)?;
                (packed.path.clone(), bytes.into())
            }
        };
        Ok(Stub { target: target.clone(), path, bytes, chosen_for: Vec::new(), lacking: Vec::new() })
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
        best.lacking = missing.into_iter().filter(|name| OPTIONAL.contains(name)).map(str::to_owned).collect();
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
            Place::Packed(packed) => packed.sha256.clone(),
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
pub(crate) fn named_folder() -> Option<PathBuf> {
    std::env::var_os("FREEZE_STUBS").filter(|d| !d.is_empty()).map(PathBuf::from)
}

/// The folders that may hold what is not embedded: the executable's own, `stubs` and `lib/freeze` beside it, and the user's.
fn near_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(own) = std::env::current_exe()
        && let Some(dir) = own.canonicalize().unwrap_or(own).parent()
    {
        folders.push(dir.to_path_buf());
        folders.push(dir.join("stubs"));
        folders.push(dir.join("../lib/freeze"));
        folders.push(dir.join("../lib/freeze/stubs"));
    }
    folders.extend(user_folder());
    folders
}

/// Where a user puts stubs that serve every freeze of his.
pub fn user_folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let home = || set("HOME");
    let data = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        set("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("freeze/stubs"))
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
    let loose: Vec<Place> = NAMES.into_iter().filter_map(find).map(Place::File).collect();
    if !loose.is_empty() {
        return loose;
    }
    packed::in_folder(folder).into_iter().filter(|p| p.triple == triple).map(Place::Packed).collect()
}

/// The stub that a user built himself, for the target that it says.
pub fn named(path: &Path, triple: Option<&str>) -> Result<Stubs> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    check_version(&bytes, path)?;
    let triple = triple.or_else(|| header::stub_target(&bytes)).map_or_else(default_target, str::to_owned);
    Ok(Stubs { target: known_target(&triple)?, places: vec![Place::File(path.to_path_buf())] })
}

fn known_target(triple: &str) -> Result<Target> {
    Target::from_triple(triple).ok_or_else(|| {
        Error::usage(
            format!("unknown target '{triple}'"),
            "a target is named as in x86_64-unknown-linux-musl; `freeze targets` lists all",
        )
    })
}

/// The stubs for a target; the host's if none is named.
pub fn stubs(triple: Option<&str>) -> Result<Stubs> {
    let wanted = match triple {
        Some(triple) => triple.to_string(),
        None => default_target(),
    };
    let target = known_target(&wanted)?;
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
        None => Err(Error::other(format!("no stub for {wanted} is at hand"), how_to_get(&wanted))),
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

/// Refuses a stub that would not run on the target: of another format, processor or system, or cut off.
fn check_target(stub: &[u8], path: &Path, target: &Target) -> Result<()> {
    let damaged = |message: String| Error::Damaged {
        path: path.to_path_buf(),
        message,
        help: "name another with --stub, or `freeze targets` to see those at hand".into(),
    };
    let format = image::format_of(stub, path)?;
    let wanted = match target.sys_platform {
        "win32" => "PE",
        "darwin" => "Mach-O",
        _ => "ELF",
    };
    if format.name() != wanted {
        return Err(damaged(format!("this stub is of format {}, and {} wants {wanted}", format.name(), target.triple)));
    }
    let found = format.machine(stub).map_err(|e| damaged(format!("not a sound stub: {e}")))?;
    if !found.serves(&target.triple) {
        return Err(damaged(format!("this is a stub for {found}, not for {}", target.triple)));
    }
    match header::stub_target(stub) {
        Some(own) if own != target.triple => Err(damaged(format!("this stub is for {own}, not for {}", target.triple))),
        _ => Ok(()),
    }
}

/// The target that programs are frozen for when none is named.
pub fn default_target() -> String {
    if EMBEDDED_STUB.is_some() { EMBEDDED_TARGET.to_string() } else { Target::host_triple() }
}

/// How to get a stub that is missing.
pub fn how_to_get(triple: &str) -> String {
    let place = user_folder().map_or_else(String::new, |folder| format!(" or into {}", folder.display()));
    format!(
        "put the folder `stubs` of a release of freeze {} beside freeze{place}, or build it: cargo xtask stubs --target \
         {triple}; $FREEZE_STUBS names a folder with more",
        env!("CARGO_PKG_VERSION")
    )
}

/// What is known of a stub without reading all of it.
#[derive(Debug)]
pub struct Known {
    pub triple: String,
    /// Where it lies.
    pub place: PathBuf,
    /// Its length, unpacked.
    pub len: u64,
    /// The version of freeze that it was built with, where that is written down.
    pub version: Option<String>,
    /// Whether it has all native modules.
    pub full: bool,
}

/// All stubs that are at hand: of each target those that would be taken.
pub fn targets() -> Vec<Known> {
    let mut found: Vec<Known> = Vec::new();
    let mut triples: Vec<String> = TARGETS.map(str::to_owned).to_vec();
    if !triples.contains(&default_target()) {
        triples.push(default_target());
    }
    for triple in triples {
        let Ok(stubs) = stubs(Some(&triple)) else { continue };
        for (i, place) in stubs.places.iter().enumerate() {
            let own = Some(env!("CARGO_PKG_VERSION").to_owned());
            let (place, len, version, full) = match place {
                Place::Embedded(embedded) => (PathBuf::from("(inside freeze)"), embedded.len as u64, own, i > 0),
                Place::File(path) => (path.clone(), std::fs::metadata(path).map_or(0, |m| m.len()), None, i > 0),
                Place::Packed(packed) => {
                    (packed.path.clone(), packed.len as u64, Some(packed.version.clone()), packed.full)
                }
            };
            found.push(Known { triple: triple.clone(), place, len, version, full });
        }
    }
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
