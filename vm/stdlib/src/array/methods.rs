//! The methods of `array`.

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::types::{buffer, seq};
use freeze_runtime::{Args, NativeDef, PyResult, Value, Vm, import, native};

use super::item;
use super::value::{Array, find};
use crate::native_type::class_getitem;

fn this<'a>(args: &Args<'a>) -> &'a Array {
    args.payload()
}

fn append(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).push(vm, args.get(1))?;
    Ok(Value::NONE)
}

fn buffer_info(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let address = a.with(|d| d.as_ptr() as usize);
    Ok(PyTuple::new(vec![Value::usize(address), Value::usize(a.len())]).into_value())
}

fn byteswap(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let w = this(&args).width();
    this(&args).with_mut(|d| d.chunks_mut(w).for_each(<[u8]>::reverse));
    Ok(Value::NONE)
}

fn clear(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).check_resizable(vm)?;
    this(&args).with_mut(Vec::clear);
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    Ok(Array::of_bytes(a.code, a.with(<[u8]>::to_vec)).into_value())
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let (mut n, mut i) = (0, 0);
    while let Some(at) = find(vm, a, args.get(1), i, usize::MAX)? {
        n += 1;
        i = at + 1;
    }
    Ok(Value::small(n))
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).extend(vm, args.get(1))?;
    Ok(Value::NONE)
}

fn frombytes(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    this(&args).push_bytes(vm, &data)?;
    Ok(Value::NONE)
}

fn fromfile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = vm.to_ssize(args.get(2))?;
    if n < 0 {
        return Err(vm.value_error("negative count"));
    }
    let Some(wanted) = (n as usize).checked_mul(this(&args).width()) else { return Err(vm.out_of_memory(())) };
    let data = vm.call_method(args.get(1), "read", &[Value::usize(wanted)])?;
    let Some(data) = data.downcast::<PyBytes>() else {
        return Err(vm.type_error("read() didn't return bytes"));
    };
    this(&args).push_bytes(vm, data.as_slice())?;
    if data.as_slice().len() != wanted {
        return Err(vm.eof_error("read() didn't return enough bytes"));
    }
    Ok(Value::NONE)
}

fn fromlist(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(list) = args.get(1).downcast::<PyList>() else { return Err(vm.type_error("arg must be list")) };
    let a = this(&args);
    let mut data = Vec::new();
    let len = list.len();
    for i in 0..len {
        let Some(v) = list.get(i) else { break };
        let (b, n) = item::store(vm, a.code, &v)?;
        if list.len() != len {
            return Err(vm.runtime_error("list changed size during iteration"));
        }
        data.extend_from_slice(&b[..n]);
    }
    a.push_bytes(vm, &data)?;
    Ok(Value::NONE)
}

fn fromunicode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.str(vm, 1)?;
    if !item::is_text(this(&args).code) {
        return Err(vm.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    this(&args).push_text(vm, &s)?;
    Ok(Value::NONE)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let (start, stop) = seq::search_bounds(vm, args.opt(2), args.opt(3), a.len())?;
    match find(vm, a, args.get(1), start, stop)? {
        Some(i) => Ok(Value::usize(i)),
        None => Err(vm.value_error("array.index(x): x not in array")),
    }
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let i = vm.to_ssize(args.get(1))?;
    let (b, n) = item::store(vm, a.code, args.get(2))?;
    a.check_resizable(vm)?;
    let len = a.len() as isize;
    let at = if i < 0 { (i + len).max(0) } else { i.min(len) } as usize * n;
    a.with_mut(|d| drop(d.splice(at..at, b[..n].iter().copied())));
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let i = args.opt_i64(vm, 1, -1)? as isize;
    if a.len() == 0 {
        return Err(vm.index_error("pop from empty array"));
    }
    let Some(i) = seq::wrap(i, a.len()) else { return Err(vm.index_error("pop index out of range")) };
    a.check_resizable(vm)?;
    let v = a.get(vm, i)?;
    let w = a.width();
    a.with_mut(|d| drop(d.drain(i * w..i * w + w)));
    Ok(Value::or_none(v))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let a = this(&args);
    let Some(i) = find(vm, a, args.get(1), 0, usize::MAX)? else {
        return Err(vm.value_error("array.remove(x): x not in array"));
    };
    a.check_resizable(vm)?;
    let w = a.width();
    a.with_mut(|d| {
        if (i + 1) * w <= d.len() {
            d.drain(i * w..(i + 1) * w);
        }
    });
    Ok(Value::NONE)
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let w = this(&args).width();
    this(&args).with_mut(|d| {
        d.reverse();
        d.chunks_mut(w).for_each(<[u8]>::reverse);
    });
    Ok(Value::NONE)
}

fn tobytes(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyBytes::from_vec(this(&args).with(<[u8]>::to_vec)).into_value())
}

fn tofile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = this(&args).with(<[u8]>::to_vec);
    for chunk in data.chunks(64 * 1024) {
        vm.call_method(args.get(1), "write", &[PyBytes::new(chunk).into_value()])?;
    }
    Ok(Value::NONE)
}

fn tolist(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(&args).to_list(vm)
}

fn tounicode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if !item::is_text(this(&args).code) {
        return Err(vm.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    this(&args).text(vm)
}

fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let protocol = vm.to_i64(args.get(1))?;
    let a = this(&args);
    let v = args.this();
    let state = vm.call_method_name(v, &vm.names().__getstate__, &[])?;
    let code = PyStr::new(&[a.code]).into_value();
    let class = v.class().as_value();
    let parts = if protocol < 3 {
        let items = if item::is_text(a.code) { a.text(vm)? } else { a.to_list(vm)? };
        vec![class, PyTuple::new(vec![code, items]).into_value(), state]
    } else {
        let module = import::import_path(vm, "array")?;
        let rebuild = vm.get_attr_str(&module, "_array_reconstructor")?;
        let data = PyBytes::from_vec(a.with(<[u8]>::to_vec)).into_value();
        let given = vec![class, code, Value::small(item::format_of(a.code)), data];
        vec![rebuild, PyTuple::new(given).into_value(), state]
    };
    Ok(PyTuple::new(parts).into_value())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::usize(16 + size_of::<Array>() + this(&args).with_mut(|d| d.capacity())))
}

pub(super) static METHODS: &[NativeDef] = &[
    native("__copy__(self, /)", "Return a copy of the array.", copy),
    native("__deepcopy__(self, unused, /)", "Return a copy of the array.", copy),
    native("__reduce_ex__(self, value, /)", "Return state information for pickling.", reduce_ex),
    native("__sizeof__(self, /)", "Size of the array in memory, in bytes.", sizeof),
    native("append(self, v, /)", "Append new value v to the end of the array.", append),
    native(
        "buffer_info(self, /)",
        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.",
        buffer_info,
    ),
    native("byteswap(self, /)", "Byteswap all items of the array.", byteswap),
    native("clear(self, /)", "Remove all items from the array.", clear),
    native("count(self, v, /)", "Return number of occurrences of v in the array.", count),
    native("extend(self, bb, /)", "Append items to the end of the array.", extend),
    native(
        "frombytes(self, buffer, /)",
        "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.",
        frombytes,
    ),
    native(
        "fromfile(self, f, n, /)",
        "Read n objects from the file object f and append them to the end of the array.",
        fromfile,
    ),
    native("fromlist(self, list, /)", "Append items to array from list.", fromlist),
    native("fromunicode(self, ustr, /)", "Extends this array with data from the unicode string ustr.", fromunicode),
    native(
        "index(self, v, start=0, stop=9223372036854775807, /)",
        "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present.",
        index,
    ),
    native("insert(self, i, v, /)", "Insert a new item v into the array before position i.", insert),
    native("pop(self, i=-1, /)", "Return the i-th element and delete it from the array.\n\ni defaults to -1.", pop),
    native("remove(self, v, /)", "Remove the first occurrence of v in the array.", remove),
    native("reverse(self, /)", "Reverse the order of the items in the array.", reverse),
    native(
        "tobytes(self, /)",
        "Convert the array to an array of machine values and return the bytes representation.",
        tobytes,
    ),
    native("tofile(self, f, /)", "Write all items (as machine values) to the file object f.", tofile),
    native("tolist(self, /)", "Convert array to an ordinary list with the same items.", tolist),
    native("tounicode(self, /)", "Convert the array to a unicode string.", tounicode),
];

pub(super) static CLASS_METHODS: &[NativeDef] =
    &[native("__class_getitem__(cls, object, /)", "See PEP 585", class_getitem)];
