//! What the tests of several formats share, those of the command among them: tools of others, damage, and made-up
//! programs that have nothing to run.

use std::path::PathBuf;

/// Where a program is that a test can do without; says that it is skipped where there is none.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: there is no {name}");
    }
    found
}

/// Calls `look` with many damaged copies of a file: single bits, words with hostile numbers, cut off.
pub(crate) fn mutations(file: &[u8], mut look: impl FnMut(&[u8])) {
    // A small generator serves: the same copies in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    const HOSTILE: [u32; 8] = [0, 1, 7, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fff0, 0x1000];
    // Headers lie at the front, and in Mach-O files the tables at the end.
    let near = file.len().min(0x1000);
    let mut copy = file.to_vec();
    for round in 0..1500 {
        let place = match round % 4 {
            0 => next(file.len()),
            1 => file.len() - 1 - next(near),
            _ => next(near),
        };
        let end = (place + 4).min(file.len());
        if round % 3 == 0 {
            copy[place] ^= 1 << next(8);
        } else {
            let word = HOSTILE[next(HOSTILE.len())].to_le_bytes();
            copy[place..end].copy_from_slice(&word[..end - place]);
        }
        look(&copy);
        // Some damage stays, for two kinds of it at once.
        if round % 5 != 0 {
            copy[place..end].copy_from_slice(&file[place..end]);
        } else if round % 50 == 0 {
            copy.copy_from_slice(file);
        }
        if round % 10 == 0 {
            look(&file[..next(file.len())]);
        }
    }
}

/// Writes numbers into a header.
fn fill(out: &mut [u8], at: usize, words: &[u32]) {
    for (place, word) in out[at..].chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
}

/// A 64-bit PE file for this machine with one section, which holds `content`.
#[allow(dead_code)]
pub(crate) fn pe_host(machine: u16, content: &[u8]) -> Vec<u8> {
    let padded = content.len().next_multiple_of(0x200) as u32;
    let mut out = vec![0; 0x400];
    out[..2].copy_from_slice(b"MZ");
    fill(&mut out, 0x3c, &[0x80]);
    out[0x80..0x84].copy_from_slice(b"PE\0\0");
    fill(&mut out, 0x84, &[u32::from(machine) | 1 << 16, 0, 0, 0, 240 | 0x22 << 16, 0x20b]);
    let optional = 0x98;
    fill(&mut out, optional + 32, &[0x1000, 0x200]);
    fill(&mut out, optional + 56, &[0x1000 + padded.next_multiple_of(0x1000), 0x400, 0, 3]);
    fill(&mut out, optional + 108, &[16]);
    let section = optional + 240;
    out[section..section + 6].copy_from_slice(b".rdata");
    fill(&mut out, section + 8, &[content.len() as u32, 0x1000, padded, 0x400, 0, 0, 0, 0x4000_0040]);
    out.extend_from_slice(content);
    out.resize(0x400 + padded as usize, 0);
    out
}

/// A Mach-O program for this processor with `content` in its text.
#[allow(dead_code)]
pub(crate) fn macho_host(cpu: u32, content: &[u8]) -> Vec<u8> {
    let text_len = (0x1000 + content.len()).next_multiple_of(0x4000) as u32;
    let mut out = vec![0; 0x1000];
    fill(&mut out, 0, &[0xfeed_facf, cpu, 0, 2, 4, 72 + 152 + 72 + 24, 0x85, 0]);
    let mut segment = |at: usize, name: &[u8], words: [u32; 8], sections: u32| {
        fill(&mut out, at, &[0x19, 72 + 80 * sections]);
        out[at + 8..at + 8 + name.len()].copy_from_slice(name);
        fill(&mut out, at + 24, &words);
        fill(&mut out, at + 56, &[5, 5, sections, 0]);
    };
    segment(32, b"__PAGEZERO", [0, 0, 0, 1, 0, 0, 0, 0], 0);
    segment(104, b"__TEXT", [0, 1, text_len, 0, 0, 0, text_len, 0], 1);
    segment(256, b"__LINKEDIT", [text_len, 1, 0x4000, 0, text_len, 0, 16, 0], 0);
    out[176..183].copy_from_slice(b"__const");
    out[192..198].copy_from_slice(b"__TEXT");
    fill(&mut out, 208, &[0x1000, 1, content.len() as u32, 0, 0x1000, 4]);
    // The oldest system: macOS 11.0.
    fill(&mut out, 328, &[0x32, 24, 1, 11 << 16, 0, 0]);
    out.extend_from_slice(content);
    out.resize(text_len as usize + 16, 0);
    out
}

/// A PNG file out of its chunks; the one that ends it is added.
#[allow(dead_code)]
pub(crate) fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks.iter().copied().chain([(b"IEND", &[][..])]) {
        out.extend((data.len() as u32).to_be_bytes());
        let from = out.len();
        out.extend_from_slice(kind);
        out.extend_from_slice(data);
        let crc = crc32fast::hash(&out[from..]);
        out.extend(crc.to_be_bytes());
    }
    out
}
