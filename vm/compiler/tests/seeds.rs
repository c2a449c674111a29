//! What the fuzz targets (`fuzz/`) once found: texts that stopped the compiler, or that it made code of which does not verify
//! or can't be read again.

use std::fs;
use std::path::Path;

use freeze_bytecode::{marshal, verify::verify};
use freeze_compiler::{Mode, Options, compile_bytes};

#[test]
fn seeds_compile_to_code_that_verifies_and_reads_the_same() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Those that print something are tests of the whole machine as well, and stand there.
    let folders =
        ["tests/seeds", "../../tests/py/syntax"].map(|folder| fs::read_dir(here.join(folder)).expect("seeds"));
    let mut compiled = 0;
    for entry in folders.into_iter().flatten() {
        let path = entry.expect("a seed").path();
        if path.extension().is_none_or(|end| end != "py") {
            continue;
        }
        let text = fs::read(&path).expect("a seed");
        for mode in [Mode::Exec, Mode::Eval, Mode::Single] {
            let Ok(done) = compile_bytes(&text, "seed.py", mode, &Options::default()) else { continue };
            compiled += 1;
            verify(&done.code).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let bytes = marshal::write(&done.code).expect("code that can be written");
            let again = marshal::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(marshal::write(&again).as_ref() == Ok(&bytes), "{}", path.display());
        }
    }
    assert!(compiled > 0);
}
