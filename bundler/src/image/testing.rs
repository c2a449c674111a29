//! What the tests of several formats share.

use std::path::PathBuf;

/// Where a program is that a test can do without; says that it is skipped where there is none.
pub(super) fn tool(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: there is no {name}");
    }
    found
}

/// Calls `look` with many damaged copies of a file: single bits, words with hostile numbers, cut off.
pub(super) fn mutations(file: &[u8], mut look: impl FnMut(&[u8])) {
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
