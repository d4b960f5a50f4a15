/** Parts of the component library that come along with others though few pages show them: filters of a table's columns,
 * which no page has; the pictures of refusals, larger than some of our pages, which come when one is shown; and forms and
 * trees, of which an input and a table need a little. */
import type { Plugin } from "vite";

/** What a module is instead, by how its path ends. */
const INSTEAD: Record<string, string> = {
  "antd/es/table/hooks/useFilter/FilterDropdown.js": `
    export const flattenKeys = () => [];
    export default function NoFilters() {
      throw new Error("columns have no filters: antd-parts.ts leaves them out");
    }`,
  ...Object.fromEntries(["noFound", "serverError", "unauthorized"].map((name) => [`antd/es/result/${name}.js`, writePicture(name)])),
};
/** Whose index hangs all there is onto one name, so that whoever wants a part of it gets the whole: where the parts are. */
const PARTS: Record<string, [index: string, parts: Record<string, string>]> = {
  "antd/es/form/context.js": ["@rc-component/form", { FormProvider: "FormContext" }],
  "antd/es/table/hooks/useSelection.js": [
    "@rc-component/tree",
    { arrAdd: "util", arrDel: "util", conductCheck: "utils/conductUtil", convertDataToEntities: "utils/treeUtil" },
  ],
};

export function antdParts(): Plugin {
  return {
    name: "antd-parts",
    enforce: "pre",
    transform(code, id) {
      const file = /antd\/es\/.*\.js$/.exec(id)?.[0] ?? "";
      const instead = INSTEAD[file];
      if (instead) return { code: instead, map: null };
      const [index, parts] = PARTS[file] ?? [];
      return index && parts ? { code: nameParts(code, index, parts), map: null } : null;
    },
  };
}

/** Its place has its size before it is there. */
function writePicture(name: string): string {
  return `
    import { createElement, lazy, Suspense } from "react";
    const Picture = lazy(() => import("./${name}.js?picture").catch(() => ({ default: () => null })));
    export default () => createElement(Suspense, { fallback: null }, createElement(Picture));`;
}

/** The same module, but what it takes out of the index it takes from where that is. */
function nameParts(code: string, index: string, parts: Record<string, string>): string {
  const taken = new RegExp(`import \\{([^}]*)\\} from '${index}';`);
  return code.replace(taken, (_, names: string) =>
    names
      .split(",")
      .map((each) => `import {${each}} from "${index}/es/${parts[each.trim().split(" ")[0] ?? ""]}";`)
      .join("\n"),
  );
}
