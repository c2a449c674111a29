NAME = 'red two'
