//! The folder `NAME.app` in which macOS keeps a program with windows: the executable, its icon, what the system is to
//! know of it, and the list of resources that the executable's signature answers for.

use freeze_payload::write::sha256;
use sha1::{Digest as _, Sha1};

use super::super::appearance::{Appearance, Seal};
use super::super::bytes::u32_at;
use super::super::icon;
use super::plist::{Value, dict, document};
use super::{Headers, Universal};
use crate::error::{Error, Result};
use crate::image::ImageFormat as _;

/// A file of such a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleFile {
    /// Its path in the folder, joined by `/`.
    pub path: String,
    pub content: Vec<u8>,
    pub executable: bool,
}

/// Makes the files of a bundle. `build` makes the executable with the appearance that it is given; `stub` is one that it
/// is made of.
pub fn files(
    name: &str,
    stub: &[u8],
    look: &Appearance,
    build: impl FnOnce(&Appearance) -> Result<Vec<u8>>,
) -> Result<Vec<BundleFile>> {
    let icon = icon::for_macos(&look.icons).map_err(|e| Error::other(format!("no icon can be made: {e}"), ""))?;
    let icon_name = format!("{name}.icns");
    let info = document(&info(name, icon.as_ref().map(|_| icon_name.as_str()), look, minimum_system(stub)));
    let resources: Vec<(String, Vec<u8>)> =
        icon.into_iter().map(|content| (format!("Resources/{icon_name}"), content)).collect();
    let list = document(&resource_list(&resources));
    let look = Appearance { seal: Some(Seal { info: sha256(&info), resources: sha256(&list) }), ..look.clone() };
    let program = build(&look)?;
    let file = |path: &str, content, executable| BundleFile { path: format!("Contents/{path}"), content, executable };
    let mut files = vec![
        file("Info.plist", info, false),
        file("PkgInfo", b"APPL????".to_vec(), false),
        file(&format!("MacOS/{name}"), program, true),
        file("_CodeSignature/CodeResources", list, false),
    ];
    files.extend(resources.into_iter().map(|(path, content)| file(&path, content, false)));
    Ok(files)
}

/// What `Info.plist` says.
fn info(name: &str, icon: Option<&str>, look: &Appearance, minimum: Option<String>) -> Value {
    let version = look.version.as_ref();
    let text = |key: &str| version.and_then(|version| version.get(key)).filter(|text| !text.is_empty());
    let numbers = |[a, b, c, _]: [u16; 4]| format!("{a}.{b}.{c}");
    let mut entries = vec![
        ("CFBundleDevelopmentRegion", Value::text("en")),
        ("CFBundleDisplayName", Value::text(text("ProductName").unwrap_or(name))),
        ("CFBundleExecutable", Value::text(name)),
    ];
    if let Some(icon) = icon {
        entries.push(("CFBundleIconFile", Value::text(icon)));
    }
    entries.extend([
        ("CFBundleIdentifier", Value::text(&look.identifier)),
        ("CFBundleInfoDictionaryVersion", Value::text("6.0")),
        ("CFBundleName", Value::text(name)),
        ("CFBundlePackageType", Value::text("APPL")),
        ("CFBundleShortVersionString", Value::text(version.map_or("0.0.0".into(), |v| numbers(v.product)))),
        ("CFBundleVersion", Value::text(version.map_or("0.0.0".into(), |v| numbers(v.file)))),
    ]);
    if let Some(minimum) = minimum {
        entries.push(("LSMinimumSystemVersion", Value::text(minimum)));
    }
    entries.push(("NSHighResolutionCapable", Value::True));
    if let Some(text) = text("LegalCopyright") {
        entries.push(("NSHumanReadableCopyright", Value::text(text)));
    }
    dict(entries)
}

/// The oldest macOS that a stub runs on, as its linker has said.
fn minimum_system(stub: &[u8]) -> Option<String> {
    if Universal.matches(stub) {
        return None;
    }
    let headers = Headers::read(stub).ok()?;
    // LC_BUILD_VERSION, and LC_VERSION_MIN_MACOSX of older linkers.
    let version = headers.commands.iter().find_map(|command| match command.kind {
        0x32 => u32_at(stub, command.at + 12).ok(),
        0x24 => u32_at(stub, command.at + 8).ok(),
        _ => None,
    })?;
    let (major, minor, patch) = (version >> 16, version >> 8 & 0xff, version & 0xff);
    Some(if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") })
}

/// `CodeResources`: the hash of each resource, and by which rules files are resources. Old systems read the first half of
/// it, those since 10.9 the second.
fn resource_list(resources: &[(String, Vec<u8>)]) -> Value {
    let weight = |number: u32| ("weight", Value::Real(number));
    let omitted = |number: u32| dict([("omit", Value::True), weight(number)]);
    let optional = |number: u32| dict([("optional", Value::True), weight(number)]);
    let nested = |number: u32| dict([("nested", Value::True), weight(number)]);
    let plain = |number: u32| dict([weight(number)]);
    let sha1 = |content: &[u8]| Value::Data(Sha1::digest(content).to_vec());
    let local = || {
        [
            ("^Resources/.*\\.lproj/", optional(1000)),
            ("^Resources/.*\\.lproj/locversion.plist$", omitted(1100)),
            ("^Resources/Base\\.lproj/", plain(1010)),
        ]
    };
    let mut rules = vec![("^Resources/", Value::True)];
    rules.extend(local());
    rules.push(("^version.plist$", Value::True));
    let mut rules2 = vec![
        (".*\\.dSYM($|/)", plain(11)),
        ("^(.*/)?\\.DS_Store$", omitted(2000)),
        (
            "^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/",
            nested(10),
        ),
        ("^.*", Value::True),
        ("^Info\\.plist$", omitted(20)),
        ("^PkgInfo$", omitted(20)),
        ("^Resources/", plain(20)),
    ];
    rules2.extend(local());
    rules2.extend([
        ("^[^/]+$", nested(10)),
        ("^embedded\\.provisionprofile$", plain(20)),
        ("^version\\.plist$", plain(20)),
    ]);
    dict([
        ("files", dict(resources.iter().map(|(path, content)| (path.as_str(), sha1(content))))),
        (
            "files2",
            dict(
                resources
                    .iter()
                    .map(|(path, content)| (path.as_str(), dict([("hash2", Value::Data(sha256(content).to_vec()))]))),
            ),
        ),
        ("rules", dict(rules)),
        ("rules2", dict(rules2)),
    ])
}
