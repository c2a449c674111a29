"""Event loops on Windows: `select` on sockets, and threads for the pipes and the ends of child processes.

CPython's default there waits at a completion port, for which this virtual machine has no module. The names are the same, so
that programs which ask for one loop or the other get one that works for both: what differs is that a loop takes no more than
512 sockets.
"""

import sys

if sys.platform != 'win32':
    raise ImportError('win32 only')

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


class _SubprocessTransport(base_subprocess.BaseSubprocessTransport):

    def _start(self, args, shell, stdin, stdout, stderr, bufsize, **kwargs):
        self._proc = subprocess.Popen(
            args, shell=shell, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=bufsize, **kwargs)
        threading.Thread(target=self._wait_for_end, daemon=True).start()

    def _wait_for_end(self):
        code = self._proc.wait()
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


class ProactorEventLoop(SelectorEventLoop):
    """Has the name of CPython's default; waits as the other loop does."""


class _WindowsSelectorEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = SelectorEventLoop


class _WindowsProactorEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    _loop_factory = ProactorEventLoop


_DefaultEventLoopPolicy = _WindowsProactorEventLoopPolicy
EventLoop = ProactorEventLoop
