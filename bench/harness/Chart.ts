/** The cost of one durable change over the size of the project, as a picture: both axes are logarithmic. */

/** A line of the chart: a median for each size. */
export interface Line {
  readonly name: string
  readonly points: ReadonlyArray<{ readonly assets: number; readonly micros: number }>
}

const width = 760
const height = 420
const area = { left: 78, right: 590, top: 56, bottom: 356 }

const colors = [["#0969da", "#58a6ff"], ["#bc4c00", "#f0883e"], ["#1a7f37", "#3fb950"], ["#8250df", "#bc8cff"]] as const

const style = `
    .ground { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif } .title { font-size: 16px; font-weight: 600 }
    .grid { stroke: #d1d9e0; stroke-width: 1 } .line { fill: none; stroke-width: 2.5 }
${colors.map(([light], n) => `    .line${n} { stroke: ${light} } .mark${n} { fill: ${light} }`).join("\n")}
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #3d444d }
${colors.map(([, dark], n) => `      .line${n} { stroke: ${dark} } .mark${n} { fill: ${dark} }`).join("\n")}
    }`

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** All powers of ten from the one below the smallest to the one above the largest. */
const decades = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))))
  return Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n))
}

const microsText = (micros: number): string =>
  micros >= 1e6 ? `${micros / 1e6} s` : micros >= 1000 ? `${micros / 1000} ms` : `${micros} µs`

const at = (value: number, from: number, to: number, start: number, end: number): number =>
  Math.round((start + (Math.log10(value / from) / Math.log10(to / from)) * (end - start)) * 10) / 10

/** Moves names that stand in each other's way apart, downwards from the highest. */
const spaced = (heights: ReadonlyArray<number>): ReadonlyArray<number> => {
  let least = Number.NEGATIVE_INFINITY
  const moved = new Map<number, number>()
  for (const [n, height] of Array.from(heights.entries()).toSorted(([, a], [, b]) => a - b)) {
    moved.set(n, Math.max(height, least))
    least = Math.max(height, least) + 16
  }
  return heights.map((height, n) => moved.get(n) ?? height)
}

/** Draws the lines. They need points, and none may be zero. */
export const chartOf = (title: string, lines: ReadonlyArray<Line>): string => {
  const points = lines.flatMap((line) => line.points)
  const xs = decades(points.map(({ assets }) => assets))
  const ys = decades(points.map(({ micros }) => micros))
  const x = (assets: number) => at(assets, xs[0] ?? 1, xs.at(-1) ?? 10, area.left, area.right)
  const y = (micros: number) => at(micros, ys[0] ?? 1, ys.at(-1) ?? 10, area.bottom, area.top)
  const text = (x: number, y: number, anchor: string, content: string, name = "") =>
    `  <text${name === "" ? "" : ` class="${name}"`} x="${x}" y="${y}" text-anchor="${anchor}">${
      escaped(content)
    }</text>`
  const grid = [
    ...xs.flatMap((assets) => [
      `  <line class="grid" x1="${x(assets)}" y1="${area.top}" x2="${x(assets)}" y2="${area.bottom}"/>`,
      text(x(assets), area.bottom + 20, "middle", assets.toLocaleString("en"))
    ]),
    ...ys.flatMap((micros) => [
      `  <line class="grid" x1="${area.left}" y1="${y(micros)}" x2="${area.right}" y2="${y(micros)}"/>`,
      text(area.left - 8, y(micros) + 4, "end", microsText(micros))
    ])
  ]
  const names = spaced(lines.map(({ points }) => y(points.at(-1)?.micros ?? 1)))
  const drawn = lines.flatMap(({ name, points }, n) => {
    const last = points.at(-1)
    return [
      `  <polyline class="line line${n}" points="${
        points.map(({ assets, micros }) => `${x(assets)},${y(micros)}`).join(" ")
      }"/>`,
      ...points.map(({ assets, micros }) => `  <circle class="mark${n}" cx="${x(assets)}" cy="${y(micros)}" r="4"/>`),
      ...(last === undefined ? [] : [text(x(last.assets) + 10, (names[n] ?? 0) + 4, "start", name, `mark${n}`)])
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <style>${style}\n  </style>`,
    `  <rect class="ground" width="${width}" height="${height}" rx="8"/>`,
    text(area.left, 32, "start", title, "title"),
    ...grid,
    ...drawn,
    text((area.left + area.right) / 2, area.bottom + 44, "middle", "assets in the project"),
    "</svg>",
    ""
  ].join("\n")
}
