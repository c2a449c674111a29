//! Methods of `memoryview`.

use std::rc::Rc;

use super::{PyMemoryView, Window, format_size, release, text, this};
use crate::call::{Args, NativeDef, native};
use crate::object::{GetSet, Value};
use crate::text::bytes_ops;
use crate::types::byte_methods::hex_separator;
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn view<'a>(args: &Args<'a>) -> &'a PyMemoryView {
    args.payload()
}

fn tobytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(order) = args.opt_not_none(1) {
        match order.downcast::<PyStr>().map(PyStr::as_bytes) {
            Some(b"C" | b"F" | b"A") => {}
            _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
        }
    }
    Ok(PyBytes::from_vec(view(&args).to_bytes(vm)?).into_value())
}

fn hex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sep = args.opt(1).map(|v| hex_separator(vm, v)).transpose()?;
    let group = args.opt(2).map_or(Ok(1), |v| vm.to_c_int(v))?;
    Ok(PyStr::new(&bytes_ops::hex(&view(&args).to_bytes(vm)?, sep, group as isize)).into_value())
}

fn tolist(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = view(&args);
    let mut items = m.values(vm)?;
    let shape = &m.window.shape;
    if shape.is_empty() {
        return Ok(Value::or_none(items.pop()));
    }
    // The innermost rows first.
    for &n in shape.iter().skip(1).rev() {
        items = items.chunks(n.max(1)).map(|row| PyList::new(row.to_vec()).into_value()).collect();
    }
    Ok(PyList::new(items).into_value())
}

fn toreadonly(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = view(&args);
    let window = Window { readonly: true, ..m.window.clone() };
    Ok(PyMemoryView::with(m.live(vm)?, window).into_value())
}

fn cast(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let m = view(&args);
    let buffer = m.live(vm)?;
    let format = args.str(vm, 1)?.to_lossy().into_owned();
    let w = &m.window;
    if !w.is_contiguous() {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let Some(itemsize) = format_size(&format) else {
        return Err(vm.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |f: &str| matches!(f.trim_start_matches('@'), "b" | "B" | "c");
    if !is_byte(&format) && !is_byte(&w.format) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let len = w.items() * w.itemsize;
    if !len.is_multiple_of(itemsize) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match args.opt_not_none(2) {
        None => vec![len / itemsize],
        Some(shape) => given_shape(vm, shape, len, itemsize)?,
    };
    let strides = Window::contiguous_strides(&shape, itemsize);
    let window = Window { start: w.start, shape, strides, format, itemsize, readonly: w.readonly };
    Ok(PyMemoryView::with(buffer, window).into_value())
}

fn given_shape(vm: &Vm, shape: &Value, len: usize, itemsize: usize) -> PyResult<Vec<usize>> {
    if !shape.has_layout::<PyTuple>() && !shape.has_layout::<PyList>() {
        return Err(vm.type_error("shape must be a list or a tuple"));
    }
    let mut out = Vec::new();
    for n in vm.to_vec(shape)? {
        match usize::try_from(vm.to_isize(&n)?) {
            Ok(n) if n > 0 => out.push(n),
            _ => {
                return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0"));
            }
        }
    }
    if out.iter().product::<usize>() * itemsize != len {
        return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(out)
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let mut n = 0;
    for v in view(&args).values(vm)? {
        n += i64::from(vm.eq(&v, args.get(1))?);
    }
    Ok(Value::small(n))
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let values = view(&args).values(vm)?;
    let (start, stop) = crate::types::seq::search_bounds(vm, args.opt(2), args.opt(3), values.len())?;
    for (i, v) in values.iter().enumerate().take(stop).skip(start) {
        if vm.eq(v, args.get(1))? {
            return Ok(Value::usize(i));
        }
    }
    Err(vm.value_error("memoryview.index(x): x not found"))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "", |vm, a| view(&a).live(vm).map(|_| a.this().clone())),
    native("__exit__(self, /, *exc_info)", "", |vm, a| release(vm, view(&a)).map(Value::from)),
    native("cast(self, /, format, shape=None)", "Cast a memoryview to a new format or shape.", cast),
    native("count(self, value, /)", "Count the number of occurrences of a value.", count),
    native(
        "hex(self, /, sep='', bytes_per_sep=1)",
        "Return the data in the buffer as a str of hexadecimal numbers.\n\nsep and bytes_per_sep mean what they mean to \
         bytes.hex().\n\n>>> view = memoryview(bytes([1, 35, 69]))\n>>> view.hex()\n'012345'\n>>> view.hex(':')\n\
         '01:23:45'",
        hex,
    ),
    native(
        "index(self, value, start=0, stop=9223372036854775807, /)",
        "Return the index of the first occurrence of a value.",
        index,
    ),
    native("release(self, /)", "Release the underlying buffer exposed by the memoryview object.", |vm, a| {
        release(vm, view(&a)).map(Value::from)
    }),
    native("tobytes(self, /, order='C')", "Return the data in the buffer as a byte string.", tobytes),
    native("tolist(self, /)", "Return the data in the buffer as a list of elements.", tolist),
    native("toreadonly(self, /)", "Return a readonly version of the memoryview.", toreadonly),
];

fn numbers(values: impl Iterator<Item = i64>) -> Value {
    PyTuple::new(values.map(Value::int).collect()).into_value()
}

/// An attribute of a view that is not released.
macro_rules! live {
    (|$m:ident, $buffer:ident| $body:expr) => {
        |vm, v| {
            let $m = this(v);
            let $buffer: Rc<crate::types::buffer::Buffer> = $m.live(vm)?;
            Ok($body)
        }
    };
}

pub(super) static GETSET: &[GetSet] = &[
    GetSet { name: "c_contiguous", doc: "", get: live!(|m, _b| Value::bool(m.window.is_contiguous())), set: None },
    GetSet {
        name: "contiguous",
        doc: "",
        get: live!(|m, _b| Value::bool(m.window.is_contiguous() || m.window.is_fortran())),
        set: None,
    },
    GetSet { name: "f_contiguous", doc: "", get: live!(|m, _b| Value::bool(m.window.is_fortran())), set: None },
    GetSet { name: "format", doc: "", get: live!(|m, _b| text(&m.window.format)), set: None },
    GetSet { name: "itemsize", doc: "", get: live!(|m, _b| Value::usize(m.window.itemsize)), set: None },
    GetSet {
        name: "nbytes",
        doc: "",
        get: live!(|m, _b| Value::usize(m.window.items() * m.window.itemsize)),
        set: None,
    },
    GetSet { name: "ndim", doc: "", get: live!(|m, _b| Value::usize(m.window.shape.len())), set: None },
    GetSet { name: "obj", doc: "", get: live!(|_m, b| b.owner.clone()), set: None },
    GetSet { name: "readonly", doc: "", get: live!(|m, _b| Value::bool(m.window.readonly)), set: None },
    GetSet { name: "shape", doc: "", get: live!(|m, _b| numbers(m.window.shape.iter().map(|&n| n as i64))), set: None },
    GetSet {
        name: "strides",
        doc: "",
        get: live!(|m, _b| numbers(m.window.strides.iter().map(|&n| n as i64))),
        set: None,
    },
    GetSet { name: "suboffsets", doc: "", get: live!(|_m, _b| numbers(std::iter::empty())), set: None },
];
