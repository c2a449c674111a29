def run():
    return "found by its entry point"
