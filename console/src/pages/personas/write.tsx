/** What somebody says of a persona; what was measured is not written. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";

import type { Said } from "@/api/answers";
import { ask } from "@/api/client";
import { useSay, type Sayer } from "@/format/say";
import { readDraft, useDraft } from "@/parts/draft";
import { SavingTold, useSaving } from "@/parts/meanwhile";

import { PATH, type Persona } from "./index";

/** Written out: this part and the page name each other, and what the page exports may not be there yet. */
const ONE = "/api/v1/personas/{name}";

interface Written {
  name: string;
  summary: string;
  scene: string;
  goals: string;
  motives: string;
}

function readCard({ name, summary, scene, goals, motives }: Persona, say: Sayer): Written {
  const lines = { goals: goals.join("\n"), motives: motives.join("\n") };
  return { name: say.title(name, ""), summary: say.title(summary, ""), scene: say.title(scene, ""), ...lines };
}

function writeCard(given: Written, before: Persona, language: string) {
  const said = (texts: Said, text: string): Said => ({ ...texts, [language]: text });
  const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter(Boolean);
  return {
    name: said(before.name, given.name),
    summary: said(before.summary, given.summary),
    scene: said(before.scene, given.scene),
    goals: lines(given.goals),
    motives: lines(given.motives),
  };
}

export function Write({ persona, onClose }: { persona: Persona; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const kept = `persona.${persona.persona}`;
  const [form] = Form.useForm<Written>();
  const start = readCard(persona, say);
  const { write: keep, forget } = useDraft<Written>(kept, start);
  const write = (before: Persona | null) => writeCard(form.getFieldsValue(), before ?? persona, say.language);
  const saving = useSaving<Persona>(persona, {
    send: (before, match) => ask("patch", ONE, { params: { name: persona.persona }, body: write(before), match }),
    look: () => {
      void client.invalidateQueries({ queryKey: [PATH] });
      return ask<Persona>("get", ONE, { params: { name: persona.persona } });
    },
    fill: (theirs) => {
      forget();
      form.setFieldsValue(readCard(theirs, say));
    },
    touches: [PATH],
    onSaved: () => {
      forget();
      onClose();
    },
  });
  return (
    <Modal open title={t("personas.write")} okText={t("word.save")} cancelText={t("word.cancel")} onCancel={onClose} onOk={() => form.submit()} confirmLoading={saving.pending} width={620}>
      <SavingTold saving={saving} spell={(theirs) => ({ theirs: writeCard(readCard(theirs, say), theirs, say.language), mine: write(saving.read) })} />
      <Form form={form} layout="vertical" initialValues={readDraft<Written>(kept) ?? start} onValuesChange={(_, all: Written) => keep(all)} onFinish={saving.save}>
        <Form.Item name="name" label={t("word.name")}>
          <Input />
        </Form.Item>
        {(["summary", "scene", "goals", "motives"] as const).map((each) => (
          <Form.Item key={each} name={each} label={t(`personas.${each}`)}>
            <Input.TextArea autoSize={{ minRows: 2 }} />
          </Form.Item>
        ))}
      </Form>
      <Alert type="info" showIcon title={t("personas.measured")} />
    </Modal>
  );
}
