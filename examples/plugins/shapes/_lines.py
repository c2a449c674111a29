"""What shapes share; no shape itself."""


def stack(widths):
    return "\n".join("*" * width for width in widths)
