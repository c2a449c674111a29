//! From a graph to a payload: every module, data file and piece of metadata becomes an entry of the archive.

use std::collections::BTreeMap;

use freeze_payload::write::{ArchiveWriter, Packed};
use freeze_payload::{Archive, Manifest, layout};
use rayon::prelude::*;

use crate::data::DataFiles;
use crate::error::{Error, Result};
use crate::graph::{Elsewhere, Graph, MAIN, ModuleKind};
use crate::report;
use crate::stdlib::Stdlib;

/// The entry that says why each other entry is there, for `freeze inspect`.
pub const REPORT: &str = "freeze/report";

/// The entry that says what the program imports on other platforms, for `freeze retarget`.
pub const ELSEWHERE: &str = "freeze/elsewhere";

/// What goes into a payload besides the graph.
pub struct Parts<'a> {
    pub graph: &'a Graph,
    pub library: &'a Stdlib,
    pub data: &'a DataFiles,
    pub manifest: &'a Manifest,
    /// Put the sources beside the code.
    pub sources: bool,
    /// What the report says of the stub.
    pub stub: String,
}

/// The payload: header and archive.
pub fn payload(parts: &Parts<'_>) -> Result<Vec<u8>> {
    let mut writer = ArchiveWriter::new();
    let mut why = BTreeMap::new();
    if !parts.stub.is_empty() {
        why.insert(report::STUB.to_string(), parts.stub.clone());
    }
    own_modules(parts, &mut writer, &mut why)?;
    library_modules(parts, &mut writer, &mut why)?;
    let packed: Vec<(String, Result<Packed<'static>>)> = parts
        .data
        .par_iter()
        .map(|(dest, file)| {
            let content = std::fs::read(&file.source).map_err(|e| Error::io("read", &file.source, e));
            (format!("{}{dest}", layout::LIB), content.map(Packed::deflate))
        })
        .collect();
    for ((dest, file), (name, content)) in parts.data.iter().zip(packed) {
        // A bundled source may be named as data as well.
        if !writer.contains(&name) {
            put(&mut writer, &name, content?)?;
            why.insert(format!("{}{dest}", layout::LIB), file.why.clone());
        }
    }
    if !parts.graph.elsewhere.is_empty() {
        put(&mut writer, ELSEWHERE, Packed::deflate(elsewhere_text(parts.graph).into_bytes()))?;
    }
    let text = report::why_to_text(&why);
    put(&mut writer, REPORT, Packed::deflate(text.into_bytes()))?;
    writer.finish_payload(parts.manifest).map_err(failed)
}

/// One line for each module of [`Graph::elsewhere`]: platform, name, whether it is at hand, who imports it.
fn elsewhere_text(graph: &Graph) -> String {
    let line = |e: &Elsewhere| {
        format!("{}\t{}\t{}\t{}\n", e.platform, e.name, if e.at_hand { "at hand" } else { "not taken" }, e.place)
    };
    graph.elsewhere.iter().map(line).collect()
}

/// Reads what [`payload`] wrote as [`ELSEWHERE`], of one platform: name, whether it is at hand, who imports it.
pub fn elsewhere<'t>(text: &'t str, platform: &str) -> Vec<(&'t str, bool, &'t str)> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (of, name, state, place) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            (of == platform).then_some((name, state == "at hand", place))
        })
        .collect()
}

fn own_modules<'a>(
    parts: &Parts<'a>,
    writer: &mut ArchiveWriter<'a>,
    why: &mut BTreeMap<String, String>,
) -> Result<()> {
    let sources: Vec<_> = parts
        .graph
        .modules
        .iter()
        .filter_map(|(name, module)| match &module.kind {
            ModuleKind::Source { file, is_package, code, virtual_path, .. } => {
                Some((name, module, *is_package, code, file, virtual_path))
            }
            _ => None,
        })
        .collect();
    let packed: Vec<Packed<'a>> = sources.par_iter().map(|(_, _, _, code, ..)| Packed::code(code.to_vec())).collect();
    for ((name, module, is_package, _, file, virtual_path), code) in sources.into_iter().zip(packed) {
        let entry = layout::module_entry(if name == MAIN { layout::MAIN_MODULE } else { name }, is_package);
        why.insert(entry.clone(), report::why(&module.why));
        put(writer, &entry, code)?;
        if let (true, Some(file)) = (parts.sources, file) {
            let text = std::fs::read(file).map_err(|e| Error::io("read", file, e))?;
            // The program's own is found as the source of its module, and as the file that `__file__` names.
            let of_module = (name == MAIN).then(|| layout::source_path(layout::MAIN_MODULE, false));
            for path in of_module.iter().chain([virtual_path]) {
                let entry = format!("{}{path}", layout::LIB);
                why.insert(entry.clone(), "--include-source".into());
                put(writer, &entry, Packed::deflate(text.clone()))?;
            }
        }
    }
    Ok(())
}

/// Library modules are copied as they are packed, with the files beside them in their folders.
fn library_modules<'a>(
    parts: &Parts<'a>,
    writer: &mut ArchiveWriter<'a>,
    why: &mut BTreeMap<String, String>,
) -> Result<()> {
    let archive = &parts.library.archive;
    for (name, module) in &parts.graph.modules {
        if let ModuleKind::Library { is_package } = module.kind {
            let entry = layout::module_entry(name, is_package);
            copy(archive, writer, why, &entry, &entry, report::why(&module.why))?;
            if parts.sources {
                let path = layout::source_path(name, is_package);
                let (from, to) = (format!("{}{path}", layout::SOURCES), format!("{}{path}", layout::LIB));
                copy(archive, writer, why, &from, &to, "--include-source".into())?;
            }
        }
    }
    let files: Vec<&str> = archive
        .entries()
        .map(|e| e.name)
        .filter(|n| n.starts_with(layout::LIB) && !n.ends_with(layout::CODE_SUFFIX))
        .collect();
    for file in files {
        let folder = file[layout::LIB.len()..].rsplit_once('/').map_or("", |(folder, _)| folder);
        let package = folder.replace('/', ".");
        if matches!(parts.graph.modules.get(&package).map(|m| &m.kind), Some(ModuleKind::Library { .. })) {
            copy(archive, writer, why, file, file, format!("data of package {package}"))?;
        }
    }
    Ok(())
}

/// Copies an entry of the library, if it has it and the archive does not.
fn copy<'a>(
    library: &Archive<'a>,
    writer: &mut ArchiveWriter<'a>,
    why: &mut BTreeMap<String, String>,
    from: &str,
    to: &str,
    reason: String,
) -> Result<()> {
    let Some(entry) = library.entry(from).filter(|_| !writer.contains(to)) else { return Ok(()) };
    let packed = Packed::copy(library, &entry).map_err(failed)?;
    why.insert(to.to_string(), reason);
    put(writer, to, packed)
}

fn put<'a>(writer: &mut ArchiveWriter<'a>, name: &str, content: Packed<'a>) -> Result<()> {
    writer.add(name, content).map_err(failed)
}

fn failed(error: freeze_payload::PayloadError) -> Error {
    Error::other(format!("cannot make the archive: {error}"), "")
}
