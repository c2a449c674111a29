def pytest_report_header(config):
    return "header of conftest"


def pytest_collection_modifyitems(items):
    items.reverse()
