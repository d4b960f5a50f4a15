"""What the audit notes in Limner's own words is told in Chinese; what somebody wrote stays."""

from __future__ import annotations

import pytest

from limner.govern.reasons import say_why


@pytest.mark.parametrize(
    ("action", "why", "chinese"),
    [
        ("user.add", "analyst", "分析师"),
        ("user.role", "viewer, by the identity provider", "查看者，由身份提供方指定"),
        ("key.create", "web shop (write)", "web shop（写入）"),
        ("tag.rollback", "back to version 3: it was better", "退回版本 3：it was better"),
        ("tag.rollback", "back to version 3", "退回版本 3"),
        ("tag.retire", "it reads city: no longer kept", "它用到 city：no longer kept"),
        ("package.send", "snapshot 4, 120 members", "快照 4，120 人"),
        ("package.write", "snapshot 4 of vip, 120 rows", "vip 的快照 4，120 行"),
        ("reject.mend", "3 rows", "3 行"),
    ],
)
def test_own_words(action: str, why: str, chinese: str) -> None:
    assert say_why(action, why) == {"en": why, "zh": chinese}


@pytest.mark.parametrize(("action", "why"), [("tag.refuse", "3 rows"), ("tag.publish", "as agreed"), ("x", "")])
def test_what_somebody_wrote(action: str, why: str) -> None:
    assert say_why(action, why) == {"en": why}
