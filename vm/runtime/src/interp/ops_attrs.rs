//! Attribute access with inline caches.
#![allow(unsafe_code)]

use crate::Str;
use crate::object::typeobj::TypeObject;
use crate::object::{Ref, TypeFlags, Value, instance};
use crate::protocol::Method;
use crate::types::code::{SiteCache, SiteSlot};
use crate::types::module::{MODULE, PyModule};
use crate::vm::{PyResult, Vm};

/// An inline value: the attribute word must be the same.
const INLINE: u8 = 1;
/// A class attribute without `__get__`, not shadowed: the attribute word must be the same.
const ON_CLASS: u8 = 2;
/// An attribute of a module: keys of its dict unchanged.
const OF_MODULE: u8 = 3;
/// An attribute of a class that is looked up on the class itself.
const OF_CLASS: u8 = 4;
/// A method on the class, not shadowed.
const METHOD: u8 = 5;
/// A method on the class of an object in dict mode: the dict must not have the name.
const METHOD_DICT: u8 = 6;
/// An entry of the dict of an object in dict mode.
const IN_DICT: u8 = 7;
/// A new inline value.
const ADD: u8 = 8;
/// A `__slots__` value.
const SLOT: u8 = 9;

fn cache(site: &SiteSlot) -> SiteCache {
    // SAFETY: caches are plain data, touched under the interpreter lock; this is a copy.
    unsafe { *site.cache.get() }
}

fn remember(site: &SiteSlot, c: SiteCache) {
    // SAFETY: as above.
    unsafe { *site.cache.get() = c }
}

/// Counts a failed attempt; sites that see many kinds of objects stop learning for a while.
fn worth_learning(site: &SiteSlot) -> bool {
    let mut c = cache(site);
    c.misses = c.misses.wrapping_add(1);
    let again = c.misses < 16 || c.misses.is_multiple_of(32);
    remember(site, c);
    again
}

/// The name of an attribute site.
#[inline(always)]
pub(super) fn site_name(site: &SiteSlot) -> Str {
    Ref::from_value_unchecked(site.name.clone())
}

/// A value that the cache keeps uncounted.
///
/// # Safety
/// The version check has shown that its owner still holds it.
#[inline(always)]
unsafe fn revive(bits: u64) -> Value {
    // SAFETY: by contract a live value; immediates are their own bits.
    unsafe { (*std::ptr::from_ref(&bits).cast::<Value>()).clone() }
}

/// What the cache knows of `obj.name`.
#[inline(always)]
pub(super) fn load_fast(obj: &Value, site: &SiteSlot) -> Option<Value> {
    if !obj.is_ptr() {
        return None;
    }
    // SAFETY: as in `cache`; nothing below changes it.
    let c = unsafe { &*site.cache.get() };
    let class = obj.class();
    if c.kind == INLINE {
        if class.version_now() == c.version && instance::word(obj, class) == c.word {
            // SAFETY: version and word are those that the offset belongs to.
            return Some(unsafe { instance::read_at(obj, c.index as usize).clone() });
        }
        return None;
    }
    load_other(obj, class, c, &site.name)
}

#[inline]
fn load_other(obj: &Value, class: &TypeObject, c: &SiteCache, name: &Value) -> Option<Value> {
    match c.kind {
        ON_CLASS if class.version_now() == c.version && instance::word(obj, class.object()) == c.word => {
            // SAFETY: the version is current.
            Some(unsafe { revive(c.value) })
        }
        IN_DICT if class.version_now() == c.version => {
            let d = instance::dict_if_any(instance::word(obj, class.object()))?;
            d.table().value_if_key(c.index as usize, name)
        }
        SLOT if class.version_now() == c.version => {
            let v = instance::get_slot(obj, c.index as usize);
            if v.is_unbound() { None } else { Some(v) }
        }
        OF_MODULE => {
            let m = obj.downcast_exact::<PyModule>(&MODULE)?;
            let t = m.dict().table();
            if t.version_now() == c.version { t.value_at(c.index as usize) } else { None }
        }
        OF_CLASS if obj.bits() == c.word => {
            let t = obj.downcast::<TypeObject>()?;
            // SAFETY: the version is current.
            if t.version_now() == c.version { Some(unsafe { revive(c.value) }) } else { None }
        }
        _ => None,
    }
}

/// `obj.name` the long way; learns.
#[inline(never)]
pub(super) fn load_slow(vm: &Vm, obj: &Value, site: &SiteSlot) -> PyResult<Value> {
    let name = site_name(site);
    let obj = obj.clone();
    if obj.is_ptr() && worth_learning(site) {
        learn_load(&obj, &name, site);
        if let Some(v) = load_fast(&obj, site) {
            return Ok(v);
        }
    }
    vm.get_attr(&obj, &name)
}

fn learn_load(obj: &Value, name: &Str, site: &SiteSlot) {
    let class = obj.class();
    let misses = cache(site).misses;
    let known = |kind, version, index: usize, word, value| {
        if version != 0 {
            remember(site, SiteCache { version, kind, misses, index: index as u32, word, value });
        }
    };
    if let Some(m) = obj.downcast_exact::<PyModule>(&MODULE) {
        let t = m.dict().table();
        if let Some(i) = t.find_str(name) {
            known(OF_MODULE, t.version(), i, 0, 0);
        }
        return;
    }
    if let Some(t) = obj.downcast::<TypeObject>() {
        // A plain metaclass can't get in between, unless it has a data descriptor of that name.
        if std::ptr::eq(class, &crate::types::type_::TYPE)
            && let Some(v) = t.lookup(name)
            && class.lookup(name).is_none_or(|m| m.class().slots().descr_set.is_none())
            && (v.class().slots().descr_get.is_none() || crate::types::function::PyFunction::of(&v).is_some())
        {
            known(OF_CLASS, t.version(), 0, obj.bits(), v.bits());
        }
        return;
    }
    if !class.flags().has(TypeFlags::GENERIC_GETATTR) {
        return;
    }
    let on_class = class.lookup(name);
    if let Some(d) = &on_class
        && d.class().slots().descr_set.is_some()
    {
        if let Some(off) = crate::types::descriptor::slot_offset(d) {
            known(SLOT, class.version(), off, 0, 0);
        }
        return;
    }
    if let Some((word, offset)) = instance::cacheable(obj, name) {
        known(INLINE, class.version(), offset, word, 0);
        return;
    }
    let word = instance::word(obj, class);
    if let Some(d) = instance::dict_if_any(word) {
        if let Some(i) = d.table().find_str(name) {
            known(IN_DICT, class.version(), i, 0, 0);
        }
        return;
    }
    if let Some(v) = on_class
        && v.class().slots().descr_get.is_none()
    {
        known(ON_CLASS, class.version(), 0, word, v.bits());
    }
}

/// The cached method of `obj`'s class, for a call with `obj` as its first argument.
#[inline(always)]
pub(super) fn method_fast(obj: &Value, site: &SiteSlot) -> Option<Value> {
    // SAFETY: as in `cache`.
    let c = unsafe { &*site.cache.get() };
    let class = obj.class();
    if class.version_now() != c.version {
        return None;
    }
    if c.kind == METHOD {
        if obj.is_ptr() && instance::word(obj, class) != c.word {
            return None;
        }
    } else if c.kind == METHOD_DICT {
        let d = instance::dict_if_any(instance::word(obj, class))?;
        // SAFETY: site names are interned strings.
        let name: std::mem::ManuallyDrop<Str> =
            std::mem::ManuallyDrop::new(Ref::from_value_unchecked(unsafe { std::ptr::read(&site.name) }));
        if d.table().find_str(&name).is_some() {
            return None;
        }
    } else {
        return None;
    }
    // SAFETY: the version is current.
    Some(unsafe { revive(c.value) })
}

/// `obj.name` for a call, the long way; learns.
#[inline(never)]
pub(super) fn method_slow(vm: &Vm, obj: &Value, site: &SiteSlot) -> PyResult<Method> {
    let name = site_name(site);
    let obj = obj.clone();
    if let Some(v) = load_fast(&obj, site) {
        return Ok(Method { func: v, this: None });
    }
    if worth_learning(site) {
        let class = obj.class();
        let special = obj.has_layout::<TypeObject>() || obj.is_exact(&MODULE);
        if class.flags().has(TypeFlags::GENERIC_GETATTR)
            && !special
            && let Some(f) = class.lookup(&name)
            && f.class().flags().has(TypeFlags::METHOD_DESCRIPTOR)
        {
            let version = class.version();
            let word = if obj.is_ptr() { instance::word(&obj, class) } else { 0 };
            let own = obj.is_ptr() && instance::get(&obj, &name).is_some();
            if !own && version != 0 {
                let in_dict = obj.is_ptr() && instance::dict_if_any(word).is_some();
                let kind = if in_dict { METHOD_DICT } else { METHOD };
                let misses = cache(site).misses;
                remember(site, SiteCache { version, kind, misses, index: 0, word, value: f.bits() });
                return Ok(Method { func: f, this: Some(obj) });
            }
        } else if obj.is_ptr() {
            learn_load(&obj, &name, site);
        }
    }
    vm.get_method(&obj, &name)
}

/// `obj.name = v` by the cache; gives the value back when it knows nothing.
#[inline(always)]
pub(super) fn store_fast(obj: &Value, site: &SiteSlot, v: Value) -> Result<(), Value> {
    if !obj.is_ptr() {
        return Err(v);
    }
    let c = cache(site);
    let class = obj.class();
    if class.version_now() != c.version || c.version == 0 {
        return Err(v);
    }
    match c.kind {
        INLINE if instance::word(obj, class) == c.word => {
            // SAFETY: version and word are those that the offset belongs to.
            drop(unsafe { instance::write_at(obj, c.index as usize, v) });
            Ok(())
        }
        ADD if instance::word(obj, class) == c.word => {
            // SAFETY: as above.
            unsafe { instance::add_at(obj, class, c.value, c.index as usize, v) };
            Ok(())
        }
        SLOT => {
            drop(instance::set_slot(obj, c.index as usize, v));
            Ok(())
        }
        IN_DICT => {
            if let Some(d) = instance::dict_if_any(instance::word(obj, class)) {
                let t = d.table();
                if t.value_if_key(c.index as usize, &site.name).is_some() {
                    drop(t.replace_at(c.index as usize, v));
                    return Ok(());
                }
            }
            Err(v)
        }
        _ => Err(v),
    }
}

/// `obj.name = v` the long way; learns.
#[inline(never)]
pub(super) fn store_slow(vm: &Vm, obj: &Value, site: &SiteSlot, v: Value) -> PyResult<()> {
    let name = site_name(site);
    let obj = obj.clone();
    let class = obj.class();
    if obj.is_ptr() && class.flags().has(TypeFlags::GENERIC_SETATTR) && worth_learning(site) {
        let on_class = class.lookup(&name);
        let data = on_class.as_ref().is_some_and(|d| d.class().slots().descr_set.is_some());
        let misses = cache(site).misses;
        let version = class.version();
        let known = |kind, index: usize, word, value| {
            if version != 0 {
                remember(site, SiteCache { version, kind, misses, index: index as u32, word, value });
            }
        };
        if data {
            if let Some(off) = on_class.as_ref().and_then(crate::types::descriptor::slot_offset) {
                known(SLOT, off, 0, 0);
            }
        } else if let Some((word, offset)) = instance::cacheable(&obj, &name) {
            known(INLINE, offset, word, 0);
        } else if let Some((before, after, offset)) = instance::cacheable_add(&obj, &name) {
            known(ADD, offset, before, after);
        } else if let Some(d) = instance::dict_if_any(instance::word(&obj, class))
            && let Some(i) = d.table().find_str(&name)
        {
            known(IN_DICT, i, 0, 0);
        }
    }
    vm.set_attr(&obj, &name, v)
}

/// `super().name`: the parts are the global `super`, the class and self.
pub(super) fn load_super(vm: &Vm, parts: [Value; 3], name: &Str, zero_args: bool, method: bool) -> PyResult<Method> {
    let [callee, class, this] = parts;
    if callee.is(&crate::types::super_::SUPER.as_value()) {
        return crate::types::super_::lookup(vm, &class, &this, name, method);
    }
    let s = if zero_args { vm.call0(&callee)? } else { vm.call(&callee, &[class, this])? };
    Ok(Method { func: vm.get_attr(&s, name)?, this: None })
}

/// A special method of a `with` statement.
pub(super) fn load_special(vm: &Vm, obj: &Value, which: u8) -> PyResult<Method> {
    let n = vm.names();
    let name = match which {
        0 => &n.__enter__,
        1 => &n.__exit__,
        2 => &n.__aenter__,
        _ => &n.__aexit__,
    };
    if let Some(m) = vm.lookup_special(obj, name)? {
        return Ok(m);
    }
    let (kind, other, hint) = if which < 2 {
        ("context manager", &n.__aenter__, "async with")
    } else {
        ("asynchronous context manager", &n.__enter__, "with")
    };
    let also = match which {
        1 | 3 => format!(" (missed {} method)", name.to_lossy()),
        _ => String::new(),
    };
    let did =
        if obj.class().lookup(other).is_some() { format!(" Did you mean to use '{hint}'?") } else { String::new() };
    Err(vm.type_error(format!("'{}' object does not support the {kind} protocol{also}{did}", obj.class().name())))
}
