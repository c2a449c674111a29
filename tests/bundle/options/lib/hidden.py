value = "hidden module"
