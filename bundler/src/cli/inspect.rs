//! `freeze inspect`: what is in a frozen program.

use std::fmt::Write as _;
use std::path::Path;

use freeze_payload::{Payload, PayloadError, manifest};
use serde_json::json;

use super::args::Inspect;
use super::print::out;
use crate::error::{Error, Result};
use crate::{bundle, image, report};

/// Prints what is in a program.
pub(super) fn run(args: Inspect) -> Result<()> {
    let program = image::program_file(&args.program);
    let file = std::fs::read(&program).map_err(|e| Error::io("read", &program, e))?;
    let (bytes, payload) = open(&file, &args.program)?;
    let hash = payload.check_hash();
    let reasons = payload.archive.read(bundle::REPORT).map(|t| report::why_from_text(&String::from_utf8_lossy(&t)));
    let reasons = reasons.unwrap_or_default();
    let m = &payload.manifest;
    let main = match &m.main {
        manifest::Main::Program { file, package } if package.is_empty() => file.clone(),
        manifest::Main::Program { file, package } => format!("{file} (package {package})"),
        manifest::Main::Command => "whatever the command line says".into(),
    };
    let sha: String = payload.header.sha256.iter().map(|b| format!("{b:02x}")).collect();
    let shown = |name: &str| args.filter.as_ref().is_none_or(|f| name.contains(f.as_str()));
    let format = image::format_of(&file, &program)?.name();
    let signature = signature(&file);
    if args.json {
        let entries: Vec<_> = payload
            .archive
            .entries()
            .filter(|e| shown(e.name))
            .map(|e| json!({"name": e.name, "size": e.len(), "packed": e.packed_len(), "why": reasons.get(e.name)}))
            .collect();
        let all = json!({
            "name": m.name, "main": main, "target": m.target, "freeze": m.freeze_version, "python": m.python_version,
            "format": format, "signature": signature, "sealed": m.sealed, "stub": reasons.get(report::STUB), "size": file.len(), "payload": bytes.len(), "sha256": sha, "intact": hash.is_ok(),
            "entries": entries,
        });
        out(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()))?;
    } else {
        let mut text = String::new();
        let _ = writeln!(text, "program   {}", m.name);
        let _ = writeln!(text, "main      {main}");
        let _ = writeln!(text, "target    {}", m.target);
        let _ = writeln!(text, "format    {format}");
        if let Some(signature) = &signature {
            let _ = writeln!(text, "signature {signature}");
        }
        let _ = writeln!(text, "made by   freeze {}, Python {}", m.freeze_version, m.python_version);
        if let Some(stub) = reasons.get(report::STUB) {
            let _ = writeln!(text, "stub      {stub}");
        }
        let _ = writeln!(text, "size      {} bytes, of which payload {}", file.len(), bytes.len());
        let _ = writeln!(text, "sha-256   {sha} ({})", if hash.is_ok() { "verified" } else { "DOES NOT MATCH" });
        let _ = writeln!(text, "entries   {}\n", payload.archive.len());
        let _ = writeln!(text, "{:>10} {:>10}  name", "size", "packed");
        for entry in payload.archive.entries().filter(|e| shown(e.name)) {
            let why = reasons.get(entry.name).map(|w| format!("  ({w})")).unwrap_or_default();
            let _ = writeln!(text, "{:>10} {:>10}  {}{why}", entry.len(), entry.packed_len(), entry.name);
        }
        out(&text)?;
    }
    hash.map_err(|e| damaged(&args.program, &e))
}

/// What the signature of a program for macOS is worth; `None` for others.
fn signature(file: &[u8]) -> Option<String> {
    let formats: [&dyn image::ImageFormat; 2] = [&image::macho::MachO, &image::macho::Universal];
    if !formats.iter().any(|format| format.matches(file)) {
        return None;
    }
    Some(match image::macho::verify::verify(file) {
        Ok(found) => {
            let words = found.iter().map(|s| {
                let kind = if s.adhoc { "ad-hoc" } else { "with a certificate" };
                format!("{kind}, of {}, {} pages", s.identifier, s.pages)
            });
            format!("{} (verified)", words.collect::<Vec<_>>().join("; "))
        }
        Err(error) => format!("NOT SOUND: {error}"),
    })
}

/// The payload of a frozen program.
pub(super) fn open<'f>(file: &'f [u8], path: &Path) -> Result<(&'f [u8], Payload<'f>)> {
    let bytes = image::payload_of(file, path)?;
    let payload = Payload::open(bytes).map_err(|e| damaged(path, &e))?;
    Ok((bytes, payload))
}

fn damaged(path: &Path, error: &PayloadError) -> Error {
    let help = match error {
        PayloadError::NotPayload => "name a program that freeze made",
        _ => "freeze the program again",
    };
    Error::Damaged { path: path.to_path_buf(), message: error.to_string(), help: help.into() }
}
