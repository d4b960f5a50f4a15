/** Finds a customer by any identifier, from every page; "/" puts the cursor there. */
import { SearchOutlined } from "@ant-design/icons";
import { AutoComplete, Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import type { Found } from "@/api/answers";
import { useAnswer } from "@/api/questions";
import { useRested } from "@/parts/debounce";

import { useSession } from "./session";

export function Finder() {
  const { t } = useTranslation();
  const { may } = useSession();
  const go = useNavigate();
  const field = useRef<InputRef>(null);
  const [typed, setTyped] = useState("");
  const asked = useRested(typed.trim(), 200);
  const found = useAnswer<Found>("/api/v1/customers:search", {
    query: { q: asked, limit: 8 },
    enabled: asked.length > 1 && may("read_portraits"),
    keep: true,
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement;
      if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  if (!may("read_portraits")) return null;
  const open = (customer: string) => {
    setTyped("");
    field.current?.blur();
    void go(`/customers/${encodeURIComponent(customer)}`);
  };
  const options =
    asked.length > 1
      ? (found.data?.customers ?? []).map((each) => ({
          value: each.customer_id,
          label: (
            <span className="finder-row">
              <b>{each.matched?.value ?? each.customer_id}</b>
              <span className="muted">{each.matched ? t(`identifier.${each.matched.type}`, each.matched.type) : ""}</span>
              <span className="muted">{each.customer_id}</span>
            </span>
          ),
        }))
      : [];
  return (
    <AutoComplete
      className="finder"
      value={typed}
      options={options}
      onSearch={setTyped}
      onSelect={open}
      defaultActiveFirstOption
      popupMatchSelectWidth={420}
      notFoundContent={asked.length > 1 && found.data ? t("app.find_none") : null}
    >
      <Input
        ref={field}
        prefix={<SearchOutlined aria-hidden />}
        suffix={<kbd aria-hidden>/</kbd>}
        placeholder={t("app.find")}
        aria-label={t("app.find")}
        onPressEnter={() => {
          if (typed.trim() && options.length === 0) void go(`/customers?q=${encodeURIComponent(typed.trim())}`);
        }}
      />
    </AutoComplete>
  );
}
