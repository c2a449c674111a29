"""Spreadsheets: styles, formulas, charts, reading back."""
import datetime
import sys
import zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table


def make():
    wb = Workbook()
    wb.properties.created = wb.properties.modified = datetime.datetime(2020, 1, 2)
    ws = wb.active
    ws.title = "Däten"
    ws.append(["name", "n", "when"])
    for i, name in enumerate(["a", "b", "ç"], 1):
        ws.append([name, i * 1.5, datetime.date(2024, 1, i)])
    ws["E1"] = "=SUM(B2:B4)"
    ws["A1"].font = Font(bold=True, color="FF0000")
    ws["A1"].fill = PatternFill("solid", fgColor="DDDDDD")
    ws["A1"].border = Border(left=Side(style="thin"))
    ws["A1"].alignment = Alignment(wrap_text=True)
    ws.add_table(Table(displayName="T", ref="A1:C4"))
    check = DataValidation(type="list", formula1='"x,y"')
    ws.add_data_validation(check)
    check.add("F1")
    chart = BarChart()
    chart.add_data(Reference(ws, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    ws.add_chart(chart, "G2")
    ws.merge_cells("A6:C6")
    ws.freeze_panes = "A2"
    wb.create_sheet("empty").sheet_properties.tabColor = "00FF00"
    wb.save("book.xlsx")


def main(what):
    make()
    if what == "parts":
        with zipfile.ZipFile("book.xlsx") as z:
            for name in sorted(z.namelist()):
                data = z.read(name)
                print(name, len(data) if "core.xml" in name else data.decode())
    elif what == "read":
        wb = load_workbook("book.xlsx")
        print(wb.sheetnames)
        for row in wb["Däten"].iter_rows(values_only=True):
            print(row)
        cell = wb["Däten"]["A1"]
        print(cell.font.b, cell.fill.fgColor.rgb, cell.alignment.wrap_text, wb["Däten"].merged_cells, get_column_letter(703))
        for row in load_workbook("book.xlsx", read_only=True)["Däten"].rows:
            print([c.value for c in row][:3])
    elif what == "formulas":
        for t in Tokenizer('=IF(A1>"x",SUM(B1:B3)*2,{1;2})').items:
            print(t.value, t.type, t.subtype)
        print(Translator("=SUM(A1:$B2)", "C1").translate_formula("D5"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
