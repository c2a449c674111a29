"""Exceptions of one's own: attributes, str, subclass of several, pickling, comparison, without Exception.__init__."""
import pickle


class AppError(Exception):
    def __init__(self, code, msg="default"):
        super().__init__(code, msg)
        self.code = code

    def __str__(self):
        return f"[{self.code}] {self.args[1]}"


class NoInit(Exception):
    def __init__(self, *, key):
        self.key = key


class WithNew(Exception):
    def __new__(cls, *a):
        self = super().__new__(cls, *a)
        self.new = True
        return self


try:
    raise AppError(5)
except AppError as e:
    print(e, repr(e), e.args, e.code)
try:
    raise NoInit(key="k")
except NoInit as e:
    print(repr(str(e)), repr(e), e.key, e.args)
print(WithNew(1).new, repr(pickle.loads(pickle.dumps(AppError(1, "m")))), AppError(1) == AppError(1), hash(AppError(1)) is not None)
try:
    raise AppError
except TypeError as e:
    print(e)


class Bad(Exception):
    def __str__(self):
        return 5


try:
    str(Bad())
except TypeError as e:
    print(e)


class NotException:
    pass


for thing in (NotException, NotException(), "text", None):
    try:
        raise thing
    except TypeError as e:
        print(e)
try:
    try:
        raise ValueError
    except NotException:
        pass
except TypeError as e:
    print(e)
