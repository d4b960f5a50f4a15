/** Whom this reader looked at last; kept in this browser only. */
const KEPT = "limner.recent";
const MOST = 12;

export function readRecent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

export function noteRecent(customer: string): void {
  const after = [customer, ...readRecent().filter((each) => each !== customer)].slice(0, MOST);
  localStorage.setItem(KEPT, JSON.stringify(after));
}
