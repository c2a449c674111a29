//! The command line, as clap reads it. The words here are what `freeze --help` prints.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::look::LookWishes;

/// Turns a Python program into one standalone executable.
#[derive(Debug, Parser)]
#[command(
    name = "freeze",
    version,
    after_help = "Without a command, freeze builds: `freeze app.py -o app` is `freeze build app.py -o app`.\n\
                  Exit codes: 0, 1 (the program could not be frozen), 2 (wrong usage)."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Freeze a program (the default)
    Build(Box<Build>),
    /// Run a program from source in the same virtual machine, nothing frozen
    Run(Run),
    /// Make a frozen program for another target out of one
    Retarget(Box<Retarget>),
    /// Show what is in a frozen program, how large it is and why
    Inspect(Inspect),
    /// Print the bytecode of a source file, a .pyc file or a module of a frozen program
    Dis(Dis),
    /// Compile sources into __pycache__
    Compile(Compile),
    /// List the targets whose stubs are at hand
    Targets,
}

/// The names of the commands; anything else on the first place is what `build` takes.
pub(super) const COMMANDS: &[&str] = &["build", "run", "retarget", "inspect", "dis", "compile", "targets", "help"];

#[derive(Debug, Args)]
pub(super) struct Build {
    /// A script, a package folder with __main__.py, or a name under [project.scripts]
    pub script: Option<String>,
    /// Freeze a module, as `python -m` runs it
    #[arg(short = 'm', long, value_name = "MODULE")]
    pub module: Option<String>,
    /// Freeze a function
    #[arg(long, value_name = "MODULE:FUNCTION")]
    pub entry: Option<String>,
    /// The executable to write (default: named after the program)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The program's name
    #[arg(short, long)]
    pub name: Option<String>,
    /// The target, such as x86_64-unknown-linux-musl
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<String>,
    /// Take this stub, built by yourself
    #[arg(long, value_name = "FILE")]
    pub stub: Option<PathBuf>,
    /// Look for modules in this folder too (may be repeated)
    #[arg(short, long, value_name = "DIR")]
    pub paths: Vec<PathBuf>,
    /// Take installed packages from this folder or environment, not from the active one (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub site_packages: Vec<PathBuf>,
    /// Take a module that no import names (may be repeated)
    #[arg(long = "hidden-import", visible_alias = "hiddenimport", value_name = "MODULE")]
    pub hidden_imports: Vec<String>,
    /// Leave a module out, with everything below it (may be repeated)
    #[arg(long = "exclude-module", value_name = "MODULE")]
    pub excluded: Vec<String>,
    /// Take a file, or what is in a folder, into folder DEST of the program (may be repeated)
    #[arg(long, value_name = "SRC:DEST")]
    pub add_data: Vec<String>,
    /// Take all modules, data and metadata of a package (may be repeated)
    #[arg(long, value_name = "PACKAGE")]
    pub collect_all: Vec<String>,
    /// Take all modules of a package (may be repeated)
    #[arg(long, value_name = "PACKAGE")]
    pub collect_submodules: Vec<String>,
    /// Take all data files of a package (may be repeated)
    #[arg(long, value_name = "PACKAGE")]
    pub collect_data: Vec<String>,
    /// Take the metadata of a distribution (may be repeated)
    #[arg(long, value_name = "DISTRIBUTION")]
    pub copy_metadata: Vec<String>,
    /// Put the sources beside the bytecode: tracebacks and inspect show lines
    #[arg(long)]
    pub include_source: bool,
    /// Let PYTHON* variables and the current folder count, as under python
    #[arg(long)]
    pub unsealed: bool,
    /// Write standard output and error unbuffered
    #[arg(long)]
    pub unbuffered: bool,
    #[command(flatten)]
    pub look: Look,
    /// Write what was taken and why, as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// How the program looks to the system.
#[derive(Debug, Args)]
#[command(next_help_heading = "Windows and macOS")]
pub(super) struct Look {
    /// Open no console; on macOS, make a folder NAME.app
    #[arg(short, long, visible_alias = "noconsole", overrides_with = "console")]
    pub windowed: bool,
    /// Open a console (the default)
    #[arg(short, long, visible_alias = "nowindowed", overrides_with = "windowed")]
    pub console: bool,
    /// The icon: .ico, .icns or .png (may be repeated: each platform takes what suits it)
    #[arg(short, long = "icon", value_name = "FILE")]
    pub icons: Vec<PathBuf>,
    /// Version information, as PyInstaller's version files have it
    #[arg(long, value_name = "FILE")]
    pub version_file: Option<PathBuf>,
    /// A text of the version information, such as FileVersion=1.2.3 (may be repeated)
    #[arg(long, value_name = "KEY=TEXT")]
    pub version_info: Vec<String>,
    /// Ask for an administrator's rights (Windows)
    #[arg(long)]
    pub uac_admin: bool,
    /// Let the program drive other programs' windows (Windows)
    #[arg(long)]
    pub uac_uiaccess: bool,
    /// The application manifest, in place of the one that freeze writes (Windows)
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// The name by which macOS knows the program, such as org.example.app
    #[arg(long, value_name = "ID")]
    pub osx_bundle_identifier: Option<String>,
}

impl Look {
    /// As the library takes it.
    pub(super) fn wishes(self) -> LookWishes {
        LookWishes {
            windowed: if self.windowed { Some(true) } else { self.console.then_some(false) },
            icons: self.icons,
            version_file: self.version_file,
            version_info: self.version_info,
            uac_admin: self.uac_admin,
            uac_uiaccess: self.uac_uiaccess,
            manifest: self.manifest,
            bundle_identifier: self.osx_bundle_identifier,
            ..LookWishes::default()
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Retarget {
    /// A program that freeze made
    pub program: PathBuf,
    /// The target, such as x86_64-pc-windows-gnu
    #[arg(long, value_name = "TRIPLE", required_unless_present = "stub")]
    pub target: Option<String>,
    /// Take this stub, built by yourself
    #[arg(long, value_name = "FILE")]
    pub stub: Option<PathBuf>,
    /// The executable to write (default: named after the program)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub look: Look,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// Look for modules in this folder too (may be repeated)
    #[arg(short, long, value_name = "DIR")]
    pub paths: Vec<PathBuf>,
    /// Take installed packages from this folder or environment (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub site_packages: Vec<PathBuf>,
    /// What python takes: options, then a script, -m MODULE, -c CODE or `-`, then the program's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM")]
    pub arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// A program that freeze made
    pub program: PathBuf,
    /// List the entries whose name contains this text only
    pub filter: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Dis {
    /// A source file, a .pyc file, or a frozen program
    pub file: PathBuf,
    /// The module of the frozen program (default: __main__)
    pub module: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Compile {
    /// Sources, or folders that hold some
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Leave out assertions (1), docstrings too (2)
    #[arg(short = 'O', long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub optimize: u8,
    /// Check by a hash of the source, not by its date
    #[arg(long)]
    pub hash: bool,
}
