//! The embedded standard library as the module graph sees it, and the facts about it that no import statement tells.

use std::collections::BTreeMap;

/// A standard library to look modules up in.
pub trait Library {
    /// Whether there is a module of this full name, and whether it is a package.
    fn find(&self, name: &str) -> Option<bool>;
    /// The full names of all modules.
    fn names(&self) -> Vec<String>;
    /// The units of a module which [`Library::find`] finds, with what they import on a target.
    fn units(&self, name: &str, target: &super::target::Target) -> Vec<super::bytecode::Unit>;
    /// Other names of encodings, with the module of `encodings` that each means.
    fn encoding_aliases(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}

/// A library without modules, for graphs of the program alone.
#[derive(Debug, Default)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn find(&self, _name: &str) -> Option<bool> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn units(&self, _name: &str, _target: &super::target::Target) -> Vec<super::bytecode::Unit> {
        Vec::new()
    }
}

/// What the virtual machine imports by itself: at start-up, for tracebacks and warnings, or when a built-in function
/// needs Python code. Every program gets these, with what they import at their top level; what their functions import
/// comes only if the program itself imports the module. A name that is no file's stands for the target's module.
pub const IMPLICIT: &[&str] = &[
    "_weakrefset",
    "_collections_abc",
    "abc",
    "codecs",
    "encodings",
    "encodings.aliases",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.raw_unicode_escape",
    "encodings.unicode_escape",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
    "encodings.utf_32",
    "encodings.utf_32_be",
    "encodings.utf_32_le",
    "encodings.utf_8",
    "encodings.utf_8_sig",
    "genericpath",
    "importlib",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "importlib.machinery",
    "io",
    "linecache",
    "os",
    "os.path",
    "stat",
    "types",
    "warnings",
];

/// Functions of the library that the virtual machine calls by name.
pub const CALLED: &[&str] = &[
    "_compile_template",
    "_generic_class_getitem",
    "_generic_init_subclass",
    "_paramspec_prepare_subst",
    "_paramspec_subst",
    "_register_code",
    "_run_module_as_main",
    "_showwarnmsg",
    "_shutdown",
    "_strptime_time",
    "_type_check",
    "_type_convert",
    "_typevar_subst",
    "_typevartuple_prepare_subst",
    "call_exception_handler",
    "decode_source",
    "format_exception",
    "print_exception",
];

/// Whether a function of the library may run although nothing mentions its name: special methods, lambdas and what else has no
/// name, and those whose names the library puts together (`getattr(self, "do_" + command)`).
pub fn is_called_unnamed(function: &str) -> bool {
    let special = function.starts_with("__") && function.ends_with("__");
    let starts = ["<", "do_", "handle_", "repr_", "visit_"];
    special || starts.iter().any(|start| function.starts_with(start)) || function.ends_with("_open")
}

/// Modules that library modules import by computed names.
pub const HIDDEN: &[(&str, &[&str])] = &[
    ("dbm", &["dbm.dumb", "dbm.sqlite3"]),
    ("concurrent.futures", &["concurrent.futures.process", "concurrent.futures.thread"]),
    ("importlib.metadata", &["importlib.metadata._adapters", "email"]),
    ("multiprocessing", &["multiprocessing.spawn", "multiprocessing.resource_tracker", "multiprocessing.forkserver"]),
    ("string", &["string.templatelib"]),
    ("time", &["_strptime"]),
    ("unittest", &["unittest.main", "unittest.loader", "unittest.runner"]),
    ("xml.dom", &["xml.dom.minidom"]),
    ("xml.sax", &["xml.sax.expatreader"]),
    ("xml.parsers.expat", &["xml.etree.ElementTree"]),
    ("_pickle", &["pickle", "copyreg", "_compat_pickle"]),
    ("_datetime", &["_strptime"]),
    ("_sqlite3", &["sqlite3.dump"]),
    ("_socket", &["encodings.idna"]),
    ("encodings.idna", &["encodings.punycode"]),
    ("zipfile", &["encodings.cp437"]),
    // A distribution, where it is installed.
    ("zoneinfo", &["tzdata"]),
];

/// Library packages that other library modules import only to serve people at a prompt or a build, or when they are run
/// as scripts (`if __name__ == "__main__": import doctest`): not followed from there. A program that imports one of these
/// itself gets it, with all that it needs.
pub const NOT_FOLLOWED: &[&str] =
    &["_pyrepl", "doctest", "ensurepip", "idlelib", "pdb", "pydoc", "test", "tkinter", "turtle", "turtledemo"];

/// Library modules that others import on one platform only, with its `sys.platform`.
pub const PLATFORM_ONLY: &[(&str, &str)] = &[
    ("_aix_support", "aix"),
    ("_android_support", "android"),
    ("_apple_support", "darwin"),
    ("_ios_support", "ios"),
    ("_osx_support", "darwin"),
    ("asyncio.windows_events", "win32"),
    ("asyncio.windows_utils", "win32"),
    ("ctypes.macholib", "darwin"),
    ("encodings._win_cp_codecs", "win32"),
    ("multiprocessing.popen_spawn_win32", "win32"),
    ("nturl2path", "win32"),
];

/// Modules that live under a name which is no file: what `import` of them needs.
pub fn alias(name: &str, os_name: &str) -> Option<&'static str> {
    match name {
        "collections.abc" => Some("_collections_abc"),
        "os.path" => Some(if os_name == "nt" { "ntpath" } else { "posixpath" }),
        _ => None,
    }
}
