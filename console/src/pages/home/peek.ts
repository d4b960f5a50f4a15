/** A look at the beginning of a file, in the browser: is it messages, or a table whose columns must be named? */
export interface Peeked {
  /** Messages of Segment's form need no mapping. */
  messages: boolean;
  columns: string[];
  rows: string[][];
  mapping: string;
}

const BEGINNING = 64 << 10;
const GUESSES: [string, RegExp][] = [
  ["phone", /^(phone|mobile|tel|cell|手机)/i],
  ["email", /mail|邮箱/i],
  ["openid", /open_?id/i],
  ["unionid", /union_?id/i],
  ["customer_no", /(customer|member|client|cust|会员|客户).*(no|id|num|code|号|编号)?$/i],
  ["user_id", /^(user|uid|用户)/i],
];

export async function peek(file: File): Promise<Peeked> {
  const text = await file.slice(0, BEGINNING).text();
  const lines = text.split(/\r?\n/).filter(Boolean).slice(0, 6);
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(file.name)) {
    const rows = lines.flatMap(readObject);
    const messages = rows.some((row) => typeof row.type === "string" && ("event" in row || "traits" in row || "userId" in row));
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return {
      messages,
      columns,
      rows: rows.map((row) => columns.map((column) => JSON.stringify(row[column]) ?? "")),
      mapping: messages ? "" : writeMapping(file.name, columns),
    };
  }
  if (!/\.(csv|tsv|txt)$/i.test(file.name)) {
    return { messages: false, columns: [], rows: [], mapping: writeMapping(file.name, []) };
  }
  const between = /\t/.test(lines[0] ?? "") ? "\t" : /;/.test(lines[0] ?? "") ? ";" : ",";
  const [head, ...rows] = lines.map((line) => splitLine(line, between));
  return { messages: false, columns: head ?? [], rows, mapping: writeMapping(file.name, head ?? []) };
}

function readObject(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return []; // the last line was cut
  }
}

/** splitLine('a,"b,c"', ",") is ["a", "b,c"] */
export function splitLine(line: string, between: string): string[] {
  const cells = [""];
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? "";
    if (letter === '"' && quoted && line[at + 1] === '"') {
      cells.push((cells.pop() ?? "") + '"');
      at++;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === between && !quoted) cells.push("");
    else cells.push((cells.pop() ?? "") + letter);
  }
  return cells;
}

/** A beginning for a mapping, from the names of columns: the event, identifiers, a time, the rest as properties. */
export function writeMapping(name: string, columns: readonly string[]): string {
  const source = name.replace(/\..*$/, "").replace(/\W+/g, "_") || "file";
  const time = columns.find((column) => /time|date|_at$|时间|日期/i.test(column));
  const identify: string[] = [];
  const event = columns.find((column) => /^(event|event_?name|事件(名称?)?)$/i.test(column));
  const taken = new Set([time, event]);
  for (const column of columns) {
    const found = GUESSES.find(([type, pattern]) => pattern.test(column) && !identify.some((each) => each.startsWith(type)));
    if (!found || taken.has(column)) continue;
    identify.push(`${found[0]}: ${quote(column)}`);
    taken.add(column);
  }
  const rest = columns.filter((column) => !taken.has(column));
  return [
    `source: ${source}`,
    event ? `event: {column: ${quote(event)}}` : `event: ${source}_row`,
    ...(time ? [`time: {column: ${quote(time)}}`] : []),
    `identify: {${identify.join(", ")}}`,
    `properties: {${rest.map((column) => `${safe(column)}: ${express(column)}`).join(", ")}}`,
    "",
  ].join("\n");
}

const PLAIN = /^[a-z_]\w*$/i;

function safe(column: string): string {
  return column.trim().replace(/[^\p{L}\p{N}]+/gu, "_").toLowerCase() || "value";
}

/** A column's name in YAML. */
function quote(column: string): string {
  return PLAIN.test(column) ? column : JSON.stringify(column);
}

/** A column as an expression of SQL, in YAML: express("order id") is '"order id"'. */
function express(column: string): string {
  return PLAIN.test(column) ? column : `'"${column.replaceAll('"', '""').replaceAll("'", "''")}"'`;
}
