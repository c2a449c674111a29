"""Indexing and slicing of ASCII and other strings."""
for s in ("hello world", "héllo wörld", "日本語テキスト", "a😀b\ud83dc"):
    print(ascii(s[0]), ascii(s[-1]), ascii(s[2:5]), ascii(s[::-1]), ascii(s[1:-1:2]), ascii(s[-3:]), ascii(s[:100]), ascii(s[5:2]), ascii(s[::3]), len(s))
s = "aé😀"
print([s[i] for i in range(len(s))], [ord(c) for c in s], s * 2, s + "x", s[1] == "é", s > "aé", "😀" > "\uffff", list(enumerate(s)))
for i in (10, -10):
    try:
        s[i]
    except IndexError as e:
        print(e)
print("abc"[True], "x" * 0, "ab" * -1, 3 * "é", "a" < "b" < "é" < "日", "" < "a", "abc" == "abc")
big = "é" * 1000 + "z"
print(big[999], big[1000], big.index("z"), len(big[500:]), big[-2:])
