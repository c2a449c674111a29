def go():
    return "plugged in"
