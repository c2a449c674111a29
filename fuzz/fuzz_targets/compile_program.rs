//! Valid programs by the grammar: each compiles, and what comes out verifies and survives being written and read.
#![no_main]

use freeze_compiler::{Mode, Options, compile};
use freeze_fuzz::program::program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, data)) = data.split_first() else { return };
    let text = program(data);
    let options = Options { optimize: choice % 3, ..Options::default() };
    let done = match compile(&text, "fuzz.py", Mode::Exec, &options) {
        Ok(done) => done,
        Err(error) => panic!("{error:?}\n{text}"),
    };
    if let Err(error) = freeze_bytecode::verify::verify(&done.code) {
        panic!("{error}\n{text}");
    }
    let bytes = freeze_bytecode::marshal::write(&done.code).expect("the grammar's depth is limited");
    let again = freeze_bytecode::marshal::read(&bytes).expect("what was written can be read");
    assert!(freeze_bytecode::marshal::write(&again).as_ref() == Ok(&bytes));
});
