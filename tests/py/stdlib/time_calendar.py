"""time and calendar with fixed moments."""
import calendar
import time

g = time.gmtime(0)
print(g, g.tm_year, g[0], time.strftime("%Y-%m-%d %H:%M:%S %a %j %U", g), time.asctime(g), calendar.timegm(g), time.strptime("5 Mar 2024", "%d %b %Y")[:3], time.mktime(time.localtime(1e9)) == 1e9)
print(calendar.monthrange(2024, 2), calendar.isleap(1900), calendar.month(2024, 2), calendar.day_name[0], calendar.weekday(2024, 1, 1))
a = time.perf_counter()
time.sleep(0.01)
print(time.perf_counter() - a >= 0.009, time.monotonic() > 0, time.time() > 1.6e9, time.time_ns() > 10 ** 18, time.process_time() >= 0, time.get_clock_info("monotonic").monotonic)
for c in (lambda: time.sleep(-1), lambda: time.strptime("x", "%Y"), lambda: time.gmtime(1e30), lambda: time.strftime(5)):
    try:
        c()
    except Exception as e:
        print(type(e).__name__)
