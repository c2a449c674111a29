//! Bundled files as the file system shows them: what lies under the program's virtual root.

use std::borrow::Cow;

use freeze_runtime::Vm;
use freeze_runtime::import::source::{ModuleSource, VirtualStat, below_root};

/// The archive and the path in it, if an absolute path lies under the virtual root.
fn inner(vm: &Vm, path: &[u8]) -> Option<(&'static dyn ModuleSource, String)> {
    // Most programs' paths are elsewhere; that has to be found out cheaply.
    if cfg!(unix) && path.first() != Some(&b'/') {
        return None;
    }
    let source = vm.module_source()?;
    let root = source.root();
    if path.len() < root.len() || (cfg!(unix) && !path.starts_with(root.as_bytes())) {
        return None;
    }
    Some((source, below_root(root, std::str::from_utf8(path).ok()?)?))
}

/// The content of a bundled file.
pub(crate) fn read(vm: &Vm, path: &[u8]) -> Option<Cow<'static, [u8]>> {
    let (source, path) = inner(vm, path)?;
    source.read(&path)
}

/// What lies at a path.
pub(crate) fn stat(vm: &Vm, path: &[u8]) -> Option<VirtualStat> {
    let (source, path) = inner(vm, path)?;
    source.stat(&path)
}

/// Whether a bundled folder lies at a path.
pub(crate) fn is_dir(vm: &Vm, path: &[u8]) -> bool {
    stat(vm, path) == Some(VirtualStat::Dir)
}

/// The entries of a bundled folder, and whether each is a folder.
pub(crate) fn list(vm: &Vm, path: &[u8]) -> Option<Vec<(String, bool)>> {
    let (source, path) = inner(vm, path)?;
    source.list(&path)
}
