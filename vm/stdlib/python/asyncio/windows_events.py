"""Event loops on Windows: `select` on sockets, and threads for the pipes and the ends of child processes.

CPython's default there waits at a completion port, for which this virtual machine has no module. The names are the same, so
that programs which ask for one loop or the other get one that works for both, servers and clients of pipes with names among it:
what differs is that a loop takes no more than 512 sockets.
"""

import sys

if sys.platform != 'win32':
    raise ImportError('win32 only')

import _winapi
import subprocess
import threading

from . import base_subprocess
from . import events
from . import selector_events
from . import transports

__all__ = (
    'SelectorEventLoop',
    'ProactorEventLoop',
    '_DefaultEventLoopPolicy',
    '_WindowsSelectorEventLoopPolicy',
    '_WindowsProactorEventLoopPolicy',
    'EventLoop',
)


class _ReadPipe(transports.ReadTransport):
    """One end of a child's output: a thread reads it."""

    def __init__(self, loop, pipe, protocol):
        super().__init__({'pipe': pipe})
        self._loop = loop
        self._pipe = pipe
        self._protocol = protocol
        self._closing = False
        self._going = threading.Event()
        self._going.set()
        loop.call_soon(protocol.connection_made, self)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        failure = None
        try:
            while not self._closing:
                self._going.wait()
                data = self._pipe.read1(65536) if hasattr(self._pipe, 'read1') else self._pipe.read(65536)
                if not data:
                    break
                self._tell(self._data, data)
        except (OSError, ValueError) as error:
            failure = error if not self._closing else None
        self._tell(self._end, failure)

    def _tell(self, function, argument):
        try:
            self._loop.call_soon_threadsafe(function, argument)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            self._closing = True

    def _data(self, data):
        if not self._closing:
            self._protocol.data_received(data)

    def _end(self, failure):
        if failure is None and not self._closing:
            self._protocol.eof_received()
        self._closing = True
        self._pipe.close()
        self._protocol.connection_lost(failure)

    def is_closing(self):
        return self._closing

    def is_reading(self):
        return self._going.is_set()

    def pause_reading(self):
        self._going.clear()

    def resume_reading(self):
        self._going.set()

    def close(self):
        self._closing = True
        self._going.set()

    def set_protocol(self, protocol):
        self._protocol = protocol

    def get_protocol(self):
        return self._protocol


class _WritePipe(transports.WriteTransport):
    """One end of a child's input: a thread writes it."""

    def __init__(self, loop, pipe, protocol):
        super().__init__({'pipe': pipe})
        self._loop = loop
        self._pipe = pipe
        self._protocol = protocol
        self._closing = False
        self._waiting = []
        self._ready = threading.Condition()
        loop.call_soon(protocol.connection_made, self)
        threading.Thread(target=self._write, daemon=True).start()

    def _write(self):
        failure = None
        try:
            while True:
                with self._ready:
                    while not self._waiting and not self._closing:
                        self._ready.wait()
                    if not self._waiting:
                        break
                    parts, self._waiting = self._waiting, []
                self._pipe.write(b''.join(parts))
                self._pipe.flush()
        except (OSError, ValueError) as error:
            failure = error
        try:
            self._loop.call_soon_threadsafe(self._end, failure)
        except RuntimeError:
            pass

    def _end(self, failure):
        self._closing = True
        try:
            self._pipe.close()
        except OSError:
            pass
        self._protocol.connection_lost(failure)

    def write(self, data):
        with self._ready:
            if not self._closing and data:
                self._waiting.append(bytes(data))
                self._ready.notify()

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.close()

    def is_closing(self):
        return self._closing

    def get_write_buffer_size(self):
        return sum(map(len, self._waiting))

    def close(self):
        with self._ready:
            self._closing = True
            self._ready.notify()

    def abort(self):
        with self._ready:
            self._waiting.clear()
        self.close()

    def set_protocol(self, protocol):
        self._protocol = protocol

    def get_protocol(self):
        return self._protocol


_ABORTED = 995
_BUFFER = 65536


class _PipeFile:
    """A pipe with a name. One thread reads while another writes, so no operation holds the pipe: each is started and waited for."""

    def __init__(self, handle):
        self._handle = handle
        self._lock = threading.Lock()
        self._pending = set()

    def _run(self, start, *args):
        with self._lock:
            if self._handle is None:
                raise ValueError('the pipe is closed')
            operation, error = start(self._handle, *args, overlapped=True)
            self._pending.add(operation)
        try:
            count, error = operation.GetOverlappedResult(True)
        finally:
            self._pending.discard(operation)
        if error == _ABORTED:
            raise ValueError('the pipe is closed')
        return operation, count

    def read1(self, size):
        try:
            return self._run(_winapi.ReadFile, size)[0].getbuffer()
        except BrokenPipeError:
            return b''

    def write(self, data):
        rest = memoryview(data)
        while rest:
            rest = rest[self._run(_winapi.WriteFile, bytes(rest))[1]:]

    def flush(self):
        pass

    def fileno(self):
        return self._handle

    def close(self):
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            for operation in tuple(self._pending):
                operation.cancel()
            _winapi.CloseHandle(handle)


class _DuplexPipe(transports.Transport):
    """Both directions of a pipe with a name: a thread for each."""

    def __init__(self, loop, pipe, protocol, extra):
        super().__init__({'pipe': pipe, **extra})
        self._protocol = protocol
        self._pipe = pipe
        self._left = 2
        self._failure = None
        loop.call_soon(protocol.connection_made, self)
        self._output = _WritePipe(loop, pipe, self)
        self._input = _ReadPipe(loop, pipe, self)

    # What the halves tell.

    def connection_made(self, half):
        pass

    def data_received(self, data):
        self._protocol.data_received(data)

    def eof_received(self):
        self._protocol.eof_received()

    def connection_lost(self, failure):
        self._left -= 1
        self._failure = self._failure or failure
        self.close() if self._left else self._protocol.connection_lost(self._failure)

    def is_closing(self):
        return self._output.is_closing()

    def close(self):
        # What was written goes out first; the end of that closes the pipe.
        self._input.close()
        self._output.close()

    def abort(self):
        self._input.close()
        self._output.abort()

    def write(self, data):
        self._output.write(data)

    def can_write_eof(self):
        return False

    def get_write_buffer_size(self):
        return self._output.get_write_buffer_size()

    def is_reading(self):
        return self._input.is_reading()

    def pause_reading(self):
        self._input.pause_reading()

    def resume_reading(self):
        self._input.resume_reading()

    def set_protocol(self, protocol):
        self._protocol = protocol

    def get_protocol(self):
        return self._protocol


class PipeServer:
    """Waits for clients of a pipe with a name, in a thread; `connected` is called with the pipe to each."""

    def __init__(self, address, connected):
        self._address = address
        self._connected = connected
        self._lock = threading.Lock()
        self._waiting = None
        self._closed = False
        # Who can't have the name is told now.
        handle = self._new(first=True)
        threading.Thread(target=self._serve, args=(handle,), daemon=True).start()

    def _new(self, first):
        mode = _winapi.PIPE_ACCESS_DUPLEX | _winapi.FILE_FLAG_OVERLAPPED
        if first:
            mode |= _winapi.FILE_FLAG_FIRST_PIPE_INSTANCE
        return _winapi.CreateNamedPipe(
            self._address, mode, _winapi.PIPE_TYPE_MESSAGE | _winapi.PIPE_READMODE_MESSAGE | _winapi.PIPE_WAIT,
            _winapi.PIPE_UNLIMITED_INSTANCES, _BUFFER, _BUFFER, _winapi.NMPWAIT_WAIT_FOREVER, 0)

    def _serve(self, handle):
        while True:
            try:
                with self._lock:
                    if self._closed:
                        break
                    self._waiting = _winapi.ConnectNamedPipe(handle, overlapped=True)
                error = self._waiting.GetOverlappedResult(True)[1]
            except OSError:
                # A client that has gone again: the next one gets another pipe.
                error = None
            if error == _ABORTED or self._closed:
                break
            try:
                following = self._new(first=False)
            except OSError:
                following = None
            if error is None:
                _winapi.CloseHandle(handle)
            else:
                self._connected(_PipeFile(handle))
            handle = following
            if handle is None:
                return
        _winapi.CloseHandle(handle)

    def closed(self):
        return self._closed

    def close(self):
        with self._lock:
            self._closed = True
            if self._waiting is not None:
                self._waiting.cancel()


class _SubprocessTransport(base_subprocess.BaseSubprocessTransport):

    def _start(self, args, shell, stdin, stdout, stderr, bufsize, **kwargs):
        self._proc = subprocess.Popen(
            args, shell=shell, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize, **kwargs)
        threading.Thread(target=self._wait_for_end, daemon=True).start()

    def _wait_for_end(self):
        try:
            code = self._proc.wait()
        except OSError:
            # The system has lost sight of the child; whoever waits for it is told that much.
            code = -1
        try:
            self._loop.call_soon_threadsafe(self._process_exited, code)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            pass


class SelectorEventLoop(selector_events.BaseSelectorEventLoop):
    """The loop of selectors, with pipes and child processes."""

    def _make_read_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        transport = _ReadPipe(self, pipe, protocol)
        if waiter is not None:
            self.call_soon(_settle, waiter)
        return transport

    def _make_write_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        transport = _WritePipe(self, pipe, protocol)
        if waiter is not None:
            self.call_soon(_settle, waiter)
        return transport

    async def _make_subprocess_transport(self, protocol, args, shell, stdin, stdout, stderr, bufsize,
                                         extra=None, **kwargs):
        waiter = self.create_future()
        transport = _SubprocessTransport(
            self, protocol, args, shell, stdin, stdout, stderr, bufsize, waiter=waiter, extra=extra, **kwargs)
        try:
            await waiter
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            transport.close()
            await transport._wait()
            raise
        return transport


def _settle(waiter):
    if not waiter.done():
        waiter.set_result(None)


def _open_pipe(address):
    """Connects to a pipe with a name; waits for one that serves others."""
    while True:
        try:
            return _winapi.CreateFile(
                address, _winapi.GENERIC_READ | _winapi.GENERIC_WRITE, 0, _winapi.NULL, _winapi.OPEN_EXISTING,
                _winapi.FILE_FLAG_OVERLAPPED, _winapi.NULL)
        except OSError as error:
            if error.winerror != _winapi.ERROR_PIPE_BUSY:
                raise
        _winapi.WaitNamedPipe(address, _winapi.NMPWAIT_WAIT_FOREVER)


class ProactorEventLoop(SelectorEventLoop):
    """Has the name of CPython's default, and its pipes with names; waits as the other loop does."""

    async def create_pipe_connection(self, protocol_factory, address):
        pipe = _PipeFile(await self.run_in_executor(None, _open_pipe, address))
        protocol = protocol_factory()
        return _DuplexPipe(self, pipe, protocol, {'addr': address}), protocol

    async def start_serving_pipe(self, protocol_factory, address):
        def connected(pipe):
            try:
                self.call_soon_threadsafe(lambda: _DuplexPipe(self, pipe, protocol_factory(), {'addr': address}))
            except RuntimeError:
                # The loop is closed.
                pipe.close()

        return [PipeServer(address, connected)]


class _WindowsSelectorEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = SelectorEventLoop


class _WindowsProactorEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = ProactorEventLoop


_DefaultEventLoopPolicy = _WindowsProactorEventLoopPolicy
EventLoop = ProactorEventLoop
