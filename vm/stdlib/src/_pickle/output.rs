//! Where a pickle is written: a buffer, cut into frames, that is flushed to a file's `write` if there is one.

use freeze_runtime::types::bytes::PyBytes;
use freeze_runtime::{PyResult, Value, Vm};

use super::op;

/// Bytes of a frame's header.
const FRAME_HEADER: usize = 9;
/// Frames that are smaller get no header.
const SMALLEST: usize = 4;
/// Frames are closed when they reach this size; larger strings stand outside of frames.
pub(super) const FRAME_TARGET: usize = 64 * 1024;

/// An opcode and the length of what follows.
#[derive(Clone, Copy)]
pub(super) struct Header {
    bytes: [u8; 9],
    len: usize,
}

impl Header {
    /// A length of one byte.
    pub(super) fn short(code: u8, n: u8) -> Header {
        Header::of(code, &[n])
    }

    /// An opcode and a length as bytes.
    pub(super) fn of(code: u8, length: &[u8]) -> Header {
        let mut bytes = [0; 9];
        bytes[0] = code;
        bytes[1..=length.len()].copy_from_slice(length);
        Header { bytes, len: length.len() + 1 }
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

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
            self.buf.extend_from_slice(&[0; FRAME_HEADER]);
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
        self.buf.reserve(argument.len() + 1);
        self.buf.push(code);
        self.buf.extend_from_slice(argument);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let len = self.buf.len() - start - FRAME_HEADER;
        if len >= SMALLEST {
            self.buf[start] = op::FRAME;
            self.buf[start + 1..start + FRAME_HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.buf.drain(start..start + FRAME_HEADER);
        }
    }

    /// Called between opcodes: a frame that is large enough ends here.
    #[inline]
    pub(super) fn boundary(&mut self, vm: &Vm) -> PyResult<()> {
        match self.frame {
            Some(start) if self.buf.len() - start - FRAME_HEADER >= FRAME_TARGET => self.end_frame(vm),
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
        header: Header,
        data: &[u8],
        object: impl FnOnce() -> Value,
    ) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.open();
            self.buf.reserve(header.len + data.len());
            self.buf.extend_from_slice(header.as_slice());
            self.buf.extend_from_slice(data);
            return Ok(());
        }
        self.close_frame();
        self.buf.extend_from_slice(header.as_slice());
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
