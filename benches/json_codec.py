"""Encoding and decoding JSON."""

import json


def record(i):
    return {
        "id": i,
        "name": f"user {i}",
        "email": f"user{i}@example.org",
        "score": i / 3,
        "tags": ["alpha", "beta", "größe", f"tag{i % 7}"],
        "active": i % 2 == 0,
        "parent": None if i % 5 else i // 5,
        "nested": {"level": {"deeper": [i, i + 1, {"end": "quote \" and \\ and \n line"}]}},
    }


def main():
    data = [record(i) for i in range(400)]
    total = 0
    for _ in range(8):
        text = json.dumps(data)
        back = json.loads(text)
        total += len(text) + len(back) + back[7]["nested"]["level"]["deeper"][1]
    pretty = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
    total += len(pretty) + (json.loads(pretty) == data)
    print(total)


main()
