//! Which name this interpreter was started under, and the virtual environment that the name lies in.
//!
//! As `python` does: an environment is a folder with a `pyvenv.cfg`, whose `bin` has a link to the interpreter. The link
//! is `sys.executable`, the folder is `sys.prefix`, and its `site-packages` ends `sys.path`, under `-I` too.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The file that marks an environment.
const MARK: &str = "pyvenv.cfg";

/// What the user typed to start `real`, made absolute with its links kept; `real` itself where that leads elsewhere.
pub(crate) fn typed(real: &Path) -> PathBuf {
    let Some(word) = std::env::args_os().next().filter(|word| !word.is_empty()) else { return real.to_path_buf() };
    let path = Path::new(&word);
    let found = if path.components().count() > 1 {
        std::path::absolute(path).ok().filter(|path| is_same(path, real))
    } else {
        on_path(&word, real)
    };
    found.unwrap_or_else(|| real.to_path_buf())
}

/// The first file of this name on `$PATH`, if it is `real`.
fn on_path(name: &OsStr, real: &Path) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())?;
    std::path::absolute(found).ok().filter(|path| is_same(path, real))
}

fn is_same(path: &Path, real: &Path) -> bool {
    path == real || path.canonicalize().is_ok_and(|path| real.canonicalize().is_ok_and(|real| path == real))
}

/// The folder of the environment that `executable` belongs to.
pub(crate) fn of(executable: &Path) -> Option<PathBuf> {
    let bin = executable.parent()?;
    [Some(bin), bin.parent()].into_iter().flatten().find(|folder| folder.join(MARK).is_file()).map(Path::to_path_buf)
}

/// Where an environment keeps what was installed into it.
pub(crate) fn site_packages(environment: &Path, version: &str) -> Option<PathBuf> {
    let mut numbers = version.split('.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    let unix = environment.join(format!("lib/python{major}.{minor}/site-packages"));
    [unix, environment.join("Lib/site-packages")].into_iter().find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_lies_above_its_programs() {
        let folder = std::env::temp_dir().join(format!("freeze-venv-{}", std::process::id()));
        let site = folder.join("lib/python3.14/site-packages");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::create_dir_all(folder.join("bin")).unwrap();
        assert_eq!(of(&folder.join("bin/python")), None);
        std::fs::write(folder.join(MARK), "").unwrap();
        assert_eq!(of(&folder.join("bin/python")), Some(folder.clone()));
        assert_eq!(site_packages(&folder, "3.14.0"), Some(site));
        assert_eq!(site_packages(&folder, "3.15.0"), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
