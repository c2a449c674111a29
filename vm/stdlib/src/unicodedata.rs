//! `unicodedata`: the character database.

use freeze_runtime::object::{GetSet, Layout};
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_;
use freeze_runtime::{
    Args, ModuleDef, NativeDef, Payload, PyResult, Ref, Str, Type, TypeDef, TypeFlags, Value, Vm, native,
};
use rustpython_unicode::data::{LookupResult, Ucd};
use rustpython_unicode::{NormalizeForm, normalize as unicode_normalize};
use rustpython_wtf8::{CodePoint, Wtf8};

/// The payload of `unicodedata.UCD`: a view of an older version of the database.
struct PyUcd;

impl Payload for PyUcd {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyUcd>();
        &L
    }
}

/// What a function sees: the database, and the place of its first argument.
fn view(args: &Args<'_>) -> (Ucd, usize) {
    // Methods of `ucd_3_2_0` have that object in front.
    let old = args.opt(0).is_some_and(|v| v.has_layout::<PyUcd>());
    (Ucd::new(!old), usize::from(old))
}

fn character(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<CodePoint> {
    let s = args.str(vm, i)?;
    if s.len() != 1 {
        return Err(vm.type_error(format!(
            "{}() argument{} must be a unicode character, not a string of length {}",
            args.name(),
            if args.opt(i + 1).is_some() { " 1" } else { "" },
            s.len()
        )));
    }
    Ok(CodePoint::from_u32(s.char_at(0)).unwrap_or_else(|| CodePoint::from('\0')))
}

/// Whether the character exists in the version of the database.
fn is_known(ucd: Ucd, cp: CodePoint) -> bool {
    cp.to_char().is_some_and(|c| ucd.membership(c))
}

fn or_default(vm: &Vm, args: &Args<'_>, i: usize, v: Option<Value>, message: &str) -> PyResult<Value> {
    match v.or_else(|| args.opt(i + 1).cloned()) {
        Some(v) => Ok(v),
        None => Err(vm.value_error(message)),
    }
}

fn text(s: &str) -> Value {
    PyStr::new(s.as_bytes()).into_value()
}

fn category(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    Ok(text(ucd.category(character(vm, &args, i)?)))
}

fn bidirectional(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let cp = character(vm, &args, i)?;
    // Characters that are not assigned have no class here.
    Ok(text(if ucd.category(cp) == "Cn" { "" } else { ucd.bidirectional(cp) }))
}

fn east_asian_width(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    Ok(text(ucd.east_asian_width(character(vm, &args, i)?)))
}

fn mirrored(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    Ok(Value::small(i64::from(ucd.mirrored(character(vm, &args, i)?))))
}

fn combining(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    Ok(Value::small(i64::from(ucd.combining(character(vm, &args, i)?))))
}

fn decomposition(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    Ok(text(&ucd.decomposition(character(vm, &args, i)?)))
}

fn decimal(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let n = ucd.decimal(character(vm, &args, i)?).map(|n| Value::usize(n as usize));
    or_default(vm, &args, i, n, "not a decimal")
}

fn digit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let n = ucd.digit(character(vm, &args, i)?).map(|n| Value::usize(n as usize));
    or_default(vm, &args, i, n, "not a digit")
}

fn numeric(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let n = ucd.numeric(character(vm, &args, i)?).map(Value::float);
    or_default(vm, &args, i, n, "not a numeric character")
}

fn name(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let cp = character(vm, &args, i)?;
    let found = cp.to_char().filter(|_| is_known(ucd, cp)).and_then(rustpython_unicode::character_name);
    or_default(vm, &args, i, found.map(|n| text(&n)), "no such name")
}

fn lookup(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (ucd, i) = view(&args);
    let wanted = args.str(vm, i)?;
    let wanted = wanted.to_lossy();
    match ucd.lookup(&wanted) {
        Some(LookupResult::Character(c)) => Ok(PyStr::of_char(u32::from(c)).into_value()),
        Some(LookupResult::Sequence(s)) => Ok(text(s)),
        None => Err(vm.key_error(text(&format!("undefined character name '{wanted}'")))),
    }
}

fn form(vm: &Vm, args: &Args<'_>, i: usize) -> PyResult<(NormalizeForm, Str)> {
    let form = match args.str(vm, i)?.as_bytes() {
        b"NFC" => NormalizeForm::Nfc,
        b"NFD" => NormalizeForm::Nfd,
        b"NFKC" => NormalizeForm::Nfkc,
        b"NFKD" => NormalizeForm::Nfkd,
        _ => return Err(vm.value_error("invalid normalization form")),
    };
    Ok((form, args.str(vm, i + 1)?))
}

fn normalize(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (_, i) = view(&args);
    let (form, s) = form(vm, &args, i)?;
    if s.is_ascii() {
        return Ok(PyStr::new(s.as_bytes()).into_value());
    }
    match Wtf8::from_bytes(s.as_bytes()) {
        Some(t) => Ok(PyStr::new(unicode_normalize(form, t).as_bytes()).into_value()),
        None => Ok(s.into_value()),
    }
}

fn is_normalized(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (_, i) = view(&args);
    let (form, s) = form(vm, &args, i)?;
    let known = Wtf8::from_bytes(s.as_bytes());
    Ok(Value::bool(s.is_ascii() || known.is_none_or(|t| rustpython_unicode::is_normalized(form, t))))
}

macro_rules! rows {
    ($($name:literal $params:literal $doc:literal $f:ident;)*) => {
        static FUNCTIONS: &[NativeDef] = &[$(native(concat!($name, "(", $params, ", /)"), $doc, $f)),*];
        static METHODS: &[NativeDef] = &[$(native(concat!($name, "(self, ", $params, ", /)"), $doc, $f)),*];
    };
}

rows! {
    "bidirectional" "chr" "Returns the bidirectional class assigned to the character chr as string." bidirectional;
    "category" "chr" "Returns the general category assigned to the character chr as string." category;
    "combining" "chr" "Returns the canonical combining class assigned to the character chr as integer." combining;
    "decimal" "chr, default=None" "Converts a Unicode character into its equivalent decimal value." decimal;
    "decomposition" "chr" "Returns the character decomposition mapping assigned to the character chr as string." decomposition;
    "digit" "chr, default=None" "Converts a Unicode character into its equivalent digit value." digit;
    "east_asian_width" "chr" "Returns the east asian width assigned to the character chr as string." east_asian_width;
    "is_normalized" "form, unistr" "Return whether the Unicode string unistr is in the normal form 'form'." is_normalized;
    "lookup" "name" "Look up character by name." lookup;
    "mirrored" "chr" "Returns the mirrored property assigned to the character chr as integer." mirrored;
    "name" "chr, default=None" "Returns the name assigned to the character chr as a string." name;
    "normalize" "form, unistr" "Return the normal form 'form' for the Unicode string unistr." normalize;
    "numeric" "chr, default=None" "Converts a Unicode character into its equivalent numeric value." numeric;
}

static DEF: TypeDef = TypeDef {
    name: "UCD",
    module: "unicodedata",
    layout: PyUcd::layout,
    flags: TypeFlags::IMMUTABLE | TypeFlags::NO_NEW,
    methods: METHODS,
    getset: &[GetSet { name: "unidata_version", doc: "", get: |_, _| Ok(text("3.2.0")), set: None }],
    ..TypeDef::EMPTY
};
static UCD: Type = Type::builtin(&DEF);

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    namespace.set_text("UCD", type_::ready_value(vm, &UCD));
    namespace.set_text("ucd_3_2_0", Ref::new(&UCD, PyUcd).into_value());
    namespace.set_text("unidata_version", text(&rustpython_unicode::unicode_version()));
    Ok(())
}

/// The module `unicodedata`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "unicodedata",
    doc: "This module provides access to the Unicode Character Database.",
    functions: FUNCTIONS,
    init: Some(init),
};
