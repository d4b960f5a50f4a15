/** A secret that is shown this once. */
import { Alert, Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";

export interface Shown {
  name: string;
  secret: string;
}

/** ``means``: what becomes of it. */
export function ShownOnce({ shown, means, onClose }: { shown: Shown | null; means?: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={shown !== null} title={shown?.name} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }}>
      <div className="stack-small">
        <Alert type="warning" showIcon title={means ?? t("once.keep")} />
        <Typography.Text code copyable>
          {shown?.secret}
        </Typography.Text>
      </div>
    </Modal>
  );
}
