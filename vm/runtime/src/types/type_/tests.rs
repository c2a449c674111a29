//! Classes without any bytecode: creation, look-up, slots, errors.

use crate::object::Value;
use crate::types::dict::PyDict;
use crate::types::object::OBJECT;
use crate::types::tuple::PyTuple;
use crate::types::type_::TYPE;
use crate::vm::{PyResult, Vm, lock};

fn with_vm(f: impl FnOnce(&Vm)) {
    lock::with_thread(4 << 20, |vm| {
        crate::types::ready_all(vm);
        f(vm);
    });
}

fn class(vm: &Vm, name: &str, bases: &[Value], ns: &[(&str, Value)]) -> PyResult<Value> {
    let d = PyDict::new_ref();
    for (k, v) in ns {
        d.set_text(k, v.clone());
    }
    vm.call(&TYPE.as_value(), &[vm.str(name), PyTuple::from_slice(bases).into_value(), d.into_value()])
}

fn message(vm: &Vm, r: PyResult<Value>) -> String {
    let e = r.expect_err("an error is expected");
    let args = e.exception().args.borrow().clone();
    let first = args.downcast::<PyTuple>().expect("args").as_slice()[0].clone();
    vm.to_str(&first).map(|s| s.to_lossy().into_owned()).unwrap_or_default()
}

#[test]
fn classes_and_instances() {
    with_vm(|vm| {
        let a = class(vm, "A", &[], &[("x", Value::small(1))]).expect("A");
        let b = class(vm, "B", std::slice::from_ref(&a), &[]).expect("B");
        let obj = vm.call0(&b).expect("B()");
        assert!(vm.get_attr_str(&obj, "x").expect("x").is(&Value::small(1)));
        vm.set_attr_str(&a, "x", Value::small(2)).expect("set");
        assert!(vm.get_attr_str(&obj, "x").expect("x").is(&Value::small(2)));
        vm.set_attr_str(&obj, "x", Value::small(3)).expect("set");
        assert!(vm.get_attr_str(&obj, "x").expect("x").is(&Value::small(3)));
        assert_eq!(vm.repr(&b).expect("repr").as_str(), Some("<class 'B'>"));
        assert!(vm.isinstance(&obj, &a).expect("isinstance"));
        let both = [a.clone(), b.clone()];
        assert_eq!(
            message(vm, class(vm, "C", &both, &[])),
            "Cannot create a consistent method resolution order (MRO) for bases A, B"
        );
        assert_eq!(message(vm, vm.call(&b, &[Value::NONE])), "B() takes no arguments");
        let ints = [crate::types::int::INT.as_value(), crate::types::str::STR.as_value()];
        assert_eq!(message(vm, class(vm, "D", &ints, &[])), "multiple bases have instance lay-out conflict");
        assert_eq!(message(vm, vm.get_attr_str(&obj, "nope")), "'B' object has no attribute 'nope'");
        assert_eq!(message(vm, vm.get_attr_str(&b, "nope")), "type object 'B' has no attribute 'nope'");
        let plain = vm.call0(&OBJECT.as_value()).expect("object()");
        let r = vm.set_attr_str(&plain, "x", Value::NONE).map(|()| Value::NONE);
        assert_eq!(message(vm, r), "'object' object has no attribute 'x' and no __dict__ for setting new attributes");
    });
}

#[test]
fn slots_and_wrappers() {
    with_vm(|vm| {
        let s = class(vm, "S", &[], &[("__slots__", PyTuple::new(vec![vm.str("p"), vm.str("q")]).into_value())]);
        let s = s.expect("S");
        let obj = vm.call0(&s).expect("S()");
        assert_eq!(message(vm, vm.get_attr_str(&obj, "p")), "'S' object has no attribute 'p'");
        vm.set_attr_str(&obj, "q", Value::small(5)).expect("set");
        assert!(vm.get_attr_str(&obj, "q").expect("q").is(&Value::small(5)));
        assert!(vm.get_attr_str(&obj, "__dict__").is_err());
        // A native method serves as the special method of a class.
        let len = vm.get_attr_str(&crate::types::list::LIST.as_value(), "__len__").expect("len");
        assert_eq!(vm.repr(&len).expect("repr").as_str(), Some("<slot wrapper '__len__' of 'list' objects>"));
        let l = class(vm, "L", &[crate::types::list::LIST.as_value()], &[]).expect("L");
        let l = vm.call0(&l).expect("L()");
        assert_eq!(vm.len(&l).expect("len"), 0);
        assert_eq!(
            message(vm, vm.call(&len, &[Value::NONE])),
            "descriptor '__len__' requires a 'list' object but received a 'NoneType'"
        );
        let n = class(vm, "N", &[crate::types::list::LIST.as_value()], &[("__hash__", Value::NONE)]).expect("N");
        let n = vm.call0(&n).expect("N()");
        assert_eq!(message(vm, vm.hash(&n).map(Value::int)), "unhashable type: 'N'");
    });
}
