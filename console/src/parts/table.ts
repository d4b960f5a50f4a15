/** Which page of a table is shown, and by what it is sorted, lie in the address. */
import type { TableProps } from "antd";

import { useUrlStates } from "./url";

type Order = "ascend" | "descend";

export interface Paged<T> {
  pagination: TableProps<T>["pagination"];
  onChange: NonNullable<TableProps<T>["onChange"]>;
  /** How the column of this key is sorted now; null = it is not. */
  order: (key: string) => Order | null;
}

/** ``prefix``: of a page with several tables, whose it is. */
export function useTable<T>(size: number, total: number, prefix = ""): Paged<T> {
  const [url, setUrl] = useUrlStates();
  const [page, sort] = [`${prefix}page`, `${prefix}sort`];
  const sorted = /^(-?)(.+)$/.exec(url.get(sort) ?? "");
  return {
    pagination: total > size ? { current: readPage(url.get(page), size, total), pageSize: size, showSizeChanger: false } : false,
    onChange: (at, _filters, by) => {
      const one = Array.isArray(by) ? by[0] : by;
      const key = one?.order ? String(one.columnKey) : "";
      setUrl({
        [page]: (at.current ?? 1) > 1 ? String(at.current) : null,
        [sort]: key && (one?.order === "descend" ? `-${key}` : key),
      });
    },
    order: (key) => (sorted?.[2] !== key ? null : sorted[1] ? "descend" : "ascend"),
  };
}

/** One that there is: rows may have gone since the address was written down. */
export function readPage(text: string | null, size: number, total: number): number {
  const wanted = /^\d+$/.test(text ?? "") ? Number(text) : 1;
  return Math.max(1, Math.min(wanted, Math.ceil(total / size)));
}
