//! `BaseException` and its built-in subclasses.

use std::cell::{Cell, RefCell};

mod base;
mod fields;
mod group;
mod make;
mod os;
mod reduced;
mod syntax;
mod unicode;

pub use crate::os::errno_text;
pub use base::add_note;
pub(crate) use group::{is_group, projection};
pub use make::{attribute_error, import_error, name_error, no_attribute, os_error, report_unraisable, stop_iteration};

use crate::call::NativeDef;
use crate::object::typeobj::GetSet;
use crate::object::{Layout, Payload, Ref, Slots, Type, TypeDef, TypeFlags, Value};
use crate::types::tuple::PyTuple;

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
    /// It was handed on without being raised: who lets it pass does not set its context.
    pub handed_on: Cell<bool>,
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
            handed_on: Cell::new(false),
            fields: RefCell::new(Vec::new()),
        };
        Ref::new(class, payload)
    }

    /// The declared attribute with this number, if it is set.
    pub(crate) fn field(&self, i: usize) -> Option<Value> {
        self.fields.borrow().get(i).filter(|v| !v.is_unbound()).cloned()
    }

    /// Sets the declared attribute with this number.
    pub(crate) fn set_field(&self, i: usize, v: Value) {
        let old = {
            let mut fields = self.fields.borrow_mut();
            while fields.len() <= i {
                fields.push(Value::UNBOUND);
            }
            std::mem::replace(&mut fields[i], v)
        };
        drop(old);
    }

    /// `args`
    pub fn args(&self) -> Ref<PyTuple> {
        self.args.borrow().downcast_ref().expect("args is a tuple")
    }

    /// `e.__cause__ = cause`, which sets `__suppress_context__` too.
    pub fn set_cause(&self, cause: Value) {
        drop(self.cause.replace(cause));
        self.suppress_context.set(true);
    }
}

const FLAGS: u32 = TypeFlags::BASETYPE | TypeFlags::IMMUTABLE | TypeFlags::DICT;

/// What a family of exceptions adds to its base.
struct Kind {
    layout: fn() -> &'static Layout,
    slots: Slots,
    methods: &'static [NativeDef],
    class_methods: &'static [NativeDef],
    getset: &'static [GetSet],
}

impl Kind {
    const PLAIN: Kind =
        Kind { layout: PyException::layout, slots: Slots::EMPTY, methods: &[], class_methods: &[], getset: &[] };
}

/// Families with attributes of their own have a form of their own, so that two of them do not mix in one class.
macro_rules! forms {
    ($($Form:ident)*) => {$(
        #[repr(transparent)]
        struct $Form(PyException);
        impl Payload for $Form {
            fn layout() -> &'static Layout {
                static L: Layout = Layout::of::<$Form>();
                &L
            }
            const GC: bool = true;
            const BASE: Option<fn() -> &'static Layout> = Some(PyException::layout);
            fn trace(&self, visit: &mut dyn FnMut(&Value)) {
                self.0.trace(visit);
            }
            fn clear(&self) {
                self.0.clear();
            }
        }
    )*};
}

forms! { AttributeForm GroupForm ImportForm NameForm OsForm StopForm SyntaxForm ExitForm UnicodeForm }

macro_rules! exceptions {
    ($($NAME:ident = $text:literal: $base:expr, $doc:literal $(, $kind:expr)?;)*) => {$(
        #[doc = concat!("`", $text, "`")]
        pub static $NAME: Type = {
            static DEF: TypeDef = {
                #[allow(unused_mut, unused_assignments)]
                let mut kind = Kind::PLAIN;
                #[allow(unused_mut, unused_assignments)]
                let mut layout: Option<fn() -> &'static Layout> = None;
                $(kind = $kind; layout = Some(kind.layout);)?
                TypeDef {
                    name: $text,
                    doc: $doc,
                    base: Some($base),
                    layout: match layout { Some(l) => l, None => PyException::layout },
                    flags: FLAGS,
                    slots: kind.slots,
                    methods: kind.methods,
                    class_methods: kind.class_methods,
                    getset: kind.getset,
                    ..TypeDef::EMPTY
                }
            };
            Type::builtin(&DEF)
        };
    )*
        /// All of them, for readying and for `builtins`.
        pub static ALL: &[&Type] = &[$(&$NAME),*];
    };
}

/// A kind that only says which form it has (that of its base).
const fn form(layout: fn() -> &'static Layout) -> Kind {
    Kind { layout, ..Kind::PLAIN }
}

exceptions! {
    BASE_EXCEPTION = "BaseException": &crate::types::object::OBJECT, "Common base class for all exceptions.", base::KIND;
    EXCEPTION = "Exception": &BASE_EXCEPTION, "Common base class for all non-exit exceptions.";
    GENERATOR_EXIT = "GeneratorExit": &BASE_EXCEPTION, "Request that a generator exit.";
    KEYBOARD_INTERRUPT = "KeyboardInterrupt": &BASE_EXCEPTION, "Program interrupted by user.";
    SYSTEM_EXIT = "SystemExit": &BASE_EXCEPTION, "Request to exit from the interpreter.", fields::EXIT;
    BASE_EXCEPTION_GROUP = "BaseExceptionGroup": &BASE_EXCEPTION, "A combination of multiple unrelated exceptions.", group::KIND;
    EXCEPTION_GROUP = "ExceptionGroup": &BASE_EXCEPTION_GROUP, "", form(GroupForm::layout);
    STOP_ITERATION = "StopIteration": &EXCEPTION, "Signal the end from iterator.__next__().", fields::STOP;
    STOP_ASYNC_ITERATION = "StopAsyncIteration": &EXCEPTION, "Signal the end from iterator.__anext__().";
    ARITHMETIC_ERROR = "ArithmeticError": &EXCEPTION, "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR = "FloatingPointError": &ARITHMETIC_ERROR, "Floating-point operation failed.";
    OVERFLOW_ERROR = "OverflowError": &ARITHMETIC_ERROR, "Result too large to be represented.";
    ZERO_DIVISION_ERROR = "ZeroDivisionError": &ARITHMETIC_ERROR, "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR = "AssertionError": &EXCEPTION, "Assertion failed.";
    ATTRIBUTE_ERROR = "AttributeError": &EXCEPTION, "Attribute not found.", fields::ATTRIBUTE;
    BUFFER_ERROR = "BufferError": &EXCEPTION, "Buffer error.";
    EOF_ERROR = "EOFError": &EXCEPTION, "Read beyond end of file.";
    IMPORT_ERROR = "ImportError": &EXCEPTION, "Import can't find module, or can't find name in module.", fields::IMPORT;
    MODULE_NOT_FOUND_ERROR = "ModuleNotFoundError": &IMPORT_ERROR, "Module not found.", form(ImportForm::layout);
    LOOKUP_ERROR = "LookupError": &EXCEPTION, "Base class for lookup errors.";
    INDEX_ERROR = "IndexError": &LOOKUP_ERROR, "Sequence index out of range.";
    KEY_ERROR = "KeyError": &LOOKUP_ERROR, "Mapping key not found.", fields::KEY;
    MEMORY_ERROR = "MemoryError": &EXCEPTION, "Out of memory.";
    NAME_ERROR = "NameError": &EXCEPTION, "Name not found globally.", fields::NAME;
    UNBOUND_LOCAL_ERROR = "UnboundLocalError": &NAME_ERROR, "Local name referenced but not bound to a value.", form(NameForm::layout);
    OS_ERROR = "OSError": &EXCEPTION, "Base class for I/O related errors.", os::KIND;
    BLOCKING_IO_ERROR = "BlockingIOError": &OS_ERROR, "I/O operation would block.", form(OsForm::layout);
    CHILD_PROCESS_ERROR = "ChildProcessError": &OS_ERROR, "Child process error.", form(OsForm::layout);
    CONNECTION_ERROR = "ConnectionError": &OS_ERROR, "Connection error.", form(OsForm::layout);
    BROKEN_PIPE_ERROR = "BrokenPipeError": &CONNECTION_ERROR, "Broken pipe.", form(OsForm::layout);
    CONNECTION_ABORTED_ERROR = "ConnectionAbortedError": &CONNECTION_ERROR, "Connection aborted.", form(OsForm::layout);
    CONNECTION_REFUSED_ERROR = "ConnectionRefusedError": &CONNECTION_ERROR, "Connection refused.", form(OsForm::layout);
    CONNECTION_RESET_ERROR = "ConnectionResetError": &CONNECTION_ERROR, "Connection reset.", form(OsForm::layout);
    FILE_EXISTS_ERROR = "FileExistsError": &OS_ERROR, "File already exists.", form(OsForm::layout);
    FILE_NOT_FOUND_ERROR = "FileNotFoundError": &OS_ERROR, "File not found.", form(OsForm::layout);
    INTERRUPTED_ERROR = "InterruptedError": &OS_ERROR, "Interrupted by signal.", form(OsForm::layout);
    IS_A_DIRECTORY_ERROR = "IsADirectoryError": &OS_ERROR, "Operation doesn't work on directories.", form(OsForm::layout);
    NOT_A_DIRECTORY_ERROR = "NotADirectoryError": &OS_ERROR, "Operation only works on directories.", form(OsForm::layout);
    PERMISSION_ERROR = "PermissionError": &OS_ERROR, "Not enough permissions.", form(OsForm::layout);
    PROCESS_LOOKUP_ERROR = "ProcessLookupError": &OS_ERROR, "Process not found.", form(OsForm::layout);
    TIMEOUT_ERROR = "TimeoutError": &OS_ERROR, "Timeout expired.", form(OsForm::layout);
    REFERENCE_ERROR = "ReferenceError": &EXCEPTION, "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR = "RuntimeError": &EXCEPTION, "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR = "NotImplementedError": &RUNTIME_ERROR, "Method or function hasn't been implemented yet.";
    PYTHON_FINALIZATION_ERROR = "PythonFinalizationError": &RUNTIME_ERROR, "Operation blocked during Python finalization.";
    RECURSION_ERROR = "RecursionError": &RUNTIME_ERROR, "Recursion limit exceeded.";
    SYNTAX_ERROR = "SyntaxError": &EXCEPTION, "Invalid syntax.", syntax::KIND;
    INCOMPLETE_INPUT_ERROR = "_IncompleteInputError": &SYNTAX_ERROR, "incomplete input.", form(SyntaxForm::layout);
    INDENTATION_ERROR = "IndentationError": &SYNTAX_ERROR, "Improper indentation.", form(SyntaxForm::layout);
    TAB_ERROR = "TabError": &INDENTATION_ERROR, "Improper mixture of spaces and tabs.", form(SyntaxForm::layout);
    SYSTEM_ERROR = "SystemError": &EXCEPTION, "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR = "TypeError": &EXCEPTION, "Inappropriate argument type.";
    VALUE_ERROR = "ValueError": &EXCEPTION, "Inappropriate argument value (of correct type).";
    UNICODE_ERROR = "UnicodeError": &VALUE_ERROR, "Unicode related error.";
    UNICODE_DECODE_ERROR = "UnicodeDecodeError": &UNICODE_ERROR, "Unicode decoding error.", unicode::DECODE;
    UNICODE_ENCODE_ERROR = "UnicodeEncodeError": &UNICODE_ERROR, "Unicode encoding error.", unicode::ENCODE;
    UNICODE_TRANSLATE_ERROR = "UnicodeTranslateError": &UNICODE_ERROR, "Unicode translation error.", unicode::TRANSLATE;
    WARNING = "Warning": &EXCEPTION, "Base class for warning categories.";
    BYTES_WARNING = "BytesWarning": &WARNING, "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DEPRECATION_WARNING = "DeprecationWarning": &WARNING, "Base class for warnings about deprecated features.";
    ENCODING_WARNING = "EncodingWarning": &WARNING, "Base class for warnings about encodings.";
    FUTURE_WARNING = "FutureWarning": &WARNING, "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING = "ImportWarning": &WARNING, "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING = "PendingDeprecationWarning": &WARNING, "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING = "ResourceWarning": &WARNING, "Base class for warnings about resource usage.";
    RUNTIME_WARNING = "RuntimeWarning": &WARNING, "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING = "SyntaxWarning": &WARNING, "Base class for warnings about dubious syntax.";
    UNICODE_WARNING = "UnicodeWarning": &WARNING, "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING = "UserWarning": &WARNING, "Base class for warnings generated by user code.";
}

/// `ExceptionGroup` has two bases, which declarations can't say.
pub(crate) fn ready_group() {
    let t = &EXCEPTION_GROUP;
    if t.mro().len() > 4 {
        return;
    }
    let mro = [t, &BASE_EXCEPTION_GROUP, &EXCEPTION, &BASE_EXCEPTION, &crate::types::object::OBJECT];
    t.set_mro(mro.iter().map(|t| t.to_ref()).collect());
    *t.bases.borrow_mut() =
        Some(PyTuple::new(vec![BASE_EXCEPTION_GROUP.as_value(), EXCEPTION.as_value()]).into_value());
    EXCEPTION.add_subclass(t);
}
