//! Making a finished program for another target out of one: its payload goes into another stub.
//!
//! Between targets of one platform the payload stays as it is. For another platform the library's part of it is chosen
//! anew; what the program itself imports there must be in the payload already, since its sources are not at hand. The
//! freeze that made the program has written down what it left out (`bundle::ELSEWHERE`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use freeze_bytecode::marshal;
use freeze_payload::write::{ArchiveWriter, Packed};
use freeze_payload::{Archive, Manifest, Payload, PayloadError, layout};

use crate::error::{Error, Result};
use crate::graph::dist::Distributions;
use crate::graph::find::SearchPath;
use crate::graph::library::Library as _;
use crate::graph::scan::Wanted;
use crate::graph::target::Target;
use crate::graph::{self, Graph, MAIN, Main, ModuleKind, Request, bytecode};
use crate::image::icon::{self, Icon};
use crate::image::{self, ImageFormat as _};
use crate::look::{self, About, LookWishes};
use crate::stdlib::Stdlib;
use crate::stubs::Stub;
use crate::{bundle, freeze, native_modules, plan, report, stubs};

/// What is asked for.
pub struct RetargetWishes {
    pub program: PathBuf,
    /// The target; without it, what the stub is for.
    pub target: Option<String>,
    /// A stub that the user built.
    pub stub: Option<PathBuf>,
    pub output: Option<PathBuf>,
    pub look: LookWishes,
}

/// What was made.
pub struct Retargeted {
    pub output: PathBuf,
    pub size: usize,
    /// Native modules that the program asks for and its stubs have not, with the target of each such stub.
    pub lacking: Vec<(String, Vec<String>)>,
}

/// Makes a program for another target.
pub fn retarget(wishes: RetargetWishes) -> Result<Retargeted> {
    let path = image::program_file(&wishes.program);
    let file = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    let bytes = image::payload_of(&file, &path)?;
    let damaged = |e: PayloadError| Error::Damaged {
        path: path.clone(),
        message: e.to_string(),
        help: "freeze the program again".into(),
    };
    let payload = Payload::open(bytes).map_err(damaged)?;
    payload.check_hash().map_err(damaged)?;
    let ours = Manifest::default().freeze_version;
    if payload.manifest.freeze_version != ours {
        return Err(Error::other(
            format!("{} was made by freeze {}, this is {ours}", path.display(), payload.manifest.freeze_version),
            "freeze the program again from its sources",
        ));
    }
    let old = Target::from_triple(&payload.manifest.target).ok_or_else(|| {
        Error::other(format!("{} is for an unknown target {}", path.display(), payload.manifest.target), "")
    })?;
    let stubs = freeze::stubs_of(wishes.stub.as_deref(), wishes.target.as_deref())?;
    let new = stubs[0].target.clone();
    let triple = wishes.target.as_deref().unwrap_or(&new.triple);

    let mut look = wishes.look.clone();
    if look.windowed.is_none() {
        look.windowed = Some(payload.manifest.windowed);
    }
    look::from_manifest(&mut look, &payload.manifest.other);
    let windowed = look.windowed == Some(true);
    let as_bundle = freeze::is_bundle(&new, windowed);
    let output = plan::output_of(wishes.output.clone(), &payload.manifest.name, triple, windowed);
    freeze::check_output(&output, as_bundle)?;
    if same_file(&output, &wishes.program) {
        return Err(Error::usage(
            format!("{} would replace the program that it is made of", output.display()),
            "name another output with -o",
        ));
    }
    let mut appearance = look.appearance(&About::default(), &payload.manifest.name, &look::file_name(&output))?;
    keep_icon(&file, &wishes.program, &mut appearance)?;
    icon::check(&appearance.icons, new.sys_platform)?;

    let library = stubs::stdlib()?;
    let content = if old.sys_platform == new.sys_platform {
        Content::same(&payload.archive)
    } else {
        Content::for_platform(&payload, &library, &new, &path)?
    };
    let natives = content.natives.iter().map(String::as_str);
    let chosen: Vec<Stub> = stubs.iter().map(|s| s.with_modules(natives.clone())).collect::<Result<_>>()?;
    let mut payloads = Vec::new();
    for stub in &chosen {
        let mut other = payload.manifest.other.clone();
        other.retain(|key, _| !key.starts_with(look::KEYS_BEGIN));
        other.extend(look::to_manifest(&appearance));
        let target = stub.target.triple.clone();
        let manifest = Manifest { target, windowed, other, ..payload.manifest.clone() };
        payloads.push(content.payload(&payload.archive, &library, &manifest, stub)?);
    }
    let made = freeze::make(&chosen, &payloads, &appearance, as_bundle.then_some(output.as_path()))?;
    made.write(&output)?;
    Ok(Retargeted { output, size: made.size(), lacking: stubs::lacking(&chosen) })
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Takes over the icon of the old program, where no other is asked for.
fn keep_icon(file: &[u8], program: &Path, look: &mut image::appearance::Appearance) -> Result<()> {
    if image::pe::Pe.matches(file) && look.icons.is_empty() {
        let icon = image::pe::icon_of(file).map_err(|e| Error::other(format!("{}: {e}", program.display()), ""))?;
        look.icons.extend(icon);
    }
    let resources = std::fs::read_dir(program.join("Contents/Resources")).into_iter().flatten().flatten();
    let icon = resources.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "icns"));
    if let (Some(path), true) = (icon, look.icons.is_empty()) {
        look.icons.push(Icon::read(&path)?);
    }
    Ok(())
}

/// What goes into the new payload.
struct Content {
    /// Entries of the old one.
    kept: Vec<String>,
    /// Entries of the library, with the reasons why they are there.
    library: Vec<(String, String)>,
    /// Native modules that the program reaches.
    natives: BTreeSet<String>,
}

impl Content {
    /// Everything as it is.
    fn same(archive: &Archive<'_>) -> Content {
        let kept: Vec<String> = archive.entries().map(|e| e.name.to_string()).collect();
        let natives = imports_of(archive, &kept).into_iter().filter(|name| native_modules::is_native(name)).collect();
        Content { kept, library: Vec::new(), natives }
    }

    /// The program's own part as it is, the library's as another platform needs it.
    fn for_platform(payload: &Payload<'_>, library: &Stdlib, new: &Target, path: &Path) -> Result<Content> {
        let archive = &payload.archive;
        let text =
            archive.read(bundle::ELSEWHERE).map(|t| String::from_utf8_lossy(&t).into_owned()).unwrap_or_default();
        let elsewhere = bundle::elsewhere(&text, new.sys_platform);
        let missing: Vec<String> = elsewhere
            .iter()
            .filter(|(_, at_hand, _)| !at_hand)
            .map(|(name, _, place)| format!("{name} (imported by {place})"))
            .collect();
        if !missing.is_empty() {
            return Err(Error::other(
                format!(
                    "{} was frozen for {}; on {} it imports what is not in it: {}",
                    path.display(),
                    payload.manifest.target,
                    new.triple,
                    missing.join(", ")
                ),
                format!("freeze the program from its sources with --target {}", new.triple),
            ));
        }
        // What is byte for byte an entry of the library comes from there.
        let same = |name: &str| match (archive.entry(name), library.archive.entry(&library_entry(name))) {
            (Some(here), Some(there)) => here.len() == there.len() && here.crc() == there.crc(),
            _ => false,
        };
        let (from_library, kept): (Vec<String>, Vec<String>) =
            archive.entries().map(|e| e.name.to_string()).partition(|name| same(name));
        let own = imports_of(archive, &kept);
        let platform_only = |name: &str| {
            let known = graph::library::PLATFORM_ONLY.iter().find(|(module, _)| *module == name);
            known.is_some_and(|(_, platform)| *platform != new.sys_platform)
        };
        // What other library modules import is found again from those, as the new platform has it.
        let module = |entry: &String| layout::module_of(entry).map(|(name, _)| name);
        let of_library: BTreeSet<String> = from_library.iter().filter_map(module).collect();
        let reasons =
            archive.read(bundle::REPORT).map(|t| String::from_utf8_lossy(&t).into_owned()).unwrap_or_default();
        let reasons = report::why_from_text(&reasons);
        let by_library = |entry: &&String| {
            let importer = reasons.get(*entry).and_then(|why| why.strip_prefix("imported by "));
            importer.is_some_and(|i| of_library.contains(i.split(':').next().unwrap_or(i)))
        };
        let before = from_library.iter().filter(|entry| !by_library(entry)).filter_map(module);
        let wanted = before.chain(own.iter().filter(|name| library.find(name).is_some()).cloned());
        let mut hidden: Vec<String> = wanted.filter(|name| !platform_only(name)).collect();
        hidden.extend(
            elsewhere.iter().filter(|(name, ..)| library.find(name).is_some()).map(|(name, ..)| name.to_string()),
        );
        hidden.sort();
        hidden.dedup();
        let graph = library_graph(hidden, library, new)?;
        let mut entries = Vec::new();
        let sources = from_library.iter().any(|name| name.ends_with(".py"));
        for (name, module) in &graph.modules {
            let ModuleKind::Library { is_package } = module.kind else { continue };
            let entry = layout::module_entry(name, is_package);
            if !kept.contains(&entry) {
                entries.push((entry, report::why(&module.why)));
                if sources {
                    let path = format!("{}{}", layout::LIB, layout::source_path(name, is_package));
                    entries.push((path, "--include-source".to_string()));
                }
            }
        }
        let data = from_library.into_iter().filter(|name| layout::module_of(name).is_none() && !name.ends_with(".py"));
        entries.extend(data.map(|name| (name, "data of the library".to_string())));
        let mut natives: BTreeSet<String> = graph.natives().map(str::to_string).collect();
        natives.extend(own.into_iter().filter(|name| native_modules::is_native(name)));
        Ok(Content { kept, library: entries, natives })
    }

    /// The new payload.
    fn payload(&self, archive: &Archive<'_>, library: &Stdlib, manifest: &Manifest, stub: &Stub) -> Result<Vec<u8>> {
        let failed = |e: PayloadError| Error::other(format!("cannot make the archive: {e}"), "");
        let text = archive.read(bundle::REPORT).map(|t| String::from_utf8_lossy(&t).into_owned()).unwrap_or_default();
        let mut reasons = report::why_from_text(&text);
        reasons.retain(|name, _| self.kept.contains(name));
        reasons.insert(report::STUB.to_string(), report::stub(&stub.chosen_for, &Graph::default()));
        let mut writer = ArchiveWriter::new();
        for name in &self.kept {
            if matches!(name.as_str(), layout::MANIFEST | bundle::REPORT) {
                continue;
            }
            let entry = archive.entry(name).ok_or_else(|| failed(PayloadError::NoEntry(name.clone())))?;
            writer.add(name.as_str(), Packed::copy(archive, &entry).map_err(failed)?).map_err(failed)?;
        }
        for (name, why) in &self.library {
            if let (Some(entry), false) = (library.archive.entry(&library_entry(name)), writer.contains(name)) {
                writer.add(name.as_str(), Packed::copy(&library.archive, &entry).map_err(failed)?).map_err(failed)?;
                reasons.insert(name.clone(), why.clone());
            }
        }
        let text = report::why_to_text(&reasons);
        writer.add(bundle::REPORT, Packed::deflate(text.into_bytes())).map_err(failed)?;
        writer.finish_payload(manifest).map_err(failed)
    }
}

/// Under which name the library has what stands under this one in a program: sources lie apart there.
fn library_entry(name: &str) -> String {
    match name.strip_prefix(layout::LIB) {
        Some(path) if path.ends_with(".py") => format!("{}{path}", layout::SOURCES),
        _ => name.to_string(),
    }
}

/// The names that the modules among these entries import, relative ones left out.
fn imports_of(archive: &Archive<'_>, entries: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in entries.iter().filter(|name| layout::module_of(name).is_some()) {
        let Some(code) = archive.read(entry).ok().and_then(|bytes| marshal::read(&bytes).ok()) else { continue };
        for import in bytecode::imports(&code, None) {
            match import.wanted {
                Wanted::Module { level: 0, name } => found.extend([name]),
                Wanted::Names { level: 0, module, names } => {
                    found.extend(names.into_iter().map(|name| format!("{module}.{name}")));
                    found.insert(module);
                }
                _ => {}
            }
        }
    }
    found
}

/// The modules of the library that these need on a platform.
fn library_graph(modules: Vec<String>, library: &Stdlib, target: &Target) -> Result<Graph> {
    let request = Request {
        main: Main { file: None, source: Vec::new(), virtual_path: MAIN.to_string(), package: String::new() },
        search: SearchPath::new(Vec::new()),
        distributions: Distributions::default(),
        editable: Vec::new(),
        library,
        target: target.clone(),
        hidden: modules,
        excluded: Vec::new(),
        whole: Vec::new(),
        metadata: Vec::new(),
        whole_library: false,
        progress: &|_| (),
    };
    graph::build(request)
}
