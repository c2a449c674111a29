from _speed import f
