import type { Rule, Said } from "@/api/answers";

export interface ModelRow {
  name: string;
  kind: string;
  title: Said;
  declared: boolean;
  version: number | null;
  fitted_at: string | null;
  passed: boolean | null;
  missing: string[];
  said: Said[] | null;
  metrics: Record<string, number | null>;
  published: number | null;
  published_at: string | null;
  tags: string[];
}

export interface Curve {
  title: Said;
  /** What x and y are, in English. */
  axes: string[];
  lines: Record<string, [number, number][]>;
}

export interface Card {
  version: number;
  fitted_at: string;
  author: string;
  passed: boolean;
  missing: string[];
  about?: {
    features?: { feature: string; share: number; title: Said | null }[];
    leaks?: (string | { feature: string })[];
    sizes?: Record<string, number>;
  };
  dates?: { train?: string[]; test?: string; horizon?: string };
  metrics: Record<string, number | null>;
  curves: Record<string, Curve>;
}

export interface ModelShown extends ModelRow {
  declaration: Rule | null;
  versions: { version: number; fitted_at: string; author: string; published_at: string | null; passed: boolean; missing: string[] }[];
  card: Card | null;
}
