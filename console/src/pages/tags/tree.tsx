/** The tags as a tree by group and layer; ten thousand of them are searched while somebody types. */
import { Badge, Input, Segmented, Tree } from "antd";
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";

import type { Health, Layer, TagRow } from "@/api/answers";
import { LAYER_COLOUR, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Nothing } from "@/parts/states";
import { useSteady } from "@/parts/steady";
import { useUrlState, useUrlStates, useUrlText } from "@/parts/url";

import { ailments, useHealth } from "./health";

export const LAYERS: readonly Layer[] = ["fact", "prediction", "model", "business"];
/** All branches are open up to so many tags, */
const FEW = 200;
/** and up to so many that were found. Of more they are opened one by one: nobody reads them, and each letter would wait. */
const MANY = 2_000;

interface Node {
  key: string;
  /** Of a leaf. */
  row?: TagRow;
  /** Of a branch: its name, and how many tags are on it. */
  name?: string;
  size?: number;
  selectable?: boolean;
  isLeaf?: boolean;
  children?: Node[];
}

export function TagTree({ rows, chosen }: { rows: readonly TagRow[]; chosen: string | undefined }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { search } = useLocation();
  const [wanted, setWanted] = useUrlText("q");
  const [by, setBy] = useUrlState("by", "group");
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(520);
  const [opened, setOpened] = useOpened();
  useEffect(() => {
    const fit = () => setHeight(Math.max(320, window.innerHeight - (box.current?.getBoundingClientRect().top ?? 240) - 48));
    fit();
    window.addEventListener("resize", fit);
    return () => window.removeEventListener("resize", fit);
  }, []);
  const spelt = useMemo(() => rows.map(spell), [rows]);
  const sought = useDeferredValue(wanted); // the field does not wait for the tree
  const found = useMemo(() => {
    const low = sought.trim().toLowerCase();
    return low ? rows.filter((_, at) => spelt[at]?.includes(low)) : rows;
  }, [rows, spelt, sought]);
  const grown = useMemo(() => growTree(found, by === "layer", t("word.ungrouped")), [found, by, t]);
  const all = useMemo(() => listBranches(grown), [grown]);
  const few = found.length <= (sought === "" ? FEW : MANY);
  const expanded = few ? (sought === "" ? (opened ?? all) : all) : (opened ?? NONE);
  const tree = useMemo(() => openBranches(grown, new Set(expanded)), [grown, expanded]);
  const onExpand = useSteady(setOpened);
  const onChoose = useSteady((key: string) => void go(`/tags/${key}${search}`));
  return (
    <div className="stack-small">
      <Input.Search
        allowClear
        aria-label={t("tags.find")}
        placeholder={t("tags.find")}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <Segmented
        size="small"
        value={by}
        onChange={(next) => setBy(next)}
        options={[
          { value: "group", label: t("tags.by_group") },
          { value: "layer", label: t("tags.by_layer") },
        ]}
      />
      <div ref={box}>
        {tree.length === 0 ? (
          <Nothing title={t("tags.none")} />
        ) : (
          <Branches tree={tree} expanded={expanded} chosen={chosen} height={height} onExpand={onExpand} onChoose={onChoose} />
        )}
      </div>
    </div>
  );
}

interface Grown {
  tree: Node[];
  expanded: string[];
  chosen: string | undefined;
  height: number;
  onExpand: (keys: string[]) => void;
  onChoose: (key: string) => void;
}

/** Not drawn anew while somebody types, before what they look for is found. */
const Branches = memo(function Branches({ tree, expanded, chosen, height, onExpand, onChoose }: Grown) {
  const { t } = useTranslation();
  const say = useSay();
  const { shade } = useShade();
  const health = useHealth();
  const catalogue = useCatalogue();
  const named = (key = "") => (LAYERS.includes(key as Layer) ? t(`layer.${key}`) : catalogue.group(key));
  return (
    <Tree
      blockNode
      virtual
      height={height}
      treeData={tree}
      titleRender={({ row, name, size }) =>
        row ? (
          <Leaf row={row} title={say.title(row.title, row.name)} health={health.get(row.name)} colour={LAYER_COLOUR[row.layer]?.[shade] ?? ""} />
        ) : (
          <span>
            {named(name)} <span className="muted small">{size}</span>
          </span>
        )
      }
      selectedKeys={chosen ? [chosen] : []}
      expandedKeys={expanded}
      onExpand={(keys) => onExpand(keys as string[])}
      onSelect={([key]) => key !== undefined && onChoose(key as string)}
      aria-label={t("room.tags")}
    />
  );
});

const NONE: string[] = [];

/** Closed branches without what is on them: the component walks over all it is given. */
function openBranches(nodes: readonly Node[], open: ReadonlySet<string>): Node[] {
  return nodes.map(({ children, ...node }) => {
    if (!children) return node;
    return open.has(node.key) ? { ...node, children: openBranches(children, open) } : { ...node, isLeaf: false };
  });
}

/** Which branches are open, as somebody left them; null = as they are by themselves. */
function useOpened(): [string[] | null, (keys: readonly string[]) => void] {
  const [url, setUrl] = useUrlStates();
  const kept = url.get("open");
  const opened = useMemo(() => (kept === null ? null : kept.split(",").map(decodeURIComponent)), [kept]);
  return [opened, (keys) => setUrl({ open: keys.map(encodeURIComponent).join(",") || "," })];
}

/** What a tag is searched by. */
function spell(row: TagRow): string {
  return `${row.name} ${row.title.zh ?? ""} ${row.title.en ?? ""}`.toLowerCase();
}

function growTree(rows: readonly TagRow[], byLayer: boolean, ungrouped: string): Node[] {
  const branches = new Map<string, Map<string, TagRow[]>>();
  for (const row of rows) {
    const group = row.group ?? ungrouped;
    const [outer, inner] = byLayer ? [row.layer, group] : [group, row.layer];
    const branch = branches.get(outer) ?? new Map<string, TagRow[]>();
    branches.set(outer, branch);
    const twig = branch.get(inner);
    if (twig) twig.push(row);
    else branch.set(inner, [row]);
  }
  return [...branches].map(([outer, twigs]) => {
    const leaves = (those: TagRow[]): Node[] => those.map((row) => ({ key: row.name, row }));
    const children =
      twigs.size === 1
        ? [...twigs.values()].flatMap(leaves)
        : [...twigs].map(([inner, those]) => branchOf(`${outer}/${inner}`, inner, those.length, leaves(those)));
    const size = [...twigs.values()].reduce((sum, those) => sum + those.length, 0);
    return branchOf(`${outer}/`, outer, size, children);
  });
}

function branchOf(key: string, name: string, size: number, children: Node[]): Node {
  return { key, name, size, selectable: false, children };
}

function listBranches(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => (node.children ? [node.key, ...listBranches(node.children)] : []));
}

interface LeafShown {
  row: TagRow;
  title: string;
  health: Health | undefined;
  colour: string;
}

function Leaf({ row, title, health, colour }: LeafShown) {
  const { t } = useTranslation();
  const ill = ailments(health);
  return (
    <span className="row between leaf">
      <span className="row ellipsis">
        <i className="layer-mark" style={{ background: colour }} />
        <span className="ellipsis" title={title}>
          {title}
        </span>
      </span>
      <span className="row">
        {row.preparing && <Badge status="processing" title={t("tags.preparing")} />}
        {row.draft && <Badge status="warning" title={t(`stage.${row.draft}`, row.draft)} />}
        {row.status === "deprecated" && <Badge status="default" title={t("stage.deprecated")} />}
        {ill.length > 0 && <Badge status="error" title={ill.map((each) => t(`health.${each}`)).join(", ")} />}
      </span>
    </span>
  );
}
