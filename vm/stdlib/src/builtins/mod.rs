//! `builtins`: the functions and types that every program sees.

mod classes;
mod code;
mod input;
mod iteration;
mod numbers;
mod objects;
mod print;
mod quitter;

use freeze_runtime::object::TypeObject;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::exception::BASE_EXCEPTION;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{ModuleDef, NativeDef, Value, Vm, native, raw};

pub(crate) use print::print_to;

static FUNCTIONS: &[NativeDef] = &[
    raw(
        "__build_class__(func, name, /, *bases, metaclass=None, **kwds)",
        "Internal helper function used by the class statement.",
        classes::build_class,
    ),
    native("__import__(name, globals=None, locals=None, fromlist=(), level=0)", "Import a module.", code::import),
    native("abs(number, /)", "Return the absolute value of the argument.", numbers::abs),
    native("aiter(async_iterable, /)", "Return an AsyncIterator for an AsyncIterable object.", iteration::aiter),
    raw("all(iterable, /)", "Return True if bool(x) is True for all values x in the iterable.", iteration::all),
    native("anext(async_iterator, default=None, /)", "Return the next item from the async iterator.", iteration::anext),
    raw("any(iterable, /)", "Return True if bool(x) is True for any x in the iterable.", iteration::any),
    native("ascii(object, /)", "Return an ASCII-only representation of an object.", objects::ascii),
    native("bin(number, /)", "Return the binary representation of an integer.", numbers::bin),
    raw("breakpoint(*args, **kws)", "Call sys.breakpointhook(*args, **kws).", code::breakpoint),
    native("callable(object, /)", "Return whether the object is callable.", objects::callable),
    native("chr(i, /)", "Return a Unicode string of one character with ordinal i.", numbers::chr),
    native(
        "compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        "Compile source into a code object that can be executed by exec() or eval().",
        code::compile,
    ),
    native("delattr(object, name, /)", "Deletes the named attribute from the given object.", objects::delattr),
    raw("dir(object=None, /)", "Show attributes of an object.", objects::dir),
    native("divmod(x, y, /)", "Return the tuple (x//y, x%y).", numbers::divmod),
    native(
        "eval(source, /, globals=None, locals=None)",
        "Evaluate the given source in the context of globals and locals.",
        code::eval,
    ),
    native(
        "exec(source, /, globals=None, locals=None, *, closure=None)",
        "Execute the given source in the context of globals and locals.",
        code::exec,
    ),
    native("format(value, format_spec='', /)", "Return type(value).__format__(value, format_spec).", objects::format),
    raw("getattr(object, name, default=None, /)", "Get a named attribute from an object.", objects::getattr),
    native("globals()", "Return the dictionary containing the current scope's global variables.", code::globals),
    native(
        "hasattr(obj, name, /)",
        "Return whether the object has an attribute with the given name.",
        objects::hasattr,
    ),
    native("hash(obj, /)", "Return the hash value for the given object.", objects::hash),
    native("hex(number, /)", "Return the hexadecimal representation of an integer.", numbers::hex),
    native("id(obj, /)", "Return the identity of an object.", objects::id),
    native(
        "input(prompt='', /)",
        "Read a string from standard input.  The trailing newline is stripped.",
        input::input,
    ),
    raw(
        "isinstance(obj, class_or_tuple, /)",
        "Return whether an object is an instance of a class or of a subclass thereof.",
        classes::isinstance,
    ),
    raw(
        "issubclass(cls, class_or_tuple, /)",
        "Return whether 'cls' is derived from another class or is the same class.",
        classes::issubclass,
    ),
    raw("iter(object, sentinel=None, /)", "Get an iterator from an object.", iteration::iter),
    raw("len(obj, /)", "Return the number of items in a container.", objects::len),
    native("locals()", "Return a dictionary containing the current scope's local variables.", code::locals),
    raw(
        "max(arg1, *args, key=None, default=None)",
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\n\
         With a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object \
         to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest \
         argument.",
        iteration::max,
    ),
    raw(
        "min(arg1, *args, key=None, default=None)",
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\n\
         With a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object \
         to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest \
         argument.",
        iteration::min,
    ),
    raw("next(iterator, default=None, /)", "Return the next item from the iterator.", iteration::next),
    native("oct(number, /)", "Return the octal representation of an integer.", numbers::oct),
    raw(
        "open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
        "Open file and return a stream.  Raise OSError upon failure.",
        input::open,
    ),
    native("ord(character, /)", "Return the ordinal value of a character.", numbers::ord),
    native(
        "pow(base, exp, mod=None)",
        "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.",
        numbers::pow,
    ),
    raw(
        "print(*args, sep=' ', end='\\n', file=None, flush=False)",
        "Prints the values to a stream, or to sys.stdout by default.",
        print::print,
    ),
    native("repr(obj, /)", "Return the canonical string representation of the object.", objects::repr),
    native("round(number, ndigits=None)", "Round a number to a given precision in decimal digits.", numbers::round),
    native(
        "setattr(obj, name, value, /)",
        "Sets the named attribute on the given object to the specified value.",
        objects::setattr,
    ),
    raw(
        "sorted(iterable, /, *, key=None, reverse=False)",
        "Return a new list containing all items from the iterable in ascending order.",
        iteration::sorted,
    ),
    native(
        "sum(iterable, /, start=0)",
        "Return the sum of a 'start' value (default: 0) plus an iterable of numbers",
        numbers::sum,
    ),
    raw("vars(object=None, /)", "Show vars.", objects::vars),
];

/// Types that programs see by name; exceptions are added by what they are.
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

fn init(vm: &Vm, d: &PyDict) -> PyResult<()> {
    for t in freeze_runtime::types::BUILTIN.iter().chain(freeze_runtime::types::exception::ALL) {
        let exception = t.is_subtype(&BASE_EXCEPTION);
        if exception || TYPES.contains(&t.name()) {
            d.set_text(t.name(), t.as_value());
        }
    }
    if let Some(os_error) = d.get_text("OSError") {
        d.set_text("EnvironmentError", os_error.clone());
        #[cfg(windows)]
        d.set_text("WindowsError", os_error.clone());
        d.set_text("IOError", os_error);
    }
    d.set_text("None", Value::NONE);
    d.set_text("True", Value::TRUE);
    d.set_text("False", Value::FALSE);
    d.set_text("Ellipsis", Value::ELLIPSIS);
    d.set_text("NotImplemented", Value::NOT_IMPLEMENTED);
    for name in ["exit", "quit"] {
        d.set_text(name, quitter::named(vm, name));
    }
    d.set_text("__debug__", Value::bool(vm.runtime().config.borrow().optimize == 0));
    Ok(())
}

/// The module.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.",
    functions: FUNCTIONS,
    init: Some(init),
};

/// A class that a value is, for bodies that take any class.
pub(crate) fn as_class(v: &Value) -> Option<&TypeObject> {
    v.downcast::<TypeObject>()
}
