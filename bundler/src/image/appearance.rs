//! What a platform shows of a program besides what it does: its icon, its version, a console or none, the rights it asks for.

use super::icon::Icon;

/// How a program looks to the system. The default leaves everything as the stub has it.
#[derive(Clone, Debug, Default)]
pub struct Appearance {
    /// No console (`true`), a console (`false`), or as the stub has it.
    pub windowed: Option<bool>,
    /// Icons to choose from: each format takes the one that suits it best.
    pub icons: Vec<Icon>,
    pub version: Option<VersionInfo>,
    pub rights: Rights,
    /// The program drives other programs' windows (`uiAccess`).
    pub ui_access: bool,
    /// Write an application manifest: this one, or else one of our own.
    pub manifest: Manifest,
    /// The name by which signatures and bundles know the program, such as `org.example.app`.
    pub identifier: String,
    /// What the signature of a program in a folder `.app` covers besides itself.
    pub seal: Option<Seal>,
}

/// Hashes of the files in a folder `.app` that the program's signature answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Of Info.plist.
    pub info: [u8; 32],
    /// Of the list of resources.
    pub resources: [u8; 32],
}

/// The application manifest of a Windows program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Manifest {
    /// What the stub has.
    #[default]
    Stub,
    /// Made by freeze.
    Own,
    /// The user's.
    Given(Vec<u8>),
}

/// The rights that a Windows program asks for when it is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rights {
    /// Those of whoever starts it.
    #[default]
    Invoker,
    /// An administrator's.
    Administrator,
}

/// Version information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionInfo {
    /// The file's version in numbers.
    pub file: [u16; 4],
    /// The product's version in numbers.
    pub product: [u16; 4],
    /// `dwFileFlags`
    pub flags: u32,
    /// Texts by the keys that Windows shows (`CompanyName`, …).
    pub strings: Vec<(String, String)>,
    /// The language that the texts are in.
    pub language: u16,
    /// Their code page: 1200 is Unicode.
    pub code_page: u16,
}

impl Default for VersionInfo {
    fn default() -> Self {
        VersionInfo { file: [0; 4], product: [0; 4], flags: 0, strings: Vec::new(), language: 0x409, code_page: 1200 }
    }
}

/// The most characters that all texts together may have: the resource counts its bytes in 16 bits.
const MOST: usize = 20_000;

impl VersionInfo {
    /// The text of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.strings.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str())
    }

    /// Sets the text of a key. The two versions set the numbers as well.
    pub fn set(&mut self, key: &str, text: &str) {
        match key {
            "FileVersion" => self.file = numbers(text),
            "ProductVersion" => self.product = numbers(text),
            _ => {}
        }
        match self.strings.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = text.to_string(),
            None => self.strings.push((key.to_string(), text.to_string())),
        }
    }

    /// Whether the texts fit into the resource.
    pub fn fits(&self) -> bool {
        self.strings
            .iter()
            .map(|(key, text)| key.encode_utf16().count() + text.encode_utf16().count() + 16)
            .sum::<usize>()
            < MOST
    }
}

/// The first four numbers of a version: 1.2.3.0 of `1.2.3rc1`.
pub fn numbers(version: &str) -> [u16; 4] {
    // An epoch and a local part (PEP 440) are no part of the release.
    let release = version.rsplit_once('!').map_or(version, |(_, rest)| rest).trim_start_matches('v');
    let mut numbers = [0; 4];
    for (place, part) in numbers.iter_mut().zip(release.split('.')) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        *place = digits.parse().unwrap_or(if digits.is_empty() { 0 } else { u16::MAX });
        if digits.len() < part.len() {
            break;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_numbers() {
        assert_eq!(numbers("1.2.3"), [1, 2, 3, 0]);
        assert_eq!(numbers("1.2rc3.4"), [1, 2, 0, 0]);
        assert_eq!(numbers("1!2.0.1.70000.9"), [2, 0, 1, u16::MAX]);
        assert_eq!(numbers("v3+local.1"), [3, 0, 0, 0]);
        assert_eq!(numbers(""), [0; 4]);
    }
}
