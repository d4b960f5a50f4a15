"""What the environment and ``limner.toml`` may set."""

from limner.settings.areas import (
    KNOWN,
    HealthSettings,
    HeavySettings,
    InsightSettings,
    JobSettings,
    LogSettings,
    ParitySettings,
    SqlSettings,
)
from limner.settings.peers import OidcSettings, WriterSettings
from limner.settings.server import PublicUrl, ServerSettings

__all__ = [
    "KNOWN",
    "HealthSettings",
    "HeavySettings",
    "InsightSettings",
    "JobSettings",
    "LogSettings",
    "OidcSettings",
    "ParitySettings",
    "PublicUrl",
    "ServerSettings",
    "SqlSettings",
    "WriterSettings",
]
