//! `_stat`: the constants and tests of file modes.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

const S_IFMT: u32 = 0o170_000;
const S_IFDIR: u32 = 0o040_000;
const S_IFCHR: u32 = 0o020_000;
const S_IFBLK: u32 = 0o060_000;
const S_IFREG: u32 = 0o100_000;
const S_IFIFO: u32 = 0o010_000;
const S_IFLNK: u32 = 0o120_000;
const S_IFSOCK: u32 = 0o140_000;

/// Of all systems that we run on, only macOS has whiteouts.
const S_IFWHT: u32 = if cfg!(target_vendor = "apple") { 0o160_000 } else { 0 };

/// The constants of a mode, of the tuple `os.stat` returns, and of the flags of other systems.
const CONSTANTS: &[(&str, u32)] = &[
    ("S_IFDIR", S_IFDIR),
    ("S_IFCHR", S_IFCHR),
    ("S_IFBLK", S_IFBLK),
    ("S_IFREG", S_IFREG),
    ("S_IFIFO", S_IFIFO),
    ("S_IFLNK", S_IFLNK),
    ("S_IFSOCK", S_IFSOCK),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", S_IFWHT),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
    ("UF_SETTABLE", 0x0000_ffff),
    ("UF_NODUMP", 0x0000_0001),
    ("UF_IMMUTABLE", 0x0000_0002),
    ("UF_APPEND", 0x0000_0004),
    ("UF_OPAQUE", 0x0000_0008),
    ("UF_NOUNLINK", 0x0000_0010),
    ("UF_COMPRESSED", 0x0000_0020),
    ("UF_TRACKED", 0x0000_0040),
    ("UF_DATAVAULT", 0x0000_0080),
    ("UF_HIDDEN", 0x0000_8000),
    ("SF_SETTABLE", 0x3fff_0000),
    ("SF_ARCHIVED", 0x0001_0000),
    ("SF_IMMUTABLE", 0x0002_0000),
    ("SF_APPEND", 0x0004_0000),
    ("SF_RESTRICTED", 0x0008_0000),
    ("SF_NOUNLINK", 0x0010_0000),
    ("SF_SNAPSHOT", 0x0020_0000),
    ("SF_FIRMLINK", 0x0080_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("FILE_ATTRIBUTE_ARCHIVE", 32),
    ("FILE_ATTRIBUTE_COMPRESSED", 2048),
    ("FILE_ATTRIBUTE_DEVICE", 64),
    ("FILE_ATTRIBUTE_DIRECTORY", 16),
    ("FILE_ATTRIBUTE_ENCRYPTED", 16384),
    ("FILE_ATTRIBUTE_HIDDEN", 2),
    ("FILE_ATTRIBUTE_INTEGRITY_STREAM", 32768),
    ("FILE_ATTRIBUTE_NORMAL", 128),
    ("FILE_ATTRIBUTE_NOT_CONTENT_INDEXED", 8192),
    ("FILE_ATTRIBUTE_NO_SCRUB_DATA", 131_072),
    ("FILE_ATTRIBUTE_OFFLINE", 4096),
    ("FILE_ATTRIBUTE_READONLY", 1),
    ("FILE_ATTRIBUTE_REPARSE_POINT", 1024),
    ("FILE_ATTRIBUTE_SPARSE_FILE", 512),
    ("FILE_ATTRIBUTE_SYSTEM", 4),
    ("FILE_ATTRIBUTE_TEMPORARY", 256),
    ("FILE_ATTRIBUTE_VIRTUAL", 65536),
];

fn mode_of(vm: &Vm, args: Args<'_>) -> PyResult<u32> {
    u32::try_from(args.i64(vm, 0)?).map_err(|_| vm.overflow_error("mode out of range"))
}

fn is_kind<const KIND: u32>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(mode_of(vm, args)? & S_IFMT == KIND))
}

fn is_whiteout(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mode = mode_of(vm, args)?;
    Ok(Value::bool(S_IFWHT != 0 && mode & S_IFMT == S_IFWHT))
}

/// Kinds of files that other systems have.
fn never(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    mode_of(vm, args)?;
    Ok(Value::bool(false))
}

fn s_imode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(mode_of(vm, args)? & 0o7777)))
}

fn s_ifmt(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(i64::from(mode_of(vm, args)? & S_IFMT)))
}

fn filemode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mode = mode_of(vm, args)?;
    let mut out = String::with_capacity(10);
    out.push(match mode & S_IFMT {
        S_IFREG => '-',
        S_IFDIR => 'd',
        S_IFLNK => 'l',
        S_IFBLK => 'b',
        S_IFCHR => 'c',
        S_IFIFO => 'p',
        S_IFSOCK => 's',
        S_IFWHT if S_IFWHT != 0 => 'w',
        _ => '?',
    });
    // Owner, group, others; the special bit of each shows in the place of its `x`.
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(vm.str(&out))
}

static FUNCTIONS: &[NativeDef] = &[
    native("S_IFMT(mode, /)", "Return the portion of the file's mode that describes the file type.", s_ifmt),
    native("S_IMODE(mode, /)", "Return the portion of the file's mode that can be set by os.chmod().", s_imode),
    native("S_ISBLK(mode, /)", "Return True if mode is from a block special device file.", is_kind::<S_IFBLK>),
    native("S_ISCHR(mode, /)", "Return True if mode is from a character special device file.", is_kind::<S_IFCHR>),
    native("S_ISDIR(mode, /)", "Return True if mode is from a directory.", is_kind::<S_IFDIR>),
    native("S_ISDOOR(mode, /)", "Return True if mode is from a door.", never),
    native("S_ISFIFO(mode, /)", "Return True if mode is from a FIFO (named pipe).", is_kind::<S_IFIFO>),
    native("S_ISLNK(mode, /)", "Return True if mode is from a symbolic link.", is_kind::<S_IFLNK>),
    native("S_ISPORT(mode, /)", "Return True if mode is from an event port.", never),
    native("S_ISREG(mode, /)", "Return True if mode is from a regular file.", is_kind::<S_IFREG>),
    native("S_ISSOCK(mode, /)", "Return True if mode is from a socket.", is_kind::<S_IFSOCK>),
    native("S_ISWHT(mode, /)", "Return True if mode is from a whiteout.", is_whiteout),
    native("filemode(mode, /)", "Convert a file's mode to a string of the form '-rwxrwxrwx'", filemode),
];

fn init(_vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in CONSTANTS {
        d.set_text(name, Value::small(i64::from(*n)));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_stat", doc: "Constants and tests of file modes.", functions: FUNCTIONS, init: Some(init) };
