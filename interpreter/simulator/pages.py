"""Pages of lists, as `page[number]` and `page[size]` ask for them."""

from collections.abc import Mapping

from callverbs.interpreter.simulator.refusals import ApiResponse, Body, RefusalError

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 20, 250
Query = Mapping[str, str]


def page(items: list[Body], query: Query) -> ApiResponse:
    """Returns one page of a list, as `page[number]` and `page[size]` ask for it."""
    number, size = _count(query, "page[number]", 1), min(_count(query, "page[size]", DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE)
    begin = (number - 1) * size
    meta = {"page_number": number, "page_size": size, "total_pages": -(-len(items) // size), "total_results": len(items)}
    return ApiResponse(200, {"data": items[begin : begin + size], "meta": meta})


def _count(query: Query, name: str, default: int) -> int:
    """Returns a number of the query. Raises RefusalError where it is not one from 1."""
    written = query.get(name, str(default))
    if not (written.isascii() and written.isdigit() and int(written)):
        raise RefusalError("10015", f"{name} is a number from 1, not {written}")
    return int(written)
