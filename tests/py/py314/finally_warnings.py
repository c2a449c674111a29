#: golden no
"""PEP 765: return, break and continue that leave finally are warned about."""
import warnings

for source in ("def f():\n try: pass\n finally:\n  return 1", "for i in x:\n try: pass\n finally:\n  break", "for i in x:\n try: pass\n finally:\n  continue", "def f():\n try: pass\n finally:\n  def g(): return 1"):
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        compile(source, "s", "exec")
    print([(w.category.__name__, str(w.message)) for w in got])
