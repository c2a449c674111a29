//! Where a pickle is written: a buffer, cut into frames, that is flushed to a file's `write` if there is one.

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::{PyResult, Value, Vm};

use super::op;

/// Bytes of a frame's header.
const HEADER: usize = 9;
/// Frames that are smaller get no header.
const SMALLEST: usize = 4;
/// Frames are closed when they reach this size; larger strings stand outside of frames.
pub(super) const FRAME_TARGET: usize = 64 * 1024;

/// The buffer.
pub(super) struct Output {
    buf: Vec<u8>,
    /// Whether frames are written (from protocol 4 on, within one pickle).
    pub(super) framing: bool,
    /// Where the open frame begins.
    frame: Option<usize>,
    /// The file's `write`.
    write: Option<Value>,
}

impl Output {
    /// An empty buffer.
    pub(super) fn new(write: Option<Value>) -> Output {
        Output { buf: Vec::with_capacity(256), framing: false, frame: None, write }
    }

    #[inline(always)]
    fn open(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.buf.len());
            self.buf.extend_from_slice(&[0; HEADER]);
        }
    }

    /// Writes one byte.
    #[inline]
    pub(super) fn byte(&mut self, b: u8) {
        self.open();
        self.buf.push(b);
    }

    /// Writes bytes.
    #[inline]
    pub(super) fn bytes(&mut self, b: &[u8]) {
        self.open();
        self.buf.extend_from_slice(b);
    }

    /// Writes an opcode and its argument.
    #[inline]
    pub(super) fn code(&mut self, code: u8, argument: &[u8]) {
        self.open();
        self.buf.push(code);
        self.buf.extend_from_slice(argument);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let len = self.buf.len() - start - HEADER;
        if len >= SMALLEST {
            self.buf[start] = op::FRAME;
            self.buf[start + 1..start + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.buf.drain(start..start + HEADER);
        }
    }

    /// Called between opcodes: a frame that is large enough ends here.
    #[inline]
    pub(super) fn boundary(&mut self, vm: &Vm) -> PyResult<()> {
        match self.frame {
            Some(start) if self.buf.len() - start - HEADER >= FRAME_TARGET => self.end_frame(vm),
            _ => Ok(()),
        }
    }

    #[cold]
    fn end_frame(&mut self, vm: &Vm) -> PyResult<()> {
        self.close_frame();
        self.flush(vm)
    }

    /// Hands what is written to the file, if there is one.
    fn flush(&mut self, vm: &Vm) -> PyResult<()> {
        let Some(write) = self.write.clone() else { return Ok(()) };
        if self.buf.is_empty() {
            return Ok(());
        }
        let data = PyBytes::from_vec(std::mem::take(&mut self.buf)).into_value();
        vm.call(&write, &[data]).map(drop)
    }

    /// Writes the content of a string or buffer behind `header`; large ones go past the frames, to a file directly.
    /// `object` gives what `write` is called with.
    pub(super) fn payload(
        &mut self,
        vm: &Vm,
        header: &[u8],
        data: &[u8],
        object: impl FnOnce() -> Value,
    ) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.bytes(header);
            self.buf.extend_from_slice(data);
            return Ok(());
        }
        self.close_frame();
        self.buf.extend_from_slice(header);
        match self.write.clone() {
            None => self.buf.extend_from_slice(data),
            Some(write) => {
                self.flush(vm)?;
                drop(vm.call(&write, &[object()])?);
            }
        }
        Ok(())
    }

    /// Ends a pickle.
    pub(super) fn finish(&mut self, vm: &Vm) -> PyResult<()> {
        self.close_frame();
        self.framing = false;
        self.flush(vm)
    }

    /// The bytes written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.buf
    }
}
