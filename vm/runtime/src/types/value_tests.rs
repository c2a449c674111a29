//! Expressions over numbers, strings and bytes against what CPython answers (`testdata/expressions.txt`).

use crate::object::Value;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{self, code::PyCode};
use crate::vm::{PyResult, Raised, Vm, lock};

fn unescape(field: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut fail = |p| -> Result<_, ()> { panic!("{p:?} in {field}") };
    crate::text::codecs::escape::decode_unicode(field.as_bytes(), &mut out, true, &mut None, &mut fail)
        .unwrap_or_default();
    out
}

fn evaluate(vm: &Vm, source: &[u8]) -> PyResult<Value> {
    let code = vm.compile_source(source, &vm.intern("<test>"), "eval", 0, 0)?;
    let code = code.downcast_ref::<PyCode>().expect("compiling gives code");
    let globals = PyDict::new_ref();
    let locals = globals.value();
    vm.run_code(&code, &globals, &locals)
}

fn describe(vm: &Vm, e: &Raised) -> Vec<u8> {
    let mut out = format!("!{}: ", e.exception().class().name()).into_bytes();
    match vm.to_str(&e.value()) {
        Ok(s) => out.extend_from_slice(s.as_bytes()),
        Err(_) => {
            let args = e.exception().args.borrow().clone();
            let first = args.downcast::<PyTuple>().and_then(|t| t.as_slice().first().cloned());
            if let Some(s) = first.as_ref().and_then(|v| v.downcast::<PyStr>()) {
                out.extend_from_slice(s.as_bytes());
            }
        }
    }
    out
}

#[test]
fn answers_are_those_of_cpython() {
    lock::with_thread(4 << 20, |vm| {
        types::ready_all(vm);
        use types::exception as exc;
        let builtins = &vm.runtime().builtins;
        let values = [
            &types::int::INT,
            &types::float::FLOAT,
            &types::complex::COMPLEX,
            &types::bool_::BOOL,
            &types::str::STR,
            &types::bytes::BYTES,
            &types::bytearray::BYTEARRAY,
            &types::memoryview::MEMORYVIEW,
            &types::list::LIST,
            &exc::UNICODE_DECODE_ERROR,
            &exc::UNICODE_ENCODE_ERROR,
        ];
        for ty in values {
            builtins.set_text(ty.name(), ty.as_value());
        }
        let mut wrong = Vec::new();
        let cases = include_str!("testdata/expressions.txt");
        for line in cases.lines() {
            let Some((source, expected)) = line.split_once('\t') else { continue };
            let expected = unescape(expected);
            let got = match evaluate(vm, source.as_bytes()) {
                Ok(v) => vm.repr(&v).map(|s| s.as_bytes().to_vec()).unwrap_or_else(|e| describe(vm, &e)),
                Err(e) => describe(vm, &e),
            };
            if got != expected {
                wrong.push(format!(
                    "{source}\n     expected {}\n     got      {}",
                    String::from_utf8_lossy(&expected),
                    String::from_utf8_lossy(&got)
                ));
            }
        }
        let shown = wrong.iter().take(150).cloned().collect::<Vec<_>>().join("\n");
        assert!(wrong.is_empty(), "{} wrong answers of {}:\n{shown}", wrong.len(), cases.lines().count());
    });
}
