//! `_lzma`: compressors and decompressors of `.xz`, `.lzma` and raw LZMA streams.

mod decode;
mod encode;
mod filters;

use std::io;

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Raised, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::add_types;

const FORMAT_AUTO: i64 = 0;
const FORMAT_XZ: i64 = 1;
const FORMAT_ALONE: i64 = 2;
const FORMAT_RAW: i64 = 3;
const CHECK_UNKNOWN: i64 = 16;

static ERROR_DEF: TypeDef = TypeDef {
    name: "LZMAError",
    module: "_lzma",
    doc: "Call to liblzma failed.",
    base: Some(&EXCEPTION),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

#[cold]
fn error(vm: &Vm, message: &str) -> Raised {
    vm.new_error(&ERROR, message)
}

#[cold]
fn invalid_options(vm: &Vm) -> Raised {
    error(vm, "Invalid or unsupported options")
}

/// What an error of the coders is for Python.
#[cold]
fn io_error(vm: &Vm, e: &io::Error) -> Raised {
    match e.kind() {
        io::ErrorKind::OutOfMemory => error(vm, "Memory usage limit exceeded"),
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => invalid_options(vm),
        _ => error(vm, "Corrupt input data"),
    }
}

fn bytes(data: Vec<u8>) -> Value {
    PyBytes::from_vec(data).into_value()
}

fn unpicklable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", args.this().class().name())))
}

fn is_check_supported(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(matches!(args.i64(vm, 0)?, 0 | 1 | 4 | 10)))
}

static FUNCTIONS: &[NativeDef] = &[
    native(
        "_decode_filter_properties(filter_id, encoded_props, /)",
        "The specifier of a filter, from its encoded properties.",
        filters::decode_properties,
    ),
    native("_encode_filter_properties(filter, /)", "The encoded properties of a filter.", filters::encode_properties),
    native("is_check_supported(check_id, /)", "Whether this kind of integrity check is known.", is_check_supported),
];

const CONSTANTS: &[(&str, i64)] = &[
    ("FORMAT_AUTO", FORMAT_AUTO),
    ("FORMAT_XZ", FORMAT_XZ),
    ("FORMAT_ALONE", FORMAT_ALONE),
    ("FORMAT_RAW", FORMAT_RAW),
    ("CHECK_NONE", 0),
    ("CHECK_CRC32", 1),
    ("CHECK_CRC64", 4),
    ("CHECK_SHA256", 10),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", CHECK_UNKNOWN),
    ("FILTER_LZMA1", filters::LZMA1 as i64),
    ("FILTER_LZMA2", filters::LZMA2 as i64),
    ("FILTER_DELTA", filters::DELTA as i64),
    ("FILTER_X86", 4),
    ("FILTER_POWERPC", 5),
    ("FILTER_IA64", 6),
    ("FILTER_ARM", 7),
    ("FILTER_ARMTHUMB", 8),
    ("FILTER_SPARC", 9),
    ("MF_HC3", 3),
    ("MF_HC4", 4),
    ("MF_BT2", 0x12),
    ("MF_BT3", 0x13),
    ("MF_BT4", 0x14),
    ("MODE_FAST", 1),
    ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6),
    ("PRESET_EXTREME", 1 << 31),
];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&ERROR, &encode::COMPRESSOR, &decode::DECOMPRESSOR]);
    for (name, n) in CONSTANTS {
        dict.set_text(name, Value::int(*n));
    }
    Ok(())
}

/// The module `_lzma`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_lzma", doc: "Compression with LZMA.", functions: FUNCTIONS, init: Some(init) };
