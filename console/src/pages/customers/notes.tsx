/** What colleagues wrote about a customer. */
import { DeleteOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Input } from "antd";
import { useTranslation } from "react-i18next";

import { ask } from "@/api/client";
import { questionKey, useAnswer, useWrite } from "@/api/questions";
import { useSession } from "@/app/session";
import { useSay } from "@/format/say";
import { useDraft } from "@/parts/draft";
import { Answered, Nothing } from "@/parts/states";
import { useTell } from "@/parts/tell";

interface Note {
  id: number | string;
  text: string;
  author: string;
  at: string;
}

const PATH = "/api/v1/profiles/{key}/notes";

export function Notes({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const { may, session } = useSession();
  const tell = useTell();
  const client = useQueryClient();
  const { value: text, write: setText, forget } = useDraft(`note.${customer}`, "");
  const wish = { params: { key: customer } };
  const asked = useAnswer<{ notes: Note[] }>(PATH, wish);
  const held = questionKey(PATH, wish);
  const add = useWrite(
    (given: string) => ask<Note>("post", PATH, { params: { key: customer }, body: { text: given } }),
    [PATH],
  );
  const remove = useWrite(
    (note: Note) => ask("delete", "/api/v1/profiles/{key}/notes/{id}", { params: { key: customer, id: note.id } }),
    [PATH],
  );
  const write = async () => {
    const given = text.trim();
    if (!given) return;
    const before = client.getQueryData<{ notes: Note[] }>(held);
    const now: Note = { id: "new", text: given, author: session.name, at: new Date().toISOString() };
    client.setQueryData(held, { notes: [now, ...(before?.notes ?? [])] });
    try {
      await add.mutateAsync(given);
      forget();
    } catch (problem) {
      client.setQueryData(held, before);
      tell(problem);
    }
  };
  return (
    <Card style={{ maxWidth: 760 }}>
      <div className="stack">
        {may("enter_values") && (
          <div className="stack-small">
            <Input.TextArea
              rows={3}
              maxLength={4000}
              value={text}
              aria-label={t("customers.note")}
              placeholder={t("customers.note_hint")}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void write();
              }}
            />
            <div>
              <Button type="primary" disabled={!text.trim()} onClick={() => void write()}>
                {t("customers.add_note")}
              </Button>
            </div>
          </div>
        )}
        <Answered asked={asked}>
          {({ notes }) =>
            notes.length === 0 ? (
              <Nothing title={t("customers.no_notes")} />
            ) : (
              notes.map((note) => (
                <article key={note.id} className="note">
                  <p className="pre-line">{note.text}</p>
                  <div className="row muted small">
                    {note.author} · {say.since(note.at)}
                    {may("enter_values") && (
                      <Button
                        type="text"
                        size="small"
                        icon={<DeleteOutlined />}
                        aria-label={t("word.remove")}
                        onClick={() => remove.mutate(note)}
                      />
                    )}
                  </div>
                </article>
              ))
            )
          }
        </Answered>
      </div>
    </Card>
  );
}
