"""How does a person in a browser read that something cannot be done? One small page."""

from __future__ import annotations

from html import escape

from fastapi import Request


def is_browser_page(request: Request) -> bool:
    """Did a person's browser open an address outside /api?"""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    wants_html = "text/html" in request.headers.get("accept", "")
    return wants_html and not path.startswith(("/api/", "/static/"))


def page(request: Request, title: str, detail: str) -> str:
    """The smallest page that says what happened and leads home; all text is escaped."""
    root = request.scope.get("root_path", "")
    path = request.scope["path"].removeprefix(root)
    zh, _, en = detail.partition("\n")
    told = f"<p>{escape(zh)}</p>" + (f'<p lang="en">{escape(en)}</p>' if en else "")
    ways = [("/", "民政一张图 · home")]
    if path.startswith("/elder-care"):
        ways.insert(0, ("/elder-care", "养老地图 · elder-care map"))
    links = " ".join(f'<a href="{escape(root + way, quote=True)}">{name}</a>' for way, name in ways)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · 民政一张图</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{told}<p>{links}</p></main></body></html>"
    )


_STYLE = (
    "body{margin:0;font:18px/1.6 sans-serif;color:#17242c;background:#f3f6f5}"
    "main{max-width:36em;margin:2rem auto;padding:1rem 1.2rem;background:#fff;"
    "border-top:4px solid #0b5d57}h1{font-size:1.4rem;line-height:1.35}"
    "[lang=en]{color:#48575f}"
    "a{display:inline-flex;align-items:center;min-height:44px;margin-right:1em;color:#0b5d57}"
)
