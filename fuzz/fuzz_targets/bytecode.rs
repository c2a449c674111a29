//! Decoder and verifier of code objects: an error or a code object, never a panic. What was read writes as bytes that read the
//! same; what is read piece by piece is what is read at once; what verifies can be listed and looked through.
#![no_main]

use freeze_bytecode::marshal::{self, File, Place, Texts};
use freeze_bytecode::{CodeObject, Const, dis, lines, verify};
use freeze_fuzz::bytecode::{Random, mutate, sealed};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|body: &[u8]| {
    let bytes = sealed(body);
    // As it came: header and checksum are looked at.
    let _ = freeze_bytecode::load(body);
    let code = marshal::read(&bytes);
    if let Ok((file, root)) = File::open(bytes.clone().into(), Plain) {
        read_all(&file, &root, 0);
    }
    let Ok(code) = code else { return };
    let written = marshal::write(&code).expect("what was read can be written");
    assert!(marshal::read(&written).as_ref() == Ok(&code));
    let _ = dis::listing(&code, Some("a\nb\nc\n"));
    if verify::verify(&code).is_ok() {
        look_through(&code);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(seed);
    if random.below(3) != 0
        && let Some(new) = mutate(&data[..size], max_size, &mut random)
    {
        data[..new.len()].copy_from_slice(&new);
        return new.len();
    }
    fuzzer_mutate(data, size, max_size)
});

/// Texts as they stand in the file.
struct Plain;

impl Texts for Plain {
    type Text = Box<[u8]>;

    fn name(&self, bytes: &[u8]) -> Box<[u8]> {
        bytes.into()
    }

    fn constant(&self, bytes: &[u8]) -> Box<[u8]> {
        bytes.into()
    }

    fn renamed(&self, text: &Box<[u8]>) -> Box<[u8]> {
        text.clone()
    }
}

/// A code object of a file and what lies in it, each read by itself as the runtime does.
fn read_all(file: &File<Plain>, place: &Place, depth: u32) {
    let Ok(unit) = file.unit(place) else { return };
    assert!(depth < 1000, "nesting is limited");
    unit.nested.iter().for_each(|nested| read_all(file, nested, depth + 1));
}

/// What the runtime asks of verified code.
fn look_through(code: &CodeObject) {
    for at in 0..code.instrs.len() {
        let _ = lines::lookup(&code.linetable, code.firstlineno, at);
    }
    if code.instrs.len() < 500 {
        let _ = verify::held(&code.instrs, &code.handlers, code.nlocals, code.nregs);
    }
    for constant in &code.consts {
        if let Const::Code(nested) = constant {
            look_through(nested);
        }
    }
}
