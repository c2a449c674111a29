name = "plug"
