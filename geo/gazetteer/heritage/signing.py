"""Who signs a step, and which words may be kept? Offices and roles, never persons."""

from __future__ import annotations

from geo.errors import BadInput, both
from geo.loaders.personal import is_persons_name, redact

LONGEST = 1000
_OFFICES = ("局", "科", "处", "室", "组", "委", "办", "部", "会", "所", "站", "馆", "院", "队")


def impersonal(written: str, parameter: str) -> str:
    """The text without its outer spaces. Raises BadInput where it is empty, long or personal."""
    plain = written.strip()
    if not plain or len(plain) > LONGEST or not plain.replace("\n", "").isprintable():
        raise BadInput(
            both(f"需要 1 至 {LONGEST} 字。", f"1 to {LONGEST} characters"), parameter=parameter
        )
    if redact(plain) != plain:
        raise BadInput(
            both(
                "内容含有证件号、手机号或联系人姓名；请写单位或岗位。",
                "it holds a number or a person's name: write an office or role",
            ),
            parameter=parameter,
        )
    return plain


def signed_role(role: str) -> str:
    """Who does a step: an office or role. Raises BadInput for a person's name."""
    plain = impersonal(role, "role")
    if is_persons_name(plain) and not plain.endswith(_OFFICES):
        raise BadInput(
            both(
                "请写单位或岗位（如 天宁区民政局区划地名科），不写个人姓名。",
                "write an office or role, not a person's name",
            ),
            parameter="role",
        )
    return plain
