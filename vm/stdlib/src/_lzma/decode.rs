//! `LZMADecompressor`.

use std::cell::RefCell;
use std::io;

use freeze_runtime::call::bind;
use freeze_runtime::object::{GetSet, Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};
use lzma_rust2::filter::{FilterConfig, StreamFilter};
use lzma_rust2::{Action, CheckType, Lzma2Stream, LzmaOptions, LzmaStream, Status, StreamResult, XzStream};

use super::filters::{self, LZMA2};
use super::{CHECK_UNKNOWN, FORMAT_ALONE, FORMAT_AUTO, FORMAT_RAW, FORMAT_XZ, bytes, error, io_error, unpicklable};

const CHUNK: usize = 32 * 1024;
const XZ_MAGIC: [u8; 6] = [0xFD, b'7', b'z', b'X', b'Z', 0];

/// A decoder of one container format.
enum Stream {
    /// The format is told by the first byte.
    Unknown,
    Xz(Box<XzStream>),
    Lzma(Box<LzmaStream>),
    Lzma2(Box<Lzma2Stream>),
}

impl Stream {
    fn process(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<StreamResult> {
        match self {
            Stream::Unknown => Ok(StreamResult { bytes_consumed: 0, bytes_produced: 0, status: Status::Ok }),
            Stream::Xz(s) => s.process(input, output, Action::Run),
            Stream::Lzma(s) => s.process(input, output, Action::Run),
            Stream::Lzma2(s) => s.process(input, output, Action::Run),
        }
    }
}

/// A filter that undoes what was done before the compression, and bytes that it can't tell yet.
struct Undo {
    filter: StreamFilter,
    held: Vec<u8>,
}

impl Undo {
    fn new(config: &FilterConfig) -> io::Result<Undo> {
        Ok(Undo { filter: StreamFilter::new(config)?, held: Vec::new() })
    }

    /// Takes more bytes; gives those that are done. At the end all are.
    fn push(&mut self, data: &[u8], end: bool) -> Vec<u8> {
        self.held.extend_from_slice(data);
        let n = self.filter.decode(&mut self.held);
        if end {
            self.filter.finish();
            return std::mem::take(&mut self.held);
        }
        let rest = self.held.split_off(n);
        std::mem::replace(&mut self.held, rest)
    }
}

struct Inflating {
    stream: Stream,
    format: i64,
    limit_kb: u32,
    /// Filters of a raw stream, in the order in which they are undone.
    undo: Vec<Undo>,
    /// Output of those that had no room yet.
    ready: Vec<u8>,
    /// Input that was not used yet.
    input: Vec<u8>,
    unused: Vec<u8>,
    /// Whether the stream ended; its output may still wait in `ready`.
    ended: bool,
    eof: bool,
    needs_input: bool,
    check: i64,
}

/// The payload of `LZMADecompressor`.
struct Decompressor {
    state: RefCell<Inflating>,
}

impl Payload for Decompressor {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Decompressor>();
        &L
    }
}

/// Why decoding failed.
enum Failure {
    Format,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Failure {
        Failure::Io(e)
    }
}

impl Inflating {
    /// Chooses the decoder when the first input is there; sees whether the input can be of its format.
    fn open(&mut self) -> Result<(), Failure> {
        if matches!(self.stream, Stream::Unknown) {
            let Some(&first) = self.input.first() else { return Ok(()) };
            let xz = self.format == FORMAT_XZ || self.format == FORMAT_AUTO && first == XZ_MAGIC[0];
            if xz {
                let n = self.input.len().min(XZ_MAGIC.len());
                if self.input[..n] != XZ_MAGIC[..n] {
                    return Err(Failure::Format);
                }
                if n == XZ_MAGIC.len() {
                    self.stream = Stream::Xz(Box::new(XzStream::new_mem_limit(false, self.limit_kb)));
                }
            } else {
                if first >= 225 || first % 9 + first / 9 % 5 > 4 {
                    return Err(Failure::Format);
                }
                self.stream = Stream::Lzma(Box::new(LzmaStream::new_mem_limit(self.limit_kb, None)));
                self.check = 0;
            }
        }
        Ok(())
    }

    /// Decompresses what is there and `data`, up to `limit` bytes.
    fn decompress(&mut self, data: &[u8], limit: Option<usize>) -> Result<Vec<u8>, Failure> {
        self.input.extend_from_slice(data);
        self.needs_input = false;
        self.open()?;
        let mut at = 0;
        let mut out = std::mem::take(&mut self.ready);
        let mut starved = false;
        while !self.ended && limit.is_none_or(|n| out.len() < n) {
            let room = limit.map_or(CHUNK, |n| n - out.len()).min(CHUNK);
            let start = out.len();
            out.resize(start + room, 0);
            let r = self.stream.process(&self.input[at..], &mut out[start..]);
            let r = match r {
                Ok(r) => r,
                Err(e) => {
                    self.input.drain(..at);
                    return Err(e.into());
                }
            };
            at += r.bytes_consumed;
            out.truncate(start + r.bytes_produced);
            self.ended = r.status == Status::StreamEnd;
            if !self.undo.is_empty() {
                let mut done = out.split_off(start);
                for u in &mut self.undo {
                    done = u.push(&done, self.ended);
                }
                out.append(&mut done);
            }
            if r.bytes_consumed == 0 && r.bytes_produced == 0 && !self.ended {
                starved = true;
                break;
            }
        }
        if let Stream::Xz(s) = &self.stream
            && let Some(check) = s.check_type()
        {
            self.check = match check {
                CheckType::None => 0,
                CheckType::Crc32 => 1,
                CheckType::Crc64 => 4,
                CheckType::Sha256 => 10,
            };
        }
        self.input.drain(..at);
        if let Some(n) = limit
            && out.len() > n
        {
            self.ready = out.split_off(n);
        }
        if self.ended {
            if let Stream::Lzma(s) = &self.stream
                && self.unused.is_empty()
            {
                self.unused = s.unused_input().to_vec();
            }
            self.unused.append(&mut self.input);
        }
        self.eof = self.ended && self.ready.is_empty();
        self.needs_input = !self.eof && self.ready.is_empty() && starved;
        Ok(out)
    }
}

static NEW: NativeDef =
    native("LZMADecompressor(format=0, memlimit=None, filters=None)", "", |_, args| Ok(args.get(0).clone()));

fn raw(before: &[FilterConfig], (id, o): (u64, LzmaOptions)) -> io::Result<(Stream, Vec<Undo>)> {
    let stream = if id == LZMA2 {
        Stream::Lzma2(Box::new(Lzma2Stream::new(o.dict_size)))
    } else {
        Stream::Lzma(Box::new(LzmaStream::new(u64::MAX, o.lc, o.lp, o.pb, o.dict_size, None)?))
    };
    let undo = before.iter().rev().map(Undo::new).collect::<io::Result<_>>()?;
    Ok((stream, undo))
}

fn new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, call)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound() && !v.is_none());
    let format = match slots.first().filter(|v| !v.is_unbound()) {
        Some(v) => vm.to_i64(v)?,
        None => FORMAT_AUTO,
    };
    let specs = given(2);
    let mut limit_kb = u32::MAX;
    if let Some(v) = given(1) {
        if format == FORMAT_RAW {
            return Err(vm.value_error("Cannot specify memory limit with FORMAT_RAW"));
        }
        let bytes = u64::try_from(vm.to_i64(v)?).map_err(|_| vm.overflow_error("can't convert negative int"))?;
        limit_kb = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    }
    if format == FORMAT_RAW && specs.is_none() {
        return Err(vm.value_error("Must specify filters for FORMAT_RAW"));
    }
    if format != FORMAT_RAW && specs.is_some() {
        return Err(vm.value_error("Cannot specify filters except with FORMAT_RAW"));
    }
    let (stream, undo) = match (format, specs) {
        (FORMAT_AUTO | FORMAT_XZ | FORMAT_ALONE, _) => (Stream::Unknown, vec![]),
        (FORMAT_RAW, Some(specs)) => {
            let (before, last) = filters::split(vm, &filters::chain(vm, specs)?)?;
            raw(&before, last).map_err(|e| io_error(vm, &e))?
        }
        _ => return Err(vm.value_error(format!("Invalid container format: {format}"))),
    };
    let state = Inflating {
        stream,
        format,
        limit_kb,
        undo,
        ready: vec![],
        input: vec![],
        unused: vec![],
        ended: false,
        eof: false,
        needs_input: true,
        check: if matches!(format, FORMAT_AUTO | FORMAT_XZ) { CHECK_UNKNOWN } else { 0 },
    };
    Ok(Ref::new(class, Decompressor { state: RefCell::new(state) }).into_value())
}

fn decompress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let limit = usize::try_from(args.opt_i64(vm, 2, -1)?).ok();
    let mut state = args.payload::<Decompressor>().state.borrow_mut();
    if state.eof {
        return Err(vm.eof_error("Already at end of stream"));
    }
    state.decompress(&data, limit).map(bytes).map_err(|e| match e {
        Failure::Format => error(vm, "Input format not supported by decoder"),
        Failure::Io(e) => io_error(vm, &e),
    })
}

fn look(v: &Value, f: impl FnOnce(&Inflating) -> Value) -> PyResult<Value> {
    Ok(Value::or_none(v.downcast::<Decompressor>().map(|d| f(&d.state.borrow()))))
}

static DEF: TypeDef = TypeDef {
    name: "LZMADecompressor",
    module: "_lzma",
    doc: "LZMADecompressor(format=0, memlimit=None, filters=None)\n--\n\nDecompresses one stream piece by piece.",
    layout: <Decompressor as Payload>::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
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
            name: "check",
            doc: "The kind of integrity check in the stream; CHECK_UNKNOWN before that was read.",
            get: |_, v| look(v, |d| Value::small(d.check)),
            set: None,
        },
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
/// The type `LZMADecompressor`.
pub(super) static DECOMPRESSOR: Type = Type::builtin(&DEF);
