//! Functions of processes, users and the environment.

use std::ffi::CString;

use freeze_runtime::os::{files, libc, process, signal, terminal, users};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, Value, Vm};

use crate::convert;
use crate::structseq::{make, struct_seq};

use super::{TERMINAL_SIZE, TIMES_RESULT, done, not_at_the_end, number};

struct_seq! {
    pub(super) static UNAME_RESULT = "posix", "uname_result", "uname_result: Result from os.uname().",
    ["sysname", "nodename", "release", "version", "machine"], []
}

fn int(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<i32> {
    convert::c_int(vm, args.get(i))
}

macro_rules! plain {
    ($($name:ident = $call:expr;)*) => {$(
        pub(super) fn $name(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
            Ok(Value::int(i64::from($call)))
        }
    )*};
}
plain! {
    getpid = process::getpid();
    getppid = process::getppid();
    getpgrp = process::getpgrp();
    getuid = users::getuid();
    geteuid = users::geteuid();
    getgid = users::getgid();
    getegid = users::getegid();
}

macro_rules! status {
    ($($name:ident = $f:ident as $to:ident;)*) => {$(
        pub(super) fn $name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
            let s = int(vm, &args, 0)?;
            Ok(status!(@ $to libc::$f(s)))
        }
    )*};
    (@ bool $e:expr) => { Value::bool($e) };
    (@ int $e:expr) => { Value::small(i64::from($e)) };
}
status! {
    wcoredump = WCOREDUMP as bool;
    wifcontinued = WIFCONTINUED as bool;
    wifexited = WIFEXITED as bool;
    wifsignaled = WIFSIGNALED as bool;
    wifstopped = WIFSTOPPED as bool;
    wexitstatus = WEXITSTATUS as int;
    wstopsig = WSTOPSIG as int;
    wtermsig = WTERMSIG as int;
}

pub(super) fn waitstatus_to_exitcode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = int(vm, &args, 0)?;
    if libc::WIFEXITED(s) {
        Ok(Value::small(i64::from(libc::WEXITSTATUS(s))))
    } else if libc::WIFSIGNALED(s) {
        Ok(Value::small(-i64::from(libc::WTERMSIG(s))))
    } else if libc::WIFSTOPPED(s) {
        Err(vm.value_error(format!("process stopped by delivery of signal {}", libc::WSTOPSIG(s))))
    } else {
        Err(vm.value_error(format!("invalid wait status: {s}")))
    }
}

pub(super) fn exit_now(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    process::exit_now(int(vm, &args, 0)?)
}

pub(super) fn abort(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    process::abort()
}

const FORK_HOOKS: &str = "posix.at_fork";

fn hooks(vm: &Vm) -> Value {
    let make = || PyTuple::new((0..3).map(|_| PyList::new(vec![]).into_value()).collect()).into_value();
    vm.runtime().slots.borrow_mut().entry(FORK_HOOKS).or_insert_with(make).clone()
}

pub(super) fn register_at_fork(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if (0..3).all(|i| args.opt(i).is_none()) {
        return Err(vm.type_error("At least one argument is required."));
    }
    let all = hooks(vm);
    let Some(lists) = all.downcast::<PyTuple>() else { return Ok(Value::NONE) };
    for (i, name) in ["before", "after_in_child", "after_in_parent"].iter().enumerate() {
        let Some(f) = args.opt(i) else { continue };
        if !vm.is_callable(f) {
            return Err(vm.type_error(format!("'{name}' must be callable, not {}", f.class().name())));
        }
        if let Some(l) = lists.as_slice()[i].downcast::<PyList>() {
            l.push(f.clone()).map_err(|e| vm.out_of_memory(e))?;
        }
    }
    Ok(Value::NONE)
}

/// Runs hooks: 0 before a fork (the last registered first), 1 in the child, 2 in the parent.
pub(crate) fn run_fork_hooks(vm: &Vm, which: usize) {
    let all = hooks(vm);
    let Some(lists) = all.downcast::<PyTuple>() else { return };
    let mut list = lists.as_slice()[which].downcast::<PyList>().map(PyList::to_vec).unwrap_or_default();
    if which == 0 {
        list.reverse();
    }
    for f in list {
        if let Err(e) = vm.call0(&f) {
            vm.report_unraisable(e, Some("Exception ignored in fork hook"), Some(&f));
        }
    }
}

/// What the child of a fork has to forget of the threads that it lacks.
pub(crate) fn after_fork_in_child(vm: &Vm) {
    freeze_runtime::vm::signals::set_main_thread(vm.ident);
    vm.only_thread();
    crate::_thread::after_fork(vm);
    vm.runtime().import_locks.reset();
}

/// Tells of a fork that leaves threads behind (in the parent, afterwards).
pub(crate) fn warn_of_threads(vm: &Vm, call: &str) -> PyResult<()> {
    if vm.runtime().thread_count() < 2 {
        return Ok(());
    }
    let pid = process::getpid();
    let message =
        format!("This process (pid={pid}) is multi-threaded, use of {call}() may lead to deadlocks in the child.");
    vm.warn_named("DeprecationWarning", &message, 1)
}

pub(super) fn fork(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    crate::sys::audit(vm, "os.fork", &[])?;
    not_at_the_end(vm, "can't fork at interpreter shutdown")?;
    run_fork_hooks(vm, 0);
    let r = process::fork();
    if let Ok(0) = r {
        after_fork_in_child(vm);
        run_fork_hooks(vm, 1);
    } else {
        run_fork_hooks(vm, 2);
        warn_of_threads(vm, "fork")?;
    }
    number(vm, r)
}

pub(super) fn forkpty(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    crate::sys::audit(vm, "os.forkpty", &[])?;
    not_at_the_end(vm, "can't fork at interpreter shutdown")?;
    let (master, slave) = terminal::open_pair().map_err(|e| vm.os_error(&e, None))?;
    run_fork_hooks(vm, 0);
    let r = process::fork();
    if let Ok(0) = r {
        // A child without its terminal has nobody to tell so.
        let _ = files::close(master);
        if terminal::login(slave).is_err() {
            process::exit_now(1);
        }
        after_fork_in_child(vm);
        run_fork_hooks(vm, 1);
    } else {
        run_fork_hooks(vm, 2);
        // The child has it.
        let _ = files::close(slave);
        warn_of_threads(vm, "forkpty")?;
    }
    let pid = r.map_err(|e| vm.os_error(&e, None))?;
    let master = if pid == 0 { -1 } else { master };
    Ok(ints(&[pid.into(), master.into()]))
}

/// C strings from a list of arguments.
pub(crate) fn strings(vm: &Vm, v: &Value, what: &str) -> PyResult<Vec<CString>> {
    let items = vm.to_vec(v)?;
    items.iter().map(|x| convert::path(vm, x, what)?.c(vm)).collect()
}

/// `name=value` strings from an environment mapping.
pub(super) fn environment(vm: &Vm, v: &Value) -> PyResult<Vec<CString>> {
    let keys = vm.call_method_name(v, &vm.names().keys, &[])?;
    let mut out = Vec::new();
    for k in vm.to_vec(&keys)? {
        let value = vm.get_item(v, &k)?;
        let (k, value) = (convert::path(vm, &k, "env")?, convert::path(vm, &value, "env")?);
        if k.bytes.contains(&b'=') {
            return Err(vm.value_error("illegal environment variable name"));
        }
        let mut s = k.bytes;
        s.push(b'=');
        s.extend_from_slice(&value.bytes);
        out.push(CString::new(s).map_err(|_| vm.value_error("embedded null byte"))?);
    }
    Ok(out)
}

fn exec(vm: &Vm, args: Args<'_>, env: Option<Vec<CString>>) -> PyResult<Value> {
    let path = convert::path(vm, args.get(0), &format!("{}: path", args.name()))?;
    let v = args.get(1);
    if !v.has_layout::<PyTuple>() && !v.has_layout::<PyList>() {
        return Err(vm.type_error(format!("{}() arg 2 must be a tuple or list", args.name())));
    }
    let argv = strings(vm, v, "argv")?;
    if argv.first().is_none_or(|a| a.is_empty()) {
        return Err(vm.value_error(format!("{}() arg 2 first element cannot be empty", args.name())));
    }
    let c = path.c(vm)?;
    let e = process::exec(&c, &argv, env.as_deref());
    Err(path.error(vm, &e))
}

pub(super) fn execv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    exec(vm, args, None)
}

pub(super) fn execve(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let env = environment(vm, args.get(2))?;
    exec(vm, args, Some(env))
}

fn waited(vm: &Vm, pid: i32, options: i32) -> PyResult<(i32, i32, libc::rusage)> {
    convert::retry(vm, || process::wait4(pid, options))?.map_err(|e| vm.os_error(&e, None))
}

fn ints(items: &[i64]) -> Value {
    PyTuple::new(items.iter().map(|&n| Value::int(n)).collect()).into_value()
}

pub(super) fn wait(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let (pid, status, _) = waited(vm, -1, 0)?;
    Ok(ints(&[pid.into(), status.into()]))
}

pub(super) fn waitpid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (pid, status, _) = waited(vm, int(vm, &args, 0)?, int(vm, &args, 1)?)?;
    Ok(ints(&[pid.into(), status.into()]))
}

pub(super) fn wait3(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (pid, status, u) = waited(vm, -1, int(vm, &args, 0)?)?;
    let usage = PyTuple::new(crate::resource::usage_items(&u)).into_value();
    Ok(PyTuple::new(vec![Value::int(pid.into()), Value::int(status.into()), usage]).into_value())
}

pub(super) fn wait4(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (pid, status, u) = waited(vm, int(vm, &args, 0)?, int(vm, &args, 1)?)?;
    let usage = PyTuple::new(crate::resource::usage_items(&u)).into_value();
    Ok(PyTuple::new(vec![Value::int(pid.into()), Value::int(status.into()), usage]).into_value())
}

pub(super) fn kill(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    signal::kill(int(vm, &args, 0)?, int(vm, &args, 1)?).map_err(|e| vm.os_error(&e, None))?;
    vm.check_signals()?;
    Ok(Value::NONE)
}

pub(super) fn killpg(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, signal::killpg(int(vm, &args, 0)?, int(vm, &args, 1)?))
}

pub(super) fn nice(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, process::nice(int(vm, &args, 0)?))
}
pub(super) fn getpgid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, process::getpgid(int(vm, &args, 0)?))
}
pub(super) fn setpgid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, process::setpgid(int(vm, &args, 0)?, int(vm, &args, 1)?).map(drop))
}
pub(super) fn getsid(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    number(vm, process::getsid(int(vm, &args, 0)?))
}
pub(super) fn setsid(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    done(vm, process::setsid().map(drop))
}
pub(super) fn getgroups(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let g = users::own_groups().map_err(|e| vm.os_error(&e, None))?;
    Ok(PyList::new(g.into_iter().map(|n| Value::int(i64::from(n))).collect()).into_value())
}

pub(super) fn getlogin(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    users::login_name().map(|n| convert::decode_fs(&n).into_value()).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn getloadavg(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let a = process::load_average()
        .map_err(|_| vm.new_error(&freeze_runtime::types::exception::OS_ERROR, "Load averages are unobtainable"))?;
    Ok(PyTuple::new(a.map(Value::float).to_vec()).into_value())
}

pub(super) fn cpu_count(_vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(process::sysconf(libc::_SC_NPROCESSORS_ONLN).map_or(Value::NONE, Value::int))
}

pub(super) fn get_terminal_size(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = args.opt_i64(vm, 0, 1)? as i32;
    let (c, l) = process::terminal_size(fd).map_err(|e| vm.os_error(&e, None))?;
    Ok(make(vm, &TERMINAL_SIZE, vec![Value::small(c.into()), Value::small(l.into())], &[]))
}

pub(super) fn random(vm: &Vm, size: i64, flags: u32) -> PyResult<Value> {
    let Ok(n) = usize::try_from(size) else { return Err(vm.value_error("negative argument not allowed")) };
    let mut buf = vec![0; n];
    let mut at = 0;
    while at < n {
        at += convert::retry(vm, || process::random(&mut buf[at..], flags))?.map_err(|e| vm.os_error(&e, None))?;
    }
    Ok(PyBytes::from_vec(buf).into_value())
}

pub(super) fn urandom(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    random(vm, args.i64(vm, 0)?, 0)
}

/// A variable's name or value: bytes, or text as the file system has it.
fn env_text(vm: &Vm, v: &Value) -> PyResult<CString> {
    convert::path(vm, v, "putenv: value")?.c(vm)
}

pub(super) fn putenv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (name, value) = (env_text(vm, args.get(0))?, env_text(vm, args.get(1))?);
    if name.as_bytes().contains(&b'=') {
        return Err(vm.value_error("illegal environment variable name"));
    }
    done(vm, process::set_env(&name, Some(&value)))
}

pub(super) fn unsetenv(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    done(vm, process::set_env(&env_text(vm, args.get(0))?, None))
}

pub(super) fn strerror(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str(&freeze_runtime::os::errno_text(int(vm, &args, 0)?)))
}

pub(super) fn times(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(make(vm, &TIMES_RESULT, process::times().map(Value::float).to_vec(), &[]))
}

pub(super) fn uname(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let u = process::uname().map_err(|e| vm.os_error(&e, None))?;
    Ok(make(vm, &UNAME_RESULT, u.iter().map(|s| convert::decode_fs(s).into_value()).collect(), &[]))
}

pub(super) fn sysconf(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let id = match args.get(0).downcast::<PyStr>() {
        Some(s) => {
            let name = s.to_lossy();
            match super::platform::names::SYSCONF.iter().find(|(n, _)| *n == name) {
                Some((_, id)) => *id,
                None => return Err(vm.value_error("unrecognized configuration name")),
            }
        }
        None => int(vm, &args, 0)?,
    };
    process::sysconf(id).map(Value::int).map_err(|e| vm.os_error(&e, None))
}

pub(super) fn system(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let command = convert::path(vm, args.get(0), "system: command")?;
    use std::os::unix::process::ExitStatusExt as _;
    let mut shell = std::process::Command::new("/bin/sh");
    shell.arg("-c").arg(convert::os_path(&command.bytes));
    let status = vm.allow_threads(|| shell.status()).map_err(|e| vm.os_error(&e, None))?;
    Ok(Value::int(i64::from(status.into_raw())))
}
