//! `freeze-library --measure ARCHIVE`: what the parts of loading a module cost, over the whole library.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use freeze_bytecode::{marshal, verify};
use freeze_payload::write::sha256;
use freeze_payload::{Archive, layout};

/// How often each part is done; the fastest run counts.
const ROUNDS: u32 = 11;

/// Prints one line per part.
pub(crate) fn run(path: &Path) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let archive = Archive::open(&bytes).map_err(|error| error.to_string())?;
    let entries: Vec<_> = archive.entries().filter(|entry| layout::module_of(entry.name).is_some()).collect();
    let unpacked: Result<Vec<_>, _> = entries.iter().map(|entry| archive.read_entry(entry)).collect();
    let unpacked = unpacked.map_err(|error| error.to_string())?;
    let read: Result<Vec<_>, _> = unpacked.iter().map(|content| marshal::read(content)).collect();
    let codes = read.map_err(|error| error.to_string())?;

    let packed_len: usize = entries.iter().map(|entry| entry.packed_len()).sum();
    let len: usize = entries.iter().map(|entry| entry.len()).sum();
    println!("{} modules, {:.2} MB packed, {:.2} MB unpacked", entries.len(), mega(packed_len), mega(len));
    let report = |what: &str, bytes: usize, time: Duration| {
        println!("{what:<28} {:>9.3} ms  {:>8.0} MB/s", time.as_secs_f64() * 1e3, mega(bytes) / time.as_secs_f64());
    };
    report("open the archive", bytes.len(), fastest(|| drop(Archive::open(&bytes))));
    report("SHA-256 of the archive", bytes.len(), fastest(|| _ = std::hint::black_box(sha256(&bytes))));
    report(
        "inflate, compare CRC-32",
        len,
        fastest(|| entries.iter().for_each(|entry| drop(archive.read_entry(entry)))),
    );
    report("marshal::read", len, fastest(|| unpacked.iter().for_each(|content| drop(marshal::read(content)))));
    report("verify", len, fastest(|| codes.iter().for_each(|code| drop(verify::verify(code)))));
    Ok(())
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn fastest(mut work: impl FnMut()) -> Duration {
    let mut timed = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| timed()).min().unwrap_or_default()
}
