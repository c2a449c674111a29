#: only windows
#: golden no
"""strftime as the C library of Windows has it: which codes are there, `#`, modifiers, and what is refused."""
import datetime
import time

moment = (2026, 3, 5, 7, 8, 9, 3, 64, 0)
day = datetime.datetime(2026, 3, 5, 7, 8, 9, 123)
for format in ["%Y-%m-%d %H:%M:%S", "%#d/%#m/%#y %#H:%#M:%#S %#j", "%Ey %Od %#Oe", "%a %A %b %B %h %p", "%D|%e|%F|%g|%G|%I|%n|%t|%r|%R|%T|%u|%V|%%",
               "%U %w %W %x %X %c %C", "%#x", "%#c", "plain", "\0%d\0"]:
    print(ascii(time.strftime(format, moment)), day.strftime(format) == time.strftime(format, moment))
for format in ["%-d", "%s", "%P", "%Q", "%", "a%", "%#", "%E", "%k", "%l", "%+", "%é", "%_d", "%:x", "%5d", "x\0%-d"]:
    for call in [lambda f: time.strftime(f, moment), day.strftime, day.date().strftime, day.time().strftime, lambda f: f"{day:{f}}"]:
        try:
            print(repr(call(format)))
        except ValueError as e:
            print(ascii(format), e)
print(day.strftime("%f %z|%Z|%:z|"), day.replace(tzinfo=datetime.UTC).strftime("%f %z %Z %:z"))
for year in [0, -1, 10000]:
    try:
        time.strftime("%Y", (year,) + moment[1:])
    except ValueError as e:
        print(e)
