import re


@decorator
async def fetch(url: str, *, retries: int = 3) -> bytes | None:
    """Docstring."""
    async with session.get(f"{url}?{retries!r}") as response:  # comment
        return await response.read() if response.ok else None
