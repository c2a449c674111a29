//! `LZMACompressor`.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use freeze_runtime::call::bind;
use freeze_runtime::object::{Layout, Slots};
use freeze_runtime::types::buffer;
use freeze_runtime::{Args, CallArgs, NativeDef, Payload, PyResult, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};
use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::filter::delta::DeltaWriter;
use lzma_rust2::filter::{FilterConfig, FilterType};
use lzma_rust2::{CheckType, Lzma2Options, Lzma2Writer, LzmaOptions, LzmaWriter, XzOptions, XzWriter};

use super::filters::{self, LZMA1, LZMA2};
use super::{FORMAT_ALONE, FORMAT_RAW, FORMAT_XZ, bytes, invalid_options, io_error, unpicklable};

/// Where encoders write: what they wrote is taken away after each call.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An encoder that can be ended.
trait Encoder: Write {
    fn end(self: Box<Self>) -> io::Result<()>;
}

impl Encoder for XzWriter<Sink> {
    fn end(self: Box<Self>) -> io::Result<()> {
        self.finish().map(drop)
    }
}

impl Encoder for LzmaWriter<Sink> {
    fn end(self: Box<Self>) -> io::Result<()> {
        self.finish().map(drop)
    }
}

impl Encoder for Lzma2Writer<Sink> {
    fn end(self: Box<Self>) -> io::Result<()> {
        self.finish().map(drop)
    }
}

impl Encoder for BcjWriter<Box<dyn Encoder>> {
    fn end(self: Box<Self>) -> io::Result<()> {
        self.finish()?.end()
    }
}

impl Encoder for DeltaWriter<Box<dyn Encoder>> {
    fn end(self: Box<Self>) -> io::Result<()> {
        self.into_inner().end()
    }
}

/// The payload of `LZMACompressor`; without an encoder once it was flushed.
struct Compressor {
    encoder: RefCell<Option<Box<dyn Encoder>>>,
    sink: Sink,
}

impl Payload for Compressor {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Compressor>();
        &L
    }
}

fn filtered(inner: Box<dyn Encoder>, filter: &FilterConfig) -> Option<Box<dyn Encoder>> {
    let start = filter.property as usize;
    Some(match filter.filter_type {
        FilterType::Delta => Box::new(DeltaWriter::new(inner, start)),
        FilterType::BcjX86 => Box::new(BcjWriter::new_x86(inner, start)),
        FilterType::BcjPpc => Box::new(BcjWriter::new_ppc(inner, start)),
        FilterType::BcjIa64 => Box::new(BcjWriter::new_ia64(inner, start)),
        FilterType::BcjArm => Box::new(BcjWriter::new_arm(inner, start)),
        FilterType::BcjArmThumb => Box::new(BcjWriter::new_arm_thumb(inner, start)),
        FilterType::BcjSparc => Box::new(BcjWriter::new_sparc(inner, start)),
        _ => return None,
    })
}

fn raw(vm: &Vm, sink: Sink, before: &[FilterConfig], last: (u64, LzmaOptions)) -> PyResult<Box<dyn Encoder>> {
    let (id, options) = last;
    let mut encoder: Box<dyn Encoder> = if id == LZMA2 {
        Box::new(Lzma2Writer::new(sink, Lzma2Options { lzma_options: options, chunk_size: None }))
    } else {
        Box::new(LzmaWriter::new_no_header(sink, &options, true).map_err(|e| io_error(vm, &e))?)
    };
    for filter in before.iter().rev() {
        encoder = filtered(encoder, filter).ok_or_else(|| invalid_options(vm))?;
    }
    Ok(encoder)
}

static NEW: NativeDef =
    native("LZMACompressor(format=1, check=-1, preset=None, filters=None)", "", |_, args| Ok(args.get(0).clone()));

fn new(vm: &Vm, class: &Type, call: CallArgs<'_>) -> PyResult<Value> {
    let slots = bind(vm, &NEW, call)?;
    let given = |i: usize| slots.get(i).filter(|v| !v.is_unbound());
    let int_at = |i: usize, default: i64| given(i).map_or(Ok(default), |v| vm.to_i64(v));
    let (format, check) = (int_at(0, FORMAT_XZ)?, int_at(1, -1)?);
    let preset = given(2).filter(|v| !v.is_none());
    let specs = given(3).filter(|v| !v.is_none());
    if preset.is_some() && specs.is_some() {
        return Err(vm.value_error("Cannot specify both preset and filter chain"));
    }
    let preset = match preset {
        Some(v) => u32::try_from(vm.to_i64(v)?).map_err(|_| vm.overflow_error("int too large to convert"))?,
        None => 6,
    };
    if format != FORMAT_XZ && check != -1 && check != 0 {
        return Err(vm.value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let chain = specs.map(|s| filters::chain(vm, s)).transpose()?;
    let sink = Sink::default();
    let to = sink.clone();
    let encoder: Box<dyn Encoder> = match format {
        FORMAT_XZ => {
            let check_type = match check {
                0 => CheckType::None,
                1 => CheckType::Crc32,
                -1 | 4 => CheckType::Crc64,
                10 => CheckType::Sha256,
                2..=15 => return Err(super::error(vm, "Unsupported integrity check")),
                _ => return Err(super::error(vm, "Internal error")),
            };
            let (before, lzma_options) = match &chain {
                Some(c) => match filters::split(vm, c)? {
                    (before, (LZMA2, options)) => (before, options),
                    _ => return Err(invalid_options(vm)),
                },
                None => (vec![], filters::preset_options(vm, preset)?),
            };
            let options = XzOptions { lzma_options, check_type, block_size: None, filters: before };
            Box::new(XzWriter::new(to, options).map_err(|e| io_error(vm, &e))?)
        }
        FORMAT_ALONE => {
            let options = match chain.as_deref() {
                None => filters::preset_options(vm, preset)?,
                Some([filters::Filter::Lzma { id: LZMA1, options }]) => options.clone(),
                Some(_) => {
                    let text = "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter";
                    return Err(vm.value_error(text));
                }
            };
            Box::new(LzmaWriter::new_use_header(to, &options, None).map_err(|e| io_error(vm, &e))?)
        }
        FORMAT_RAW => {
            let Some(chain) = chain else {
                return Err(vm.value_error("Must specify filters for FORMAT_RAW"));
            };
            let (before, last) = filters::split(vm, &chain)?;
            raw(vm, to, &before, last)?
        }
        _ => return Err(vm.value_error(format!("Invalid container format: {format}"))),
    };
    Ok(Ref::new(class, Compressor { encoder: RefCell::new(Some(encoder)), sink }).into_value())
}

fn compress(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let data = buffer::to_vec(vm, args.get(1))?;
    let me = args.payload::<Compressor>();
    let mut encoder = me.encoder.borrow_mut();
    let Some(e) = encoder.as_mut() else { return Err(vm.value_error("Compressor has been flushed")) };
    let written = if data.is_empty() { e.write(&data).map(drop) } else { e.write_all(&data) };
    written.map_err(|e| io_error(vm, &e))?;
    Ok(bytes(std::mem::take(&mut *me.sink.0.borrow_mut())))
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let me = args.payload::<Compressor>();
    let encoder = me.encoder.borrow_mut().take();
    let Some(e) = encoder else { return Err(vm.value_error("Repeated call to flush()")) };
    e.end().map_err(|e| io_error(vm, &e))?;
    Ok(bytes(std::mem::take(&mut *me.sink.0.borrow_mut())))
}

static DEF: TypeDef = TypeDef {
    name: "LZMACompressor",
    module: "_lzma",
    doc: "LZMACompressor(format=1, check=-1, preset=None, filters=None)\n--\n\nCompresses data piece by piece, into a container of the given format.",
    layout: <Compressor as Payload>::layout,
    flags: TypeFlags::IMMUTABLE,
    slots: Slots { new: Some(new), ..Slots::EMPTY },
    methods: &[
        native("__reduce__(self, /)", "", unpicklable),
        native("compress(self, data, /)", "Takes data; gives what of the compressed data is ready.", compress),
        native("flush(self, /)", "Ends the stream; gives the rest of it.", flush),
    ],
    ..TypeDef::EMPTY
};
/// The type `LZMACompressor`.
pub(super) static COMPRESSOR: Type = Type::builtin(&DEF);
