"""Who may add, change or end a feature, and through which checks does it go?

Each write is a delivery of one feature: the same checks, the same journal, so that it can be taken
back. `If-Match` names the version that the writer saw; all happens in one transaction, in which no
other loading is under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as with_
from datetime import date

import orjson
from fastapi import Request
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from api.ogc.answers import Answer, Call
from api.ogc.bodies import Feature, feature_of, merged, with_unlisted
from api.ogc.callers import ROLES, caller, has_right
from api.ogc.writers import WRITERS
from api.problems import PROBLEM, problem
from api.security import Caller, no_token
from geo.errors import BadInput, NotAllowed, NotFound, both
from geo.loaders.ending import SECRECIES, take_turns
from geo.loaders.single import FeatureRefused
from geo.queries.collections import Collection
from geo.queries.collections import collection as collection_of
from geo.queries.items import Item, Question
from geo.queries.items import item as one_item
from geo.queries.moments import as_it_is
from geo.validity import today_in_china

PATIENCE_S = 10
"""How long a write waits for another loading to end before it answers 503."""
Work = Callable[[Session, "Writing"], ASGIApp]


class Writing:
    """A write under way: who writes to which collection, on which day, how secret it is."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.collection = collection_of(call.parts[1])
        self.writer = WRITERS[self.collection.id]
        self.who = _writer_allowed(call, self.collection)
        call.only("secrecy")
        self.secrecy = _secrecy(call)
        self.day: date = today_in_china()

    @property
    def question(self) -> Question:
        """What the writer may see and change."""
        return Question(
            self.collection, as_it_is(self.collection.time, self.day),
            division=self.who.division_code,
        )  # fmt: skip

    def stored(self, session: Session, id: str) -> Item:
        """The feature as it is now. Raises NotFound."""
        return one_item(session.connection(), self.question, id)

    def matched(self, session: Session, id: str) -> Item:
        """The same, if it is the version that If-Match names. Raises 428 and 412."""
        said = self.call.header(b"if-match").strip()
        if not said:
            raise HTTPException(
                428,
                both(
                    "请用 If-Match 写明所见要素的 ETag。",
                    "send If-Match with the ETag of the feature that you saw",
                ),
            )
        found = self.stored(session, id)
        versions = {one.strip().strip('"').partition(".")[0] for one in said.split(",")}
        weak = any(one.strip().startswith("W/") for one in said.split(","))
        if said != "*" and (weak or str(found.version) not in versions):
            raise HTTPException(
                412,
                both(
                    "要素在您读取之后已被修改，未写入；请重新读取后再改。",
                    "the feature was changed after you read it; nothing was written: read it again",
                ),
            )
        return found


def create(call: Call) -> ASGIApp:
    """Add a feature: 201 with its address and ETag."""
    return _written(call, _create)


def replace(call: Call) -> ASGIApp:
    """Put a feature in the place of another one: what is left out becomes unknown, but for what
    lists do not give."""
    return _written(call, _replace)


def update(call: Call) -> ASGIApp:
    """Change some properties of a feature (JSON merge patch, RFC 7396)."""
    return _written(call, _update)


def delete(call: Call) -> ASGIApp:
    """End a feature today; what began today through this door is taken back."""
    return _written(call, _delete)


def _create(session: Session, made: Writing) -> ASGIApp:
    given = feature_of(made.call, made.collection)
    id = made.writer.create(session, made, given)
    made.writer.afterwards(session)
    found = _own(session, made, id)
    address = made.call.address("collections", made.collection.id, "items", id)
    return Answer(b"", "", 201, {"Location": address, "ETag": f'"{found.version}"'})


def _replace(session: Session, made: Writing) -> ASGIApp:
    id = made.call.parts[3]
    before = made.matched(session, id)
    given = with_unlisted(feature_of(made.call, made.collection), made.collection, before.feature)
    return _changed(session, made, id, given, before)


def _update(session: Session, made: Writing) -> ASGIApp:
    id = made.call.parts[3]
    before = made.matched(session, id)
    return _changed(session, made, id, merged(made.call, made.collection, before.feature), before)


def _changed(session: Session, made: Writing, id: str, given: Feature, before: Item) -> ASGIApp:
    made.writer.replace(session, made, id, given, orjson.loads(before.feature))
    made.writer.afterwards(session)
    found = _own(session, made, id)
    return Answer(b"", "", 204, {"ETag": f'"{found.version}"'})


def _delete(session: Session, made: Writing) -> ASGIApp:
    id = made.call.parts[3]
    made.matched(session, id)
    assert made.writer.delete is not None, "the door lets no other DELETE in"
    made.writer.delete(session, made, id)
    return Answer(b"", "", 204)


def _own(session: Session, made: Writing, id: str) -> Item:
    """The feature as written; one that lies outside the writer's division is none of theirs."""
    session.expire_all()
    wide = with_(made.question, division=None)
    found = one_item(session.connection(), wide, id)
    if made.who.division_code is not None:
        try:
            one_item(session.connection(), made.question, id)
        except NotFound:
            raise NotAllowed(
                both(
                    f"令牌仅限 {made.who.division_code} 之内，要素位于其外，未写入。",
                    "the token covers that division only; the feature lies outside",
                )
            ) from None
    return found


def _written(call: Call, work: Work) -> ASGIApp:
    """Do the work in one transaction, or none of it; refusals tell their reasons by field."""
    made = Writing(call)
    try:
        with call.doors.writing() as session:
            session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'"))
            take_turns(session)
            answer = work(session, made)
    except FeatureRefused as refused:
        return _refusal(call, refused)
    except HTTPException as told:
        if told.status_code in (412, 428):
            return problem(Request(call.scope), told.status_code, str(told.detail))
        raise
    return answer


def _refusal(call: Call, refused: FeatureRefused) -> ASGIApp:
    """422 for what the checks keep out, 409 where what is stored forbids it; every reason told."""
    status = 409 if refused.is_conflict else 422
    told = problem(Request(call.scope), status, str(refused))
    reasons = [
        {"field": one.field, "rule": one.rule, "message": one.message} for one in refused.reasons
    ]
    body = {**orjson.loads(told.body), "errors": reasons}
    return Answer(orjson.dumps(body), PROBLEM, status)


def _writer_allowed(call: Call, collection: Collection) -> Caller:
    """Who writes. Raises 401 without a token, NotAllowed without the right."""
    who = caller(call)
    if who is None:
        raise no_token()
    if not has_right(who, collection):
        roles = ", ".join(ROLES.get(collection.id, ()))
        raise NotAllowed(both(f"此操作需要角色：{roles}。", f"this needs the role: {roles}"))
    return who


def _secrecy(call: Call) -> str:
    said = call.get("secrecy") or "unknown"
    if said not in SECRECIES:
        raise BadInput(
            both(f"参数 secrecy 须为 {'、'.join(SECRECIES)}。", f"one of {', '.join(SECRECIES)}"),
            parameter="secrecy",
        )
    return said
