/** Who is here, what they may do, and what happens when their session ends under them. */
import { Modal } from "antd";
import { createContext, Suspense, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Session } from "@/api/answers";
import { ask, holdToken, onSessionOver } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { later } from "@/parts/later";
import { Failed, Frame, Waiting } from "@/parts/states";

/** Most who come are signed in. */
const SignIn = later(() => import("./sign-in").then((found) => found.SignIn));
const SignInForm = later(() => import("./sign-in").then((found) => found.SignInForm));

interface Here {
  session: Session;
  may: (right: string) => boolean;
  leave: () => Promise<void>;
}

/** Somebody, nobody (null), or not known yet, perhaps for a reason. */
interface Found {
  session: Session | null | undefined;
  problem: Problem | null;
}

let first: Found = { session: undefined, problem: null };

/** Asks who is here while the page is still put together. */
export async function askEarly(): Promise<void> {
  first = await findSession();
  if (first.session === null) await SignIn.bring().catch(() => undefined); // asked for again where it is shown
}

async function findSession(): Promise<Found> {
  try {
    const session = await ask<Session>("get", "/api/v1/session");
    holdToken(session.csrf_token);
    return { session, problem: null };
  } catch (error) {
    const problem = asProblem(error);
    return problem.status === 401 ? { session: null, problem: null } : { session: undefined, problem };
  }
}

const HereContext = createContext<Here | null>(null);

export function useSession(): Here {
  const here = useContext(HereContext);
  if (!here) throw new Error("no session around");
  return here;
}

/** What is under it may count on a session. */
export function WithSession({ children }: { children: ReactNode }) {
  const [{ session, problem }, setFound] = useState(first);
  const [over, setOver] = useState(false);
  const waiting = useRef<(() => void)[]>([]);
  const { t } = useTranslation();

  const hold = useCallback((session: Session) => {
    holdToken(session.csrf_token);
    setFound({ session, problem: null });
  }, []);
  const look = useCallback(async () => {
    const found = await findSession();
    setFound((before) => ({ ...found, session: found.session ?? before.session ?? found.session })); // whoever was here is asked to sign in again, and keeps the page
  }, []);

  useEffect(() => {
    const onFocus = () => void look();
    window.addEventListener("focus", onFocus);
    return () => window.removeEventListener("focus", onFocus);
  }, [look]);
  const away = session === undefined && problem?.away === true;
  useEffect(() => {
    if (!away) return undefined;
    const timer = window.setInterval(() => void look(), 2_000);
    return () => window.clearInterval(timer);
  }, [away, look]);
  useEffect(() => {
    if (!session) return undefined;
    onSessionOver(
      () =>
        new Promise<void>((resolve) => {
          waiting.current.push(resolve);
          setOver(true);
        }),
    );
    return () => onSessionOver(null);
  }, [session]);

  const here = useMemo<Here | null>(() => {
    if (!session) return null;
    const rights = new Set(session.rights);
    const leave = async () => {
      await ask("delete", "/api/v1/session");
      holdToken(null);
      window.location.assign("/");
    };
    return { session, may: (right) => rights.has(right), leave };
  }, [session]);

  if (problem && !session) return <Failed problem={problem} again={() => void look()} />;
  if (session === undefined) return <Frame />;
  if (!here)
    return (
      <Suspense fallback={<Frame />}>
        <SignIn onSignedIn={hold} />
      </Suspense>
    );
  const back = (found: Session) => {
    hold(found);
    setOver(false);
    waiting.current.splice(0).forEach((go) => go());
  };
  return (
    <HereContext value={here}>
      {children}
      <Modal open={over} title={t("sign.over")} footer={null} closable={false} width={400} destroyOnHidden>
        <p className="muted">{t("sign.kept")}</p>
        <Suspense fallback={<Waiting rows={4} />}>
          <SignInForm onSignedIn={back} user={here.session.user} />
        </Suspense>
      </Modal>
    </HereContext>
  );
}
