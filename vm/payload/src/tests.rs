//! What is written is read back, other programs can read it, and damage of every kind is an error.

use crate::write::{ArchiveWriter, Packed};
use crate::{Archive, DirEntry, Main, Manifest, Payload, PayloadError, Stat, layout};

fn manifest() -> Manifest {
    let main = Main::Program { file: "app.py".to_owned(), package: String::new() };
    Manifest { name: "app".to_owned(), main, target: "x86_64-unknown-linux-musl".to_owned(), ..Manifest::default() }
}

fn sample() -> Vec<u8> {
    let mut writer = ArchiveWriter::new();
    let names =
        ["lib/app.pyc", "lib/pkg/__init__.pyc", "lib/pkg/data/ä.txt", "lib/pkg-1.0.dist-info/METADATA", "lib/pkg.txt"];
    // Not in the order of names: the writer sorts.
    for (n, name) in names.into_iter().enumerate().rev() {
        let content = name.repeat(n * n * 20);
        writer.add(name, Packed::deflate(content.into_bytes())).unwrap();
    }
    writer
        .add("lib/noise", Packed::deflate((0..200u32).map(|n| ((n * n * 7919) >> 3) as u8).collect::<Vec<_>>()))
        .unwrap();
    writer.finish_payload(&manifest()).unwrap()
}

#[test]
fn comes_back() {
    let bytes = sample();
    let payload = Payload::open(&bytes).unwrap();
    assert_eq!(payload.manifest, manifest());
    payload.check_hash().unwrap();
    let archive = &payload.archive;
    let names: Vec<&str> = archive.entries().map(|entry| entry.name).collect();
    let sorted = [
        layout::MANIFEST,
        "lib/app.pyc",
        "lib/noise",
        "lib/pkg-1.0.dist-info/METADATA",
        "lib/pkg.txt",
        "lib/pkg/__init__.pyc",
        "lib/pkg/data/ä.txt",
    ];
    assert_eq!(names, sorted);
    assert_eq!(*archive.read("lib/pkg/data/ä.txt").unwrap(), *"lib/pkg/data/ä.txt".repeat(80).as_bytes());
    assert_eq!(archive.read("lib/pkg"), Err(PayloadError::NoEntry("lib/pkg".to_owned())));
    assert_eq!(sample(), bytes, "the same entries give the same bytes");
    // The padding of a segment does not matter.
    assert!(Payload::open(&[&bytes[..], &[0; 100]].concat()).is_ok());
}

#[test]
fn folders_are_seen() {
    let bytes = sample();
    let archive = Payload::open(&bytes).unwrap().archive;
    let dir = |name| DirEntry { name, is_dir: true };
    let file = |name| DirEntry { name, is_dir: false };
    assert_eq!(archive.list_dir(""), [dir("freeze"), dir("lib")]);
    assert_eq!(
        archive.list_dir("lib"),
        [file("app.pyc"), file("noise"), dir("pkg"), dir("pkg-1.0.dist-info"), file("pkg.txt")]
    );
    assert_eq!(archive.list_dir("lib/pkg"), [file("__init__.pyc"), dir("data")]);
    assert_eq!(archive.list_dir("lib/app.pyc"), []);
    assert_eq!(archive.list_dir("nothing"), []);
    assert_eq!(archive.stat(""), Some(Stat::Dir));
    assert_eq!(archive.stat("lib/pkg/data"), Some(Stat::Dir));
    assert_eq!(archive.stat("lib/pkg/dat"), None);
    assert_eq!(archive.stat("lib/noise"), Some(Stat::File { len: 200 }));
}

#[test]
fn raw_copies_need_no_unpacking() {
    let bytes = sample();
    let archive = Payload::open(&bytes).unwrap().archive;
    let mut writer = ArchiveWriter::new();
    for entry in archive.entries() {
        writer.add(entry.name, Packed::copy(&archive, &entry).unwrap()).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), archive.bytes());
    let again = Packed::store(&b"x"[..]);
    assert_eq!(writer.add("lib/app.pyc", again), Err(PayloadError::Duplicate("lib/app.pyc".to_owned())));
}

#[test]
fn an_empty_archive_is_one() {
    let bytes = ArchiveWriter::new().finish().unwrap();
    assert!(Archive::open(&bytes).unwrap().is_empty());
    assert_eq!(Payload::open(b"").unwrap_err(), PayloadError::NotPayload);
    assert_eq!(Payload::open(b"\x7fELF").unwrap_err(), PayloadError::NotPayload);
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = sample();
    for len in 0..bytes.len() {
        let error = Payload::open(&bytes[..len]).unwrap_err();
        assert_eq!(error, if len == 0 { PayloadError::NotPayload } else { PayloadError::Truncated }, "cut to {len}");
    }
    let archive = &bytes[crate::header::HEADER_LEN..];
    for len in 0..archive.len() {
        assert!(Archive::open(&archive[..len]).is_err(), "archive cut to {len}");
    }
}

#[test]
fn every_altered_byte_is_noticed() {
    let bytes = sample();
    let mut damaged = bytes.clone();
    for at in 0..bytes.len() {
        for mask in [0x01, 0x80, 0xff] {
            damaged[at] = bytes[at] ^ mask;
            if let Ok(payload) = Payload::open(&damaged) {
                assert!(payload.check_hash().is_err(), "byte {at} hashes alike");
                // Content is checked when it is read. What only `unzip` looks at in local headers is not.
                for entry in payload.archive.entries() {
                    if let Ok(content) = payload.archive.read_entry(&entry) {
                        assert_eq!(crc32fast::hash(&content), entry.crc());
                    }
                }
            }
            damaged[at] = bytes[at];
        }
    }
}

#[test]
fn random_directories_never_panic() {
    let bytes = sample();
    let archive = &bytes[crate::header::HEADER_LEN..];
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..20_000 {
        let mut damaged = archive.to_vec();
        for _ in 0..1 + next() % 3 {
            // The directory is the last part; that is what is believed.
            let at = damaged.len() - 1 - next() % 700;
            damaged[at] = next() as u8;
        }
        if let Ok(archive) = Archive::open(&damaged) {
            archive.list_dir("lib");
            archive.entries().for_each(|entry| drop(archive.read_entry(&entry)));
        }
    }
}

#[test]
fn another_version_is_named() {
    let mut bytes = sample();
    bytes[8] = 99;
    let crc = crc32fast::hash(&bytes[..68]).to_le_bytes();
    bytes[68..72].copy_from_slice(&crc);
    let error = Payload::open(&bytes).unwrap_err();
    assert!(matches!(error, PayloadError::Version { found: (99, _), .. }), "{error}");
}

#[test]
fn unzip_can_read_it() {
    let path = std::env::temp_dir().join(format!("freeze-payload-{}.zip", std::process::id()));
    std::fs::write(&path, &sample()[crate::header::HEADER_LEN..]).unwrap();
    let tested = std::process::Command::new("unzip").arg("-tq").arg(&path).output();
    std::fs::remove_file(&path).unwrap();
    // Where there is no unzip, nobody can say.
    if let Ok(output) = tested {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
