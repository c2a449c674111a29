//! Type objects: the static record that a built-in type is declared with, and the live state of every type.
//!
//! A built-in type is one `static NAME: Type = Type::builtin(&DEF)`: no work is done for it until it is readied (MRO and
//! inherited slots, at start-up for the core types, at import for those of modules), and its `__dict__` is filled when
//! somebody looks into it. Classes made by Python code are the same record on the heap.
#![allow(unsafe_code)]

use std::cell::{Cell, OnceCell, Ref as CellRef, RefCell, UnsafeCell};
use std::ops::Deref;
use std::ptr::NonNull;

use super::header::{Header, Layout, Object};
use super::instance::Shape;
use super::typed::{Payload, Ref};
use super::value::Value;
use crate::call::NativeDef;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

pub use super::slots::Slots;

/// A type with its object header: what statics are made of and what `Value::class` gives.
pub type Type = Object<TypeObject>;
/// An owned reference to a type.
pub type TypeRef = Ref<TypeObject>;

/// Flags of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypeFlags(pub u32);

impl TypeFlags {
    /// May be subclassed.
    pub const BASETYPE: u32 = 1;
    /// Made at run time.
    pub const HEAP: u32 = 2;
    /// Instances have `__del__` or a native finalizer.
    pub const HAS_FINALIZER: u32 = 4;
    /// Attributes can't be set.
    pub const IMMUTABLE: u32 = 8;
    /// Calling the type raises TypeError.
    pub const NO_NEW: u32 = 16;
    /// Matches sequence patterns.
    pub const SEQUENCE: u32 = 32;
    /// Matches mapping patterns.
    pub const MAPPING: u32 = 64;
    /// Has abstract methods.
    pub const ABSTRACT: u32 = 128;
    /// Instances can be weakly referenced.
    pub const WEAKREFS: u32 = 256;
    /// A native type whose instances have a `__dict__`.
    pub const DICT: u32 = 512;
    /// A class pattern with one positional sub-pattern matches the subject itself (int, str, …).
    pub const MATCH_SELF: u32 = 1024;
    /// Calls of functions of this type bind like methods (used by method look-up).
    pub const METHOD_DESCRIPTOR: u32 = 2048;
    /// The slots `getattr` and `setattr` are the generic ones of `object`, so inline caches apply.
    pub const GENERIC_GETATTR: u32 = 4096;
    /// See `GENERIC_GETATTR`.
    pub const GENERIC_SETATTR: u32 = 8192;
    /// MRO and slots are complete.
    pub const READY: u32 = 16384;

    /// Whether all of `bits` are set.
    #[inline(always)]
    pub const fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }
}

/// A computed attribute of a built-in type.
pub struct GetSet {
    pub name: &'static str,
    pub doc: &'static str,
    pub get: fn(&Vm, &Value) -> PyResult<Value>,
    /// Sets, or deletes when the value is `None`.
    pub set: Option<fn(&Vm, &Value, Option<Value>) -> PyResult<()>>,
}

/// What a built-in type is declared with.
pub struct TypeDef {
    /// `__name__`
    pub name: &'static str,
    /// `__module__`; "builtins" for the built-in ones.
    pub module: &'static str,
    pub doc: &'static str,
    pub base: Option<&'static Type>,
    pub layout: fn() -> &'static Layout,
    pub flags: u32,
    pub slots: Slots,
    /// Methods (self is the first parameter), sorted by name.
    pub methods: &'static [NativeDef],
    /// `classmethod`s (cls is the first parameter).
    pub class_methods: &'static [NativeDef],
    /// `staticmethod`s.
    pub static_methods: &'static [NativeDef],
    pub getset: &'static [GetSet],
    /// Those of `getset` that are member descriptors in CPython: `inspect` and others tell the two apart.
    pub members: &'static [&'static str],
    /// Further entries of the type's dict, made when it is first looked into.
    pub consts: Option<fn(&Vm, &PyDict)>,
}

impl TypeDef {
    /// A record to take the unmentioned fields from: `TypeDef { name: …, ..TypeDef::EMPTY }`.
    pub const EMPTY: TypeDef = TypeDef {
        name: "",
        module: "builtins",
        doc: "",
        base: Some(&crate::types::object::OBJECT),
        layout: <crate::types::object::PyObject as Payload>::layout,
        flags: 0,
        slots: Slots::EMPTY,
        methods: &[],
        class_methods: &[],
        static_methods: &[],
        getset: &[],
        members: &[],
        consts: None,
    };
}

/// The payload of every type.
pub struct TypeObject {
    pub(crate) def: Option<&'static TypeDef>,
    layout: Cell<Option<&'static Layout>>,
    flags: Cell<u32>,
    version: Cell<u32>,
    ext_size: Cell<u16>,
    /// `u16::MAX`: no attribute word.
    attrs_offset: Cell<u16>,
    inline_cap: Cell<u8>,
    slot_offsets: RefCell<Vec<u16>>,
    slots: UnsafeCell<Slots>,
    name: Cell<&'static str>,
    pub(crate) base: RefCell<Option<TypeRef>>,
    pub(crate) bases: RefCell<Option<Value>>,
    mro: RefCell<Vec<TypeRef>>,
    dict: OnceCell<Ref<PyDict>>,
    shape: OnceCell<Box<Shape>>,
    /// Subclasses, not counted: a dying class takes itself out.
    subclasses: RefCell<Vec<NonNull<Header>>>,
    /// `__qualname__` of a heap type.
    pub(crate) qualname: RefCell<Option<Value>>,
}

impl Payload for TypeObject {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<TypeObject>();
        &L
    }
    const GC: bool = true;
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(b) = &*self.base.borrow() {
            visit(b.as_value());
        }
        if let Some(b) = &*self.bases.borrow() {
            visit(b);
        }
        for t in self.mro.borrow().iter() {
            visit(t.as_value());
        }
        if let Some(d) = self.dict.get() {
            visit(d.as_value());
        }
    }
    fn clear(&self) {
        self.modified();
        if let Some(d) = self.dict.get() {
            d.clear_all();
        }
        let mro = std::mem::take(&mut *self.mro.borrow_mut());
        drop(mro);
    }
}

impl Drop for TypeObject {
    fn drop(&mut self) {
        // Somebody may have its namespace.
        self.set_version(0);
        let me = self.header_ptr();
        if let Some(bases) = self.bases.borrow_mut().take()
            && let Some(t) = bases.downcast::<crate::types::tuple::PyTuple>()
        {
            for b in t.as_slice() {
                if let Some(b) = b.downcast::<TypeObject>() {
                    b.subclasses.borrow_mut().retain(|&p| p != me);
                }
            }
        }
    }
}

impl<T> Deref for Object<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.payload
    }
}

impl<T: Payload> Object<T> {
    /// The header.
    #[inline(always)]
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// This object as a value.
    #[inline]
    pub fn as_value(&self) -> Value {
        // SAFETY: a borrowed object is alive.
        unsafe { Value::from_borrowed(NonNull::from_ref(self).cast()) }
    }

    /// This object as a typed reference.
    #[inline]
    pub fn to_ref(&self) -> Ref<T> {
        Ref::from_value_unchecked(self.as_value())
    }
}

static NEXT_VERSION: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

impl Type {
    /// A built-in type in a static.
    pub const fn builtin(def: &'static TypeDef) -> Type {
        Type::builtin_of(def, &crate::types::type_::TYPE)
    }

    /// A built-in type with another metaclass.
    pub const fn builtin_of(def: &'static TypeDef, meta: &'static Type) -> Type {
        Object {
            header: Header::immortal(meta),
            payload: TypeObject {
                def: Some(def),
                layout: Cell::new(None),
                flags: Cell::new(def.flags),
                version: Cell::new(0),
                ext_size: Cell::new(0),
                attrs_offset: Cell::new(u16::MAX),
                inline_cap: Cell::new(0),
                slot_offsets: RefCell::new(Vec::new()),
                slots: UnsafeCell::new(def.slots),
                name: Cell::new(def.name),
                base: RefCell::new(None),
                bases: RefCell::new(None),
                mro: RefCell::new(Vec::new()),
                dict: OnceCell::new(),
                shape: OnceCell::new(),
                subclasses: RefCell::new(Vec::new()),
                qualname: RefCell::new(None),
            },
        }
    }
}

/// What a class made at run time adds to the layout of its base.
pub(crate) struct HeapLayout {
    pub(crate) base: TypeRef,
    pub(crate) flags: u32,
    /// `__slots__` that this class adds.
    pub(crate) new_slots: usize,
    /// Whether this class adds an attribute word.
    pub(crate) add_dict: bool,
    /// Inline values wanted.
    pub(crate) inline: usize,
}

impl TypeObject {
    /// A class made at run time. MRO and slots are set afterwards. Gives the offset of its first own slot too.
    pub(crate) fn heap(name: &str, dict: Ref<PyDict>, bases: Value, how: HeapLayout) -> (TypeObject, usize) {
        let b = &how.base;
        let mut ext = b.ext_size.get() as usize;
        let mut offsets = b.slot_offsets.borrow().clone();
        let mut attrs = b.attrs_offset.get();
        let mut cap = b.inline_cap.get();
        // The inline values may only grow while nothing lies behind them.
        let growable = attrs != u16::MAX && attrs as usize + 8 + cap as usize * 8 == ext;
        let wanted = how.inline.min(30);
        if growable && how.new_slots == 0 && wanted > cap as usize {
            ext += (wanted - cap as usize) * 8;
            cap = wanted as u8;
        }
        let first = ext;
        for i in 0..how.new_slots {
            offsets.push((ext + i * 8) as u16);
        }
        ext += how.new_slots * 8;
        if how.add_dict && attrs == u16::MAX {
            attrs = ext as u16;
            cap = if b.layout().var_sized { 0 } else { wanted as u8 };
            ext += 8 + cap as usize * 8;
        }
        let ty = TypeObject {
            def: None,
            layout: Cell::new(Some(b.layout())),
            flags: Cell::new(how.flags | TypeFlags::HEAP),
            version: Cell::new(0),
            ext_size: Cell::new(ext as u16),
            attrs_offset: Cell::new(attrs),
            inline_cap: Cell::new(cap),
            slot_offsets: RefCell::new(offsets),
            slots: UnsafeCell::new(Slots::EMPTY),
            name: Cell::new(intern_name(name)),
            base: RefCell::new(Some(how.base)),
            bases: RefCell::new(Some(bases)),
            mro: RefCell::new(Vec::new()),
            dict: OnceCell::from(dict),
            shape: OnceCell::new(),
            subclasses: RefCell::new(Vec::new()),
            qualname: RefCell::new(None),
        };
        (ty, first)
    }

    fn header_ptr(&self) -> NonNull<Header> {
        // SAFETY: type payloads always lie in an object.
        unsafe {
            let p = (self as *const TypeObject).byte_sub(std::mem::offset_of!(Type, payload));
            NonNull::new_unchecked(p as *mut Header)
        }
    }

    /// The object around this payload.
    pub fn object(&self) -> &Type {
        // SAFETY: type payloads always lie in an object.
        unsafe { self.header_ptr().cast::<Type>().as_ref() }
    }

    /// The layout of instances' native part.
    #[inline(always)]
    pub fn layout(&self) -> &'static Layout {
        match self.layout.get() {
            Some(l) => l,
            None => self.set_layout(),
        }
    }

    #[cold]
    fn set_layout(&self) -> &'static Layout {
        let l = self.def.map_or_else(<crate::types::object::PyObject as Payload>::layout, |d| (d.layout)());
        self.layout.set(Some(l));
        l
    }

    /// Whether instances' payload is, or begins with, the payload of layout `l`.
    #[inline(always)]
    pub fn has_layout(&self, l: &'static Layout) -> bool {
        let mine = self.layout();
        std::ptr::eq(mine, l) || (mine.base.is_some() && Self::extends(mine, l))
    }

    fn extends(mut mine: &'static Layout, l: &'static Layout) -> bool {
        while let Some(b) = mine.base {
            mine = b();
            if std::ptr::eq(mine, l) {
                return true;
            }
        }
        false
    }

    /// `__name__`
    #[inline]
    pub fn name(&self) -> &'static str {
        self.name.get()
    }

    /// The name in messages about operands: built-in types of modules bring the module's name along.
    pub fn full_name(&self) -> std::borrow::Cow<'static, str> {
        match self.def {
            Some(d) if d.module != "builtins" => format!("{}.{}", d.module, self.name()).into(),
            _ => self.name().into(),
        }
    }

    /// Sets `__name__`.
    pub(crate) fn set_name(&self, name: &str) {
        self.name.set(intern_name(name));
    }

    /// The flags.
    #[inline(always)]
    pub fn flags(&self) -> TypeFlags {
        TypeFlags(self.flags.get())
    }

    pub(crate) fn add_flags(&self, bits: u32) {
        self.flags.set(self.flags.get() | bits);
    }

    pub(crate) fn remove_flags(&self, bits: u32) {
        self.flags.set(self.flags.get() & !bits);
    }

    /// The slot record.
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: replaced only by `set_slots`, as a whole, while nobody holds a reference across Python code.
        unsafe { &*self.slots.get() }
    }

    /// Replaces the slot record.
    pub(crate) fn set_slots(&self, s: Slots) {
        // SAFETY: see `slots`; slot functions are copied out before they are called.
        unsafe { *self.slots.get() = s }
    }

    /// The version tag for inline caches, made when first asked for; 0 when tags have run out.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        let v = self.version.get();
        if v != 0 { v } else { self.new_version() }
    }

    /// The version tag as it is: 0 if nobody relies on this type's attributes.
    #[inline(always)]
    pub(crate) fn version_now(&self) -> u32 {
        self.version.get()
    }

    #[cold]
    fn new_version(&self) -> u32 {
        use std::sync::atomic::Ordering::Relaxed;
        let n = NEXT_VERSION.load(Relaxed);
        if n == u32::MAX {
            return 0;
        }
        // A change of any base must reach this type: bases get versions too. What a metaclass has put into the MRO beside
        // the bases knows nothing of this type.
        let above = self.all_bases();
        if self.mro.borrow().iter().skip(1).any(|t| !above.contains(&t.header_ptr())) {
            return 0;
        }
        for t in self.mro.borrow().iter().skip(1) {
            if t.version.get() == 0 {
                t.set_version(NEXT_VERSION.fetch_add(1, Relaxed));
            }
        }
        let n = NEXT_VERSION.fetch_add(1, Relaxed);
        self.set_version(n);
        n
    }

    fn set_version(&self, n: u32) {
        self.version.set(n);
        if let Some(d) = self.dict.get() {
            d.table().watch(n != 0);
        }
    }

    /// Its bases, theirs and so on.
    fn all_bases(&self) -> Vec<NonNull<Header>> {
        let mut found: Vec<NonNull<Header>> = Vec::new();
        let add = |t: &TypeObject, found: &mut Vec<NonNull<Header>>| {
            let first = t.base.borrow();
            let others = t.bases.borrow();
            let others = others.as_ref().and_then(|b| b.downcast::<crate::types::tuple::PyTuple>());
            let others = others.map_or(&[][..], |b| b.as_slice()).iter().filter_map(|b| b.downcast::<TypeObject>());
            for b in first.as_deref().into_iter().chain(others) {
                if !found.contains(&b.header_ptr()) {
                    found.push(b.header_ptr());
                }
            }
        };
        add(self, &mut found);
        let mut at = 0;
        while let Some(&p) = found.get(at) {
            // SAFETY: a class keeps its bases alive; every type is an object with a type's payload.
            add(unsafe { p.cast::<Type>().as_ref() }, &mut found);
            at += 1;
        }
        found
    }

    /// Tells caches that attributes of this type (and so of its subclasses) have changed.
    pub(crate) fn modified(&self) {
        if self.version.get() == 0 {
            return;
        }
        self.set_version(0);
        for sub in self.subclasses() {
            sub.modified();
        }
    }

    #[inline(always)]
    pub(crate) fn has_extension(&self) -> bool {
        self.ext_size.get() != 0
    }

    pub(crate) fn extension_size(&self) -> usize {
        self.ext_size.get() as usize
    }

    /// Where the attribute word lies in the extension.
    #[inline(always)]
    pub(crate) fn attrs_offset(&self) -> Option<usize> {
        let off = self.attrs_offset.get();
        (off != u16::MAX).then_some(off as usize)
    }

    /// Whether instances have a `__dict__`.
    pub fn has_dict(&self) -> bool {
        self.attrs_offset.get() != u16::MAX
    }

    pub(crate) fn inline_cap(&self) -> usize {
        self.inline_cap.get() as usize
    }

    pub(crate) fn slot_offsets(&self) -> CellRef<'_, Vec<u16>> {
        self.slot_offsets.borrow()
    }

    pub(crate) fn root_shape(&self) -> *const Shape {
        &**self.shape.get_or_init(Shape::root)
    }

    /// Whether instances of both have the same form, so that `__class__` may be assigned.
    pub(crate) fn same_form(&self, other: &TypeObject) -> bool {
        std::ptr::eq(self.layout(), other.layout())
            && self.attrs_offset.get() == other.attrs_offset.get()
            && *self.slot_offsets.borrow() == *other.slot_offsets.borrow()
    }

    /// The method resolution order, this type first.
    #[inline]
    pub fn mro(&self) -> CellRef<'_, Vec<TypeRef>> {
        self.mro.borrow()
    }

    pub(crate) fn set_mro(&self, mro: Vec<TypeRef>) {
        let old = self.mro.replace(mro);
        drop(old);
    }

    /// Whether this type is `other` or derives from it (by MRO).
    pub fn is_subtype(&self, other: &Type) -> bool {
        std::ptr::eq(self.object(), other) || self.mro.borrow().iter().any(|t| std::ptr::eq(t.object(), other))
    }

    /// The first base.
    pub fn base(&self) -> Option<TypeRef> {
        self.base.borrow().clone()
    }

    /// The type's namespace, filled from its declaration when first asked for.
    pub fn dict(&self) -> &Ref<PyDict> {
        if let Some(d) = self.dict.get() {
            return d;
        }
        let d = crate::types::type_::declared_namespace(self);
        let d = self.dict.get_or_init(|| d);
        d.table().watch(self.version.get() != 0);
        d
    }

    /// Whether this is a class made at run time.
    pub fn is_heap(&self) -> bool {
        self.flags().has(TypeFlags::HEAP)
    }

    /// Live direct subclasses.
    pub fn subclasses(&self) -> Vec<TypeRef> {
        // SAFETY: dying types take themselves out of these lists; one whose release waits is not referred to any more.
        self.subclasses
            .borrow()
            .iter()
            .filter(|p| unsafe { p.as_ref() }.refcount() > 0)
            .map(|&p| Ref::from_value_unchecked(unsafe { Value::from_borrowed(p) }))
            .collect()
    }

    pub(crate) fn add_subclass(&self, sub: &TypeObject) {
        let p = sub.header_ptr();
        let mut list = self.subclasses.borrow_mut();
        if !list.contains(&p) {
            list.push(p);
        }
    }

    pub(crate) fn remove_subclass(&self, sub: &TypeObject) {
        let p = sub.header_ptr();
        self.subclasses.borrow_mut().retain(|&q| q != p);
    }

    /// For readying a static type whose instances get a `__dict__` of their own.
    pub(crate) fn take_form_of_base(&self, base: &TypeObject, own_dict: bool) {
        self.ext_size.set(base.ext_size.get());
        self.attrs_offset.set(base.attrs_offset.get());
        self.inline_cap.set(base.inline_cap.get());
        *self.slot_offsets.borrow_mut() = base.slot_offsets.borrow().clone();
        if own_dict && !self.has_dict() {
            self.attrs_offset.set(self.ext_size.get());
            self.ext_size.set(self.ext_size.get() + 8);
        }
    }

    /// The look-up in this type's own namespace only.
    pub fn own(&self, name: &Ref<PyStr>) -> Option<Value> {
        self.dict().get_str(name)
    }

    /// The look-up along the MRO.
    pub fn lookup(&self, name: &Ref<PyStr>) -> Option<Value> {
        crate::types::type_::lookup(self, name)
    }
}

/// The namespace of some class is about to be changed behind its back: caches forget what they borrow from it.
#[cold]
#[inline(never)]
pub(crate) fn namespace_changes(table: *const ()) {
    let mut seen = std::collections::HashSet::new();
    let mut work = vec![crate::types::object::OBJECT.to_ref()];
    while let Some(t) = work.pop() {
        if t.dict.get().is_some_and(|d| std::ptr::eq(std::ptr::from_ref(d.table()).cast(), table)) {
            t.modified();
            return;
        }
        work.extend(t.subclasses().into_iter().filter(|sub| seen.insert(sub.as_value().bits())));
    }
}

/// Type names are few: each distinct one is kept for good, so that errors can name types without counting.
fn intern_name(name: &str) -> &'static str {
    use std::collections::HashSet;
    use std::sync::Mutex;
    static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut guard = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let names = guard.get_or_insert_with(HashSet::new);
    if let Some(n) = names.get(name) {
        return n;
    }
    let n: &'static str = Box::leak(name.into());
    names.insert(n);
    n
}

impl TypeObject {
    /// Whether instances are made by the `__new__` of `native`.
    pub fn has_new_of(&self, native: &Type) -> bool {
        match (self.slots().new, native.slots().new) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// Whether instances are set up by the `__init__` of `native`.
    pub fn has_init_of(&self, native: &Type) -> bool {
        match (self.slots().init, native.slots().init) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}
