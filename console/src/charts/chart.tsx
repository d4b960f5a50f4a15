/** One way to draw: the engine comes when the first chart is seen; charts say in words what they show. */
import { Skeleton } from "antd";
import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState } from "react";

import { useShade } from "@/app/theme";

import type { Engine } from "./engine";

interface Drawn {
  option: EChartsCoreOption;
  /** What it shows, for those who hear it. */
  label: string;
  height?: number;
  onClick?: (name: string) => void;
}

export function Chart({ option, label, height = 240, onClick }: Drawn) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<Engine["drawIn"]> | null>(null);
  const [engine, setEngine] = useState<Engine | null>(null);
  const { shade } = useShade();

  useEffect(() => {
    let here = true;
    // What the page says comes first: the engine is large, and keeps the browser busy while it starts.
    const frame = requestAnimationFrame(() => setTimeout(() => void import("./engine").then((found) => here && setEngine(found))));
    return () => {
      here = false;
      cancelAnimationFrame(frame);
    };
  }, []);
  useEffect(() => {
    if (!engine || !box.current) return undefined;
    const drawn = engine.drawIn(box.current, shade);
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, [engine, shade]);
  useEffect(() => {
    chart.current?.setOption({ ...option }, { notMerge: true });
  }, [engine, shade, option]);
  useEffect(() => {
    const drawn = chart.current;
    if (!drawn || !onClick) return undefined;
    const handle = (event: { name: string }) => onClick(event.name);
    drawn.on("click", handle);
    return () => {
      if (!drawn.isDisposed()) drawn.off("click", handle);
    };
  }, [engine, shade, onClick]);

  return (
    <div role="img" aria-label={label} className="chart" style={{ height }}>
      {!engine && <Skeleton.Node active style={{ width: "100%", height }} classNames={{ root: "fill" }} />}
      <div ref={box} style={{ height, display: engine ? "block" : "none" }} />
    </div>
  );
}
