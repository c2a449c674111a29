//! What `sys` tells of the implementation and the platform.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::namespace;
use freeze_runtime::types::set::PySet;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::type_::ready;
use freeze_runtime::vm::PyResult;
use freeze_runtime::vm::startup::Config;
use freeze_runtime::{Value, Vm};

use crate::structseq::{make, struct_seq};

struct_seq! {
    static VERSION_INFO = "sys", "version_info", "Version information as a named tuple.",
    ["major", "minor", "micro", "releaselevel", "serial"], [], only: interpreter
}
struct_seq! {
    static FLAGS = "sys", "flags", "Flags provided through command line arguments or environment vars.",
    ["debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
     "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode",
     "utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"],
    ["gil", "thread_inherit_context", "context_aware_warnings"], only: interpreter
}
struct_seq! {
    static FLOAT_INFO = "sys", "float_info", "A named tuple holding information about the float type.",
    ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"],
    []
}
struct_seq! {
    static INT_INFO = "sys", "int_info", "A named tuple that holds information about Python's internal representation of integers.",
    ["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"], []
}
struct_seq! {
    static HASH_INFO = "sys", "hash_info", "A named tuple providing parameters used for computing hashes.",
    ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"], []
}
struct_seq! {
    static THREAD_INFO = "sys", "thread_info", "A named tuple holding information about the thread implementation.",
    ["name", "lock", "version"], []
}

/// The language version.
pub(crate) const VERSION: (i64, i64, i64) = (3, 14, 0);
const HEX_VERSION: i64 = (VERSION.0 << 24) | (VERSION.1 << 16) | (VERSION.2 << 8) | 0xF0;

/// Names of the library's top-level modules: what `sys.stdlib_module_names` holds.
const STDLIB: &str = "__future__ _abc _aix_support _android_support _apple_support _ast _ast_unparse _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle _contextvars _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _hmac _imp _interpchannels _interpqueues _interpreters _io _ios_support _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc _py_warnings _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random _remote_debugging _scproxy _sha1 _sha2 _sha3 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter _tokenize _tracemalloc _types _typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo _zstd abc annotationlib antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

fn tuple(items: Vec<Value>) -> Value {
    PyTuple::new(items).into_value()
}

fn version_info(vm: &Vm) -> Value {
    let (a, b, c) = VERSION;
    let items = vec![Value::int(a), Value::int(b), Value::int(c), vm.str("final"), Value::small(0)];
    make(vm, &VERSION_INFO, items, &[])
}

fn flags(vm: &Vm, c: &Config) -> Value {
    let n = |b: bool| Value::small(i64::from(b));
    let level = |n: u8| Value::small(i64::from(n));
    let items = vec![
        level(c.debug),
        n(c.inspect),
        n(c.interactive),
        level(c.optimize),
        n(c.dont_write_bytecode),
        n(c.no_user_site),
        n(c.no_site),
        n(c.ignore_environment),
        level(c.verbose),
        level(c.bytes_warning),
        n(c.quiet),
        n(c.hash_seed != Some(0)),
        n(c.isolated),
        Value::bool(c.dev_mode),
        n(c.utf8_mode.unwrap_or(true)),
        Value::small(0),
        Value::bool(c.safe_path),
        Value::usize(freeze_runtime::types::int::digit_limit()),
    ];
    make(
        vm,
        &FLAGS,
        items,
        &[
            ("gil", Value::small(1)),
            ("thread_inherit_context", Value::small(0)),
            ("context_aware_warnings", Value::small(0)),
        ],
    )
}

pub(super) fn fill(vm: &Vm, d: &PyDict, config: &Config) -> PyResult<()> {
    for t in [&VERSION_INFO, &FLAGS, &FLOAT_INFO, &INT_INFO, &HASH_INFO, &THREAD_INFO] {
        ready(vm, t);
    }
    let version = version_info(vm);
    d.set_text("version_info", version.clone());
    // CPython's form, which `platform` takes apart; the date is fixed, builds are reproducible.
    let (major, minor, micro) = (VERSION.0, VERSION.1, VERSION.2);
    // On Windows the compiler's name is all that `sysconfig.get_platform` knows of the processor.
    let compiler = match std::env::consts::ARCH {
        "x86_64" if cfg!(windows) => "Rust 64 bit (AMD64)",
        "aarch64" if cfg!(windows) => "Rust 64 bit (ARM64)",
        _ => "Rust",
    };
    let freeze = env!("CARGO_PKG_VERSION");
    let text = format!("{major}.{minor}.{micro} (freeze-{freeze}, Jan  1 2026, 00:00:00) [{compiler}]");
    d.set_text("version", vm.str(&text));
    d.set_text("hexversion", Value::int(HEX_VERSION));
    d.set_text("api_version", Value::small(1013));
    d.set_text(
        "copyright",
        vm.str("Copyright (c) the freeze project.\nPython's library: Copyright (c) Python Software Foundation."),
    );
    d.set_text(
        "platform",
        vm.str(if cfg!(target_os = "macos") {
            "darwin"
        } else if cfg!(windows) {
            "win32"
        } else {
            "linux"
        }),
    );
    #[cfg(windows)]
    {
        d.set_text("winver", vm.str("3.14"));
        d.set_text("dllhandle", Value::small(0));
        d.set_text("_vpath", vm.str("..\\.."));
    }
    d.set_text("byteorder", vm.str(if cfg!(target_endian = "big") { "big" } else { "little" }));
    d.set_text("abiflags", vm.str(""));
    d.set_text("platlibdir", vm.str("lib"));
    d.set_text("float_repr_style", vm.str("short"));
    d.set_text("_git", tuple(vec![vm.str("freeze"), vm.str(""), vm.str("")]));
    d.set_text("_framework", vm.str(""));
    d.set_text("flags", flags(vm, config));
    let prefix = match vm.module_source() {
        Some(s) => vm.str(s.root()),
        None => vm.str(""),
    };
    let own = if config.prefix.is_empty() { prefix.clone() } else { PyStr::new(&config.prefix).into_value() };
    for (name, value) in
        [("prefix", &own), ("exec_prefix", &own), ("base_prefix", &prefix), ("base_exec_prefix", &prefix)]
    {
        d.set_text(name, value.clone());
    }
    d.set_text("_stdlib_dir", prefix);
    let f = vec![
        Value::float(f64::MAX),
        Value::small(1024),
        Value::small(308),
        Value::float(f64::MIN_POSITIVE),
        Value::small(-1021),
        Value::small(-307),
        Value::small(15),
        Value::small(53),
        Value::float(f64::EPSILON),
        Value::small(2),
        Value::small(1),
    ];
    d.set_text("float_info", make(vm, &FLOAT_INFO, f, &[]));
    let i = [30, 4, 4300, 640].map(Value::small).to_vec();
    d.set_text("int_info", make(vm, &INT_INFO, i, &[]));
    let h = vec![
        Value::small(64),
        Value::int((1 << 61) - 1),
        Value::small(314159),
        Value::small(0),
        Value::small(1000003),
        vm.str("foldhash"),
        Value::small(64),
        Value::small(64),
        Value::small(0),
    ];
    d.set_text("hash_info", make(vm, &HASH_INFO, h, &[]));
    let t = vec![vm.str("pthread"), vm.str("semaphore"), Value::NONE];
    d.set_text("thread_info", make(vm, &THREAD_INFO, t, &[]));
    let names: Vec<Value> = STDLIB.split(' ').map(|n| vm.intern(n).into_value()).collect();
    let set = PySet::new_frozen();
    for n in &names {
        set.add(vm, n)?;
    }
    d.set_text("stdlib_module_names", set.into_value());
    let mut native: Vec<Value> =
        vm.runtime().native_modules.borrow().iter().map(|m| vm.intern(m.name).into_value()).collect();
    native.push(vm.intern("_frozen_importlib").into_value());
    d.set_text("builtin_module_names", tuple(native));
    let implementation = namespace::create(
        vm,
        &[
            ("name", vm.str("freeze")),
            ("cache_tag", vm.str("freeze-314")),
            ("version", version),
            ("hexversion", Value::int(HEX_VERSION)),
            #[cfg(unix)]
            ("_multiarch", vm.str(crate::_sysconfigdata::MULTIARCH)),
            ("supports_isolated_interpreters", Value::FALSE),
        ],
    );
    d.set_text("implementation", implementation);
    d.set_text("monitoring", super::monitoring::create(vm)?);
    Ok(())
}
