//! The one list of slots and special methods: which special methods a slot stands for, how native types show a slot as a
//! method, and which function serves a slot of a class made by Python code.

use super::descriptor::PyWrapper;
use super::slot_functions as f;
use super::slot_wrappers as w;
use crate::Str;
use crate::call::CallArgs;
use crate::object::{Slots, Type, TypeFlags, TypeObject, Value};
use crate::types::str::PyStr;
use crate::vm::{PyResult, Vm};

/// How one slot is copied and filled.
struct SlotRow {
    filled: fn(&Slots) -> bool,
    copy: fn(&mut Slots, &Slots),
    /// Puts the function in that looks up the special methods.
    generic: fn(&mut Slots),
    empty: fn(&mut Slots),
}

macro_rules! slots {
    ($($Slot:ident = [$($place:tt)+] $generic:expr;)*) => {
        /// A slot, by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Slot { $($Slot),* }

        static ROWS: &[SlotRow] = &[$(SlotRow {
            filled: |s| s.$($place)+.is_some(),
            copy: |d, s| d.$($place)+ = s.$($place)+,
            generic: |d| d.$($place)+ = $generic,
            empty: |d| d.$($place)+ = None,
        }),*];

        const ALL: &[Slot] = &[$(Slot::$Slot),*];
    };
}

slots! {
    New = [new] Some(f::new);
    Init = [init] Some(f::init);
    Call = [call] Some(f::call);
    Repr = [repr] Some(f::repr);
    Str = [str] Some(f::str);
    Hash = [hash] Some(f::hash);
    GetAttr = [getattr] Some(f::getattr);
    SetAttr = [setattr] Some(f::setattr);
    DescrGet = [descr_get] Some(f::descr_get);
    DescrSet = [descr_set] Some(f::descr_set);
    Compare = [compare] Some(f::compare);
    Iter = [iter] Some(f::iter);
    Next = [next] Some(f::next);
    Await = [await_] Some(f::await_);
    Aiter = [aiter] Some(f::aiter);
    Anext = [anext] Some(f::anext);
    Finalize = [finalize] Some(f::finalize);
    Len = [len] Some(f::len);
    GetItem = [getitem] Some(f::getitem);
    SetItem = [setitem] Some(f::setitem);
    Contains = [contains] Some(f::contains);
    Concat = [concat] None;
    Repeat = [repeat] None;
    IConcat = [iconcat] None;
    IRepeat = [irepeat] None;
    Bool = [bool] Some(f::bool);
    Int = [int] Some(f::int);
    Float = [float] Some(f::float);
    Index = [index] Some(f::index);
    Neg = [neg] Some(f::neg);
    Pos = [pos] Some(f::pos);
    Abs = [abs] Some(f::abs);
    Invert = [invert] Some(f::invert);
    Add = [binary[0]] Some(f::add);
    Sub = [binary[1]] Some(f::sub);
    Mul = [binary[2]] Some(f::mul);
    TrueDiv = [binary[3]] Some(f::truediv);
    FloorDiv = [binary[4]] Some(f::floordiv);
    Mod = [binary[5]] Some(f::mod_);
    Pow = [pow] Some(f::pow);
    MatMul = [binary[7]] Some(f::matmul);
    LShift = [binary[8]] Some(f::lshift);
    RShift = [binary[9]] Some(f::rshift);
    And = [binary[10]] Some(f::and);
    Or = [binary[11]] Some(f::or);
    Xor = [binary[12]] Some(f::xor);
    DivMod = [divmod] Some(f::divmod);
    IAdd = [inplace[0]] Some(f::iadd);
    ISub = [inplace[1]] Some(f::isub);
    IMul = [inplace[2]] Some(f::imul);
    ITrueDiv = [inplace[3]] Some(f::itruediv);
    IFloorDiv = [inplace[4]] Some(f::ifloordiv);
    IMod = [inplace[5]] Some(f::imod);
    IPow = [inplace[6]] Some(f::ipow);
    IMatMul = [inplace[7]] Some(f::imatmul);
    ILShift = [inplace[8]] Some(f::ilshift);
    IRShift = [inplace[9]] Some(f::irshift);
    IAnd = [inplace[10]] Some(f::iand);
    IOr = [inplace[11]] Some(f::ior);
    IXor = [inplace[12]] Some(f::ixor);
    Buffer = [buffer] Some(f::buffer);
}

/// A special method: its slot, and how a native slot is called by its name.
pub(crate) struct Special {
    pub(crate) name: &'static str,
    pub(crate) slot: Slot,
    /// Parameters, for `__text_signature__`.
    pub(crate) params: &'static str,
    pub(crate) doc: &'static str,
    /// Calls the slot in these `Slots`; the arguments begin with `self`, which has been checked.
    pub(crate) call: fn(&Vm, &Slots, CallArgs<'_>) -> PyResult<Value>,
}

macro_rules! specials {
    ($($name:literal $Slot:ident $params:literal $doc:literal $call:expr;)*) => {
        /// All special methods that slots stand for. Where a name has two slots, the one tried first comes first.
        static SPECIALS: &[Special] = &[$(Special {
            name: $name, slot: Slot::$Slot, params: $params, doc: $doc, call: $call,
        }),*];
    };
}

specials! {
    "__repr__" Repr "($self, /)" "Return repr(self)." |vm, s, a| w::unary(vm, s.repr, a);
    "__hash__" Hash "($self, /)" "Return hash(self)." w::hash;
    "__call__" Call "($self, /, *args, **kwargs)" "Call self as a function." w::call;
    "__str__" Str "($self, /)" "Return str(self)." |vm, s, a| w::unary(vm, s.str, a);
    "__getattribute__" GetAttr "($self, name, /)" "Return getattr(self, name)." w::getattr;
    "__getattr__" GetAttr "" "" w::getattr;
    "__setattr__" SetAttr "($self, name, value, /)" "Implement setattr(self, name, value)." w::setattr;
    "__delattr__" SetAttr "($self, name, /)" "Implement delattr(self, name)." w::delattr;
    "__lt__" Compare "($self, value, /)" "Return self<value." w::lt;
    "__le__" Compare "($self, value, /)" "Return self<=value." w::le;
    "__eq__" Compare "($self, value, /)" "Return self==value." w::eq;
    "__ne__" Compare "($self, value, /)" "Return self!=value." w::ne;
    "__gt__" Compare "($self, value, /)" "Return self>value." w::gt;
    "__ge__" Compare "($self, value, /)" "Return self>=value." w::ge;
    "__iter__" Iter "($self, /)" "Implement iter(self)." |vm, s, a| w::unary(vm, s.iter, a);
    "__next__" Next "($self, /)" "Implement next(self)." w::next;
    "__get__" DescrGet "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner." w::descr_get;
    "__set__" DescrSet "($self, instance, value, /)" "Set an attribute of instance to value." w::descr_set;
    "__delete__" DescrSet "($self, instance, /)" "Delete an attribute of instance." w::descr_delete;
    "__init__" Init "($self, /, *args, **kwargs)" "Initialize self.  See help(type(self)) for accurate signature." w::init;
    "__new__" New "" "" w::init;
    "__del__" Finalize "($self, /)" "Called when the instance is about to be destroyed." w::finalize;
    "__await__" Await "($self, /)" "Return an iterator to be used in await expression." |vm, s, a| w::unary(vm, s.await_, a);
    "__aiter__" Aiter "($self, /)" "Return an awaitable, that resolves in asynchronous iterator." |vm, s, a| w::unary(vm, s.aiter, a);
    "__anext__" Anext "($self, /)" "Return a value or raise StopAsyncIteration." |vm, s, a| w::unary(vm, s.anext, a);
    "__add__" Add "($self, value, /)" "Return self+value." |vm, s, a| w::left(vm, s.binary[0], a);
    "__radd__" Add "($self, value, /)" "Return value+self." |vm, s, a| w::right(vm, s.binary[0], a);
    "__sub__" Sub "($self, value, /)" "Return self-value." |vm, s, a| w::left(vm, s.binary[1], a);
    "__rsub__" Sub "($self, value, /)" "Return value-self." |vm, s, a| w::right(vm, s.binary[1], a);
    "__mul__" Mul "($self, value, /)" "Return self*value." |vm, s, a| w::left(vm, s.binary[2], a);
    "__rmul__" Mul "($self, value, /)" "Return value*self." |vm, s, a| w::right(vm, s.binary[2], a);
    "__truediv__" TrueDiv "($self, value, /)" "Return self/value." |vm, s, a| w::left(vm, s.binary[3], a);
    "__rtruediv__" TrueDiv "($self, value, /)" "Return value/self." |vm, s, a| w::right(vm, s.binary[3], a);
    "__floordiv__" FloorDiv "($self, value, /)" "Return self//value." |vm, s, a| w::left(vm, s.binary[4], a);
    "__rfloordiv__" FloorDiv "($self, value, /)" "Return value//self." |vm, s, a| w::right(vm, s.binary[4], a);
    "__mod__" Mod "($self, value, /)" "Return self%value." |vm, s, a| w::left(vm, s.binary[5], a);
    "__rmod__" Mod "($self, value, /)" "Return value%self." |vm, s, a| w::right(vm, s.binary[5], a);
    "__pow__" Pow "($self, value, mod=None, /)" "Return pow(self, value, mod)." w::pow;
    "__rpow__" Pow "($self, value, mod=None, /)" "Return pow(value, self, mod)." w::rpow;
    "__matmul__" MatMul "($self, value, /)" "Return self@value." |vm, s, a| w::left(vm, s.binary[7], a);
    "__rmatmul__" MatMul "($self, value, /)" "Return value@self." |vm, s, a| w::right(vm, s.binary[7], a);
    "__lshift__" LShift "($self, value, /)" "Return self<<value." |vm, s, a| w::left(vm, s.binary[8], a);
    "__rlshift__" LShift "($self, value, /)" "Return value<<self." |vm, s, a| w::right(vm, s.binary[8], a);
    "__rshift__" RShift "($self, value, /)" "Return self>>value." |vm, s, a| w::left(vm, s.binary[9], a);
    "__rrshift__" RShift "($self, value, /)" "Return value>>self." |vm, s, a| w::right(vm, s.binary[9], a);
    "__and__" And "($self, value, /)" "Return self&value." |vm, s, a| w::left(vm, s.binary[10], a);
    "__rand__" And "($self, value, /)" "Return value&self." |vm, s, a| w::right(vm, s.binary[10], a);
    "__or__" Or "($self, value, /)" "Return self|value." |vm, s, a| w::left(vm, s.binary[11], a);
    "__ror__" Or "($self, value, /)" "Return value|self." |vm, s, a| w::right(vm, s.binary[11], a);
    "__xor__" Xor "($self, value, /)" "Return self^value." |vm, s, a| w::left(vm, s.binary[12], a);
    "__rxor__" Xor "($self, value, /)" "Return value^self." |vm, s, a| w::right(vm, s.binary[12], a);
    "__divmod__" DivMod "($self, value, /)" "Return divmod(self, value)." |vm, s, a| w::left(vm, s.divmod, a);
    "__rdivmod__" DivMod "($self, value, /)" "Return divmod(value, self)." |vm, s, a| w::right(vm, s.divmod, a);
    "__neg__" Neg "($self, /)" "-self" |vm, s, a| w::unary(vm, s.neg, a);
    "__pos__" Pos "($self, /)" "+self" |vm, s, a| w::unary(vm, s.pos, a);
    "__abs__" Abs "($self, /)" "abs(self)" |vm, s, a| w::unary(vm, s.abs, a);
    "__invert__" Invert "($self, /)" "~self" |vm, s, a| w::unary(vm, s.invert, a);
    "__bool__" Bool "($self, /)" "True if self else False" w::bool;
    "__int__" Int "($self, /)" "int(self)" |vm, s, a| w::unary(vm, s.int, a);
    "__float__" Float "($self, /)" "float(self)" |vm, s, a| w::unary(vm, s.float, a);
    "__index__" Index "($self, /)" "Return self converted to an integer, if self is suitable for use as an index into a list." |vm, s, a| w::unary(vm, s.index, a);
    "__iadd__" IAdd "($self, value, /)" "Return self+=value." |vm, s, a| w::left(vm, s.inplace[0], a);
    "__isub__" ISub "($self, value, /)" "Return self-=value." |vm, s, a| w::left(vm, s.inplace[1], a);
    "__imul__" IMul "($self, value, /)" "Return self*=value." |vm, s, a| w::left(vm, s.inplace[2], a);
    "__itruediv__" ITrueDiv "($self, value, /)" "Return self/=value." |vm, s, a| w::left(vm, s.inplace[3], a);
    "__ifloordiv__" IFloorDiv "($self, value, /)" "Return self//=value." |vm, s, a| w::left(vm, s.inplace[4], a);
    "__imod__" IMod "($self, value, /)" "Return self%=value." |vm, s, a| w::left(vm, s.inplace[5], a);
    "__ipow__" IPow "($self, value, /)" "Return self**=value." |vm, s, a| w::left(vm, s.inplace[6], a);
    "__imatmul__" IMatMul "($self, value, /)" "Return self@=value." |vm, s, a| w::left(vm, s.inplace[7], a);
    "__ilshift__" ILShift "($self, value, /)" "Return self<<=value." |vm, s, a| w::left(vm, s.inplace[8], a);
    "__irshift__" IRShift "($self, value, /)" "Return self>>=value." |vm, s, a| w::left(vm, s.inplace[9], a);
    "__iand__" IAnd "($self, value, /)" "Return self&=value." |vm, s, a| w::left(vm, s.inplace[10], a);
    "__ior__" IOr "($self, value, /)" "Return self|=value." |vm, s, a| w::left(vm, s.inplace[11], a);
    "__ixor__" IXor "($self, value, /)" "Return self^=value." |vm, s, a| w::left(vm, s.inplace[12], a);
    "__len__" Len "($self, /)" "Return len(self)." w::len;
    "__getitem__" GetItem "($self, key, /)" "Return self[key]." |vm, s, a| w::left(vm, s.getitem, a);
    "__setitem__" SetItem "($self, key, value, /)" "Set self[key] to value." w::setitem;
    "__delitem__" SetItem "($self, key, /)" "Delete self[key]." w::delitem;
    "__contains__" Contains "($self, key, /)" "Return bool(key in self)." w::contains;
    "__add__" Concat "($self, value, /)" "Return self+value." |vm, s, a| w::left(vm, s.concat, a);
    "__mul__" Repeat "($self, value, /)" "Return self*value." |vm, s, a| w::repeat(vm, s.repeat, a);
    "__rmul__" Repeat "($self, value, /)" "Return value*self." |vm, s, a| w::repeat(vm, s.repeat, a);
    "__iadd__" IConcat "($self, value, /)" "Implement self+=value." |vm, s, a| w::left(vm, s.iconcat, a);
    "__imul__" IRepeat "($self, value, /)" "Implement self*=value." |vm, s, a| w::repeat(vm, s.irepeat, a);
    "__buffer__" Buffer "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object." w::buffer;
    "__release_buffer__" Buffer "($self, buffer, /)" "Release the buffer object that exposes the underlying memory of the object." w::release_buffer;
}

fn row(slot: Slot) -> &'static SlotRow {
    &ROWS[slot as usize]
}

/// The special methods that a native type gets from the slots of its declaration.
pub(crate) fn specials_of(slots: &Slots) -> impl Iterator<Item = &'static Special> + '_ {
    SPECIALS.iter().filter(|s| !s.params.is_empty() && (row(s.slot).filled)(slots))
}

/// Fills the slots of a native type that it leaves empty from a base. `hash` and `compare` come together or not at all.
pub(crate) fn inherit(mine: &mut Slots, base: &Slots, overrides_hash: bool) {
    let alone = mine.hash.is_none() && mine.compare.is_none() && !overrides_hash;
    for &slot in ALL {
        let r = row(slot);
        match slot {
            Slot::New | Slot::Hash | Slot::Compare => {}
            _ if !(r.filled)(mine) => (r.copy)(mine, base),
            _ => {}
        }
    }
    if alone {
        mine.hash = base.hash;
        mine.compare = base.compare;
    }
}

/// The bit set of slots that a special name bears on.
fn slots_of_name(name: &[u8]) -> impl Iterator<Item = Slot> + '_ {
    SPECIALS.iter().filter(move |s| s.name.as_bytes() == name).map(|s| s.slot)
}

/// Whether a name looks like that of a special method.
pub(crate) fn is_dunder(name: &PyStr) -> bool {
    let b = name.as_bytes();
    b.len() > 4 && b.starts_with(b"__") && b.ends_with(b"__")
}

/// Sets the slots of a class made by Python code whose MRO is known: those of its first base, corrected where its own
/// namespace (or, with several bases, any namespace) has special methods.
pub(crate) fn fill(vm: &Vm, ty: &Type) {
    let mut slots = match ty.base() {
        Some(b) => *b.slots(),
        None => Slots::EMPTY,
    };
    let single = {
        let mro = ty.mro();
        let base_mro_len = ty.base().map_or(0, |b| b.mro().len());
        mro.len() == base_mro_len + 1
    };
    let mut touched = [false; 64];
    if single {
        ty.dict().table().each(|k, _| {
            if let Some(k) = k.downcast::<PyStr>()
                && is_dunder(k)
            {
                slots_of_name(k.as_bytes()).for_each(|s| touched[s as usize] = true);
            }
        });
    } else {
        // Every namespace but that of `object` may add something.
        let mro: Vec<_> = ty.mro().iter().cloned().collect();
        for t in mro.iter().filter(|t| !t.as_value().is(&crate::types::object::OBJECT.as_value())) {
            t.dict().table().each(|k, _| {
                if let Some(k) = k.downcast::<PyStr>()
                    && is_dunder(k)
                {
                    slots_of_name(k.as_bytes()).for_each(|s| touched[s as usize] = true);
                }
            });
        }
    }
    for &slot in ALL {
        if touched[slot as usize] {
            update(vm, ty, slot, &mut slots);
        }
    }
    ty.set_slots(slots);
    set_flags(ty);
}

/// After `ty.name` was set or deleted: the slots of the class and of its subclasses.
pub(crate) fn attribute_changed(vm: &Vm, ty: &Type, name: &Str) {
    if !is_dunder(name) {
        return;
    }
    let changed: Vec<Slot> = slots_of_name(name.as_bytes()).collect();
    if !changed.is_empty() {
        update_tree(vm, ty, &changed);
    }
}

fn update_tree(vm: &Vm, ty: &Type, changed: &[Slot]) {
    if ty.is_heap() {
        let mut slots = *ty.slots();
        for &s in changed {
            update(vm, ty, s, &mut slots);
        }
        ty.set_slots(slots);
        set_flags(ty);
    }
    for sub in ty.subclasses() {
        update_tree(vm, sub.object(), changed);
    }
}

/// All slots of the class and of its subclasses, after its bases changed.
pub(crate) fn refill_tree(vm: &Vm, ty: &Type) {
    let mut slots = *ty.slots();
    for &s in ALL {
        update(vm, ty, s, &mut slots);
    }
    ty.set_slots(slots);
    set_flags(ty);
    for sub in ty.subclasses() {
        refill_tree(vm, sub.object());
    }
}

/// Flags that say something about slots.
pub(crate) fn set_flags(ty: &Type) {
    use crate::types::object::{generic_getattr, generic_setattr};
    let s = ty.slots();
    let set = |bit: u32, on: bool| if on { ty.add_flags(bit) } else { ty.remove_flags(bit) };
    set(TypeFlags::GENERIC_GETATTR, s.getattr.is_some_and(|g| std::ptr::fn_addr_eq(g, generic_getattr as f::GetAttr)));
    set(TypeFlags::GENERIC_SETATTR, s.setattr.is_some_and(|g| std::ptr::fn_addr_eq(g, generic_setattr as f::SetAttr)));
    set(TypeFlags::HAS_FINALIZER, s.finalize.is_some());
}

/// Decides one slot from what its special methods are.
fn update(_vm: &Vm, ty: &Type, slot: Slot, slots: &mut Slots) {
    let r = row(slot);
    let mut native: Option<&PyWrapper> = None;
    let mut held = Vec::new();
    let mut generic = false;
    let mut any = false;
    for special in SPECIALS.iter().filter(|s| s.slot == slot) {
        let Some(v) = ty.lookup(&PyStr::intern(special.name.as_bytes())) else { continue };
        held.push((special.name, v));
    }
    for (name, v) in &held {
        any = true;
        if slot == Slot::Hash && v.is_none() {
            (r.empty)(slots);
            return;
        }
        if slot == Slot::New {
            if let Some(owner) = super::native_function::owner_of_new(v)
                && super::native_function::may_make(owner, ty)
            {
                slots.new = owner.slots().new;
                return;
            }
            generic = true;
            continue;
        }
        match v.downcast::<PyWrapper>() {
            Some(wr) if wr.special.slot == slot && ty.is_subtype(wr.owner.object()) => match native {
                Some(n) if !n.owner.is(&wr.owner) => generic = true,
                _ => native = Some(wr),
            },
            // The same name belongs to another slot of a native type, which serves.
            Some(wr) if wr.special.slot != slot && wr.special.name == *name && (row(wr.special.slot).filled)(slots) => {
                any = false
            }
            Some(_) => generic = true,
            None => {
                if slot == Slot::Buffer && v.downcast::<PyWrapper>().is_none() && native.is_some() {
                    continue;
                }
                generic = true;
            }
        }
    }
    if generic {
        (r.generic)(slots);
    } else if let Some(n) = native {
        (r.copy)(slots, n.owner.slots());
    } else if !any {
        inherit_unnamed(ty, slot, slots);
    }
}

/// A slot without any special method: empty, unless a native base fills it without showing a method for it.
fn inherit_unnamed(ty: &TypeObject, slot: Slot, slots: &mut Slots) {
    let r = row(slot);
    let from = ty.mro().iter().skip(1).find(|t| !t.is_heap() && (r.filled)(t.slots())).cloned();
    match from {
        Some(t) if matches!(slot, Slot::Finalize | Slot::New | Slot::Buffer | Slot::GetAttr | Slot::SetAttr) => {
            (r.copy)(slots, t.slots());
        }
        _ => (r.empty)(slots),
    }
}
