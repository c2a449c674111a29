//! `compile`, `eval`, `exec`, `__import__`, `globals`, `locals`, `breakpoint`.

use freeze_runtime::import;
use freeze_runtime::types::code::PyCode;
use freeze_runtime::types::dict::PyDict;
use freeze_runtime::types::str::PyStr;
use freeze_runtime::types::tuple::PyTuple;
use freeze_runtime::vm::PyResult;
use freeze_runtime::{Args, CallArgs, Ref, Value, Vm};

use crate::_ast::{self, ONLY_AST};

/// `ast.PyCF_TYPE_COMMENTS`, `PyCF_ALLOW_TOP_LEVEL_AWAIT`, `PyCF_OPTIMIZED_AST` and the bits of codeop.
const OTHER_FLAGS: i64 = 0x0200 | 0x0100 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x8400;
/// The `__future__` bits.
const FUTURE_FLAGS: i64 = 0x1fe0000;

pub(super) fn import(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let Some(name) = args.get(0).downcast_ref::<PyStr>() else {
        return Err(vm.type_error("module name must be a string"));
    };
    let name = freeze_runtime::object::string::intern_ref(&name);
    let globals = args.opt_not_none(1);
    let level = args.opt_i64(vm, 4, 0)?;
    let empty = PyTuple::from_slice(&[]).into_value();
    let fromlist = args.opt(3).unwrap_or(&empty);
    let dict = match globals {
        None => None,
        Some(g) => match g.downcast::<PyDict>() {
            Some(d) => Some(d),
            None if level > 0 => return Err(vm.type_error("globals must be a dict")),
            None => None,
        },
    };
    import::import(vm, &name, dict, fromlist, level)
}

pub(super) fn globals(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    Ok(vm.current_globals().map_or(Value::NONE, Ref::into_value))
}

pub(super) fn locals(vm: &Vm, _args: Args<'_>) -> PyResult<Value> {
    vm.current_locals()
}

/// The text of a source argument: str, or anything with bytes. `what` names the function for errors.
fn source_bytes(vm: &Vm, v: &Value, what: &str, kinds: &str) -> PyResult<Vec<u8>> {
    let bytes = if let Some(s) = v.downcast::<PyStr>() {
        s.as_bytes().to_vec()
    } else if v.class().slots().buffer.is_some() {
        crate::convert::bytes_of(vm, v)?
    } else {
        return Err(vm.type_error(format!("{what}() arg 1 must be a {kinds}")));
    };
    if bytes.contains(&0) {
        let e =
            crate::convert::call_builtin(vm, "SyntaxError", &[vm.str("source code string cannot contain null bytes")])?;
        return Err(freeze_runtime::vm::Raised::from_value(vm, e));
    }
    Ok(bytes)
}

/// The `__future__` flags of the running code.
fn inherited_flags(vm: &Vm) -> i64 {
    vm.current_code_flags().map_or(0, |f| i64::from(f) & FUTURE_FLAGS)
}

fn optimize_level(vm: &Vm, given: i64) -> PyResult<u8> {
    match given {
        -1 => Ok(vm.runtime().config.borrow().optimize),
        0..=2 => Ok(given as u8),
        _ => Err(vm.value_error("compile(): invalid optimize value")),
    }
}

pub(super) fn compile(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let filename = crate::convert::path_text(vm, args.get(1))?;
    let mode = args.str(vm, 2)?;
    let mut flags = args.opt_i64(vm, 3, 0)?;
    let dont_inherit = args.opt_bool(vm, 4, false)?;
    let optimize = optimize_level(vm, args.opt_i64(vm, 5, -1)?)?;
    if flags & !(FUTURE_FLAGS | ONLY_AST | OTHER_FLAGS | 0x10 | 0x2000) != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    if !dont_inherit {
        flags |= inherited_flags(vm);
    }
    let mode = mode.to_lossy().into_owned();
    if !matches!(mode.as_str(), "exec" | "eval" | "single" | "func_type") {
        return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'"));
    }
    if mode == "func_type" && flags & ONLY_AST == 0 {
        return Err(vm.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
    }
    if args.get(0).has_layout::<PyCode>() {
        return Err(vm.type_error("compile() arg 1 must be a string, bytes or AST object"));
    }
    if _ast::is_node(args.get(0)) {
        if flags & ONLY_AST != 0 {
            _ast::check_root(vm, args.get(0), &mode)?;
            return Ok(args.get(0).clone());
        }
        return _ast::compile(vm, args.get(0), &filename, &mode, flags as u32, optimize);
    }
    let source = source_bytes(vm, args.get(0), "compile", "string, bytes or AST object")?;
    let is_text = args.get(0).has_layout::<PyStr>();
    if flags & ONLY_AST != 0 {
        let feature_version = u8::try_from(args.opt_i64(vm, 6, -1)?).ok();
        return _ast::parse(vm, &source, is_text, &filename, &mode, feature_version);
    }
    import::code::compile(vm, &source, is_text, &filename, &mode, flags as u32, optimize)
}

/// The namespaces of an `eval` or `exec` call.
fn namespaces(vm: &Vm, name: &str, globals: Option<&Value>, locals: Option<&Value>) -> PyResult<(Ref<PyDict>, Value)> {
    let (globals, locals) = match globals {
        None => {
            let Some(g) = vm.current_globals() else {
                return Err(vm.system_error(format!("globals and locals cannot be None in {name}()")));
            };
            let l = match locals {
                Some(l) => l.clone(),
                None => vm.current_locals()?,
            };
            (g, l)
        }
        Some(g) => {
            let Some(d) = g.downcast_ref::<PyDict>() else {
                return Err(vm.type_error(if name == "exec" {
                    format!("exec() globals must be a dict, not {}", g.class().name())
                } else if g.class().slots().getitem.is_some() {
                    "globals must be a real dict; try eval(code, {}, mapping)".to_owned()
                } else {
                    "globals must be a dict".to_owned()
                }));
            };
            (d, locals.unwrap_or(g).clone())
        }
    };
    if locals.class().slots().getitem.is_none() {
        return Err(vm.type_error(if name == "exec" {
            format!("locals must be a mapping or None, not {}", locals.class().name())
        } else {
            "locals must be a mapping".to_owned()
        }));
    }
    let key = &vm.names().__builtins__;
    if globals.get_str(key).is_none() {
        globals.set_str(key, vm.current_builtins().into_value());
    }
    Ok((globals, locals))
}

pub(super) fn eval(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (globals, locals) = namespaces(vm, "eval", args.opt_not_none(1), args.opt_not_none(2))?;
    let source = args.get(0);
    if let Some(code) = source.downcast::<PyCode>() {
        crate::sys::audit(vm, "exec", std::slice::from_ref(source))?;
        if !code.freevars.is_empty() {
            return Err(vm.type_error("code object passed to eval() may not contain free variables"));
        }
        return import::code::run(vm, source, &globals, &locals);
    }
    let text = source_bytes(vm, source, "eval", "string, bytes or code object")?;
    let start = text.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(text.len());
    let code = compile_here(vm, &text[start..], source.has_layout::<PyStr>(), "eval")?;
    import::code::run(vm, &code, &globals, &locals)
}

fn compile_here(vm: &Vm, text: &[u8], is_text: bool, mode: &str) -> PyResult<Value> {
    let file = vm.names().string.clone();
    let optimize = vm.runtime().config.borrow().optimize;
    import::code::compile(vm, text, is_text, &file, mode, inherited_flags(vm) as u32, optimize)
}

pub(super) fn exec(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (globals, locals) = namespaces(vm, "exec", args.opt_not_none(1), args.opt_not_none(2))?;
    let source = args.get(0);
    let closure = args.opt_not_none(3);
    if let Some(code) = source.downcast_ref::<PyCode>() {
        crate::sys::audit(vm, "exec", std::slice::from_ref(source))?;
        let wanted = code.freevars.len();
        let cells = match closure {
            None if wanted == 0 => None,
            None => {
                return Err(vm.type_error(format!("code object requires a closure of exactly length {wanted}")));
            }
            Some(_) if wanted == 0 => {
                return Err(vm.type_error("cannot use a closure with this code object"));
            }
            Some(c) => {
                let ok = c.downcast_ref::<PyTuple>().filter(|t| {
                    t.len() == wanted
                        && t.as_slice().iter().all(|c| c.has_layout::<freeze_runtime::types::cell::PyCell>())
                });
                match ok {
                    Some(t) => Some(t),
                    None => {
                        return Err(vm.type_error(format!("code object requires a closure of exactly length {wanted}")));
                    }
                }
            }
        };
        vm.run_code_in(&code, &globals, &locals, cells)?;
        return Ok(Value::NONE);
    }
    if closure.is_some() {
        return Err(vm.type_error("closure argument can only be used if the code object is a code object"));
    }
    let text = source_bytes(vm, source, "exec", "string, bytes or code object")?;
    let code = compile_here(vm, &text, source.has_layout::<PyStr>(), "exec")?;
    import::code::run(vm, &code, &globals, &locals)?;
    Ok(Value::NONE)
}

pub(super) fn breakpoint(vm: &Vm, call: CallArgs<'_>) -> PyResult<Value> {
    match vm.runtime().sys.get_text("breakpointhook") {
        Some(hook) => vm.call_args(&hook, call),
        None => Err(vm.runtime_error("lost sys.breakpointhook")),
    }
}
