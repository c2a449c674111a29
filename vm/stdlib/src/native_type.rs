//! What the types of native modules have in common: declaration of payloads, arguments of `new`, `iter` of iterators.

use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::type_;
use freeze_runtime::{CallArgs, PyResult, Type, Value, Vm};

/// `impl Payload` for a type that holds values: `payload!(Cycle, |c, visit| …, |c| …)`; the second closure empties it.
macro_rules! payload {
    ($T:ty, |$me:ident, $visit:ident| $trace:expr $(, |$it:ident| $clear:expr)?) => {
        impl freeze_runtime::Payload for $T {
            fn layout() -> &'static freeze_runtime::object::Layout {
                static L: freeze_runtime::object::Layout = freeze_runtime::object::Layout::of::<$T>();
                &L
            }
            const GC: bool = true;
            fn trace(&self, $visit: &mut dyn FnMut(&freeze_runtime::Value)) {
                let $me = self;
                $trace
            }
            $(fn clear(&self) {
                let $it = self;
                $clear
            })?
        }
    };
}
pub(crate) use payload;

/// Puts types into a module's namespace under their own names.
pub(crate) fn add_types(vm: &Vm, dict: &PyDict, types: &[&'static Type]) {
    for ty in types {
        dict.set_text(ty.name(), type_::ready_value(vm, ty));
    }
}

/// The positional arguments of a `new` without keywords. Subclasses with an `__init__` of their own may take keywords.
pub(crate) fn positional<'a>(
    vm: &Vm,
    class: &Type,
    own: &'static Type,
    args: CallArgs<'a>,
    (min, max): (usize, usize),
) -> PyResult<&'a [Value]> {
    let init = |t: &Type| t.slots().init.map(|f| f as usize);
    if std::ptr::eq(class, own) || init(class) == init(own) {
        args.no_keywords(vm, own.name())?;
    }
    args.check_count(vm, own.name(), min, max)?;
    Ok(args.positional())
}

/// The class that a class method was called on.
pub(crate) fn class_of<'a>(args: &freeze_runtime::Args<'a>) -> &'a Type {
    args.this().downcast::<freeze_runtime::object::TypeObject>().expect("class methods get a class").object()
}

/// The slot `iter` of iterators.
pub(crate) fn iter_self(_vm: &Vm, v: &Value) -> PyResult<Value> {
    Ok(v.clone())
}

pub(crate) use freeze_runtime::types::generic_alias::class_getitem_method as class_getitem;
