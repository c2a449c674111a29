//! How the program is to look to the system it runs on: what the options and pyproject.toml say of icon, version, console
//! and rights.

mod version_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::Project;
use crate::error::{Error, Result};
use crate::image::appearance::{Appearance, Manifest, Rights, VersionInfo, numbers};
use crate::image::icon::Icon;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct LookWishes {
    /// `--windowed` or `--console`
    pub windowed: Option<bool>,
    /// `--icon`
    pub icons: Vec<PathBuf>,
    /// `--version-file`
    pub version_file: Option<PathBuf>,
    /// `--version-info KEY=TEXT`
    pub version_info: Vec<String>,
    /// `--uac-admin`
    pub uac_admin: bool,
    /// `--uac-uiaccess`
    pub uac_uiaccess: bool,
    /// `--manifest`
    pub manifest: Option<PathBuf>,
    /// `--osx-bundle-identifier`
    pub bundle_identifier: Option<String>,
    /// What the program that is retargeted looked like.
    pub kept: Kept,
}

/// What a finished program holds of its looks.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The texts of its version information, in the form KEY=TEXT.
    texts: Vec<String>,
    /// What is no text there: both versions in numbers, flags, language and code page.
    fixed: Vec<String>,
    /// The application manifest that the user gave.
    manifest: Option<String>,
}

impl Kept {
    /// The version information for an executable that is called `name`, if the program has any.
    fn version(&self, name: &str) -> Option<VersionInfo> {
        let mut info = VersionInfo::default();
        for (key, text) in self.texts.iter().filter_map(|pair| pair.split_once('=')) {
            info.set(key, if key == FILE_NAME { name } else { text });
        }
        if let [file, product, flags, language, code_page] = &self.fixed[..] {
            (info.file, info.product) = (numbers(file), numbers(product));
            info.flags = flags.parse().unwrap_or(info.flags);
            info.language = language.parse().unwrap_or(info.language);
            info.code_page = code_page.parse().unwrap_or(info.code_page);
        }
        (info != VersionInfo::default()).then_some(info)
    }
}

/// The keys of version information that Windows shows. Others may be there as well.
const KEYS: &[&str] = &[
    "Comments",
    "CompanyName",
    "FileDescription",
    "FileVersion",
    "InternalName",
    "LegalCopyright",
    "LegalTrademarks",
    "OriginalFilename",
    "PrivateBuild",
    "ProductName",
    "ProductVersion",
    "SpecialBuild",
];

/// The key that holds the executable's own name, which is another in another executable.
const FILE_NAME: &str = "OriginalFilename";

/// What the project says of itself.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub name: Option<String>,
    pub version: Option<String>,
    pub description: Option<String>,
    pub authors: Vec<String>,
}

impl LookWishes {
    /// Adds what `[tool.freeze]` says to what the command line does not.
    pub fn configure(&mut self, project: &Project) {
        let here = |text: String| project.folder.join(text);
        if self.windowed.is_none() {
            self.windowed = match (project.flag("windowed"), project.flag("console")) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            };
        }
        let path = |name: &str| project.values(name).into_iter().next().map(here);
        if self.icons.is_empty() {
            self.icons = project.values("icon").into_iter().map(here).collect();
        }
        self.version_file = self.version_file.take().or_else(|| path("version-file"));
        self.manifest = self.manifest.take().or_else(|| path("manifest"));
        // Later ones win: the command line's.
        self.version_info.splice(0..0, project.values("version-info"));
        self.uac_admin |= project.flag("uac-admin");
        self.uac_uiaccess |= project.flag("uac-uiaccess");
        let identifier = || project.values("osx-bundle-identifier").into_iter().next();
        self.bundle_identifier = self.bundle_identifier.take().or_else(identifier);
    }

    /// Whether anything is asked for.
    pub fn is_empty(&self) -> bool {
        self.windowed.is_none()
            && self.icons.is_empty()
            && self.version_file.is_none()
            && self.version_info.is_empty()
            && !self.uac_admin
            && !self.uac_uiaccess
            && self.manifest.is_none()
            && self.bundle_identifier.is_none()
    }

    /// Reads the files and puts the rest together. `name` is the program's, `file` that of the executable.
    pub fn appearance(&self, about: &About, name: &str, file: &str) -> Result<Appearance> {
        let icons = self.icons.iter().map(|path| Icon::read(path)).collect::<Result<Vec<_>>>()?;
        let manifest = match (&self.manifest, &self.kept.manifest) {
            (Some(path), _) => Manifest::Given(read_manifest(path)?),
            (None, Some(text)) => Manifest::Given(text.clone().into_bytes()),
            (None, None) => Manifest::Own,
        };
        if manifest != Manifest::Own && (self.uac_admin || self.uac_uiaccess) {
            let whose =
                self.manifest.as_ref().map_or("that the program has".to_owned(), |path| path.display().to_string());
            return Err(Error::usage(
                format!("the rights are to stand in the manifest {whose}"),
                "leave out --uac-admin and --uac-uiaccess, or give another manifest with --manifest",
            ));
        }
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let plain = || name.chars().map(|c| if sound(c) { c } else { '-' }).collect();
        let identifier = self.bundle_identifier.clone().unwrap_or_else(plain);
        if self.bundle_identifier.as_ref().is_some_and(|id| id.is_empty() || !id.chars().all(sound)) {
            return Err(Error::usage(
                format!("--osx-bundle-identifier {identifier}: not an identifier"),
                "letters, digits, dots and hyphens, such as org.example.app",
            ));
        }
        Ok(Appearance {
            windowed: Some(self.windowed.unwrap_or(false)),
            icons,
            version: Some(self.version(about, name, file)?),
            rights: if self.uac_admin { Rights::Administrator } else { Rights::Invoker },
            ui_access: self.uac_uiaccess,
            manifest,
            identifier,
            seal: None,
        })
    }

    fn version(&self, about: &About, name: &str, file: &str) -> Result<VersionInfo> {
        let mut info = match &self.version_file {
            Some(path) => version_file::read(path)?,
            None => self.kept.version(file).unwrap_or_else(|| defaults(about, name, file)),
        };
        for wish in &self.version_info {
            let Some((key, text)) = wish.split_once('=').filter(|(key, _)| !key.trim().is_empty()) else {
                return Err(Error::usage(
                    format!("--version-info {wish}: not of the form KEY=TEXT"),
                    format!("such as FileVersion=1.2.3; Windows shows {}", KEYS.join(", ")),
                ));
            };
            // A key in other letters is meant as the known one.
            let known = KEYS.iter().find(|known| known.eq_ignore_ascii_case(key.trim()));
            info.set(known.unwrap_or(&key.trim()), text.trim());
        }
        if !info.fits() {
            return Err(Error::usage("the version information is too long", "shorten its texts"));
        }
        Ok(info)
    }
}

/// The name that every application manifest has in its root.
const MANIFEST_SPACE: &str = "urn:schemas-microsoft-com:asm.v1";

/// Reads an application manifest: UTF-8, or UTF-16 with a mark, of which UTF-8 is made. Windows starts no program with one
/// that is none, so it is looked at.
fn read_manifest(path: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read the manifest", path, e))?;
    let words = |from: fn([u8; 2]) -> u16| {
        let words: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16(&words).ok()
    };
    let text = match &bytes[..] {
        [0xff, 0xfe, ..] => words(u16::from_le_bytes),
        [0xfe, 0xff, ..] => words(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        plain => std::str::from_utf8(plain).ok().map(str::to_owned),
    };
    let sound = |text: &String| {
        text.trim_start().starts_with('<') && text.contains("assembly") && text.contains(MANIFEST_SPACE)
    };
    if let Some(text) = text.filter(sound) {
        if !matches!(bytes[0], 0xfe | 0xff) {
            return Ok(bytes);
        }
        // What it says of its encoding is so no more.
        let (_, body) = text.split_once("?>").filter(|_| text.starts_with("<?xml")).unwrap_or(("", &text));
        return Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>{body}").into_bytes());
    }
    Err(Error::Damaged {
        path: path.to_path_buf(),
        message: "not an application manifest".into(),
        help: format!("give an XML file whose root is <assembly xmlns=\"{MANIFEST_SPACE}\" manifestVersion=\"1.0\">"),
    })
}

fn defaults(about: &About, name: &str, file: &str) -> VersionInfo {
    let mut info = VersionInfo::default();
    let product = about.name.as_deref().unwrap_or(name);
    let authors = about.authors.join(", ");
    let mut set = |key: &str, text: &str| {
        if !text.is_empty() {
            info.set(key, text);
        }
    };
    set("CompanyName", &authors);
    set("FileDescription", about.description.as_deref().unwrap_or(product));
    let version = about.version.as_deref().unwrap_or_default();
    set("FileVersion", version);
    set("InternalName", name);
    set(FILE_NAME, file);
    set("ProductName", product);
    set("ProductVersion", version);
    info
}

/// Keys of the manifest that say what a program looks like, for `freeze retarget`, and what they begin with.
pub const KEYS_BEGIN: &str = "look.";
const TEXT_KEY: &str = "look.text";
const IDENTIFIER_KEY: &str = "look.identifier";
const ADMIN_KEY: &str = "look.admin";
const ACCESS_KEY: &str = "look.access";
const FIXED_KEY: &str = "look.fixed";
const MANIFEST_KEY: &str = "look.manifest";

/// What of an appearance a payload holds: all but the pictures.
pub fn to_manifest(look: &Appearance) -> BTreeMap<String, Vec<String>> {
    let mut keys = BTreeMap::new();
    if let Some(version) = &look.version {
        let text = |(key, text): &(String, String)| format!("{key}={}", if key == FILE_NAME { "" } else { text });
        keys.insert(TEXT_KEY.to_string(), version.strings.iter().map(text).collect());
        if let Some(fixed) = fixed(version) {
            keys.insert(FIXED_KEY.to_string(), fixed);
        }
    }
    keys.insert(IDENTIFIER_KEY.to_string(), vec![look.identifier.clone()]);
    if look.rights == Rights::Administrator {
        keys.insert(ADMIN_KEY.to_string(), vec!["yes".to_string()]);
    }
    if look.ui_access {
        keys.insert(ACCESS_KEY.to_string(), vec!["yes".to_string()]);
    }
    if let Manifest::Given(text) = &look.manifest {
        keys.insert(MANIFEST_KEY.to_string(), vec![String::from_utf8_lossy(text).into_owned()]);
    }
    keys
}

/// What version information says beside its texts, where it does not follow from them.
fn fixed(version: &VersionInfo) -> Option<Vec<String>> {
    let mut plain = VersionInfo::default();
    version.strings.iter().for_each(|(key, text)| plain.set(key, text));
    plain.strings.clone_from(&version.strings);
    if *version == plain {
        return None;
    }
    let dotted = |numbers: [u16; 4]| numbers.map(|n| n.to_string()).join(".");
    let numbers = [version.flags, u32::from(version.language), u32::from(version.code_page)].map(|n| n.to_string());
    Some([vec![dotted(version.file), dotted(version.product)], numbers.to_vec()].concat())
}

/// Adds what a payload says of its program's looks to what is asked for.
pub fn from_manifest(wishes: &mut LookWishes, keys: &BTreeMap<String, Vec<String>>) {
    let all = |key: &str| keys.get(key).cloned().unwrap_or_default();
    wishes.kept = Kept { texts: all(TEXT_KEY), fixed: all(FIXED_KEY), manifest: all(MANIFEST_KEY).pop() };
    let known = || all(IDENTIFIER_KEY).pop();
    wishes.bundle_identifier = wishes.bundle_identifier.take().or_else(known);
    // A manifest that is given says itself what rights the program asks for.
    if wishes.manifest.is_none() {
        wishes.uac_admin |= !all(ADMIN_KEY).is_empty();
        wishes.uac_uiaccess |= !all(ACCESS_KEY).is_empty();
    }
}

/// The name of the executable's file.
pub fn file_name(output: &Path) -> String {
    output.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
