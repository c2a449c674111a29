//! Constructors of exceptions: `Err(vm.type_error(…))`.

use crate::object::{Value, reserve};
use crate::types::exception as exc;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Raised, Vm};
use crate::{Str, Type};

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $TYPE:ident;)*) => {
        impl Vm {
            $($(#[$doc])*
            #[cold]
            pub fn $name(&self, message: impl AsRef<str>) -> Raised {
                self.new_error(&exc::$TYPE, message.as_ref())
            })*
        }
    };
}

constructors! {
    /// TypeError
    type_error => TYPE_ERROR;
    /// ValueError
    value_error => VALUE_ERROR;
    /// IndexError
    index_error => INDEX_ERROR;
    /// OverflowError
    overflow_error => OVERFLOW_ERROR;
    /// ZeroDivisionError
    zero_division_error => ZERO_DIVISION_ERROR;
    /// RuntimeError
    runtime_error => RUNTIME_ERROR;
    /// NotImplementedError
    not_implemented_error => NOT_IMPLEMENTED_ERROR;
    /// RecursionError
    recursion_error => RECURSION_ERROR;
    /// MemoryError
    memory_error => MEMORY_ERROR;
    /// SystemError
    system_error => SYSTEM_ERROR;
    /// BufferError
    buffer_error => BUFFER_ERROR;
    /// EOFError
    eof_error => EOF_ERROR;
    /// LookupError
    lookup_error => LOOKUP_ERROR;
    /// AssertionError
    assertion_error => ASSERTION_ERROR;
    /// UnboundLocalError
    unbound_local_error => UNBOUND_LOCAL_ERROR;
    /// ReferenceError
    reference_error => REFERENCE_ERROR;
    /// AttributeError without `name` and `obj`; prefer [`Vm::no_attribute`].
    attribute_error => ATTRIBUTE_ERROR;
}

impl Vm {
    /// An exception of a class with one text argument.
    #[cold]
    pub fn new_error(&self, class: &Type, message: &str) -> Raised {
        self.new_error_args(class, vec![PyStr::new(message.as_bytes()).into_value()])
    }

    /// An exception of a built-in class with these `args` (its `__init__` is not run).
    #[cold]
    pub fn new_error_args(&self, class: &Type, args: Vec<Value>) -> Raised {
        Raised::new(exc::PyException::create(class, args))
    }

    /// MemoryError(), for what could not grow.
    #[cold]
    pub fn out_of_memory<E>(&self, _: E) -> Raised {
        self.new_error_args(&exc::MEMORY_ERROR, Vec::new())
    }

    /// Asks whether the system would give `bytes` more, ahead of operations that can't say so themselves.
    ///
    /// # Errors
    /// MemoryError if not.
    #[inline]
    pub fn ask_room(&self, bytes: usize) -> PyResult<()> {
        reserve::has_room(bytes).map_err(|e| self.out_of_memory(e))
    }

    /// Makes room for `more` items.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn grow<T>(&self, items: &mut Vec<T>, more: usize) -> PyResult<()> {
        items.try_reserve(more).map_err(|e| self.out_of_memory(e))
    }

    /// KeyError(key)
    #[cold]
    pub fn key_error(&self, key: Value) -> Raised {
        self.new_error_args(&exc::KEY_ERROR, vec![key])
    }

    /// StopIteration(value), as generators and iterators raise it to Python code.
    #[cold]
    pub fn stop_iteration(&self, value: Value) -> Raised {
        exc::stop_iteration(self, value)
    }

    /// NameError with its `name`.
    #[cold]
    pub fn name_error(&self, name: &Str, message: impl AsRef<str>) -> Raised {
        exc::name_error(self, name, message.as_ref())
    }

    /// AttributeError "'T' object has no attribute 'name'" with `name` and `obj`.
    #[cold]
    pub fn no_attribute(&self, obj: &Value, name: &Str) -> Raised {
        exc::no_attribute(self, obj, name)
    }

    /// ImportError or a subclass, with `name` and `path`.
    #[cold]
    pub fn import_error(&self, class: &Type, message: &str, name: Value, path: Value) -> Raised {
        exc::import_error(self, class, message, name, path)
    }

    /// OSError (or the subclass that the number means) from an error of the system.
    #[cold]
    pub fn os_error(&self, e: &std::io::Error, filename: Option<&Value>) -> Raised {
        exc::os_error(self, e, filename, None)
    }

    /// OSError from an error number.
    #[cold]
    pub fn errno_error(&self, errno: i32, filename: Option<&Value>) -> Raised {
        exc::os_error(self, &crate::os::errno_error(errno), filename, None)
    }

    /// The exception for a format specification that does not fit.
    #[cold]
    pub fn format_error(&self, e: crate::text::format_spec::FormatError) -> Raised {
        match e {
            crate::text::format_spec::FormatError::Value(m) => self.value_error(m),
            crate::text::format_spec::FormatError::Overflow(m) => self.overflow_error(m),
            crate::text::format_spec::FormatError::Memory => self.out_of_memory(()),
        }
    }

    /// OverflowError(34, 'Numerical result out of range'), as float powers raise it.
    #[cold]
    pub fn range_error(&self) -> Raised {
        let args = vec![Value::small(34), self.str("Numerical result out of range")];
        self.new_error_args(&exc::OVERFLOW_ERROR, args)
    }

    /// TypeError "'T' object is not X".
    #[cold]
    pub fn not_a(&self, obj: &Value, what: &str) -> Raised {
        self.type_error(format!("'{}' object is not {what}", obj.class().name()))
    }

    /// TypeError "'T' object is not callable"; a module that has something callable of its own name is told apart.
    #[cold]
    pub fn not_callable(&self, obj: &Value) -> Raised {
        let error = self.not_a(obj, "callable");
        if !obj.has_layout::<crate::types::module::PyModule>() {
            return error;
        }
        let n = self.names();
        let Ok(name) = self.get_attr(obj, &n.__name__) else { return error };
        let Some(name) = name.downcast_ref::<PyStr>() else { return error };
        match self.get_attr(obj, &name) {
            Ok(v) if self.is_callable(&v) => {
                let name = name.to_lossy();
                self.type_error(format!("'module' object is not callable. Did you mean: '{name}.{name}(...)'?"))
            }
            _ => error,
        }
    }

    /// The type's name as argument errors give it: None is "None", everything else its type's name.
    pub fn type_name_for_errors(&self, v: &Value) -> &'static str {
        if v.is_none() { "None" } else { v.class().name() }
    }

    /// Sets `__cause__` (and so `__suppress_context__`) of an exception.
    pub fn with_cause(&self, e: Raised, cause: Value) -> Raised {
        e.exception().set_cause(cause);
        e
    }

    /// Reports an exception that can't be raised (finalizers, callbacks) through `sys.unraisablehook`.
    pub fn report_unraisable(&self, e: Raised, message: Option<&str>, obj: Option<&Value>) {
        exc::report_unraisable(self, e, message, obj);
    }
}
