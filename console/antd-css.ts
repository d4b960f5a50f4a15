/** The components' styles as a file: without it each would write its own in the reader's browser, a tenth of a second of a first visit. Those of components nobody uses are left out, and so is all code that would write styles. */
import type { Plugin } from "vite";

/** Folders of the library, and what their classes are called; one that is used after all fails the build. */
const UNUSED: Record<string, string> = {
  affix: "affix",
  anchor: "anchor",
  avatar: "avatar",
  breadcrumb: "breadcrumb",
  calendar: "picker-calendar",
  carousel: "carousel",
  cascader: "cascader",
  "color-picker": "color-picker",
  "float-button": "float-btn",
  image: "image",
  list: "list",
  mentions: "mentions",
  rate: "rate",
  splitter: "splitter",
  statistic: "statistic",
  timeline: "timeline",
  tour: "tour",
  transfer: "transfer",
  "tree-select": "tree-select",
};
/** Besides: widths of its grid, and colours it was written out with, which the theme gives. */
const DROPPED = new RegExp(`^\\.(ant-(${Object.values(UNUSED).join("|")})(?![a-z])|ant-col-.*\\d|css-var-_|data-ant-)`);
/** What each component's `style/` calls with how its styles are written: never asked while the theme has no runtime. */
const WRITING = new Set(["genStyleHooks", "genSubStyleComponent", "genComponentStyleHook"]);

export function antdCss(): Plugin {
  return {
    name: "antd-css",
    enforce: "pre",
    transform(code, id) {
      if (id.endsWith("antd/dist/antd.css")) return { code: keepUsed(code), map: null };
      return /antd\/es\/.*\bstyle\b.*\.js$/.test(id) ? { code: dropWriters(code, this.parse(code)), map: null } : null;
    },
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((each) => (each.type === "chunk" ? Object.entries(each.modules) : []));
      const used = modules.map(([id, { renderedLength }]) => (renderedLength > 0 && /antd\/es\/([\w-]+)\/style\//.exec(id)?.[1]) || "");
      const missed = used.find((folder) => folder in UNUSED);
      if (missed) this.error(`${missed} is used: take it out of UNUSED in antd-css.ts`);
    },
  };
}

/** Rules of which a selector is used; `@media` and the like are looked into. */
export function keepUsed(css: string): string {
  return splitRules(css)
    .map((rule) => {
      const open = rule.indexOf("{");
      const head = rule.slice(0, open);
      if (/^@(media|supports|container|layer)/.test(head)) {
        const kept = keepUsed(rule.slice(open + 1, -1));
        return kept && `${head}{${kept}}`;
      }
      return head.split(/,(?![^(]*\))/).every((selector) => DROPPED.test(selector.trim())) ? "" : rule;
    })
    .join("");
}

/** The same module, but its styles are none. The bundler then leaves out what only they needed. */
function dropWriters(code: string, tree: unknown): string {
  const writers = findCalls(tree).flatMap(({ callee, arguments: [, writer] }) => (WRITING.has(callee.name ?? "") && writer ? [writer] : []));
  return writers.reduceRight((kept, { start, end }) => `${kept.slice(0, start)}() => []${kept.slice(end)}`, code);
}

interface Call {
  callee: { name?: string };
  arguments: { start: number; end: number }[];
}

/** In the order in which they stand. */
function findCalls(node: unknown): Call[] {
  if (node === null || typeof node !== "object") return [];
  const within = Object.values(node).flatMap(findCalls);
  return "type" in node && node.type === "CallExpression" ? [node as unknown as Call, ...within] : within;
}

function splitRules(css: string): string[] {
  const rules: string[] = [];
  let depth = 0;
  let begun = 0;
  for (let at = 0; at < css.length; at += 1) {
    if (css[at] === "{") depth += 1;
    if (css[at] !== "}") continue;
    depth -= 1;
    if (depth > 0) continue;
    rules.push(css.slice(begun, at + 1).trim());
    begun = at + 1;
  }
  return rules;
}
