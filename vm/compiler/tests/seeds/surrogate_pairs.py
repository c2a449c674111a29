# Two halves of a pair stay two characters, in constants of modules that are read from a file too.
s = '\ud83d\ude00'
print(len(s), ascii(s), s == '\U0001f600', ascii(s[0]), ascii(s[::-1]))
print(ascii(s.encode('utf-16-le', 'surrogatepass')), ascii('\ud83d' + '\ude00' == s))


def f(x='\udbff\udfff'):
    return ascii(x), len(x)


print(f())
