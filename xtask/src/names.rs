//! Names of symbols that stay the same, so that counts of one build serve for another.
//!
//! A profile goes by names of functions, and these carry a number of their crate. Cargo makes that number from everything a
//! crate is built from: the target, the features, the versions of what it depends on. Standing between cargo and the compiler
//! (`RUSTC_WRAPPER`), this program gives the compiler the crate's name and version instead. Rust's own libraries have another number
//! on every target; `library_ids` asks for them.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use crate::{build, paths};

/// Set where this program stands between cargo and the compiler.
const MARK: &str = "FREEZE_STABLE_NAMES";

/// The crates whose numbers are in the names of what is instantiated from them.
const LIBRARY: [&str; 3] = ["core", "alloc", "std"];

/// What makes cargo build with such names: variables of its environment.
pub(crate) fn environment() -> Result<[(&'static str, String); 2], String> {
    static COPY: OnceLock<Result<String, String>> = OnceLock::new();
    let copy = COPY.get_or_init(copy_of_this).clone()?;
    Ok([("RUSTC_WRAPPER", copy), (MARK, "1".to_owned())])
}

/// A copy of this program, which stays where it is when the program is built anew meanwhile.
fn copy_of_this() -> Result<String, String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let folder = build::target_dir().join("freeze");
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let copy = folder.join(format!("stable-names{}", std::env::consts::EXE_SUFFIX));
    let aside = copy.with_extension(format!("{}.part", std::process::id()));
    let copied = std::fs::copy(&own, &aside).and_then(|_| std::fs::rename(&aside, &copy));
    copied.map_err(|error| format!("cannot write {}: {error}", copy.display()))?;
    build::text(&copy)
}

/// The flag that builds with these names are compiled by: only such names tell a crate's number from the rest.
pub(crate) const MANGLING: &str = "-C symbol-mangling-version=v0";

/// Runs the compiler in cargo's place, when that is what this program was started for.
pub(crate) fn compile_instead() -> Option<ExitCode> {
    std::env::var_os(MARK)?;
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if Path::new(words.first()?).file_stem()? != "rustc" {
        return None;
    }
    // What is compiled for the building machine itself (build scripts, macros) has no target.
    if words.iter().any(|word| word == "--target")
        && let Some(at) = words.windows(2).position(|pair| pair[0] == "-C" && pair[1].starts_with("metadata="))
    {
        words[at + 1] = format!("metadata={}", identity(&words));
    }
    let status = Command::new(&words[0]).args(&words[1..]).status();
    match status {
        Ok(status) => Some(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))),
        Err(error) => {
            eprintln!("xtask: cannot start {}: {error}", words[0]);
            Some(ExitCode::FAILURE)
        }
    }
}

/// What tells a crate from all others in one program.
fn identity(words: &[String]) -> String {
    let of_option = |name: &str| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1)).map_or("", String::as_str)
    };
    let [package, version] =
        ["CARGO_PKG_NAME", "CARGO_PKG_VERSION"].map(|name| std::env::var(name).unwrap_or_default());
    [&package, &version, of_option("--crate-name"), of_option("--crate-type")].join("-")
}

/// The numbers of Rust's libraries on a target, as they stand in names: `("core", "gEmfK2I1SDS")`.
pub(crate) fn library_ids(triple: &str) -> Result<Vec<(&'static str, String)>, String> {
    let folder = build::target_dir().join("tmp");
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let listing = folder.join(format!("ids-{triple}.s"));
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--edition", "2024", "--crate-type", "lib", "--emit", "asm", "--target", triple, "-o"]).arg(&listing);
    command.args(MANGLING.split(' ')).arg(paths::root().join("xtask/src/names/instances.rs"));
    let output = command.output().map_err(|error| format!("cannot start rustc: {error}"))?;
    if !output.status.success() {
        return Err(format!("rustc --target {triple}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text =
        std::fs::read_to_string(&listing).map_err(|error| format!("cannot read {}: {error}", listing.display()))?;
    let found = LIBRARY.map(|name| id_in(&text, name).map(|id| (name, id)));
    let missing = || format!("no number of core, alloc and std in names for {triple}");
    found.into_iter().collect::<Option<_>>().ok_or_else(missing)
}

/// The number in the first path of that crate: `Cs`, digits and letters, `_`, the name's length and the name.
fn id_in(text: &str, name: &str) -> Option<String> {
    let tail = format!("_{}{name}", name.len());
    text.match_indices(&tail).find_map(|(end, _)| {
        let start = text[..end].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        // The run may begin with letters of what stands before; numbers have eleven digits or one fewer.
        let run = &text[start..end];
        let at = run.rfind("Cs").filter(|at| (9..=12).contains(&(run.len() - at - 2)))?;
        Some(run[at + 2..].to_owned())
    })
}

/// Puts the numbers of one target in the place of those of another. Where they differ in length the names' own references
/// into themselves would no longer fit: those stay, and what they name goes without a profile.
pub(crate) fn renumber(text: &str, from: &[(String, String)], to: &[(&'static str, String)]) -> String {
    let mut text = text.to_owned();
    for (name, id) in from {
        let other = to.iter().find(|(other, _)| other == name);
        if let Some((_, new)) = other.filter(|(_, new)| new.len() == id.len()) {
            let tail = format!("_{}{name}", name.len());
            text = text.replace(&format!("Cs{id}{tail}"), &format!("Cs{new}{tail}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_and_replaced() {
        let listing = "_RINvCs1x_3ids1gNtNtCsgEmfK2I1SDS_4core4cell4CellhE:";
        assert_eq!(id_in(listing, "core").as_deref(), Some("gEmfK2I1SDS"));
        assert_eq!(id_in(listing, "std"), None);
        let from = [("core".to_owned(), "gEmfK2I1SDS".to_owned())];
        let longer = renumber(listing, &from, &[("core", "aaaaaaaaaaaaaaa".to_owned())]);
        assert_eq!(longer, listing);
        let other = renumber(listing, &from, &[("core", "7BliBxkEZsN".to_owned())]);
        assert_eq!(other, "_RINvCs1x_3ids1gNtNtCs7BliBxkEZsN_4core4cell4CellhE:");
    }

    #[test]
    fn a_crate_is_told_by_its_name_and_kind() {
        let words = ["rustc", "--crate-name", "freeze_stub", "--crate-type", "bin"].map(str::to_owned);
        assert!(identity(&words).ends_with("-freeze_stub-bin"), "{}", identity(&words));
    }
}
