"""__class__ and zero-argument super in nested functions, comprehensions and lambdas."""


class A:
    def who(self):
        return "A"


class B(A):
    def who(self):
        return "B" + super().who()

    def lam(self):
        return (lambda: super(B, self).who())()

    def cls(self):
        return __class__.__name__

    def nested(self):
        def inner():
            return __class__

        return inner() is B

    @classmethod
    def make(cls):
        return super().__new__(cls)

    @property
    def prop(self):
        return super().who()


b = B()
print(b.who(), b.lam(), b.cls(), b.nested(), type(B.make()).__name__, b.prop)


class NoSelf:
    def f():
        super()

    def g(self):
        del self
        super()


for call in (NoSelf.f, lambda: NoSelf().g()):
    try:
        call()
    except RuntimeError as e:
        print(e)
try:
    super()
except RuntimeError as e:
    print(e)
print(super(B, b).who(), repr(super(B, b))[:20])
try:
    super(B, A())
except TypeError as e:
    print(e)
