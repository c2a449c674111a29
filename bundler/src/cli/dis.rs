//! `freeze dis`: the bytecode of a file.

use std::path::Path;

use freeze_bytecode::{CodeObject, dis, pyc};
use freeze_payload::layout;

use super::args::Dis;
use super::{inspect, print};
use crate::error::{Error, Result};
use crate::{image, prepare};

/// Prints the listing.
pub(super) fn run(args: Dis) -> Result<()> {
    let bytes = std::fs::read(&args.file).map_err(|e| Error::io("read", &args.file, e))?;
    let (code, source) = code(&bytes, &args)?;
    print::out(&dis::listing(&code, source.as_deref()))
}

/// The code object, with its source where that is at hand.
fn code(bytes: &[u8], args: &Dis) -> Result<(CodeObject, Option<String>)> {
    if image::FORMATS.iter().any(|f| f.matches(bytes)) {
        let (_, payload) = inspect::open(bytes, &args.file)?;
        let module = args.module.as_deref().unwrap_or(layout::MAIN_MODULE);
        let entries = [layout::module_entry(module, false), layout::module_entry(module, true)];
        let Some(entry) = entries.iter().find_map(|e| payload.archive.entry(e)) else {
            return Err(Error::other(
                format!("{} has no module {module}", args.file.display()),
                format!("`freeze inspect {}` lists what it has", args.file.display()),
            ));
        };
        let code = payload.archive.read_entry(&entry).map_err(|e| damaged(&args.file, e.to_string()))?;
        return Ok((load(&code, &args.file)?, None));
    }
    if args.file.extension().is_some_and(|e| e == "pyc") {
        let Some((_, code)) = pyc::Stamp::split(bytes) else {
            return Err(damaged(&args.file, "not a .pyc file of this freeze".into()));
        };
        return Ok((load(code, &args.file)?, None));
    }
    let source = prepare::decode(bytes, &args.file)?;
    let code = prepare::compile(&source, &args.file.display().to_string(), 0, &args.file)?;
    Ok((code, Some(source.text().to_string())))
}

fn load(bytes: &[u8], path: &Path) -> Result<CodeObject> {
    freeze_bytecode::load(bytes).map_err(|e| damaged(path, e.to_string()))
}

fn damaged(path: &Path, message: String) -> Error {
    Error::Damaged { path: path.to_path_buf(), message, help: "make it anew".into() }
}
