"""Subinterpreters (PEP 734), of which there is the main one only."""

WHENCE_UNKNOWN, WHENCE_RUNTIME, WHENCE_LEGACY_CAPI, WHENCE_CAPI, WHENCE_XI, WHENCE_STDLIB = range(6)

_MAIN = 0
_REFUSAL = "this virtual machine has no subinterpreters"


class InterpreterError(Exception):
    """A cross-interpreter operation failed."""


class InterpreterNotFoundError(InterpreterError):
    """An interpreter was not found."""


class NotShareableError(TypeError):
    """An object cannot be passed to another interpreter."""


class CrossInterpreterBufferView:
    """A view of a buffer of another interpreter."""

    def __new__(cls, *args, **kwargs):
        raise TypeError("cannot create 'CrossInterpreterBufferView' instances")


def _check(id):
    if id != _MAIN:
        raise InterpreterNotFoundError(f"unrecognized interpreter ID {id}")


def create(config="isolated", *, reqrefs=False):
    raise InterpreterError(_REFUSAL)


def destroy(id, *, restrict=False):
    _check(id)
    raise InterpreterError("cannot destroy the current interpreter")


def list_all(*, require_ready=False):
    return [(_MAIN, WHENCE_RUNTIME)]


def get_current():
    return (_MAIN, WHENCE_RUNTIME)


def get_main():
    return (_MAIN, WHENCE_RUNTIME)


def whence(id):
    _check(id)
    return WHENCE_RUNTIME


def is_running(id, *, restrict=False):
    _check(id)
    return True


def incref(id, *, implieslink=False, restrict=False):
    _check(id)


def decref(id, *, restrict=False):
    _check(id)


def is_shareable(obj):
    if isinstance(obj, tuple):
        return type(obj) is tuple and all(map(is_shareable, obj))
    return obj is None or type(obj) in (bool, int, float, str, bytes, memoryview)


def _refuse(*args, **kwargs):
    raise InterpreterError(_REFUSAL)


exec = call = run_string = run_func = set___main___attrs = capture_exception = get_config = new_config = _refuse
