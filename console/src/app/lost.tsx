import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

export function Lost() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t("state.no_page")}
      extra={
        <Link to="/">
          <Button type="primary">{t("room.home")}</Button>
        </Link>
      }
    />
  );
}
