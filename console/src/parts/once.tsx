/** A secret that is shown this once. */
import { Alert, Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";

export interface Shown {
  name: string;
  secret: string;
}

export function ShownOnce({ shown, onClose }: { shown: Shown | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={shown !== null} title={shown?.name} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }}>
      <div className="stack-small">
        <Alert type="warning" showIcon title={t("once.keep")} />
        <Typography.Text code copyable>
          {shown?.secret}
        </Typography.Text>
      </div>
    </Modal>
  );
}
