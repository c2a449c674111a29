//! Parser and compiler on any text: an error or code that verifies, never a panic, a hang or an overflow of the stack.
#![no_main]

use freeze_compiler::{Mode, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let mode = [Mode::Exec, Mode::Eval, Mode::Single, Mode::Exec][usize::from(choice & 3)];
    let options = Options {
        optimize: choice >> 2 & 3,
        allow_top_level_await: choice & 16 != 0,
        allow_incomplete_input: choice & 32 != 0,
        dont_imply_dedent: choice & 64 != 0,
        int_max_str_digits: if choice & 128 != 0 { 4300 } else { 0 },
        ..Options::default()
    };
    match freeze_compiler::compile_bytes(text, "fuzz.py", mode, &options) {
        Ok(done) => {
            freeze_bytecode::verify::verify(&done.code).expect("what the compiler makes verifies");
            if let Ok(bytes) = freeze_bytecode::marshal::write(&done.code) {
                let again = freeze_bytecode::marshal::read(&bytes).expect("what was written can be read");
                assert!(freeze_bytecode::marshal::write(&again).as_ref() == Ok(&bytes));
            }
        }
        Err(error) => assert!(error.line <= error.end_line.max(error.line), "{error:?}"),
    }
});
