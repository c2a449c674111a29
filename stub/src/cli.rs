//! The command line of `python`: what `freeze run` takes, and what a frozen program's own children are started with.
//!
//! Options end at the first argument that names the program (`-c`, `-m`, a script, `-`); the rest is the program's. The
//! `PYTHON*` variables are read here too, unless `-E` or `-I` says no, so that one structure holds all settings.

use std::ffi::{OsStr, OsString};

use freeze_payload::Manifest;

/// The help text.
pub(crate) const USAGE: &str = "\
usage: freeze run [options] [-c CODE | -m MODULE | FILE | -] [argument] ...
  -c CODE     run the code given
  -m MODULE   run a module found on the path
  FILE        run a script; `-` or nothing: standard input
  -B          write no __pycache__           -E  ignore PYTHON* variables
  -i          go on interactively            -I  isolated: -E -P -s
  -O, -OO     drop asserts; also docstrings  -P  do not look for modules beside the program
  -q          no greeting                    -s  no user site folder
  -S          no site module                 -u  unbuffered output
  -v          say what is imported           -V  print the version
  -W ACTION   warnings filter                -X OPTION  as CPython's";

/// What `-V` prints.
pub(crate) fn version(manifest: &Manifest, long: bool) -> String {
    let Manifest { python_version, freeze_version, target, .. } = manifest;
    if long {
        format!("Python {python_version} (freeze {freeze_version}, {target})")
    } else {
        format!("Python {python_version}")
    }
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// `-c CODE`
    Code(OsString),
    /// `-m MODULE`
    Module(OsString),
    /// A script, or a folder or archive with a `__main__`.
    Script(OsString),
    /// `-`, or nothing: standard input, line by line when it is a terminal.
    Stdin,
    /// `-V`, `-VV`: print the version; more when true.
    Version { long: bool },
    /// `-h`: print how to use this.
    Help,
}

/// The settings of an interpreter, named as in `sys.flags` where they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) program: Program,
    /// `sys.argv`
    pub(crate) argv: Vec<OsString>,
    pub(crate) isolated: bool,
    pub(crate) ignore_environment: bool,
    pub(crate) no_site: bool,
    pub(crate) no_user_site: bool,
    pub(crate) safe_path: bool,
    pub(crate) dont_write_bytecode: bool,
    pub(crate) unbuffered: bool,
    pub(crate) inspect: bool,
    pub(crate) interactive: bool,
    pub(crate) quiet: bool,
    pub(crate) dev_mode: bool,
    /// `-X utf8` or `PYTHONUTF8`; `None` leaves it to the system.
    pub utf8_mode: Option<bool>,
    pub(crate) optimize: u8,
    pub(crate) verbose: u8,
    pub(crate) bytes_warning: u8,
    pub(crate) debug: u8,
    /// `PYTHONHASHSEED`: `None` is random.
    pub(crate) hash_seed: Option<u32>,
    /// `-W`, in the order in which they count: the environment's first.
    pub(crate) warnings: Vec<OsString>,
    /// `-X`
    pub(crate) x_options: Vec<OsString>,
    /// `PYTHONPATH`, as it stands there.
    pub(crate) python_path: Option<OsString>,
    /// `PYTHONPYCACHEPREFIX` or `-X pycache_prefix=`
    pub(crate) pycache_prefix: Option<OsString>,
    /// `PYTHONIOENCODING`
    pub(crate) io_encoding: Option<String>,
    /// `-X freeze_path=`: folders that `freeze run --paths` puts in front of the library.
    pub(crate) paths: Vec<OsString>,
    /// `-X freeze_site=`: `freeze run --site-packages`.
    pub(crate) site_packages: Vec<OsString>,
    /// `-X freeze_executable=`: what the user typed where that was a link to `freeze`.
    pub(crate) executable: Option<OsString>,
    /// `-X int_max_str_digits=` or `PYTHONINTMAXSTRDIGITS`
    pub(crate) int_max_str_digits: Option<u32>,
}

impl CommandLine {
    fn new() -> Self {
        CommandLine {
            program: Program::Stdin,
            argv: Vec::new(),
            isolated: false,
            ignore_environment: false,
            no_site: false,
            no_user_site: false,
            safe_path: false,
            dont_write_bytecode: false,
            unbuffered: false,
            inspect: false,
            interactive: false,
            quiet: false,
            dev_mode: false,
            utf8_mode: None,
            optimize: 0,
            verbose: 0,
            bytes_warning: 0,
            debug: 0,
            hash_seed: None,
            warnings: Vec::new(),
            x_options: Vec::new(),
            python_path: None,
            pycache_prefix: None,
            io_encoding: None,
            paths: Vec::new(),
            site_packages: Vec::new(),
            executable: None,
            int_max_str_digits: None,
        }
    }
}

/// Reads the arguments behind the program's name. `env` gives the variables.
///
/// An error is the line to print before the usage; the exit code is then 2.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<OsString>,
) -> Result<CommandLine, String> {
    let mut line = CommandLine::new();
    let mut rest = arguments.into_iter();
    let mut program = None;
    while program.is_none() {
        let Some(argument) = rest.next() else { break };
        program = option(&mut line, argument, &mut rest)?;
    }
    let name = match &program {
        Some(Program::Code(_)) => OsString::from("-c"),
        Some(Program::Module(_)) => OsString::from("-m"),
        Some(Program::Script(path)) => path.clone(),
        Some(Program::Stdin) => OsString::from("-"),
        _ => OsString::new(),
    };
    line.argv.push(name);
    line.argv.extend(rest);
    line.program = program.unwrap_or(Program::Stdin);
    if !line.ignore_environment {
        environment(&mut line, env);
    }
    settle_x_options(&mut line)?;
    Ok(line)
}

/// Takes one argument and, where it wants one, its value; gives what to run if it says so.
fn option(
    line: &mut CommandLine,
    argument: OsString,
    rest: &mut impl Iterator<Item = OsString>,
) -> Result<Option<Program>, String> {
    let bytes = argument.as_encoded_bytes();
    match bytes {
        b"-" => return Ok(Some(Program::Stdin)),
        b"--help" => return Ok(Some(Program::Help)),
        b"--version" => return Ok(Some(Program::Version { long: false })),
        b"--check-hash-based-pycs" => {
            value("--check-hash-based-pycs", rest.next())?;
            return Ok(None);
        }
        [b'-', b'-', ..] => return Err(format!("unknown option {}", argument.display())),
        [b'-', _, ..] => {}
        _ => return Ok(Some(Program::Script(argument))),
    }
    let mut versions = 0;
    for (at, letter) in bytes.iter().enumerate().skip(1) {
        match letter {
            b'c' | b'm' | b'W' | b'X' => {
                // The value is the rest of this argument, or the next one.
                let given = match at + 1 {
                    end if end == bytes.len() => rest.next(),
                    start => Some(tail(&argument, start)),
                };
                let given = value(&format!("-{}", char::from(*letter)), given)?;
                match letter {
                    b'c' => return Ok(Some(Program::Code(given))),
                    b'm' => return Ok(Some(Program::Module(given))),
                    b'W' => line.warnings.push(given),
                    _ => line.x_options.push(given),
                }
                return Ok(None);
            }
            b'E' => line.ignore_environment = true,
            b'I' => {
                line.isolated = true;
                line.ignore_environment = true;
                line.no_user_site = true;
                line.safe_path = true;
            }
            b'S' => line.no_site = true,
            b's' => line.no_user_site = true,
            b'P' => line.safe_path = true,
            b'B' => line.dont_write_bytecode = true,
            b'u' => line.unbuffered = true,
            b'i' => (line.inspect, line.interactive) = (true, true),
            b'q' => line.quiet = true,
            b'O' => line.optimize = (line.optimize + 1).min(2),
            b'v' => line.verbose = line.verbose.saturating_add(1),
            b'b' => line.bytes_warning = line.bytes_warning.saturating_add(1),
            b'd' => line.debug = line.debug.saturating_add(1),
            b'R' | b't' | b'x' | b'3' => {}
            b'V' => versions += 1,
            b'h' | b'?' => return Ok(Some(Program::Help)),
            _ => return Err(format!("unknown option -{}", char::from(*letter))),
        }
    }
    Ok((versions > 0).then_some(Program::Version { long: versions > 1 }))
}

fn value(option: &str, given: Option<OsString>) -> Result<OsString, String> {
    given.ok_or_else(|| format!("argument expected for the {option} option"))
}

/// `argument` from byte `start` on, which follows an ASCII letter.
fn tail(argument: &OsStr, start: usize) -> OsString {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        OsStr::from_bytes(&argument.as_bytes()[start..]).to_owned()
    }
    #[cfg(not(unix))]
    {
        argument.to_string_lossy()[start..].into()
    }
}

/// What the `PYTHON*` variables say; the command line goes first where both speak.
fn environment(line: &mut CommandLine, env: impl Fn(&str) -> Option<OsString>) {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    // A level: a number, or 1 for anything else.
    let level = |name: &str| {
        let value = set(name)?;
        Some(value.to_str().and_then(|text| text.parse::<i64>().ok()).map_or(1, |n| n.clamp(0, 255) as u8))
    };
    line.optimize = line.optimize.max(level("PYTHONOPTIMIZE").unwrap_or(0)).min(2);
    line.verbose = line.verbose.max(level("PYTHONVERBOSE").unwrap_or(0));
    line.debug = line.debug.max(level("PYTHONDEBUG").unwrap_or(0));
    line.dont_write_bytecode |= set("PYTHONDONTWRITEBYTECODE").is_some();
    line.unbuffered |= set("PYTHONUNBUFFERED").is_some();
    line.inspect |= set("PYTHONINSPECT").is_some();
    line.no_user_site |= set("PYTHONNOUSERSITE").is_some();
    line.safe_path |= set("PYTHONSAFEPATH").is_some();
    line.dev_mode |= set("PYTHONDEVMODE").is_some();
    line.utf8_mode = match set("PYTHONUTF8") {
        Some(value) if value == "1" => Some(true),
        Some(value) if value == "0" => Some(false),
        _ => None,
    };
    line.hash_seed = set("PYTHONHASHSEED").and_then(|value| value.to_str()?.parse().ok());
    line.int_max_str_digits = set("PYTHONINTMAXSTRDIGITS").and_then(|value| value.to_str()?.parse().ok());
    line.io_encoding = set("PYTHONIOENCODING").map(|value| value.to_string_lossy().into_owned());
    line.python_path = set("PYTHONPATH");
    line.pycache_prefix = set("PYTHONPYCACHEPREFIX");
    if let Some(list) = set("PYTHONWARNINGS") {
        let given = std::mem::take(&mut line.warnings);
        let listed = list.to_string_lossy().into_owned();
        line.warnings = listed.split(',').filter(|item| !item.is_empty()).map(OsString::from).chain(given).collect();
    }
}

/// The `-X` options that set something here.
fn settle_x_options(line: &mut CommandLine) -> Result<(), String> {
    let mut kept = Vec::new();
    for option in std::mem::take(&mut line.x_options) {
        if let Some(start) = after_prefix(&option, "freeze_path=") {
            line.paths.push(tail(&option, start));
            continue;
        }
        if let Some(start) = after_prefix(&option, "freeze_site=") {
            line.site_packages.push(tail(&option, start));
            continue;
        }
        if let Some(start) = after_prefix(&option, "freeze_executable=") {
            line.executable = Some(tail(&option, start));
            continue;
        }
        if let Some(start) = after_prefix(&option, "pycache_prefix=") {
            line.pycache_prefix = Some(tail(&option, start));
        }
        let text = option.to_string_lossy();
        match text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value))) {
            ("dev", _) => line.dev_mode = true,
            ("utf8", None | Some("1")) => line.utf8_mode = Some(true),
            ("utf8", Some("0")) => line.utf8_mode = Some(false),
            ("utf8", Some(_)) => return Err("invalid -X utf8 option value".to_owned()),
            ("int_max_str_digits", Some(digits)) => match digits.parse() {
                Ok(n) if n == 0 || n >= 640 => line.int_max_str_digits = Some(n),
                _ => {
                    return Err("-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.".to_owned());
                }
            },
            _ => {}
        }
        kept.push(option);
    }
    line.x_options = kept;
    Ok(())
}

/// Where the value starts in an option that begins with `prefix`.
fn after_prefix(option: &OsStr, prefix: &str) -> Option<usize> {
    option.as_encoded_bytes().starts_with(prefix.as_bytes()).then_some(prefix.len())
}

#[cfg(test)]
mod tests;
