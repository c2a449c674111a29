//! Writing of objects: the atoms and containers of the language. What goes through `__reduce__` or by name is in
//! [`super::save_object`].

use freeze_runtime::object::Value;
use freeze_runtime::text::float_fmt;
use freeze_runtime::types::bool_::BOOL;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytearray::{BYTEARRAY, PyByteArray};
use freeze_runtime::types::bytes::{BYTES, PyBytes};
use freeze_runtime::types::dict::{DICT, PyDict};
use freeze_runtime::types::float::FLOAT;
use freeze_runtime::types::int;
use freeze_runtime::types::list::{LIST, PyList};
use freeze_runtime::types::set::{FROZENSET, PySet, SET};
use freeze_runtime::types::str::{PyStr, STR};
use freeze_runtime::types::tuple::{PyTuple, TUPLE};
use freeze_runtime::{PyResult, Raised, Ref, Vm};

use super::buffer::{PICKLE_BUFFER, PickleBuffer};
use super::memo::{IdMap, Memo};
use super::op;
use super::output::{Header, Output};
use super::shared::{self, noted, pickling_error, repr, type_text};

/// From this nesting on the fast mode looks for cycles.
const FAST_NESTING_LIMIT: usize = 50;

/// One pickle on its way.
pub(super) struct Saver<'a> {
    pub(super) vm: &'a Vm,
    pub(super) out: Output,
    pub(super) memo: Memo,
    pub(super) proto: u8,
    pub(super) fast: bool,
    /// Containers that are open in fast mode.
    pub(super) nesting: Vec<u64>,
    pub(super) fix_imports: bool,
    pub(super) buffer_callback: Option<Value>,
    pub(super) persistent_id: Option<Value>,
    pub(super) reducer_override: Option<Value>,
    /// The pickler's own table; `copyreg`'s counts without it.
    pub(super) dispatch_table: Option<Value>,
    pub(super) copyreg_table: Ref<PyDict>,
    /// Classes whose instances are plain (see `save_object`), with the version of the class that was looked at.
    pub(super) plain: IdMap<(u32, bool)>,
}

impl<'a> Saver<'a> {
    /// A saver with the settings that `dumps` has.
    pub(super) fn new(vm: &'a Vm, write: Option<Value>, proto: u8, fix_imports: bool) -> Saver<'a> {
        Saver {
            vm,
            out: Output::new(write),
            memo: Memo::default(),
            proto,
            fast: false,
            nesting: Vec::new(),
            fix_imports: fix_imports && proto < 3,
            buffer_callback: None,
            persistent_id: None,
            reducer_override: None,
            dispatch_table: None,
            copyreg_table: shared::table(vm, shared::Table::Dispatch),
            plain: IdMap::default(),
        }
    }

    /// Writes a whole pickle.
    pub(super) fn dump(&mut self, v: &Value) -> PyResult<()> {
        if self.proto >= 2 {
            self.out.code(op::PROTO, &[self.proto]);
            self.out.framing = self.proto >= 4;
        }
        self.save(v)?;
        self.out.byte(op::STOP);
        self.out.finish(self.vm)
    }

    /// Whether opcodes with binary arguments are written.
    #[inline]
    pub(super) fn bin(&self) -> bool {
        self.proto > 0
    }

    pub(super) fn error(&self, message: impl AsRef<str>) -> Raised {
        pickling_error(self.vm, message)
    }

    /// Writes an object.
    #[inline]
    pub(super) fn save(&mut self, v: &Value) -> PyResult<()> {
        self.out.boundary(self.vm)?;
        if self.persistent_id.is_some() && self.save_persistent(v)? {
            return Ok(());
        }
        self.save_past_persistent(v)
    }

    /// Writes an object that has no persistent id.
    pub(super) fn save_past_persistent(&mut self, v: &Value) -> PyResult<()> {
        if let Some(i) = v.as_small() {
            self.small_int(i);
            return Ok(());
        }
        if !v.is_ptr() {
            return self.immediate(v);
        }
        if let Some(n) = self.memo.get(v) {
            self.write_get(n);
            return Ok(());
        }
        if let Some(s) = v.downcast_exact::<PyStr>(&STR) {
            return self.text(v, s);
        }
        self.vm.check_stack()?;
        if v.is_exact(&TUPLE) {
            return self.tuple(v);
        }
        if v.is_exact(&LIST) {
            return self.guarded(v, Self::list);
        }
        if v.is_exact(&DICT) {
            return self.guarded(v, Self::dict);
        }
        if let Some(b) = v.downcast_exact::<PyBytes>(&BYTES) {
            return self.bytes(v, b);
        }
        if v.is_exact(&SET) {
            return self.set(v);
        }
        if v.is_exact(&FROZENSET) {
            return self.frozenset(v);
        }
        if v.is_exact(&int::INT) {
            return self.big_int(v);
        }
        if let Some(b) = v.downcast_exact::<PyByteArray>(&BYTEARRAY) {
            return self.bytearray(v, b);
        }
        if let Some(b) = v.downcast_exact::<PickleBuffer>(&PICKLE_BUFFER) {
            return self.pickle_buffer(v, b);
        }
        self.object(v)
    }

    /// Singletons and floats.
    fn immediate(&mut self, v: &Value) -> PyResult<()> {
        if v.is_none() {
            self.out.byte(op::NONE);
        } else if v.is_exact(&BOOL) {
            match (self.proto >= 2, v.is_true()) {
                (true, true) => self.out.byte(op::NEWTRUE),
                (true, false) => self.out.byte(op::NEWFALSE),
                (false, true) => self.out.code(op::INT, b"01\n"),
                (false, false) => self.out.code(op::INT, b"00\n"),
            }
        } else if let Some(x) = v.as_float() {
            debug_assert!(v.is_exact(&FLOAT));
            if self.bin() {
                self.out.code(op::BINFLOAT, &x.to_bits().to_be_bytes());
            } else {
                self.out.code(op::FLOAT, format!("{}\n", float_fmt::repr(x)).as_bytes());
            }
        } else if let Some(n) = self.memo.get(v) {
            self.write_get(n);
        } else {
            return self.object(v);
        }
        Ok(())
    }

    fn small_int(&mut self, i: i64) {
        if let Ok(n) = i32::try_from(i) {
            if !self.bin() {
                self.out.code(op::INT, format!("{n}\n").as_bytes());
            } else if let Ok(n) = u8::try_from(n) {
                self.out.code(op::BININT1, &[n]);
            } else if let Ok(n) = u16::try_from(n) {
                self.out.code(op::BININT2, &n.to_le_bytes());
            } else {
                self.out.code(op::BININT, &n.to_le_bytes());
            }
        } else if self.proto >= 2 {
            let bytes = i.to_le_bytes();
            // The top bytes that only repeat the sign are left out.
            let mut len = 8;
            while len > 1 && (i >> (8 * (len - 1) - 1) == 0 || i >> (8 * (len - 1) - 1) == -1) {
                len -= 1;
            }
            self.out.code(op::LONG1, &[len as u8]);
            self.out.bytes(&bytes[..len]);
        } else {
            self.out.code(op::LONG, format!("{i}L\n").as_bytes());
        }
    }

    fn big_int(&mut self, v: &Value) -> PyResult<()> {
        if self.proto < 2 {
            let text = match int::int_ref(v) {
                Some(n) => int::to_decimal(self.vm, n)?,
                None => String::new(),
            };
            self.out.code(op::LONG, text.as_bytes());
            self.out.bytes(b"L\n");
            return Ok(());
        }
        let bytes = int::to_big(v).to_signed_bytes_le();
        if let Ok(n) = u8::try_from(bytes.len()) {
            self.out.code(op::LONG1, &[n]);
        } else if let Ok(n) = i32::try_from(bytes.len()) {
            self.out.code(op::LONG4, &n.to_le_bytes());
        } else {
            return Err(self.vm.overflow_error("int too large to pickle"));
        }
        self.out.bytes(&bytes);
        Ok(())
    }

    /// Fetches an object from the memo.
    #[inline]
    pub(super) fn write_get(&mut self, n: u32) {
        if !self.bin() {
            self.out.code(op::GET, format!("{n}\n").as_bytes());
        } else if let Ok(n) = u8::try_from(n) {
            self.out.code(op::BINGET, &[n]);
        } else {
            self.out.code(op::LONG_BINGET, &n.to_le_bytes());
        }
    }

    /// Remembers the object just written.
    #[inline]
    pub(super) fn memoize(&mut self, v: &Value) {
        if !self.fast {
            let n = self.memo.put(v);
            self.write_put(n);
        }
    }

    #[inline]
    pub(super) fn write_put(&mut self, n: u32) {
        if self.proto >= 4 {
            self.out.byte(op::MEMOIZE);
        } else if !self.bin() {
            self.out.code(op::PUT, format!("{n}\n").as_bytes());
        } else if let Ok(n) = u8::try_from(n) {
            self.out.code(op::BINPUT, &[n]);
        } else {
            self.out.code(op::LONG_BINPUT, &n.to_le_bytes());
        }
    }

    fn text(&mut self, v: &Value, s: &PyStr) -> PyResult<()> {
        if self.bin() {
            // WTF-8 is what UTF-8 with `surrogatepass` writes.
            let data = s.as_bytes();
            let header = match u8::try_from(data.len()) {
                Ok(n) if self.proto >= 4 => Header::short(op::SHORT_BINUNICODE, n),
                _ => header(self.vm, self.proto, data.len(), [op::BINUNICODE, op::BINUNICODE8], "string")?,
            };
            self.out.payload(self.vm, header, data, || PyBytes::new(data).into_value())?;
        } else {
            self.out.byte(op::UNICODE);
            let mut line = Vec::with_capacity(s.byte_len() + 1);
            for c in s.code_points() {
                match c {
                    0 | 0x0A | 0x0D | 0x1A | 0x5C | 0x100..0x10000 => line.extend(format!("\\u{c:04x}").bytes()),
                    0..0x100 => line.push(c as u8),
                    _ => line.extend(format!("\\U{c:08x}").bytes()),
                }
            }
            line.push(b'\n');
            self.out.bytes(&line);
        }
        self.memoize(v);
        Ok(())
    }

    fn bytes(&mut self, v: &Value, b: &PyBytes) -> PyResult<()> {
        if self.proto < 3 {
            return self.bytes_by_reduction(v, b);
        }
        self.bytes_unremembered(b.as_slice(), || v.clone())?;
        self.memoize(v);
        Ok(())
    }

    /// Protocols that know no bytes get a call that makes them.
    fn bytes_by_reduction(&mut self, v: &Value, b: &PyBytes) -> PyResult<()> {
        let (func, args) = if b.as_slice().is_empty() {
            (BYTES.as_value(), vec![])
        } else {
            let codecs = freeze_runtime::import::import_path(self.vm, "codecs")?;
            let encode = self.vm.get_attr_str(&codecs, "encode")?;
            let mut text = Vec::with_capacity(b.as_slice().len() * 2);
            for &byte in b.as_slice() {
                freeze_runtime::object::string::push_code_point(&mut text, u32::from(byte));
            }
            (encode, vec![PyStr::new(&text).into_value(), self.vm.intern("latin1").into_value()])
        };
        self.reduction(&[func, PyTuple::new(args).into_value()], Some(v))
    }

    fn bytes_unremembered(&mut self, data: &[u8], object: impl FnOnce() -> Value) -> PyResult<()> {
        let header = match u8::try_from(data.len()) {
            Ok(n) => Header::short(op::SHORT_BINBYTES, n),
            Err(_) => header(self.vm, self.proto, data.len(), [op::BINBYTES, op::BINBYTES8], "bytes object")?,
        };
        self.out.payload(self.vm, header, data, object)
    }

    fn bytearray_unremembered(&mut self, data: &[u8], object: impl FnOnce() -> Value) -> PyResult<()> {
        let header = Header::of(op::BYTEARRAY8, &(data.len() as u64).to_le_bytes());
        self.out.payload(self.vm, header, data, object)
    }

    fn bytearray(&mut self, v: &Value, b: &PyByteArray) -> PyResult<()> {
        let data = b.with(<[u8]>::to_vec);
        if self.proto < 5 {
            let args = if data.is_empty() { vec![] } else { vec![PyBytes::from_vec(data).into_value()] };
            return self.reduction(&[BYTEARRAY.as_value(), PyTuple::new(args).into_value()], Some(v));
        }
        self.bytearray_unremembered(&data, || v.clone())?;
        self.memoize(v);
        Ok(())
    }

    fn pickle_buffer(&mut self, v: &Value, b: &PickleBuffer) -> PyResult<()> {
        let vm = self.vm;
        if self.proto < 5 {
            return Err(self.error("PickleBuffer can only be pickled with protocol >= 5"));
        }
        let source = b.source(vm)?;
        let Some(readonly) = super::buffer::readonly_if_contiguous(vm, &source)? else {
            return Err(self.error("PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
        };
        let in_band = match self.buffer_callback.clone() {
            Some(f) => {
                let r = vm.call(&f, std::slice::from_ref(v))?;
                vm.is_true(&r)?
            }
            None => true,
        };
        if !in_band {
            self.out.byte(op::NEXT_BUFFER);
            if readonly {
                self.out.byte(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        let data = buffer::to_vec(vm, &source)?;
        let object = || PyBytes::new(&data).into_value();
        if readonly {
            self.bytes_unremembered(&data, object)?;
        } else {
            self.bytearray_unremembered(&data, object)?;
        }
        self.memoize(v);
        Ok(())
    }

    /// Adds what was being written to an exception.
    #[cold]
    fn item_note<T: std::fmt::Display>(&self, e: Raised, container: &Value, what: T) -> Raised {
        noted(self.vm, e, &format!("when serializing {} {what}", type_text(self.vm, container)))
    }

    fn tuple(&mut self, v: &Value) -> PyResult<()> {
        let Some(t) = v.downcast_ref::<PyTuple>() else { return Ok(()) };
        let items = t.as_slice();
        if items.is_empty() {
            if self.bin() {
                self.out.byte(op::EMPTY_TUPLE);
            } else {
                self.out.bytes(&[op::MARK, op::TUPLE]);
            }
            return Ok(());
        }
        let short = items.len() <= 3 && self.proto >= 2;
        if !short {
            self.out.byte(op::MARK);
        }
        for (i, x) in items.iter().enumerate() {
            self.save(x).map_err(|e| self.item_note(e, v, format_args!("item {i}")))?;
        }
        // Writing the items may have written this tuple: it is part of a cycle. Then what lies on the stack goes.
        if let Some(n) = self.memo.get(v) {
            if short {
                items.iter().for_each(|_| self.out.byte(op::POP));
            } else if self.bin() {
                self.out.byte(op::POP_MARK);
            } else {
                (0..=items.len()).for_each(|_| self.out.byte(op::POP));
            }
            self.write_get(n);
            return Ok(());
        }
        self.out.byte(if short { [op::TUPLE1, op::TUPLE2, op::TUPLE3][items.len() - 1] } else { op::TUPLE });
        self.memoize(v);
        Ok(())
    }

    /// Writes a container that may hold itself; in fast mode nothing else would notice a cycle.
    fn guarded(&mut self, v: &Value, write: fn(&mut Self, &Value) -> PyResult<()>) -> PyResult<()> {
        if !self.fast {
            return write(self, v);
        }
        if self.nesting.len() >= FAST_NESTING_LIMIT && self.nesting.contains(&v.id()) {
            return Err(self.vm.value_error(format!(
                "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
                v.class().name(),
                v.id()
            )));
        }
        self.nesting.push(v.id());
        let r = write(self, v);
        self.nesting.pop();
        r
    }

    fn list(&mut self, v: &Value) -> PyResult<()> {
        if self.bin() {
            self.out.byte(op::EMPTY_LIST);
        } else {
            self.out.bytes(&[op::MARK, op::LIST]);
        }
        self.memoize(v);
        let Some(list) = v.downcast_ref::<PyList>() else { return Ok(()) };
        let mut i = 0;
        if !self.bin() {
            while let Some(x) = list.get(i) {
                self.save(&x).map_err(|e| self.item_note(e, v, format_args!("item {i}")))?;
                self.out.byte(op::APPEND);
                i += 1;
            }
            return Ok(());
        }
        if list.len() == 1
            && let Some(x) = list.get(0)
        {
            self.save(&x).map_err(|e| self.item_note(e, v, "item 0"))?;
            self.out.byte(op::APPEND);
            return Ok(());
        }
        while i < list.len() {
            let end = i + op::BATCH;
            self.out.byte(op::MARK);
            while i < end
                && let Some(x) = list.get(i)
            {
                self.save(&x).map_err(|e| self.item_note(e, v, format_args!("item {i}")))?;
                i += 1;
            }
            self.out.byte(op::APPENDS);
        }
        Ok(())
    }

    /// Writes the items of an iterator as appended to the object on the stack.
    pub(super) fn appends(&mut self, items: &Value, container: &Value) -> PyResult<()> {
        let vm = self.vm;
        let mut i = 0;
        let mut next = vm.next(items)?;
        while let Some(x) = next {
            let save = |me: &mut Self, x: &Value, i: usize| {
                me.save(x).map_err(|e| me.item_note(e, container, format_args!("item {i}")))
            };
            if !self.bin() {
                save(self, &x, i)?;
                self.out.byte(op::APPEND);
                next = vm.next(items)?;
                i += 1;
                continue;
            }
            next = vm.next(items)?;
            if next.is_none() {
                save(self, &x, i)?;
                self.out.byte(op::APPEND);
                break;
            }
            self.out.byte(op::MARK);
            save(self, &x, i)?;
            i += 1;
            for _ in 1..op::BATCH {
                let Some(y) = next.take() else { break };
                save(self, &y, i)?;
                i += 1;
                next = vm.next(items)?;
            }
            self.out.byte(op::APPENDS);
        }
        Ok(())
    }

    fn dict_item(&mut self, container: &Value, k: &Value, x: &Value) -> PyResult<()> {
        self.save(k)?;
        match self.save(x) {
            Ok(()) => Ok(()),
            Err(e) => {
                let key = repr(self.vm, k).unwrap_or_default();
                Err(self.item_note(e, container, format_args!("item {key}")))
            }
        }
    }

    fn dict(&mut self, v: &Value) -> PyResult<()> {
        if self.bin() {
            self.out.byte(op::EMPTY_DICT);
        } else {
            self.out.bytes(&[op::MARK, op::DICT]);
        }
        self.memoize(v);
        let Some(d) = v.downcast_ref::<PyDict>() else { return Ok(()) };
        self.dict_entries(v, &d)
    }

    fn dict_entries(&mut self, v: &Value, d: &PyDict) -> PyResult<()> {
        let len = d.len();
        let single = len == 1 || !self.bin();
        let (mut at, mut in_batch) = (0, 0);
        while let Some((i, k, x)) = d.table().next_live(at) {
            if !single && in_batch == 0 {
                self.out.byte(op::MARK);
            }
            self.dict_item(v, &k, &x)?;
            if d.len() != len {
                return Err(self.vm.runtime_error("dictionary changed size during iteration"));
            }
            in_batch += 1;
            if single {
                self.out.byte(op::SETITEM);
            } else if in_batch == op::BATCH {
                self.out.byte(op::SETITEMS);
                in_batch = 0;
            }
            at = i + 1;
        }
        if !single && in_batch > 0 {
            self.out.byte(op::SETITEMS);
        }
        Ok(())
    }

    /// Writes the pairs of an iterator as items set on the object on the stack.
    pub(super) fn set_items(&mut self, items: &Value, container: &Value) -> PyResult<()> {
        let vm = self.vm;
        let next_pair = || -> PyResult<Option<Ref<PyTuple>>> {
            let Some(x) = vm.next(items)? else { return Ok(None) };
            match x.downcast_ref::<PyTuple>().filter(|t| t.len() == 2) {
                Some(t) => Ok(Some(t)),
                None => Err(vm.type_error("dict items iterator must return 2-tuples")),
            }
        };
        let save = |me: &mut Self, t: &PyTuple| me.dict_item(container, &t.as_slice()[0], &t.as_slice()[1]);
        let mut next = next_pair()?;
        while let Some(x) = next {
            if !self.bin() {
                save(self, &x)?;
                self.out.byte(op::SETITEM);
                next = next_pair()?;
                continue;
            }
            next = next_pair()?;
            if next.is_none() {
                save(self, &x)?;
                self.out.byte(op::SETITEM);
                break;
            }
            self.out.byte(op::MARK);
            save(self, &x)?;
            for _ in 1..op::BATCH {
                let Some(y) = next.take() else { break };
                save(self, &y)?;
                next = next_pair()?;
            }
            self.out.byte(op::SETITEMS);
        }
        Ok(())
    }

    /// Names and values of instance attributes, as the items of the dict on the stack.
    pub(super) fn attributes(&mut self, attributes: &[(Ref<PyStr>, Value)], note: &Value) -> PyResult<()> {
        let several = attributes.len() > 1 && self.bin();
        if several {
            self.out.byte(op::MARK);
        }
        for (k, x) in attributes {
            self.dict_item(note, k.as_value(), x)?;
            if !several {
                self.out.byte(op::SETITEM);
            }
        }
        if several {
            self.out.byte(op::SETITEMS);
        }
        Ok(())
    }

    fn set(&mut self, v: &Value) -> PyResult<()> {
        let Some(s) = v.downcast_ref::<PySet>() else { return Ok(()) };
        if self.proto < 4 {
            let list = PyList::new(s.to_vec()).into_value();
            return self.reduction(&[SET.as_value(), PyTuple::new(vec![list]).into_value()], Some(v));
        }
        self.out.byte(op::EMPTY_SET);
        self.memoize(v);
        let len = s.len();
        let (mut at, mut in_batch) = (0, 0);
        while let Some((i, x)) = s.table().next_key(at) {
            if in_batch == 0 {
                self.out.byte(op::MARK);
            }
            self.save(&x).map_err(|e| self.item_note(e, v, "element"))?;
            if s.len() != len {
                return Err(self.vm.runtime_error("set changed size during iteration"));
            }
            in_batch += 1;
            if in_batch == op::BATCH {
                self.out.byte(op::ADDITEMS);
                in_batch = 0;
            }
            at = i + 1;
        }
        if in_batch > 0 {
            self.out.byte(op::ADDITEMS);
        }
        Ok(())
    }

    fn frozenset(&mut self, v: &Value) -> PyResult<()> {
        let items = v.downcast::<PySet>().map(PySet::to_vec).unwrap_or_default();
        if self.proto < 4 {
            let list = PyList::new(items).into_value();
            return self.reduction(&[FROZENSET.as_value(), PyTuple::new(vec![list]).into_value()], Some(v));
        }
        self.out.byte(op::MARK);
        for x in &items {
            self.save(x).map_err(|e| self.item_note(e, v, "element"))?;
        }
        // As with tuples, writing the items may have written this set.
        if let Some(n) = self.memo.get(v) {
            self.out.byte(op::POP_MARK);
            self.write_get(n);
            return Ok(());
        }
        self.out.byte(op::FROZENSET);
        self.memoize(v);
        Ok(())
    }
}

/// The opcode and length of a counted string; the second opcode is for more than 4 GiB.
#[inline]
fn header(vm: &Vm, proto: u8, len: usize, codes: [u8; 2], what: &str) -> PyResult<Header> {
    if let Ok(n) = u32::try_from(len) {
        return Ok(Header::of(codes[0], &n.to_le_bytes()));
    }
    if proto < 4 {
        return Err(
            vm.overflow_error(format!("serializing a {what} larger than 4 GiB requires pickle protocol 4 or higher"))
        );
    }
    Ok(Header::of(codes[1], &(len as u64).to_le_bytes()))
}
