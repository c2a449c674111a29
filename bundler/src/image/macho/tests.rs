//! Segments and signatures of made-up and of real programs; tools of others that check and sign them, where they are at
//! hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::testing::{mutations, tool};
use super::*;
use crate::image::icon::{Icon, test_icon};

fn payload() -> Vec<u8> {
    let mut bytes = freeze_payload::header::MAGIC.to_vec();
    bytes.extend((0..70_003u32).map(|i| (i * 7) as u8));
    bytes
}

fn look() -> Appearance {
    Appearance { identifier: "org.example.app".into(), ..Appearance::default() }
}

fn segment(name: &str, place: [u64; 4], sections: u32) -> Vec<u8> {
    let mut out = command::SEGMENT.to_le_bytes().to_vec();
    out.extend((SEGMENT_LEN as u32 + sections * SECTION_LEN as u32).to_le_bytes());
    out.extend(name_field(name));
    out.extend(place.iter().flat_map(|word| word.to_le_bytes()));
    out.extend([5, 5, sections, 0].iter().flat_map(|word: &u32| word.to_le_bytes()));
    for _ in 0..sections {
        out.extend(name_field("__text"));
        out.extend(name_field(name));
        out.extend(place[0].wrapping_add(0x1000).to_le_bytes());
        out.extend(0x100u64.to_le_bytes());
        out.extend([0x1000u32, 4, 0, 0, 0, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
    }
    out
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Chained fixups of a program with this many segments: header, starts, one record, imports, names.
fn fixups(segments: u32) -> Vec<u8> {
    let starts_len = (4 + segments * 4).next_multiple_of(8);
    let mut out = words(&[0, 32, 32 + starts_len + 24, 32 + starts_len + 28, 1, 1, 0, 0]);
    out.extend(words(&[segments]));
    for number in 0..segments {
        out.extend(words(&[if number == 1 { starts_len } else { 0 }]));
    }
    out.resize(32 + starts_len as usize, 0);
    out.extend(b"a record of 24 bytes....");
    out.extend(b"impt");
    out.extend(b"\0_name\0\0\0\0\0\0");
    out
}

/// A program of three segments with nothing to run.
fn made_up() -> Vec<u8> {
    let mut linkedit = fixups(3);
    let fixups_len = linkedit.len() as u32;
    let symbols = linkedit.len() as u32;
    linkedit.extend([0; 16]);
    linkedit.extend(b"\0_main\0\0");
    let base = 1u64 << 32;
    let commands = [
        segment("__PAGEZERO", [0, base, 0, 0], 0),
        segment("__TEXT", [base, 0x4000, 0, 0x4000], 1),
        segment("__LINKEDIT", [base + 0x4000, 0x4000, 0x4000, linkedit.len() as u64], 0),
        words(&[command::CHAINED_FIXUPS, 16, 0x4000, fixups_len]),
        words(&[command::SYMTAB, 24, 0x4000 + symbols, 1, 0x4000 + symbols + 16, 8]),
        words(&[command::UUID, 24, 1, 2, 3, 4]),
        words(&[0x32, 24, 1, 11 << 16, 0, 0]),
    ]
    .concat();
    let mut out = words(&[MAGIC, 0x0100_000c, 0, EXECUTABLE, 7, commands.len() as u32, 0x85, 0]);
    out.extend(commands);
    out.resize(0x1000, 0);
    out.extend([0xc0; 0x100]);
    out.resize(0x4000, 0);
    out.extend(linkedit);
    out
}

#[test]
fn what_goes_in_comes_out() {
    let image = MachO.build(&made_up(), &payload(), &look()).expect("it has room");
    assert_eq!(MachO.payload(&image), Ok(Some(payload().as_slice())));
    assert_eq!(MachO.payload(&made_up()), Ok(None));
    assert!(MachO.attach(&image, &payload()).is_err(), "no second payload");
    assert_eq!(MachO.build(&made_up(), &payload(), &look()), Ok(image.clone()));
    let signature = &verify::verify(&image).expect("it is signed")[0];
    assert_eq!((signature.identifier.as_str(), signature.adhoc), ("org.example.app", true));

    // The names of symbols are where the load command says.
    let headers = Headers::read(&image).expect("sound");
    let symbols = headers.command(command::SYMTAB).expect("it was there").at;
    let names = u32_at(&image, symbols + 16).expect("in the header") as usize;
    assert_eq!(slice(&image, names, 8), Ok(&b"\0_main\0\0"[..]));
    // Another payload makes another program, which the system must be able to tell apart.
    let other = MachO.build(&made_up(), b"another", &look()).expect("it has room");
    let id = |file: &[u8]| {
        let at = Headers::read(file).expect("sound").command(command::UUID).expect("it was there").at;
        slice(file, at + 8, 16).expect("in the header").to_vec()
    };
    assert_ne!(id(&image), id(&other));
}

#[test]
fn fixups_have_a_place_for_every_segment() {
    let image = MachO.build(&made_up(), &payload(), &look()).expect("it has room");
    let headers = Headers::read(&image).expect("sound");
    let piece = headers.command(command::CHAINED_FIXUPS).expect("it was there").at;
    let at = u32_at(&image, piece + 8).expect("in the header") as usize;
    let word = |place: usize| u32_at(&image, at + place).expect("in the table") as usize;
    let starts = word(4);
    assert_eq!(word(starts), headers.segments.len());
    let records: Vec<usize> = (0..4).map(|i| word(starts + 4 + i * 4)).collect();
    assert_eq!(records, [0, 24, 0, 0]);
    assert_eq!(slice(&image, at + starts + 24, 8), Ok(&b"a record"[..]));
    assert_eq!(slice(&image, at + word(8), 4), Ok(&b"impt"[..]));
    assert_eq!(slice(&image, at + word(12), 6), Ok(&b"\0_name"[..]));
    assert_eq!(u32_at(&image, piece + 12), Ok(fixups(3).len() as u32 + 8));
}

#[test]
fn the_verifier_sees_every_change() {
    let image = MachO.build(&made_up(), &payload(), &look()).expect("it has room");
    assert!(verify::verify(&image).is_ok());
    for at in (0..image.len()).step_by(image.len() / 97) {
        let mut other = image.clone();
        other[at] ^= 4;
        assert!(verify::verify(&other).is_err(), "a change at {at:#x} of {:#x} went unseen", image.len());
    }
    let mut longer = image.clone();
    longer.push(0);
    assert!(verify::verify(&longer).is_err());
    assert!(verify::verify(&image[..image.len() - 1]).is_err());
    assert!(verify::verify(&made_up()).is_err(), "not signed");
}

#[test]
fn a_stub_without_room_says_so() {
    let mut stub = made_up();
    // The first section begins where the load commands end.
    let text = Headers::read(&stub).expect("sound").segment("__TEXT").expect("it has one").command;
    let at = Headers::read(&stub).expect("sound").commands[text].at;
    put_u32(&mut stub, at + SEGMENT_LEN + 48, 0x240).expect("in the header");
    let error = MachO.attach(&stub, &payload()).expect_err("no room");
    assert!(error.0.contains("no room"), "{error}");
    // What is not known may hold an offset.
    let mut stub = made_up();
    let at = Headers::read(&stub).expect("sound").command(command::UUID).expect("it has one").at;
    put_u32(&mut stub, at, 0x77).expect("in the header");
    assert!(MachO.attach(&stub, &payload()).is_err());
}

#[test]
fn damage_is_an_error_not_a_panic() {
    let image = MachO.build(&made_up(), &payload(), &look()).expect("it has room");
    mutations(&made_up(), |bytes| {
        let _ = MachO.matches(bytes);
        let _ = MachO.build(bytes, b"\x93FREEZE\n payload", &look());
    });
    mutations(&image, |bytes| {
        let _ = MachO.payload(bytes);
        let _ = verify::verify(bytes);
    });
    let both = join(&[image.clone(), image]).expect("they fit");
    mutations(&both, |bytes| {
        let _ = Universal.matches(bytes);
        let _ = Universal.payload(bytes);
        let _ = verify::verify(bytes);
    });
}

#[test]
fn two_architectures_in_one_file() {
    let mut other = made_up();
    put_u32(&mut other, CPU, 0x0100_0007).expect("in the header");
    let images = [&other, &made_up()].map(|stub| MachO.build(stub, &payload(), &look()).expect("it has room"));
    let both = join(&images).expect("they fit");
    assert!(Universal.matches(&both) && !MachO.matches(&both));
    assert_eq!(Universal.payload(&both), Ok(Some(payload().as_slice())));
    assert_eq!(slices(&both), Ok(images.iter().map(Vec::as_slice).collect()));
    assert_eq!(verify::verify(&both).expect("both are signed").len(), 2);
    // A universal stub becomes a universal program.
    let stub = join(&[other, made_up()]).expect("they fit");
    assert_eq!(Universal.build(&stub, &payload(), &look()), Ok(both));
}

fn app(stub: &[u8]) -> Vec<bundle::BundleFile> {
    let look = Appearance { icons: vec![Icon::parse(&test_icon(128)).expect("sound")], ..look() };
    bundle::files("Demo", stub, &look, |look| Ok(MachO.build(stub, &payload(), look).expect("it has room")))
        .expect("it can be made")
}

#[test]
fn a_bundle_answers_for_its_files() {
    let files = app(&made_up());
    let get = |path: &str| &files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).content;
    let signature = &verify::verify(get("Contents/MacOS/Demo")).expect("it is signed")[0];
    assert_eq!(signature.info, Some(sha256(get("Contents/Info.plist"))));
    assert_eq!(signature.resources, Some(sha256(get("Contents/_CodeSignature/CodeResources"))));
    assert!(get("Contents/Resources/Demo.icns").starts_with(b"icns"));
    let info = String::from_utf8_lossy(get("Contents/Info.plist")).into_owned();
    for text in ["<string>org.example.app</string>", "<string>Demo.icns</string>", "<string>11.0</string>"] {
        assert!(info.contains(text), "{info}");
    }
}

/// A program for macOS, made by zig's compiler where that is at hand.
fn compiled(folder: &Path, target: &str) -> Option<PathBuf> {
    const SOURCE: &str =
        "#include <stdio.h>\nconst char *text = \"hello\";\nint main(void) { puts(text); return 0; }\n";
    let (source, program) = (folder.join("host.c"), folder.join(format!("host-{target}")));
    std::fs::write(&source, SOURCE).expect("the folder can be written");
    let python = tool("python3")?;
    let mut command = Command::new(python);
    command.args(["-m", "ziglang", "cc", "-target", target, "-o"]).arg(&program).arg(&source);
    if !command.output().expect("it starts").status.success() {
        println!("skipped: python3 has no module ziglang");
        return None;
    }
    Some(program)
}

/// Runs rcodesign and gives what it says.
fn rcodesign(tool: &Path, words: &[&str], files: &[&Path]) -> String {
    let output = Command::new(tool).args(words).args(files).output().expect("it starts");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

/// What rcodesign finds wrong with a file. It wants a certificate in every signature, in its own ad-hoc ones too.
fn problems(tool: &Path, file: &Path) -> Vec<String> {
    let output = Command::new(tool).arg("verify").arg(file).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().filter(|line| !line.starts_with("CMS error") && !line.starts_with('(')).map(str::to_string).collect()
}

#[test]
fn others_agree_and_can_sign_again() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let here = folder.path();
    for target in ["aarch64-macos", "x86_64-macos"] {
        let Some(host) = compiled(here, target) else { return };
        let stub = std::fs::read(&host).expect("it was compiled");
        let image = MachO.build(&stub, &payload(), &look()).expect("it has room");
        let program = here.join("app");
        std::fs::write(&program, &image).expect("the folder can be written");
        for reader in ["llvm-objdump", "llvm-objdump-22", "llvm-objdump-14"] {
            let Some(reader) = tool(reader) else { continue };
            let shown = Command::new(reader).args(["--macho", "--private-headers"]).arg(&program).output();
            let shown = String::from_utf8_lossy(&shown.expect("it starts").stdout).into_owned();
            assert!(shown.contains("segname __FREEZE") && !shown.contains("past end of file"), "{shown}");
        }
        let Some(signer) = tool("rcodesign") else { return };
        assert_eq!(problems(&signer, &program), Vec::<String>::new());
        let mut damaged = image.clone();
        damaged[0x3001] ^= 1;
        let broken = here.join("broken");
        std::fs::write(&broken, damaged).expect("the folder can be written");
        assert!(!problems(&signer, &broken).is_empty(), "it checks the pages");
        let shown = rcodesign(&signer, &["print-signature-info"], &[&program]);
        assert!(shown.contains("org.example.app") && shown.contains("ADHOC"), "{shown}");
        let again = here.join("again");
        rcodesign(&signer, &["sign"], &[&program, &again]);
        assert_eq!(problems(&signer, &again), Vec::<String>::new());
        let signed = std::fs::read(&again).expect("it was signed");
        assert_eq!(MachO.payload(&signed), Ok(Some(payload().as_slice())));
        verify::verify(&signed).expect("our verifier agrees");

        let bundle = here.join("Demo.app");
        for file in app(&stub) {
            let path = bundle.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be written");
            std::fs::write(path, file.content).expect("the folder can be written");
        }
        assert_eq!(problems(&signer, &bundle.join("Contents/MacOS/Demo")), Vec::<String>::new());
        let signed = here.join("Signed.app");
        rcodesign(&signer, &["sign"], &[&bundle, &signed]);
        let program = std::fs::read(signed.join("Contents/MacOS/Demo")).expect("it was signed");
        assert_eq!(MachO.payload(&program), Ok(Some(payload().as_slice())));
    }
}
