//! `_sre`: patterns, matches, scanners and templates over the engine of `freeze-regex`.
//!
//! The compiler of regular expressions is the library's own `re` package; it hands code words to [`compile`]. Positions
//! are code points for text and bytes for bytes, as Python counts them.

mod matches;
mod pattern;
mod scan;
mod template;

use freeze_regex::{CODE_SIZE, MAGIC, MAX_GROUPS, MAX_REPEAT};
use freeze_runtime::text::case;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::list::PyList;
use freeze_runtime::types::type_;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, Value, Vm, native};

fn compile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let flags = args.i64(vm, 1)? as u32;
    let Some(words) = args.get(2).downcast::<PyList>() else { return Err(args.wrong(vm, 2, "list")) };
    let mut code = Vec::with_capacity(words.len());
    for word in words.to_vec() {
        let word = u32::try_from(vm.to_i64(&word)?);
        code.push(word.map_err(|_| vm.overflow_error("regular expression code size limit exceeded"))?);
    }
    let groups = args.i64(vm, 3)?.max(0) as usize;
    Ok(pattern::PyPattern::create(vm, args.get(0), flags, code, groups, args.get(4), args.get(5))?.into_value())
}

fn code_point(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    Ok(u32::try_from(args.i64(vm, 0)?).unwrap_or(0))
}

fn ascii_iscased(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cp = code_point(vm, &args)?;
    Ok(Value::bool(u8::try_from(cp).is_ok_and(|b| b.is_ascii_alphabetic())))
}

fn ascii_tolower(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cp = code_point(vm, &args)?;
    Ok(Value::small(i64::from(u8::try_from(cp).map_or(cp, |b| u32::from(b.to_ascii_lowercase())))))
}

fn unicode_iscased(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let cp = code_point(vm, &args)?;
    Ok(Value::bool(case::simple_lower(cp) != cp || case::simple_upper(cp) != cp))
}

fn unicode_tolower(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::small(i64::from(case::simple_lower(code_point(vm, &args)?))))
}

static FUNCTIONS: &[NativeDef] = &[
    native("ascii_iscased(character, /)", "", ascii_iscased),
    native("ascii_tolower(character, /)", "", ascii_tolower),
    native("compile(pattern, flags, code, groups, groupindex, indexgroup)", "", compile),
    native("getcodesize()", "", |_, _| Ok(Value::usize(CODE_SIZE))),
    native("template(pattern, template, /)", "", template::template),
    native("unicode_iscased(character, /)", "", unicode_iscased),
    native("unicode_tolower(character, /)", "", unicode_tolower),
];

fn init(vm: &Vm, namespace: &PyDict) -> PyResult<()> {
    for ty in [&pattern::PATTERN, &pattern::SCANNER, &pattern::MATCH_ITERATOR, &matches::MATCH, &template::TEMPLATE] {
        type_::ready(vm, ty);
    }
    namespace.set_text("MAGIC", Value::small(i64::from(MAGIC)));
    namespace.set_text("CODESIZE", Value::usize(CODE_SIZE));
    namespace.set_text("MAXREPEAT", Value::small(i64::from(MAX_REPEAT)));
    namespace.set_text("MAXGROUPS", Value::usize(MAX_GROUPS));
    Ok(())
}

/// The module `_sre`.
pub static MODULE: ModuleDef = ModuleDef { name: "_sre", doc: "", functions: FUNCTIONS, init: Some(init) };
