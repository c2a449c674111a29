"""An asynchronous web application and its client in one process (anyio picks its backend by name)."""
import asyncio
import sys

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient

log = []


async def home(request: Request):
    data = await request.json() if request.method == "POST" else dict(request.query_params)
    return JSONResponse({"method": request.method, "data": data, "path": request.url.path})


async def stream(request):
    async def parts():
        for i in range(3):
            await asyncio.sleep(0)
            yield f"part {i}\n"

    return StreamingResponse(parts(), media_type="text/plain", background=BackgroundTask(log.append, "background"))


def plain(request):
    return PlainTextResponse("x" * 2000, headers={"x-user": request.path_params["user"]})


async def socket(websocket):
    await websocket.accept()
    text = await websocket.receive_text()
    await websocket.send_json({"echo": text})
    await websocket.close()


def broken(request):
    raise RuntimeError("broken on purpose")


app = Starlette(
    routes=[
        Route("/", home, methods=["GET", "POST"]),
        Route("/stream", stream),
        Mount("/users", routes=[Route("/{user:str}", plain)]),
        WebSocketRoute("/ws", socket),
        Route("/broken", broken),
    ],
    middleware=[Middleware(GZipMiddleware, minimum_size=500)],
)


def sync_client():
    with TestClient(app, raise_server_exceptions=False) as client:
        print(client.get("/", params={"a": "ü"}).json())
        print(client.post("/", json=[1, None]).json())
        print(repr(client.get("/stream").text), log)
        answer = client.get("/users/anna")
        print(answer.status_code, len(answer.text), answer.headers["content-encoding"], answer.headers["x-user"])
        with client.websocket_connect("/ws") as ws:
            ws.send_text("hi")
            print(ws.receive_json())
        print(client.get("/broken").status_code, client.get("/none").text, client.put("/").status_code)


async def async_client():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = await asyncio.gather(*(client.get("/", params={"n": n}) for n in range(3)))
        print([a.json()["data"] for a in answers])
        async with client.stream("GET", "/stream") as response:
            print([line async for line in response.aiter_lines()])


def main(what):
    if what == "sync":
        sync_client()
    elif what == "async":
        asyncio.run(async_client())
    elif what == "refused":
        try:
            httpx.get("http://127.0.0.1:9/")
        except httpx.ConnectError as e:
            print(type(e).__name__, e)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
