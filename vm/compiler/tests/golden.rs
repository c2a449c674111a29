//! Golden listings: `golden/NAME.py` beside `golden/NAME.dis`. `UPDATE=1 cargo test` rewrites the listings.
//!
//! For a file that does not compile the listing is its error.

mod common;

use std::path::PathBuf;

use freeze_compiler::{Mode, Options, compile_bytes};

#[test]
fn listings_are_as_recorded() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE").is_some();
    let mut names: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/golden")
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "py"))
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for path in names {
        let source = std::fs::read(&path).expect("a golden source");
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let got = match compile_bytes(&source, &name, Mode::Exec, &Options::default()) {
            Ok(compiled) => {
                freeze_bytecode::verify::verify(&compiled.code).expect("valid bytecode");
                common::check_registers(&compiled.code).expect("registers used properly");
                let mut text = freeze_bytecode::dis::listing(&compiled.code, std::str::from_utf8(&source).ok());
                for w in &compiled.warnings {
                    text.push_str(&format!("warning {}:{}: {}\n", w.line, w.column, w.message));
                }
                text
            }
            Err(e) => format!("{:?} {}:{}-{}:{} {}\n", e.kind, e.line, e.column, e.end_line, e.end_column, e.message),
        };
        let recorded = path.with_extension("dis");
        if update {
            std::fs::write(&recorded, got).expect("writing a listing");
        } else if std::fs::read_to_string(&recorded).unwrap_or_default() != got {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "listings differ (UPDATE=1 rewrites them): {wrong:?}");
}
