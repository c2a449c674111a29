//! Resources of made-up and of real programs; tools that sign and run them, where they are at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::appearance::VersionInfo;
use super::super::icon::Icon;
use super::super::testing::{mutations, tool};
use super::*;

fn payload() -> Vec<u8> {
    let mut bytes = freeze_payload::header::MAGIC.to_vec();
    bytes.extend((0..70_003u32).map(|i| (i * 7) as u8));
    bytes
}

/// A PE file with two sections and nothing to run.
pub(crate) fn made_up(resources: Option<&Resources<'_>>) -> Vec<u8> {
    let mut out = vec![0; 0x400];
    out[..2].copy_from_slice(b"MZ");
    put_u32(&mut out, PE_POINTER, 0x80).expect("in the header");
    put(&mut out, 0x80, b"PE\0\0\x64\x86").expect("in the header");
    let mut sections: Vec<(&[u8; 8], u32, Vec<u8>)> =
        vec![(b".text\0\0\0", 0x1000, vec![0xc3; 0x321]), (b".data\0\0\0", 0x2000, vec![7; 0x1100])];
    if let Some(resources) = resources {
        sections.push((b".rsrc\0\0\0", 0x4000, resources::write(resources, 0x4000).expect("they fit")));
    }
    let optional = 0x80 + 24;
    put(&mut out, 0x80 + SECTION_COUNT, &(sections.len() as u16).to_le_bytes()).expect("in the header");
    put(&mut out, 0x80 + OPTIONAL_LEN, &240u16.to_le_bytes()).expect("in the header");
    put(&mut out, optional, &PE32_PLUS.to_le_bytes()).expect("in the header");
    for (at, value) in [
        (SECTION_ALIGN, 0x1000),
        (FILE_ALIGN, 0x200),
        (IMAGE_LEN, 0x10000),
        (HEADERS_LEN, 0x400),
        (SUBSYSTEM, 3),
        (DIRECTORY_COUNT, 16),
    ] {
        put_u32(&mut out, optional + at, value).expect("in the header");
    }
    for (number, (name, address, content)) in sections.iter().enumerate() {
        let at = out.len() as u32;
        let header = optional + 240 + number * SECTION_LEN;
        put(&mut out, header, &name[..]).expect("in the header");
        let padded = content.len().next_multiple_of(0x200) as u32;
        for (field, value) in [(8, content.len() as u32), (12, *address), (16, padded), (20, at)] {
            put_u32(&mut out, header + field, value).expect("in the header");
        }
        out.extend_from_slice(content);
        out.resize((at + padded) as usize, 0);
        if *name == b".rsrc\0\0\0" {
            put_u32(&mut out, optional + DIRECTORIES + 16, *address).expect("in the header");
            put_u32(&mut out, optional + DIRECTORIES + 20, content.len() as u32).expect("in the header");
        }
    }
    out
}

fn own_resources() -> Resources<'static> {
    let key = |kind, name| (Id::Number(kind), name, ENGLISH);
    Resources::from([
        (key(RCDATA, Id::name("OTHER")), Cow::Borrowed(&b"kept"[..])),
        (key(RCDATA, Id::Number(7)), Cow::Borrowed(&b"kept too"[..])),
        (key(MANIFEST, Id::Number(1)), Cow::Borrowed(&b"<old/>"[..])),
    ])
}

fn full_look() -> Appearance {
    let mut version = VersionInfo::default();
    version.set("FileVersion", "1.2.3");
    version.set("CompanyName", "Ä & Co");
    let icon = super::super::icon::test_icon(256);
    Appearance {
        windowed: Some(true),
        icons: vec![Icon::parse(&icon).expect("a sound picture")],
        version: Some(version),
        rights: super::super::appearance::Rights::Administrator,
        manifest: Manifest::Own,
        ..Appearance::default()
    }
}

#[test]
fn what_goes_in_comes_out() {
    for stub in [made_up(None), made_up(Some(&own_resources()))] {
        let image = Pe.attach(&stub, &payload()).expect("it has room");
        assert_eq!(Pe.payload(&image), Ok(Some(payload().as_slice())));
        assert_eq!(Pe.payload(&stub), Ok(None));
        assert_eq!(Pe.attach(&image, &payload()), Err(ImageError("the stub carries a payload already".into())));
        assert_eq!(Pe.attach(&stub, &payload()), Ok(image));
    }
}

#[test]
fn what_the_stub_has_is_kept_or_replaced() {
    let stub = made_up(Some(&own_resources()));
    let plain = Pe.attach(&stub, &payload()).expect("it has room");
    let all = |file| {
        let mut found = Headers::read(file).and_then(|headers| headers.resources(file)).expect("sound");
        found.remove(&payload_key());
        found
    };
    assert_eq!(all(&plain), own_resources());
    // The old section stood last: it is replaced, not left behind.
    assert_eq!(Headers::read(&plain).expect("sound").sections.len(), 3);

    let dressed = Pe.build(&stub, &payload(), &full_look()).expect("it has room");
    let found = all(&dressed);
    let kinds: Vec<&Id> = found.keys().map(|(kind, ..)| kind).collect();
    for kind in [ICON, GROUP_ICON, VERSION, MANIFEST, RCDATA] {
        assert!(kinds.contains(&&Id::Number(kind)), "{kind}");
    }
    assert_eq!(found.keys().filter(|(kind, ..)| *kind == Id::Number(ICON)).count(), 7);
    let manifest = &found[&(Id::Number(MANIFEST), Id::Number(1), ENGLISH)];
    assert!(String::from_utf8_lossy(manifest).contains("level=\"requireAdministrator\""));
    let icon = icon_of(&dressed).expect("it was written");
    assert!(matches!(icon, Some(Icon::Ico(images)) if images.len() == 7));
    let headers = Headers::read(&dressed).expect("sound");
    assert_eq!(u16_at(&dressed, headers.optional + SUBSYSTEM), Ok(WINDOW));
    let sum = u32_at(&dressed, headers.optional + CHECKSUM).expect("in the header");
    assert_eq!(sum, checksum(&dressed, headers.optional + CHECKSUM));
}

#[test]
fn entries_are_sorted() {
    let mut resources = own_resources();
    resources.insert((Id::name("ZZ"), Id::Number(1), 0), Cow::Borrowed(b"z"));
    resources.insert((Id::name("AA"), Id::Number(1), 0), Cow::Borrowed(b"a"));
    let tree = resources::write(&resources, 0x1000).expect("they fit");
    let back = resources::read(&tree, &|at, len| slice(&tree, at as usize - 0x1000, len as usize));
    assert_eq!(back, Ok(resources));
    // Two names before the numbers 10 and 24.
    assert_eq!((u16_at(&tree, 12), u16_at(&tree, 14)), (Ok(2), Ok(2)));
    let ids: Vec<u32> = (0..4).map(|i| u32_at(&tree, 16 + i * 8).expect("in the table")).collect();
    assert!(ids[0] >> 31 == 1 && ids[1] >> 31 == 1 && ids[2..] == [10, 24], "{ids:x?}");
}

#[test]
fn damage_is_an_error_not_a_panic() {
    let stub = made_up(Some(&own_resources()));
    let image = Pe.build(&stub, &payload(), &full_look()).expect("it has room");
    mutations(&stub, |bytes| {
        let _ = Pe.matches(bytes);
        let _ = Pe.attach(bytes, b"\x93FREEZE\n payload");
    });
    mutations(&image, |bytes| {
        let _ = Pe.payload(bytes);
    });
    for cut in (0..0x400).step_by(7).chain([0x500, image.len() / 2, image.len() - 1]) {
        assert!(Pe.payload(&image[..cut]).is_err(), "cut at {cut}");
    }
}

/// A program made by a C compiler for Windows: prints the length of its payload, or fails.
const SOURCE: &str = r#"
#include <windows.h>
#include <stdio.h>
int main(void) {
    HRSRC found = FindResourceA(NULL, "FREEZE", RT_RCDATA);
    if (!found) return 3;
    const unsigned char *data = LockResource(LoadResource(NULL, found));
    printf("%lu %02x\n", SizeofResource(NULL, found), data[0]);
    return 0;
}
"#;

fn compiled(folder: &Path, options: &[&str]) -> Option<PathBuf> {
    let gcc = tool("x86_64-w64-mingw32-gcc")?;
    let (source, program) = (folder.join("host.c"), folder.join("host.exe"));
    std::fs::write(&source, SOURCE).expect("the folder can be written");
    let status = Command::new(gcc).args(options).arg("-o").arg(&program).arg(&source).status().expect("it starts");
    assert!(status.success());
    Some(program)
}

fn run(program: &Path, folder: &Path) -> Option<String> {
    let wine = tool("wine").or_else(|| tool("wine64"))?;
    let output = Command::new(wine)
        .arg(program)
        .env("WINEPREFIX", folder.join("prefix"))
        .env("WINEDEBUG", "-all")
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

#[test]
fn real_programs_run_and_can_be_signed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let wanted = format!("{} 93", payload().len());
    // Stripped, and with a linker's symbols behind the sections.
    for options in [&["-s"][..], &[]] {
        let Some(host) = compiled(folder.path(), options) else { return };
        let stub = std::fs::read(&host).expect("it was compiled");
        let console = Appearance { windowed: Some(false), ..full_look() };
        let console = Appearance { rights: Default::default(), ..console };
        let image = Pe.build(&stub, &payload(), &console).expect("it has room");
        let program = folder.path().join("app.exe");
        std::fs::write(&program, &image).expect("the folder can be written");
        if let Some(shown) = run(&program, folder.path()) {
            assert_eq!(shown, wanted);
        }
        if options.is_empty() {
            continue;
        }
        let signed = folder.path().join("signed.exe");
        if !sign(&program, &signed, folder.path()) {
            return;
        }
        let bytes = std::fs::read(&signed).expect("it was signed");
        assert!(bytes.len() > image.len());
        assert_eq!(Pe.payload(&bytes), Ok(Some(payload().as_slice())));
        if let Some(shown) = run(&signed, folder.path()) {
            assert_eq!(shown, wanted);
        }
    }
}

/// Signs with a certificate of the moment; says whether the tools are there.
fn sign(from: &Path, to: &Path, folder: &Path) -> bool {
    let (Some(openssl), Some(signer)) = (tool("openssl"), tool("osslsigncode")) else { return false };
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let made = Command::new(openssl)
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("it starts");
    assert!(made.status.success(), "{made:?}");
    let signed = Command::new(&signer)
        .args(["sign", "-h", "sha256", "-certs"])
        .arg(&certificate)
        .arg("-key")
        .arg(&key)
        .arg("-in")
        .arg(from)
        .arg("-out")
        .arg(to)
        .output()
        .expect("it starts");
    assert!(signed.status.success(), "{signed:?}");
    let verified = Command::new(&signer).args(["verify", "-in"]).arg(to).output().expect("it starts");
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    let digests: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("Current message digest") || line.starts_with("Calculated message digest"))
        .filter_map(|line| line.split(':').nth(1).map(str::trim))
        .collect();
    assert!(digests.len() == 2 && digests[0] == digests[1], "{said}");
    true
}
