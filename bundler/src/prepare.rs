//! One source file on its way into the bundle: read, decoded, scanned for imports, compiled.
//!
//! Compiled code is cached beside the source by the rules of `.pyc` files, so that a second freeze compiles only what
//! changed. What is stored in the bundle knows its file by a virtual path: nothing of the build machine gets in.

use std::path::Path;

use freeze_bytecode::{CodeObject, Const, marshal, pyc};
use freeze_compiler::source::foreign_encoding;
use freeze_compiler::{CompileError, ErrorKind, Mode, Options, Source};
use rustpython_ast::Mod;

use crate::error::{Error, Result};
use crate::graph::scan::{self, Scan};
use crate::graph::target::Target;

/// A source file to prepare.
pub struct Job<'a> {
    /// Where it is; `None` for a source that was made up.
    pub file: Option<&'a Path>,
    pub bytes: &'a [u8],
    /// `co_filename`
    pub virtual_path: &'a str,
    pub target: &'a Target,
    /// It is the program itself, which is never cached.
    pub main: bool,
    pub is_package: bool,
}

/// What comes out of it.
#[derive(Debug)]
pub struct Prepared {
    pub scan: Scan,
    /// The marshalled code object.
    pub code: Vec<u8>,
    pub from_cache: bool,
}

/// The stack of a thread that compiles; it is memory only as far as it is used.
const STACK: usize = 512 << 20;

/// Threads to compile on: nested sources need stack, in the parser and after it.
pub fn threads() -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
    pool.map_err(|e| Error::other(format!("cannot start threads: {e}"), ""))
}

/// Scans and compiles one source. To be called with a large stack: sources may nest deeply.
pub fn prepare(job: &Job<'_>) -> Result<Prepared> {
    let shown = job.file.unwrap_or(Path::new(job.virtual_path));
    let source = decode(job.bytes, shown)?;
    let tree = freeze_compiler::parse(&source, job.virtual_path, Mode::Exec).map_err(|e| syntax(e, shown))?;
    let Mod::Module(module) = &tree else { unreachable!("Mode::Exec parses modules") };
    let scan = scan::scan(&module.body, source.text(), job.target, job.main, job.is_package);
    if let Some(code) = cached(job) {
        return Ok(Prepared { scan, code, from_cache: true });
    }
    let options = Options::default();
    let compiled = match freeze_compiler::compile_module(&tree, &source, job.virtual_path, Mode::Exec, &options) {
        // Deeper than is done with a tree that somebody else has parsed.
        Err(e) if e.kind == ErrorKind::Recursion => compile(&source, job.virtual_path, 0, shown)?,
        other => other.map_err(|e| syntax(e, shown))?.code,
    };
    let code = marshal::write(&compiled)
        .map_err(|e| Error::other(format!("{}: cannot be stored: {e}", shown.display()), ""))?;
    if let (Some(file), false) = (job.file, job.main)
        && let Ok(metadata) = std::fs::metadata(file)
        // A source that changed while it was read must not leave a cache that looks fresh.
        && metadata.len() == job.bytes.len() as u64
    {
        pyc::store(file, pyc::Stamp::of_file(&metadata), 0, fallback().as_deref(), &code);
    }
    Ok(Prepared { scan, code, from_cache: false })
}

/// Decodes a source file by its byte order mark or coding cookie (PEP 263).
pub fn decode(bytes: &[u8], shown: &Path) -> Result<Source> {
    if let Some(name) = foreign_encoding(bytes)
        && let Some(encoding) = encoding_rs::Encoding::for_label(name.replace('_', "-").as_bytes())
    {
        let (text, _, bad) = encoding.decode(bytes);
        if !bad {
            return Ok(Source::new(&text));
        }
    }
    Source::decode(bytes, &shown.display().to_string()).map_err(|e| syntax(e, shown))
}

/// Compiles a decoded source; `shown` is the path that errors name.
pub fn compile(source: &Source, filename: &str, optimize: u8, shown: &Path) -> Result<CodeObject> {
    let options = Options { optimize, ..Options::default() };
    match freeze_compiler::compile_source(source, filename, Mode::Exec, &options) {
        Ok(compiled) => Ok(compiled.code),
        Err(error) => Err(syntax(error, shown)),
    }
}

/// A compiler's error as ours, with the real path.
pub fn syntax(error: CompileError, shown: &Path) -> Error {
    Error::Syntax {
        path: shown.to_path_buf(),
        line: error.line,
        column: error.column,
        message: error.message,
        text: error.text.unwrap_or_default(),
    }
}

/// The user's folder for what cannot be cached beside its source.
pub fn fallback() -> Option<std::path::PathBuf> {
    pyc::user_cache_dir().map(|dir| dir.join("pycache"))
}

/// The cached code of a source, if it is fresh.
fn cached(job: &Job<'_>) -> Option<Vec<u8>> {
    let file = job.file.filter(|_| !job.main)?;
    let stamp = pyc::Stamp::of_file(&std::fs::metadata(file).ok()?);
    let mut code = pyc::load(file, stamp, 0, fallback().as_deref(), || Ok(job.bytes.to_vec()))?;
    rename(&mut code, job.virtual_path.as_bytes());
    marshal::write(&code).ok()
}

/// Gives a code object and all inside it another file name: the cache may have been written by a program that runs from
/// source.
fn rename(code: &mut CodeObject, filename: &[u8]) {
    code.filename = filename.into();
    for constant in code.consts.iter_mut() {
        if let Const::Code(inner) = constant {
            rename(inner, filename);
        }
    }
}
