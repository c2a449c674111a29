//! Round trips of random code objects, and damage of every kind: always an error, never a panic.

use super::read::Plain;
use super::tags::Tag;
use super::{File, HEADER_LEN, MAX_DEPTH, MarshalError, PACKED, Place, is_packed, pack, read, write};
use crate::code::{CodeObject, Const};
use crate::sample::{Random, module};
use crate::verify::verify;

#[test]
fn random_code_comes_back() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2000 {
        let code = random.code(3);
        let bytes = write(&code).unwrap();
        assert_eq!(read(&bytes).unwrap(), code);
        assert_eq!(write(&code).unwrap(), bytes, "the same code gives the same bytes");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = write(&module()).unwrap();
    for len in 0..bytes.len() {
        assert!(read(&bytes[..len]).is_err(), "cut to {len} of {}", bytes.len());
        // Also when header and checksum agree with what is left.
        if len > HEADER_LEN {
            assert!(read(&sealed(&bytes[HEADER_LEN..len])).is_err(), "cut and sealed to {len}");
        }
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let bytes = write(&module()).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            assert!(read(&damaged).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn damage_behind_a_good_checksum_never_panics() {
    let mut random = Random(77);
    let mut sources = vec![module()];
    sources.extend((0..20).map(|_| random.code(2)));
    for code in &sources {
        let bytes = write(code).unwrap();
        for _ in 0..1500 {
            let mut body = bytes[HEADER_LEN..].to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(body.len() as u64) as usize;
                body[at] = random.next() as u8;
            }
            if let Ok(code) = read(&sealed(&body)) {
                // Whether it is valid does not matter here; that it is decided without a panic does.
                let _ = verify(&code);
                let _ = crate::dis::listing(&code, Some("a\nb\n"));
            }
        }
    }
}

/// Reads the code object at a place and all that is nested in it.
fn read_piecemeal(file: &File<Plain>, place: &Place) -> CodeObject {
    let mut unit = file.unit(place).unwrap();
    let mut places = unit.nested.iter();
    for constant in &mut unit.code.consts {
        if let Const::Code(nested) = constant {
            assert!(nested.instrs.is_empty(), "only the head is read");
            let full = read_piecemeal(file, places.next().unwrap());
            assert_eq!((&nested.qualname, nested.flags, nested.nregs), (&full.qualname, full.flags, full.nregs));
            **nested = full;
        }
    }
    assert!(places.next().is_none());
    unit.code
}

#[test]
fn piece_by_piece_gives_the_same_as_all_at_once() {
    let code = module();
    let bytes = write(&code).unwrap();
    let (file, root) = File::open(bytes.into(), Plain).unwrap();
    assert_eq!(read_piecemeal(&file, &root), code);
}

/// A file of many like functions, packed.
fn packed() -> (CodeObject, Vec<u8>) {
    let mut code = module();
    code.consts = std::iter::repeat_n(code.consts.to_vec(), 20).flatten().collect();
    let plain = write(&code).unwrap();
    let bytes = pack(plain.clone(), lz4_flex::block::compress);
    assert!(bytes.len() < plain.len() / 4 && is_packed(&bytes) && !is_packed(&plain));
    assert_eq!(pack(bytes.clone(), lz4_flex::block::compress), bytes, "nothing is packed twice");
    (code, bytes)
}

#[test]
fn a_packed_file_gives_the_same() {
    let (code, bytes) = packed();
    assert_eq!(read(&bytes).unwrap(), code);
    let (file, root) = File::open(bytes.into(), Plain).unwrap();
    assert_eq!(read_piecemeal(&file, &root), code);
    // What would not become smaller stays as it is.
    let small = write(&CodeObject { consts: [].into(), ..module() }).unwrap();
    assert_eq!(pack(small.clone(), |body| vec![0; body.len()]), small);
}

#[test]
fn a_damaged_packed_file_is_an_error() {
    let (_, bytes) = packed();
    let mut random = Random(5);
    for _ in 0..3000 {
        let mut body = bytes[HEADER_LEN..].to_vec();
        let at = random.below(body.len() as u64) as usize;
        body[at] = random.next() as u8;
        let mut damaged = sealed(&body);
        damaged[6] |= PACKED as u8;
        if let Ok(code) = read(&damaged) {
            let _ = verify(&code);
        }
    }
    // A length that no block can unfold to takes no memory.
    let mut damaged = sealed(&[0xff, 0xff, 0xff, 0xff, 0x10, 0x00]);
    damaged[6] |= PACKED as u8;
    assert_eq!(read(&damaged), Err(MarshalError::Damaged("packed body")));
}

#[test]
fn a_damaged_nested_body_is_found_when_it_is_read() {
    let mut code = module();
    let Const::Code(nested) = &mut code.consts[0] else { panic!("the sample's first constant is code") };
    nested.instrs[0].b = u16::MAX >> 1;
    nested.instrs[0].op = crate::Op::Move;
    let (file, root) = File::open(write(&code).unwrap().into(), Plain).unwrap();
    let unit = file.unit(&root).unwrap();
    assert!(file.unit(&unit.nested[0]).is_err());
}

#[test]
fn foreign_and_other_versions_are_told_apart() {
    let mut bytes = write(&module()).unwrap();
    assert_eq!(read(b"PK\x03\x04 and more"), Err(MarshalError::NotCode));
    bytes[8] ^= 1;
    assert_eq!(read(&bytes), Err(MarshalError::Version));
    assert_eq!(read(&[]), Err(MarshalError::Truncated));
}

#[test]
fn depth_is_limited_both_ways() {
    let nested = |depth: u32| {
        let mut constant = Const::Tuple([].into());
        for _ in 0..depth {
            constant = Const::Tuple([constant].into());
        }
        let mut code = module();
        code.consts = [constant].into();
        code
    };
    assert!(read(&write(&nested(MAX_DEPTH - 5)).unwrap()).is_ok());
    assert_eq!(write(&nested(MAX_DEPTH)), Err(MarshalError::TooDeep));

    // A file that claims to nest deeper is refused before the stack is.
    let bytes = write(&nested(50)).unwrap();
    let body = &bytes[HEADER_LEN..];
    let level = [Tag::Tuple as u8, 1];
    let first = body.windows(2).position(|pair| pair == level).expect("the nested tuples");
    let mut deep = body[..first].to_vec();
    deep.extend(std::iter::repeat_n(level, 100_000).flatten());
    deep.push(Tag::None as u8);
    assert_eq!(read(&sealed(&deep)), Err(MarshalError::TooDeep));
}

#[test]
fn a_claimed_length_allocates_nothing() {
    // One shared string that says it is 2^60 bytes long.
    let body = [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    assert_eq!(read(&sealed(&body)), Err(MarshalError::Truncated));
    // 2^32 shared strings.
    assert_eq!(read(&sealed(&[0x80, 0x80, 0x80, 0x80, 0x10])), Err(MarshalError::Truncated));
}

/// `body` behind a header that fits it.
fn sealed(body: &[u8]) -> Vec<u8> {
    let mut bytes = write(&module()).unwrap()[..HEADER_LEN].to_vec();
    bytes[12..16].copy_from_slice(&(body.len() as u32).to_le_bytes());
    bytes[16..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}
