//! The string object: header, hash, lengths, then the WTF-8 bytes inline.
//!
//! A string is ASCII exactly when its byte length equals its length in code points; indexing is then O(1). Other strings
//! carry, behind their bytes, a pointer to an index of byte offsets that is made when they are first indexed.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, Hasher};
use std::ptr::NonNull;

use hashbrown::HashTable;

use super::header::{Header, Layout, Object, alloc_raw};
use super::instance;
use super::reserve::{self, OutOfMemory};
use super::typed::{Payload, Ref, owner};
use super::typeobj::Type;
use super::value::Value;
use crate::types::str::STR;

/// The payload of `str`. Its bytes lie behind it.
#[repr(C)]
pub struct PyStr {
    /// 0 while unknown.
    hash: Cell<i64>,
    bytes: usize,
    chars: Cell<usize>,
    data: [u8; 0],
}

/// Set in `chars` when the string is in the intern table.
const INTERNED: usize = 1 << 63;

/// How many code points lie between two entries of a non-ASCII string's index.
const INDEX_STEP: usize = 64;

struct CharIndex {
    offsets: Box<[u32]>,
}

impl Payload for PyStr {
    fn layout() -> &'static Layout {
        static L: Layout = Layout::of::<PyStr>();
        &L
    }
    const VAR_SIZED: bool = true;
    fn trailing_bytes(&self) -> usize {
        trailing(self.bytes, self.is_ascii())
    }
}

const fn trailing(bytes: usize, ascii: bool) -> usize {
    if ascii { bytes } else { ((bytes + 7) & !7) + 8 }
}

impl Drop for PyStr {
    fn drop(&mut self) {
        if self.chars.get() & INTERNED != 0 {
            INTERN.remove(self);
        }
        if !self.is_ascii() {
            let p = self.index_cell().get();
            if !p.is_null() {
                // SAFETY: made by `Box::into_raw` in `char_index`.
                drop(unsafe { Box::from_raw(p) });
            }
        }
    }
}

/// How many of eight bytes continue a code point: one is counted in each that begins with the bits 10.
#[inline(always)]
fn continued(word: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let each = (word >> 7) & !(word >> 6) & ONES;
    (each.wrapping_mul(ONES) >> 56) as usize
}

/// The number of code points in WTF-8 text: of the bytes that continue none.
pub fn count_chars(bytes: &[u8]) -> usize {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    let mut count = bytes.len();
    for word in words {
        let word = u64::from_ne_bytes(word.try_into().unwrap_or_default());
        if word & TOPS != 0 {
            count -= continued(word);
        }
    }
    count - rest.iter().filter(|&&b| b & 0xC0 == 0x80).count()
}

impl AsRef<[u8]> for Ref<PyStr> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PyStr {
    /// A new exact `str` of valid WTF-8.
    pub fn new(bytes: &[u8]) -> Ref<PyStr> {
        // SAFETY: the one part is written whole.
        unsafe {
            PyStr::build(&STR, bytes.len(), count_chars(bytes), |to| {
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
            })
        }
    }

    /// A new `str` (or subclass) from parts of valid WTF-8. Surrogate halves that meet are joined by the caller.
    pub fn concat(class: &Type, parts: &[&[u8]]) -> Ref<PyStr> {
        let (mut bytes, mut chars) = (0, 0);
        for p in parts {
            bytes += p.len();
            chars += count_chars(p);
        }
        // SAFETY: the parts are as long together as was said.
        unsafe {
            PyStr::build(class, bytes, chars, |mut to| {
                for p in parts {
                    std::ptr::copy_nonoverlapping(p.as_ptr(), to, p.len());
                    to = to.add(p.len());
                }
            })
        }
    }

    /// As [`PyStr::concat`] for texts that may be too large for the memory that there is.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn try_concat(class: &Type, parts: &[&[u8]]) -> Result<Ref<PyStr>, OutOfMemory> {
        reserve::has_room(parts.iter().map(|p| p.len()).sum())?;
        Ok(PyStr::concat(class, parts))
    }

    /// A new exact `str` of ASCII bytes; `fill` writes all of them.
    pub fn build_ascii(len: usize, fill: impl FnOnce(&mut [u8])) -> Ref<PyStr> {
        // SAFETY: zeros are written first.
        unsafe {
            PyStr::build(&STR, len, len, |to| {
                std::ptr::write_bytes(to, 0, len);
                fill(std::slice::from_raw_parts_mut(to, len));
            })
        }
    }

    /// A new `str` whose text `fill` writes.
    ///
    /// # Safety
    /// `fill` writes `bytes` bytes of valid WTF-8 that are `chars` code points.
    #[inline]
    unsafe fn build(class: &Type, bytes: usize, chars: usize, fill: impl FnOnce(*mut u8)) -> Ref<PyStr> {
        let ascii = bytes == chars;
        // SAFETY: the memory has room for payload, bytes, index pointer and extension; all are written before use.
        unsafe {
            let base = size_of::<Object<PyStr>>() + trailing(bytes, ascii);
            let base = (base + 7) & !7;
            let p = alloc_raw(class, base + class.extension_size());
            let o = p.cast::<Object<PyStr>>().as_ptr();
            (&raw mut (*o).payload).write(PyStr { hash: Cell::new(0), bytes, chars: Cell::new(chars), data: [] });
            let data = p.as_ptr().cast::<u8>().add(size_of::<Object<PyStr>>());
            fill(data);
            if !ascii {
                (*o).payload.begin_index();
            }
            if class.has_extension() {
                instance::init_extension(p, class, base);
                super::gc::track(p);
            }
            Ref::from_value_unchecked(Value::from_owned(p))
        }
    }

    /// The exact `str` of one code point. Those of ASCII are made once.
    pub fn of_char(cp: u32) -> Ref<PyStr> {
        let i = cp as usize;
        if i >= 128 {
            let mut text = Vec::with_capacity(4);
            push_code_point(&mut text, cp);
            return PyStr::new(&text);
        }
        let mut table = CHARS.table.borrow_mut();
        if table.is_empty() {
            table.resize(128, None);
        }
        table[i].get_or_insert_with(|| PyStr::intern(&[cp as u8])).clone()
    }

    /// The text as WTF-8.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: strings lie in objects made by `build`, with this many bytes behind the payload.
        unsafe { std::slice::from_raw_parts((&raw const self.data).cast(), self.bytes) }
    }

    /// The text, unless it has lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// The text; lone surrogates become U+FFFD.
    pub fn to_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// Whether all code points are below 128.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.bytes == self.chars.get() & !INTERNED
    }

    /// Length in code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.chars.get() & !INTERNED
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Length in bytes.
    pub fn byte_len(&self) -> usize {
        self.bytes
    }

    fn index_cell(&self) -> &Cell<*mut CharIndex> {
        debug_assert!(!self.is_ascii());
        // SAFETY: non-ASCII strings have the pointer behind their bytes (see `trailing`).
        unsafe { &*(&raw const self.data).cast::<u8>().add((self.bytes + 7) & !7).cast() }
    }

    /// Writes the pointer behind the bytes for the first time.
    fn begin_index(&self) {
        // SAFETY: the place is the string's own; nothing reads what it had before, which nobody wrote.
        unsafe { self.index_cell().as_ptr().write(std::ptr::null_mut()) }
    }

    fn char_index(&self) -> &CharIndex {
        let cell = self.index_cell();
        if cell.get().is_null() {
            let mut offsets = Vec::with_capacity(self.len() / INDEX_STEP + 1);
            let mut n = 0;
            for (i, &b) in self.as_bytes().iter().enumerate() {
                if b & 0xC0 != 0x80 {
                    if n % INDEX_STEP == 0 {
                        offsets.push(i as u32);
                    }
                    n += 1;
                }
            }
            cell.set(Box::into_raw(Box::new(CharIndex { offsets: offsets.into() })));
        }
        // SAFETY: just made, and freed only with the string.
        unsafe { &*cell.get() }
    }

    /// The byte offset of the code point with this number (`len()` gives the end).
    pub fn byte_offset(&self, index: usize) -> usize {
        if self.is_ascii() {
            return index;
        }
        if index >= self.len() {
            return self.bytes;
        }
        let text = self.as_bytes();
        // Offsets are 32-bit; text beyond 4 GiB is walked.
        let (mut at, mut left) = if self.bytes <= u32::MAX as usize && index >= INDEX_STEP {
            (self.char_index().offsets[index / INDEX_STEP] as usize, index % INDEX_STEP)
        } else {
            (0, index)
        };
        while left >= 8
            && let Some(word) = text[at..].first_chunk::<8>()
        {
            at += 8;
            left -= 8 - continued(u64::from_ne_bytes(*word));
        }
        // The last character of the words may go on behind them.
        while text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
            at += 1;
        }
        while left > 0 {
            at += char_width(text[at]);
            left -= 1;
        }
        at
    }

    /// The number of the code point that begins at a byte offset.
    pub fn char_offset(&self, byte: usize) -> usize {
        if self.is_ascii() {
            return byte;
        }
        let text = self.as_bytes();
        // Near the beginning counting is cheaper than an index.
        if byte < 16 * INDEX_STEP || self.bytes > u32::MAX as usize {
            return count_chars(&text[..byte]);
        }
        let offsets = &self.char_index().offsets;
        let block = offsets.partition_point(|&o| o as usize <= byte) - 1;
        block * INDEX_STEP + count_chars(&text[offsets[block] as usize..byte])
    }

    /// The code point with this number.
    pub fn char_at(&self, index: usize) -> u32 {
        let at = self.byte_offset(index);
        decode_at(self.as_bytes(), at).0
    }

    /// The code points in order.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let text = self.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            if at >= text.len() {
                return None;
            }
            let (c, n) = decode_at(text, at);
            at += n;
            Some(c)
        })
    }

    /// The hash, never 0 but for the empty string.
    #[inline(always)]
    pub fn hash(&self) -> i64 {
        let h = self.hash.get();
        if h != 0 { h } else { self.compute_hash() }
    }

    #[cold]
    fn compute_hash(&self) -> i64 {
        let h = hash_bytes(self.as_bytes());
        self.hash.set(h);
        h
    }

    /// Whether the text is the same.
    #[inline]
    pub fn same(&self, other: &PyStr) -> bool {
        std::ptr::eq(self, other)
            || (self.bytes == other.bytes
                && !(self.is_interned() && other.is_interned())
                && self.as_bytes() == other.as_bytes())
    }

    /// Whether this string is the one in the intern table.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.chars.get() & INTERNED != 0
    }

    /// The interned string with this text.
    pub fn intern(text: &[u8]) -> Ref<PyStr> {
        let hash = hash_bytes(text);
        if let Some(first) = INTERN.find(text, hash) {
            return first;
        }
        let s = PyStr::new(text);
        s.hash.set(hash);
        INTERN.add(&s);
        s
    }

    /// Appends to a string that nobody else refers to, in place; gives it back if it can't be done.
    pub fn append_in_place(value: Value, tail: &PyStr) -> Result<Value, Value> {
        let Some(s) = value.downcast_exact::<PyStr>(&STR) else { return Err(value) };
        if value.refcount() != 1 || s.is_interned() {
            return Err(value);
        }
        let (old, old_ascii, chars) = (s.bytes, s.is_ascii(), s.len() + tail.len());
        let new = old + tail.bytes;
        let ascii = new == chars;
        if !old_ascii {
            let index = s.index_cell().replace(std::ptr::null_mut());
            if !index.is_null() {
                // SAFETY: made by `Box::into_raw` in `char_index`; the cell was emptied.
                drop(unsafe { Box::from_raw(index) });
            }
        }
        let base = size_of::<Object<PyStr>>();
        let size = |bytes: usize, ascii: bool| (base + trailing(bytes, ascii) + 7) & !7;
        let (old_size, new_size) = (size(old, old_ascii), size(new, ascii));
        // SAFETY: the only reference is ours, so the object may move; sizes are those of allocation.
        unsafe {
            let p = NonNull::new_unchecked(value.into_raw_bits() as *mut u8);
            let Some(moved) = super::alloc::resize(p, old_size, new_size) else {
                // The text is what it was; what was known of its places is found anew.
                return Err(Value::from_owned(p.cast::<Header>()));
            };
            let p = moved.as_ptr();
            std::ptr::copy_nonoverlapping(tail.as_bytes().as_ptr(), p.add(base + old), tail.bytes);
            let o = &mut (*p.cast::<Object<PyStr>>()).payload;
            o.bytes = new;
            o.chars.set(chars);
            o.hash.set(0);
            if !ascii {
                o.begin_index();
            }
            Ok(Value::from_owned(NonNull::new_unchecked(p.cast::<Header>())))
        }
    }
}

/// The length of the sequence that a lead byte begins.
#[inline(always)]
pub fn char_width(lead: u8) -> usize {
    match lead {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// The code point at a byte offset of valid WTF-8, and its width.
#[inline]
pub fn decode_at(text: &[u8], at: usize) -> (u32, usize) {
    let b = u32::from(text[at]);
    let cont = |i: usize| u32::from(text[at + i] & 0x3F);
    match char_width(text[at]) {
        1 => (b, 1),
        2 => ((b & 0x1F) << 6 | cont(1), 2),
        3 => ((b & 0xF) << 12 | cont(1) << 6 | cont(2), 3),
        _ => ((b & 7) << 18 | cont(1) << 12 | cont(2) << 6 | cont(3), 4),
    }
}

/// Appends a code point (surrogates included) as WTF-8.
pub fn push_code_point(out: &mut Vec<u8>, c: u32) {
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend([0xC0 | (c >> 6) as u8, 0x80 | (c & 0x3F) as u8]),
        0x800..0x10000 => out.extend([0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3F) as u8, 0x80 | (c & 0x3F) as u8]),
        _ => out.extend([
            0xF0 | (c >> 18) as u8,
            0x80 | (c >> 12 & 0x3F) as u8,
            0x80 | (c >> 6 & 0x3F) as u8,
            0x80 | (c & 0x3F) as u8,
        ]),
    }
}

struct HashState {
    state: RefCell<Option<foldhash::fast::FixedState>>,
}
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for HashState {}
static HASH: HashState = HashState { state: RefCell::new(None) };

/// Sets the seed of text hashes; called once, before the first string is hashed.
pub fn set_hash_seed(seed: u64) {
    *HASH.state.borrow_mut() = Some(foldhash::fast::FixedState::with_seed(seed));
}

/// The hash of text and of bytes: keyed, 0 only for nothing, never -1.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let state = HASH.state.borrow();
    let mut h = match &*state {
        Some(s) => s.build_hasher(),
        None => foldhash::fast::FixedState::with_seed(0).build_hasher(),
    };
    h.write(bytes);
    match h.finish() as i64 {
        -1 => -2,
        0 => 1,
        n => n,
    }
}

/// The interned strings, found by their text. They take themselves out of it when they die.
struct InternTable {
    strings: RefCell<HashTable<NonNull<PyStr>>>,
}
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for InternTable {}
static INTERN: InternTable = InternTable { strings: RefCell::new(HashTable::new()) };

/// How many strings the table has room for at first: what a small program interns.
const INTERNED_AT_FIRST: usize = 3000;

impl InternTable {
    /// The interned string with this text, whose hash is given.
    #[inline]
    fn find(&self, text: &[u8], hash: i64) -> Option<Ref<PyStr>> {
        let strings = self.strings.borrow();
        // SAFETY: what is in the table lives.
        let found = strings.find(hash as u64, |s| unsafe { s.as_ref() }.as_bytes() == text)?;
        // SAFETY: as above.
        Some(owner(unsafe { found.as_ref() }))
    }

    /// Takes a string in whose text is not there yet.
    fn add(&self, s: &PyStr) {
        s.chars.set(s.chars.get() | INTERNED);
        let mut strings = self.strings.borrow_mut();
        // SAFETY: what is in the table lives.
        let hash_of = |s: &NonNull<PyStr>| unsafe { s.as_ref() }.hash() as u64;
        if strings.capacity() == 0 {
            strings.reserve(INTERNED_AT_FIRST, hash_of);
        }
        strings.insert_unique(s.hash() as u64, NonNull::from_ref(s), hash_of);
    }

    fn remove(&self, s: &PyStr) {
        let this = NonNull::from_ref(s);
        if let Ok(found) = self.strings.borrow_mut().find_entry(s.hash() as u64, |other| *other == this) {
            found.remove();
        }
    }
}

struct CharTable {
    table: RefCell<Vec<Option<Ref<PyStr>>>>,
}
// SAFETY: only touched under the interpreter lock.
unsafe impl Sync for CharTable {}
static CHARS: CharTable = CharTable { table: RefCell::new(Vec::new()) };

/// The interned string with the text of `s`: `s` itself if it is the first.
pub fn intern_ref(s: &Ref<PyStr>) -> Ref<PyStr> {
    if s.is_interned() {
        return s.clone();
    }
    if let Some(first) = INTERN.find(s.as_bytes(), s.hash()) {
        return first;
    }
    if !s.as_value().is_exact(&STR) {
        return PyStr::intern(s.as_bytes());
    }
    INTERN.add(s);
    s.clone()
}
