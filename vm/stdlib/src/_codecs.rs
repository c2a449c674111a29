//! `_codecs`: the registries of codecs and error handlers, and the codecs that are built in.

#[cfg(windows)]
mod pages;

use freeze_runtime::text::codecs::charmap::{self, Mapped, UNDEFINED};
use freeze_runtime::text::codecs::escape::{self, OnBadHex};
use freeze_runtime::text::codecs::handlers::Builtin;
use freeze_runtime::text::codecs::{Problem, Replacement};
use freeze_runtime::text::wtf8;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::LOOKUP_ERROR;
use freeze_runtime::types::int::as_i64;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::str::codec::{self, Encoding, ErrorHandler};
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Raised, Str, Value, Vm, native};

fn pair(object: Value, used: usize) -> Value {
    PyTuple::new(vec![object, Value::usize(used)]).into_value()
}

fn register(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if !vm.is_callable(args.get(0)) {
        return Err(vm.type_error("argument must be callable"));
    }
    if let Some(path) = codec::search_path(vm) {
        path.push(args.get(0).clone()).map_err(|e| vm.out_of_memory(e))?;
    }
    Ok(Value::NONE)
}

fn unregister(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if let Some(path) = codec::search_path(vm) {
        let kept = path.to_vec().into_iter().filter(|f| !f.is(args.get(0))).collect();
        drop(path.replace(kept));
    }
    if let Some(cache) = codec::codec_cache(vm) {
        cache.clear_all();
    }
    Ok(Value::NONE)
}

fn lookup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    codec::lookup(vm, &args.str(vm, 0)?.to_lossy())
}

/// `codecs.encode` (0) and `codecs.decode` (1): any object to any object.
fn convert(vm: &Vm, args: &Args<'_>, which: usize) -> PyResult<Value> {
    let name = args.opt_str(vm, 1)?.map_or_else(|| "utf-8".to_owned(), |e| e.to_lossy().into_owned());
    let found = codec::lookup(vm, &name)?;
    let f = found.downcast::<PyTuple>().map_or(Value::NONE, |t| t.as_slice()[which].clone());
    let mut call = vec![args.get(0).clone()];
    call.extend(args.opt_str(vm, 2)?.map(|e| e.into_value()));
    let r = vm.call(&f, &call)?;
    match r.downcast::<PyTuple>().filter(|t| t.len() == 2) {
        Some(t) => Ok(t.as_slice()[0].clone()),
        None => Err(vm.type_error(if which == 0 {
            "encoder must return a tuple (object, integer)"
        } else {
            "decoder must return a tuple (object,integer)"
        })),
    }
}

fn register_error(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    if !vm.is_callable(args.get(1)) {
        return Err(vm.type_error("handler must be callable"));
    }
    if let Some(registry) = codec::error_registry(vm) {
        registry.set_str(&name, args.get(1).clone());
    }
    Ok(Value::NONE)
}

fn unregister_error(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    if Builtin::from_name(&name.to_lossy()).is_some() {
        return Err(vm.value_error(format!("cannot un-register built-in error handler '{}'", name.to_lossy())));
    }
    let gone = codec::error_registry(vm).and_then(|r| r.remove_str(&name));
    Ok(Value::bool(gone.is_some()))
}

fn lookup_error(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let name = args.str(vm, 0)?;
    match ErrorHandler::find(vm, Some(&name)) {
        ErrorHandler::Function(f) => Ok(f),
        ErrorHandler::Unknown(name) => Err(codec::unknown_handler(vm, &name)),
        // The built-in ones are functions of this module.
        ErrorHandler::Builtin(_) => {
            let module = freeze_runtime::import::import_path(vm, "_codecs")?;
            vm.get_attr_str(&module, &format!("_{}_errors", name.to_lossy()))
        }
    }
}

/// What a built-in handler answers to an exception.
fn handle(vm: &Vm, args: &Args<'_>, handler: Builtin) -> PyResult<Value> {
    let e = args.get(0);
    let wrong = || vm.type_error(format!("don't know how to handle {} in error callback", e.class().name()));
    let kind = e.class().mro().iter().find_map(|t| match t.name() {
        "UnicodeDecodeError" => Some(0),
        "UnicodeEncodeError" => Some(1),
        "UnicodeTranslateError" => Some(2),
        _ => None,
    });
    if handler == Builtin::Strict {
        return match e.downcast_ref() {
            Some(e) => Err(Raised::new(e)),
            None => Err(vm.type_error("codec must pass exception instance")),
        };
    }
    let kind = kind.ok_or_else(wrong)?;
    let number = |name: &str| -> PyResult<usize> {
        let n = vm.get_attr_str(e, name)?;
        Ok(usize::try_from(vm.to_isize(&n)?).unwrap_or(0))
    };
    let object = vm.get_attr_str(e, "object")?;
    let encoding =
        if kind == 2 { String::new() } else { vm.to_str(&vm.get_attr_str(e, "encoding")?)?.to_lossy().into_owned() };
    let len = vm.len(&object)?;
    let (start, end) = (number("start")?.min(len), number("end")?.min(len));
    let p = Problem::new(start, end.max(start), "");
    let fix = match kind {
        0 => {
            let bytes = buffer::to_vec(vm, &object)?;
            match handler {
                Builtin::XmlCharRefReplace | Builtin::NameReplace => return Err(wrong()),
                _ => handler.fix_decoding(&bytes, p, &encoding),
            }
        }
        _ => {
            let text = object.downcast_ref::<PyStr>().ok_or_else(wrong)?;
            let fix = handler.fix_encoding(text.as_bytes(), p, &encoding);
            match (kind, handler) {
                (
                    2,
                    Builtin::SurrogateEscape
                    | Builtin::SurrogatePass
                    | Builtin::XmlCharRefReplace
                    | Builtin::NameReplace,
                ) => return Err(wrong()),
                (2, Builtin::Replace) => fix.map(|mut f| {
                    f.with = Replacement::Text("\u{FFFD}".repeat(p.end - p.start).into_bytes());
                    f
                }),
                _ => fix,
            }
        }
    };
    let Some(fix) = fix else {
        return match e.downcast_ref() {
            Some(e) => Err(Raised::new(e)),
            None => Err(wrong()),
        };
    };
    let with = match &fix.with {
        Replacement::Text(t) => PyStr::new(t).into_value(),
        Replacement::Bytes(b) => PyBytes::new(b).into_value(),
    };
    Ok(pair(with, fix.resume))
}

/// The optional `errors` argument; None means strict.
fn errors(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<Option<Str>> {
    match args.opt_not_none(i) {
        Some(_) => args.opt_str(vm, i),
        None => Ok(None),
    }
}

fn encode(vm: &Vm, args: &Args<'_>, encoding: Encoding) -> PyResult<Value> {
    let text = args.str(vm, 0)?;
    let bytes = codec::encode_with(vm, &text, encoding, errors(vm, args, 1)?.as_ref())?;
    Ok(pair(PyBytes::from_vec(bytes).into_value(), text.len()))
}

fn decode(vm: &Vm, args: &Args<'_>, encoding: Encoding, last: bool) -> PyResult<Value> {
    let input = match args.get(0).downcast::<PyStr>() {
        // The escape codecs take text that is ASCII, too.
        Some(s) if matches!(encoding, Encoding::UnicodeEscape | Encoding::RawUnicodeEscape) => s.as_bytes().to_vec(),
        _ => buffer::to_vec(vm, args.get(0))?,
    };
    let (text, used) = codec::decode_with(vm, &input, encoding, errors(vm, args, 1)?.as_ref(), last)?;
    Ok(pair(PyStr::new(&text).into_value(), used))
}

macro_rules! codec_rows {
    (@encode $signature:literal $e:ident) => {
        native($signature, "", |vm, a| encode(vm, &a, Encoding::$e))
    };
    (@decode $signature:literal $e:ident) => {
        native($signature, "", |vm, a| decode(vm, &a, Encoding::$e, true))
    };
    (@incremental $signature:literal $e:ident $default:literal) => {
        native($signature, "", |vm, a| {
            let last = a.opt_bool(vm, 2, $default)?;
            decode(vm, &a, Encoding::$e, last)
        })
    };
}

fn utf_16_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let encoding = by_order(args.opt_i64(vm, 2, 0)?, [Encoding::Utf16Le, Encoding::Utf16, Encoding::Utf16Be]);
    encode(vm, &args, encoding)
}

fn utf_32_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let encoding = by_order(args.opt_i64(vm, 2, 0)?, [Encoding::Utf32Le, Encoding::Utf32, Encoding::Utf32Be]);
    encode(vm, &args, encoding)
}

fn by_order(order: i64, [little, native, big]: [Encoding; 3]) -> Encoding {
    match order {
        0 => native,
        i64::MIN..0 => little,
        _ => big,
    }
}

/// `utf_16_ex_decode` and `utf_32_ex_decode`: they tell the byte order that they found.
fn ex_decode(vm: &Vm, args: &Args<'_>, kinds: [Encoding; 3]) -> PyResult<Value> {
    use freeze_runtime::text::codecs::{Order, utf16, utf32};
    let input = buffer::to_vec(vm, args.get(0))?;
    let mut order = args.opt_i64(vm, 2, 0)?;
    let last = args.opt_bool(vm, 3, false)?;
    if order == 0 {
        let found = if kinds[1] == Encoding::Utf16 { utf16::detect(&input) } else { utf32::detect(&input) };
        order = match found {
            Some((Order::Little, _)) => -1,
            Some((Order::Big, _)) => 1,
            None => 0,
        };
        let (text, used) = codec::decode_with(vm, &input, kinds[1], errors(vm, args, 1)?.as_ref(), last)?;
        let items = vec![PyStr::new(&text).into_value(), Value::usize(used), Value::int(order)];
        return Ok(PyTuple::new(items).into_value());
    }
    let (text, used) = codec::decode_with(vm, &input, by_order(order, kinds), errors(vm, args, 1)?.as_ref(), last)?;
    Ok(PyTuple::new(vec![PyStr::new(&text).into_value(), Value::usize(used), Value::int(order)]).into_value())
}

fn charmap_decode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let input = buffer::to_vec(vm, args.get(0))?;
    let errors = errors(vm, &args, 1)?;
    let mut out = Vec::new();
    let Some(mapping) = args.opt_not_none(2) else {
        let (text, used) = codec::decode_with(vm, &input, Encoding::Latin1, errors.as_ref(), true)?;
        return Ok(pair(PyStr::new(&text).into_value(), used));
    };
    let table: Option<Vec<u32>> = mapping.downcast::<PyStr>().map(|s| s.code_points().collect());
    let handler = ErrorHandler::find(vm, errors.as_ref());
    let mut look = |byte: u8| match &table {
        Some(table) => Ok(match table.get(usize::from(byte)) {
            Some(&cp) if cp != UNDEFINED => Mapped::To(wtf8::encode(cp)),
            _ => Mapped::Undefined,
        }),
        None => mapped_text(vm, mapping, byte),
    };
    let mut on_problem = |p: Problem| handler.fix_decoding(vm, &input, p, "charmap");
    charmap::decode(&input, &mut out, &mut look, &mut on_problem)?;
    Ok(pair(PyStr::new(&out).into_value(), input.len()))
}

fn mapped_text(vm: &Vm, mapping: &Value, byte: u8) -> PyResult<Mapped> {
    let v = match vm.get_item(mapping, &Value::small(i64::from(byte))) {
        Ok(v) => v,
        Err(e) if e.is(&LOOKUP_ERROR) => return Ok(Mapped::Undefined),
        Err(e) => return Err(e),
    };
    if v.is_none() {
        return Ok(Mapped::Undefined);
    }
    if let Some(s) = v.downcast::<PyStr>() {
        let undefined = s.len() == 1 && s.char_at(0) == UNDEFINED;
        return Ok(if undefined { Mapped::Undefined } else { Mapped::To(s.as_bytes().to_vec()) });
    }
    if !freeze_runtime::types::int::is_int(&v) {
        return Err(vm.type_error("character mapping must return integer, None or str"));
    }
    match as_i64(&v).and_then(|n| u32::try_from(n).ok()).filter(|&n| n <= wtf8::MAX) {
        Some(UNDEFINED) => Ok(Mapped::Undefined),
        Some(cp) => Ok(Mapped::To(wtf8::encode(cp))),
        None => Err(vm.type_error("character mapping must be in range(0x110000)")),
    }
}

fn charmap_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let text = args.str(vm, 0)?;
    let errors = errors(vm, &args, 1)?;
    let Some(mapping) = args.opt_not_none(2) else {
        let bytes = codec::encode_with(vm, &text, Encoding::Latin1, errors.as_ref())?;
        return Ok(pair(PyBytes::from_vec(bytes).into_value(), text.len()));
    };
    let handler = ErrorHandler::find(vm, errors.as_ref());
    let mut out = Vec::new();
    let mut look = |cp: u32| mapped_bytes(vm, mapping, cp);
    let mut on_problem = |p: Problem| handler.fix_encoding(vm, &text, p, "charmap");
    charmap::encode(text.as_bytes(), &mut out, &mut look, &mut on_problem)?;
    Ok(pair(PyBytes::from_vec(out).into_value(), text.len()))
}

fn mapped_bytes(vm: &Vm, mapping: &Value, cp: u32) -> PyResult<Mapped> {
    let v = match vm.get_item(mapping, &Value::small(i64::from(cp))) {
        Ok(v) => v,
        Err(e) if e.is(&LOOKUP_ERROR) => return Ok(Mapped::Undefined),
        Err(e) => return Err(e),
    };
    if v.is_none() {
        return Ok(Mapped::Undefined);
    }
    if let Some(b) = v.downcast::<PyBytes>() {
        return Ok(Mapped::To(b.as_slice().to_vec()));
    }
    if !freeze_runtime::types::int::is_int(&v) {
        return Err(
            vm.type_error(format!("character mapping must return integer, bytes or None, not {}", v.class().name()))
        );
    }
    match as_i64(&v).and_then(|n| u8::try_from(n).ok()) {
        Some(byte) => Ok(Mapped::To(vec![byte])),
        None => Err(vm.type_error("character mapping must be in range(256)")),
    }
}

/// The table for `charmap_encode` from a decoding string.
fn charmap_build(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = PyDict::new_ref();
    for (byte, cp) in args.str(vm, 0)?.code_points().enumerate() {
        if cp != UNDEFINED {
            table.set(vm, &Value::small(i64::from(cp)), Value::usize(byte))?;
        }
    }
    Ok(table.into_value())
}

fn escape_decode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let input = match args.get(0).downcast::<PyStr>() {
        Some(s) => s.as_bytes().to_vec(),
        None => buffer::to_vec(vm, args.get(0))?,
    };
    let on_bad = match errors(vm, &args, 1)?.as_ref().map(|e| e.to_lossy().into_owned()).as_deref() {
        None | Some("strict") => OnBadHex::Strict,
        Some("replace") => OnBadHex::Replace,
        Some("ignore") => OnBadHex::Ignore,
        Some(other) => {
            return Err(vm.value_error(format!("decoding error; unknown error handling code: {other}")));
        }
    };
    let mut out = Vec::new();
    escape::decode_bytes(&input, &mut out, &mut None, on_bad).map_err(|e| vm.value_error(e.0))?;
    Ok(pair(PyBytes::from_vec(out).into_value(), input.len()))
}

fn escape_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let input = args.payload_of::<PyBytes>(vm, 0, "bytes")?;
    let mut out = Vec::new();
    escape::encode_bytes(input.as_slice(), &mut out);
    Ok(pair(PyBytes::from_vec(out).into_value(), input.as_slice().len()))
}

fn readbuffer_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let bytes = match args.get(0).downcast::<PyStr>() {
        Some(s) => s.as_bytes().to_vec(),
        None => buffer::to_vec(vm, args.get(0))?,
    };
    let len = bytes.len();
    Ok(pair(PyBytes::from_vec(bytes).into_value(), len))
}

static FUNCTIONS: &[NativeDef] = &[
    native("_backslashreplace_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::BackslashReplace)),
    native("_ignore_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::Ignore)),
    native("_namereplace_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::NameReplace)),
    native("_replace_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::Replace)),
    native("_strict_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::Strict)),
    native("_surrogateescape_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::SurrogateEscape)),
    native("_surrogatepass_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::SurrogatePass)),
    native("_unregister_error(errors, /)", "Un-register the specified error handler.", unregister_error),
    native("_xmlcharrefreplace_errors(exception, /)", "", |vm, a| handle(vm, &a, Builtin::XmlCharRefReplace)),
    codec_rows!(@decode "ascii_decode(data, errors=None, /)" Ascii),
    codec_rows!(@encode "ascii_encode(str, errors=None, /)" Ascii),
    native("charmap_build(map, /)", "", charmap_build),
    native("charmap_decode(data, errors=None, mapping=None, /)", "", charmap_decode),
    native("charmap_encode(str, errors=None, mapping=None, /)", "", charmap_encode),
    #[cfg(windows)]
    native("code_page_decode(codepage, data, errors=None, final=False, /)", "", pages::code_page_decode),
    #[cfg(windows)]
    native("code_page_encode(code_page, str, errors=None, /)", "", pages::code_page_encode),
    native(
        "decode(obj, encoding='utf-8', errors='strict')",
        "Decodes obj using the codec registered for encoding.",
        |vm, a| convert(vm, &a, 1),
    ),
    native(
        "encode(obj, encoding='utf-8', errors='strict')",
        "Encodes obj using the codec registered for encoding.",
        |vm, a| convert(vm, &a, 0),
    ),
    native("escape_decode(data, errors=None, /)", "", escape_decode),
    native("escape_encode(data, errors=None, /)", "", escape_encode),
    codec_rows!(@decode "latin_1_decode(data, errors=None, /)" Latin1),
    codec_rows!(@encode "latin_1_encode(str, errors=None, /)" Latin1),
    native(
        "lookup(encoding, /)",
        "Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.",
        lookup,
    ),
    native("lookup_error(name, /)", "lookup_error(errors) -> handler", lookup_error),
    #[cfg(windows)]
    native("mbcs_decode(data, errors=None, final=False, /)", "", |vm, a| pages::decode(vm, &a, pages::ANSI, 0)),
    #[cfg(windows)]
    native("mbcs_encode(str, errors=None, /)", "", |vm, a| pages::encode(vm, &a, pages::ANSI, 0)),
    #[cfg(windows)]
    native("oem_decode(data, errors=None, final=False, /)", "", |vm, a| pages::decode(vm, &a, pages::OEM, 0)),
    #[cfg(windows)]
    native("oem_encode(str, errors=None, /)", "", |vm, a| pages::encode(vm, &a, pages::OEM, 0)),
    codec_rows!(@incremental "raw_unicode_escape_decode(data, errors=None, final=True, /)" RawUnicodeEscape true),
    codec_rows!(@encode "raw_unicode_escape_encode(str, errors=None, /)" RawUnicodeEscape),
    native("readbuffer_encode(data, errors=None, /)", "", readbuffer_encode),
    native("register(search_function, /)", "Register a codec search function.", register),
    native(
        "register_error(errors, handler, /)",
        "Register the specified error handler under the name errors.",
        register_error,
    ),
    codec_rows!(@incremental "unicode_escape_decode(data, errors=None, final=True, /)" UnicodeEscape true),
    codec_rows!(@encode "unicode_escape_encode(str, errors=None, /)" UnicodeEscape),
    native(
        "unregister(search_function, /)",
        "Unregister a codec search function and clear the registry's cache.",
        unregister,
    ),
    codec_rows!(@incremental "utf_16_be_decode(data, errors=None, final=False, /)" Utf16Be false),
    codec_rows!(@encode "utf_16_be_encode(str, errors=None, /)" Utf16Be),
    codec_rows!(@incremental "utf_16_decode(data, errors=None, final=False, /)" Utf16 false),
    native("utf_16_encode(str, errors=None, byteorder=0, /)", "", utf_16_encode),
    native("utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)", "", |vm, a| {
        ex_decode(vm, &a, [Encoding::Utf16Le, Encoding::Utf16, Encoding::Utf16Be])
    }),
    codec_rows!(@incremental "utf_16_le_decode(data, errors=None, final=False, /)" Utf16Le false),
    codec_rows!(@encode "utf_16_le_encode(str, errors=None, /)" Utf16Le),
    codec_rows!(@incremental "utf_32_be_decode(data, errors=None, final=False, /)" Utf32Be false),
    codec_rows!(@encode "utf_32_be_encode(str, errors=None, /)" Utf32Be),
    codec_rows!(@incremental "utf_32_decode(data, errors=None, final=False, /)" Utf32 false),
    native("utf_32_encode(str, errors=None, byteorder=0, /)", "", utf_32_encode),
    native("utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)", "", |vm, a| {
        ex_decode(vm, &a, [Encoding::Utf32Le, Encoding::Utf32, Encoding::Utf32Be])
    }),
    codec_rows!(@incremental "utf_32_le_decode(data, errors=None, final=False, /)" Utf32Le false),
    codec_rows!(@encode "utf_32_le_encode(str, errors=None, /)" Utf32Le),
    codec_rows!(@incremental "utf_7_decode(data, errors=None, final=False, /)" Utf7 false),
    codec_rows!(@encode "utf_7_encode(str, errors=None, /)" Utf7),
    codec_rows!(@incremental "utf_8_decode(data, errors=None, final=False, /)" Utf8 false),
    codec_rows!(@encode "utf_8_encode(str, errors=None, /)" Utf8),
];

/// The module `_codecs`.
pub static MODULE: ModuleDef = ModuleDef { name: "_codecs", doc: "", functions: FUNCTIONS, ..ModuleDef::EMPTY };
