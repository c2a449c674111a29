NAME = 'red one'
