//! The reader of payloads: an error or a payload whose every entry can be asked for, never a panic. The bytes come as they
//! are, behind a header that fits them, and as the manifest of an archive.
#![no_main]

use freeze_payload::{Archive, Header, Manifest, Payload, header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(payload) = Payload::open(data) {
        let _ = payload.check_hash();
        look_through(&payload.archive);
    }
    if let Ok(archive) = Archive::open(data) {
        look_through(&archive);
        let header = Header { archive_len: data.len() as u64, directory_crc: archive.directory_crc(), sha256: [0; 32] };
        let image = [&header.to_bytes()[..], data, b"padding"].concat();
        if let Ok(payload) = Payload::open(&image) {
            assert!(payload.check_hash().is_err());
        }
    }
    if let Ok(manifest) = Manifest::parse(data) {
        let again = Manifest::parse(manifest.to_text().as_bytes());
        assert_eq!(again.as_ref(), Ok(&manifest));
    }
    let _ = header::native_modules(data);
});

fn look_through(archive: &Archive<'_>) {
    let mut unpacked = 0;
    for entry in archive.entries() {
        // What unfolds to gigabytes is honest about it; that much memory is not the question here.
        unpacked += entry.len();
        if unpacked < 64 << 20 {
            let _ = archive.read_entry(&entry);
        }
        let _ = archive.packed(&entry);
        let _ = freeze_payload::layout::module_of(entry.name);
        let _ = archive.stat(entry.name);
        assert!(archive.entry(entry.name).is_some(), "every entry is found by its name");
        let folder = entry.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let _ = archive.list_dir(folder);
    }
    let _ = (archive.list_dir(""), archive.list_dir("a/b"), archive.stat("/"), archive.len(), archive.is_empty());
}
