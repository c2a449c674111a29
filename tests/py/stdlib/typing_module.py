"""typing: generics, unions, Protocol, get_type_hints, NewType, TypedDict."""
import typing as t
from typing import Any, Callable, ClassVar, Generic, Literal, NewType, Optional, Protocol, TypedDict, TypeVar, Union, get_args, get_origin, get_type_hints, runtime_checkable

T = TypeVar("T", bound=int)
print(Optional[int], Union[int, str, int], Union[int], int | None, list[int], dict[str, list[T]], Callable[[int], str], Literal["a", 1], ClassVar[int], Any, T, t.Annotated[int, "x"], tuple[int, ...], type[int])
print(get_origin(list[int]), get_args(dict[str, int]), get_args(Callable[[int], str]), get_origin(Union[int, str]) is Union, get_args(int | str), isinstance(1, int | str), (int | str) == (str | int))


class Box(Generic[T]):
    def __init__(self, v: T):
        self.v = v


print(Box[int], Box[int](5).v, Box.__parameters__, Box[int].__args__)


@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


print(isinstance([], HasLen), isinstance(5, HasLen))


class Movie(TypedDict, total=False):
    name: str
    year: int


print(Movie(name="x"), Movie.__annotations__, Movie.__total__, Movie.__optional_keys__ == frozenset({"name", "year"}))


def f(a: int, b: "Optional[str]" = None) -> list["Box"]: ...


print(get_type_hints(f))
UserId = NewType("UserId", int)
print(UserId(5), UserId, t.cast(int, "x"), t.TYPE_CHECKING, t.get_type_hints(Movie))
for call in (lambda: list[int][str], lambda: Union[5, "x"] and Optional[5, 6], lambda: Generic[int], lambda: isinstance([], list[int]), lambda: Box[int, str], lambda: HasLen()):
    try:
        print(call())
    except TypeError as e:
        print(e)
