import sys
def show(f):
    try:
        r = f()
        print(len(r) if isinstance(r, (str, bytes, bytearray)) and len(r) > 50 else r if not isinstance(r, int) or r.bit_length() < 100 else 'big')
    except BaseException as e: print(type(e).__name__, e)
for n in (2**31, -2**31-1, 2**63, 2**64, -2**64):
    show(lambda: '\t'.expandtabs(n))
    show(lambda: b'\t'.expandtabs(n))
    show(lambda: bytearray(b'\t').expandtabs(n))
    show(lambda: b'ab'.hex('-', n))
    show(lambda: bytearray(b'ab').hex('-', n))
    show(lambda: memoryview(b'ab').hex('-', n))
    show(lambda: sys.setrecursionlimit(n))
for n in (2**63, 2**64, -2**64):
    show(lambda: '%*d' % (n, 1))
    show(lambda: '%.*d' % (n, 1))
    show(lambda: b'%*d' % (n, 1))
    show(lambda: b'%.*d' % (n, 1))
for n in (-2**31-1,2**31):
    show(lambda: '%.*d' % (n, 1))
    show(lambda: b'%.*d' % (n, 1))
for n in (2**63, 2**64, 2**100):
    show(lambda: 1 << n)
    show(lambda: 0 << n)
    show(lambda: -1 << n)
    show(lambda: 5 >> n)
    show(lambda: -5 >> n)
    show(lambda: 1 << -n)
    show(lambda: 1 >> -n)
