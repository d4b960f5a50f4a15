/** A picture of somebody of whom there is none: the same for the same customer, drawn from their id. */
const HUES = [222, 14, 165, 325, 42, 200, 265, 95];

function hash(text: string): number {
  let sum = 2166136261;
  for (const letter of text) sum = Math.imul(sum ^ letter.charCodeAt(0), 16777619) >>> 0;
  return sum;
}

export function Picture({ id, size = 64, name }: { id: string; size?: number; name?: string }) {
  const drawn = hash(id);
  const hue = HUES[drawn % HUES.length] ?? 222;
  const skin = ["#f3d3b8", "#e9bd97", "#d9a47a", "#f7dcc6"][(drawn >>> 3) % 4];
  const hair = ["#2b2320", "#4a3528", "#1d1f2b", "#6b4a34"][(drawn >>> 5) % 4];
  const long = (drawn >>> 7) % 2 === 0;
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" role="img" aria-label={name ?? id} style={{ flex: "none" }}>
      <clipPath id={`face-${drawn}`}>
        <circle cx="32" cy="32" r="32" />
      </clipPath>
      <g clipPath={`url(#face-${drawn})`}>
        <rect width="64" height="64" fill={`hsl(${hue} 46% 84%)`} />
        {long && <path d="M17 30c0-12 7-18 15-18s15 6 15 18v18H17z" fill={hair} />}
        <path d="M8 66c2-14 12-19 24-19s22 5 24 19z" fill={`hsl(${hue} 42% 42%)`} />
        <rect x="27" y="38" width="10" height="12" rx="5" fill={skin} />
        <ellipse cx="32" cy="30" rx="11" ry="13" fill={skin} />
        <path d="M20 29c0-11 6-15 12-15s12 4 12 15c-3-1-5-5-6-8-4 4-12 4-15 3-1 2-2 4-3 5z" fill={hair} />
      </g>
    </svg>
  );
}
