//! The names of characters (Unicode 17.0), both ways.
//!
//! Stands in for release 3 of the crate of this name, which `rustpython-unicode` depends on. Names are wanted rarely, so they
//! lie here compressed, and are unpacked when somebody asks for the first; `generate.py` says how.

use std::io::Read as _;
use std::sync::OnceLock;

/// Names that end in the character's number: what stands in front, first and last character.
const NUMBERED: &[(&str, u32, u32)] = &[
    ("CJK UNIFIED IDEOGRAPH-", 0x3400, 0x4DBF),
    ("CJK UNIFIED IDEOGRAPH-", 0x4E00, 0x9FFF),
    ("CJK COMPATIBILITY IDEOGRAPH-", 0xF900, 0xFA6D),
    ("CJK COMPATIBILITY IDEOGRAPH-", 0xFA70, 0xFAD9),
    ("EGYPTIAN HIEROGLYPH-", 0x13460, 0x143FA),
    ("KHITAN SMALL SCRIPT CHARACTER-", 0x18B00, 0x18CD5),
    ("KHITAN SMALL SCRIPT CHARACTER-", 0x18CFF, 0x18CFF),
    ("NUSHU CHARACTER-", 0x1B170, 0x1B2FB),
    ("CJK UNIFIED IDEOGRAPH-", 0x20000, 0x2A6DF),
    ("CJK UNIFIED IDEOGRAPH-", 0x2A700, 0x2B81D),
    ("CJK UNIFIED IDEOGRAPH-", 0x2B820, 0x2CEAD),
    ("CJK UNIFIED IDEOGRAPH-", 0x2CEB0, 0x2EBE0),
    ("CJK UNIFIED IDEOGRAPH-", 0x2EBF0, 0x2EE5D),
    ("CJK COMPATIBILITY IDEOGRAPH-", 0x2F800, 0x2FA1D),
    ("CJK UNIFIED IDEOGRAPH-", 0x30000, 0x3134A),
    ("CJK UNIFIED IDEOGRAPH-", 0x31350, 0x33479),
];

/// The Hangul syllables: their names are put together from those of their parts (Unicode standard, 3.12).
const HANGUL: &str = "HANGUL SYLLABLE ";
const FIRST_SYLLABLE: u32 = 0xAC00;
const LEADS: [&str; 19] =
    ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"];
const VOWELS: [&str; 21] = [
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU",
    "YI", "I",
];
const TAILS: [&str; 28] = [
    "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S",
    "SS", "NG", "J", "C", "K", "T", "P", "H",
];

/// The unpacked table.
struct Table {
    text: String,
    /// Character, and start and end of its name, by character.
    entries: Vec<(char, u32, u32)>,
    /// Numbers of the entries, by name.
    by_name: Vec<u32>,
}

impl Table {
    fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut text = String::new();
            flate2::read::ZlibDecoder::new(&include_bytes!("names.z")[..])
                .read_to_string(&mut text)
                .expect("the table was made by generate.py");
            Table::index(text)
        })
    }

    fn index(text: String) -> Table {
        let mut entries = Vec::new();
        let (mut next, mut at) = (0, 0);
        for line in text.lines() {
            if let Some(number) = line.strip_prefix('=') {
                next = u32::from_str_radix(number, 16).unwrap_or(next);
            } else {
                entries.extend(char::from_u32(next).map(|c| (c, at as u32, (at + line.len()) as u32)));
                next += 1;
            }
            at += line.len() + 1;
        }
        let mut by_name: Vec<u32> = (0..entries.len() as u32).collect();
        let name = |&i: &u32| &text[entries[i as usize].1 as usize..entries[i as usize].2 as usize];
        by_name.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        Table { text, entries, by_name }
    }

    fn name(&self, entry: usize) -> &str {
        let (_, start, end) = self.entries[entry];
        &self.text[start as usize..end as usize]
    }
}

/// The name of a character; `None` for those that have none, such as control characters.
pub fn name(c: char) -> Option<String> {
    let n = u32::from(c);
    if let Some(i) = n.checked_sub(FIRST_SYLLABLE).filter(|&i| i < 19 * 21 * 28) {
        let i = i as usize;
        return Some(format!("{HANGUL}{}{}{}", LEADS[i / 588], VOWELS[i / 28 % 21], TAILS[i % 28]));
    }
    if let Some((front, ..)) = NUMBERED.iter().find(|(_, first, last)| (*first..=*last).contains(&n)) {
        return Some(format!("{front}{n:04X}"));
    }
    let table = Table::get();
    let i = table.entries.binary_search_by_key(&c, |e| e.0).ok()?;
    Some(table.name(i).to_owned())
}

/// The character of a name, in whichever case.
pub fn character(name: &str) -> Option<char> {
    let name = name.to_ascii_uppercase();
    if let Some(rest) = name.strip_prefix(HANGUL) {
        return syllable(rest);
    }
    if let Some((_, number)) = name.rsplit_once('-')
        && let Ok(n) = u32::from_str_radix(number, 16)
        && NUMBERED.iter().any(|(_, first, last)| (*first..=*last).contains(&n))
        && let Some(c) = char::from_u32(n)
        && self::name(c).is_some_and(|known| known == name)
    {
        return Some(c);
    }
    let table = Table::get();
    match table.by_name.binary_search_by(|&i| table.name(i as usize).cmp(&name)) {
        Ok(found) => Some(table.entries[table.by_name[found] as usize].0),
        Err(_) => alias(&name),
    }
}

/// The character with this alias: corrections, control characters, abbreviations (NameAliases.txt).
fn alias(name: &str) -> Option<char> {
    static ALIASES: OnceLock<String> = OnceLock::new();
    let aliases = ALIASES.get_or_init(|| {
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(&include_bytes!("aliases.z")[..])
            .read_to_string(&mut text)
            .expect("the table was made by generate.py");
        text
    });
    let number = aliases.lines().find_map(|line| line.split_once(' ').filter(|(_, alias)| *alias == name))?.0;
    char::from_u32(u32::from_str_radix(number, 16).ok()?)
}

/// The Hangul syllable whose parts have these names, one behind the other.
fn syllable(parts: &str) -> Option<char> {
    for (l, lead) in LEADS.iter().enumerate() {
        let Some(rest) = parts.strip_prefix(lead) else { continue };
        for (v, vowel) in VOWELS.iter().enumerate() {
            let Some(rest) = rest.strip_prefix(vowel) else { continue };
            if let Some(t) = TAILS.iter().position(|tail| *tail == rest) {
                return char::from_u32(FIRST_SYLLABLE + ((l * 21 + v) * 28 + t) as u32);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{character, name};

    #[test]
    fn aliases_name_characters() {
        assert_eq!(character("BYTE ORDER MARK"), Some('\u{FEFF}'));
        assert_eq!(character("nul"), Some('\0'));
        assert_eq!(name('\u{FEFF}').as_deref(), Some("ZERO WIDTH NO-BREAK SPACE"));
    }

    #[test]
    fn names_and_characters_belong_together() {
        for (c, text) in [
            (' ', "SPACE"),
            ('é', "LATIN SMALL LETTER E WITH ACUTE"),
            ('가', "HANGUL SYLLABLE GA"),
            ('힣', "HANGUL SYLLABLE HIH"),
            ('악', "HANGUL SYLLABLE AG"),
            ('一', "CJK UNIFIED IDEOGRAPH-4E00"),
            ('\u{1F600}', "GRINNING FACE"),
            ('\u{E01EF}', "VARIATION SELECTOR-256"),
        ] {
            assert_eq!(name(c).as_deref(), Some(text));
            assert_eq!(character(&text.to_lowercase()), Some(c));
        }
    }

    #[test]
    fn every_name_leads_back_to_its_character() {
        let named = ('\0'..=char::MAX).filter_map(|c| Some((c, name(c)?)));
        let mut count = 0;
        for (c, name) in named {
            assert_eq!(character(&name), Some(c), "{name}");
            count += 1;
        }
        assert_eq!(count, 153_626);
    }

    #[test]
    fn what_has_no_name_has_none() {
        assert_eq!((name('\n'), name('\u{E000}')), (None, None));
        for wrong in
            ["", "NO SUCH NAME", "HANGUL SYLLABLE ", "CJK UNIFIED IDEOGRAPH-41", "CJK UNIFIED IDEOGRAPH-4e0", "=20"]
        {
            assert_eq!(character(wrong), None, "{wrong}");
        }
    }
}
