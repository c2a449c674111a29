"""urllib.parse and html."""
import html
from urllib.parse import urlparse, urlsplit, urljoin, quote, unquote, urlencode, parse_qs, parse_qsl, quote_plus, unquote_plus, urlunparse, urldefrag

u = urlparse("https://user:pw@host.org:8080/a/b;p?q=1&r=2#frag")
print(u, u.hostname, u.port, u.username, u.netloc, u.geturl(), urlunparse(u), urlsplit("//x/y").netloc)
print(urljoin("http://a/b/c/d", "../e"), urljoin("http://a/b", "//c/d"), urljoin("http://a/b?x", "?y"), quote("a b/é&"), quote("a/b", safe=""), unquote("%C3%A9+x"), quote_plus("a b"), unquote_plus("a+b"), urlencode({"a": 1, "b": ["x", "y"]}, doseq=True), urlencode([("k", "é &")]), parse_qs("a=1&a=2&b="), parse_qsl("a=1&b=%20", keep_blank_values=True), urldefrag("x#y"))
print(html.escape("<a href='x'>&"), html.unescape("&lt;&eacute;&#39;&#x41;&amp;lt;"))
try:
    urlparse("http://h:99999").port
except ValueError as e:
    print(e)
