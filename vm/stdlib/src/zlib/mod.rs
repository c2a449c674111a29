//! `zlib`: compression and checksums.

mod stream;

use std::cell::RefCell;

use flate2::Compression;
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::{
    Args, CallArgs, ModuleDef, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::add_types;
use stream::{Deflater, Flush, Inflater, Setup, compressor, deflate};

static ERROR_DEF: TypeDef = TypeDef {
    name: "error",
    module: "zlib",
    base: Some(&EXCEPTION),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

fn error(vm: &Vm, message: &str) -> Raised {
    vm.new_error(&ERROR, message)
}

fn bytes(data: Vec<u8>) -> Value {
    PyBytes::from_vec(data).into_value()
}

/// The payload of compression objects; without a state when the stream has ended.
struct Deflating {
    state: RefCell<Option<Deflater>>,
}

impl Payload for Deflating {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Deflating>();
        &L
    }
}

/// The payload of decompression objects.
struct Inflating {
    state: RefCell<Inflater>,
}

impl Payload for Inflating {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Inflating>();
        &L
    }
}

fn level(vm: &Vm, args: Args<'_>, i: usize) -> PyResult<Compression> {
    match args.opt_i64(vm, i, -1)? {
        -1 => Ok(Compression::new(6)),
        n @ 0..=9 => Ok(Compression::new(n as u32)),
        _ => Err(error(vm, "Bad compression level")),
    }
}

fn compress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let level = level(vm, args, 1)?;
    let Some(mut c) = compressor(level, args.opt_i64(vm, 2, 15)?) else {
        return Err(error(vm, "Bad compression level"));
    };
    let data = buffer::to_vec(vm, args.get(0))?;
    let out = vm.allow_threads(|| deflate(&mut c, &data, Flush::Finish));
    out.map(bytes).map_err(|e| error(vm, &e))
}

fn decompress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(mut d) = Inflater::new(args.opt_i64(vm, 1, 15)?, Vec::new()) else {
        return Err(vm.value_error("Invalid initialization option"));
    };
    if args.opt_i64(vm, 2, 1)? <= 0 {
        return Err(vm.value_error("bufsize must be non-zero"));
    }
    let data = buffer::to_vec(vm, args.get(0))?;
    let out = vm.allow_threads(|| d.inflate(&data, None)).map_err(|e| error(vm, &e))?;
    if !d.eof {
        return Err(error(vm, "Error -5 while decompressing data: incomplete or truncated stream"));
    }
    Ok(bytes(out))
}

fn compressobj(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let level = level(vm, args, 0)?.level();
    let (method, wbits) = (args.opt_i64(vm, 1, 8)?, args.opt_i64(vm, 2, 15)?);
    // The memory level and the strategy are the library's business: they do not change what is decompressed.
    let valid = (1..=9).contains(&args.opt_i64(vm, 3, 8)?) && (0..=4).contains(&args.opt_i64(vm, 4, 0)?);
    let zdict = args.opt_not_none(5).map(|v| buffer::to_vec(vm, v)).transpose()?;
    let wrong = if zdict.is_some() { "Invalid dictionary" } else { "Invalid initialization option" };
    if method != 8 || !valid || compressor(Compression::new(level), wbits).is_none() {
        return Err(vm.value_error("Invalid initialization option"));
    }
    match Deflater::new(Setup { level, wbits, zdict }) {
        Some(state) => Ok(Ref::new(&COMPRESS, Deflating { state: RefCell::new(Some(state)) }).into_value()),
        None => Err(vm.value_error(wrong)),
    }
}

fn inflater(vm: &Vm, args: Args<'_>) -> PyResult<Inflating> {
    let zdict = match args.opt_not_none(1) {
        Some(v) => buffer::to_vec(vm, v)?,
        None => Vec::new(),
    };
    match Inflater::new(args.opt_i64(vm, 0, 15)?, zdict) {
        Some(state) => Ok(Inflating { state: RefCell::new(state) }),
        None => Err(vm.value_error("Invalid initialization option")),
    }
}

fn decompressobj(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Ref::new(&DECOMPRESS, inflater(vm, args)?).into_value())
}

fn ended(vm: &Vm) -> Raised {
    error(vm, "Error -2 while compressing data: inconsistent stream state")
}

fn compress_more(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let mut state = args.payload::<Deflating>().state.borrow_mut();
    let c = state.as_mut().ok_or_else(|| ended(vm))?;
    c.deflate(&data, Flush::No).map(bytes).map_err(|e| error(vm, &e))
}

fn compress_flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flush = match args.opt_i64(vm, 1, 4)? {
        0 => return Ok(bytes(Vec::new())),
        // The library has no Z_BLOCK; a partial flush gives no less.
        1 | 5 => Flush::Partial,
        2 => Flush::Sync,
        3 => Flush::Full,
        4 => Flush::Finish,
        _ => return Err(ended(vm)),
    };
    let mut state = args.payload::<Deflating>().state.borrow_mut();
    let c = state.as_mut().ok_or_else(|| ended(vm))?;
    let out = c.deflate(&[], flush).map_err(|e| error(vm, &e))?;
    if flush == Flush::Finish {
        *state = None;
    }
    Ok(bytes(out))
}

#[cold]
fn no_copy(vm: &Vm) -> Raised {
    vm.value_error("Inconsistent stream state")
}

fn compress_copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let state = args.payload::<Deflating>().state.borrow().as_ref().and_then(Deflater::copy);
    match state {
        Some(state) => Ok(Ref::new(&COMPRESS, Deflating { state: RefCell::new(Some(state)) }).into_value()),
        None => Err(no_copy(vm)),
    }
}

fn decompress_copy(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let state = args.payload::<Inflating>().state.borrow();
    if state.eof {
        return Err(no_copy(vm));
    }
    match state.copy() {
        Some(state) => Ok(Ref::new(&DECOMPRESS, Inflating { state: RefCell::new(state) }).into_value()),
        None => Err(no_copy(vm)),
    }
}

fn unpicklable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", args.this().class().name())))
}

fn decompress_more(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let Ok(limit) = usize::try_from(args.opt_i64(vm, 2, 0)?) else {
        return Err(vm.value_error("max_length must be non-negative"));
    };
    let mut state = args.payload::<Inflating>().state.borrow_mut();
    state.tail.clear();
    state.inflate(&data, Some(limit).filter(|n| *n > 0)).map(bytes).map_err(|e| error(vm, &e))
}

fn decompress_flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.opt_i64(vm, 1, 1)? <= 0 {
        return Err(vm.value_error("length must be greater than zero"));
    }
    let mut state = args.payload::<Inflating>().state.borrow_mut();
    let tail = std::mem::take(&mut state.tail);
    state.inflate(&tail, None).map(bytes).map_err(|e| error(vm, &e))
}

fn decompressor_new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    static SIGNATURE: NativeDef = native("_ZlibDecompressor(wbits=15, zdict=b'')", "", |vm, args| {
        Ok(Ref::new(&DECOMPRESSOR, inflater(vm, args)?).into_value())
    });
    let _ = class;
    SIGNATURE.invoke(vm, call)
}

fn decompressor_decompress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let limit = usize::try_from(args.opt_i64(vm, 2, -1)?).ok();
    let mut state = args.payload::<Inflating>().state.borrow_mut();
    if state.eof {
        return Err(vm.eof_error("End of stream already reached"));
    }
    let mut input = std::mem::take(&mut state.tail);
    input.extend_from_slice(&data);
    state.inflate(&input, limit).map(bytes).map_err(|e| error(vm, &e))
}

fn crc32(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let start = args.opt_i64(vm, 1, 0)? as u32;
    buffer::with(vm, args.get(0), |data| {
        let mut h = crc32fast::Hasher::new_with_initial(start);
        h.update(data);
        Value::int(h.finalize().into())
    })
}

fn adler32(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let start = args.opt_i64(vm, 1, 1)? as u32;
    buffer::with(vm, args.get(0), |data| Value::int(stream::adler32(start, data).into()))
}

fn state_of(v: &Value, f: impl FnOnce(&Inflater) -> Value) -> PyResult<Value> {
    Ok(Value::or_none(v.downcast::<Inflating>().map(|d| f(&d.state.borrow()))))
}

const EOF: GetSet = GetSet { name: "eof", doc: "", get: |_, v| state_of(v, |d| Value::bool(d.eof)), set: None };
const UNUSED_DATA: GetSet =
    GetSet { name: "unused_data", doc: "", get: |_, v| state_of(v, |d| bytes(d.unused.clone())), set: None };

static COMPRESS: Type = {
    static DEF: TypeDef = TypeDef {
        name: "Compress",
        module: "zlib",
        layout: <Deflating as Payload>::layout,
        flags: TypeFlags::NO_NEW,
        methods: &[
            native("__copy__(self, /)", "", compress_copy),
            native("__deepcopy__(self, memo, /)", "", compress_copy),
            native("__reduce__(self, /)", "", unpicklable),
            native("compress(self, data, /)", "Returns a bytes object containing compressed data.", compress_more),
            native("copy(self, /)", "Return a copy of the compression object.", compress_copy),
            native(
                "flush(self, mode=4, /)",
                "Return a bytes object containing any remaining compressed data.",
                compress_flush,
            ),
        ],
        ..TypeDef::EMPTY
    };
    Type::builtin(&DEF)
};

static DECOMPRESS: Type = {
    static DEF: TypeDef = TypeDef {
        name: "Decompress",
        module: "zlib",
        layout: <Inflating as Payload>::layout,
        flags: TypeFlags::NO_NEW,
        methods: &[
            native("__copy__(self, /)", "", decompress_copy),
            native("__deepcopy__(self, memo, /)", "", decompress_copy),
            native("__reduce__(self, /)", "", unpicklable),
            native("copy(self, /)", "Return a copy of the decompression object.", decompress_copy),
            native(
                "decompress(self, data, /, max_length=0)",
                "Return a bytes object containing the decompressed version of the data.",
                decompress_more,
            ),
            native(
                "flush(self, length=16384, /)",
                "Return a bytes object containing any remaining decompressed data.",
                decompress_flush,
            ),
        ],
        getset: &[
            EOF,
            GetSet { name: "unconsumed_tail", doc: "", get: |_, v| state_of(v, |d| bytes(d.tail.clone())), set: None },
            UNUSED_DATA,
        ],
        ..TypeDef::EMPTY
    };
    Type::builtin(&DEF)
};

static DECOMPRESSOR: Type = {
    static DEF: TypeDef = TypeDef {
        name: "_ZlibDecompressor",
        module: "zlib",
        doc: "Create a decompressor object for decompressing data incrementally.",
        layout: <Inflating as Payload>::layout,
        flags: TypeFlags::IMMUTABLE,
        slots: Slots { new: Some(decompressor_new), ..Slots::EMPTY },
        methods: &[native(
            "decompress(self, data, max_length=-1)",
            "Decompress *data*, returning uncompressed data as bytes.",
            decompressor_decompress,
        )],
        getset: &[
            EOF,
            GetSet {
                name: "needs_input",
                doc: "True if more input is needed before more decompressed data can be produced.",
                get: |_, v| state_of(v, |d| Value::bool(!d.eof && !d.full)),
                set: None,
            },
            UNUSED_DATA,
        ],
        ..TypeDef::EMPTY
    };
    Type::builtin(&DEF)
};

static FUNCTIONS: &[NativeDef] = &[
    native("adler32(data, value=1, /)", "Compute an Adler-32 checksum of data.", adler32),
    native("compress(data, /, level=-1, wbits=15)", "Returns a bytes object containing compressed data.", compress),
    native(
        "compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=None)",
        "Return a compressor object.",
        compressobj,
    ),
    native("crc32(data, value=0, /)", "Compute a CRC-32 checksum of data.", crc32),
    native(
        "decompress(data, /, wbits=15, bufsize=16384)",
        "Returns a bytes object containing the uncompressed data.",
        decompress,
    ),
    native("decompressobj(wbits=15, zdict=b'')", "Return a decompressor object.", decompressobj),
];

const CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_BEST_SPEED", 1),
    ("Z_BLOCK", 5),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_FILTERED", 1),
    ("Z_FINISH", 4),
    ("Z_FIXED", 4),
    ("Z_FULL_FLUSH", 3),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_NO_COMPRESSION", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_RLE", 3),
    ("Z_SYNC_FLUSH", 2),
    ("Z_TREES", 6),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    add_types(vm, d, &[&ERROR, &DECOMPRESSOR]);
    for ty in [&COMPRESS, &DECOMPRESS] {
        freeze_runtime::types::type_::ready(vm, ty);
    }
    for (name, n) in CONSTANTS {
        d.set_text(name, Value::small(*n));
    }
    d.set_text("ZLIB_VERSION", vm.str("1.3.1"));
    d.set_text("ZLIB_RUNTIME_VERSION", vm.str("1.3.1"));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "zlib", doc: "Compression compatible with gzip.", functions: FUNCTIONS, init: Some(init) };
