"""datetime: arithmetic, formatting, parsing, zones, comparison."""
from datetime import date, datetime, time, timedelta, timezone, UTC

d = date(2024, 2, 28)
print(d + timedelta(2), d.weekday(), d.isoformat(), d.isocalendar(), d.replace(day=1), date(2024, 3, 1) - d, d.strftime("%Y/%m/%d %A %j"), date.fromisoformat("2023-12-31"), d.toordinal(), date.min, date.max, d.timetuple().tm_yday, repr(d))
t = datetime(2024, 5, 6, 7, 8, 9, 123456)
print(t, repr(t), t.isoformat(" ", "milliseconds"), t + timedelta(hours=20), t.date(), t.time(), t.strftime("%H:%M:%S.%f %p %y %b %%"), datetime.strptime("2024-01-02 03:04", "%Y-%m-%d %H:%M"), t.replace(tzinfo=UTC), datetime.fromisoformat("2024-01-01T10:00:00+02:00"), t.timestamp() if False else "")
z = timezone(timedelta(hours=-3, minutes=-30), "X")
a = datetime(2024, 1, 1, 12, tzinfo=UTC)
print(a.astimezone(z), a.utcoffset(), a.tzname(), z, a == datetime(2024, 1, 1, 8, 30, tzinfo=z), a.timestamp(), datetime.fromtimestamp(0, UTC), a.isoformat())
x = timedelta(days=1, hours=-5, milliseconds=5)
print(x, repr(x), x.total_seconds(), -x, x * 2, x / 2, x // timedelta(hours=1), x % timedelta(hours=1), abs(-x), timedelta(weeks=1), timedelta(microseconds=-1), bool(timedelta()), divmod(x, timedelta(hours=2)), x / timedelta(1))
print(time(1, 2, 3), time.fromisoformat("04:05:06.7"), time(23, 59) > time(1), time(1, tzinfo=UTC), datetime.combine(d, time(5)), sorted([date(2024, 1, 2), date(2023, 5, 6)]))
for call in (lambda: date(2023, 2, 29), lambda: datetime(2024, 1, 1, 25), lambda: date(0, 1, 1), lambda: date.fromisoformat("x"), lambda: datetime.strptime("x", "%Y"), lambda: a - t, lambda: d < 5, lambda: timedelta(days=10 ** 10), lambda: d + 1, lambda: timezone(5), lambda: date.max + timedelta(1)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
