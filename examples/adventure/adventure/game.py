"""The game: a world of rooms, a player, a loop."""
import cmd
import importlib.resources
import json


def load_rooms():
    """All rooms, by name, out of the JSON files in `rooms`."""
    folder = importlib.resources.files("adventure") / "rooms"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    return {f.name.removesuffix(".json"): json.loads(f.read_text(encoding="utf-8")) for f in files}


class Game(cmd.Cmd):
    prompt = ""
    use_rawinput = False

    def __init__(self):
        super().__init__()
        self.rooms = load_rooms()
        self.here = "cellar"
        self.bag = []

    def preloop(self):
        self.do_look("")

    def do_look(self, _):
        """Look around."""
        room = self.rooms[self.here]
        print(room["text"])
        if room["things"]:
            print("You see:", ", ".join(room["things"]))
        print("Ways:", ", ".join(sorted(room["ways"])))

    def do_go(self, way):
        """Go somewhere: go up"""
        ways = self.rooms[self.here]["ways"]
        if way not in ways:
            print("There is no way", way)
            return
        self.here = ways[way]
        self.do_look("")

    def do_take(self, thing):
        """Take a thing: take lamp"""
        things = self.rooms[self.here]["things"]
        if thing in things:
            things.remove(thing)
            self.bag.append(thing)
            print("Taken:", thing)
        else:
            print("There is no", thing)

    def do_quit(self, _):
        """End the game."""
        print(f"You leave with {', '.join(self.bag) or 'nothing'}.")
        return True

    do_EOF = do_quit


def main():
    Game().cmdloop()
