/** What became of each field: as it was, or as somebody else has it, beside what it is now. */
import { useTranslation } from "react-i18next";

import type { Json } from "@/api/answers";

export interface Change {
  field: string;
  before: Json;
  after: Json;
}

export function compare(before: { [field: string]: Json }, after: { [field: string]: Json }): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((each) => JSON.stringify(each.before) !== JSON.stringify(each.after));
}

export function Changes({ changes, heads }: { changes: readonly Change[]; heads?: readonly [string, string] }) {
  const { t } = useTranslation();
  const write = (value: Json) => (value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
  const named = (field: string) => t(`field.${field.replace(".", "_")}`, field);
  return (
    <table className="diff">
      {heads && (
        <thead>
          <tr>
            <td />
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row" title={field}>
              {named(field)}
            </th>
            <td className="gone">{write(before)}</td>
            <td className="come">{write(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
