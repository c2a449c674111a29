//! The modules with `unsafe`, each doing a little of all that it can: small enough for Miri, which looks at every access.

use std::cell::Cell;
use std::rc::Rc;

use super::instance;
use super::string::PyStr;
use super::tuple::PyTuple;
use super::value::{MAX_SMALL, MIN_SMALL};
use super::{Layout, Payload, Ref, Type, TypeDef, Value, gc, owner};
use crate::Vm;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::weakref::{self, PyWeakRef};
use crate::vm::lock;

/// Counts how many of its kind live.
struct Guest {
    alive: Rc<Cell<i32>>,
    holds: Value,
}

impl Guest {
    fn new_ref(alive: &Rc<Cell<i32>>, holds: Value) -> Ref<Guest> {
        alive.set(alive.get() + 1);
        Ref::new(&GUEST, Guest { alive: alive.clone(), holds })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.alive.set(self.alive.get() - 1);
    }
}

impl Payload for Guest {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<Guest>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.holds);
    }
}

static GUEST: Type = Type::builtin(&TypeDef {
    name: "guest",
    layout: Guest::layout,
    flags: super::TypeFlags::WEAKREFS,
    ..TypeDef::EMPTY
});

fn with_vm(f: impl FnOnce(&Vm)) {
    lock::with_thread(4 << 20, f);
}

fn list(items: Vec<Value>) -> Ref<PyList> {
    PyList::new(items)
}

#[test]
fn immediates_come_out_as_they_went_in() {
    for i in [0, 1, -1, 255, MAX_SMALL, MIN_SMALL] {
        let v = Value::small(i);
        assert!(v.is_small() && !v.is_ptr() && !v.is_float());
        assert_eq!((v.as_small(), v.refcount()), (Some(i), 0));
    }
    for f in [0.0, -0.0, 1.5, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY] {
        let v = Value::float(f);
        assert!(v.is_float() && !v.is_ptr() && !v.is_small());
        assert_eq!(v.as_float().map(f64::to_bits), Some(f.to_bits()));
    }
    for bits in [0x7FF8 << 48, 0xFFF8 << 48, 0xFFFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0001, 0x7FFF_FFFF_FFFF_FFFF] {
        let v = Value::float(f64::from_bits(bits));
        assert!(v.is_float() && !v.is_ptr() && v.as_float().is_some_and(f64::is_nan));
        assert_eq!(v.as_float().map(f64::is_sign_negative), Some(bits >> 63 == 1));
    }
    let singletons = [Value::UNBOUND, Value::NONE, Value::FALSE, Value::TRUE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED];
    for (i, v) in singletons.iter().enumerate() {
        assert!(!v.is_ptr() && !v.is_small() && !v.is_float());
        assert!(singletons.iter().skip(i + 1).all(|other| !v.is(other)));
    }
    assert_eq!((Value::TRUE.as_bool(), Value::FALSE.as_bool(), Value::NONE.as_bool()), (Some(true), Some(false), None));
}

#[test]
fn small_arithmetic_ends_where_small_ints_end() {
    let ints = [0, 1, -1, 3, MAX_SMALL, MIN_SMALL, MAX_SMALL - 1, MIN_SMALL + 1, 1 << 25, -(1 << 25)];
    let small = |n: Option<i64>| n.filter(|n| (MIN_SMALL..=MAX_SMALL).contains(n));
    for a in ints {
        for b in ints {
            let (x, y) = (Value::small(a), Value::small(b));
            let done = |v: Option<Value>| v.and_then(|v| v.as_small());
            assert_eq!(done(Value::add_small(&x, &y)), small(a.checked_add(b)));
            assert_eq!(done(Value::sub_small(&x, &y)), small(a.checked_sub(b)));
            assert_eq!(done(Value::mul_small(&x, &y)), small(a.checked_mul(b)));
        }
    }
}

#[test]
fn an_object_dies_with_its_last_reference() {
    with_vm(|_| {
        let alive = Rc::new(Cell::new(0));
        let a = Guest::new_ref(&alive, Value::NONE);
        let b = a.clone();
        assert_eq!(a.as_value().refcount(), 2);
        // A reference that was made from the payload counts as well.
        let c = owner(&*a);
        assert!(c.is(&a) && c.as_value().refcount() == 3);
        drop((a, b));
        assert_eq!(alive.get(), 1);
        let held = PyTuple::new(vec![c.into_value(), Value::small(1)]);
        let both = PyTuple::from_slice(&[held.value(), held.into_value()]);
        assert_eq!(alive.get(), 1);
        drop(both);
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn long_chains_are_released_without_nesting() {
    with_vm(|_| {
        let alive = Rc::new(Cell::new(0));
        let mut chain = Value::NONE;
        for _ in 0..250 {
            chain = Guest::new_ref(&alive, chain).into_value();
        }
        drop(chain);
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn downcasts_know_what_is_behind_a_header() {
    with_vm(|vm| {
        let text = vm.str("text");
        assert!(text.downcast::<PyStr>().is_some() && text.downcast::<PyTuple>().is_none());
        assert!(Value::small(3).downcast::<PyStr>().is_none());
        let r = text.downcast_ref::<PyStr>().expect("a text");
        assert_eq!(text.refcount(), 2);
        assert_eq!(r.as_str(), Some("text"));
        let back = Ref::<PyTuple>::try_from_value(text).expect_err("no tuple");
        assert!(back.is(r.as_value()));
    });
}

#[test]
fn texts_grow_in_place_through_every_kind() {
    with_vm(|_| {
        let mut v = PyStr::new(b"").into_value();
        let mut whole = String::new();
        for part in ["a", "bc", "\u{e4}", "\u{1F600}", "xyz", &"q".repeat(600), "\u{df}", &"r".repeat(40)] {
            v = PyStr::append_in_place(v, &PyStr::new(part.as_bytes())).expect("nobody else has it");
            whole.push_str(part);
            let s = v.downcast::<PyStr>().expect("a text");
            assert_eq!(s.as_str(), Some(whole.as_str()));
            assert_eq!((s.len(), s.is_ascii()), (whole.chars().count(), whole.is_ascii()));
            for (i, c) in whole.chars().enumerate().step_by(7) {
                assert_eq!(s.char_at(i), c as u32);
            }
        }
        let other = v.clone();
        let back = PyStr::append_in_place(v, &PyStr::new(b"!")).expect_err("somebody else has it");
        assert!(back.is(&other));
    });
}

#[test]
fn interned_texts_are_one_and_leave_the_table_when_they_die() {
    with_vm(|vm| {
        let a = vm.intern("a text that nothing else interns");
        let b = vm.intern("a text that nothing else interns");
        assert!(a.is(&b) && a.is_interned() && a.as_value().refcount() == 2);
        drop((a, b));
        let c = PyStr::new(b"a text that nothing else interns");
        let d = super::string::intern_ref(&c);
        assert!(c.is(&d), "the first is gone");
        assert!(PyStr::of_char(97).is(&PyStr::of_char(97)));
        assert_eq!(PyStr::of_char(0x1F600).as_str(), Some("\u{1F600}"));
        assert_eq!(PyStr::build_ascii(3, |to| to.copy_from_slice(b"xyz")).as_bytes(), b"xyz");
    });
}

#[test]
fn tuples_hold_what_they_are_made_of() {
    with_vm(|vm| {
        let t = PyTuple::new(vec![Value::small(1), vm.str("two"), Value::float(3.0)]);
        assert_eq!((t.len(), t.as_slice()[0].as_small(), t.as_slice()[2].as_float()), (3, Some(1), Some(3.0)));
        // What the iterator lacks is None.
        let short = PyTuple::from_exact_iter(&crate::types::tuple::TUPLE, 3, [Value::small(1)].into_iter());
        assert!(short.as_slice()[1].is_none() && short.as_slice()[2].is_none());
        assert!(PyTuple::new(Vec::new()).is(&PyTuple::new(Vec::new())));
    });
}

#[test]
fn dicts_find_replace_and_forget() {
    with_vm(|vm| {
        let alive = Rc::new(Cell::new(0));
        let d = PyDict::new_ref();
        for round in 0..3 {
            for i in 0..40 {
                d.set_text(&format!("key {i}"), Guest::new_ref(&alive, Value::small(round)).into_value());
            }
            assert_eq!((d.len(), alive.get()), (40, 40));
        }
        for i in (0..40).step_by(3) {
            assert!(d.remove_str(&vm.intern(&format!("key {i}"))).is_some());
        }
        assert_eq!((d.len(), alive.get()), (26, 26));
        let copy = d.copy();
        d.clear_all();
        assert_eq!((d.len(), copy.len(), alive.get()), (0, 26, 26));
        assert!(copy.get_text("key 1").is_some() && copy.get_text("key 0").is_none());
        drop(copy);
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn weak_references_hear_of_the_end() {
    with_vm(|vm| {
        crate::types::ready_all(vm);
        let alive = Rc::new(Cell::new(0));
        let guest = Guest::new_ref(&alive, Value::NONE).into_value();
        let weak = weakref::create(vm, &weakref::REF, &guest, None).expect("a weak reference");
        let same = weakref::create(vm, &weakref::REF, &guest, None).expect("a weak reference");
        assert!(weak.is(&same), "one serves for all");
        let target = |v: &Value| v.downcast::<PyWeakRef>().expect("a weak reference").get();
        assert!(target(&weak).is_some_and(|t| t.is(&guest)));
        // One that dies first takes itself out.
        let notes = list(Vec::new());
        let append = vm.get_attr_str(notes.as_value(), "append").expect("a method");
        drop((weak, same));
        assert!(weakref::references(&guest).is_empty());
        let heard = weakref::create(vm, &weakref::REF, &guest, Some(append)).expect("a weak reference");
        drop(guest);
        assert!(target(&heard).is_none());
        assert_eq!((alive.get(), notes.len()), (0, 1));
    });
}

#[test]
fn cycles_are_found_and_what_is_held_stays() {
    with_vm(|vm| {
        let alive = Rc::new(Cell::new(0));
        gc::collect(2);
        let a = list(Vec::new());
        let b = list(vec![a.value(), Guest::new_ref(&alive, a.value()).into_value()]);
        a.push(b.value()).expect("memory for a test");
        let weak = weakref::create(vm, &weakref::REF, &Guest::new_ref(&alive, Value::NONE).into_value(), None);
        drop(weak);
        assert_eq!(gc::collect(2), 0, "held from here");
        assert_eq!(alive.get(), 1);
        drop((a, b));
        assert_eq!(alive.get(), 1);
        assert_eq!(gc::collect(2), 3);
        assert_eq!(alive.get(), 0);
    });
}

#[test]
fn instances_keep_attributes_by_shape_and_in_a_dict() {
    with_vm(|vm| {
        crate::types::ready_all(vm);
        let alive = Rc::new(Cell::new(0));
        let args = [vm.str("C"), PyTuple::new(Vec::new()).into_value(), PyDict::new_ref().into_value()];
        let class = vm.call(&crate::types::type_::TYPE.as_value(), &args).expect("a class");
        let new = || vm.call0(&class).expect("an instance");
        let names: Vec<_> = (0..8).map(|i| vm.intern(&format!("attribute {i}"))).collect();
        for count in [1, 3, 8] {
            let obj = new();
            for name in &names[..count] {
                assert!(instance::get(&obj, name).is_none());
                for i in 0..2 {
                    let guest = Guest::new_ref(&alive, Value::small(i)).into_value();
                    assert!(instance::set(&obj, name, guest));
                }
                assert!(instance::get(&obj, name).is_some());
            }
            assert_eq!(alive.get(), count as i32);
            assert!(instance::delete(&obj, &names[0]) && !instance::delete(&obj, &names[0]));
            assert_eq!(alive.get(), count as i32 - 1);
            let d = instance::dict(&obj).expect("a dict");
            assert_eq!(d.len(), count - 1);
            assert!(instance::set_dict(&obj, PyDict::new_ref()));
            drop(d);
            assert_eq!(alive.get(), 0);
        }
        // One that refers to itself goes with the next collection.
        let obj = new();
        assert!(instance::set(&obj, &names[0], obj.clone()));
        assert!(instance::set(&obj, &names[1], Guest::new_ref(&alive, Value::NONE).into_value()));
        drop(obj);
        gc::collect(2);
        assert_eq!(alive.get(), 0);
    });
}
