//! Calling objects.

use crate::Str;
use crate::call::CallArgs;
use crate::object::Value;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// Calls with positional arguments.
    #[inline]
    pub fn call(&self, callee: &Value, args: &[Value]) -> PyResult<Value> {
        self.call_args(callee, CallArgs::pos(args))
    }

    /// Calls with positional and keyword arguments.
    pub fn call_args(&self, callee: &Value, args: CallArgs<'_>) -> PyResult<Value> {
        match callee.class().slots().call {
            Some(f) => {
                self.check_stack()?;
                f(self, callee, args)
            }
            None => Err(self.not_callable(callee)),
        }
    }

    /// Calls without arguments.
    pub fn call0(&self, callee: &Value) -> PyResult<Value> {
        self.call_args(callee, CallArgs::NONE)
    }

    /// Calls with keyword arguments given as pairs.
    pub fn call_kw(&self, callee: &Value, args: &[Value], kw: &[(&str, Value)]) -> PyResult<Value> {
        let mut all = args.to_vec();
        let mut names = Vec::with_capacity(kw.len());
        for (k, v) in kw {
            names.push(self.intern(k).into_value());
            all.push(v.clone());
        }
        self.call_args(callee, CallArgs { args: &all, names: &names })
    }

    /// `obj.name(*args)`, without making a bound method where it can be avoided.
    pub fn call_method(&self, obj: &Value, name: &str, args: &[Value]) -> PyResult<Value> {
        self.call_method_name(obj, &self.intern(name), args)
    }

    /// `obj.name(*args)` with an interned name.
    pub fn call_method_name(&self, obj: &Value, name: &Str, args: &[Value]) -> PyResult<Value> {
        let m = self.get_method(obj, name)?;
        m.call(self, args)
    }

    /// Calls a special method looked up on the type, if the type has it.
    pub fn call_special(&self, obj: &Value, name: &Str, args: &[Value]) -> PyResult<Option<Value>> {
        match self.lookup_special(obj, name)? {
            Some(m) => m.call(self, args).map(Some),
            None => Ok(None),
        }
    }

    /// `callable(v)`
    pub fn is_callable(&self, v: &Value) -> bool {
        v.class().slots().call.is_some()
    }
}
