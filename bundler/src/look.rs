//! How the program is to look to the system it runs on: what the options and pyproject.toml say of icon, version, console
//! and rights.

mod version_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::Project;
use crate::error::{Error, Result};
use crate::image::appearance::{Appearance, Manifest, Rights, VersionInfo};
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
        let manifest = match &self.manifest {
            Some(path) => Manifest::Given(std::fs::read(path).map_err(|e| Error::io("read the manifest", path, e))?),
            None => Manifest::Own,
        };
        if let (Some(path), true) = (&self.manifest, self.uac_admin || self.uac_uiaccess) {
            return Err(Error::usage(
                format!("the rights are to stand in the manifest {}", path.display()),
                "leave out --uac-admin and --uac-uiaccess, or --manifest",
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
            None => defaults(about, name, file),
        };
        for wish in &self.version_info {
            let Some((key, text)) = wish.split_once('=') else {
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
    set("OriginalFilename", file);
    set("ProductName", product);
    set("ProductVersion", version);
    info
}

/// Keys of the manifest that say what a program looks like, for `freeze retarget`.
const TEXT_KEY: &str = "look.text";
const IDENTIFIER_KEY: &str = "look.identifier";
const ADMIN_KEY: &str = "look.admin";

/// What of an appearance a payload holds: all but the pictures.
pub fn to_manifest(look: &Appearance) -> BTreeMap<String, Vec<String>> {
    let mut keys = BTreeMap::new();
    if let Some(version) = &look.version {
        let texts = version.strings.iter().filter(|(key, _)| key != "OriginalFilename");
        keys.insert(TEXT_KEY.to_string(), texts.map(|(key, text)| format!("{key}={text}")).collect());
    }
    keys.insert(IDENTIFIER_KEY.to_string(), vec![look.identifier.clone()]);
    if look.rights == Rights::Administrator {
        keys.insert(ADMIN_KEY.to_string(), vec!["yes".to_string()]);
    }
    keys
}

/// Adds what a payload says of its program's looks to what is asked for.
pub fn from_manifest(wishes: &mut LookWishes, keys: &BTreeMap<String, Vec<String>>) {
    let all = |key: &str| keys.get(key).cloned().unwrap_or_default();
    if wishes.version_file.is_none() {
        wishes.version_info.splice(0..0, all(TEXT_KEY));
    }
    let known = || all(IDENTIFIER_KEY).pop();
    wishes.bundle_identifier = wishes.bundle_identifier.take().or_else(known);
    wishes.uac_admin |= !all(ADMIN_KEY).is_empty();
}

/// The name of the executable's file.
pub fn file_name(output: &Path) -> String {
    output.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
