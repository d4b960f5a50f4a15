/** A destination is told once more: from where, how many letters that is, and how far it is by now. */
import { Alert, Button, DatePicker, Form, InputNumber, Modal, Popconfirm, Progress, Segmented } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { useAnswer, useWrite } from "@/api/questions";
import { useSay } from "@/format/say";
import { useRested } from "@/parts/debounce";
import { FailedHere, NotDone } from "@/parts/states";
import { useUrlStates } from "@/parts/url";

import { PATH, readSpan, shareTold, writeSpan, type Destination, type Span } from "./destination";

/** What the server says of a replay before it is done. */
interface Preview {
  from: number;
  at: string | null;
  first: number;
  first_at: string | null;
  last: number;
  letters: number;
  complete: boolean;
}

const REPLAY = `${PATH}/{name}:replay` as const;
/** As the API reads an instant of the workspace's own clock. */
const CLOCK = "YYYY-MM-DDTHH:mm:ss";

export function Replay({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { t } = useTranslation();
  const [url, setUrl] = useUrlStates();
  const told = readSpan(url.get("told"));
  return (
    <Modal open title={t("destination.replay_of", { name: destination.name })} footer={null} onCancel={onClose}>
      {told ? (
        <Told destination={destination} span={told} onClose={onClose} />
      ) : (
        <Choose destination={destination} onClose={onClose} onDone={(span) => setUrl({ since: null, from: null, told: writeSpan(span) })} />
      )}
    </Modal>
  );
}

interface Choice {
  destination: Destination;
  onClose: () => void;
  onDone: (span: Span) => void;
}

function Choose({ destination: { name, state, disabled_at }, onClose, onDone }: Choice) {
  const { t } = useTranslation();
  const [url, setUrl] = useUrlStates();
  const [since, from] = [url.get("since"), url.get("from")];
  const by = from !== null ? "from" : since !== null ? "since" : "all";
  const query = useRested(JSON.stringify({ since, from }), 250);
  const asked = useAnswer<Preview>(REPLAY, { params: { name }, query: JSON.parse(query) as { since: string | null; from: string | null }, keep: true });
  const preview = asked.data;
  const start = useWrite(
    (given: Preview) => ask<Destination>("post", REPLAY, { params: { name }, body: { from: given.from }, match: `"${state}"` }),
    [PATH],
    (_, { from: first, last }) => onDone({ first, last }),
  );
  const choose = (next: string) =>
    setUrl({
      since: next === "since" ? dayjs().subtract(1, "hour").format(CLOCK) : null,
      from: next === "from" ? String(preview?.first ?? 1) : null,
    });
  const settled = preview && !asked.isFetching && !asked.error && query === JSON.stringify({ since, from });
  return (
    <div className="stack">
      <p className="muted">{t("destination.replay_means")}</p>
      <Segmented value={by} onChange={choose} options={["all", "since", "from"].map((value) => ({ value, label: t(`destination.replay_${value}`) }))} />
      {by === "since" && (
        <Form.Item label={t("destination.replay_since")} htmlFor="replay-since" style={{ margin: 0 }}>
          <DatePicker id="replay-since" showTime allowClear={false} value={dayjs(since)} onChange={(at) => at && setUrl({ since: at.format(CLOCK) })} />
        </Form.Item>
      )}
      {by === "from" && (
        <Form.Item label={t("destination.replay_from")} htmlFor="replay-from" style={{ margin: 0 }}>
          <InputNumber id="replay-from" min={1} precision={0} value={Number(from)} onChange={(position) => setUrl({ from: String(position ?? 1) })} />
        </Form.Item>
      )}
      {asked.error && <FailedHere problem={asked.error} />}
      <NotDone problem={start.error} />
      {preview && !asked.error && <Weighed preview={preview} />}
      {disabled_at && <Alert type="info" showIcon title={t("destination.replay_off")} />}
      <div className="row end">
        <Button onClick={onClose}>{t("word.cancel")}</Button>
        <Popconfirm
          title={t("destination.replay_confirm", { name })}
          okText={t("word.confirm")}
          cancelText={t("word.cancel")}
          onConfirm={() => preview && start.mutate(preview)}
        >
          <Button type="primary" disabled={!settled || preview.letters === 0} loading={start.isPending}>
            {t("destination.replay_do")}
          </Button>
        </Popconfirm>
      </div>
    </div>
  );
}

/** How many letters, of when. */
function Weighed({ preview: { from, at, last, letters, complete, first, first_at } }: { preview: Preview }) {
  const { t } = useTranslation();
  const say = useSay();
  const count = { count: letters, shown: say.number(letters) };
  return (
    <div aria-live="polite">
      <p>
        <b>{t(complete ? "destination.replay_letters" : "destination.replay_more", count)}</b>
      </p>
      {at && <p className="muted small">{t("destination.replay_span", { from: say.number(from), at: say.instant(at), last: say.number(last) })}</p>}
      {first_at && <p className="muted small">{t("destination.replay_kept", { first: say.number(first), at: say.instant(first_at) })}</p>}
    </div>
  );
}

function Told({ destination, span, onClose }: { destination: Destination; span: Span; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const share = shareTold(destination, span);
  const failing = share < 1 && destination.reason;
  return (
    <div className="stack">
      <Progress percent={Math.floor(100 * share)} status={share >= 1 ? "success" : failing ? "exception" : "active"} aria-label={t("destination.replay")} />
      <p aria-live="polite">
        {share >= 1 ? t("destination.replayed") : t("destination.replaying", { position: say.number(destination.position), last: say.number(span.last) })}
      </p>
      {failing && <p className="muted small">{say.title(destination.said, failing)}</p>}
      {destination.late > 0 && <p className="muted small">{t("destination.late", { count: destination.late, shown: say.number(destination.late) })}</p>}
      <div className="row end">
        <Button type="primary" onClick={onClose}>
          {t("word.close")}
        </Button>
      </div>
    </div>
  );
}
