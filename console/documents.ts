/** A document for each page, which names the page's own part: browsers bring it beside the rest, not after it. */
import type { Plugin } from "vite";

/** By the name of the document. */
const PAGES: Record<string, string> = {
  index: "src/pages/home/index.tsx",
  customers: "src/pages/customers/index.tsx",
  customer: "src/pages/customers/customer.tsx",
  tags: "src/pages/tags/index.tsx",
  audiences: "src/pages/audiences/index.tsx",
  models: "src/pages/models/index.tsx",
  personas: "src/pages/personas/index.tsx",
  data: "src/pages/data/index.tsx",
  system: "src/pages/system/index.tsx",
};

export function documents(): Plugin {
  return {
    name: "documents",
    enforce: "post",
    generateBundle(_, bundle) {
      const written = bundle["index.html"];
      if (written?.type !== "asset") return this.error("there is no document");
      const html = String(written.source);
      const chunks = new Map(Object.values(bundle).flatMap((each) => (each.type === "chunk" ? [[each.fileName, each] as const] : [])));
      for (const [name, source] of Object.entries(PAGES)) {
        const page = [...chunks.values()].find((each) => each.facadeModuleId?.endsWith(source));
        if (!page) return this.error(`${source} is no part of its own`);
        const needed = new Set([page.fileName]);
        for (const file of needed) chunks.get(file)?.imports.forEach((other) => needed.add(other));
        const links = [...needed].filter((file) => !html.includes(file)).map((file) => `    <link rel="modulepreload" crossorigin href="/${file}">\n`);
        const own = html.replace("  </head>", `${links.join("")}  </head>`);
        if (name === "index") written.source = own;
        else this.emitFile({ type: "asset", fileName: `${name}.html`, source: own });
      }
    },
  };
}
