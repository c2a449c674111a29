//! Headers, places, and what becomes of stale, damaged and unwritable cache files.

use super::*;
use crate::sample::module;

/// An empty folder of this test's own, removed when it goes.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("freeze-pyc-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn no_source() -> io::Result<Vec<u8>> {
    panic!("the source is not to be read")
}

#[test]
fn headers_come_back() {
    let stamps = [
        Stamp::Time { mtime: 7, size: u32::MAX },
        Stamp::Hash { hash: 0x0123_4567_89ab_cdef, check: true },
        Stamp::Hash { hash: 1, check: false },
    ];
    for stamp in stamps {
        assert_eq!(Stamp::split(&stamp.header()), Some((stamp, &[][..])));
        for len in 0..HEADER_LEN {
            assert_eq!(Stamp::split(&stamp.header()[..len]), None);
        }
    }
    let mut header = stamps[0].header();
    header[4] = 4;
    assert_eq!(Stamp::split(&header), None, "unknown flags");
}

#[test]
fn places_follow_pep_3147() {
    let path = Path::new("/a/b/mod.py");
    assert_eq!(cache_path(path, 0).unwrap(), Path::new("/a/b/__pycache__/mod.freeze-314.pyc"));
    assert_eq!(cache_path(path, 2).unwrap(), Path::new("/a/b/__pycache__/mod.freeze-314.opt-2.pyc"));
    assert_eq!(cache_path_under(Path::new("/c"), path, 0).unwrap(), Path::new("/c/a/b/mod.freeze-314.pyc"));
}

#[test]
fn stale_and_damaged_files_count_as_absent() {
    let folder = Folder::new("stale");
    let source = folder.0.join("mod.py");
    let stamp = Stamp::Time { mtime: 10, size: 20 };
    let code = crate::marshal::write(&module()).unwrap();
    assert_eq!(load(&source, stamp, 0, None, no_source), None);

    let file = store(&source, stamp, 0, None, &code).unwrap();
    assert_eq!(load(&source, stamp, 0, None, no_source), Some(module()));
    assert_eq!(load(&source, Stamp::Time { mtime: 11, size: 20 }, 0, None, no_source), None);
    assert_eq!(load(&source, stamp, 1, None, no_source), None, "another optimisation level");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");

    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert_eq!(load(&source, stamp, 0, None, no_source), None);
}

#[test]
fn hashed_files_follow_pep_552() {
    let folder = Folder::new("hashed");
    let source = folder.0.join("mod.py");
    let code = crate::marshal::write(&module()).unwrap();
    let time = Stamp::Time { mtime: 1, size: 1 };
    store(&source, Stamp::of_source(b"x = 1", true), 0, None, &code).unwrap();
    assert!(load(&source, time, 0, None, || Ok(b"x = 1".to_vec())).is_some());
    assert!(load(&source, time, 0, None, || Ok(b"x = 2".to_vec())).is_none());
    assert!(load(&source, time, 0, None, || Err(io::ErrorKind::NotFound.into())).is_none());
    store(&source, Stamp::of_source(b"x = 1", false), 0, None, &code).unwrap();
    assert!(load(&source, time, 0, None, no_source).is_some());
}

#[test]
fn an_unusable_folder_falls_back() {
    let folder = Folder::new("fallback");
    let source = folder.0.join("mod.py");
    // A file where the folder should be cannot be written into, whoever runs this test.
    fs::write(folder.0.join("__pycache__"), b"").unwrap();
    let code = crate::marshal::write(&module()).unwrap();
    let stamp = Stamp::Time { mtime: 1, size: 1 };
    assert_eq!(store(&source, stamp, 0, None, &code), None);
    let fallback = folder.0.join("cache");
    let file = store(&source, stamp, 0, Some(&fallback), &code).unwrap();
    assert!(file.starts_with(&fallback));
    assert!(load(&source, stamp, 0, Some(&fallback), no_source).is_some());
}
