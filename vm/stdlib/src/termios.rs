//! `termios`: settings of terminals.
// The C types are of other widths on other platforms.
#![allow(clippy::unnecessary_cast)]

#[cfg_attr(target_vendor = "apple", path = "termios/numbers_apple.rs")]
mod numbers;

use std::io;

use freeze_runtime::os::{libc as c, terminal};
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::types::int;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::convert;

static ERROR_DEF: TypeDef = TypeDef {
    name: "error",
    module: "termios",
    base: Some(&EXCEPTION),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
/// `termios.error`
static ERROR: Type = Type::builtin(&ERROR_DEF);

#[cold]
fn failed(vm: &Vm, e: &io::Error) -> Raised {
    let n = e.raw_os_error().unwrap_or(0);
    let text = freeze_runtime::types::exception::errno_text(n);
    vm.new_error_args(&ERROR, vec![Value::small(n.into()), vm.str(&text)])
}

fn done(vm: &Vm, r: io::Result<()>) -> PyResult<Value> {
    r.map(|()| Value::NONE).map_err(|e| failed(vm, &e))
}

fn tcgetattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let t = terminal::get(convert::fd(vm, args.get(0))?).map_err(|e| failed(vm, &e))?;
    let (input, output) = terminal::speeds(&t);
    let mut cc: Vec<Value> = t.c_cc.iter().map(|&b| PyBytes::new(&[b]).into_value()).collect();
    // Without canonical input two of the characters are numbers.
    if t.c_lflag & c::ICANON == 0 {
        for i in [c::VMIN, c::VTIME] {
            cc[i] = Value::small(t.c_cc[i].into());
        }
    }
    let flags = [t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag].map(|f| Value::int(f as i64));
    let mut items = flags.to_vec();
    items.extend([input, output].map(|s| Value::usize(s as usize)));
    items.push(PyList::new(cc).into_value());
    Ok(PyList::new(items).into_value())
}

fn tcsetattr(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let when = convert::c_int(vm, args.get(1))?;
    let items = args.get(2).downcast::<PyList>().map(PyList::to_vec).unwrap_or_default();
    let [iflag, oflag, cflag, lflag, input, output, cc] = &items[..] else {
        return Err(vm.type_error("tcsetattr, arg 3: must be 7 element list"));
    };
    // What the list does not say stays as it is.
    let mut t = terminal::get(fd).map_err(|e| failed(vm, &e))?;
    let flag = |v: &Value| vm.to_i64(v).map(|n| n as c::tcflag_t);
    (t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag) = (flag(iflag)?, flag(oflag)?, flag(cflag)?, flag(lflag)?);
    let speeds = (vm.to_i64(input)? as u64, vm.to_i64(output)? as u64);
    let cc = cc.downcast::<PyList>().map(PyList::to_vec).unwrap_or_default();
    if cc.len() != t.c_cc.len() {
        return Err(vm.type_error(format!("tcsetattr: attributes[6] must be {} element list", t.c_cc.len())));
    }
    for (slot, v) in t.c_cc.iter_mut().zip(&cc) {
        *slot = match v.downcast::<PyBytes>().map(PyBytes::as_slice) {
            Some(&[b]) => b,
            None if int::is_int(v) => vm.to_i64(v)? as u8,
            _ => return Err(vm.type_error("tcsetattr: elements of attributes must be characters or integers")),
        };
    }
    terminal::set_speeds(&mut t, speeds.0, speeds.1).map_err(|e| failed(vm, &e))?;
    let r = vm.allow_threads(|| terminal::set(fd, when, &t));
    done(vm, r)
}

fn tcsendbreak(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, n) = (convert::fd(vm, args.get(0))?, convert::c_int(vm, args.get(1))?);
    let r = vm.allow_threads(|| terminal::send_break(fd, n));
    done(vm, r)
}

fn tcdrain(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let r = vm.allow_threads(|| terminal::drain(fd));
    done(vm, r)
}

fn tcflush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, n) = (convert::fd(vm, args.get(0))?, convert::c_int(vm, args.get(1))?);
    done(vm, terminal::flush(fd, n))
}

fn tcflow(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (fd, n) = (convert::fd(vm, args.get(0))?, convert::c_int(vm, args.get(1))?);
    done(vm, terminal::flow(fd, n))
}

fn tcgetwinsize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let w = terminal::window(convert::fd(vm, args.get(0))?).map_err(|e| failed(vm, &e))?;
    let items = [w.ws_row, w.ws_col].map(|n| Value::small(n.into())).to_vec();
    Ok(PyTuple::new(items).into_value())
}

fn tcsetwinsize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let fd = convert::fd(vm, args.get(0))?;
    let items = vm.to_vec(args.get(1))?;
    let [rows, columns] = &items[..] else {
        return Err(vm.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
    };
    let size =
        |v: &Value| u16::try_from(vm.to_i64(v)?).map_err(|_| vm.overflow_error("winsize value(s) out of range."));
    let mut w = terminal::window(fd).map_err(|e| failed(vm, &e))?;
    (w.ws_row, w.ws_col) = (size(rows)?, size(columns)?);
    done(vm, terminal::set_window(fd, &w))
}

static FUNCTIONS: &[NativeDef] = &[
    native("tcdrain(fd, /)", "Wait until all output written to file descriptor fd has been transmitted.", tcdrain),
    native("tcflow(fd, action, /)", "Suspend or resume input or output on file descriptor fd.", tcflow),
    native("tcflush(fd, queue, /)", "Discard queued data on file descriptor fd.", tcflush),
    native(
        "tcgetattr(fd, /)",
        "Get the tty attributes for file descriptor fd.\n\nReturns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]\n\
         where cc is a list of the tty special characters (each a string of\nlength 1, except the items with indices VMIN \
         and VTIME, which are\nintegers when these fields are defined).",
        tcgetattr,
    ),
    native(
        "tcgetwinsize(fd, /)",
        "Get the tty winsize for file descriptor fd.\n\nReturns a tuple (ws_row, ws_col).",
        tcgetwinsize,
    ),
    native("tcsendbreak(fd, duration, /)", "Send a break on file descriptor fd.", tcsendbreak),
    native("tcsetattr(fd, when, attributes, /)", "Set the tty attributes for file descriptor fd.", tcsetattr),
    native("tcsetwinsize(fd, winsize, /)", "Set the tty winsize for file descriptor fd.", tcsetwinsize),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, d, &[&ERROR]);
    for (name, n) in numbers::NUMBERS {
        d.set_text(name, Value::int(*n));
    }
    // The customary control characters.
    for (name, n) in [
        ("CEOF", 4),
        ("CEOL", 0),
        ("CEOT", 4),
        ("CERASE", 0o177),
        ("CFLUSH", 15),
        ("CINTR", 3),
        ("CKILL", 21),
        ("CLNEXT", 22),
        ("CQUIT", 28),
        ("CRPRNT", 18),
        ("CSTART", 17),
        ("CSTOP", 19),
        ("CSUSP", 26),
        ("CWERASE", 23),
    ] {
        d.set_text(name, Value::small(n));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "termios",
    doc: "This module provides an interface to the Posix calls for tty I/O control.",
    functions: FUNCTIONS,
    init: Some(init),
};
