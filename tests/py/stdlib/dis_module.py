"""dis lists the bytecode of functions without failing."""
import dis
import io


def f(a):
    for x in a:
        if x:
            return [y for y in x]
    return None


out = io.StringIO()
dis.dis(f, file=out)
print(len(out.getvalue().splitlines()) > 10, len(list(dis.get_instructions(f))) > 5, dis.code_info(f).splitlines()[0].split(":")[0])
