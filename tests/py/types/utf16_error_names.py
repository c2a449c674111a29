# The codec that fails says which byte order it read with.
for name in 'utf-16', 'utf-32':
    for data in b'a', b' x ', b'\xff\xfea', b'\xfe\xffa', b'\x00\xd8', b'abcde', b'\0\0\xfe\xffa', b'abcdefgh':
        try:
            print(name, data, ascii(data.decode(name)))
        except UnicodeDecodeError as e:
            print(name, data, e, e.encoding)


class Items:
    def __getitem__(self, i):
        return i


for x in Items(), 1, {1}, iter([]):
    try:
        print(list(reversed(x)))
    except TypeError as e:
        print(e)
