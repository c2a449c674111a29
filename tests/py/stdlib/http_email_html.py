"""email messages, html.parser, http.cookies, mimetypes."""
import email
import html.parser
import http.cookies
import mimetypes
from email.message import EmailMessage

m = EmailMessage()
m["Subject"] = "Héllo"
m["From"] = "a@b.c"
m["To"] = "X <x@y.z>"
m.set_content("text é\n")
print(m.as_string())
p = email.message_from_string("Subject: hi\nX: 1\n  2\n\nbody\n")
print(p["subject"], repr(p["X"]), p.get_payload(), p.keys(), p.get_content_type())


class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        print("start", tag, attrs)

    def handle_data(self, data):
        print("data", repr(data))

    def handle_endtag(self, tag):
        print("end", tag)


P().feed("<p class='x' id=1>a &amp; b<br/></p><!-- c -->")
c = http.cookies.SimpleCookie("a=1; b=two")
print(c["a"].value, c.output(header="").strip().splitlines()[-1], mimetypes.guess_type("x.html"))
