//! `_pickle`: what `pickle` uses in place of its own Python code.
//!
//! A [`save::Saver`] writes one pickle and a [`load::Loader`] reads one; `Pickler` and `Unpickler` are what stays between
//! pickles. Recursion of data is recursion in Rust when writing, guarded by `Vm::check_stack`; reading has a stack of its own.

mod buffer;
mod input;
mod load;
mod load_object;
mod memo;
mod op;
mod output;
mod pickler;
mod save;
mod save_object;
mod shared;
mod unpickler;

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

use crate::native_type::add_types;
use input::{File, Input};
use load::Loader;
use save::Saver;

fn dumps(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let proto = pickler::protocol(vm, args.opt(1))?;
    let mut saver = Saver::new(vm, None, proto, args.opt_bool(vm, 2, true)?);
    saver.buffer_callback = pickler::buffer_callback(vm, args.opt(3), proto)?;
    saver.dump(args.get(0))?;
    Ok(PyBytes::from_vec(saver.out.into_bytes()).into_value())
}

fn dump(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let proto = pickler::protocol(vm, args.opt(2))?;
    let write = pickler::write_of(vm, args.get(1))?;
    let mut saver = Saver::new(vm, Some(write), proto, args.opt_bool(vm, 3, true)?);
    saver.buffer_callback = pickler::buffer_callback(vm, args.opt(4), proto)?;
    saver.dump(args.get(0))?;
    Ok(Value::NONE)
}

/// What `load` and `loads` have in common: the keyword arguments.
fn read(vm: &Vm, args: &Args<'_>, input: Input) -> PyResult<Value> {
    let mut loader = Loader::new(vm, input);
    loader.fix_imports = args.opt_bool(vm, 1, true)?;
    loader.encoding = Some(unpickler::text_argument(vm, args.opt(2), args.name(), "encoding", "ASCII")?);
    loader.errors = Some(unpickler::text_argument(vm, args.opt(3), args.name(), "errors", "strict")?);
    loader.buffers = unpickler::buffers_argument(vm, args.opt(4))?;
    loader.load()
}

fn loads(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    read(vm, &args, Input::of_bytes(vm, args.get(0))?)
}

fn load(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    read(vm, &args, Input::of_file(File::of(vm, args.get(0))?))
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
        "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, \
         protocol).dump(obj)``, but may\nbe more efficient.",
        dump,
    ),
    native(
        "dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
        "Return the pickled representation of the object as a bytes object.",
        dumps,
    ),
    native(
        "load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        "Read and return an object from the pickle data stored in a file.\n\nThis is equivalent to \
         ``Unpickler(file).load()``, but may be more\nefficient.",
        load,
    ),
    native(
        "loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        "Read and return an object from the given pickle data.",
        loads,
    ),
];

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    shared::load_tables(vm)?;
    freeze_runtime::types::type_::ready(vm, &pickler::PICKLER_MEMO);
    freeze_runtime::types::type_::ready(vm, &unpickler::UNPICKLER_MEMO);
    add_types(
        vm,
        namespace,
        &[
            &shared::PICKLE_ERROR,
            &shared::PICKLING_ERROR,
            &shared::UNPICKLING_ERROR,
            &pickler::PICKLER,
            &unpickler::UNPICKLER,
            &buffer::PICKLE_BUFFER,
        ],
    );
    Ok(())
}

/// The module `_pickle`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: FUNCTIONS,
    init: Some(init),
};
