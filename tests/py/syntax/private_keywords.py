# Names of keyword arguments and of attributes in class patterns are not private names, even within a class.
def show(**names):
    return sorted(names.items())


class Point:
    __match_args__ = ()


class Keeper:
    def call(self):
        return show(__a=1), show(**{"b": 2}, __c=3)

    def read(self, point):
        match point:
            case Point(__x=found):
                return found
        return None

    def parameters(self, __one, *, __two=2):
        return __one + __two


class Meta(type):
    def __new__(meta, name, bases, namespace, **names):
        print(name, sorted(names))
        return super().__new__(meta, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **names):
        super().__init__(name, bases, namespace)


class Outer:
    class Inner(metaclass=Meta, __flag=True):
        pass


keeper = Keeper()
print(keeper.call())
point = Point()
vars(point)["__x"] = "as it is spelled"
vars(point)["_Keeper__x"] = "mangled"
print(keeper.read(point))
print(keeper.parameters(1), Keeper.parameters.__kwdefaults__)
