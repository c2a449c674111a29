//! `BaseException` and its built-in subclasses.

use std::cell::{Cell, RefCell};

use crate::object::{Layout, Payload, Ref, Type, TypeDef, TypeFlags, Value};
use crate::vm::{Raised, Vm};
use crate::{Str, types::tuple::PyTuple};

/// The payload of all exceptions.
pub struct PyException {
    /// `args`, a tuple.
    pub args: RefCell<Value>,
    /// `__traceback__`, or None.
    pub traceback: RefCell<Value>,
    /// `__cause__`, or None.
    pub cause: RefCell<Value>,
    /// `__context__`, or None.
    pub context: RefCell<Value>,
    /// `__suppress_context__`
    pub suppress_context: Cell<bool>,
    /// Attributes that the class declares (`errno`, `name`, `value`, …), by number.
    pub fields: RefCell<Vec<Value>>,
}

impl Payload for PyException {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyException>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.args.borrow());
        visit(&self.traceback.borrow());
        visit(&self.cause.borrow());
        visit(&self.context.borrow());
        self.fields.borrow().iter().for_each(visit);
    }
    fn clear(&self) {
        let old = [&self.args, &self.traceback, &self.cause, &self.context].map(|c| c.replace(Value::NONE));
        let fields = std::mem::take(&mut *self.fields.borrow_mut());
        drop((old, fields));
    }
}

impl PyException {
    /// An exception of a built-in class (or subclass) with these `args`.
    pub fn create(class: &Type, args: Vec<Value>) -> Ref<PyException> {
        let payload = PyException {
            args: RefCell::new(PyTuple::new(args).into_value()),
            traceback: RefCell::new(Value::NONE),
            cause: RefCell::new(Value::NONE),
            context: RefCell::new(Value::NONE),
            suppress_context: Cell::new(false),
            fields: RefCell::new(Vec::new()),
        };
        Ref::new(class, payload)
    }

    /// `e.__cause__ = cause`, which sets `__suppress_context__` too.
    pub fn set_cause(&self, cause: Value) {
        drop(self.cause.replace(cause));
        self.suppress_context.set(true);
    }
}

/// StopIteration(value)
pub fn stop_iteration(vm: &Vm, value: Value) -> Raised {
    let args = if value.is_none() { vec![] } else { vec![value] };
    vm.new_error_args(&STOP_ITERATION, args)
}

/// NameError with its `name`.
pub fn name_error(vm: &Vm, _name: &Str, message: &str) -> Raised {
    vm.new_error(&NAME_ERROR, message)
}

/// AttributeError with `name` and `obj`.
pub fn no_attribute(vm: &Vm, obj: &Value, name: &Str) -> Raised {
    vm.attribute_error(format!("'{}' object has no attribute '{}'", obj.class().name(), name.to_lossy()))
}

/// ImportError or a subclass with `name` and `path`.
pub fn import_error(vm: &Vm, class: &Type, message: &str, _name: Value, _path: Value) -> Raised {
    vm.new_error(class, message)
}

/// The OSError subclass that an error of the system means.
pub fn os_error(vm: &Vm, e: &std::io::Error, _filename: Option<&Value>, _filename2: Option<&Value>) -> Raised {
    vm.new_error(&OS_ERROR, &e.to_string())
}

/// Reports an exception that can't be raised.
pub fn report_unraisable(_vm: &Vm, e: Raised, _message: Option<&str>, _obj: Option<&Value>) {
    drop(e);
}

const FLAGS: u32 = TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT;

macro_rules! exceptions {
    ($($(#[$doc:meta])* $NAME:ident = $text:literal: $base:expr;)*) => {$(
        $(#[$doc])*
        pub static $NAME: Type = {
            static DEF: TypeDef =
                TypeDef { name: $text, base: Some($base), layout: PyException::layout, flags: FLAGS, ..TypeDef::EMPTY };
            Type::builtin(&DEF)
        };
    )*
        /// All of them, for readying.
        pub(crate) static ALL: &[&Type] = &[$(&$NAME),*];
    };
}

exceptions! {
    /// `BaseException`
    BASE_EXCEPTION = "BaseException": &crate::types::object::OBJECT;
    /// `Exception`
    EXCEPTION = "Exception": &BASE_EXCEPTION;
    /// `TypeError`
    TYPE_ERROR = "TypeError": &EXCEPTION;
    /// `ValueError`
    VALUE_ERROR = "ValueError": &EXCEPTION;
    /// `UnicodeError`
    UNICODE_ERROR = "UnicodeError": &VALUE_ERROR;
    /// `UnicodeEncodeError`
    UNICODE_ENCODE_ERROR = "UnicodeEncodeError": &UNICODE_ERROR;
    /// `LookupError`
    LOOKUP_ERROR = "LookupError": &EXCEPTION;
    /// `IndexError`
    INDEX_ERROR = "IndexError": &LOOKUP_ERROR;
    /// `KeyError`
    KEY_ERROR = "KeyError": &LOOKUP_ERROR;
    /// `ArithmeticError`
    ARITHMETIC_ERROR = "ArithmeticError": &EXCEPTION;
    /// `OverflowError`
    OVERFLOW_ERROR = "OverflowError": &ARITHMETIC_ERROR;
    /// `ZeroDivisionError`
    ZERO_DIVISION_ERROR = "ZeroDivisionError": &ARITHMETIC_ERROR;
    /// `RuntimeError`
    RUNTIME_ERROR = "RuntimeError": &EXCEPTION;
    /// `NotImplementedError`
    NOT_IMPLEMENTED_ERROR = "NotImplementedError": &RUNTIME_ERROR;
    /// `RecursionError`
    RECURSION_ERROR = "RecursionError": &RUNTIME_ERROR;
    /// `MemoryError`
    MEMORY_ERROR = "MemoryError": &EXCEPTION;
    /// `SystemError`
    SYSTEM_ERROR = "SystemError": &EXCEPTION;
    /// `BufferError`
    BUFFER_ERROR = "BufferError": &EXCEPTION;
    /// `EOFError`
    EOF_ERROR = "EOFError": &EXCEPTION;
    /// `AssertionError`
    ASSERTION_ERROR = "AssertionError": &EXCEPTION;
    /// `NameError`
    NAME_ERROR = "NameError": &EXCEPTION;
    /// `UnboundLocalError`
    UNBOUND_LOCAL_ERROR = "UnboundLocalError": &NAME_ERROR;
    /// `ReferenceError`
    REFERENCE_ERROR = "ReferenceError": &EXCEPTION;
    /// `AttributeError`
    ATTRIBUTE_ERROR = "AttributeError": &EXCEPTION;
    /// `StopIteration`
    STOP_ITERATION = "StopIteration": &EXCEPTION;
    /// `StopAsyncIteration`
    STOP_ASYNC_ITERATION = "StopAsyncIteration": &EXCEPTION;
    /// `ImportError`
    IMPORT_ERROR = "ImportError": &EXCEPTION;
    /// `ModuleNotFoundError`
    MODULE_NOT_FOUND_ERROR = "ModuleNotFoundError": &IMPORT_ERROR;
    /// `OSError`
    OS_ERROR = "OSError": &EXCEPTION;
    /// `GeneratorExit`
    GENERATOR_EXIT = "GeneratorExit": &BASE_EXCEPTION;
    /// `KeyboardInterrupt`
    KEYBOARD_INTERRUPT = "KeyboardInterrupt": &BASE_EXCEPTION;
    /// `SystemExit`
    SYSTEM_EXIT = "SystemExit": &BASE_EXCEPTION;
}

/// AttributeError with this message, and its `name` and `obj`.
pub fn attribute_error(vm: &Vm, message: &str, _obj: &Value, _name: &Str) -> Raised {
    vm.new_error(&ATTRIBUTE_ERROR, message)
}

/// `e.add_note(note)`
pub fn add_note(vm: &Vm, e: &Ref<PyException>, note: Value) -> crate::vm::PyResult<()> {
    vm.call_method(e.as_value(), "add_note", &[note]).map(drop)
}
