//! Bound methods.

use crate::object::Value;
use crate::vm::Vm;

/// `types.MethodType(func, this)`
pub fn bind(_vm: &Vm, func: Value, _this: Value) -> Value {
    func
}
