NAME = 'blue two'
