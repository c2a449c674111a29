"""datetime beyond the basics: rounding, subclasses, folds, ISO forms, pickles, errors."""

import copy
import os
import pickle
import time
from datetime import UTC, date, datetime, time as clock, timedelta, timezone, tzinfo

print(timedelta(microseconds=0.5), timedelta(microseconds=1.5), timedelta(days=1.5, hours=-12.25))
print(repr(timedelta(-1, 5, 7)), timedelta.max, timedelta.min, repr(timedelta()))
print(timedelta(1) * 1.5, timedelta(1) / 3, timedelta(1) // 7, timedelta(hours=5) % timedelta(hours=2), -timedelta(1, 1))
print(divmod(timedelta(days=3), timedelta(hours=25)), timedelta(10) / timedelta(3), timedelta(3.25).total_seconds())
print(hash(timedelta(1)) == hash(timedelta(hours=24)), sorted([timedelta(2), timedelta(1)]))


class D(date):
    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls, *args, **kwargs)
        self.made = args
        return self


class DT(datetime):
    pass


d = D(2024, 2, 28)
for x in (d + timedelta(1), d.replace(day=1), D.fromordinal(738000), D.fromisoformat("2024-W09-4"), D.fromisocalendar(2020, 53, 7)):
    print(type(x).__name__, x, getattr(x, "made", None))
n = DT(2024, 2, 29, 12, tzinfo=UTC)
for x in (n + timedelta(1), n.replace(fold=1), DT.fromtimestamp(0, UTC), DT.combine(d, clock(1, 2)), n.astimezone(timezone(timedelta(hours=2)))):
    print(type(x).__name__, repr(x))
for text in ("2024-02-29", "20240229T010203", "2024-02-29 01:02:03.123456789+05:30", "2024-W09-4T23:00", "2024-02-29T01:02Z",
             "2024-02-29x01", "2024-02-29T01:02:03,5-00:00:01"):
    print(text, repr(datetime.fromisoformat(text)))
for text in ("2024-13-01", "2024-2-29", "2024-02-29T25:00", "2024-02-29T01:0", "T", "2024-02-29T01:02:03.", "2024-02-30"):
    try:
        print(datetime.fromisoformat(text))
    except ValueError:
        print("ValueError", text)
print(clock.fromisoformat("T04:05:06.7+01"), clock(1, 2, 3, 4, UTC), repr(clock(23, fold=1)), clock.max)
e = datetime(2024, 2, 29, 23, 59, 59, 999999, timezone(timedelta(hours=-3, minutes=-30), "NST"))
print(e, e.isoformat("_", "minutes"), e.utctimetuple()[:6], e.ctime(), e.strftime("%Y|%j|%f|%z|%:z|%Z|%%"), e.tzname())
print(date(1, 1, 1).isocalendar(), date(9999, 12, 31).isocalendar()[:], f"{date(2024, 1, 2):%d.%m.}")
print(e == e.astimezone(UTC), hash(e) == hash(e.astimezone(UTC)), e - e.astimezone(UTC), e.timestamp())
for v in (e, d, clock(1, tzinfo=UTC, fold=1), timedelta(5), UTC, timezone(timedelta(1, -1)), n):
    for protocol in range(6):
        back = pickle.loads(pickle.dumps(v, protocol))
        if back != v or type(back) is not type(v):
            print("differs", v, back)
    if copy.deepcopy(v) != v:
        print("copy differs", v)


class Zone(tzinfo):
    def utcoffset(self, dt):
        return timedelta(hours=1) + self.dst(dt)

    def dst(self, dt):
        return timedelta(hours=1) if dt is not None and 4 <= dt.month < 11 else timedelta(0)

    def tzname(self, dt):
        return "ZD" if self.dst(dt) else "ZS"


z = datetime(2024, 7, 1, 12, tzinfo=Zone())
print(z, z.astimezone(UTC), z.dst(), z.tzname(), datetime(2024, 1, 1, tzinfo=UTC).astimezone(Zone()), z.timetuple().tm_isdst)
os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
a = datetime(2024, 10, 27, 2, 30)
print(a.timestamp(), a.replace(fold=1).timestamp(), datetime.fromtimestamp(1729992600).fold, a.astimezone(), a.replace(fold=1).astimezone())
print(datetime(2024, 3, 31, 2, 30).timestamp(), datetime.fromtimestamp(1.9999995), datetime.fromtimestamp(-0.25, UTC))
print(datetime.strptime("2024-02-29 -0330", "%Y-%m-%d %z"))


def fails(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__)


fails(datetime, 2024)
fails(date, 2024, 1, "1")
fails(timedelta, days=10**10)
fails(timedelta, "1")
fails(lambda: a < e)
fails(lambda: a - e)
fails(lambda: a == e)
fails(lambda: date(2024, 1, 1) < a)
fails(timezone, timedelta(1))
fails(datetime, 2024, 1, 1, tzinfo=3)
fails(tzinfo().utcoffset, None)
fails(lambda: date.max + timedelta(1))
fails(lambda: timedelta(1) / 0)
fails(a.isoformat, timespec="never")
fails(a.replace, hour=24)
