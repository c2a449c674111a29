"""Queues between subinterpreters (PEP 734), of which there are none."""


class QueueError(Exception):
    """Indicates that a queue-related error happened."""


class QueueNotFoundError(QueueError):
    """No such queue."""


def _register_heap_types(queue, empty, full):
    pass


def list_all():
    return []


def create(*args, **kwargs):
    raise QueueError("this virtual machine has no subinterpreters")


def _missing(qid, *args, **kwargs):
    raise QueueNotFoundError(f"queue {qid} not found")


destroy = put = get = bind = release = get_maxsize = get_queue_defaults = is_full = get_count = _missing
