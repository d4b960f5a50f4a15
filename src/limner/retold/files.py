"""Files that are imported, their mappings, and tables of other systems."""

from __future__ import annotations

from collections.abc import Mapping

_FILES: Mapping[str, str] = {
    "{path} is empty.": "{path} 是空文件。",
    "{path} is damaged after line {line} ({error}). The rows before were read.": (
        "{path} 在第 {line} 行之后损坏（{error}），此前的行已读入。"
    ),
    "Copy it again.": "请重新复制文件。",
    "{path} is not a text file.": "{path} 不是文本文件。",
    "Name the encoding if it is: encoding: utf-16.": "若是文本，请注明编码，如 encoding: utf-16。",
    "{path} cannot be opened: {error}.": "{path} 无法打开：{error}。",
    "{path} is damaged or cut short: {error}.": "{path} 已损坏或不完整：{error}。",
    "{path} is damaged or cut short: {error}. The lines before line {line} were read.": (
        "{path} 已损坏或不完整：{error}。第 {line} 行之前的行已读入。"
    ),
    "{path}: line {line} is longer than {count} bytes. Is it a file of lines?": (
        "{path}：第 {line} 行超过 {count} 字节。这是按行存放的文件吗？"
    ),
    "{path} is a Parquet file cut short: its end is missing.": "{path} 是不完整的 Parquet 文件，缺少结尾。",
    "{path} is not a Parquet file.": "{path} 不是 Parquet 文件。",
    "{path} is damaged from row {row} on ({error}). The rows before were read.": (
        "{path} 从第 {row} 行起损坏（{error}），此前的行已读入。"
    ),
    "{file} is a folder.": "{file} 是文件夹。",
    "{file} is not there.": "{file} 不存在。",
    "Give files, one by one.": "请逐个给出文件。",
    "{path} is no file Limner can read.": "{path} 不是可以读取的文件类型。",
    "It reads {kinds}.": "支持 {kinds}。",
    "{file} ({form}) needs a mapping that says how its rows become events.": (
        "{file}（{form}）需要映射，说明每行如何成为事件。"
    ),
    "Give --map M.yaml; only JSON lines with Segment messages need none.": (
        "请提供映射；只有 Segment 消息的 JSON lines 文件不需要。"
    ),
    "{path} is one JSON array.": "{path} 是一整个 JSON 数组。",
    "Limner reads one JSON object a line (JSON lines).": "应为每行一个 JSON 对象（JSON lines）。",
    "{name} is no name for a file.": "{name}不能作文件名。",
    "Give one such as orders.csv.": "文件名如 orders.csv。",
    "The file has more than {count} MB.": "文件超过 {count} MB。",
    "upload_mb in limner.toml says how large it may be.": "大小上限由 limner.toml 的 upload_mb 决定。",
    "{place} has no sheet {table}.": "{place} 没有工作表{table}。",
    "{place} cannot be read as a workbook: {error}.": "{place} 无法作为 Excel 工作簿读取：{error}。",
    "Save it again as .xlsx.": "请另存为 .xlsx。",
    "The sheet {table} of {place} is empty.": "{place} 的工作表{table}是空的。",
    "{place} has over {count} GB unpacked.": "{place} 解压后超过 {count} GB。",
    "A sheet of {place} has {size}: over {count} cells.": "{place} 的一张工作表有 {size}，超过 {count} 个单元格。",
    "Remove cells far from the others, or save it as CSV, which may be of any size.": (
        "请删除远处的多余单元格，或另存为 CSV（大小不限）。"
    ),
    "There is no rejected row {number}.": "没有拒收行 {number}。",
    "Somebody mended it meanwhile.": "其间已有人修正了它。",
    "There is no outcome {name}.": "没有结果{name}。",
}
_MAPPINGS: Mapping[str, str] = {
    "the file has no column {name}.": "文件里没有列{name}。",
    "{file} has no column {name}.": "{file} 没有列{name}。",
    "{text} does not work on this file: {cause}": "{text}不适用于此文件：{cause}",
    "dates in {column} may have the day or the month first, and no row shows which.": (
        "{column} 列的日期可能先写日也可能先写月，各行都看不出是哪一种。"
    ),
    "Give format: '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'.": "请注明 format: '%d/%m/%Y %H:%M' 或 '%m/%d/%Y %H:%M'。",
    "{file} has no column {name} to join on.": "{file} 没有用来关联的列{name}。",
    "{file} has {count} rows for {columns} = {shown}; a join needs one.": (
        "{file} 中 {columns} = {shown} 有 {count} 行，关联时只能有一行。"
    ),
    "Join on more columns, or on a file with one row for each.": "请按更多列关联，或换用每个取值只有一行的文件。",
    "The mapping {path} cannot be opened: {error}.": "映射 {path} 无法打开：{error}。",
    "the item's id is missing.": "缺少物品的 id。",
    "Write items: {id: COLUMN, ...}.": "写法为 items: {id: 列名, ...}。",
    "it makes neither events nor items.": "它既不产生事件，也不产生物品。",
    "Give event: NAME, or event: {column: COLUMN}.": "请写 event: 事件名，或 event: {column: 列名}。",
    "an event needs a time.": "事件需要时间。",
    "Give time: {column: COLUMN, timezone: ZONE}.": "请写 time: {column: 列名, timezone: 时区}。",
    "it has both a column and a constant.": "列和常量不能同时写。",
    "Leave one of them out.": "请去掉其中一个。",
    "{text} is no time.": "{text}不是时间。",
    "Give ISO 8601, such as 2026-11-01.": "请按 ISO 8601 填写，如 2026-11-01。",
    "there is no time zone {zone}.": "没有时区{zone}。",
    "There is no time zone {zone}.": "没有时区{zone}。",
    "Give an IANA name: Asia/Shanghai.": "请用 IANA 名称，如 Asia/Shanghai。",
    "Give an IANA name, such as Asia/Shanghai.": "请用 IANA 名称，如 Asia/Shanghai。",
    "{form} is no strptime format.": "{form}不是 strptime 格式。",
    "Such as %d/%m/%Y %H:%M.": "格式如 %d/%m/%Y %H:%M。",
    "an identifier type is a word of a-z, 0-9 and _.": "标识类型由 a-z、0-9 和 _ 组成。",
    "Such as customer_no.": "如 customer_no。",
    "there is no encoding {name}.": "没有编码{name}。",
    "Such as utf-8 or gb18030.": "如 utf-8 或 gb18030。",
    "a delimiter is one character.": "分隔符应为一个字符。",
    'Such as ";" or "\\t" in double quotes.': '如双引号里的 ";" 或 "\\t"。',
    "{name} joins {file}, JSON lines.": "{name} 关联的 {file} 是 JSON lines 文件。",
    "Join CSV, Parquet or Excel.": "请关联 CSV、Parquet 或 Excel 文件。",
    "A mapping that is sent cannot join other files.": "上传的映射不能关联其他文件。",
    "Import with the command line.": "请用命令行导入。",
    "{key} does not say whom the rows are of.": "{key}没有说明每行属于谁。",
    "Give type:column, such as phone:mobile.": "写作“类型:列名”，如 phone:mobile。",
    "Which column has the values? They are to be {given}.": "取值在哪一列？应为{given}。",
    "Give --value COLUMN.": "请指定取值所在的列。",
    "{text} is not an SQL expression: {error}.": "{text}不是 SQL 表达式：{error}。",
    "{text} must be one expression over the row, such as Quantity * UnitPrice.": (
        "{text}应为对一行计算的单个表达式，如 Quantity * UnitPrice。"
    ),
    "A column's name with spaces or signs stands in double quotes.": "含空格或符号的列名请加双引号。",
    "An expression may use the row's columns, constants and functions; {what} is not allowed.": (
        "表达式只能用本行的列、常量和函数，不允许 {what}。"
    ),
    "The function {name} is not allowed in an expression over the row.": "对一行计算的表达式不允许函数 {name}。",
    "{name} with FILTER, DISTINCT or ORDER BY is not allowed: a row is read by itself.": (
        "{name} 不能带 FILTER、DISTINCT 或 ORDER BY：每行单独计算。"
    ),
}
_DATABASES: Mapping[str, str] = {
    "{source} does not say which table.": "{source} 没有说明哪张表。",
    "Add ?table=NAME.": "请加上 ?table=表名。",
    "{source} needs the Python package {name}.": "{source} 需要 Python 包 {name}。",
    "{source} cannot be read: {error}.": "{source} 无法读取：{error}。",
    "{scheme}://... is no database URL Limner knows.": "{scheme}://... 不是支持的数据库地址。",
    "Such as sqlite:///shop.db?table=orders.": "写法如 sqlite:///shop.db?table=orders。",
    "There is no SQLite file {path}.": "没有 SQLite 文件{path}。",
    "{source} has no table {name}.": "{source} 没有表{name}。",
    "It has {names}.": "现有 {names}。",
    "Reading {table} of {source} broke off: {error}.": "读取 {source} 的 {table} 时中断：{error}。",
}
_BODIES: Mapping[str, str] = {
    "The body has no batch.": "正文没有 batch。",
    'Send {"batch": [message, ...]}.': '请发送 {"batch": [消息, ...]}。',
    "The body is no JSON object: {error}.": "正文不是 JSON 对象：{error}。",
    "The body is cut short.": "正文不完整。",
    "The body did not come within {seconds} seconds.": "正文在 {seconds} 秒内没有传完。",
    "The body has more than {count} bytes; its beginning is kept.": "正文超过 {count} 字节，只保留开头。",
    "Send smaller batches.": "请分批发送。",
    "The request unpacks to more than {count} bytes.": "请求解压后超过 {count} 字节。",
    "The gzip body unpacks to more than {count} bytes.": "gzip 正文解压后超过 {count} 字节。",
    "The gzip body is cut short.": "gzip 正文不完整。",
    "The gzip body is damaged: {error}.": "gzip 正文已损坏：{error}。",
    "The body is no JSON: {error}.": "正文不是 JSON：{error}。",
    "The body has no list or object in it.": "正文里没有列表或对象。",
    "The body has no list or object at {path}.": "正文的 {path} 处没有列表或对象。",
    "The webhook's --rows says where its rows are.": "数据行的位置由 Webhook 的 --rows 指定。",
    "The crc does not fit the data: it was damaged on its way.": "crc 与数据不符：数据在途中损坏。",
    "The data is no base64: {error}.": "数据不是 base64：{error}。",
}
FILES: Mapping[str, str] = {**_FILES, **_MAPPINGS, **_DATABASES, **_BODIES}
