//! `_posixsubprocess`: fork and exec in one go, for `subprocess`.

use freeze_runtime::os::process::{self, Spawn};
use freeze_runtime::vm::PyResult;
use freeze_runtime::{CallArgs, ModuleDef, NativeDef, Value, Vm, raw};

use crate::convert;
use crate::posix::{after_fork_in_child, id, not_at_the_end, run_fork_hooks, strings, warn_of_threads};

fn fork_exec(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "fork_exec")?;
    call.check_count(vm, "fork_exec", 22, 23)?;
    let a = call.args;
    let int = |i: usize| convert::c_int(vm, &a[i]);
    let group_or_user = |v: &Value, what| if v.is_none() { Ok(None) } else { id(vm, v, what).map(Some) };
    let mut keep: Vec<i32> = Vec::new();
    for v in vm.to_vec(&a[3])? {
        match freeze_runtime::types::int::as_i64(&v).and_then(|n| i32::try_from(n).ok()) {
            Some(n) if n >= 0 && keep.last().is_none_or(|&last| last < n) => keep.push(n),
            _ => return Err(vm.value_error("bad value(s) in fds_to_keep")),
        }
    }
    if !a[21].is_none() {
        not_at_the_end(vm, "preexec_fn not supported at interpreter shutdown")?;
    }
    let groups = if a[18].is_none() {
        None
    } else {
        let mut g = Vec::new();
        for v in vm.to_vec(&a[18])? {
            g.push(id(vm, &v, "gid")?);
        }
        Some(g)
    };
    let preexec = a[21].clone();
    let spawn = Spawn {
        args: strings(vm, &a[0], "args")?,
        programs: strings(vm, &a[1], "executable")?,
        close_others: vm.is_true(&a[2])?,
        keep,
        cwd: if a[4].is_none() { None } else { Some(convert::path(vm, &a[4], "cwd")?.c(vm)?) },
        env: if a[5].is_none() { None } else { Some(strings(vm, &a[5], "env")?) },
        stdio: [int(6)?, int(9)?, int(11)?],
        error_pipe: int(13)?,
        restore_signals: vm.is_true(&a[14])?,
        new_session: vm.is_true(&a[15])?,
        group: int(16)?,
        gid: group_or_user(&a[17], "gid")?,
        groups,
        uid: group_or_user(&a[19], "uid")?,
        umask: int(20)?,
    };
    let hooks = !preexec.is_none();
    if hooks {
        run_fork_hooks(vm, 0);
    }
    let pid = process::fork();
    match pid {
        Ok(0) => {
            if hooks {
                after_fork_in_child(vm);
                run_fork_hooks(vm, 1);
            }
            spawn.run(|| !hooks || vm.call0(&preexec).is_ok())
        }
        Ok(pid) => {
            if hooks {
                run_fork_hooks(vm, 2);
                warn_of_threads(vm, "fork")?;
            }
            Ok(Value::small(i64::from(pid)))
        }
        Err(e) => Err(vm.os_error(&e, None)),
    }
}

static FUNCTIONS: &[NativeDef] = &[raw("fork_exec(*args)", "Spawn a fresh new child process.", fork_exec)];

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: FUNCTIONS,
    init: None,
};
