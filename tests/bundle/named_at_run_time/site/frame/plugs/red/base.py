NAME = 'red'
