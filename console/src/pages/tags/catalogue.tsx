/** All tags as a tree, and the one that is looked at. */
import { PlusOutlined } from "@ant-design/icons";
import { Badge, Button, Card, Input, Segmented, Tree, type TreeDataNode } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams } from "react-router";

import type { Health, Layer, TagRow } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useSession } from "@/app/session";
import { LAYER_COLOUR, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { useTagRows } from "@/parts/catalogue";
import { Nothing, Waiting } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { ailments, useHealth } from "./health";
import { TagPage } from "./tag";

const LAYERS: readonly Layer[] = ["fact", "prediction", "model", "business"];
/** Drafts have no published row yet: they are asked for by their stage. */
const SHOWN = ["published", "deprecated", "draft", "previewed", "submitted", "approved"];

export function Catalogue() {
  const { t } = useTranslation();
  const go = useNavigate();
  const name = useParams().name;
  const { may } = useSession();
  const rows = useTagRows(SHOWN);
  const waiting = useAnswer<{ reviews: unknown[] }>("/api/v1/reviews");
  return (
    <>
      <div className="page-head">
        <div className="titles">
          <h1>{t("room.tags")}</h1>
          <p className="muted">{t("tags.motto")}</p>
        </div>
        <Badge count={waiting.data?.reviews.length ?? 0} size="small">
          <Button onClick={() => void go("/tags/reviews")}>{t("tags.reviews")}</Button>
        </Badge>
        {may("change_tags") && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => void go("/tags/new")}>
            {t("tags.new")}
          </Button>
        )}
      </div>
      <div className="grid catalogue">
        <div className="span-4">
          <Card size="small" className="tree-card">
            {rows.data ? <TagTree rows={rows.data} chosen={name} /> : <Waiting rows={12} />}
          </Card>
        </div>
        <div className="span-8">
          {name ? <TagPage key={name} name={name} /> : <Overall rows={rows.data ?? []} />}
        </div>
      </div>
    </>
  );
}

function TagTree({ rows, chosen }: { rows: readonly TagRow[]; chosen: string | undefined }) {
  const { t } = useTranslation();
  const say = useSay();
  const go = useNavigate();
  const { search } = useLocation();
  const { shade } = useShade();
  const [wanted, setWanted] = useUrlState("q");
  const [by, setBy] = useUrlState("by", "group");
  const health = useHealth();
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(520);
  const [opened, setOpened] = useState<React.Key[] | null>(null);
  useEffect(() => {
    const fit = () => setHeight(Math.max(320, window.innerHeight - (box.current?.getBoundingClientRect().top ?? 240) - 48));
    fit();
    window.addEventListener("resize", fit);
    return () => window.removeEventListener("resize", fit);
  }, []);
  const { tree, all } = useMemo(() => {
    const low = wanted.trim().toLowerCase();
    const fits = (row: TagRow) => !low || `${row.name} ${row.title.zh ?? ""} ${row.title.en ?? ""}`.toLowerCase().includes(low);
    const branches = new Map<string, Map<string, TagRow[]>>();
    for (const row of rows.filter(fits)) {
      const group = row.group ?? t("word.ungrouped");
      const [outer, inner] = by === "layer" ? [row.layer, group] : [group, row.layer];
      const branch = branches.get(outer) ?? new Map<string, TagRow[]>();
      branch.set(inner, [...(branch.get(inner) ?? []), row]);
      branches.set(outer, branch);
    }
    const named = (key: string) => (LAYERS.includes(key as Layer) ? t(`layer.${key}`) : key);
    const leaf = (row: TagRow): TreeDataNode => ({
      key: row.name,
      title: <Leaf row={row} title={say.title(row.title, row.name)} health={health.get(row.name)} colour={LAYER_COLOUR[row.layer]?.[shade] ?? ""} />,
    });
    const grown = [...branches].map(([outer, inner]): TreeDataNode => {
      const size = [...inner.values()].reduce((sum, those) => sum + those.length, 0);
      const children =
        inner.size === 1
          ? [...inner.values()].flat().map(leaf)
          : [...inner].map(([name, those]) => ({
              key: `${outer}/${name}`,
              title: branchTitle(named(name), those.length),
              selectable: false,
              children: those.map(leaf),
            }));
      return { key: `${outer}/`, title: branchTitle(named(outer), size), selectable: false, children };
    });
    const keys = grown.flatMap((branch) => [branch.key, ...(branch.children ?? []).filter((each) => each.children).map((each) => each.key)]);
    return { tree: grown, all: keys };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the language tells when words change
  }, [rows, wanted, by, health, shade, say.language]);
  const few = rows.length <= 200 || wanted !== "";
  return (
    <div className="stack-small">
      <Input.Search
        allowClear
        aria-label={t("tags.find")}
        placeholder={t("tags.find")}
        defaultValue={wanted}
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
          <Tree
            blockNode
            virtual
            height={height}
            treeData={tree}
            selectedKeys={chosen ? [chosen] : []}
            expandedKeys={opened ?? (few ? all : [])}
            onExpand={(keys) => setOpened(keys)}
            onSelect={([key]) => key !== undefined && void go(`/tags/${key as string}${search}`)}
            aria-label={t("room.tags")}
          />
        )}
      </div>
    </div>
  );
}

function branchTitle(name: string, count: number) {
  return (
    <span>
      {name} <span className="muted small">{count}</span>
    </span>
  );
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
        <span className="ellipsis">{title}</span>
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

/** With no tag chosen: how the whole stands. */
function Overall({ rows }: { rows: readonly TagRow[] }) {
  const { t } = useTranslation();
  const say = useSay();
  const health = useHealth();
  const sick = rows.filter((row) => ailments(health.get(row.name)).length > 0);
  return (
    <div className="stack">
      <div className="figures">
        {LAYERS.map((layer) => (
          <div key={layer} className="figure">
            <div className="figure-name">{t(`layer.${layer}`)}</div>
            <div className="figure-value">{say.number(rows.filter((row) => row.layer === layer).length)}</div>
          </div>
        ))}
      </div>
      <Card size="small" title={t("tags.sick", { count: sick.length })}>
        {sick.length === 0 ? (
          <Nothing title={t("tags.all_well")} />
        ) : (
          <ul className="plain-list">
            {sick.slice(0, 40).map((row) => (
              <li key={row.name} className="row between">
                <Link to={`/tags/${row.name}`}>{say.title(row.title, row.name)}</Link>
                <span className="muted small">
                  {ailments(health.get(row.name))
                    .map((each) => t(`health.${each}`))
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
