"""Dates, numbers and lists in the manner of many languages; catalogues of messages."""
import io
import sys
from datetime import UTC, date, datetime, time, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_interval, format_time, format_timedelta
from babel.lists import format_list
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_currency, format_decimal, format_percent, parse_decimal
from babel.units import format_unit

LOCALES = ["de", "en_US", "fr_CA", "ja", "ar_EG", "hi", "ru", "sr_Latn", "zh_Hant", "pl"]


def main(command, *files):
    if command == "dates":
        for name in LOCALES:
            day = date(2026, 2, 9)
            print(name, format_date(day, "full", locale=name), format_time(time(15, 4, 5), locale=name), sep=" | ")
            print("  ", format_datetime(datetime(2026, 2, 9, 15, 4), "EEEE, d. MMMM y HH:mm", locale=name),
                  format_timedelta(timedelta(days=3), locale=name, add_direction=True),
                  format_interval(day, date(2026, 3, 1), "yMMMd", locale=name), sep=" | ")
    elif command == "numbers":
        for name in LOCALES:
            print(name, format_decimal(1234567.891, locale=name), format_currency(-1234.5, "EUR", locale=name),
                  format_percent(0.256, locale=name), format_unit(12, "length-meter", locale=name),
                  format_list(["a", "b", "c"], locale=name), sep=" | ")
        print(parse_decimal("1.234,5", locale="de"))
    elif command == "names":
        for name in LOCALES:
            locale = Locale.parse(name)
            print(locale.display_name, locale.languages.get("it"), locale.territories.get("BR"), locale.character_order,
                  locale.plural_form(21), sep=" | ")
    elif command == "messages":
        with open(files[0], "rb") as f:
            catalogue = read_po(f, locale="de")
        # Else its header has the minute in which the test runs.
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 2, 9, tzinfo=UTC)
        for message in catalogue:
            if message.id:
                print(message.id, message.string, sorted(message.flags), list(message.check()))
        with open("out.mo", "wb") as f:
            write_mo(f, catalogue)
        with open("out.mo", "rb") as f:
            print(len(read_mo(f)))
        out = io.BytesIO()
        write_po(out, catalogue, omit_header=True)
        print(out.getvalue().decode("utf-8"))
        print(list(extract("python", io.BytesIO(b"_('one'); ngettext('a', 'b', n)"))))
    elif command == "unknown":
        try:
            Locale.parse(files[0])
        except UnknownLocaleError as e:
            print(e)
            return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
