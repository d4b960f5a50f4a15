/** Under a list that comes in pages: the next one, where there is one. */
import { Button } from "antd";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

export function More({ asked, style }: { asked: Paged; style?: CSSProperties }) {
  const { t } = useTranslation();
  if (!asked.hasNextPage) return null;
  return (
    <div style={style}>
      <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
        {t("word.more")}
      </Button>
    </div>
  );
}
