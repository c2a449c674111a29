//! Programs for other targets out of made-up stubs: what the options make of them, that the bytes are the same wherever
//! they are frozen, and that nothing is written when something is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use freeze::image::{FORMATS, ImageFormat as _, elf::Elf, macho, payload_of, program_file};
use freeze_payload::{Payload, header};

mod common;
#[path = "../src/image/testing.rs"]
mod testing;

const X86_64: u32 = 0x0100_0007;
const ARM64: u32 = 0x0100_000c;

/// A folder with stubs for Windows and macOS beside the host's.
struct Stubs(tempfile::TempDir);

impl Stubs {
    fn new() -> Stubs {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let content = [&[0; 64][..], &header::stub_mark()].concat();
        for (name, stub) in [
            ("freeze-stub-x86_64-pc-windows-gnu.exe", testing::pe_host(0x8664, &content)),
            ("freeze-stub-aarch64-pc-windows-gnullvm.exe", testing::pe_host(0xaa64, &content)),
            ("freeze-stub-x86_64-apple-darwin", testing::macho_host(X86_64, &content)),
            ("freeze-stub-aarch64-apple-darwin", testing::macho_host(ARM64, &content)),
        ] {
            std::fs::write(folder.path().join(name), stub).expect("the folder can be written");
        }
        for name in ["freeze-stdlib.zip", "freeze-stub"] {
            std::fs::copy(common::stubs().join(name), folder.path().join(name)).expect("it can be copied");
        }
        Stubs(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn freeze(&self, folder: &Path, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_freeze"));
        command.args(words).current_dir(folder).env("FREEZE_STUBS", self.0.path());
        command.env("XDG_CACHE_HOME", self.path("cache")).output().expect("freeze starts")
    }

    #[track_caller]
    fn make(&self, folder: &Path, words: &[&str]) {
        let output = self.freeze(folder, words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Freezes in vain: exit code and message.
    #[track_caller]
    fn refuses(&self, folder: &Path, words: &[&str], message: &str) {
        let output = self.freeze(folder, words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{words:?}: {said}");
        assert!(said.starts_with("freeze: error: ") && said.contains(message), "{words:?}: {said}");
    }
}

const SOURCE: &str = "import sys, json\nif sys.platform == 'win32':\n    import msvcrt\nprint('hello')\n";

fn program(folder: &Path) {
    std::fs::write(folder.join("app.py"), SOURCE).expect("the folder can be written");
    let project = "[project]\nname = 'demo'\nversion = '1.2.3'\ndescription = 'Shows things'\n\
                   authors = [{name = 'A. Author'}, {email = 'b@example.org'}]\n";
    std::fs::write(folder.join("pyproject.toml"), project).expect("the folder can be written");
    std::fs::write(folder.join("icon.png"), png()).expect("the folder can be written");
}

/// A picture of one red pixel.
fn png() -> Vec<u8> {
    // Deflated without compression: a filter byte and four samples.
    let data = [0x78, 0x01, 0x01, 5, 0, 0xfa, 0xff, 0, 255, 0, 0, 255, 0x05, 0x00, 0x01, 0xff];
    testing::png(&[(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0]), (b"IDAT", &data)])
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[track_caller]
fn target_of(path: &Path) -> String {
    let path = program_file(path);
    let file = std::fs::read(&path).expect("it was made");
    let payload = payload_of(&file, &path).expect("it has one");
    Payload::open(payload).expect("it is sound").manifest.target
}

#[test]
fn every_target_and_the_same_bytes_in_any_folder() {
    let stubs = Stubs::new();
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let there = two.path().join("some where else");
    std::fs::create_dir(&there).expect("the folder can be written");
    program(one.path());
    program(&there);
    for target in [
        "x86_64-pc-windows-gnu",
        "aarch64-pc-windows-gnullvm",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "universal2-apple-darwin",
    ] {
        let words = ["app.py", "--target", target, "--icon", "icon.png", "-o", target];
        stubs.make(one.path(), &words);
        stubs.make(&there, &words);
        let [first, second] = [one.path(), &there].map(|f| std::fs::read(f.join(target)).expect("it was made"));
        assert_eq!(first, second, "{target}");
        let triple = target.replace("universal2", "x86_64");
        assert_eq!(target_of(&one.path().join(target)), triple);
        if target.contains("apple") {
            let signatures = macho::verify::verify(&first).expect("it is signed");
            assert_eq!(signatures.len(), if target.starts_with("universal") { 2 } else { 1 });
        } else {
            for text in ["1.2.3", "Shows things", "A. Author, b@example.org", "demo"] {
                assert!(holds(&first, &wide(text)), "{text}");
            }
            assert!(holds(&first, b"<longPathAware") && holds(&first, b"asInvoker"));
        }
        let shown = stubs.freeze(one.path(), &["inspect", target]);
        assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    }
}

#[test]
fn options_for_windows() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    let target = ["--target", "x86_64-pc-windows-gnu"];
    let words = ["app.py", "--windowed", "--uac-admin", "--version-info", "LegalCopyright=(c) me"];
    stubs.make(here, &[&words[..], &target].concat());
    let file = std::fs::read(here.join("app.exe")).expect("Windows' programs end so");
    assert!(holds(&file, b"requireAdministrator") && holds(&file, &wide("(c) me")));
    // The subsystem: a program with windows.
    assert_eq!(file[0x98 + 68], 2);
    std::fs::write(here.join("my.xml"), MANIFEST).expect("the folder can be written");
    stubs.make(here, &[&["app.py", "--manifest", "my.xml", "-o", "b.exe"], &target[..]].concat());
    let file = std::fs::read(here.join("b.exe")).expect("it was made");
    assert!(holds(&file, MANIFEST.as_bytes()) && !holds(&file, b"longPathAware") && file[0x98 + 68] == 3);
}

/// An application manifest that a user might give.
const MANIFEST: &str =
    "<assembly xmlns='urn:schemas-microsoft-com:asm.v1' manifestVersion='1.0'><!-- mine --></assembly>\n";

/// What a program looks like goes with it to other targets and back.
#[test]
fn looks_are_kept_in_other_programs() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    let (windows, mac) = (["--target", "x86_64-pc-windows-gnu"], ["--target", "aarch64-apple-darwin"]);
    let read = |name: &str| std::fs::read(here.join(name)).expect("it was made");
    let version = "VSVersionInfo(ffi=FixedFileInfo(filevers=(1,2,3,4), prodvers=(5,6,7,8), flags=0x1),\n\
                   kids=[StringFileInfo([StringTable('040704B0', [StringStruct('FileVersion', 'one')])]),\n\
                   VarFileInfo([VarStruct('Translation', [1031, 1200])])])\n";
    std::fs::write(here.join("version.txt"), version).expect("the folder can be written");
    std::fs::write(here.join("my.xml"), MANIFEST).expect("as above");

    let rights = ["app.py", "--uac-admin", "--uac-uiaccess", "--version-file", "version.txt", "-o", "a.exe"];
    stubs.make(here, &[&rights[..], &windows].concat());
    stubs.make(here, &[&["retarget", "a.exe", "-o", "a"], &mac[..]].concat());
    stubs.make(here, &[&["retarget", "a", "-o", "b.exe"], &windows[..]].concat());
    let numbers = [1u16, 2, 3, 4, 5, 6, 7, 8].map(u16::to_le_bytes);
    let numbers: Vec<u8> = [1, 0, 3, 2, 5, 4, 7, 6].into_iter().flat_map(|i| numbers[i]).collect();
    for name in ["a.exe", "b.exe"] {
        let file = read(name);
        assert!(holds(&file, b"requireAdministrator") && holds(&file, b"uiAccess=\"true\""), "{name}");
        assert!(holds(&file, &numbers) && holds(&file, &wide("040704b0")) && holds(&file, &wide("one")), "{name}");
        assert!(!holds(&file, &wide("ProductName")), "{name} has the texts of the version file alone");
    }

    stubs.make(here, &[&["app.py", "--manifest", "my.xml", "-o", "c.exe"], &windows[..]].concat());
    stubs.make(here, &[&["retarget", "c.exe", "-o", "c"], &mac[..]].concat());
    stubs.make(here, &[&["retarget", "c", "-o", "d.exe"], &windows[..]].concat());
    assert!(holds(&read("d.exe"), MANIFEST.as_bytes()));
    let words = [&["retarget", "c", "-o", "e.exe", "--uac-admin"], &windows[..]].concat();
    stubs.refuses(here, &words, "the rights are to stand in the manifest that the program has");
    // Another manifest takes the place of rights that the program was made with.
    stubs.make(here, &[&["retarget", "a", "-o", "f.exe", "--manifest", "my.xml"], &windows[..]].concat());
    assert!(holds(&read("f.exe"), MANIFEST.as_bytes()) && !holds(&read("f.exe"), b"requireAdministrator"));
    std::fs::write(here.join("junk.xml"), "<mine/>").expect("as above");
    let words = [&["app.py", "-o", "g.exe", "--manifest", "junk.xml"], &windows[..]].concat();
    stubs.refuses(here, &words, "not an application manifest");

    // The icon of a macOS program is in a file of its own kind, with PNGs in it.
    stubs.make(here, &[&["app.py", "--windowed", "--icon", "icon.png", "-o", "Look"], &mac[..]].concat());
    stubs.make(here, &[&["retarget", "Look.app", "-o", "look.exe"], &windows[..]].concat());
    assert!(freeze::image::pe::icon_of(&read("look.exe")).expect("it is sound").is_some());
}

#[test]
fn bundles_for_macos() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    let words = ["app.py", "-w", "-n", "Demo", "--icon", "icon.png", "--osx-bundle-identifier", "org.example.demo"];
    for target in ["aarch64-apple-darwin", "universal2-apple-darwin"] {
        // The second takes the place of the first.
        stubs.make(here, &[&words[..], &["--target", target]].concat());
        let app = here.join("Demo.app");
        let read =
            |path: &str| std::fs::read(app.join("Contents").join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let info = String::from_utf8(read("Info.plist")).expect("it is text");
        for text in ["org.example.demo", "<string>1.2.3</string>", "<string>demo</string>", "Demo.icns"] {
            assert!(info.contains(text), "{text}: {info}");
        }
        assert!(read("Resources/Demo.icns").starts_with(b"icns"));
        for signature in macho::verify::verify(&read("MacOS/Demo")).expect("it is signed") {
            assert_eq!(signature.identifier, "org.example.demo");
            assert_eq!(signature.info, Some(freeze_payload::write::sha256(info.as_bytes())));
            assert_eq!(signature.resources, Some(freeze_payload::write::sha256(&read("_CodeSignature/CodeResources"))));
        }
        let shown = stubs.freeze(here, &["inspect", "Demo.app"]);
        assert!(String::from_utf8_lossy(&shown.stdout).contains("(verified)"));
    }
    let left: Vec<_> = std::fs::read_dir(here).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 4, "nothing is left behind: {left:?}");
}

#[test]
fn what_is_wrong_is_said_and_nothing_written() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    std::fs::write(here.join("no.ico"), "this is no icon").expect("the folder can be written");
    let windows = ["app.py", "-o", "out", "--target", "x86_64-pc-windows-gnu"];
    let with = |more: &[&'static str]| [&windows[..], more].concat();
    stubs.refuses(here, &with(&["--icon", "no.ico"]), "not a usable icon");
    stubs.refuses(here, &["app.py", "-o", "out", "--icon", "no.ico"], "not a usable icon");
    stubs.refuses(here, &with(&["--icon", "missing.ico"]), "cannot read the icon missing.ico");
    stubs.refuses(here, &with(&["--version-info", "x"]), "KEY=TEXT");
    stubs.refuses(here, &with(&["--version-file", "app.py"]), "not a version file");
    stubs.refuses(here, &with(&["--manifest", "missing.xml"]), "missing.xml");
    stubs.refuses(here, &["app.py", "-o", "out", "--target", "pdp11-dec-unix"], "unknown target");
    // A folder that is no bundle is not replaced.
    std::fs::create_dir_all(here.join("mine.app/thing")).expect("the folder can be written");
    let words = ["app.py", "-w", "-o", "mine.app", "--target", "aarch64-apple-darwin"];
    stubs.refuses(here, &words, "is a folder with something else in it");

    let pe = stubs.path("freeze-stub-x86_64-pc-windows-gnu.exe");
    let good = std::fs::read(&pe).expect("it is there");
    let arm = std::fs::read(stubs.path("freeze-stub-aarch64-pc-windows-gnullvm.exe")).expect("it is there");
    let mac = std::fs::read(stubs.path("freeze-stub-aarch64-apple-darwin")).expect("it is there");
    let marked = [b"#!/bin/sh\n".as_slice(), &header::stub_mark()].concat();
    for (stub, message) in [
        (&b"#!/bin/sh\n"[..], "not a stub of freeze"),
        (&marked, "not an executable of a known format"),
        (&arm, "this is a stub for aarch64 (windows), not for x86_64-pc-windows-gnu"),
        (&mac, "wants PE"),
        (&good[..good.len() - 0x100], "cut off"),
    ] {
        std::fs::write(&pe, stub).expect("the folder can be written");
        stubs.refuses(here, &windows, message);
    }
    let darwin = stubs.path("freeze-stub-aarch64-apple-darwin");
    std::fs::write(darwin, &mac[..mac.len() - 1]).expect("the folder can be written");
    stubs.refuses(here, &["app.py", "-o", "out", "--target", "universal2-apple-darwin"], "cut off");
    assert!(!here.join("out").exists() && std::fs::read_dir(here).expect("a folder").count() == 5);
}

#[test]
fn programs_become_programs_for_other_targets() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    stubs.make(here, &["app.py", "-o", "app"]);
    stubs.make(here, &["retarget", "app", "--target", "x86_64-pc-windows-gnu", "--icon", "icon.png"]);
    assert_eq!(target_of(&here.join("app.exe")), "x86_64-pc-windows-gnu");
    let file = std::fs::read(here.join("app.exe")).expect("it was made");
    assert!(holds(&file, &wide("Shows things")), "what the project says goes with the program");
    // It is what freezing for that target gives, but for the reasons.
    stubs.make(here, &["app.py", "--target", "x86_64-pc-windows-gnu", "-o", "direct.exe"]);
    let entries = |name: &str| {
        let file = std::fs::read(here.join(name)).expect("it was made");
        let payload = Payload::open(payload_of(&file, Path::new(name)).expect("it has one")).expect("it is sound");
        let modules = payload.archive.entries().filter(|e| e.name.starts_with("lib/"));
        modules.map(|e| (e.name.to_string(), e.crc())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let (made, direct) = (entries("app.exe"), entries("direct.exe"));
    assert!(direct.iter().all(|(name, crc)| made.get(name) == Some(crc)), "{direct:?}\n{made:?}");

    stubs.make(here, &["retarget", "app.exe", "--target", "aarch64-pc-windows-gnullvm", "-o", "arm.exe"]);
    let icon = |file: &[u8]| freeze::image::pe::icon_of(file).expect("it is sound").is_some();
    assert!(icon(&std::fs::read(here.join("arm.exe")).expect("it was made")), "the icon is kept");
    // A stub that the user names is taken, if it is one for the target.
    let (arm, mac) =
        (stubs.path("freeze-stub-aarch64-pc-windows-gnullvm.exe"), stubs.path("freeze-stub-aarch64-apple-darwin"));
    let [arm, mac] = [&arm, &mac].map(|path| path.to_str().expect("a plain name"));
    let named = |stub, target| ["retarget", "app", "--stub", stub, "--target", target, "-o", "named"];
    stubs.make(here, &named(arm, "aarch64-pc-windows-gnullvm"));
    assert_eq!(target_of(&here.join("named")), "aarch64-pc-windows-gnullvm");
    stubs.refuses(here, &named(mac, "x86_64-pc-windows-gnu"), "wants PE");
    stubs.refuses(here, &named(arm, "x86_64-pc-windows-gnu"), "this is a stub for aarch64 (windows)");
    // And back: the host's program runs.
    let host = target_of(&here.join("app"));
    stubs.make(here, &["retarget", "arm.exe", "--target", &host, "-o", "back"]);
    let ran = Command::new(here.join("back")).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "hello\n", "{}", String::from_utf8_lossy(&ran.stderr));

    stubs.refuses(here, &["retarget", "app", "--target", &host, "-o", "app"], "would replace the program");
    stubs.refuses(here, &["retarget", "app.py", "--target", &host], "not an executable of a known format");
    // What only another platform imports, and freeze does not have, is not in the program.
    std::fs::write(here.join("extra.py"), "x = 1\n").expect("the folder can be written");
    std::fs::write(here.join("more.py"), "import os\nif os.name == 'nt':\n    import extra\n").expect("as above");
    stubs.make(here, &["more.py", "-o", "more"]);
    let words = ["retarget", "more", "--target", "x86_64-pc-windows-gnu"];
    stubs.refuses(here, &words, "it imports what is not in it: extra (imported by __main__:3)");
    assert!(!here.join("more.exe").exists());
}

#[test]
fn tools_that_rewrite_programs_leave_them_working() {
    let stubs = Stubs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    program(here);
    let (Some(strip), Some(_)) = (testing::tool("strip"), testing::tool("objcopy")) else { return };
    // The tools take long over debug information; what a stub is made of they leave alone.
    let stub = stubs.path("freeze-stub");
    assert!(Command::new(strip).arg(&stub).status().expect("it starts").success());
    stubs.make(here, &["app.py", "-o", "app"]);
    let whole = std::fs::read(here.join("app")).expect("it was made");
    if !Elf.matches(&whole) {
        println!("skipped: programs of this machine are not ELF files");
        return;
    }
    for words in
        [&["strip", "--strip-all"][..], &["objcopy"], &["objcopy", "--strip-debug"], &["objcopy", "--strip-unneeded"]]
    {
        std::fs::write(here.join("app"), &whole).expect("the folder can be written");
        assert!(
            Command::new(words[0])
                .args(&words[1..])
                .arg("app")
                .current_dir(here)
                .status()
                .expect("it starts")
                .success()
        );
        let ran = Command::new(here.join("app")).output().expect("it starts");
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "hello\n", "{words:?}");
    }
}

/// Files of other kinds than programs are nobody's format.
#[test]
fn formats_know_their_files() {
    for bytes in [&b""[..], b"MZ", b"\x7fELF", b"PK\x03\x04", b"\xca\xfe\xba\xbe\0\0\0\x41"] {
        assert!(FORMATS.iter().all(|format| !format.matches(bytes)), "{bytes:?}");
    }
    testing::mutations(&testing::macho_host(ARM64, b"text"), |bytes| {
        for format in FORMATS.iter().filter(|format| format.matches(bytes)) {
            let _ = format.payload(bytes);
        }
    });
}
