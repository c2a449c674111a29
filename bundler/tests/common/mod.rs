//! What the tests of the command share.

use std::path::{Path, PathBuf};

/// The folder with stub and library: the newest that `cargo xtask build` made.
pub(crate) fn stubs() -> PathBuf {
    if let Some(dir) = std::env::var_os("FREEZE_STUBS") {
        return dir.into();
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let newest = ["dist", "release", "debug"]
        .map(|profile| target.join(profile))
        .into_iter()
        .filter(|dir| dir.join("freeze-stdlib.zip").is_file())
        .filter_map(|dir| Some((std::fs::metadata(dir.join("freeze-stub")).ok()?.modified().ok()?, dir)))
        .max();
    newest.expect("there is no stub: run `cargo xtask build` first").1
}
