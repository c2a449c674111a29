"""A site in one file: models, migrations, templates, forms, the test client and management commands."""
import sys

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="x",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.db"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {
            "page.html": "{% load i18n humanize_not %}" if False else
            "{% for u in users %}{{ forloop.counter }} {{ u.username|upper }} {{ u.date_joined|date:'Y' }}\n{% empty %}none\n{% endfor %}",
        })]},
    }],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    LANGUAGE_CODE="de",
)
django.setup()

from django import forms
from django.contrib.auth.models import User
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.shortcuts import render
from django.test import Client
from django.urls import path, reverse
from django.utils.translation import gettext


class NameForm(forms.Form):
    name = forms.CharField(max_length=5)
    born = forms.DateField()


def page(request):
    request.session["n"] = request.session.get("n", 0) + 1
    return render(request, "page.html", {"users": User.objects.order_by("username")})


def form(request, kind):
    f = NameForm(request.GET)
    return JsonResponse({"kind": kind, "ok": f.is_valid(), "errors": f.errors.get_json_data()})


urlpatterns = [path("", page, name="page"), path("form/<slug:kind>/", form, name="form")]


def main(argv):
    if argv[1:2] == ["site"]:
        execute_from_command_line([argv[0], "migrate", "-v0"])
        User.objects.create_user("anna", password="secret")
        User.objects.create_user("bert", email="b@example.org")
        client = Client()
        answer = client.get("/")
        print(answer.status_code, answer.content.decode(), sorted(answer.cookies))
        print(client.get(reverse("form", args=["x"]), {"name": "toolong", "born": "31.12.1999"}).json())
        print(client.get("/nowhere").status_code, client.login(username="anna", password="secret"))
        print(User.objects.filter(email__endswith=".org").values("username"), User.objects.filter(pk__in=[1, 2]).query)
        print(gettext("This field is required."))
        return 0
    execute_from_command_line(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
