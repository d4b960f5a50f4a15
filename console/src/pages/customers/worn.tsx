/** The tags a customer wears, by layer; how sure each is, and what it rests on. */
import { Card, Drawer, Input, Popover, Switch } from "antd";
import { memo, useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Json, Layer, Portrait, Worn as WornTag } from "@/api/answers";
import { LAYER_COLOUR, useShade } from "@/app/theme";
import { useSay } from "@/format/say";
import { useCatalogue } from "@/parts/catalogue";
import { Nothing } from "@/parts/states";
import { useSteady } from "@/parts/steady";
import { useOpened, useUrlState, useUrlText } from "@/parts/url";

import { EvidenceList } from "./evidence";
import { History } from "./history";

const LAYERS: readonly Layer[] = ["business", "model", "prediction", "fact"];

/** 24 or 7 counts are drawn beside. */
function isRhythm(value: Json): boolean {
  return (
    Array.isArray(value) && (value.length === 24 || value.length === 7) && value.every((each) => typeof each === "number")
  );
}

function isEmpty(value: Json): boolean {
  return value === null || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
}

export function Worn({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const [wanted, setWanted] = useUrlText("find");
  const [empty, setEmpty] = useUrlState("empty");
  const [open, setOpen] = useOpened("tag");
  const onOpen = useSteady(setOpen);
  const sought = useDeferredValue(wanted); // of ten thousand tags two hundred are drawn, and the field does not wait
  const layers = useMemo(() => {
    const low = sought.trim().toLowerCase();
    const shown = Object.entries(portrait.tags).filter(
      ([name, tag]) =>
        (empty || !isEmpty(tag.value)) &&
        !isRhythm(tag.value) &&
        (!low || name.includes(low) || catalogue.title(name).toLowerCase().includes(low)),
    );
    return LAYERS.map((layer) => ({ layer, tags: shown.filter(([, tag]) => tag.layer === layer) }));
  }, [portrait.tags, sought, empty, catalogue]);
  const chosen = open ? portrait.tags[open] : undefined;
  return (
    <>
      <div className="row row-wrap between">
        <Input.Search
          allowClear
          style={{ maxWidth: 320 }}
          placeholder={t("customers.find_tag")}
          aria-label={t("customers.find_tag")}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <label className="row small muted">
          <Switch
            size="small"
            checked={Boolean(empty)}
            onChange={(on) => setEmpty(on ? "1" : null)}
            aria-label={t("customers.show_empty")}
          />
          {t("customers.show_empty")}
        </label>
      </div>
      {layers.every(({ tags }) => tags.length === 0) && <Nothing title={t("customers.no_tags")} />}
      {layers.map(({ layer, tags }) => tags.length > 0 && <LayerCard key={layer} layer={layer} tags={tags} onOpen={onOpen} />)}
      <Drawer open={Boolean(chosen)} onClose={() => setOpen(null)} size={480} title={open && catalogue.title(open)}>
        {chosen && open && (
          <div className="stack">
            <EvidenceList name={open} worn={chosen} />
            <History customer={portrait.customer_id} name={open} />
          </div>
        )}
      </Drawer>
    </>
  );
}

/** Of one layer; nobody reads more without searching. */
const MOST = 200;

interface LayerTags {
  layer: Layer;
  tags: [string, WornTag][];
  onOpen: (name: string) => void;
}

/** Not drawn anew while somebody types, before what they look for is found. */
const LayerCard = memo(function LayerCard({ layer, tags, onOpen }: LayerTags) {
  const { t } = useTranslation();
  const say = useSay();
  const { shade } = useShade();
  const catalogue = useCatalogue();
  const colour = LAYER_COLOUR[layer]?.[shade] ?? "";
  const groups = new Map<string, [string, WornTag][]>();
  for (const each of tags.slice(0, MOST)) {
    const group = catalogue.group(catalogue.byName.get(each[0])?.group) ?? t("word.ungrouped");
    const those = groups.get(group);
    if (those) those.push(each);
    else groups.set(group, [each]);
  }
  return (
    <Card
      size="small"
      style={{ "--chip": colour } as React.CSSProperties}
      title={
        <span className="row">
          <i className="layer-mark" />
          {t(`layer.${layer}`)}
          <span className="muted small">{tags.length}</span>
        </span>
      }
    >
      <div className="stack">
        {[...groups].map(([group, worn]) => (
          <div key={group}>
            {groups.size > 1 && <div className="muted small group-name">{group}</div>}
            <div className="chips">
              {worn.map(([name, tag]) => (
                <Chip key={name} name={name} tag={tag} onOpen={onOpen} />
              ))}
            </div>
          </div>
        ))}
        {tags.length > MOST && <p className="muted small">{t("customers.more_tags", { shown: say.number(tags.length - MOST) })}</p>}
      </div>
    </Card>
  );
});

const Chip = memo(function Chip({ name, tag, onOpen }: { name: string; tag: WornTag; onOpen: (name: string) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const catalogue = useCatalogue();
  const shown = catalogue.value(name, shorten(tag.value));
  const sure = tag.confidence;
  return (
    <Popover content={<EvidenceList name={name} worn={tag} />} mouseEnterDelay={0.25}>
      <button type="button" className="chip" onClick={() => onOpen(name)}>
        <span className="chip-name">
          <span className="ellipsis">{catalogue.title(name)}</span>
          {sure !== null && sure < 1 && (
            <span className="confidence" role="img" aria-label={t("customers.confidence_of", { share: say.share(sure, 0) })}>
              <i style={{ width: `${sure * 100}%` }} />
            </span>
          )}
        </span>
        <div className="chip-value">{shown}</div>
      </button>
    </Popover>
  );
});

function shorten(value: Json): Json {
  return Array.isArray(value) && value.length > 4 ? value.slice(0, 4) : value;
}
