//! Embeds the host's stubs and the compiled library, where the build says where they are.
//!
//! `FREEZE_STUB`, `FREEZE_STUB_FULL` and `FREEZE_STDLIB` name the files. The full stub, which fewer programs need, is compressed. Without them freeze looks for both beside itself, so that a plain
//! `cargo build` works before there is a stub. A checksum of each is computed here, once, instead of at every start.

use std::io::Write as _;
use std::path::Path;

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let files = [("FREEZE_STUB", "stub.rs"), ("FREEZE_STUB_FULL", "full_stub.rs"), ("FREEZE_STDLIB", "stdlib.rs")];
    for (variable, file) in files {
        println!("cargo:rerun-if-env-changed={variable}");
        let code = match std::env::var(variable) {
            Ok(path) if !path.is_empty() => {
                println!("cargo:rerun-if-changed={path}");
                let absolute = std::fs::canonicalize(&path).unwrap_or_else(|e| panic!("{variable}={path}: {e}"));
                let content = std::fs::read(&absolute).unwrap_or_else(|e| panic!("{variable}={path}: {e}"));
                let mut hasher = std::hash::DefaultHasher::new();
                std::hash::Hasher::write(&mut hasher, &content);
                let (sum, len) = (std::hash::Hasher::finish(&hasher), content.len());
                let packed = variable == "FREEZE_STUB_FULL";
                let absolute = if packed { deflated(&content, &Path::new(&out).join("full_stub.z")) } else { absolute };
                format!(
                    "Some(Embedded {{ sum: {sum}, len: {len}, packed: {packed}, bytes: include_bytes!({absolute:?}) }})"
                )
            }
            _ => "None".to_string(),
        };
        std::fs::write(Path::new(&out).join(file), code).expect("OUT_DIR is writable");
    }
    println!("cargo:rerun-if-env-changed=FREEZE_STUB_TARGET");
    let target = std::env::var("FREEZE_STUB_TARGET").or_else(|_| std::env::var("TARGET")).unwrap_or_default();
    println!("cargo:rustc-env=FREEZE_STUB_TARGET={target}");
}

/// Writes the content compressed.
fn deflated(content: &[u8], path: &Path) -> std::path::PathBuf {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory takes it");
    std::fs::write(path, encoder.finish().expect("memory takes it")).expect("OUT_DIR is writable");
    path.to_path_buf()
}
