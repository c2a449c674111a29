//! `str.encode` and `bytes.decode`: the encodings that are built in, error handlers, and the registry for the rest.

use crate::Str;
use crate::object::{Ref, Value};
use crate::text::codecs::handlers::Builtin;
use crate::text::codecs::{Fix, Order, Problem, Replacement, escape, single, utf7, utf8, utf16, utf32};
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Raised, Vm};

/// An encoding that needs no codec object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Utf16Le,
    Utf16Be,
    Utf32,
    Utf32Le,
    Utf32Be,
    Latin1,
    Ascii,
    Utf7,
    UnicodeEscape,
    RawUnicodeEscape,
}

impl Encoding {
    /// The built-in encoding of that name.
    pub fn from_name(name: &str) -> Option<Encoding> {
        let normal: String =
            name.chars().map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() }).collect();
        Some(match normal.as_str() {
            "utf-8" | "utf8" | "u8" | "cp65001" => Encoding::Utf8,
            "utf-16" | "utf16" => Encoding::Utf16,
            "utf-16-le" | "utf-16le" | "utf16-le" => Encoding::Utf16Le,
            "utf-16-be" | "utf-16be" | "utf16-be" => Encoding::Utf16Be,
            "utf-32" | "utf32" => Encoding::Utf32,
            "utf-32-le" | "utf-32le" | "utf32-le" => Encoding::Utf32Le,
            "utf-32-be" | "utf-32be" | "utf32-be" => Encoding::Utf32Be,
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Encoding::Latin1,
            "ascii" | "us-ascii" | "646" => Encoding::Ascii,
            "utf-7" | "utf7" => Encoding::Utf7,
            "unicode-escape" => Encoding::UnicodeEscape,
            "raw-unicode-escape" => Encoding::RawUnicodeEscape,
            _ => return None,
        })
    }

    /// The name that exceptions give.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf16Le => "utf-16-le",
            Encoding::Utf16Be => "utf-16-be",
            Encoding::Utf32 => "utf-32",
            Encoding::Utf32Le => "utf-32-le",
            Encoding::Utf32Be => "utf-32-be",
            Encoding::Latin1 => "latin-1",
            Encoding::Ascii => "ascii",
            Encoding::Utf7 => "utf7",
            Encoding::UnicodeEscape => "unicodeescape",
            Encoding::RawUnicodeEscape => "rawunicodeescape",
        }
    }
}

/// An exception of a class in `builtins`, called by name: only made when something went wrong.
fn unicode_error(vm: &Vm, class: &str, args: &[Value]) -> Raised {
    let Some(class) = vm.runtime().builtins.get_text(class) else { return vm.value_error(class) };
    match vm.call(&class, args) {
        Ok(e) => match e.downcast_ref() {
            Some(e) => Raised::new(e),
            None => vm.type_error("exceptions must derive from BaseException"),
        },
        Err(e) => e,
    }
}

/// The `UnicodeDecodeError` for a problem.
pub fn decode_error(vm: &Vm, encoding: &str, input: &[u8], p: Problem) -> Raised {
    let args = [
        vm.str(encoding),
        PyBytes::new(input).into_value(),
        Value::usize(p.start),
        Value::usize(p.end),
        vm.str(p.reason),
    ];
    unicode_error(vm, "UnicodeDecodeError", &args)
}

/// The `UnicodeEncodeError` for a problem.
pub fn encode_error(vm: &Vm, encoding: &str, text: &Str, p: Problem) -> Raised {
    let args = [vm.str(encoding), text.value(), Value::usize(p.start), Value::usize(p.end), vm.str(p.reason)];
    unicode_error(vm, "UnicodeEncodeError", &args)
}

const ERRORS: &str = "codec_errors";
const SEARCH: &str = "codec_search";
const CACHE: &str = "codec_cache";

fn state<T: crate::Payload>(vm: &Vm, key: &'static str, make: fn() -> Value) -> Option<Ref<T>> {
    let mut slots = vm.runtime().slots.borrow_mut();
    slots.entry(key).or_insert_with(make).downcast_ref::<T>()
}

/// The handlers that were registered, by name.
pub fn error_registry(vm: &Vm) -> Option<Ref<PyDict>> {
    state(vm, ERRORS, || PyDict::new_ref().into_value())
}

/// The registered search functions.
pub fn search_path(vm: &Vm) -> Option<Ref<PyList>> {
    state(vm, SEARCH, || PyList::new(Vec::new()).into_value())
}

/// Codecs found so far, by normal name.
pub fn codec_cache(vm: &Vm) -> Option<Ref<PyDict>> {
    state(vm, CACHE, || PyDict::new_ref().into_value())
}

/// What handles problems under a name.
pub enum ErrorHandler {
    /// One of the built-in ones.
    Builtin(Builtin),
    /// A function that was registered.
    Function(Value),
    /// No such handler; an error only if it is needed.
    Unknown(String),
}

impl ErrorHandler {
    /// The handler of that name; `strict` for none.
    pub fn find(vm: &Vm, name: Option<&Str>) -> ErrorHandler {
        let Some(name) = name else { return ErrorHandler::Builtin(Builtin::Strict) };
        let registered = error_registry(vm).filter(|r| !r.is_empty()).and_then(|r| r.get_str(name));
        if let Some(f) = registered {
            return ErrorHandler::Function(f);
        }
        let text = name.to_lossy();
        match Builtin::from_name(&text) {
            Some(b) => ErrorHandler::Builtin(b),
            None => ErrorHandler::Unknown(text.into_owned()),
        }
    }

    /// Solves a problem in decoding.
    pub fn fix_decoding(&self, vm: &Vm, input: &[u8], p: Problem, encoding: &str) -> PyResult<Fix> {
        match self {
            ErrorHandler::Builtin(b) => {
                b.fix_decoding(input, p, encoding).ok_or_else(|| decode_error(vm, encoding, input, p))
            }
            ErrorHandler::Function(f) => {
                let e = decode_error(vm, encoding, input, p);
                let len = input.len();
                ask(vm, f, &e, |_| Ok(len), "decoding error handler must return (str, int) tuple", true)
            }
            ErrorHandler::Unknown(name) => Err(unknown_handler(vm, name)),
        }
    }

    /// As [`ErrorHandler::fix_decoding`]; a function may have put other bytes into the exception, which then come next.
    fn fix_or_replace(&self, vm: &Vm, input: &[u8], p: Problem, encoding: &str) -> Result<Fix, Stop> {
        let ErrorHandler::Function(f) = self else {
            return self.fix_decoding(vm, input, p, encoding).map_err(Stop::Raised);
        };
        let e = decode_error(vm, encoding, input, p);
        let mut other = None;
        let len = |e: &Raised| {
            let object = vm.get_attr_str(&e.value(), "object")?;
            let Some(b) = object.downcast::<PyBytes>() else {
                return Err(vm.type_error("object attribute must be bytes"));
            };
            if b.as_slice() != input {
                other = Some(b.as_slice().to_vec());
            }
            Ok(b.as_slice().len())
        };
        let fix = ask(vm, f, &e, len, "decoding error handler must return (str, int) tuple", true);
        match (fix.map_err(Stop::Raised)?, other) {
            (fix, None) => Ok(fix),
            (fix, Some(input)) => Err(Stop::Replaced(input, fix)),
        }
    }

    /// Solves a problem in encoding.
    pub fn fix_encoding(&self, vm: &Vm, text: &Str, p: Problem, encoding: &str) -> PyResult<Fix> {
        match self {
            ErrorHandler::Builtin(b) => {
                b.fix_encoding(text.as_bytes(), p, encoding).ok_or_else(|| encode_error(vm, encoding, text, p))
            }
            ErrorHandler::Function(_) if p.hopeless => Err(encode_error(vm, encoding, text, p)),
            ErrorHandler::Function(f) => {
                let e = encode_error(vm, encoding, text, p);
                ask(vm, f, &e, |_| Ok(text.len()), "encoding error handler must return (str/bytes, int) tuple", false)
            }
            ErrorHandler::Unknown(name) => Err(unknown_handler(vm, name)),
        }
    }
}

/// Why a decoder was left.
enum Stop {
    Raised(Raised),
    /// An error handler has replaced the input; what stands in place of the problem and where to go on in the new one.
    Replaced(Vec<u8>, Fix),
}

/// LookupError for a name that no handler has.
pub fn unknown_handler(vm: &Vm, name: &str) -> Raised {
    vm.lookup_error(format!("unknown error handler name '{name}'"))
}

/// Calls a registered handler: it returns the replacement and where to go on.
fn ask(
    vm: &Vm,
    f: &Value,
    e: &Raised,
    len: impl FnOnce(&Raised) -> PyResult<usize>,
    wrong: &str,
    decoding: bool,
) -> PyResult<Fix> {
    let r = vm.call(f, &[e.value()])?;
    let Some(pair) = r.downcast::<PyTuple>().filter(|t| t.len() == 2) else { return Err(vm.type_error(wrong)) };
    let (with, at) = (&pair.as_slice()[0], &pair.as_slice()[1]);
    let with = if let Some(s) = with.downcast::<PyStr>() {
        Replacement::Text(s.as_bytes().to_vec())
    } else {
        match with.downcast::<PyBytes>().filter(|_| !decoding) {
            Some(b) => Replacement::Bytes(b.as_slice().to_vec()),
            None => return Err(vm.type_error(wrong)),
        }
    };
    if !crate::types::int::is_int(at) {
        return Err(vm.type_error(wrong));
    }
    let at = vm.to_isize(at)?;
    let len = len(e)?;
    let resume = if at < 0 { at + len as isize } else { at };
    match usize::try_from(resume).ok().filter(|&r| r <= len) {
        Some(resume) => Ok(Fix { with, resume }),
        None => Err(vm.index_error(format!("position {at} from error handler out of bounds"))),
    }
}

/// Encodes by a built-in encoding.
pub fn encode_with(vm: &Vm, text: &Str, encoding: Encoding, errors: Option<&Str>) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let handler = ErrorHandler::find(vm, errors);
    let name = encoding.name();
    let on_problem = &mut |p: Problem| handler.fix_encoding(vm, text, p, name);
    match encoding {
        Encoding::Utf8 => utf8::encode(bytes, &mut out, on_problem)?,
        Encoding::Utf16 => {
            utf16::push(&mut out, 0xFEFF, Order::NATIVE);
            utf16::encode(bytes, Order::NATIVE, &mut out, on_problem)?;
        }
        Encoding::Utf16Le => utf16::encode(bytes, Order::Little, &mut out, on_problem)?,
        Encoding::Utf16Be => utf16::encode(bytes, Order::Big, &mut out, on_problem)?,
        Encoding::Utf32 => {
            utf32::push(&mut out, 0xFEFF, Order::NATIVE);
            utf32::encode(bytes, Order::NATIVE, &mut out, on_problem)?;
        }
        Encoding::Utf32Le => utf32::encode(bytes, Order::Little, &mut out, on_problem)?,
        Encoding::Utf32Be => utf32::encode(bytes, Order::Big, &mut out, on_problem)?,
        Encoding::Latin1 => single::encode_latin1(bytes, &mut out, on_problem)?,
        Encoding::Ascii => single::encode_ascii(bytes, &mut out, on_problem)?,
        Encoding::Utf7 => utf7::encode(bytes, &mut out),
        Encoding::UnicodeEscape => escape::encode_unicode(bytes, &mut out),
        Encoding::RawUnicodeEscape => escape::encode_raw(bytes, &mut out),
    }
    Ok(out)
}

/// Decodes by a built-in encoding. Gives the text and how many bytes were used: all of them when `last`.
pub fn decode_with(
    vm: &Vm,
    input: &[u8],
    encoding: Encoding,
    errors: Option<&Str>,
    last: bool,
) -> PyResult<(Vec<u8>, usize)> {
    if encoding == Encoding::Utf8 && std::str::from_utf8(input).is_ok() {
        return Ok((input.to_vec(), input.len()));
    }
    let mut out = Vec::with_capacity(input.len());
    let handler = ErrorHandler::find(vm, errors);
    let detected = match encoding {
        Encoding::Utf16 => utf16::detect(input),
        Encoding::Utf32 => utf32::detect(input),
        _ => None,
    };
    let (order, skip) = detected.unwrap_or((Order::NATIVE, 0));
    let name = match (encoding, order) {
        (Encoding::Utf16, Order::Little) => "utf-16-le",
        (Encoding::Utf16, Order::Big) => "utf-16-be",
        (Encoding::Utf32, Order::Little) => "utf-32-le",
        (Encoding::Utf32, Order::Big) => "utf-32-be",
        _ => encoding.name(),
    };
    let mut start = skip;
    let mut replaced;
    let mut input = input;
    loop {
        match decode_body(vm, input, start, encoding, order, &mut out, last, &handler, name) {
            Ok(used) => return Ok((out, used + start)),
            Err(Stop::Raised(e)) => return Err(e),
            Err(Stop::Replaced(other, fix)) => {
                out.extend_from_slice(fix.with.as_slice());
                replaced = other;
                input = &replaced;
                start = fix.resume;
            }
        }
    }
}

/// Decodes what follows the first `skip` bytes of the input; gives how many bytes of that were used.
#[allow(clippy::too_many_arguments)]
fn decode_body(
    vm: &Vm,
    input: &[u8],
    skip: usize,
    encoding: Encoding,
    order: Order,
    out: &mut Vec<u8>,
    last: bool,
    handler: &ErrorHandler,
    name: &str,
) -> Result<usize, Stop> {
    let body = &input[skip..];
    // The problem is told in positions of the whole input.
    let on_problem = &mut |p: Problem| {
        let whole = Problem { start: p.start + skip, end: p.end + skip, ..p };
        let mut fix = handler.fix_or_replace(vm, input, whole, name)?;
        fix.resume = fix.resume.saturating_sub(skip);
        Ok(fix)
    };
    match encoding {
        Encoding::Utf8 => utf8::decode(body, out, last, on_problem),
        Encoding::Utf16 => utf16::decode(body, order, out, last, on_problem),
        Encoding::Utf16Le => utf16::decode(body, Order::Little, out, last, on_problem),
        Encoding::Utf16Be => utf16::decode(body, Order::Big, out, last, on_problem),
        Encoding::Utf32 => utf32::decode(body, order, out, last, on_problem),
        Encoding::Utf32Le => utf32::decode(body, Order::Little, out, last, on_problem),
        Encoding::Utf32Be => utf32::decode(body, Order::Big, out, last, on_problem),
        Encoding::Latin1 => {
            single::decode_latin1(body, out);
            Ok(body.len())
        }
        Encoding::Ascii => single::decode_ascii(body, out, on_problem),
        Encoding::Utf7 => utf7::decode(body, out, last, on_problem),
        Encoding::UnicodeEscape => escape::decode_unicode(body, out, last, &mut None, on_problem),
        Encoding::RawUnicodeEscape => escape::decode_raw(body, out, last, on_problem),
    }
}

/// A name as search functions get it: in small letters, with one `_` for whatever stands between letters, digits and dots.
fn normal_name(name: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let parts: Vec<&str> = name.split(|c| !is_part(c)).filter(|part| !part.is_empty()).collect();
    parts.join("_").to_ascii_lowercase()
}

/// The codec of a name: the tuple of encoder, decoder and the rest that a search function gave.
pub fn lookup(vm: &Vm, name: &str) -> PyResult<Value> {
    if name.contains('\0') {
        return Err(vm.value_error("embedded null character"));
    }
    let unknown = || vm.lookup_error(format!("unknown encoding: {name}"));
    let normal = normal_name(name);
    let cache = codec_cache(vm).ok_or_else(unknown)?;
    if let Some(found) = cache.get_text(&normal) {
        return Ok(found);
    }
    let searches = search_path(vm).ok_or_else(unknown)?;
    // The package registers its search function when it is first imported.
    crate::import::import_path(vm, "encodings")?;
    let key = vm.str(&normal);
    for f in searches.to_vec() {
        let found = vm.call(&f, std::slice::from_ref(&key))?;
        if found.is_none() {
            continue;
        }
        if found.downcast::<PyTuple>().is_none_or(|t| t.len() != 4) {
            return Err(vm.type_error("codec search functions must return 4-tuples"));
        }
        cache.set_text(&normal, found.clone());
        return Ok(found);
    }
    Err(unknown())
}

/// Refuses codecs that are not text encodings.
fn check_text_encoding(vm: &Vm, codec: &Value, name: &str, alternative: &str) -> PyResult<()> {
    match vm.get_attr_opt(codec, &vm.intern("_is_text_encoding"))? {
        Some(v) if !vm.is_true(&v)? => {
            Err(vm
                .lookup_error(format!("'{name}' is not a text encoding; use {alternative} to handle arbitrary codecs")))
        }
        _ => Ok(()),
    }
}

/// Calls the encoder (0) or decoder (1) of a codec: the first of the two values it returns.
fn call_codec(vm: &Vm, codec: &Value, which: usize, object: &Value, errors: Option<&Str>) -> PyResult<Value> {
    let f = codec.downcast::<PyTuple>().map(|t| t.as_slice()[which].clone()).unwrap_or(Value::NONE);
    let mut args = vec![object.clone()];
    args.extend(errors.map(Ref::value));
    let r = vm.call(&f, &args)?;
    match r.downcast::<PyTuple>().filter(|t| t.len() == 2) {
        Some(t) => Ok(t.as_slice()[0].clone()),
        None => Err(vm.type_error(if which == 0 {
            "encoder must return a tuple (object, integer)"
        } else {
            "decoder must return a tuple (object,integer)"
        })),
    }
}

/// `str.encode(encoding, errors)`
pub fn encode(vm: &Vm, text: &Str, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult<Vec<u8>> {
    let name = encoding.map_or("utf-8".into(), |e| e.to_lossy());
    if let Some(e) = Encoding::from_name(&name) {
        return encode_with(vm, text, e, errors);
    }
    let codec = lookup(vm, &name)?;
    check_text_encoding(vm, &codec, &name, "codecs.encode()")?;
    let r = call_codec(vm, &codec, 0, text.as_value(), errors)?;
    match r.downcast::<PyBytes>() {
        Some(b) => Ok(b.as_slice().to_vec()),
        None if r.has_layout::<crate::types::bytearray::PyByteArray>() => crate::types::buffer::to_vec(vm, &r),
        None => Err(vm.type_error(format!(
            "'{name}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
            r.class().name()
        ))),
    }
}

/// `bytes.decode(encoding, errors)` of an object whose bytes are `input`.
pub fn decode(vm: &Vm, object: &Value, input: &[u8], encoding: Option<&Str>, errors: Option<&Str>) -> PyResult<Value> {
    if input.is_empty() {
        // Nothing is nothing in every encoding, also in one that does not exist.
        return Ok(vm.names().empty.value());
    }
    let name = encoding.map_or("utf-8".into(), |e| e.to_lossy());
    if let Some(e) = Encoding::from_name(&name) {
        vm.ask_room(2 * input.len())?;
        let text = decode_with(vm, input, e, errors, true)?.0;
        vm.ask_room(text.len())?;
        return Ok(PyStr::new(&text).into_value());
    }
    let codec = lookup(vm, &name)?;
    check_text_encoding(vm, &codec, &name, "codecs.decode()")?;
    let r = call_codec(vm, &codec, 1, object, errors)?;
    if r.has_layout::<PyStr>() {
        return Ok(r);
    }
    Err(vm.type_error(format!(
        "'{name}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        r.class().name()
    )))
}
