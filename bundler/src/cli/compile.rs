//! `freeze compile`: fills `__pycache__`.

use std::path::{Path, PathBuf};

use freeze_bytecode::{marshal, pyc};
use rayon::prelude::*;

use super::args::Compile;
use super::print;
use crate::error::{Error, Result};
use crate::prepare;

/// Compiles all files, and says all that is wrong with them before it fails.
pub(super) fn run(args: Compile) -> Result<()> {
    let mut files = Vec::new();
    for path in &args.files {
        if path.is_dir() {
            sources_in(path, &mut files);
        } else {
            files.push(path.clone());
        }
    }
    let results: Vec<Result<()>> =
        prepare::threads()?.install(|| files.par_iter().map(|f| compile(f, &args)).collect());
    let mut failed = results.into_iter().filter_map(Result::err).peekable();
    while let Some(error) = failed.next() {
        if failed.peek().is_none() {
            return Err(error);
        }
        print::error(&error);
    }
    Ok(())
}

fn compile(file: &Path, args: &Compile) -> Result<()> {
    let bytes = std::fs::read(file).map_err(|e| Error::io("read", file, e))?;
    let metadata = std::fs::metadata(file).map_err(|e| Error::io("read", file, e))?;
    let source = prepare::decode(&bytes, file)?;
    let code = prepare::compile(&source, &file.display().to_string(), args.optimize, file)?;
    let code = marshal::write(&code).map_err(|e| Error::other(format!("{}: {e}", file.display()), ""))?;
    let stamp = if args.hash { pyc::Stamp::of_source(&bytes, true) } else { pyc::Stamp::of_file(&metadata) };
    match pyc::store(file, stamp, args.optimize, prepare::fallback().as_deref(), &code) {
        Some(_) => Ok(()),
        None => Err(Error::other(
            format!("cannot write the bytecode of {}", file.display()),
            "make its folder or the user's cache folder writable",
        )),
    }
}

fn sources_in(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden && !path.is_symlink() {
            sources_in(&path, files);
        } else if path.extension().is_some_and(|e| e == "py") {
            files.push(path);
        }
    }
}
