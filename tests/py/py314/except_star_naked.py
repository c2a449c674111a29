#: golden no (3.13 gives such a group no traceback)
# The group that `except*` makes around a single exception begins where it was made: its traceback has that frame alone.
import traceback


def lines(e):
    return [(entry.name, entry.lineno) for entry in traceback.extract_tb(e.__traceback__)]


def fails():
    raise ValueError(1)


def caught():
    try:
        fails()
    except* ValueError as e:
        print('caught', lines(e), lines(e.exceptions[0]))


def again():
    try:
        fails()
    except* ValueError:
        raise


caught()
try:
    again()
except ExceptionGroup as e:
    print('again', lines(e), lines(e.exceptions[0]))
