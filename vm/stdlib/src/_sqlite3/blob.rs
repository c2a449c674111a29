//! `Blob`: a value of a row as a file and as an array of bytes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use freeze_runtime::object::Slots;
use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::types::int;
use freeze_runtime::types::slice::{self, PySlice};
use freeze_runtime::{Args, NativeDef, Payload, PyResult, Raised, Ref, Type, TypeDef, TypeFlags, Value, Vm, native};
use freeze_sqlite::{Blob as Handle, c};

use super::connection::{self, Connection};
use super::errors::{self, operational, programming};
use super::statement::{c_text, contiguous, failed};
use crate::native_type::payload;

/// The payload of blobs.
pub(super) struct Blob {
    connection: Ref<Connection>,
    /// None once it is closed, which closing the connection does too.
    handle: Rc<RefCell<Option<Handle>>>,
    offset: Cell<usize>,
}
payload!(Blob, |b, visit| visit(b.connection.as_value()));

fn this(v: &Value) -> &Blob {
    v.downcast().expect("slots of Blob see blobs")
}

/// `Connection.blobopen(table, column, row, /, *, readonly=False, name='main')`
pub(super) fn open(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let (table, column) = (c_text(vm, &args.str(vm, 1)?)?, c_text(vm, &args.str(vm, 2)?)?);
    let row = args.i64(vm, 3)?;
    let readonly = args.opt_bool(vm, 4, false)?;
    let name = match args.opt_str(vm, 5)? {
        Some(text) => c_text(vm, &text)?,
        None => c"main".to_owned(),
    };
    let it = connection::this(args.this());
    let db = it.db(vm)?;
    let opened = vm.allow_threads(|| Handle::open(&db, &name, &table, &column, row, !readonly));
    let handle = Rc::new(RefCell::new(Some(opened.map_err(|f| failed(vm, &db, &f))?)));
    let mut blobs = it.blobs.borrow_mut();
    blobs.retain(|b| b.strong_count() > 0);
    blobs.push(Rc::downgrade(&handle));
    drop(blobs);
    let connection = args.payload_of(vm, 0, "sqlite3.Connection")?;
    Ok(Ref::new(&BLOB, Blob { connection, handle, offset: Cell::new(0) }).into_value())
}

impl Blob {
    /// Runs `f` on the open blob.
    fn with<R>(&self, vm: &Vm, f: impl FnOnce(&Handle) -> R) -> PyResult<R> {
        self.connection.db(vm)?;
        match &*self.handle.borrow() {
            Some(handle) => Ok(f(handle)),
            None => Err(programming(vm, "Cannot operate on a closed blob.")),
        }
    }

    fn len(&self, vm: &Vm) -> PyResult<usize> {
        self.with(vm, Handle::len)
    }

    fn failed(&self, vm: &Vm, code: i32) -> Raised {
        if code == c::SQLITE_ABORT {
            return operational(vm, "Cannot operate on an expired blob handle");
        }
        match self.connection.open_db(vm) {
            Ok(db) => errors::of_db(vm, &db),
            Err(e) => e,
        }
    }

    fn read(&self, vm: &Vm, at: usize, len: usize) -> PyResult<Vec<u8>> {
        let mut data = vec![0; len];
        match self.with(vm, |handle| handle.read(at, &mut data))? {
            c::SQLITE_OK => Ok(data),
            code => Err(self.failed(vm, code)),
        }
    }

    fn write(&self, vm: &Vm, at: usize, data: &[u8]) -> PyResult<()> {
        if data.len() > self.len(vm)? - at {
            return Err(vm.value_error("data longer than blob length"));
        }
        match self.with(vm, |handle| handle.write(at, data))? {
            c::SQLITE_OK => Ok(()),
            code => Err(self.failed(vm, code)),
        }
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    b.connection.db(vm)?;
    let handle = b.handle.take();
    drop(handle);
    Ok(Value::NONE)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    let left = b.len(vm)? - b.offset.get();
    let wanted = args.opt(1).map_or(Ok(-1), |v| crate::convert::c_int(vm, v))?;
    let len = usize::try_from(wanted).map_or(left, |n| n.min(left));
    if len == 0 {
        return Ok(PyBytes::new(&[]).into_value());
    }
    let data = b.read(vm, b.offset.get(), len)?;
    b.offset.set(b.offset.get() + len);
    Ok(PyBytes::from_vec(data).into_value())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    b.len(vm)?;
    let data = contiguous(vm, args.get(1))?.to_vec();
    b.write(vm, b.offset.get(), &data)?;
    b.offset.set(b.offset.get() + data.len());
    Ok(Value::NONE)
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    let offset = i64::from(crate::convert::c_int(vm, args.get(1))?);
    let origin = args.opt(2).map_or(Ok(0), |v| crate::convert::c_int(vm, v))?;
    let len = b.len(vm)? as i64;
    let base = match origin {
        0 => 0,
        1 => b.offset.get() as i64,
        2 => len,
        _ => return Err(vm.value_error("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")),
    };
    let to = base + offset;
    if to > i64::from(i32::MAX) {
        return Err(vm.overflow_error("seek offset results in offset overflow"));
    }
    if !(0..=len).contains(&to) {
        return Err(vm.value_error("offset out of blob range"));
    }
    b.offset.set(to as usize);
    Ok(Value::NONE)
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    let b = this(args.this());
    b.len(vm)?;
    Ok(Value::usize(b.offset.get()))
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).len(vm)?;
    Ok(args.this().clone())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult<Value> {
    this(args.this()).len(vm)?;
    close(vm, args)?;
    Ok(Value::FALSE)
}

/// The place of a byte.
fn place(vm: &Vm, b: &Blob, key: &Value) -> PyResult<usize> {
    let n = vm.to_isize(key).map_err(|_| vm.index_error("cannot fit 'int' into an index-sized integer"))?;
    let len = b.len(vm)? as isize;
    let i = if n < 0 { n + len } else { n };
    if (0..len).contains(&i) { Ok(i as usize) } else { Err(vm.index_error("Blob index out of range")) }
}

fn is_index(key: &Value) -> bool {
    int::is_int(key) || key.class().slots().index.is_some()
}

fn getitem(vm: &Vm, v: &Value, key: &Value) -> PyResult<Value> {
    let b = this(v);
    let len = b.len(vm)?;
    if is_index(key) {
        let i = place(vm, b, key)?;
        return Ok(Value::small(b.read(vm, i, 1)?[0].into()));
    }
    let Some(s) = key.downcast::<PySlice>() else {
        return Err(vm.type_error("Blob indices must be integers"));
    };
    let (start, stop, step, count) = slice::resolve(vm, s, len)?;
    if count == 0 {
        return Ok(PyBytes::new(&[]).into_value());
    }
    if step == 1 {
        return Ok(PyBytes::from_vec(b.read(vm, start as usize, count)?).into_value());
    }
    let (low, high) = if step > 0 { (start, stop) } else { (stop + 1, start + 1) };
    let data = b.read(vm, low as usize, (high - low) as usize)?;
    let picked: Vec<u8> = slice::pick(&data, start - low, step, count);
    Ok(PyBytes::from_vec(picked).into_value())
}

fn setitem(vm: &Vm, v: &Value, key: &Value, value: Option<Value>) -> PyResult<()> {
    let b = this(v);
    let len = b.len(vm)?;
    if is_index(key) {
        let Some(value) = value else { return Err(vm.type_error("Blob doesn't support item deletion")) };
        let i = place(vm, b, key)?;
        if !int::is_int(&value) {
            let got = value.class().name();
            return Err(vm.type_error(format!("'{got}' object cannot be interpreted as an integer")));
        }
        return match int::as_i64(&value).map(u8::try_from) {
            Some(Ok(byte)) => b.write(vm, i, &[byte]),
            _ => Err(vm.value_error("byte must be in range(0, 256)")),
        };
    }
    let Some(s) = key.downcast::<PySlice>() else {
        return Err(vm.type_error("Blob indices must be integers"));
    };
    let Some(value) = value else { return Err(vm.type_error("Blob doesn't support slice deletion")) };
    let (start, stop, step, count) = slice::resolve(vm, s, len)?;
    if count == 0 {
        return Ok(());
    }
    let data = contiguous(vm, &value)?.to_vec();
    if data.len() != count {
        return Err(vm.index_error("Blob slice assignment is wrong size"));
    }
    if step == 1 {
        return b.write(vm, start as usize, &data);
    }
    let (low, high) = if step > 0 { (start, stop) } else { (stop + 1, start + 1) };
    let mut whole = b.read(vm, low as usize, (high - low) as usize)?;
    for (i, byte) in data.iter().enumerate() {
        whole[(start - low + step * i as isize) as usize] = *byte;
    }
    b.write(vm, low as usize, &whole)
}

static METHODS: &[NativeDef] = &[
    native("__enter__(self, /)", "Blob context manager enter.", enter),
    native("__exit__(self, type, val, tb, /)", "Blob context manager exit.", exit),
    native("close(self, /)", "Close the blob.", close),
    native("read(self, length=-1, /)", "Read data at the current offset position.", read),
    native("seek(self, offset, origin=0, /)", "Set the current access position to offset.", seek),
    native("tell(self, /)", "Return the current access position for the blob.", tell),
    native("write(self, data, /)", "Write data at the current offset.", write),
];

static DEF: TypeDef = TypeDef {
    name: "Blob",
    module: "sqlite3",
    layout: Blob::layout,
    flags: TypeFlags::NO_NEW | TypeFlags::WEAKREFS,
    slots: Slots {
        // Reading by number does not make it a sequence.
        iter: Some(|vm, v| Err(vm.type_error(format!("'{}' object is not iterable", v.class().full_name())))),
        len: Some(|vm, v| this(v).len(vm)),
        getitem: Some(getitem),
        setitem: Some(setitem),
        ..Slots::EMPTY
    },
    methods: METHODS,
    ..TypeDef::EMPTY
};
/// The type of blobs.
pub(super) static BLOB: Type = Type::builtin(&DEF);
