"""Where packages are brought: folders, S3, SFTP, tables of databases, webhooks. Optional drivers are extras."""

from limner.adapters.targets.kinds import AnyTargets

__all__ = ["AnyTargets"]
