//! Attribute access with inline caches.
#![allow(unsafe_code)]

use super::shared_sites::{Access, Key};
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

/// Counts a failed attempt. A site that sees many kinds of objects stops learning for a while; what it would learn goes to
/// [`SharedSites`] then.
fn worth_learning(site: &SiteSlot) -> bool {
    let mut c = cache(site);
    c.misses = c.misses.wrapping_add(1);
    let again = c.misses < 16 || c.misses.is_multiple_of(32);
    remember(site, c);
    again
}

/// Puts what was learned into the site, whose count of misses stays.
fn learn(site: &SiteSlot, learned: Option<SiteCache>) -> bool {
    if let Some(c) = learned {
        remember(site, SiteCache { misses: cache(site).misses, ..c });
    }
    learned.is_some()
}

/// What the sites know of `obj` that have given up learning.
fn shared_key<'a>(access: Access, obj: &Value, name: &'a Str) -> Key<'a> {
    let class = obj.class();
    if !obj.is_ptr() {
        return Key { access, name, version: class.version(), word: 0 };
    }
    // Modules and classes answer for themselves.
    let own = match (obj.downcast_exact::<PyModule>(&MODULE), obj.downcast::<TypeObject>()) {
        (Some(m), _) => Some(m.dict().table().version_now()),
        (_, Some(t)) => Some(t.version_now()),
        _ => None,
    };
    if let Some(version) = own {
        return Key { access, name, version, word: obj.bits() };
    }
    let word = instance::word(obj, class);
    let word = if instance::dict_if_any(word).is_some() { 0 } else { word };
    Key { access, name, version: class.version(), word }
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
    // SAFETY: as in `cache`; nothing below changes it.
    load_known(obj, unsafe { &*site.cache.get() }, &site.name)
}

#[inline(always)]
fn load_known(obj: &Value, c: &SiteCache, name: &Value) -> Option<Value> {
    if !obj.is_ptr() {
        return None;
    }
    let class = obj.class();
    if c.kind == INLINE {
        if class.version_now() == c.version && instance::word(obj, class) == c.word {
            // SAFETY: version and word are those that the offset belongs to.
            return Some(unsafe { instance::read_at(obj, c.index as usize).clone() });
        }
        return None;
    }
    load_other(obj, class, c, name)
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
    if obj.is_ptr() {
        if worth_learning(site) {
            if learn(site, learn_load(&obj, &name))
                && let Some(v) = load_fast(&obj, site)
            {
                return Ok(v);
            }
        } else {
            let key = shared_key(Access::Load, &obj, &name);
            let known = vm.runtime().shared_sites.get(&key, || learn_load(&obj, &name));
            if let Some(v) = known.and_then(|c| load_known(&obj, &c, &site.name)) {
                return Ok(v);
            }
        }
    }
    vm.get_attr(&obj, &name)
}

/// A cache's content, unless the version says that nothing is known.
fn known(kind: u8, version: u32, index: usize, word: u64, value: u64) -> Option<SiteCache> {
    (version != 0).then_some(SiteCache { version, kind, misses: 0, index: index as u32, word, value })
}

fn learn_load(obj: &Value, name: &Str) -> Option<SiteCache> {
    let class = obj.class();
    if let Some(m) = obj.downcast_exact::<PyModule>(&MODULE) {
        let t = m.dict().table();
        return known(OF_MODULE, t.version(), t.find_str(name)?, 0, 0);
    }
    if let Some(t) = obj.downcast::<TypeObject>() {
        // A plain metaclass can't get in between, unless it has a data descriptor of that name.
        if std::ptr::eq(class, &crate::types::type_::TYPE)
            && let Some(v) = t.lookup(name)
            && class.lookup(name).is_none_or(|m| m.class().slots().descr_set.is_none())
            && (v.class().slots().descr_get.is_none() || crate::types::function::PyFunction::of(&v).is_some())
        {
            return known(OF_CLASS, t.version(), 0, obj.bits(), v.bits());
        }
        return None;
    }
    if !class.flags().has(TypeFlags::GENERIC_GETATTR) {
        return None;
    }
    let on_class = class.lookup(name);
    if let Some(d) = &on_class
        && d.class().slots().descr_set.is_some()
    {
        return known(SLOT, class.version(), crate::types::descriptor::slot_offset(d)?, 0, 0);
    }
    if let Some((word, offset)) = instance::cacheable(obj, name) {
        return known(INLINE, class.version(), offset, word, 0);
    }
    let word = instance::word(obj, class);
    if let Some(d) = instance::dict_if_any(word) {
        return known(IN_DICT, class.version(), d.table().find_str(name)?, 0, 0);
    }
    let v = on_class.filter(|v| v.class().slots().descr_get.is_none())?;
    known(ON_CLASS, class.version(), 0, word, v.bits())
}

/// The cached method of `obj`'s class, for a call with `obj` as its first argument.
#[inline(always)]
pub(super) fn method_fast(obj: &Value, site: &SiteSlot) -> Option<Value> {
    // SAFETY: as in `cache`.
    method_known(obj, unsafe { &*site.cache.get() }, &site.name)
}

#[inline(always)]
fn method_known(obj: &Value, c: &SiteCache, name: &Value) -> Option<Value> {
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
            std::mem::ManuallyDrop::new(Ref::from_value_unchecked(unsafe { std::ptr::read(name) }));
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
        match learn_method(&obj, &name) {
            Learned::Method(c) => {
                learn(site, Some(c));
                // SAFETY: the version has just been read.
                return Ok(Method { func: unsafe { revive(c.value) }, this: Some(obj) });
            }
            Learned::Other => drop(learn(site, learn_load(&obj, &name))),
            Learned::Nothing => {}
        }
    } else {
        let sites = &vm.runtime().shared_sites;
        let method = sites.get(&shared_key(Access::Method, &obj, &name), || match learn_method(&obj, &name) {
            Learned::Method(c) => Some(c),
            _ => None,
        });
        if let Some(func) = method.and_then(|c| method_known(&obj, &c, &site.name)) {
            return Ok(Method { func, this: Some(obj) });
        }
    }
    vm.get_method(&obj, &name)
}

/// What there is to know of a name that is looked up to be called.
enum Learned {
    Method(SiteCache),
    /// It is no method; an attribute, perhaps.
    Other,
    Nothing,
}

fn learn_method(obj: &Value, name: &Str) -> Learned {
    let class = obj.class();
    let special = obj.has_layout::<TypeObject>() || obj.is_exact(&MODULE);
    if class.flags().has(TypeFlags::GENERIC_GETATTR)
        && !special
        && let Some(f) = class.lookup(name)
        && f.class().flags().has(TypeFlags::METHOD_DESCRIPTOR)
    {
        let word = if obj.is_ptr() { instance::word(obj, class) } else { 0 };
        if obj.is_ptr() && instance::get(obj, name).is_some() {
            return Learned::Nothing;
        }
        let in_dict = obj.is_ptr() && instance::dict_if_any(word).is_some();
        let kind = if in_dict { METHOD_DICT } else { METHOD };
        return known(kind, class.version(), 0, word, f.bits()).map_or(Learned::Nothing, Learned::Method);
    }
    if obj.is_ptr() { Learned::Other } else { Learned::Nothing }
}

/// `obj.name = v` by the cache; gives the value back when it knows nothing.
#[inline(always)]
pub(super) fn store_fast(obj: &Value, site: &SiteSlot, v: Value) -> Result<(), Value> {
    store_known(obj, cache(site), &site.name, v)
}

#[inline(always)]
fn store_known(obj: &Value, c: SiteCache, name: &Value, v: Value) -> Result<(), Value> {
    if !obj.is_ptr() {
        return Err(v);
    }
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
                if t.value_if_key(c.index as usize, name).is_some() {
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
    if !obj.is_ptr() || !obj.class().flags().has(TypeFlags::GENERIC_SETATTR) {
        return vm.set_attr(&obj, &name, v);
    }
    let mut v = v;
    if worth_learning(site) {
        learn(site, learn_store(&obj, &name));
    } else {
        let key = shared_key(Access::Store, &obj, &name);
        if let Some(c) = vm.runtime().shared_sites.get(&key, || learn_store(&obj, &name)) {
            v = match store_known(&obj, c, &site.name, v) {
                Ok(()) => return Ok(()),
                Err(v) => v,
            };
        }
    }
    vm.set_attr(&obj, &name, v)
}

fn learn_store(obj: &Value, name: &Str) -> Option<SiteCache> {
    let class = obj.class();
    let on_class = class.lookup(name);
    let version = class.version();
    if let Some(d) = on_class.as_ref().filter(|d| d.class().slots().descr_set.is_some()) {
        return known(SLOT, version, crate::types::descriptor::slot_offset(d)?, 0, 0);
    }
    if let Some((word, offset)) = instance::cacheable(obj, name) {
        return known(INLINE, version, offset, word, 0);
    }
    if let Some((before, after, offset)) = instance::cacheable_add(obj, name) {
        return known(ADD, version, offset, before, after);
    }
    let d = instance::dict_if_any(instance::word(obj, class))?;
    known(IN_DICT, version, d.table().find_str(name)?, 0, 0)
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
