//! Version information as Windows shows it in a file's properties: the resource `VS_VERSIONINFO`.
//!
//! Blocks within blocks: length, length of the value, whether that is text, a key, the value, blocks inside; each part
//! begins at a multiple of four.

use super::super::appearance::VersionInfo;

/// The signature of the fixed part.
const FIXED: u32 = 0xfeef_04bd;
/// What the fixed part's numbers are: version of this structure 1.0, an application, for Windows NT.
const STRUCTURE: u32 = 0x1_0000;
const FLAGS_MASK: u32 = 0x3f;
const WINDOWS_NT: u32 = 0x4_0004;
const APPLICATION: u32 = 1;

/// The resource.
pub(super) fn resource(info: &VersionInfo) -> Vec<u8> {
    let [file, product] = [info.file, info.product].map(|[a, b, c, d]| {
        let word = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        [word(a, b), word(c, d)]
    });
    let fixed = [
        FIXED,
        STRUCTURE,
        file[0],
        file[1],
        product[0],
        product[1],
        FLAGS_MASK,
        info.flags,
        WINDOWS_NT,
        APPLICATION,
        0,
        0,
        0,
    ];
    let fixed: Vec<u8> = fixed.iter().flat_map(|word| word.to_le_bytes()).collect();
    let strings: Vec<Vec<u8>> = info
        .strings
        .iter()
        .map(|(key, value)| {
            let value = text(value);
            // Of text the length counts characters.
            block(key, &value, value.len() / 2, true, &[])
        })
        .collect();
    let (language, page) = (info.language, info.code_page);
    let table = block(&format!("{language:04x}{page:04x}"), &[], 0, true, &strings);
    let strings = block("StringFileInfo", &[], 0, true, &[table]);
    let translation = [language.to_le_bytes(), page.to_le_bytes()].concat();
    let translation = block("Translation", &translation, translation.len(), false, &[]);
    let variables = block("VarFileInfo", &[], 0, true, &[translation]);
    block("VS_VERSION_INFO", &fixed, fixed.len(), false, &[strings, variables])
}

fn block(key: &str, value: &[u8], value_len: usize, is_text: bool, inner: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0; 6];
    out.extend(text(key));
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend_from_slice(value);
    for block in inner {
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(block);
    }
    // Values are bounded by `VersionInfo`, which keeps all of them within 64 KB.
    for (at, word) in [(0, out.len()), (2, value_len), (4, usize::from(is_text))] {
        out[at..at + 2].copy_from_slice(&(word as u16).to_le_bytes());
    }
    out
}

/// UTF-16 with a zero at the end.
fn text(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}
