TABLE = [1, 2]
