# The parts of a group have its cause and context; their context is suppressed, as after any assignment of a cause.
try:
    try:
        1 / 0
    finally:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2)])
except ExceptionGroup as e:
    group = e
print(group.__suppress_context__, repr(group.__context__))
for part in (*group.split(ValueError), group.subgroup(TypeError), group.subgroup((TypeError, ValueError))):
    print(repr(part), part.__suppress_context__, repr(part.__cause__), repr(part.__context__), part is group)
try:
    try:
        {}['x']
    except KeyError:
        try:
            raise ExceptionGroup('h', [IndexError(1), OSError(2)])
        except* OSError:
            pass
except ExceptionGroup as e:
    print(repr(e), e.__suppress_context__, repr(e.__context__))
