"""X | Y and list[int]: attributes, equality, instances, errors."""
print(int | None, (int | str).__args__, int | str == str | int, isinstance(5, int | None), issubclass(bool, int | str), int | int, (int | str) | float, list[int] | None, hash(int | str) == hash(str | int))
print(list[int], dict[str, int].__args__, list[int].__origin__, list[int]([1, 2]), list[int] == list[int], tuple[()], type[int], list["x"], set[int] | None, list[list[int]].__parameters__)
for bad in (lambda: int | 5, lambda: list[int][str], lambda: isinstance([], list[int]), lambda: isinstance(1, int | list[int]), lambda: list[int].nope, lambda: None | None, lambda: int[str]):
    try:
        print(bad())
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)


class S(list[int]):
    pass


print(S.__mro__, S.__orig_bases__, S([1]))
