//! The proxies that the user has set for the network, from the frameworks SystemConfiguration and CoreFoundation.
//!
//! # Safety
//! Both frameworks are loaded when somebody asks, so that a program that never does neither links nor waits for them; their
//! functions have the signatures of Apple's headers. What a function named "Create" or "Copy" gives is released once, by
//! [`Owned`]; what is found inside of it is looked at while that lives, and only after its type was asked for.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};

/// An object of CoreFoundation.
type Object = *const c_void;

/// `kCFStringEncodingUTF8` and `kCFNumberSInt32Type`
const UTF8: u32 = 0x0800_0100;
const INT32: isize = 3;

/// What the settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Hosts without a dot in their names are asked directly.
    pub exclude_simple: bool,
    /// Patterns of hosts that are asked directly.
    pub exceptions: Vec<String>,
    /// Protocols with the addresses of their proxies.
    pub proxies: Vec<(&'static str, String)>,
}

/// The protocols by the names that Python has for them and those that their keys begin with.
const PROTOCOLS: [(&str, &str); 4] = [("http", "HTTP"), ("https", "HTTPS"), ("ftp", "FTP"), ("gopher", "Gopher")];

/// The functions that are needed.
struct Calls {
    copy_proxies: unsafe extern "C" fn(Object) -> Object,
    release: unsafe extern "C" fn(Object),
    type_of: unsafe extern "C" fn(Object) -> usize,
    number_type: unsafe extern "C" fn() -> usize,
    string_type: unsafe extern "C" fn() -> usize,
    array_type: unsafe extern "C" fn() -> usize,
    make_string: unsafe extern "C" fn(Object, *const c_char, u32) -> Object,
    value_of: unsafe extern "C" fn(Object, Object) -> Object,
    number: unsafe extern "C" fn(Object, isize, *mut c_void) -> u8,
    length: unsafe extern "C" fn(Object) -> isize,
    most_bytes: unsafe extern "C" fn(isize, u32) -> isize,
    string: unsafe extern "C" fn(Object, *mut c_char, isize, u32) -> u8,
    count: unsafe extern "C" fn(Object) -> isize,
    item: unsafe extern "C" fn(Object, isize) -> Object,
}

/// A framework's image; null when there is none.
fn load(path: &CStr) -> *mut c_void {
    // SAFETY: a framework of the system; its initialisers are its own.
    unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) }
}

impl Calls {
    #[allow(clippy::missing_transmute_annotations, reason = "the fields say what the addresses become")]
    fn find() -> Option<Calls> {
        let foundation = load(c"/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation");
        let configuration = load(c"/System/Library/Frameworks/SystemConfiguration.framework/SystemConfiguration");
        if foundation.is_null() || configuration.is_null() {
            return None;
        }
        macro_rules! function {
            ($image:expr, $name:literal) => {{
                // SAFETY: the name ends with a NUL, and the image is never unloaded.
                let at = unsafe { libc::dlsym($image, $name.as_ptr()) };
                if at.is_null() {
                    return None;
                }
                // SAFETY: the field has the function's signature.
                unsafe { std::mem::transmute(at) }
            }};
        }
        Some(Calls {
            copy_proxies: function!(configuration, c"SCDynamicStoreCopyProxies"),
            release: function!(foundation, c"CFRelease"),
            type_of: function!(foundation, c"CFGetTypeID"),
            number_type: function!(foundation, c"CFNumberGetTypeID"),
            string_type: function!(foundation, c"CFStringGetTypeID"),
            array_type: function!(foundation, c"CFArrayGetTypeID"),
            make_string: function!(foundation, c"CFStringCreateWithCString"),
            value_of: function!(foundation, c"CFDictionaryGetValue"),
            number: function!(foundation, c"CFNumberGetValue"),
            length: function!(foundation, c"CFStringGetLength"),
            most_bytes: function!(foundation, c"CFStringGetMaximumSizeForEncoding"),
            string: function!(foundation, c"CFStringGetCString"),
            count: function!(foundation, c"CFArrayGetCount"),
            item: function!(foundation, c"CFArrayGetValueAtIndex"),
        })
    }

    /// An object as a text, if it is one.
    fn text(&self, v: Object) -> Option<String> {
        // SAFETY: see above; the buffer has the told length.
        unsafe {
            if v.is_null() || (self.type_of)(v) != (self.string_type)() {
                return None;
            }
            let room = (self.most_bytes)((self.length)(v), UTF8).checked_add(1)?;
            let mut buffer = vec![0u8; usize::try_from(room).ok()?];
            if (self.string)(v, buffer.as_mut_ptr().cast(), room, UTF8) == 0 {
                return None;
            }
            Some(CStr::from_bytes_until_nul(&buffer).ok()?.to_string_lossy().into_owned())
        }
    }

    /// An object as a number, if it is one.
    fn int(&self, v: Object) -> Option<c_int> {
        let mut n: c_int = 0;
        // SAFETY: see above; the number is written as an int of 32 bits.
        let known = unsafe {
            !v.is_null()
                && (self.type_of)(v) == (self.number_type)()
                && (self.number)(v, INT32, (&raw mut n).cast()) != 0
        };
        known.then_some(n)
    }

    /// All texts of a list.
    fn texts(&self, v: Object) -> Vec<String> {
        // SAFETY: see above; indices are below the count.
        unsafe {
            if v.is_null() || (self.type_of)(v) != (self.array_type)() {
                return Vec::new();
            }
            (0..(self.count)(v)).filter_map(|i| self.text((self.item)(v, i))).collect()
        }
    }
}

/// An object that is ours to release.
struct Owned<'a>(Object, &'a Calls);

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        // SAFETY: see above.
        unsafe { (self.1.release)(self.0) };
    }
}

impl Owned<'_> {
    /// What a dictionary has under a key; null when nothing.
    fn get(&self, key: &str) -> Object {
        let Ok(name) = super::super::cstring(key.as_bytes()) else { return std::ptr::null() };
        // SAFETY: see above; the dictionary keeps the value, not the key that asks for it.
        unsafe {
            let key = Owned((self.1.make_string)(std::ptr::null(), name.as_ptr(), UTF8), self.1);
            if key.0.is_null() {
                std::mem::forget(key);
                return std::ptr::null();
            }
            (self.1.value_of)(self.0, key.0)
        }
    }
}

/// The settings; `None` when the system has none to tell.
pub fn settings() -> Option<Settings> {
    let calls = Calls::find()?;
    // SAFETY: without a session of one's own.
    let all = unsafe { (calls.copy_proxies)(std::ptr::null()) };
    if all.is_null() {
        return None;
    }
    let all = Owned(all, &calls);
    let is_set = |key: &str| calls.int(all.get(key)).is_some_and(|n| n != 0);
    let proxy = |key: &str| {
        if !is_set(&format!("{key}Enable")) {
            return None;
        }
        let host = calls.text(all.get(&format!("{key}Proxy")))?;
        Some(match calls.int(all.get(&format!("{key}Port"))) {
            Some(port) => format!("http://{host}:{port}"),
            None => format!("http://{host}"),
        })
    };
    Some(Settings {
        exclude_simple: is_set("ExcludeSimpleHostnames"),
        exceptions: calls.texts(all.get("ExceptionsList")),
        proxies: PROTOCOLS.iter().filter_map(|(name, key)| Some((*name, proxy(key)?))).collect(),
    })
}
