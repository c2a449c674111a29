//! Reads, writes and connections that go on while the program does something else.
//!
//! # Safety
//! The system writes into the record and the buffer until the operation is over. Both lie in a box that moves with nothing; it is
//! given up only when the operation is over, which cancelling and waiting sees to. If even that fails, the memory is leaked.
#![allow(unsafe_code)]

use std::io;
use std::mem::ManuallyDrop;

use windows_sys::Win32::Foundation as f;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::IO as sys;
use windows_sys::Win32::System::Pipes::ConnectNamedPipe;
use windows_sys::Win32::System::Threading::CreateEventW;

use super::Handle;
use super::handles::Owned;

/// What the system works on.
struct Work {
    record: sys::OVERLAPPED,
    buffer: Vec<u8>,
}

/// An operation that was started.
pub struct Operation {
    work: ManuallyDrop<Box<Work>>,
    handle: Handle,
    event: Owned,
    reads: bool,
    pending: bool,
    /// How much was moved, when it is over.
    done: Option<u32>,
}

impl Operation {
    fn new(handle: Handle, buffer: Vec<u8>, reads: bool) -> io::Result<Operation> {
        // SAFETY: see the module `os`.
        let event = unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) };
        if event.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: plain numbers.
        let mut record: sys::OVERLAPPED = unsafe { std::mem::zeroed() };
        record.hEvent = event;
        let work = ManuallyDrop::new(Box::new(Work { record, buffer }));
        Ok(Operation { work, handle, event: Owned(event as Handle), reads, pending: false, done: None })
    }

    /// Notes what a call that starts an operation gave; the error numbers that are none are given back.
    fn started(mut self, r: i32) -> io::Result<(Operation, u32)> {
        // SAFETY: asks for a number.
        let error = if r != 0 { 0 } else { unsafe { f::GetLastError() } };
        match error {
            0 | f::ERROR_IO_PENDING | f::ERROR_MORE_DATA => {
                self.pending = error == f::ERROR_IO_PENDING;
                Ok((self, error))
            }
            e => Err(io::Error::from_raw_os_error(e as i32)),
        }
    }

    /// Waits for somebody to connect to a pipe.
    pub fn connect(handle: Handle) -> io::Result<Operation> {
        let mut o = Operation::new(handle, Vec::new(), false)?;
        // SAFETY: see the module's text.
        let r = unsafe { ConnectNamedPipe(handle as _, &raw mut o.work.record) };
        // SAFETY: asks for a number.
        match if r != 0 { 0 } else { unsafe { f::GetLastError() } } {
            0 => Ok(o),
            f::ERROR_IO_PENDING => {
                o.pending = true;
                Ok(o)
            }
            f::ERROR_PIPE_CONNECTED => {
                // SAFETY: the event is ours.
                super::check(unsafe { windows_sys::Win32::System::Threading::SetEvent(o.event.0 as _) })?;
                o.done = Some(0);
                Ok(o)
            }
            e => Err(io::Error::from_raw_os_error(e as i32)),
        }
    }

    /// Reads up to `size` bytes.
    pub fn read(handle: Handle, size: usize) -> io::Result<(Operation, u32)> {
        let mut o = Operation::new(handle, vec![0; size], true)?;
        let (at, len) = (o.work.buffer.as_mut_ptr(), o.work.buffer.len() as u32);
        // SAFETY: see the module's text.
        let r = unsafe { fs::ReadFile(handle as _, at, len, std::ptr::null_mut(), &raw mut o.work.record) };
        o.started(r)
    }

    /// Writes.
    pub fn write(handle: Handle, data: Vec<u8>) -> io::Result<(Operation, u32)> {
        let mut o = Operation::new(handle, data, false)?;
        let (at, len) = (o.work.buffer.as_ptr(), o.work.buffer.len() as u32);
        // SAFETY: see the module's text.
        let r = unsafe { fs::WriteFile(handle as _, at, len, std::ptr::null_mut(), &raw mut o.work.record) };
        o.started(r)
    }

    /// Is set when it is over.
    pub fn event(&self) -> Handle {
        self.event.0
    }

    /// How much was moved, and the error number of what is not over or was cut short.
    pub fn result(&mut self, wait: bool) -> io::Result<(u32, u32)> {
        if let Some(n) = self.done {
            return Ok((n, 0));
        }
        let mut n = 0;
        // SAFETY: see the module's text.
        let r =
            unsafe { sys::GetOverlappedResult(self.handle as _, &raw const self.work.record, &raw mut n, wait.into()) };
        // SAFETY: asks for a number.
        let error = if r != 0 { 0 } else { unsafe { f::GetLastError() } };
        match error {
            0 | f::ERROR_MORE_DATA | f::ERROR_OPERATION_ABORTED => {
                self.pending = false;
                self.done = Some(n);
                if self.reads {
                    self.work.buffer.truncate(n as usize);
                }
                Ok((n, error))
            }
            f::ERROR_IO_INCOMPLETE => Ok((n, error)),
            e => {
                self.pending = false;
                Err(io::Error::from_raw_os_error(e as i32))
            }
        }
    }

    /// What was read, when it is over.
    pub fn data(&self) -> Option<&[u8]> {
        (self.done.is_some() && self.reads).then_some(self.work.buffer.as_slice())
    }

    /// Asks the system to stop.
    pub fn cancel(&mut self) {
        if self.pending {
            // SAFETY: see the module's text. What is over already can't be stopped, which is no error.
            unsafe { sys::CancelIoEx(self.handle as _, &raw const self.work.record) };
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.pending {
            self.cancel();
            let mut n = 0;
            // SAFETY: as above; it waits until the system has let go.
            let r = unsafe { sys::GetOverlappedResult(self.handle as _, &raw const self.work.record, &raw mut n, 1) };
            // SAFETY: asks for a number.
            if r == 0 && unsafe { f::GetLastError() } == f::ERROR_IO_INCOMPLETE {
                return;
            }
        }
        // SAFETY: the operation is over, and this happens once.
        unsafe { ManuallyDrop::drop(&mut self.work) };
    }
}
