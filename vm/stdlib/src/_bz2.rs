//! `_bz2`: compressors and decompressors of bzip2 streams.

use std::cell::RefCell;

use bzip2::{Action, Compress, Compression, Decompress, Status};
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::OS_ERROR;
use freeze_runtime::{
    Args, CallArgs, ModuleDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native,
};

use crate::native_type::add_types;

const CHUNK: usize = 32 * 1024;

fn bytes(data: Vec<u8>) -> Value {
    PyBytes::from_vec(data).into_value()
}

/// The payload of `BZ2Compressor`; without a state once it was flushed.
struct Compressor {
    state: RefCell<Option<Compress>>,
}

impl Payload for Compressor {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Compressor>();
        &L
    }
}

fn failed(vm: &Vm) -> Raised {
    vm.new_error(&OS_ERROR, "Invalid data stream")
}

fn compressor_new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "BZ2Compressor")?;
    call.check_count(vm, "BZ2Compressor", 0, 1)?;
    let level = match call.positional().first() {
        Some(v) => vm.to_i64(v)?,
        None => 9,
    };
    if !(1..=9).contains(&level) {
        return Err(vm.value_error("compresslevel must be between 1 and 9"));
    }
    let state = RefCell::new(Some(Compress::new(Compression::new(level as u32), 0)));
    Ok(Ref::new(class, Compressor { state }).into_value())
}

/// Runs the compressor until all of `input` is taken, or everything has come out.
fn run(c: &mut Compress, mut input: &[u8], action: Action) -> Result<Vec<u8>, bzip2::Error> {
    let mut out = Vec::new();
    loop {
        out.reserve(CHUNK);
        let (taken, made) = (c.total_in(), c.total_out());
        let status = c.compress_vec(input, &mut out, action)?;
        input = &input[(c.total_in() - taken) as usize..];
        let idle = c.total_out() == made && input.is_empty();
        match status {
            Status::StreamEnd => return Ok(out),
            _ if action == Action::Run && (input.is_empty() || idle) => return Ok(out),
            _ => {}
        }
    }
}

fn compress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let mut state = args.payload::<Compressor>().state.borrow_mut();
    let Some(c) = state.as_mut() else { return Err(vm.value_error("Compressor has been flushed")) };
    run(c, &data, Action::Run).map(bytes).map_err(|_| failed(vm))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let state = args.payload::<Compressor>().state.borrow_mut().take();
    let Some(mut c) = state else { return Err(vm.value_error("Repeated call to flush()")) };
    run(&mut c, &[], Action::Finish).map(bytes).map_err(|_| failed(vm))
}

struct Inflating {
    state: Decompress,
    /// Input that a limit kept from being used.
    input: Vec<u8>,
    unused: Vec<u8>,
    eof: bool,
    needs_input: bool,
}

/// The payload of `BZ2Decompressor`.
struct Decompressor {
    state: RefCell<Inflating>,
}

impl Payload for Decompressor {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Decompressor>();
        &L
    }
}

fn decompressor_new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    call.no_keywords(vm, "BZ2Decompressor")?;
    call.check_count(vm, "BZ2Decompressor", 0, 0)?;
    let state = Inflating {
        state: Decompress::new(false),
        input: Vec::new(),
        unused: Vec::new(),
        eof: false,
        needs_input: true,
    };
    Ok(Ref::new(class, Decompressor { state: RefCell::new(state) }).into_value())
}

impl Inflating {
    /// Decompresses what is there and `data`, up to `limit` bytes.
    fn decompress(&mut self, data: &[u8], limit: Option<usize>) -> Result<Vec<u8>, bzip2::Error> {
        self.input.extend_from_slice(data);
        let mut at = 0;
        let mut out = Vec::new();
        self.needs_input = false;
        while !self.eof {
            let room = limit.map_or(CHUNK, |n| n - out.len()).min(CHUNK);
            if room == 0 {
                break;
            }
            let start = out.len();
            out.resize(start + room, 0);
            let (taken, made) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(&self.input[at..], &mut out[start..]);
            let made = (self.state.total_out() - made) as usize;
            out.truncate(start + made);
            at += (self.state.total_in() - taken) as usize;
            self.eof = status? == Status::StreamEnd;
            if made < room && at == self.input.len() {
                self.needs_input = !self.eof;
                break;
            }
        }
        self.input.drain(..at);
        if self.eof {
            self.unused = std::mem::take(&mut self.input);
        }
        Ok(out)
    }
}

fn decompress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let limit = usize::try_from(args.opt_i64(vm, 2, -1)?).ok();
    let mut state = args.payload::<Decompressor>().state.borrow_mut();
    if state.eof {
        return Err(vm.eof_error("End of stream already reached"));
    }
    state.decompress(&data, limit).map(bytes).map_err(|_| failed(vm))
}

fn look(v: &Value, f: impl FnOnce(&Inflating) -> Value) -> PyResult<Value> {
    Ok(Value::or_none(v.downcast::<Decompressor>().map(|d| f(&d.state.borrow()))))
}

fn unpicklable(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", args.this().class().name())))
}

static COMPRESSOR_DEF: TypeDef = TypeDef {
    name: "BZ2Compressor",
    module: "_bz2",
    doc: "BZ2Compressor(compresslevel=9, /)\n--\n\nCompresses data piece by piece, with a level between 1 and 9.",
    layout: Compressor::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(compressor_new), ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "", unpicklable),
        native("compress(self, data, /)", "Takes data; gives what of the compressed data is ready.", compress),
        native("flush(self, /)", "Ends the stream; gives the rest of it.", flush),
    ],
    ..TypeDef::EMPTY
};
static COMPRESSOR: Type = Type::builtin(&COMPRESSOR_DEF);

static DECOMPRESSOR_DEF: TypeDef = TypeDef {
    name: "BZ2Decompressor",
    module: "_bz2",
    doc: "BZ2Decompressor()\n--\n\nDecompresses one stream piece by piece.",
    layout: Decompressor::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(decompressor_new), ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "", unpicklable),
        native(
            "decompress(self, /, data, max_length=-1)",
            "Takes data; gives what it is decompressed, at most max_length bytes unless that is negative.",
            decompress,
        ),
    ],
    getset: &[
        GetSet {
            name: "eof",
            doc: "Whether the end of the stream was reached.",
            get: |_, v| look(v, |d| Value::bool(d.eof)),
            set: None,
        },
        GetSet {
            name: "needs_input",
            doc: "Whether more input is needed for more output.",
            get: |_, v| look(v, |d| Value::bool(d.needs_input)),
            set: None,
        },
        GetSet {
            name: "unused_data",
            doc: "What follows the end of the stream.",
            get: |_, v| look(v, |d| bytes(d.unused.clone())),
            set: None,
        },
    ],
    ..TypeDef::EMPTY
};
static DECOMPRESSOR: Type = Type::builtin(&DECOMPRESSOR_DEF);

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    add_types(vm, dict, &[&COMPRESSOR, &DECOMPRESSOR]);
    Ok(())
}

/// The module `_bz2`.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_bz2", doc: "Compression with bzip2.", functions: &[], init: Some(init) };
