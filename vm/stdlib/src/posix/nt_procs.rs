//! Processes and the environment on Windows.

use std::ffi::CString;

use freeze_runtime::os::{self, handles, process, signal, spawn};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use super::{TERMINAL_SIZE, TIMES_RESULT, done};
use crate::convert;
use crate::structseq::{make, struct_seq};

struct_seq! {
    pub(super) static UNAME_RESULT = "nt", "uname_result", "uname_result: Result from os.uname().",
    ["sysname", "nodename", "release", "version", "machine"], []
}

fn number(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

/// The environment: text, with names in upper case as Windows compares them.
pub(super) fn environ(vm: &Vm) -> PyResult<Value> {
    let all = PyDict::new_ref();
    for (name, value) in std::env::vars_os() {
        let name = String::from_utf8_lossy(name.as_encoded_bytes()).to_uppercase();
        // Folders of drives have names that begin with `=`; CPython leaves them out.
        if !name.starts_with('=') {
            all.set(vm, &vm.str(&name), PyStr::new(value.as_encoded_bytes()).into_value())?;
        }
    }
    Ok(all.into_value())
}

pub(super) fn create_environ(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    environ(vm)
}

pub(super) fn exit_now(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    process::exit_now(number(vm, &args, 0)?)
}

pub(super) fn abort(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    process::abort()
}

pub(super) fn getpid(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(process::getpid().into()))
}

pub(super) fn getppid(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(process::getppid().into()))
}

pub(super) fn cpu_count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::int(process::processors().into()))
}

pub(super) fn getlogin(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    process::user_name().map(|n| convert::decode_fs(&n).into_value()).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn get_terminal_size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = args.opt_i64(vm, 0, 1)? as i32;
    let (c, l) = process::terminal_size(fd).map_err(|e| vm.os_error(&e, None))?;
    Ok(make(vm, &TERMINAL_SIZE, vec![Value::small(c.into()), Value::small(l.into())], &[]))
}

pub(super) fn is_inputhook_installed(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::FALSE)
}

pub(super) fn supports_virtual_terminal(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(os::console_has_sequences(2)))
}

pub(super) fn kill(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    signal::kill(number(vm, &args, 0)?, number(vm, &args, 1)?).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

pub(super) fn urandom(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Ok(n) = usize::try_from(args.i64(vm, 0)?) else {
        return Err(vm.value_error("negative argument not allowed"));
    };
    let mut buf = vec![0; n];
    let mut at = 0;
    while at < n {
        at += process::random(&mut buf[at..], 0).map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(PyBytes::from_vec(buf).into_value())
}

fn env_text(vm: &Vm, v: &Value) -> PyResult<CString> {
    convert::path(vm, v, "putenv: value")?.c(vm)
}

fn env_name(vm: &Vm, v: &Value) -> PyResult<CString> {
    let name = env_text(vm, v)?;
    if name.is_empty() || name.as_bytes()[1..].contains(&b'=') {
        return Err(vm.value_error("illegal environment variable name"));
    }
    Ok(name)
}

pub(super) fn putenv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (name, value) = (env_name(vm, args.get(0))?, env_text(vm, args.get(1))?);
    done(vm, process::set_env(&name, Some(&value)))
}

pub(super) fn unsetenv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, process::set_env(&env_name(vm, args.get(0))?, None))
}

pub(super) fn strerror(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str(&os::errno_text(number(vm, &args, 0)?)))
}

pub(super) fn times(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(make(vm, &TIMES_RESULT, process::times().map(Value::float).to_vec(), &[]))
}

fn handle(vm: &Vm, v: &Value) -> PyResult<os::Handle> {
    vm.to_i64(v).map(|n| n as os::Handle)
}

pub(super) fn get_handle_inheritable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    handles::inheritable(handle(vm, args.get(0))?).map(Value::bool).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn set_handle_inheritable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, handles::set_inheritable(handle(vm, args.get(0))?, vm.is_true(args.get(1))?))
}

/// Extension modules are not loaded, so nobody looks there; the cookie is only given back.
pub(super) fn add_dll_directory(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(1))
}

pub(super) fn remove_dll_directory(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(Value::NONE)
}

/// An argument as `CommandLineToArgvW` and the C library take it apart.
fn quoted(out: &mut Vec<u8>, word: &[u8]) {
    if !word.is_empty() && !word.iter().any(|b| matches!(b, b' ' | b'\t' | b'"')) {
        out.extend_from_slice(word);
        return;
    }
    out.push(b'"');
    let mut backslashes = 0;
    for &b in word {
        match b {
            b'\\' => backslashes += 1,
            b'"' => {
                out.extend(std::iter::repeat_n(b'\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(b);
    }
    out.extend(std::iter::repeat_n(b'\\', backslashes));
    out.push(b'"');
}

/// Starts a program as `spawnv` does: the words are joined as they are, quoted only by who calls.
fn start(vm: &Vm, args: &Args<'_>, first: usize, env: Option<&Value>) -> PyResult<spawn::Started> {
    let path = convert::path(vm, args.get(first), &format!("{}: path", args.name()))?;
    let v = args.get(first + 1);
    if !v.has_layout::<PyTuple>() && !v.has_layout::<PyList>() {
        return Err(vm.type_error(format!("{}() arg {} must be a tuple or list", args.name(), first + 2)));
    }
    let mut words = Vec::new();
    for item in vm.to_vec(v)? {
        words.push(convert::path(vm, &item, "argv")?.bytes);
    }
    if words.first().is_none_or(Vec::is_empty) {
        let place = first + 2;
        return Err(vm.value_error(format!("{}() arg {place} first element cannot be empty", args.name())));
    }
    let line = CString::new(words.join(&b' ')).map_err(|_| vm.value_error("embedded null byte"))?;
    let environment = env.map(|e| block(vm, e)).transpose()?;
    let program = path.c(vm)?;
    let request = spawn::Start {
        program: Some(&program),
        command_line: Some(&line),
        inherit: true,
        flags: 0,
        environment: environment.as_deref(),
        folder: None,
        info: (0, 0, [0; 3]),
        handles: None,
    };
    let started = vm.allow_threads(|| spawn::start(&request)).map_err(|e| path.error(vm, &os::as_c_error(e)))?;
    // Nobody asks for the thread.
    let _ = handles::close(started.thread);
    Ok(started)
}

/// The environment of a process to be, sorted as Windows wants it.
pub(crate) fn block(vm: &Vm, v: &Value) -> PyResult<Vec<u8>> {
    let keys = vm.call_method_name(v, &vm.names().keys, &[])?;
    let mut pairs = Vec::new();
    for k in vm.to_vec(&keys)? {
        let value = vm.get_item(v, &k)?;
        let (k, value) = (convert::path(vm, &k, "env")?.bytes, convert::path(vm, &value, "env")?.bytes);
        if k.is_empty() || k[1..].contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        pairs.push((k.to_ascii_uppercase(), [&k[..], b"=", &value, b"\0"].concat()));
    }
    pairs.sort();
    // Later ones of the same name win.
    pairs.reverse();
    pairs.dedup_by(|a, b| a.0 == b.0);
    pairs.reverse();
    Ok(pairs.into_iter().flat_map(|(_, pair)| pair).collect())
}

const P_WAIT: i32 = 0;
const P_OVERLAY: i32 = 2;

fn spawned(vm: &Vm, args: &Args<'_>, env: Option<&Value>) -> PyResult<Value> {
    let mode = number(vm, args, 0)?;
    let started = start(vm, args, 1, env)?;
    match mode {
        P_WAIT => ended(vm, started.process).map(|code| Value::int(code.into())),
        P_OVERLAY => process::exit_now(0),
        _ => Ok(Value::int(started.process as i64)),
    }
}

/// Waits for the end of a process and closes its handle.
fn ended(vm: &Vm, process: os::Handle) -> PyResult<i32> {
    let fail = |e: std::io::Error| vm.os_error(&e, None);
    vm.allow_threads(|| handles::wait(process, u32::MAX)).map_err(fail)?;
    let code = spawn::exit_code(process).map_err(fail)?;
    handles::close(process).map_err(fail)?;
    Ok(code.cast_signed())
}

pub(super) fn spawnv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    spawned(vm, &args, None)
}

pub(super) fn spawnve(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    spawned(vm, &args, Some(args.get(3)))
}

/// Windows can't put another program into a process: the other is started, and this one ends, as under CPython.
pub(super) fn execv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    start(vm, &args, 0, None)?;
    process::exit_now(0)
}

pub(super) fn execve(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    start(vm, &args, 0, Some(args.get(2)))?;
    process::exit_now(0)
}

pub(super) fn waitpid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    // What is called a pid here is the handle that `spawnv` gave.
    let process = handle(vm, args.get(0))?;
    let code = ended(vm, process)?;
    let status = int::from_big((i64::from(code as u32) << 8).into());
    Ok(PyTuple::new(vec![Value::int(process as i64), status]).into_value())
}

pub(super) fn waitstatus_to_exitcode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let status = vm.to_i64(args.get(0))?;
    Ok(Value::int(status >> 8))
}

pub(super) fn system(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let command = convert::path(vm, args.get(0), "system: command")?;
    let shell = std::env::var_os("COMSPEC").unwrap_or_else(|| "cmd.exe".into());
    let mut line = Vec::new();
    quoted(&mut line, shell.as_encoded_bytes());
    line.extend_from_slice(b" /c ");
    line.extend_from_slice(&command.bytes);
    let line = CString::new(line).map_err(|_| vm.value_error("embedded null character"))?;
    let request = spawn::Start {
        program: None,
        command_line: Some(&line),
        inherit: true,
        flags: 0,
        environment: None,
        folder: None,
        info: (0, 0, [0; 3]),
        handles: None,
    };
    let started = vm.allow_threads(|| spawn::start(&request)).map_err(|e| vm.os_error(&e, None))?;
    // Nobody asks for the thread.
    let _ = handles::close(started.thread);
    ended(vm, started.process).map(|code| Value::int(code.into()))
}

pub(super) fn startfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let path = convert::path(vm, args.get(0), "startfile: filepath")?;
    let text = |i: usize| -> PyResult<Option<CString>> {
        args.opt_not_none(i).map(|v| convert::path(vm, v, "startfile: argument")?.c(vm)).transpose()
    };
    let (operation, arguments, folder) = (text(1)?, text(2)?, text(3)?);
    let show = args.opt_i64(vm, 4, 1)? as i32;
    let file = path.c(vm)?;
    let r = vm.allow_threads(|| {
        os::spawn::open_with_shell(&file, operation.as_deref(), arguments.as_deref(), folder.as_deref(), show)
    });
    r.map(|()| Value::NONE).map_err(|e| path.error(vm, &e))
}
