"""uuid, secrets, getpass shapes; platform says something."""
import platform
import secrets
import uuid

print(uuid.UUID("12345678123456781234567812345678"), uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x"), uuid.uuid4().version, len(secrets.token_hex(4)), secrets.compare_digest("a", "a"), uuid.UUID(int=5).hex, len(secrets.token_bytes(5)))
print(platform.system(), platform.python_implementation() != "", platform.machine() != "", len(platform.python_version_tuple()))
