//! How records travel: through a socket with its timeout, or through two memory buffers.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use freeze_runtime::os::{libc as c, net};
use freeze_runtime::types::exception::{BLOCKING_IO_ERROR, TIMEOUT_ERROR};
use freeze_runtime::types::weakref::PyWeakRef;
use freeze_runtime::{PyResult, Raised, Ref, Value, Vm};
use rustls::Connection;

use super::bio::MemoryBio;
use super::errors::{self, Kind};
use super::socket::{SslSocket, State};
use crate::_socket::Socket;
use crate::select::Deadline;

/// What carries the records.
pub(super) enum Carrier {
    /// A weak reference to the socket, which holds us.
    Socket(Value),
    /// What comes in, what goes out.
    Memory(Ref<MemoryBio>, Ref<MemoryBio>),
}

/// What came of asking for more.
pub(super) enum Filled {
    Some,
    /// Nothing is there now.
    Nothing,
    /// Nothing will ever come.
    End,
}

/// One thread at a time: records must arrive in the order in which they were made.
#[derive(Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    free: Condvar,
}

/// A turn that somebody has.
struct Taken<'a>(&'a Turn);

impl Turn {
    fn take(&self, vm: &Vm) -> Taken<'_> {
        let lock = || self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = lock();
        if *taken {
            drop(taken);
            vm.allow_threads(|| {
                let mut taken = lock();
                while *taken {
                    taken = self.free.wait(taken).unwrap_or_else(PoisonError::into_inner);
                }
                *taken = true;
            });
        } else {
            *taken = true;
        }
        Taken(self)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_one();
    }
}

impl Carrier {
    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        match self {
            Carrier::Socket(v) => visit(v),
            Carrier::Memory(a, b) => {
                visit(a.as_value());
                visit(b.as_value());
            }
        }
    }

    /// The socket, if that is what it is and it is still there.
    pub(super) fn socket(&self, vm: &Vm) -> PyResult<Value> {
        match self {
            Carrier::Socket(v) => match v.downcast::<PyWeakRef>().and_then(PyWeakRef::get) {
                Some(socket) => Ok(socket),
                None => Err(errors::new(vm, Kind::Ssl, "Underlying socket connection gone")),
            },
            Carrier::Memory(..) => Ok(Value::NONE),
        }
    }

    /// Until when the socket's timeout lets an operation last.
    pub(super) fn deadline(&self, vm: &Vm) -> PyResult<Deadline> {
        let socket = self.socket(vm)?;
        Ok(socket.downcast::<Socket>().map_or(Deadline::after(Some(Duration::ZERO)), Socket::deadline))
    }

    /// A timeout of the socket as the operation's.
    pub(super) fn name_timeout(&self, vm: &Vm, e: Raised, words: &str) -> Raised {
        if e.is(&TIMEOUT_ERROR) { vm.new_error(&TIMEOUT_ERROR, words) } else { e }
    }
}

/// A call of the socket that would have to wait is `None`.
fn or_nothing<T>(r: PyResult<T>) -> PyResult<Option<T>> {
    match r {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is(&BLOCKING_IO_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}

impl SslSocket {
    /// Sends what rustls has made, as far as the socket takes it now. Says whether that was all.
    pub(super) fn flush(&self, vm: &Vm, deadline: Deadline) -> PyResult<bool> {
        let _turn = self.writing.take(vm);
        loop {
            self.with(|connection| {
                let mut out = self.out.borrow_mut();
                while connection.wants_write() && connection.write_tls(&mut *out).is_ok_and(|n| n > 0) {}
            });
            let data = self.out.take();
            if data.is_empty() {
                return Ok(true);
            }
            match &self.carrier {
                Carrier::Memory(_, outgoing) => outgoing.data.borrow_mut().extend_from_slice(&data),
                Carrier::Socket(_) => {
                    let sent = self.send(vm, &data, deadline);
                    let n = *sent.as_ref().ok().and_then(Option::as_ref).unwrap_or(&0);
                    // The rest goes first next time.
                    self.out.borrow_mut().splice(0..0, data[n..].iter().copied());
                    if sent?.is_none() {
                        return Ok(false);
                    }
                }
            }
        }
    }

    fn send(&self, vm: &Vm, data: &[u8], deadline: Deadline) -> PyResult<Option<usize>> {
        let value = self.carrier.socket(vm)?;
        let Some(socket) = value.downcast::<Socket>() else { return Ok(None) };
        or_nothing(socket.call(vm, c::POLLOUT, deadline, |fd| net::send(fd, data, 0)))
    }

    /// Gets more records and hands them to rustls.
    pub(super) fn fill(&self, vm: &Vm, deadline: Deadline) -> PyResult<Filled> {
        let _turn = self.reading.take(vm);
        let mut data = self.unread.take();
        if data.is_empty() {
            match self.receive(vm, deadline)? {
                Some(received) => data = received,
                None => return Ok(Filled::Nothing),
            }
        }
        if data.is_empty() {
            self.ended.set(true);
            // Told of the end, rustls tells a clean one from any other.
            self.feed(&mut &[][..]);
            return Ok(Filled::End);
        }
        let mut rest = data.as_slice();
        while !rest.is_empty() {
            let before = rest.len();
            self.feed(&mut rest);
            self.process(vm)?;
            if rest.len() == before {
                // rustls takes no more before somebody reads what it has.
                self.unread.borrow_mut().extend_from_slice(rest);
                break;
            }
        }
        Ok(Filled::Some)
    }

    /// Bytes from the other side; none at the end, `None` where nothing is there now.
    fn receive(&self, vm: &Vm, deadline: Deadline) -> PyResult<Option<Vec<u8>>> {
        match &self.carrier {
            Carrier::Memory(incoming, _) => {
                let data = incoming.data.take();
                Ok((!data.is_empty() || incoming.ended.get()).then_some(data))
            }
            Carrier::Socket(_) => {
                let value = self.carrier.socket(vm)?;
                let Some(socket) = value.downcast::<Socket>() else { return Ok(Some(Vec::new())) };
                let mut data = vec![0; 1 << 14];
                let got = or_nothing(socket.call(vm, c::POLLIN, deadline, |fd| net::recv(fd, &mut data, 0)))?;
                Ok(got.map(|n| {
                    data.truncate(n);
                    data
                }))
            }
        }
    }

    fn feed(&self, data: &mut &[u8]) {
        // Reading from memory does not fail; a full buffer takes nothing, which `fill` notices.
        let _ = match &mut *self.state.borrow_mut() {
            State::Accepting(acceptor) => acceptor.read_tls(data),
            State::Open(connection) => Connection::read_tls(connection, data),
            State::Moving => Ok(0),
        };
    }
}
