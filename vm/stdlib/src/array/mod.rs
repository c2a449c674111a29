//! `array`: numbers in a row.

mod item;
mod methods;
mod value;

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::type_;
use freeze_runtime::{Args, ModuleDef, NativeDef, PyResult, TypeRef, Value, Vm, import, native};

use value::{ARRAY, Array};

/// Rebuilds a pickled array. Machine formats are numbered as in PEP 3118's list of `array`'s pickle support.
fn reconstruct(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let class: TypeRef = match args.get(0).downcast_ref() {
        Some(t) => t,
        None => {
            return Err(
                vm.type_error(format!("first argument must be a type object, not {}", args.get(0).class().name()))
            );
        }
    };
    if !class.is_subtype(&ARRAY) {
        return Err(vm.type_error(format!("{} is not a subtype of array.array", class.name())));
    }
    let code = value::code_arg(vm, args.get(1), "_array_reconstructor", 2)?;
    let format = vm.to_i64(args.get(2))?;
    let Some(raw) = args.get(3).downcast::<freeze_runtime::types::bytes::PyBytes>() else {
        return Err(vm.type_error(format!("fourth argument should be bytes, not {}", args.get(3).class().name())));
    };
    let a = Array::new_ref(class.object(), code);
    item::decode_format(vm, &a, format, raw.as_slice())?;
    Ok(a.into_value())
}

static FUNCTIONS: &[NativeDef] = &[native(
    "_array_reconstructor(arraytype, typecode, mformat_code, items, /)",
    "Internal. Used for pickling support.",
    reconstruct,
)];

fn init(vm: &Vm, dict: &PyDict) -> PyResult<()> {
    let ty = type_::ready_value(vm, &ARRAY);
    let sequences = vm.get_attr_str(&import::import_path(vm, "_collections_abc")?, "MutableSequence")?;
    vm.call_method(&sequences, "register", std::slice::from_ref(&ty))?;
    dict.set_text("ArrayType", ty.clone());
    let abc = freeze_runtime::import::import_path(vm, "_collections_abc")?;
    vm.call_method(&vm.get_attr_str(&abc, "MutableSequence")?, "register", std::slice::from_ref(&ty))?;
    dict.set_text("array", ty);
    dict.set_text("typecodes", PyStr::new(b"bBuwhHiIlLqQfd").into_value());
    Ok(())
}

/// The module `array`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, \
          integers, floating-point\nnumbers.",
    functions: FUNCTIONS,
    init: Some(init),
};
