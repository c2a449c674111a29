//! Settings of the interpreter, and what start-up puts into the runtime before any Python code runs.

use crate::ModuleDef;
use crate::import::source::ModuleSource;
use crate::vm::Vm;

/// What is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Program {
    /// `-c CODE`
    Code(String),
    /// `-m MODULE`
    Module(String),
    /// A script, or a folder or archive with a `__main__`.
    Script(Vec<u8>),
    /// Standard input.
    #[default]
    Stdin,
    /// The frozen module `__main__`; its `__file__` and `__package__`.
    Frozen { file: String, package: String },
}

/// Settings, named as in `sys.flags` where they stand there. Text is as the system gave it, undecodable bytes as
/// surrogates (WTF-8 in these byte strings).
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub program: Program,
    /// `sys.argv`
    pub argv: Vec<Vec<u8>>,
    /// `sys.orig_argv`
    pub orig_argv: Vec<Vec<u8>>,
    /// `sys.executable`
    pub executable: Vec<u8>,
    /// `sys._base_executable`: the file that is run, where `executable` is a link in a virtual environment.
    pub base_executable: Vec<u8>,
    /// `sys.prefix` in a virtual environment, the folder of its `pyvenv.cfg`; else empty.
    pub prefix: Vec<u8>,
    /// `sys.path` as it starts, without the script's own folder.
    pub path: Vec<Vec<u8>>,
    /// The environment and the current directory change nothing.
    pub sealed: bool,
    /// `sys.frozen`
    pub frozen: bool,
    pub isolated: bool,
    pub ignore_environment: bool,
    pub no_site: bool,
    pub no_user_site: bool,
    pub safe_path: bool,
    pub dont_write_bytecode: bool,
    pub unbuffered: bool,
    pub inspect: bool,
    pub interactive: bool,
    pub quiet: bool,
    pub dev_mode: bool,
    pub utf8_mode: Option<bool>,
    pub optimize: u8,
    pub verbose: u8,
    pub bytes_warning: u8,
    pub debug: u8,
    /// `None` is random.
    pub hash_seed: Option<u32>,
    pub warnings: Vec<String>,
    pub x_options: Vec<String>,
    pub pycache_prefix: Option<String>,
    pub int_max_str_digits: Option<u32>,
    /// `PYTHONIOENCODING`: encoding and error handler of the standard streams, `encoding:errors`.
    pub io_encoding: Option<String>,
    /// Whether importlib's path-based finder is installed.
    pub external_importer_loaded: bool,
}

impl Vm {
    /// Frozen modules and bundled files, if there are any.
    pub fn module_source(&self) -> Option<&'static dyn ModuleSource> {
        self.runtime().source.get().map(|b| &**b)
    }

    /// Puts settings, native modules (sorted by name) and frozen modules in place. Called once, before anything runs.
    pub fn configure(&self, config: Config, modules: &[&'static ModuleDef], source: Option<Box<dyn ModuleSource>>) {
        crate::object::reserve::put_by();
        *self.runtime().config.borrow_mut() = config;
        let mut modules = modules.to_vec();
        modules.sort_by_key(|m| m.name);
        *self.runtime().native_modules.borrow_mut() = modules;
        if let Some(s) = source {
            // A second call keeps the first source: its modules may be loaded already.
            let _ = self.runtime().source.set(s);
        }
    }
}
