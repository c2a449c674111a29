"""TLS between two objects in memory: handshake, data, names, refusals, the end."""
#: frozen no
import os
import ssl
import warnings

PEM = os.path.join(os.path.dirname(__file__), "_tls.pem")


def contexts():
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(PEM)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(PEM)
    return client, server


def pair(client, server, name="localhost"):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    return client.wrap_bio(a, b, server_hostname=name), server.wrap_bio(b, a, server_side=True)


def step(f, *args):
    try:
        return f(*args), True
    except ssl.SSLWantReadError as e:
        return e, False


def shake(c, s):
    done = [False, False]
    for _ in range(10):
        for i, side in enumerate((c, s)):
            if not done[i]:
                done[i] = step(side.do_handshake)[1]
    return done


client, server = contexts()
server.set_alpn_protocols(["h2", "http/1.1"])
client.set_alpn_protocols(["http/1.1"])
c, s = pair(client, server)
first = step(c.do_handshake)[0]
print(type(first).__name__, first.args[0])
print(shake(c, s), c.version(), c.cipher()[1:], c.selected_alpn_protocol(), s.selected_alpn_protocol())
cert = c.getpeercert()
print(cert["subject"], cert["subjectAltName"], cert["version"], s.getpeercert())
print(c.write(b"x" * 40000), c.server_hostname, s.server_side, c.session_reused)
data = b""
while len(data) < 40000:
    data += s.read(65536)
print(len(data), step(s.read, 10)[1])
buffer = bytearray(5)
print(s.write(b"hello world"), c.read(5, buffer), bytes(buffer), c.pending(), c.read())
print(step(c.unwrap)[1], s.read(), step(s.unwrap), step(c.unwrap))

for versions in ((ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2), (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)):
    client, server = contexts()
    client.minimum_version, client.maximum_version = versions
    c, s = pair(client, server, "a.freeze.test")
    print(shake(c, s), c.version(), c.selected_alpn_protocol())


def refused(client, server, name):
    c, s = pair(client, server, name)
    try:
        shake(c, s)
    except ssl.SSLError as e:
        text = str(e).split(" (_ssl.c")[0]
        print(type(e).__name__, "|", text, "|", e.reason, e.library, getattr(e, "verify_code", None), isinstance(e, ValueError))
        try:
            for _ in range(3):
                step(s.do_handshake)
        except ssl.SSLError as e:
            print("  server:", str(e).split(" (_ssl.c")[0])


client, server = contexts()
refused(client, server, "example.org")
refused(client, server, "a.b.freeze.test")
refused(client, server, "127.0.0.2")
c, s = pair(client, server, "127.0.0.1")
print(shake(c, s))
strange = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
refused(strange, server, "localhost")
strange.check_hostname = False
strange.verify_mode = ssl.CERT_NONE
c, s = pair(strange, server, None)
print(shake(c, s), c.getpeercert(), len(c.getpeercert(True)) > 300)

server.verify_mode = ssl.CERT_REQUIRED
server.load_verify_locations(PEM)
client.load_cert_chain(PEM)
c, s = pair(client, server)
print(shake(c, s), s.getpeercert()["issuer"][-1])

names = []
_, server = contexts()
server.sni_callback = lambda obj, name, ctx: names.append((type(obj).__name__, name, ctx is server))
c, s = pair(client, server)
print(shake(c, s), names)

context = ssl.create_default_context(cafile=PEM)
print(context.cert_store_stats(), context.get_ca_certs(), context.check_hostname, context.verify_mode)
for call in (
    lambda: context.load_verify_locations(os.path.join(os.path.dirname(__file__), "nothing.pem")),
    lambda: context.load_verify_locations(__file__),
    lambda: context.load_verify_locations(cadata="no certificate"),
    lambda: context.load_verify_locations(),
    lambda: context.load_cert_chain(__file__),
    lambda: setattr(context, "verify_mode", ssl.CERT_NONE),
):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e).split(" (_ssl.c")[0])
