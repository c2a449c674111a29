//! Where a pickle is read from: bytes at hand, or a file, of which no more is consumed than the pickle takes.

use freeze_runtime::object::Value;
use freeze_runtime::types::buffer;
use freeze_runtime::types::bytes::{BYTES, PyBytes};
use freeze_runtime::types::exception::NOT_IMPLEMENTED_ERROR;
use freeze_runtime::{PyResult, Raised, Ref, Vm};

use super::shared::unpickling_error;

/// How much is looked at ahead in files that can `peek`.
const PREFETCH: usize = 128 * 1024;

/// The methods of a file.
#[derive(Clone)]
pub(super) struct File {
    pub(super) read: Value,
    pub(super) readline: Value,
    pub(super) readinto: Option<Value>,
    pub(super) peek: Option<Value>,
}

impl File {
    /// The methods that a file has.
    pub(super) fn of(vm: &Vm, file: &Value) -> PyResult<File> {
        let get = |name: &str| vm.get_attr_opt(file, &vm.intern(name));
        let (peek, readinto) = (get("peek")?, get("readinto")?);
        match (get("read")?, get("readline")?) {
            (Some(read), Some(readline)) => Ok(File { read, readline, readinto, peek }),
            _ => Err(vm.type_error("file must have 'read' and 'readline' attributes")),
        }
    }
}

/// The bytes at hand, a position in them, and the file that more comes from.
pub(super) struct Input {
    data: Ref<PyBytes>,
    at: usize,
    /// How far the file's own position is: less than `at` after bytes were taken that were only peeked at.
    consumed: usize,
    file: Option<File>,
}

#[cold]
fn truncated(vm: &Vm) -> Raised {
    unpickling_error(vm, "pickle data was truncated")
}

impl Input {
    /// Reads bytes.
    pub(super) fn of_bytes(vm: &Vm, v: &Value) -> PyResult<Input> {
        let data = bytes_of(vm, v)?;
        let consumed = data.as_slice().len();
        Ok(Input { data, at: 0, consumed, file: None })
    }

    /// Reads a file.
    pub(super) fn of_file(file: File) -> Input {
        Input { data: PyBytes::new(&[]), at: 0, consumed: 0, file: Some(file) }
    }

    /// Shows the collector what is held.
    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let Some(f) = &self.file else { return };
        [&f.read, &f.readline].into_iter().chain(&f.readinto).chain(&f.peek).for_each(visit);
    }

    /// The next byte; None at the end.
    #[inline]
    pub(super) fn opcode(&mut self, vm: &Vm) -> PyResult<Option<u8>> {
        if let Some(&b) = self.data.as_slice().get(self.at) {
            self.at += 1;
            return Ok(Some(b));
        }
        match self.more(vm, 1)? {
            0 => Ok(None),
            _ => {
                self.at = 1;
                Ok(Some(self.data.as_slice()[0]))
            }
        }
    }

    /// The next `n` bytes.
    #[inline]
    pub(super) fn take(&mut self, vm: &Vm, n: usize) -> PyResult<&[u8]> {
        let start = self.at;
        if n > self.data.as_slice().len() - start {
            return self.take_more(vm, n);
        }
        self.at = start + n;
        Ok(&self.data.as_slice()[start..start + n])
    }

    /// The next `N` bytes as an array.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self, vm: &Vm) -> PyResult<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(vm, N)?);
        Ok(out)
    }

    #[cold]
    fn take_more(&mut self, vm: &Vm, n: usize) -> PyResult<&[u8]> {
        if self.more(vm, n)? < n {
            return Err(truncated(vm));
        }
        self.at = n;
        Ok(&self.data.as_slice()[..n])
    }

    /// Tells the file what was taken of the bytes that it only showed.
    pub(super) fn skip_consumed(&mut self, vm: &Vm) -> PyResult<()> {
        if self.at > self.consumed
            && let Some(f) = &self.file
        {
            drop(vm.call(&f.read, &[Value::usize(self.at - self.consumed)])?);
            self.consumed = self.at;
        }
        Ok(())
    }

    fn set(&mut self, vm: &Vm, data: &Value, peeked: bool) -> PyResult<usize> {
        self.data = bytes_of(vm, data)?;
        self.at = 0;
        let n = self.data.as_slice().len();
        self.consumed = if peeked { 0 } else { n };
        Ok(n)
    }

    /// Reads on, for `n` bytes from the position; tells how many there are.
    fn more(&mut self, vm: &Vm, n: usize) -> PyResult<usize> {
        let Some(file) = self.file.clone() else { return Ok(0) };
        self.skip_consumed(vm)?;
        if n < PREFETCH
            && let Some(peek) = &file.peek
        {
            match vm.call(peek, &[Value::usize(PREFETCH)]) {
                Ok(data) => {
                    let have = self.set(vm, &data, true)?;
                    if have >= n {
                        return Ok(have);
                    }
                }
                Err(e) if e.is(&NOT_IMPLEMENTED_ERROR) => {
                    if let Some(f) = &mut self.file {
                        f.peek = None;
                    }
                }
                Err(e) => return Err(e),
            }
        }
        let data = vm.call(&file.read, &[Value::usize(n)])?;
        self.set(vm, &data, false)
    }

    /// The next line without its end.
    pub(super) fn line(&mut self, vm: &Vm) -> PyResult<&[u8]> {
        let start = self.at;
        if let Some(i) = memchr::memchr(b'\n', &self.data.as_slice()[start..]) {
            self.at = start + i + 1;
            return Ok(&self.data.as_slice()[start..start + i]);
        }
        let Some(file) = self.file.clone() else { return Err(truncated(vm)) };
        self.skip_consumed(vm)?;
        let data = vm.call0(&file.readline)?;
        let n = self.set(vm, &data, false)?;
        if self.data.as_slice().last() != Some(&b'\n') {
            return Err(truncated(vm));
        }
        self.at = n;
        Ok(&self.data.as_slice()[..n - 1])
    }

    /// The next line without its end, which must not be empty.
    pub(super) fn filled_line(&mut self, vm: &Vm) -> PyResult<&[u8]> {
        let line = self.line(vm)?;
        if line.is_empty() { Err(truncated(vm)) } else { Ok(line) }
    }

    /// Makes sure that the next `n` bytes are at hand, if they exist: a frame is read at once.
    pub(super) fn frame(&mut self, vm: &Vm, n: usize) -> PyResult<()> {
        self.take(vm, n)?;
        self.at -= n;
        Ok(())
    }

    /// The next `n` bytes in a vector: large data that a file reads straight into it.
    pub(super) fn read_into(&mut self, vm: &Vm, n: usize) -> PyResult<Vec<u8>> {
        let rest = &self.data.as_slice()[self.at..];
        let at_hand = rest.len().min(n);
        let mut out = Vec::new();
        if self.file.is_none() && at_hand < n {
            return Err(truncated(vm));
        }
        out.try_reserve_exact(n).map_err(|e| vm.out_of_memory(e))?;
        out.extend_from_slice(&rest[..at_hand]);
        self.at += at_hand;
        let missing = n - at_hand;
        let Some(file) = self.file.clone().filter(|_| missing > 0) else { return Ok(out) };
        self.skip_consumed(vm)?;
        let Some(readinto) = &file.readinto else {
            let data = vm.call(&file.read, &[Value::usize(missing)])?;
            let Some(b) = data.downcast::<PyBytes>() else {
                return Err(
                    vm.value_error(format!("read() returned non-bytes object (<class '{}'>)", data.class().name()))
                );
            };
            if b.as_slice().len() < missing {
                return Err(truncated(vm));
            }
            out.extend_from_slice(&b.as_slice()[..missing]);
            return Ok(out);
        };
        let mut room = Vec::new();
        room.try_reserve_exact(missing).map_err(|e| vm.out_of_memory(e))?;
        room.resize(missing, 0);
        let target = freeze_runtime::types::bytearray::PyByteArray::from_vec(room);
        let got = vm.call(readinto, &[target.value()])?;
        let got = vm.to_isize(&got)?;
        if got < 0 {
            return Err(vm.value_error("readinto() returned negative size"));
        }
        if (got as usize) < missing {
            return Err(truncated(vm));
        }
        target.with(|b| out.extend_from_slice(b));
        Ok(out)
    }
}

/// A bytes-like object as bytes: itself, or a copy.
fn bytes_of(vm: &Vm, v: &Value) -> PyResult<Ref<PyBytes>> {
    match v.downcast_ref::<PyBytes>() {
        Some(b) if v.is_exact(&BYTES) => Ok(b),
        _ => Ok(PyBytes::from_vec(buffer::to_vec(vm, v)?)),
    }
}
