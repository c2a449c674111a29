//! Strings of JSON: quoting and unquoting.

use freeze_runtime::import;
use freeze_runtime::object::string::{decode_at, push_code_point};
use freeze_runtime::types::exception::PyException;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::{Args, NativeDef, PyResult, Raised, Ref, Value, Vm, native};

/// JSONDecodeError(msg, doc, pos); `at` counts bytes.
#[cold]
pub(super) fn decode_error(vm: &Vm, msg: &str, doc: &Ref<PyStr>, at: usize) -> Raised {
    decode_error_at(vm, msg, doc, doc.char_offset(at.min(doc.byte_len())))
}

/// The same with a position in code points.
#[cold]
fn decode_error_at(vm: &Vm, msg: &str, doc: &Ref<PyStr>, at: usize) -> Raised {
    let make = || -> PyResult<Value> {
        let module = import::import_path(vm, "json.decoder")?;
        let class = vm.get_attr_str(&module, "JSONDecodeError")?;
        vm.call(&class, &[vm.str(msg), doc.value(), Value::usize(at)])
    };
    match make() {
        Ok(e) => match Ref::<PyException>::try_from_value(e) {
            Ok(e) => Raised::new(e),
            Err(_) => vm.type_error("json.decoder.JSONDecodeError is no exception"),
        },
        Err(e) => e,
    }
}

/// The text of a string literal.
pub(super) enum Text {
    /// These bytes of the document.
    Plain(usize, usize),
    Built(Vec<u8>),
}

/// Reads a string from behind its opening quote at `start`; gives its text and the place behind the closing quote.
pub(super) fn scan(vm: &Vm, doc: &Ref<PyStr>, start: usize, strict: bool) -> PyResult<(Text, usize)> {
    let text = doc.as_bytes();
    let mut built: Option<Vec<u8>> = None;
    let mut from = start;
    let mut at = start;
    loop {
        while at < text.len() && text[at] != b'"' && text[at] != b'\\' && text[at] > 0x1F {
            at += 1;
        }
        let unterminated = || decode_error(vm, "Unterminated string starting at", doc, start.wrapping_sub(1));
        match text.get(at) {
            None => return Err(unterminated()),
            Some(b'"') => {
                let out = match built {
                    None => Text::Plain(start, at),
                    Some(mut b) => {
                        b.extend_from_slice(&text[from..at]);
                        Text::Built(b)
                    }
                };
                return Ok((out, at + 1));
            }
            Some(b'\\') => {
                let b = built.get_or_insert_with(Vec::new);
                b.extend_from_slice(&text[from..at]);
                let Some(&c) = text.get(at + 1) else { return Err(unterminated()) };
                if c == b'u' {
                    let (c, next) = unicode_escape(vm, doc, at)?;
                    push_code_point(b, c);
                    at = next;
                } else {
                    let Some(c) = simple_escape(c) else { return Err(decode_error(vm, "Invalid \\escape", doc, at)) };
                    b.push(c);
                    at += 2;
                }
                from = at;
            }
            Some(_) if strict => return Err(decode_error(vm, "Invalid control character at", doc, at)),
            Some(_) => at += 1,
        }
    }
}

fn simple_escape(c: u8) -> Option<u8> {
    Some(match c {
        b'"' | b'\\' | b'/' => c,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

/// Four hexadecimal digits.
fn hex4(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |n, &d| Some(n * 16 + (d as char).to_digit(16)?))
}

/// `\uXXXX`, or two of them that make one code point. `at` is the place of the backslash.
fn unicode_escape(vm: &Vm, doc: &Ref<PyStr>, at: usize) -> PyResult<(u32, usize)> {
    let text = doc.as_bytes();
    let wrong = |at: usize| decode_error(vm, "Invalid \\uXXXX escape", doc, at);
    // The quote that ends the string must follow, so a document can't end here.
    if at + 6 >= text.len() {
        return Err(wrong(at + 1));
    }
    let c = hex4(text, at + 2).ok_or_else(|| wrong(at + 1))?;
    let next = at + 6;
    if (0xD800..0xDC00).contains(&c) && next + 6 < text.len() && text[next..].starts_with(b"\\u") {
        let low = hex4(text, next + 2).ok_or_else(|| wrong(next + 1))?;
        if (0xDC00..0xE000).contains(&low) {
            return Ok((0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00)), next + 6));
        }
    }
    Ok((c, next))
}

/// Whether a byte must be escaped.
fn special(b: u8) -> bool {
    b < 0x20 || b == b'"' || b == b'\\'
}

fn push_escape(out: &mut Vec<u8>, b: u8) {
    match b {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        8 => out.extend_from_slice(b"\\b"),
        12 => out.extend_from_slice(b"\\f"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => push_hex(out, u32::from(b)),
    }
}

fn push_hex(out: &mut Vec<u8>, c: u32) {
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(b"0123456789abcdef"[(c >> shift & 15) as usize]);
    }
}

/// Appends a quoted string; with `ascii`, everything beyond ASCII is escaped.
pub(super) fn quote(out: &mut Vec<u8>, s: &PyStr, ascii: bool) {
    let text = s.as_bytes();
    out.reserve(text.len() + 2);
    out.push(b'"');
    let escape_wide = ascii && !s.is_ascii();
    let mut from = 0;
    let mut at = 0;
    while at < text.len() {
        let b = text[at];
        if b >= 0x80 && escape_wide {
            out.extend_from_slice(&text[from..at]);
            let (c, n) = decode_at(text, at);
            if c >= 0x10000 {
                let c = c - 0x10000;
                push_hex(out, 0xD800 | c >> 10);
                push_hex(out, 0xDC00 | c & 0x3FF);
            } else {
                push_hex(out, c);
            }
            at += n;
            from = at;
        } else if special(b) || (ascii && b == 0x7F) {
            out.extend_from_slice(&text[from..at]);
            push_escape(out, b);
            at += 1;
            from = at;
        } else {
            at += 1;
        }
    }
    out.extend_from_slice(&text[from..]);
    out.push(b'"');
}

fn encode_with(vm: &Vm, args: Args<'_>, ascii: bool) -> PyResult<Value> {
    let Some(s) = args.get(0).downcast::<PyStr>() else {
        let got = args.get(0).class().name();
        return Err(vm.type_error(format!("first argument must be a string, not {got}")));
    };
    let mut out = Vec::new();
    quote(&mut out, s, ascii);
    Ok(PyStr::new(&out).into_value())
}

fn encode_basestring(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    encode_with(vm, args, false)
}

fn encode_basestring_ascii(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    encode_with(vm, args, true)
}

fn scanstring(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let end = vm.to_isize(args.get(1))?;
    let Some(doc) = args.get(0).downcast_ref::<PyStr>() else {
        let got = args.get(0).class().name();
        return Err(vm.type_error(format!("first argument must be a string, not {got}")));
    };
    let strict = args.opt_bool(vm, 2, true)?;
    if end < 0 || end as usize > doc.len() {
        return Err(vm.value_error("end is out of bounds"));
    }
    let (text, next) = scan(vm, &doc, doc.byte_offset(end as usize), strict)?;
    let text = match text {
        Text::Plain(a, b) => PyStr::new(&doc.as_bytes()[a..b]),
        Text::Built(b) => PyStr::new(&b),
    };
    Ok(PyTuple::new(vec![text.into_value(), Value::usize(doc.char_offset(next))]).into_value())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[
    native("encode_basestring(string, /)", "Return a JSON representation of a Python string", encode_basestring),
    native(
        "encode_basestring_ascii(string, /)",
        "Return an ASCII-only JSON representation of a Python string",
        encode_basestring_ascii,
    ),
    native(
        "scanstring(string, end, strict=True, /)",
        "Scan the string s for a JSON string. End is the index of the\ncharacter in s after the quote that started the \
         JSON string.\nUnescapes all valid JSON string escape sequences and raises ValueError\non attempt to decode an \
         invalid string. If strict is False then literal\ncontrol characters are allowed in the string.\n\nReturns a \
         tuple of the decoded string and the index of the character in s\nafter the end quote.",
        scanstring,
    ),
];
