//! Attaching to a real executable (this test itself), what tools do to the result, and damaged input.

use std::path::Path;
use std::process::Command;

use super::super::testing::{mutations, tool};
use super::*;

fn stub() -> Vec<u8> {
    std::fs::read(std::env::current_exe().expect("a test has a path")).expect("it can be read")
}

fn payload() -> Vec<u8> {
    let mut bytes = freeze_payload::header::MAGIC.to_vec();
    bytes.extend((0..70_000u32).map(|i| (i * 7) as u8));
    bytes
}

#[test]
fn what_goes_in_comes_out() {
    let image = Elf.attach(&stub(), &payload()).expect("the test is an ELF file");
    assert_eq!(Elf.payload(&image), Ok(Some(payload().as_slice())));
    assert_eq!(Elf.payload(&stub()), Ok(None));
    assert!(Elf.attach(&image, &payload()).is_err(), "no second payload");
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(Elf.attach(&stub(), &payload()), Elf.attach(&stub(), &payload()));
}

#[test]
fn the_payload_is_found_without_a_section_table() {
    let mut image = Elf.attach(&stub(), &payload()).expect("the test is an ELF file");
    // e_shoff, e_shnum, e_shstrndx
    image[0x28..0x30].fill(0);
    image[0x3c..0x40].fill(0);
    assert_eq!(Elf.payload(&image), Ok(Some(payload().as_slice())));
}

#[test]
fn a_stub_without_section_table_can_carry_a_payload() {
    let mut stub = stub();
    stub[0x28..0x30].fill(0);
    stub[0x3c..0x40].fill(0);
    let image = Elf.attach(&stub, &payload()).expect("sections are not needed");
    assert_eq!(Elf.payload(&image), Ok(Some(payload().as_slice())));
}

/// A small executable: the tools take long over a test binary's debug information.
fn small_stub(folder: &Path) -> Option<std::path::PathBuf> {
    let path = folder.join("stub");
    std::fs::copy(std::env::current_exe().ok()?, &path).ok()?;
    Command::new("strip").arg(&path).status().ok().filter(|s| s.success())?;
    Some(path)
}

#[test]
fn strip_and_objcopy_keep_it_and_it_runs() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    // Without binutils there is nothing to see here.
    let Some(stub) = small_stub(folder.path()) else { return };
    let image = Elf.attach(&std::fs::read(stub).expect("it was copied"), &payload()).expect("it is an ELF file");
    for tool in [&["strip"][..], &["strip", "--strip-all"], &["objcopy"], &["objcopy", "--strip-all"], &["true"]] {
        let path = folder.path().join("app");
        crate::output::write(&path, &[&image], true).expect("the folder can be written");
        let status = Command::new(tool[0]).args(&tool[1..]).arg(&path).status().expect("the tool is there");
        assert!(status.success(), "{tool:?}");
        let after = std::fs::read(&path).expect("the tool left a file");
        assert_eq!(Elf.payload(&after), Ok(Some(payload().as_slice())), "{tool:?}");
        check(&after, &payload()).expect("sound after the tool");
        let ran = Command::new(&path).arg("--list").output().expect("it starts");
        assert!(ran.status.success(), "{tool:?}: {}", String::from_utf8_lossy(&ran.stderr));
        let headers = Command::new("readelf").arg("-lSW").arg(&path).output().expect("readelf is there");
        assert!(headers.stderr.is_empty(), "{tool:?}: {}", String::from_utf8_lossy(&headers.stderr));
    }
}

#[test]
fn no_note_no_payload() {
    let mut stub = stub();
    let at = u64::from_le_bytes(stub[0x20..0x28].try_into().expect("eight bytes")) as usize;
    let count = usize::from(u16::from_le_bytes([stub[0x38], stub[0x39]]));
    for entry in 0..count {
        let kind = at + entry * size_of::<Segment>();
        if stub[kind..kind + 4] == 4u32.to_le_bytes() {
            // PT_NOTE becomes something else that loaders skip.
            stub[kind..kind + 4].copy_from_slice(&0x6000_0001u32.to_le_bytes());
        }
    }
    let error = Elf.attach(&stub, &payload()).expect_err("nothing to spare");
    assert!(error.0.contains("program header"), "{error}");
}

#[test]
fn damaged_files_are_errors() {
    let image = Elf.attach(&stub(), &payload()).expect("the test is an ELF file");
    for end in (0..4096.min(image.len())).chain((4096..image.len()).step_by(image.len() / 500 + 1)) {
        let cut = &image[..end];
        assert_ne!(Elf.payload(cut), Ok(Some(payload().as_slice())), "cut at {end}");
        let _ = Elf.attach(cut, b"x");
    }
    let mut wrong = image[..0x2000].to_vec();
    for at in 0..0x400 {
        let before = wrong[at];
        for value in [0, 0xff, before ^ 0x80] {
            wrong[at] = value;
            let _ = Elf.payload(&wrong);
            let _ = Elf.attach(&wrong, b"x");
        }
        wrong[at] = before;
    }
}

/// A static program for a processor: says how long its payload is. Needs zig's compiler.
fn static_program(folder: &Path, arch: &str) -> Option<Vec<u8>> {
    let (source, program) = (folder.join("host.c"), folder.join(arch));
    std::fs::write(&source, include_str!("host.c")).expect("the folder can be written");
    let mut command = Command::new(tool("python3")?);
    command.args(["-m", "ziglang", "cc", "-target", &format!("{arch}-linux-musl"), "-nostdlib", "-static", "-O1"]);
    command.args(["-fno-stack-protector", "-fno-sanitize=all", "-Wl,--build-id=0x66726565", "-o"]).arg(&program);
    if !command.arg(&source).output().expect("it starts").status.success() {
        println!("skipped: python3 has no module ziglang");
        return None;
    }
    Some(std::fs::read(program).expect("it was compiled"))
}

/// Runs a program for a processor: here if it is this machine's, else by an emulator.
fn run_on(arch: &str, program: &Path) -> Option<String> {
    let output = if arch == std::env::consts::ARCH {
        Command::new(program).output()
    } else {
        let emulator = tool(&format!("qemu-{arch}-static")).or_else(|| tool(&format!("qemu-{arch}")))?;
        Command::new(emulator).arg(program).output()
    };
    let output = output.expect("it starts");
    assert!(output.status.success(), "{arch}: {output:?}");
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

#[test]
fn static_programs_of_both_processors() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for arch in ["x86_64", "aarch64"] {
        let Some(stub) = static_program(folder.path(), arch) else { return };
        let machine = Elf.machine(&stub).expect("it is an ELF file");
        assert!(machine.serves(&format!("{arch}-unknown-linux-musl")) && !machine.serves("riscv64-unknown-linux-gnu"));
        let image = Elf.attach(&stub, &payload()).expect("it has a note");
        for words in
            [&["true"][..], &["llvm-objcopy"], &["llvm-objcopy", "--strip-all"], &["llvm-objcopy", "--strip-debug"]]
        {
            let path = folder.path().join("app");
            crate::output::write(&path, &[&image], true).expect("the folder can be written");
            let Some(rewriter) = tool(words[0]) else { continue };
            let status = Command::new(rewriter).args(&words[1..]).arg(&path).status().expect("it starts");
            assert!(status.success(), "{arch}: {words:?}");
            let after = std::fs::read(&path).expect("the tool left a file");
            assert_eq!(Elf.payload(&after), Ok(Some(payload().as_slice())), "{arch}: {words:?}");
            if let Some(shown) = run_on(arch, &path) {
                assert_eq!(shown, payload().len().to_string(), "{arch}: {words:?}");
            }
        }
    }
}

#[test]
fn damage_is_an_error_not_a_panic() {
    // Any small program serves.
    let Some(stub) = tool("true").and_then(|path| std::fs::read(path).ok()).filter(|file| Elf.matches(file)) else {
        return;
    };
    mutations(&stub, |bytes| {
        let _ = Elf.matches(bytes);
        let _ = Elf.machine(bytes);
        let _ = Elf.attach(bytes, b"\x93FREEZE\n payload");
    });
    let Ok(image) = Elf.attach(&stub, &payload()) else { return };
    mutations(&image, |bytes| {
        let _ = Elf.payload(bytes);
    });
}
