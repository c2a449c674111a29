//! The methods that `bytes` and `bytearray` have in common.
//!
//! Each is written once for any [`Kind`]. Arguments are converted before the bytes of `self` are looked at, so that no
//! Python code runs while they are borrowed.

use crate::call::{Args, NativeDef, native};
use crate::object::{Ref, Value};
use crate::text::pad::{self, Justify};
use crate::text::split::{self, Ends};
use crate::text::{bytes_ops, case, search};
use crate::types::buffer::{self, Buffer};
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::vm::{PyResult, Vm};

/// `bytes` or `bytearray`.
pub(super) trait Kind: 'static {
    /// A new object of the exact type.
    fn make(bytes: Vec<u8>) -> Value;
    /// Runs `f` on the bytes. `f` must not run Python code.
    fn with<R>(v: &Value, f: impl FnOnce(&[u8]) -> R) -> R;
    /// `v` itself where nothing changed and it can't be changed, else a copy.
    fn unchanged(v: &Value) -> Value;
}

/// A bytes-like argument.
pub(super) enum Arg {
    /// `bytes`, which stay as they are.
    Bytes(Ref<PyBytes>),
    /// One byte given as an int.
    Byte([u8; 1]),
    /// Anything else.
    Buffer(Buffer),
}

impl Arg {
    /// "a bytes-like object is required, not 'T'"
    pub(super) fn like(vm: &Vm, v: &Value) -> PyResult<Arg> {
        match v.downcast_ref::<PyBytes>() {
            Some(b) => Ok(Arg::Bytes(b)),
            None => buffer::get(vm, v).map(Arg::Buffer),
        }
    }

    /// A bytes-like object or a byte.
    pub(super) fn needle(vm: &Vm, v: &Value) -> PyResult<Arg> {
        if v.class().slots().buffer.is_some() || v.has_layout::<PyBytes>() {
            return Arg::like(vm, v);
        }
        if v.class().slots().index.is_none() && !v.is_small() {
            return Err(
                vm.type_error(format!("argument should be integer or bytes-like object, not '{}'", v.class().name()))
            );
        }
        Ok(Arg::Byte([buffer::byte_of(vm, v, "byte")?]))
    }

    /// Hands the bytes to `f`: none where the buffer has been given back.
    pub(super) fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Arg::Bytes(b) => f(b.as_slice()),
            Arg::Byte(b) => f(b),
            Arg::Buffer(b) => {
                let mut f = Some(f);
                let mut once = |bytes: &[u8]| f.take().map(|f| f(bytes));
                let done = b.with(&mut once).flatten().or_else(|| once(&[]));
                done.expect("called once, by the buffer or else by us")
            }
        }
    }
}

/// `start` and `end` arguments of searching methods, fitted to a length. `None` when the range is impossible.
pub(super) fn bounds(vm: &Vm, args: &Args<'_>, first: usize, len: usize) -> PyResult<Option<(usize, usize)>> {
    let one = |i: usize, default: usize| -> PyResult<usize> {
        let Some(v) = args.opt_not_none(i) else { return Ok(default) };
        if !v.is_small() && v.class().slots().index.is_none() {
            return Err(vm.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        let i = vm.to_index_clamped(v)?;
        Ok(if i < 0 { (i.saturating_add(len as isize)).max(0) as usize } else { i as usize })
    };
    let (start, end) = (one(first, 0)?, one(first + 1, len)?.min(len));
    Ok((start <= end).then_some((start, end)))
}

fn bounded<K: Kind, R>(vm: &Vm, args: &Args<'_>, find: impl FnOnce(&[u8], &[u8], usize) -> R) -> PyResult<Option<R>> {
    let needle = Arg::needle(vm, args.get(1))?;
    let len = K::with(args.this(), <[u8]>::len);
    let Some((start, end)) = bounds(vm, args, 2, len)? else { return Ok(None) };
    Ok(K::with(args.this(), |s| {
        let end = end.min(s.len());
        let part = s.get(start..end).unwrap_or_default();
        needle.with(|n| Some(find(part, n, start)))
    }))
}

fn find<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let at = bounded::<K, _>(vm, &args, |s, n, start| search::find(s, n).map(|i| i + start))?.flatten();
    Ok(at.map_or(Value::small(-1), Value::usize))
}

fn rfind<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let at = bounded::<K, _>(vm, &args, |s, n, start| search::rfind(s, n).map(|i| i + start))?.flatten();
    Ok(at.map_or(Value::small(-1), Value::usize))
}

fn found(vm: &Vm, at: PyResult<Value>) -> PyResult<Value> {
    let at = at?;
    if at.as_small() == Some(-1) { Err(vm.value_error("subsection not found")) } else { Ok(at) }
}

fn index<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    found(vm, find::<K>(vm, args))
}

fn rindex<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    found(vm, rfind::<K>(vm, args))
}

fn count<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let n = bounded::<K, _>(vm, &args, |s, n, _| if n.is_empty() { s.len() + 1 } else { search::count(s, n) })?;
    Ok(Value::usize(n.unwrap_or(0)))
}

fn ends<K: Kind>(vm: &Vm, args: Args<'_>, test: fn(&[u8], &[u8]) -> bool) -> PyResult<Value> {
    let len = K::with(args.this(), <[u8]>::len);
    let range = bounds(vm, &args, 2, len)?;
    let one = |affix: &Value| -> PyResult<bool> {
        let affix = Arg::like(vm, affix)?;
        let Some((start, end)) = range else { return Ok(false) };
        Ok(K::with(args.this(), |s| {
            let part = s.get(start..end.min(s.len())).unwrap_or_default();
            affix.with(|a| test(part, a))
        }))
    };
    let affix = args.get(1);
    if let Some(t) = affix.downcast::<PyTuple>() {
        for a in t.as_slice() {
            if one(a)? {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    if !buffer::is_bytes_like(affix) {
        return Err(vm.type_error(format!(
            "{} first arg must be bytes or a tuple of bytes, not {}",
            args.name(),
            affix.class().name()
        )));
    }
    one(affix).map(Value::bool)
}

fn startswith<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    ends::<K>(vm, args, |s, a| s.starts_with(a))
}

fn endswith<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    ends::<K>(vm, args, |s, a| s.ends_with(a))
}

fn map<K: Kind>(args: &Args<'_>, f: impl FnOnce(&[u8]) -> Vec<u8>) -> PyResult<Value> {
    Ok(K::make(K::with(args.this(), f)))
}

fn test<K: Kind>(args: &Args<'_>, f: impl FnOnce(&[u8]) -> bool) -> PyResult<Value> {
    Ok(Value::bool(K::with(args.this(), f)))
}

fn justify<K: Kind>(vm: &Vm, args: Args<'_>, how: Justify) -> PyResult<Value> {
    let width = vm.to_ssize(args.get(1))?.max(0) as usize;
    let fill = match args.opt(2) {
        None => vec![b' '],
        Some(v) => {
            let fill = if v.has_layout::<PyBytes>() || v.has_layout::<super::bytearray::PyByteArray>() {
                buffer::to_vec(vm, v)?
            } else {
                Vec::new()
            };
            if fill.len() != 1 {
                return Err(vm.type_error(format!(
                    "{}() argument 2 must be a byte string of length 1, not {}",
                    args.name(),
                    vm.type_name_for_errors(v)
                )));
            }
            fill
        }
    };
    vm.ask_room(width)?;
    let padded = K::with(args.this(), |s| pad::justify(s, s.len(), width, &fill, how));
    Ok(padded.map_or_else(|| K::unchanged(args.this()), K::make))
}

fn zfill<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let width = vm.to_ssize(args.get(1))?.max(0) as usize;
    let padded = K::with(args.this(), |s| pad::zfill(s, s.len(), width));
    Ok(padded.map_or_else(|| K::unchanged(args.this()), K::make))
}

fn expandtabs<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let size = args.opt(1).map_or(Ok(8), |v| vm.to_c_int(v))?.max(0) as usize;
    match K::with(args.this(), |s| pad::expand_tabs(s, size, |_| true)) {
        Some(out) => Ok(K::make(out)),
        None => Err(vm.overflow_error("result too long")),
    }
}

fn strip<K: Kind>(vm: &Vm, args: Args<'_>, ends: Ends) -> PyResult<Value> {
    let set = args.opt_not_none(1).map(|v| Arg::like(vm, v)).transpose()?;
    let (kept, all) = K::with(args.this(), |s| {
        let kept = match &set {
            Some(set) => set.with(|set| split::strip_bytes(s, set, ends).to_vec()),
            None => split::strip_space::<split::Bytes>(s, ends).to_vec(),
        };
        let all = kept.len() == s.len();
        (kept, all)
    });
    Ok(if all { K::unchanged(args.this()) } else { K::make(kept) })
}

fn removeprefix<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let prefix = Arg::like(vm, args.get(1))?;
    map::<K>(&args, |s| prefix.with(|p| s.strip_prefix(p).unwrap_or(s).to_vec()))
}

fn removesuffix<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let suffix = Arg::like(vm, args.get(1))?;
    map::<K>(&args, |s| suffix.with(|p| s.strip_suffix(p).unwrap_or(s).to_vec()))
}

fn replace<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (old, new) = (Arg::like(vm, args.get(1))?, Arg::like(vm, args.get(2))?);
    let most = usize::try_from(args.opt_i64(vm, 3, -1)?).unwrap_or(usize::MAX);
    let replaced = K::with(args.this(), |s| {
        old.with(|old| {
            new.with(|new| match old {
                [] => Some(search::replace_empty(s, new, most, |_| 1)),
                _ => search::replace(s, old, new, most),
            })
        })
    });
    Ok(replaced.map_or_else(|| K::unchanged(args.this()), K::make))
}

fn translate<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let table = args.opt_not_none(1).map(|v| Arg::like(vm, v)).transpose()?;
    let table: Option<[u8; 256]> = match table.map(|t| t.with(|t| t.try_into().ok())) {
        None => None,
        Some(Some(table)) => Some(table),
        Some(None) => return Err(vm.value_error("translation table must be 256 characters long")),
    };
    let delete = args.opt(2).map(|v| Arg::like(vm, v)).transpose()?;
    map::<K>(&args, |s| match &delete {
        Some(d) => d.with(|d| bytes_ops::translate(s, table.as_ref(), d)),
        None => bytes_ops::translate(s, table.as_ref(), &[]),
    })
}

fn list<K: Kind>(args: &Args<'_>, run: impl FnOnce(&[u8], &mut Vec<Value>)) -> PyResult<Value> {
    let mut items = Vec::new();
    K::with(args.this(), |s| run(s, &mut items));
    Ok(PyList::new(items).into_value())
}

fn split_args(vm: &Vm, args: &Args<'_>) -> PyResult<(Option<Arg>, usize)> {
    let sep = args.opt_not_none(1).map(|v| Arg::like(vm, v)).transpose()?;
    if sep.as_ref().is_some_and(|s| s.with(|s| Some(s.is_empty())) == Some(true)) {
        return Err(vm.value_error("empty separator"));
    }
    let most = match args.opt(2) {
        Some(v) => usize::try_from(vm.to_ssize(v)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    Ok((sep, most))
}

fn split<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (sep, most) = split_args(vm, &args)?;
    list::<K>(&args, |s, items| {
        let mut emit = |piece: &[u8]| items.push(K::make(piece.to_vec()));
        match &sep {
            Some(sep) => sep.with(|sep| split::split(s, sep, most, &mut emit)),
            None => split::split_space::<split::Bytes>(s, most, &mut emit),
        }
    })
}

fn rsplit<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (sep, most) = split_args(vm, &args)?;
    list::<K>(&args, |s, items| {
        let mut emit = |piece: &[u8]| items.push(K::make(piece.to_vec()));
        match &sep {
            Some(sep) => sep.with(|sep| split::rsplit(s, sep, most, &mut emit)),
            None => split::rsplit_space::<split::Bytes>(s, most, &mut emit),
        }
        items.reverse();
    })
}

fn splitlines<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let keep = args.opt_bool(vm, 1, false)?;
    list::<K>(&args, |s, items| {
        split::split_lines::<split::Bytes>(s, keep, |piece| items.push(K::make(piece.to_vec())));
    })
}

fn partition<K: Kind>(vm: &Vm, args: Args<'_>, from_right: bool) -> PyResult<Value> {
    let sep = Arg::like(vm, args.get(1))?.with(<[u8]>::to_vec);
    if sep.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let parts = K::with(args.this(), |s| {
        let cut = if from_right { split::rpartition(s, &sep) } else { split::partition(s, &sep) };
        cut.map(|(a, b)| (a.to_vec(), b.to_vec()))
    });
    let items = match parts {
        Some((a, b)) => vec![K::make(a), K::make(sep), K::make(b)],
        None => {
            let whole = K::unchanged(args.this());
            let (x, y) = (K::make(Vec::new()), K::make(Vec::new()));
            if from_right { vec![x, y, whole] } else { vec![whole, x, y] }
        }
    };
    Ok(PyTuple::new(items).into_value())
}

fn join<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let items = vm.to_vec(args.get(1)).map_err(|e| {
        let not_iterable = args.get(1).class().slots().iter.is_none() && args.get(1).class().slots().getitem.is_none();
        if not_iterable { vm.type_error("can only join an iterable") } else { e }
    })?;
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            K::with(args.this(), |sep| vm.grow(&mut out, sep.len()).map(|()| out.extend_from_slice(sep)))?;
        }
        if !buffer::is_bytes_like(item) {
            return Err(vm.type_error(format!(
                "sequence item {i}: expected a bytes-like object, {} found",
                item.class().name()
            )));
        }
        Arg::like(vm, item)?.with(|b| vm.grow(&mut out, b.len()).map(|()| out.extend_from_slice(b)))?;
    }
    vm.ask_room(out.len())?;
    Ok(K::make(out))
}

fn hex<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let sep = args.opt(1).map(|v| hex_separator(vm, v)).transpose()?;
    let group = args.opt(2).map_or(Ok(1), |v| vm.to_c_int(v))?;
    let text = K::with(args.this(), |s| bytes_ops::hex(s, sep, group as isize));
    Ok(PyStr::new(&text).into_value())
}

/// The separator of `hex`: one ASCII character.
pub(super) fn hex_separator(vm: &Vm, v: &Value) -> PyResult<u8> {
    if vm.len(v)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    let bytes = match v.downcast::<PyStr>() {
        Some(s) => s.as_bytes().to_vec(),
        None if v.has_layout::<PyBytes>() => buffer::to_vec(vm, v)?,
        None => return Err(vm.type_error("sep must be str or bytes.")),
    };
    match bytes[..] {
        [byte] if byte.is_ascii() => Ok(byte),
        _ => Err(vm.value_error("sep must be ASCII.")),
    }
}

fn decode<K: Kind>(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (encoding, errors) = (args.opt_str(vm, 1)?, args.opt_str(vm, 2)?);
    let bytes = K::with(args.this(), <[u8]>::to_vec);
    crate::types::str::codec::decode(vm, args.this(), &bytes, encoding.as_ref(), errors.as_ref())
}

/// `bytes.fromhex` and `bytearray.fromhex`.
pub(super) fn fromhex<K: Kind>(vm: &Vm, args: Args<'_>, exact: &crate::Type) -> PyResult<Value> {
    let v = args.get(1);
    let text = match v.downcast::<PyStr>() {
        Some(s) => s.as_bytes().to_vec(),
        None if buffer::is_bytes_like(v) => buffer::to_vec(vm, v)?,
        None => {
            return Err(vm.type_error(format!(
                "fromhex() argument must be str or bytes-like, not {}",
                vm.type_name_for_errors(v)
            )));
        }
    };
    let made = K::make(bytes_ops::from_hex(&text).map_err(|e| vm.value_error(e.message()))?);
    let class = args.this();
    if class.downcast::<crate::object::TypeObject>().is_some_and(|t| std::ptr::eq(t.object(), exact)) {
        return Ok(made);
    }
    vm.call(class, &[made])
}

/// `bytes.maketrans(from, to)`
pub(super) fn maketrans(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let from = Arg::like(vm, args.get(0))?.with(<[u8]>::to_vec);
    let to = Arg::like(vm, args.get(1))?.with(<[u8]>::to_vec);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (f, t) in from.iter().zip(&to) {
        table[usize::from(*f)] = *t;
    }
    Ok(PyBytes::from_vec(table).into_value())
}

/// The rows of both method tables.
pub(super) struct Rows<K>(std::marker::PhantomData<K>);

impl<K: Kind> Rows<K> {
    pub(super) const ALL: [NativeDef; 42] = [
        native("capitalize(self, /)", "Return a copy with only its first character capitalized (ASCII).", |_, a| {
            map::<K>(&a, case::capitalize_ascii)
        }),
        native("center(self, width, fillchar=b' ', /)", "Return a centered string of length width.", |vm, a| {
            justify::<K>(vm, a, Justify::Center)
        }),
        native(
            "count(self, sub, start=None, end=None, /)",
            "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].",
            count::<K>,
        ),
        native(
            "decode(self, /, encoding='utf-8', errors='strict')",
            "Decode the bytes using the codec registered for encoding.",
            decode::<K>,
        ),
        native(
            "endswith(self, suffix, start=None, end=None, /)",
            "Return True if the bytes end with the specified suffix, False otherwise.",
            endswith::<K>,
        ),
        native(
            "expandtabs(self, /, tabsize=8)",
            "Return a copy where all tab characters are expanded using spaces.",
            expandtabs::<K>,
        ),
        native(
            "find(self, sub, start=None, end=None, /)",
            "Return the lowest index in B where subsection 'sub' is found, -1 on failure.",
            find::<K>,
        ),
        native(
            "hex(self, /, sep='', bytes_per_sep=1)",
            "Create a string of hexadecimal numbers from a bytes object.\n\nsep stands between bytes, or between groups of \
             bytes_per_sep bytes counted\nfrom the right; a negative number counts from the left.\n\n\
             >>> data = bytes([1, 35, 69])\n>>> data.hex()\n'012345'\n>>> data.hex('-')\n'01-23-45'\n\
             >>> data.hex(' ', 2)\n'01 2345'\n>>> data.hex(' ', -2)\n'0123 45'",
            hex::<K>,
        ),
        native(
            "index(self, sub, start=None, end=None, /)",
            "Return the lowest index in B where subsection 'sub' is found.",
            index::<K>,
        ),
        native("isalnum(self, /)", "True if B is not empty and all of its characters are alphanumeric.", |_, a| {
            test::<K>(&a, |s| bytes_ops::all(s, |b| b.is_ascii_alphanumeric()))
        }),
        native("isalpha(self, /)", "True if B is not empty and all of its characters are alphabetic.", |_, a| {
            test::<K>(&a, |s| bytes_ops::all(s, |b| b.is_ascii_alphabetic()))
        }),
        native("isascii(self, /)", "True if B is empty or all its characters are ASCII.", |_, a| {
            test::<K>(&a, <[u8]>::is_ascii)
        }),
        native("isdigit(self, /)", "True if B is not empty and all of its characters are digits.", |_, a| {
            test::<K>(&a, |s| bytes_ops::all(s, |b| b.is_ascii_digit()))
        }),
        native("islower(self, /)", "True if all cased characters in B are lowercase and there is one.", |_, a| {
            test::<K>(&a, bytes_ops::is_lower)
        }),
        native("isspace(self, /)", "True if B is not empty and all of its characters are whitespace.", |_, a| {
            test::<K>(&a, |s| bytes_ops::all(s, split::is_byte_space))
        }),
        native("istitle(self, /)", "True if B is a titlecased string with at least one character.", |_, a| {
            test::<K>(&a, bytes_ops::is_title)
        }),
        native("isupper(self, /)", "True if all cased characters in B are uppercase and there is one.", |_, a| {
            test::<K>(&a, bytes_ops::is_upper)
        }),
        native("join(self, iterable_of_bytes, /)", "Concatenate any number of bytes objects.", join::<K>),
        native("ljust(self, width, fillchar=b' ', /)", "Return a left-justified string of length width.", |vm, a| {
            justify::<K>(vm, a, Justify::Left)
        }),
        native("lower(self, /)", "Return a copy with all ASCII characters converted to lowercase.", |_, a| {
            map::<K>(&a, <[u8]>::to_ascii_lowercase)
        }),
        native("lstrip(self, bytes=None, /)", "Strip leading bytes contained in the argument.", |vm, a| {
            strip::<K>(vm, a, Ends::Left)
        }),
        native(
            "partition(self, sep, /)",
            "Partition the bytes into three parts using the given separator.",
            |vm, a| partition::<K>(vm, a, false),
        ),
        native(
            "removeprefix(self, prefix, /)",
            "Return a bytes object with the given prefix string removed if present.",
            removeprefix::<K>,
        ),
        native(
            "removesuffix(self, suffix, /)",
            "Return a bytes object with the given suffix string removed if present.",
            removesuffix::<K>,
        ),
        native(
            "replace(self, old, new, count=-1, /)",
            "Return a copy with all occurrences of substring old replaced by new.",
            replace::<K>,
        ),
        native(
            "rfind(self, sub, start=None, end=None, /)",
            "Return the highest index in B where subsection 'sub' is found, -1 on failure.",
            rfind::<K>,
        ),
        native(
            "rindex(self, sub, start=None, end=None, /)",
            "Return the highest index in B where subsection 'sub' is found.",
            rindex::<K>,
        ),
        native("rjust(self, width, fillchar=b' ', /)", "Return a right-justified string of length width.", |vm, a| {
            justify::<K>(vm, a, Justify::Right)
        }),
        native(
            "rpartition(self, sep, /)",
            "Partition the bytes into three parts using the last given separator.",
            |vm, a| partition::<K>(vm, a, true),
        ),
        native(
            "rsplit(self, /, sep=None, maxsplit=-1)",
            "Return a list of the sections in the bytes, using sep as the delimiter, from the right.",
            rsplit::<K>,
        ),
        native("rstrip(self, bytes=None, /)", "Strip trailing bytes contained in the argument.", |vm, a| {
            strip::<K>(vm, a, Ends::Right)
        }),
        native(
            "split(self, /, sep=None, maxsplit=-1)",
            "Return a list of the sections in the bytes, using sep as the delimiter.",
            split::<K>,
        ),
        native(
            "splitlines(self, /, keepends=False)",
            "Return a list of the lines in the bytes, breaking at line boundaries.",
            splitlines::<K>,
        ),
        native(
            "startswith(self, prefix, start=None, end=None, /)",
            "Return True if the bytes start with the specified prefix, False otherwise.",
            startswith::<K>,
        ),
        native("strip(self, bytes=None, /)", "Strip leading and trailing bytes contained in the argument.", |vm, a| {
            strip::<K>(vm, a, Ends::Both)
        }),
        native(
            "swapcase(self, /)",
            "Return a copy with uppercase ASCII characters converted to lowercase and vice versa.",
            |_, a| map::<K>(&a, case::swapcase_ascii),
        ),
        native("title(self, /)", "Return a titlecased version of B.", |_, a| map::<K>(&a, case::title_ascii)),
        native(
            "translate(self, table, /, delete=b'')",
            "Return a copy with each character mapped by the given translation table.",
            translate::<K>,
        ),
        native("upper(self, /)", "Return a copy with all ASCII characters converted to uppercase.", |_, a| {
            map::<K>(&a, <[u8]>::to_ascii_uppercase)
        }),
        native(
            "zfill(self, width, /)",
            "Pad a numeric string with zeros on the left, to fill a field of the given width.",
            zfill::<K>,
        ),
        native("__getnewargs__(self, /)", "", getnewargs::<K>),
        native("__sizeof__(self, /)", "Returns the size of the object in memory, in bytes.", |_, a| {
            Ok(Value::usize(33 + K::with(a.this(), <[u8]>::len)))
        }),
    ];
}

fn getnewargs<K: Kind>(_: &Vm, args: Args<'_>) -> PyResult<Value> {
    let bytes = K::with(args.this(), <[u8]>::to_vec);
    Ok(PyTuple::new(vec![PyBytes::from_vec(bytes).into_value()]).into_value())
}

/// The rows of `a` and `b` in one table sorted by name.
pub(super) const fn merge<const A: usize, const B: usize, const N: usize>(
    a: [NativeDef; A],
    b: [NativeDef; B],
) -> [NativeDef; N] {
    assert!(A + B == N);
    let mut out = [const { native("_()", "", |_, _| Ok(Value::NONE)) }; N];
    let mut n = 0;
    while n < N {
        let row = if n < A { &a[n] } else { &b[n - A] };
        // Insertion sort.
        let mut at = n;
        while at > 0 && less(row.name(), out[at - 1].name()) {
            out[at] = copy(&out[at - 1]);
            at -= 1;
        }
        out[at] = copy(row);
        n += 1;
    }
    out
}

const fn copy(row: &NativeDef) -> NativeDef {
    NativeDef { sig: row.sig, doc: row.doc, call: row.call }
}

const fn less(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i += 1;
    }
    a.len() < b.len()
}
