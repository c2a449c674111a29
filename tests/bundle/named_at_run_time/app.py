import frame
from maker.made import calendar as cal, text

for plug in ["frame.plugs.red"]:
    print(frame.load(plug))
print(frame.table("1-2"))
print(cal.month_name[2], text.dedent("  x"))
try:
    frame.load("frame.plugs." + "blue")
except ModuleNotFoundError as e:
    print(e)
