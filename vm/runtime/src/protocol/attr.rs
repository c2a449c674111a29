//! Attributes of any object.

use crate::call::CallArgs;
use crate::object::Value;
use crate::types::exception::ATTRIBUTE_ERROR;
use crate::vm::{PyResult, Vm};
use crate::{Str, TypeFlags};

/// A method found on an object: either a function with its `self` still apart, or something bound (or plain) already.
pub struct Method {
    pub func: Value,
    pub this: Option<Value>,
}

impl Method {
    /// Calls it.
    pub fn call(&self, vm: &Vm, args: &[Value]) -> PyResult<Value> {
        self.call_args(vm, CallArgs::pos(args))
    }

    /// Calls it with keywords.
    pub fn call_args(&self, vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
        match &self.this {
            None => vm.call_args(&self.func, args),
            Some(this) => {
                let all = args.prepend(this.clone());
                vm.call_args(&self.func, CallArgs { args: &all, names: args.names })
            }
        }
    }

    /// As one value: a bound method where `self` is apart.
    pub fn into_value(self, vm: &Vm) -> Value {
        match self.this {
            None => self.func,
            Some(this) => crate::types::method::bind(vm, self.func, this),
        }
    }
}

impl Vm {
    /// `obj.name`
    #[inline]
    pub fn get_attr(&self, obj: &Value, name: &Str) -> PyResult<Value> {
        match obj.class().slots().getattr {
            Some(f) => f(self, obj, name),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// `obj.name` by text.
    pub fn get_attr_str(&self, obj: &Value, name: &str) -> PyResult<Value> {
        self.get_attr(obj, &self.intern(name))
    }

    /// `getattr(obj, name, None)`, other errors than AttributeError going through.
    pub fn get_attr_opt(&self, obj: &Value, name: &Str) -> PyResult<Option<Value>> {
        if obj.class().flags().has(TypeFlags::GENERIC_GETATTR) {
            return crate::types::object::generic_getattr_opt(self, obj, name);
        }
        match self.get_attr(obj, name) {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.is(&ATTRIBUTE_ERROR) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// `hasattr(obj, name)`
    pub fn has_attr(&self, obj: &Value, name: &Str) -> PyResult<bool> {
        self.get_attr_opt(obj, name).map(|v| v.is_some())
    }

    /// `obj.name = value`
    pub fn set_attr(&self, obj: &Value, name: &Str, value: Value) -> PyResult<()> {
        self.set_or_del(obj, name, Some(value))
    }

    /// `obj.name = value` by text.
    pub fn set_attr_str(&self, obj: &Value, name: &str, value: Value) -> PyResult<()> {
        self.set_or_del(obj, &self.intern(name), Some(value))
    }

    /// `del obj.name`
    pub fn del_attr(&self, obj: &Value, name: &Str) -> PyResult<()> {
        self.set_or_del(obj, name, None)
    }

    fn set_or_del(&self, obj: &Value, name: &Str, value: Option<Value>) -> PyResult<()> {
        match obj.class().slots().setattr {
            Some(f) => f(self, obj, name, value),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// The method `obj.name` for a call: functions found on the type come with `self` apart.
    pub fn get_method(&self, obj: &Value, name: &Str) -> PyResult<Method> {
        crate::types::object::get_method(self, obj, name)
    }

    /// A special method: looked up on the type only, and bound. `None` if the type has none.
    pub fn lookup_special(&self, obj: &Value, name: &Str) -> PyResult<Option<Method>> {
        let Some(found) = obj.class().lookup(name) else { return Ok(None) };
        let fc = found.class();
        if fc.flags().has(TypeFlags::METHOD_DESCRIPTOR) {
            return Ok(Some(Method { func: found, this: Some(obj.clone()) }));
        }
        if let Some(get) = fc.slots().descr_get {
            let class = obj.class().as_value();
            return Ok(Some(Method { func: get(self, &found, Some(obj), Some(&class))?, this: None }));
        }
        Ok(Some(Method { func: found, this: None }))
    }
}
