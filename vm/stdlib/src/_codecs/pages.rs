//! The codecs of Windows: its code pages, by number, and the two that the system is set to.

use std::io;

use freeze_runtime::os::codepages::{self as sys, Turned};
use freeze_runtime::text::codecs::{Problem, Replacement};
use freeze_runtime::text::wtf8;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::str::codec::{self, ErrorHandler};
use freeze_runtime::{Args, PyResult, Str, Value, Vm};

use super::{errors, pair};

/// The page that the system is set to.
pub(super) const ANSI: u32 = sys::ANSI;
/// The page that its consoles are set to.
pub(super) const OEM: u32 = sys::OEM;

/// The most bytes that stand for one character in any page.
const LONGEST: usize = 4;

/// The name that exceptions give.
fn name(page: u32) -> String {
    match page {
        sys::ANSI => "mbcs".into(),
        sys::UTF_7 => "CP_UTF7".into(),
        sys::UTF_8 => "CP_UTF8".into(),
        page => format!("cp{page}"),
    }
}

fn page_number(vm: &Vm, v: &Value) -> PyResult<u32> {
    u32::try_from(vm.to_c_int(v)?).map_err(|_| vm.value_error("invalid code page number"))
}

fn done<T>(vm: &Vm, result: io::Result<Turned<T>>) -> PyResult<Option<T>> {
    match result {
        Ok(Turned::Whole(whole)) => Ok(Some(whole)),
        Ok(Turned::Unknown) => Ok(None),
        Err(e) => Err(vm.os_error(&e, None)),
    }
}

/// Without a handler's name and with the usual one alike.
fn is_strict(errors: Option<&Str>) -> bool {
    errors.is_none_or(|e| e.as_bytes() == b"strict")
}

fn encode_text(vm: &Vm, page: u32, text: &Str, errors: Option<&Str>) -> PyResult<Vec<u8>> {
    let best_fit = errors.is_some_and(|e| e.as_bytes() == b"replace");
    if let Some(bytes) = done(vm, sys::encode(page, text.as_bytes(), best_fit))? {
        return Ok(bytes);
    }
    let (encoding, reason) = (name(page), "invalid character");
    if is_strict(errors) {
        // The system does not tell where.
        return Err(codec::encode_error(vm, &encoding, text, Problem::new(0, 0, reason)));
    }
    let handler = ErrorHandler::find(vm, errors);
    let characters: Vec<u32> = text.code_points().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(&cp) = characters.get(at) {
        if let Some(bytes) = done(vm, sys::encode(page, &wtf8::encode(cp), best_fit))? {
            out.extend_from_slice(&bytes);
            at += 1;
            continue;
        }
        let fix = handler.fix_encoding(vm, text, Problem::new(at, at + 1, reason), &encoding)?;
        if matches!(&fix.with, Replacement::Text(text) if !text.is_ascii()) {
            let reason = "unable to encode error handler result to ASCII";
            return Err(codec::encode_error(vm, &encoding, text, Problem::new(at, at + 1, reason)));
        }
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok(out)
}

/// Gives the text and how many bytes were used: all of them when `last`.
fn decode_bytes(vm: &Vm, page: u32, input: &[u8], errors: Option<&Str>, last: bool) -> PyResult<(Vec<u8>, usize)> {
    if let Some(text) = done(vm, sys::decode(page, input))? {
        return Ok((text, input.len()));
    }
    let encoding = name(page);
    let reason = "No mapping for the Unicode character exists in the target code page.";
    if is_strict(errors) && last {
        // The system does not tell where.
        return Err(codec::decode_error(vm, &encoding, input, Problem::new(0, 0, reason)));
    }
    let handler = ErrorHandler::find(vm, errors);
    let (mut out, mut at) = (Vec::new(), 0);
    while at < input.len() {
        let most = LONGEST.min(input.len() - at);
        let mut found = None;
        for len in 1..=most {
            if let Some(text) = done(vm, sys::decode(page, &input[at..at + len]))? {
                found = Some((text, len));
                break;
            }
        }
        if let Some((text, len)) = found {
            out.extend_from_slice(&text);
            at += len;
            continue;
        }
        // The rest may be the beginning of a character; CPython leaves one byte more than it needs.
        if input.len() - at <= LONGEST + 1 && !last {
            break;
        }
        let fix = handler.fix_decoding(vm, input, Problem::new(at, at + 1, reason), &encoding)?;
        out.extend_from_slice(fix.with.as_slice());
        at = fix.resume;
    }
    Ok((out, at))
}

/// `encode` with the arguments from number `first` on.
pub(super) fn encode(vm: &Vm, args: &Args<'_>, page: u32, first: usize) -> PyResult<Value> {
    let text = args.str(vm, first)?;
    let bytes = encode_text(vm, page, &text, errors(vm, args, first + 1)?.as_ref())?;
    Ok(pair(PyBytes::from_vec(bytes).into_value(), text.len()))
}

/// `decode` with the arguments from number `first` on.
pub(super) fn decode(vm: &Vm, args: &Args<'_>, page: u32, first: usize) -> PyResult<Value> {
    let input = buffer::to_vec(vm, args.get(first))?;
    let errors = errors(vm, args, first + 1)?;
    let last = args.opt_bool(vm, first + 2, false)?;
    let (text, used) = decode_bytes(vm, page, &input, errors.as_ref(), last)?;
    Ok(pair(PyStr::new(&text).into_value(), used))
}

/// `code_page_encode`
pub(super) fn code_page_encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    encode(vm, &args, page_number(vm, args.get(0))?, 1)
}

/// `code_page_decode`
pub(super) fn code_page_decode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    decode(vm, &args, page_number(vm, args.get(0))?, 1)
}
