//! `SyntaxError`: message and place.

use super::base::{self, this};
use super::fields::field;
use super::{Kind, SyntaxForm};
use crate::call::CallArgs;
use crate::object::typeobj::GetSet;
use crate::object::{Payload, Slots, Value};
use crate::types::int;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

fn init(vm: &Vm, v: &Value, args: CallArgs<'_>) -> PyResult<()> {
    base::init(vm, v, args)?;
    let e = this(v);
    if let Some(msg) = args.args.first() {
        e.set_field(0, msg.clone());
    }
    let [_, place] = args.args else { return Ok(()) };
    let place = vm.to_vec(place)?;
    if !(4..=7).contains(&place.len()) {
        let (word, bound) = if place.len() < 4 { ("at least", 4) } else { ("at most", 7) };
        return Err(vm.type_error(format!("function takes {word} {bound} arguments ({} given)", place.len())));
    }
    // filename, lineno, offset, text, end_lineno, end_offset, metadata
    for (i, p) in place.iter().enumerate() {
        e.set_field(if i == 6 { 8 } else { i + 1 }, p.clone());
    }
    if place.len() == 5 {
        return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

fn str(vm: &Vm, v: &Value) -> PyResult<Value> {
    let e = this(v);
    let filename = e.field(1).and_then(|f| f.downcast_ref::<PyStr>());
    let filename = filename.map(|f| {
        let f = f.to_lossy().into_owned();
        f.rsplit(std::path::MAIN_SEPARATOR).next().unwrap_or_default().to_owned()
    });
    let line = e.field(2).filter(|l| l.is_exact(&int::INT));
    let msg = Value::or_none(e.field(0));
    let text = vm.to_str(&msg)?;
    let text = text.to_lossy();
    Ok(match (filename, line) {
        (None, None) => return vm.to_str(&msg).map(Into::into),
        (Some(f), Some(l)) => vm.str(&format!("{text} ({f}, line {})", vm.to_str(&l)?.to_lossy())),
        (Some(f), None) => vm.str(&format!("{text} ({f})")),
        (None, Some(l)) => vm.str(&format!("{text} (line {})", vm.to_str(&l)?.to_lossy())),
    })
}

static FIELDS: &[GetSet] = &[
    field!("_metadata", 8),
    field!("end_lineno", 5),
    field!("end_offset", 6),
    field!("filename", 1),
    field!("lineno", 2),
    field!("msg", 0),
    field!("offset", 3),
    field!("print_file_and_line", 7),
    field!("text", 4),
];

pub(super) const KIND: Kind = Kind {
    layout: SyntaxForm::layout,
    slots: Slots { init: Some(init), str: Some(str), ..Slots::EMPTY },
    getset: FIELDS,
    ..Kind::PLAIN
};
