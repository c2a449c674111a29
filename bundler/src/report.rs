//! What was taken, why, how large it is, and what was not found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use freeze_payload::Archive;
use serde_json::{Value, json};

use crate::graph::{Graph, ModuleKind, Unfound, Why};
use crate::stubs;

/// A reason in words.
pub fn why(why: &Why) -> String {
    match why {
        Why::Program => "the program".into(),
        Why::Import { module, line } if *line > 0 => format!("imported by {module}:{line}"),
        Why::Import { module, .. } => format!("imported by {module}"),
        Why::Implicit => "needed by the virtual machine".into(),
        Why::Option(option) => (*option).into(),
        Why::EntryPoint(dist) => format!("entry point of {dist}"),
    }
}

/// The line of the reasons that is about the stub; no entry has this name.
pub const STUB: &str = "(stub)";

/// Which stub was taken: the lean one, or the full one for modules that only it has.
pub fn stub(chosen_for: &[String], graph: &Graph) -> String {
    if chosen_for.is_empty() {
        return "the smallest".into();
    }
    let reason = |name: &String| match graph.modules.get(name) {
        Some(module) => format!("{name} ({})", why(&module.why)),
        None => name.clone(),
    };
    format!("the full one, for {}", chosen_for.iter().map(reason).collect::<Vec<_>>().join(", "))
}

/// The reasons as they lie in the archive: one line per entry, a tab between.
pub fn why_to_text(reasons: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (entry, reason) in reasons {
        text.push_str(entry);
        text.push('\t');
        text.push_str(reason);
        text.push('\n');
    }
    text
}

/// Reads what [`why_to_text`] made.
pub fn why_from_text(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(|l| l.split_once('\t')).map(|(a, b)| (a.to_string(), b.to_string())).collect()
}

/// Which native modules a program will not find, as lines for a person: by target.
pub fn lacking(lacking: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for (triple, modules) in lacking {
        let _ = writeln!(
            text,
            "warning: the stub for {triple} is the lean one, without {}: an import raises ModuleNotFoundError\n  help: {}",
            modules.join(" and "),
            stubs::how_to_get(triple)
        );
    }
    text
}

/// What was not found, as lines for a person; empty when all was.
pub fn warnings(graph: &Graph) -> String {
    let mut text = String::new();
    let (guarded, needed): (Vec<&Unfound>, Vec<&Unfound>) = graph.unfound.values().partition(|u| u.is_guarded());
    for unfound in needed {
        let what = match (&unfound.extension, &unfound.broken) {
            (Some(file), _) => format!("is a C extension without a pure-Python twin ({})", file.display()),
            (_, Some(error)) => format!("cannot be compiled: {}", error.lines().next().unwrap_or_default()),
            _ => "was not found".to_string(),
        };
        let _ = writeln!(text, "warning: module '{}' {what}; imported by {}", unfound.name, importers(unfound));
        if unfound.extension.is_some()
            && let Some((from, ..)) = unfound.importers.first()
        {
            let _ = writeln!(text, "  by way of {} -> {}", graph.chain(from).join(" -> "), unfound.name);
        }
    }
    if !guarded.is_empty() {
        let names: Vec<&str> = guarded.iter().map(|u| u.name.as_str()).collect();
        let _ = writeln!(
            text,
            "note: {} optional module{} not found (the program says how it goes on without): {}",
            names.len(),
            if names.len() == 1 { "" } else { "s" },
            names.join(", ")
        );
    }
    text
}

fn importers(unfound: &Unfound) -> String {
    const SHOWN: usize = 3;
    let mut text = String::new();
    for (i, (module, line, _)) in unfound.importers.iter().take(SHOWN).enumerate() {
        let _ = write!(text, "{}{module}:{line}", if i > 0 { ", " } else { "" });
    }
    if unfound.importers.len() > SHOWN {
        let _ = write!(text, " and {} more", unfound.importers.len() - SHOWN);
    }
    text
}

/// The report as JSON (`--report`).
pub fn json(
    graph: &Graph,
    archive: &Archive<'_>,
    reasons: &BTreeMap<String, String>,
    stub_len: usize,
    total: usize,
) -> Value {
    let entries: Vec<Value> = archive
        .entries()
        .map(|e| json!({"name": e.name, "size": e.len(), "packed": e.packed_len(), "why": reasons.get(e.name)}))
        .collect();
    let modules: Vec<Value> = graph
        .modules
        .iter()
        .map(|(name, module)| {
            let kind = match module.kind {
                ModuleKind::Source { .. } => "source",
                ModuleKind::Library { .. } => "library",
                ModuleKind::Native => "native",
                ModuleKind::Namespace { .. } => "namespace",
            };
            let file = match &module.kind {
                ModuleKind::Source { file: Some(file), .. } => Some(file.display().to_string()),
                _ => None,
            };
            let dist = module.distribution.map(|d| graph.distributions.all[d].name.clone());
            json!({"name": name, "kind": kind, "file": file, "why": why(&module.why), "distribution": dist})
        })
        .collect();
    let unfound: Vec<Value> = graph
        .unfound
        .values()
        .map(|u| {
            let importers: Vec<Value> = u
                .importers
                .iter()
                .map(|(module, line, need)| json!({"module": module, "line": line, "need": format!("{need:?}").to_lowercase()}))
                .collect();
            json!({
                "name": u.name,
                "guarded": u.is_guarded(),
                "extension": u.extension.as_ref().map(|f| f.display().to_string()),
                "error": u.broken,
                "importers": importers,
            })
        })
        .collect();
    let distributions: Vec<Value> = graph
        .taken
        .union(&graph.metadata)
        .map(|d| &graph.distributions.all[*d])
        .map(|d| json!({"name": d.name, "version": d.version}))
        .collect();
    json!({
        "size": total,
        "stub": reasons.get(STUB),
        "stub_size": stub_len,
        "archive_size": archive.bytes().len(),
        "compiled": graph.compiled,
        "cached": graph.cached,
        "modules": modules,
        "distributions": distributions,
        "not_found": unfound,
        "entries": entries,
    })
}
