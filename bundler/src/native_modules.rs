//! The modules that CPython writes in C. An import of one of these is the virtual machine's business: it is never looked
//! up on disk and never reported as missing. (Those that the library has stand-ins for in Python, `vm/stdlib/python`, are not here.)

/// Sorted names.
const NATIVE: &[&str] = &[
    "_abc",
    "_ast",
    "_asyncio",
    "_bisect",
    "_blake2",
    "_bz2",
    "_codecs",
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_iso2022",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_collections",
    "_contextvars",
    "_crypt",
    "_csv",
    "_curses",
    "_curses_panel",
    "_datetime",
    "_dbm",
    "_decimal",
    "_elementtree",
    "_foreign",
    "_functools",
    "_gdbm",
    "_hashlib",
    "_heapq",
    "_hmac",
    "_imp",
    "_interpchannels",
    "_io",
    "_json",
    "_locale",
    "_lsprof",
    "_lzma",
    "_md5",
    "_multibytecodec",
    "_multiprocessing",
    "_opcode",
    "_operator",
    "_overlapped",
    "_pickle",
    "_posixshmem",
    "_posixsubprocess",
    "_queue",
    "_random",
    "_remote_debugging",
    "_scproxy",
    "_sha1",
    "_sha2",
    "_sha3",
    "_signal",
    "_socket",
    "_sqlite3",
    "_sre",
    "_ssl",
    "_stat",
    "_statistics",
    "_string",
    "_struct",
    "_suggestions",
    "_symtable",
    "_testcapi",
    "_testinternalcapi",
    "_thread",
    "_tkinter",
    "_tokenize",
    "_tracemalloc",
    "_types",
    "_typing",
    "_uuid",
    "_warnings",
    "_weakref",
    "_winapi",
    "_wmi",
    "_zoneinfo",
    "_zstd",
    "array",
    "atexit",
    "binascii",
    "builtins",
    "cmath",
    "errno",
    "faulthandler",
    "fcntl",
    "gc",
    "grp",
    "itertools",
    "marshal",
    "math",
    "mmap",
    "msvcrt",
    "nt",
    "posix",
    "pwd",
    "pyexpat",
    "pyexpat.errors",
    "pyexpat.model",
    "readline",
    "resource",
    "select",
    "sys",
    "sys.monitoring",
    "syslog",
    "termios",
    "time",
    "unicodedata",
    "winreg",
    "winsound",
    "zlib",
];

const _: () = {
    let mut i = 1;
    while i < NATIVE.len() {
        assert!(less(NATIVE[i - 1].as_bytes(), NATIVE[i].as_bytes()), "NATIVE must be sorted");
        i += 1;
    }
};

const fn less(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i += 1;
    }
    a.len() < b.len()
}

/// Those that only Windows has, only macOS, and all systems but Windows.
const WINDOWS: &[&str] = &["_foreign", "_overlapped", "_winapi", "_wmi", "msvcrt", "nt", "winreg", "winsound"];
const MACOS: &[&str] = &["_scproxy"];
const NOT_WINDOWS: &[&str] = &[
    "_curses",
    "_curses_panel",
    "_dbm",
    "_gdbm",
    "_posixshmem",
    "_posixsubprocess",
    "fcntl",
    "grp",
    "posix",
    "pwd",
    "readline",
    "resource",
    "syslog",
    "termios",
];

/// Whether CPython has a module of this name that is not written in Python.
pub fn is_native(name: &str) -> bool {
    NATIVE.binary_search(&name).is_ok()
}

/// Whether the native module is there on a platform, by its `sys.platform`.
pub fn is_on(name: &str, platform: &str) -> bool {
    let windows = platform == "win32";
    !(WINDOWS.contains(&name) && !windows
        || MACOS.contains(&name) && platform != "darwin"
        || NOT_WINDOWS.contains(&name) && windows)
}
