//! The registry: keys as numbers, values as their bytes.

use std::ffi::CStr;
use std::io;

use windows_sys::Win32::Foundation::{ERROR_MORE_DATA, FILETIME};
use windows_sys::Win32::System::Environment::ExpandEnvironmentStringsW;
use windows_sys::Win32::System::Registry as r;

use super::{Handle, filled, narrow, wide, wide_c};

fn done(code: u32) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code as i32)) }
}

/// Opens a key below another.
pub fn open(key: Handle, name: &CStr, access: u32) -> io::Result<Handle> {
    let mut out = std::ptr::null_mut();
    // SAFETY: see the module `os`.
    done(unsafe { r::RegOpenKeyExW(key as _, wide_c(name).as_ptr(), 0, access, &raw mut out) })?;
    Ok(out as Handle)
}

/// Opens a key below another, or makes it.
pub fn create(key: Handle, name: &CStr, access: u32) -> io::Result<Handle> {
    let mut out = std::ptr::null_mut();
    let null = std::ptr::null();
    // SAFETY: see the module `os`.
    done(unsafe {
        let made = std::ptr::null_mut();
        r::RegCreateKeyExW(key as _, wide_c(name).as_ptr(), 0, null, 0, access, null.cast(), &raw mut out, made)
    })?;
    Ok(out as Handle)
}

/// Closes a key.
pub fn close(key: Handle) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegCloseKey(key as _) })
}

/// Deletes a key below another, which must have no keys below itself.
pub fn delete_key(key: Handle, name: &CStr, access: u32) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegDeleteKeyExW(key as _, wide_c(name).as_ptr(), access, 0) })
}

/// Deletes a value.
pub fn delete_value(key: Handle, name: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegDeleteValueW(key as _, wide_c(name).as_ptr()) })
}

/// A value: its bytes and its type.
pub fn value(key: Handle, name: &CStr) -> io::Result<(Vec<u8>, u32)> {
    let name = wide_c(name);
    let mut buffer = vec![0u8; 256];
    loop {
        let (mut kind, mut len) = (0, buffer.len() as u32);
        // SAFETY: the buffer has the length that is told.
        let code = unsafe {
            let (null, at) = (std::ptr::null(), buffer.as_mut_ptr());
            r::RegQueryValueExW(key as _, name.as_ptr(), null, &raw mut kind, at, &raw mut len)
        };
        if code == ERROR_MORE_DATA {
            buffer.resize((len as usize).max(2 * buffer.len()), 0);
            continue;
        }
        done(code)?;
        buffer.truncate(len as usize);
        return Ok((buffer, kind));
    }
}

/// Sets a value.
pub fn set_value(key: Handle, name: &CStr, kind: u32, data: &[u8]) -> io::Result<()> {
    // An empty one has no place: Wine looks there all the same.
    let at = if data.is_empty() { std::ptr::null() } else { data.as_ptr() };
    // SAFETY: the data has the length that is told.
    done(unsafe { r::RegSetValueExW(key as _, wide_c(name).as_ptr(), 0, kind, at, data.len() as u32) })
}

/// How many keys and values a key has, and when it was changed (100 nanoseconds since 1601).
pub fn information(key: Handle) -> io::Result<(u32, u32, i64)> {
    let (mut keys, mut values) = (0, 0);
    // SAFETY: plain numbers; see the module `os`.
    unsafe {
        let mut changed: FILETIME = std::mem::zeroed();
        let (n, text) = (std::ptr::null_mut::<u32>(), std::ptr::null_mut());
        done(r::RegQueryInfoKeyW(
            key as _,
            text,
            n,
            n.cast(),
            &raw mut keys,
            n,
            n,
            &raw mut values,
            n,
            n,
            n,
            &raw mut changed,
        ))?;
        Ok((keys, values, i64::from(changed.dwHighDateTime) << 32 | i64::from(changed.dwLowDateTime)))
    }
}

/// The name of a key below another, by its index.
pub fn key_name(key: Handle, index: u32) -> io::Result<Vec<u8>> {
    let mut name = [0u16; 257];
    let mut len = name.len() as u32;
    let null = std::ptr::null_mut::<u16>();
    // SAFETY: the buffer has the length that is told.
    done(unsafe {
        r::RegEnumKeyExW(key as _, index, name.as_mut_ptr(), &raw mut len, null.cast(), null, null.cast(), null.cast())
    })?;
    Ok(narrow(&name))
}

/// The name of a value, by its index.
pub fn value_name(key: Handle, index: u32) -> io::Result<Vec<u8>> {
    let mut name = vec![0u16; 16_384];
    let mut len = name.len() as u32;
    let null = std::ptr::null_mut::<u32>();
    // SAFETY: the buffer has the length that is told; the value itself is not asked for.
    done(unsafe {
        let at = name.as_mut_ptr();
        r::RegEnumValueW(key as _, index, at, &raw mut len, null.cast(), null, null.cast(), null)
    })?;
    Ok(narrow(&name))
}

/// The key of another machine.
pub fn connect(machine: Option<&CStr>, key: Handle) -> io::Result<Handle> {
    let machine = machine.map(wide_c);
    let mut out = std::ptr::null_mut();
    let at = machine.as_ref().map_or(std::ptr::null(), |m| m.as_ptr());
    // SAFETY: see the module `os`.
    done(unsafe { r::RegConnectRegistryW(at, key as _, &raw mut out) })?;
    Ok(out as Handle)
}

/// Writes a key's changes to the disk.
pub fn flush(key: Handle) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegFlushKey(key as _) })
}

/// Makes a key below another out of a file that [`save`] wrote.
pub fn load(key: Handle, name: &CStr, file: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegLoadKeyW(key as _, wide_c(name).as_ptr(), wide_c(file).as_ptr()) })
}

/// Writes a key and all below it into a file.
pub fn save(key: Handle, file: &CStr) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { r::RegSaveKeyW(key as _, wide_c(file).as_ptr(), std::ptr::null()) })
}

/// Whether programs of 32 bits see another key than those of 64.
pub fn set_reflection(key: Handle, on: bool) -> io::Result<()> {
    // SAFETY: see the module `os`.
    done(unsafe { if on { r::RegEnableReflectionKey(key as _) } else { r::RegDisableReflectionKey(key as _) } })
}

/// Whether [`set_reflection`] has turned it off.
pub fn reflection_is_off(key: Handle) -> io::Result<bool> {
    let mut off = 0;
    // SAFETY: see the module `os`.
    done(unsafe { r::RegQueryReflectionKey(key as _, &raw mut off) })?;
    Ok(off != 0)
}

/// Replaces `%NAME%` by the variable's value.
pub fn expand(text: &CStr) -> io::Result<Vec<u8>> {
    let text = wide_c(text);
    // SAFETY: the buffer has the length that is told.
    filled(|b| unsafe { ExpandEnvironmentStringsW(text.as_ptr(), b.as_mut_ptr(), b.len() as u32) })
}

/// Text as a value has it: UTF-16 with a NUL.
pub fn text_value(text: &[u8]) -> Vec<u8> {
    wide(text).iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

/// The text of a value.
pub fn value_text(data: &[u8]) -> Vec<u8> {
    narrow(&units(data))
}

/// The texts of a value that has several.
pub fn value_texts(data: &[u8]) -> Vec<Vec<u8>> {
    let units = units(data);
    let mut parts: Vec<Vec<u8>> = units.split(|u| *u == 0).map(narrow).collect();
    // A NUL ends every text, and one more the list.
    while parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

fn units(data: &[u8]) -> Vec<u16> {
    data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}
