//! Embeds the host's stub and the compiled library, where the build says where they are.
//!
//! `FREEZE_STUB` and `FREEZE_STDLIB` name the files. Without them freeze looks for both beside itself, so that a plain
//! `cargo build` works before there is a stub. A checksum of each is computed here, once, instead of at every start.

use std::path::Path;

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    for (variable, file) in [("FREEZE_STUB", "stub.rs"), ("FREEZE_STDLIB", "stdlib.rs")] {
        println!("cargo:rerun-if-env-changed={variable}");
        let code = match std::env::var(variable) {
            Ok(path) if !path.is_empty() => {
                println!("cargo:rerun-if-changed={path}");
                let absolute = std::fs::canonicalize(&path).unwrap_or_else(|e| panic!("{variable}={path}: {e}"));
                let content = std::fs::read(&absolute).unwrap_or_else(|e| panic!("{variable}={path}: {e}"));
                let mut hasher = std::hash::DefaultHasher::new();
                std::hash::Hasher::write(&mut hasher, &content);
                format!("Some(({}, include_bytes!({absolute:?})))", std::hash::Hasher::finish(&hasher))
            }
            _ => "None".to_string(),
        };
        std::fs::write(Path::new(&out).join(file), code).expect("OUT_DIR is writable");
    }
    println!("cargo:rerun-if-env-changed=FREEZE_STUB_TARGET");
    let target = std::env::var("FREEZE_STUB_TARGET").or_else(|_| std::env::var("TARGET")).unwrap_or_default();
    println!("cargo:rustc-env=FREEZE_STUB_TARGET={target}");
}
