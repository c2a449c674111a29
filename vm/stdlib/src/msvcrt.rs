//! `msvcrt`: descriptors and handles, and the keys of the console.

use freeze_runtime::os::{handles, libc as c, terminal};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Value, Vm, native};

use crate::convert;

fn fd(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

fn get_osfhandle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    handles::of_descriptor(fd(vm, &args, 0)?).map(|h| Value::int(h as i64)).map_err(|e| vm.os_error(&e, None))
}

fn open_osfhandle(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let handle = crate::_winapi::handle(vm, args.get(0))?;
    let flags = fd(vm, &args, 1)?;
    handles::descriptor(handle, flags).map(|n| Value::int(n.into())).map_err(|e| vm.os_error(&e, None))
}

/// Descriptors are binary here; what was asked for is only checked.
fn setmode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    handles::of_descriptor(fd(vm, &args, 0)?).map_err(|e| vm.os_error(&e, None))?;
    match fd(vm, &args, 1)? {
        c::O_BINARY | c::O_TEXT => Ok(Value::int(c::O_BINARY.into())),
        _ => Err(vm.errno_error(c::EINVAL, None)),
    }
}

fn locking(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (n, mode, len) = (fd(vm, &args, 0)?, fd(vm, &args, 1)?, args.i64(vm, 2)?);
    let unlock = mode == 0;
    // One second between tries, ten tries, as the C library does.
    let tries = if mode == 1 || mode == 3 { 10 } else { 1 };
    for i in 0..tries {
        match vm.allow_threads(|| terminal::lock(n, len, !unlock)) {
            Ok(()) => return Ok(Value::NONE),
            Err(e) if i + 1 == tries => return Err(vm.os_error(&e, None)),
            Err(_) => vm.allow_threads(|| std::thread::sleep(std::time::Duration::from_secs(1))),
        }
        vm.check_signals()?;
    }
    Ok(Value::NONE)
}

fn kbhit(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(terminal::key_waits()))
}

fn key(vm: &Vm, echo: bool) -> PyResult<u16> {
    vm.allow_threads(|| terminal::key(echo)).map_err(|e| vm.os_error(&e, None))
}

fn wide_key(vm: &Vm, echo: bool) -> PyResult<Value> {
    let unit = key(vm, echo)?;
    let mut text = Vec::new();
    freeze_runtime::object::string::push_code_point(&mut text, unit.into());
    Ok(PyStr::new(&text).into_value())
}

fn narrow_key(vm: &Vm, echo: bool) -> PyResult<Value> {
    Ok(PyBytes::new(&[key(vm, echo)? as u8]).into_value())
}

fn getch(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    narrow_key(vm, false)
}
fn getche(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    narrow_key(vm, true)
}
fn getwch(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    wide_key(vm, false)
}
fn getwche(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    wide_key(vm, true)
}

fn putch(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = convert::bytes_of(vm, args.get(0))?;
    terminal::put(&String::from_utf8_lossy(&data));
    Ok(Value::NONE)
}

fn putwch(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    terminal::put(&args.str(vm, 0)?.to_lossy());
    Ok(Value::NONE)
}

fn ungetch(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = convert::bytes_of(vm, args.get(0))?;
    terminal::unget(data.first().copied().unwrap_or(0).into());
    Ok(Value::NONE)
}

fn ungetwch(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 0)?.to_lossy().into_owned();
    terminal::unget(text.encode_utf16().next().unwrap_or(0));
    Ok(Value::NONE)
}

/// Nothing is buffered that could be given back.
fn heapmin(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

fn set_error_mode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(terminal::set_error_mode(args.i64(vm, 0)? as u32).into()))
}

fn get_error_mode(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(terminal::error_mode().into()))
}

static FUNCTIONS: &[NativeDef] = &[
    native("GetErrorMode()", "Wrapper around GetErrorMode.", get_error_mode),
    native("SetErrorMode(mode, /)", "Wrapper around SetErrorMode.", set_error_mode),
    native("get_osfhandle(fd, /)", "Return the file handle for the file descriptor fd.", get_osfhandle),
    native("getch()", "Read a keypress and return the resulting character as a byte string.", getch),
    native("getche()", "Similar to getch(), but the keypress will be echoed if possible.", getche),
    native("getwch()", "Wide char variant of getch().", getwch),
    native("getwche()", "Wide char variant of getche().", getwche),
    native("heapmin()", "Minimize the malloc() heap.", heapmin),
    native("kbhit()", "Returns a nonzero value if a keypress is waiting to be read.", kbhit),
    native("locking(fd, mode, nbytes, /)", "Lock part of a file based on file descriptor fd.", locking),
    native("open_osfhandle(handle, flags, /)", "Create a file descriptor from the file handle handle.", open_osfhandle),
    native("putch(char, /)", "Print the byte string char to the console without buffering.", putch),
    native("putwch(unicode_char, /)", "Wide char variant of putch().", putwch),
    native("setmode(fd, flags, /)", "Set the line-end translation mode for the file descriptor fd.", setmode),
    native("ungetch(char, /)", "Opposite of getch.", ungetch),
    native("ungetwch(unicode_char, /)", "Wide char variant of ungetch().", ungetwch),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for (name, n) in [
        ("LK_LOCK", 1),
        ("LK_NBLCK", 2),
        ("LK_NBRLCK", 4),
        ("LK_RLCK", 3),
        ("LK_UNLCK", 0),
        ("SEM_FAILCRITICALERRORS", 1),
        ("SEM_NOALIGNMENTFAULTEXCEPT", 4),
        ("SEM_NOGPFAULTERRORBOX", 2),
        ("SEM_NOOPENFILEERRORBOX", 0x8000),
    ] {
        d.set_text(name, Value::small(n));
    }
    d.set_text("CRT_ASSEMBLY_VERSION", vm.str("10.0.0.0"));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "msvcrt", doc: "", functions: FUNCTIONS, init: Some(init) };
