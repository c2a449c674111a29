//! `_locale`: the conventions of the C locale with UTF-8, the only one there is.

use std::sync::{Mutex, PoisonError};

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::{EXCEPTION, PyException};
use freeze_runtime::types::list::PyList;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, ModuleDef, NativeDef, Payload, Type, TypeDef, TypeFlags, Value, Vm, native};

static ERROR_DEF: TypeDef = TypeDef {
    name: "Error",
    module: "locale",
    base: Some(&EXCEPTION),
    layout: <PyException as Payload>::layout,
    flags: TypeFlags::BASETYPE | TypeFlags::DICT,
    ..TypeDef::EMPTY
};
static ERROR: Type = Type::builtin(&ERROR_DEF);

/// The categories, in the order in which glibc numbers them.
const CATEGORIES: [&str; 7] =
    ["LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_ALL"];
const LC_ALL: usize = 6;
/// Their numbers.
const NUMBERS: [i64; 7] = if cfg!(target_vendor = "apple") { [2, 4, 5, 1, 3, 6, 0] } else { [0, 1, 2, 3, 4, 5, 6] };
const C: &str = "C";
const C_UTF8: &str = "C.UTF-8";

/// The name of each category's locale. Programs start with their text in UTF-8.
static CURRENT: Mutex<[&str; LC_ALL]> = Mutex::new([C_UTF8, C, C, C, C, C]);

const CHAR_MAX: i64 = 127;

/// What `nl_langinfo` answers: name, number (glibc's), text.
const LANGINFO: &[(&str, i64, &str)] = &[
    ("CODESET", 14, "UTF-8"),
    ("RADIXCHAR", 0x1_0000, "."),
    ("THOUSEP", 0x1_0001, ""),
    ("YESEXPR", 0x5_0000, "^[yY]"),
    ("NOEXPR", 0x5_0001, "^[nN]"),
    ("CRNCYSTR", 0x4_000F, "-"),
    ("ABDAY_1", 0x2_0000, "Sun"),
    ("ABDAY_2", 0x2_0001, "Mon"),
    ("ABDAY_3", 0x2_0002, "Tue"),
    ("ABDAY_4", 0x2_0003, "Wed"),
    ("ABDAY_5", 0x2_0004, "Thu"),
    ("ABDAY_6", 0x2_0005, "Fri"),
    ("ABDAY_7", 0x2_0006, "Sat"),
    ("DAY_1", 0x2_0007, "Sunday"),
    ("DAY_2", 0x2_0008, "Monday"),
    ("DAY_3", 0x2_0009, "Tuesday"),
    ("DAY_4", 0x2_000A, "Wednesday"),
    ("DAY_5", 0x2_000B, "Thursday"),
    ("DAY_6", 0x2_000C, "Friday"),
    ("DAY_7", 0x2_000D, "Saturday"),
    ("ABMON_1", 0x2_000E, "Jan"),
    ("ABMON_2", 0x2_000F, "Feb"),
    ("ABMON_3", 0x2_0010, "Mar"),
    ("ABMON_4", 0x2_0011, "Apr"),
    ("ABMON_5", 0x2_0012, "May"),
    ("ABMON_6", 0x2_0013, "Jun"),
    ("ABMON_7", 0x2_0014, "Jul"),
    ("ABMON_8", 0x2_0015, "Aug"),
    ("ABMON_9", 0x2_0016, "Sep"),
    ("ABMON_10", 0x2_0017, "Oct"),
    ("ABMON_11", 0x2_0018, "Nov"),
    ("ABMON_12", 0x2_0019, "Dec"),
    ("MON_1", 0x2_001A, "January"),
    ("MON_2", 0x2_001B, "February"),
    ("MON_3", 0x2_001C, "March"),
    ("MON_4", 0x2_001D, "April"),
    ("MON_5", 0x2_001E, "May"),
    ("MON_6", 0x2_001F, "June"),
    ("MON_7", 0x2_0020, "July"),
    ("MON_8", 0x2_0021, "August"),
    ("MON_9", 0x2_0022, "September"),
    ("MON_10", 0x2_0023, "October"),
    ("MON_11", 0x2_0024, "November"),
    ("MON_12", 0x2_0025, "December"),
    ("AM_STR", 0x2_0026, "AM"),
    ("PM_STR", 0x2_0027, "PM"),
    ("D_T_FMT", 0x2_0028, "%a %b %e %H:%M:%S %Y"),
    ("D_FMT", 0x2_0029, "%m/%d/%y"),
    ("T_FMT", 0x2_002A, "%H:%M:%S"),
    ("T_FMT_AMPM", 0x2_002B, "%I:%M:%S %p"),
    ("ERA", 0x2_002C, ""),
    ("ERA_D_FMT", 0x2_002E, ""),
    ("ALT_DIGITS", 0x2_002F, ""),
    ("ERA_D_T_FMT", 0x2_0030, ""),
    ("ERA_T_FMT", 0x2_0031, ""),
];

/// The locale of this name, if it is one of those there are. The empty name is the user's choice: the conventions of C,
/// with UTF-8 unless the environment asks for plain C.
fn find(name: &str, category: usize) -> Option<&'static str> {
    match name {
        "C" | "POSIX" => Some(C),
        "" => {
            let set = |n: &str| std::env::var(n).ok().filter(|v| !v.is_empty());
            let chosen = set("LC_ALL").or_else(|| set(CATEGORIES[category])).or_else(|| set("LANG"));
            Some(if matches!(chosen.as_deref(), None | Some("C" | "POSIX")) { C } else { C_UTF8 })
        }
        _ => match name.split_once('.') {
            Some(("C", code)) if ["utf-8", "utf8"].contains(&code.to_ascii_lowercase().as_str()) => Some(C_UTF8),
            _ => None,
        },
    }
}

/// The name of all categories together.
fn combined(names: &[&str; LC_ALL]) -> String {
    if names.iter().all(|n| *n == names[0]) {
        return names[0].to_owned();
    }
    let parts: Vec<String> = CATEGORIES.iter().zip(names).map(|(c, n)| format!("{c}={n}")).collect();
    parts.join(";")
}

/// The locales that a name as [`combined`] makes it stands for.
fn split(text: &str) -> Option<Vec<(usize, &'static str)>> {
    text.split(';')
        .map(|part| {
            let (category, name) = part.split_once('=')?;
            let i = CATEGORIES[..LC_ALL].iter().position(|c| *c == category)?;
            Some((i, find(name, i)?))
        })
        .collect()
}

fn setlocale(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let unsupported = || vm.new_error(&ERROR, "unsupported locale setting");
    let number = args.i64(vm, 0)?;
    let category = NUMBERS.iter().position(|n| *n == number).ok_or_else(unsupported)?;
    let name = match args.opt_not_none(1) {
        Some(_) => Some(args.str(vm, 1)?),
        None => None,
    };
    let mut names = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = name {
        let name = name.to_lossy();
        let changes = if category == LC_ALL && name.contains('=') {
            split(&name)
        } else {
            let which = if category == LC_ALL { 0..LC_ALL } else { category..category + 1 };
            which.map(|i| Some((i, find(&name, i)?))).collect()
        };
        for (i, name) in changes.ok_or_else(unsupported)? {
            names[i] = name;
        }
    }
    Ok(vm.str(&if category == LC_ALL { combined(&names) } else { names[category].to_owned() }))
}

fn localeconv(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    let d = PyDict::new_ref();
    d.set_text("decimal_point", vm.str("."));
    for name in [
        "thousands_sep",
        "int_curr_symbol",
        "currency_symbol",
        "mon_decimal_point",
        "mon_thousands_sep",
        "positive_sign",
        "negative_sign",
    ] {
        d.set_text(name, vm.str(""));
    }
    for name in ["grouping", "mon_grouping"] {
        d.set_text(name, PyList::new(vec![]).into_value());
    }
    for name in [
        "int_frac_digits",
        "frac_digits",
        "p_cs_precedes",
        "p_sep_by_space",
        "n_cs_precedes",
        "n_sep_by_space",
        "p_sign_posn",
        "n_sign_posn",
    ] {
        d.set_text(name, Value::small(CHAR_MAX));
    }
    Ok(d.into_value())
}

fn strcoll(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.str(vm, 0)?, args.str(vm, 1)?);
    Ok(Value::small(a.as_bytes().cmp(b.as_bytes()) as i64))
}

fn strxfrm(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    if args.str(vm, 0)?.as_bytes().contains(&0) {
        return Err(vm.value_error("embedded null character"));
    }
    Ok(args.get(0).clone())
}

fn nl_langinfo(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let key = args.i64(vm, 0)?;
    match LANGINFO.iter().find(|(_, n, _)| *n == key) {
        Some((_, _, text)) => Ok(vm.str(text)),
        None => Err(vm.value_error("unsupported langinfo constant")),
    }
}

fn getencoding(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.str("UTF-8"))
}

static FUNCTIONS: &[NativeDef] = &[
    native("getencoding()", "Get the current locale encoding.", getencoding),
    native("localeconv()", "Returns numeric and monetary locale-specific parameters.", localeconv),
    native("nl_langinfo(key, /)", "Return the value for the locale information associated with key.", nl_langinfo),
    native("setlocale(category, locale=None, /)", "Activates/queries locale processing.", setlocale),
    native("strcoll(os1, os2, /)", "Compares two strings according to the locale.", strcoll),
    native("strxfrm(string, /)", "Return a string that can be used as a key for locale-aware comparisons.", strxfrm),
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    crate::native_type::add_types(vm, d, &[&ERROR]);
    for (name, n) in CATEGORIES.iter().zip(NUMBERS) {
        d.set_text(name, Value::small(n));
    }
    d.set_text("CHAR_MAX", Value::small(CHAR_MAX));
    for (name, n, _) in LANGINFO {
        d.set_text(name, Value::small(*n));
    }
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_locale", doc: "Support for POSIX locales.", functions: FUNCTIONS, init: Some(init) };
