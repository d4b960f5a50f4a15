/** User name, password, Enter. */
import { Alert, Button, Card, Divider, Form, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Session, Ways } from "@/api/answers";
import { ask } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useAnswer } from "@/api/questions";

import mark from "../limner.svg";
import { LanguageSwitch, ShadeSwitch } from "./switches";

interface Given {
  user: string;
  password: string;
}

export function SignInForm({ onSignedIn, user }: { onSignedIn: (session: Session) => void; user?: string }) {
  const { t } = useTranslation();
  const password = useRef<InputRef>(null);
  const [search] = useState(() => new URLSearchParams(window.location.search));
  const sent = user ? null : search.get("refused");
  const [refused, setRefused] = useState(sent && t(`sign.refused_${sent}`, t("sign.refused_unexpected")));
  const [busy, setBusy] = useState(false);
  const ways = useAnswer<Ways>("/api/v1/session:ways");

  const enter = async (given: Given) => {
    setBusy(true);
    try {
      onSignedIn(await ask<Session>("post", "/api/v1/session", { body: given }));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 401) setRefused(t("sign.wrong"));
      else if (problem.status === 429) setRefused(t("sign.locked", { seconds: problem.retryAfter ?? 60 }));
      else setRefused(problem.away ? t("state.away") : problem.message);
      password.current?.focus({ cursor: "all" });
    } finally {
      setBusy(false);
    }
  };
  const foreign = ways.data?.oidc;
  return (
    <>
      <Form<Given> layout="vertical" requiredMark={false} onFinish={enter} initialValues={{ user: user ?? "" }}>
        {refused && <Alert type="error" showIcon title={refused} role="alert" style={{ marginBottom: 16 }} />}
        <Form.Item name="user" label={t("sign.user")} rules={[{ required: true, message: t("sign.user_missing") }]}>
          <Input size="large" autoComplete="username" autoFocus={!user} name="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("sign.password")}
          rules={[{ required: true, message: t("sign.password_missing") }]}
        >
          <Input.Password
            ref={password}
            size="large"
            autoComplete="current-password"
            autoFocus={Boolean(user)}
            name="password"
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t("sign.enter")}
        </Button>
      </Form>
      {foreign && (
        <>
          <Divider plain>{t("sign.or")}</Divider>
          <Button
            block
            size="large"
            href={`${foreign.url}?next=${encodeURIComponent(window.location.pathname + withoutRefusal(search))}`}
          >
            {t("sign.with", { title: foreign.title })}
          </Button>
        </>
      )}
    </>
  );
}

/** What an identity provider's refusal wrote into the address is no part of the page that was asked for. */
function withoutRefusal(search: URLSearchParams): string {
  const rest = new URLSearchParams(search);
  rest.delete("refused");
  return rest.size > 0 ? `?${rest}` : "";
}

export function SignIn({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const { t } = useTranslation();
  return (
    <main className="sign-in">
      <div className="sign-in-switches">
        <LanguageSwitch />
        <ShadeSwitch />
      </div>
      <Card className="sign-in-card" styles={{ body: { padding: 32 } }}>
        <div className="brand brand-large">
          <img src={mark} alt="" width={40} height={40} />
          <div>
            <h1>{t("app.name")}</h1>
            <p className="muted">{t("app.motto")}</p>
          </div>
        </div>
        <SignInForm onSignedIn={onSignedIn} />
      </Card>
    </main>
  );
}
