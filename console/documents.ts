/** A document for each page, which names the page's own part: browsers bring it beside the rest, not after it. */
import type { Plugin } from "vite";

import { NAMES, PAGES, type PageName } from "./src/app/pages.ts";

/** That of the first page is what the build itself writes, and what an unknown path gets. */
const FIRST = "index.html";

function nameDocument(page: PageName): string {
  return PAGES[page] === "/" ? FIRST : `${page}.html`;
}

export function documents(): Plugin {
  return {
    name: "documents",
    enforce: "post",
    generateBundle(_, bundle) {
      const written = bundle[FIRST];
      if (written?.type !== "asset") return this.error("there is no document");
      const html = String(written.source);
      const chunks = new Map(Object.values(bundle).flatMap((each) => (each.type === "chunk" ? [[each.fileName, each] as const] : [])));
      for (const name of NAMES) {
        const page = [...chunks.values()].find((each) => each.isDynamicEntry && each.name === name);
        if (!page) return this.error(`the page ${name} is no part of its own`);
        const needed = new Set([page.fileName]);
        for (const file of needed) chunks.get(file)?.imports.forEach((other) => needed.add(other));
        const links = [...needed].filter((file) => !html.includes(file)).map((file) => `    <link rel="modulepreload" crossorigin href="/${file}">\n`);
        const own = html.replace("  </head>", `${links.join("")}  </head>`);
        if (nameDocument(name) === FIRST) written.source = own;
        else this.emitFile({ type: "asset", fileName: nameDocument(name), source: own });
      }
      const documents = Object.fromEntries(NAMES.map((name) => [PAGES[name], nameDocument(name)]));
      this.emitFile({ type: "asset", fileName: "documents.json", source: JSON.stringify(documents) });
    },
  };
}
