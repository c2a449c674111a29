//! The method table of `str`, and the methods that make one string of another.

use super::{PyStr, codec, format, piece, search, split, translate, unchanged};
use crate::call::{Args, NativeDef, native, raw};
use crate::object::Value;
use crate::text::pad::{self, Justify};
use crate::text::split::Ends;
use crate::text::{case, chars, format_spec, search as find_text, wtf8};
use crate::types::bytes::PyBytes;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

fn text<'a>(args: &Args<'a>) -> &'a [u8] {
    args.payload::<PyStr>().as_bytes()
}

fn map(args: &Args<'_>, f: fn(&[u8]) -> Vec<u8>) -> PyResult<Value> {
    Ok(piece(&f(text(args))))
}

/// As `map`, for what keeps ASCII text ASCII and as long: `ascii` changes a copy of it in place.
fn map_case(args: &Args<'_>, ascii: fn(&mut [u8]), f: fn(&[u8]) -> Vec<u8>) -> PyResult<Value> {
    let s = args.payload::<PyStr>();
    if !s.is_ascii() || s.len() == 1 {
        return map(args, f);
    }
    let mapped = PyStr::build_ascii(s.len(), |to| {
        to.copy_from_slice(s.as_bytes());
        ascii(to);
    });
    Ok(mapped.into_value())
}

fn test(args: &Args<'_>, f: impl FnOnce(&[u8]) -> bool) -> PyResult<Value> {
    Ok(Value::bool(f(text(args))))
}

fn justify(vm: &Vm, args: Args<'_>, how: Justify) -> PyResult<Value> {
    let width = vm.to_ssize(args.get(1))?.max(0) as usize;
    let fill = match args.opt(2) {
        None => b" ",
        Some(v) => match v.downcast::<PyStr>() {
            Some(s) if s.len() == 1 => s.as_bytes(),
            Some(_) => return Err(vm.type_error("The fill character must be exactly one character long")),
            None => {
                return Err(
                    vm.type_error(format!("The fill character must be a unicode character, not {}", v.class().name()))
                );
            }
        },
    };
    let s = args.payload::<PyStr>();
    vm.ask_room(width.saturating_mul(2 * fill.len()))?;
    let padded = pad::justify(s.as_bytes(), s.len(), width, fill, how);
    Ok(padded.map_or_else(|| unchanged(args.this()), |p| piece(&p)))
}

fn zfill(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let width = vm.to_ssize(args.get(1))?.max(0) as usize;
    vm.ask_room(width.saturating_mul(2))?;
    let s = args.payload::<PyStr>();
    Ok(pad::zfill(s.as_bytes(), s.len(), width).map_or_else(|| unchanged(args.this()), |p| piece(&p)))
}

fn expandtabs(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let size = args.opt(1).map_or(Ok(8), |v| vm.to_c_int(v))?;
    match pad::expand_tabs(text(&args), size.max(0) as usize, |b| b & 0xC0 != 0x80) {
        Some(out) => Ok(piece(&out)),
        None => Err(vm.overflow_error("new string is too long")),
    }
}

fn replace(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (old, new) = (args.str(vm, 1)?, args.str(vm, 2)?);
    let most = match args.opt(3) {
        Some(v) => usize::try_from(vm.to_ssize(v)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let s = text(&args);
    vm.ask_room(find_text::replaced_len(s, old.as_bytes(), new.as_bytes(), most).saturating_mul(2))?;
    let replaced = match old.as_bytes() {
        [] => Some(find_text::replace_empty(s, new.as_bytes(), most, wtf8::width)),
        old => find_text::replace(s, old, new.as_bytes(), most),
    };
    Ok(replaced.map_or_else(|| unchanged(args.this()), |r| piece(&r)))
}

fn encode(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (encoding, errors) = (args.opt_str(vm, 1)?, args.opt_str(vm, 2)?);
    let s = args.str(vm, 0)?;
    Ok(PyBytes::from_vec(codec::encode(vm, &s, encoding.as_ref(), errors.as_ref())?).into_value())
}

fn format_method(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let spec = args.str(vm, 1)?;
    if spec.is_empty() {
        return Ok(vm.to_str(args.this())?.into_value());
    }
    let text = format_spec::format_str(text(&args), spec.as_bytes(), args.this().class().name());
    text.map(|t| piece(&t)).map_err(|e| vm.format_error(e))
}

fn getnewargs(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(PyTuple::new(vec![PyStr::new(text(&args)).into_value()]).into_value())
}

/// CPython's sizes, by the widest code point.
fn sizeof(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let s = args.payload::<PyStr>();
    let widest = s.code_points().max().unwrap_or(0);
    Ok(Value::usize(match widest {
        0..0x80 => 41 + s.len(),
        0x80..0x100 => 57 + s.len(),
        0x100..0x10000 => 58 + 2 * s.len(),
        _ => 60 + 4 * s.len(),
    }))
}

macro_rules! all {
    ($test:path) => {
        |_, a| test(&a, |s| chars::all(s, $test))
    };
}

pub(super) static METHODS: &[NativeDef] = &[
    native(
        "__format__(self, format_spec, /)",
        "Return a formatted version of the string as described by format_spec.",
        format_method,
    ),
    native("__getnewargs__(self, /)", "", getnewargs),
    native("__sizeof__(self, /)", "Return the size of the string in memory, in bytes.", sizeof),
    native("capitalize(self, /)", "Return a capitalized version of the string.", |_, a| map(&a, case::capitalize)),
    native("casefold(self, /)", "Return a version of the string suitable for caseless comparisons.", |_, a| {
        map(&a, case::casefold)
    }),
    native("center(self, width, fillchar=' ', /)", "Return a centered string of length width.", |vm, a| {
        justify(vm, a, Justify::Center)
    }),
    native(
        "count(self, sub, start=None, end=None, /)",
        "Return the number of non-overlapping occurrences of substring sub in string S[start:end].",
        search::count,
    ),
    native(
        "encode(self, /, encoding='utf-8', errors='strict')",
        "Encode the string using the codec registered for encoding.",
        encode,
    ),
    native(
        "endswith(self, suffix, start=None, end=None, /)",
        "Return True if the string ends with the specified suffix, False otherwise.",
        search::endswith,
    ),
    native(
        "expandtabs(self, /, tabsize=8)",
        "Return a copy where all tab characters are expanded using spaces.",
        expandtabs,
    ),
    native(
        "find(self, sub, start=None, end=None, /)",
        "Return the lowest index in S where substring sub is found, -1 on failure.",
        search::find,
    ),
    raw(
        "format(self, /, *args, **kwargs)",
        "Return a formatted version of the string, using substitutions from args and kwargs.",
        format::format,
    ),
    native(
        "format_map(self, mapping, /)",
        "Return a formatted version of the string, using substitutions from mapping.",
        format::format_map,
    ),
    native(
        "index(self, sub, start=None, end=None, /)",
        "Return the lowest index in S where substring sub is found.",
        search::index,
    ),
    native(
        "isalnum(self, /)",
        "Return True if the string is an alpha-numeric string, False otherwise.",
        all!(chars::is_alnum),
    ),
    native(
        "isalpha(self, /)",
        "Return True if the string is an alphabetic string, False otherwise.",
        all!(chars::is_alpha),
    ),
    native("isascii(self, /)", "Return True if all characters in the string are ASCII, False otherwise.", |_, a| {
        Ok(Value::bool(a.payload::<PyStr>().is_ascii()))
    }),
    native(
        "isdecimal(self, /)",
        "Return True if the string is a decimal string, False otherwise.",
        all!(chars::is_decimal),
    ),
    native("isdigit(self, /)", "Return True if the string is a digit string, False otherwise.", all!(chars::is_digit)),
    native(
        "isidentifier(self, /)",
        "Return True if the string is a valid Python identifier, False otherwise.",
        |_, a| test(&a, chars::str_is_identifier),
    ),
    native("islower(self, /)", "Return True if the string is a lowercase string, False otherwise.", |_, a| {
        test(&a, chars::str_is_lower)
    }),
    native(
        "isnumeric(self, /)",
        "Return True if the string is a numeric string, False otherwise.",
        all!(chars::is_numeric),
    ),
    native(
        "isprintable(self, /)",
        "Return True if all characters in the string are printable, False otherwise.",
        |_, a| test(&a, chars::str_is_printable),
    ),
    native(
        "isspace(self, /)",
        "Return True if the string is a whitespace string, False otherwise.",
        all!(chars::is_space),
    ),
    native("istitle(self, /)", "Return True if the string is a title-cased string, False otherwise.", |_, a| {
        test(&a, chars::str_is_title)
    }),
    native("isupper(self, /)", "Return True if the string is an uppercase string, False otherwise.", |_, a| {
        test(&a, chars::str_is_upper)
    }),
    native("join(self, iterable, /)", "Concatenate any number of strings.", split::join),
    native("ljust(self, width, fillchar=' ', /)", "Return a left-justified string of length width.", |vm, a| {
        justify(vm, a, Justify::Left)
    }),
    native("lower(self, /)", "Return a copy of the string converted to lowercase.", |_, a| {
        map_case(&a, <[u8]>::make_ascii_lowercase, case::lower)
    }),
    native("lstrip(self, chars=None, /)", "Return a copy of the string with leading whitespace removed.", |vm, a| {
        split::strip(vm, a, Ends::Left)
    }),
    native(
        "partition(self, sep, /)",
        "Partition the string into three parts using the given separator.",
        split::partition,
    ),
    native(
        "removeprefix(self, prefix, /)",
        "Return a str with the given prefix string removed if present.",
        split::removeprefix,
    ),
    native(
        "removesuffix(self, suffix, /)",
        "Return a str with the given suffix string removed if present.",
        split::removesuffix,
    ),
    native(
        "replace(self, old, new, /, count=-1)",
        "Return a copy with all occurrences of substring old replaced by new.",
        replace,
    ),
    native(
        "rfind(self, sub, start=None, end=None, /)",
        "Return the highest index in S where substring sub is found, -1 on failure.",
        search::rfind,
    ),
    native(
        "rindex(self, sub, start=None, end=None, /)",
        "Return the highest index in S where substring sub is found.",
        search::rindex,
    ),
    native("rjust(self, width, fillchar=' ', /)", "Return a right-justified string of length width.", |vm, a| {
        justify(vm, a, Justify::Right)
    }),
    native(
        "rpartition(self, sep, /)",
        "Partition the string into three parts using the given separator.",
        split::rpartition,
    ),
    native(
        "rsplit(self, /, sep=None, maxsplit=-1)",
        "Return a list of the substrings in the string, using sep as the separator string.",
        split::rsplit,
    ),
    native("rstrip(self, chars=None, /)", "Return a copy of the string with trailing whitespace removed.", |vm, a| {
        split::strip(vm, a, Ends::Right)
    }),
    native(
        "split(self, /, sep=None, maxsplit=-1)",
        "Return a list of the substrings in the string, using sep as the separator string.",
        split::split,
    ),
    native(
        "splitlines(self, /, keepends=False)",
        "Return a list of the lines in the string, breaking at line boundaries.",
        split::splitlines,
    ),
    native(
        "startswith(self, prefix, start=None, end=None, /)",
        "Return True if the string starts with the specified prefix, False otherwise.",
        search::startswith,
    ),
    native(
        "strip(self, chars=None, /)",
        "Return a copy of the string with leading and trailing whitespace removed.",
        |vm, a| split::strip(vm, a, Ends::Both),
    ),
    native(
        "swapcase(self, /)",
        "Convert uppercase characters to lowercase and lowercase characters to uppercase.",
        |_, a| map(&a, case::swapcase),
    ),
    native("title(self, /)", "Return a version of the string where each word is titlecased.", |_, a| {
        map(&a, case::title)
    }),
    native(
        "translate(self, table, /)",
        "Replace each character in the string using the given translation table.",
        translate::translate,
    ),
    native("upper(self, /)", "Return a copy of the string converted to uppercase.", |_, a| {
        map_case(&a, <[u8]>::make_ascii_uppercase, case::upper)
    }),
    native(
        "zfill(self, width, /)",
        "Pad a numeric string with zeros on the left, to fill a field of the given width.",
        zfill,
    ),
];

pub(super) static STATIC_METHODS: &[NativeDef] = &[native(
    "maketrans(x, y=None, z='', /)",
    "Return a translation table usable for str.translate().",
    translate::maketrans,
)];
