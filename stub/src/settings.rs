//! From manifest and command line to the settings of the virtual machine.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use freeze_payload::{Main, Manifest};
use freeze_runtime::import::source::shown;
use freeze_runtime::vm::startup::{Config, Program};

use crate::cli::{self, CommandLine};
use crate::venv;

/// The settings of a frozen program.
pub(crate) fn of_program(manifest: &Manifest, file: &str, package: &str, executable: &Path, root: &str) -> Config {
    let before = manifest.arguments.iter().map(|argument| argument.clone().into_bytes());
    let given: Vec<Vec<u8>> = std::env::args_os().map(|argument| wtf8(&argument)).collect();
    let (name, arguments) = given.split_first().map_or((Vec::new(), &[][..]), |(name, rest)| (name.clone(), rest));
    let argv = std::iter::once(name).chain(before).chain(arguments.iter().cloned()).collect();
    Config {
        program: Program::Frozen { file: shown(root, file), package: package.to_owned() },
        argv,
        orig_argv: given,
        executable: wtf8(executable.as_os_str()),
        path: vec![root.as_bytes().to_vec()],
        sealed: manifest.sealed,
        frozen: true,
        isolated: manifest.sealed,
        ignore_environment: manifest.sealed,
        no_site: true,
        no_user_site: true,
        safe_path: true,
        dont_write_bytecode: true,
        unbuffered: manifest.unbuffered,
        optimize: manifest.optimize,
        warnings: manifest.warnings.clone(),
        x_options: manifest.x_options.clone(),
        utf8_mode: Some(true),
        ..Config::default()
    }
}

/// The settings of an interpreter that does what its command line says. `sealed` ones are a frozen program's children.
pub(crate) fn of_command(line: &CommandLine, manifest: &Manifest, executable: &Path, root: &str) -> Config {
    let child = matches!(manifest.main, Main::Program { .. });
    let mut path: Vec<Vec<u8>> = line.paths.iter().map(|dir| wtf8(dir)).collect();
    if let Some(list) = &line.python_path {
        path.extend(std::env::split_paths(list).map(|dir| wtf8(dir.as_os_str())));
    }
    path.push(root.as_bytes().to_vec());
    path.extend(line.site_packages.iter().map(|dir| wtf8(dir)));
    let name = match &line.executable {
        Some(typed) => PathBuf::from(typed),
        None if child => executable.to_path_buf(),
        None => venv::typed(executable),
    };
    let environment = if child { None } else { venv::of(&name) };
    if let Some(environment) = environment.as_deref().filter(|_| !line.no_site) {
        path.extend(venv::site_packages(environment, &manifest.python_version).map(|dir| wtf8(dir.as_os_str())));
    }
    let lossy = |values: &[OsString]| values.iter().map(|value| value.to_string_lossy().into_owned()).collect();
    Config {
        program: match &line.program {
            cli::Program::Code(code) => Program::Code(code.to_string_lossy().into_owned()),
            cli::Program::Module(name) => Program::Module(name.to_string_lossy().into_owned()),
            cli::Program::Script(file) => Program::Script(wtf8(file)),
            // `-V` and `-h` have been answered before anything is set up.
            cli::Program::Stdin | cli::Program::Version { .. } | cli::Program::Help => Program::Stdin,
        },
        argv: line.argv.iter().map(|argument| wtf8(argument)).collect(),
        orig_argv: without_our_options(std::env::args_os()).iter().map(|argument| wtf8(argument)).collect(),
        executable: wtf8(name.as_os_str()),
        base_executable: wtf8(executable.as_os_str()),
        prefix: environment.map_or_else(Vec::new, |folder| wtf8(folder.as_os_str())),
        path,
        sealed: child && manifest.sealed,
        frozen: child,
        isolated: line.isolated,
        ignore_environment: line.ignore_environment,
        no_site: line.no_site,
        no_user_site: line.no_user_site,
        safe_path: line.safe_path || child,
        dont_write_bytecode: line.dont_write_bytecode || child,
        unbuffered: line.unbuffered,
        inspect: line.inspect,
        interactive: line.interactive,
        quiet: line.quiet,
        dev_mode: line.dev_mode,
        utf8_mode: line.utf8_mode,
        optimize: line.optimize.max(manifest.optimize),
        verbose: line.verbose,
        bytes_warning: line.bytes_warning,
        debug: line.debug,
        hash_seed: line.hash_seed,
        warnings: lossy(&line.warnings),
        x_options: lossy(&line.x_options),
        pycache_prefix: line.pycache_prefix.as_ref().map(|dir| dir.to_string_lossy().into_owned()),
        int_max_str_digits: line.int_max_str_digits,
        io_encoding: line.io_encoding.clone(),
        ..Config::default()
    }
}

/// The words of the command line but for the `-X freeze_…=` that `freeze run` has put in front.
fn without_our_options(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept: Vec<OsString> = Vec::new();
    let mut front = true;
    for word in words {
        let ours =
            front && kept.last().is_some_and(|last| last == "-X") && word.as_encoded_bytes().starts_with(b"freeze_");
        if ours {
            kept.pop();
            continue;
        }
        front &= kept.is_empty() || word == "-X";
        kept.push(word);
    }
    kept
}

/// Where this program lies. Without `/proc` it is what the user typed.
pub(crate) fn executable() -> PathBuf {
    std::env::current_exe()
        .or_else(|_| std::path::absolute(std::env::args_os().next().unwrap_or_default()))
        .unwrap_or_default()
}

/// Text from the system as Python sees it: a byte that is no UTF-8 becomes a lone surrogate (PEP 383), in WTF-8.
#[cfg(unix)]
fn wtf8(text: &OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for byte in chunk.invalid() {
            // U+DC80..U+DCFF, three bytes each.
            let surrogate = 0xdc00 | u16::from(*byte);
            out.extend([0xed, 0x80 | (surrogate >> 6 & 0x3f) as u8, 0x80 | (surrogate & 0x3f) as u8]);
        }
    }
    out
}

/// Windows has WTF-16, which the standard library keeps as WTF-8.
#[cfg(not(unix))]
fn wtf8(text: &OsStr) -> Vec<u8> {
    text.as_encoded_bytes().to_vec()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn undecodable_bytes_become_surrogates() {
        use std::os::unix::ffi::OsStringExt as _;
        let text = OsString::from_vec(b"a\xff\xc3\xa9".to_vec());
        assert_eq!(wtf8(&text), b"a\xed\xb3\xbf\xc3\xa9");
        assert!(freeze_bytecode::wtf8::is_valid(&wtf8(&text)));
    }

    #[test]
    fn what_freeze_run_adds_is_not_shown() {
        let words = ["py", "-X", "freeze_path=/p", "-X", "freeze_site=/s", "-X", "dev", "-X", "freeze_path=/q"];
        let kept = without_our_options(words.map(OsString::from).into_iter());
        assert_eq!(kept, ["py", "-X", "dev", "-X", "freeze_path=/q"]);
    }

    #[test]
    fn the_command_line_decides_the_path() {
        let words = ["-X", "freeze_path=/p", "-X", "freeze_site=/s", "-E", "-m", "mod"];
        let line = cli::parse(words.map(OsString::from), |_| None).unwrap();
        let config = of_command(&line, &Manifest::default(), Path::new("/exe"), "/exe.bundle");
        assert_eq!(config.path, [&b"/p"[..], b"/exe.bundle", b"/s"]);
        assert_eq!(config.program, Program::Module("mod".to_owned()));
        assert!(!config.sealed && !config.frozen && config.ignore_environment);
    }
}
