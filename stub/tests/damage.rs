//! A frozen program that was cut off or altered says so in one line and ends with a code: no signal, no panic.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use freeze::image::{ImageFormat as _, elf::Elf};
use freeze_payload::write::{ArchiveWriter, Packed};
use freeze_payload::{Main, Manifest, header};

/// The stub with a payload, and where in the file that begins.
fn image() -> (Vec<u8>, usize) {
    let stub = fs::read(env!("CARGO_BIN_EXE_freeze-stub")).unwrap();
    let mut writer = ArchiveWriter::new();
    writer.add("lib/data", Packed::store(vec![7; 20_000])).unwrap();
    let manifest = Manifest { name: "app".to_owned(), main: Main::Command, ..Manifest::default() };
    let payload = writer.finish_payload(&manifest).unwrap();
    let image = Elf.attach(&stub, &payload).unwrap_or_else(|error| panic!("{error}"));
    let at = image.windows(payload.len()).rposition(|window| window == payload).unwrap();
    (image, at)
}

/// Runs these bytes as a program, with `-V` so that a sound one ends at once.
fn run(name: &str, bytes: &[u8]) -> Output {
    let path: PathBuf = std::env::temp_dir().join(format!("freeze-damage-{name}-{}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    // Another test's fork may hold the file open for writing for a moment.
    let output = (0..50).find_map(|_| match Command::new(&path).arg("-V").env_clear().output() {
        Err(error) if error.raw_os_error() == Some(26) => {
            std::thread::sleep(std::time::Duration::from_millis(20));
            None
        }
        other => Some(other),
    });
    fs::remove_file(&path).unwrap();
    output.expect("the file stays busy").unwrap()
}

#[track_caller]
fn refuses(output: &Output, message: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(message), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn a_sound_one_runs() {
    let output = run("sound", &image().0);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Python 3.14\n");
    assert!(output.status.success());
}

#[test]
fn a_bare_stub_says_so() {
    let stub = fs::read(env!("CARGO_BIN_EXE_freeze-stub")).unwrap();
    refuses(&run("bare", &stub), "there is no frozen program in this file");
}

#[test]
fn cut_anywhere_in_the_payload() {
    let (image, at) = image();
    let cuts =
        [at, at + 1, at + 40, at + header::HEADER_LEN, at + 5000, at + 20_000, image.len() - 200, image.len() - 1];
    for cut in cuts {
        refuses(&run("cut", &image[..cut]), "is cut off");
    }
}

#[test]
fn altered_header_manifest_and_directory() {
    let (image, at) = image();
    let payload_end = at + image[at..].windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let manifest = at + image[at..].windows(15).position(|window| window == b"freeze manifest").unwrap();
    for (position, message) in [
        (at + 8, "damaged (header)"),
        (at + 30, "damaged (header)"),
        (manifest + 20, "damaged (entry freeze/manifest)"),
        (payload_end - 10, "damaged ("),
        (at, "there is no frozen program in this file"),
    ] {
        let mut altered = image.clone();
        altered[position] ^= 0x20;
        refuses(&run("altered", &altered), message);
    }
}
