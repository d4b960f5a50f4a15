"""The tables of a log's file, by the version of its schema."""

from __future__ import annotations

SCHEMA_VERSION = 3
TABLES = """
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE source (code SMALLINT NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE name (code INTEGER NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE identifier (node INTEGER NOT NULL, type VARCHAR NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE fragment (fragment INTEGER NOT NULL, nodes INTEGER[] NOT NULL, erased BOOLEAN NOT NULL DEFAULT false);
CREATE TABLE event (
    seq BIGINT NOT NULL, key UBIGINT NOT NULL, event_id VARCHAR NOT NULL, source SMALLINT NOT NULL,
    name INTEGER NOT NULL, time BIGINT NOT NULL, received_at BIGINT NOT NULL, fragment INTEGER,
    properties VARCHAR USING COMPRESSION zstd, traits VARCHAR USING COMPRESSION zstd
);
CREATE TABLE promoted (name VARCHAR NOT NULL, path VARCHAR NOT NULL, kind VARCHAR NOT NULL, scale INTEGER NOT NULL);
CREATE TABLE entry (promoted VARCHAR NOT NULL, code INTEGER NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE seen (path VARCHAR NOT NULL, until BIGINT NOT NULL, types VARCHAR[] NOT NULL, counts BIGINT[] NOT NULL);
CREATE TABLE tally (
    until BIGINT NOT NULL, name INTEGER NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
    days BIGINT[] NOT NULL, counts BIGINT[] NOT NULL, fragments BLOB NOT NULL
);
CREATE TABLE item (id VARCHAR NOT NULL, valid_from BIGINT NOT NULL, attributes VARCHAR NOT NULL);
CREATE TABLE reject (
    id BIGINT NOT NULL, file VARCHAR NOT NULL, line BIGINT NOT NULL, reason VARCHAR NOT NULL, row VARCHAR NOT NULL,
    mapping VARCHAR, key UBIGINT NOT NULL
);
CREATE TABLE tombstone (hash VARCHAR NOT NULL);
"""

STATEMENTS = {statement.split()[2]: f"{statement};" for statement in TABLES.split(";") if statement.strip()}
UPGRADES = {1: f"DROP TABLE seen; {STATEMENTS['seen']}", 2: f"DROP TABLE IF EXISTS tally; {STATEMENTS['tally']}"}
"""From a schema to the next one. (What was seen of properties is found out again.)"""
