NAME = 'blue one'
