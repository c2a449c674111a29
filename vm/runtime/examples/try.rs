//! Runs a script in a bare virtual machine: no library, `print` only. For working on the interpreter itself.
#![allow(clippy::print_stdout)]

use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::native_function::PyNativeFunction;
use freeze_runtime::vm::lock;
use freeze_runtime::{CallArgs, NativeDef, PyResult, Ref, Value, Vm, raw};

fn print(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let texts: PyResult<Vec<String>> =
        args.positional().iter().map(|v| Ok(vm.to_str(v)?.to_lossy().into_owned())).collect();
    println!("{}", texts?.join(" "));
    Ok(Value::NONE)
}

fn build_class(vm: &Vm, args: CallArgs<'_>) -> PyResult<Value> {
    let _ = args;
    Err(vm.type_error("no classes"))
}

static DEFS: [NativeDef; 2] =
    [raw("print(*args)", "", print), raw("__build_class__(func, name, /, *bases, **kwds)", "", build_class)];

fn run(vm: &Vm) -> PyResult<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let source = std::fs::read(&path).unwrap_or_default();
    freeze_runtime::types::ready_all(vm);
    for d in &DEFS {
        vm.runtime().builtins.set_text(d.name(), PyNativeFunction::free(d));
    }
    for (n, t) in [
        ("range", &freeze_runtime::types::range::RANGE),
        ("len", &freeze_runtime::types::list::LIST),
        ("list", &freeze_runtime::types::list::LIST),
        ("object", &freeze_runtime::types::object::OBJECT),
        ("type", &freeze_runtime::types::type_::TYPE),
        ("ValueError", &freeze_runtime::types::exception::VALUE_ERROR),
        ("Exception", &freeze_runtime::types::exception::EXCEPTION),
    ] {
        vm.runtime().builtins.set_text(n, t.as_value());
    }
    let code = vm.compile_source(&source, &vm.intern(&path), "exec", 0, 0)?;
    let globals = PyDict::new_ref();
    globals.set_text("__name__", vm.str("__main__"));
    let code: Ref<PyCode> = code.downcast_ref().expect("compile gives code");
    vm.run_code(&code, &globals, globals.as_value())?;
    Ok(())
}

fn main() {
    lock::with_thread(7 << 20, |vm| {
        if let Err(e) = run(vm)
            && freeze_runtime::types::traceback::print_exception(vm, e.exception()).is_err()
        {
            println!("an exception that can't be printed");
        }
    });
}
