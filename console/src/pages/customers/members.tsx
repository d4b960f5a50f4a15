/** The members of an audience, a page at a time: there may be millions. */
import { DoubleLeftOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Card } from "antd";
import { useTranslation } from "react-i18next";

import { useSay } from "@/format/say";
import { Answered, Nothing } from "@/parts/states";
import { useUrlState } from "@/parts/url";

import { membersOf, type MemberPage } from "./asked";
import { Faces } from "./faces";

export function Members({ audience }: { audience: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const [after, setAfter] = useUrlState("after");
  const asked = useQuery({ ...membersOf(audience, after), placeholderData: keepPreviousData });
  const count = asked.data?.count ?? 0;
  return (
    <Card title={t("customers.members", { count, shown: say.number(count) })}>
      <Answered asked={asked}>
        {(page) =>
          page.count === 0 ? (
            <Nothing title={t("customers.no_members")} />
          ) : (
            <>
              <Faces keys={page.customers} />
              {(page.before > 0 || page.next) && <Pager page={page} onTurn={(cursor) => setAfter(cursor, { push: true })} />}
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function Pager({ page, onTurn }: { page: MemberPage; onTurn: (cursor: string | null) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const { before, customers, count, next, previous } = page;
  const told = { first: say.number(before + 1), last: say.number(before + customers.length), all: say.number(count) };
  return (
    <nav className="row" style={{ marginTop: 12, justifyContent: "flex-end" }} aria-label={t("customers.pages")}>
      <span className="muted small number" aria-live="polite">
        {t("customers.page_of", told)}
      </span>
      <Button icon={<DoubleLeftOutlined />} disabled={before === 0} aria-label={t("customers.first_page")} onClick={() => onTurn(null)} />
      <Button icon={<LeftOutlined />} disabled={before === 0} aria-label={t("customers.previous_page")} onClick={() => onTurn(previous)} />
      <Button icon={<RightOutlined />} disabled={!next} aria-label={t("customers.next_page")} onClick={() => onTurn(next)} />
    </nav>
  );
}
