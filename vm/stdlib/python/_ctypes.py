"""The data types of ctypes over Python's own memory, and on Windows the functions of libraries.

Programs import ctypes for a size, a buffer or a structure, or to look for a library that they can do without. These work: numbers,
arrays, structures and unions keep their bytes as C does, and loading a library raises OSError as for one that is not there. What
needs an address in memory raises NotImplementedError.

On Windows, where programs can't do without the system's libraries, these are loaded, and functions are called that take and give
numbers, texts and addresses of such data. Functions with floats, and Python functions as callbacks, are not supported.
"""

import struct as _struct
import sys as _sys

__version__ = "1.1.0"

RTLD_LOCAL = 0
RTLD_GLOBAL = 0x100
FUNCFLAG_CDECL = 1
FUNCFLAG_PYTHONAPI = 4
FUNCFLAG_USE_ERRNO = 8
FUNCFLAG_USE_LASTERROR = 16
SIZEOF_TIME_T = 8
TYPEFLAG_ISPOINTER = 0x100
TYPEFLAG_HASPOINTER = 0x200
CTYPES_MAX_ARGCOUNT = 1024

# Stand-ins for the addresses of functions; nobody can call them.
_memmove_addr, _memset_addr, _string_at_addr, _cast_addr, _memoryview_at_addr = range(1, 6)
# Not a name that can be imported: see below.
_WSTRING_AT = 6


def __getattr__(name):
    # The last that `ctypes` asks for while it is imported. There is no C interface of Python's here; programs ask for
    # `ctypes.pythonapi` to see that, as other virtual machines do not have it either.
    if name == "_wstring_at_addr":
        vars(_sys.modules["ctypes"]).pop("pythonapi", None)
        return _WSTRING_AT
    raise AttributeError(f"module '_ctypes' has no attribute {name!r}")


_POINTER_SIZE = _struct.calcsize("P")
_WCHAR_SIZE = 2 if _sys.platform == "win32" else 4
_REFUSAL = "foreign memory is out of reach: this virtual machine's ctypes has data types only"


class ArgumentError(Exception):
    pass


def _refuse(*args, **kwargs):
    raise NotImplementedError(_REFUSAL)


def dlopen(name, flag=RTLD_LOCAL, /):
    if name is None:
        return 0
    raise OSError(f"{name}: cannot open shared object file: this virtual machine's ctypes loads no libraries")


def dlsym(handle, name, /):
    raise OSError(f"undefined symbol: {name}")


def dlclose(handle, /):
    return 0


_foreign = None
if _sys.platform == "win32":
    import _foreign
    FUNCFLAG_STDCALL = 0
    FUNCFLAG_HRESULT = 2
    _last_error = 0

    class COMError(Exception):
        """What a COM method raises."""

        def __init__(self, hresult, text, details):
            super().__init__(hresult, text, details)
            self.hresult, self.text, self.details = hresult, text, details

    def CopyComPointer(source, target, /):
        _refuse()

    def FormatError(code=None, /):
        import _winapi
        return _winapi._format_message(_last_error if code is None else code)

    def LoadLibrary(name, mode=0, /):
        try:
            return _foreign.load(name, mode)
        except OSError as e:
            if e.winerror != 126:
                raise
        raise FileNotFoundError(
            f"Could not find module '{name}' (or one of its dependencies). Try using the full path with constructor syntax.")

    FreeLibrary = _foreign.free

    def _check_HRESULT(value, /):
        if value < 0:
            raise OSError(None, FormatError(value), None, value)
        return value

    def get_last_error():
        return _last_error

    def set_last_error(value, /):
        global _last_error
        old, _last_error = _last_error, value
        return old


_errno = 0


def get_errno():
    return _errno


def set_errno(value):
    global _errno
    old, _errno = _errno, value
    return old


class _Type(type):
    """What all data types have in common: a size, an alignment, and arrays of them."""

    _size_ = 0
    _align_ = 1

    def __mul__(cls, length):
        if length < 0:
            raise ValueError(f"Array length must be >= 0, not {length}")
        key = (cls, length)
        if key not in _arrays:
            _arrays[key] = type(Array)(f"{cls.__name__}_Array_{length}", (Array,), {"_type_": cls, "_length_": length})
        return _arrays[key]

    __rmul__ = __mul__

    @property
    def __pointer_type__(cls):
        try:
            return cls.__dict__["_pointer_type_"]
        except KeyError:
            raise AttributeError("type has no attribute '__pointer_type__'") from None

    @__pointer_type__.setter
    def __pointer_type__(cls, value):
        cls._pointer_type_ = value

    def from_buffer(cls, source, offset=0):
        view = memoryview(source)
        if view.readonly:
            raise TypeError("underlying buffer is not writable")
        return _view(cls, view.cast("B"), offset)

    def from_buffer_copy(cls, source, offset=0):
        return _view(cls, memoryview(bytearray(memoryview(source).cast("B"))), offset)

    def from_address(cls, address):
        _refuse()

    def from_param(cls, value):
        return value if isinstance(value, cls) else cls(value)

    def in_dll(cls, library, name):
        raise ValueError(f"undefined symbol: {name}")


_arrays = {}


def _view(cls, view, offset):
    if offset < 0:
        raise ValueError("offset cannot be negative")
    if len(view) - offset < cls._size_:
        raise ValueError(f"Buffer size too small ({len(view)} instead of at least {cls._size_ + offset} bytes)")
    obj = cls.__new__(cls)
    obj._memory = view[offset:offset + cls._size_]
    return obj


class _CData(metaclass=_Type):
    _b_base_ = None
    _b_needsfree_ = True
    _objects = None

    def __new__(cls, *args, **kwargs):
        if "_abstract_" in cls.__dict__:
            raise TypeError("abstract class")
        obj = super().__new__(cls)
        obj._memory = memoryview(bytearray(cls._size_))
        return obj

    def __buffer__(self, flags):
        return self._memory

    def __ctypes_from_outparam__(self):
        return self

    def __reduce__(self):
        return (_restore, (type(self), bytes(self._memory)))


def _restore(cls, data):
    return cls.from_buffer_copy(data)


_FORMATS = {c: c for c in "bBhHiIlLqQfd?"} | {"c": "c", "P": "P", "O": "P", "z": "P", "Z": "P", "g": "16s", "D": "2d", "F": "2f",
                                              "G": "32s", "v": "h", "u": f"{_WCHAR_SIZE}s"}


class _SimpleType(_Type):
    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace, **kwargs)
        code = getattr(cls, "_type_", None)
        if code is None:
            return
        if code not in _FORMATS:
            raise AttributeError("class must define a '_type_' attribute which must be\n"
                                 "a single character string containing one of 'cbBhHiIlLdDFGfuzZqQPXOv?g'.")
        form = _FORMATS[code]
        cls._format_ = ("<" if cls._order_ == "little" else ">") + form if cls._order_ != _sys.byteorder else form
        cls._size_ = _struct.calcsize(form)
        cls._align_ = {"D": 8, "F": 4}.get(code, min(cls._size_, 16))
        if cls._order_ == _sys.byteorder and code in "hHiIlLqQfd" and "_swapped_" not in namespace:
            other = "big" if _sys.byteorder == "little" else "little"
            swapped = _SimpleType(name, (_SimpleCData,), {"_type_": code, "_order_": other, "_swapped_": True})
            ours, theirs = ("le", "be") if _sys.byteorder == "little" else ("be", "le")
            for each in (cls, swapped):
                setattr(each, f"__ctype_{ours}__", cls)
                setattr(each, f"__ctype_{theirs}__", swapped)


class _SimpleCData(_CData, metaclass=_SimpleType):
    _order_ = _sys.byteorder
    _abstract_ = True

    def __init__(self, value=None):
        if value is not None or self._type_ == "O":
            self.value = value

    @property
    def value(self):
        code = self._type_
        if code in "zZ" and _foreign is not None:
            return _text_of(self)
        if code in "zZO":
            kept = self.__dict__.get("_kept")
            if kept is None and code == "O":
                raise ValueError("PyObject is NULL")
            return kept[0] if kept else None
        if code == "u":
            return bytes(self._memory).decode(f"utf-{8 * _WCHAR_SIZE}-{'le' if _sys.byteorder == 'little' else 'be'}")
        if code == "g":
            return _struct.unpack("d", self._memory[:8])[0]
        parts = _struct.unpack(self._format_, self._memory)
        if code in "DF":
            return complex(*parts)
        return (parts[0] or None) if code == "P" else parts[0]

    @value.setter
    def value(self, value):
        code = self._type_
        if code in "zZ" and not isinstance(value, (bytes, str, int, type(None))):
            raise TypeError(f"bytes or integer address expected instead of {type(value).__name__} instance")
        if code in "zZO":
            self._kept = (value,)
            if code != "O" and _foreign is not None:
                # Foreign functions read and write the address itself.
                kept = []
                self._memory[:] = _argument(value, kept).to_bytes(_POINTER_SIZE, "little")
                self._kept = (value, int.from_bytes(self._memory, "little"), kept)
            return
        if code in "bBhHiIlLqQP":
            if value is None and code == "P":
                value = 0
            if not isinstance(value, int):
                raise TypeError(f"an integer is required (got type {type(value).__name__})" if code != "P" else
                                "cannot be converted to pointer")
            bits = 8 * self._size_
            value &= (1 << bits) - 1
            if code in "bhilq" and value >> (bits - 1):
                value -= 1 << bits
        elif code == "c":
            if isinstance(value, int):
                value = bytes([value])
            if not isinstance(value, (bytes, bytearray)) or len(value) != 1:
                raise TypeError("one character bytes, bytearray, or an integer in range(256) expected")
            value = bytes(value)
        elif code == "u":
            if not isinstance(value, str) or len(value) != 1:
                raise TypeError("unicode string expected instead of " + type(value).__name__ + " instance")
            value = value.encode(f"utf-{8 * _WCHAR_SIZE}-{'le' if _sys.byteorder == 'little' else 'be'}")
        elif code == "g":
            value = _struct.pack("d", value) + bytes(8)
        elif code in "DF":
            value = complex(value)
            self._memory[:] = _struct.pack(self._format_, value.real, value.imag)
            return
        elif code == "?":
            value = bool(value)
        self._memory[:] = _struct.pack(self._format_, value)

    def __bool__(self):
        return any(self._memory) if self._type_ not in "zZO" or _foreign else bool(self.__dict__.get("_kept"))

    def __repr__(self):
        if type(self).__bases__ == (_SimpleCData,):
            return f"{type(self).__name__}({self.value!r})"
        return object.__repr__(self)


def _get(cls, view):
    """What is at a place, as Python sees it: direct subclasses of simple types are their values."""
    obj = _view(cls, view, 0)
    return obj.value if _SimpleCData in cls.__bases__ else obj


def _set(cls, view, value):
    if not isinstance(value, cls):
        value = cls(*value) if isinstance(value, tuple) else cls(value)
    view[:] = value._memory


class _ArrayType(_Type):
    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace, **kwargs)
        if hasattr(cls, "_type_") and hasattr(cls, "_length_"):
            cls._size_ = cls._type_._size_ * cls._length_
            cls._align_ = cls._type_._align_


class Array(_CData, metaclass=_ArrayType):
    _abstract_ = True

    def __init__(self, *values):
        if len(values) > self._length_:
            raise IndexError("invalid index")
        for i, value in enumerate(values):
            self[i] = value

    def __len__(self):
        return self._length_

    def _place(self, index):
        index = index.__index__()
        if index < 0:
            index += self._length_
        if not 0 <= index < self._length_:
            raise IndexError("invalid index")
        size = self._type_._size_
        return self._memory[index * size:(index + 1) * size]

    def __getitem__(self, index):
        if isinstance(index, slice):
            items = [self[i] for i in range(*index.indices(self._length_))]
            code = getattr(self._type_, "_type_", None)
            return b"".join(items) if code == "c" else "".join(items) if code == "u" else items
        return _get(self._type_, self._place(index))

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            places = range(*index.indices(self._length_))
            if len(places) != len(value):
                raise ValueError("Can only assign sequence of same size")
            for i, item in zip(places, value):
                self[i] = item
            return
        _set(self._type_, self._place(index), value)

    @property
    def raw(self):
        if getattr(self._type_, "_type_", None) != "c":
            raise AttributeError("raw")
        return bytes(self._memory)

    @raw.setter
    def raw(self, data):
        if len(data) > self._size_:
            raise ValueError("byte string too long")
        self._memory[:len(data)] = data

    @property
    def value(self):
        code = getattr(self._type_, "_type_", None)
        if code == "c":
            return bytes(self._memory).split(b"\0", 1)[0]
        if code == "u":
            return self[:].split("\0", 1)[0]
        raise AttributeError("value")

    @value.setter
    def value(self, value):
        end = b"\0" if self._type_._type_ == "c" else "\0"
        if len(value) > self._length_:
            raise ValueError("string too long")
        if self._type_._type_ == "c":
            data = value + end if len(value) < self._length_ else value
            self._memory[:len(data)] = data
        else:
            for i, c in enumerate(value + end if len(value) < self._length_ else value):
                self[i] = c


class CField:
    """A field of a structure or union."""

    def __init__(self, name, type, offset, bits=None, shift=0):
        self.name, self.type, self.offset, self.byte_offset = name, type, offset, offset
        self.byte_size = self.size = type._size_
        self.is_bitfield, self.bit_offset, self.bit_size = bits is not None, shift, bits or 8 * type._size_
        self.is_anonymous = False

    def _place(self, obj):
        return obj._memory[self.offset:self.offset + self.byte_size]

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        value = _get(self.type, self._place(obj))
        if self.is_bitfield:
            value = (value >> self.bit_offset) & ((1 << self.bit_size) - 1)
            if self.type._type_ in "bhilq" and value >> (self.bit_size - 1):
                value -= 1 << self.bit_size
        return value

    def __set__(self, obj, value):
        if self.is_bitfield:
            mask = ((1 << self.bit_size) - 1) << self.bit_offset
            value = (_get(self.type, self._place(obj)) & ~mask) | ((value << self.bit_offset) & mask)
        _set(self.type, self._place(obj), value)

    def __repr__(self):
        return f"<{type(self).__name__} {self.name!r} type={self.type.__name__}, ofs={self.offset}, size={self.size}>"


class _StructType(_Type):
    _union = False

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace, **kwargs)
        if "_fields_" in namespace:
            # By assignment: `ctypes._endian` turns fields round there.
            cls._fields_ = namespace["_fields_"]

    def __setattr__(cls, name, value):
        if name == "_fields_":
            cls._lay_out(value)
        super().__setattr__(name, value)

    def _lay_out(cls, fields):
        base = next((b for b in cls.__mro__[1:] if "_names_" in b.__dict__), None)
        names, at, align = (list(base._names_), base._size_, base._align_) if base else ([], 0, 1)
        most = getattr(cls, "_pack_", None)
        size, used, unit = at, 0, None
        for name, kind, *bits in fields:
            step = min(kind._align_, most) if most else kind._align_
            align = max(align, step)
            if cls._union:
                at, shift = 0, 0
            elif bits and unit is not None and unit._size_ == kind._size_ and used + bits[0] <= 8 * kind._size_:
                at, shift = at - kind._size_, used
            else:
                at, shift, used = -(-at // step) * step, 0, 0
            super().__setattr__(name, CField(name, kind, at, bits[0] if bits else None, shift))
            used, unit = (used + bits[0], kind) if bits else (0, None)
            names.append(name)
            at += kind._size_
            size = max(size, at)
        super().__setattr__("_names_", names)
        super().__setattr__("_align_", align)
        super().__setattr__("_size_", -(-size // align) * align)
        for name in getattr(cls, "_anonymous_", ()):
            for inner in getattr(cls, name).type._names_:
                super().__setattr__(inner, _Through(name, inner))


class _Through:
    """A field of an anonymous field."""

    def __init__(self, outer, inner):
        self.outer, self.inner = outer, inner

    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(getattr(obj, self.outer), self.inner)

    def __set__(self, obj, value):
        setattr(getattr(obj, self.outer), self.inner, value)


class _UnionType(_StructType):
    _union = True


class Structure(_CData, metaclass=_StructType):
    _abstract_ = True

    def __init__(self, *args, **kwargs):
        names = getattr(type(self), "_names_", ())
        if len(args) > len(names):
            raise TypeError("too many initializers")
        for name, value in zip(names, args):
            if name in kwargs:
                raise TypeError(f"duplicate values for field {name!r}")
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)


class Union(_CData, metaclass=_UnionType):
    _abstract_ = True
    __init__ = Structure.__init__


class _PointerType(_Type):
    _size_ = _align_ = _POINTER_SIZE

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace, **kwargs)
        if "_type_" in namespace:
            cls.set_type(namespace["_type_"])

    def set_type(cls, kind):
        cls._type_ = kind
        if "_pointer_type_" not in kind.__dict__:
            kind.__pointer_type__ = cls


class _Pointer(_CData, metaclass=_PointerType):
    """Points at an object of ours; what lies beside it is out of reach."""

    _abstract_ = True

    def __init__(self, target=None):
        self._target = None
        if target is not None:
            self.contents = target

    @property
    def contents(self):
        if self._target is None:
            raise ValueError("NULL pointer access")
        return self._target

    @contents.setter
    def contents(self, target):
        if not isinstance(target, self._type_):
            raise TypeError(f"expected {self._type_.__name__} instead of {type(target).__name__}")
        self._target = target

    def __bool__(self):
        return self._target is not None

    def __getitem__(self, index):
        if index != 0:
            _refuse()
        return _get(self._type_, self.contents._memory)

    def __setitem__(self, index, value):
        if index != 0:
            _refuse()
        _set(self._type_, self.contents._memory, value)


class _FunctionType(_Type):
    _size_ = _align_ = _POINTER_SIZE


class CFuncPtr(_CData, metaclass=_FunctionType):
    """A foreign function: it can be declared, not called."""

    _abstract_ = True

    def __init__(self, source=0, *args):
        if isinstance(source, tuple):
            name, library = source[:2]
            if _foreign is None:
                raise AttributeError(f"{library._name or 'this program'}: undefined symbol: {name}")
            source = _foreign.symbol(library._handle, name)
            if not source:
                raise AttributeError(f"function '{name}' not found")
        self.restype = getattr(self, "_restype_", None)
        self.argtypes = getattr(self, "_argtypes_", None)
        self.errcheck = None
        self._source = source
        # What `prototype((name, library), ((1, "handle"), (2, "mode")))` says of the parameters.
        self._parameters = args[0] if args else None

    def __bool__(self):
        return bool(self._source)

    def __call__(self, *args, **kwargs):
        if callable(self._source):
            return self._source(*args)
        if _foreign is not None and self._source:
            return _call(self, args, kwargs)
        raise NotImplementedError("foreign functions cannot be called: this virtual machine's ctypes has data types only")


class _Reference:
    """What `byref` gives."""

    def __init__(self, target, offset=0):
        self._obj, self._offset = target, offset


def byref(obj, offset=0):
    if not isinstance(obj, _CData):
        raise TypeError(f"byref() argument must be a ctypes instance, not '{type(obj).__name__}'")
    return _Reference(obj, offset)


_WORD = (1 << 64) - 1
_last_of_thread = 0


def _address(memory, kept):
    """Where bytes are, which have to stay there until the call is over."""
    kept.append(memory)
    return _foreign.address(memory)


def _argument(value, kept):
    """A Python value as the word that a foreign function gets."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value & _WORD
    if isinstance(value, bytes):
        return _address(memoryview(bytearray(value + b"\0")), kept)
    if isinstance(value, str):
        return _address(memoryview(bytearray(value.encode("utf-16-le", "surrogatepass") + b"\0\0")), kept)
    if isinstance(value, _Reference):
        return _address(value._obj._memory, kept) + value._offset
    if isinstance(value, _SimpleCData):
        if value._type_ in "bBhHiIlLqQPzZ?cuv":
            return int.from_bytes(value._memory, "little", signed=value._type_ in "bhilq") & _WORD
    elif isinstance(value, Array):
        return _address(value._memory, kept)
    elif isinstance(value, _Pointer):
        return _address(value._target._memory, kept) if value else 0
    elif isinstance(value, CFuncPtr):
        if not callable(value._source):
            return value._source
        raise NotImplementedError("Python functions cannot be called by foreign ones here")
    elif isinstance(value, (Structure, Union)):
        # By value: in a register if it fits there, else the address of a copy.
        if value._size_ in (1, 2, 4, 8):
            return int.from_bytes(value._memory, "little")
        return _address(memoryview(bytearray(value._memory)), kept)
    elif hasattr(value, "_as_parameter_"):
        return _argument(value._as_parameter_, kept)
    raise ArgumentError(f"Don't know how to convert parameter of type {type(value).__name__}")


def _declared(kind, value):
    """An argument by the type that was declared for it."""
    address = isinstance(kind, _PointerType) or getattr(kind, "_type_", None) in ("P", "z", "Z")
    if address and (value is None or isinstance(value, (_Reference, Array, _Pointer, bytes, str, CFuncPtr))):
        return value
    if address and getattr(type(value), "_type_", None) in ("P", "z", "Z"):
        return value
    if isinstance(kind, _PointerType) and isinstance(value, getattr(kind, "_type_", ())):
        return byref(value)
    if isinstance(kind, _FunctionType):
        return value
    return kind.from_param(value)


def _text_at(address, size, step):
    """The bytes from an address to the first zero, or `size` characters."""
    if size >= 0:
        return _foreign.read(address, size * step)
    data = bytearray()
    while (unit := _foreign.read(address + len(data), step)) != bytes(step):
        data += unit
    return bytes(data)


def _text_of(pointer):
    """The value of a c_char_p or c_wchar_p: the object that it was given, or what is where a foreign function has it point to."""
    address = int.from_bytes(pointer._memory, "little")
    kept = pointer.__dict__.get("_kept")
    if kept and kept[1] == address:
        return kept[0]
    if not address:
        return None
    return _text_at(address, -1, 1) if pointer._type_ == "z" else _text_at(address, -1, 2).decode("utf-16-le", "surrogatepass")


def _by_parameters(function, arguments, keywords):
    """The arguments of a function whose parameters are described, and the objects that it writes to."""
    given, values, written = list(arguments), [], []
    for kind, (flag, *rest) in zip(function.argtypes or (), function._parameters):
        name = rest[0] if rest else None
        if flag & 2 and not flag & 1:
            target = kind._type_()
            written.append(target)
            values.append(byref(target))
            continue
        if given:
            value = given.pop(0)
        elif name in keywords:
            value = keywords.pop(name)
        elif len(rest) > 1:
            value = rest[1]
        else:
            raise TypeError(f"required argument '{name}' missing")
        if flag & 2:
            value = kind._type_(value)
            written.append(value)
            value = byref(value)
        values.append(value)
    if given or keywords:
        raise TypeError(f"call takes exactly {len(values) - len(written)} arguments")
    return tuple(values), written


def _returned(kind, word):
    """What a foreign function gave, by the type that was declared for it."""
    if kind is None:
        return None
    if not isinstance(kind, _Type):
        return kind(int.from_bytes((word & 0xFFFFFFFF).to_bytes(4, "little"), "little", signed=True))
    code = getattr(kind, "_type_", None) if isinstance(kind, _SimpleType) else None
    if code in ("z", "Z") and _SimpleCData in kind.__bases__:
        if not word:
            return None
        return _text_at(word, -1, 1) if code == "z" else _text_at(word, -1, 2).decode("utf-16-le", "surrogatepass")
    if code is None or code in "dfgDFG":
        raise NotImplementedError(f"foreign functions cannot give {kind.__name__} here")
    result = kind.from_buffer_copy(word.to_bytes(8, "little")[:kind._size_])
    if _SimpleCData in kind.__bases__:
        result = result.value
    check = getattr(kind, "_check_retval_", None)
    return check(result if not isinstance(result, _CData) else result.value) if check else result


def _copy(to, source, length):
    _foreign.write(to, _foreign.read(source, length))
    return to


def _fill(to, byte, length):
    _foreign.write(to, bytes([byte & 255]) * length)
    return to


# What `ctypes` calls by our stand-ins for addresses.
_OWN = {
    _memmove_addr: _copy,
    _memset_addr: _fill,
    _string_at_addr: lambda at, size: _text_at(at, _signed(size), 1),
    _WSTRING_AT: lambda at, size: _text_at(at, _signed(size), 2).decode("utf-16-le", "surrogatepass"),
}


def _signed(word):
    return word - (1 << 64) if word >> 63 else word


def _call(function, arguments, keywords):
    global _last_of_thread, _last_error
    kinds = function.argtypes
    kept, written = [], []
    if function._parameters:
        arguments, written = _by_parameters(function, arguments, dict(keywords))
    values = arguments
    if kinds:
        if len(arguments) < len(kinds):
            raise TypeError(f"this function takes at least {len(kinds)} argument{'s' * (len(kinds) != 1)} ({len(arguments)} given)")
        values = [_declared(kind, value) for kind, value in zip(kinds, arguments)] + list(arguments[len(kinds):])
    words = tuple(_argument(value, kept) for value in values)
    if function._source <= _WSTRING_AT:
        return _OWN.get(function._source, _refuse)(*words)
    own = getattr(function, "_flags_", 0) & FUNCFLAG_USE_LASTERROR
    word, error = _foreign.call(function._source, words, _last_error if own else _last_of_thread)
    if own:
        _last_error = error
    else:
        _last_of_thread = error
    result = _returned(function.restype, word)
    if function.errcheck:
        checked = function.errcheck(result, function, arguments)
        if checked is not arguments:
            return checked
    if not written:
        return result
    values = [target.value if _SimpleCData in type(target).__bases__ else target for target in written]
    return values[0] if len(values) == 1 else tuple(values)


def _data_type(obj):
    kind = obj if isinstance(obj, type) else type(obj)
    if not isinstance(kind, _Type):
        raise TypeError("this type has no size")
    return kind


def sizeof(obj):
    kind = _data_type(obj)
    return kind._size_ if isinstance(obj, type) else len(obj._memory)


def alignment(obj):
    return _data_type(obj)._align_


def resize(obj, size):
    if size < type(obj)._size_:
        raise ValueError(f"minimum size is {type(obj)._size_}")
    memory = memoryview(bytearray(size))
    memory[:len(obj._memory)] = obj._memory
    obj._memory = memory


def buffer_info(obj):
    kind, shape = _data_type(obj), []
    while isinstance(kind, _ArrayType):
        shape.append(kind._length_)
        kind = kind._type_
    return (getattr(kind, "_format_", "B"), len(shape), tuple(shape))


def addressof(obj):
    if _foreign is None:
        _refuse()
    return _foreign.address(obj._memory)


call_function = call_cdeclfunction = Py_INCREF = Py_DECREF = PyObj_FromPtr = _refuse
